"""A text that the browser's tab keeps over a reload and a lost connection, as it keeps the case.

It is kept in ``sessionStorage`` alone: no other tab sees it, and it is gone when the tab is closed. Nothing
is kept on the server or in the address.
"""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import streamlit as st

_browser_text = st.components.v2.component(
    "dxnet.kept_text", js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
)


def session_id() -> str:
    """An id by which the browser tells a new session of the server from the one before."""
    found: str = st.session_state.setdefault("session", uuid4().hex)
    return found


def keep_text(place: str, text: str) -> None:
    """Have the browser keep a text under a name; an empty one is not kept."""
    key = _key_of_place(place)

    def found() -> None:
        st.session_state[_found(place)] = st.session_state[key].found

    data = {"place": f"dxnet.{place}", "session": session_id(), "text": text}
    _browser_text(key=key, data=data, on_found_change=found)


def take_kept_text(place: str) -> str:
    """What the browser kept in an earlier session, once; "" where it has nothing."""
    return st.session_state.pop(_found(place), "") or ""


def _key_of_place(place: str) -> str:
    return f"kept_{place}"


def _found(place: str) -> str:
    return f"found_{place}"
