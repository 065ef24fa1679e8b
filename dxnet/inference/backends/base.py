"""What a backend answers, and how findings reach it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf, log

import numpy as np

from dxnet.arrays import MISSING, SOFT, Array, Bools, Ints
from dxnet.errors import BackendError
from dxnet.knowledge.kinds.base import Cpt

Likelihoods = Mapping[str, int | Array]
"""Variable -> the position of its state, or P(what was seen | state), ``ndarray[states]``.

What is not listed was not examined.
"""


class Draws(ABC):
    """``n`` drawn tables of every variable, and of UNEXPLAINED where there are unexplained patients."""

    n: int

    @property
    def source(self) -> Draws:
        """Draws of the same tables but that of the target, which has no parents; or these themselves.

        What a backend makes of the other tables serves all draws of one source.
        """
        return self

    @abstractmethod
    def table(self, name: str) -> Array:
        """``ndarray[n, states, *parents]``, axes as in the table of the network."""


@dataclass(frozen=True)
class SplitEvidence:
    """Likelihoods by kind: ``hard`` states, ``soft`` likelihoods, and what scaling them took away."""

    hard: Mapping[str, int]
    soft: Mapping[str, Array]
    log_scale: float = 0.0

    @classmethod
    def of(cls, likelihoods: Likelihoods, target: str, card: Mapping[str, int]) -> SplitEvidence:
        """A likelihood with a single state above zero is that state; one of ones says nothing.

        The target keeps its axis: its likelihood is a soft one.
        """
        hard: dict[str, int] = {}
        soft: dict[str, Array] = {}
        log_scale = 0.0
        for name, likelihood in likelihoods.items():
            if isinstance(likelihood, int):
                if name != target:
                    hard[name] = likelihood
                    continue
                likelihood = np.eye(card[name])[likelihood]
            values = likelihood.tolist()
            if len(values) - values.count(0.0) == 1 and name != target:
                hard[name] = values.index(top := max(values))
                log_scale += log(top)
            elif values.count(1.0) < len(values):
                top = max(values) or 1.0
                soft[name] = likelihood / top
                log_scale += log(top)
        return cls(hard, soft, log_scale)


class Backend(ABC):
    """Answers about one variable of a network, from the tables of all. Safe to share between threads.

    Args:
        tables: of every variable.
        target: the variable in question, of K states.
        findings: the variables that cases will state; any without.
    """

    def __init__(self, tables: Mapping[str, Cpt], target: str, findings: Collection[str] | None = None):
        self.tables, self.target = tables, target
        self.findings = frozenset(tables if findings is None else findings)
        self.card = {name: len(table.values) for name, table in tables.items()}

    @abstractmethod
    def ask(self, likelihoods: Likelihoods) -> tuple[Array, float]:
        """P(target | findings), ``ndarray[K]``, and the natural logarithm of P(findings).

        NaN and -inf where the findings are impossible.
        """

    def ask_rows(
        self, names: Sequence[str], states: Ints, soft: Mapping[str, Array] | None = None
    ) -> tuple[Array, Array]:
        """Many cases: P(target | findings), ``ndarray[B, K]``, and log P(findings), ``ndarray[B]``.

        Args:
            names: variables.
            states: ``int[B, F]`` their states; MISSING (-1) where one was not examined, SOFT (-2) where its
                likelihood in ``soft`` holds.
            soft: likelihoods that rows share.
        """
        post_test, log_p = np.empty((len(states), self.card[self.target])), np.empty(len(states))
        for i, row in enumerate(states):
            seen: dict[str, int | Array] = {}
            for name, state in zip(names, row, strict=True):
                if state != MISSING:
                    seen[name] = int(state) if state >= 0 else (soft or {})[name]
            post_test[i], log_p[i] = self.ask(seen)
        return post_test, log_p

    def log_likelihoods(self, names: Sequence[str], states: Ints) -> Array:
        """log P(findings | target), ``ndarray[B, K]``, of the patients whose findings are their own.

        Arguments as of ``ask_rows``; -inf where a state of the target cannot have them.
        """
        post_test, log_p = self.ask_rows(names, states)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratios = np.log(post_test / self.ask({})[0])
        return np.where(np.isnan(ratios), -np.inf, ratios) + log_p[:, None]

    def ask_draws(self, likelihoods: Likelihoods, draws: Draws) -> tuple[Array, Array]:
        """With the tables of each draw instead: P(target | findings) ``[D, K]``, log P(findings) ``[D]``."""
        drawn = {name: draws.table(name) for name in self.relevant(likelihoods)}
        answers = []
        for i in range(draws.n):
            tables = {name: Cpt(values[i], self.tables[name].parents) for name, values in drawn.items()}
            answers.append(type(self)({**self.tables, **tables}, self.target).ask(likelihoods))
        return np.array([post_test for post_test, _ in answers]), np.array([log_p for _, log_p in answers])

    def marginals(self, likelihoods: Likelihoods) -> dict[str, Array]:
        """P(state, target | findings) of every variable, ``ndarray[states, K]``; NaN if they are impossible.

        Raises:
            BackendError: this backend has no such answer; nor has it for what follows.
        """
        raise self._cannot("marginals")

    def slopes(self, likelihoods: Likelihoods, weights: Array) -> dict[str, Array]:
        """Derivative of sum_k w_k log P(target = k | findings) for every cell of the ``relevant`` tables.

        Shaped as the tables; for changes that leave their sums at 1, so that other tables do not matter. With
        that of UNEXPLAINED, where there are unexplained patients. NaN
        where the probability of a state with a weight is zero. ``weights`` is ``ndarray[K]``.
        One pass forward and one back: Darwiche A. J ACM 2003;50:280-305, doi:10.1145/765568.765570.
        """
        raise self._cannot("slopes")

    def most_probable(self, likelihoods: Likelihoods) -> tuple[dict[str, int], float]:
        """The most probable states of all variables together, and the logarithm of P(states, findings).

        Dechter R. Artif Intell 1999;113:41-85, doi:10.1016/S0004-3702(99)00059-4 (elim-mpe).
        """
        raise self._cannot("most probable states")

    @property
    def is_wide(self) -> bool:
        """Whether an answer takes seconds, so that nothing should ask for hundreds of them."""
        return False

    def describe(self) -> str:
        """How large the network is, in words."""
        return f"{len(self.tables)} variables"

    def relevant(self, seen: Mapping[str, object]) -> list[str]:
        """Variables on which the answer depends: the target, what was observed, and their ancestors."""
        wanted = self._ancestors[self.target].union(*(self._ancestors[name] for name in seen))
        return [name for name in self.tables if name in wanted]

    @cached_property
    def _ancestors(self) -> dict[str, set[str]]:
        return {name: ancestors(self.tables, name) for name in self.tables}

    def _slope_seed(self, joint: Array, weights: Array) -> Array:
        """Derivative of sum_k w_k log(joint[k] / sum(joint)) for the entries of ``joint``, ``ndarray[K]``."""
        weighted = weights != 0
        if not (joint[weighted] > 0).all():
            return np.full(joint.shape, np.nan)
        seed = np.full(joint.shape, -weights.sum() / joint.sum())
        seed[weighted] += weights[weighted] / joint[weighted]
        return seed

    def _cannot(self, what: str) -> BackendError:
        return BackendError(f"{type(self).__name__} gives no {what}; take the backend 'compiled' or 'numpy'")


def ancestors(tables: Mapping[str, Cpt], name: str) -> set[str]:
    """All that a variable depends on, itself among it."""
    found: set[str] = set()
    todo = [name]
    while todo:
        here = todo.pop()
        if here not in found:
            found.add(here)
            todo += tables[here].parents
    return found


def rows_of_one_kind(
    findings: Sequence[str], sizes: Ints, states: Ints, soft: Mapping[str, Sequence[Array]]
) -> Iterator[tuple[Bools | slice, Ints, Mapping[str, Array]]]:
    """Rows without likelihoods, and those with the same ones in the same columns, ready to be asked.

    Args:
        findings: F names.
        sizes: ``int[F]``, how many states each has.
        states: ``int[B, F]``; one beyond the states is the position of a likelihood in ``soft``.
        soft: likelihoods ``ndarray[states]`` by finding.
    """
    if (states < sizes).all():
        yield slice(None), states, {}
        return
    chosen = np.where(states < sizes, MISSING, states - sizes)
    kinds, kind = np.unique(chosen, axis=0, return_inverse=True)
    for number, these in enumerate(kinds):
        rows = kind == number
        likelihoods = {
            name: soft[name][i] for name, i in zip(findings, these.tolist(), strict=True) if i != MISSING
        }
        yield rows, np.where(these == MISSING, states[rows], SOFT).astype(np.int16), likelihoods


def least_clash(backend: Backend, likelihoods: Likelihoods) -> list[str]:
    """Impossible findings of which none can be left out: drop each one that the clash does not need."""
    clash = dict(likelihoods)
    for name in likelihoods:
        rest = {other: value for other, value in clash.items() if other != name}
        if backend.ask(rest)[1] == -inf:
            clash = rest
    return list(clash)
