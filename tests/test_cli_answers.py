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


READ = "save it to a file whose suffix says its kind"
PRINTS = "name a file, or leave -o out to print"


@pytest.mark.parametrize(
    ("words", "cure"),
    [
        (("diagnose", "-"), READ),
        (("diagnose", "/dev/stdin"), READ),
        (("diagnose", "one.yaml", "--record", "-"), "name a file"),
        (("diagnose", "one.yaml", "--codes", "-"), READ),
        (("convert", "one.yaml", "--to", "fhir", "-o", "-"), PRINTS),
        (("export", "asia", "--format", "bif", "-o", "-"), PRINTS),
        (("schema", "-o", "-"), PRINTS),
        (("card", "asia", "-o", "-"), PRINTS),
        (("read", "-"), READ),
        (("report", "one.yaml", "-o", "-"), "name a file"),
        (("score", "-", "-o", "a.parquet"), READ),
        (("score", "one.csv", "-o", "-"), "name a file"),
        (("simulate", "asia", "-o", "-"), "name a file"),
        (("learn", "-", "--truth", "diagnosis"), READ),
        (("learn", "one.csv", "--truth", "diagnosis", "-o", "-"), "name a directory"),
        (("new", "mine", "-o", "-"), "name a directory"),
    ],
)
def test_no_command_reads_or_writes_without_a_name(here, words, cure):
    told = ran(*words, code=2).stderr
    assert re.fullmatch(f"error: (-|/dev/stdin): names no file; {cure}", told.strip())
    assert sorted(os.listdir()) == sorted(FILES)


def test_all_parts_are_listed_where_a_name_is_not_known():
    als = network("als_mimics")
    assert "'dxnet show'" in did_you_mean_finding(als, "shoe_size")
    text = ran("show").stdout
    names = {line.split()[0] for line in text.splitlines() if line.strip()}
    assert names >= {*als.findings, *als.diagnoses, *als.mechanisms}
