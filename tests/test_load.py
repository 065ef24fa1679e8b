"""Malformed networks: each is refused with file, line, cause and cure, and never with a traceback."""

import os
import re
import shutil
import time
from pathlib import Path

import pytest
from conftest import TINY, line_of
from ruamel.yaml import YAML

from dxnet import load_network
from dxnet.errors import CheckError, NetworkError, ParseError
from dxnet.inference.backends.pgmpy_model import all_tables

TESTS = Path(__file__).parent
MALFORMED = YAML(typ="safe").load((TESTS / "malformed.yaml").read_text(encoding="utf-8"))
EDITS = {name: edit for group in MALFORMED["edits"].values() for name, edit in group.items()}
NUMBERS, FILES, REFERENCES = (MALFORMED[group] for group in ("numbers", "files", "references"))
PLACE = re.compile(r"(tiny/[\w/.]+\.(yaml|YAML|yml)|(references|long)\.csv)(:\d+)?")
AGE = "als|dcm: 0.6 ~ 100 @smith2020"
"""A line of tests/tiny/network.yaml; other numbers take its place."""


def edit(directory, old, new):
    """Replace a text that stands once in network.yaml; the new text of the file."""
    path = directory / "network.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{text.count(old)} times: {old!r}"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return text.replace(old, new)


def refusal(directory):
    """The error of loading and building; each of its issues has a place, a cause and a cure."""
    with pytest.raises(NetworkError) as caught:
        all_tables(load_network(directory))
    assert caught.value.issues
    for issue in caught.value.issues:
        assert issue.level == "error"
        assert PLACE.fullmatch(issue.where), issue
        assert issue.message and issue.fix, issue
        assert not re.search(r"pydantic|validat|[Ii]nput should|Traceback|<where>", str(issue)), issue
        assert len(str(issue)) < 500, issue
    return caught.value


def said(error, words):
    """Where the issues stand that say these words; there must be one."""
    places = [issue.where for issue in error.issues if words in f"{issue.message}; {issue.fix}"]
    assert places, str(error)
    return places


def test_the_network_that_is_edited_is_sound(tiny):
    assert len(all_tables(load_network(tiny))) == 17
    assert len(EDITS) + len(NUMBERS) + len(FILES) + len(REFERENCES) > 200


@pytest.mark.parametrize("name", EDITS)
def test_edits(tiny, name):
    text = edit(tiny, EDITS[name]["replace"], EDITS[name]["by"])
    error = refusal(tiny)
    places = said(error, EDITS[name]["says"])
    if "line" in EDITS[name]:
        assert f"tiny/network.yaml:{line_of(text, EDITS[name]['line'])}" in places, str(error)
    assert all(":" in place for place in places) or name == "no name"


def test_faults_of_each_kind_are_told_at_once(tiny):
    for old, new in (
        ("als|dcm: 0.6 ~ 100 @smith2020", "als|dcm: 1.6 ~ 100 @smith2020"),  # a number
        ("label: Brisk jaw", "lable: Brisk jaw"),  # a key
        ("weak_reflex_arm, weak_reflex_leg]", "weak_reflex_arm, weak_reflex_lag]"),  # a name
        ("mmn: 0.3 ~ 40", "mnm: 0.3 ~ 40"),  # a row
        ("settled_by: [ncs]", "settled_by: [ncss]"),
    ):
        edit(tiny, old, new)
    error = refusal(tiny)
    for words in ("lie between 0 and 1", "unknown key", "is missing", "weak_reflex_lag", "mnm", "ncss"):
        assert said(error, words)
    assert len(error.issues) == 6
    (tiny / "findings").mkdir()
    (tiny / "findings" / "more.yaml").write_text("findings:\n  a: [\n")
    error = refusal(tiny)
    for words in ("is not YAML", "lie between 0 and 1", "unknown key"):
        assert said(error, words)


def test_a_fault_of_the_network_has_its_line_beside_one_of_an_entry(tiny):
    edit(tiny, "region: cervical", "region: cervcal")
    text = edit(tiny, "recording error: 0.002", "exclusion needs: [nsc]\nrecording error: 0.002")
    error = refusal(tiny)
    assert said(error, "unknown procedure 'nsc'") == [f"tiny/network.yaml:{line_of(text, 'nsc')}"]
    assert len(error.issues) == 2


