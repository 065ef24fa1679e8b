"""Which procedure should be next, and which treatable diagnoses must not be missed?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from dxnet.knowledge.network import Network
from dxnet.reasoning.next_tests import LEAST_SETTLED, NEVER_MISS, NeverMiss, NextTest, label_of_test
from dxnet.report.parts import Block, Bullets, Facts, Paragraph, Section, Table
from dxnet.words import percent, state_in_words

LEAST_BITS = 0.005
"""Procedures that are expected to yield less information are not listed."""
_TESTS = 3
"""Procedures whose single results are listed where they would change the first rank."""
UNMOVED = (
    f"No procedure that is left is expected to yield {LEAST_BITS} bits of information or more: the ranking "
    "would hardly move. That is no reason to leave one out."
)
NOT_BEGUN = "Not begun, and needed to settle treatable diseases or to meet the criteria"
BITS = (
    "Bits: information about the diagnosis expected from all findings of the procedure at once (± standard "
    "error where results were sampled). Burden: weighted tiers of cost, invasiveness and availability, 0 to "
    "9 with weights of 1. Bits per burden: bits / (1 + burden)."
)


def next_steps(
    network: Network,
    tests: Sequence[NextTest],
    misses: Sequence[NeverMiss],
    first: str,
    top: int | None = None,
) -> Section:
    """What must not be missed, the next procedures, and the results that would put another than ``first`` in
    front."""
    urgent = (*not_to_be_missed(network, misses), *work_up_left(network, tests))
    parts = (*next_procedures(network, tests, top), *turning_results(network, tests, first, top))
    return Section("What next", (*urgent, *parts))


def not_to_be_missed(network: Network, misses: Sequence[NeverMiss]) -> Iterator[Block]:
    """Treatable diagnoses that no procedure has settled."""
    least = percent(NEVER_MISS, 0)
    yield Paragraph(f"Not to be missed: treatable, {least} or more, and not settled yet", strong=True)
    lines = (
        f"{network.diagnosis[it.diagnosis].label} {percent(it.probability)}: {how_to_settle(network, it)}"
        for it in misses
    )
    yield Bullets(tuple(lines) or (f"No treatable diagnosis that is not settled reaches {least}.",))


def how_to_settle(network: Network, miss: NeverMiss) -> str:
    """The procedures that would settle a diagnosis; those that are done and speak for it are said to be."""
    done, left = (
        " or ".join(network.procedures[name].label for name in names)
        for names in (miss.raised_by, miss.procedures)
    )
    return "; ".join(filter(None, (f"{done} is done and speaks for it" if done else "", left)))


def not_begun(network: Network, tests: Iterable[NextTest]) -> dict[str, tuple[str, ...]]:
    """Procedures of which nothing was done and that are needed whatever the ranking says, and for what.

    Those are the procedures that settle a treatable diagnosis, and those that the diagnostic criteria ask for
    to exclude other diseases.
    """
    size = Counter(finding.procedure for finding in network.findings.values())
    untouched = [test.procedure for test in tests if len(test.findings) == size[test.procedure]]
    treatable = [it for it in network.diagnosis.values() if it.treatable == "yes"]
    needed = {name: tuple(it.name for it in treatable if name in it.settled_by) for name in untouched}
    return {name: what for name, what in needed.items() if what or name in network.exclusion}


def work_up_left(network: Network, tests: Iterable[NextTest]) -> Iterator[Block]:
    """``not_begun`` in words, those that the criteria ask for by themselves."""
    left = not_begun(network, tests)
    if not left:
        return
    asked, others = (
        "; ".join(
            _settling(network, name, left[name]) for name in left if (name in network.exclusion) == is_asked
        )
        for is_asked in (True, False)
    )
    yield Paragraph(f"{NOT_BEGUN}, whatever the ranking says", strong=True)
    yield Facts.of([("The diagnostic criteria ask for", asked), ("Would settle treatable diseases", others)])


def _settling(network: Network, name: str, diagnoses: tuple[str, ...]) -> str:
    label = network.procedures[name].label
    return f"{label} ({', '.join(diagnoses)})" if diagnoses else label


def informative(tests: Iterable[NextTest]) -> list[NextTest]:
    """The procedures that are expected to yield any information to speak of."""
    return [test for test in tests if test.information >= LEAST_BITS]


def next_procedures(network: Network, tests: Sequence[NextTest], top: int | None = None) -> Iterator[Block]:
    """Procedures by expected information per unit of burden."""
    if not (useful := informative(tests)):
        yield Paragraph(UNMOVED if tests else "Every procedure is done.")
        return
    columns = ("Procedure", ">Findings", ">Bits", ">Burden", ">Bits per burden", "Settles (treatable)")
    rows = tuple(_procedure(network, test) for test in useful)
    caption = "Procedures, the most expected information per unit of burden first"
    yield Table.first(caption, columns, rows, top)
    yield Paragraph(BITS)


def _procedure(network: Network, test: NextTest) -> tuple[str, ...]:
    error = f" ± {test.error:.2f}" if test.error else ""
    settles = (f"{network.diagnosis[d].name} {percent(p)}" for d, p in test.settles if p >= LEAST_SETTLED)
    return (
        label_of_test(network, test.procedure),
        str(len(test.findings)),
        f"{test.information:.2f}{error}",
        f"{test.burden:g}",
        f"{test.value:.3f}",
        ", ".join(settles),
    )


def possible_results(network: Network, test: NextTest, first: str, top: int | None = None) -> Table:
    """The results of a procedure; those that put another diagnosis than ``first`` in front come first."""
    order = sorted(test.results, key=lambda r: (r.first == first, -r.first_probability))
    rows = (
        (
            f"{network.findings[r.finding].label}: {state_in_words(r.state)}",
            percent(r.probability),
            f"{network.diagnosis[r.first].name} {percent(r.first_probability)}",
        )
        for r in order
    )
    caption = f"Results of {label_of_test(network, test.procedure)}, those that change the first rank first"
    return Table.first(caption, ("Result", ">Probability", "First rank then"), rows, top)


def turning_results(
    network: Network, tests: Sequence[NextTest], first: str, top: int | None = None
) -> Iterator[Block]:
    """Single results of the first procedures that would put another diagnosis than ``first`` in front."""
    if not tests:
        return
    yield Paragraph("Single results that would change the first rank", strong=True)
    rows = []
    for test in informative(tests)[:_TESTS]:
        turning = [
            f"{network.findings[r.finding].label} {state_in_words(r.state)} ({percent(r.probability)}): "
            f"{network.diagnosis[r.first].name} {percent(r.first_probability)}"
            for r in test.results
            if r.first != first
        ]
        rest = f"; and {len(turning[top:])} more" if top and turning[top:] else ""
        rows.append(
            (label_of_test(network, test.procedure), f"{'; '.join(turning[:top]) or 'none alone'}{rest}")
        )
    yield Facts(tuple(rows))
