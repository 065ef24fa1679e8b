"""Below the answer: the weight of evidence of each finding, with its numbers and their sources."""

from __future__ import annotations

import streamlit as st

from dxnet import Differential, Engine, Network, explain
from dxnet.reasoning.explain import Contribution, Explanation
from dxnet.reasoning.localisation import points_to_a_place
from dxnet.report.content.explanation import (
    LR_OF_SETTING,
    finding_state,
    likelihood_ratio,
    numbers_behind_parts,
    odds_change,
    regions,
)
from dxnet.ui.shared.bars import WeightBar, weight_bars
from dxnet.ui.shared.browser_parts import told
from dxnet.ui.shared.case_form import Form
from dxnet.ui.shared.choices import draw_choices
from dxnet.ui.shared.parts import show_parts
from dxnet.ui.shared.safe_text import literal
from dxnet.words import counted, decibans

WEIGHT_BARS = "weights"
OPENED = "numbers_opened"
"""Whether the numbers behind a finding are to be opened."""

SHOWN_FINDINGS = 7
"""Findings that have a bar."""
SAMPLED = " Weights are means over sampled orders; thin lines show two standard errors."
SHARES = (
    "A bar is the share that a finding has in the change of the odds, averaged over the orders in which the "
    "findings can be entered. 10 decibans make the odds ten times as high."
)
FIRST, OTHERS = "", ""


def draw_why(network: Network, form: Form, engine: Engine, answer: Differential) -> None:
    """The weights of the findings; the numbers behind one open on a click."""
    with st.container(horizontal=True, gap="xsmall", key="reason_choice"):
        diagnosis, versus = choose_diagnosis(network, answer)
        why = form.ask(engine, explain, diagnosis=diagnosis, versus=versus)
        if why.contributions:
            sampled = SAMPLED if any(c.error for c in why.contributions) else ""
            first = why.contributions[0].finding
            st.button("Numbers behind", help=f"{SHARES}{sampled}", on_click=open_numbers, args=(first,))
    if not why.contributions:
        st.markdown("No finding is in use: the ranking is that of the setting.")
        return

    def picked() -> None:
        if name := told(WEIGHT_BARS, "picked"):
            open_numbers(name)

    draw_choices(key=WEIGHT_BARS, data={"html": weights_in_bars(network, why)}, on_picked_change=picked)
    lines = [literal(odds_change(network, why).text)]
    if points_to_a_place(network, form.used):
        lines += [f"**{literal(name)}:** {literal(text)}" for name, text in regions(network, why).rows]
    st.caption("  \n".join(lines))
    if st.session_state.pop(OPENED, False):
        show_numbers(network, why)


def weights_in_bars(network: Network, why: Explanation) -> str:
    """The strongest findings, those for the diagnosis first, and all others together."""
    shown, left = why.contributions[:SHOWN_FINDINGS], why.contributions[SHOWN_FINDINGS:]
    bars = [
        WeightBar(c.finding, finding_state(network, c), c.weight, c.error)
        for c in sorted(shown, key=lambda c: -c.weight)
    ]
    rest = (f"{counted(len(left), 'more finding')} together", sum(c.weight for c in left)) if left else None
    return weight_bars(bars, "Weights of evidence", rest, picks=True)


def open_numbers(finding: str) -> None:
    """Have the numbers behind a finding opened."""
    st.session_state.numbers_of, st.session_state[OPENED] = finding, True


@st.dialog("Numbers behind a finding", width="large")
def show_numbers(network: Network, why: Explanation) -> None:
    """The numbers behind the finding that was chosen, and what its bar means; others can be chosen here."""
    by_name = {c.finding: c for c in why.contributions}
    chosen = st.selectbox(
        "Finding",
        list(by_name),
        format_func=lambda name: finding_state(network, by_name[name]),
        key="numbers_of",
    )
    st.markdown(share_and_ratio(by_name[chosen]))
    show_parts(numbers_behind_parts(network, by_name[chosen]))
    st.caption(f"{SHARES} {LR_OF_SETTING}")


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
    chosen = st.selectbox(
        "Explained diagnosis",
        [FIRST, *answer.ranking],
        format_func=lambda name: f"Why {network.diagnosis[name].name if name else 'the first'}",
        label_visibility="collapsed",
        key="explained",
    )
    diagnosis = chosen or answer.ranking[0]
    others = [name for name in answer.ranking if name != diagnosis]
    versus = st.selectbox(
        "Compared with",
        [OTHERS, *others],
        format_func=lambda name: f"against {network.diagnosis[name].name if name else 'all others'}",
        label_visibility="collapsed",
        key="versus",
    )
    return diagnosis, versus
