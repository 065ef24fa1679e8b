"""What the widgets lack for the keyboard and for screen readers; ``keyboard.js`` says what."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

KEYBOARD = "keyboard"
_keyboard = st.components.v2.component(
    "dxnet.keyboard", js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
)


def draw_keyboard() -> None:
    """Have the browser do so on this page; nothing is seen of it."""
    _keyboard(key=KEYBOARD)
