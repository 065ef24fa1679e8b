"""What a report says of one case: built once, so that its HTML and its PDF cannot differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from dxnet.evaluation.published_cases import FINDINGS, UNKNOWN, WORTH, validation
from dxnet.inference.case import Case
from dxnet.inference.differential import INTENDED_USE, INTENDED_USER, Differential
from dxnet.inference.engine import Engine
from dxnet.knowledge.network import NORMAL, Network
from dxnet.reasoning.als_criteria import criteria
from dxnet.reasoning.credible_intervals import Intervals, credible_intervals
from dxnet.report.cited import Cited
from dxnet.report.content.reasons import changes, clash, following, meeting, why
from dxnet.report.parts import Bar, Bullets, Chart, Content, Facts, Part, Section, Table, Text, tidied
from dxnet.words import counted, percent, share, with_labels, words

SHOWN, LONGEST = 8, 36
"""Diagnoses in the chart and letters of their names; the table below it holds all."""
ROUGH = 50.0
"""Intervals from fewer draws of equal weight are said to be rough."""

_ROUGH = (
    "The intervals are rough: few of the draws fit these findings, as they are rare together or many. Read "
    "them as wide or narrow, not to the digit."
)


def content(engine: Engine, case: Case, on: date | None = None) -> Content:
    """Everything that a report of a case says.

    Args:
        engine, case: what is reported.
        on: the date that it bears; today without one.

    Raises:
        CaseError: the case does not fit, or is impossible.

    >>> from dxnet import Case, Engine, load_network
    >>> case = Case({"smoking": "present"}, id="a")
    >>> report = content(Engine(load_network("asia")), case, date(2026, 1, 31))
    >>> report.foot
    'Research and education use; not a medical device. Case a · asia 1.0.0 · 2026-01-31'
    >>> [section.heading for section in report.sections][:3]
    ['Case', 'Ranking', 'Findings']
    """
    network, answer, on = engine.network, engine.diagnose(case), on or date.today()
    cited = Cited(network)
    sections = [
        Section("Case", tuple(_case(answer, cited, on))),
        Section("Ranking", tuple(_ranking(answer, credible_intervals(engine, case)))),
        Section("Findings", tuple(_findings(answer))),
        *why(engine, answer, cited),
        Section("Do the findings fit each other?", tuple(clash(engine, case))),
        Section("What would change the first rank", tuple(changes(engine, case))),
    ]
    sections.append(Section("What next", tuple(following(engine, answer))))
    if any(finding.sign or finding.tract for finding in network.findings.values()):
        sections.append(Section("Diagnostic criteria", tuple(meeting(network, criteria(network, case)))))
    sections += [
        Section("Not examined", tuple(_not_examined(answer))),
        Section("What is not modelled", (Bullets(network.limits or ("The network states no limits.",)),)),
        Section("Validation", tuple(_validation(engine, case))),
        Section("References", tuple(_references(cited))),
    ]
    title, foot = "Differential diagnosis of one case", _foot(answer, on)
    made: Content = tidied(Content(title, foot, on, tuple(sections)))
    return made


def _foot(answer: Differential, on: date) -> str:
    """What every page must say."""
    network, use = answer.network, INTENDED_USE.split(".")[0]
    whose = _cut(answer.case.id, LONGEST) or "without id"
    return f"{use}. Case {whose} · {network.name} {network.version} · {on.isoformat()}"


def _case(answer: Differential, cited: Cited, on: date) -> Iterator[Part]:
    network, case = answer.network, answer.case
    setting = network.settings[answer.setting]
    stated = setting.prior or (setting.given.rows if setting.given else {})
    known = network.diagnosis[case.diagnosis].label if case.diagnosis in network.diagnosis else case.diagnosis
    yield Text(INTENDED_USE, strong=True)
    yield Text(INTENDED_USER)
    yield Facts.of(
        [
            ("Case", case.id or "without id"),
            *_about(case.about),
            ("Known diagnosis", f"{known} (not used)" if known else ""),
            ("Network", f"{network.label} ({network.name} {network.version})"),
            ("Fingerprint", network.fingerprint or "none, as it was made in Python"),
            ("About it", network.description),
            ("Setting of the prior", f"{setting.label} ({answer.setting}). {setting.description}"),
            ("Sources of the prior", f"{cited.of(stated.values())} (marks: see References)"),
            ("Date", on.isoformat()),
        ]
    )
    if answer.warnings:
        yield Text("Check these findings:", strong=True)
        told = ("; ".join(filter(None, (issue.message, issue.fix))) for issue in answer.warnings)
        yield Bullets(tuple(with_labels(text, network.labels) for text in told))


def _about(about: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield "Title", about.get("title", "")
    parts = {"authors_short": "", "journal": "", "year": "", "doi": "doi:", "pmid": "PMID ", "url": ""}
    yield "Published", ", ".join(f"{mark}{about[key]}" for key, mark in parts.items() if about.get(key))
    yield "Note", about.get("note", "")


def _ranking(answer: Differential, sure: Intervals) -> Iterator[Part]:
    network, rows, bars = answer.network, [], []
    for rank, name in enumerate(answer.ranking, 1):
        k, diagnosis = network.diagnoses.index(name), network.diagnosis[name]
        before, p, low, high = (float(v[k]) for v in (answer.pre_test, answer.post_test, sure.low, sure.high))
        first = percent(float(sure.first[k]))
        label = f"{diagnosis.name} (treatable)" if diagnosis.treatable == "yes" else diagnosis.name
        span = f"{percent(low)} to {percent(high)}"
        rows.append((str(rank), label, diagnosis.group, percent(before), percent(p), span, first))
        bars.append(Bar(_cut(label, LONGEST), p, low, high, before, percent(p)))
    level = f"{sure.level:.0%}".replace("%", " %")
    yield Chart(
        f"Bar: post-test probability. Line: its {level} credible interval. Tick: pre-test.",
        tuple(bars[:SHOWN]),
    )
    columns = (
        ">Rank",
        "Diagnosis",
        "Group",
        ">Pre-test",
        ">Post-test",
        f">{level} interval",
        ">P(ranked first)",
    )
    yield Table("All diagnoses, most probable first", columns, tuple(rows))
    yield Text(
        f"Intervals from {sure.draws} draws of all numbers (worth {sure.effective:.0f} of equal weight). "
        "They tell what the weights of the numbers leave open, not what the structure or a biased source may "
        "hide. "
        f"log P(findings) {answer.log_p_findings:.2f} (natural logarithm)."
    )
    if sure.effective < ROUGH:
        yield Text(_ROUGH, strong=True)
    totals = tuple(
        (group or "without group", percent(a), percent(b)) for group, (a, b) in answer.groups.items()
    )
    if network.groups:
        yield Table("Totals of groups", ("Group", ">Pre-test", ">Post-test"), totals)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _findings(answer: Differential) -> Iterator[Part]:
    """Those entered: found, absent or normal, uncertain."""
    network, found = answer.network, answer.case.findings
    normal = {name for name, state in found.items() if state in NORMAL}
    unsure = {name: seen for name, state in found.items() if (seen := _likelihoods(network, name, state))}
    lists = (
        ("Entered as present or with a value", [n for n in found if n not in normal and n not in unsure]),
        ("Entered as absent or normal", [n for n in found if n in normal]),
        ("Entered as uncertain: likelihood of what was seen under each state", list(unsure)),
    )
    counts = f"{counted(len(found), 'finding')} entered, {len(answer.not_examined)} not examined."
    yield Text(
        f"{counts} Not examined is never taken for absent; the findings not examined are listed below."
    )
    for title, names in lists:
        yield Text(f"{title}: {len(names) or 'none'}", strong=True)
        yield Facts.of(
            _by_category(network, {name: _stated(network, name, found[name], unsure) for name in names})
        )


def _likelihoods(network: Network, name: str, state: str | Mapping[str, float]) -> Mapping[str, float]:
    """Those of an uncertain finding, of a soft word too; none of a certain one."""
    return (network.soften(name, state) or {}) if isinstance(state, str) else state


def _stated(
    network: Network, name: str, state: str | Mapping[str, float], unsure: Mapping[str, Mapping[str, float]]
) -> str:
    label = network.findings[name].label
    if name not in unsure:
        return f"{label}: {words(state)}"
    said = f"{words(state)}, " if isinstance(state, str) else ""
    return f"{label}: {said}{words(unsure[name])}"


def _by_category(network: Network, texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    categories = dict.fromkeys([*network.categories, *(f.category for f in network.findings.values())])
    for category in categories:
        yield (
            category,
            "; ".join(t for name, t in texts.items() if network.findings[name].category == category),
        )


def _not_examined(answer: Differential) -> Iterator[Part]:
    network, names = answer.network, answer.not_examined
    yield Text(f"{counted(len(names), 'finding')}; nothing is concluded from them.")
    yield Facts.of(_by_category(network, {name: network.findings[name].label for name in names}))


def _validation(engine: Engine, case: Case) -> Iterator[Part]:
    found = validation(engine)
    if found is None:
        yield Text(UNKNOWN)
        return
    rows = tuple(
        (
            FINDINGS[stage],
            str(card.n),
            *map(share, (card.top1, card.top3)),
            percent(card.mean_probability),
            *(f"{value:.2f}" for value in (card.log_loss, card.brier, card.ece)),
        )
        for stage, card in found.cards.items()
    )
    columns = ("Findings", ">Cases", ">First", ">First three", ">Mean P(true)", ">Log loss", ">Brier", ">ECE")
    yield Table("True diagnosis of published cases, ranked in this setting", columns, rows)
    yield Text(WORTH)
    if case in found:
        yield Text("The case of this report is one of them.", strong=True)


def _references(cited: Cited) -> Iterator[Part]:
    marks, texts = cited.listed()
    yield Text("Works behind the numbers of this report, by the marks of its tables.")
    yield Bullets(texts, marks) if marks else Text("None is cited.")
