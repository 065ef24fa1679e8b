"""Which procedure should be next, and which treatable diagnoses must not be missed?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from dxnet.knowledge.network import Network
from dxnet.reasoning.next_tests import LEAST_SETTLED, NEVER_MISS, NeverMiss, NextTest, label_of_test
from dxnet.report.parts import Block, Bullets, Facts, Paragraph, Section, Table
from dxnet.words import percent, state_in_words

LEAST_BITS = 0.005
"""Procedures that are expected to yield less information are not listed."""
_TESTS = 3
"""Procedures whose single results are listed where they would change the first rank."""
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
    parts = (*not_to_be_missed(network, misses), *next_procedures(network, tests, top))
    return Section("What next", (*parts, *turning_results(network, tests, first, top)))


def not_to_be_missed(network: Network, misses: Sequence[NeverMiss]) -> Iterator[Block]:
    """Treatable diagnoses that no procedure has settled."""
    least = percent(NEVER_MISS, 0)
    yield Paragraph(f"Not to be missed: treatable, {least} or more, and not settled yet", strong=True)
    lines = (
        f"{network.diagnosis[miss.diagnosis].label} {percent(miss.probability)}: "
        + " or ".join(network.procedures[name].label for name in miss.procedures)
        for miss in misses
    )
    yield Bullets(tuple(lines) or (f"No treatable diagnosis of {least} or more is left unsettled.",))


def informative(tests: Iterable[NextTest]) -> list[NextTest]:
    """The procedures that are expected to yield any information to speak of."""
    return [test for test in tests if test.information >= LEAST_BITS]


def next_procedures(network: Network, tests: Sequence[NextTest], top: int | None = None) -> Iterator[Block]:
    """Procedures by expected information per unit of burden."""
    if not (useful := informative(tests)):
        yield Paragraph("Every procedure is done, or is expected to yield next to no information.")
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
