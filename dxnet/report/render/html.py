"""A report as one HTML file: nothing is fetched, and it prints on A4 with a foot on each page."""

from __future__ import annotations

from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from dxnet.report.parts import Content
from dxnet.words import in_style, percent

BAR_ROW, BAR_LEFT, BAR_WIDTH, BAR_RIGHT = 26, 270, 430, 70
"""Sizes of the chart in its own units: height of a row, widths of names, bars and numbers."""


PLOT_SIDE, PLOT_MARGIN, PLOT_LEGEND = 300, 60, 300
"""Sizes of a plot: its sides, the room for its numbers, the width of the names of its lines."""
HTML_STROKES = (("#0B5C7A", "none"), ("#A3420A", "7 4"), ("#4A5A68", "2 3"), ("#5B3B8C", "10 3 2 3"))
"""Colour and dashes of each line of a plot in turn."""


def to_html(content: Content) -> bytes:
    """A report as HTML in UTF-8; all text is escaped."""
    bars = {"row": BAR_ROW, "left": BAR_LEFT, "width": BAR_WIDTH, "right": BAR_RIGHT}
    plots = {"side": PLOT_SIDE, "margin": PLOT_MARGIN, "legend": PLOT_LEGEND, "strokes": HTML_STROKES}
    text = _template().render(content=content, **bars, **plots)
    return text.encode("utf-8")


@lru_cache
def _template() -> Template:
    loader = PackageLoader("dxnet.report.render", "")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"css": in_style, "percent": percent}
    return environment.get_template("report.html")
