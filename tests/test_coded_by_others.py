"""Phenopackets and FHIR of other programs: what they say is taken, told or left out."""

import json

import pytest
from coded_records import ALS, HPO, bundle, concept, feature, observation, packet, read

from dxnet.inference.visit import one_state_of


def test_what_the_network_lacks_is_told_by_name(tmp_path):
    strange = [feature("HP:0001250", "Seizure"), feature("DXNET:other.smoking", "Smoker")]
    unread = {
        "measurements": [{"assay": {"id": "LOINC:2345-7", "label": "Glucose"}}],
        "biosamples": [{"id": "b"}],
    }
    known = feature("HP:0001260", "Dysarthria", modifiers=[{"id": "HP:0012825", "label": "Mild"}])
    case = read(tmp_path, packet(known, *strange, **unread))
    assert case.findings == {"dysarthria": "present"}
    said = " ".join(issue.message for issue in case.issues)
    assert all(issue.level == "warning" and "case.json:1" in issue.where for issue in case.issues)
    for words in (
        "HP:0001250 (Seizure) is no finding of als_mimics: left out",
        "DXNET:other.smoking (Smoker) is of another network",
        "measurement Glucose is not read",
        "biosamples are not read",
        "Mild is not read",
    ):
        assert words in said
    assert case.warnings(ALS)[: len(case.issues)] == list(case.issues)


@pytest.mark.parametrize(
    ("onset", "expected"),
    [
        ({"age": {"iso8601duration": "P62Y6M"}}, "62.5 years"),
        (
            {"ageRange": {"start": {"iso8601duration": "P60Y"}, "end": {"iso8601duration": "P69Y"}}},
            "60-69 years",
        ),
        ({"age": {"iso8601duration": "P16Y"}}, "16 years"),
        (
            {"ageRange": {"start": {"iso8601duration": "P58Y"}, "end": {"iso8601duration": "P69Y"}}},
            one_state_of(["50-59", "60-69"], ALS.states("age")),
        ),
        (
            {"ontologyClass": {"id": "HP:0003596", "label": "Middle age"}},
            one_state_of(["40-49", "50-59"], ALS.states("age")),
        ),
        ({"ontologyClass": {"id": "HP:0003621", "label": "Juvenile onset"}}, "under_18"),
        ({"ontologyClass": {"id": "HP:0000001", "label": "All"}}, None),
        ({"age": {"iso8601duration": "P130Y"}}, None),
    ],
)
def test_the_disease_gives_diagnosis_and_age_at_onset(tmp_path, onset, expected):
    als = {"term": {"id": "ORPHA:803", "label": "ALS"}, "onset": onset}
    excluded = {"term": {"id": "MONDO:0010735", "label": "SBMA"}, "excluded": True}
    case = read(tmp_path, packet(diseases=[als, excluded]))
    assert case.diagnosis == "als" and case.findings.get("age") == expected
    assert bool(case.issues) == (expected is None)


ALS_TERM = {"id": "ORPHA:803", "label": "ALS"}


@pytest.mark.parametrize(
    ("status", "taken"),
    [
        ("SOLVED", True),
        ("COMPLETED", True),
        ("UNSOLVED", False),
        ("IN_PROGRESS", False),
        ("UNKNOWN_PROGRESS", False),
        (None, False),
    ],
)
def test_only_a_finished_interpretation_gives_the_diagnosis(tmp_path, status, taken):
    interpretation = {"id": "i", "progressStatus": status, "diagnosis": {"disease": ALS_TERM}}
    if status is None:
        del interpretation["progressStatus"]
    case = read(tmp_path, json.dumps(packet(interpretations=[interpretation]), indent=1))
    assert case.diagnosis == ("als" if taken else "")
    assert len(case.issues) == (not taken)
    if not taken:
        assert "the diagnosis ALS is of an interpretation that is" in case.issues[0].message
        assert case.issues[0].where == ("case.json:10" if status else "case.json:9")


def test_what_else_an_interpretation_says_is_told_with_its_line(tmp_path):
    diagnosis = {"disease": ALS_TERM, "genomicInterpretations": [{"interpretationStatus": "CAUSATIVE"}]}
    interpretation = {"progressStatus": "SOLVED", "diagnosis": diagnosis, "summary": "SOD1"}
    text = json.dumps(packet(interpretations=[interpretation]), indent=1)
    case = read(tmp_path, text)
    assert case.diagnosis == "als"
    lines = text.split("\n")
    for issue, key in zip(case.issues, ("summary", "genomicInterpretations"), strict=True):
        line = next(number for number, text in enumerate(lines, 1) if f'"{key}"' in text)
        assert issue.where == f"case.json:{line}" and f"{key} of the" in issue.message


def test_age_at_the_visit_is_not_age_at_onset(tmp_path):
    subject = {"id": "x", "sex": "MALE", "timeAtLastEncounter": {"age": {"iso8601duration": "P70Y"}}}
    case = read(tmp_path, packet(subject=subject))
    assert case.findings == {"sex": "male"}
    assert "timeAtLastEncounter is the age at a visit, not that at onset" in case.issues[0].message


