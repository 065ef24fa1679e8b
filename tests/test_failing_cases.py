"""Phenopackets and FHIR that were read wrong or refused: each file, and others of its kind."""

import json
from pathlib import Path

import pytest
from conftest import network

from dxnet import read_cases
from dxnet.errors import CaseError, each_of

ALS = network("als_mimics")
FILES = Path(__file__).parent / "failing_cases"
HPO = "http://human-phenotype-ontology.org"
MOTOR = {"arm_weakness": "present", "tongue_fasciculation": "present", "hyperreflexia_arms": "present"}
EITHER_CK = {"mild": 1.0, "high": 1.0}


def read(path):
    (case,) = read_cases(path, network=ALS)
    return case


def written(directory, content, name="case.json"):
    path = directory / name
    path.write_text(content if isinstance(content, str) else json.dumps(content, indent=1), encoding="utf-8")
    return read(path)


def told(case):
    return " ".join(map(str, case.issues))


READ = {
    "fhir_bulk.ndjson": ("", {"sex": "male", "dysarthria": "present"}, ""),
    "fhir_ck_hpo_high.json": ("", {"ck": EITHER_CK}, ""),
    "fhir_ck_loinc.json": ("", {"ck": "high"}, ""),
    "fhir_condition_icd10.json": ("post_polio", {"dysarthria": "present"}, ""),
    "fhir_condition_icd10cm.json": ("als", {"dysarthria": "present"}, ""),
    "fhir_condition_implicit_rules.json": ("", {"dysarthria": "present"}, "it has implicitRules"),
    "fhir_condition_modifier.json": ("", {"dysarthria": "present"}, "it has modifierExtension"),
    "fhir_condition_onset_age.json": ("als", {"age": "60-69"}, ""),
    "fhir_condition_two_status.json": (
        "",
        {"dysarthria": "present"},
        "verificationStatus is confirmed and refuted",
    ),
    "fhir_forty_claims.json": ("", {"dysarthria": "present"}, "40 Claim resources are not read"),
    "fhir_hpo_owl_system.json": ("", {"dysarthria": "present"}, ""),
    "fhir_implicit_rules.json": ("", {"dysarthria": None}, "has implicitRules"),
    "fhir_known_absent.json": ("", {"dysarthria": "absent"}, ""),
    "fhir_patient_conditional.json": ("", {"sex": "male", "dysarthria": "present"}, ""),
    "fhir_patient_uuid_and_relative.json": ("", {"sex": "male", "dysarthria": "present"}, ""),
    "fhir_two_visits.json": ("", {"dysarthria": "present"}, "was absent on 2020-01-01"),
    "pp_als_subtype.json": ("als", MOTOR, ""),
    "pp_alt_id_babinski.json": ("", {"babinski": "present"}, "HP:0001352, now HP:0003487"),
    "pp_ck_highly_elevated.json": ("", {"ck": "high"}, ""),
    "pp_copy_number.json": ("als", MOTOR, "genomicInterpretations of the diagnosis is not read"),
    "pp_distal_leg_weakness.json": ("", {"leg_weakness": "present", "weakness": "present"}, "implies"),
    "pp_hyperreflexia_excluded.json": (
        "",
        dict.fromkeys(("hyperreflexia_arms", "hyperreflexia_legs", "jaw_jerk_brisk", "clonus"), "absent"),
        "which is excluded",
    ),
    "pp_id_underscore.json": ("", {"dysarthria": "present"}, ""),
    "pp_label_of_another_term.json": (
        "",
        {"dysarthria": None},
        "is Dysarthria, but the file calls it Dysphagia",
    ),
    "pp_modifier_excluded.json": ("", {"dysarthria": None}, "is modified by Excluded"),
    "pp_onset_of_comorbidity.json": ("", {"age": None, **MOTOR}, "(asthma) is not that of the diagnosis"),
    "pp_phenopacket.yaml": ("", {"sex": "male", "dysarthria": "present", "babinski": "absent"}, ""),
}
"""File -> diagnosis, findings (None: not examined), and words of a warning."""
REFUSED = {
    "fhir_condition_of_other_patient.json": ["is of 2 patients: Patient/1, Patient/2"],
    "pp_disease_age_of_onset_v1.json": [
        "unknown key 'ageOfOnset'; is of version 1 of the schema; write onset"
    ],
    "pp_disease_exclude_misspelt.json": ["unknown key 'exclude'; did you mean excluded?"],
    "pp_subject_unknown_keys.json": [
        "unknown key 'Sex'; did you mean sex?",
        "gender is text; write sex: FEMALE",
    ],
}


