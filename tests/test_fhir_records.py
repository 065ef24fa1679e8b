"""A FHIR record as a whole: whose it is, whether it is whole, and what of it is not read."""

import json

import pytest
from fhir_records import (
    ALS,
    BABINSKI,
    DYSARTHRIA,
    SNOMED,
    concept,
    observed,
    read_record,
    read_resources,
    record,
    warnings_of,
)

from dxnet import read_cases
from dxnet.errors import CaseError

OTHER = observed(DYSARTHRIA, valueBoolean=True)
PATIENT = {"resourceType": "Patient", "id": "pat-7"}
COMPRESSION = "HP:0002176"


def report(**more):
    return {"resourceType": "DiagnosticReport", "status": "final", "code": {"text": "MRI"}, **more}


def number(value, code=""):
    return {"value": value} | ({"type": {"coding": [{"code": code}]}} if code else {})


def test_the_conclusion_of_a_report_in_codes_is_read(tmp_path):
    case = read_resources(tmp_path, report(conclusionCode=[concept(COMPRESSION)]), OTHER)
    assert set(case.findings) == {"dysarthria", "mri_cord_compression"} and not warnings_of(case)
    codes = ["SNOMED CT,71286001,mri_cord_compression,compression"]
    mapped = read_resources(tmp_path, report(conclusionCode=[concept("71286001", SNOMED)]), codes=codes)
    assert mapped.findings == {"mri_cord_compression": "compression"}


@pytest.mark.parametrize(
    "more",
    [
        {"conclusion": "severe cord compression"},
        {"presentedForm": [{"contentType": "text/plain", "data": "aGVsbG8="}]},
        {"conclusionCode": [concept("71286001", SNOMED, "Spinal cord compression")]},
        {"conclusionCode": [concept(COMPRESSION)], "status": "entered-in-error"},
        {"conclusionCode": [concept(COMPRESSION)], "status": "partial"},
        {"conclusionCode": [concept(COMPRESSION)], "subject": {"reference": "Group/1"}},
        {"conclusionCode": [concept(COMPRESSION, display="No spinal cord compression")]},
        {"conclusionCode": [concept(COMPRESSION, display="Possible spinal cord compression")]},
    ],
)
def test_what_else_a_report_says_is_told(tmp_path, more):
    case = read_resources(tmp_path, report(**more), OTHER)
    assert case.findings == {"dysarthria": "present"} and len(warnings_of(case)) == 1
    assert "left out" in warnings_of(case)[0]


def test_a_report_that_only_refers_to_observations_is_silent(tmp_path):
    assert not read_resources(tmp_path, report(result=[{"reference": "Observation/1"}]), OTHER).issues


@pytest.mark.parametrize(
    ("more", "is_told"),
    [
        ({"link": [{"relation": "next", "url": "https://ehr.example/x?page=2"}]}, True),
        ({"total": 412}, True),
        ({"total": 1, "link": [{"relation": "self", "url": "https://ehr.example/x"}]}, False),
    ],
)
def test_a_page_of_a_search_is_told(tmp_path, more, is_told):
    case = read_record(tmp_path, record(OTHER) | {"type": "searchset"} | more)
    assert [("is one page of a search result" in message) for message in warnings_of(case)] == [
        True
    ] * is_told


@pytest.mark.parametrize(
    ("patient", "bundle", "id"),
    [
        ({}, {}, "pat-7"),
        ({"identifier": [number("778")]}, {}, "778"),
        ({"identifier": [number("1", "SS"), number("778", "MR")]}, {}, "778"),
        ({"identifier": [number("1", "SS"), number("2", "DL")]}, {}, "pat-7"),
        ({"identifier": [number("778")]}, {"identifier": {"value": "b-1"}}, "b-1"),
        ({"id": ""}, {}, "record"),
    ],
)
def test_a_case_is_called_as_its_patient(tmp_path, patient, bundle, id):
    assert read_record(tmp_path, record(PATIENT | patient, OTHER) | bundle).id == id


def test_a_bulk_export_of_one_patient_has_its_id(tmp_path):
    lines = "\n".join(map(json.dumps, [PATIENT, OTHER]))
    assert read_record(tmp_path, lines, suffix=".ndjson").id == "pat-7"


@pytest.mark.parametrize(
    "document",
    [
        OTHER,
        PATIENT,
        {"id": "f", "proband": {"id": "p"}, "pedigree": {"persons": []}, "metaData": {}},
        {"id": "c", "members": [{"id": "p"}], "description": "x", "metaData": {}},
    ],
)
def test_what_is_no_record_of_one_patient_has_one_fault(tmp_path, document):
    with pytest.raises(CaseError) as caught:
        read_record(tmp_path, document)
    (fault,) = caught.value.issues
    assert "no Bundle" in fault.message or "not one patient" in fault.message


def test_the_history_of_the_family_says_how_to_enter_it(tmp_path):
    father = {
        "resourceType": "FamilyMemberHistory",
        "status": "completed",
        "relationship": {"text": "father"},
    }
    (issue,) = read_resources(tmp_path, father, OTHER).issues
    assert issue.fix == "enter family_history"


def test_several_patients_in_one_file_are_told_where_they_belong(tmp_path):
    lines = [
        json.dumps(observed(BABINSKI, valueBoolean=True, subject={"reference": f"Patient/{n}"}))
        for n in range(2)
    ]
    with pytest.raises(CaseError, match=r"one a line, go into a \.jsonl file"):
        read_record(tmp_path, "\n".join(lines), suffix=".ndjson")


def test_a_packed_file_is_to_be_unpacked(tmp_path):
    (tmp_path / "a.json.gz").write_bytes(b"")
    with pytest.raises(CaseError, match="unpack it"):
        read_cases(tmp_path / "a.json.gz", network=ALS)
