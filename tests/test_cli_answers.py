"""What commands say to those who run them by scripts: one type of answer a kind of file, and every cure."""

import json
import os
import re

import pytest
from click.testing import CliRunner
from conftest import network

from dxnet.cli import main
from dxnet.knowledge.alike import did_you_mean_finding

LINES = '{"id": "a", "findings": {"smoking": "present"}}\n{"id": "b", "findings": {"dyspnoea": "present"}}\n'
FILES = {
    "one.jsonl": LINES.splitlines()[0],
    "two.jsonl": LINES,
    "one.ndjson": LINES.splitlines()[0],
    "one.csv": "id,smoking\na,present\n",
    "two.csv": "id,smoking\na,present\nb,absent\n",
    "one.yaml": "findings: {smoking: present}\n",
    "one.json": '{"findings": {"smoking": "present"}}',
}
ASIA = ("--network", "asia")


def ran(*words, code=0):
    result = CliRunner().invoke(main, [*map(str, words)])
    assert result.exit_code == code, result.output
    return result


@pytest.fixture
def here(tmp_path, monkeypatch):
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", ["diagnose", "next", "criteria"])
def test_a_kind_of_file_has_one_type_of_answer(here, command):
    on = ASIA if command != "criteria" else ()
    finding = {"smoking": "babinski"} if command == "criteria" else {}
    for name, text in FILES.items():
        for old, new in finding.items():
            (here / name).write_text(text.replace(old, new).replace("dyspnoea", "clonus"))
        kind = dict if name in ("one.yaml", "one.json") else list
        assert isinstance(json.loads(ran(command, name, *on, "--json").stdout), kind), name
    assert len(json.loads(ran(command, "one.yaml", "one.json", *on, "--json").stdout)) == 2


@pytest.mark.parametrize("command", ["diagnose", "next", "criteria"])
def test_one_case_at_fault_names_the_way_to_answer_the_others(here, command):
    (here / "bad.jsonl").write_text(
        '{"findings": {"babinski": "present"}}\n{"findings": {"babinski": "foo"}}'
    )
    fault, note = ran(command, "bad.jsonl", "--json", code=2).stderr.splitlines()
    assert fault == "error: bad.jsonl:2: babinski: unknown state 'foo'; known are absent, present"
    assert note.startswith("info: no case is answered while one of them") and "'dxnet score'" in note
    (here / "bad.yaml").write_text("findings: {babinski: foo}\n")
    assert len(ran(command, "bad.yaml", code=2).stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "words",
    [
        ("diagnose", "-"),
        ("diagnose", "/dev/stdin"),
        ("diagnose", "one.yaml", "--record", "-"),
        ("diagnose", "one.yaml", "--codes", "-"),
        ("convert", "one.yaml", "--to", "fhir", "-o", "-"),
        ("export", "asia", "--format", "bif", "-o", "-"),
        ("schema", "-o", "-"),
        ("card", "asia", "-o", "-"),
        ("read", "-"),
        ("report", "one.yaml", "-o", "-"),
        ("score", "-", "-o", "a.parquet"),
        ("score", "one.csv", "-o", "-"),
        ("simulate", "asia", "-o", "-"),
        ("learn", "-", "--truth", "diagnosis"),
        ("learn", "one.csv", "--truth", "diagnosis", "-o", "-"),
        ("new", "mine", "-o", "-"),
    ],
)
def test_no_command_reads_or_writes_without_a_name(here, words):
    told = ran(*words, code=2).stderr
    assert re.search(
        "^error: (-|/dev/stdin): names no file; save the input to a file, .*-o out to print$", told
    )
    assert sorted(os.listdir()) == sorted(FILES)


def test_all_parts_are_listed_where_a_name_is_not_known():
    als = network("als_mimics")
    assert "'dxnet show'" in did_you_mean_finding(als, "shoe_size")
    text = ran("show").stdout
    names = {line.split()[0] for line in text.splitlines() if line.strip()}
    assert names >= {*als.findings, *als.diagnoses, *als.mechanisms}
