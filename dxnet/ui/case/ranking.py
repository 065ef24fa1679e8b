"""The right half of the Case page: the ranked differential and the findings behind it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dxnet import Case, Differential, DxnetError, Engine, Network, credible_intervals, criteria
from dxnet.errors import each_of
from dxnet.evaluation.first_rank import SURE, first_rank_on_development
from dxnet.knowledge.entered import entered_in_words
from dxnet.reasoning.conflict import conflict
from dxnet.reasoning.credible_intervals import Intervals
from dxnet.report.content.criteria import criteria_in_brief
from dxnet.report.content.explanation import conflicting
from dxnet.report.content.first_rank import first_rank_on_shipped
from dxnet.report.content.localisation import place_and_fit
from dxnet.report.content.ranking import certainty, group_totals, in_ranking, ranking_table, set_aside
from dxnet.report.content.trust import how_often_right
from dxnet.report.parts import Paragraph
from dxnet.ui.case import open_save as files
from dxnet.ui.case.regions import region_figure, region_matrix
from dxnet.ui.shared import charts
from dxnet.ui.shared.parts import show_parts
from dxnet.ui.shared.session import Form, literal, problems_in_words, readable
from dxnet.words import WIDE, between, percent

SHOWN_DIAGNOSES = 8
"""Diagnoses in the chart; the table holds all."""
GROUPS_SHOWN = 4
FIGURE_PX = 200
"""Width in pixels of the figure of the regions."""
CONFLICT = 1.0
"""Conflict in nats from which it is named beside the ranking; any is named below it."""
NAMES, NUMBERS = 185, (58, 72)
LEAST_FIRST = 0.05
"""Share of draws from which a diagnosis is named as one that may be first."""
TREATABLE_MARK = "Rx"
RANKING_TIPS = (
    ("label", "diagnosis"),
    ("group", "group"),
    ("before", "pre-test"),
    ("after", "post-test"),
    ("between", "90 %"),
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


def draw_case_so_far(network: Network, form: Form) -> None:
    """The findings entered and where the case comes from; examples before anything is entered."""
    if form.is_untouched:
        files.offer_examples(network, form)
    if form.current.findings:
        entered(network, form)
    if form.case.id:
        st.caption(files.source(network, form.case))


def ranked(form: Form, engine: Engine, answer: Differential) -> None:
    """The chart, and what is read off it."""
    intervals = form.ask(engine, credible_intervals)
    data = ranking_rows(answer, intervals)
    charts.draw_chart(
        data.head(SHOWN_DIAGNOSES), charts.ranking_chart(NAMES, NUMBERS, RANKING_TIPS), ranking_in_words(data)
    )
    matrix = region_matrix(answer.network, form.used)
    with st.container(horizontal=True, gap="small", key="beside_ranking"):
        if matrix.regions:
            st.html(region_figure(matrix, FIGURE_PX), width=FIGURE_PX)
        with st.container(gap="xxsmall", width="stretch"):
            told_beside(form, engine, answer, data)


def told_beside(form: Form, engine: Engine, answer: Differential, data: pd.DataFrame) -> None:
    """What is read off the ranking: how sure it is, where the lesion is, groups, criteria and conflict."""
    shown = data.head(SHOWN_DIAGNOSES)
    wide = f" · {WIDE}: its interval spans more than 90 points" if (shown["between"] == WIDE).any() else ""
    st.caption(
        f"Bar: post-test · line: 90 % credible interval · tick: pre-test · "
        f"**{TREATABLE_MARK}**: treatable{wide} · research, not a medical device  \n{often_first(data)}"
    )
    for part in (*how_often_right(engine, answer), *form.ask(engine, beside), *set_aside(answer)):
        st.caption(f":material/warning: {literal(part.text)}" if part.strong else literal(part.text))
    st.caption(f"{leading_groups_line(answer)}  \n{met(answer.network, form)}")
    found = form.ask(engine, conflict)
    if found.value > CONFLICT:
        st.caption(f":material/warning: {literal(conflicting(answer.network, found).text)}")


def beside(engine: Engine, case: Case) -> tuple[Paragraph, ...]:
    """Where the lesion is, and whether any disease explains it."""
    return tuple(place_and_fit(engine, case))


def ranking_rows(answer: Differential, intervals: Intervals) -> pd.DataFrame:
    """The ranking as it is drawn: short names, treatable ones marked, numbers in words."""
    frame = answer.to_frame().loc[list(in_ranking(answer))]
    names = [answer.network.diagnosis[name].name for name in frame.index]
    frame["name"] = [
        f"{name} · {TREATABLE_MARK}" if mark else name
        for name, mark in zip(names, frame.treatable, strict=True)
    ]
    frame["before"], frame["after"] = frame.pre_test.map(percent), frame.post_test.map(percent)
    sure = intervals.to_frame().loc[frame.index]
    frame["low"], frame["high"], frame["ranked_first"] = sure.low, sure.high, sure["first"]
    frame["between"] = [between(low, high) for low, high in zip(frame.low, frame.high, strict=True)]
    frame.loc[frame.between == WIDE, ["low", "high"]] = None  # not drawn, as it says nothing
    return frame


def often_first(data: pd.DataFrame) -> str:
    """How often each diagnosis is first when the numbers are drawn anew, unless one nearly always is."""
    shares = {
        str(name).removesuffix(f" · {TREATABLE_MARK}"): float(first)
        for name, first in zip(data["name"], data.ranked_first, strict=True)
        if first >= LEAST_FIRST
    }
    if max(shares.values(), default=1.0) >= SURE:
        return ""
    names = (
        f"{literal(name)} **{percent(shares[name], 0)}**" for name in sorted(shares, key=lambda n: -shares[n])
    )
    return f"First in redraws of the numbers (no probability of disease): {', '.join(names)}".replace(
        " %", "\N{NO-BREAK SPACE}%"
    )


def ranking_in_words(data: pd.DataFrame) -> str:
    """The first few of the ranking, for screen readers."""
    leaders = data.head(SHOWN_DIAGNOSES).itertuples(index=False)
    return "Ranked differential: " + ", ".join(f"{row.name} {row.after} ({row.between})" for row in leaders)


def leading_groups_line(answer: Differential) -> str:
    """The leading groups of diagnoses."""
    leaders = [(group, pre, post) for group, (pre, post) in answer.groups.items() if group][:GROUPS_SHOWN]
    texts = (f"{group[0].upper()}{group[1:]} **{percent(post)}**" for group, _, post in leaders)
    return " · ".join(text.replace(" %", "\N{NO-BREAK SPACE}%") for text in texts)


def met(network: Network, form: Form) -> str:
    """Each set of diagnostic criteria with its verdict, and what is not excluded yet."""
    brief = criteria_in_brief(network, criteria(network, form.used))
    return " · ".join(f"{name} **{literal(verdict)}**" for name, verdict in brief)


def warned(network: Network, answer: Differential) -> None:
    """Warnings about the findings, with their cures; codes that are not known stand in the record."""
    unknown = {entry.why for entry in answer.case.coded if not entry.is_code_known}
    listed = [
        issue for issue in answer.warnings if not {part.message for part in each_of([issue])} <= unknown
    ]
    for level, show in (("warning", st.warning), ("info", st.info)):
        shown = (issue for issue in listed if issue.level == level)
        texts = ["; ".join(filter(None, (issue.message, issue.fix))) for issue in shown]
        if texts:
            show("  \n".join(readable(network, text) for text in texts))


def entered(network: Network, form: Form) -> None:
    """The findings entered, abnormal ones first; a click pauses one, another uses it again."""
    findings = form.current.findings
    states = form.current.in_states(network)
    names = sorted(findings, key=lambda name: states[name] == network.findings[name].states[0])

    def label(name: str) -> str:
        mark = " (pre-set)" if name in form.preset else ""
        return f"**{network.findings[name].label}:** {entered_in_words(network, name, findings[name])}{mark}"

    def chosen() -> None:
        form.use(st.session_state.used)

    in_use = [name for name in names if name not in form.paused]
    if st.session_state.get("used") != in_use:  # a needless assignment would undo a click that is on its way
        st.session_state.used = in_use
    st.pills(
        f"{len(in_use)} of {len(names)} findings in use; choose one to pause it or use it again"
        + (" (pale: paused)" if form.paused else ""),
        names,
        selection_mode="multi",
        format_func=label,
        key="used",
        on_change=chosen,
        wrap=True,
    )
    if form.paused:
        st.button("Remove what is paused", on_click=form.forget, args=(form.paused,), type="tertiary")


def draw_ranking_tables(engine: Engine, answer: Differential, sure: Intervals) -> None:
    """All numbers as tables."""
    with st.spinner("How often were such first ranks right? …"):
        earlier = [*first_rank_on_shipped(first_rank_on_development(engine.network, engine.setting))]
    show_parts([ranking_table(answer, sure), *certainty(sure), *earlier, *group_totals(answer)])
