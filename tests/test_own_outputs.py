"""What dxnet wrote is known where another file was asked for; paths may be a directory, or begin with ~."""

import json

import pytest
from command_line import run

CASE = "id: a\nfindings: {smoking: present, xray_abnormal: present}\n"


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_text(CASE, encoding="utf-8")
    (tmp_path / "cases.csv").write_text(
        "id,diagnosis,xray_abnormal\n1,lung_cancer,present\n2,no_lung_cancer,absent\n", encoding="utf-8"
    )
    return tmp_path


def written(path, *words):
    path.write_text(run(*words, "--network", "asia", "--json").stdout, encoding="utf-8")
    return path.name


OF_A_CASE = [("diagnose",), ("next",), ("sensitivity",), ("evaluate", "cases.csv"), ("diagnose", "a.yaml")]


@pytest.mark.parametrize("words", OF_A_CASE)
def test_an_output_in_place_of_a_case_is_told_in_one_line(here, words):
    name = written(here / "out.json", *words, *([] if "evaluate" in words else ["a.yaml"]))
    (line,) = run("diagnose", name, code=2).stderr.splitlines()
    assert f"'dxnet {words[0]} --json'; give" in line and line.startswith("error: out.json:1: is a")


def test_a_list_of_fhir_resources_is_not_sent_in_a_circle(here):
    (here / "list.json").write_text('[{"resourceType": "Bundle"}]', encoding="utf-8")
    assert "give it to 'dxnet diagnose'" not in run("diagnose", "list.json", code=2).stderr


def test_numbers_in_what_is_said_about_a_case_stay(here):
    about = '{"id": 1.234, "note": 2.125, "findings": {"smoking": "present"}}'
    (here / "numbered.json").write_text(about, encoding="utf-8")
    case = json.loads(run("convert", "numbered.json", "--to", "json", "--network", "asia").stdout)
    assert (case["id"], case["note"]) == ("1.234", "2.125")


def test_other_outputs_in_place_of_a_record_or_scorecard(here):
    written(here / "answer.json", "diagnose", "a.yaml")
    written(here / "scores.json", "evaluate", "cases.csv")
    (here / "other.json").write_text(json.dumps({"a": 1}), encoding="utf-8")
    for name, expected in (
        (
            "answer.json",
            "is an answer of 'dxnet diagnose --json'; give a record of 'dxnet diagnose --record'",
        ),
        ("scores.json", "is a result of 'dxnet evaluate --json'; give it to 'dxnet evaluate --compare'"),
        ("a.yaml", "is a case; give it to 'dxnet diagnose'"),
        ("other.json", "is no record; give a file that 'dxnet diagnose --record FILE' wrote"),
    ):
        (line,) = run("replay", name, code=2).stderr.splitlines()
        assert line.startswith(f"error: {name}: {expected}")
    for name, cause in (("answer.json", "is an answer"), ("other.json", "not a scorecard")):
        compared = run("evaluate", "cases.csv", "--network", "asia", "--compare", name, code=2)
        assert compared.stderr.startswith(f"error: {name}: {cause}")


def test_a_directory_is_no_case(here):
    (here / "cases").mkdir()
    refused = run("score", "cases", "-o", "scored.parquet", code=2).stderr
    assert refused == "error: cases: is a directory; name a file in it\n"
    for command in ("diagnose", "evaluate"):
        assert run(command, "cases", code=2).stderr == "error: cases: is a directory; name the files in it\n"


def test_the_folder_of_the_user_is_read_in_every_argument(here, monkeypatch):
    monkeypatch.setenv("HOME", str(here))
    monkeypatch.setenv("USERPROFILE", str(here))
    run("diagnose", "~/a.yaml", "--network", "asia", "--record=~/r.json")
    assert (here / "r.json").is_file()
    assert run("check", "~/nowhere", code=2).stderr.startswith(f"error: {here / 'nowhere'}: ")
