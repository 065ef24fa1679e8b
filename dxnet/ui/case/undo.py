"""Steps taken back and done again, by a button or the keyboard."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dxnet import Network
from dxnet.ui.case.search import after_entries
from dxnet.ui.shared.case_form import Form

_text_undo = st.components.v2.component(
    "dxnet.text_undo", js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
)


def draw_undo(network: Network, form: Form) -> None:
    """Undo and redo; in a field with typed letters that are not entered the keys are left to these."""
    _text_undo(key="text_undo")
    st.button(
        "Undo",
        key="undo",
        on_click=after_entries(network, form, form.undo),
        disabled=not form.can_undo,
        shortcut="Ctrl+Z",
        help="Take the last step back",
    )
    st.button(
        "Redo",
        key="redo",
        on_click=after_entries(network, form, form.redo),
        disabled=not form.can_redo,
        shortcut="Ctrl+Shift+Z",
        help="Do it again",
    )
