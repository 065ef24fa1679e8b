"""Below the answer: what would change the first rank, which findings conflict, which numbers it rests on."""

from __future__ import annotations

import streamlit as st

from dxnet import Differential, Engine, Network
from dxnet.reasoning.conflict import conflict, flips
from dxnet.reasoning.moved_number import MovedNumber
from dxnet.reasoning.sensitivity import sensitivity
from dxnet.report.content.explanation import doubts
from dxnet.report.content.sensitivity import MOVES, number_in_words, tornado
from dxnet.ui.shared.parts import show_parts
from dxnet.ui.shared.session import Form
from dxnet.words import percent

SHOWN_NUMBERS, LEAST_SWING = 10, 0.01
"""Numbers in the table at most, and how far each moves the probability at least."""


def draw_what_would_change(network: Network, form: Form, engine: Engine, answer: Differential) -> None:
    """Findings and their conflict, then numbers."""

    def called(number: MovedNumber) -> str:
        return number_in_words(network, number)

    show_parts(doubts(network, form.used, form.ask(engine, conflict), form.ask(engine, flips)))
    swings = form.ask(engine, sensitivity, diagnosis=answer.ranking[0], top=SHOWN_NUMBERS)
    telling = [swing for swing in swings if swing.width >= LEAST_SWING]
    if telling:
        show_parts(tornado(answer, telling, called=called))
    else:
        st.markdown(f"No single number of the network moves the first rank by {percent(LEAST_SWING, 0)}.")
    st.caption(MOVES)
