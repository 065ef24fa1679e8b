"""Which Conditions of FHIR are the diagnosis of this patient, and when it began."""

import json

import pytest
from fhir_records import (
    ALS,
    DYSARTHRIA,
    HPO,
    SNOMED,
    condition,
    observed,
    read_resources,
    record,
    warnings_of,
)

from dxnet import read_cases

ICD = "http://hl7.org/fhir/sid/icd-10-cm"
NAME = "Amyotrophic lateral sclerosis"
OTHER = observed(DYSARTHRIA, valueBoolean=True)
BORN_1960 = {"resourceType": "Patient", "birthDate": "1960-05-01"}


def als(text="", display=NAME, **more):
    code = {"coding": [{"system": ICD, "code": "G12.21", "display": display}]}
    return condition("") | {"code": code | ({"text": text} if text else {})} | more


DOUBTS = [
    *("r/o ALS", "Rule-out ALS", "DD ALS", "V.a. ALS", "V. a. ALS", "Verdacht auf ALS"),
    *("Ausschluss einer ALS", "likely ALS", "query ALS", "ALS?", "concern for ALS", "work-up for ALS"),
    *("screening for ALS", "FHx ALS", "Mother with ALS", "ALS (father)", "Z.n. ALS", "not ALS"),
    *("probable ALS", "ALS unlikely"),
]
MORE = ["suspicion de SLA", "neighbour has ALS", "ALS vs SBMA", "pas de SLA"]


@pytest.mark.parametrize("text", [*DOUBTS, *MORE])
def test_a_condition_that_says_more_than_its_name_is_no_diagnosis(tmp_path, text):
    case = read_resources(tmp_path, als(text), OTHER)
    assert case.diagnosis == "" and len(warnings_of(case)) == 1
    assert f"it is called {text}" in warnings_of(case)[0]


@pytest.mark.parametrize("text", DOUBTS)
def test_a_name_at_the_code_may_leave_it_in_doubt_too(tmp_path, text):
    assert read_resources(tmp_path, als(display=text), OTHER).diagnosis == ""
    assert read_resources(tmp_path, als(text, display=text), OTHER).diagnosis == ""


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ALS",
        "amyotrophic lateral sclerosis (disorder)",
        "ALS (G12.21)",
        "ALS, bulbar onset",
        "sporadic ALS",
        "Amyotrophic lateral sclerosis (ALS)",
        "ALS (amyotrophic lateral sclerosis)",
        "Amyotrophic lateral sclerosis (HCC)",
        "ALS (amyotrophic lateral sclerosis) (HCC)",
        "Amyotrophic lateral sclerosis, unspecified",
        "Amyotrophic lateral sclerosis NOS",
        "Lou Gehrig's disease",
        "Lou Gehrig\u2019s disease",
        "ALS (Lou Gehrig disease)",
    ],
)
def test_a_condition_that_says_its_name_is_the_diagnosis(tmp_path, text):
    case = read_resources(tmp_path, als(text), OTHER)
    assert case.diagnosis == "als" and not warnings_of(case)


def test_text_in_any_language_that_repeats_the_name_at_the_code(tmp_path):
    name = "Myatrophe Lateralsklerose"
    assert read_resources(tmp_path, als(name, display=name)).diagnosis == "als"


def test_a_name_of_your_own_is_the_label_of_a_local_code(tmp_path):
    row = "ICD-10-CM,G12.21,diagnosis,als,Amyotrophe Lateralsklerose"
    stated = als("Amyotrophe Lateralsklerose")
    (issue,) = read_resources(tmp_path, stated, OTHER).issues
    assert issue.fix == "if that is all it says, map its code with this text as label (--codes)"
    (tmp_path / "codes.csv").write_text(f"system,code,finding,state,label\n{row}\n")
    (tmp_path / "a.json").write_text(json.dumps(record(stated)))
    (case,) = read_cases(tmp_path / "a.json", network=ALS, codes=tmp_path / "codes.csv")
    assert case.diagnosis == "als" and not warnings_of(case)


def test_a_refuted_condition_of_a_relative_says_nothing_of_the_patient(tmp_path):
    of_mother = {"coding": condition(DYSARTHRIA)["code"]["coding"], "text": "Dysarthria of the mother"}
    for verified in ("refuted", "confirmed"):
        case = read_resources(tmp_path, condition(DYSARTHRIA, verified=verified) | {"code": of_mother})
        assert not case.findings and "mother" in warnings_of(case)[0]


@pytest.mark.parametrize(
    ("first", "second", "age"),
    [
        ({}, {"onsetDateTime": "2020-06-01"}, "60 years"),
        ({"onsetDateTime": "2020-06-01"}, {}, "60 years"),
        ({"onsetDateTime": "2020-06-01"}, {"onsetDateTime": "2020-06-01"}, "60 years"),
        ({"onsetDateTime": "2020"}, {"onsetDateTime": "2020-06-01"}, "60 years"),
        ({"onsetDateTime": "2019-06-01"}, {"onsetDateTime": "2022-06-01"}, None),
    ],
)
def test_the_onset_of_a_diagnosis_that_stands_twice(tmp_path, first, second, age):
    case = read_resources(tmp_path, BORN_1960, als(**first), als(**second))
    assert case.diagnosis == "als" and case.findings.get("age") == age
    told = [message for message in warnings_of(case) if "onset at 59 (record.json:1) and 62" in message]
    assert len(told) == (age is None)


def test_a_term_that_is_called_absent_is_no_denial(tmp_path):
    areflexia = {"coding": [{"system": HPO, "code": "HP:0003438", "display": "Absent Achilles reflex"}]}
    stated = condition("HP:0003438") | {"code": areflexia}
    asserted = observed("404684003", SNOMED, valueCodeableConcept=areflexia)
    for resource in (stated, asserted):
        case = read_resources(tmp_path, resource, OTHER)
        assert not any("doubt" in message or "it is called" in message for message in warnings_of(case))
