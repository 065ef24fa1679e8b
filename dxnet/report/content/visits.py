"""How a case moved over its visits: a line a visit, and what the dates suggest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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
from dxnet.report.parts import Block, Bullets, Paragraph, Section, Table
from dxnet.words import counted, percent, state_in_words

LEADERS = 3
"""Diagnoses of a visit that are named."""
OVER_VISITS = "Over the visits"
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
    >>> next(visits_section(Engine(load_network("asia")), case)).parts[0].rows[1][:2]
    ('2024-06-02', 'Abnormal chest X-ray present (was absent)')
    """
    if not case.visits:
        return
    network, answers = engine.network, over_visits(engine, case)
    suggested = proposed_from_visits(network, case)
    yield Section(
        OVER_VISITS,
        (
            visits_table(network, answers),
            Paragraph(SEEN_LAST),
            *_notes(case),
            *suggestions(network, suggested),
        ),
    )


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

    A changed finding stands with its state before.
    """
    found, states = answer.visit.findings, Case(answer.visit.findings).in_states(network)

    def called(name: str) -> str:
        return f"{network.findings[name].label} {entered_in_words(network, name, found[name])}"

    changed = [
        f"{called(name)} (was {entered_in_words(network, name, answer.before[name])})"
        for name in answer.changed
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
