"""Below the answer: what speaks for and against a diagnosis, each bar with its numbers and their sources."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dxnet import Differential, Engine, Estimate, Network, explain
from dxnet.reasoning.explain import Contribution, Explanation
from dxnet.ui.shared import charts
from dxnet.ui.shared.session import Form, literal
from dxnet.words import DECIBAN, percent, words

SHOWN = 12
"""Findings in the chart."""
NAMES, NUMBERS = 330, 130
TITLE = "weight of evidence in decibans (10: the odds are ten times as high)"
FIRST, OTHERS = "", ""


def show(network: Network, form: Form, engine: Engine, answer: Differential) -> None:
    """The weights of the findings, and what is behind one of them."""
    diagnosis, versus = choose(network, answer)
    why = form.ask(engine, explain, diagnosis=diagnosis, versus=versus)
    if not why.contributions:
        st.markdown("No finding is in use: the ranking is that of the setting.")
        return
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.markdown(summary(network, why))
        data = rows(network, why)
        picked = charts.draw(data, charts.diverging(NAMES, NUMBERS, TITLE, True), in_words(data), "weights")
        if len(why.contributions) > SHOWN:
            rest = sum(c.weight for c in why.contributions[SHOWN:]) * DECIBAN
            st.caption(f"{len(why.contributions) - SHOWN} more findings together: {rest:+.1f} decibans")
        st.caption(involved(network, why))
    with right:
        numbers(network, choose_finding(network, why, picked))


def choose(network: Network, answer: Differential) -> tuple[str, str]:
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


def summary(network: Network, why: Explanation) -> str:
    """The odds before and after."""
    name = network.diagnosis[why.diagnosis].name
    than = f" against {network.diagnosis[why.versus].name}" if why.versus else ""
    change = (why.log_odds - why.prior_log_odds) * DECIBAN
    sampled = " Weights are means over sampled orders; thin lines show two standard errors."
    return (
        f"**{name}**{than}: {why.prior_log_odds * DECIBAN:+.1f} decibans before the findings, "
        f"**{why.log_odds * DECIBAN:+.1f}** with them ({change:+.1f}), the sum of all weights."
        f"{sampled if any(c.error for c in why.contributions) else ''}"
    )


def rows(network: Network, why: Explanation) -> pd.DataFrame:
    """The strongest findings as they are drawn, those for the diagnosis first."""
    shown = sorted(why.contributions[:SHOWN], key=lambda c: -c.weight)
    return pd.DataFrame(
        {
            "key": [c.finding for c in shown],
            "name": [named(network, c) for c in shown],
            "weight": [c.weight * DECIBAN for c in shown],
            "low": [(c.weight - 2 * c.error) * DECIBAN for c in shown],
            "high": [(c.weight + 2 * c.error) * DECIBAN for c in shown],
            "words": [f"{c.weight * DECIBAN:+.1f} (LR {ratio(c.likelihood_ratio)})" for c in shown],
        }
    )


def named(network: Network, contribution: Contribution) -> str:
    """A finding and what was found."""
    return f"{network.findings[contribution.finding].label}: {words(contribution.state)}"


def ratio(value: float) -> str:
    """A likelihood ratio in two figures.

    >>> ratio(0.0234), ratio(1.5), ratio(123.4)
    ('0.023', '1.5', '123')
    """
    return f"{value:.2g}" if value < 100 else f"{value:.0f}"


def in_words(data: pd.DataFrame) -> str:
    """The weights, for those who hear the page."""
    return "Weights of evidence: " + "; ".join(
        f"{row.name} {row.words}" for row in data.itertuples(index=False)
    )


def involved(network: Network, why: Explanation) -> str:
    """What the numbers beside the bars mean, and the regions that are involved."""
    text = "; ".join(f"{label} {percent(p)}" for label, p in why.involved(network))
    return (
        "LR: likelihood ratio given the other findings; a weight is shared with findings that say the same, "
        f"so the two may point apart. Regions more likely involved than not: {text or 'none'}"
    )


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
        format_func=lambda name: named(network, by_name[name]),
        key="numbers_of",
    )
    return by_name[chosen]


def numbers(network: Network, contribution: Contribution) -> None:
    """The numbers of a finding for the two sides, with weights, sources and reasons."""
    if not contribution.numbers:
        st.markdown("This finding has no numbers of its own: it follows from others.")
        return
    stated = [
        (place.tail if place.name == contribution.finding else place, e) for place, e in contribution.numbers
    ]
    told = pd.DataFrame(
        {
            "Number": [place for place, _ in stated],
            "Probability": [shown(estimate) for _, estimate in stated],
            "Weight": [f"{estimate.weight:.0f}" for _, estimate in stated],
            "From": [", ".join(f"@{key}" for key in estimate.sources) for _, estimate in stated],
        }
    )
    states = network.findings[contribution.finding].states
    meant = ", ".join(map(words, states[1:] if len(states) == 2 else states))
    st.caption(f"P({meant}) · weight: the number of patients that the figure is worth")
    st.table(told, hide_index=True, alt="Numbers and where they come from")
    keys = dict.fromkeys(key for _, estimate in stated for key in estimate.sources)
    lines = [
        f"- @{key}: {literal(str(network.references[key]))}" for key in keys if key in network.references
    ]
    lines += [f"- {place}: {literal(estimate.reason)}" for place, estimate in stated if estimate.reason]
    st.markdown("\n".join(dict.fromkeys(lines)))


def shown(estimate: Estimate) -> str:
    """The probabilities of a number; of two states the second."""
    return " ".join(map(percent, estimate.mean[1:] if len(estimate.mean) == 2 else estimate.mean))
