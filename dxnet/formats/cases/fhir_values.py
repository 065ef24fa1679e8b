"""What the value of a FHIR Observation says: present or absent, low or high, and when it was found.

https://hl7.org/fhir/R4/observation.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from dxnet.formats.cases.ages import days_of
from dxnet.formats.cases.code_systems import system_of
from dxnet.formats.cases.document import number_from_zero
from dxnet.formats.cases.fields import Reading
from dxnet.formats.cases.laboratory import FLAGS, Flag, Range, TestResult, flag_of_word, range_of_text
from dxnet.formats.cases.quantities import result_of_text
from dxnet.knowledge.plain_words import NO, YES, lowered
from dxnet.knowledge.strict_yaml import Map, Scalar

TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"
INTERPRETATION = f"{TERMINOLOGY}v3-ObservationInterpretation"
_PRESENT_CODES: dict[tuple[str, str], bool] = {
    **{("SNOMED", code): True for code in ("52101004", "10828004", "410515003", "373066001", "260373001")},
    **{("SNOMED", code): False for code in ("2667000", "260385009", "410516002", "373067005", "260415000")},
    **{("SNOMED", code): True for code in ("410605003",)},
    **{("SNOMED", code): False for code in ("410594000",)},
    **{("LOINC", code): True for code in ("LA9633-4", "LA33-6", "LA6576-8", "LA11882-0")},
    **{("LOINC", code): False for code in ("LA9634-2", "LA32-8", "LA6577-6", "LA11883-8")},
    **{("yes/no", "Y"): True, ("yes/no", "N"): False},
    **{("interpretation", code): True for code in ("POS", "DET")},
    **{("interpretation", code): False for code in ("NEG", "ND")},
}
"""Codes that say present or absent: of SNOMED CT, LOINC answers and HL7."""


def _is_worded(text: str) -> bool:
    """Whether a text has letters: digits and signs alone may be a grade of power, where 0 is paralysis."""
    return any(letter.isalpha() for letter in text)


_PRESENT_WORDS = {
    **dict.fromkeys((*filter(_is_worded, YES), "known present", "detected"), True),
    **dict.fromkeys((*filter(_is_worded, NO), "known absent", "not detected", "not present"), False),
}
"""The plain words of case files, and those of reports; no digits, which may be a grade, and no signs."""
VALUES = (
    *("valueQuantity", "valueCodeableConcept", "valueString", "valueBoolean", "valueInteger", "valueRange"),
    *("valueRatio", "valueSampledData", "valueTime", "valueDateTime", "valuePeriod"),
    *("valueAttachment", "valueReference"),
)
_YES_NO = re.compile(r".*[/-](v2-)?(0136|0532)$")
_UP = re.compile(
    r"\b(elevated|increased|high|highly|mildly elevated|extremely elevated)\b|pleocytosis", re.IGNORECASE
)
_DOWN = re.compile(r"\b(decreased|reduced|low)\b", re.IGNORECASE)
_SEXES = {
    **dict.fromkeys(("248152002", "f", "female", "females", "women", "woman"), "female"),
    **dict.fromkeys(("248153007", "m", "male", "males", "men", "man"), "male"),
}
"""Codes of SNOMED CT and HL7 and words for whom a reference range applies to."""
Time = tuple[datetime, datetime]
"""The first and last moment that a time may mean."""


def codings(reading: Reading, concept: Map) -> Iterator[tuple[Scalar, Scalar, Scalar]]:
    """System, code and display of each coding."""
    for coding in reading.maps(concept, "coding"):
        yield reading.text(coding, "system"), reading.text(coding, "code"), reading.text(coding, "display")


def is_present(reading: Reading, observation: Map, term: str = "") -> bool | None:
    """What value and interpretation say; None where they say nothing or contradict each other.

    ``term`` is the name of an HPO term: one of an elevated concentration is present where the result is high.
    """
    found = answers(reading, observation, term)
    return found.pop() if len(found) == 1 else None


def answers(reading: Reading, observation: Map, term: str = "") -> set[bool]:
    """Every answer that value and interpretation give to whether something is present."""
    found = {reading.flag(observation, "valueBoolean")}
    found.add(_PRESENT_WORDS.get(lowered(reading.text(observation, "valueString"))))
    value = reading.map(observation, "valueCodeableConcept")
    for concept in (value, *reading.maps(observation, "interpretation")):
        for system, code, _ in codings(reading, concept):
            found.add(_PRESENT_CODES.get((_kind_of_system(system), str(code))))
        found.add(_PRESENT_WORDS.get(lowered(reading.text(concept, "text"))))
    for flag in _flags(reading, observation):
        found.add(_of_term(term, flag))
    return {answer for answer in found if answer is not None}


def result_of(reading: Reading, observation: Map) -> TestResult:
    """The result of a laboratory test."""
    flags = {*_flags(reading, observation)}
    flags |= {flag for word in value_words(reading, observation) if (flag := flag_of_word(word))}
    number, present = _number_of(reading, observation), is_present(reading, observation)
    if present is not None and not flags and number.value is None:
        flags.add("POS" if present else "NEG")
    spans = [span for span in reading.maps(observation, "referenceRange") if _is_normal(reading, span)]
    ranges = [_range(reading, span) for span in _ranges_of_patient(reading, spans)]
    return replace(number, flags=frozenset(flags), ranges=[*number.ranges, *ranges])


def _number_of(reading: Reading, observation: Map) -> TestResult:
    """The value of a test where it is a number; what it is otherwise, but for words."""
    if quantity := reading.map(observation, "valueQuantity"):
        comparator, unit = str(reading.text(quantity, "comparator")), _unit_of(reading, quantity)
        amount = number_from_zero(quantity["value"]) if "value" in quantity else None
        unread = f"{quantity['value']} {unit}".strip() if "value" in quantity and amount is None else ""
        return TestResult(value=amount, comparator=comparator, unit=unit, unread=unread)
    for text in value_words(reading, observation):
        return result_of_text(text)
    others = (key for key in VALUES if key in observation and not isinstance(observation[key], bool))
    return TestResult(unread=next(others, ""))


def value_words(reading: Reading, observation: Map) -> list[str]:
    """The value of an Observation in words, where it has some: its text, and the names of its codes."""
    value = reading.map(observation, "valueCodeableConcept")
    words = [reading.text(observation, "valueString"), reading.text(value, "text")]
    words += [display for _, _, display in codings(reading, value)]
    if isinstance(number := observation.get("valueInteger"), int):
        words.append(Scalar(str(number), observation.place("valueInteger")))
    return [str(word) for word in words if word]


def units_of(reading: Reading, observation: Map) -> tuple[str, str]:
    """The unit of a quantity as it is shown, and its code."""
    quantity = reading.map(observation, "valueQuantity")
    return str(reading.text(quantity, "unit")), str(reading.text(quantity, "code"))


def found_at(reading: Reading, observation: Map) -> Time | None:
    """When something was found, or None where it is not said."""
    period = reading.map(observation, "effectivePeriod")
    texts = (
        reading.text(observation, "effectiveDateTime"),
        reading.text(observation, "effectiveInstant"),
        reading.text(period, "end") or reading.text(period, "start"),
        reading.text(observation, "issued"),
    )
    return _time(next(filter(None, texts), Scalar("")))


def _time(text: str) -> Time | None:
    """A day, month or year as a whole, or a moment."""
    if "T" in text:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment, moment
    days = days_of(text)
    if days is None:
        return None
    first, last = (datetime(day.year, day.month, day.day, tzinfo=UTC) for day in days)
    return first, last + timedelta(days=1) - timedelta(seconds=1)


def _kind_of_system(url: str) -> str:
    if prefix := system_of(url):
        return prefix
    if "interpretation" in url.lower() or url.endswith(("v2-0078", "v2/0078", "2.16.840.1.113883.5.83")):
        return "interpretation"
    return "yes/no" if _YES_NO.fullmatch(url) else ""


def _flags(reading: Reading, observation: Map) -> Iterator[Flag]:
    for concept in reading.maps(observation, "interpretation"):
        coded = [
            FLAGS[code]
            for system, code, _ in codings(reading, concept)
            if code in FLAGS and (not system or _kind_of_system(system) == "interpretation")
        ]
        yield from coded
        if not coded and (flag := flag_of_word(reading.text(concept, "text"))):
            yield flag


def _of_term(term: str, flag: Flag) -> bool | None:
    """Whether a result of a term's own test means that the term is present."""
    if flag in ("N", "A"):
        return flag == "A"
    up, down = bool(_UP.search(term)), bool(_DOWN.search(term))
    if up == down or flag not in ("L", "H"):
        return None
    return (flag == "H") == up