def test_every_file_has_its_right_value():
    assert {path.name for path in FILES.iterdir()} == READ.keys() | REFUSED.keys()


@pytest.mark.parametrize("name", READ)
def test_a_file_is_read_by_its_meaning(name):
    diagnosis, findings, words = READ[name]
    case = read(FILES / name)
    assert case.diagnosis == diagnosis
    assert {finding: case.in_states(ALS).get(finding) for finding in findings} == findings
    assert words in told(case)
    assert bool(case.issues) == bool(words) or diagnosis == "als"


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_is_refused_with_its_cure(name):
    with pytest.raises(CaseError) as caught:
        read(FILES / name)
    for words in REFUSED[name]:
        assert any(
            words in f"{issue.message}; {issue.fix}" and name in issue.where for issue in caught.value.issues
        )


def packet(*features, **parts):
    subject = parts.pop("subject", {"id": "p", "sex": "MALE"})
    return {"id": "x", "subject": subject, "phenotypicFeatures": list(features), **parts}


def feature(id, label="", **more):
    return {"type": {"id": id, "label": label}, **more}


def age(duration):
    return {"age": {"iso8601duration": duration}}


def disease(id, **more):
    return {"term": {"id": id, "label": ""}, **more}


WEAK = feature("HP:0003484", "Upper limb muscle weakness")
PACKETS = {
    "onset of the known disease": (
        packet(
            WEAK,
            diseases=[disease("MONDO:0004979", onset=age("P6Y")), disease("ORPHA:803", onset=age("P62Y"))],
        ),
        {"age": "60-69"},
    ),
    "onset of an excluded disease": (
        packet(WEAK, diseases=[disease("ORPHA:803", excluded=True, onset=age("P6Y"))]),
        {"age": None},
    ),
    "onset of a motor sign": (
        packet({**WEAK, "onset": age("P62Y")}, feature("HP:0000771", "Gynecomastia", onset=age("P14Y"))),
        {"age": "60-69"},
    ),
    "onset that is no age": (
        packet(WEAK, diseases=[disease("ORPHA:803", onset=age("P1962Y"))]),
        {"age": None},
    ),
    "onset by date": (
        packet(
            WEAK,
            subject={"id": "p", "sex": "MALE", "dateOfBirth": "1950-01-01T00:00:00Z"},
            diseases=[disease("ORPHA:803", onset={"timestamp": "2012-06-01T00:00:00Z"})],
        ),
        {"age": "60-69"},
    ),
    "resolved": (packet(feature("HP:0001260", "Dysarthria", resolution=age("P10Y"))), {"dysarthria": None}),
    "label that denies": (packet(feature("HP:0003487", "No Babinski sign")), {"babinski": None}),
    "label of a narrower term": (
        packet(feature("HP:0001260", "Spastic dysarthria")),
        {"dysarthria": "present"},
    ),
    "former id, excluded": (
        packet(feature("HP:0002065", "Lower limb weakness", excluded=True)),
        {"leg_weakness": "absent"},
    ),
    "IRI": (
        packet(feature("http://purl.obolibrary.org/obo/HP_0001260", "Dysarthria")),
        {"dysarthria": "present"},
    ),
    "narrower term": (packet(feature("HP:0002313", "Spastic paraparesis")), {"spasticity_legs": "present"}),
    "broader term, excluded": (
        packet(feature("HP:0001257", "Spasticity", excluded=True)),
        {"spasticity_arms": "absent", "spasticity_legs": "absent"},
    ),
    "broader term, present": (
        packet(feature("HP:0001347", "Hyperreflexia"), WEAK),
        {"hyperreflexia_legs": None},
    ),
    "modifier of another system": (
        packet(feature("HP:0001260", "Dysarthria", modifiers=[{"id": "PATO:0000462", "label": "absent"}])),
        {"dysarthria": None},
    ),
    "severity that is none": (
        packet(feature("HP:0001260", "Dysarthria", severity={"id": "HP:0040285", "label": "Excluded"})),
        {"dysarthria": None},
    ),
    "severity": (
        packet(feature("HP:0001260", "Dysarthria", severity={"id": "HP:0012828", "label": "Severe"})),
        {"dysarthria": "present"},
    ),
    "two of one observation": (
        packet(feature("HP:0008180", "Mildly elevated creatine kinase"), feature("HP:0003236")),
        {"ck": "mild"},
    ),
    "symptom that is no sign": (packet(feature("HP:0003401", "Paresthesia")), {"sensory_loss": None}),
    "one of two": (packet(feature("HP:0000508", "Ptosis")), {"ptosis_diplopia": "present"}),
    "one of two, excluded": (
        packet(feature("HP:0000508", "Ptosis", excluded=True)),
        {"ptosis_diplopia": None},
    ),
    "test in its range": (
        packet(
            measurements=[
                {
                    "assay": {"id": "LOINC:2157-6", "label": "CK"},
                    "value": {"quantity": {"value": 90, "referenceRange": {"low": 30, "high": 200}}},
                }
            ]
        ),
        {"ck": "normal"},
    ),
}


