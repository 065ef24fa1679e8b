"""Units of measurement: however one is written, the number before it stays what it is."""

from math import inf

import pytest
from conftest import network
from hypothesis import example, given
from hypothesis import strategies as st

from dxnet.formats.cases import laboratory
from dxnet.formats.cases.quantities import quantity_of, read_result, text_of
from dxnet.knowledge.entered import read_entered
from dxnet.knowledge.measurement import measurements
from dxnet.knowledge.units import ucum, unit_spelling

ALS = network("als_mimics")
UNITS = st.one_of(
    st.text("0123456789.,-–+/*^<>() eExX%µUuLlmg;", max_size=8),
    st.text(max_size=12),
    st.sampled_from(["U/L", "1/uL", "10*6/L", "/5", "+", "+/5", "years", "x ULN", "1"]),
)


@pytest.mark.parametrize(
    "unit", ["1/uL", "1/µL", "1/μL", "10*6/L", "10^6/L", "cells/µL", "{cells}/uL", "/ul"]
)
def test_cells_of_a_microlitre_are_known_as_ucum_and_laboratories_write_them(unit):
    assert (unit_spelling(unit), ucum(unit)) == ("/µL", "/uL")
    assert read_entered(ALS, "csf_cells", f"31 {unit}").state == "elevated"
    assert read_entered(ALS, "csf_cells", f"3 {unit} (0-5)").state == "normal"
    assert text_of(laboratory.TestResult(value=3, unit=unit)) in (f"3 {unit}", f"3{unit}")


def test_what_is_counted_need_not_be_said():
    assert [unit_spelling(unit) for unit in ("1/min", "{beats}/min", "/min", "1/5")] == ["/min"] * 3 + ["1/5"]
    assert [(it.low, it.unit) for it in measurements("24 1/min")] == [(24, "1/min")]


def test_figures_that_no_blank_parts_from_a_number_are_figures_of_it():
    assert [(it.low, it.unit) for it in measurements("31/uL")] == [(31, "/uL")]
    unknown = read_entered(ALS, "csf_cells", "3 10*9/L")
    assert (unknown.kind, unknown.problem) == ("unread", "3 10*9/L has an unknown unit")
    assert unknown.fix.startswith("write it in /µL")


@given(st.floats(0, 1e6) | st.integers(0, 10**6), UNITS, st.sampled_from(["", "<", ">", "<=", ">="]))
@example(85, "1", "")
@example(3, "1/uL", "")
@example(3, "-5 U/L", "")
@example(3, ".5 U/L", "<")
@example(4, "+/5", "")
@example(850, "U/L (<2000)", "")
@example(3, "U/L, calcium 2.4 mmol/L", "")
def test_a_number_with_any_unit_is_that_number_or_refused(value, unit, comparator):
    result = laboratory.TestResult(value=value, unit=unit, comparator=comparator)
    text, found = read_result(ALS, "ck", result, [unit])
    if not text_of(result):
        assert found.kind == "unread"
        assert found.problem
        return
    (number,) = measurements(text)
    (end,) = {number.low, number.high} - {inf, -inf}
    assert end == pytest.approx(value, rel=1e-11)
    assert (number.normal_low, number.normal_high, number.unit) == (None, None, unit.strip())
    if found.kind == "number":
        assert quantity_of(ALS, "ck", text).value == pytest.approx(value, rel=1e-11)
