"""FHIR Bundles that were read wrong or refused: whose they are, and which Condition is the diagnosis."""

import json

import pytest
from patient_records import DYSARTHRIA, PRESENT, bundle, concept, condition, observation, told, written

from dxnet.errors import CaseError


@pytest.mark.parametrize(
    ("patient", "full_url", "reference"),
    [
        ({}, "", "Patient/1"),
        ({}, "", "Patient/1/_history/2"),
        ({}, "https://a.b/fhir/Patient/1", "Patient/1"),
        ({}, "https://a.b/fhir/Patient/1", "https://a.b/fhir/Patient/1/_history/3"),
        ({}, "", "https://a.b/fhir/Patient/1"),
        ({"id": "0F1C"}, "urn:uuid:0f1c", "urn:uuid:0F1C"),
        ({"id": "0f1c"}, "urn:uuid:0f1c", "Patient/0f1c"),
        ({"identifier": [{"system": "s", "value": "7"}]}, "", "Patient?identifier=s|7"),
        ({"identifier": [{"system": "s", "value": "7"}]}, "", "Patient?identifier=s%7C7"),
    ],
)
def test_one_patient_by_any_name(tmp_path, patient, full_url, reference):
    content = bundle(observation(valueBoolean=True, subject={"reference": reference}), patient=patient)
    if full_url:
        content["entry"][0]["fullUrl"] = full_url
    assert written(tmp_path, content).findings == {"sex": "male", **DYSARTHRIA}


@pytest.mark.parametrize(
    ("full_url", "subject"),
    [
        ("", {"reference": "Patient/2"}),
        ("https://a.b/Patient/1", {"reference": "https://c.d/Patient/1"}),
        ("", {"reference": "Patient?identifier=s|8"}),
        ("", {"identifier": {"system": "s", "value": "8"}}),
        ("", {"reference": "urn:uuid:2"}),
    ],
)
@pytest.mark.parametrize("kind", [observation(valueBoolean=True), condition()])
def test_another_patient_is_never_the_same(tmp_path, full_url, subject, kind):
    patient = {"identifier": [{"system": "s", "value": "7"}]}
    content = bundle({**kind, "subject": subject}, patient=patient)
    if full_url:
        content["entry"][0]["fullUrl"] = full_url
    with pytest.raises(CaseError, match="is of 2 patients"):
        written(tmp_path, content)


@pytest.mark.parametrize(
    ("more", "taken"),
    [
        ({}, True),
        ({"status": None}, True),
        ({"status": "refuted"}, False),
        ({"status": "provisional"}, False),
        ({"status": "entered-in-error"}, False),
        ({"status": None, "verificationStatus": {"text": "refuted"}}, False),
        ({"status": None, "verificationStatus": {"text": "Confirmed"}}, True),
        ({"verificationStatus": {"coding": [{"code": "confirmed"}], "text": "refuted"}}, False),
        (
            {
                "code": {
                    "text": "ALS ruled out",
                    "coding": [{"system": "http://www.orpha.net", "code": "803"}],
                }
            },
            False,
        ),
        (
            {
                "code": {
                    "text": "Family history of ALS",
                    "coding": [{"system": "http://www.orpha.net", "code": "803"}],
                }
            },
            False,
        ),
        ({"status": None, "verificationStatus": concept("confirmed", "https://example.org/other")}, False),
        ({"status": None, "verificationStatus": {}}, False),
        ({"clinicalStatus": concept("active", "")}, True),
        ({"clinicalStatus": concept("resolved", "")}, False),
        ({"clinicalStatus": {"text": "inactive"}}, False),
        ({"abatementDateTime": "2020"}, False),
        ({"subject": {"reference": "Group/1"}}, False),
        ({"code": "OMIM:612069", "system": "https://omim.org"}, True),
        ({"code": "MONDO_0007103", "system": "http://purl.obolibrary.org/obo/mondo.owl"}, True),
        ({"code": "G12.2", "system": "urn:oid:2.16.840.1.113883.6.3"}, False),
    ],
)
def test_which_condition_is_the_diagnosis(tmp_path, more, taken):
    case = written(tmp_path, bundle(PRESENT, condition(**more)))
    assert (case.diagnosis, bool(case.issues)) == (("als", False) if taken else ("", True))


