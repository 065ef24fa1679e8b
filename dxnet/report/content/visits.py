"""How a case moved over its visits: a line a visit, and what the dates suggest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil

from dxnet.inference.case import Case
from dxnet.inference.engine import Engine
from dxnet.knowledge.entered import entered_in_words
from dxnet.knowledge.network import NORMAL, Network
from dxnet.reasoning.over_visits import (
    ProposedFinding,
    VisitAnswer,
    over_visits,
    proposed_from_visits,
)
from dxnet.reasoning.signs import signs_entered
from dxnet.report.parts import Block, Bullets, Multiples, Paragraph, Section, Table
from dxnet.words import counted, percent, state_in_words

LEADERS = 3
"""Diagnoses of a visit that are named."""
OVER_VISITS = "Over the visits"
SHOWN_RANKS, FOLLOWED, PANELS = 5, 12, 4
"""Diagnoses and findings that have a row in the figure of the visits, and visits side by side."""
UNSEEN = "·"
"""Stands for a finding that no visit had examined until then."""
SEEN_LAST = (
    "A finding counts as it was seen last: one that a later visit did not examine stays as it was. What "
    "no visit examined is not examined, never absent."
)
SUGGESTED = "The dates suggest (proposed, not entered):"


def visits_section(engine: Engine, case: Case) -> Iterator[Section]:
    """How the findings, the ranking and the criteria moved over the visits; nothing without visits.

    >>> from dxnet import Case, Engine, Visit, load_network
    >>> first = Visit("2024-01-10", {"xray_abnormal": "absent"})
    >>> case = Case.of_visits([first, Visit("2024-06-02", {"xray_abnormal": "present"})])
    >>> next(visits_section(Engine(load_network("asia")), case)).parts[1].rows[1][:2]
    ('2024-06-02', 'Abnormal chest X-ray present (was absent)')
    """
    if not case.visits:
        return
    network, answers = engine.network, over_visits(engine, case)
    suggested = proposed_from_visits(network, case)
    yield Section(
        OVER_VISITS,
        (
            *courses(network, answers),
            visits_table(network, answers),
            Paragraph(SEEN_LAST),
            *_notes(case),
            *suggestions(network, suggested),
        ),
    )


def as_known_then(case: Case, later: int) -> str:
    """That a report is of an earlier visit, where later ones are left out of it; '' otherwise.

    >>> from dxnet import Visit
    >>> as_known_then(Case.of_visits([Visit("2024-01-10")]), 2)
    'As known at the visit of 2024-01-10; 2 later visits are not in this report.'
    """
    if not later:
        return ""
    left_out = f"{counted(later, 'later visit')} {'is' if later == 1 else 'are'} not in this report"
    return f"As known at the visit of {case.visits[-1].on}; {left_out}."


def visits_in_brief(case: Case) -> str:
    """How many visits a case has, and their days; '' without any.

    >>> from dxnet import Visit
    >>> visits_in_brief(Case.of_visits([Visit("2024-01-10"), Visit("2024-06-02")]))
    '2: 2024-01-10; 2024-06-02'
    """
    days = "; ".join(str(visit.on) for visit in case.visits)
    return f"{len(case.visits)}: {days}" if days else ""


def passed(network: Network, case: Case) -> list[str]:
    """The findings that were abnormal at a visit and are not now, each as it was seen last.

    >>> from dxnet import Visit, load_network
    >>> seen = [Visit("2024-01-10", {"ck": "990 U/L"}), Visit("2024-06-02", {"ck": "normal"})]
    >>> passed(load_network("als_mimics"), Case.of_visits(seen))
    ['Creatine kinase: 990 U/L: mild on 2024-01-10']
    """
    now, abnormal = signs_entered(network, case), {}
    for visit in case.visits:
        for name, is_abnormal in signs_entered(network, Case(visit.findings)).items():
            if is_abnormal and network.findings[name].states[0] in NORMAL:
                abnormal[name] = f"{entered_in_words(network, name, visit.findings[name])} on {visit.on}"
    return [
        f"{network.findings[name].label}: {seen}" for name, seen in abnormal.items() if now.get(name) is False
    ]


def courses(network: Network, answers: Sequence[VisitAnswer]) -> Iterator[Multiples]:
    """``course`` of many visits: so many figures that each can be read, about alike in size."""
    whole = course(network, answers)
    across = ceil(len(answers) / ceil(len(answers) / PANELS))
    for start in range(0, len(answers), across):
        part = slice(start, start + across)
        yield Multiples(
            whole.caption,
            whole.titles[part],
            tuple((name, values[part]) for name, values in whole.bars),
            tuple((name, texts[part]) for name, texts in whole.words),
            across,
        )


def course(network: Network, answers: Sequence[VisitAnswer]) -> Multiples:
    """A panel a visit: the ranking, the findings that moved as they were known then, and the criteria."""
    first = answers[0].on
    days = [(answer.on - first).days for answer in answers]
    titles = tuple(
        f"{answer.on} ({f'day {day}' if day else 'first'})" for answer, day in zip(answers, days, strict=True)
    )
    aside = set.intersection(*({answer.answer.set_aside} for answer in answers))
    highest = {
        name: max(answer.answer.probability(name) for answer in answers)
        for name in network.diagnosis
        if name not in aside
    }
    leading = sorted(highest, key=lambda name: -highest[name])[:SHOWN_RANKS]
    bars = tuple(
        (network.diagnosis[name].name, tuple(answer.answer.probability(name) for answer in answers))
        for name in leading
    )
    findings = tuple(
        (network.findings[name].label, tuple(_known_then(network, answer, name) for answer in answers))
        for name in moved_findings(network, answers)[:FOLLOWED]
    )
    met = tuple(
        (one.name, tuple(answer.criteria[number].verdict for answer in answers))
        for number, one in enumerate(answers[0].criteria)
    )
    caption = (
        f"Probabilities, findings that moved and criteria at each visit ({UNSEEN}: not examined until then)"
    )
    return Multiples(caption, titles, bars, (*findings, *met))


def moved_findings(network: Network, answers: Sequence[VisitAnswer]) -> list[str]:
    """Findings that changed at a visit, or were first seen, and not normal, after the first one."""
    moved: dict[str, None] = {}
    for number, answer in enumerate(answers):
        states = Case(answer.visit.findings).in_states(network)
        fresh = [name for name in answer.new if number and states[name] not in NORMAL]
        moved |= dict.fromkeys((*answer.changed, *fresh))
    return list(moved)


def _known_then(network: Network, answer: VisitAnswer, name: str) -> str:
    known = {**answer.case.findings, **answer.case.paused}
    paused = " (paused)" if name in answer.case.paused else ""
    return f"{entered_in_words(network, name, known[name])}{paused}" if name in known else UNSEEN


def visits_table(network: Network, answers: Sequence[VisitAnswer]) -> Table:
    """A row a visit: what is new, the first ranks, and the criteria where the network has some."""
    names = tuple(one.name for one in answers[0].criteria) if answers else ()
    rows = tuple(
        (
            answer.on.isoformat(),
            what_is_new(network, answer),
            leaders(answer),
            *(one.verdict for one in answer.criteria),
        )
        for answer in answers
    )
    return Table(f"{counted(len(rows), 'visit')}", ("Visit", "New or changed", "First ranks", *names), rows)


def what_is_new(network: Network, answer: VisitAnswer) -> str:
    """What a visit found that is new or has changed; normal findings that are new are counted.

    A changed finding stands with its state before; one that is paused is called so.
    """
    found, states = answer.visit.findings, Case(answer.visit.findings).in_states(network)

    def called(name: str, *more: str) -> str:
        paused = ["paused"] if name in answer.case.paused else []
        beside = f" ({', '.join([*more, *paused])})" if more or paused else ""
        return f"{network.findings[name].label} {entered_in_words(network, name, found[name])}{beside}"

    changed = [
        called(name, f"was {entered_in_words(network, name, answer.before[name])}") for name in answer.changed
    ]
    abnormal = [name for name in answer.new if states[name] not in NORMAL]
    rest = len(answer.new) - len(abnormal)
    more = [f"{counted(rest, 'finding')} normal"] if rest else []
    same = len(found) - len(answer.new) - len(answer.changed)
    unchanged = [f"{same} as before"] if same else []
    return "; ".join([*changed, *map(called, abnormal), *more, *unchanged]) or "nothing"


def leaders(answer: VisitAnswer) -> str:
    """The first diagnoses of a visit with their probabilities."""
    diagnosis = answer.answer.network.diagnosis
    return ", ".join(
        f"{diagnosis[name].name} {percent(answer.answer.probability(name))}"
        for name in answer.answer.ranking[:LEADERS]
    )


def suggestions(network: Network, suggested: Sequence[ProposedFinding]) -> Iterator[Block]:
    """The findings that the dates suggest, each with its reason."""
    if suggested:
        yield Paragraph(SUGGESTED)
        yield Bullets(tuple(suggestion(network, one) for one in suggested))


def suggestion(network: Network, one: ProposedFinding) -> str:
    """A proposed finding, and why."""
    return f"{network.findings[one.finding].label}: {state_in_words(one.state)}, as {one.because}"


def _notes(case: Case) -> Iterator[Block]:
    if noted := [f"{visit.on}: {visit.note}" for visit in case.visits if visit.note]:
        yield Bullets(tuple(noted))
