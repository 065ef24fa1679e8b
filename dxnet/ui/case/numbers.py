"""Numbers with units on the Case page: one box for each finding of the open group that has a number."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dxnet import Network
from dxnet.knowledge.entered import entered_in_words, read_entered
from dxnet.ui.shared.case_form import Form
from dxnet.ui.shared.safe_text import literal
from dxnet.ui.shared.shown import key_of_shown, say_in_field


def enter_numbers(network: Network, form: Form, names: Sequence[str]) -> None:
    """Boxes for numbers, behind a button; a number that is no state is not entered, and its reason shown."""
    measured = [name for name in names if network.findings[name].number]
    if not measured:
        return
    with st.popover("Enter numbers", key=f"numbers:{form.group}"):
        st.caption("With the unit, and the reference range of the report where there is one: 850 U/L (<200).")
        for name in measured:
            _box(network, form, name)


def _box(network: Network, form: Form, name: str) -> None:
    state = form.today.get(name)
    is_number = isinstance(state, str) and read_entered(network, name, state).kind == "number"
    entered = str(state) if is_number else ""
    key = key_of_shown(f"measured:{name}", entered)
    problem = f"{key}:problem"

    def enter() -> None:
        text = st.session_state[key].strip()
        found = read_entered(network, name, text)
        st.session_state[problem] = f"{found.problem}; {found.fix}" if text and found.kind == "unread" else ""
        if (text and not st.session_state[problem]) or (not text and entered):
            form.enter(name, text or None)
            say_in_field(f"measured:{name}", text)

    if not st.session_state.get(problem) and st.session_state.get(key) != entered:
        st.session_state[key] = entered
    units = " or ".join(
        " ".join(filter(None, (it.of, "" if it.unit == "" else f"in {it.unit}")))
        for it in network.findings[name].number
    )
    st.text_input(f"{network.findings[name].label}, {units}", key=key, on_change=enter)
    if refused := st.session_state.get(problem):
        st.caption(f":red[Not entered:] {literal(refused)}")
    elif is_number:
        st.caption(literal(entered_in_words(network, name, entered)))
