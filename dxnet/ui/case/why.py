"""Below the answer: the weight of evidence of each finding, with its numbers and their sources."""

from __future__ import annotations

import streamlit as st

from dxnet import Differential, Engine, Network, explain
from dxnet.reasoning.explain import Contribution, Explanation
from dxnet.report.content.explanation import (
    finding_state,
    likelihood_ratio,
    numbers_behind_parts,
    odds_change,
    regions,
)
from dxnet.ui.shared import charts
from dxnet.ui.shared.parts import show_parts
from dxnet.ui.shared.session import Form
from dxnet.words import decibans

SHOWN_FINDINGS = 10
"""Findings in the chart."""
NAMES, NUMBERS = 250, 130
WEIGHT_TITLE = "weight of evidence in decibans (10: the odds are ten times as high)"
SAMPLED = " Weights are means over sampled orders; thin lines show two standard errors."
OF_PX = 250
"""Width in pixels of each choice of a diagnosis."""
SHARES = (
    "A bar is the share that a finding has in the change of the odds, averaged over the orders in which the "
    "findings can be entered. 10 decibans make the odds ten times as high."
)
FIRST, OTHERS = "", ""


def draw_why(network: Network, form: Form, engine: Engine, answer: Differential) -> None:
    """The weights of the findings, and what is behind one of them."""
    diagnosis, versus = choose_diagnosis(network, answer)
    why = form.ask(engine, explain, diagnosis=diagnosis, versus=versus)
    if not why.contributions:
        st.markdown("No finding is in use: the ranking is that of the setting.")
        return
    strongest = sorted(why.contributions[:SHOWN_FINDINGS], key=lambda c: -c.weight)
    data = charts.weight_records(
        (c.finding, finding_state(network, c), c.weight, c.error, decibans(c.weight)) for c in strongest
    )
    spoken = f"Weights of evidence: {charts.spoken(data)}"
    picked = charts.draw_chart(data, charts.diverging(NAMES, NUMBERS, WEIGHT_TITLE, True), spoken, "weights")
    if len(why.contributions) > SHOWN_FINDINGS:
        rest = decibans(sum(c.weight for c in why.contributions[SHOWN_FINDINGS:]))
        st.caption(f"{len(why.contributions) - SHOWN_FINDINGS} more findings together: {rest} decibans")
    show_parts([odds_change(network, why)])
    st.caption(f"{SHARES}{SAMPLED if any(c.error for c in why.contributions) else ''}")
    show_parts([regions(network, why)])
    chosen = choose_finding(network, why, picked)
    st.markdown(share_and_ratio(chosen))
    show_parts(numbers_behind_parts(network, chosen))


def share_and_ratio(contribution: Contribution) -> str:
    """A finding's share of the change of the odds and its likelihood ratio, also where they disagree."""
    weight, ratio = contribution.weight, contribution.likelihood_ratio
    text = (
        f"Its share: **{decibans(weight)} decibans**. Its likelihood ratio, if it were the only one: "
        f"**{likelihood_ratio(ratio)}**."
    )
    if contribution.is_mixed:
        text += (
            f" It speaks {'for' if weight > 0 else 'against'} the diagnosis by itself and "
            f"{'against' if weight > 0 else 'for'} it once all other findings are known."
        )
    return text


def choose_diagnosis(network: Network, answer: Differential) -> tuple[str, str]:
    """Which diagnosis is explained, and against what."""
    with st.container(horizontal=True, gap="small", key="reason_choice"):
        chosen = st.selectbox(
            "Explained diagnosis",
            [FIRST, *answer.ranking],
            format_func=lambda name: (
                f"Why {network.diagnosis[name].name if name else 'the first of the ranking'}"
            ),
            label_visibility="collapsed",
            key="explained",
            width=OF_PX,
        )
        diagnosis = chosen or answer.ranking[0]
        others = [name for name in answer.ranking if name != diagnosis]
        versus = st.selectbox(
            "Compared with",
            [OTHERS, *others],
            format_func=lambda name: f"against {network.diagnosis[name].name if name else 'all others'}",
            label_visibility="collapsed",
            key="versus",
            width=OF_PX,
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