def _is_normal(reading: Reading, span: Map) -> bool:
    """Whether a reference range is of what is normal, and not of a treatment or of critical values."""
    kinds = [code for _, code, _ in codings(reading, reading.map(span, "type"))]
    return not span.get("modifierExtension") and (not kinds or "normal" in kinds)


def _ranges_of_patient(reading: Reading, spans: Sequence[Map]) -> list[Map]:
    """The reference ranges that apply to the patient; those of which it is unknown where no other does."""
    applies = [_applies(reading, span) for span in spans]
    wanted = True if True in applies else None
    return [span for span, it in zip(spans, applies, strict=True) if it is wanted]


def _applies(reading: Reading, span: Map) -> bool | None:
    """Whether a reference range is for people of the sex of the patient; None where it is not known."""
    found = set[str]()
    for concept in reading.maps(span, "appliesTo"):
        words = [*(code for _, code, _ in codings(reading, concept)), reading.text(concept, "text")]
        found.add(next((_SEXES[word.lower()] for word in words if word.lower() in _SEXES), ""))
    if not found:
        return True
    if reading.gender in _SEXES.values() and found - {"", reading.gender}:
        return False
    return True if found == {reading.gender} else None


def _range(reading: Reading, span: Map) -> Range:
    """A reference range by its ends; without them, by its text."""
    if "low" in span or "high" in span:
        return Range(_end(reading, span, "low"), _end(reading, span, "high"), _unit_of_range(reading, span))
    return range_of_text(reading.text(span, "text")) or Range(None, None)


def _end(reading: Reading, span: Map, key: str) -> float | None:
    quantity = reading.map(span, key)
    return number_from_zero(quantity["value"]) if "value" in quantity else None


def _unit_of_range(reading: Reading, span: Map) -> str:
    return next((unit for key in ("low", "high") if (unit := _unit_of(reading, reading.map(span, key)))), "")


def _unit_of(reading: Reading, quantity: Map) -> str:
    return str(reading.text(quantity, "code") or reading.text(quantity, "unit"))
