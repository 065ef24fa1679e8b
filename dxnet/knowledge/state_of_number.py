"""The state that a number lies in."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from math import inf

from dxnet.knowledge.bands import limits_of_bands
from dxnet.knowledge.measurement import Measured, Unreadable, both_readings, measurements
from dxnet.knowledge.network import Finding
from dxnet.knowledge.number_meaning import NumberMeaning
from dxnet.knowledge.plain_words import lowered
from dxnet.knowledge.units import MRC, PERCENT, PLUSES, ULN, factor, unit_spelling, with_unit

OLDEST = 122
"""Years of the longest human life that is verified (Jeanne Calment, 1875 to 1997)."""
_CALENDAR_YEAR = re.compile(r"(18|19|20)[0-9][0-9]")


def state_of_number(finding: Finding, names: Sequence[str], text: str) -> str:
    """The state that a text of numbers lies in, or '' where it is no number.

    Args:
        finding: which states what its numbers mean.
        names: by which a text may call the finding before the number.
        text: what was entered.

    Raises:
        Unreadable: a number that is no state, with the reason and the cure.

    >>> from dxnet import load_network
    >>> age = load_network("als_mimics").findings["age"]
    >>> state_of_number(age, ("age",), "64"), state_of_number(age, ("age",), "sixty")
    ('60-69', '')
    """
    ways, read = both_readings(text), dict[str, str]()
    for way in ways:
        with suppress(Unreadable):
            read[way] = _state_of_number(finding, names, way)
    as_decimals, as_thousands = (read.get(way) for way in ways or ("", ""))
    if as_thousands and as_thousands != as_decimals:
        raise Unreadable(f"{text!r}: the dot may part decimals or thousands", f"write {' or '.join(read)}")
    return _state_of_number(finding, names, text)


def _state_of_number(finding: Finding, names: Sequence[str], text: str) -> str:
    """The same, where a dot parts decimals."""
    meanings = meanings_of(finding)
    found = measurements(text) if meanings else []
    if not found:
        return ""
    if len(meanings) == 1 and len(found) > 1:
        raise Unreadable(f"{text!r} is more than one number", "write one")
    own = {lowered(name) for name in names}
    read = {it.of: state for it, state in (_meaning_and_state(finding, own, number) for number in found)}
    if len(read) < len(found):
        raise Unreadable(f"{text!r} gives one measurement twice", "write each once")
    normal = finding.states[0]
    abnormal = {state for state in read.values() if state != normal}
    if abnormal:
        return _single_state(sorted(abnormal), text)
    if missing := " and ".join(it.of for it in meanings if it.of not in read):
        known = ", ".join(_said_of_normal(finding, it) for it in meanings if it.of in read)
        fix = f"write {missing} too, with a comma between, or leave {' and '.join(read)} out"
        raise Unreadable(f"{known}, but nothing is said of {missing}", fix, may_name_state=False)
    return normal


def state_of_part(finding: Finding, of: str, text: str) -> str:
    """The state of one of several measurements by itself, or '' where the text is no number of it.

    >>> from dxnet import load_network
    >>> state_of_part(load_network("als_mimics").findings["thyroid_calcium"], "calcium", "2.4 mmol/L")
    'normal'
    """
    try:
        found = measurements(text)
        return _meaning_and_state(finding, set(), replace(found[0], of=of))[1] if len(found) == 1 else ""
    except Unreadable:
        return ""


def states_of_interval(finding: Finding, low: float, high: float, *, is_high_open: bool = False) -> list[str]:
    """The states that hold some part of an interval of a finding's only number, in its unit.

    None where it is of no number, or implausible; an infinite end is open.

    >>> from dxnet import load_network
    >>> states_of_interval(load_network("als_mimics").findings["age"], 40, 60, is_high_open=True)
    ['40-49', '50-59']
    """
    meanings = meanings_of(finding)
    if len(meanings) != 1 or low > high:
        return []
    number = Measured(low, high, meanings[0].unit, is_high_open=is_high_open or high == inf)
    try:
        _require_plausible(meanings[0], number)
    except Unreadable:
        return []
    return _states_between(finding, meanings[0], number)


def meanings_of(finding: Finding) -> tuple[NumberMeaning, ...]:
    """What numbers of a finding mean: as the network says, or as the names of its states do (18-39)."""
    limits = () if finding.number else limits_of_bands(finding.states)
    if not limits:
        return finding.number
    is_age = finding.subject == "age at onset"
    most = float(OLDEST) if is_age else 1e9
    fields = {"limits": limits, "plausible": (0.0, most), "without a unit": "yes", "source": "@estimate"}
    reason = "the names of the states"
    meaning = NumberMeaning.model_validate({"unit": "years" if is_age else "", "reason": reason, **fields})
    return (meaning,)


def is_number(text: str) -> bool:
    """Whether a text begins as a number, or a name with a number.

    >>> is_number("850 U/L"), is_number("TSH 0.05 mU/L"), is_number("yes")
    (True, True, False)
    """
    try:
        return bool(measurements(text))
    except Unreadable:
        return True


def number_of_one_unit(meaning: NumberMeaning, number: Measured) -> Measured | None:
    """A number, and its reference range, in the unit of a meaning; None where its unit is another thing's."""
    unit = unit_spelling(number.unit) or (meaning.unit if meaning.unitless == "yes" else "")
    by = _factor_to_meaning(unit, meaning) if unit or not meaning.unit else None
    upper = number.normal_high
    if unit == ULN and meaning.upper is not None:
        own = _factor_to_meaning(unit_spelling(number.span_unit) or meaning.unit, meaning)
        if upper is not None and own is None:
            return None
        by = _to_twelve_digits(upper * (own or 1.0)) if upper is not None else meaning.upper
        return _scaled(replace(number, normal_low=None, normal_high=None), by, 1.0, by if upper else None)
    if by is None:
        return None
    span = _factor_to_meaning(unit_spelling(number.span_unit) or unit, meaning)
    return None if span is None else _scaled(number, by, span)


