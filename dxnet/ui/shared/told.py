"""What the parts of a page that run in the browser tell, whether or not their page is still drawn."""

from __future__ import annotations

from typing import Any

import streamlit as st


def told(key: str, name: str) -> Any:
    """What a part of the browser told under a name; None where its page was left before it told.

    It tells a moment after the click, which may be when another page has dropped its state.
    """
    return getattr(st.session_state.get(key), name, None)
