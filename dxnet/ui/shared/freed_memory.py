"""Memory of a server that runs for weeks."""

import ctypes
import sys
from contextlib import suppress
from functools import cache

_M_MMAP_THRESHOLD = -3
"""The parameter of glibc's ``mallopt``, from ``malloc.h``."""
_APART_BYTES = 1 << 18


@cache
def give_freed_memory_back() -> None:
    """Arrays of more than a quarter of a megabyte go back to the system when they are freed, on glibc.

    It would raise that threshold by itself, after which they are cut from the heaps of the short-lived
    threads that draw the pages, and heaps with holes stay.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _APART_BYTES)
