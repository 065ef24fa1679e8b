"""What a screen reader says when the answer changes: what was entered, and the first ranks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import streamlit as st

from dxnet import Differential, Network
from dxnet.inference.case import State
from dxnet.knowledge.entered import entered_in_words
from dxnet.ui.shared.case_form import Form
from dxnet.words import counted, percent

ANNOUNCED = "announced"
CHANGES_SAID = 3
"""Changes that are said one by one; more are counted."""
FIRST_RANKS = 3
"""How many are said, and stand in the line on top of a narrow window."""
NO_RANKING = "No ranking: why not stands on the page"


class Announced(NamedTuple):
    """What was entered when something was said last, and what was said.

    Args:
        states: finding -> its state, and whether it is paused.
        setting: where the patient was seen.
        answered: the first ranks and the number of findings in use, in words.
        text: what was said.
    """

    states: Mapping[str, tuple[State, bool]]
    setting: str
    answered: tuple[str, str]
    text: str


def announcement(network: Network, form: Form, answer: Differential | None) -> str:
    """What is to be said: the same text until what is entered, paused or in use changes, or the first ranks.

    Args:
        network, form: as of every page.
        answer: to what is in use; None where the findings exclude each other.
    """
    states = {name: (state, name in form.paused) for name, state in form.current.findings.items()}
    answered = (first_ranks_in_words(answer), f"{counted(len(form.used.findings), 'finding')} in use")
    last: Announced | None = st.session_state.get(ANNOUNCED)
    if last and last[:3] == (states, form.setting, answered):
        return last.text
    changes = [*changes_in_words(network, last.states, states)] if last else []
    if len(changes) > CHANGES_SAID:
        changes = [f"{counted(len(changes), 'finding')} changed"]
    if last and last.setting != form.setting:
        changes.append(network.settings[form.setting].label)
    text = " ".join(f"{said}." for said in (*changes, *answered))
    st.session_state[ANNOUNCED] = Announced(states, form.setting, answered, text)
    return text


def changes_in_words(
    network: Network, before: Mapping[str, tuple[State, bool]], now: Mapping[str, tuple[State, bool]]
) -> Iterator[str]:
    """Each finding whose state changed, or that was paused or is used again."""
    for name in {**now, **before}:
        if before.get(name) == now.get(name) or name not in network.findings:
            continue
        state, is_paused = now.get(name, (None, False))
        words = entered_in_words(network, name, state) if state is not None else "not examined"
        yield f"{network.findings[name].label}: {words}{', paused' if is_paused else ''}"


def first_ranks_in_words(answer: Differential | None) -> str:
    """The first ranks with their probabilities.

    >>> first_ranks_in_words(None)
    'No ranking: why not stands on the page'
    """
    if answer is None:
        return NO_RANKING
    called = answer.network.diagnosis
    return ", ".join(
        f"{called[name].name} {percent(answer.probability(name))}" for name in answer.ranking[:FIRST_RANKS]
    )