@pytest.mark.parametrize(
    ("onset", "birth", "expected"),
    [
        ({"onsetDateTime": "2012-05-01"}, "1950-01-01", "62 years"),
        ({"onsetDateTime": "2012"}, "1950", "61-62 years"),
        ({"onsetDateTime": "2010"}, "1950", {"50-59": 1.0, "60-69": 1.0}),
        ({"onsetDateTime": "2012"}, "", None),
        ({"onsetPeriod": {"start": "2012-05"}}, "1950-01-01", "62 years"),
        ({"onsetAge": {"value": 750, "unit": "months"}}, "", "62.5 years"),
        (
            {"onsetRange": {"low": {"value": 61, "code": "a"}, "high": {"value": 65, "code": "a"}}},
            "",
            "61-65 years",
        ),
        ({"onsetString": "in his sixties"}, "", None),
        ({"onsetAge": {"value": 62, "unit": "parsec"}}, "", None),
    ],
)
def test_onset_of_the_diagnosis(tmp_path, onset, birth, expected):
    case = written(
        tmp_path, bundle(PRESENT, condition(**onset), patient={"birthDate": birth} if birth else {})
    )
    assert case.findings.get("age") == expected and bool(case.issues) == (expected is None)
    other = condition("38341003", "http://snomed.info/sct", **onset)
    assert (
        "age" not in written(tmp_path, bundle(PRESENT, other, patient={"birthDate": "1950-01-01"})).findings
    )


def test_the_sex_of_a_modified_patient_is_not_taken(tmp_path):
    for element in ({"implicitRules": "https://a.b"}, {"modifierExtension": [{"url": "https://a.b"}]}):
        case = written(tmp_path, bundle(PRESENT, patient=element))
        assert case.findings == DYSARTHRIA and "the Patient has" in told(case)


def test_rules_of_a_whole_bundle_refuse_it(tmp_path):
    with pytest.raises(CaseError, match="the Bundle has implicitRules"):
        written(tmp_path, bundle(PRESENT, implicitRules="https://a.b"))
    letter = {"resourceType": "Composition", "status": "entered-in-error"}
    with pytest.raises(CaseError, match="the document is entered-in-error"):
        written(tmp_path, bundle(letter, PRESENT))


def test_keys_that_fhir_does_not_have(tmp_path):
    for resource in (observation(valueBolean=True, valueBoolean=True), condition(verificationstatus={})):
        with pytest.raises(CaseError, match="unknown key"):
            written(tmp_path, bundle(PRESENT, resource))


def test_a_patient_within_an_observation(tmp_path):
    inner = {
        "contained": [{"resourceType": "Patient", "id": "p", "gender": "male"}],
        "subject": {"reference": "#p"},
    }
    content = bundle({**PRESENT, **inner})
    del content["entry"][0]
    assert written(tmp_path, content).findings == {"sex": "male", **DYSARTHRIA}


@pytest.mark.parametrize("name", ["bulk.ndjson", "bulk.jsonl"])
def test_resources_one_a_line_are_one_patient(tmp_path, name):
    lines = [json.dumps(entry["resource"]) for entry in bundle(PRESENT, condition())["entry"]]
    case = written(tmp_path, "\n".join(lines) + "\n", name)
    assert (case.findings, case.diagnosis) == ({"sex": "male", **DYSARTHRIA}, "als")
    with pytest.raises(CaseError, match="is of 2 patients"):
        written(
            tmp_path, "\n".join([*lines, json.dumps(observation(subject={"reference": "Patient/2"}))]), name
        )


def test_deep_documents_are_read(tmp_path):
    item = {"linkId": "1"}
    for _ in range(12):
        item = {"linkId": "1", "item": [item]}
    case = written(tmp_path, bundle(PRESENT, {"resourceType": "QuestionnaireResponse", "item": [item]}))
    assert case.findings["dysarthria"] == "present" and "QuestionnaireResponse is not read" in told(case)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"resourceType": "Bundle", "entries": []}, "unknown key 'entries'; did you mean entry?"),
        (bundle(PRESENT, patient={"Gender": "female"}), "unknown key 'Gender'; did you mean gender?"),
        (bundle({"resource": PRESENT, "fullurl": "x"}), "unknown key 'fullurl'; did you mean fullUrl?"),
    ],
)
def test_misspelt_keys_of_a_bundle_are_refused(tmp_path, content, words):
    with pytest.raises(CaseError) as caught:
        written(tmp_path, content)
    assert words in " ".join(f"{issue.message}; {issue.fix}" for issue in caught.value.issues)
    extended = bundle({**PRESENT, "_status": {"extension": []}}, patient={"_gender": {"id": "x"}})
    assert written(tmp_path, extended).findings == {"sex": "male", **DYSARTHRIA}


def test_a_patient_given_twice_must_be_the_same(tmp_path):
    again = {"resourceType": "Patient", "id": "1", "gender": "male"}
    assert written(tmp_path, bundle(PRESENT, again)).findings == {"sex": "male", **DYSARTHRIA}
    with pytest.raises(CaseError, match="Patient/1 is given twice"):
        written(tmp_path, bundle(PRESENT, {**again, "gender": "female"}))
