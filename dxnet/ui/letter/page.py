"""The Letter page: a letter is pasted or dropped, its proposals are decided, and taken to the case."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dxnet import DxnetError, Network
from dxnet.formats.text.files import LARGEST_LETTER
from dxnet.formats.text.lexicon import lexicon_of
from dxnet.report.content.letter import letter_to_decide
from dxnet.ui.letter.decisions import draw_decisions
from dxnet.ui.shared import frame
from dxnet.ui.shared.case_form import Form
from dxnet.ui.shared.file_field import file_field
from dxnet.ui.shared.safe_text import literal, problems_in_words
from dxnet.ui.shared.served import shared_engine
from dxnet.ui.shared.session_letter import (
    OpenLetter,
    keep_letter,
    keep_letter_file,
    letter_aside,
    open_letter,
    put_letter_aside,
    take_letter_back,
)
from dxnet.words import counted

TEXT_PX = 280
"""Height in pixels of the field for a letter."""
LETTER_PRIVACY = (
    "The letter is read on the machine that runs this page, by rules, in English. It stays in this session, "
    "in no case file, address or log, until the page is closed or reloaded, another letter is read, or a new "
    "case is begun. Nothing is entered before you accept it."
)
"""What happens to a letter."""


def draw_letter_page(network: Network, form: Form, to_case: Callable[[], None]) -> None:
    """Draw the page.

    Args:
        network, form: as of every page.
        to_case: shows the Case page.
    """
    letter = open_letter()
    if letter and letter.is_taken:
        to_case()
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="letter_header"):
        frame.page_title("Letter to findings")
        if letter:
            st.button(
                "Read another letter",
                on_click=put_letter_aside,
                help="Until another letter is read, this one can be opened again with all that was decided",
            )
    if letter:
        draw_open_letter(network, form, letter)
        frame.page_foot(network)
    else:
        notice = st.container()
        draw_letter_entry(network)
        frame.page_foot(network)
        prepare_reader(network, form, notice)


def draw_letter_entry(network: Network) -> None:
    """Where a letter is pasted or dropped, and what was wrong with the last one."""
    st.caption(LETTER_PRIVACY)
    if letter_aside():
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="letter_aside_row"):
            st.caption(
                "The last letter was put aside with all that was decided, until another one is read.",
                width="content",
            )
            st.button("Back to the last letter", on_click=take_letter_back)
    if problems := st.session_state.pop("letter_problems", None):
        st.error("  \n".join(problems))

    def read_pasted() -> None:
        st.session_state.letter_problems = keep_letter(network, st.session_state.letter_text)

    def read_file(name: str, content: bytes) -> None:
        st.session_state.letter_problems = keep_letter_file(network, name, content)

    pasted, dropped = st.columns([3, 2], gap="medium")
    with pasted, st.form("letter_form", border=False):
        st.text_area(
            "Letter or report",
            key="letter_text",
            height=TEXT_PX,
            placeholder="Paste the text here, then press Ctrl+Enter",
        )
        st.form_submit_button("Read the letter", type="primary", on_click=read_pasted)
    with dropped:
        most = LARGEST_LETTER // 1_000_000
        file_field(f"Or a file: .txt, .docx, or .pdf with text, up to {most} MB", "letter_file", read_file)


def draw_open_letter(network: Network, form: Form, letter: OpenLetter) -> None:
    """The letter beside what it proposes, and what was not understood."""
    count = len({it.finding for it in letter.read})
    if count:
        place = f"the visit of {form.on}" if form.on else "the case"
        entered = len(form.current.findings)
        has = f" ({counted(entered, 'finding')} entered)" if entered else ""
        asked = "; there you say whether it is the same patient" if entered else ""
        st.caption(
            f"{counted(count, 'finding')} proposed. What you accept goes to {place}{has}{asked}. "
            "Undo there takes it back."
        )
        frame.unseen_heading("The letter and what it proposes")
        draw_decisions(form, letter, letter_to_decide(network, letter.text, letter.read, form.today))
    else:
        st.info(
            "No finding of this network was found in the text. Is it a letter or a report in English? "
            "Findings can be entered on the Case page."
        )
        st.text(letter.text)
    if letter.read.called_normal:
        labels = [network.procedures[it.procedure].label for it in letter.read.called_normal]
        st.caption(
            f"Called normal as a whole: {literal(', '.join(labels))}. This proposes no finding. Once others "
            "are taken, the Case page offers to enter what is still open of it as normal."
        )
    lost = letter.read.not_understood
    if lost:
        frame.heading(f"Not understood: {counted(len(lost), 'sentence')}")
        st.caption(
            "They name something clinical, but not what was found, or not where, or call a whole test "
            "normal. Enter it by hand."
        )
        st.markdown("\n".join(f"- {literal(' '.join(it.sentence.split()))}" for it in lost))


def prepare_reader(network: Network, form: Form, notice: DeltaGenerator) -> None:
    """Load the reader, and the engine of the case, while the user pastes.

    Args:
        network, form: as of every page.
        notice: where it stands what the reader lacks, before a letter is lost on it.
    """
    try:
        with st.spinner("Preparing the reader (a few seconds, once) …"):
            lexicon_of(network)
    except DxnetError as problem:
        notice.warning("  \n".join(problems_in_words(network, problem)))
    else:
        shared_engine(network, form.setting)
