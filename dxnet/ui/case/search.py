"""The box that finds a finding or enters what is written, and what was refused until it is corrected."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from dxnet import Network
from dxnet.knowledge.entered import entered_in_words
from dxnet.ui.case.called import findings_called, is_called_in_own_words
from dxnet.ui.case.entry import open_finding
from dxnet.ui.case.quick_entry import read_entries
from dxnet.ui.case.whole_tests import findings_of_whole_test
from dxnet.ui.shared.browser_parts import browser_part, told
from dxnet.ui.shared.case_form import Form
from dxnet.ui.shared.kept_text import session_id
from dxnet.ui.shared.refused import Refused
from dxnet.ui.shared.safe_text import literal

SEARCH, TAKEN = "search", "taken_entries"
OF_ANOTHER_CASE = "'{}' was written before this case was opened; write it again if it belongs to this one"
_search_field = browser_part(__file__, isolate_styles=False)


def draw_search(network: Network, form: Form) -> None:
    """A box that finds a finding by name, synonym or HPO id, or enters what is written, such as ``bab+``."""
    data = {
        "label": "Find or enter a finding",
        "placeholder": "Find or enter: bab+, age 64",
        "findings": [(name, searchable(network, name)) for name in network.findings],
        "taken": st.session_state.get(TAKEN, 0),
        "refused": [{"number": number, "text": it.text} for number, it in form.refused.items() if it.text],
        "mark": form.mark,
        "session": session_id(),
    }
    _search_field(key=SEARCH, data=data, on_entered_change=after_entries(network, form))


def after_entries(
    network: Network, form: Form, act: Callable[..., None] | None = None
) -> Callable[..., None]:
    """What a click does, once all that was written before it and is told is entered."""

    def enter_and_act(*args: Any) -> None:
        taken = take_written(network, form, told(SEARCH, "entered"), st.session_state.get(TAKEN, 0))
        st.session_state[TAKEN] = taken
        if act:
            act(*args)

    return enter_and_act


def draw_refused(form: Form) -> None:
    """What was written and not entered, and why, until it is corrected or dismissed."""
    if form.refused:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="refused"):
            st.error("  \n".join(["Not entered:", *(why for it in form.refused.values() for why in it.why)]))
            st.button("Dismiss", key="dismiss_refused", on_click=form.refused.clear)


def take_written(
    network: Network, form: Form, message: Sequence[Mapping[str, Any]] | None, taken: int
) -> int:
    """Enter what the browser says was written, one by one; the number of the last that was taken, ever.

    The browser tells all of which it does not know that it was taken: what was is not taken twice. What was
    written while another case was open is refused.
    """
    for it in message or ():
        if it["number"] > taken:
            taken = it["number"]
            if it["mark"] == form.mark:
                form.refused.pop(it["corrects"], None)
                enter_written(network, form, it["text"], taken)
            else:
                form.refused[taken] = Refused("", (literal(OF_ANOTHER_CASE.format(it["text"])),))
    return taken


def enter_written(network: Network, form: Form, text: str, number: int = 0) -> None:
    """Enter written findings in one step, or open one that is only named; what is left is refused."""
    if text in network.findings:
        return open_finding(network, form, text)
    entries, left, faults = read_entries(network, text)
    named = findings_of_whole_test(network, text) or findings_called(network, text)
    if len(named) == 1 and not entries and text[-1].isalnum():
        return open_finding(network, form, named[0])
    if entries:
        form.enter_each(entries)
        open_finding(network, form, next(reversed(entries)))
        form.sought = ""
        for said in entered_under_other_names(network, text, entries):
            st.toast(said)
    if faults:
        form.refused[number] = Refused(left, tuple(literal(f"{it.message}; {it.fix}") for it in faults))


def entered_under_other_names(network: Network, text: str, entries: Mapping[str, str | None]) -> list[str]:
    """What was entered of a written text that has no word of the finding's own name, to be checked."""
    return [
        literal(f"Entered: “{network.findings[name].label}”: {entered_in_words(network, name, state)}")
        for name, state in entries.items()
        if state and not is_called_in_own_words(network, name, text)
    ]


def searchable(network: Network, name: str) -> str:
    """All words under which a finding can be found."""
    finding = network.findings[name]
    return " · ".join(filter(None, (finding.label, ", ".join(finding.synonyms), finding.hpo)))
