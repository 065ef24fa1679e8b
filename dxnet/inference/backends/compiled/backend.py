"""Bucket elimination by machine code: the answers of the interpreter in microseconds."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property, lru_cache
from threading import Lock
from typing import cast
from weakref import WeakKeyDictionary

import numpy as np

from dxnet.arrays import Array, Ints
from dxnet.errors import BackendError
from dxnet.inference.backends.base import Draws, Likelihoods, SplitEvidence
from dxnet.inference.backends.compiled.alike import shared_variable
from dxnet.inference.backends.compiled.calls import Call
from dxnet.inference.backends.compiled.conditioning import cut_network
from dxnet.inference.backends.compiled.cut_machine import CutMachine
from dxnet.inference.backends.compiled.drawn_cells import DrawnCells, common_cells
from dxnet.inference.backends.compiled.elimination import EliminationPlan, plan_elimination
from dxnet.inference.backends.compiled.memory import Machine
from dxnet.inference.backends.numpy_backend import NumpyBackend
from dxnet.knowledge.kinds.base import Cpt

WIDE_ENTRIES = 1_000_000
"""Where products without any finding have more entries, each pattern of findings gets a plan of its own."""

MAX_ENTRIES = 2**29
"""Entries of all products beyond which a question is refused: 4 GB, and places are 32-bit numbers."""
ORDER_TRIES = 64
"""Orders tried for such a plan: a tenth of a second, where a question takes several."""


class CompiledBackend(NumpyBackend):
    """The products of a question run as machine code; the most probable states come from the interpreter.

    >>> cough = Cpt(np.array([[0.9, 0.2], [0.1, 0.8]]), ("ill",))
    >>> engine = CompiledBackend({"ill": Cpt(np.array([0.75, 0.25])), "cough": cough}, "ill")
    >>> engine.ask({"cough": np.array([0.0, 1.0])})[0].round(3)
    array([0.273, 0.727])
    >>> engine.ask_rows(["cough"], np.array([[1], [-1]]))[0].round(3)
    array([[0.273, 0.727],
           [0.75 , 0.25 ]])
    """

    def __init__(self, tables: Mapping[str, Cpt], target: str, findings: Collection[str] | None = None):
        super().__init__(tables, target, findings)
        self._plan_for = lru_cache(maxsize=64)(self._special)
        self._targets: WeakKeyDictionary[Draws, DrawnCells] = WeakKeyDictionary()
        self._lock = Lock()

    def ask(self, likelihoods: Likelihoods) -> tuple[Array, float]:
        """See ``Backend.ask``."""
        if not self.is_wide and self.target not in likelihoods:
            if self._cut_machine and (answer := self._cut_machine.ask(likelihoods)):
                return answer
            memory, position = self._short_machine.batch(), self._short_machine.position
            state = memory.blank()
            for name, seen in likelihoods.items():
                if not isinstance(seen, int):
                    break
                state[position[name]] = seen
            else:
                return memory.ask()
        observed = SplitEvidence.of(likelihoods, self.target, self.card)
        memory = (self._machine_for(observed) if self.is_wide else self._short_machine).memory()
        memory.enter(observed)
        post_test, log_p = memory.ask()
        return post_test, log_p + observed.log_scale

    def ask_rows(
        self, names: Sequence[str], states: Ints, soft: Mapping[str, Array] | None = None
    ) -> tuple[Array, Array]:
        """See ``Backend.ask_rows``; of cases without likelihoods, what recurs is computed once."""
        if self.is_wide or self.target in names:
            return super().ask_rows(names, states, soft)
        cut = None if soft else self._cut_machine
        if cut is None or not cut.place.keys() >= set(names):
            return self._products_of_rows(names, states, soft)
        post_test, log_p = cut.ask_rows(names, np.asarray(states, np.int16))
        if len(rest := np.flatnonzero(np.isnan(log_p))):
            post_test[rest], log_p[rest] = self._products_of_rows(names, states[rest], None)
        return post_test, log_p

    def _products_of_rows(
        self, names: Sequence[str], states: Ints, soft: Mapping[str, Array] | None
    ) -> tuple[Array, Array]:
        """Many cases by a tape of products for each."""
        machine = self._short_machine
        columns = np.array([machine.position[name] for name in names], np.int32)
        memory = machine.memory() if soft else machine.batch()
        memory.enter(SplitEvidence({}, soft or {}))
        return memory.ask_rows(columns, np.ascontiguousarray(states, np.int16))

    def ask_draws(self, likelihoods: Likelihoods, draws: Draws) -> tuple[Array, Array]:
        """See ``Backend.ask_draws``; the tables of a draw are laid out once."""
        if self.is_wide:
            return super().ask_draws(likelihoods, draws)
        observed = SplitEvidence.of(likelihoods, self.target, self.card)
        common = common_cells(self._short_machine, draws)
        target = self._target_cells(common.machine, draws)
        others = [name for name in self.relevant(likelihoods) if name != self.target]
        tables = common.runs(others, observed.hard, draws), common.values
        own = target.runs([self.target], observed.hard, draws), target.values
        memory = common.machine.memory()
        memory.enter(observed)
        answer = memory.trace()
        post_test, log_p = np.empty((draws.n, self.card[self.target])), np.empty(draws.n)
        Call("ask_tables", common.machine.layout, memory.work)(answer, *tables, *own, post_test, log_p)
        return post_test, log_p + observed.log_scale

    def marginals(self, likelihoods: Likelihoods) -> dict[str, Array]:
        """See ``Backend.marginals``.

        One pass forward and one back over tables that all have the target as an axis: a cell's probability
        times its derivative is the probability of the findings, of the cell, and of its state of the target.
        """
        observed = SplitEvidence.of(likelihoods, self.target, self.card)
        machine = self._machine_for(observed, everything=True)
        memory = machine.memory()
        memory.enter(observed)
        answer = memory.trace(everything=True)
        joint, k = memory.joint(answer), self.card[self.target]
        if not joint.sum() > 0:
            return {name: np.full((n, k), np.nan) for name, n in self.card.items()}
        cells = memory.back(answer, np.ones(k) / joint.sum()) * machine.plan.values
        found = np.bincount(machine.entry, cells, int(machine.first[-1])).reshape(-1, k).astype(float)
        place = {name: int(machine.first[machine.position[name]]) // k for name in self.tables}
        return {name: found[at : at + self.card[name]] for name, at in place.items()}

    def slopes(self, likelihoods: Likelihoods, weights: Array) -> dict[str, Array]:
        """See ``Backend.slopes``."""
        observed = SplitEvidence.of(likelihoods, self.target, self.card)
        machine = self._machine_for(observed)
        memory = machine.memory()
        memory.enter(observed)
        answer = memory.trace()
        slope = memory.back(answer, self._slope_seed(memory.joint(answer), weights))
        return {
            name: machine.plan.unlay(machine.position[name], slope) for name in self.relevant(likelihoods)
        }

    def describe(self) -> str:
        """See ``Backend.describe``; with the width and the size of the elimination without any finding."""
        width, entries = self._order.width, sum(self._order.entries)
        return f"{super().describe()}, width {width}, {entries:,} entries"

    @cached_property
    def _machine(self) -> Machine:
        return Machine(plan_elimination(self.tables, self.target))

    @cached_property
    def _short_machine(self) -> Machine:
        """For answers without derivatives."""
        shared = shared_variable(self.tables, self.target)
        if shared is None:
            return self._machine
        return Machine(plan_elimination(self.tables, self.target, last=shared), shared=shared)

    @cached_property
    def _cut_machine(self) -> CutMachine | None:
        with self._lock:
            if "_cut_machine" in self.__dict__:  # of another thread, which had the lock before
                return cast("CutMachine | None", self.__dict__["_cut_machine"])
            shared = shared_variable(self.tables, self.target)
            cut = shared and cut_network(self.tables, self.target, shared, self.findings)
            return CutMachine(cut, self.tables) if cut else None

    @cached_property
    def _full_machine(self) -> Machine:
        return Machine(plan_elimination(self._full_tables, self.target))

    @cached_property
    def _full_tables(self) -> Mapping[str, Cpt]:
        """The tables with the target as an axis of each."""
        k = self.card[self.target]
        return {
            name: table
            if self.target in (name, *table.parents)
            else Cpt(np.repeat(table.values[..., None], k, axis=-1), (*table.parents, self.target))
            for name, table in self.tables.items()
        }

    @cached_property
    def is_wide(self) -> bool:
        """Whether the products of an answer without any finding have over a million entries."""
        return sum(self._order.entries) > WIDE_ENTRIES

    def _machine_for(self, observed: SplitEvidence, everything: bool = False) -> Machine:
        if self.is_wide:
            pattern = frozenset(observed.hard), frozenset(observed.soft), everything
            return Machine(self._plan_for(*pattern), branched=False)
        return self._full_machine if everything else self._machine

    def _special(self, hard: frozenset[str], soft: frozenset[str], everything: bool) -> EliminationPlan:
        """A plan for one pattern of findings, of what matters to it."""
        names = self.tables if everything else self.relevant(dict.fromkeys(hard | soft))
        tables = self._full_tables if everything else self.tables
        special = plan_elimination({name: tables[name] for name in names}, self.target, hard, ORDER_TRIES)
        if (cells := sum(special.order.entries)) > MAX_ENTRIES:
            raise BackendError(
                f"too wide: products of {cells:.1e} entries, over {MAX_ENTRIES:.1e}; observe more variables"
            )
        return special

    def _target_cells(self, machine: Machine, draws: Draws) -> DrawnCells:
        """The values of the table of the target, which alone differs between draws of one source."""
        with self._lock:
            if draws not in self._targets:
                cells = np.diff(machine.plan.start)[-1]
                self._targets[draws] = DrawnCells(machine, draws.n * int(cells))
            return self._targets[draws]
