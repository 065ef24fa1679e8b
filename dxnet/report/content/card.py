"""The model card of a network: its purpose, sources, performance and limits.

Mitchell M et al. Model cards for model reporting. FAT* 2019, 220-229, arXiv:1810.03993.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from importlib.metadata import version

from dxnet.evaluation.performance import known_outcome, treatable_question
from dxnet.evaluation.published_cases import (
    FILES,
    FINDINGS,
    FIT_NOT_GENERALISATION,
    NOT_VALIDATED,
    Origin,
    published_cases_for,
)
from dxnet.evaluation.scorecard import Answers, answer_cases, even_setting
from dxnet.evaluation.statistics import measure_intervals, measures_in_words, method
from dxnet.formats.cases.read import STAGES, Stage
from dxnet.inference.cpt import prior
from dxnet.inference.differential import INTENDED_USE, INTENDED_USER
from dxnet.inference.engine import Engine
from dxnet.knowledge.network import Network
from dxnet.report.content import figures
from dxnet.report.content.identity import SHORT_USE, fingerprint_or_none, limits_of
from dxnet.report.parts import Block, Bullets, Content, Facts, Paragraph, Section, Table, tidied
from dxnet.review.provenance import citations, kinds, published_shares, stated_cells
from dxnet.words import counted, percent, share

MISSED_AFTER = 3
"""A true diagnosis below this rank counts as missed."""


def network_card(network: Network, on: date | None = None) -> Content:
    """The card of a network, from its files, its evidence and the published cases that ship with dxnet.

    Args:
        network: the network.
        on: date of the card; by default today.

    Raises:
        CheckError: the network cannot be built.

    >>> from dxnet import load_network
    >>> [section.heading for section in network_card(load_network("asia")).sections][-2:]
    ['Ethical considerations', 'How to cite']
    """
    on, scored = on or date.today(), _scored(network)
    sections = (
        Section("Network", tuple(_network_section(network))),
        Section("Intended use and users", (Paragraph(INTENDED_USE, strong=True), Paragraph(INTENDED_USER))),
        Section("Scope", tuple(_scope(network))),
        Section("Data and sources", tuple(_data_section(network))),
        Section("Performance", tuple(_performance_section(network, scored))),
        Section("Limits", (limits_of(network),)),
        Section("Ethical considerations", tuple(_ethics(network, scored))),
        Section("How to cite", (Paragraph(_cite_network(network)),)),
    )
    foot = f"{SHORT_USE} {network.name} {network.version} · {on.isoformat()}"
    made: Content = tidied(Content(f"Model card: {network.label}", foot, on, sections))
    return made


def _scored(network: Network) -> Mapping[tuple[str, Origin, Stage], Answers]:
    """Answers for the published cases, by setting, origin and stage; none where no case fits."""
    settings = dict.fromkeys((network.setting()[0], even_setting(network)))
    return {
        (setting, origin, stage): answer_cases(Engine(network, setting, "numpy"), cases)
        for setting in settings
        for stage in STAGES
        for origin in FILES
        if (cases := published_cases_for(network, stage, origin))
    }


def _network_section(network: Network) -> Iterator[Block]:
    yield Facts.of(
        [
            ("Name", f"{network.label} ({network.name})"),
            ("Version", network.version),
            ("Fingerprint", fingerprint_or_none(network)),
            ("Description", network.description),
            ("Kind", "Bayesian network with exact inference. It does not learn from use."),
            ("Answers with", f"dxnet {version('dxnet')}"),
        ]
    )


def _scope(network: Network) -> Iterator[Block]:
    yield Paragraph(
        f"{counted(len(network.diagnoses), 'diagnosis')}, of which exactly one is the principal cause; "
        f"{counted(len(network.findings), 'finding')}, {counted(len(network.mechanisms), 'mechanism')}, "
        f"{len(network.incidental)} incidental causes, {counted(len(network.procedures), 'procedure')}. A "
        "finding that is left out was not examined, never absent."
    )
    size = len(network.diagnoses)
    columns = [prior(network, setting).values.reshape(size, -1) for setting in network.settings]
    rows = tuple(
        (it.label, it.group, it.treatable, *(percent(float(column[k].mean())) for column in columns))
        for k, it in enumerate(network.diagnosis.values())
    )
    yield Paragraph("Settings, where the patients come from:")
    yield Facts.of([(it.label, f"{name}. {it.description}".strip()) for name, it in network.settings.items()])
    yield Table(
        "Diagnoses, and their pre-test probability in each setting (a mean where it depends on findings)",
        ("Diagnosis", "Group", "Treatable", *(f">{name}" for name in network.settings)),
        rows,
    )


def _data_section(network: Network) -> Iterator[Block]:
    counts, works = kinds(network), citations(network)
    cited = works[works.numbers > 0] if len(works) else works
    yield Paragraph(
        "Each number cites a work in the references of the network, or is marked as a reasoned estimate. "
        f"Of all {counts['published'] + counts['estimate']:,} numbers, {counts['published']:,} cite one of "
        f"{counted(len(cited), 'work')}; {counts['estimate']:,} are estimates."
    )
    parts = published_shares(stated_cells(network))
    rows = tuple(
        (str(name), f"{n:,}", f"{published:,}", share(plain), share(informed))
        for name, n, published, plain, informed in parts.itertuples(name=None)
    )
    columns = ("Findings", ">P(finding | diagnosis)", ">As published", ">Share", ">Share of information")
    yield Table("Stated P(finding | diagnosis) that stand as published", columns, rows)
    if len(cited):
        read = cited.read.replace("", "not stated").value_counts()
        yield Paragraph(
            f"How much of the works was read: {', '.join(f'{name} {n}' for name, n in read.items())}."
        )


def _performance_section(
    network: Network, scored: Mapping[tuple[str, Origin, Stage], Answers]
) -> Iterator[Block]:
    if not scored:
        yield Paragraph(NOT_VALIDATED)
        return
    yield Paragraph(FIT_NOT_GENERALISATION, strong=True)
    for (setting, origin, stage), answers in scored.items():
        cases = f"{origin}: {counted(len(answers.cases), 'published case')}, {FINDINGS[stage]}"
        caption = f"{cases}; setting: {network.settings[setting].label}"
        yield Table(
            caption, figures.MEASURE_COLUMNS, tuple(measures_in_words(measure_intervals(answers.rated)))
        )
    yield Paragraph(method())


def _ethics(network: Network, scored: Mapping[tuple[str, Origin, Stage], Answers]) -> Iterator[Block]:
    yield Bullets(
        (
            "It reads findings that somebody reports; an error in them is an error of the answer.",
            "Whether its numbers hold alike for all sexes, ages, ancestries and places of care: not stated.",
            "Patient and public involvement, funding and conflicts of interest: not stated.",
            *_missed_treatable(network, scored),
        )
    )
    for (setting, origin, stage), answers in list(scored.items())[-1:]:
        which = f"{origin}, {FINDINGS[stage]}; setting: {network.settings[setting].label}"
        yield from figures.subjects(answers, f" ({which})")


def _missed_treatable(network: Network, scored: Mapping[tuple[str, Origin, Stage], Answers]) -> Iterator[str]:
    """How often a true treatable diagnosis was not among the first MISSED_AFTER, in words."""
    for (setting, origin, stage), answers in scored.items():
        cases, has_one = known_outcome(answers, treatable_question(network))
        ranks, unknown = answers.rated["rank"].to_numpy()[cases[has_one]], len(answers.cases) - len(cases)
        left_out = f"; {unknown} left out, {figures.PARTLY_OF_IT}" if unknown else ""
        if len(ranks):
            yield (
                f"A treatable diagnosis was not among the first {MISSED_AFTER} in "
                f"{(ranks > MISSED_AFTER).sum()} of {counted(len(ranks), 'published case')} that have one "
                f"({origin}, {FINDINGS[stage]}, setting: {network.settings[setting].label}{left_out})."
            )


def _cite_network(network: Network) -> str:
    return (
        f"{network.label} ({network.name}), version {network.version}, fingerprint "
        f"{fingerprint_or_none(network)}; answered by dxnet {version('dxnet')}. The same fingerprint means "
        "the same files. Its authors are not stated in the network."
    )
