"""The right half of the Case page: the ranked differential and what it rests on."""

from __future__ import annotations

from datetime import date

import altair as alt
import pandas as pd
import streamlit as st

from dxnet import Differential, DxnetError, Engine, Network
from dxnet.differential import INTENDED_USE
from dxnet.ui import files
from dxnet.ui.state import Form, complaints, readable, words
from dxnet.wording import counted, percent

SHOWN = 9
"""Diagnoses in the chart; the table holds all."""
GROUPS_SHOWN = 4
ROW = 26
PLAIN, TREATABLE, INK = "#0B5C7A", "#B4540A", "#1B2733"
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
        for warning in answer.warnings if answer else ():
            st.warning(readable(network, f"{warning.message}; {warning.fix}"))
        if form.is_untouched:
            files.offer_examples(network, form)
        if form.case.id:
            st.caption(files.source(network, form.case))
        if form.case.findings:
            entered(network, form)
    return answer


def rows(answer: Differential) -> pd.DataFrame:
    """The ranking as it is drawn: short names, treatable ones marked, numbers in words."""
    frame = answer.to_frame()
    names = [answer.network.diagnosis[name].name for name in frame.index]
    frame["name"] = [f"{name} · {MARK}" if mark else name for name, mark in zip(names, frame.treatable, strict=True)]
    frame["percent"] = frame.post_test.map(percent)
    return frame


def in_words(answer: Differential) -> str:
    """The first few of the ranking, for those who hear the page."""
    leaders = rows(answer).head(SHOWN)
    return "Ranked differential: " + ", ".join(f"{row.name} {row.percent}" for row in leaders.itertuples(index=False))


def chart(answer: Differential) -> alt.LayerChart:
    """Bars of post-test probability with a tick at the pre-test one."""
    data = rows(answer).head(SHOWN)
    base = alt.Chart(data).encode(y=alt.Y("name:N", sort=list(data.name), title=None, axis=alt.Axis(
        labelLimit=190, labelFontSize=14, labelColor=INK, ticks=False, domain=False, labelPadding=8)))
    scale = alt.Scale(domain=[0, 1])
    bars = base.mark_bar(height=ROW * 0.6).encode(
        x=alt.X("post_test:Q", scale=scale, axis=None),
        color=alt.Color("treatable:N", legend=None, scale=alt.Scale(domain=[False, True], range=[PLAIN, TREATABLE])),
        tooltip=[alt.Tooltip("label:N", title="diagnosis"), alt.Tooltip("percent:N", title="post-test"),
                 alt.Tooltip("pre_test:Q", title="pre-test", format=".2%"), alt.Tooltip("group:N")],
    )
    ticks = base.mark_tick(color=INK, thickness=2, height=ROW * 0.8).encode(x=alt.X("pre_test:Q", scale=scale))
    labels = base.mark_text(align="left", dx=6, fontSize=14, color=INK).encode(
        x=alt.X("post_test:Q", scale=scale), text="percent:N")
    layers: alt.LayerChart = (bars + ticks + labels).properties(
        height=ROW * len(data), padding={"left": 0, "right": 60, "top": 0, "bottom": 0})
    return layers.configure_view(stroke=None)


def totals(answer: Differential) -> str:
    """The leading groups of diagnoses."""
    leaders = [(group, pre, post) for group, (pre, post) in answer.groups.items() if group][:GROUPS_SHOWN]
    return " · ".join(f"{group[0].upper()}{group[1:]} **{percent(post)}**" for group, _, post in leaders)


def entered(network: Network, form: Form) -> None:
    """The findings entered, abnormal ones first; a click removes one."""
    findings = form.case.findings
    names = sorted(findings, key=lambda name: findings[name] == network.findings[name].states[0])

    def label(name: str) -> str:
        mark = " (pre-set)" if name in form.preset else ""
        return f"**{network.findings[name].label}:** {words(findings[name])}{mark} :material/close:"

    st.session_state.entered = names
    st.pills(
        f"{counted(len(names), 'finding')} entered (choose one to remove it)",
        names,
        selection_mode="multi",
        format_func=label,
        key="entered",
        on_change=lambda: form.keep(st.session_state.entered),
        wrap=True,
    )


def table(answer: Differential) -> None:
    """All numbers as tables."""
    frame = rows(answer)
    shown = pd.DataFrame({
        "Rank": range(1, len(frame) + 1),
        "Diagnosis": frame.label,
        "Group": frame.group,
        "Treatable": frame.treatable.map({True: MARK, False: ""}),
        "Pre-test": frame.pre_test.map(percent),
        "Post-test": frame.percent,
    })
    st.table(shown, hide_index=True, alt="All diagnoses, most probable first")
    groups = [(group, percent(pre), percent(post)) for group, (pre, post) in answer.groups.items()]
    st.table(pd.DataFrame(groups, columns=["Group", "Pre-test", "Post-test"]), hide_index=True, alt="Totals of groups")


def provenance(network: Network, form: Form, setting: str) -> str:
    """What every answer is printed with."""
    preset = len(form.preset)
    stated = len(form.case.findings) - preset
    counts = f"{stated} entered, {preset} pre-set, {len(network.findings) - stated - preset} not examined"
    return (
        f"{INTENDED_USE}  \n{network.name} {network.version} ({network.fingerprint}) · {date.today().isoformat()} · "
        f"setting: {network.settings[setting].label} · findings: {counts}"
    )
