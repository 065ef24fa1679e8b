"""Which procedure should be next, and which treatable diagnoses must not be missed?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from dxnet.knowledge.network import Network
from dxnet.reasoning.guideline import Outstanding
from dxnet.reasoning.next_tests import (
    LEAST_BITS,
    LEAST_SETTLED,
    NEVER_MISS,
    NEVER_MISS_UNTESTED,
    NeverMiss,
    NextTest,
    Result,
    label_of_test,
)
from dxnet.report.parts import Block, Bullets, Facts, Paragraph, Section, Table
from dxnet.words import percent, state_in_words

_SETTLED = 3
"""Diagnoses that are named beside a procedure of the guideline; the most probable come first."""
_LABELLED = 2
"""Findings of a procedure that are named; the others are counted."""
_TESTS = 3
"""Procedures whose single results are listed where they would change the first rank."""
NEXT = "Next procedures"
IN_TURNS = (
    "first what costs the patient nothing and tells much, then what settles a diagnosis not to be missed, "
    "the most probable first; others by bits per burden, research last"
)
"""The order of procedures; findings that are tests by themselves have none to speak of."""
BITS = (
    "Bits: how much the procedure is expected to tell of the diagnosis, all its findings together (± "
    "standard error where results were sampled); 1 bit halves the possibilities, 0.01 tells next to nothing. "
    "Burden: weighted tiers of cost, invasiveness and availability, 0 to 9 with weights of 1. Bits per "
    "burden: bits / (1 + burden)."
)
ALL_DONE = "Every procedure of the network is entered."
LITTLE_INFORMATION = (
    "No procedure that is left is expected to change the ranking much. That does not complete the work-up."
)
ROUTINE_ENTERED = "Of the work-up of the guideline nothing is outstanding."
NOT_ENTERED = (
    "What is not entered counts as not done: enter normal results, too. Settles: treatable diagnoses that "
    "the procedure would confirm or exclude, with their probability now."
)


def next_steps(
    network: Network,
    tests: Sequence[NextTest],
    misses: Sequence[NeverMiss],
    left: Sequence[Outstanding],
    first: str,
    top: int | None = None,
) -> Section:
    """What must not be missed, the next procedures, those of the guideline that are outstanding, and the
    results that would put another than ``first`` in front."""
    parts = (*not_to_be_missed(network, misses), *next_procedures(network, tests, top))
    rest = (*work_up_left(network, left), *turning_results(network, tests, first, top))
    return Section("What next", (*parts, *rest))


def not_to_be_missed(network: Network, misses: Sequence[NeverMiss]) -> Iterator[Block]:
    """Treatable diagnoses over the thresholds, and what is left to do; the less probable share a line."""
    least, untested = percent(NEVER_MISS, 0), percent(NEVER_MISS_UNTESTED)
    heading = (
        f"Not to be missed: treatable, {least} or more; {untested} where nothing that settles it is entered"
    )
    yield Paragraph(heading, strong=True)
    none = "No treatable diagnosis reaches these thresholds. That excludes none: it rests on what is entered."
    yield Bullets(missed_by_what_is_left(network, misses) or (none,))


def missed_by_what_is_left(network: Network, misses: Sequence[NeverMiss]) -> tuple[str, ...]:
    """A line for each treatable diagnosis with what is left to do; the less probable share one."""
    by_what_is_left: dict[tuple[str, str], list[str]] = {}
    for miss in misses:
        own_line = miss.diagnosis if miss.probability >= NEVER_MISS else ""
        lines = by_what_is_left.setdefault((own_line, left_to_do(network, miss)), [])
        lines.append(with_probability(network, miss))
    return tuple(f"{', '.join(named)}: {left}" for (_, left), named in by_what_is_left.items())


def with_probability(network: Network, miss: NeverMiss) -> str:
    """Name and probability of a treatable diagnosis."""
    return f"{network.diagnosis[miss.diagnosis].name} {percent(miss.probability)}"


def left_to_do(network: Network, miss: NeverMiss) -> str:
    """The procedures that would settle a diagnosis, or what one of them leaves open."""
    labels = {name: network.procedures[name].label for name in network.diagnosis[miss.diagnosis].settled_by}
    parts = [
        f"{labels[name]}: {_left_open(network, findings, miss.paused)}" for name, findings in miss.partly
    ]
    to_do = " or ".join([*(labels[name] for name in miss.procedures), *parts])
    done = [name for name in labels if name not in miss.procedures and name not in dict(miss.partly)]
    if not to_do:
        return "what would settle it is entered" if done else "no procedure settles it"
    return to_do


def _left_open(network: Network, findings: Sequence[str], paused: Sequence[str]) -> str:
    """Findings that are not entered, and those that are paused."""
    unseen = [name for name in findings if name not in paused]
    unused = [name for name in findings if name in paused]
    parts = ((unseen, "not entered"), (unused, "paused"))
    return ", ".join(f"{_labels_and_more(network, names)} {why}" for names, why in parts if names)


def _labels_and_more(network: Network, findings: Sequence[str]) -> str:
    left = len(findings) - _LABELLED
    more = f" and {left} more" if left > 0 else ""
    return ", ".join(network.findings[name].label for name in findings[:_LABELLED]) + more


def informative(tests: Iterable[NextTest]) -> list[NextTest]:
    """The procedures that are expected to yield any information to speak of."""
    return [test for test in tests if test.information >= LEAST_BITS]


def next_procedures(network: Network, tests: Sequence[NextTest], top: int | None = None) -> Iterator[Block]:
    """Procedures in the order of ``next_tests``."""
    if not (useful := informative(tests)):
        yield Paragraph(ALL_DONE if not tests else LITTLE_INFORMATION)
        return
    columns = ("Procedure", ">Findings", ">Bits", ">Burden", ">Bits per burden", "Settles (treatable)")
    rows = tuple(_procedure(network, test) for test in useful)
    caption = f"{NEXT}: {IN_TURNS}" if network.procedures else NEXT
    yield Table.first(caption, columns, rows, top)
    yield Paragraph(BITS)


def work_up_left(network: Network, left: Sequence[Outstanding]) -> Iterator[Block]:
    """The procedures of the guideline that are not entered, whatever they are expected to tell."""
    if not network.guideline_order:
        return
    if not left:
        yield Paragraph(ROUTINE_ENTERED)
        return
    rows = tuple(
        (
            label_of_test(network, it.procedure),
            f"{it.entered} of {it.entered + len(it.findings)}",
            _diagnoses_settled(network, it),
            "needed" if it.for_criteria else "",
        )
        for it in left
    )
    columns = ("Procedure", ">Findings entered", "Settles (treatable)", "For the criteria")
    yield Table("Outstanding in the work-up of the guideline, in its order", columns, rows)
    yield Paragraph(NOT_ENTERED)


def _diagnoses_settled(network: Network, left: Outstanding) -> str:
    more = f" and {len(left.settles) - _SETTLED} more" if len(left.settles) > _SETTLED else ""
    named = (f"{network.diagnosis[d].name} {percent(p)}" for d, p in left.settles[:_SETTLED])
    return ", ".join(named) + more


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
    order = _most_telling(test.results, first)
    rows = (
        (
            f"{network.findings[r.finding].label}: {state_in_words(r.state)}",
            percent(r.probability),
            f"{network.diagnosis[r.first].name} {percent(r.first_probability)}",
        )
        for r in order
    )
    caption = (
        f"Results of {label_of_test(network, test.procedure)}, those that change the first rank first, each "
        "diagnosis in turn"
    )
    return Table.first(caption, ("Result", ">Probability", "First rank then"), rows, top)


def _most_telling(results: Sequence[Result], first: str) -> list[Result]:
    """Results that put another diagnosis first before the others, the most probable of each diagnosis first.

    Else a single diagnosis, the runner-up, would fill the list.
    """
    seen: dict[str, int] = {}
    rounds = []
    for result in sorted(results, key=lambda r: -r.probability):
        seen[result.first] = seen.get(result.first, 0) + 1
        rounds.append((result.first == first, seen[result.first], -result.probability, result))
    return [result for *_, result in sorted(rounds, key=lambda it: it[:3])]


def turning_results(
    network: Network, tests: Sequence[NextTest], first: str, top: int | None = None
) -> Iterator[Block]:
    """Single results of the first procedures that would put another diagnosis than ``first`` in front."""
    if not informative(tests):
        return
    yield Paragraph("Single results that would change the first rank", strong=True)
    rows = []
    for test in informative(tests)[:_TESTS]:
        turning = [
            f"{network.findings[r.finding].label} {state_in_words(r.state)} ({percent(r.probability)}): "
            f"{network.diagnosis[r.first].name} {percent(r.first_probability)}"
            for r in _most_telling(test.results, first)
            if r.first != first
        ]
        rest = f"; and {len(turning[top:])} more" if top and turning[top:] else ""
        rows.append(
            (label_of_test(network, test.procedure), f"{'; '.join(turning[:top]) or 'none alone'}{rest}")
        )
    yield Facts(tuple(rows))
