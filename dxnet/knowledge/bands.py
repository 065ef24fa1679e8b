"""States that are bands of a number, such as ages: ``under_18``, ``18-39``, ``80+``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import inf, nan

_BAND = re.compile(r"(?P<low>[0-9]+)-(?P<high>[0-9]+)|under_(?P<under>[0-9]+)|(?P<over>[0-9]+)\+")
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")


def band_of(states: Sequence[str], lowest: float, highest: float) -> str:
    """The state that holds all numbers from ``lowest`` to ``highest``, or ''.

    >>> ages = ("under_18", "18-39", "40-79", "80+")
    >>> band_of(ages, 39.5, 39.5), band_of(ages, 30, 50), band_of(ages, 17, 17), band_of(ages, 95, 95)
    ('18-39', '', 'under_18', '80+')
    """
    for state in states:
        if band := _BAND.fullmatch(state):
            low, end = float(band["low"] or band["over"] or 0), inf
            if band["high"] or band["under"]:
                end = float(band["under"] or int(band["high"]) + 1)
            if low <= lowest and highest < end:
                return state
    return ""


def band_of_text(states: Sequence[str], text: str) -> str:
    """The state that holds a number that is written out, such as 62 or 62.5, or ''.

    >>> band_of_text(("18-39", "40+"), "62.5"), band_of_text(("18-39", "40+"), "inf")
    ('40+', '')
    """
    number = float(text) if _NUMBER.fullmatch(text.strip()) else nan
    return band_of(states, number, number)
