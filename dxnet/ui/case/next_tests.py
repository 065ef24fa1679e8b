"""Below the answer: which procedure to do next, and what must not be missed."""

from __future__ import annotations

import streamlit as st

from dxnet import Engine, Network, next_tests
from dxnet.reasoning.guideline import outstanding
from dxnet.reasoning.next_tests import label_of_test, never_miss
from dxnet.report.content.next_procedures import (
    informative,
    next_procedures,
    not_to_be_missed,
    possible_results,
    work_up_left,
)
from dxnet.report.parts import Block
from dxnet.ui.shared.dense import dense_html
from dxnet.ui.shared.session import Form

SEEN, SEEN_RESULTS = 4, 5
"""Procedures, and results of one, that are seen before the rest is opened."""
BURDENS = ("cost", "invasiveness", "availability")


def draw_next_tests(network: Network, form: Form, engine: Engine) -> None:
    """The never-miss list, what is not begun, the next procedures, and results of one."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall", key="next_choice"):
        tests = form.ask(engine, next_tests, **weigh())
        by_name = {test.procedure: test for test in informative(tests)}
        chosen = choose_procedure(network, list(by_name))
    parts: list[Block] = [*not_to_be_missed(network, form.ask(engine, never_miss))]
    if chosen:
        first = form.ask(engine, Engine.diagnose).ranking[0]
        parts += [possible_results(network, by_name[chosen], first)]
    parts += [*next_procedures(network, tests), *work_up_left(network, form.ask(engine, outstanding))]
    st.html(f'<div class="reason">{dense_html(parts, (SEEN_RESULTS,) if chosen else (SEEN,))}</div>')


def choose_procedure(network: Network, names: list[str]) -> str | None:
    """The procedure whose possible results are shown, if any."""
    if st.session_state.get("results_of") not in names:
        st.session_state.results_of = None
    return st.selectbox(
        "Possible results of",
        names,
        index=None,
        format_func=lambda name: label_of_test(network, name),
        placeholder="Possible results of …",
        label_visibility="collapsed",
        disabled=not names,
        key="results_of",
    )


def weigh() -> dict[str, float]:
    """How much each kind of burden counts."""
    with st.popover("Weigh the burden"):
        return {
            name: st.slider(name.capitalize(), 0.0, 3.0, 1.0, 0.5, key=f"weight:{name}") for name in BURDENS
        }
