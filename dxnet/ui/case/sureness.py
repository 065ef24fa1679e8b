"""How sure a finding is: the soft words of the network for one that was entered."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dxnet import Network
from dxnet.knowledge.entered import read_entered
from dxnet.ui.shared.case_form import Form
from dxnet.ui.shared.shown import key_of_shown, say_in_field
from dxnet.words import state_in_words

CERTAIN = ""
OF = 320
"""Width in pixels of the choices."""


def sureness(network: Network, name: str, state: str) -> tuple[str, str]:
    """The soft word of a state, and the state that it qualifies; a word alone is of the second of two.

    A number or a plain word that was entered has no soft word, and the state that it is read as.
    """
    word, _, said_of = state.partition(" ")
    if state in network.findings[name].states or word not in network.soft_words:
        return "", read_entered(network, name, state).state or state
    return word, said_of or network.findings[name].states[1]


def meaning_of_soft_words(network: Network) -> str:
    """What the soft words of a network weigh, in a sentence."""
    weights = ", ".join(f"{name} {estimate.mean[1]:g}" for name, estimate in network.soft_words.items())
    return f"How sure the reader was. Certain: taken as it stands. Likelihood of the others: {weights}."


def how_sure(network: Network, form: Form) -> None:
    """The wording of a finding that was entered: the last one, or any other; always as high."""
    entered = {name: s for name, s in form.today.items() if isinstance(s, str)}
    if not network.soft_words:
        return
    form.last = form.last if form.last in entered else next(reversed(entered), "")
    word, uncertain_state = sureness(network, form.last, entered[form.last]) if entered else (CERTAIN, "")
    word_key = key_of_shown("sure", (form.last, entered.get(form.last)))
    finding_key = f"{word_key}:of"

    def chosen() -> None:
        form.last = st.session_state[finding_key]
        say_in_field("sure", (form.last, entered[form.last]))

    def enter() -> None:
        form.enter(form.last, f"{st.session_state[word_key]} {uncertain_state}".strip())
        say_in_field("sure", (form.last, form.today[form.last]))

    def label(name: str) -> str:
        return (
            f"{network.findings[name].label}: {state_in_words(entered[name])}" if name else "no finding yet"
        )

    st.session_state[finding_key], st.session_state[word_key] = form.last, word
    shared: dict[str, Any] = {"label_visibility": "collapsed", "disabled": not entered}
    with st.popover("How sure", key="how_sure"):
        st.caption(meaning_of_soft_words(network), width=OF)
        st.selectbox(
            "Finding",
            list(entered) or [""],
            format_func=label,
            key=finding_key,
            on_change=chosen,
            width=OF,
            **shared,
        )
        st.selectbox(
            "How sure",
            [CERTAIN, *network.soft_words],
            format_func=lambda name: name or "certain",
            key=word_key,
            on_change=enter,
            width=OF,
            **shared,
        )
