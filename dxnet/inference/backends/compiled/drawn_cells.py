"""The tables of many draws as the kernels read them: each different cell is kept once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np

from dxnet.arrays import Array, Ints
from dxnet.inference.backends.base import Draws
from dxnet.inference.backends.compiled.elimination import lay
from dxnet.inference.backends.compiled.memory import Machine


class DrawnCells:
    """The values that the cells of tables have in each draw, for the tables that were asked for so far.

    A table repeats its numbers, as in the rows of all diagnoses that share one: two cells that are the same
    in every draw have one column. Safe to share between threads.

    Attributes:
        values: ``ndarray[D, U]``, a column for each different cell, and room for more.
    """

    def __init__(self, machine: Machine, draws: Draws):
        self.values: Array = np.empty((draws.n, 0))
        self._machine, self._draws, self._lock = machine, draws, Lock()
        self._used = 0
        self._places: dict[str, _TablePlaces] = {}

    def places(self, names: Sequence[str], hard: Mapping[str, int]) -> tuple[Ints, Ints]:
        """The cells of some tables that a question reads, and the column of each: ``uint32[n]`` both.

        Args:
            names: of the tables.
            hard: the states that were observed; the cells of others are not read.
        """
        state = {self._machine.position[name]: s for name, s in hard.items()}
        with self._lock:
            for name in names:
                if name not in self._places:
                    self._places[name] = self._add(name)
            read = [self._places[name].at(state) for name in names]
        return np.concatenate([cells for cells, _ in read]), np.concatenate([columns for _, columns in read])

    def _add(self, name: str) -> _TablePlaces:
        plan, p = self._machine.plan, self._machine.position[name]
        axes = sorted(plan.scope[p])
        drawn = lay(self._draws.table(name), plan.scope[p], plan.states, plan.card)
        cells = np.arange(plan.start[p], plan.start[p + 1], dtype=np.uint32).reshape(plan.card[axes])
        real = tuple(slice(n) for n in plan.states[axes].tolist())  # what fills the target up stays 0
        drawn, cells = drawn[:, *real], cells[real]
        distinct, column = _distinct_rows(drawn.reshape(self._draws.n, -1).T.copy())
        end = self._used + len(distinct)
        if end > self.values.shape[1]:
            room = np.empty((self._draws.n, end * 3 // 2))
            room[:, : self._used] = self.values[:, : self._used]
            self.values = room  # who reads the old ones goes on to, and what stands in them stays
        self.values[:, self._used : end] = distinct.T
        columns = (column + self._used).astype(np.uint32).reshape(cells.shape)
        self._used = end
        return _TablePlaces(axes, cells, columns)


@dataclass(frozen=True, eq=False)
class _TablePlaces:
    """Cell and column of each entry of a table, whose axes are the variables at some positions."""

    axes: Sequence[int]
    cells: Ints
    columns: Ints

    def at(self, state: Mapping[int, int]) -> tuple[Ints, Ints]:
        """Those of the entries at the states that were observed."""
        entries = tuple(state.get(v, slice(None)) for v in self.axes)
        return self.cells[entries].ravel(), self.columns[entries].ravel()


def _distinct_rows(table: Array) -> tuple[Array, Ints]:
    """The rows of a table that differ, and for each row which of them it is.

    >>> distinct, which = _distinct_rows(np.array([[0.1, 0.3], [0.2, 0.3], [0.1, 0.3]]))
    >>> distinct[which].tolist()
    [[0.1, 0.3], [0.2, 0.3], [0.1, 0.3]]
    """
    order = np.lexsort(table[:, :2].T)
    ordered = table[order]
    is_new = np.ones(len(order), bool)
    is_new[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    which = np.empty(len(order), np.int64)
    which[order] = is_new.cumsum() - 1
    return ordered[is_new], which
