"""The charts of the app: one look, with words for screen readers.

Altair checks what it is given against a schema at every turn, which takes longer than to answer a case. So
each kind of chart is made once, without its data, and drawn with the data of the moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from dxnet.words import DECIBAN

ROW, FONT, AXIS = 24, 14, 52
"""Pixels: height of a bar with its gap, size of letters, height of an axis with its title."""
PLAIN, TREATABLE, AGAINST = "#4C92AE", "#D9822B", "#A8577F"
TRACK, INK, FAINT = "#EEF2F5", "#1B2733", "#55636F"
PICKED = "picked"
"""Name of the selection of a bar by a click."""
Spec = dict[str, Any]


def draw_chart(data: pd.DataFrame, spec: Mapping[str, Any], words: str, pick: str = "") -> str:
    """A chart of the data, a row a bar; with ``pick``, the ``key`` of the bar that was clicked last, or "".

    Args:
        data: as the kind of chart wants it.
        spec: from one of the functions below.
        words: what the chart shows, for screen readers.
        pick: key of the widget, if bars can be clicked.
    """
    height = ROW * len(data) + spec["usermeta"]["below"]
    how: dict[str, Any] = {"width": "stretch", "alt": words}
    if pick:
        how |= {"key": pick, "on_select": "rerun", "selection_mode": PICKED}
    state = st.vega_lite_chart(data, {**spec, "height": height}, **how)
    chosen = state.selection.get(PICKED, []) if pick else []
    return str(chosen[0]["key"]) if chosen else ""


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


@cache
def ranking_chart(names: int, numbers: tuple[int, ...], tooltips: tuple[tuple[str, str], ...]) -> Spec:
    """Probabilities as bars with 90 % intervals and a tick at the pre-test one, the numbers beside them.

    Rows have ``name``, ``treatable``, ``pre_test``, ``post_test``, ``low``, ``high``, and as words ``after``
    and ``between``.

    Args:
        names, numbers: pixels of the columns.
        tooltips: columns with their titles.
    """
    base = _row_height(names)
    scale = alt.Scale(domain=[0, 1])
    colour = alt.Scale(domain=[False, True], range=[PLAIN, TREATABLE])
    tips = [alt.Tooltip(f"{column}:N", title=title) for column, title in tooltips]
    bars = base.mark_bar(height=ROW * 0.6).encode(
        x=alt.X("post_test:Q", scale=scale, axis=None),
        color=alt.Color("treatable:N", legend=None, scale=colour),
        tooltip=tips,
    )
    whiskers = base.mark_rule(color=INK, strokeWidth=1.5, aria=False).encode(x="low:Q", x2="high:Q")
    ticks = base.mark_tick(color=INK, stroke="white", thickness=4, height=ROW * 0.8).encode(x="pre_test:Q")
    return _spec(
        [_tracks(base), bars, whiskers, ticks, *_number_columns(base, ("after", "between"), numbers)]
    )


@cache
def diverging(names: int, numbers: int, title: str, is_picked: bool = False) -> Spec:
    """Weights to the right and to the left of a line, each with its error, as words beside it.

    Rows have ``key``, ``name``, ``weight``, ``low``, ``high``, and ``words``.

    Args:
        names, numbers: pixels of the columns.
        title: of the axis.
        is_picked: whether a click chooses a bar.
    """
    base = _row_height(names)
    axis = alt.Axis(labelFontSize=FONT - 2, titleFontSize=FONT - 1, titleColor=INK, labelColor=INK, grid=True)
    bars = base.mark_bar(height=ROW * 0.6, cursor="pointer" if is_picked else "default").encode(
        x=alt.X("weight:Q", axis=axis, title=title),
        color=alt.condition("datum.weight > 0", alt.value(PLAIN), alt.value(AGAINST)),
        tooltip=[alt.Tooltip("name:N", title="finding"), alt.Tooltip("words:N", title="weight")],
    )
    if is_picked:
        bars = bars.add_params(alt.selection_point(name=PICKED, fields=["key"]))
    errors = base.mark_rule(color=INK, strokeWidth=1, aria=False).encode(x="low:Q", x2="high:Q")
    zero = alt.Chart().mark_rule(color=INK, aria=False).encode(x=alt.datum(0))
    return _spec([bars, errors, zero, *_number_columns(base, ("words",), (numbers,))], below=AXIS)


def weight_records(rows: Iterable[tuple[str, str, float, float, str]]) -> pd.DataFrame:
    """The rows of ``diverging``.

    Args:
        rows: key, name, weight and its standard error (natural logarithm), and what stands beside the bar.
    """
    return pd.DataFrame(
        [
            (key, name, *(DECIBAN * x for x in (weight, weight - 2 * error, weight + 2 * error)), beside)
            for key, name, weight, error, beside in rows
        ],
        columns=["key", "name", "weight", "low", "high", "words"],
    )


def spoken(data: pd.DataFrame) -> str:
    """Names and words of the rows of ``weight_records``, for screen readers."""
    return "; ".join(f"{row.name} {row.words}" for row in data.itertuples(index=False))


@cache
def pairs(names: int, numbers: tuple[int, ...]) -> Spec:
    """Two probabilities a row, an open circle and a filled one, with both numbers and their difference.

    Rows have ``name``, ``a``, ``b``, and as words ``a_words``, ``b_words``, ``change``.

    Args:
        names, numbers: pixels of the columns.
    """
    base = _row_height(names)
    start = alt.X("a:Q", scale=alt.Scale(domain=[0, 1]), axis=None)
    lines = base.mark_rule(color=PLAIN, strokeWidth=2, aria=False).encode(x=start, x2="b:Q")
    before = base.mark_point(color=INK, filled=False, size=80, strokeWidth=2, opacity=1).encode(x="a:Q")
    after = base.mark_point(color=PLAIN, filled=True, size=110, opacity=1).encode(x="b:Q")
    beside = _number_columns(base, ("a_words", "b_words", "change"), numbers)
    return _spec([_tracks(base), lines, after, before, *beside])


def _row_height(names: int) -> alt.Chart:
    return alt.Chart().encode(y=alt.Y("name:N", sort=None, title=None, axis=names_axis(names)))


def _tracks(base: alt.Chart) -> alt.Chart:
    return base.mark_bar(height=ROW * 0.6, color=TRACK, aria=False).encode(
        x=alt.value(0), x2=alt.value("width")
    )


def _number_columns(base: alt.Chart, fields: tuple[str, ...], widths: tuple[int, ...]) -> list[alt.Chart]:
    """Columns of text to the right of the bars, the first in full ink."""
    layers, right = [], 0
    for field, width in zip(fields, widths, strict=True):
        right += width
        text = base.mark_text(align="right", fontSize=FONT, color=FAINT if field == "between" else INK)
        layers.append(text.encode(x=alt.value(alt.expr(f"width + {right}")), text=f"{field}:N"))
    return layers


def _spec(layers: list[alt.Chart], below: int = 0) -> Spec:
    around = {"left": 0, "right": 0, "top": 0, "bottom": 0}
    chart = alt.layer(*layers).properties(padding=around, usermeta={"below": below})
    spec: Spec = chart.configure_view(stroke=None).to_dict()
    del spec["datasets"]  # Altair's stand-in for data that come later
    for layer in spec["layer"]:
        del layer["data"]
    return spec
