"""Case files: what is read, what is left out, and what is written back."""

import pickle

import pytest
import yaml
from case_files import only, write
from hypothesis import given
from hypothesis import strategies as st

from dxnet import Case, load_network, read_cases
from dxnet.errors import CaseError
from dxnet.formats.cases.document import source_line
from dxnet.formats.cases.read import dump_case, left_out, read_records, write_case
from dxnet.knowledge.load import RESOURCES

PUBLISHED = RESOURCES / "data" / "cases" / "published.jsonl"

YAML = """\
id: p1
title: A smoker   # not a finding
diagnosis: lung_cancer
findings:
  smoking: present
  xray_abnormal: {present: 0.8, absent: 2e-1}
  dyspnoea:
"""
JSON = """\
{"id": "p1", "title": "A smoker", "diagnosis": "lung_cancer",
 "findings": {"smoking": "present", "xray_abnormal": {"present": 0.8, "absent": 0.2}, "dyspnoea": null}}
"""


@pytest.mark.parametrize(("name", "content"), [("c.yaml", YAML), ("c.YML", YAML), ("c.json", JSON)])
def test_one_case_a_file(tmp_path, name, content):
    case = only(tmp_path, name, content)
    assert case == Case(
        {"smoking": "present", "xray_abnormal": {"present": 0.8, "absent": 0.2}},
        id="p1",
        diagnosis="lung_cancer",
        about={"title": "A smoker"},
    )


@pytest.mark.parametrize("nothing", ["~", "null", "Null", ""])
def test_null_in_yaml_was_not_examined_as_in_json(tmp_path, nothing):
    text = f"id: {nothing}\nfindings:\n  smoking: {nothing}\n  dyspnoea: absent\npaused:\n  a: {nothing}\n"
    assert only(tmp_path, "c.yaml", text) == Case({"dyspnoea": "absent"}, id="c")
    quoted = only(tmp_path, "c.yaml", "findings: {smoking: 'null', a: \"~\"}\n")
    assert quoted.findings == {"smoking": "null", "a": "~"}


def test_json_is_read_with_the_line_of_every_key(tmp_path):
    text = '{"id": "a\\"b: {",\n "note": "x\\ny", "findings": {\n\n"one": {"present":\n 1}, "two": "q"}}'
    findings = only(tmp_path, "c.json", text).findings
    assert [(name, name.where) for name in findings] == [("one", "c.json:4"), ("two", "c.json:5")]


def test_a_table_has_one_case_a_row_and_blanks_are_not_examined(tmp_path):
    text = "\ufeffid,smoking,diagnosis,dyspnoea\na, present ,lung_cancer,\n\n,,,absent\n"
    first, second = read_cases(write(tmp_path, "t.csv", text))
    assert first == Case({"smoking": "present"}, id="a", diagnosis="lung_cancer")
    assert second == Case({"dyspnoea": "absent"}, id="t.csv:4")


@pytest.mark.parametrize("separator", [";", "\t"])
def test_tables_of_other_spreadsheets(tmp_path, separator):
    text = "id,smoking,dyspnoea\r\na,present,absent\r\n".replace(",", separator)
    assert only(tmp_path, "t.csv", text).findings == {"smoking": "present", "dyspnoea": "absent"}


def test_quoted_cells_keep_their_place(tmp_path):
    text = 'id,smoking\n"a\nb",present\nc,presen\n'
    cases = read_cases(write(tmp_path, "t.csv", text))
    assert [(case.id, case.findings["smoking"].where) for case in cases] == [
        ("a b", "t.csv:2"),
        ("c", "t.csv:4"),
    ]


def test_stages_of_published_cases(tmp_path):
    text = '{"id": "a", "evidence_pre": {"x": "1", "y": "2"}, "evidence_post": {"y": "2", "z": "3"}}\n\n'
    path = write(tmp_path, "p.jsonl", text)
    assert read_cases(path, "pre")[0].findings == {"x": "1", "y": "2"}
    assert read_cases(path, "post")[0].findings == {"x": "1", "y": "2", "z": "3"}
    with pytest.raises(ValueError, match="no stage 'both'"):
        read_cases(path, "both")


@pytest.mark.parametrize("stage", ["pre", "post"])
def test_the_shipped_cases_fit_the_network(als, stage):
    cases = read_cases(PUBLISHED, stage)
    assert len({case.id for case in cases}) == 98
    for case in cases:
        assert case.diagnosis in als.diagnoses
        assert case.likelihoods(als)
        assert not case.issues
    assert cases[0].about["vignette"] == "yes"


def test_a_finding_given_twice_alike_is_kept_with_a_warning(tmp_path):
    case = only(tmp_path, "c.yaml", "findings:\n  smoking: present\n  dyspnoea: absent\n  smoking: present\n")
    assert case.findings == {"smoking": "present", "dyspnoea": "absent"}
    (issue,) = case.issues
    assert (issue.level, issue.where) == ("warning", "c.yaml:4")
    assert "smoking is given more than once, always as present" in issue.message


