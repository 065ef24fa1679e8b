"""What is left of a procedure, entered as normal at once, or as it was at the visit before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from dxnet import Network, rest_normal
from dxnet.formats.text.proposal import CalledNormal
from dxnet.inference.visit import State
from dxnet.knowledge.network import NORMAL
from dxnet.ui.shared.case_file import OfferedNormal
from dxnet.ui.shared.case_form import Form
from dxnet.ui.shared.safe_text import literal
from dxnet.words import counted

MEANT = "If it was examined: each finding that is still open becomes an entry of its own, as normal."
"""What the choices do."""
REST_PX = 340
"""Width in pixels of the choices."""
NAMED_OF_REST = 6
"""Findings that are named in a message or a list; the rest are counted."""


@dataclass(frozen=True)
class RestChoice:
    """What can be entered as normal with one click.

    Args:
        procedure, label: its id, and what it is called.
        entered: finding -> its normal state.
        left_open: finding -> why it is not entered.
        is_here: whether it is what the open group shows of the procedure, not all of it.
    """

    procedure: str
    label: str
    entered: Mapping[str, str]
    left_open: Mapping[str, str]
    is_here: bool = True


def offer_rest_normal(network: Network, form: Form, categories: Sequence[str]) -> None:
    """A popover that enters what is left of a procedure as normal, in the open group or in all of them."""
    choices = list(rest_choices(network, form, categories))
    if not choices:
        return
    here = [choice for choice in choices if choice.is_here]
    count = f" ({sum(len(choice.entered) for choice in here)})" if here else ""
    # what is emphasised is heard, not seen: it tells this button from that of another group
    name = f"Rest normal{count} *of {literal(form.group)}*"
    with (
        st.popover(name, key=f"rest_normal:{form.group}:{len(form.today)}"),
        st.container(gap="xsmall"),
    ):
        st.caption(MEANT, width=REST_PX)
        for choice in choices:
            where = "" if choice.is_here else ", in all groups"
            st.button(
                f"{literal(choice.label)}{where}: {counted(len(choice.entered), 'finding')}",
                key=f"{'normal' if choice.is_here else 'all_normal'}:{form.group}:{choice.procedure}",
                on_click=enter_rest,
                args=(network, form, choice.procedure, categories if choice.is_here else ()),
                width=REST_PX,
            )
        if left := {name: why for choice in choices for name, why in choice.left_open.items()}:
            st.caption(f"Stays open: {reasons_in_words(network, left)}", width=REST_PX)


def rest_choices(network: Network, form: Form, categories: Sequence[str]) -> Iterator[RestChoice]:
    """The procedures of which more than one finding is left, in some groups; and all that is left of each."""
    for procedure in dict.fromkeys(
        it.procedure
        for it in network.findings.values()
        if it.category in categories and it.procedure and it.on_its_own == "no" and it.states[0] in NORMAL
    ):
        label = network.procedures[procedure].label
        whole, here = (
            rest_normal(network, form.kept, procedure, categories=groups, on=form.on)
            for groups in ((), categories)
        )
        if len(here.entered) > 1:
            yield RestChoice(procedure, label, here.entered, here.left_open)
        if len(whole.entered) > max(1, len(here.entered)):
            yield RestChoice(procedure, label, whole.entered, whole.left_open, is_here=False)


def offer_called_normal(network: Network, form: Form) -> None:
    """What the letter that was taken calls normal as a whole: a click alone enters it, or leaves it open."""
    tests, on = form.called_normal
    offered = [(it, choice) for it in tests if (choice := choice_called_normal(network, form, it))]
    if not offered or form.on != on:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="called_normal"):
        st.caption(
            "The letter calls normal:", width="content", help="Offered, not entered: a click enters it."
        )
        for it, choice in offered:
            st.button(
                f"{literal(choice.label)}: enter {counted(len(choice.entered), 'finding')}",
                key=f"called_normal:{it.procedure}",
                help=f"“{literal(' '.join(it.words.split()))}”. {MEANT}",
                on_click=enter_rest,
                args=(network, form, it.procedure),
            )
        st.button("Leave open", key="called_normal:leave", type="tertiary", on_click=leave_open, args=(form,))


def choice_called_normal(network: Network, form: Form, called: CalledNormal) -> RestChoice | None:
    """What is still open of a procedure that a letter calls normal; None where nothing is."""
    if called.procedure not in network.procedures:  # another network is in use by now
        return None
    rest = rest_normal(network, form.kept, called.procedure, on=form.on)
    label = network.procedures[called.procedure].label
    return RestChoice(called.procedure, label, rest.entered, rest.left_open, False) if rest.entered else None


def leave_open(form: Form) -> None:
    """Offer no more of what the letter calls normal."""
    form.called_normal = OfferedNormal()


def enter_rest(network: Network, form: Form, procedure: str, categories: Sequence[str] = ()) -> None:
    """Enter in one step what is open of a procedure by now, and say what was entered."""
    rest = rest_normal(network, form.kept, procedure, categories=categories, on=form.on)
    form.enter_all(rest.entered)
    labels = [network.findings[name].label for name in rest.entered]
    left = f" Still open: {reasons_in_words(network, rest.left_open)}." if rest.left_open else ""
    st.toast(
        f"{literal(network.procedures[procedure].label)}: "
        f"{counted(len(labels), 'finding')} entered as normal; "
        f"one Undo takes them back. Entered: {_named_and_counted(labels)}.{left}",
        duration="long",
    )


def reasons_in_words(network: Network, left_open: Mapping[str, str]) -> str:
    """Findings that stay open, each with its reason."""
    return _named_and_counted([f"{network.findings[name].label} ({why})" for name, why in left_open.items()])


def _named_and_counted(texts: Sequence[str]) -> str:
    rest = len(texts) - NAMED_OF_REST
    named = ", ".join(literal(text) for text in texts[:NAMED_OF_REST])
    return f"{named} and {rest} more" if rest > 0 else named


def offer_unchanged(form: Form, names: Sequence[str]) -> None:
    """A button that enters what was found before, for findings examined again and found the same."""

    def before() -> dict[str, State]:
        found = form.current.findings
        return {name: found[name] for name in names if name in found and name not in form.today}

    if before():
        st.button(
            f"Unchanged since the visit before ({len(before())})",
            key=f"unchanged:{form.group}",
            help="Enters what was found here before, for findings examined again and found the same",
            on_click=lambda: form.enter_all(before()),
        )
