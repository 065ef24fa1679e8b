"""What the widgets lack for the keyboard and for screen readers; ``keyboard.js`` says what."""

from __future__ import annotations

from dxnet.ui.shared.browser_parts import browser_part

KEYBOARD = "keyboard"
_keyboard = browser_part(__file__)


def draw_keyboard() -> None:
    """Have the browser do so on this page; nothing is seen of it."""
    _keyboard(key=KEYBOARD)
