"""Numbers as people, spreadsheets and programs write them: each is read, or refused with the right cause."""

from math import inf

import numpy as np
import pandas as pd
import pytest
from conftest import network
from hypothesis import given
from hypothesis import strategies as st

from dxnet import Case, CaseError, read_cases, score
from dxnet.formats.text.read import read_text
from dxnet.inference.many_cases import unfit_findings
from dxnet.knowledge.entered import as_text, read_entered
from dxnet.knowledge.measurement import Unreadable, measurements

ALS = network("als_mimics")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1e3", 1000),
        ("1E+3 U/L", 1000),
        ("8.5e2 U/L", 850),
        ("2,5e-1 mg/L", 0.25),
        ("<1e3", 1000),
        ("Vitamin B 12 120 pg/mL", 120),
    ],
)
def test_an_exponent_is_part_of_a_number(text, number):
    (found,) = measurements(text)
    assert found.high == number


@given(st.floats(1e-99, 1e99))
def test_a_number_of_a_program_is_that_number(value):
    (found,) = measurements(as_text(value))
    assert (found.low, found.unit) == (value, "")


PARTED = "thousands of the number are parted"


@pytest.mark.parametrize(
    ("text", "problem", "fix"),
    [
        ("1.234,5", PARTED, "write 1234.5,"),
        ("1.234,5 U/L", PARTED, "write 1234.5,"),
        ("1,234.5", PARTED, "write 1234.5,"),
        ("CK 1.234.567 U/L", PARTED, "write 1234567,"),
        ("1 234", PARTED, "write 1234 if it is one number, 1-234 if it is a range, or one of"),
        ("200 300", PARTED, "write 200300 if it is one number, 200-300 if it is a range, or one of"),
        (
            "200 300,5 U/L",
            PARTED,
            "write 200300.5 if it is one number, 200-300.5 if it is a range, or one of",
        ),
        ("200\u00a0300", PARTED, "write 200300 if it is one number, 200-300 if it is a range, or one of"),
        ("850 200", PARTED, "write 850200 if it is one number, or one of"),
        ("1 234 567", PARTED, "write 1234567 if it is one number, or one of"),
        ("1'234,5", PARTED, "write 1234.5,"),
        ("1,234", "the comma may part decimals or thousands", "write 1.2340 or 1234,"),
        (
            "850 U/L (<1,000)",
            "the comma may part decimals or thousands",
            "write 850 U/L (<1) or 850 U/L (<1000)",
        ),
        ("2.500 U/L", "the dot may part decimals or thousands", "write 2.5 U/L or 2500 U/L, or one of"),
        ("2.125", "the dot may part decimals or thousands", "write 2.1250 or 2125, or one of"),
        (">1.200 U/L (<190)", "the dot may part decimals or thousands", "write >1200 U/L (<190), or one of"),
        ("850 U/L (<1.000)", "its reference range is implausible (1)", "check its numbers"),
        ("1001+", "1001+ is a grade, or says 1001 or more", "write >=1001 U/L for the latter, or one of"),
        ("850+", "850+ is a grade, or says 850 or more", "write one of normal, mild, high"),
        ("1e101", "1e101 is too large for a measurement", "write the right number"),
        ("1e999", "1e999 is too large for a measurement", "write the right number"),
        ("2e400", "2e400 is too large for a measurement", "write the right number"),
        ("850 foo", "850 foo has an unknown unit", "write it in U/L"),
        ("inf", "'inf' is infinite, and no state", "leave its cell blank"),
    ],
)
def test_what_is_no_number_has_its_cause_and_cure(text, problem, fix):
    found = read_entered(ALS, "ck", text)
    assert found.kind == "unread" and problem in found.problem and found.fix.startswith(fix)


