"""A published case revealed step by step: what is open, what the learner believes and orders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from random import Random

import numpy as np

from dxnet.arrays import Array
from dxnet.errors import DxnetError, Issue, did_you_mean
from dxnet.evaluation.published_cases import published_cases_for
from dxnet.inference.case import Case
from dxnet.inference.differential import Differential
from dxnet.inference.engine import Engine, EngineLike
from dxnet.knowledge.network import Network
from dxnet.reasoning.explain import Explanation, explain
from dxnet.reasoning.next_tests import LEAST_BITS, NextTest, next_tests

MOST_RANKED = 3
"""Diagnoses that a learner may name."""
LEAST_OTHERS = 0.01
"""Probability that must be left for the diagnoses that were not named: a miss would cost without bound."""
STOP = ""
"""Ordered where the learner wants no further procedure."""


@dataclass(frozen=True)
class Belief:
    """The diagnoses that a learner names, the most probable first; all others share the rest evenly.

    >>> from dxnet import load_network
    >>> Belief((("lung_cancer", 0.7),)).over(load_network("asia")).round(2).tolist()
    [0.3, 0.7]
    """

    named: tuple[tuple[str, float], ...]

    def faults(self, network: Network) -> Iterator[Issue]:
        """What keeps it from being an answer, all at once."""
        if not self.named:
            yield Issue("error", "", "no diagnosis is named", "name the most probable one")
        if len(self.named) > MOST_RANKED:
            message = f"{len(self.named)} diagnoses are named"
            yield Issue("error", "", message, f"name the {MOST_RANKED} most probable ones at most")
        seen: set[str] = set()
        for name, p in self.named:
            called = network.diagnosis[name].name if name in network.diagnosis else repr(name)
            if name not in network.diagnosis:
                yield Issue("error", "", f"no diagnosis {called}", did_you_mean(name, network.diagnosis))
            if name in seen:
                yield Issue("error", "", f"{called} is named twice", "name each diagnosis once")
            seen.add(name)
            if not 0 < p <= 1:
                fix = "give more than 0 and at most 100 per cent"
                yield Issue("error", "", f"{100 * p:g} per cent is no probability of {called}", fix)
        for (_, before), (name, p) in pairwise(self.named):
            if p > before and name in network.diagnosis:
                message = f"{network.diagnosis[name].name} has more than a diagnosis named before it"
                yield Issue("error", "", message, "name the most probable one first")
        total = sum(p for _, p in self.named if 0 < p <= 1)
        if total > 1 - LEAST_OTHERS + 1e-9 and len(seen) < len(network.diagnoses):
            fix = f"leave {100 * LEAST_OTHERS:g} per cent or more for those that you do not name"
            yield Issue("error", "", f"the diagnoses have {100 * total:g} per cent together", fix)

    def require_fit(self, network: Network) -> None:
        """See that it is an answer.

        Raises:
            DxnetError: a diagnosis that is unknown or named twice, or probabilities that cannot be; all at
                once.
        """
        if faults := list(self.faults(network)):
            raise DxnetError(faults)

    @property
    def first(self) -> str:
        """The most probable diagnosis."""
        return self.named[0][0]

    def over(self, network: Network) -> Array:
        """P(diagnosis) as the learner believes it, ``ndarray[K]``; it sums to 1."""
        named = dict(self.named)
        others = len(network.diagnoses) - len(named)
        rest = (1 - sum(named.values())) / others if others else 0.0
        return np.array([named.get(name, rest) for name in network.diagnoses])


@dataclass(frozen=True)
class Turn:
    """One answer of a learner, and that of the network on the same findings.

    Args:
        case: the findings that were open.
        belief: what the learner believed.
        ordered: the procedure that the learner ordered; STOP: none.
        differential: the network's answer.
        offered: the procedures that could be ordered, in the order of ``next_tests``.
        why: the weights of the findings for the network's first diagnosis, against the learner's first where
            that is another.
    """

    case: Case
    belief: Belief
    ordered: str
    differential: Differential
    offered: tuple[NextTest, ...]
    why: Explanation

    @property
    def telling(self) -> tuple[NextTest, ...]:
        """Those of ``offered`` that were expected to tell anything to speak of."""
        return tuple(test for test in self.offered if test.information >= LEAST_BITS)

    @property
    def best(self) -> NextTest | None:
        """The first procedure of ``telling``; None where there is none, so that stopping was no fault."""
        return next(iter(self.telling), None)

    @property
    def chosen(self) -> NextTest | None:
        """The procedure that was ordered, with what it was expected to tell."""
        return next((test for test in self.offered if test.procedure == self.ordered), None)


@dataclass(frozen=True)
class Exercise:
    """A case of known diagnosis, with what is open of it and the answers so far; see ``begin_exercise``.

    Args:
        network: whose diagnoses are named, and whose procedures are ordered.
        case: everything that is reported of the patient.
        procedures: the reported findings by procedure, in the order of the network; "" has those of none.
        opened: procedures whose findings are open, in their order; some have none that are reported.
        turns: the answers, one for each time that something was opened.
        closed: whether the learner has ended it, or nothing is left to open.
    """

    network: Network
    case: Case
    procedures: Mapping[str, tuple[str, ...]]
    opened: tuple[str, ...]
    turns: tuple[Turn, ...] = ()
    closed: bool = False

    @property
    def to_order(self) -> tuple[str, ...]:
        """What may be opened next: one procedure without burden if there is any, else all that are left.

        All of the network are offered, as those of which the case reports results would tell its diagnosis.
        """
        left = [name for name in self.procedures if name not in self.opened]
        free = tuple(name for name in left if is_without_burden(self.network, name))
        unreported = [
            name
            for name in self.network.procedures
            if name not in (*self.procedures, *self.opened) and not is_without_burden(self.network, name)
        ]
        offered = (*left, *unreported)
        return free[:1] or tuple(name for name in self.network.procedures or offered if name in offered)

    @property
    def must_order(self) -> bool:
        """Whether the next procedure is given, as it burdens nobody."""
        return any(is_without_burden(self.network, name) for name in self.to_order)

    @property
    def is_answered(self) -> bool:
        """Whether the learner has answered on what is open."""
        return bool(self.turns) and self.turns[-1].ordered not in set(self.opened) - {STOP}

    @property
    def shown(self) -> Case:
        """The findings that are open, without the diagnosis and without what would tell it."""
        names = [name for procedure in self.opened for name in self.procedures.get(procedure, ())]
        return Case({name: self.case.findings[name] for name in names})


def begin_exercise(network: Network, case: Case) -> Exercise:
    """A case of which what belongs to no procedure, and the first procedure without burden, are open.

    Raises:
        CaseError: it does not fit the network.
        DxnetError: it has no finding, or no diagnosis of the network.

    >>> from dxnet import load_network
    >>> network = load_network("als_mimics")
    >>> begin_exercise(network, exercises_for(network, 0)[0]).opened
    ('history',)
    """
    case.require_fit(network)
    if not case.findings or not network.members(case.diagnosis):
        message = "cannot be an exercise: it needs findings, and a diagnosis of the network"
        raise DxnetError([Issue("error", case.id, message, "choose another case")])
    of = {name: _procedure_of(network, name) for name in case.findings}
    order = ["", *network.procedures] if network.procedures else list(case.findings)
    procedures = {p: tuple(name for name in of if of[name] == p) for p in order if p in of.values()}
    first = next((p for p in procedures if p and is_without_burden(network, p)), next(iter(procedures)))
    return Exercise(
        network, case, procedures, tuple(dict.fromkeys(("", first) if "" in procedures else (first,)))
    )


def exercises_for(network: Network, seed: int) -> list[Case]:
    """The development cases that fit the network, shuffled, as their order would tell their diagnoses.

    The validation cases are never among them.
    """
    cases = [case for case in published_cases_for(network, "post", "development") if case.findings]
    Random(seed).shuffle(cases)
    return cases


def give_answer(engine: EngineLike, exercise: Exercise, belief: Belief, ordered: str = STOP) -> Exercise:
    """The exercise with one more answer, and that of the network beside it; nothing is opened yet.

    Args:
        engine: answers for the network of the exercise.
        exercise, belief: what is open, and what the learner believes then.
        ordered: the procedure to open next; STOP ends the exercise, where nothing must be ordered.

    Raises:
        DxnetError: a belief that is none, a procedure that cannot be ordered, or a second answer.
    """
    engine = Engine.of(engine)
    faults = list(belief.faults(exercise.network))
    if exercise.closed or exercise.is_answered:
        faults.append(Issue("error", "", "what is open has its answer", "go on first"))
    if ordered not in exercise.to_order and (ordered != STOP or exercise.must_order):
        fix = did_you_mean(ordered, exercise.to_order)
        faults.append(Issue("error", "", f"{ordered or 'nothing'} cannot be ordered now", fix))
    if faults:
        raise DxnetError(faults)
    case = exercise.shown
    differential = engine.diagnose(case)
    first = differential.ranking[0]
    versus = belief.first if belief.first != first else ""
    turn = Turn(
        case,
        belief,
        ordered,
        differential,
        () if exercise.must_order else _offered(engine, exercise, case),
        explain(engine, case, first, versus),
    )
    return replace(exercise, turns=(*exercise.turns, turn))


def go_on(exercise: Exercise) -> Exercise:
    """The exercise with what was ordered open; it is closed where nothing was.

    Raises:
        DxnetError: what is open has no answer yet.
    """
    if not exercise.is_answered:
        raise DxnetError([Issue("error", "", "what is open has no answer yet", "answer first")])
    ordered = exercise.turns[-1].ordered
    if ordered == STOP:
        return replace(exercise, closed=True)
    return replace(exercise, opened=(*exercise.opened, ordered))


def is_without_burden(network: Network, name: str) -> bool:
    """Whether a procedure costs nothing, is not invasive and can be had everywhere, as a history is."""
    procedure = network.procedures.get(name)
    if procedure is None:
        return False
    return procedure.cost == procedure.invasiveness == 0 and procedure.availability == "routine"


def _procedure_of(network: Network, finding: str) -> str:
    return network.findings[finding].procedure or ("" if network.procedures else finding)


def _offered(engine: Engine, exercise: Exercise, case: Case) -> tuple[NextTest, ...]:
    """The procedures that can be ordered, in the order of ``next_tests``."""
    if not exercise.to_order:
        return ()
    found: Sequence[NextTest] = next_tests(engine, case)
    return tuple(test for test in found if test.procedure in exercise.to_order)
