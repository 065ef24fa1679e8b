"""Below the answer: the weight of evidence of each finding, with its numbers and their sources."""

from __future__ import annotations

import streamlit as st

from dxnet import Differential, Engine, Network, explain
from dxnet.reasoning.explain import Contribution, Explanation
from dxnet.report.content.explanation import (
    WEIGHTS,
    finding_state,
    numbers_behind_parts,
    odds_change,
    regions,
    weight_and_ratio,
)
from dxnet.ui.shared import charts
from dxnet.ui.shared.parts import show_parts
from dxnet.ui.shared.session import Form
from dxnet.words import decibans

SHOWN_FINDINGS = 12
"""Findings in the chart."""
NAMES, NUMBERS = 330, 130
WEIGHT_TITLE = "weight of evidence in decibans (10: the odds are ten times as high)"
SAMPLED = " Weights are means over sampled orders; thin lines show two standard errors."
FIRST, OTHERS = "", ""


def draw_why(network: Network, form: Form, engine: Engine, answer: Differential) -> None:
    """The weights of the findings, and what is behind one of them."""
    diagnosis, versus = choose_diagnosis(network, answer)
    why = form.ask(engine, explain, diagnosis=diagnosis, versus=versus)
    if not why.contributions:
        st.markdown("No finding is in use: the ranking is that of the setting.")
        return
    left, right = st.columns([3, 2], gap="large")
    with left:
        show_parts([odds_change(network, why)])
        strongest = sorted(why.contributions[:SHOWN_FINDINGS], key=lambda c: -c.weight)
        data = charts.weight_records(
            (c.finding, finding_state(network, c), c.weight, c.error, weight_and_ratio(c)) for c in strongest
        )
        spoken = f"Weights of evidence: {charts.spoken(data)}"
        picked = charts.draw_chart(
            data, charts.diverging(NAMES, NUMBERS, WEIGHT_TITLE, True), spoken, "weights"
        )
        if len(why.contributions) > SHOWN_FINDINGS:
            rest = decibans(sum(c.weight for c in why.contributions[SHOWN_FINDINGS:]))
            st.caption(f"{len(why.contributions) - SHOWN_FINDINGS} more findings together: {rest} decibans")
        st.caption(f"{WEIGHTS}{SAMPLED if any(c.error for c in why.contributions) else ''}")
        show_parts([regions(network, why)])
    with right:
        show_parts(numbers_behind_parts(network, choose_finding(network, why, picked)))


def choose_diagnosis(network: Network, answer: Differential) -> tuple[str, str]:
    """Which diagnosis is explained, and against what."""
    with st.container(horizontal=True):
        chosen = st.selectbox(
            "Explain",
            [FIRST, *answer.ranking],
            format_func=lambda name: network.diagnosis[name].name if name else "the first of the ranking",
            key="explained",
            width=320,
        )
        diagnosis = chosen or answer.ranking[0]
        others = [name for name in answer.ranking if name != diagnosis]
        versus = st.selectbox(
            "Against",
            [OTHERS, *others],
            format_func=lambda name: network.diagnosis[name].name if name else "all others",
            key="versus",
            width=320,
        )
    return diagnosis, versus


def choose_finding(network: Network, why: Explanation, clicked: str) -> Contribution:
    """The finding whose numbers are shown: the bar that was clicked, or one from the list."""
    by_name = {c.finding: c for c in why.contributions}
    if clicked in by_name and clicked != st.session_state.get("clicked"):
        st.session_state.numbers_of = clicked
    st.session_state.clicked = clicked
    if st.session_state.get("numbers_of") not in by_name:
        st.session_state.numbers_of = why.contributions[0].finding
    chosen = st.selectbox(
        "Numbers behind (or click a bar)",
        list(by_name),
        format_func=lambda name: finding_state(network, by_name[name]),
        key="numbers_of",
    )
    return by_name[chosen]
