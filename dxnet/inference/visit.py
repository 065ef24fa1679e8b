"""Visit: what was found on one day. Of each finding, what was seen last counts."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import ClassVar

import numpy as np

from dxnet.errors import CaseError, Issue, brief
from dxnet.knowledge.entered import as_text, plain_text
from dxnet.knowledge.read_only import CaseMapping

State = str | Mapping[str, float]
"""A state, a soft word with one (``probable compression``), a number with its unit (``850 U/L``), a plain
word (``yes``), or P(what was seen | state) of each state."""
_PLAIN_VALUES = (bool, int, float, np.bool_, np.integer, np.floating, date, Decimal)


@dataclass(frozen=True, repr=False)
class Visit:
    """The findings of one day. What is not listed was not examined on that day, and is never absent for it.

    It keeps a copy of the findings, which cannot be changed.

    Args:
        on: the day, also as ISO 8601 text (``2024-03-09``) or as of numpy and pandas.
        findings: those that were examined on that day alone, as those of a ``Case``.
        note: free text; no patient identifiers are wanted.

    Raises:
        CaseError: a text that is no day, or no value.
        TypeError: the day is neither date nor text, or the findings are no mapping.

    >>> Visit("2024-03-09", {"babinski": "present", "age": 64})
    Visit('2024-03-09', {'babinski': 'present', 'age': '64'})
    """

    on: date
    findings: Mapping[str, State] = field(default_factory=CaseMapping)
    note: str = ""
    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # its findings are a mapping

    def __post_init__(self) -> None:
        object.__setattr__(self, "on", day_of(self.on))
        object.__setattr__(self, "findings", as_entered(self.findings))

    def __repr__(self) -> str:
        note = f", note={self.note!r}" if self.note else ""
        return f"Visit({self.on.isoformat()!r}, {dict(self.findings)!r}{note})"


def day_of(value: date | str | np.datetime64) -> date:
    """A day; of a text, in ISO 8601.

    Raises:
        CaseError: a text that is no day; no value, as NaT.
        TypeError: neither date nor text.

    >>> day_of("2024-03-09"), day_of(np.datetime64("2024-03-09T10:00"))
    (datetime.date(2024, 3, 9), datetime.date(2024, 3, 9))
    """
    if isinstance(value, np.datetime64):
        value = value.astype("datetime64[D]").item()
    if _is_no_value(value):
        raise CaseError([Issue("error", "", "there is no date", "give the day, such as 2024-03-09")])
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    if not isinstance(value, str):
        raise TypeError(f"{brief(value)} is no day; give a date, or a text such as '2024-03-09'")
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            raise ValueError
        return date.fromisoformat(value)
    except ValueError:
        where = str(getattr(value, "where", ""))
        fix = "write year, month and day, such as 2024-03-09"
        raise CaseError([Issue("error", where, f"{brief(value)} is no date", fix)]) from None


def as_entered(findings: Mapping[str, State | float], called: str = "findings") -> Mapping[str, State]:
    """Findings with the numbers, truth values and days of Python as text, without those that have no value.

    They are a copy that cannot be changed. None, NaN, and the NA and NaT of pandas are no value: the finding
    was not examined.

    Args:
        findings: by finding.
        called: how a message calls them.

    Raises:
        TypeError: no mapping.

    >>> as_entered({"babinski": True, "clonus": None, "age": float("nan")})
    {'babinski': 'yes'}
    """
    if type(findings) is CaseMapping:
        return findings
    if not isinstance(findings, Mapping):
        raise TypeError(
            f"{called} are {brief(findings)}; give a mapping of findings such as {{'fever': 'present'}}"
        )
    if all(isinstance(state, str) for state in findings.values()):
        return CaseMapping(findings)  # type: ignore[arg-type]  # all are texts
    return CaseMapping(
        (name, _kept(state))
        for name, state in findings.items()
        if isinstance(state, str) or not _is_no_value(state)
    )


def _kept(state: State | float) -> State:
    """A state or a likelihood as a case keeps it."""
    if isinstance(state, _PLAIN_VALUES):
        return as_text(state)
    return CaseMapping(state) if isinstance(state, Mapping) else state


def as_name(called: str, value: object) -> str:
    """An id or a diagnosis as text: a number as it is written, and '' for no value.

    Raises:
        TypeError: anything else.

    >>> as_name("id", 17.0), as_name("id", np.int64(7)), as_name("diagnosis", float("nan"))
    ('17', '7', '')
    """
    if isinstance(value, str):
        return value
    if _is_no_value(value):
        return ""
    if isinstance(value, _PLAIN_VALUES):
        return plain_text(value)
    raise TypeError(f"{called} is {brief(value)}; give a text")


def _is_no_value(state: object) -> bool:
    if isinstance(state, float | np.floating):
        return bool(np.isnan(state))
    return state is None or type(state).__name__ in ("NAType", "NaTType")  # of pandas, which may not be there


def one_state_of(possible: Collection[str], states: Sequence[str]) -> State:
    """What is known when it is only known to be one of some states: this state, or each of them alike.

    >>> states = ("normal", "mild", "high")
    >>> one_state_of(["normal"], states), one_state_of(["mild", "high"], states)
    ('normal', {'mild': 1.0, 'high': 1.0})
    """
    first, *others = possible
    return {state: 1.0 for state in states if state in possible} if others else first


def seen_last(visits: Iterable[Visit]) -> dict[str, State]:
    """The findings in force after some visits, earliest first: each as it was seen last.

    A finding that was not examined again stays as it was; one that was never examined is not in it.

    >>> first = Visit("2024-01-10", {"babinski": "absent", "clonus": "absent"})
    >>> seen_last([first, Visit("2024-06-02", {"babinski": "present"})])
    {'babinski': 'present', 'clonus': 'absent'}
    """
    return {name: state for visit in visits for name, state in visit.findings.items()}


def in_order(visits: Iterable[Visit]) -> tuple[Visit, ...]:
    """Visits, earliest first.

    Raises:
        CaseError: two of one day.
        TypeError: something else than visits.
    """
    visits = tuple(visits)
    if odd := [it for it in visits if not isinstance(it, Visit)]:
        raise TypeError(f"{brief(odd[0])} is no visit; give a Visit")
    ordered = tuple(sorted(visits, key=lambda visit: visit.on))
    days = [visit.on for visit in ordered]
    if twice := sorted({day for day in days if days.count(day) > 1}):
        raise CaseError(
            [Issue("error", "", f"two visits on {day}", "join them, or correct a date") for day in twice]
        )
    return ordered
