"""A text that the browser's tab keeps over a reload and a lost connection, as it keeps the case.

It is kept in ``sessionStorage`` alone: no other tab sees it, and it is gone when the tab is closed. Nothing
is kept on the server or in the address.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import streamlit as st

from dxnet.ui.shared.browser_parts import browser_part, told

_browser_text = browser_part(__file__)


def session_id() -> str:
    """An id by which the browser tells a new session of the server from the one before."""
    found: str = st.session_state.setdefault("session", uuid4().hex)
    return found


def keep_text(place: str, text: str, *, with_case: bool = False) -> None:
    """Have the browser keep a text under a name; an empty one is not kept.

    What it kept in an earlier session stays until ``restore_text`` has taken it, or, if it comes back
    ``with_case``, until the session has taken up the case.
    """
    key = f"kept_{place}"

    def found() -> None:
        if text := told(key, "found"):
            note_found(place, text)

    data = {"place": f"dxnet.{place}", "session": session_id(), "text": text, "withCase": with_case}
    _browser_text(key=key, data={**data, "taken": is_taken(place)}, on_found_change=found)


def note_found(place: str, text: str) -> None:
    """Remember what the browser kept in an earlier session, until it is taken; it is taken once."""
    st.session_state.setdefault(_found(place), text)


def restore_text(place: str, restore: Callable[[str], None]) -> None:
    """Take what the browser kept in an earlier session; a restoring that a click interrupts begins anew."""
    if not (text := st.session_state.get(_found(place))):
        return
    try:
        restore(text)
    except Exception:
        st.session_state[_found(place)] = ""
        raise
    st.session_state[_found(place)] = ""


def is_taken(place: str) -> bool:
    """Whether what the browser kept in an earlier session was taken."""
    return st.session_state.get(_found(place)) == ""


def _found(place: str) -> str:
    return f"found_{place}"
