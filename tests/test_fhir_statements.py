"""What an Observation of FHIR says, and whether what it does not say clearly is told instead of taken."""

import json

import pytest
from fhir_records import (
    ALS,
    BABINSKI,
    DYSARTHRIA,
    HPO,
    LOINC,
    SNOMED,
    WEAKNESS,
    concept,
    flag,
    observed,
    read_resources,
    record,
    warnings_of,
)

from dxnet import read_cases
from dxnet.formats.cases.codes import own_system

ROW = "SNOMED CT,366575004,babinski,present"
CK = {"code": "2157-6", "system": LOINC}
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"


def ck(number):
    return observed(**CK, valueQuantity={"value": number, "unit": "U/L"})


OTHER = observed(DYSARTHRIA, valueBoolean=True)


@pytest.mark.parametrize(
    "more",
    [
        {"interpretation": [{"text": "not done"}]},
        {"interpretation": flag("IND")},
        {"note": [{"text": "not tested, plaster cast"}]},
        {
            "_valueBoolean": {
                "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason"}]
            }
        },
        {"dataAbsentReason": {"text": "not performed"}},
        {"hasMember": [{"reference": "Observation/1"}]},
    ],
)
def test_a_local_code_alone_decides_only_where_nothing_else_is_said(tmp_path, more):
    case = read_resources(tmp_path, observed("366575004", SNOMED, **more), codes=[ROW])
    assert not case.findings and len(warnings_of(case)) == 1
    assert read_resources(tmp_path, observed("366575004", SNOMED), codes=[ROW]).findings


@pytest.mark.parametrize(
    "code",
    [
        {"text": "Babinski not tested"},
        {"text": "Babinski, could not be examined"},
        {"text": "Babinski: not done"},
        {"display": "No Babinski sign"},
        {"display": "Babinski untested", "text": "Babinski"},
        {"display": "Possible Babinski sign"},
    ],
)
def test_a_local_code_whose_name_leaves_it_in_doubt_decides_nothing(tmp_path, code):
    display, text = code.get("display", "Babinski"), code.get("text", "")
    given = {"code": concept("366575004", SNOMED, display, **({"text": text} if text else {}))}
    case = read_resources(tmp_path, observed("") | given, codes=[ROW])
    assert not case.findings and "leaves in doubt that it was found" in warnings_of(case)[0]
    denied = read_resources(tmp_path, observed("") | given | {"valueBoolean": False}, codes=[ROW])
    assert denied.findings == {"babinski": "absent"}


def test_a_name_that_denies_may_be_that_of_the_local_code(tmp_path):
    row = "SNOMED CT,366575004,areflexia,present,No reflexes"
    path = tmp_path / "labels.csv"
    path.write_text("\n".join(["system,code,finding,state,label", row]))
    (tmp_path / "a.json").write_text(
        json.dumps(record(observed("") | {"code": concept("366575004", SNOMED, "No reflexes")}))
    )
    (case,) = read_cases(tmp_path / "a.json", network=ALS, codes=path)
    assert case.findings == {"areflexia": "present"}


def test_a_note_of_the_whole_holds_for_its_components(tmp_path):
    part = {"code": concept("366575004", SNOMED)}
    panel = observed("5880005", SNOMED, component=[part], note=[{"text": "could not be tested"}])
    assert not read_resources(tmp_path, panel, codes=[ROW]).findings


@pytest.mark.parametrize(
    ("question", "system", "is_taken"),
    [
        ("54114-4", LOINC, False),
        ("29299-5", LOINC, False),
        ("ASSERTION", ACT_CODE, True),
        ("404684003", SNOMED, True),
        ("75325-1", LOINC, True),
    ],
)
@pytest.mark.parametrize("value", [concept(BABINSKI, HPO), concept("366575004", SNOMED)])
def test_the_code_of_a_value_counts_under_a_question_of_what_was_found(
    tmp_path, question, system, is_taken, value
):
    case = read_resources(
        tmp_path, observed(question, system, valueCodeableConcept=value), OTHER, codes=[ROW]
    )
    assert case.findings == {"dysarthria": "present"} | ({"babinski": "present"} if is_taken else {})
    told = [message for message in warnings_of(case) if "a known code as its value" in message]
    assert len(told) == len(warnings_of(case)) == (not is_taken)


