"""Commands on a case: the differential, what it rests on, its reasons, and bad cases told in words."""

import json
import re
from dataclasses import asdict
from pathlib import Path

import pytest
from command_line import run
from conftest import CASE

from dxnet import diagnose
from dxnet.inference.differential import INTENDED_USE
from dxnet.knowledge.load import RESOURCES
from dxnet.reasoning.fit import fit
from dxnet.report.content.explanation import LR_OF_SETTING
from dxnet.words import percent, text_bar


def test_diagnose_prints_all_that_the_answer_rests_on(case, asia):
    lines = run("diagnose", case, "--network", "asia").stdout.splitlines()
    assert lines[0] == "Case: p1, A [bold]smoker[/bold]"
    assert lines[1] == f"Network: Chest clinic (Asia) (asia 1.0.0, fingerprint {asia.fingerprint})"
    assert lines[2] == "Setting: Patients of a chest clinic (chest_clinic)"
    assert lines[3] == INTENDED_USE
    assert lines[4] == "Findings: 2 entered, 2 not examined"
    answer = diagnose(asia, CASE)
    second = next(line for line in lines if line.split()[:1] == ["2"])
    p = answer.probability("lung_cancer")
    assert "Lung cancer" in second and "5.5 %" in second
    assert percent(p) in second and text_bar(p, 12) in second
    assert lines[-1] == f"log P(findings): {answer.log_p_findings:.2f} (natural logarithm)"


def test_top_limits_the_ranking_and_says_so(case):
    text = run("diagnose", case, "--network", "asia", "--top", 1).stdout
    assert "Lung cancer" not in text.replace("No lung cancer", "")
    assert "Below these: 1 more, together 27.1 %" in text
    run("diagnose", case, "--network", "asia", "--top", 0, code=2)


def test_treatable_diagnoses_and_small_probabilities_are_marked(tmp_path):
    (tmp_path / "c.yaml").write_text("findings:\n  dysarthria: present\n  tongue_atrophy: present\n")
    text = run("diagnose", tmp_path / "c.yaml", "--top", 28).stdout
    assert "Adults referred with suspected motor neuron disease (suspected_mnd_referral)" in text
    mg = next(line for line in text.splitlines() if "Myasthenia gravis" in line)
    assert "Treatable" in text and mg.split()[4:6] == ["junction", "yes"]
    assert "<0.1 %" in text and " 0.0 %" not in text and "100.0 %" not in text
    flat = run("diagnose", tmp_path / "c.yaml", "--setting", "flat").stdout
    assert flat.splitlines()[8:] != text.splitlines()[8:] and "(flat)" in flat


def test_a_saved_case_keeps_its_setting(tmp_path):
    path, other = tmp_path / "c.yaml", tmp_path / "d.yaml"
    other.write_text("findings:\n  dysarthria: present\n")
    path.write_text(f"setting: flat\n{other.read_text()}")
    kept = json.loads(run("diagnose", path, other, "--json").stdout)
    assert [answer["setting"] for answer in kept] == ["flat", "suspected_mnd_referral"]
    assert not kept[0]["warnings"]
    asked = json.loads(run("diagnose", path, "--json", "--setting", "general_neurology_clinic").stdout)
    assert asked["setting"] == "general_neurology_clinic"
    assert asked["warnings"] == [
        f"info: {path}:1: it was saved with the setting flat; it is answered in general_neurology_clinic, "
        "as --setting says"
    ]
    assert json.loads(run("diagnose", path, "--json", "--setting", "flat").stdout) == kept[0]
    path.write_text(f"setting: flatt\n{other.read_text()}")
    wanted = f"error: {path}:1: als_mimics has no setting 'flatt'; did you mean flat?; or give --setting\n"
    assert run("diagnose", path, code=2).stderr == wanted


def test_a_record_is_of_one_setting(tmp_path):
    path, other = tmp_path / "c.yaml", tmp_path / "d.yaml"
    other.write_text("findings:\n  dysarthria: present\n")
    path.write_text(f"setting: flat\n{other.read_text()}")
    text = run("diagnose", path, other, "--record", tmp_path / "r.json", code=2).stderr
    assert "saved with several settings: flat, suspected_mnd_referral; give --setting" in text


