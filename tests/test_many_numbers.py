"""Many numbers at once: where they are decided, the state is that of the text of each."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from dxnet import load_network
from dxnet.knowledge.entered import as_text, read_entered
from dxnet.knowledge.many_numbers import positions_of_numbers

ALS = load_network("als_mimics")
MEASURED = [name for name, finding in ALS.findings.items() if finding.number]
UNITS = ["", "years", "months", "U/L", "µkat/L", "g/L", "mg/dL", "%", "x ULN", "ULN", "cells/µL", "/5", "kg"]
FLOATS = some.floats(allow_nan=False, allow_infinity=False) | some.floats(0, 2000) | some.integers(0, 200)


@given(some.sampled_from(MEASURED), some.sampled_from(UNITS), some.lists(FLOATS, min_size=1, max_size=8))
def test_what_is_decided_is_what_the_text_says(name, unit, numbers):
    limits = [limit for meaning in ALS.findings[name].number for limit in meaning.limits]
    numbers = np.array([*numbers, *limits, *np.nextafter(limits, 0)], float)
    for number, position in zip(numbers, positions_of_numbers(ALS, name, numbers, unit), strict=True):
        if position >= 0:
            entered = read_entered(ALS, name, f"{as_text(float(number))} {unit}".strip())
            assert entered.state == ALS.findings[name].states[position], (number, unit)


@pytest.mark.parametrize(
    ("name", "unit", "numbers", "states"),
    [
        ("age", "", [5.5, 17.1962, 64, 95], ["under_18", "under_18", "60-69", "80+"]),
        ("ck", "µkat/L", [1, 14.2, 20], ["normal", "mild", "high"]),
        ("csf_protein", "mg/dL", [30, 60], ["normal", "elevated"]),
        ("respiratory_fvc", "%", [60.1, 90], ["reduced", "normal"]),
    ],
)
def test_most_numbers_are_decided(name, unit, numbers, states):
    found = positions_of_numbers(ALS, name, np.array(numbers, float), unit)
    assert [ALS.findings[name].states[position] for position in found] == states


def test_what_has_another_reading_is_left_to_its_text():
    assert (
        positions_of_numbers(ALS, "csf_cells", np.array([0.0, 1.0, 5.0, np.nan, -4.0])).tolist() == [-1] * 5
    )
    assert positions_of_numbers(ALS, "thyroid_calcium", np.array([2.5]), "mmol/L").tolist() == [-1]
    assert positions_of_numbers(ALS, "csf_protein", np.array([0.3])).tolist() == [-1]
    assert positions_of_numbers(ALS, "age", np.array([5.1962, 12.2001, 1.18])).tolist() == [-1] * 3
