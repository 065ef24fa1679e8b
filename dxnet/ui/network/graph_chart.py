"""The charts of the Network page: boxes joined by lines, and a table of counts."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from dxnet.ui.shared.charts import CHART_ROW, FONT, PLAIN
from dxnet.words import INK

PICKED = "node"
"""Name of the selection of ``key``."""
LEGEND_PX = 44
"""Pixels of the legend with its gap: they are part of the height."""
GAP = 0.24
"""Share of a layer that is left free for the lines."""
BOX_ROW = 44
"""Pixels of a row of boxes."""
LINE_SHARE = FONT / BOX_ROW
"""Height of a line of text, in rows."""
LONG_NAME = 16
"""Letters of a name from which it takes two lines."""
NAME_SHARE = 0.42
"""Share of the width that the names of the rows take."""
NARROW = 520
"""Pixels of a table of counts under which a long name takes two lines, as on a phone."""


def graph(spots: pd.DataFrame, links: pd.DataFrame, kinds: dict[str, str]) -> alt.LayerChart:
    """Boxes in layers from left to right, joined by lines; a click picks one, Shift and the wheel zoom.

    Args:
        spots: a row a box: ``key``, ``name``, ``kind``, ``layer``, ``row``, ``chosen``.
        links: a row a line: ``layer``, ``row`` of its left end, ``to_layer``, ``to_row`` of its right end;
            ``strength``, how thick it is (0 to 1), and ``words``.
        kinds: kind -> colour of its boxes.
    """
    last, layers = float(spots.row.max()), int(spots.layer.max()) + 1
    down = alt.Scale(domain=[-0.6, last + 0.6], reverse=True, nice=False, zero=False)
    across = alt.Scale(domain=[-0.02, layers - GAP + 0.02], nice=False, zero=False)
    lines = _joining_lines(links, across, down)
    sides = spots.assign(right=spots.layer + 1 - GAP, top=spots.row - 0.4, bottom=spots.row + 0.4)
    sides = sides.assign(middle=(sides.layer + sides.right) / 2, lines=sides.name.map(in_two_lines))
    sides = sides.assign(first=sides.row - sides.lines.str.count("\n") * LINE_SHARE / 2)
    boxes = alt.Chart(sides).encode(
        x=alt.X("layer:Q", axis=None, scale=across),
        x2="right:Q",
        y=alt.Y("top:Q", axis=None, scale=down),
        y2="bottom:Q",
    )
    drawn = boxes.mark_rect(cornerRadius=4, stroke=INK).encode(
        color=_coloured(kinds), strokeWidth=alt.condition("datum.chosen", alt.value(2.5), alt.value(0))
    )
    limit = alt.expr(f"(scale('x', {1 - GAP}) - scale('x', 0)) - 8")
    names = alt.Chart(sides).mark_text(
        fontSize=FONT - 2, color=INK, limit=limit, lineBreak="\n", lineHeight=FONT
    )
    layered = alt.layer(
        lines,
        drawn,
        names.encode(
            x=alt.X("middle:Q", axis=None, scale=across),
            y=alt.Y("first:Q", axis=None, scale=down),
            text="lines:N",
        ),
        _clickable(boxes, {"name": "name", "key": "id", "kind": "kind"}),
    )
    return layered.properties(height=LEGEND_PX + BOX_ROW * (last + 1.2)).configure_view(stroke=None)


def _joining_lines(links: pd.DataFrame, across: alt.Scale, down: alt.Scale) -> alt.Chart:
    """A line for each link, as thick as it is strong; Shift and the wheel zoom."""
    drawn = alt.Chart(links.assign(start=links.layer + 1 - GAP)).encode(
        x=alt.X("start:Q", axis=None, scale=across),
        x2="to_layer:Q",
        y=alt.Y("row:Q", axis=None, scale=down),
        y2="to_row:Q",
        strokeWidth=alt.StrokeWidth(
            "strength:Q", legend=None, scale=alt.Scale(domain=[0, 1], range=[0.5, 6])
        ),
        tooltip=[alt.Tooltip("words:N", title="link")],
    )
    zoomed = alt.selection_interval(
        name="zoomed",
        bind="scales",
        zoom="wheel![event.shiftKey]",
        translate="[pointerdown[event.shiftKey], window:pointerup] > window:pointermove!",
    )
    return drawn.mark_rule(color=PLAIN, opacity=0.55).add_params(zoomed)


def in_two_lines(name: str) -> str:
    """A name broken where it can be, so that a box shows more of it.

    >>> in_two_lines("Upper motor neuron lesion, bulbar region")
    'Upper motor neuron\\nlesion, bulbar region'
    """
    if len(name) <= LONG_NAME or " " not in name:
        return name
    middle = len(name) / 2
    breaks = (k for k, letter in enumerate(name) if letter == " ")
    place = min(breaks, key=lambda k: abs(k - middle))
    return f"{name[:place]}\n{name[place + 1 :]}"


def _clickable(boxes: alt.Chart, tips: dict[str, str]) -> alt.Chart:
    """Unseen boxes on top of all, which take the clicks: letters would keep them from what is below."""
    unseen = boxes.mark_rect(opacity=0, cursor="pointer").encode(
        tooltip=[alt.Tooltip(f"{field}:N", title=title) for field, title in tips.items()]
    )
    return unseen.add_params(alt.selection_point(name=PICKED, fields=["key"]))


def _coloured(kinds: dict[str, str]) -> alt.Color:
    """The colour of each kind, with its legend."""
    legend = alt.Legend(
        orient="top",
        title=None,
        labelFontSize=FONT - 1,
        labelColor=INK,
        symbolType="square",
        symbolStrokeWidth=0,
    )
    colours = alt.Scale(domain=list(kinds), range=list(kinds.values()))
    return alt.Color("kind:N", scale=colours, legend=legend)


def count_chart(data: pd.DataFrame, rows: list[str], columns: list[str]) -> alt.LayerChart:
    """A table of counts, the larger the darker; a click picks the ``key`` of its row.

    Args:
        data: a row a cell: ``key``, ``name``, ``column``, ``count``, ``dark``.
        rows, columns: the names in their order.
    """
    ends = [alt.expr(f"width * {NAME_SHARE}"), alt.expr("width")]
    top = alt.Axis(
        orient="top",
        title=None,
        labelAngle=-50,
        labelFontSize=FONT - 1,
        labelColor=INK,
        labelOverlap=False,
        ticks=False,
        domain=False,
    )
    across = alt.X("column:N", scale=alt.Scale(domain=columns, range=ends), axis=top)
    down = alt.Y("name:N", scale=alt.Scale(domain=rows), axis=None)
    cells = alt.Chart(data).encode(x=across, y=down)
    colour = alt.Color("count:Q", legend=None, scale=alt.Scale(range=["#DCEAF0", "#1F6F8F"]))
    numbers = cells.mark_text(fontSize=FONT - 1).encode(
        text="count:Q", color=alt.condition("datum.dark", alt.value("white"), alt.value(INK))
    )
    named = data.drop_duplicates("name")
    causes = alt.Chart(named.assign(lines=named.name.map(in_two_lines))).encode(y=down)
    narrow = f"width < {NARROW}"
    shared: dict[str, Any] = {"color": INK, "align": "right", "limit": ends[0], "dx": -8}
    name = causes.mark_text(fontSize=FONT - 1, opacity=alt.expr(f"{narrow} ? 0 : 1"), **shared)
    broken = causes.mark_text(
        fontSize=FONT - 3,
        lineHeight=FONT - 3,
        lineBreak="\n",
        dy=alt.expr("indexof(datum.lines, '\\n') < 0 ? 0 : -5"),
        opacity=alt.expr(f"{narrow} ? 1 : 0"),
        **shared,
    )
    lines = causes.encode(x=alt.value(0), x2=alt.value("width"))
    layered = alt.layer(
        cells.mark_rect(cornerRadius=2).encode(color=colour),
        numbers,
        name.encode(x=alt.value(ends[0]), text="name:N"),
        broken.encode(x=alt.value(ends[0]), text="lines:N"),
        _clickable(lines, {"name": "cause"}),
    )
    return layered.properties(height=CHART_ROW * len(rows)).configure_view(stroke=None)