def test_what_is_asserted_may_be_denied_or_in_doubt(tmp_path):
    value = concept(BABINSKI, display="Babinski sign")
    for more, expected in (
        ({"interpretation": flag("NEG")}, {"babinski": "absent"}),
        ({"interpretation": flag("IND")}, {}),
        ({"valueCodeableConcept": value | {"text": "possible Babinski sign"}}, {}),
        ({"valueCodeableConcept": concept(BABINSKI, display="No Babinski sign")}, {}),
    ):
        case = read_resources(
            tmp_path, observed("ASSERTION", ACT_CODE, **{"valueCodeableConcept": value, **more})
        )
        assert case.findings == expected and bool(warnings_of(case)) == (not expected)


@pytest.mark.parametrize("finding", ["babinski", "clonus | babinski | dysarthria"])
def test_a_mapped_question_may_have_a_mapped_answer(tmp_path, finding):
    rows = [f"http://hospital.example/exam,PLANTAR,{finding},", ROW]
    answered = observed(
        "PLANTAR", "http://hospital.example/exam", valueCodeableConcept=concept("366575004", SNOMED)
    )
    assert read_resources(tmp_path, answered, codes=rows).findings == {"babinski": "present"}


def test_components_are_read_beside_the_value(tmp_path):
    parts = [
        {"code": concept(DYSARTHRIA), "valueBoolean": True},
        {"code": concept(**CK), "valueQuantity": {"value": 2500, "unit": "U/L"}},
        {"code": concept("39055007", SNOMED, "Ankle clonus"), "valueBoolean": True},
        {"code": {"text": "Hoffmann left"}, "valueString": "positive"},
    ]
    case = read_resources(tmp_path, observed(BABINSKI, valueBoolean=True, component=parts))
    assert case.findings == {"babinski": "present", "dysarthria": "present", "ck": "2500 U/L"}
    said = " ".join(warnings_of(case))
    assert "Ankle clonus has no code" in said and "Hoffmann left has no code" in said
    assert [entry.label for entry in case.coded][-2:] == ["Ankle clonus", "Hoffmann left"]
    assert [entry.label for entry in case.coded if not entry.findings] == ["Ankle clonus", "Hoffmann left"]


def test_what_a_panel_holds_is_told_part_by_part(tmp_path):
    parts = [
        {"code": concept(BABINSKI), "valueBoolean": True},
        {"code": concept("39055007", SNOMED, "Ankle clonus"), "valueBoolean": True},
    ]
    case = read_resources(tmp_path, observed("5880005", SNOMED, component=parts))
    assert case.findings == {"babinski": "present"}
    assert ["Ankle clonus" in message for message in warnings_of(case)] == [True]
    mapped = read_resources(
        tmp_path,
        observed("5880005", SNOMED, component=parts),
        codes=["SNOMED CT,39055007,clonus,present"],
    )
    assert mapped.findings == {"babinski": "present", "clonus": "present"} and not warnings_of(mapped)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"valueString": "vorhanden"}, "present"),
        ({"valueString": "Ja"}, "present"),
        ({"valueCodeableConcept": {"text": "nein"}}, "absent"),
        ({"valueString": "nicht vorhanden"}, "absent"),
        ({"valueInteger": 1}, None),
        *(({"valueString": text}, None) for text in ("0", "1", "0.0", "+")),
        ({"valueInteger": 0}, None),
        ({"valueInteger": 2}, None),
        ({"valueString": "nicht untersucht"}, None),
    ],
)
def test_the_words_of_case_files_are_those_of_records(tmp_path, value, expected):
    case = read_resources(tmp_path, observed(BABINSKI, **value))
    assert case.findings.get("babinski") == expected


def test_a_value_and_an_interpretation_that_differ_are_told(tmp_path):
    case = read_resources(tmp_path, observed(BABINSKI, valueBoolean=True, interpretation=flag("NEG")))
    assert not case.findings and "says both present and absent" in warnings_of(case)[0]


