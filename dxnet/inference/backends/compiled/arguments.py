"""The arguments of a kernel as a row of 64-bit numbers.

An array is five numbers, its shape and its strides, as numba has them: two that only its own memory needs,
how many entries there are, how many bytes each takes, and where they lie. A named tuple is its fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np


def laid_out(arguments: Iterable[Any]) -> tuple[list[str], list[int]]:
    """The kind of each argument, and all of them as numbers.

    >>> kinds, numbers = laid_out((3, np.zeros((2, 5), np.int16)))
    >>> kinds, numbers[:5], numbers[6:]
    (['int', 'int16 2'], [3, 0, 0, 10, 2], [2, 5, 10, 2])
    """
    kinds: list[str] = []
    numbers: list[int] = []
    for argument in arguments:
        if isinstance(argument, np.ndarray):
            if not argument.flags.c_contiguous:
                raise TypeError(f"an array with gaps, {argument.shape}, cannot be given to a kernel")
            kinds.append(f"{argument.dtype} {argument.ndim}")
            place = argument.__array_interface__["data"][0]
            numbers += (0, 0, argument.size, argument.itemsize, place, *argument.shape, *argument.strides)
        elif isinstance(argument, tuple):
            fields = laid_out(argument)
            kinds += fields[0]
            numbers += fields[1]
        else:
            kinds.append("bool" if isinstance(argument, bool) else "int")
            numbers.append(int(argument))
    return kinds, numbers


def llvm_types(kinds: Iterable[str]) -> Sequence[str]:
    """What LLVM calls the numbers of arguments of some kinds.

    >>> llvm_types(["bool", "int16 1"])
    ['i8', 'ptr', 'ptr', 'i64', 'i64', 'ptr', 'i64', 'i64']
    """
    types: list[str] = []
    for kind in kinds:
        _, is_array, axes = kind.partition(" ")
        if is_array:
            types += ["ptr", "ptr", "i64", "i64", "ptr", *["i64"] * (2 * int(axes))]
        else:
            types.append("i8" if kind == "bool" else "i64")
    return types
