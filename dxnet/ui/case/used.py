"""The findings entered: a click pauses one, another uses it again."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import streamlit as st

from dxnet import Network
from dxnet.knowledge.entered import entered_in_words
from dxnet.ui.shared.browser_parts import told
from dxnet.ui.shared.case_form import Form
from dxnet.ui.shared.choices import draw_choices

USED = "used"


def draw_entered_findings(network: Network, form: Form) -> None:
    """Draw them, abnormal ones first; one element, however many there are."""

    def pressed() -> None:
        use_chosen(form, told(USED, "pressed"))

    draw_choices(key=USED, data={"html": entered_findings(network, form)}, on_pressed_change=pressed)
    if form.paused:
        st.button("Remove what is paused", on_click=form.forget, args=(form.paused,), type="tertiary")


def entered_findings(network: Network, form: Form) -> str:
    """A button for each finding, as HTML; it is pressed while the finding is in use."""
    findings, states = form.current.findings, form.current.in_states(network)
    names = sorted(findings, key=lambda name: states[name] == network.findings[name].states[0])
    in_use = sum(name not in form.paused for name in names)
    head = f"{in_use} of {len(names)} findings in use; choose one to pause it or use it again"
    if form.paused:
        head += " (pale: paused)"
    buttons = "".join(
        f'<button type="button" data-key="{escape(name)}" '
        f'aria-pressed="{str(name not in form.paused).lower()}">'
        f"<b>{escape(network.findings[name].label)}:</b> "
        f"{escape(entered_in_words(network, name, findings[name]))}</button>"
        for name in names
    )
    return f'<p>{head}</p><div class="used" role="group" aria-label="Findings entered">{buttons}</div>'


def use_chosen(form: Form, message: Mapping[str, Any] | None) -> None:
    """Use the findings that the browser says are chosen, and pause the others."""
    if message:
        form.use(name for name in message["names"] if name in form.current.findings)