def test_nothing_is_said_of_what_names_a_faulty_entry(tiny):
    edit(tiny, "    label: Cord\n", "    lable: Cord\n")
    assert {issue.where for issue in refusal(tiny).issues} <= {"tiny/network.yaml:33", "tiny/network.yaml:34"}


@pytest.mark.parametrize("number", NUMBERS)
def test_numbers(tiny, number):
    text = edit(tiny, AGE, f"als|dcm: {number}")
    error = refusal(tiny)
    assert len(error.issues) == 1
    assert said(error, NUMBERS[number]) == [f"tiny/network.yaml:{line_of(text, f'als|dcm: {number}')}"]


def content(file):
    return file["text"].encode(file.get("encoding", "utf-8"))


@pytest.mark.parametrize("name", FILES)
def test_files_beside_network_yaml(tiny, name):
    file = FILES[name]
    (tiny / "findings").mkdir()
    (tiny / "findings" / "more.yaml").write_bytes(content(file))
    line = f":{file['line']}" if "line" in file else ""
    assert f"tiny/findings/more.yaml{line}" in said(refusal(tiny), file["says"])


def test_a_former_key_says_what_took_its_place(tiny):
    file = tiny / "network.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("lasting: yes", "preset: female", 1))
    (issue,) = refusal(tiny).issues
    assert issue.message.startswith("findings.sex.preset: is no longer used")
    assert "'lasting: yes' in its place" in issue.fix


@pytest.mark.parametrize("name", FILES)
def test_network_yaml_itself(tiny, name):
    (tiny / "network.yaml").write_bytes(content(FILES[name]))
    expected = FILES[name] | FILES[name].get("itself", {})
    line = f":{expected['line']}" if expected.get("line") else ""
    assert f"tiny/network.yaml{line}" in said(refusal(tiny), expected["says"])


@pytest.mark.parametrize("name", REFERENCES)
def test_references(tiny, name):
    file = REFERENCES[name]
    (tiny / "references.csv").write_bytes(content(file))
    assert f"references.csv:{file['line']}" in said(refusal(tiny), file["says"])


def test_directories_and_huge_files(tiny):
    (tiny / "huge.yaml").touch()
    os.truncate(tiny / "huge.yaml", 100_000_000)
    (tiny / "folder.yaml").mkdir()
    start = time.process_time()
    error = refusal(tiny)
    assert time.process_time() - start < 30
    assert said(error, "100 MB is more than the 5 MB a text file may have; split it") == ["tiny/huge.yaml"]
    assert said(error, "is a directory; check the path") == ["tiny/folder.yaml"]


def test_no_more_is_told_than_can_be_read(tiny):
    with (tiny / "network.yaml").open("a") as file:
        file.writelines(f"nonsense{i}: x\n" for i in range(2000))
    error = refusal(tiny)
    assert len(error.issues) == 501
    assert said(error, "1,500 more problems; check that these are the right files") == ["tiny/network.yaml"]


def test_what_explodes(tiny):
    """Nesting, combinations of states and of parents, digits: refused at once."""
    deep, digits, text = "label: " + "[" * 100_000, "1" * 200_000, "x" * 1_000_000
    row = ", ".join(["|".join(map(str, range(9)))] * 9)
    given, every = ", ".join(["diagnosis"] * 9), ", ".join(["als|mmn|dcm|other"] * 9)
    (tiny / "long.csv").write_text(f"key,title\nsmith2020,{text}")
    for old, new, words in (
        ("label: Clonus", deep, "is nested more than 12 deep"),
        ("label: Clonus", f"label: [{', '.join(['a'] * 10_000)}]", "is not text"),
        ("label: Clonus", f"label: [{', '.join(['a'] * 100_000)}]", "has more than 20,000 keys and values"),
        ("label: Clonus", f"? {text}\n    : Clonus", "a key of 1,000,000 characters is too long; shorten it"),
        (AGE, f"als|dcm: {digits}x ~ 5 @smith2020", "cannot read '111"),
        (AGE, f"als|dcm: {digits} ~ 5 @smith2020", "must lie between 0 and 1"),
        (AGE, f"als: {text}", "has no source"),
        (AGE, f"{row}: 0.1 ~ 9 @smith2020", "has more parts than parents"),
        ("references.csv", "r" * 5000, "references: no file 'rrrr"),
        ("references.csv", "long.csv", "is not CSV: field larger than field limit"),
        ("given age:", f"given {', '.join(f'p{i}' for i in range(30))}:", "unknown parent 'p0'"),
        ("given age:\n      18-59:", f"given {given}:\n      {every}:", "names over 65,536 combinations"),
        ("given age:", f"given {', '.join(['sex'] * 30)}:", "of 1,073,741,824 combinations of parent states"),
    ):  # fmt: skip
        directory = Path(shutil.copytree(tiny, tiny.parent / "copy" / "tiny"))
        edit(directory, old, new)
        start = time.process_time()
        said(refusal(directory), words)
        assert time.process_time() - start < 30, old
        shutil.rmtree(directory)


