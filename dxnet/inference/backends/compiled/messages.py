"""The messages of all parts of a network, laid out for the kernel that multiplies them.

A message over the shared variable has rows, one a state, each with a cell for every state of the target. Most
of them are the same, so that it is kept as that row, its base, and the ratios of the other rows to it. Where
these are far off, its base is ones, and the ratios are its rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dxnet.arrays import Array, Bools, Ints
from dxnet.inference.backends.compiled.conditioning import CutNetwork, Part, messages_of
from dxnet.knowledge.kinds.base import Cpt

LANE = 4
"""Rows are filled up to a multiple of it, for whole vectors."""
LINE = 8
"""Cells in a line of the processor's cache."""
ALIKE = 2.0**-50
"""Rows that differ by less, relatively, are the same but for rounding."""
RATIO_BITS = 700
"""The ratios of all messages together are at most 2 to this power, so that a product in which a base has
vanished stays far below ``core.LEAST_TOTAL``."""
MOST_BITS = 20
"""Those of one message are at most 2 to this power."""


class MessageColumns(NamedTuple):
    """A message: where its base lies, where its ratios do, and its runs of ratios (first, and end)."""

    base: int
    ratios: int
    first: int
    end: int


class RunOfRatios(NamedTuple):
    """Ratios that follow each other: the cell of the product where they begin, and how many cells."""

    cell: int
    length: int


class PartColumns(NamedTuple):
    """A part: its message of nothing examined, whether it always counts, and whether the core begins with it.

    Then a column for each variable of the cutset: how far apart the messages of its states are.
    """

    first: int
    is_always: int
    begins: int
    strides: int


MESSAGE = MessageColumns(*range(4))
RATIO_RUN = RunOfRatios(*range(2))
PART = PartColumns(*range(4))


class Messages(NamedTuple):
    """All messages, as the kernel reads them.

    Args:
        cells: ``float64[n]`` bases and ratios.
        message: ``int32[M, 4]``, see MESSAGE.
        runs: ``int32[R, 2]``, see RATIO_RUN.
        parts: ``int32[C, 3 + H]``, see PART.
        cutset: ``int32[H, 2]``: the states of each variable of the cutset, and the part of its table.
    """

    cells: Array
    message: NDArray[np.int32]
    runs: NDArray[np.int32]
    parts: NDArray[np.int32]
    cutset: NDArray[np.int32]


class _Split(NamedTuple):
    """The messages of one part as bases and ratios, and which rows are not the base."""

    bases: Array
    ratios: Array
    has_own: Bools


class _Laid(NamedTuple):
    """The messages of one part, all places counted from its own first."""

    bases: Array
    ratios: Array
    rows_of: Ints
    runs: Ints
    runs_of: Ints


