"""What a report says of why, what clashes, what would change, what next, and which criteria are met."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dxnet.inference.case import Case
from dxnet.inference.differential import Differential
from dxnet.inference.engine import Engine
from dxnet.knowledge.network import Network
from dxnet.reasoning.als_criteria import Criterion
from dxnet.reasoning.explain import Contribution, Explanation, conflict, explain, flips
from dxnet.reasoning.next_tests import NEVER_MISS, SETTLED, NextTest, label_of_test, never_miss, next_tests
from dxnet.report.cited import Cited
from dxnet.report.parts import Bullets, Facts, Part, Section, Table, Text
from dxnet.words import DECIBAN, percent, words

"""Mechanisms that are told, from this probability."""
_MEANING = (
    "With 10 decibans more the odds are ten times as high. The weight of a finding is its share of that "
    "change, averaged over the orders in which findings can come; its likelihood ratio (LR) is that given "
    "all other findings. Sources are the marks of the references behind its numbers; a dash: it has none of "
    "its own, but follows from its parts or causes."
)
_WAYS = 4
_TESTS = 3
"""Procedures of which each result is told that would change the first rank."""


def why(engine: Engine, answer: Differential, cited: Cited) -> Iterator[Section]:
    """For and against the first diagnosis: against all others, and against the runner-up."""
    network, case = engine.network, answer.case
    first, second = answer.ranking[:2]
    for versus, other in (("", "all others"), (second, network.diagnosis[second].name)):
        found = explain(engine, case, first, versus)
        heading = f"For and against {network.diagnosis[first].name}, versus {other}"
        yield Section(heading, tuple(_weights(network, case, found, cited, is_first=not versus)))


def _weights(
    network: Network, case: Case, found: Explanation, cited: Cited, *, is_first: bool
) -> Iterator[Part]:
    before, after = found.prior_log_odds * DECIBAN, found.log_odds * DECIBAN
    change = (
        f"{before:+.1f} decibans before the findings, {after:+.1f} with them (10: odds ten times as high)."
    )
    if is_first:
        change += f" {_MEANING}"
    yield Text(change)
    neither = tuple(c for c in found.contributions if c.weight == 0)
    for caption, part in (("For it", found.supporting), ("Against it", found.opposing), ("Neither", neither)):
        rows = tuple(_row(network, case, c, cited) for c in part)
        if rows or part is not neither:
            columns = ("Finding", "State", ">Weight", ">LR", "Sources")
            yield Table(caption, columns, rows or (("nothing", "", "", "", ""),))
    involved = [f"{label} {percent(p)}" for label, p in found.involved(network)]
    if is_first and network.mechanisms:
        yield Facts((("Regions involved", "; ".join(involved) or "none with 50 % or more"),))


def _row(network: Network, case: Case, c: Contribution, cited: Cited) -> tuple[str, ...]:
    error = f" ± {c.error * DECIBAN:.1f}" if c.error else ""
    state = words(case.findings[c.finding])
    sources = cited.of(estimate for _, estimate in c.numbers) or "–"
    return (
        network.findings[c.finding].label,
        state,
        f"{c.weight * DECIBAN:+.1f}{error}",
        f"{c.likelihood_ratio:.3g}",
        sources,
    )


def clash(engine: Engine, case: Case) -> Iterator[Part]:
    """Jensen's conflict measure, and what would resolve it."""
    found, nodes = conflict(engine, case), engine.network.nodes
    if found.value <= 0:
        yield Text(f"They fit each other: no conflict (Jensen's measure {found.value:.2f}, above 0 is one).")
        return
    yield Text(
        f"They are rarer together than apart: conflict {found.value:.2f} nats (Jensen's measure).",
        strong=True,
    )
    yield Facts.of(
        [
            (
                "Clash most",
                "; ".join(f"{nodes[a].label} with {nodes[b].label} ({v:.2f})" for a, b, v in found.pairs),
            ),
            ("Left without", "; ".join(f"{nodes[f].label}: {v:.2f}" for f, v in found.by_finding)),
            ("Left with", "; ".join(f"{nodes[c].label}: {v:.2f}" for c, v in found.by_cause)),
        ]
    )


