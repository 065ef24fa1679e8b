"""Simulated patients, worked up test by test in some order until a diagnosis is probable enough."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dxnet.arrays import Array, Bools
from dxnet.errors import CaseError, Issue, odd_whole, require
from dxnet.evaluation.scorecard import answer_cases
from dxnet.inference.case import Case
from dxnet.inference.engine import Engine
from dxnet.inference.sample import sampled
from dxnet.inference.seeded import generator
from dxnet.knowledge.network import DIAGNOSIS, Network
from dxnet.reasoning.next_tests import burden_of_test, findings_of_tests, next_tests

OURS = "information"
ORDERS: Mapping[str, str] = {
    OURS: "What next",
    "guideline": "Guideline",
    "cheapest": "Least burden first",
    "random": "Random",
}
"""Orders and their labels; the first is that of ``next_tests``."""

EARLY_BURDEN = 10
"""A diagnosis found with no more burden than this is found early."""

NextOf = Callable[[int, Case], Sequence[str]]
"""The tests as an order would do them, for a patient by number and what is known of that patient."""


@dataclass(frozen=True, eq=False)
class WorkUps:
    """The ``N`` simulated patients, worked up in one order.

    Args:
        burden: the sum of the burdens of the tests that were done, ``ndarray[N]``; the unit is a tier.
        tests: how many were done, ``ndarray[N]``.
        committed: whether a diagnosis passed ``COMMITMENT`` before no test was left, ``ndarray[N]``.
        right: whether the first diagnosis in the end is the true one, or of the true group, ``ndarray[N]``.
        probability: P(true diagnosis) in the end, ``ndarray[N]``; of a group, the sum.
    """

    burden: Array
    tests: Array
    committed: Bools
    right: Bools
    probability: Array

    @property
    def by_outcome(self) -> Mapping[str, Array]:
        """Each measure of each patient; its mean over patients is that of the order.

        ``wrong`` are wrong commitments, ``early`` commitments with a burden of at most EARLY_BURDEN, ``free``
        work-ups without any burden.
        """
        return {
            "right": self.right.astype(float),
            "committed": self.committed.astype(float),
            "wrong": (self.committed & ~self.right).astype(float),
            "early": (self.committed & (self.burden <= EARLY_BURDEN)).astype(float),
            "free": (self.burden == 0).astype(float),
            "probability": self.probability,
            "burden": self.burden,
            "tests": self.tests,
        }


def work_ups_of(engine: Engine, patients: Sequence[Case], commitment: float, seed: int) -> dict[str, WorkUps]:
    """The patients worked up in each of ORDERS; that of a guideline only where the network has one.

    Args:
        engine: what answers, and chooses the next test.
        patients: all findings and the true diagnosis of each.
        commitment: probability of a diagnosis from which on no further test is done.
        seed: of the random order.
    """
    return {
        name: _worked_up(engine, patients, order, commitment)
        for name, order in _orders_of_tests(engine, len(patients), seed)
    }


def _orders_of_tests(engine: Engine, n: int, seed: int) -> Iterator[tuple[str, NextOf]]:
    network, asked = engine.network, dict[frozenset[tuple[str, object]], list[str]]()
    tests = list(findings_of_tests(network, Case({})))

    def informative(patient: int, known: Case) -> Sequence[str]:
        key = frozenset(known.findings.items())
        if key not in asked:
            asked[key] = [test.procedure for test in next_tests(engine, known)]
        return asked[key]

    yield OURS, informative
    if network.guideline_order:
        listed = [test for test in network.guideline_order if test in tests]
        guideline = [*listed, *(test for test in tests if test not in listed)]
        yield "guideline", lambda patient, known: guideline
    cheapest = sorted(tests, key=lambda test: burden_of_test(network, test))
    yield "cheapest", lambda patient, known: cheapest
    random = generator(seed)
    shuffled = [[tests[i] for i in random.permutation(len(tests))] for _ in range(n)]
    yield "random", lambda patient, known: shuffled[patient]


def _worked_up(engine: Engine, patients: Sequence[Case], order: NextOf, commitment: float) -> WorkUps:
    network = engine.network
    tests = findings_of_tests(network, Case({}))
    in_tests = {finding for findings in tests.values() for finding in findings}
    known = [
        Case({f: s for f, s in it.findings.items() if f not in in_tests}, it.id, it.diagnosis)
        for it in patients
    ]
    done: list[list[str]] = [[] for _ in patients]
    committed = np.zeros(len(patients), bool)
    going_on = list(range(len(patients)))
    while going_on:
        for i, answer in zip(going_on, engine.diagnose_all([known[i] for i in going_on]), strict=True):
            committed[i] = answer.post_test.max() >= commitment
        going_on = [i for i in going_on if not committed[i] and len(done[i]) < len(tests)]
        for i in going_on:
            test = next(it for it in order(i, known[i]) if it not in done[i])
            done[i].append(test)
            found = {f: patients[i].findings[f] for f in tests[test] if f in patients[i].findings}
            known[i] = Case({**known[i].findings, **found}, known[i].id, known[i].diagnosis)
    rated = answer_cases(engine, known).rated
    return WorkUps(
        burden=np.array([sum(burden_of_test(network, test) for test in tests) for tests in done]),
        tests=np.array([len(tests) for tests in done], float),
        committed=committed,
        right=rated["right"].to_numpy(),
        probability=rated["probability"].to_numpy(),
    )


def simulated_patients(network: Network, source: Engine, n: int, seed: int = 0) -> list[Case]:
    """Patients of one network as cases of another: all findings that both have, and the true diagnosis.

    A diagnosis that the other network does not have is known by its group.

    Raises:
        CaseError: fewer than one patient; diagnoses or states that ``network`` does not have, all at once.

    >>> from dxnet import load_network
    >>> asia = load_network("asia")
    >>> simulated_patients(asia, Engine(asia), 2)[0].diagnosis
    'no_lung_cancer'
    """
    require(odd_whole("patients", n, least=1))
    known_as = {name: _known_as(network, source.network, name) for name in source.network.diagnoses}
    if faults := list(_misfits(network, source.network, known_as)):
        raise CaseError(faults)
    drawn = sampled(source.parameters, n, seed)
    states = {
        name: np.array(source.network.states(name), object)[drawn[name]]
        for name in source.network.findings
        if name in network.findings
    }
    truth = [known_as[source.network.diagnoses[k]] for k in drawn[DIAGNOSIS]]
    return [
        Case({name: column[i] for name, column in states.items()}, f"s{i + 1}", truth[i]) for i in range(n)
    ]


def _known_as(network: Network, source: Network, diagnosis: str) -> str:
    """A diagnosis of the source, or else its group, as ``network`` has it; or nothing."""
    names = (diagnosis, source.diagnosis[diagnosis].group)
    return next((name for name in names if network.members(name)), "")


def _misfits(network: Network, source: Network, known_as: Mapping[str, str]) -> Iterator[Issue]:
    fix = "take patients of a network with the same diagnoses or groups, and the same states"
    for diagnosis, name in known_as.items():
        if not name:
            message = f"neither the diagnosis nor its group {source.diagnosis[diagnosis].group!r} is known"
            yield Issue("error", f"{source.name}: {diagnosis}", message, fix)
    for finding in source.findings.keys() & network.findings.keys():
        if unknown := set(source.states(finding)) - set(network.states(finding)):
            message = f"has unknown states: {', '.join(sorted(unknown))}"
            yield Issue("error", f"{source.name}: {finding}", message, fix)