def lay_messages(cut: CutNetwork, tables: Mapping[str, Cpt]) -> Messages:
    """Work out the messages of all parts, and lay them out."""
    width = -(-len(tables[cut.target].values) // LANE) * LANE
    bits = min(MOST_BITS, RATIO_BITS // sum(part.has_shared for part in cut.parts))
    parts = np.zeros((len(cut.parts), len(PART) - 1 + len(cut.cutset)), np.int32)
    split, number = [], 0
    for c, part in enumerate(cut.parts):
        found = messages_of(cut, part, tables)
        begins = cut.shared in part.tables
        parts[c, : PART.strides] = number, begins or cut.target in part.tables, begins
        for h, name in enumerate(cut.cutset):
            if name in part.cutset:
                parts[c, PART.strides + h] = strides_of(part, tables)[name]
        flat = found.reshape(-1, *found.shape[-2:])
        number += len(flat)
        filled = np.zeros((*flat.shape[:2], width))
        filled[..., : flat.shape[2]] = flat
        split.append(_split(filled, 0 if begins else bits))
    homes = [next(c for c, part in enumerate(cut.parts) if name in part.tables) for name in cut.cutset]
    states = [len(tables[name].values) for name in cut.cutset]
    cutset = np.array([*zip(states, homes, strict=True)], np.int32).reshape(-1, 2)
    order = _order_of_rows([part.has_own for part in split if part.has_own.shape[1] > 1])
    return _join([_lay_part(part, order) for part in split], parts, cutset, width)


def aligned(cells: Array) -> Array:
    """A copy that begins where a line of the processor's cache does, so that no vector lies in two."""
    room = np.empty(cells.size + LINE)
    start = -room.ctypes.data // room.itemsize % LINE
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


def _split(rows: Array, bits: int) -> _Split:
    """Messages ``[M, rows, width]`` as bases and ratios of at most 2**bits; without bits as rows alone."""
    base = np.take_along_axis(rows, _commonest(rows)[:, None, None], axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.where((rows == 0) & (base == 0), 1.0, rows / base)
    is_near = ((ratios <= 2.0**bits) & (ratios >= 2.0**-bits)).all(axis=(1, 2))
    if not bits:
        is_near[:] = False
    is_far = ~is_near[:, None, None]
    base, ratios = np.where(is_far, 1.0, base), np.where(is_far, rows, ratios)
    has_own = (np.abs(ratios - 1) > ALIKE).any(axis=2)
    has_own |= is_far[:, 0] & (bits == 0)
    return _Split(base[:, 0], ratios, has_own)


def _order_of_rows(has_own: Sequence[Bools]) -> Ints:
    """An order in which the rows that messages have of their own lie next to each other, ``int64[rows]``.

    From row to row, each time to the one that is its own or not in the most messages as the last one is; all
    parts count the same.
    """
    apart = sum((own[:, :, None] != own[:, None, :]).mean(axis=0) for own in has_own)
    order, rest = [0], list(range(1, has_own[0].shape[1]))
    while rest:
        order.append(min(rest, key=lambda row: apart[order[-1], row]))
        rest.remove(order[-1])
    return np.array(order)


def _lay_part(part: _Split, order: Ints) -> _Laid:
    has_own, ratios = part.has_own, part.ratios
    if has_own.shape[1] > 1:
        has_own, ratios = has_own[:, order], ratios[:, order]
    message, first, length = _runs(has_own)
    return _Laid(
        bases=part.bases,
        ratios=ratios[has_own],
        rows_of=has_own.sum(axis=1),
        runs=np.column_stack([first, length]),
        runs_of=np.bincount(message, minlength=len(has_own)),
    )


def _commonest(rows: Array) -> Ints:
    """The position of a row that most others of a message are alike to, ``int64[M]``."""
    sums = rows @ np.random.default_rng(0).uniform(1, 2, rows.shape[2])
    fraction, exponent = np.frexp(sums)
    ordered = np.sort(np.ldexp(np.round(np.ldexp(fraction, 40)), exponent), axis=1)
    alike = (ordered[:, :, None] == ordered[:, None, :]).sum(axis=2)
    common = np.take_along_axis(ordered, alike.argmax(axis=1)[:, None], axis=1)
    return np.asarray(np.abs(np.ldexp(np.round(np.ldexp(fraction, 40)), exponent) - common).argmin(axis=1))


def _runs(has_own: Bools) -> tuple[Ints, Ints, Ints]:
    """Runs of rows: their message, the first row of each, and how many rows."""
    edge = np.zeros((len(has_own), 1), bool)
    change = np.diff(np.concatenate([edge, has_own, edge], axis=1).astype(np.int8), axis=1)
    (message, first), (_, end) = np.nonzero(change > 0), np.nonzero(change < 0)
    return message, first, end - first


def _join(laid: Sequence[_Laid], parts: Ints, cutset: Ints, width: int) -> Messages:
    """The messages of all parts behind each other."""
    bases = np.concatenate([part.bases for part in laid])
    ratios = np.concatenate([part.ratios for part in laid])
    rows = np.cumsum([0, *np.concatenate([part.rows_of for part in laid])])
    runs = np.cumsum([0, *np.concatenate([part.runs_of for part in laid])])
    base = np.arange(len(bases)) * width
    message = np.column_stack([base, bases.size + rows[:-1] * width, runs[:-1], runs[1:]])
    return Messages(
        cells=aligned(np.concatenate([bases.ravel(), ratios.ravel()])),
        message=message.astype(np.int32),
        runs=(np.concatenate([part.runs for part in laid]) * width).astype(np.int32).reshape(-1, 2),
        parts=parts.astype(np.int32),
        cutset=cutset,
    )
