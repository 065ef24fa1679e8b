"""Fields whose value the case says, in a part of the page that may be closed.

The browser keeps the last value of a field that was drawn once and is in a closed popover, and sends it with
the next click on anything, as if it had been chosen. So where the case says another value than the field did,
the field is another one: a field whose key is gone takes no value.
"""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st


class _Shown(NamedTuple):
    """What a field shows, and how many others there were before it."""

    value: object
    number: int


def key_of_shown(name: str, value: object) -> str:
    """The key of a field that shows this value, which is another one where it was changed elsewhere."""
    place = f"shown:{name}"
    shown: _Shown = st.session_state.setdefault(place, _Shown(value, 0))
    if shown.value != value:
        st.session_state[place] = shown = _Shown(value, shown.number + 1)
    return f"{name}:{shown.number}"


def say_in_field(name: str, value: object) -> None:
    """The user said this in the field itself, which stays, and keeps the focus."""
    place = f"shown:{name}"
    st.session_state[place] = _Shown(value, st.session_state[place].number)
