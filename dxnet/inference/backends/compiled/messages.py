"""The messages of all parts of a network, laid out for the kernel that multiplies them.

A message over the shared variable has rows, one a state, each with a cell for every state of the target. Most
of them are the same, so that it is kept as that row, its base, and the ratios of the other rows to it. Where
these are far off, its base is ones, and the ratios are its rows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import reduce
from math import prod
from operator import or_
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dxnet.arrays import Array, Bools, Ints
from dxnet.inference.backends.compiled.conditioning import CutNetwork, Part, messages_of
from dxnet.knowledge.kinds.base import Cpt

LANES = 8
"""Cells of a vector."""
MOST_VECTORS = 5
"""Vectors of a row that are multiplied at once; wider rows are filled up to as many for each time."""
BLOCK_CELLS = 1 << 16
"""Cells of messages that are laid out at once, as many as a processor's cache holds."""
SAME_ROW = 2.0**-50
"""Rows that differ by less, relatively, are the same but for rounding."""
RATIO_BITS = 700
"""The ratios of all messages together are at most 2 to this power, so that a product in which a base has
vanished stays far below ``core.LEAST_TOTAL``."""
MOST_BITS = 20
"""Those of one message are at most 2 to this power."""


class MessageColumns(NamedTuple):
    """A message: where its base lies in the cells, and where the places of its rows begin, or 0."""

    base: int
    rows: int


class PartColumns(NamedTuple):
    """A part: its message of nothing examined, and whether it always counts.

    Then the variables of the cutset on which it depends and those whose tables it holds, as bits, and a
    column for each of them: how far apart the messages of its states are.
    """

    first: int
    is_always: int
    depends: int
    holds: int
    strides: int


class CutsetColumns(NamedTuple):
    """A variable of the cutset: how many states it has, and the part of its table."""

    states: int
    part: int


MESSAGE = MessageColumns(*range(2))
PART = PartColumns(*range(5))
CUTSET = CutsetColumns(*range(2))


class Messages(NamedTuple):
    """All messages, as the kernel reads them.

    Args:
        cells: ``float64[n]``, different rows, each of a multiple of LANES; the first row is of ones.
        places: ``int32[T, S]``, where the row of each state of the shared variable lies in the cells: for
            each message with rows of its own. The first are those of no message.
        message: ``int32[M, 2]``, see MESSAGE.
        parts: ``int32[C, 4 + H]``, see PART.
        cutset: ``int32[H, 2]``, see CUTSET.
        groups: ``int32[G]``, variables of the cutset, as bits; no part depends on two groups. That of most
            joint states is the last, whose terms take least time.
        always: ``float64[S, n]``, the product of the messages that are in all answers.
    """

    cells: Array
    places: NDArray[np.int32]
    message: NDArray[np.int32]
    parts: NDArray[np.int32]
    cutset: NDArray[np.int32]
    groups: NDArray[np.int32]
    always: Array


