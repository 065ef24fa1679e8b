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

    Then the variables of the cutset on which it depends, as bits, and a column for each of them: how far
    apart the messages of its states are.
    """

    first: int
    is_always: int
    begins: int
    depends: int
    strides: int


class ListColumns(NamedTuple):
    """Columns of the lists that the kernel works in, an entry for each part, variable or finding.

    The message of each part and behind them the state of each variable of the cutset, all from 1, and 0 for
    what does not count; the parts that count; those among them that depend on a variable of the cutset which
    was not observed; and the findings that were observed.
    """

    message: int
    counted: int
    open: int
    seen: int


MESSAGE = MessageColumns(*range(4))
RATIO_RUN = RunOfRatios(*range(2))
PART = PartColumns(*range(5))
LIST = ListColumns(*range(4))


class Messages(NamedTuple):
    """All messages, as the kernel reads them.

    Args:
        cells: ``float64[n]`` bases and ratios.
        message: ``int32[M, 4]``, see MESSAGE.
        runs: ``int32[R, 2]``, see RATIO_RUN.
        parts: ``int32[C, 4 + H]``, see PART.
        cutset: ``int32[H, 2]``: the states of each variable of the cutset, and the part of its table.
    """

    cells: Array
    message: NDArray[np.int32]
    runs: NDArray[np.int32]
    parts: NDArray[np.int32]
    cutset: NDArray[np.int32]


class _Split(NamedTuple):
    """Messages as bases ``[M, width]``, ratios ``[M, rows, width]``, and which rows are not the base."""

    bases: Array
    ratios: Array
    has_own: Bools


class _Laid(NamedTuple):
    """Messages as bases, ratios behind each other, how many rows each has, its runs and how many."""

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
        found = found.reshape(-1, *found.shape[-2:])
        begins = cut.shared in part.tables
        depends = sum(1 << h for h, name in enumerate(cut.cutset) if name in part.cutset)
        parts[c, : PART.strides] = number, begins or cut.target in part.tables, begins, depends
        strides = strides_of(part, tables)
        parts[c, PART.strides :] = [strides[name] if name in part.cutset else 0 for name in cut.cutset]
        number += len(found)
        block = BLOCK_CELLS // found[0].size + 1
        for start in range(0, len(found), block):
            some = found[start : start + block]
            filled = np.zeros((*some.shape[:2], width))
            filled[..., : some.shape[2]] = some
            split.append(_split(filled, bits, begins))
    order = _order_of_rows([some.has_own for some in split if some.has_own.shape[1] > 1])
    homes = [next(c for c, part in enumerate(cut.parts) if name in part.tables) for name in cut.cutset]
    states = [len(tables[name].values) for name in cut.cutset]
    cutset = np.array([*zip(states, homes, strict=True)], np.int32).reshape(-1, 2)
    return _join([_lay(some, order) for some in split], parts, cutset, width)


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


def _split(rows: Array, bits: int, is_whole: bool) -> _Split:
    """Messages ``[M, rows, width]`` as bases and ratios of at most 2**bits; whole ones as rows alone."""
    if is_whole:
        return _Split(np.ones_like(rows[:, 0]), rows, np.ones(rows.shape[:2], bool))
    if rows.shape[1] == 1:
        return _Split(rows[:, 0], rows, np.zeros(rows.shape[:2], bool))
    base = rows[np.arange(len(rows)), _commonest(rows)][:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = rows / base
    ratios[(rows == 0) & (base == 0)] = 1.0
    is_near = (ratios.max(axis=(1, 2)) <= 2.0**bits) & (ratios.min(axis=(1, 2)) >= 2.0**-bits)
    base[~is_near], ratios[~is_near] = 1.0, rows[~is_near]
    has_own: Bools = np.any(np.abs(ratios - 1) > SAME_ROW, axis=2)
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


def _lay(part: _Split, order: Ints) -> _Laid:
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
    fraction, exponent = np.frexp(rows @ np.linspace(1, 2, rows.shape[2]))
    sums = np.ldexp(np.round(fraction * 2.0**40), exponent)
    return np.asarray((sums[:, :, None] == sums[:, None, :]).sum(axis=2).argmax(axis=1))


def _runs(has_own: Bools) -> tuple[Ints, Ints, Ints]:
    """Runs of rows: their message, the first row of each, and how many rows."""
    edge = np.zeros((len(has_own), 1), bool)
    change = np.diff(np.concatenate([edge, has_own, edge], axis=1).astype(np.int8), axis=1)
    (message, first), (_, end) = np.nonzero(change > 0), np.nonzero(change < 0)
    return message, first, end - first


def _join(laid: Sequence[_Laid], parts: NDArray[np.int32], cutset: NDArray[np.int32], width: int) -> Messages:
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
        parts=parts,
        cutset=cutset,
    )
