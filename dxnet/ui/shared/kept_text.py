"""A text that the browser's tab keeps over a reload and a lost connection, as it keeps the case.

It is kept in ``sessionStorage`` alone: no other tab sees it, and it is gone when the tab is closed. Nothing
is kept on the server or in the address.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import uuid4

import streamlit as st

from dxnet.ui.shared.browser_parts import browser_part

_FOUND = "found_in_browser"
"""Where the session has what the browser kept in an earlier one, by place, until it is taken."""
_browser_text = browser_part(__file__)


def session_id() -> str:
    """An id by which the browser tells a new session of the server from the one before."""
    found: str = st.session_state.setdefault("session", uuid4().hex)
    return found


def keep_text(place: str, text: str) -> None:
    """Have the browser keep a text under a name; an empty one is not kept.

    What it kept in an earlier session stays until this one has taken up its case; so take this text first.
    """
    _browser_text(
        key=f"kept_{place}", data={"place": f"dxnet.{place}", "session": session_id(), "text": text}
    )


def note_found(texts: Mapping[str, str]) -> None:
    """Remember what the browser kept in an earlier session, by place; it is told once."""
    st.session_state.setdefault(_FOUND, dict(texts))


def is_found() -> bool:
    """Whether the browser told what it kept in an earlier session."""
    return _FOUND in st.session_state


def restore_text(place: str, restore: Callable[[str], None]) -> None:
    """Take what was kept in an earlier session, once; a restoring that a click interrupts begins anew."""
    found: dict[str, str] = st.session_state.get(_FOUND, {})
    if place not in found:
        return
    try:
        restore(found[place])
    except Exception:
        del found[place]
        raise
    del found[place]
