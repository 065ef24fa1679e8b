"""The look of all charts: colours, letters, and names in a column of their own."""

from __future__ import annotations

from typing import Any

ROW, FONT = 24, 14
"""Pixels: height of a bar with its gap, and size of letters."""
PLAIN, TREATABLE = "#4C92AE", "#D9822B"
INK = "#1B2733"


def names_axis(width: int) -> dict[str, Any]:
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
