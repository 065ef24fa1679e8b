"""What to do next? The expected information and burden of each procedure, and what must not be missed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf
from typing import ClassVar

from dxnet.arrays import Array
from dxnet.errors import Issue, odd_whole, out_of_range, require
from dxnet.inference.case import Case, CaseLike
from dxnet.inference.differential import Differential
from dxnet.inference.engine import Engine, EngineLike
from dxnet.inference.results import Results
from dxnet.knowledge.network import Network
from dxnet.reasoning.expected_information import joint_information, mutual_information
from dxnet.words import counted

NEVER_MISS = 0.02
"""Treatable diagnoses from this probability on are named until their procedure is done."""
NEVER_MISS_UNTESTED = 0.008
"""From this one on while no test that settles them has a result: a story that fits something else excludes
nothing. In referrals, of history and examination alone, 34 of 36 (written) and 49 of 58 (development)
treatable diagnoses are named so; the lists have 2 or 3 in the median, 5 and 8 in the 90th percentile. With
0.004 the development lists would have 5 and 10 for two diagnoses more."""
LEAST_BITS = 0.005
"""A test that is expected to tell less tells nothing to speak of."""
FREE_BITS = 0.05
"""What burdens nobody is done first if it is expected to tell so much; history and examination mostly are."""
LEAST_SETTLED = 0.001
"""Treatable diagnoses below this probability are not named beside a procedure that settles them."""
TELLING_RATIO, RARITY = 5.0, 0.05
"""A result tells much of a diagnosis with this likelihood ratio for or against it, if it is not as rare."""
AVAILABILITY = {"routine": 0, "specialist": 1, "research-only": 3}
"""Tiers of availability, on the scale of cost and invasiveness (0 to 3)."""


@dataclass(frozen=True)
class Result:
    """One possible result: P(state | findings), and the first diagnosis if the finding has this state."""

    finding: str
    state: str
    probability: float
    first: str
    first_probability: float


@dataclass(frozen=True, repr=False)
class NextTest:
    """The expected information and the burden of one procedure.

    Args:
        procedure: id of the procedure; in a network without procedures, id of a finding.
        findings: its findings that are not known yet.
        information: expected information of all these findings about the diagnosis, in bits.
        error: standard error of ``information``; 0 where all results were enumerated.
        burden: weighted sum of its tiers of cost, invasiveness and availability.
        value: information per unit of burden, ``information / (1 + burden)``.
        results: probability of each state, and the first diagnosis after it.
        settles: treatable diagnoses that the procedure settles, with P(diagnosis | findings).
    """

    procedure: str
    findings: tuple[str, ...]
    information: float
    error: float
    burden: float
    value: float
    results: tuple[Result, ...]
    settles: tuple[tuple[str, float], ...]

    def __repr__(self) -> str:
        yields = counted(len(self.findings), "finding")
        return f"NextTest({self.procedure}: {self.information:.2f} bits, burden {self.burden:g}; {yields})"


class NextTests(Results[NextTest]):
    """See ``next_tests``."""

    thing = "procedure"
    columns: ClassVar = {
        name: name for name in ("procedure", "information", "error", "burden", "value", "findings")
    }


@dataclass(frozen=True)
class NeverMiss:
    """A treatable diagnosis that is not unlikely, and what is left to do to settle it.

    Args:
        diagnosis, probability: the diagnosis, and P(diagnosis | findings).
        procedures: the procedures that settle it and are not begun.
        partly: those of which some findings are entered, with the others that would tell much of it; a
            procedure that settles it and stands in neither is done.
        paused: those of the findings in ``partly`` that are paused: entered, but not used.
    """

    diagnosis: str
    probability: float
    procedures: tuple[str, ...]
    partly: tuple[tuple[str, tuple[str, ...]], ...] = ()
    paused: tuple[str, ...] = ()


class NeverMisses(Results[NeverMiss]):
    """See ``never_miss``."""

    thing = "treatable diagnosis"
    columns: ClassVar = {name: name for name in ("diagnosis", "probability", "procedures", "partly")}


def next_tests(
    engine: EngineLike,
    case: CaseLike,
    *,
    cost: float = 1.0,
    invasiveness: float = 1.0,
    availability: float = 1.0,
    seed: int = 0,
) -> NextTests:
    """Every procedure that is not done yet, in three turns, by information per unit of burden.

    First what burdens nobody and tells much, as history and examination do; then, for each treatable
    diagnosis that ``never_miss`` names, the most probable first, the least burden that settles it and tells
    something; last what only research has.

    In a network without procedures, each finding is a procedure without burden. The information is the mutual
    information of the diagnosis and all unknown findings of the procedure, given the known findings: Lindley
    DV. Ann Math Stat 1956;27:986-1005, doi:10.1214/aoms/1177728069. It is exact where they have at most 512
    results together; else results are drawn, and ``error`` is the standard error.

    Args:
        engine, case: the findings so far, and the engine that answers them.
        cost, invasiveness, availability: weights of the tiers (0 to 3) in the burden.
        seed: seed of the drawn results.

    Raises:
        CaseError: the case does not fit, or is impossible; weights below 0 or not finite, all at once.
        TypeError: a weight that is no number, or a seed that is no whole number.

    >>> from dxnet import load_network
    >>> best = next_tests(load_network("als_mimics"), {"fatigability": "present", "dyspnoea": "present"})[0]
    >>> best.procedure, best.burden
    ('examination', 0.0)
    """
    weights = {"cost": cost, "invasiveness": invasiveness, "availability": availability}
    fix = "give a finite number of 0 or more"
    odd = [
        Issue("error", name, f"{weight} is no weight", fix)
        for name, weight in weights.items()
        if out_of_range(name, weight, lambda w: 0 <= w < inf, fix)
    ]
    require(odd, odd_whole("seed", seed))
    engine, case = Engine.of(engine), Case.of(case)
    network, question, tests = engine.network, engine.question(case), []
    differential, marginals = engine.diagnose(case), engine.marginals(case)
    post_test = differential.post_test
    for name, findings in findings_of_tests(network, case).items():
        information, error = mutual_information(marginals[findings[0]]), 0.0
        if len(findings) > 1:
            information, error = joint_information(question, network, findings, post_test, seed)
        burden = burden_of_test(network, name, **weights)
        results = tuple(r for f in findings for r in _finding_results(network, f, marginals[f]))
        value, settles = information / (1 + burden), settled_by(differential, name)
        tests.append(NextTest(name, findings, information, error, burden, value, results, settles))
    return NextTests(_in_turns(differential, sorted(tests, key=lambda test: -test.value)))


def _in_turns(differential: Differential, tests: Sequence[NextTest]) -> list[NextTest]:
    """The three turns of ``next_tests``; the first by the probability of what a test settles."""
    telling, network = [it for it in tests if it.information >= LEAST_BITS], differential.network
    free = (it for it in telling if it.information >= FREE_BITS)
    first = [it.procedure for it in free if not burden_of_test(network, it.procedure)]
    for name in not_settled(differential):
        ways = [it for it in telling if it.procedure in network.diagnosis[name].settled_by]
        if ways and (least := min(ways, key=lambda it: it.burden)).procedure not in first:
            first.append(least.procedure)

    def turn(test: NextTest) -> tuple[int, int]:
        if test.procedure in first:
            return 0, first.index(test.procedure)
        procedure = network.procedures.get(test.procedure)
        return (2 if procedure and procedure.availability == "research-only" else 1), 0

    return sorted(tests, key=turn)


def not_settled(
    differential: Differential, threshold: float = NEVER_MISS, untested: float | None = None
) -> tuple[str, ...]:
    """The treatable diagnoses that ``never_miss`` names, most probable first."""
    network, begun = differential.network, _begun(differential.network, differential.case)
    if untested is None:
        untested = NEVER_MISS_UNTESTED if threshold == NEVER_MISS else threshold
    named = []
    for name in differential.ranking:
        diagnosis, p = network.diagnosis[name], differential.probability(name)
        tests = [it for it in diagnosis.settled_by if burden_of_test(network, it)]
        least = threshold if not tests or begun.intersection(tests) else min(threshold, untested)
        if diagnosis.treatable == "yes" and p >= least:
            named.append(name)
    return tuple(named)


def _begun(network: Network, case: Case) -> set[str]:
    return {network.findings[finding].procedure for finding in case.findings}


def settled_by(differential: Differential, procedure: str) -> tuple[tuple[str, float], ...]:
    """The treatable diagnoses that a procedure settles, each with its probability."""
    return tuple(
        (name, differential.probability(name))
        for name, diagnosis in differential.network.diagnosis.items()
        if diagnosis.treatable == "yes" and procedure in diagnosis.settled_by
    )


def label_of_test(network: Network, name: str) -> str:
    """Label of a procedure, or of a finding that is a test by itself."""
    return (network.procedures[name] if name in network.procedures else network.findings[name]).label


def findings_of_tests(network: Network, case: Case) -> dict[str, tuple[str, ...]]:
    """The findings of each procedure that are not known yet; without procedures, each finding by itself.

    One that is paused is known, though not used.
    """
    open_ = [name for name in network.findings if name not in case.findings and name not in case.paused]
    if not network.procedures:
        return {name: (name,) for name in open_}
    yields = {p: tuple(f for f in open_ if network.findings[f].procedure == p) for p in network.procedures}
    return {procedure: findings for procedure, findings in yields.items() if findings}


def burden_of_test(
    network: Network, name: str, *, cost: float = 1.0, invasiveness: float = 1.0, availability: float = 1.0
) -> float:
    """The weighted sum of the tiers of a procedure; 0 of a finding that is a test by itself.

    >>> from dxnet import load_network
    >>> burden_of_test(load_network("als_mimics"), "lumbar_puncture")
    4.0
    """
    if (procedure := network.procedures.get(name)) is None:
        return 0.0
    tier = AVAILABILITY[procedure.availability]
    return cost * procedure.cost + invasiveness * procedure.invasiveness + availability * tier


def never_miss(
    engine: EngineLike,
    case: CaseLike,
    threshold: float = NEVER_MISS,
    untested: float | None = None,
) -> NeverMisses:
    """Treatable diagnoses that must not be missed, most probable first, and what is left to do about each.

    Those from ``threshold`` on, and from ``untested`` on while no test that settles them has a result; what
    burdens nobody, as history and examination, is no test. Without ``untested`` it is NEVER_MISS_UNTESTED,
    or the threshold where one is given.

    A procedure is begun when any of its findings is in the case. Its other findings are named where one of
    their states would have a likelihood ratio of five for or against the diagnosis, and is no rarity; one
    that is paused is among them, as it is not used.

    Raises:
        CaseError: the case does not fit, or is impossible.

    >>> from dxnet import load_network, never_miss
    >>> signs = {"fatigability": "present", "ptosis_diplopia": "present"}
    >>> found = never_miss(load_network("als_mimics"), signs)
    >>> found[0].diagnosis, found[0].procedures
    ('mg', ('achr_musk_antibodies', 'rns'))
    """
    limits = {"threshold": threshold, "untested": threshold if untested is None else untested}
    fix = "give a probability from 0 to 1"
    require(*(out_of_range(name, p, lambda p: 0 <= p <= 1, fix) for name, p in limits.items()))
    engine, case = Engine.of(engine), Case.of(case)
    network, differential = engine.network, engine.diagnose(case)
    examined = {*case.findings, *case.paused} & network.findings.keys()
    begun = {network.findings[finding].procedure for finding in examined}
    left, marginals = findings_of_tests(network, Case(case.findings)), engine.marginals(case)
    misses = []
    for name in not_settled(differential, threshold, untested):
        diagnosis, p = network.diagnosis[name], differential.probability(name)
        k = network.diagnoses.index(name)
        to_do = tuple(procedure for procedure in diagnosis.settled_by if procedure not in begun)
        telling = {
            procedure: tuple(f for f in left.get(procedure, ()) if _tells_of(marginals[f], k))
            for procedure in diagnosis.settled_by
            if procedure in begun
        }
        partly = tuple((procedure, findings) for procedure, findings in telling.items() if findings)
        paused = tuple(finding for _, findings in partly for finding in findings if finding in case.paused)
        misses.append(NeverMiss(name, p, to_do, partly, paused))
    return NeverMisses(misses)


def _tells_of(joint: Array, k: int) -> bool:
    """Whether a state, if it is no rarity, speaks strongly for or against ``k``; of P(state, diagnosis)."""
    own, others = joint[:, k] / joint[:, k].sum(), joint.sum(axis=1) - joint[:, k]
    others = others / others.sum()
    is_for = (own >= RARITY) & (own >= TELLING_RATIO * others)
    is_against = (others >= RARITY) & (others >= TELLING_RATIO * own)
    return bool((is_for | is_against).any())


def _finding_results(network: Network, finding: str, joint: Array) -> Iterator[Result]:
    """P(state | findings) and the first diagnosis of each state, from P(state, diagnosis | findings)."""
    for state, row in zip(network.states(finding), joint, strict=True):
        p, k = float(row.sum()), int(row.argmax())
        if p > 0:
            yield Result(finding, state, p, network.diagnoses[k], float(row[k] / p))
