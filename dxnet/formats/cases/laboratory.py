"""Laboratory tests under LOINC codes: whether a result is low, normal or high, and the HPO terms for it.

A result is judged by its own report, its interpretation or its reference range. Which term stands for which
result is a public table, data/loinc.csv (doi:10.1038/s41746-019-0110-4).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from dxnet.formats.cases.finding_terms import FindingTerms
from dxnet.formats.cases.term_labels import Statement
from dxnet.knowledge.ontology import laboratory_tests
from dxnet.knowledge.strict_yaml import Scalar

Flag = Literal["L", "N", "H", "A", "POS", "NEG"]
FLAGS: dict[str, Flag] = {
    **dict.fromkeys(("L", "LL", "LU", "<"), "L"),
    **dict.fromkeys(("H", "HH", "HU", ">"), "H"),
    **dict.fromkeys(("A", "AA"), "A"),
    **dict.fromkeys(("POS", "DET", "RR", "WR"), "POS"),
    **dict.fromkeys(("NEG", "ND", "NR"), "NEG"),
    "N": "N",
}
"""What codes of HL7 ObservationInterpretation say of a result; others say nothing of it."""
_FLAG_WORDS: dict[str, Flag] = {
    **dict.fromkeys(("low", "decreased", "reduced", "below reference range"), "L"),
    **dict.fromkeys(("high", "elevated", "increased", "above reference range"), "H"),
    **dict.fromkeys(("normal", "within reference range"), "N"),
    **dict.fromkeys(("positive", "detected", "present", "reactive"), "POS"),
    **dict.fromkeys(("negative", "not detected", "absent", "non-reactive", "nonreactive"), "NEG"),
    "abnormal": "A",
}


_LIMIT = r"([0-9]+(?:\.[0-9]+)?)"
_LIMITS = re.compile(rf"(?:{_LIMIT} *(?:-|–|to) *{_LIMIT}|(<=?|>=?|≤|≥) *{_LIMIT}) *([^0-9\s]\S*|)")


@dataclass(frozen=True)
class Range:
    """A reference range: its ends (None where open) and its unit."""

    low: float | None
    high: float | None
    unit: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it has no end that is known."""
        return self.low is None and self.high is None


@dataclass(frozen=True)
class TestResult:
    """The result of a test: what its report says of it, its value with ``<`` or ``>``, and its ranges."""

    flags: frozenset[Flag] = frozenset()
    value: float | None = None
    comparator: str = ""
    unit: str = ""
    ranges: Sequence[Range] = ()
    unread: str = ""
    """The value where it is no single number of 0 or more."""


def range_of_text(text: str) -> Range | None:
    """A reference range in words, where it is one of numbers.

    >>> range_of_text("0.3 - 5.0 mU/L"), range_of_text("< 200"), range_of_text("negative")
    (Range(low=0.3, high=5.0, unit='mU/L'), Range(low=None, high=200.0, unit=''), None)
    """
    found = _LIMITS.fullmatch(text.strip())
    if not found:
        return None
    low, high, sign, end, unit = found.groups()
    if sign:
        below = sign in ("<", "≤", "<=")
        return Range(None if below else float(end), float(end) if below else None, unit)
    return Range(float(low), float(high), unit) if float(low) <= float(high) else None


def flag_of_word(text: str) -> Flag | None:
    """What a word says of a result.

    >>> flag_of_word("Elevated"), flag_of_word("hemolysed")
    ('H', None)
    """
    return _FLAG_WORDS.get(text.strip().lower())


def is_test_of(terms: FindingTerms, code: str) -> bool:
    """Whether a LOINC code is of a test that tells of a finding of a network."""
    return any(terms.shown_by(term) for term in laboratory_tests().get(code, ()) if term)


def judged(result: TestResult) -> Flag | str:
    """Whether a result is low, normal, high, abnormal, positive or negative; otherwise why that is not known.

    >>> judged(TestResult(value=2500, unit="U/L", ranges=[Range(None, 200, "U/L")]))
    'H'
    >>> judged(TestResult(value=2500))
    'has neither an interpretation nor a reference range'
    >>> judged(TestResult(unread="-5 U/L"))
    'has neither a single number from 0 (-5 U/L) nor an interpretation'
    """
    by_range = {flag for flag in range_flags(result) if flag}
    flags: set[Flag] = {*result.flags, *by_range}
    if "A" in flags and len(flags) > 1 and "N" not in flags and "NEG" not in flags:
        flags.discard("A")
    if len(flags) == 1:
        return flags.pop()
    if flags:
        both = "reference ranges" if not result.flags else "an interpretation and reference ranges"
        return f"has {both if by_range else 'interpretations'} that contradict each other"
    if result.unread:
        return f"has neither a single number from 0 ({result.unread}) nor an interpretation"
    if result.value is None:
        return "has neither a value nor an interpretation"
    if result.ranges:
        return "has a value and a reference range that cannot be compared"
    return "has neither an interpretation nor a reference range"


def range_flags(result: TestResult) -> set[Flag | None]:
    """What each reference range makes of the value; None is of one that cannot be compared with it."""
    return {_against(result, span) for span in result.ranges}


def present_by_flag(flag: str) -> bool | None:
    """Whether a judged result says that what its code names is there; None where it says neither.

    >>> present_by_flag("POS"), present_by_flag("N"), present_by_flag("H")
    (True, False, None)
    """
    return {"POS": True, "A": True, "NEG": False, "N": False}.get(flag)


def _against(result: TestResult, span: Range) -> Flag | None:
    """A value against a reference range of the same unit."""
    value, low, high = result.value, span.low, span.high
    if (
        value is None
        or (low is None and high is None)
        or (result.unit and span.unit and result.unit != span.unit)
    ):
        return None
    if "<" in result.comparator:
        return (
            "L"
            if low is not None and value <= low
            else "N"
            if low is None and high and value <= high
            else None
        )
    if ">" in result.comparator:
        return (
            "H"
            if high is not None and value >= high
            else "N"
            if high is None and low and value >= low
            else None
        )
    if low is not None and value < low:
        return "L"
    return "H" if high is not None and value > high else "N"


def statements_of(code: Scalar, name: str, flag: str) -> list[Statement]:
    """What a result says of HPO terms: that of its own side is present, all others are excluded.

    >>> [(s.code, s.present) for s in statements_of(Scalar("2157-6"), "CK", "N")]
    [('HP:0003236', False)]
    """
    low, high, positive = laboratory_tests()[code]
    either = positive or high
    present: Collection[str] = {"L": [low], "H": [high], "POS": [either]}.get(flag, [])
    excluded: Collection[str] = {
        **{"L": [high, positive], "H": [low], "N": [low, high, positive], "NEG": [either]},
    }.get(flag, [])
    if flag == "A":
        sides = [term for term in (low, high, positive) if term]
        present, excluded = (sides, []) if len(sides) == 1 else ([], [])
    reported = f"{name}, {flag}"
    return [
        Statement(Scalar(term, code.where), "", is_present, reported)
        for terms, is_present in ((present, True), (excluded, False))
        for term in terms
        if term
    ]
