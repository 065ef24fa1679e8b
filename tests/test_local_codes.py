"""Local codes: a user's own table is strict, it comes first, and the case says what was taken from it."""

import json

import pytest
from click.testing import CliRunner
from coded_records import bundle, feature, observation, packet
from conftest import network

from dxnet import read_cases
from dxnet.cli import main
from dxnet.errors import CaseError
from dxnet.formats.cases.local_codes import dump_local_codes, read_local_codes

ALS = network("als_mimics")
SCT, LOINC, HOSPITAL = "http://snomed.info/sct", "http://loinc.org", "http://hospital.example/lab"


def table(*rows, header="system,code,finding,state"):
    return "\n".join([header, *rows]).encode()


def problems(*rows, **how):
    with pytest.raises(CaseError) as problem:
        read_local_codes(table(*rows, **how), ALS, "codes.csv")
    return [f"{issue.where}: {issue.message}; {issue.fix}" for issue in problem.value.issues]


def read(directory, record, *rows):
    path, codes = directory / "record.json", directory / "codes.csv"
    path.write_text(json.dumps(record), encoding="utf-8")
    codes.write_bytes(table(*rows))
    (case,) = read_cases(path, network=ALS, codes=codes)
    return case


def answer(code):
    return {"coding": [{"system": SCT, "code": code}]}


def coded(system, code, display="", **more):
    coding = {"system": system, "code": code, "display": display}
    return observation() | {"code": {"coding": [coding]}, **more}


def test_everything_wrong_is_named_at_once_with_its_line_and_cure():
    found = problems(
        "SNMED CT,366575004,babinski,present",
        "SNOMED CT,3.66575E+08,babinski,present",
        "LOINC,CK,ck,",
        "SNOMED CT,366575004,babinsky,present",
        "SNOMED CT,366575005,babinski,extensor",
        "SNOMED CT,366575006,ck,850 U/L",
        "SNOMED CT,366575007,,present",
        ",1,babinski,present",
        "SNOMED CT,,babinski,present",
        "SNOMED CT,366575008,diagnosis,asl",
        "SNOMED CT,366575009,babinski | clonus,present",
        "SNOMED CT,366575010,babinski,present",
        "SNOMED CT,366575010,clonus,present",
    )
    wanted = [
        ("unknown system 'SNMED CT'", "did you mean SNOMED CT?"),
        ("'3.66575E+08' is no code of SNOMED CT", "format its column as text"),
        ("'CK' is no code of LOINC", "as in 2157-6"),
        ("unknown finding 'babinsky'", "did you mean babinski?"),
        ("babinski: unknown state 'extensor'", "present"),
        ("ck: '850 U/L' is a number", "leave the state empty"),
        ("has no finding", "remove the row"),
        ("has no system", "write SNOMED CT"),
        ("has no code", "remove the row"),
        ("unknown diagnosis 'asl'", "als"),
        ("has 2 findings, but 1 states", "one state for each"),
        ("SNOMED CT 366575010 is mapped a second time, after codes.csv:13", "keep one row"),
    ]
    assert len(found) == len(wanted)
    for text, (message, fix) in zip(found, wanted, strict=True):
        assert message in text and fix in text.partition("; ")[2]
    lines = [*range(2, 13), 14]
    assert [text.partition(": ")[0] for text in found] == [f"codes.csv:{line}" for line in lines]


def test_columns_are_strict_too():
    assert (
        "has no column 'state'" in problems("SNOMED CT,366575004,babinski", header="system,code,finding")[0]
    )
    (found,) = problems("1,SNOMED CT,366575004,babinski,present", header="nr,system,code,finding,state")
    assert "unknown column 'nr'" in found
    with pytest.raises(CaseError, match="no such file"):
        read_local_codes("nowhere.csv", ALS)


def test_a_spreadsheet_may_write_it_its_own_way():
    text = "\ufeffSystem;Code;Finding;State\r\nsnomed-ct;366575004;babinski;Yes\r\n".encode()
    (row,) = read_local_codes(text, ALS, "codes.csv").rows
    assert (row.system, row.code, row.meanings) == ("SNOMED CT", "366575004", (("babinski", "present"),))


def test_a_table_is_written_as_it_is_read():
    rows = (
        "SNOMED CT,366575004,babinski,present",
        f"{HOSPITAL},CK,ck,",
        "LOINC,1-8,spasticity_arms | spasticity_legs,present | probable present",
        "ICD-10,G12.2,diagnosis,als",
    )
    codes = read_local_codes(table(*rows), ALS, "a.csv")
    again = read_local_codes(dump_local_codes(codes).encode(), ALS, "a.csv")
    assert again == codes and len(again.rows) == 4


