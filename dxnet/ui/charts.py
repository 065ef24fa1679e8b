"""The charts of the app: one look, with words for those who hear the page."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

ROW, FONT = 24, 14
"""Pixels: height of a bar with its gap, size of letters."""
PLAIN, TREATABLE, AGAINST = "#4C92AE", "#D9822B", "#A8577F"
TRACK, INK, FAINT = "#EEF2F5", "#1B2733", "#55636F"
_AROUND = {"left": 0, "right": 0, "top": 0, "bottom": 0}


def names_axis(width: int) -> alt.Axis:
    """Names in a column of fixed width, so that the bars do not jump from one answer to the next."""
    return alt.Axis(
        minExtent=width,
        maxExtent=width,
        labelLimit=width,
        labelOverlap=False,
        labelPadding=8,
        labelFontSize=FONT,
        labelColor=INK,
        ticks=False,
        domain=False,
    )


def ranking(
    data: pd.DataFrame, names: int, numbers: Sequence[int], tooltips: dict[str, str]
) -> alt.LayerChart:
    """Probabilities as bars with 90 % intervals and a tick at the pre-test one, the numbers beside them.

    Args:
        data: a row a bar: ``name``, ``treatable``, ``pre_test``, ``post_test``, ``low``, ``high``, and as
            words ``after`` and ``between``.
        names, numbers: pixels of the columns.
        tooltips: column -> title.
    """
    thin = ROW * 0.6
    base = alt.Chart(data).encode(y=alt.Y("name:N", sort=list(data.name), title=None, axis=names_axis(names)))
    scale = alt.Scale(domain=[0, 1])
    colour = alt.Scale(domain=[False, True], range=[PLAIN, TREATABLE])
    tips = [alt.Tooltip(f"{column}:N", title=title) for column, title in tooltips.items()]
    tracks = base.mark_bar(height=thin, color=TRACK).encode(x=alt.value(0), x2=alt.value("width"))
    bars = base.mark_bar(height=thin).encode(
        x=alt.X("post_test:Q", scale=scale, axis=None),
        color=alt.Color("treatable:N", legend=None, scale=colour),
        tooltip=tips,
    )
    whiskers = base.mark_rule(color=INK, strokeWidth=1.5).encode(x="low:Q", x2="high:Q")
    ticks = base.mark_tick(color=INK, stroke="white", thickness=4, height=ROW * 0.8).encode(x="pre_test:Q")
    first, second = numbers
    after = base.mark_text(align="right", fontSize=FONT, color=INK).encode(
        x=alt.value(alt.expr(f"width + {first}")), text="after:N"
    )
    between = base.mark_text(align="right", fontSize=FONT - 1, color=FAINT).encode(
        x=alt.value(alt.expr(f"width + {first + second}")), text="between:N"
    )
    layers = alt.layer(tracks, bars, whiskers, ticks, after, between)
    return layers.properties(height=ROW * len(data), padding=_AROUND).configure_view(stroke=None)


def diverging(data: pd.DataFrame, names: int, numbers: int, title: str, picked: str = "") -> alt.LayerChart:
    """Weights to the right and to the left of a line, each with its error, as words beside it.

    Args:
        data: a row a bar: ``key``, ``name``, ``weight``, ``low``, ``high``, and ``words``.
        names, numbers: pixels of the columns.
        title: of the axis.
        picked: name of a selection of ``key`` by a click, if there is to be one.
    """
    base = alt.Chart(data).encode(y=alt.Y("name:N", sort=list(data.name), title=None, axis=names_axis(names)))
    axis = alt.Axis(labelFontSize=FONT - 2, titleFontSize=FONT - 1, titleColor=INK, labelColor=INK, grid=True)
    bars = base.mark_bar(height=ROW * 0.6, cursor="pointer" if picked else "default").encode(
        x=alt.X("weight:Q", axis=axis, title=title),
        color=alt.condition("datum.weight > 0", alt.value(PLAIN), alt.value(AGAINST)),
        tooltip=[alt.Tooltip("name:N", title="finding"), alt.Tooltip("words:N", title="weight")],
    )
    if picked:
        bars = bars.add_params(alt.selection_point(name=picked, fields=["key"]))
    errors = base.mark_rule(color=INK, strokeWidth=1).encode(x="low:Q", x2="high:Q")
    words = base.mark_text(align="right", fontSize=FONT - 1, color=INK).encode(
        x=alt.value(alt.expr(f"width + {numbers}")), text="words:N"
    )
    zero = alt.Chart(pd.DataFrame({"x": [0]})).mark_rule(color=INK).encode(x="x:Q")
    layers = alt.layer(bars, errors, words, zero)
    return layers.properties(height=ROW * len(data), padding=_AROUND).configure_view(stroke=None)
