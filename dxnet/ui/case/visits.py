"""Dated visits on the Case page: which one is shown and edited, and what the dates suggest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st

from dxnet import CaseError, Network, Visit, proposed_from_visits
from dxnet.report.content.visits import SEEN_LAST
from dxnet.ui.shared.case_form import Form
from dxnet.ui.shared.safe_text import literal, problems_in_words
from dxnet.ui.shared.shown import key_of_shown, say_in_field
from dxnet.ui.shared.visit_edits import with_first_date, with_new_visit, with_visit, without_visit
from dxnet.words import counted, state_in_words

EARLIEST = date(1950, 1, 1)
"""First day that can be chosen."""
DAY = "YYYY-MM-DD"
DATE_PX = 250
"""Width of a date in pixels: two and a button stand side by side, above the calendar that one opens."""
DATES = "Dates are personal data: for a case that is shared, move all of them by the same number of days."


def draw_visits(network: Network, form: Form) -> None:
    """The visits of the case: one is chosen; nothing for a case without visits."""
    if not form.case.visits:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="visits"):
        st.caption("Visit:", width="content", help=SEEN_LAST)
        choose_visit(form)
        with st.popover("New visit", key=f"new_visit{len(form.case.visits)}"):
            begin_visit(form)
        with st.popover("This visit", key=f"this_visit{len(form.case.visits)}:{form.on}"):
            edit_visit(network, form)
        offer_proposals(network, form)


def first_visit(form: Form) -> None:
    """A popover that makes a case without visits one with visits."""
    if form.case.visits:
        return
    with st.popover("Add a visit", key=f"first_visit{form.opened}"):
        st.caption(f"{SEEN_LAST} {DATES}")
        begin_visit(form)


def choose_visit(form: Form) -> None:
    """Which visit is shown and edited."""
    days = [visit.on for visit in form.case.visits]

    def chosen() -> None:
        form.visit = st.session_state.visit

    if (
        st.session_state.get("visit") != form.on
    ):  # a needless assignment would undo a click that is on its way
        st.session_state.visit = form.on
    st.segmented_control(
        "Visit that is shown and edited",
        days,
        required=True,
        format_func=str,
        label_visibility="collapsed",
        key="visit",
        on_change=chosen,
    )


def begin_visit(form: Form) -> None:
    """The date of a new visit; of a plain case with findings, also the date of these."""
    dated = [name for name in form.case.findings if name not in form.lasting]
    is_first = not form.case.visits and bool(dated)

    def begin() -> None:
        new, first = st.session_state.new_visit_date, st.session_state.get("first_visit_date")
        if new is None or (is_first and first is None):
            form.problems = ["No visit was added. Choose each date."]
            return
        case = with_first_date(form.case, first, form.lasting) if is_first and first else form.case
        try:
            form.take(with_new_visit(case, new), new)
        except CaseError as problem:
            form.problems = [
                "No visit was added.",
                *(literal(str(issue.message)) for issue in problem.issues),
            ]

    limits: dict[str, Any] = {"min_value": EARLIEST, "max_value": date.today(), "format": DAY}
    with st.container(horizontal=True, vertical_alignment="bottom"):  # an open calendar covers what is below
        if is_first:
            found = f"Date of the {counted(len(dated), 'finding')} entered so far"
            st.date_input(found, value=None, key="first_visit_date", width=DATE_PX, **limits)
        st.date_input("Date of the new visit", value="today", key="new_visit_date", width=DATE_PX, **limits)
        st.button("Add this visit", key="add_visit", on_click=begin)


def edit_visit(network: Network, form: Form) -> None:
    """The date and the note of the visit that is shown; it can be removed."""
    on = form.on
    assert on
    visit = next(visit for visit in form.case.visits if visit.on == on)

    def change() -> None:
        day, note = st.session_state[f"visit_date:{on}"], st.session_state[f"visit_note:{on}"]
        new = Visit(day or on, visit.findings, " ".join(note.split()))
        try:
            form.take(with_visit(form.case, on, new), new.on)
        except CaseError as problem:
            form.problems = ["The visit was not changed.", *problems_in_words(network, problem)]

    def remove() -> None:
        form.take(without_visit(form.case, on))

    st.caption(f"{counted(len(visit.findings), 'finding')} examined. {DATES}")
    limits: dict[str, Any] = {"min_value": EARLIEST, "max_value": date.today(), "format": DAY}
    st.date_input("Date", value=on, key=f"visit_date:{on}", on_change=change, **limits)
    st.text_input("Note", value=visit.note, key=f"visit_note:{on}", on_change=change)
    st.button("Remove this visit", key=f"remove_visit:{on}", on_click=remove)


def offer_proposals(network: Network, form: Form) -> None:
    """The findings that the dates suggest, each entered by a click alone."""
    proposed = proposed_from_visits(network, form.used)
    if proposed:
        st.caption("The dates suggest:", width="content", help="Proposed, not entered: a click enters it.")
    for one in proposed:
        label = network.findings[one.finding].label
        st.button(
            f"{label}: {state_in_words(one.state)}?",
            key=f"propose:{one.finding}",
            help=literal(f"{one.because[0].upper()}{one.because[1:]}. A click enters it."),
            on_click=form.enter,
            args=(one.finding, one.state),
        )


def edit_note(form: Form) -> None:
    """A popover with the note of the case."""
    note = form.case.about.get("note", "")
    key = key_of_shown("note", (form.opened, note))

    def change() -> None:
        written = " ".join(st.session_state[key].split())
        form.take(replace(form.case, about={**form.case.about, "note": written}), form.visit)
        say_in_field("note", (form.opened, written))

    if st.session_state.get(key) != note:
        st.session_state[key] = note
    with st.popover("Note", key="note_popover"):
        st.text_input("Note on this case (no names or dates of birth)", key=key, on_change=change)
