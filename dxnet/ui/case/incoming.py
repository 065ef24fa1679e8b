"""What a letter, a file or a record brings while a case is open: the user says whose it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import streamlit as st

from dxnet import CaseError, Network
from dxnet.ui.case.visits import DAY, EARLIEST
from dxnet.ui.shared.case_form import Form
from dxnet.ui.shared.incoming import LETTER, Contradiction, Incoming, contradictions
from dxnet.ui.shared.safe_text import literal, problems_in_words
from dxnet.ui.shared.session_letter import forget_letter
from dxnet.ui.shared.visit_edits import with_first_date
from dxnet.words import counted

MOST_NAMED = 6
"""Findings that are named at most where the two cases state them otherwise."""
PROBLEMS = "incoming_problems"


def put_aside() -> None:
    """Leave the open case as it is."""
    form: Form = st.session_state.form
    form.incoming = None


@st.dialog("The same patient?", on_dismiss=put_aside)
def ask_where_it_belongs(network: Network, form: Form) -> None:
    """Begin a new case with what was brought, add it to the open one, or leave it."""
    brought = form.incoming
    if brought is None:
        st.rerun()
    found = list(contradictions(network, form.current, brought.case))
    st.markdown(
        f"The open case has {counted(len(form.case.findings), 'finding')}; {brought.source} brings "
        f"{len(brought.case.findings)}. Undo takes any of these steps back."
    )
    is_other = any(it.of_subject for it in found)
    for line in warnings_of(found, brought.source):
        st.warning(line)
    for problem in st.session_state.pop(PROBLEMS, ()):
        st.error(problem)

    def begin_anew() -> None:
        if brought.source != LETTER:
            forget_letter()
        form.take_as_new_case()

    with st.container(horizontal=True, gap="small", key="incoming_choice"):
        st.button(
            "Another patient: new case",
            on_click=begin_anew,
            type="primary" if is_other else "secondary",
            key="incoming_new",
        )
        st.button(
            "Same patient: add",
            on_click=form.add_to_case,
            help="Where both state a finding, what is added counts",
            key="incoming_add",
        )
        st.button("Leave it", on_click=put_aside, type="tertiary", key="incoming_leave")
    if not brought.case.visits:
        add_as_visit(network, form, brought)


def warnings_of(found: list[Contradiction], source: str) -> Iterator[str]:
    """What the two cases state otherwise: age and sex first, then findings."""
    for of_subject, heading in ((True, "**Another patient?**"), (False, "**Stated otherwise.**")):
        listed = [it for it in found if it.of_subject == of_subject]
        if listed:
            texts = [
                f"{literal(it.label)}: {literal(it.here)} here, {literal(it.there)} in {source}"
                for it in listed[:MOST_NAMED]
            ]
            more = f" and {len(listed) - MOST_NAMED} more" if len(listed) > MOST_NAMED else ""
            yield f"{heading} {'; '.join(texts)}{more}"


def add_as_visit(network: Network, form: Form, brought: Incoming) -> None:
    """Add it as a visit of its own day; of a plain case the day of what is entered is asked, too."""
    dated = [name for name in form.case.findings if name not in form.lasting]
    is_first = not form.case.visits and bool(dated)

    def add() -> None:
        first, new = st.session_state.get("incoming_first_date"), st.session_state.incoming_date
        if new is None or (is_first and first is None):
            st.session_state[PROBLEMS] = ["Choose each date."]
            return
        try:
            form.add_to_case(with_first_date(form.case, first, form.lasting) if first else None, new)
        except CaseError as problem:
            st.session_state[PROBLEMS] = problems_in_words(network, problem)

    limits: dict[str, Any] = {"min_value": EARLIEST, "max_value": date.today(), "format": DAY}
    with st.expander("Same patient, another day: add as a visit"):
        if is_first:
            st.date_input("Date of what is entered so far", value=None, key="incoming_first_date", **limits)
        st.date_input(f"Date of {brought.source}", value=None, key="incoming_date", **limits)
        st.button("Add as a visit", on_click=add, key="incoming_visit")
