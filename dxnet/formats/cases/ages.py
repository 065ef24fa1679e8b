"""Ages at onset: durations and dates of records as the band of age that a network has a state for."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from dxnet.formats.cases.codes import subject_finding
from dxnet.knowledge.entered import read_entered
from dxnet.knowledge.network import Network

_DURATION = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T.*)?")
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T.*)?)?)?")
OLDEST = 120
"""Years; an age above it is a slip."""
YEAR = 365.25
"""Days."""


def years_of(duration: str) -> float | None:
    """An ISO 8601 duration in years.

    >>> years_of("P62Y6M"), years_of("P400D") > 1, years_of("sixty")
    (62.5, True, None)
    """
    found = _DURATION.fullmatch(duration)
    if not found or not any(found.groups()):
        return None
    years, months, weeks, days = (int(part or 0) for part in found.groups())
    return years + months / 12 + weeks * 7 / YEAR + days / YEAR


def days_of(text: str) -> tuple[date, date] | None:
    """The first and the last day that a date may mean, which may lack day or month; None where it is none.

    >>> days_of("2020-02")
    (datetime.date(2020, 2, 1), datetime.date(2020, 2, 29))
    """
    found = _DATE.fullmatch(text)
    if not found:
        return None
    year, month, day = (int(part) if part else 0 for part in found.groups())
    try:
        last = day or monthrange(year, month or 12)[1]
        return date(year, month or 1, day or 1), date(year, month or 12, last)
    except ValueError:
        return None


def age_between(born: str, then: str) -> tuple[float, float] | None:
    """The lowest and the highest age in years at a date; None where a date is missing or before birth.

    >>> age_between("1950-03-01", "2012-03-01"), age_between("1950", "2012")
    ((62.0, 62.0), (61.0, 62.0))
    """
    first, last = days_of(born), days_of(then)
    if first is None or last is None or last[1] < first[0]:
        return None
    low, high = (_whole_years(*days) for days in ((first[1], last[0]), (first[0], last[1])))
    return max(low, 0.0), high


def _whole_years(born: date, then: date) -> float:
    return float(then.year - born.year - ((then.month, then.day) < (born.month, born.day)))


def onset_band(network: Network, low: float, high: float) -> tuple[str, str]:
    """The finding that is the age at onset, and its state for an age between two ('' where there is none)."""
    name = subject_finding(network, "age at onset")
    if not name or low > high:
        return name, ""
    return name, read_entered(network, name, f"{low:.6f}-{high:.6f} years").state
