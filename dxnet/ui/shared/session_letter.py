"""The letter of this session: its text, what was read in it, and what was decided so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import uuid4

import streamlit as st

from dxnet import DxnetError, LetterFindings, Network, read_text
from dxnet.formats.text.files import text_of_letter
from dxnet.ui.shared.case_form import Form
from dxnet.ui.shared.safe_text import literal, problems_in_words
from dxnet.words import counted

_PLACE, _ASIDE = "letter", "letter_aside"
"""Where the open letter is in the session, and the last one, which may be opened again."""


@dataclass
class OpenLetter:
    """A letter that was read. It is in the session's memory alone, and goes with it.

    Args:
        text, read: the letter, and what it proposes; no message or log shows them.
        decisions: finding -> what is entered; None: rejected.
        id: told apart from other letters by it.
        is_taken: whether its findings were just taken to the case, which has not been shown since.
    """

    text: str = field(repr=False)
    read: LetterFindings = field(repr=False)
    decisions: dict[str, str | None] = field(default_factory=dict)
    id: str = field(default_factory=lambda: uuid4().hex)
    is_taken: bool = False


def open_letter() -> OpenLetter | None:
    """The letter that is read in this session, if there is one."""
    letter: OpenLetter | None = st.session_state.get(_PLACE)
    return letter


def letter_aside() -> OpenLetter | None:
    """The letter that was put aside for another one, until that is read."""
    letter: OpenLetter | None = st.session_state.get(_ASIDE)
    return letter


def put_letter_aside() -> None:
    """Make room for another letter, and keep this one with all that was decided of it."""
    st.session_state[_ASIDE] = st.session_state.pop(_PLACE)


def take_letter_back() -> None:
    """Open the letter again that was put aside, as it was."""
    st.session_state[_PLACE] = st.session_state.pop(_ASIDE)


def forget_letter() -> None:
    """Drop the letter, the one put aside, and all that was decided of them."""
    for place in (_PLACE, _ASIDE):
        st.session_state.pop(place, None)


def announce_taken_findings(form: Form) -> None:
    """Say on the Case page, once, how many findings the letter gave it, if the user need not be asked."""
    letter = open_letter()
    if letter and letter.is_taken:
        letter.is_taken = False
        if form.incoming:
            return
        accepted = sum(entry is not None for entry in letter.decisions.values())
        st.toast(f"{counted(accepted, 'finding')} taken from the letter. Undo takes them back.")


def keep_letter(network: Network, text: str) -> list[str]:
    """Read a letter and keep it in the session; what is wrong with it, in words, where it cannot be read."""
    try:
        letter = OpenLetter(text, read_text(text, network))
    except DxnetError as problem:
        return problems_in_words(network, problem)
    forget_letter()
    st.session_state[_PLACE] = letter
    return []


def keep_letter_file(network: Network, name: str, content: bytes) -> list[str]:
    """Read the letter of a file, as ``keep_letter`` does."""
    try:
        text = text_of_letter(name, content)
    except DxnetError as problem:
        return [literal(f"{name} was not read."), *problems_in_words(network, problem)]
    return keep_letter(network, text)
