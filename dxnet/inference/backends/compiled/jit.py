"""Machine code by numba, for kernels that work in memory which they are given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numba import njit, typeof

kernel = njit(nogil=True, _nrt=False)  # type: ignore[call-overload]
"""No kernel allocates: without numba's reference counts they run four times as fast."""
inline = njit()
"""A part of a kernel, put in place where that pays; numba itself would compile it anew in each place."""


def compiled(function: Any, arguments: Sequence[Any]) -> tuple[str, str]:
    """A kernel compiled for arguments of such types: its name in the code, and the code in LLVM's words."""
    types = tuple(map(typeof, arguments))
    function.compile(types)
    return function.overloads[types].fndesc.llvm_func_name, function.inspect_llvm(types)
