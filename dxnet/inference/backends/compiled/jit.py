"""Machine code by numba, for kernels that work in memory which they are given."""

from __future__ import annotations

from numba import njit


def kernel(function):  # type: ignore[no-untyped-def]
    """Compile on first use, and keep the code on disk where there is room for it.

    No kernel allocates: without numba's reference counts they run four times as fast.
    """
    options = {"nogil": True, "_nrt": False}
    try:
        return njit(cache=True, **options)(function)  # type: ignore[call-overload]
    except RuntimeError:  # neither the package's directory nor the user's can be written
        return njit(**options)(function)  # type: ignore[call-overload]


inline = njit()
"""A part of a kernel, put in place where that pays; numba itself would compile it anew in each place."""
