"""Numbers with units in files: every format keeps them, and a laboratory's own limits hold."""

import json

import pandas as pd
import pytest

from dxnet import Case, Engine, load_network, read_cases, score
from dxnet.errors import UnknownState
from dxnet.formats.cases.write import dump_case
from dxnet.reasoning.als_criteria import criteria
from dxnet.reasoning.explain import explain

ALS = load_network("als_mimics")
ENGINE = Engine(ALS)
ENTERED = {"age": 64, "ck": "850 U/L", "respiratory_fvc": "71 %", "babinski": "yes"}
STATES = {"age": "60-69", "ck": "mild", "respiratory_fvc": "reduced", "babinski": "present"}


def test_a_number_and_words_answer_as_their_states_do():
    assert Case(ENTERED).findings == ENTERED | {"age": "64"}
    entered, stated = ENGINE.diagnose(Case(ENTERED)), ENGINE.diagnose(STATES)
    assert entered.post_test.tolist() == stated.post_test.tolist()
    assert entered.to_dict()["findings"]["ck"] == "850 U/L" and entered.to_dict()["read_as"] == STATES
    assert entered.warnings == stated.warnings and criteria(ALS, ENTERED) == criteria(ALS, STATES)
    shown = {c.finding: c.state for c in explain(ENGINE, ENTERED).contributions}
    assert shown["ck"] == "850 U/L: mild" and shown["babinski"] == "yes: present"


@pytest.mark.parametrize("kind", ["yaml", "json", "phenopacket", "fhir"])
@pytest.mark.parametrize(
    "findings",
    [
        ENTERED,
        {"ck": "850 U/L (<200)", "csf_cells": ">5/µL", "csf_protein": "60 mg/dL", "sex": "Male"},
        {"thyroid_calcium": "TSH 0.05 mIU/L", "b12_copper": "B12 120 pmol/L, copper 15 µmol/L"},
        {"ck": "4 x ULN", "areflexia_legs": "1+", "arm_weakness": "4/5", "age": "62-65 years"},
    ],
)
def test_every_format_keeps_numbers(tmp_path, kind, findings):
    path = tmp_path / f"case.{'yaml' if kind == 'yaml' else 'json'}"
    path.write_text(dump_case(Case(findings, id="a"), kind, ALS), encoding="utf-8")
    (back,) = read_cases(path, network=ALS)
    assert back.in_states(ALS) == Case(findings).in_states(ALS) and not back.issues
    kept = {name: text for name, text in Case(findings).findings.items() if any(map(str.isdigit, text))}
    if kind in ("yaml", "json"):
        assert back.findings == Case(findings).findings
    for name, text in kept.items():
        assert back.findings[name].split()[0].startswith(text.split()[0].rstrip("%"))
    again = tmp_path / f"again{path.suffix}"
    again.write_text(dump_case(back, kind, ALS), encoding="utf-8")
    assert read_cases(again, network=ALS)[0].findings == back.findings


def test_tables_keep_them(tmp_path):
    path = tmp_path / "cases.csv"
    path.write_text("id,age,ck,respiratory_fvc,babinski\na,64,850 U/L,71 %,yes\n")
    (case,) = read_cases(path, network=ALS)
    assert case.findings == ENTERED | {"age": "64"} and case.in_states(ALS) == STATES
    expected = ENGINE.diagnose(STATES).post_test
    table = pd.DataFrame([ENTERED, {**ENTERED, "age": 1962}])
    scored = score(ENGINE, table)
    assert scored.status.tolist() == ["ok", "unreadable"]
    assert scored.loc[0, [f"p_{d}" for d in ALS.diagnoses]].tolist() == pytest.approx(expected.tolist())
    (fault,) = scored.attrs["faults"]
    assert (fault["index"], fault["column"]) == (1, "age") and fault["message"].startswith("1962 is a year")
    assert score(ENGINE, table, exact=True).status.tolist() == ["unreadable", "unreadable"]


@pytest.mark.parametrize("text", ['{"findings": {"age": 1962}}', "findings:\n  age: 1962\n"])
def test_a_refused_number_names_file_line_cause_and_cure(tmp_path, text):
    path = tmp_path / ("c.json" if text.startswith("{") else "c.yaml")
    path.write_text(text)
    (case,) = read_cases(path)
    with pytest.raises(UnknownState) as caught:
        ENGINE.diagnose(case)
    (issue,) = caught.value.issues
    assert issue.where == (f"{path.name}:1" if path.suffix == ".json" else "c.yaml:2")
    assert issue.message == "age: 1962 is a year, as of birth, and no age" and "write the age" in issue.fix


def observation(code, value=None, unit="", system="http://loinc.org", **rest):
    quantity = {"valueQuantity": {"value": value, "unit": unit, "code": unit}} if value is not None else {}
    coded = {"coding": [{"system": system, "code": code, "display": code}]}
    return {"resourceType": "Observation", "status": "final", "code": coded, **quantity, **rest}


def bundle_of(tmp_path, *resources):
    path = tmp_path / "bundle.json"
    entries = [{"resource": resource} for resource in resources]
    path.write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}))
    (case,) = read_cases(path, network=ALS)
    return case


def upper(value, unit):
    return {"referenceRange": [{"high": {"value": value, "unit": unit, "code": unit}}]}


def flagged(code):
    system = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
    return {"interpretation": [{"coding": [{"system": system, "code": code}]}]}


def test_laboratory_numbers_of_a_bundle(tmp_path):
    tsh = {"referenceRange": [{"low": {"value": 0.4, "unit": "mU/L"}, "high": {"value": 4, "unit": "mU/L"}}]}
    case = bundle_of(
        tmp_path,
        observation("2157-6", 850, "U/L", **upper(200, "U/L")),
        observation("2880-3", 60, "mg/dL", **upper(45, "mg/dL")),
        observation("3016-3", 0.05, "mU/L", **tsh),
        observation("17861-6", 9.4, "mg/dL", **upper(10.4, "mg/dL")),
        observation("2132-9", 120, "pg/mL", **flagged("L")),
    )
    assert case.findings["ck"] == "850 U/L (<200)" and case.findings["csf_protein"] == "60 mg/dL (<45)"
    read = case.in_states(ALS)
    assert (read["ck"], read["csf_protein"]) == ("mild", "elevated")
    assert (read["thyroid_calcium"], read["b12_copper"]) == ("abnormal", "low")


def test_a_report_outweighs_the_limits_of_the_network(tmp_path):
    case = bundle_of(tmp_path, observation("2157-6", 250, "U/L", **flagged("N")))
    assert case.in_states(ALS) == {"ck": "normal"}
    case = bundle_of(tmp_path, observation("2157-6", 250, "U/L", **upper(300, "U/L")))
    assert case.findings == {"ck": "250 U/L (<300)"} and case.in_states(ALS) == {"ck": "normal"}


def test_a_quantity_under_an_own_code_that_cannot_be_read_is_left_out_with_its_place(tmp_path):
    case = bundle_of(tmp_path, observation("age", 1962, "a", "urn:dxnet:als_mimics"))
    (issue,) = case.issues
    assert "age" not in case.findings and issue.where == "bundle.json:1" and "1962 is a year" in issue.message