def test_fhir_by_snomed_and_hospital_codes(tmp_path):
    record = bundle(
        coded(SCT, "366575004", "Extensor plantar response", valueBoolean=True),
        coded(SCT, "16046003", "Clonus", valueCodeableConcept=answer("2667000")),
        coded(HOSPITAL, "CK", "Kreatinkinase", valueQuantity={"value": 850, "unit": "U/L"}),
        coded(SCT, "404684003", "Finding", valueCodeableConcept=answer("8011004")),
        {
            "resourceType": "Condition",
            "code": {"coding": [{"system": HOSPITAL, "code": "ND7"}]},
            "verificationStatus": {"coding": [{"code": "confirmed"}]},
        },
    )
    rows = (
        "SNOMED CT,366575004,babinski,present",
        "SNOMED CT,16046003,clonus,present",
        f"{HOSPITAL},CK,ck,",
        "SNOMED CT,8011004,dysarthria,present",
        f"{HOSPITAL},ND7,diagnosis,als",
    )
    case = read(tmp_path, record, *rows)
    wanted = {"babinski": "present", "clonus": "absent", "ck": "850 U/L", "dysarthria": "present"}
    assert (case.findings, case.diagnosis) == (wanted, "als")
    (issue,) = case.issues
    assert issue.level == "info" and "4 findings are taken by local codes" in issue.message
    assert (
        "babinski present from SNOMED CT 366575004 (Extensor plantar response) by codes.csv:2"
        in issue.message
    )
    first, *_ = case.coded
    assert (first.findings, first.by) == ((("babinski", "present"),), "codes.csv:2")
    with pytest.raises(CaseError):
        read_cases(tmp_path / "record.json", network=ALS)


def test_phenopackets_by_local_codes(tmp_path):
    record = packet(
        feature("SNOMEDCT:366575004", "Extensor plantar response"),
        feature("LAB:7", "Spasticity", excluded=True),
        measurements=[
            {
                "assay": {"id": "LAB:CK", "label": "CK"},
                "value": {"quantity": {"value": 850, "unit": {"id": "UCUM:U/L", "label": "U/L"}}},
            }
        ],
        diseases=[{"term": {"id": "LAB:ND7", "label": "MND"}}],
    )
    record["metaData"]["resources"] = [{"namespacePrefix": "LAB", "url": HOSPITAL}]
    rows = (
        "SNOMED CT,366575004,babinski,present",
        f"{HOSPITAL},7,spasticity_arms | spasticity_legs,present",
        f"{HOSPITAL},CK,ck,",
        f"{HOSPITAL},ND7,diagnosis,als",
    )
    with pytest.raises(CaseError, match="2 findings, but 1 states"):
        read(tmp_path, record, *rows)
    case = read(tmp_path, record, rows[0], rows[1].replace(",present", ",present | present"), *rows[2:])
    wanted = {
        "babinski": "present",
        "spasticity_arms": "absent",
        "spasticity_legs": "absent",
        "ck": "850 U/L",
    }
    assert (case.findings, case.diagnosis) == (wanted, "als")


def test_own_codes_come_before_those_that_all_know(tmp_path):
    record = bundle(
        observation("HP:0001260", valueBoolean=True),
        coded(LOINC, "2157-6", "CK", valueQuantity={"value": 850, "unit": "U/L"}),
    )
    case = read(tmp_path, record, "HPO,HP:0001260,dysphagia,present", "LOINC,2157-6,ck,")
    assert case.findings == {"dysphagia": "present", "ck": "850 U/L"}
    assert all(entry.by for entry in case.coded)


def test_an_observation_without_an_answer_is_not_present(tmp_path):
    """A number, or no result at all, does not say that what the code names is there."""
    number = coded(SCT, "366575004", valueQuantity={"value": 2, "unit": "cm"})
    missing = coded(SCT, "16046003", dataAbsentReason={"text": "not done"})
    bare = coded(SCT, "8011004")
    rows = (
        "SNOMED CT,366575004,babinski,present",
        "SNOMED CT,16046003,clonus,present",
        "SNOMED CT,8011004,dysarthria,present",
    )
    case = read(tmp_path, bundle(number, missing, bare), *rows)
    assert case.findings == {"dysarthria": "present"}
    why = {entry.codes[0][1]: entry.why for entry in case.coded}
    assert "does not say present or absent" in why["366575004"] and "no result" in why["16046003"]


