"""States that are bands of a number, such as ages: ``under_18``, ``18-39``, ``80+``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import inf, nan

_BAND_NAME = re.compile(r"(?P<low>[0-9]+)-(?P<high>[0-9]+)|under_(?P<under>[0-9]+)|(?P<over>[0-9]+)\+")
_PLAIN_NUMBER = re.compile(r"[0-9]+(\.[0-9]+|,[0-9]{1,2})?")
OLDEST = 122
"""Years of the longest human life that is verified (Jeanne Calment, 1875 to 1997)."""


def band_of(states: Sequence[str], lowest: float, highest: float) -> str:
    """The state that holds all numbers from ``lowest`` to ``highest``, or ''.

    >>> ages = ("under_18", "18-39", "40-79", "80+")
    >>> band_of(ages, 39.5, 39.5), band_of(ages, 30, 50), band_of(ages, 17, 17), band_of(ages, 95, 95)
    ('18-39', '', 'under_18', '80+')
    """
    for state in states:
        if band := _BAND_NAME.fullmatch(state):
            low, end = float(band["low"] or band["over"] or 0), inf
            if band["high"] or band["under"]:
                end = float(band["under"] or int(band["high"]) + 1)
            if low <= lowest and highest < end:
                return state
    return ""


def band_of_text(states: Sequence[str], text: str) -> str:
    """The state that holds a number that is written out, such as 62, 62.5 or 62,5, or ''.

    >>> bands = ("18-39", "40+")
    >>> band_of_text(bands, "62.5"), band_of_text(bands, "62,5"), band_of_text(bands, "inf")
    ('40+', '40+', '')
    """
    number = float(text.replace(",", ".")) if _PLAIN_NUMBER.fullmatch(text.strip()) else nan
    return band_of(states, number, number)


def implausible_age(text: str) -> str:
    """Why a number that is written out is no age in years, or ''.

    >>> implausible_age("65"), implausible_age("999")
    ('', 'more than 122 years, the longest life: a code for a missing age?')
    >>> implausible_age("1962")
    'a year, as of birth, and no age'
    """
    if not _PLAIN_NUMBER.fullmatch(text.strip()) or float(text.replace(",", ".")) <= OLDEST:
        return ""
    if re.fullmatch(r"(18|19|20)[0-9][0-9]", text.strip()):
        return "a year, as of birth, and no age"
    return f"more than {OLDEST} years, the longest life: a code for a missing age?"
