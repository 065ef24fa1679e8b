"""The right half of the Case page: the ranked differential and the findings behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from html import escape

import streamlit as st

from dxnet import Case, Differential, DxnetError, Engine, Network, credible_intervals, criteria
from dxnet.errors import each_of
from dxnet.evaluation.first_rank import SURE, first_rank_on_development
from dxnet.reasoning.als_criteria import Categories
from dxnet.reasoning.conflict import NOTABLE, conflict, conflict_value
from dxnet.reasoning.credible_intervals import Intervals
from dxnet.report.content.criteria import explained_by
from dxnet.report.content.explanation import conflicting
from dxnet.report.content.first_rank import first_rank_on_shipped
from dxnet.report.content.issues import issue_in_words
from dxnet.report.content.localisation import place_and_fit
from dxnet.report.content.ranking import certainty, group_totals, in_ranking, ranking_table, set_aside
from dxnet.report.content.trust import how_often_right
from dxnet.report.parts import Paragraph
from dxnet.ui.case import open_save as files
from dxnet.ui.case.announced import FIRST_RANKS, announcement
from dxnet.ui.case.regions import region_figure, region_matrix
from dxnet.ui.case.used import draw_entered_findings
from dxnet.ui.shared.bars import RankedBar, ranking_bars
from dxnet.ui.shared.case_form import Form
from dxnet.ui.shared.parts import show_parts, unbroken
from dxnet.ui.shared.safe_text import literal, problems_in_words
from dxnet.words import between, percent

SHOWN_DIAGNOSES = 7
"""Diagnoses in the chart; the table holds all."""
GROUPS_SHOWN, LEAST_OF_GROUP = 4, 0.005
"""Groups that are named beside the ranking at most, from this probability on; the table holds all."""
FIGURE_PX = 160
"""Width in pixels of the figure of the regions."""
LEAST_FIRST = 0.05
"""Share of draws from which a diagnosis is named as one that may be first."""
LEGEND = (
    "Bar: post-test · line: 90 % interval · tick: pre-test · "
    "orange: treatable · research, not a medical device"
)


def draw_ranking(network: Network, form: Form, engine: Engine) -> Differential | None:
    """Ranking, groups, criteria and conflict."""
    answer = None
    try:
        answer = form.ask(engine, Engine.diagnose)
    except DxnetError as problem:
        for text in problems_in_words(network, problem):
            st.error(text)
    if answer:
        warned(network, answer)
        ranked(form, engine, answer)
    return answer


def draw_first_ranks(network: Network, form: Form, engine: Engine) -> None:
    """The first ranks in a line that stays on top of a narrow window, where the ranking is far below.

    ``keyboard.js`` has a screen reader say what changed.
    """
    try:
        answer = form.ask(engine, Engine.diagnose)
    except DxnetError:  # which is said where the ranking would be
        answer = None
    said = escape(announcement(network, form, answer))
    st.html(f'<p class="unseen" aria-hidden="true" data-said="{said}"></p>')
    if answer:
        names = answer.ranking[:FIRST_RANKS]
        called = network.diagnosis
        ranks = [f"{escape(called[it].name)} <b>{percent(answer.probability(it))}</b>" for it in names]
        shown = unbroken(" · ".join(f"<span>{rank}</span>" for rank in ranks))
        st.html(f'<p class="first_ranks" aria-hidden="true">{shown}</p>')


def draw_case_so_far(network: Network, form: Form) -> None:
    """The findings entered and where the case comes from; examples before anything is entered."""
    if form.is_untouched:
        files.offer_examples(network, form)
    if form.current.findings:
        draw_entered_findings(network, form)
    if form.case.id:
        st.caption(files.source(network, form.case))


def ranked(form: Form, engine: Engine, answer: Differential) -> None:
    """The ranking beside the figure of the regions, and what is read off it."""
    intervals = form.ask(engine, credible_intervals)
    bars = [ranked_bar(answer, intervals, name) for name in in_ranking(answer)[:SHOWN_DIAGNOSES]]
    matrix = region_matrix(answer.network, form.used)
    unsure = " · (+): uncertain" if "uncertain" in matrix.cells.values() else ""
    st.html(ranking_bars(bars, LEGEND + unsure))
    with st.container(horizontal=True, gap="small", key="beside_ranking"):
        if matrix.regions:
            st.html(region_figure(matrix, FIGURE_PX), width=FIGURE_PX)
        st.caption("  \n".join(read_off(form, engine, answer, intervals)))


def read_off(form: Form, engine: Engine, answer: Differential, intervals: Intervals) -> Iterator[str]:
    """Warnings first; then where the lesion is, groups, criteria, how sure the first rank is; a line each."""
    told = (*form.ask(engine, beside), *how_often_right(engine, answer))
    yield from (f":material/warning: **{literal(part.text)}**" for part in told if part.strong)
    if form.ask(engine, conflict_value) > NOTABLE:
        yield f":material/warning: {literal(conflicting(answer.network, form.ask(engine, conflict)).text)}"
    yield from (literal(part.text) for part in told if not part.strong)
    yield leading_groups_line(answer)
    yield from met(form, engine)
    if often := often_first(answer, intervals):
        yield often


def beside(engine: Engine, case: Case) -> tuple[Paragraph, ...]:
    """Where the lesion is, and whether any disease explains it."""
    return tuple(place_and_fit(engine, case))


def ranked_bar(answer: Differential, intervals: Intervals, name: str) -> RankedBar:
    """A diagnosis as it is drawn."""
    diagnosis, k = answer.network.diagnosis[name], answer.network.diagnoses.index(name)
    low, high = float(intervals.low[k]), float(intervals.high[k])
    return RankedBar(
        name=diagnosis.name,
        label=diagnosis.label,
        group=diagnosis.group,
        treatable=diagnosis.treatable == "yes",
        pre_test=float(answer.pre_test[k]),
        post_test=float(answer.post_test[k]),
        low=low,
        high=high,
        between=between(low, high),
    )


def often_first(answer: Differential, intervals: Intervals) -> str:
    """How often each diagnosis is first when the numbers are drawn anew; nothing if nearly always one."""
    shares = dict(zip(intervals.diagnoses, intervals.first.tolist(), strict=True))
    often = sorted((name for name in shares if shares[name] >= LEAST_FIRST), key=lambda name: -shares[name])
    if not often or shares[often[0]] >= SURE:
        return ""
    called = answer.network.diagnosis
    names = (f"{literal(called[name].name)} **{percent(shares[name], 0)}**" for name in often)
    return unbroken(f"First in redraws of the numbers (no probability of disease): {', '.join(names)}")


def leading_groups_line(answer: Differential) -> str:
    """The leading groups of diagnoses."""
    leaders = [(group, p) for group, (_, p) in answer.groups.items() if group and p >= LEAST_OF_GROUP]
    texts = (f"{group[0].upper()}{group[1:]} **{percent(p)}**" for group, p in leaders[:GROUPS_SHOWN])
    return unbroken(" · ".join(texts))


def judged_criteria(engine: Engine, case: Case) -> Categories:
    """The diagnostic criteria of a case, as a question to be asked."""
    return criteria(engine.network, case)


def met(form: Form, engine: Engine) -> Iterator[str]:
    """Each set of diagnostic criteria with its verdict, in a line, if there are any."""
    if found := form.ask(engine, judged_criteria):
        verdicts = [f"{one.name} **{literal(one.verdict)}**" for one in found]
        if explaining := explained_by(engine.network, found):
            verdicts.append(f"what might explain them: **{literal(explaining)}**")
        yield " · ".join(verdicts)


def warned(network: Network, answer: Differential) -> None:
    """Warnings about the findings, with their cures; codes that are not known stand in the record."""
    unknown = {entry.why for entry in answer.case.coded if not entry.is_code_known}
    listed = [
        issue for issue in answer.warnings if not {part.message for part in each_of([issue])} <= unknown
    ]
    for level, show in (("warning", st.warning), ("info", st.info)):
        shown = (issue for issue in listed if issue.level == level)
        texts = [literal(issue_in_words(network, replace(issue, where=""))) for issue in shown]
        if texts:
            show("  \n".join(texts))


def draw_ranking_tables(engine: Engine, answer: Differential, sure: Intervals) -> None:
    """All numbers as tables."""
    with st.spinner("How often were such first ranks right? …"):
        earlier = [*first_rank_on_shipped(first_rank_on_development(engine.network, engine.setting))]
    show_parts(
        [ranking_table(answer, sure), *set_aside(answer), *certainty(sure), *earlier, *group_totals(answer)]
    )