def test_diagnose_as_json_is_the_differential(case, table, asia):
    result = run("diagnose", case, "--network", "asia", "--json")
    found = json.loads(result.stdout)
    place, match, trust = (found.pop(key) for key in ("localisation", "fit", "as_sure"))
    assert found == diagnose(asia, CASE).to_dict()
    assert place is trust is None and match == {**asdict(fit(asia, CASE)), "is_surprising": False}
    assert result.stderr == ""
    several = json.loads(run("diagnose", case, table, "--network", "asia", "--json").stdout)
    assert [answer["case"] for answer in several] == ["p1", "a", "b"]


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_warnings_are_part_of_the_answer_once_and_do_not_fail(tmp_path, options):
    path = tmp_path / "c.yaml"
    path.write_text("findings:\n  smoking: present\n  smoking: absent\n")
    result = run("diagnose", path, "--network", "asia", *options)
    assert result.stderr == ""
    warning = f"warning: {path}:3: smoking is given as present"
    assert result.stdout.count(warning) == 1
    if options:
        answer = json.loads(result.stdout)
        assert answer["findings"] == {} and answer["warnings"][0].startswith(warning)


BAD_CASES = {
    "empty.yaml": b"",
    "text.yaml": b"smoking",
    "anchors.yaml": b"a: &a [x]\nfindings: *a\n",
    "keys.yaml": b"findins: {}\n",
    "unknown.yaml": b"findings: {smokng: present}\n",
    "state.yaml": b"findings: {smoking: presnt}\n",
    "norway.yaml": b"findings: {smoking: norway}\n",
    "minus.yaml": b"findings: {smoking: {present: -1}}\n",
    "zero.yaml": b"findings: {smoking: {present: 0}}\n",
    "word.yaml": b"findings: {smoking: {present: likely}}\n",
    "nan.yaml": b"findings: {smoking: {present: .nan}}\n",
    "list.yaml": b"findings: [smoking]\n",
    "utf16.yaml": "findings: {}\n".encode("utf-16-le"),
    "binary.yaml": b"\x00\xff" * 100,
    "huge.yaml": b" " * 6_000_000,
    "list.json": b"[1, 2]",
    "cut.json": b'{"findings": {',
    "bool.json": b'{"findings": {"smoking": [true]}}',
    "number.json": b'{"findings": {"smoking": 12}}',
    "deep.json": b"[" * 50_000,
    "line.jsonl": b'{"findings": {}}\nnonsense\n',
    "column.csv": b"id,smokng\na,present\n",
    "cell.csv": b"id,smoking\na,presnt\n",
    "ragged.csv": b"id,smoking\na\n",
    "empty.csv": b"",
    "suffix.xls": b"x",
}


@pytest.mark.parametrize("name", BAD_CASES)
def test_bad_cases_are_told_in_words(tmp_path, name):
    (tmp_path / name).write_bytes(BAD_CASES[name])
    result = run("diagnose", tmp_path / name, "--network", "asia", code=2)
    assert result.stdout == ""
    for line in result.stderr.splitlines():
        assert line.startswith(f"error: {tmp_path / name}:") and "; " in line


def test_misspelt_names_are_mended_and_all_files_are_reported(tmp_path):
    for name in ("unknown.yaml", "cell.csv", "list.json"):
        (tmp_path / name).write_bytes(BAD_CASES[name])
    paths = [tmp_path / "unknown.yaml", tmp_path / "cell.csv"]
    lines = run("diagnose", *paths, "--network", "asia", code=2).stderr.splitlines()
    assert lines == [
        f"error: {paths[0]}:1: unknown finding 'smokng'; did you mean smoking?",
        f"error: {paths[1]}:2: smoking: unknown state 'presnt'; did you mean present?",
    ]
    lines = run("diagnose", tmp_path / "list.json", tmp_path / "none.yaml", "--network", "asia", code=2)
    assert len(lines.stderr.splitlines()) == 2


def test_impossible_findings_are_named_with_their_case(tmp_path, impossible):
    (tmp_path / "c.csv").write_text("id,cough,any_symptom\np1,present,present\np2,present,absent\n")
    result = run("diagnose", tmp_path / "c.csv", "--network", impossible, code=2)
    assert result.stderr.startswith("error: p2: cough, any_symptom: these findings cannot occur together")


MG = RESOURCES / "data" / "cases" / "bulbar_myasthenia.yaml"


