"""The Evidence & limits page: what the network is for, how it does, and what its numbers rest on."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from importlib.metadata import version

import pandas as pd
import streamlit as st

from dxnet import Case, Network
from dxnet.evaluation.first_rank import FirstRank, first_rank_on_development
from dxnet.evaluation.fit_of_cases import FitOfCases, fit_of_cases
from dxnet.evaluation.published_cases import (
    FILES,
    FINDINGS,
    FIT_NOT_GENERALISATION,
    Origin,
    published,
    published_cases_for,
)
from dxnet.evaluation.scorecard import Scorecard, answer_cases, even_setting, scorecard_of
from dxnet.evaluation.statistics import measure_intervals, method, reliability
from dxnet.formats.cases.read import STAGES, Stage
from dxnet.inference.differential import INTENDED_USE, INTENDED_USER
from dxnet.report.content.figures import by_diagnosis, fit_in_words, missed_cases, untested
from dxnet.report.content.first_rank import first_rank_parts
from dxnet.report.content.identity import limits_of
from dxnet.review.provenance import citations, kinds, published_shares, stated_cells
from dxnet.ui.shared import frame, scores
from dxnet.ui.shared.case_form import Form
from dxnet.ui.shared.parts import labels_on_phone, linked, number_cell, show_parts, show_table
from dxnet.ui.shared.safe_text import literal
from dxnet.ui.shared.served import shared_engine
from dxnet.words import counted, share

SHOWN_REFERENCES = 50
"""References in the list; the search finds the others."""
SHOWN_LIBRARIES = ("streamlit", "numpy", "pandas", "numba", "pgmpy", "pyarrow", "pydantic")


def draw_evidence_page(network: Network, form: Form) -> None:
    """Draw the page."""
    frame.page_title("Evidence & limits")
    purpose, validation, sources, references, versions = st.tabs(
        ["Purpose and limits", "Validation", "Sources of the numbers", "References", "Versions"]
    )
    with purpose:
        show_purpose(network)
    with validation:
        show_validation(network)
    with sources:
        show_sources(network)
    with references:
        show_references(network)
    with versions:
        show_versions(network)
    frame.page_foot(network)


def show_purpose(network: Network) -> None:
    """Intended use and user; what is not modelled."""
    frame.heading("Intended use and users")
    st.markdown(f"{INTENDED_USE} {INTENDED_USER}")
    frame.heading("What it answers")
    st.markdown(literal(network.description or network.label))
    st.markdown(
        f"{len(network.diagnoses)} diagnoses, exactly one of them the principal cause; "
        f"{counted(len(network.findings), 'finding')}. A finding that is left alone was not examined; it is "
        "never taken as absent."
    )
    frame.heading("What is not modelled")
    st.markdown("\n".join(f"- {literal(limit)}" for limit in limits_of(network).items))
    frame.heading("Privacy")
    st.markdown(
        "Nothing leaves this machine: no telemetry, no account. No patient identifiers are asked for."
    )


@st.cache_data(show_spinner="Scoring the published cases …")
def validation_scores(
    _network: Network, fingerprint: str, setting: str, stage: Stage, origin: Origin
) -> tuple[Scorecard, pd.DataFrame, pd.DataFrame] | None:
    """Scores, measures with intervals, and calibration on the published cases; None where none fits."""
    cases = published_cases_for(_network, stage, origin)
    if not cases:
        return None
    answers = answer_cases(shared_engine(_network, setting), cases)
    rated = answers.rated
    bins = reliability(rated.top_probability.to_numpy(), rated.right.to_numpy())
    return scorecard_of(answers), measure_intervals(rated), bins


@st.cache_data(show_spinner="Drawing the numbers anew for the development cases …")
def first_rank_and_fit(
    _network: Network, fingerprint: str, setting: str, stage: Stage
) -> tuple[FirstRank, FitOfCases]:
    """How often a sure first rank is right, and how many cases are explained badly."""
    engine = shared_engine(_network, setting)
    answers = answer_cases(engine, published_cases_for(_network, stage))
    return first_rank_on_development(_network, setting)[stage], fit_of_cases(engine, answers)


def show_validation(network: Network) -> None:
    """Performance on the published cases, and how far it can be trusted."""
    cases = published_cases_for(network, "post")
    shipped = sum(len(published("post", origin)) for origin in FILES)
    if not cases:
        st.info(
            f"None of the {shipped} published cases that dxnet ships fits this network, so there is nothing "
            "to validate it on. Score cases of your own, with their diagnosis, on the Cohort page."
        )
        return
    settings, even = list(network.settings), even_setting(network)
    left, right = st.columns(2)
    setting = left.selectbox(
        "Setting (pre-test probability)",
        settings,
        index=settings.index(even),
        format_func=lambda name: network.settings[name].label,
        help="Published cases do not come as often as in any clinic; the most even setting suits them best.",
        key="evidence_setting",
    )
    stage = right.segmented_control(
        "Findings used",
        list(reversed(STAGES)),
        default="post",
        format_func=FINDINGS.__getitem__,
        required=True,
        key="stage",
    )
    every = {
        origin: validation_scores(network, network.fingerprint, setting, stage, origin) for origin in FILES
    }
    if not (found := every["development"]):
        return
    card, _, bins = found
    st.warning(FIT_NOT_GENERALISATION)
    for origin, answer in every.items():
        if answer:
            n = counted(answer[0].n, "published case")
            frame.heading(f"Accuracy on the {origin} cases ({n}), {FINDINGS[stage]}")
            scores.draw_measures(answer[1])
    st.caption(method())
    frame.heading("Calibration on the development cases")
    scores.draw_calibration(bins)
    show_first_rank(network, setting, stage)
    show_cases(network, card, cases)


def show_first_rank(network: Network, setting: str, stage: Stage) -> None:
    """P(ranked first) and fit of the development cases."""
    frame.heading("P(ranked first) and fit of the development cases")
    first_rank, fit = first_rank_and_fit(network, network.fingerprint, setting, stage)
    show_parts([*first_rank_parts(first_rank), fit_in_words(fit)])


def show_cases(network: Network, card: Scorecard, cases: Sequence[Case]) -> None:
    """Accuracy by diagnosis, and the cases whose true diagnosis is not the first."""
    frame.heading("By diagnosis")
    with st.expander("Diagnoses, most cases first"):
        show_table(by_diagnosis(network, card))
    show_parts(untested(network, (score.diagnosis for score in card.per_case)))
    frame.heading(f"Missed: {len(card.misses)} of {card.n}")
    if card.misses:
        titles = {case.id: str(case.about.get("title") or case.id) for case in cases}
        with st.expander("Cases whose true diagnosis is not the first, worst first"):
            show_table(missed_cases(network, card, titles))


@st.cache_data(show_spinner="Reading the sources …")
def provenance_tables(
    _network: Network, fingerprint: str
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, int]]:
    """Shares of published numbers, references with their counts, and counts of all numbers."""
    return published_shares(stated_cells(_network)), citations(_network), kinds(_network)


def show_sources(network: Network) -> None:
    """How many numbers are as published, and how much they decide."""
    parts, works, counts = provenance_tables(network, network.fingerprint)
    whole = parts.to_dict("index")["all"]
    left, middle, right = st.columns(3)
    left.metric("P(finding | diagnosis) as published", share(whole["share"]), border=True)
    middle.metric("Published share of their information", share(whole["share_of_information"]), border=True)
    right.metric("Works cited", f"{int((works.numbers > 0).sum()) if len(works) else 0:,}", border=True)
    st.markdown(
        f"{whole['published']:,.0f} of {whole['n']:,.0f} stated P(finding | diagnosis) stand as published; "
        "the rest are estimates reasoned by the project, each with its reason in the network's files. "
        "*Information* weights each number by how far it moves the finding from its mean over all diagnoses "
        "(Kullback-Leibler divergence). "
        f"A default row counts once for each diagnosis it serves. The files hold "
        f"{counts['published'] + counts['estimate']:,} numbers, priors and causes among them; "
        f"{counts['published']:,} of these cite a work."
    )
    frame.heading("By category of finding")
    shown = pd.DataFrame(
        {
            "Category": [*parts.index[:-1], "All"],
            "Numbers": parts.n.map("{:,}".format).to_numpy(),
            "As published": parts.published.map("{:,}".format).to_numpy(),
            "Share": parts.share.map(share).map(number_cell).to_numpy(),
            "Share of information": parts.share_of_information.map(share).map(number_cell).to_numpy(),
        }
    )
    called = "Published numbers by category of finding"
    st.html(labels_on_phone(called, list(map(str, shown.columns))))
    st.table(shown, hide_index=True, alt=called)


def matching(works: pd.DataFrame, text: str) -> pd.DataFrame:
    """The references in which every word occurs, in any of author, title, journal, year, key or DOI."""
    hay = works[["authors", "year", "title", "journal", "doi", "pmid"]].agg(" ".join, axis=1).str.casefold()
    hay += " " + works.index.str.casefold()
    found = works
    for word in text.casefold().split():
        found = found[hay[found.index].str.contains(word, regex=False)]
    return found


def show_references(network: Network) -> None:
    """A list that can be searched."""
    _, works, _ = provenance_tables(network, network.fingerprint)
    if works.empty:
        st.info("This network cites no works.")
        return
    text = st.text_input(
        "Search the references",
        placeholder="author, title, journal, year, key, PMID or DOI",
        key="reference_search",
    )
    found = matching(works, text)
    beyond = (
        f"; the first {SHOWN_REFERENCES} are shown, search for others"
        if len(found) > SHOWN_REFERENCES
        else ""
    )
    st.caption(f"{len(found):,} of {counted(len(works), 'reference')}, most used first{beyond}.")
    shown = found.numbers.head(SHOWN_REFERENCES).items()
    st.markdown("\n".join(f"- {reference_line(network, str(key), int(numbers))}" for key, numbers in shown))


def reference_line(network: Network, key: str, numbers: int) -> str:
    """A reference as a line of text with its link, and how many numbers rest on it."""
    reference = network.references[key]
    rest = "1 number rests on it" if numbers == 1 else f"{counted(numbers, 'number')} rest on it"
    read = f"; read: {literal(reference.read)}" if reference.read else ""
    return f"{linked(str(reference))}  \n  `{key}` · **{rest}**{read}"


def show_versions(network: Network) -> None:
    """Names, versions and hashes of the network and the program."""
    rows = [
        ("Network", f"{network.label} ({network.name})"),
        ("Version of the network", network.version),
        ("Fingerprint of its files", network.fingerprint),
        ("dxnet", version("dxnet")),
        ("Python", platform.python_version()),
        *((name, version(name)) for name in SHOWN_LIBRARIES),
    ]
    st.table(pd.DataFrame(rows, columns=["What", "Version"]), hide_index=True, alt="Versions and hashes")
    st.caption("Cite the network by its version and fingerprint: the same fingerprint means the same files.")
