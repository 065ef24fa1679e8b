"""The report of one case: its content is built once, so that HTML and PDF cannot differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from dxnet.evaluation.first_rank import first_rank_on_development
from dxnet.evaluation.published_cases import (
    FINDINGS,
    FIT_NOT_GENERALISATION,
    NOT_VALIDATED,
    score_published_cases,
)
from dxnet.inference.case import Case
from dxnet.inference.differential import INTENDED_USE, INTENDED_USER, Differential
from dxnet.inference.engine import Engine
from dxnet.knowledge.entered import entered_in_words
from dxnet.knowledge.network import NORMAL, Network
from dxnet.reasoning.als_criteria import criteria
from dxnet.reasoning.conflict import conflict, flips
from dxnet.reasoning.credible_intervals import Intervals, credible_intervals
from dxnet.reasoning.explain import explain
from dxnet.reasoning.guideline import outstanding
from dxnet.reasoning.next_tests import never_miss, next_tests
from dxnet.report.cited import Cited
from dxnet.report.content.criteria import criteria_met
from dxnet.report.content.explanation import WEIGHTS, doubts, why_first
from dxnet.report.content.first_rank import first_rank_on_shipped
from dxnet.report.content.identity import (
    case_foot,
    fingerprint_or_none,
    limits_of,
    published_where,
    setting_name,
)
from dxnet.report.content.issues import issue_in_words
from dxnet.report.content.localisation import place_and_fit
from dxnet.report.content.next_procedures import next_steps
from dxnet.report.content.paused import examined_counts, paused_findings
from dxnet.report.content.ranking import (
    certainty,
    group_totals,
    in_ranking,
    ranking_chart,
    ranking_table,
    set_aside,
)
from dxnet.report.content.trust import how_often_right
from dxnet.report.content.visits import as_known_then, visits_section
from dxnet.report.parts import Block, Bullets, Content, Facts, Paragraph, Section, Table, tidied
from dxnet.words import WITHOUT_ID, counted, percent, share, state_in_words

_SOURCES = (
    "Sources are the marks of the references behind the numbers of a finding; a dash: it has none of its "
    "own, but follows from its parts or causes."
)


def case_report(engine: Engine, case: Case, on: date | None = None, later: int = 0) -> Content:
    """The content of the report of a case.

    Args:
        engine, case: the case, and the engine that answers it.
        on: date of the report; by default today.
        later: visits after those of the case, which the report does not have.

    Raises:
        CaseError: the case does not fit, or is impossible.

    >>> from dxnet import Case, Engine, load_network
    >>> case = Case({"smoking": "present"}, id="a")
    >>> report = case_report(Engine(load_network("asia")), case, date(2026, 1, 31))
    >>> report.foot
    'Research and education use; not a medical device. Case a · asia 1.0.0 · 2026-01-31'
    >>> [section.heading for section in report.sections][:3]
    ['Case', 'Ranking', 'Findings']
    """
    network, answer, on = engine.network, engine.diagnose(case), on or date.today()
    cited = Cited(network)
    sections = (
        Section("Case", tuple(_case_section(answer, cited, on, later))),
        Section(
            "Ranking",
            (
                *_ranking_section(answer, credible_intervals(engine, case)),
                *how_often_right(engine, answer),
                *first_rank_on_shipped(first_rank_on_development(engine.network, engine.setting)),
                *place_and_fit(engine, case),
            ),
        ),
        *visits_section(engine, case),
        Section("Findings", tuple(_findings_section(answer))),
        *_why_and_next(engine, answer, cited),
        Section("Not examined", tuple(_not_examined(answer))),
        Section("What is not modelled", (limits_of(network),)),
        Section("Validation", tuple(_validation_section(engine, case))),
        Section("References", tuple(_reference_list(cited))),
    )
    title, foot = "Differential diagnosis of one case", case_foot(answer, on, later)
    made: Content = tidied(Content(title, foot, on, sections))
    return made


def _case_section(answer: Differential, cited: Cited, on: date, later: int) -> Iterator[Block]:
    network, case = answer.network, answer.case
    setting = network.settings[answer.setting]
    stated = setting.prior or (setting.given.rows if setting.given else {})
    known = network.diagnosis[case.diagnosis].label if case.diagnosis in network.diagnosis else case.diagnosis
    yield Paragraph(INTENDED_USE, strong=True)
    yield Paragraph(INTENDED_USER)
    if later:
        yield Paragraph(as_known_then(case, later), strong=True)
    yield Facts.of(
        [
            ("Case", case.id or WITHOUT_ID),
            *_about_facts(case.about),
            ("Known diagnosis", f"{known} (not used)" if known else ""),
            ("Network", f"{network.label} ({network.name} {network.version})"),
            ("Fingerprint", fingerprint_or_none(network)),
            ("About it", network.description),
            ("Setting of the prior", f"{setting_name(network, answer.setting)}. {setting.description}"),
            ("Sources of the prior", f"{cited.of(stated.values())} (marks: see References)"),
            ("Date", on.isoformat()),
        ]
    )
    if answer.warnings:
        yield Paragraph("Check these findings:", strong=True)
        checks = (issue_in_words(network, replace(issue, where="")) for issue in answer.warnings)
        yield Bullets(tuple(checks))


def _about_facts(about: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield "Title", about.get("title", "")
    yield "Published", published_where(about)
    yield "Note", about.get("note", "")


def _ranking_section(answer: Differential, sure: Intervals) -> Iterator[Block]:
    yield ranking_chart(answer, sure)
    yield ranking_table(answer, sure)
    yield from set_aside(answer)
    yield from certainty(sure)
    yield Paragraph(f"log P(findings) {answer.log_p_findings:.2f} (natural logarithm).")
    yield from group_totals(answer)


def _why_and_next(engine: Engine, answer: Differential, cited: Cited) -> Iterator[Section]:
    """For and against the first diagnosis, against all others and against the runner-up; then the doubts."""
    network, case = engine.network, answer.case
    first, second = in_ranking(answer)[:2]
    why = why_first(network, explain(engine, case, first), cited.of)
    yield Section(why.heading, (Paragraph(f"{WEIGHTS} {_SOURCES}"), *why.parts))
    yield why_first(network, explain(engine, case, first, second), cited.of)
    yield from doubts(network, case, conflict(engine, case), flips(engine, case))
    tests, misses, left = next_tests(engine, case), never_miss(engine, case), outstanding(engine, case)
    yield next_steps(network, tests, misses, left, first)
    if met := criteria(network, case):
        yield Section("Diagnostic criteria", tuple(criteria_met(network, met)))


def _findings_section(answer: Differential) -> Iterator[Block]:
    """Those entered: found, absent or normal, uncertain."""
    network, findings = answer.network, answer.case.findings
    normal = {name for name, state in answer.case.in_states(network).items() if state in NORMAL}
    unsure = {
        name: seen
        for name, state in findings.items()
        if (seen := _uncertain_likelihoods(network, name, state))
    }
    lists = (
        ("Entered as present or with a value", [n for n in findings if n not in normal and n not in unsure]),
        ("Entered as absent or normal", [n for n in findings if n in normal]),
        ("Entered as uncertain: likelihood of the observation under each state", list(unsure)),
    )
    yield Paragraph(
        f"Findings: {examined_counts(network, answer.case)}. A finding that was not examined never counts as "
        "absent; those are listed below."
    )
    for title, names in lists:
        yield Paragraph(f"{title}: {len(names) or 'none'}", strong=True)
        yield Facts.of(
            _by_category(
                network, {name: _stated_state(network, name, findings[name], unsure) for name in names}
            )
        )
    yield from paused_findings(answer)


def _uncertain_likelihoods(
    network: Network, name: str, state: str | Mapping[str, float]
) -> Mapping[str, float]:
    """Likelihoods of an uncertain finding, entered as numbers or as a soft word; none if it is certain."""
    return (network.soften(name, state) or {}) if isinstance(state, str) else state


def _stated_state(
    network: Network, name: str, state: str | Mapping[str, float], unsure: Mapping[str, Mapping[str, float]]
) -> str:
    label = network.findings[name].label
    if name not in unsure:
        return f"{label}: {entered_in_words(network, name, state)}"
    word = f"{state_in_words(state)}, " if isinstance(state, str) else ""
    return f"{label}: {word}{state_in_words(unsure[name])}"


def _by_category(network: Network, texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    categories = dict.fromkeys([*network.categories, *(f.category for f in network.findings.values())])
    for category in categories:
        yield (
            category,
            "; ".join(t for name, t in texts.items() if network.findings[name].category == category),
        )


def _not_examined(answer: Differential) -> Iterator[Block]:
    network, names = answer.network, answer.not_examined
    yield Paragraph(f"{counted(len(names), 'finding')}; nothing is concluded from them.")
    yield Facts.of(_by_category(network, {name: network.findings[name].label for name in names}))


def _validation_section(engine: Engine, case: Case) -> Iterator[Block]:
    validation = score_published_cases(engine)
    if validation is None:
        yield Paragraph(NOT_VALIDATED)
        return
    rows = tuple(
        (
            f"{origin}, {FINDINGS[stage]}",
            str(card.n),
            *map(share, (card.top1, card.top3)),
            percent(card.mean_probability),
            *(f"{value:.2f}" for value in (card.log_loss, card.brier, card.ece)),
        )
        for (origin, stage), card in validation.cards.items()
    )
    columns = (
        "Cases and findings",
        ">Cases",
        ">First",
        ">First three",
        ">Mean P(true)",
        ">Log loss",
        ">Brier",
        ">ECE",
    )
    yield Table("True diagnosis of published cases, ranked in this setting", columns, rows)
    yield Paragraph(FIT_NOT_GENERALISATION)
    if case in validation:
        yield Paragraph("The case of this report is one of them.", strong=True)


def _reference_list(cited: Cited) -> Iterator[Block]:
    marks, texts = cited.listed()
    yield Paragraph("Works behind the numbers of this report, by the marks of its tables.")
    yield Bullets(texts, marks) if marks else Paragraph("None is cited.")
