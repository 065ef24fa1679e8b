"""Numbers of a case as quantities of other standards, and back: value, unit, comparator, reference range."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import inf
from typing import NamedTuple

import numpy as np

from dxnet.errors import brief
from dxnet.formats.cases.laboratory import Flag, Range, TestResult, range_flags
from dxnet.inference.visit import State
from dxnet.knowledge.entered import Entered, read_entered
from dxnet.knowledge.measurement import Measured, Unreadable, both_readings, measurements, unmistakable
from dxnet.knowledge.network import Network
from dxnet.knowledge.number_meaning import NumberMeaning
from dxnet.knowledge.state_of_number import state_of_part
from dxnet.knowledge.units import with_unit

UCUM = "http://unitsofmeasure.org"
ABNORMAL = frozenset("LHA") | {"POS"}


class Quantity(NamedTuple):
    """One number with its unit, ``<`` or ``>`` before it, and its reference range."""

    value: float
    unit: str
    comparator: str
    low: float | None
    high: float | None
    span_unit: str


def quantity_of(network: Network, name: str, text: str) -> Quantity | None:
    """The number that was entered for a finding; None of text that is more or less than one number.

    >>> from dxnet import load_network
    >>> quantity_of(load_network("als_mimics"), "ck", "850 U/L (<200)")
    Quantity(value=850.0, unit='U/L', comparator='', low=None, high=200.0, span_unit='U/L')
    """
    meanings, found = network.findings[name].number, measurements(text)
    if len(meanings) != 1 or len(found) != 1:
        return None
    number = found[0]
    comparator = _comparator(number)
    if not comparator and number.low != number.high:
        return None
    unit = number.unit or meanings[0].unit
    value = number.high if number.low == -inf else number.low
    return Quantity(value, unit, comparator, number.normal_low, number.normal_high, number.span_unit or unit)


def text_of(result: TestResult, unit: str = "") -> str:
    """A result of a laboratory as it would be entered; '' without a number or where its unit would change it.

    >>> text_of(TestResult(value=850, unit="U/L", ranges=[Range(None, 200, "U/L")]))
    '850 U/L (<200)'
    >>> text_of(TestResult(value=85, unit="-90 U/L"))
    ''
    """
    if result.value is None:
        return ""
    own, span = unit or result.unit, result.ranges[0] if len(result.ranges) == 1 else Range(None, None)
    text = with_unit(f"{result.comparator}{_twelve_digits(result.value)}", own)
    if not _says(text, result.value, own):
        return ""
    low, high = ("" if end is None else _twelve_digits(end) for end in (span.low, span.high))
    if not low and not high:
        return text
    ends = f"{low}-{high}" if low and high else f"<{high}" if high else f">{low}"
    return f"{text} ({with_unit(ends, span.unit if span.unit not in (own, result.unit) else '')})"


def _says(text: str, value: float, unit: str) -> bool:
    """Whether a text is read as this number in this unit, and as nothing else."""
    try:
        found = measurements(text)
    except Unreadable:
        return False
    number = float(_twelve_digits(value))
    return (
        len(found) == 1
        and not found[0].of
        and found[0].unit == unit.strip()
        and (found[0].normal_low, found[0].normal_high) == (None, None)
        and {found[0].low, found[0].high} - {inf, -inf} == {number}
    )


def result_of_text(text: str) -> TestResult:
    """The number in a text, with its unit and reference range; without one number, the text as unread.

    >>> result_of_text("< 0.15 g/L").value, result_of_text("800-900 U/L").unread
    (0.15, '800-900 U/L')
    """
    try:
        found = [] if both_readings(text) else measurements(text)
    except Unreadable:
        found = []
    if len(found) != 1 or found[0].of or (found[0].low != found[0].high and not _comparator(found[0])):
        return TestResult(unread=text)
    number = found[0]
    value, span = number.high if number.low == -inf else number.low, (number.normal_low, number.normal_high)
    if value < 0:
        return TestResult(unread=text)
    ranges = [] if span == (None, None) else [Range(*span, number.span_unit)]
    return TestResult(value=value, comparator=_comparator(number), unit=number.unit, ranges=ranges)


def _twelve_digits(value: float) -> str:
    """Twelve digits without an exponent."""
    digits = np.format_float_positional(value, precision=12, unique=True, fractional=False, trim="-")
    return unmistakable(digits)


def read_result(network: Network, name: str, result: TestResult, units: Iterable[str]) -> tuple[str, Entered]:
    """The number of a result for a finding as text, and how it is read, in the first unit that fits."""
    if result.value is None:
        return "", Entered("unread")
    texts = [text_of(result, unit) for unit in dict.fromkeys(units)]
    read = [(text, read_entered(network, name, text)) for text in texts if text]
    return next(
        (pair for pair in read if pair[1].kind == "number"), read[0] if read else _no_such_unit(result)
    )


def _no_such_unit(result: TestResult) -> tuple[str, Entered]:
    """A number whose unit is none, and could be taken for a part of it."""
    text = f"{result.comparator}{_twelve_digits(result.value or 0.0)} {result.unit}"
    return text, Entered("unread", problem=f"{brief(text)} has an unknown unit", fix="write the unit of UCUM")


def agreeing(network: Network, name: str, result: TestResult, units: Iterable[str]) -> str:
    """The number of a test as the text of a finding, or '' where it is none or its report judges otherwise.

    What a report says of its own test outweighs the limits of a network: N or H, and a reference range, even
    one that cannot be read. A side on which the network has no limit is as good as normal.
    """
    meanings = network.findings[name].number
    text, found = read_result(network, name, result, units)
    if len(meanings) != 1 or found.kind != "number":
        return ""
    return text if _agrees(network, name, meanings[0], result, found.state) else ""


def agreeing_part(
    network: Network, name: str, meaning: NumberMeaning, result: TestResult, units: Iterable[str]
) -> tuple[str, str] | None:
    """The same for one of several numbers of a finding: its text and the state that it is by itself, or None.

    >>> from dxnet import load_network
    >>> als = load_network("als_mimics")
    >>> tsh, calcium = als.findings["thyroid_calcium"].number
    >>> agreeing_part(als, "thyroid_calcium", tsh, TestResult(value=8.1, unit="mU/L"), ["mU/L"])
    ('TSH 8.1 mU/L', 'normal')
    """
    for unit in dict.fromkeys(units):
        text = text_of(result, unit)
        if text and (state := state_of_part(network.findings[name], meaning.of, text)):
            agrees = _agrees(network, name, meaning, result, state)
            return (f"{meaning.of} {text}", state) if agrees else None
    return None


def _agrees(network: Network, name: str, meaning: NumberMeaning, result: TestResult, state: str) -> bool:
    """Whether a report says of its own test what the limits of a network make of its number."""
    flags, by_range = result.flags, range_flags(result) if len(result.ranges) > 1 else set[Flag | None]()
    if any(span.is_open for span in result.ranges) or len(by_range) > 1 or None in by_range:
        return False
    flags = flags.union(flag for flag in by_range if flag)
    normal = {"N", "NEG"}
    if meaning.lower is not None or meaning.upper is not None:
        normal |= {"H"} if meaning.upper is None else set()
        normal |= {"L"} if meaning.lower is None else set()
    is_normal = state == network.findings[name].states[0]
    return not flags & (ABNORMAL - normal if is_normal else normal)


def as_written(network: Network, name: str, state: State) -> tuple[State, str]:
    """A finding as codes can write it: its state, and the number that was entered for it ('' where none was).

    >>> from dxnet import load_network
    >>> as_written(load_network("als_mimics"), "ck", "850 U/L")
    ('mild', '850 U/L')
    """
    if not isinstance(state, str) or name not in network.findings:
        return state, ""
    found = read_entered(network, name, state)
    return found.state or state, state if found.kind == "number" else ""


def without_echo(
    network: Network, stated: Mapping[str, State], pairs: Iterable[tuple[str, State]]
) -> list[tuple[str, State]]:
    """Findings of terms but those that say the same as a number or word that is stated."""
    known = {name: as_written(network, name, state)[0] for name, state in stated.items()}
    return [(name, state) for name, state in pairs if known.get(name) != state or stated[name] == state]


def _comparator(number: Measured) -> str:
    if number.low == -inf:
        return "<" if number.is_high_open else "<="
    if number.high == inf:
        return ">" if number.is_low_open else ">="
    return ""
