"""One case on one page: the ranking, what speaks for and against, what is next, and the limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from dxnet.inference.case import Case
from dxnet.inference.differential import INTENDED_USE, INTENDED_USER, Differential
from dxnet.inference.engine import Engine
from dxnet.knowledge.entered import entered_in_words
from dxnet.knowledge.network import BINARY, NORMAL, Network
from dxnet.reasoning.als_criteria import criteria
from dxnet.reasoning.conflict import conflict
from dxnet.reasoning.credible_intervals import credible_intervals
from dxnet.reasoning.explain import Contribution, Explanation, explain
from dxnet.reasoning.guideline import outstanding, without_results
from dxnet.reasoning.next_tests import NeverMiss, NextTest, label_of_test, never_miss, next_tests
from dxnet.report.content.criteria import criteria_in_brief
from dxnet.report.content.explanation import conflicting, finding_state
from dxnet.report.content.identity import case_foot, fingerprint_or_none, setting_name
from dxnet.report.content.issues import issue_in_words
from dxnet.report.content.localisation import place_and_fit
from dxnet.report.content.next_procedures import (
    LITTLE_INFORMATION,
    informative,
    missed_by_what_is_left,
    with_probability,
)
from dxnet.report.content.paused import NOT_USED, paused_in_words
from dxnet.report.content.ranking import in_ranking, ranking_chart, ranking_table, set_aside
from dxnet.report.content.trust import how_often_right
from dxnet.report.content.visits import as_known_then, passed, visits_in_brief
from dxnet.report.parts import Block, Content, Facts, Paragraph, Section, tidied
from dxnet.report.shorter import cut_to
from dxnet.words import WITHOUT_ID, counted, decibans, percent

RANKED, WEIGHED, ORDERED = 5, 4, 3
"""Diagnoses, findings on each side, and procedures that are named."""
MOST_LISTED, LETTERS, LINE_LETTERS = 20, 480, 140
"""Findings of a list, and letters of a list and of a line of text: a page must hold them all."""
WORKED_UP = 12
"""Procedures of the guideline that are named; the others are counted."""
NAMED_LIMITS = 4
"""Limits of the network that are named."""
FULL = "The full report has all diagnoses, findings, numbers with their sources, and the validation."


def case_summary(engine: Engine, case: Case, on: date | None = None, later: int = 0) -> Content:
    """The content of a report of a case that fits on one page of A4.

    Args:
        engine, case: the case, and the engine that answers it.
        on: date of the report; by default today.
        later: visits after those of the case, which the report does not have.

    Raises:
        CaseError: the case does not fit, or is impossible.

    >>> from dxnet import Case, Engine, load_network
    >>> summary = case_summary(Engine(load_network("asia")), Case({"smoking": "present"}), date(2026, 1, 31))
    >>> [section.heading for section in summary.sections][2:5]
    ['Findings', 'Why No lung cancer is first', 'What next']
    """
    network, answer, on = engine.network, engine.diagnose(case), on or date.today()
    first = network.diagnosis[answer.ranking[0]].name
    sections = (
        Section("Case", tuple(_whose(answer, on, later))),
        Section("Ranking", tuple(_ranked_first(engine, answer))),
        Section("Findings", tuple(_findings_in_brief(answer))),
        Section(f"Why {first} is first", tuple(_why_in_brief(engine, case))),
        Section("What next", tuple(_next_in_brief(engine, case))),
        Section("Limits", tuple(_limits_in_brief(network))),
    )
    made: Content = tidied(
        Content("Summary of one case", case_foot(answer, on, later), on, sections, most_pages=1)
    )
    return made


def _whose(answer: Differential, on: date, later: int) -> Iterator[Block]:
    network, case = answer.network, answer.case
    yield Paragraph(INTENDED_USE, strong=True)
    if later:
        yield Paragraph(as_known_then(case, later), strong=True)
    yield Facts.of(
        [
            ("Case", cut_to(LINE_LETTERS, case.id) or WITHOUT_ID),
            ("Title", cut_to(LINE_LETTERS, case.about.get("title", ""))),
            ("Note", cut_to(2 * LINE_LETTERS, case.about.get("note", ""))),
            ("Visits", visits_in_brief(case)),
            (
                "Answered by",
                f"{network.name} {network.version} (fingerprint {fingerprint_or_none(network)}), setting "
                f"{cut_to(LINE_LETTERS, setting_name(network, answer.setting))}, {on.isoformat()}",
            ),
        ]
    )
    if answer.warnings:
        texts = [issue_in_words(network, replace(issue, where="", fix="")) for issue in answer.warnings]
        yield Paragraph(f"Check these findings: {_first_of(texts, line=LETTERS)}", strong=True)


def _ranked_first(engine: Engine, answer: Differential) -> Iterator[Block]:
    sure = credible_intervals(engine, answer.case)
    yield ranking_chart(answer, sure, RANKED)
    yield ranking_table(answer, sure, RANKED, redraws=False)
    rest = in_ranking(answer)[RANKED:]
    if rest:
        total = percent(sum(map(answer.probability, rest)))
        yield Paragraph(f"{len(rest)} more together: {total}.")
    yield from set_aside(answer)
    yield from how_often_right(engine, answer)
    yield from place_and_fit(engine, answer.case)
    clash = conflict(engine, answer.case)
    if clash.is_notable:
        yield conflicting(answer.network, clash)


def _findings_in_brief(answer: Differential) -> Iterator[Block]:
    network, findings = answer.network, answer.case.findings
    states = answer.case.in_states(network)
    normal = [network.findings[name].label for name, state in states.items() if state in NORMAL]
    found = [
        network.findings[name].label
        if states[name] == BINARY[1]
        else f"{network.findings[name].label}: {entered_in_words(network, name, state)}"
        for name, state in findings.items()
        if states[name] not in NORMAL
    ]
    yield Facts.of(
        [
            ("Found", _first_of(found)),
            ("Absent or normal", _first_of(normal)),
            ("Abnormal at a visit, not now", _first_of(passed(network, answer.case))),
            (NOT_USED, _first_of(paused_in_words(network, answer.case))),
            ("Not examined", f"{counted(len(answer.not_examined), 'finding')}; none counts as absent"),
        ]
    )


def _why_in_brief(engine: Engine, case: Case) -> Iterator[Block]:
    network, why = engine.network, explain(engine, case)
    versus = explain(engine, case, why.diagnosis, in_ranking(engine.diagnose(case))[1])
    runner_up = network.diagnosis[versus.versus].name
    yield Facts.of([*_sides(network, why, "all others"), *_sides(network, versus, runner_up)])
    yield Paragraph("In decibans: 3 more make the odds twice, 10 ten times as high.")


def _sides(network: Network, why: Explanation, versus: str) -> Iterator[tuple[str, str]]:
    """The strongest findings for and against a diagnosis."""
    for word, side in (("For it", why.supporting), ("Against it", why.opposing)):
        yield f"{word}, versus {versus}", _first_of([_in_decibans(network, c) for c in side], WEIGHED)


def _in_decibans(network: Network, c: Contribution) -> str:
    return f"{finding_state(network, c)} {decibans(c.weight)}"


def _next_in_brief(engine: Engine, case: Case) -> Iterator[Block]:
    network = engine.network
    tests = [_test_in_brief(network, test) for test in informative(next_tests(engine, case))]
    empty = without_results(network, case)
    if empty:
        yield Paragraph(f"Nothing entered of: {', '.join(empty)}.", strong=True)
    left = [label_of_test(network, it.procedure) for it in outstanding(engine, case)]
    met = [f"{name}: {verdict}" for name, verdict in criteria_in_brief(network, criteria(network, case))]
    yield Facts.of(
        [
            ("Outstanding in the work-up", _first_of(left, WORKED_UP)),
            ("Next", _first_of(tests, ORDERED) or LITTLE_INFORMATION),
            ("Treatable, not to be missed", _missed_in_brief(network, never_miss(engine, case))),
            ("Criteria", _first_of(met)),
        ]
    )


def _missed_in_brief(network: Network, misses: Sequence[NeverMiss]) -> str:
    """All treatable diagnoses that are not to be missed, without their procedures if these take much room."""
    whole = "; ".join(missed_by_what_is_left(network, misses))
    if len(whole) > LETTERS:
        whole = "; ".join(with_probability(network, it) for it in misses)
    return whole or "none; that excludes none"


def _test_in_brief(network: Network, test: NextTest) -> str:
    return f"{label_of_test(network, test.procedure)} ({test.information:.2f} bits, burden {test.burden:g})"


def _limits_in_brief(network: Network) -> Iterator[Block]:
    yield Paragraph(INTENDED_USER)
    yield Facts.of(
        [("Not modelled", _first_of((limit.rstrip(".") for limit in network.limits), NAMED_LIMITS))]
    )
    yield Paragraph(FULL)


def _first_of(texts: Iterable[str], most: int = MOST_LISTED, line: int = LINE_LETTERS) -> str:
    """The first texts in one line, the others counted."""
    every = list(texts)
    shown: list[str] = []
    for text in every[:most]:
        if shown and len("; ".join([*shown, text])) > LETTERS:
            break
        shown.append(cut_to(line, text))
    more = len(every) - len(shown)
    return "; ".join([*shown, *([f"and {more} more"] if more else [])])
