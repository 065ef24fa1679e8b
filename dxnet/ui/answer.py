"""The right half of the Case page: the ranked differential and what it rests on."""

from __future__ import annotations

import altair as alt
import pandas as pd
import streamlit as st

from dxnet import Differential, DxnetError, Engine, Network
from dxnet.ui import files
from dxnet.ui.state import Form, complaints, literal, readable, words
from dxnet.wording import counted, percent

SHOWN = 8
"""Diagnoses in the chart; the table holds all."""
GROUPS_SHOWN = 4
ROW, NAMES, NUMBERS, FONT = 24, 190, 60, 14
"""Pixels: height of a bar with its gap, widths of the columns of names and numbers, size of letters."""
PLAIN, TREATABLE, TRACK, INK = "#0B5C7A", "#B4540A", "#EEF2F5", "#1B2733"
MARK = "Rx"


def show(network: Network, form: Form, engine: Engine, height: int) -> Differential | None:
    """Ranking and group totals; below them, in a pane of their own, warnings and the findings entered."""
    answer = None
    try:
        answer = form.diagnose(engine)
    except DxnetError as problem:
        for text in complaints(network, problem):
            st.error(text)
    if answer:
        st.altair_chart(chart(answer), width="stretch", alt=in_words(answer))
        st.caption(f"Bar: post-test probability · black tick: pre-test · **{MARK}**: treatable")
        st.caption(totals(answer))
    with st.container(height=height, border=True, gap="xsmall"):
        if answer and answer.warnings:
            st.warning("  \n".join(readable(network, f"{it.message}; {it.fix}") for it in answer.warnings))
        if form.is_untouched:
            files.offer_examples(network, form)
        if form.case.findings:
            entered(network, form)
        if form.case.id:
            st.caption(files.source(network, form.case))
    return answer


def rows(answer: Differential) -> pd.DataFrame:
    """The ranking as it is drawn: short names, treatable ones marked, numbers in words."""
    frame = answer.to_frame()
    names = [answer.network.diagnosis[name].name for name in frame.index]
    frame["name"] = [
        f"{name} · {MARK}" if mark else name for name, mark in zip(names, frame.treatable, strict=True)
    ]
    frame["before"], frame["after"] = frame.pre_test.map(percent), frame.post_test.map(percent)
    return frame


def in_words(answer: Differential) -> str:
    """The first few of the ranking, for those who hear the page."""
    leaders = rows(answer).head(SHOWN)
    return "Ranked differential: " + ", ".join(
        f"{row.name} {row.after}" for row in leaders.itertuples(index=False)
    )


def chart(answer: Differential) -> alt.LayerChart | alt.FacetChart:
    """Bars of post-test probability with a tick at the pre-test one, the numbers in a column of their own."""
    data = rows(answer).head(SHOWN)
    thick, thin = ROW * 0.8, ROW * 0.6
    base = alt.Chart(data).encode(y=alt.Y("name:N", sort=list(data.name), title=None, axis=names_axis()))
    post = alt.X("post_test:Q", scale=alt.Scale(domain=[0, 1]), axis=None)
    tracks = base.mark_bar(height=thin, color=TRACK).encode(x=alt.value(0), x2=alt.value("width"))
    bars = base.mark_bar(height=thin).encode(post, treatable_colour(), tooltip=tooltips())
    ticks = base.mark_tick(color=INK, stroke="white", thickness=4, height=thick).encode(x="pre_test:Q")
    number = base.mark_text(align="right", fontSize=FONT, color=INK)
    numbers = number.encode(x=alt.value(alt.expr(f"width + {NUMBERS}")), text="after:N")
    layers = alt.layer(tracks, bars, ticks, numbers)
    around = {"left": 0, "right": 0, "top": 0, "bottom": 0}
    return layers.properties(height=ROW * len(data), padding=around).configure_view(stroke=None)


def names_axis() -> alt.Axis:
    """Names in a column of fixed width, so that the bars do not jump from one answer to the next."""
    return alt.Axis(
        minExtent=NAMES,
        maxExtent=NAMES,
        labelLimit=NAMES,
        labelOverlap=False,
        labelPadding=8,
        labelFontSize=FONT,
        labelColor=INK,
        ticks=False,
        domain=False,
    )


def treatable_colour() -> alt.Color:
    """Treatable diagnoses in another colour, besides their mark."""
    return alt.Color(
        "treatable:N", legend=None, scale=alt.Scale(domain=[False, True], range=[PLAIN, TREATABLE])
    )


def tooltips() -> list[alt.Tooltip]:
    """What a bar says when pointed at."""
    fields = {"label": "diagnosis", "group": "group", "before": "pre-test", "after": "post-test"}
    return [alt.Tooltip(f"{field}:N", title=title) for field, title in fields.items()]


def totals(answer: Differential) -> str:
    """The leading groups of diagnoses."""
    leaders = [(group, pre, post) for group, (pre, post) in answer.groups.items() if group][:GROUPS_SHOWN]
    texts = (f"{group[0].upper()}{group[1:]} **{percent(post)}**" for group, _, post in leaders)
    return " · ".join(text.replace(" %", "\N{NO-BREAK SPACE}%") for text in texts)


def entered(network: Network, form: Form) -> None:
    """The findings entered, abnormal ones first; a click removes one."""
    findings = form.case.findings
    names = sorted(findings, key=lambda name: findings[name] == network.findings[name].states[0])

    whose = f"{literal(words(form.case.id))}: " if form.case.id else ""
    st.caption(f"{whose}{counted(len(names), 'finding')} in use (choose one to remove it)")
    with st.container(horizontal=True, gap="xsmall"):
        for name in names:
            mark = " (pre-set)" if name in form.preset else ""
            label = f"**{network.findings[name].label}:** {words(findings[name])}{mark}"
            st.button(
                f"{label} :material/close:", key=f"remove:{name}", on_click=form.enter, args=(name, None)
            )


def table(answer: Differential) -> None:
    """All numbers as tables."""
    frame = rows(answer)
    shown = pd.DataFrame(
        {
            "Rank": range(1, len(frame) + 1),
            "Diagnosis": frame.label,
            "Group": frame.group,
            "Treatable": frame.treatable.map({True: MARK, False: ""}),
            "Pre-test": frame.before,
            "Post-test": frame.after,
        }
    )
    st.table(shown, hide_index=True, alt="All diagnoses, most probable first")
    groups = [(group, percent(pre), percent(post)) for group, (pre, post) in answer.groups.items()]
    st.table(
        pd.DataFrame(groups, columns=["Group", "Pre-test", "Post-test"]),
        hide_index=True,
        alt="Totals of groups",
    )
