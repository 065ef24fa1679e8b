"""Measured: a number as people write it, ``850 U/L (<200)``, with its unit and reference range."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from math import inf

from dxnet.knowledge.units import MRC, with_unit

_FIGURE = r"[0-9]+(?:[.,][0-9]+)?(?:[eE][+-]?[0-9]{1,3})?"
_UNIT_FROM_DIGITS = r"(?<=\s)(?:1|10[*^][0-9]{1,2})/[A-Za-zµμ]{1,5}"
"""Such as 1/uL and 10*6/L, which a blank parts from the number."""
_MEASURED = re.compile(
    rf"(?P<of>[A-Za-z](?:[\w .\-]*?[\w.])?[\s:=]+|)(?P<sign><=|>=|[<>≤≥]|)\s*(?P<low>-?{_FIGURE})"
    rf"(?:\s*[-–]\s*(?P<high>{_FIGURE}))?\s*(?P<unit>[^()0-9<>\-–\s][^()<>]{{0,30}}?|/5|{_UNIT_FROM_DIGITS}|)\s*"
    r"(?:\((?P<span>[^()]*)\))?"
)
_REFERENCE_RANGE = re.compile(
    rf"(?:ref(?:erence)?(?: range)?|normal(?: range)?|N)?[\s:.]*"
    rf"(?:(?P<sign><=|>=|[<>≤≥]|up to )\s*(?P<end>{_FIGURE})|(?P<low>{_FIGURE})\s*[-–]\s*(?P<high>{_FIGURE}))"
    r"\s*(?P<unit>[^()0-9<>]*)",
    re.IGNORECASE,
)
_ONE_MARK = {
    mark: re.compile(rf"(?<![0-9.,])([1-9][0-9]{{0,2}})[{mark}]([0-9]{{3}})(?![0-9eE]|[.,][0-9])")
    for mark in ".,"
}
"""A number whose one mark may part decimals or thousands: 2.500 is 2.5, or 2500 as Germans write it."""
_GROUPED = re.compile(
    r"[0-9]{1,3}(?:(?:\.[0-9]{3})+,[0-9]+|(?:,[0-9]{3})+\.[0-9]+|(?:[.,][0-9]{3}){2,}"
    r"|(?:[ '\u2019\u00a0\u202f][0-9]{3})+(?:[.,][0-9]+)?)(?![0-9])"
)
"""A number whose thousands are parted."""
_SIGNED_MRC = re.compile(r"(?P<grade>[0-5])(?P<sign>[+-])/5")
_SEPARATOR = re.compile(r"\s*[;,]\s+(?=[A-Za-z])|\s+and\s+")
_LONGEST = 120
"""Characters of a text that may be a number."""
_GREATEST = 1e100
"""No measurement is as large, and none can be converted beyond what a number of a computer holds."""
_THIRD = 1 / 3
"""Of a grade: how far 4+ is above 4."""


class Unreadable(ValueError):
    """A number that is no state; the message and its cure, and whether naming a state instead may be one."""

    def __init__(self, message: str, fix: str = "", *, may_name_state: bool = True):
        super().__init__(message)
        self.message, self.fix, self.may_name_state = message, fix, may_name_state


@dataclass(frozen=True)
class Measured:
    """A number as it was written: from ``low`` to ``high``, its unit and the reference range of its report.

    Ends that are open, of ``<5`` and ``>1000``, are not part of it. ``of`` is what was measured, if stated.
    """

    low: float
    high: float
    unit: str = ""
    is_low_open: bool = False
    is_high_open: bool = False
    normal_low: float | None = None
    normal_high: float | None = None
    span_unit: str = ""
    of: str = ""

    def __str__(self) -> str:
        """The number and its unit, without what it is of and the reference range."""
        ends = [f"{end:g}" for end in dict.fromkeys((self.low, self.high)) if abs(end) != inf]
        sign = "<" if self.low == -inf else ">" if self.high == inf else ""
        return with_unit(f"{sign}{'-'.join(ends)}", self.unit)


def measurements(text: str) -> list[Measured]:
    """The numbers of a text, or none where it is no number.

    Raises:
        Unreadable: a comma that may part decimals or thousands, thousands that are parted, a number that is
            too large.

    >>> measurements("850 U/L (<200)")
    [Measured(low=850.0, high=850.0, unit='U/L', is_low_open=False, ... normal_high=200.0, ...)]
    >>> [(it.of, it.low) for it in measurements("TSH 0.05 mU/L, calcium 2.4 mmol/L")]
    [('TSH', 0.05), ('calcium', 2.4)]
    >>> measurements("probable compression")
    []
    """
    if len(text) > _LONGEST:
        return []
    found = [_measured_of(part) for part in _SEPARATOR.split(text.strip())]
    return [it for it in found if it] if all(found) else []


def both_readings(text: str, mark: str = ".") -> tuple[str, ...]:
    """A text with decimals and with thousands where a mark may part either; none where it cannot be both.

    Each is written as nothing but what it is.

    >>> both_readings("2.500 U/L"), both_readings("2.125"), both_readings("0.450"), both_readings("1234.567")
    (('2.5 U/L', '2500 U/L'), ('2.1250', '2125'), (), ())
    """
    either = _ONE_MARK[mark]
    if not either.search(text):
        return ()
    decimals = either.sub(lambda it: unmistakable(f"{float(f'{it[1]}.{it[2]}'):g}"), text)
    return decimals, either.sub(r"\1\2", text)


def unmistakable(number: str) -> str:
    """A number with a decimal point, as programs write it, in which the point cannot part thousands.

    >>> unmistakable("2.125"), unmistakable("2.5")
    ('2.1250', '2.5')
    """
    return f"{number}0" if _ONE_MARK["."].fullmatch(number.lstrip("-")) else number


def _measured_of(text: str) -> Measured | None:
    found = _MEASURED.fullmatch(text.strip())
    begin, end = found.span("low") if found else (0, 0)
    if (grouped := _GROUPED.match(text.strip(), begin)) and grouped.end() > end:
        raise Unreadable(f"{text!r}: the thousands of the number are parted", _one_number(grouped.group()))
    if not found:
        return None
    if ways := both_readings(text, ","):
        raise Unreadable(f"{text!r}: the comma may part decimals or thousands", f"write {' or '.join(ways)}")
    low = _decimal(found["low"])
    high = _decimal(found["high"]) if found["high"] else low
    sign = found["sign"]
    unit = found["unit"]
    if signed := _SIGNED_MRC.fullmatch(text.split()[-1]):
        low = high = float(signed["grade"]) + (_THIRD if signed["sign"] == "+" else -_THIRD)
        unit = MRC
    if low > high:
        raise Unreadable(f"{text!r} goes from more to less", "write the smaller number first")
    number = Measured(low, high, unit, of=found["of"].strip(" :=\t"))
    if sign in ("<", "<=", "≤"):
        number = replace(number, low=-inf, is_high_open=sign == "<")
    elif sign:
        number = replace(number, high=inf, is_low_open=sign == ">")
    return number if found["span"] is None else _with_span(number, found["span"])


def _with_span(number: Measured, text: str) -> Measured:
    """The reference range in brackets behind a number."""
    found = _REFERENCE_RANGE.fullmatch(text.strip())
    if not found:
        raise Unreadable(f"cannot read the reference range ({text})", "write it as (<200) or (38-174)")
    number = replace(number, span_unit=found["unit"].strip())
    if found["sign"] is None:
        return replace(number, normal_low=_decimal(found["low"]), normal_high=_decimal(found["high"]))
    end = _decimal(found["end"])
    is_least = found["sign"] in (">", ">=", "≥")
    return replace(number, normal_low=end) if is_least else replace(number, normal_high=end)


def _one_number(text: str) -> str:
    """The cure of a number whose thousands are parted; blanks may also part two numbers, such as a range.

    >>> _one_number("1.234,5"), _one_number("200 300")
    ('write 1234.5', 'write 200300 if it is one number, 200-300 if it is a range')
    """
    fix, parts = f"write {_without_groups(text)}", text.split()
    if len(parts) == 1:
        return fix
    low, high, *more = (part.replace(",", ".") for part in parts)
    is_range = not more and float(low) <= float(high)
    return f"{fix} if it is one number" + (f", {low}-{high} if it is a range" if is_range else "")


def _without_groups(text: str) -> str:
    """A number without what parts its thousands; what stands last and once parts its decimals."""
    *whole, last = re.split("[^0-9]", text)
    parts = re.sub("[0-9]", "", text)
    return f"{''.join(whole)}{'.' if len(set(parts)) > 1 and parts[-1] in '.,' else ''}{last}"


def _decimal(text: str) -> float:
    number = float(text.replace(",", "."))
    if number > _GREATEST:
        raise Unreadable(f"{text} is too large for a measurement", "write the right number")
    return number
