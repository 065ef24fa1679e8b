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
        values: ``float64``, the different columns of one table after the other, each table ``[D, U]``; room
            for all tables, of which the system hands out what is used.
    """

    def __init__(self, machine: Machine, draws: Draws):
        self.values: Array = np.empty(draws.n * len(machine.plan.values))
        self._machine, self._draws, self._lock = machine, draws, Lock()
        self._used = 0
        self._places: dict[str, _TablePlaces] = {}

    def places(self, names: Sequence[str], hard: Mapping[str, int]) -> Ints:
        """Where the cells of some tables are and get their values from, ``uint64[3, n]``.

        For each cell its place in the memory of a machine, where its value in the first draw stands, and how
        far on that in the next draw.

        Args:
            names: of the tables.
            hard: the states that were observed; the cells of others are not read.
        """
        state = {self._machine.position[name]: s for name, s in hard.items()}
        with self._lock:
            for name in names:
                if name not in self._places:
                    self._places[name] = self._add(name)
            return np.concatenate([self._places[name].at(state) for name in names], axis=1)

    def _add(self, name: str) -> _TablePlaces:
        plan, p, n = self._machine.plan, self._machine.position[name], self._draws.n
        axes = sorted(plan.scope[p])
        drawn = lay(self._draws.table(name), plan.scope[p], plan.states, plan.card)
        cells = np.arange(plan.start[p], plan.start[p + 1]).reshape(plan.card[axes])
        real = tuple(slice(size) for size in plan.states[axes].tolist())  # what fills the target up stays 0
        drawn, cells = drawn[:, *real], cells[real]
        distinct, column = _distinct_rows(drawn.reshape(n, -1).T.copy())
        first, self._used = self._used, self._used + distinct.size
        self.values[first : self._used].reshape(n, -1)[...] = distinct.T
        places = [cells, first + column.reshape(cells.shape), np.full(cells.shape, len(distinct))]
        return _TablePlaces(axes, np.array(places, np.uint64))


@dataclass(frozen=True, eq=False)
class _TablePlaces:
    """What ``DrawnCells.places`` gives, for a table whose axes are the variables at some positions."""

    axes: Sequence[int]
    places: Ints

    def at(self, state: Mapping[int, int]) -> Ints:
        """For the entries at the states that were observed."""
        entries = tuple(state.get(v, slice(None)) for v in self.axes)
        return self.places[:, *entries].reshape(3, -1)


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