def lay_messages(cut: CutNetwork, tables: Mapping[str, Cpt]) -> Messages:
    """Work out the messages of all parts, and lay them out."""
    k, states = (len(tables[name].values) for name in (cut.target, cut.shared))
    same, others = same_and_other_parts(cut)
    bits = min(MOST_BITS, RATIO_BITS // max(sum(part.has_shared for part in others), 1))
    parts = np.zeros((len(others), len(PART) - 1 + len(cut.cutset)), np.int32)
    rows, laid = _DistinctRows(row_width(k), states), list[Ints]()
    for c, part in enumerate(others):
        found = messages_of(cut, part, tables)
        found = found.reshape(-1, *found.shape[-2:])
        depends, holds = (_bits(cut.cutset, names) for names in (part.cutset, part.tables))
        is_always = not {cut.target, cut.shared}.isdisjoint(part.tables)
        parts[c, : PART.strides] = sum(len(some) for some in laid), is_always, depends, holds
        strides = strides_of(part, tables)
        parts[c, PART.strides :] = [strides[name] if name in part.cutset else 0 for name in cut.cutset]
        block = BLOCK_CELLS // found[0].size + 1
        laid += [rows.lay(found[start : start + block], bits) for start in range(0, len(found), block)]
    homes = [next(c for c, part in enumerate(others) if name in part.tables) for name in cut.cutset]
    sizes = [len(tables[name].values) for name in cut.cutset]
    groups = _groups(parts[:, PART.depends].tolist())
    groups.sort(key=lambda group: prod(n for h, n in enumerate(sizes) if (group >> h) & 1))
    always = np.zeros((states, row_width(k)))
    always[:, :k] = 1.0
    for part in same:
        always[:, :k] *= messages_of(cut, part, tables)
    return Messages(
        cells=aligned(np.concatenate(rows.kept).ravel()),
        places=np.concatenate(rows.places).astype(np.int32),
        message=np.concatenate(laid).astype(np.int32),
        parts=parts,
        cutset=np.array([*zip(sizes, homes, strict=True)], np.int32).reshape(-1, 2),
        groups=np.array(groups, np.int32),
        always=aligned(always),
    )


def same_and_other_parts(cut: CutNetwork) -> tuple[Sequence[Part], Sequence[Part]]:
    """Parts that have the same message in all answers: tables of the core alone; and the other parts."""
    same = [
        part
        for part in cut.parts
        if not (part.findings or part.cutset) and not {cut.target, cut.shared}.isdisjoint(part.tables)
    ]
    return same, [part for part in cut.parts if part not in same]


def row_width(k: int) -> int:
    """Cells of a row of k, filled up to vectors, and these to as many for each time.

    >>> row_width(3), row_width(36), row_width(100)
    (8, 40, 120)
    """
    vectors = -(-k // LANES)
    times = -(-vectors // MOST_VECTORS)
    return -(-vectors // times) * times * LANES


def aligned(cells: Array) -> Array:
    """A copy that begins where a line of the processor's cache does, so that no vector lies in two."""
    room = np.empty(cells.size + LANES)
    start = -room.ctypes.data // room.itemsize % LANES
    place = room[start : start + cells.size].reshape(cells.shape)
    place[...] = cells
    return place


def strides_of(part: Part, tables: Mapping[str, Cpt]) -> dict[str, int]:
    """How far apart the messages of a part are for successive states of its findings and of the cutset."""
    strides, step = {}, 1
    for name in reversed(part.cutset):
        strides[name], step = step, step * len(tables[name].values)
    for name in reversed(part.findings):
        strides[name], step = step, step * (len(tables[name].values) + 1)
    return strides


def _bits(cutset: Sequence[str], names: Collection[str]) -> int:
    return sum(1 << h for h, name in enumerate(cutset) if name in names)


def _groups(depends: Iterable[int]) -> list[int]:
    """Variables, as bits, in groups so that all on which a part depends are in one.

    >>> _groups([0, 1, 2, 4, 6, 1])
    [1, 6]
    """
    groups: list[int] = []
    for bits in filter(None, depends):
        met = [group for group in groups if group & bits]
        groups = [group for group in groups if not group & bits]
        groups.append(reduce(or_, met, bits))
    return sorted(groups)


class _DistinctRows:
    """The different rows of all messages, and where those of each state lie.

    Args:
        width: cells of a row.
        states: of the shared variable.
    """

    def __init__(self, width: int, states: int):
        self.width, self.states = width, states
        self.kept, self.places = [np.ones((1, width))], [np.zeros((1, states), np.int64)]
        self._place = {self.kept[0].tobytes(): 0}

    def lay(self, messages: Array, bits: int) -> Ints:
        """Messages ``[m, rows, k]`` as bases and rows with ratios of at most 2**bits: ``int64[m, 2]``."""
        filled = np.zeros((*messages.shape[:2], self.width))
        filled[..., : messages.shape[2]] = messages
        bases, ratios, has_own = _split(filled, bits)
        laid = np.zeros((len(messages), len(MESSAGE)), np.int64)
        laid[:, MESSAGE.base] = self._places_of(bases)
        places = np.zeros(has_own.shape, np.int64)
        places[has_own] = self._places_of(ratios[has_own])
        has_rows = has_own.any(axis=1)
        before = sum(len(some) for some in self.places)
        laid[has_rows, MESSAGE.rows] = (before + np.arange(has_rows.sum())) * self.states
        if has_rows.any():
            self.places.append(places[has_rows])
        return laid

    def _places_of(self, rows: Array) -> Ints:
        """Where rows lie, which are kept if they are new."""
        place, new = self._place, []
        found = np.empty(len(rows), np.int64)
        for x, row in enumerate(rows):
            key = row.tobytes()
            if key not in place:
                place[key] = len(place) * self.width
                new.append(row)
            found[x] = place[key]
        if new:
            self.kept.append(np.array(new))
        return found


def _split(rows: Array, bits: int) -> tuple[Array, Array, Bools]:
    """Messages ``[M, rows, width]`` as bases ``[M, width]``, ratios, and which rows are not the base."""
    if rows.shape[1] == 1:
        return rows[:, 0], rows, np.zeros(rows.shape[:2], bool)
    base = rows[np.arange(len(rows)), _commonest(rows)][:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = rows / base
    ratios[(rows == 0) & (base == 0)] = 1.0
    is_near = (ratios.max(axis=(1, 2)) <= 2.0**bits) & (ratios.min(axis=(1, 2)) >= 2.0**-bits)
    base[~is_near], ratios[~is_near] = 1.0, rows[~is_near]
    has_own: Bools = np.any(np.abs(ratios - 1) > SAME_ROW, axis=2)
    return base[:, 0], ratios, has_own


def _commonest(rows: Array) -> Ints:
    """The position of a row that most others of a message are alike to, ``int64[M]``."""
    fraction, exponent = np.frexp(rows @ np.linspace(1, 2, rows.shape[2]))
    sums = np.ldexp(np.round(fraction * 2.0**40), exponent)
    return np.asarray((sums[:, :, None] == sums[:, None, :]).sum(axis=2).argmax(axis=1))
