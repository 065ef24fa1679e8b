"""The right of the Network page, and its tables: what a variable, diagnosis or setting states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from dxnet import DxnetError, Network
from dxnet.arrays import Array
from dxnet.inference.implied import implied
from dxnet.knowledge.kinds.registry import parents
from dxnet.knowledge.links import children
from dxnet.knowledge.network import DIAGNOSIS
from dxnet.report.cited import works_behind
from dxnet.report.content.literature import literature_beside
from dxnet.report.content.variable import (
    discriminating_findings,
    distinctive,
    kind,
    numbers_of,
    numbers_stated,
)
from dxnet.report.content.variable_facts import variable_facts
from dxnet.report.parts import Facts
from dxnet.review.check import adopted, compare_figures
from dxnet.ui.network.labels import variable_label
from dxnet.ui.shared.desks import EditSession
from dxnet.ui.shared.parts import show_parts
from dxnet.ui.shared.safe_text import literal, problems_in_words
from dxnet.ui.shared.served import worked_out
from dxnet.words import counted

MAX_DISCRIMINATING = 15
"""Most findings in the table of those that discriminate a diagnosis from the others."""


def draw_variable_summary(network: Network, desk: EditSession) -> None:
    """The kind of the chosen part, with its parents and children as buttons."""
    name = desk.chosen
    if not name:
        draw_network_facts(network)
        return
    st.markdown(f"**{literal(variable_label(network, name))}**  \n{kind(network, name)} · `{name}`")
    if name in network.settings:
        st.markdown(literal(network.settings[name].description))
    else:
        show_parts([Facts.of(variable_facts(network, name))])
    if name in network.nodes:
        relatives(network, desk, "Depends on", parents(network, name))
        relatives(network, desk, "On it depend", children(network, name))


def draw_network_facts(network: Network) -> None:
    """The network in a few lines, for those who chose nothing yet."""
    st.markdown(f"**{literal(network.label)}** {literal(network.version)}  \n{literal(network.description)}")
    parts = {
        "diagnosis": network.diagnosis,
        "mechanism": network.mechanisms,
        "incidental cause": network.incidental,
        "finding": network.findings,
        "setting": network.settings,
        "reference": network.references,
    }
    lines = [counted(len(members), part) for part, members in parts.items()]
    st.markdown(
        "\n".join(f"- {line}" for line in [*lines, counted(len(dict(network.estimates())), "number")])
    )
    st.markdown("Choose a variable by its name above, or click in the chart, to see its numbers and sources.")


def relatives(network: Network, desk: EditSession, title: str, names: Sequence[str]) -> None:
    """Buttons that choose a parent or child."""
    if not names:
        return
    others = [name for name in names if name != DIAGNOSIS]
    both = " and" if others else ""
    st.markdown(f"**{title}**{f' the diagnosis{both}' if DIAGNOSIS in names else ''}")
    with st.container(horizontal=True, gap="xsmall"):
        for name in others:
            text = literal(variable_label(network, name))
            st.button(text, key=f"{title}:{name}", on_click=desk.choose, args=(name,))


def draw_number_table(network: Network, name: str) -> None:
    """Table of the numbers, and below it their references."""
    found = numbers_of(network, name) if name else []
    if not name:
        st.markdown("Nothing is chosen yet.")
        return
    if not found:
        st.markdown("It has no numbers of its own: it follows from others.")
        return
    show_parts(numbers_stated(network, name, lambda row: label_of(network, row)))
    show_parts([works_behind(network, (e for *_, e in found))])


def label_of(network: Network, row: str) -> str:
    """A row of a table: the diagnosis or finding by its name, or as the file has it."""
    return variable_label(network, row) if row in network.diagnosis or row in network.nodes else row


def literature(network: Network, name: str) -> None:
    """Adopted figures of the evidence table beside those of the built network."""
    try:
        figures = adopted(network).get(name, {})
        found = list(compare_figures(network, name, figures, built_tables(network)[name])) if figures else []
    except DxnetError as problem:
        st.error("  \n".join(problems_in_words(network, problem)))
        return
    show_parts(literature_beside(network, name, found))


def draw_discriminating_findings(network: Network, name: str) -> None:
    """The findings that differ most between a diagnosis and the mean of all."""
    try:
        found = discriminating_findings(network, name, built_tables(network))
    except DxnetError as problem:
        st.error("  \n".join(problems_in_words(network, problem)))
        return
    called = variable_label(network, name)
    show_parts([distinctive(found, called, MAX_DISCRIMINATING, lambda row: label_of(network, row))])


def built_tables(network: Network) -> Mapping[str, Array]:
    """P(state | diagnosis) of every finding of a network."""
    return worked_out(network, implied, _cached_tables)


@st.cache_resource(show_spinner="Working out the findings of every diagnosis (a few seconds, once) …")
def _cached_tables(_network: Network, name: str, fingerprint: str) -> Mapping[str, Array]:
    return implied(_network)
