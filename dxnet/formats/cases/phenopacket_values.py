"""The value of a measurement in a phenopacket: its quantity, unit and reference range."""

from __future__ import annotations

from dxnet.formats.cases.document import number_from_zero
from dxnet.formats.cases.fields import Reading
from dxnet.formats.cases.laboratory import Range, TestResult, flag_of_word
from dxnet.knowledge.strict_yaml import Map


def quantity_result(reading: Reading, value: Map) -> tuple[TestResult, tuple[str, str]]:
    """The result of a measurement, and its unit by name and by code."""
    word = flag_of_word(reading.text(reading.map(value, "ontologyClass"), "label"))
    quantity = reading.map(value, "quantity")
    span = reading.map(quantity, "referenceRange")
    unit = _code_of_unit(reading, quantity)
    ends = [number_from_zero(span[key]) if key in span else None for key in ("low", "high")]
    ranges = [Range(ends[0], ends[1], _code_of_unit(reading, span))] if span else []
    amount = number_from_zero(quantity["value"]) if "value" in quantity else None
    names = str(reading.text(reading.map(quantity, "unit"), "label")), unit
    unread = f"{quantity['value']} {unit}".strip() if "value" in quantity and amount is None else ""
    flags = frozenset({word} if word else ())
    return TestResult(flags, amount, unit=unit, ranges=ranges, unread=unread), names


def _code_of_unit(reading: Reading, quantity: Map) -> str:
    """The code of a unit in UCUM; its label where it is coded otherwise."""
    unit = reading.map(quantity, "unit")
    code = reading.text(unit, "id")
    return (
        code.removeprefix("UCUM:") if code.startswith("UCUM:") else str(reading.text(unit, "label") or code)
    )