@pytest.mark.parametrize("name", PACKETS)
def test_packets_of_the_same_kinds(tmp_path, name):
    content, findings = PACKETS[name]
    case = written(tmp_path, content)
    assert {finding: case.in_states(ALS).get(finding) for finding in findings} == findings


def test_what_is_stated_outweighs_what_is_implied(tmp_path):
    case = written(tmp_path, packet(feature("HP:0001347", excluded=True), feature("HP:0007350")))
    assert (
        case.findings["hyperreflexia_arms"] == "present" and case.findings["hyperreflexia_legs"] == "absent"
    )
    assert "hyperreflexia_arms is stated as present, but HP:0001347" in told(case)


def test_implications_that_contradict_each_other_are_left_out(tmp_path):
    limbs = feature("HP:0003690", excluded=True)
    case = written(tmp_path, packet(feature("HP:0011727"), limbs))
    assert "leg_weakness" not in case.findings and "leg_weakness is both implied and excluded" in told(case)
    case = written(tmp_path, packet(feature("HP:0009053"), limbs))
    assert case.findings["leg_weakness"] == "present" and "what is stated holds" in told(case)


def test_a_disease_that_is_excluded_elsewhere_is_not_the_diagnosis(tmp_path):
    case = written(
        tmp_path, packet(WEAK, diseases=[disease("ORPHA:803"), disease("OMIM:105400", excluded=True)])
    )
    assert case.diagnosis == "" and "is excluded, too" in told(case)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (packet(diseases=[disease("ORPHA:803", negated=True)]), "unknown key 'negated'; is of version 1"),
        (packet(feature("HP:0001260", Excluded=True)), "unknown key 'Excluded'; did you mean excluded?"),
        (packet(subject={"id": "p", "ageAtCollection": {"age": "P6Y"}}), "write timeAtLastEncounter"),
        (packet(diseases=[{"onset": age("P6Y")}]), "a disease has no term.id"),
        (packet(WEAK, diseases=[disease("ORPHA:803", onset={"age": {"age": "P6Y"}})]), "unknown key 'age'"),
        (packet({"type": {"id": "HP:0001260", "Label": "x"}}), "unknown key 'Label'"),
    ],
)
def test_keys_of_no_or_another_version_are_refused(tmp_path, content, words):
    with pytest.raises(CaseError) as caught:
        written(tmp_path, content)
    assert words in " ".join(f"{issue.message}; {issue.fix}" for issue in caught.value.issues)


def bundle(*resources, patient=None, **parts):
    entries = [{"resource": {"resourceType": "Patient", "id": "1", "gender": "male", **(patient or {})}}]
    entries += [
        resource if "resource" in resource or "request" in resource else {"resource": resource}
        for resource in resources
    ]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries, **parts}


