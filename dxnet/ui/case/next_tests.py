"""Below the answer: which procedure to do next, and what must not be missed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import takewhile

import streamlit as st

from dxnet import Engine, Network, next_tests
from dxnet.reasoning.guideline import outstanding
from dxnet.reasoning.next_tests import NeverMiss, burden_of_test, label_of_test, never_miss
from dxnet.report.content.next_procedures import (
    informative,
    next_procedures,
    not_to_be_missed,
    possible_results,
    work_up_left,
)
from dxnet.report.parts import Block
from dxnet.ui.shared.case_form import Form
from dxnet.ui.shared.dense import dense_html

SEEN, MOST_SEEN, SEEN_RESULTS = 4, 8, 5
"""Procedures, at most so many of the first turn, and results of one that are seen before the rest opens."""
BURDENS = ("cost", "invasiveness", "availability")


def draw_next_tests(network: Network, form: Form, engine: Engine) -> None:
    """The never-miss list, what is not begun, the next procedures, and results of one."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall", key="next_choice"):
        tests = form.ask(engine, next_tests, **weigh())
        by_name = {test.procedure: test for test in informative(tests)}
        chosen = choose_procedure(network, list(by_name))
    misses = form.ask(engine, never_miss)
    parts: list[Block] = [*not_to_be_missed(network, misses)]
    if chosen:
        first = form.ask(engine, Engine.diagnose).ranking[0]
        parts += [possible_results(network, by_name[chosen], first)]
    parts += [*next_procedures(network, tests), *work_up_left(network, form.ask(engine, outstanding))]
    seen = SEEN_RESULTS if chosen else rows_seen(network, [*by_name], misses)
    st.html(f'<div class="reason">{dense_html(parts, (seen,))}</div>')


def rows_seen(network: Network, tests: Sequence[str], misses: Iterable[NeverMiss]) -> int:
    """How many of the procedures are seen: those of the first turn, which settle a named diagnosis or burden
    nobody.

    >>> from dxnet import load_network
    >>> als, missed = load_network("als_mimics"), NeverMiss("dcm", 0.1, ("mri_spine",))
    >>> rows_seen(als, ["history", "mri_spine", "emg"], [missed]), rows_seen(als, ["history"] * 20, [])
    (4, 8)
    """
    settling = {name for it in misses for name in (*it.procedures, *dict(it.partly))}
    first = [*takewhile(lambda name: name in settling or not burden_of_test(network, name), tests)]
    return min(max(SEEN, len(first)), MOST_SEEN)


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