@pytest.mark.parametrize(
    ("finding", "value", "expected"),
    [
        ("ck", {"valueString": "850 U/L"}, "850 U/L"),
        # above its limit, not the state
        ("ck", {"valueString": "high"}, {"mild": 1.0, "high": 1.0}),
        ("ck", {"valueCodeableConcept": {"text": "normal"}}, "normal"),
        ("ck", {"valueBoolean": True}, None),
        ("csf_protein", {"interpretation": [{"coding": [{"code": "L"}]}]}, None),
        ("csf_protein", {"interpretation": [{"coding": [{"code": "H"}]}]}, "elevated"),
        ("respiratory_fvc", {"valueQuantity": {"value": 71, "unit": "%"}}, "71 %"),
        ("respiratory_fvc", {"valueQuantity": {"value": 1, "unit": "%"}}, None),
        ("age", {"valueInteger": 64}, "64"),
        ("babinski", {"valueInteger": 1}, "present"),
        ("babinski", {"valueString": "unclear"}, None),
        ("babinski", {}, None),
        ("muscle_biopsy", {"valueString": "Neurogenic"}, "neurogenic"),
    ],
)
def test_without_a_state_the_value_says_it(tmp_path, finding, value, expected):
    """Never in a wrong sense: what is no state of the finding is left out with its cause and cure."""
    record = bundle(coded(HOSPITAL, "X", **value), observation("HP:0001260", valueBoolean=True))
    case = read(tmp_path, record, f"{HOSPITAL},X,{finding},")
    assert case.findings.get(finding) == expected
    (entry, _) = case.coded
    assert bool(entry.findings) == (expected is not None)
    if expected is None:
        (warning,) = [issue for issue in case.issues if issue.level == "warning"]
        assert f"{finding} by codes.csv:2" in warning.message and warning.fix


def test_an_excluded_state_of_several_leaves_the_others(tmp_path):
    case = read(tmp_path, packet(feature("SCT:165816005", excluded=True)), "SNOMED CT,165816005,ck,high")
    assert case.findings == {"ck": {"normal": 1.0, "mild": 1.0}}


def test_a_refuted_condition_is_absent_and_a_past_one_says_nothing(tmp_path):
    def condition(code, **more):
        return {"resourceType": "Condition", "code": {"coding": [{"system": SCT, "code": code}]}, **more}

    refuted = condition("8011004", verificationStatus={"coding": [{"code": "refuted"}]})
    over = condition("366575004", clinicalStatus={"coding": [{"code": "resolved"}]})
    rows = ("SNOMED CT,8011004,dysarthria,present", "SNOMED CT,366575004,babinski,present")
    assert read(tmp_path, bundle(refuted, over), *rows).findings == {"dysarthria": "absent"}


def test_codes_need_a_network():
    with pytest.raises(ValueError, match="give network="):
        read_cases("a.json", codes="codes.csv")


@pytest.fixture
def files(tmp_path):
    record, codes = tmp_path / "record.json", tmp_path / "codes.csv"
    record.write_text(json.dumps(bundle(coded(SCT, "366575004", valueBoolean=True))), encoding="utf-8")
    codes.write_bytes(table("SNOMED CT,366575004,babinski,present"))
    return record, codes


@pytest.mark.parametrize("command", [["diagnose"], ["criteria"], ["convert", "--to", "yaml"]])
def test_commands_read_by_codes(files, command):
    record, codes = files
    done = CliRunner().invoke(main, [*command, str(record), "--codes", str(codes)])
    assert done.exit_code == 0, done.output
    if command == ["diagnose"]:
        more = [*command, str(record), "--codes", str(codes)]
        (entry,) = json.loads(CliRunner().invoke(main, [*more, "--json"]).output)["coded"]
        assert (entry["findings"], entry["by"]) == ([["babinski", "present"]], "codes.csv:2")
        listed = CliRunner().invoke(main, [*more, "--verbose"]).output
        assert "Babinski sign: present, by codes.csv:2" in listed
    assert CliRunner().invoke(main, [*command, str(record)]).exit_code == 2


@pytest.mark.parametrize(
    "command",
    ["diagnose", "next", "criteria", "sensitivity", "convert --to yaml", "evaluate", "report -o a.html"],
)
def test_every_command_of_records_refuses_wrong_codes(files, command):
    record, codes = files
    codes.write_bytes(table("SNOMED CT,366575004,babinsky,present"))
    failed = CliRunner().invoke(main, [*command.split(), str(record), "--codes", str(codes)])
    assert failed.exit_code == 2
    assert failed.stderr == f"error: {codes}:2: unknown finding 'babinsky'; did you mean babinski?\n"
