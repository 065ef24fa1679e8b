"""Below the answer: what would change the first rank, which findings conflict, which numbers it rests on."""

from __future__ import annotations

import streamlit as st

from dxnet import Differential, Engine, Network
from dxnet.reasoning.conflict import conflict, flips
from dxnet.reasoning.moved_number import MovedNumber
from dxnet.reasoning.sensitivity import sensitivity
from dxnet.report.content.explanation import doubts
from dxnet.report.content.sensitivity import MOVES, number_in_words, tornado
from dxnet.report.parts import Block, Paragraph, Section
from dxnet.ui.shared.case_form import Form
from dxnet.ui.shared.dense import dense_html

SEEN_FLIPS = 4
"""Rows of the first table that are seen before the rest is opened."""
SHOWN_NUMBERS = 10
"""Numbers in the table at most."""


def draw_what_would_change(network: Network, form: Form, engine: Engine, answer: Differential) -> None:
    """Findings and their conflict, then numbers."""

    def called(number: MovedNumber) -> str:
        return number_in_words(network, number)

    turning = form.ask(engine, flips)
    parts: list[Block | Section] = [*doubts(network, form.used, form.ask(engine, conflict), turning)]
    swings = form.ask(engine, sensitivity, diagnosis=answer.ranking[0], top=SHOWN_NUMBERS)
    parts += [*tornado(answer, swings, called=called), Paragraph(MOVES)]
    st.html(f'<div class="reason">{dense_html(parts, (SEEN_FLIPS,))}</div>')
