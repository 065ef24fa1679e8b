"""The cure of a number that is no state says what can be done, each part of it in the same form."""

import re

import pytest
from conftest import network

from dxnet.knowledge.entered import read_entered

NUMBERS = {
    "age": ["999", "-3", "1962", "12-70", "60-50"],
    "ck": ["LDH 850 U/L", "0.2 U/L", "850 mg", "1,200 U/L", "850 U/L (x)", "1e9 U/L", "200 300", "850 200"],
    "thyroid_calcium": [
        "B12 120 pg/mL",
        "TSH 1 mU/L, TSH 2 mU/L",
        "TSH 8.1 mIU/L",
        "1 mmol",
        "TSH 999999 mU/L",
    ],
}


@pytest.mark.parametrize(("finding", "text"), [(name, text) for name in NUMBERS for text in NUMBERS[name]])
def test_every_part_of_a_cure_tells_what_to_do(finding, text):
    found = read_entered(network("als_mimics"), finding, text)
    assert found.kind == "unread", found
    parts = re.split(r"; |, or (?=one of )", found.fix)
    assert all(re.match(r"(otherwise )?(write|check|if|one of)\b", part) for part in parts), found.fix


def test_an_implausible_number_may_be_a_code_for_what_is_missing():
    found = read_entered(network("als_mimics"), "age", "999")
    assert found.problem == "999 years is implausible, more than 122"
    cure = "check the number and its unit; if it is a code for what is missing, leave the finding out; "
    assert found.fix.startswith(f"{cure}otherwise write the right number, or one of under_18, ")


def test_a_name_that_is_another_measurement_s_has_those_that_fit_as_its_cure():
    found = read_entered(network("als_mimics"), "thyroid_calcium", "B12 120 pg/mL")
    assert found.fix == "write TSH or calcium before the number, or one of normal, abnormal"
