"""The Case page: findings on the left, the answer on the right."""

from __future__ import annotations

import streamlit as st

from dxnet import Network
from dxnet.ui import answer, files, findings, frame
from dxnet.ui.state import Form, engine

GROUP_PANE, FINDINGS_PANE = 372, 134
"""Heights in pixels that bring the page, with the whole answer, into 1280 x 800."""


def draw(network: Network, form: Form) -> None:
    """Draw the page."""
    header(network, form)
    if form.problems:
        st.error("  \n".join(form.problems))
    left, right = st.columns([12, 9], gap="medium")
    with left:
        findings.show(network, form, GROUP_PANE)
    with right, st.container(gap="xsmall"):
        frame.choose_setting(network, form)
        result = answer.show(network, form, engine(network, form.setting), FINDINGS_PANE)
    if result:
        with st.expander("All diagnoses as a table"):
            answer.table(result)
    frame.foot(network, *facts(network, form))


def header(network: Network, form: Form) -> None:
    """Title, search, and what can be done with the whole case."""
    left, right = st.columns([12, 9], gap="medium", vertical_alignment="center")
    with left, st.container(horizontal=True, vertical_alignment="center"):
        frame.title(network.label)
        findings.search(network, form)
    with right, st.container(horizontal=True, horizontal_alignment="right"):
        files.show(network, form)


def facts(network: Network, form: Form) -> tuple[str, str]:
    """The setting, and how many findings there are of each kind."""
    preset = len(form.preset)
    stated = len(form.case.findings) - preset
    counts = f"{stated} entered, {preset} pre-set, {len(network.findings) - stated - preset} not examined"
    return f"setting: {network.settings[form.setting].label}", f"findings: {counts}"
