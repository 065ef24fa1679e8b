"""The number of a laboratory test in FHIR: whose reference range applies, and why a result is left out."""

import pytest
from fhir_records import DYSARTHRIA, LOINC, SNOMED, concept, flag, observed, read_resources, warnings_of

OTHER = observed(DYSARTHRIA, valueBoolean=True)
MALE = {"resourceType": "Patient", "gender": "male"}


def ck(**more):
    return observed("2157-6", LOINC, **more)


def value(number, unit="U/L"):
    return {"valueQuantity": {"value": number, "unit": unit}}


def up_to(limit, sex=""):
    codes = {"female": "248152002", "male": "248153007"}
    applies = {"appliesTo": [concept(codes[sex], SNOMED)]} if sex else {}
    return {"high": {"value": limit, "unit": "U/L"}, **applies}


RANGES = {"referenceRange": [up_to(170, "female"), up_to(190, "male")]}


@pytest.mark.parametrize(
    ("number", "patient", "expected"),
    [
        (180, [MALE], "180 U/L (<190)"),
        (180, [MALE | {"gender": "female"}], "180 U/L (<170)"),
        (500, [MALE], "500 U/L (<190)"),
        (500, [], "500 U/L"),
        (120, [], "120 U/L"),
        (180, [], None),
    ],
)
def test_the_reference_range_of_the_sex_applies(tmp_path, number, patient, expected):
    case = read_resources(tmp_path, *patient, OTHER, ck(**value(number), **RANGES))
    assert case.findings.get("ck") == expected
    told = [message for message in warnings_of(case) if "reference ranges that contradict" in message]
    assert len(told) == (expected is None) and not any("an interpretation and" in message for message in told)


def test_a_range_for_others_is_not_that_of_the_patient(tmp_path):
    pregnant = up_to(60) | {"appliesTo": [concept("77386006", SNOMED, "Pregnant")]}
    case = read_resources(tmp_path, MALE, ck(**value(180), referenceRange=[pregnant, up_to(190, "male")]))
    assert case.findings["ck"] == "180 U/L (<190)"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("850 U/L", "850 U/L"),
        ("<20 U/L", "<20 U/L"),
        ("850 U/L (30-200)", "850 U/L (30-200)"),
        ("1,234 U/L", None),
        ("800-900 U/L", None),
        ("AST 850 U/L", None),
        ("850 kg", None),
    ],
)
def test_a_number_in_text_is_read(tmp_path, text, expected):
    case = read_resources(tmp_path, OTHER, ck(valueString=text))
    assert case.findings.get("ck") == expected
    if expected is None:
        assert text in warnings_of(case)[0] and "nor an interpretation" in warnings_of(case)[0]


@pytest.mark.parametrize(
    ("more", "cause"),
    [
        (value(-5), "neither a single number from 0 (-5 U/L) nor an interpretation"),
        (value(8.1, "xyz"), "neither a number that can be read (8.1 xyz has an unknown unit) nor"),
        ({"valueRange": {"low": {"value": 800}}}, "neither a single number from 0 (valueRange) nor"),
        ({}, "neither a value nor an interpretation"),
        ({"interpretation": [*flag("H"), *flag("N")]}, "interpretations that contradict each other"),
        (
            value(850) | {"interpretation": flag("N"), "referenceRange": [up_to(200)]},
            "an interpretation and reference ranges that contradict each other",
        ),
    ],
)
def test_why_a_result_is_left_out(tmp_path, more, cause):
    case = read_resources(tmp_path, OTHER, ck(**more))
    assert "ck" not in case.findings and cause in warnings_of(case)[0]