def _said_of_normal(finding: Finding, meaning: NumberMeaning) -> str:
    """What a number in the normal state says; of which side only is abnormal, that the other is not meant."""
    normal, states = finding.states[0], meaning.states or finding.states
    sides = ("high", "low") if states[0] == normal else ("low", "high") if states[-1] == normal else ()
    if states.count(normal) > 1 or not sides:
        return f"{meaning.of} is {normal}"
    abnormal, other = sides
    return f"{meaning.of} is not {abnormal} (a {other} one is no part of this finding)"


def _meaning_and_state(finding: Finding, names: set[str], number: Measured) -> tuple[NumberMeaning, str]:
    """What is measured, and the state that it lies in."""
    called = lowered(number.of)
    every = meanings_of(finding)
    meanings = [it for it in every if called and called == lowered(it.of)]
    meanings = meanings or [it for it in every if not called or called in names]
    if not meanings:
        of = [it.of for it in every if it.of] or sorted(names)
        fix = f"write {' or '.join(of)} before the number"
        raise Unreadable(f"{number.of!r} is not what it is a number of", fix)
    fitting = [(it, inside) for it in meanings if (inside := number_of_one_unit(it, number)) is not None]
    if not fitting and number.unit == PLUSES:
        raise Unreadable(f"{number} is a grade, or says {number.low:g} or more", _if_open(meanings, number))
    if not fitting:
        raise Unreadable(_no_unit(number), f"write it in {' or '.join(_units(meanings))}")
    if len(fitting) > 1:
        of = [it.of for it, _ in fitting]
        raise Unreadable(f"may be a number of {' or '.join(of)}", f"write which, as in '{of[0]} 1'")
    meaning, inside = fitting[0]
    _require_plausible(meaning, inside)
    return meaning, _single_state(_states_between(finding, meaning, inside), str(number))


