"""Machine: a plan, and the memory of each thread that puts questions to it."""

from __future__ import annotations

from array import array
from copy import copy
from functools import cached_property
from threading import local

import numpy as np

from dxnet.arrays import MISSING, SOFT, Array, Ints
from dxnet.errors import BackendError
from dxnet.inference.backends.base import SplitEvidence
from dxnet.inference.backends.compiled.alike import LaidTables, ratios_to_the_first_row
from dxnet.inference.backends.compiled.branches import branches_of
from dxnet.inference.backends.compiled.calls import Call
from dxnet.inference.backends.compiled.elimination import EliminationPlan
from dxnet.inference.backends.compiled.layout import (
    ALIKE,
    AXIS,
    FACTOR,
    FILLED,
    LISTS,
    LOOP,
    OWNER,
    STEP,
    VARIABLE,
    Layout,
    Work,
)

MAX_SHARED_TABLES = 14
"""Products of at most so many tables are kept for the other cases of a batch; larger ones seldom recur."""
KEPT_FACTORS, KEPT_CELLS = 1 << 16, 1 << 19
"""How much is kept: 4 MB, which a processor's cache can hold."""
FIRST_CELLS = 1 << 15
"""Room for products to begin with; memory grows when a question needs more."""


class Machine:
    """A plan as the kernels read it.

    Args:
        plan: the plan.
        branched: whether cases will share products of branches; not for a plan of one pattern of findings,
            whose elimination tree knows nothing of what was observed.
        shared: a variable whose states share a row of each table that does not tell them apart (see
            ``LaidTables``), the last but the target in the order; not for derivatives.
    """

    def __init__(self, plan: EliminationPlan, branched: bool = True, shared: str | None = None):
        self.plan, self.k = plan, int(plan.states[-1])
        self.position = {name: p for p, name in enumerate(plan.order.names)}
        self.shared = self.position[shared] if shared else -1
        self.laid = LaidTables(plan, self.shared)
        tables = [self.laid.short(t, plan.table(t)[None])[0] for t in range(len(plan.scope))]
        start = np.cumsum([0, *(table.size for table in tables)])
        for t, table in enumerate(tables):
            self.laid.mark_flat(t, int(start[t]), table[None])
        self.cells = np.concatenate([table.ravel() for table in tables])
        ratios = len(self.cells) if shared else 0
        if shared:
            far = [
                ratios_to_the_first_row(table) if self.laid.is_short(t) else np.full(table.shape, np.nan)
                for t, table in enumerate(tables)
            ]
            self.cells = np.concatenate([self.cells, *(table.ravel() for table in far)])
        self.layout = self._layout(start, ratios, MAX_SHARED_TABLES if branched else 0)
        self._threads = local()

    def for_draws(self) -> Machine:
        """The same machine with room for other numbers: all tables in their long form until one is drawn."""
        other = copy(self)
        other.laid, other._threads = LaidTables(self.plan, self.shared), local()
        variables = self.layout.variables.copy()
        variables[:, VARIABLE.table] = self.plan.start
        one = len(self.plan.values)
        variables[:, VARIABLE.likelihood] += one - self.layout.one
        other.cells = np.zeros(one)
        laid = other.laid
        other.layout = self.layout._replace(
            variables=variables,
            axes=laid.axes,
            alike=laid.alike,
            rows=laid.rows,
            is_flat=laid.is_flat,
            one=one,
            ratios=0,
        )
        return other

    def _layout(self, start: Ints, ratios: int, shared: int) -> Layout:
        plan, v, one = self.plan, len(self.plan.states), len(self.cells)
        branches = list(branches_of(plan, shared, self._rows_of))
        variables = np.zeros((v + 1, 7), np.int32)
        variables[:v, VARIABLE.card] = plan.card
        variables[:, VARIABLE.table] = start
        variables[:, VARIABLE.axis] = plan.axis_ptr
        variables[:, VARIABLE.above] = plan.above_ptr
        variables[:, VARIABLE.likelihood] = one + 1 + np.cumsum([0, *plan.card])
        variables[branches[-1].buckets, VARIABLE.in_trunk] = 1
        for number, branch in enumerate(branches):
            variables[branch.tables, VARIABLE.branch] = number
        sizes = [(len(branch.tables), len(branch.buckets), len(branch.keys)) for branch in branches]
        ends = np.cumsum([(0, 0, 0), *sizes], axis=0)
        need = [*(branch.need for branch in branches), 0]
        return Layout(
            variables=variables,
            axes=self.laid.axes,
            above=plan.above.astype(np.int32),
            branches=np.column_stack([ends, need]).astype(np.int32),
            tables=np.array([t for branch in branches for t in branch.tables], np.int32),
            buckets=np.array([b for branch in branches for b in branch.buckets], np.int32),
            keys=np.array([k for branch in branches for k in branch.keys] or [(0, 0, 0)], np.int32),
            alike=self.laid.alike,
            rows=self.laid.rows,
            is_flat=self.laid.is_flat[: start[-1]],
            one=one,
            ratios=ratios,
            shared=self.shared,
        )

    def _rows_of(self, t: int, v: int) -> int:
        """How many rows a table has for the states of a variable."""
        is_short = v == self.shared and self.laid.is_short(t)
        return int(self.laid.alike[t, ALIKE.rows] if is_short else self.plan.card[v])

    def memory(self) -> Memory:
        """The calling thread's own, which writes whole tapes."""
        try:
            memory: Memory = self._threads.memory
        except AttributeError:
            memory = self._threads.memory = Memory(self)
        return memory

    def batch(self) -> Memory:
        """The calling thread's own, which keeps what may recur in other cases of states alone."""
        try:
            memory: Memory = self._threads.batch
        except AttributeError:
            memory = self._threads.batch = Memory(self, KEPT_FACTORS, KEPT_CELLS)
        return memory

    @cached_property
    def first(self) -> Ints:
        """``int64[V + 1]``: where the entries of each variable begin, and where the last ones end."""
        return np.cumsum([0, *self.plan.states * self.plan.states[-1]])

    @cached_property
    def entry(self) -> Ints:
        """``int64[cells]``: which (variable, state, state of the target) a cell of the tables belongs to.

        For a plan whose tables all have the target as an axis.
        """
        plan, k = self.plan, self.plan.states[-1]
        entry = np.zeros(len(plan.values), np.int64)
        for v, states in enumerate(plan.states):
            axes = np.sort(plan.scope[v])
            state = np.indices(plan.card[axes])
            own, target = state[np.searchsorted(axes, v)], np.minimum(state[-1], k - 1)
            number = self.first[v] + np.minimum(own, states - 1) * k + target
            entry[plan.start[v] : plan.start[v + 1]] = number.ravel()
        return entry