@pytest.mark.parametrize(
    ("finding", "text", "state"),
    [
        ("age", "64.000", "60-69"),  # nobody is 64,000 years old
        ("csf_protein", "1.200 g/L", "elevated"),
        ("csf_protein", "0,450 g/L", "normal"),  # no thousands begin with 0
        ("respiratory_fvc", "55.000 %", "reduced"),
        ("ck", "2.5 U/L", "normal"),
        ("ck", "2500.125 U/L", "high"),
        ("ck", "2.1250 U/L", "normal"),
        ("ck", "850 U/L (<190.125)", "mild"),
        ("thyroid_calcium", "TSH 2.125 mU/L, calcium 2.400 mmol/L", "normal"),
    ],
)
def test_a_dot_parts_decimals_where_nothing_else_can_be_meant(finding, text, state):
    assert read_entered(ALS, finding, text).state == state


def test_a_dot_that_may_part_thousands_is_refused_in_every_text_and_in_no_number(tmp_path):
    (file := tmp_path / "a.csv").write_text("id;age;ck\na;64,5;2.500 U/L\nb;62,5;25.000\n", encoding="utf-8")
    assert [issue.where for issue in unfit_findings(read_cases(file), ALS)] == ["a.csv:2", "a.csv:3"]
    assert not tuple(read_text("CK was 2.500 U/l. CSF protein 1.234,5 mg/l.", ALS).proposals)
    texts = pd.DataFrame({"ck": ["2.125", *(f"{k}.5" for k in range(2, 42))]})  # so many are read together
    assert [fault["index"] for fault in score(ALS, texts).attrs["faults"]] == [0]
    assert not score(ALS, pd.DataFrame({"ck": [2.125, 150.25]})).attrs["faults"]
    assert Case({"ck": 2.125}).in_states(ALS) == {"ck": "normal"}
    (record := tmp_path / "a.json").write_text('{"findings": {"ck": 2.125}}', encoding="utf-8")
    assert read_cases(record, network=ALS)[0].in_states(ALS) == {"ck": "normal"}


def test_a_number_of_a_letter_that_cannot_be_read_is_listed_beside_what_can():
    letter = read_text(
        "CK was 2.500 U/l and dysarthria was present. FVC 64,5 % predicted, leg weakness.", ALS
    )
    assert {it.finding for it in letter.proposals} == {"dysarthria", "leg_weakness", "weakness"}
    assert [it.sentence for it in letter.not_understood] == ["CK was 2.500 U/l", "FVC 64,5 % predicted"]


def test_a_cure_that_is_followed_is_read():
    assert read_entered(ALS, "ck", "1234.5").state == "high"
    assert read_entered(ALS, "ck", "300-400").state == "mild"  # of 300 400, as a range
    assert read_entered(ALS, "ck", "300400").state == "high"
    assert read_entered(ALS, "ck", ">=1001 U/L").state == "high"
    assert read_entered(ALS, "age", ">=80").state == "80+" == read_entered(ALS, "age", "80+").state


@given(st.integers(1000, 10**12), st.integers(0, 99), st.sampled_from([",.", ".,", " ,", " .", "'."]))
def test_parted_thousands_are_told_without_their_marks(whole, decimals, marks):
    text = f"{whole:,}".replace(",", marks[0]) + f"{marks[1]}{decimals:02}"
    with pytest.raises(Unreadable) as told:
        measurements(text)
    assert told.value.fix.partition(" if ")[0] == f"write {whole}.{decimals:02}"
    assert (" if it is one number" in told.value.fix) == (marks[0] == " ")


def test_numbers_of_a_table_that_no_patient_has(tmp_path):
    table = pd.DataFrame({"ck": [inf, 1e308, -inf, 850.0, np.nan, 1e22]})
    found = {fault["index"]: fault["message"] for fault in score(ALS, table).attrs["faults"]}
    assert sorted(found) == [0, 1, 2, 5] and all(len(message) < 200 for message in found.values())
    for value in (inf, 1e308):
        with pytest.raises(CaseError) as told:
            Case({"ck": value}).require_fit(ALS)
        assert len(str(told.value)) < 160
