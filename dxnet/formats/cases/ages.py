"""Ages at onset: durations, dates and age groups of records as a number of years, or as bands of age."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from math import floor, isfinite

from dxnet.formats.cases.codes import subject_finding
from dxnet.inference.visit import State, one_state_of
from dxnet.knowledge.entered import read_entered
from dxnet.knowledge.network import Network
from dxnet.knowledge.state_of_number import states_of_interval
from dxnet.knowledge.units import with_unit

_DURATION = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T.*)?")
_PARTIAL_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T.*)?)?)?")
_YEARS = {"a": 1.0, "mo": 1 / 12, "wk": 7 / 365.25, "d": 1 / 365.25}
"""Of each unit of UCUM, in the order of an ISO 8601 duration."""
_UNITS_OF_TIME = {"year": "a", "month": "mo", "week": "wk", "day": "d"}


def years_of(duration: str) -> float | None:
    """An ISO 8601 duration in years.

    >>> years_of("P62Y6M"), years_of("P400D") > 1, years_of("sixty")
    (62.5, True, None)
    """
    found = _DURATION.fullmatch(duration)
    if not found or not any(found.groups()):
        return None
    return sum(int(part or 0) * years for part, years in zip(found.groups(), _YEARS.values(), strict=True))


def years_in(number: float, unit: str) -> float | None:
    """So many years, months, weeks or days in years, the unit as a word or by UCUM; None in no such unit.

    >>> years_in(6, "months"), years_in(62, "a"), years_in(3, "mg")
    (0.5, 62.0, None)
    """
    name = unit.lower().removesuffix("s")
    years = _YEARS.get(_UNITS_OF_TIME.get(name, name))
    return None if years is None else number * years


def days_of(text: str) -> tuple[date, date] | None:
    """The first and the last day that a date may mean, which may lack day or month; None where it is none.

    >>> days_of("2020-02")
    (datetime.date(2020, 2, 1), datetime.date(2020, 2, 29))
    """
    found = _PARTIAL_DATE.fullmatch(text)
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


def onset_state(network: Network, ages: tuple[float, float], *, is_class: bool = False) -> State | None:
    """The state of the age at onset by its lowest and highest age in years; None where it is none.

    An exact age is a number. A span of ages is one, too, where it lies in one band, and otherwise every band
    that it touches. ``is_class`` is that of an age group: no number, and its end is not part of it.

    >>> from dxnet import load_network
    >>> als = load_network("als_mimics")
    >>> onset_state(als, (62.58, 62.58)), onset_state(als, (61, 62)), onset_state(als, (58, 61))
    ('62.5 years', '61-62 years', {'50-59': 1.0, '60-69': 1.0})
    """
    name = subject_finding(network, "age at onset")
    if not name:
        return None
    low, high = ages
    text = with_unit("-".join(dict.fromkeys((_age_digits(low), _age_digits(high)))), "years")
    if not is_class and read_entered(network, name, text).kind == "number":
        return text
    is_open = is_class and low < high
    bands = states_of_interval(network.findings[name], low, high, is_high_open=is_open)
    return one_state_of(bands, network.findings[name].states) if bands else None


def _age_digits(years: float) -> str:
    """Completed tenths of a year: rounding up could reach the next band."""
    return f"{floor(years * 10) / 10:g}" if isfinite(years) else ""
