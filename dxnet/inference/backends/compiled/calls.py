"""Calls of the kernels, by machine code that is kept on disk and needs no numba to be loaded."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from ctypes import CFUNCTYPE, addressof, c_int32, c_int64, c_void_p
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from dxnet import arrays
from dxnet.errors import Issue
from dxnet.inference.backends.compiled.arguments import laid_out
from dxnet.kept_files import CACHE_VARIABLE, can_keep, content_key, kept_file
from dxnet.lazy import lazily

_object_code = lazily("dxnet.inference.backends.compiled.object_code:object_code")
_loading = Lock()
_Door = CFUNCTYPE(c_int32, c_void_p)


class MachineCode(NamedTuple):
    """The kernels in memory: the kinds of their arguments, their doors, and what holds the code."""

    kinds: Mapping[str, Sequence[str]]
    doors: Mapping[str, Callable[[int], int]]
    holder: object


class Call:
    """A kernel with its first arguments, for one thread.

    The arrays are read and written where they lie, so that a call that has all arguments takes half a
    microsecond more than its kernel. Python's lock is released meanwhile.

    Args:
        kernel: name of a kernel.
        first: its first arguments, perhaps all.
    """

    def __init__(self, kernel: str, *first: Any):
        self.kernel, self._kept = kernel, first  # what the row points to must stay
        self._kinds, self._numbers = laid_out(first)
        self._row = (c_int64 * (len(self._numbers) + 1))(0, *self._numbers)
        self._door: Callable[[int], int] | None = None

    def __call__(self, *rest: Any) -> int:
        """Run the kernel with the rest of its arguments.

        Returns:
            Its result; 0 where it has none.

        Raises:
            TypeError: arguments of other kinds than those it was compiled for.
        """
        if rest:
            kinds, numbers = laid_out(rest)
            row = (c_int64 * (len(self._numbers) + len(numbers) + 1))(0, *self._numbers, *numbers)
            door = door_of(self.kernel, [*self._kinds, *kinds])
        else:
            row, door = self._row, self._door or door_of(self.kernel, self._kinds)
            self._door = door
        if door(addressof(row)):
            raise RuntimeError(f"the kernel {self.kernel} has failed: a division by zero, or an overflow")
        return row[0]


def door_of(kernel: str, kinds: Sequence[str]) -> Callable[[int], int]:
    """What runs a kernel with arguments of such kinds.

    Raises:
        TypeError: it takes other ones.
    """
    code = machine_code()
    if code.kinds[kernel] != kinds:
        raise TypeError(f"the kernel {kernel} takes {code.kinds[kernel]}, not {kinds}")
    return code.doors[kernel]


def machine_code() -> MachineCode:
    """The machine code of all kernels, as it is kept, or made now by numba, which takes most of a minute."""
    with _loading:
        return _loaded()


@lru_cache(maxsize=1)
def _loaded() -> MachineCode:
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    processor = f"{llvm.get_host_cpu_name()} {llvm.get_host_cpu_features().flatten()}".encode()
    settings = repr(sorted(it for it in os.environ.items() if it[0].startswith("NUMBA_"))).encode()
    key = content_key(processor, settings, *_versions_of_numba(), *_texts_of_kernels())
    line, _, content = kept_file("kernels", key, _make_object_code).partition(b"\n")
    machine = llvm.Target.from_default_triple().create_target_machine(jit=True)
    holder = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
    holder.add_object_file(llvm.ObjectFileRef.from_data(content))
    holder.finalize_object()
    kinds: Mapping[str, Sequence[str]] = json.loads(line)
    return MachineCode(kinds, {name: _Door(holder.get_function_address(name)) for name in kinds}, holder)


def _make_object_code() -> bytes:
    """The object code, logged as it takes time; a warning where it cannot be kept, though it is wanted."""
    log = logging.getLogger(__name__)
    if can_keep():
        log.info("First start: machine code is made, which takes about a minute")
    elif os.environ.get(CACHE_VARIABLE) != "":
        message = (
            "takes about a minute to make at every start, as it cannot be kept: the cache directory cannot "
        )
        fix = f"name another directory in {CACHE_VARIABLE}"
        said = Issue("warning", "machine code", f"{message}be written, or others can write in it", fix)
        log.warning("%s", said)
    code: bytes = _object_code()
    return code


def _versions_of_numba() -> Sequence[bytes]:
    """What says which numba and llvmlite there are; the latter is slow to import, and both to look up."""
    found = [spec.origin for name in ("numba", "llvmlite") if (spec := find_spec(name)) and spec.origin]
    return [Path(origin).with_name("_version.py").read_bytes() for origin in found]


def _texts_of_kernels() -> Sequence[bytes]:
    """The modules that machine code is made of: kernels, their doors, and what lays their arguments out."""
    paths = [*sorted(Path(__file__).parent.glob("*.py")), Path(arrays.__file__)]
    return [path.read_bytes() for path in paths]