def test_diagnose_explains_itself():
    text = run("diagnose", MG, "--explain", "--intervals", "--next").stdout
    for words in (
        "For and against Myasthenia gravis, versus all others",
        "For it",
        "Against it",
        "If one finding were wrong",
        "90 % interval",
    ):
        assert words in text, words
    assert LR_OF_SETTING in " ".join(text.split())
    assert "Not to be missed: treatable, 2 % or more" in text
    assert re.search(r"- Myasthenia gravis \d+\.\d %: Serum", text)
    row = next(line for line in text.splitlines() if line.startswith("Fatigable"))
    assert "present" in row and "+" in row and "@estimate" in row


def test_diagnose_explains_itself_to_scripts():
    answer = json.loads(run("diagnose", MG, "--explain", "--intervals", "--next", "--json").stdout)
    why = answer["explanation"]
    change = why["log_odds"] - why["prior_log_odds"]
    assert sum(c["weight"] for c in why["contributions"]) == pytest.approx(change, abs=1e-9)
    assert why["contributions"][0]["numbers"][0].keys() == {"place", "value", "sources"}
    assert why["conflict"]["value"] < 10 and why["flips"]
    first = answer["intervals"]["diagnoses"][0]
    assert first["low"] <= first["post_test"] <= first["high"]
    assert answer["next_tests"][0]["information"] > 0 and answer["never_miss"][0]["diagnosis"] == "mg"
    assert "explanation" not in json.loads(run("diagnose", MG, "--json").stdout)


def test_next_weighs_burden():
    plain = json.loads(run("next", MG, "--json").stdout)
    free = json.loads(run("next", MG, "--json", "--cost", 0, "--invasiveness", 0, "--availability", 0).stdout)
    assert all(test["burden"] == 0 for test in free["next_tests"])
    assert {t["procedure"] for t in plain["next_tests"]} == {t["procedure"] for t in free["next_tests"]}
    assert "Bits per burden" in run("next", MG).stdout


@pytest.mark.parametrize("option", ["--cost", "--invasiveness", "--availability"])
def test_next_refuses_what_is_no_weight(option):
    assert f"Invalid value for '{option}': -1.0 is not in the range x>=0" in run(
        "next", MG, option, -1, code=2
    ).stderr.replace("\n", " ")
    for weight in ("nan", "inf"):
        told = run("next", MG, option, weight, code=2)
        assert (
            told.stderr == f"error: {option[2:]}: {weight} is no weight; give a finite number of 0 or more\n"
        )
        assert not told.stdout


def test_a_network_without_procedures_or_criteria(case):
    told = run("criteria", case, "--network", "asia").stdout.splitlines()
    assert told[-1] == "This network has no diagnostic criteria."
    told = run("next", case, "--network", "asia").stdout  # each finding is a test by itself
    assert "Shortness of breath" in told


def test_criteria_say_what_is_missing():
    result = json.loads(run("criteria", MG, "--json").stdout)
    assert [c["name"] for c in result["criteria"]] == ["revised El Escorial", "Awaji", "Gold Coast"]
    assert all(c["category"] == "not met" and "spread" in c["missing"] for c in result["criteria"])
    text = run("criteria", MG).stdout
    assert "never evidence for the ranking" in text and max(map(len, text.splitlines())) < 1000


def test_what_is_left_out_is_one_line_or_in_full(tmp_path):
    record = Path(__file__).parent / "failing_cases" / "fhir_forty_claims.json"
    brief = run("diagnose", record)
    assert brief.stderr == "" and brief.stdout.count("Claim") == 1
    assert run("diagnose", record, "--verbose").stdout.count("a Claim is not read") == 40
    answer = json.loads(run("diagnose", record, "--json").stdout)
    assert len(answer["warnings"]) == 40
    strange = tmp_path / "p.json"
    features = [{"type": {"id": f"HP:00099{number}"}} for number in range(50, 58)]
    strange.write_text(json.dumps({"subject": {"sex": "MALE"}, "phenotypicFeatures": features}))
    (line,) = run("diagnose", strange, code=2).stderr.splitlines()
    assert line.startswith(f"error: {strange}:1: 8 terms of the HPO (HP:0009950, ") and "none of them" in line
    assert run("diagnose", strange, "--json", code=2).stderr.splitlines() == [line]
    assert len(run("diagnose", strange, "--verbose", code=2).stderr.splitlines()) == 9