@pytest.mark.parametrize(
    ("name", "content", "places"),
    [
        ("c.yaml", "findings:\n  a: present\n  b: x\n  a: absent\n  a: present\n", ("c.yaml:2", "c.yaml:4")),
        ("c.json", '{"findings": {"a": "present",\n "b": "x",\n "a": "absent"}}', ("c.json:1", "c.json:3")),
        (
            "c.jsonl",
            '{"evidence_pre": {"a": "present", "b": "x"}, "evidence_post": {"a": "absent"}}',
            ("c.jsonl:1",),
        ),
    ],
)
def test_a_finding_given_twice_differently_is_left_out(tmp_path, name, content, places):
    case = only(tmp_path, name, content)
    assert case.findings == {"b": "x"}
    (issue,) = case.issues
    assert issue.level == "warning" and issue.fix
    assert "present" in issue.message and "absent" in issue.message and "left out" in issue.message
    assert all(place in issue.message for place in places)


def test_a_likelihood_against_a_state_is_a_difference_too(tmp_path):
    case = only(tmp_path, "c.yaml", "findings:\n  a: {present: 1, absent: 0}\n  a: present\n")
    assert not case.findings and "{present: 1.0, absent: 0.0} (c.yaml:2)" in case.issues[0].message


def test_cases_from_files_can_be_copied_to_other_processes(tmp_path):
    case = only(tmp_path, "c.yaml", YAML)
    assert pickle.loads(pickle.dumps(case)) == case


WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=8)
STATES = WORDS | st.dictionaries(WORDS, st.floats(1e-9, 1), min_size=1, max_size=3)


@given(
    findings=st.dictionaries(WORDS, STATES, max_size=4),
    id=WORDS,
    diagnosis=WORDS | st.just(""),
    about=st.dictionaries(st.sampled_from(["title", "note", "doi", "year"]), WORDS),
    suffix=st.sampled_from([".yaml", ".yml", ".json"]),
)
def test_what_is_written_is_read_back(tmp_path_factory, findings, id, diagnosis, about, suffix):
    path = tmp_path_factory.getbasetemp() / f"case{suffix}"
    case = Case(findings, id=id, diagnosis=diagnosis, about=about)
    write_case(case, path)
    assert read_cases(path) == [case]


def test_published_cases_survive_writing(tmp_path):
    for case in read_cases(PUBLISHED)[:20]:
        write_case(case, tmp_path / "c.yaml")
        assert read_cases(tmp_path / "c.yaml") == [case]


def test_written_yaml_is_plain(tmp_path):
    write_case(Case({"age": "60-69", "sex": "no"}, id="a", about={"title": "x " * 200}), tmp_path / "c.yaml")
    assert (tmp_path / "c.yaml").read_text().count("\n") == 5
    assert "age: 60-69\n" in (tmp_path / "c.yaml").read_text()


def test_what_cannot_be_written(tmp_path):
    with pytest.raises(CaseError, match=r"cannot write a case as '\.csv'; known are \.yaml"):
        write_case(Case({}), tmp_path / "c.csv")
    with pytest.raises(CaseError, match="cannot write 'titel'; did you mean title"):
        write_case(Case({}, about={"titel": "x"}), tmp_path / "c.yaml")
    with pytest.raises(CaseError, match="no such file or directory"):
        write_case(Case({}), tmp_path / "nowhere" / "c.yaml")


@pytest.mark.parametrize("kind", ["yaml", "json"])
def test_what_is_paused_is_kept_and_not_used(tmp_path, kind):
    case = Case({"smoking": "present"}, id="a", paused={"dyspnoea": {"present": 0.8, "absent": 0.2}})
    path = tmp_path / f"a.{kind}"
    path.write_text(dump_case(case, kind), encoding="utf-8")
    assert read_cases(path) == [case]
    assert case.likelihoods(load_network("asia")).keys() == {"smoking"}
    assert "paused" in left_out(case, "fhir")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("c.yaml", "id: a\ndiagnosis: lung_cancer\nfindings: {smoking: present}\n"),
        ("c.json", '{"id": "a", "diagnosis": "lung_cancer", "findings": {"smoking": "present"}}'),
        ("c.csv", "id,diagnosis,smoking\na,lung_cancer,present\n"),
        ("a.yaml", "diagnosis: Lung_Cancer\nfindings: {smoking: present}\n"),
    ],
)
def test_ids_and_diagnoses_are_plain_text(tmp_path, asia, name, text):
    path = write(tmp_path, name, text)
    (case,) = read_cases(path, network=asia)
    assert (case.id, case.diagnosis) == ("a", "lung_cancer")
    assert yaml.safe_dump([case.id, case.diagnosis]) == "- a\n- lung_cancer\n"
    (record,) = read_records(path)
    assert source_line(record.id).startswith(f"{name}:") and source_line(record.diagnosis)
