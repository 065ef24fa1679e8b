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
from dxnet.ui.shared.parts import show_parts, show_table
from dxnet.ui.shared.session import Form

SHOWN, RESULTS = 8, 12
"""Procedures, and results of one, in the tables."""
BURDENS = ("cost", "invasiveness", "availability")


def draw_next_tests(network: Network, form: Form, engine: Engine) -> None:
    """Procedures by expected information per burden, the results of one, and the never-miss list."""
    tests = form.ask(engine, next_tests, **weigh())
    show_parts(next_procedures(network, tests, SHOWN))
    show_parts(work_up_left(network, form.ask(engine, outstanding)))
    show_parts(not_to_be_missed(network, form.ask(engine, never_miss)))
    by_name = {test.procedure: test for test in informative(tests)[:SHOWN]}
    if not by_name:
        return
    chosen = st.selectbox(
        "Possible results of",
        list(by_name),
        format_func=lambda name: label_of_test(network, name),
        key="results_of",
    )
    first = form.ask(engine, Engine.diagnose).ranking[0]
    show_table(possible_results(network, by_name[chosen], first, RESULTS))


def weigh() -> dict[str, float]:
    """How much each kind of burden counts."""
    with st.popover("Weigh the burden"):
        return {
            name: st.slider(name.capitalize(), 0.0, 3.0, 1.0, 0.5, key=f"weight:{name}") for name in BURDENS
        }