class Memory:
    """What one thread needs to answer from a plan: the tables, and room for factors, steps and products."""

    def __init__(self, machine: Machine, kept_factors: int = 0, kept_cells: int = 0):
        self.machine = machine
        plan, v = machine.plan, len(machine.plan.states)
        most, axes = 5 * v + 8, plan.order.width + 1
        kept_axes = axes * kept_factors
        self._base = base = -(-int(machine.layout.variables[-1, VARIABLE.likelihood]) // 8) * 8
        filled = np.zeros((len(OWNER), len(FILLED)), np.int64)
        filled[OWNER.kept, FILLED.cells] = base
        filled[OWNER.start] = kept_factors, kept_axes, base + kept_cells, 0, 0
        filled[OWNER.more, FILLED.factors] = 5 * MAX_SHARED_TABLES
        self._blank = array("h", [MISSING]) * v
        self.state, self._log_p = self._blank[:], np.empty(1)
        self._state, self._row = np.frombuffer(self.state, np.int16), np.empty(v, np.int16)
        self._all_variables = np.arange(v, dtype=np.int32)
        self.work = Work(
            memory=np.empty(base + kept_cells + FIRST_CELLS),
            factor=np.empty((kept_factors + most, len(FACTOR)), np.int32),
            pool=np.empty((kept_axes + most * axes, len(AXIS)), np.int32),
            tape=np.empty((most, len(STEP)), np.int32),
            loops=np.empty((most * axes, len(LOOP)), np.int32),
            lists=np.empty((most, len(LISTS)), np.int32),
            results=np.empty(kept_factors + 1, np.int32),
            filled=filled,
            memo=np.full((kept_factors, 4), -1),
        )
        self._post_test = np.empty((1, machine.k))
        self._calls()
        self.restore()
        self.work.memory[machine.layout.one] = 1.0
        self.work.memory[machine.layout.one + 1 : base] = 0.0

    def restore(self) -> None:
        """Put the tables of the plan in place, as after a run with others."""
        self.work.memory[: self.machine.layout.one] = self.machine.cells

    def blank(self) -> array[int]:
        """The states of a case, of which nothing was examined yet."""
        self.state[:] = self._blank
        return self.state

    def enter(self, observed: SplitEvidence) -> None:
        """Put the findings of a case in place."""
        position, memory, state = self.machine.position, self.work.memory, self.blank()
        for name, s in observed.hard.items():
            state[position[name]] = s
        for name, likelihood in observed.soft.items():
            state[v := position[name]] = SOFT
            place = self.machine.layout.variables[v, VARIABLE.likelihood]
            memory[place : place + len(likelihood)] = likelihood

    def _calls(self) -> None:
        """The calls of kernels, with the work as it is."""
        work, layout = self.work, self.machine.layout
        case = self._all_variables, self._state[None], self._post_test, self._log_p
        self._ask_rows = Call("ask_rows", layout, work, self._row)
        self._ask_case = Call("ask_rows", layout, work, self._row, *case)
        self._trace = Call("trace_and_run", layout, work, self._state)
        self._ask_slopes = Call("ask_slopes", layout, work, self._row)

    def ask(self) -> tuple[Array, float]:
        """P(target | findings), ``ndarray[K]``, and log P(findings), of the case in place."""
        while not self._ask_case():
            self._grow()
        return self._post_test[0].copy(), float(self._log_p[0])

    def ask_rows(self, columns: Ints, states: Ints) -> tuple[Array, Array]:
        """P(target | findings) ``[B, K]`` and log P(findings) ``[B]``.

        ``states`` is ``int16[B, F]``, of the variables at the positions ``columns`` ``int32[F]``.
        """
        post_test, log_p = np.empty((len(states), self.machine.k)), np.empty(len(states))
        done = 0
        while done < len(states):
            rest = states[done:], post_test[done:], log_p[done:]
            done += self._ask_rows(columns, *rest)
            if done < len(states):
                self._grow()
        return post_test, log_p

    def trace(self, everything: bool = False) -> int:
        """Run the case in place and keep its tape; the factor that holds P(target, findings)."""
        while (answer := self._trace(everything)) < 0:
            self._grow()
        return answer

    def joint(self, answer: int) -> Array:
        """P(target, findings) * 2**(LIFT * lifts), ``ndarray[K]``, valid until the next question."""
        place = self.work.factor[answer, FACTOR.place]
        return self.work.memory[place : place + self.machine.k]

    def back(self, answer: int, seed: Array) -> Array:
        """Derivative of sum(seed * joint) for every cell of the tables."""
        slope = np.zeros(self.work.filled[OWNER.own, FILLED.cells])
        Call("backward", self.work)(answer, seed, slope)
        return slope[: self.machine.layout.one]

    def slopes(self, cells: Array, columns: Ints, states: Ints, weight: Array) -> tuple[Array, Array]:
        """With other tables, of ``cells``: log P(findings) ``[B]``; the derivative of its sum ``[cells]``.

        ``weight`` ``[B]`` is how often each row counts in the sum; the rest is as for ``ask_rows``.
        """
        log_p, total, one, done = np.empty(len(states)), np.zeros(len(cells)), np.ones(self.machine.k), 0
        self.work.memory[: len(cells)] = cells
        try:
            while done < len(states):
                slope = np.zeros(len(self.work.memory))
                rest = states[done:], weight[done:], one, slope, log_p[done:], total
                done += self._ask_slopes(columns, *rest)
                if done < len(states):
                    self._grow()
        finally:
            self.restore()
        return log_p, total

    def _grow(self) -> None:
        """More room; what was kept is forgotten, as the last of it was traced but not run."""
        self.work.memo.fill(-1)
        if self.work.filled[OWNER.own, FILLED.cells] > 2**31 - 1:
            raise BackendError("too wide: products of over 2**31 entries; observe more variables")
        memory = np.empty(int(self.work.filled[OWNER.own, FILLED.cells] * 1.25))
        memory[: self._base] = self.work.memory[: self._base]
        self.work.filled[OWNER.kept] = 0, 0, self._base, 0, 0
        self.work = self.work._replace(memory=memory)
        self._calls()
