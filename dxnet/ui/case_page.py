"""The Case page: findings on the left, the answer on the right."""

from __future__ import annotations

from html import escape

import streamlit as st

from dxnet import DxnetError, Engine, Network
from dxnet.ui import answer, files, findings
from dxnet.ui.state import Form, engine, form, network

GROUP_PANE, FINDINGS_PANE = 408, 170
"""Heights in pixels that bring the page, with the whole answer, into 1280 x 800."""


def show() -> None:
    """Draw the page, or say why there is none."""
    try:
        served = network()
    except DxnetError as problem:
        st.error(f"The network cannot be used.\n\n{problem}")
        return
    entered = form(served)
    header(served, entered)
    if entered.problems:
        st.error("  \n".join(entered.problems))
    left, right = st.columns([12, 9], gap="medium")
    with left:
        findings.show(served, entered, GROUP_PANE)
    with right, st.container(gap="xsmall"):
        machine = choose_setting(served)
        result = answer.show(served, entered, machine, FINDINGS_PANE)
    st.caption(answer.provenance(served, entered, machine.setting))
    if result:
        with st.expander("All diagnoses as a table"):
            answer.table(result)
    if served.limits:
        with st.expander("Limits of these numbers"):
            st.markdown("\n".join(f"- {limit}" for limit in served.limits))


def header(network: Network, form: Form) -> None:
    """Title, search, and what can be done with the whole case."""
    left, right = st.columns([12, 9], gap="medium", vertical_alignment="center")
    with left, st.container(horizontal=True, vertical_alignment="center"):
        st.html(f"<h1 style='font-size:1.4rem;margin:0'>{escape(network.label)}</h1>", width="content")
        findings.search(network, form)
    with right, st.container(horizontal=True, horizontal_alignment="right"):
        files.show(network, form)


def choose_setting(network: Network) -> Engine:
    """Where the patient was seen, and what that means."""
    default, _ = network.setting()
    meanings = [f"**{setting.label}.** {setting.description}" for setting in network.settings.values()]
    chosen = st.selectbox(
        "Setting (pre-test probability)",
        list(network.settings),
        index=list(network.settings).index(default),
        format_func=lambda name: network.settings[name].label,
        help="\n\n".join(meanings),
        key="setting",
    )
    return engine(network, network.name, network.fingerprint, chosen)
