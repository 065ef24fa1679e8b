"""Machine: a plan, and the memory of each thread that puts questions to it."""

from __future__ import annotations

from functools import cached_property
from math import log
from threading import local

import numpy as np

from dxnet.backends import kernels, tracing
from dxnet.backends.base import Ints, Observed
from dxnet.backends.plan import Plan
from dxnet.cpt import Array

SHARED = 14
"""Products of at most so many tables are kept for the other cases of a batch; larger ones seldom recur."""
KEPT_FACTORS, KEPT_CELLS = 1 << 15, 1 << 18
"""How much is kept: 2 MB, which a processor's cache can hold."""
FIRST_CELLS = 1 << 15
"""Room for products to begin with; memory grows when a question needs more."""


class Machine:
    """A plan as the kernels read it."""

    def __init__(self, plan: Plan):
        self.plan = plan
        self.position = {name: p for p, name in enumerate(plan.order.names)}
        one = len(plan.values)
        self.soft = one + 1 + np.cumsum(plan.states) - plan.states
        tables_below = np.ones(len(plan.states), int)
        for v, bucket in enumerate(plan.order.bucket[:-1]):
            tables_below[bucket] += tables_below[v]
        self.layout = tracing.Layout(
            plan.card,
            plan.start[:-1],
            plan.axis_ptr,
            plan.axis,
            plan.stride,
            plan.above_ptr,
            plan.above,
            self.soft,
            one,
            tables_below <= SHARED,
        )
        self._threads = local()

    def memory(self) -> Memory:
        """The calling thread's own, for single questions."""
        if not hasattr(self._threads, "memory"):
            self._threads.memory = Memory(self)
        memory: Memory = self._threads.memory
        return memory

    def batch(self) -> Memory:
        """The calling thread's own, which keeps what may recur in later rows."""
        if not hasattr(self._threads, "batch"):
            self._threads.batch = Memory(self, KEPT_FACTORS, KEPT_CELLS)
        memory: Memory = self._threads.batch
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
        kept_axes = 4 * kept_factors
        self._base = base = -(-(machine.layout.one + 1 + int(plan.states.sum())) // 8) * 8
        filled = np.zeros((5, 3), np.int64)
        filled[tracing.KEPT, tracing.CELLS] = base
        filled[tracing.START] = kept_factors, kept_axes, base + kept_cells
        filled[tracing.MORE] = 1, axes, plan.order.largest
        self.state = np.full(v, tracing.MISSING, np.int16)
        self.work = tracing.Work(
            memory=np.empty(base + kept_cells + FIRST_CELLS),
            factor=np.empty((kept_factors + most, 6), np.int64),
            pool=np.empty((kept_axes + most * axes, 2), np.int64),
            tape=np.empty((most, 16), np.int64),
            loops=np.empty((most * axes, 4), np.int64),
            head=np.empty(v, np.int64),
            members=np.empty(most, np.int64),
            extra=np.empty(most, np.int64),
            wanted=np.empty(v, np.bool_),
            filled=filled,
            memo=np.full((2 * kept_factors, 4), -1),
        )
        self.restore()
        self.work.memory[machine.layout.one] = 1.0

    def restore(self) -> None:
        """Put the tables of the plan in place, as after a run with others."""
        self.work.memory[: self.machine.layout.one] = self.machine.plan.values

    def ask(self, observed: Observed, everything: bool = False) -> int:
        """The factor that holds P(target, findings) * 2**(LIFT * its lifts)."""
        position, memory = self.machine.position, self.work.memory
        self.state.fill(tracing.MISSING)
        for name, state in observed.hard.items():
            self.state[position[name]] = state
        for name, likelihood in observed.soft.items():
            self.state[position[name]] = tracing.SOFT
            place = self.machine.soft[position[name]]
            memory[place : place + len(likelihood)] = likelihood
        while (answer := kernels.ask(self.machine.layout, self.work, self.state, everything)) < 0:
            self._grow()
        return int(answer)

    def ask_rows(self, states: Ints) -> tuple[Array, Array]:
        """P(target | findings) ``[B, K]`` and log P(findings) ``[B]`` of ``states`` ``[B, V]``."""
        post_test, log_p = np.empty((len(states), self.machine.plan.states[-1])), np.empty(len(states))
        done = 0
        while done < len(states):
            rest = states[done:], post_test[done:], log_p[done:]
            done += kernels.ask_rows(self.machine.layout, self.work, *rest)
            if done < len(states):
                self._grow()
        return post_test, log_p

    def joint(self, answer: int) -> Array:
        """P(target, findings) * 2**(LIFT * lifts), ``ndarray[K]``, valid until the next question."""
        place = self.work.factor[answer, tracing.PLACE]
        return self.work.memory[place : place + self.machine.plan.states[-1]]

    def log_scale(self, answer: int) -> float:
        """Logarithm of what ``joint`` must be multiplied with."""
        return float(-kernels.LIFT * log(2) * self.work.factor[answer, tracing.LIFTS])

    def back(self, answer: int, seed: Array) -> Array:
        """Derivative of sum(seed * joint) for every cell of the tables."""
        slope = np.zeros(self.work.filled[tracing.OWN, tracing.CELLS])
        kernels.backward(self.work, answer, seed, slope)
        return slope[: self.machine.layout.one]

    def _grow(self) -> None:
        """More room; what was kept is forgotten, as the last of it was traced but not run."""
        memory = np.empty(int(self.work.filled[tracing.OWN, tracing.CELLS] * 1.25))
        likelihoods_end = self.work.filled[tracing.KEPT, tracing.CELLS] = self._base
        memory[:likelihoods_end] = self.work.memory[:likelihoods_end]
        self.work.filled[tracing.KEPT, : tracing.CELLS] = 0
        self.work.memo.fill(-1)
        self.work = self.work._replace(memory=memory)
