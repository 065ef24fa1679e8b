"""The left of the Network page: an overview, what stands around a variable, or the findings of a category."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd
import streamlit as st

from dxnet import Network
from dxnet.knowledge.links import edges_among, findings_per_cause, layered_layout, with_causes
from dxnet.knowledge.network import DIAGNOSIS
from dxnet.knowledge.surroundings import Link, surroundings
from dxnet.report.content.variable import kind
from dxnet.ui.network import graph_chart as graph_charts
from dxnet.ui.network.labels import everything, variable_label
from dxnet.ui.shared.desks import AROUND, OVERVIEW, EditSession
from dxnet.ui.shared.safe_text import literal
from dxnet.words import counted, percent

KIND_COLOURS = {
    "diagnosis": "#EAD9E4",
    "lesion pattern": "#F3E9B8",
    "mechanism": "#CDE3EC",
    "incidental cause": "#F7DFC4",
    "finding": "#E9EEF2",
    "variable": "#DDE5D3",
}
HOW_MANY = (4, 8, 16, 32)
"""Causes, and effects, of a kind that may be drawn."""
NO_STRENGTH = 0.25
"""Thickness of a link without a probability of its own."""
NO_CAUSE = "No cause but the diagnosis"


def draw_graph(network: Network, desk: EditSession) -> None:
    """The chart, with the same content in words."""
    choose_view(network, desk)
    if desk.view == OVERVIEW:
        draw_cause_overview(network, desk)
    elif desk.view == AROUND:
        draw_around(network, desk)
    else:
        draw_category(network, desk)


def choose_view(network: Network, desk: EditSession) -> None:
    """Overview, around what is chosen, or a category; and how much is drawn around it."""
    around = [AROUND] if desk.chosen in everything(network) and desk.chosen not in network.settings else []
    if desk.view == AROUND and not around:
        desk.view = OVERVIEW
    options = [OVERVIEW, *around, *network.categories]

    def name(view: str) -> str:
        if view == OVERVIEW:
            return "All causes, with the number of findings of each category"
        return f"Around: {variable_label(network, desk.chosen)}" if view == AROUND else f"Findings: {view}"

    def chosen() -> None:
        desk.show(st.session_state.view)

    st.session_state.view = desk.view
    with st.container(horizontal=True, vertical_alignment="center"):
        st.selectbox(
            "Drawn", options, format_func=name, key="view", on_change=chosen, label_visibility="collapsed"
        )
        if desk.view == AROUND:
            st.selectbox(
                "How many of each kind",
                HOW_MANY,
                index=1,
                format_func=lambda most: f"{most} of a kind",
                label_visibility="collapsed",
                key="how_many",
                width=140,
            )


def draw_around(network: Network, desk: EditSession) -> None:
    """What stands around the chosen part: diagnoses, lesion patterns, mechanisms, findings."""
    found = surroundings(network, desk.chosen, st.session_state.get("how_many", HOW_MANY[1]))
    draw_boxes(network, desk, found.names, found.links)
    left_out = f" {counted(found.left_out, 'weaker link')} not drawn." if found.left_out else ""
    st.caption(
        "Causes stand to the left of what they bring about; a line is as thick as its probability. Click a "
        "box to go there. Shift and the wheel zoom, Shift and dragging moves, a double click resets."
        f"{left_out}"
    )


def draw_category(network: Network, desk: EditSession) -> None:
    """The findings of a category with their causes."""
    names = with_causes(network, (n for n, f in network.findings.items() if f.category == desk.view))
    draw_boxes(network, desk, names, [Link(a, b) for a, b in edges_among(network, names)])
    st.caption(
        "Causes stand to the left of what they bring about. Click a box for its numbers. Not drawn: the "
        f"diagnosis{atypical(network)}, on which most depend."
    )


def draw_boxes(network: Network, desk: EditSession, names: Sequence[str], links: Sequence[Link]) -> None:
    """Boxes and the lines between them."""
    spots = layered_layout(names, [(link.cause, link.effect) for link in links])
    at = {spot.name: spot for spot in spots}
    boxes = pd.DataFrame(
        {
            "key": [spot.name for spot in spots],
            "name": [variable_label(network, spot.name) for spot in spots],
            "kind": [kind_of(network, spot.name) for spot in spots],
            "layer": [spot.layer for spot in spots],
            "row": [spot.row for spot in spots],
            "chosen": [spot.name == desk.chosen for spot in spots],
        }
    )
    lines = pd.DataFrame(
        [
            (
                *(at[link.cause].layer, at[link.cause].row, at[link.effect].layer, at[link.effect].row),
                NO_STRENGTH if link.strength is None else link.strength,
                link_in_words(network, link),
            )
            for link in links
        ],
        columns=["layer", "row", "to_layer", "to_row", "strength", "words"],
    )
    kinds = {name: colour for name, colour in KIND_COLOURS.items() if name in set(boxes.kind)}
    words = "; ".join(link_in_words(network, link) for link in links)
    alone = ", ".join(variable_label(network, name) for name in names)
    spoken = f"Links: {words}" if words else f"Variables without a link: {alone}"
    pick_from_chart(network, desk, graph_charts.graph(boxes, lines, kinds), spoken)


def link_in_words(network: Network, link: Link) -> str:
    """A link with its probability, for screen readers and the pointer."""
    ends = f"{variable_label(network, link.cause)} to {variable_label(network, link.effect)}"
    return ends if link.strength is None else f"{ends} {percent(link.strength)}"


def atypical(network: Network) -> str:
    """The other variable that is not drawn, if there is one."""
    return f" and “{literal(network.atypical.label)}”" if network.atypical else ""


def kind_of(network: Network, name: str) -> str:
    """The kind by which a box is coloured."""
    return DIAGNOSIS if name == DIAGNOSIS else kind(network, name)


def draw_cause_overview(network: Network, desk: EditSession) -> None:
    """Each cause by category: how many findings depend on it directly."""
    found = findings_per_cause(network)
    most = max((n for row in found.values() for n in row.values()), default=0)
    cells = [
        (cause, variable_label(network, cause) if cause else NO_CAUSE, category, n, 2 * n > most)
        for cause, row in found.items()
        for category, n in row.items()
    ]
    data = pd.DataFrame(cells, columns=["key", "name", "column", "count", "dark"])
    rows = [variable_label(network, cause) if cause else NO_CAUSE for cause, row in found.items() if row]
    columns = [category for category in network.categories if category in set(data.column)]
    words = "Findings of each cause: " + "; ".join(
        f"{row.name}, {row.column} {row.count}" for row in data.itertuples()
    )
    pick_from_chart(network, desk, graph_charts.count_chart(data, rows, columns), words)
    several = [variable_label(network, cause) for cause, row in found.items() if not row]
    more = f" Causes only of other causes: {', '.join(several)}." if several else ""
    st.caption(f"Findings that depend directly on each cause. Click a cause for its numbers.{more}")


def pick_from_chart(network: Network, desk: EditSession, chart: alt.LayerChart, words: str) -> None:
    """A chart in which a click chooses a part."""
    key = f"graph{desk.drawn}"

    def clicked() -> None:
        points = st.session_state[key].selection.get(graph_charts.PICKED, [])
        if points and points[0].get("key") in everything(network):
            desk.choose(points[0]["key"])

    mode = graph_charts.PICKED
    st.altair_chart(chart, width="stretch", key=key, on_select=clicked, selection_mode=mode, alt=words)
