"""The Network page: its graph, its numbers with their sources, edits and what they would do."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from dxnet import Network
from dxnet.ui.network import add as adding
from dxnet.ui.network import edit as editing
from dxnet.ui.network import graph as graph_pane
from dxnet.ui.network import variable as node
from dxnet.ui.network.edit import SHOW_ISSUE, sentence
from dxnet.ui.network.labels import everything, search_texts
from dxnet.ui.network.other_networks import draw_other_networks
from dxnet.ui.shared import desks, frame
from dxnet.ui.shared.case_form import Form
from dxnet.ui.shared.desks import EditSession
from dxnet.ui.shared.kept_networks import keep_networks
from dxnet.ui.shared.served import served_network
from dxnet.words import counted

NUMBERS, LITERATURE, TELLING = "Numbers", "Literature", "Telling findings"
EDIT, ADD, CHECK = "Edit", "Add", "Check"


def draw_network_page(network: Network, form: Form) -> None:
    """Draw the page."""
    desk = desks.desk(network)
    network = desk.network
    if desk.chosen and desk.chosen not in everything(network):
        desk.chosen = ""
    with st.container(horizontal=True, vertical_alignment="center"):
        frame.page_title(f"{network.label}: the network")
        choose_variable(network, desk)
        if not desks.read_only():
            draw_other_networks(network, form)
    for problem in form.problems:
        st.error(problem)
    left, right = st.columns([7, 5], gap="medium")
    with left:
        frame.unseen_heading("Graph")
        graph_pane.draw_graph(network, desk)
    with right, st.container(border=True):
        frame.unseen_heading("What is chosen")
        node.draw_variable_summary(network, desk)
    frame.unseen_heading("Its numbers")
    draw_number_tables(network, form, desk)
    keep_networks(served_network(), form.setting)
    changed = f"{counted(len(desk.edits), 'number')} edited, {counted(len(desk.added), 'part')} added"
    frame.page_foot(network, changed if desk.source else "read-only")


def choose_variable(network: Network, desk: EditSession) -> None:
    """A box that finds a variable, diagnosis or setting by name, id, synonym or HPO id."""

    def chosen() -> None:
        desk.choose(st.session_state.sought_node or "")

    st.session_state.sought_node = desk.chosen or None
    st.selectbox(
        "Choose a variable, diagnosis or setting",
        everything(network),
        index=None,
        format_func=lambda name: search_texts(network, name),
        placeholder="Choose a finding, mechanism, diagnosis or setting: name, id, synonym or HPO id",
        label_visibility="collapsed",
        key="sought_node",
        on_change=chosen,
    )


def draw_number_tables(network: Network, form: Form, desk: EditSession) -> None:
    """Tables of the chosen part; only the open tab is computed."""
    name = desk.chosen
    offered = [
        NUMBERS,
        *([LITERATURE] if name in network.findings and network.evidence else []),
        *([TELLING] if name in network.diagnosis else []),
        *([EDIT, ADD] if desk.source else []),
        CHECK,
    ]
    if st.session_state.get("tables") not in offered:
        st.session_state.tables = NUMBERS
    for title, tab in zip(offered, st.tabs(offered, key="tables", on_change="rerun"), strict=True):
        if not tab.open:
            continue
        with tab:
            if title == NUMBERS:
                node.draw_number_table(network, name)
            elif title == LITERATURE:
                node.literature(network, name)
            elif title == TELLING:
                node.draw_discriminating_findings(network, name)
            elif title == EDIT:
                editing.draw_edit(network, form, desk)
            elif title == ADD:
                adding.draw_add(network, form, desk)
            else:
                check_issues(network)


def check_issues(network: Network) -> None:
    """Issues of the network, with what was added and without the edits."""
    found = Counter(issue.level for issue in desks.issues_of(network))
    problems = (counted(found[level], level) for level in ("error", "warning"))
    st.markdown(f"{', '.join(problems)}, {counted(found['info'], 'fact')} worth knowing")
    for issue in desks.issues_of(network):
        SHOW_ISSUE[issue.level](sentence(network, issue))
