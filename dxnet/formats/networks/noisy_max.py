"""Noisy-MAX as GeNIe states it: what each parent brings by itself, and the table that follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from math import prod

import numpy as np

from dxnet.arrays import Array
from dxnet.formats.networks.variables import row_fault
from dxnet.knowledge.table import MAX_COLUMNS

NOTHING = 1e-6
"""A state brings nothing where it leaves less than this for the other states of the node."""


def noisy_max(
    size: int, choices: Sequence[Sequence[str]], strengths: Sequence[int], numbers: Sequence[float]
) -> Array:
    """The table of a noisy-MAX node, ``ndarray[rows, states]``, the last parent fastest.

    Its first state is the strongest effect, its last one that nothing is there; it takes the strongest of
    what the parents and the leak bring, each by itself. Noisy-OR is the case of two states everywhere.
    Diez FJ. Parameter adjustment in Bayes networks. The generalized noisy OR-gate. UAI 1993, 99-105.

    Args:
        size: the number of states.
        choices: the states of each parent.
        strengths: for each parent its states by position, the strongest first; the last brings nothing.
        numbers: for each parent and each of its states what it brings, then the leak. The states stand in
            the order of ``strengths``, or as the parent has them where only so the weakest brings nothing.

    Raises:
        ValueError: too many or too few numbers, no probabilities, or no order in which the weakest state of
            each parent brings nothing; the message says what.

    >>> noisy_max(2, [["yes", "no"]], [0, 1], [0.8, 0.2, 0, 1, 0.1, 0.9]).round(3).tolist()
    [[0.82, 0.18], [0.1, 0.9]]
    """
    counts = [len(states) for states in choices]
    if prod(counts) > MAX_COLUMNS:
        raise ValueError(f"stands for a table of {prod(counts):,} rows, more than {MAX_COLUMNS:,}")
    if len(numbers) != (sum(counts) + 1) * size:
        raise ValueError(f"has {len(numbers)} parameters, but its parents ask for {(sum(counts) + 1) * size}")
    brings = np.array(numbers).reshape(-1, size)
    for number, row in enumerate(brings.tolist()):
        if fault := row_fault(row):
            raise ValueError(f"has a column of parameters, number {number + 1}, that {fault}")
    brings = np.maximum(brings, 0)
    brings /= brings.sum(axis=1, keepdims=True)
    columns, leak = _columns(brings, counts), brings[-1]
    at_most = _at_most(leak)
    for own in _by_state(columns, _orders_of_states(choices, strengths), choices):
        at_most = at_most[..., None, :] * _at_most(own)
    flat = at_most.reshape(-1, size)
    return np.clip(flat - np.append(flat[:, 1:], np.zeros((len(flat), 1)), axis=1), 0, 1)


def has_two_readings(
    size: int, choices: Sequence[Sequence[str]], strengths: Sequence[int], numbers: Sequence[float]
) -> bool:
    """Whether the numbers could stand in the order of strengths and in that of states, which differ.

    >>> abc = [["a", "b", "c"]]
    >>> numbers = [0.8, 0.2, 0.5, 0.5, 0, 1, 0.1, 0.9]
    >>> has_two_readings(2, abc, [1, 0, 2], numbers), has_two_readings(2, abc, [0, 1, 2], numbers)
    (True, False)
    """
    columns = _columns(np.array(numbers).reshape(-1, size), [len(states) for states in choices])
    pairs = list(zip(columns, _orders_of_states(choices, strengths), strict=True))
    fits_both = all(_is_nothing(own[-1]) and _is_nothing(own[order[-1]]) for own, order in pairs)
    return fits_both and any((own[np.argsort(order)] != own).any() for own, order in pairs)


def _columns(brings: Array, counts: Sequence[int]) -> list[Array]:
    """What the states of each parent bring."""
    return [brings[start:stop] for start, stop in pairwise(accumulate(counts, initial=0))]


def _at_most(brings: Array) -> Array:
    """P(this effect or a weaker one), the states being ordered from the strongest."""
    return np.asarray(np.cumsum(brings[..., ::-1], axis=-1)[..., ::-1])


def _orders_of_states(choices: Sequence[Sequence[str]], strengths: Sequence[int]) -> list[list[int]]:
    """The states of each parent by position, the strongest first; as they stand where no order is stated."""
    rest = list(strengths) or [place for states in choices for place in range(len(states))]
    orders = []
    for states in choices:
        orders.append(rest[: len(states)])
        rest = rest[len(states) :]
        if sorted(orders[-1]) != list(range(len(states))):
            raise ValueError(f"has strengths that are no order of the states {', '.join(states)}")
    if rest:
        raise ValueError("has more strengths than its parents have states")
    return orders


def _by_state(
    columns: Sequence[Array], orders: Sequence[Sequence[int]], choices: Sequence[Sequence[str]]
) -> list[Array]:
    """What each state of each parent brings, in the order in which the parent has its states."""
    if all(_is_nothing(own[-1]) for own in columns):
        return [own[np.argsort(order)] for own, order in zip(columns, orders, strict=True)]
    if all(_is_nothing(own[order[-1]]) for own, order in zip(columns, orders, strict=True)):
        return list(columns)
    weakest = [states[order[-1]] for states, order in zip(choices, orders, strict=True)]
    raise ValueError(
        f"has parameters by which the weakest states of its parents ({', '.join(weakest)}) do not leave it"
        " in its last state"
    )


def _is_nothing(row: Array) -> bool:
    """Whether a column leaves the node in its last state."""
    return bool(row[-1] > 1 - NOTHING)
