"""The charts of a case: one look, with words for screen readers.

Each kind of chart is written in Vega-Lite (https://vega.github.io/vega-lite) and drawn with the data of the
moment. Altair, which writes it for the other pages, takes 28 MB and longer to start than a case to answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

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
_BARS = "bars"
"""Name of the layer whose marks can be clicked."""
_TRACKS: Spec = {
    "mark": {"type": "bar", "height": ROW * 0.6, "color": TRACK, "aria": False},
    "encoding": {"x": {"value": 0}, "x2": {"value": "width"}},
}
"""What a bar lies on, from 0 to 1."""


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


def names_axis(width: int) -> Spec:
    """Names in a column of fixed width, so that the bars do not jump from one answer to the next."""
    return {
        "minExtent": width,
        "maxExtent": width,
        "labelLimit": width,
        "labelOverlap": False,
        "labelPadding": 8,
        "labelFontSize": FONT,
        "labelColor": INK,
        "ticks": False,
        "domain": False,
    }


@cache
def ranking_chart(names: int, numbers: tuple[int, ...], tooltips: tuple[tuple[str, str], ...]) -> Spec:
    """Probabilities as bars with 90 % intervals and a tick at the pre-test one, the numbers beside them.

    Rows have ``name``, ``treatable``, ``pre_test``, ``post_test``, ``low``, ``high``, and as words ``after``
    and ``between``.

    Args:
        names, numbers: pixels of the columns.
        tooltips: columns with their titles.
    """
    scale = {"domain": [False, True], "range": [PLAIN, TREATABLE]}
    tips = [{"field": column, "type": "nominal", "title": title} for column, title in tooltips]
    bars = {
        "x": {**_number("post_test"), "scale": {"domain": [0, 1]}, "axis": None},
        "color": {"field": "treatable", "type": "nominal", "legend": None, "scale": scale},
        "tooltip": tips,
    }
    whisker = {"type": "rule", "color": INK, "strokeWidth": 1.5, "aria": False}
    tick = {"type": "tick", "color": INK, "stroke": "white", "thickness": 4, "height": ROW * 0.8}
    layers = [
        _TRACKS,
        _layer({"type": "bar", "height": ROW * 0.6}, bars),
        _layer(whisker, {"x": _number("low"), "x2": {"field": "high"}}),
        _layer(tick, {"x": _number("pre_test")}),
    ]
    return _chart(names, [*layers, *_number_columns(("after", "between"), numbers)])


@cache
def diverging(names: int, numbers: int, title: str, is_picked: bool = False) -> Spec:
    """Weights to the right and to the left of a line, each with its error, as words beside it.

    Rows have ``key``, ``name``, ``weight``, ``low``, ``high``, and ``words``.

    Args:
        names, numbers: pixels of the columns.
        title: of the axis.
        is_picked: whether a click chooses a bar.
    """
    axis = {"labelFontSize": FONT - 2, "titleFontSize": FONT - 1, "titleColor": INK, "labelColor": INK}
    colour = {"condition": {"test": "datum.weight > 0", "value": PLAIN}, "value": AGAINST}
    bars = {
        "x": {**_number("weight"), "axis": {**axis, "grid": True}, "title": title},
        "color": colour,
        "tooltip": [
            {"field": "name", "type": "nominal", "title": "finding"},
            {"field": "words", "type": "nominal", "title": "weight"},
        ],
    }
    mark = {"type": "bar", "height": ROW * 0.6, "cursor": "pointer" if is_picked else "default"}
    line = {"type": "rule", "color": INK, "aria": False}
    layers = [
        {"name": _BARS, **_layer(mark, bars)},
        _layer({**line, "strokeWidth": 1}, {"x": _number("low"), "x2": {"field": "high"}}),
        *_number_columns(("words",), (numbers,)),
    ]
    spec = _chart(names, layers, AXIS, across=[_layer(line, {"x": {"datum": 0}})])
    if is_picked:
        pick = {"name": PICKED, "select": {"type": "point", "fields": ["key"]}, "views": [_BARS]}
        spec["params"] = [pick]
    return spec


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
    scale = {"scale": {"domain": [0, 1]}, "axis": None}
    line = {"type": "rule", "color": PLAIN, "strokeWidth": 2, "aria": False}
    circle = {"type": "point", "color": INK, "filled": False, "size": 80, "strokeWidth": 2, "opacity": 1}
    dot = {"type": "point", "color": PLAIN, "filled": True, "size": 110, "opacity": 1}
    layers = [
        _TRACKS,
        _layer(line, {"x": {**_number("a"), **scale}, "x2": {"field": "b"}}),
        _layer(dot, {"x": _number("b")}),
        _layer(circle, {"x": _number("a")}),
    ]
    return _chart(names, [*layers, *_number_columns(("a_words", "b_words", "change"), numbers)])


def _number(field: str) -> Spec:
    return {"field": field, "type": "quantitative"}


def _layer(mark: Spec, encoding: Spec) -> Spec:
    return {"mark": mark, "encoding": encoding}


def _number_columns(fields: tuple[str, ...], widths: tuple[int, ...]) -> list[Spec]:
    """Columns of text to the right of the bars, the first in full ink."""
    layers, right = [], 0
    for field, width in zip(fields, widths, strict=True):
        right += width
        ink = FAINT if field == "between" else INK
        mark = {"type": "text", "align": "right", "fontSize": FONT, "color": ink}
        text = {"field": field, "type": "nominal"}
        layers.append(_layer(mark, {"x": {"value": {"expr": f"width + {right}"}}, "text": text}))
    return layers


def _chart(names: int, rows: list[Spec], below: int = 0, across: Sequence[Spec] = ()) -> Spec:
    """Layers with a row for each name, and others across all rows."""
    y = {"field": "name", "type": "nominal", "sort": None, "title": None, "axis": names_axis(names)}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "config": {"view": {"stroke": None}},
        "padding": {"left": 0, "right": 0, "top": 0, "bottom": 0},
        "usermeta": {"below": below},
        "layer": [*({**row, "encoding": {"y": y, **row["encoding"]}} for row in rows), *across],
    }
