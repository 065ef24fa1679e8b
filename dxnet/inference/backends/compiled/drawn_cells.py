"""The tables of many draws as the kernels read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np

from dxnet.arrays import Array, Ints
from dxnet.inference.backends.base import Draws
from dxnet.inference.backends.compiled.elimination import lay
from dxnet.inference.backends.compiled.layout import RUN
from dxnet.inference.backends.compiled.memory import Machine

CLOSE = 1e-13
"""So near to what the others leave, relative to it, the first state of a table is not kept."""


class DrawnCells:
    """The values that the cells of tables have in each draw, for the tables that were asked for so far.

    A table is kept in the short form that its draws allow (see ``LaidTables``), and without its first state
    where that is what the others leave. Safe to share between threads; holds no draws.

    Args:
        machine: for the drawn tables (see ``Machine.for_draws``).
        cells: of all tables that may be asked for, in each of all draws.

    Attributes:
        values: ``float64``, one table after the other, each ``[D, states, *other axes]``; room for all
            tables, of which the system hands out what is used.
    """

    def __init__(self, machine: Machine, cells: int):
        self.machine = machine
        self.values: Array = np.empty(cells)
        self._lock, self._used = Lock(), 0
        self._kept: dict[str, _Kept] = {}

    def runs(self, names: Sequence[str], hard: Mapping[str, int], draws: Draws) -> Ints:
        """Which cells of some tables get their values from where, ``int64[n, 6]``; see ``RunColumns``.

        Args:
            names: of the tables.
            hard: the states that were observed; the cells of others are not read.
            draws: the draws.
        """
        state = {self.machine.position[name]: s for name, s in hard.items()}
        with self._lock:
            for name in names:
                if name not in self._kept:
                    self._kept[name] = self._keep(name, draws.table(name))
            none = np.zeros((0, len(RUN)), np.int64)
            return np.concatenate([none, *(self._kept[name].runs(state) for name in names)])

    def _keep(self, name: str, drawn: Array) -> _Kept:
        plan, laid, t = self.machine.plan, self.machine.laid, self.machine.position[name]
        axes = sorted(plan.scope[t])
        table = laid.short(t, lay(drawn, plan.scope[t], plan.states, plan.card))
        laid.mark_flat(t, int(plan.start[t]), table)
        cells = plan.start[t] + np.arange(table[0].size).reshape(table.shape[1:])
        if axes[-1] == len(plan.card) - 1:  # what fills the target up stays 0
            table, cells = table[..., : self.machine.k], cells[..., : self.machine.k]
        table, cells = np.moveaxis(table, axes.index(t) + 1, 1), np.moveaxis(cells, axes.index(t), 0)
        left = 1 - table[:, 1:].sum(axis=1)
        is_left = len(cells) > 1 and bool(np.allclose(table[:, 0], left, rtol=CLOSE, atol=0))
        kept, place = _each_row_once(table[:, 1:] if is_left else table)
        first, self._used = self._used, self._used + kept.size
        self.values[first : self._used].reshape(kept.shape)[...] = kept
        others = [v for v in axes if v != t]
        rows = {laid.shared: laid.rows_of_states(t)} if laid.is_short(t) else {}
        return _Kept(t, others, cells, first, place, kept[0].size, kept[0, 0].size, is_left, rows)


_COMMON: WeakKeyDictionary[Draws, DrawnCells] = WeakKeyDictionary()
_keeping = Lock()


def common_cells(machine: Machine, draws: Draws) -> DrawnCells:
    """The values of all tables but that of the target, kept for all draws of the same source."""
    with _keeping:
        if draws.source not in _COMMON:
            _COMMON[draws.source] = DrawnCells(machine.for_draws(), draws.n * len(machine.plan.values))
        return _COMMON[draws.source]


def _each_row_once(table: Array) -> tuple[Array, Ints]:
    """A table without rows along its last axis that repeat in all draws, as those of a closed gate do.

    Args:
        table: ``[D, states, *axes]``.

    Returns:
        The rows, ``[D, states, rows, length]``, and where a cell is in those of a state, ``int64[*axes]``.
    """
    length = table.shape[-1] if table.ndim > 2 else 1
    rows = table.reshape(*table.shape[:2], -1, length)
    seen: dict[bytes, int] = {}
    number = [seen.setdefault(rows[:, :, r].tobytes(), len(seen)) for r in range(rows.shape[2])]
    kept = np.unique(number, return_index=True)[1]
    place = np.array(number)[:, None] * length + np.arange(length)
    return rows[:, :, kept], place.reshape(table.shape[2:])


@dataclass(frozen=True, eq=False)
class _Kept:
    """A table whose draws are kept.

    Args:
        variable, axes: position of its variable, and those of its other axes.
        cells: their places in the memory of a machine, ``int64[states, *axes]``.
        first: where its first draw begins.
        place: where the values of a state of its variable are in those of that state, ``int64[*axes]``.
        size, state: how long a draw is, and a state in it.
        is_left: whether the first state is what the others leave.
        rows: of a variable whose alike states share rows, the row of each state.
        known: the runs, by the observed states of its variables, as far as they were asked for.
    """

    variable: int
    axes: Sequence[int]
    cells: Ints
    first: int
    place: Ints
    size: int
    state: int
    is_left: bool
    rows: Mapping[int, Ints]
    known: dict[tuple[int | None, ...], Ints] = field(default_factory=dict)

    def runs(self, state: Mapping[int, int]) -> Ints:
        """For the cells at the states that were observed."""
        observed = tuple(state.get(v) for v in (self.variable, *self.axes))
        if observed not in self.known:
            self.known[observed] = self._runs(state)
        return self.known[observed]

    def _runs(self, state: Mapping[int, int]) -> Ints:
        """Those of one state after the other, all of which lie alike."""
        index = tuple(self._entry(v, state) for v in self.axes)
        cells, places = self.cells[0][index].ravel(), self.place[index].ravel()
        goes_on = (cells[1:] - cells[:-1] == 1) & (places[1:] - places[:-1] == 1)
        ends = np.array([0, *(np.flatnonzero(~goes_on) + 1).tolist(), len(cells)])
        own = state.get(self.variable)
        states = np.arange(len(self.cells))[slice(None) if own is None else [own]]
        is_rest = self.is_left & (states == 0)
        runs = np.zeros((len(states), len(ends) - 1, len(RUN)), np.int64)
        apart = (self.cells - self.cells[0]).reshape(len(self.cells), -1)[states, :1]
        runs[..., RUN.cell] = cells[ends[:-1]] + apart
        skipped = np.maximum(states - self.is_left, 0)[:, None] * self.state
        runs[..., RUN.value] = self.first + places[ends[:-1]] + skipped
        runs[..., RUN.length] = np.diff(ends)
        runs[..., RUN.draw], runs[..., RUN.state] = self.size, self.state
        runs[..., RUN.others] = np.where(is_rest, len(self.cells) - 1, 0)[:, None]
        return runs.reshape(-1, len(RUN))

    def _entry(self, v: int, state: Mapping[int, int]) -> slice | int:
        if v not in state:
            return slice(None)
        return int(self.rows[v][state[v]]) if v in self.rows else state[v]
