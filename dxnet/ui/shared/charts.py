"""The look of all charts: colours and letters."""

from __future__ import annotations

CHART_ROW, FONT = 24, 14
"""Pixels: height of a bar with its gap, and size of letters."""
PLAIN, TREATABLE = "#4C92AE", "#D9822B"
