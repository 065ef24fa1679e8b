"""The left of the Network page: an overview, what stands around a variable, or the findings of a category."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd
import streamlit as st

from dxnet import Network
from dxnet.knowledge.links import edges_among, findings_per_cause, layered_layout, neighbourhood, with_causes
from dxnet.knowledge.network import DIAGNOSIS
from dxnet.report.content.variable import kind
from dxnet.ui.network import graph_chart as graph_charts
from dxnet.ui.network.session import AROUND, OVERVIEW, EditSession, variable_label
from dxnet.ui.shared.session import literal

KIND_COLOURS = {
    "diagnosis": "#EAD9E4",
    "mechanism": "#CDE3EC",
    "incidental cause": "#F7DFC4",
    "finding": "#E9EEF2",
    "variable": "#DDE5D3",
}
NO_CAUSE = "No cause but the diagnosis"


def draw_graph(network: Network, desk: EditSession) -> None:
    """The chart, with the same content in words."""
    choose_view(network, desk)
    if desk.view == OVERVIEW:
        draw_cause_overview(network, desk)
    else:
        draw_neighbourhood(network, desk, drawn_variables(network, desk))


def choose_view(network: Network, desk: EditSession) -> None:
    """Overview, around what is chosen, or a category."""
    around = [AROUND] if desk.chosen in network.nodes else []
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
    st.selectbox(
        "Drawn", options, format_func=name, key="view", on_change=chosen, label_visibility="collapsed"
    )


def drawn_variables(network: Network, desk: EditSession) -> list[str]:
    """The variables that are drawn."""
    if desk.view == AROUND:
        return neighbourhood(network, desk.chosen)
    return with_causes(network, (n for n, f in network.findings.items() if f.category == desk.view))


def draw_neighbourhood(network: Network, desk: EditSession, names: Sequence[str]) -> None:
    """Boxes and lines; those of the diagnosis only where it is beside what is chosen."""
    drawn = edges_among(network, names)
    if desk.view == AROUND:
        drawn = [edge for edge in drawn if desk.chosen in edge or DIAGNOSIS not in edge]
    spots = layered_layout(names, drawn)
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
    links = pd.DataFrame(
        [(at[a].layer, at[a].row, at[b].layer, at[b].row) for a, b in drawn],
        columns=["layer", "row", "to_layer", "to_row"],
    )
    kinds = {name: colour for name, colour in KIND_COLOURS.items() if name in set(boxes.kind)}
    pick_from_chart(
        network, desk, graph_charts.graph(boxes, links, kinds, "node"), edges_in_words(network, drawn, names)
    )
    hidden = f" Not drawn: the diagnosis{atypical(network)}, on which most depend."
    st.caption(
        "Causes stand to the left of what they bring about. Click a box for its numbers."
        f"{'' if desk.view == AROUND else hidden}"
    )


def atypical(network: Network) -> str:
    """The other variable that is not drawn, if there is one."""
    return f" and “{literal(network.atypical.label)}”" if network.atypical else ""


def edges_in_words(network: Network, drawn: Sequence[tuple[str, str]], names: Sequence[str]) -> str:
    """The lines, for screen readers."""
    if not drawn:
        return f"Variables without a link: {', '.join(variable_label(network, name) for name in names)}"
    return "Links: " + "; ".join(
        f"{variable_label(network, a)} to {variable_label(network, b)}" for a, b in drawn
    )


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
    pick_from_chart(network, desk, graph_charts.count_chart(data, rows, columns, "node"), words)
    several = [variable_label(network, cause) for cause, row in found.items() if not row]
    more = f" Causes only of other causes: {', '.join(several)}." if several else ""
    st.caption(f"Findings that depend directly on each cause. Click a cause for its numbers.{more}")


def pick_from_chart(network: Network, desk: EditSession, chart: alt.LayerChart, words: str) -> None:
    """A chart in which a click chooses a variable; a diagnosis is chosen by name."""
    key = f"graph{desk.drawn}"

    def clicked() -> None:
        points = st.session_state[key].selection.get("node", [])
        if points and points[0].get("key") in network.nodes:
            desk.choose(points[0]["key"])

    st.altair_chart(chart, width="stretch", key=key, on_select=clicked, selection_mode="node", alt=words)
