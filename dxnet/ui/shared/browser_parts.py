"""What of a page runs in the browser, and what it tells, whether or not its page is still drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

_FOR_ALL = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
"""What all scripts may use."""


def browser_part(module: str, *, isolate_styles: bool = True) -> st.components.v2.types.ComponentRenderer:
    """The part of a page whose script, and style if it has one, stand beside the file of a module."""
    script, style = (Path(module).with_suffix(suffix) for suffix in (".js", ".css"))
    return st.components.v2.component(
        f"dxnet.{script.stem}",
        css=style.read_text(encoding="utf-8") if style.exists() else None,
        js=f"{_FOR_ALL}\n{script.read_text(encoding='utf-8')}",
        isolate_styles=isolate_styles,
    )


def told(key: str, name: str) -> Any:
    """What a part of the browser told under a name; None where its page was left before it told.

    It tells a moment after the click, which may be when another page has dropped its state.
    """
    return getattr(st.session_state.get(key), name, None)