def _if_open(meanings: Sequence[NumberMeaning], number: Measured) -> str:
    """The cure for a number that may say that or more: to write so, where all those are of one state."""
    is_one = len(meanings) == 1 and number.low > meanings[0].limits[-1]
    return f"write {with_unit(f'>={number.low:g}', meanings[0].unit)} for the latter" if is_one else ""


def _no_unit(number: Measured) -> str:
    if number.span_unit and number.unit:
        return f"cannot compare {number} with a reference range in {number.span_unit}"
    return f"{number} has {'an unknown unit' if number.unit else 'no unit'}"


def _units(meanings: Sequence[NumberMeaning]) -> Iterator[str]:
    for meaning in meanings:
        unit = {PLUSES: "grades, as 2+", MRC: "grades, as 4/5"}.get(meaning.unit, meaning.unit)
        yield f"{unit} ({meaning.of})" if meaning.of else unit
        if meaning.upper is not None:
            yield "times the upper limit (x ULN)"


def _require_plausible(meaning: NumberMeaning, number: Measured) -> None:
    least, most = meaning.plausible
    for end in {number.low, number.high} - {inf, -inf}:
        if least <= end <= most:
            continue
        if meaning.unit == "years" and _CALENDAR_YEAR.fullmatch(f"{end:g}"):
            raise Unreadable(f"{end:g} is a year, as of birth, and no age", "write the age in years")
        side = f"more than {most:g}" if end > most else f"less than {least:g}"
        raise Unreadable(
            f"{with_unit(f'{end:g}', meaning.unit)} is implausible, {side}",
            "check the number and its unit; if it is a code for what is missing, leave the finding out; "
            "otherwise write the right number",
        )


def _states_between(finding: Finding, meaning: NumberMeaning, number: Measured) -> list[str]:
    """The states that hold some part of an interval, each once."""
    limits = list(meaning.limits)
    for stated, own in ((meaning.lower, number.normal_low), (meaning.upper, number.normal_high)):
        if stated is not None and own is not None:
            if not meaning.plausible[0] <= own <= meaning.plausible[1]:
                raise Unreadable(f"its reference range is implausible ({own:g})", "check its numbers")
            limits[limits.index(stated)] = own
    if limits != sorted(set(limits)):
        given = ", ".join(f"{limit:g}" for limit in limits)
        raise Unreadable(f"its reference range puts the limits out of order ({given})")
    at = bisect_right if meaning.at_limit == "upper" else bisect_left
    first = (bisect_right if number.is_low_open else at)(limits, number.low)
    last = (bisect_left if number.is_high_open else at)(limits, number.high)
    return list(dict.fromkeys((meaning.states or finding.states)[first : last + 1]))


def _single_state(states: Sequence[str], text: str) -> str:
    if len(states) == 1:
        return states[0]
    raise Unreadable(f"{text} may be {' or '.join(states)}")


def _factor_to_meaning(unit: str, meaning: NumberMeaning) -> float | None:
    wanted = unit_spelling(meaning.unit)
    if unit == wanted:
        return 1.0
    if {unit, wanted} & {PERCENT, PLUSES, MRC, ULN}:
        return None
    return factor(unit, wanted, meaning.molar_mass)


def _scaled(number: Measured, by: float, span_by: float, upper: float | None = None) -> Measured:
    low, high = (_to_twelve_digits(end * by) for end in (number.low, number.high))
    ends = [
        None if end is None else _to_twelve_digits(end * span_by)
        for end in (number.normal_low, number.normal_high)
    ]
    return replace(number, low=low, high=high, normal_low=ends[0], normal_high=upper or ends[1])


def _to_twelve_digits(number: float) -> float:
    """Twelve digits, so that a conversion leaves a number on the limit that it is on."""
    return float(f"{number:.12g}")
