"""Numbers of the network edited in this session: a field for each, what the check says, and the effect."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dxnet import Network
from dxnet.errors import Issue
from dxnet.knowledge.changed_number import parse_number_at
from dxnet.knowledge.edit import number_as_written
from dxnet.knowledge.estimate import VALUE_GRAMMAR
from dxnet.knowledge.place import Place
from dxnet.report.content.difference import effect, misfits, moved_cases
from dxnet.report.content.issues import issue_in_words
from dxnet.report.content.variable import meaning, numbers_of
from dxnet.ui.network.labels import addition_in_words, variable_label
from dxnet.ui.network.variable import label_of
from dxnet.ui.shared import frame, versions
from dxnet.ui.shared.case_form import Form
from dxnet.ui.shared.desks import EditSession, Trial
from dxnet.ui.shared.in_use import use_network
from dxnet.ui.shared.parts import show_parts
from dxnet.ui.shared.safe_text import literal
from dxnet.words import probabilities

SHOWN_CASES = 8
"""Cases in the table of those that moved."""
SHOW_ISSUE = {"error": st.error, "warning": st.warning, "info": st.info}


def draw_edit(network: Network, form: Form, desk: EditSession) -> None:
    """Fields on the left, what was changed and its effect on the right."""
    left, right = st.columns(2, gap="large")
    with left:
        fields(network, desk)
    with right:
        draw_changes(network, form, desk)


def fields(network: Network, desk: EditSession) -> None:
    """A field for each number of what is chosen."""
    found = numbers_of(network, desk.chosen) if desk.chosen else []
    if not found:
        st.markdown("Choose something with numbers above: a finding, a mechanism, a diagnosis or a setting.")
        return
    st.markdown(f"**Numbers of {literal(variable_label(network, desk.chosen))}**")
    st.caption(f"{meaning(network, desk.chosen)} {literal(VALUE_GRAMMAR.capitalize())}")
    faults = desk.faults()
    for row, place, _ in found:
        field(network, desk, row, place, faults.get(place, ()))


def field(network: Network, desk: EditSession, row: str, place: Place, faults: Sequence[Issue]) -> None:
    """One number as the file has it, with what it amounts to; what is wrong stands below it.

    In a field that is emptied comes back what stood there, or the number of the file where that could not be
    read: the browser also reports a field as empty that it has drawn, but not yet filled, when another one is
    entered.
    """
    key = f"number:{place}"
    known = dict(network.estimates())[place]

    def enter() -> None:
        desk.write(place, st.session_state[key])

    if st.session_state.get(key) != (text := desk.edits.get(place, number_as_written(known))):
        st.session_state[key] = text
    before = probabilities(known.mean)
    if place not in desk.edits:
        amount = before
    elif faults:
        amount = f"{before} → not read"
    else:
        amount = f"{before} → **{probabilities(parse_number_at(network, place, text).mean)}**"
    st.text_input(f"{literal(label_of(network, row))}: {amount}", key=key, on_change=enter, max_chars=500)
    for issue in faults:
        st.error(sentence(network, issue))


def sentence(network: Network, issue: Issue) -> str:
    """Where, cause and cure, with labels in place of ids."""
    return literal(issue_in_words(network, issue))


def draw_changes(network: Network, form: Form, desk: EditSession) -> None:
    """What was added and edited, the button that tries it in a setting, and the result."""
    st.markdown("**Your changes**")
    if not desk.changes:
        st.markdown("None yet. Changes live in this session only; the network on the server stays as it is.")
        return
    draw_additions(desk)
    known = dict(network.estimates())
    for place, text in desk.edits.items():
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"`{place}`  \n~~{literal(known[place].text)}~~ → {literal(text)}")
            st.button("Undo", key=f"undo:{place}", help=f"Undo {place}", on_click=desk.undo, args=([place],))
    faulty = bool(desk.faults())
    frame.choose_setting(desk.base, form)
    with st.container(horizontal=True):
        if st.button("Check and compare", type="primary", disabled=faulty):
            with st.spinner("Checking, and asking the reference cases …"):
                desk.attempt(form.setting)
        st.button("Discard all", on_click=desk.discard)
    if faulty:
        st.markdown("First correct the numbers that cannot be read.")
    elif trial := desk.trial(form.setting):
        draw_outcome(network, trial)
    else:
        st.markdown(
            "You then see its issues and how the reference cases move, and can download the edited network, "
            "or use it on the Case page."
        )


def draw_additions(desk: EditSession) -> None:
    """The parts that were added; the last can be taken back."""
    for number, extended in enumerate(desk.added, 1):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(literal(addition_in_words(extended.addition)))
            if number == len(desk.added):
                st.button("Take back", help="Take the part that was added last back", on_click=desk.take_back)


def draw_outcome(network: Network, trial: Trial) -> None:
    """The check, the effect, the download, and the use of the edited network."""
    draw_new_issues(network, trial)
    if trial.difference:
        both = [it for it in (network, trial.edited) if it]
        show_parts([*effect(trial.difference), moved_cases(trial.difference, both, SHOWN_CASES)])
        show_parts(misfits(trial.difference))
    if not (trial.files and trial.edited and trial.is_sound):
        return
    with st.container(horizontal=True):
        st.download_button(
            "Download the edited network",
            trial.files.packed(),
            file_name=f"{network.name}_edited.zip",
            mime="application/zip",
            on_click="ignore",
            help="Its files, only the edited lines changed; unpack it and give its directory to dxnet",
        )
        st.button(
            "Use it on all pages",
            help="In this session alone; every page says so, and goes back with one click",
            on_click=use_network,
            args=(versions.EDITED, trial.edited),
        )


def draw_new_issues(network: Network, trial: Trial) -> None:
    """New issues of the edited network, and those that were there before."""
    errors = [issue for issue in trial.issues if issue.level == "error"]
    fresh = [issue for issue in trial.issues[: len(errors) + trial.new] if issue not in errors][: trial.new]
    if errors:
        st.markdown("**The edited network does not pass the check**")
    for issue in [*errors, *fresh]:
        SHOW_ISSUE[issue.level](sentence(trial.edited or network, issue))
    if not errors and not fresh:
        st.success("The check finds nothing new.")
