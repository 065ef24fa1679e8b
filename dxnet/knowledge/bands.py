"""States that are bands of a number, such as ages: ``under_18``, ``18-39``, ``80+``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

_BAND = re.compile(r"(?P<low>[0-9]+)-(?P<high>[0-9]+)|under_(?P<under>[0-9]+)|(?P<over>[0-9]+)\+")


def limits_of_bands(states: Sequence[str]) -> tuple[float, ...]:
    """The limits between states whose names are bands that leave nothing out; none of other states.

    >>> limits_of_bands(("under_18", "18-39", "40-79", "80+")), limits_of_bands(("normal", "high"))
    ((18.0, 40.0, 80.0), ())
    >>> limits_of_bands(("18-39", "60+"))
    ()
    """
    bands = [band for state in states if (band := _BAND.fullmatch(state))]
    if len(bands) < len(states):
        return ()
    starts = [float(band["low"] or band["over"] or 0) for band in bands]
    ends = [float(band["under"] or int(band["high"] or -2) + 1) for band in bands]
    is_whole = all(end == start for end, start in zip(ends, starts[1:], strict=False))
    return tuple(starts[1:]) if is_whole and all(a < b for a, b in pairwise(starts)) else ()