def observation(code="HP:0001260", system=HPO, **more):
    coding = {"system": system, "code": code}
    said = {"subject": {"reference": "Patient/1"}, **more}
    return {"resourceType": "Observation", "status": "final", "code": {"coding": [coding]}, **said}


def concept(code, system="http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"):
    return {"coding": [{"system": system, "code": code}]}


def condition(code="803", system="http://www.orpha.net", status="confirmed", **more):
    verified = {} if status is None else {"verificationStatus": {"coding": [{"code": status}]}}
    concept = code if isinstance(code, dict) else {"coding": [{"system": system, "code": code}]}
    said = {"subject": {"reference": "Patient/1"}, **verified, **more}
    return {"resourceType": "Condition", "code": concept, **said}


PRESENT = observation(valueBoolean=True)
DYSARTHRIA = {"dysarthria": "present"}


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


def test_keys_that_fhir_does_not_have(tmp_path):
    for resource in (observation(valueBolean=True, valueBoolean=True), condition(verificationstatus={})):
        with pytest.raises(CaseError, match="unknown key"):
            written(tmp_path, bundle(PRESENT, resource))


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


def test_a_patient_within_an_observation(tmp_path):
    inner = {
        "contained": [{"resourceType": "Patient", "id": "p", "gender": "male"}],
        "subject": {"reference": "#p"},
    }
    content = bundle({**PRESENT, **inner})
    del content["entry"][0]
    assert written(tmp_path, content).findings == {"sex": "male", **DYSARTHRIA}


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


def test_yaml_with_its_flags_in_any_order(tmp_path):
    text = 'phenotypicFeatures:\n- excluded: true\n  type: {id: "HP:0001260", label: Dysarthria}\n'
    text += "subject: {sex: MALE}\n"
    assert written(tmp_path, text, "p.yml").findings == {"sex": "male", "dysarthria": "absent"}
    with pytest.raises(CaseError, match="excluded: 'true' is not true or false"):
        written(tmp_path, text.replace("true", "'true'"), "p.yml")


def test_what_is_left_out_is_one_line_a_kind(tmp_path):
    unknown = [feature(f"HP:00099{number:02}", f"Term {number}") for number in range(50, 58)]
    case = written(tmp_path, packet(WEAK, *unknown))
    (issue,) = [issue for issue in case.issues if issue.level == "warning"]
    assert issue.message.startswith("8 HPO terms are no findings") and "HP:0009950 (Term 50)" in issue.message
    assert len(issue.parts) == 8 and set(issue.parts) <= set(each_of(case.issues))


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


def test_onsets_of_features_are_used_or_named(tmp_path):
    late = feature("HP:0001260", "Dysarthria", onset=age("P70Y"))
    case = written(tmp_path, packet({**WEAK, "onset": age("P62Y")}, late))
    assert case.findings["age"] == "62 years"
    assert "that of the first motor sign, Upper limb" in told(
        case
    ) and "the onset of Dysarthria is not" in told(case)


def test_a_patient_given_twice_must_be_the_same(tmp_path):
    again = {"resourceType": "Patient", "id": "1", "gender": "male"}
    assert written(tmp_path, bundle(PRESENT, again)).findings == {"sex": "male", **DYSARTHRIA}
    with pytest.raises(CaseError, match="Patient/1 is given twice"):
        written(tmp_path, bundle(PRESENT, {**again, "gender": "female"}))


@pytest.mark.parametrize("label", ["No ALS", "Amyotrophic lateral sclerosis, suspected", "ALS?"])
def test_a_disease_whose_label_doubts_it_is_not_the_diagnosis(tmp_path, label):
    term = {"id": "ORPHA:803", "label": label}
    solved = {"id": "i", "progressStatus": "SOLVED", "diagnosis": {"disease": term}}
    for content in (packet(WEAK, diseases=[{"term": term}]), packet(WEAK, interpretations=[solved])):
        case = written(tmp_path, content)
        assert case.diagnosis == "" and label in told(case)