def changes(engine: Engine, case: Case) -> Iterator[Part]:
    """Single findings without which, or with another state of which, another diagnosis is first."""
    network, found = engine.network, flips(engine, case)
    if not found:
        yield Text("No single finding: left out or in another state, none would change the first rank.")
        return
    rows = tuple(
        (
            network.findings[flip.finding].label,
            words(case.findings[flip.finding]),
            words(flip.state) or "left out",
            network.diagnosis[flip.first].name,
            percent(flip.probability),
        )
        for flip in found
    )
    yield Table(
        "If one finding were wrong", ("Finding", "Entered", "If it were", "First", ">Post-test"), rows
    )


def following(engine: Engine, answer: Differential) -> Iterator[Part]:
    """Procedures by expected information per unit of burden, and treatable diagnoses not settled yet."""
    network, case = engine.network, answer.case
    missed = tuple(
        f"{network.diagnosis[miss.diagnosis].label} {percent(miss.probability)}: "
        + " or ".join(network.procedures[p].label for p in miss.procedures if p in network.procedures)
        for miss in never_miss(engine, case)
    )
    yield Text("Not to be missed: treatable, not unlikely, and nothing done that settles it", strong=True)
    yield Bullets(missed or (f"No treatable diagnosis of {percent(NEVER_MISS)} or more is left unsettled.",))
    tests = next_tests(engine, case)
    if not tests:
        yield Text("Every procedure of the network is done.")
        return
    columns = ("Procedure", ">Findings", ">Bits", ">Burden", ">Bits per burden", "Settles (treatable)")
    yield Table(
        "Procedures, the most expected information per unit of burden first",
        columns,
        tuple(_plan(network, tests)),
    )
    yield Text("Single results that would change the first rank", strong=True)
    first = answer.ranking[0]
    yield Facts(
        tuple((label_of_test(network, t.procedure), _turning(network, t, first)) for t in tests[:_TESTS])
    )


def _turning(network: Network, test: NextTest, first: str) -> str:
    told = (
        f"{network.findings[r.finding].label} {words(r.state)} ({percent(r.probability)}): "
        f"{network.diagnosis[r.first].name} {percent(r.first_probability)}"
        for r in test.results
        if r.first != first
    )
    return "; ".join(told) or "none alone"


def _plan(network: Network, tests: Sequence[NextTest]) -> Iterator[tuple[str, ...]]:
    for test in tests:
        error = f" ± {test.error:.2f}" if test.error else ""
        settles = ", ".join(
            f"{network.diagnosis[d].name} {percent(p)}" for d, p in test.settles if p >= SETTLED
        )
        yield (
            label_of_test(network, test.procedure),
            str(len(test.findings)),
            f"{test.information:.2f}{error}",
            f"{test.burden:g}",
            f"{test.value:.3f}",
            settles,
        )


def meeting(network: Network, found: Sequence[Criterion]) -> Iterator[Part]:
    """Each set of criteria: met, undecided, and what the next category lacks."""
    yield Text("Criteria are read off the signs; they are never evidence for the ranking.")
    rows = tuple((c.name, c.category, c.beyond) for c in found)
    yield Table("Criteria", ("Criteria", "Met", "Examining the rest could bring"), rows)
    if found and found[0].excluded_by:
        shows = "; ".join(network.findings[name].label for name in found[0].excluded_by)
        yield Text(f"Other diseases are not excluded, which all criteria ask for. Shown by: {shows}")
    yield Facts(tuple(fact for c in found for fact in _open(network, c)))


def _open(network: Network, c: Criterion) -> Iterator[tuple[str, str]]:
    """What one set of criteria still depends on."""
    if c.missing:
        missing = "; ".join(network.findings[name].label for name in c.missing)
        yield f"{c.name} depends on", f"not examined: {missing}"
    if c.lacks:
        yield f"{c.name}, {c.lacks.category}, would need", c.lacks.in_words(_WAYS)