def test_every_problem_is_reported_at_once(tiny):
    """Unreadable files, ids stated twice and a bad reference table; then keys, types and numbers."""
    (tiny / "one.yaml").write_text("findings: [\n")
    (tiny / "two.yml").write_bytes(b"\xff\xfe")
    (tiny / "three.yaml").write_text("name: again\nfindings: {sex: {label: Sex}}\n")
    (tiny / "references.csv").write_text("title\nA\n")
    places = [
        "references.csv:1",
        "tiny/one.yaml:2",
        "tiny/three.yaml:1",
        "tiny/three.yaml:2",
        "tiny/two.yml:1",
    ]
    assert sorted(issue.where for issue in refusal(tiny).issues) == places
    (tiny / "network.yaml").write_text("findings: [\n")
    assert len(refusal(tiny).issues) == 3, "what is missing for want of a file is not complained of"
    for name in ("one.yaml", "two.yml", "three.yaml"):
        (tiny / name).unlink()
    shutil.copytree(TINY, tiny, dirs_exist_ok=True)
    edit(tiny, "label: Clonus", "labl: Clonus\n    synonyms: x")
    edit(tiny, AGE, "als|dcm: 1.2 ~ 10 @smith2020")
    edit(tiny, "    label: Slow walk", "    label: Slow walk\n    label: Slow gait")
    edit(tiny, "version: 1.0.0", "version:")
    edit(tiny, "als: 0.3 ~ 100 @smith2020", "als:")
    error = refusal(tiny)
    assert isinstance(error, ParseError)
    for words in (
        "did you mean label",
        "'label' is missing",
        "is not a list",
        "must lie",
        "twice",
        "no value",
    ):
        said(error, words)
    assert len(error.issues) == 7


def test_everything_that_does_not_fit_is_reported_at_once(tiny):
    edit(tiny, "through: cord_neck", "through: nothing")
    edit(tiny, AGE, "als|dcm: 0.6 ~ 100 @nobody")
    edit(tiny, "procedure: ncs", "procedure: nsc")
    edit(tiny, "given age:", "given spondylosis:")
    error = refusal(tiny)
    assert isinstance(error, CheckError)
    for words in (
        "unknown mechanism",
        "unknown reference",
        "unknown procedure",
        "a cycle",
        "no number for absent",
    ):
        said(error, words)


def test_every_mechanism_that_is_too_rare_is_reported_at_once_and_the_cure_cures(tiny):
    edit(tiny, "      als: 60 30 10 @smith2020", "      als: 20 50 30 @smith2020")
    text = edit(tiny, "      als: 0.7 ~ 100", "      als: 0.97 ~ 100")
    error = refusal(tiny)
    assert isinstance(error, CheckError)
    assert [issue.where for issue in error.issues] == [
        f"tiny/network.yaml:{line_of(text, 'als: 0.97')}",
        f"tiny/network.yaml:{line_of(text, 'als: 20 50 30')}",
    ]
    for issue, old in zip(error.issues, ("als: 0.95 ~ 100", "als: 0.6 ~ 40"), strict=True):
        needed = re.search(r"raise P\(\w+ \| als\) from [\d.]+ to ([\d.]+) ", issue.fix)[1]
        edit(tiny, old, f"{re.sub('0[.][0-9]+', needed, old)}")
    all_tables(load_network(tiny))
    edit(tiny, f"als: {needed}", f"als: {float(needed) - 0.0002:.4f}")
    said(refusal(tiny), "clonus: 0.798 given als is commoner than cord_neck allows")


def test_atypical_patients_need_both_findings_or_neither(tiny):
    edit(tiny, "    label: Wasting\n    category: signs", "    label: Wasting\n    category: tests")
    edit(tiny, "      default: 0.7 ~ 20 @estimate  # common", "      default: 0.4 ~ 20 @estimate  # common")
    cause = "wasting: 0.7 given als, atypical patients is commoner than weakness allows"
    said(refusal(tiny), f"{cause}; put wasting and weakness both into the categories of 'atypical'")
