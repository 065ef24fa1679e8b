"""Machine code by numba, for kernels that work in memory which they are given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numba import njit, typeof

_FROM_CODE_ALONE = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""Nothing is called by Python as a function of numba, whose wrappers take a fifth of the time to compile."""
kernel = njit(nogil=True, _nrt=False, **_FROM_CODE_ALONE)  # type: ignore[call-overload]
"""No kernel allocates: without numba's reference counts they run four times as fast."""
inline = njit(**_FROM_CODE_ALONE)  # type: ignore[call-overload]
"""A part of a kernel, put in place where that pays; numba itself would compile it anew in each place."""


def compiled(function: Any, arguments: Sequence[Any]) -> tuple[str, str]:
    """A kernel compiled for arguments of such types: its name in the code, and the code in LLVM's words."""
    types = tuple(map(typeof, arguments))
    function.compile(types)
    return function.overloads[types].fndesc.llvm_func_name, function.inspect_llvm(types)
