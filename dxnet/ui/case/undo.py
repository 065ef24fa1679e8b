"""Steps taken back and done again, by a button or the keyboard."""

from __future__ import annotations

import streamlit as st

from dxnet import Network
from dxnet.ui.case.search import after_entries
from dxnet.ui.shared.browser_parts import browser_part
from dxnet.ui.shared.case_form import Form

_text_undo = browser_part(__file__)


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