@pytest.mark.parametrize(
    ("preliminary", "final", "is_preliminary"),
    [
        ("2024-01-01", "2024-01-02", False),
        ("2024-01-01", "2024-01-01", False),
        ("", "", False),
        ("2024-01-02", "", False),
        ("", "2024-01-01", False),
        ("2024-01-02", "2024-01-01", True),
        ("2024-01-02", "2024", False),
    ],
)
def test_a_preliminary_result_yields_to_a_final_one_that_is_not_earlier(
    tmp_path, preliminary, final, is_preliminary
):
    results = (
        ck(5000) | {"status": "preliminary", "effectiveDateTime": preliminary},
        ck(100) | {"effectiveDateTime": final},
    )
    case = read_resources(tmp_path, *results)
    assert case.findings == {"ck": "5000 U/L" if is_preliminary else "100 U/L"}
    assert [entry.is_earlier for entry in case.coded] == [not is_preliminary, is_preliminary]
    told = " ".join(issue.message for issue in case.issues)
    assert all(day in told for day in (preliminary, final) if len(day) > 4)
    assert ("1 result is preliminary" in told) == is_preliminary
    assert ("by a preliminary result" in told and "by a final one, which holds" in told) != is_preliminary
    assert ("100 U/L on 2024-01-01 (record.json:1) before it was 5000 U/L" in told) == is_preliminary


def test_a_preliminary_result_alone_is_told(tmp_path):
    alone = read_resources(tmp_path, observed(BABINSKI, valueBoolean=True) | {"status": "preliminary"})
    assert alone.findings == {"babinski": "present"}
    assert [issue.level for issue in alone.issues] == ["info"] and "preliminary" in alone.issues[0].message


@pytest.mark.parametrize("value", [{"valueInteger": 0}, {"valueString": "0"}, {"valueInteger": 1}])
def test_digits_may_be_a_grade_and_are_an_answer_only_under_the_code_of_the_network(tmp_path, value):
    case = read_resources(tmp_path, OTHER, observed(WEAKNESS, **value))
    assert case.findings == {"dysarthria": "present"} and len(warnings_of(case)) == 1
    own = read_resources(tmp_path, observed("babinski", own_system(ALS), **value))
    assert not warnings_of(own)
    assert own.findings == {"babinski": str(next(iter(value.values())))}


@pytest.mark.parametrize(
    ("finding", "more", "told", "fix"),
    [
        ("babinski", {"valueInteger": 2}, "unknown state '2'", "known are absent, present"),
        ("babinski", {"valueString": "foo"}, "unknown state 'foo'", "known are"),
        ("babinski", {"valueCodeableConcept": {"text": "foo"}}, "unknown state 'foo'", "known are"),
        ("babinski", {"valueString": "not examined"}, "not examined has none", "leave"),
        ("babinski", {"valueString": "present", "interpretation": flag("NEG")}, "both", "keep the right one"),
        ("ck", {"valueString": "high", "interpretation": flag("N")}, "that differ", "keep the right one"),
        ("ck", {"valueCodeableConcept": {"text": "high"}}, "no code of als_mimics", "valueString"),
        ("ck", {"valueQuantity": {"value": 850, "unit": "1"}}, "unknown unit", "UCUM"),
        (
            "ck",
            {"valueQuantity": {"value": -5, "unit": "U/L"}},
            "-5 U/L is no single number from 0",
            "enter ck",
        ),
        ("ck", {"valueString": "1.234,5"}, "the thousands of the number are parted", "write 1234.5"),
        ("ck", {"valueRange": {"low": {"value": 800}}}, "valueRange is no single number", "enter ck"),
        ("ck", {}, "does not say present or absent", "valueBoolean"),
    ],
)
def test_a_value_under_the_code_of_the_network_is_left_out_where_it_is_not_read(
    tmp_path, finding, more, told, fix
):
    case = read_resources(tmp_path, observed(finding, own_system(ALS), **more), OTHER)
    assert case.findings == {"dysarthria": "present"}
    (issue,) = (it for it in case.issues if it.level == "warning")
    assert told in issue.message and fix in issue.fix
