"""The network that a session uses: the one that the server has, or one that was edited or opened here."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dxnet import Case, DxnetError, Network
from dxnet.inference.case import State
from dxnet.ui.shared import versions
from dxnet.ui.shared.case_file import new_mark
from dxnet.ui.shared.case_form import Form
from dxnet.ui.shared.safe_text import literal
from dxnet.words import counted

SERVED = ""
"""Stands for the network of the server."""


def network_in_use(served: Network) -> Network:
    """The network that answers on every page of this session."""
    return versions.opened().get(st.session_state.get("in_use", SERVED), served)


def name_in_use() -> str:
    """What the network in use is called; SERVED for that of the server."""
    name: str = st.session_state.get("in_use", SERVED)
    return name if name in versions.opened() else SERVED


def use_network(name: str, network: Network) -> None:
    """Use another network from now on, with the case that is entered.

    What it has no finding for is put aside, and comes back with a network that has it.
    """
    old: Form = st.session_state.form
    aside: dict[str, State] = st.session_state.setdefault("put_aside", {})
    every = {**aside, **old.case.findings}
    fitting = {finding: state for finding, state in every.items() if _has_state(network, finding, state)}
    st.session_state.put_aside = {key: state for key, state in every.items() if key not in fitting}
    new = Form.new(network)
    if old.setting in network.settings:
        new.setting = old.setting
    if not old.is_untouched or aside:
        kept = {finding: state for finding, state in fitting.items() if finding not in old.paused}
        paused = {finding: state for finding, state in fitting.items() if finding in old.paused}
        new.resume(replace(old.case, findings=kept, paused=paused))
        new.visit = old.visit
    new.opened, new.others, new.refused, new.mark = old.opened, old.others, old.refused, new_mark()
    if lost := st.session_state.put_aside:
        new.problems = [
            f"{counted(len(lost), 'finding')} put aside, as this network does not have them: "
            f"{', '.join(map(literal, lost))}. They come back with a network that has them."
        ]
    st.session_state.form, st.session_state.in_use = new, name


def _has_state(network: Network, finding: str, state: State) -> bool:
    try:
        Case({finding: state}).require_fit(network)
    except DxnetError:
        return False
    return True


def mark_other_network(served: Network, network: Network) -> None:
    """Say on every page that another network than that of the server answers, and how to go back."""
    if network is served:
        return
    called = ", ".join(dict.fromkeys((name_in_use(), versions.version_name(network))))
    with st.container(horizontal=True, vertical_alignment="center", key="other_network"):
        st.markdown(f"**Not the network of this server:** {literal(called)}. Nobody else sees it.")
        st.button("Use the server's network", on_click=use_network, args=(SERVED, served))
