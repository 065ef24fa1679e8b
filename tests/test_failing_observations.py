"""FHIR Observations that were read wrong or refused: their codes, results and dates."""

import json

import pytest
from patient_records import (
    ALS,
    DYSARTHRIA,
    EITHER_CK,
    PRESENT,
    WEAK,
    bundle,
    concept,
    feature,
    observation,
    packet,
    told,
    written,
)

from dxnet import read_cases
from dxnet.errors import CaseError

SAYINGS = [
    ({"valueCodeableConcept": concept("410515003", "http://snomed.info/sct")}, "present"),
    ({"valueCodeableConcept": concept("373067005", "http://snomed.info/sct")}, "absent"),
    ({"valueCodeableConcept": concept("N", "http://terminology.hl7.org/CodeSystem/v2-0136")}, "absent"),
    ({"valueCodeableConcept": concept("Y", "http://terminology.hl7.org/CodeSystem/v2-0532")}, "present"),
    ({"valueCodeableConcept": concept("LA9634-2", "urn:oid:2.16.840.1.113883.6.1")}, "absent"),
    ({"interpretation": [concept("N")]}, "absent"),
    ({"interpretation": [concept("H")]}, None),
    ({"valueBoolean": True, "interpretation": [concept("NEG")]}, None),
    ({"valueBoolean": True, "status": "entered in error"}, None),
    ({"valueBoolean": True, "status": "unknown"}, None),
    ({"valueBoolean": True, "subject": {"reference": "Device/1"}}, None),
]


@pytest.mark.parametrize(("more", "expected"), SAYINGS)
def test_codes_of_one_meaning(tmp_path, more, expected):
    case = written(tmp_path, bundle(observation(**more)))
    assert case.findings.get("dysarthria") == expected and bool(case.issues) == (expected is None)


@pytest.mark.parametrize(
    "system",
    [
        "http://purl.obolibrary.org/obo/hp.owl",
        "urn:oid:2.16.840.1.113883.6.339",
        "https://human-phenotype-ontology.org/",
    ],
)
@pytest.mark.parametrize(
    "code", ["HP:0001260", "HP_0001260", "0001260", "http://purl.obolibrary.org/obo/HP_0001260"]
)
def test_every_form_of_a_term(tmp_path, system, code):
    assert (
        written(tmp_path, bundle(observation(code, system, valueBoolean=True))).findings["dysarthria"]
        == "present"
    )


def quantity(value, unit="U/L"):
    return {"valueQuantity": {"value": value, "unit": unit}}


def span(low=None, high=None, unit="U/L", **more):
    ends = {"low": low, "high": high}
    return {
        **{key: {"value": value, "unit": unit} for key, value in ends.items() if value is not None},
        **more,
    }


TESTS = [
    ("2157-6", {**quantity(2500), "referenceRange": [span(high=200)]}, {"ck": "high"}),
    ("2157-6", {**quantity(90), "referenceRange": [span(30, 200)]}, {"ck": "normal"}),
    ("2157-6", {**quantity(10), "referenceRange": [span(30, 200)]}, {"ck": "normal"}),
    ("2157-6", {"interpretation": [concept("HH")]}, {"ck": EITHER_CK}),
    ("2157-6", {"interpretation": [{"text": "Normal"}]}, {"ck": "normal"}),
    (
        "2157-6",
        {**quantity(2500), "interpretation": [concept("N")], "referenceRange": [span(high=200)]},
        {"ck": None},
    ),
    ("2157-6", {**quantity(2500), "referenceRange": [span(high=3, unit="ukat/L")]}, {"ck": "high"}),
    ("2157-6", {**quantity(2500), "referenceRange": [span(high=3, unit="mmol")]}, {"ck": None}),
    (
        "2157-6",
        {**quantity(2500), "referenceRange": [span(high=9000, type=concept("critical", ""))]},
        {"ck": "high"},
    ),
    ("2157-6", quantity(2500), {"ck": "high"}),
    ("2157-6", {**quantity(62), "referenceRange": [{"text": "0-220"}]}, {"ck": "normal"}),
    ("2157-6", {**quantity(262), "referenceRange": [{"text": "< 220 U/L"}]}, {"ck": "mild"}),
    ("2157-6", {**quantity(262), "referenceRange": [{"text": "men 0-220, women 0-180"}]}, {"ck": None}),
    ("2157-6", {"dataAbsentReason": {"text": "lost"}}, {"ck": None}),
    ("3016-3", {"interpretation": [concept("L")]}, {"thyroid_calcium": "abnormal"}),
    ("17861-6", {"interpretation": [concept("H")]}, {"thyroid_calcium": "abnormal"}),
    ("17861-6", {"interpretation": [concept("N")]}, {"thyroid_calcium": None}),
    ("2132-9", {"interpretation": [concept("LL")]}, {"b12_copper": "low"}),
    (
        "2880-3",
        {**quantity(90, "mg/dL"), "referenceRange": [span(15, 45, "mg/dL")]},
        {"csf_protein": "elevated"},
    ),
    ("26465-5", {"interpretation": [concept("N")]}, {"csf_cells": "normal"}),
    ("43623-8", {"valueString": "Positive"}, {"achr_musk": "positive"}),
]


