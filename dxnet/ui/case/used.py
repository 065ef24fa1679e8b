"""The findings entered: a click pauses one, another uses it again."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

from dxnet import Network
from dxnet.knowledge.entered import entered_in_words
from dxnet.ui.shared.case_form import Form
from dxnet.ui.shared.told import told

USED = "used"
_findings_in_use = st.components.v2.component(
    "dxnet.used", js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"), isolate_styles=False
)


def draw_entered_findings(network: Network, form: Form) -> None:
    """Draw them, abnormal ones first; one element, however many there are."""

    def chosen() -> None:
        use_chosen(form, told(USED, "chosen"))

    _findings_in_use(key=USED, data={"findings": entered_findings(network, form)}, on_chosen_change=chosen)
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