def test_contradictions_are_left_out(tmp_path):
    for content in (
        packet(feature("HP:0001260"), feature("HP:0001260", excluded=True)),
        bundle(observation(valueBoolean=True), observation(valueBoolean=False)),
        bundle(observation(valueBoolean=True, interpretation=[concept("POS"), concept("NEG")])),
    ):
        case = read(tmp_path, content)
        assert not case.findings and "left out" in case.issues[0].message


def test_both_sides_of_a_contradiction_have_their_places(tmp_path):
    for content in (
        packet(feature("HP:0001260"), feature("HP:0001260", excluded=True)),
        bundle(observation(valueBoolean=True), observation(valueBoolean=False)),
    ):
        text = json.dumps(content, indent=1)
        first, second = (n for n, line in enumerate(text.split("\n"), 1) if "HP:0001260" in line)
        (issue,) = read(tmp_path, text).issues
        assert issue.where == f"case.json:{second}"
        assert f"as present (case.json:{first}) and as absent (case.json:{second})" in issue.message


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"valueBoolean": True}, "present"),
        ({"valueBoolean": False}, "absent"),
        ({"interpretation": [concept("POS")]}, "present"),
        ({"interpretation": [concept("NEG")]}, "absent"),
        ({"valueCodeableConcept": concept("52101004", "http://snomed.info/sct")}, "present"),
        ({"valueCodeableConcept": concept("LA9634-2", "http://loinc.org")}, "absent"),
        ({"valueCodeableConcept": {"text": "Present"}}, "present"),
        ({"valueString": "no"}, "absent"),
        ({}, None),
        ({"valueString": "perhaps"}, None),
        ({"valueBoolean": True, "status": "entered-in-error"}, None),
        ({"valueBoolean": True, "status": "cancelled"}, None),
        ({"valueBoolean": True, "status": "registered"}, None),
        ({"valueBoolean": True, "status": "preliminary"}, "present"),
        ({"status": "preliminary"}, None),
        ({"valueBoolean": True, "focus": [{"reference": "RelatedPerson/mother"}]}, None),
        ({"valueBoolean": True, "modifierExtension": [{"url": "http://a.b"}]}, None),
        ({"dataAbsentReason": {"text": "not performed"}}, None),
    ],
)
def test_observations_of_others(tmp_path, value, expected):
    case = read(tmp_path, bundle(observation(**value)))
    assert case.findings.get("dysarthria") == expected
    assert any(issue.level == "warning" for issue in case.issues) == (expected is None)


OWN = {"system": "urn:dxnet:als_mimics", "code": "dysarthria"}


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (["HP:0001260", "HP:0003487"], None),
        (["HP:0003487", OWN], None),
        ([OWN, {**OWN, "code": "babinski"}], None),
        (["HP:0001250", "HP:0001260"], {"dysarthria": "present"}),
        (["HP:0001260", "HP:0001260"], {"dysarthria": "present"}),
        (["HP:0001260", OWN], {"dysarthria": "present"}),
        (["HP:0001250", OWN], {"dysarthria": "present"}),
    ],
)
def test_an_observation_of_two_findings_is_told(tmp_path, codes, expected):
    coding = [code if isinstance(code, dict) else {"system": HPO, "code": code} for code in codes]
    case = read(tmp_path, bundle(observation(valueBoolean=True) | {"code": {"coding": coding}}))
    assert case.findings == (expected or {})
    assert [issue.where for issue in case.issues] == ([] if expected else ["case.json:1"])
    assert expected or "different findings: left out" in case.issues[0].message


def test_a_deleted_resource_is_not_read(tmp_path):
    content = bundle(
        observation(valueBoolean=True),
        {
            "resourceType": "Condition",
            "code": {"coding": [{"system": "http://www.orpha.net", "code": "803"}]},
        },
    )
    assert read(tmp_path, content).diagnosis == "als"
    for entry in content["entry"]:
        entry["request"] = {"method": "DELETE", "url": "x/1"}
    case = read(tmp_path, content)
    assert not case.findings and not case.diagnosis
    assert [issue.message for issue in case.issues] == [
        "the Observation is to be deleted: left out",
        "the Condition is to be deleted: left out",
    ]


def test_resources_that_are_not_read_are_told(tmp_path):
    loinc = {"coding": [{"system": "http://loinc.org", "code": "2345-7", "display": "Glucose"}]}
    case = read(
        tmp_path,
        bundle(
            observation("HP:0001250", valueBoolean=True),
            {"resourceType": "Observation", "status": "final", "code": loinc},
            {"resourceType": "Medication"},
            {"resourceType": "Patient", "gender": "other"},
            {"resourceType": "Condition", "code": {"text": "Gout"}},
            observation(valueBoolean=True),
        ),
    )
    said = sorted(issue.message for issue in case.issues)
    assert case.findings == {"dysarthria": "present"} and len(said) == 5
    for told, words in zip(
        said, ("HP:0001250 is no", "Medication", "gender other", "Gout", "Glucose has no code"), strict=True
    ):
        assert words in told