@pytest.mark.parametrize(("code", "more", "findings"), TESTS)
def test_laboratory_results_by_their_own_report(tmp_path, code, more, findings):
    case = written(tmp_path, bundle(observation(code, "http://loinc.org", **more)))
    assert {name: case.in_states(ALS).get(name) for name in findings} == findings
    assert bool(case.issues) == (None in findings.values())


def test_normal_thyroid_and_calcium_together_are_normal(tmp_path):
    normal = {"interpretation": [concept("N")]}
    tests = [observation(code, "http://loinc.org", **normal) for code in ("17861-6", "3016-3")]
    assert written(tmp_path, bundle(*tests)).findings["thyroid_calcium"] == "normal"


def test_components_and_contained_observations_are_read(tmp_path):
    panel = observation(
        "24331-1", "http://loinc.org", component=[{"code": PRESENT["code"], "valueBoolean": True}]
    )
    report = {"resourceType": "DiagnosticReport", "status": "final", "contained": [{**PRESENT, "id": "o"}]}
    for resource in (panel, report):
        assert written(tmp_path, bundle(resource)).findings == {"sex": "male", **DYSARTHRIA}
    case = written(
        tmp_path, bundle(observation("HP:0003487", valueBoolean=True), {**report, "status": "cancelled"})
    )
    assert "dysarthria" not in case.findings and "its Observations are left out" in told(case)


def version(number, present, **entry):
    meta = {"versionId": str(number)} if number else {}
    return {"resource": {**observation(valueBoolean=present), "id": "o", "meta": meta}, **entry}


DELETED = {"request": {"method": "DELETE", "url": "Observation/o"}}


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([version(1, False), version(2, True)], "present"),
        ([version(2, True), version(1, False)], "present"),
        ([version(0, True), version(0, False)], "present"),
        ([DELETED, version(1, True)], None),
        ([version(2, True), DELETED, version(1, False)], "present"),
    ],
)
def test_a_history_gives_the_last_version(tmp_path, entries, expected):
    case = written(tmp_path, bundle(*entries, type="history"))
    assert case.findings.get("dysarthria") == expected


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("2020-01-01", "2023-01-01", "absent"),
        ("2023-01-01", "2020", "present"),
        ("2023", "2023-05-01", None),
        ("2023-01-01T10:00:00+02:00", "2023-01-01T09:00:00Z", "absent"),
        ("", "2023-05-01", None),
    ],
)
def test_the_later_visit_holds(tmp_path, first, second, expected):
    seen = [observation(valueBoolean=True), observation(valueBoolean=False)]
    for one, time in zip(seen, (first, second), strict=True):
        one |= {"effectiveDateTime": time} if time else {}
    case = written(tmp_path, bundle(*seen))
    assert case.findings.get("dysarthria") == expected and case.issues


def test_a_record_of_which_nothing_is_understood_says_so_once(tmp_path):
    glucose = [observation("2345-7", "http://loinc.org", **quantity(5, "mmol/L"))] * 90
    with pytest.raises(CaseError) as caught:
        written(tmp_path, bundle(*glucose, {"resourceType": "Claim"}))
    (issue,) = caught.value.issues
    assert (
        issue.message
        == "90 Observations in LOINC (2345-7 90 times): none of them a finding or diagnosis of als_mimics"
    )
    with pytest.raises(CaseError, match="none of them a finding"):
        written(
            tmp_path, bundle(*glucose, observation("17861-6", "http://loinc.org", **quantity(2, "mmol/L")))
        )
    lines = "\n".join(json.dumps(content) for content in (packet(WEAK), packet(feature("HP:0001250"))))
    (tmp_path / "p.jsonl").write_text(lines)
    first, second = read_cases(tmp_path / "p.jsonl", network=ALS)
    assert first.findings["arm_weakness"] == "present" and "1 term of the HPO" in told(second)


@pytest.mark.parametrize(("result", "words"), [("H", "TSH, H"), ("N", "TSH, N")])
def test_a_known_test_that_does_not_settle_a_finding_is_told(tmp_path, result, words):
    tsh = observation("3016-3", "http://loinc.org", interpretation=[concept(result)])
    tsh["code"]["coding"][0]["display"] = "TSH"
    (issue,) = written(tmp_path, bundle(tsh)).issues
    assert issue.level == "warning" and words in issue.message and "thyroid_calcium" in issue.message
