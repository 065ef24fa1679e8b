"""Case files: what is read, what is refused and in which words, what is written back."""

import pickle

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dxnet import Case, DxnetError, load_network, read_cases
from dxnet.errors import CaseError, UnknownFinding, UnknownState
from dxnet.formats.cases.document import source_line
from dxnet.formats.cases.read import CASE_READERS, dump_case, left_out, read_records, write_case
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


def write(directory, name, content):
    path = directory / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def only(directory, name, content):
    (case,) = read_cases(write(directory, name, content))
    return case


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


MALFORMED = {
    "empty.yaml": (b"", ":1: is empty"),
    "empty.json": (b"", ":1: is not JSON: Expecting value"),
    "empty.jsonl": (b"\n\n", ": is empty"),
    "empty.csv": (b"", ": is empty; begin with the names of the columns"),
    "blank.csv": (b";;\n\na;b\n", ": has no rows below its header"),
    "bare.csv": (b"id,smoking\n", ": has no rows below its header"),
    "list.yaml": (b"- smoking\n", ":1: is empty or not a mapping"),
    "list.json": (b'[{"findings": {}}]', ":1: is not a JSON object; write"),
    "number.json": (b"3", ":1: is not a JSON object"),
    "broken.yaml": (b"id: a\nfindings: {smoking: present\n", ":3: is not YAML"),
    "broken.json": (b'{"id": "a",\n "findings": {"smoking" "present"}}', ":2: is not JSON: Expecting ':'"),
    "broken.jsonl": (b'{"findings": {}}\n{"findings": }\n', ":2: is not JSON"),
    "broken.csv": (b'id,smoking\na,"present\n', ":2: is not CSV"),
    "nan.json": (b'{"findings": {"smoking": {"present": NaN}}}', ":1: is not JSON: NaN is not a number"),
    "digits.json": (b'{"findings": {"smoking": ' + b"9" * 5000 + b"}}", ":1: is not JSON"),
    "deep.json": (b'{"findings": ' + b"[" * 100_000, ":1: is not JSON"),
    "nested.json": (b'{"title": ' + b"[" * 500 + b"]" * 500 + b"}", ":1: is nested more than"),
    "nested.yaml": (b"title: " + b"[" * 500 + b"]" * 500, ":1: is nested more than"),
    "binary.yaml": (bytes(range(256)), ":2: is not UTF-8 text"),
    "binary.csv": (b"\x7fELF\x00\x01\x02", ":1: holds the control character"),
    "wide.yaml": ("id: a\nfindings: {}\n".encode("utf-16"), ":1: is not UTF-8 text"),
    "wide.csv": ("id,smoking\na,present\n".encode("utf-16-le"), ":1: holds the control character"),
    "latin.yaml": ("id: a\nnote: Müller\n".encode("latin-1"), ":2: is not UTF-8 text"),
    "huge.yaml": (b"#" * 6_000_000, ": 6 MB is more than the 5 MB"),
    "many.yaml": (
        b"findings:\n" + b"".join(b" f%d: x\n" % i for i in range(3000)),
        ":1: holds 3,000 entries",
    ),
    "long.yaml": (b"- a\n" * 25_000, ":20001: has more than 20,000 keys and values"),
    "many.json": (
        b'{"findings": {%s}}' % b", ".join(b'"f%d": "x"' % i for i in range(3000)),
        ":1: holds 3,000",
    ),
    "many_list.json": (
        b'{"findings": [%s "x"]}' % (b'"x", ' * 5000),
        ":1: holds 5,001 entries, more than the 2,000",
    ),
    "bomb.yaml": (b"a: &a [x, x]\nb: &b [*a, *a]\nfindings: *b\n", ":1: anchors and aliases"),
    "merge.yaml": (b"findings:\n  <<: {a: b}\n", ":2: merges (<<) are not allowed"),
    "tag.yaml": (b"findings: !!python/object:os.system {}\n", ":1: the tag"),
    "two.yaml": (b"findings: {}\n---\nfindings: {}\n", ":2: a second document"),
    "code.yaml": (b'title: "\\U99999999"\nfindings: {}\n', ":1: is not YAML"),
    "escape.json": (b'{"title": "\\u001b[2J", "findings": {}}', ":1: holds the character U+001B; remove it"),
    "surrogate.json": (b'{"findings": {"a": "\\ud800"}}', ":1: holds the character U+D800"),
    "missing.yaml": (b"id: a\n", ":1: has no 'findings'"),
    "misspelt.yaml": (
        b"id: a\nfindngs:\n  smoking: present\n",
        ":2: unknown key 'findngs'; did you mean findings?",
    ),
    "twice.yaml": (b"id: a\nid: b\nfindings: {}\n", ":2: 'id' is stated twice"),
    "scalar.yaml": (b"id: a\nfindings: smoking\n", ":2: findings: smoking is not a list of findings"),
    "list_of.json": (b'{"findings": ["smoking"]}', ":1: findings: ['smoking'] is not a list of findings"),
    "id.yaml": (b"id: {a: b}\nfindings: {}\n", ":1: id: {a: b} is not text"),
    "bool.json": (b'{"findings": {"smoking": [true]}}', ":1: smoking: [True] is not a state"),
    "int.json": (b'{"findings": {\n"age": [60]}}', ":2: age: [60] is not a state"),
    "states.yaml": (b"findings:\n  smoking: [present]\n", ":2: smoking: ['present'] is not a state"),
    "negative.yaml": (b"findings:\n  a: {present: -1}\n", ":2: a.present: -1 is no probability"),
    "likely.yaml": (b"findings:\n  a:\n    present: likely\n", ":3: a.present: likely is no probability"),
    "percent.yaml": (b"findings:\n  a: {present: 80%}\n", ":2: a.present: 80% is no probability"),
    "nan.yaml": (b"findings:\n  a: {present: nan}\n", ":2: a.present: nan is no probability"),
    "inf.json": (b'{"findings": {"a": {"present": 1e999}}}', ":1: a.present: inf is no probability"),
    "big.json": (
        b'{"findings": {"a": {"present": 1' + b"0" * 400 + b"}}}",
        f":1: a.present: 1{'0' * 39}... is no probability",
    ),
    "truth.json": (b'{"findings": {"a": {"present": true}}}', ":1: a.present: true is no probability"),
    "null.json": (b'{"findings": {"a": {"present": null}}}', ":1: a.present: null is no probability"),
    "above.yaml": (b"findings:\n  a: {present: 1.5}\n", ":2: a.present: 1.5 is no probability; write P(what"),
    "zero.yaml": (
        b"findings:\n  a: {present: 0, absent: 0.0}\n",
        ":2: a: no state has a probability above 0",
    ),
    "none.yaml": (b"findings:\n  a: {}\n", ":2: a: no state has a probability above 0"),
    "again.yaml": (b"findings:\n  a: {present: 1, present: 0}\n", ":2: a.present is stated twice"),
    "short.csv": (b"id,a,b\nx,present\n", ":2: has 2 cells, but there are 3 columns"),
    "nameless.csv": (b"id,,a\nx,y,z\n", ":2: column 2 holds 'y' but has no name in line 1"),
    "twice.csv": (b"a,b,a\npresent,x,absent\n", ":1: two columns are named 'a'"),
    "ids.csv": (b"id,id,a\nx,y,z\n", ":1: two columns are named 'id'"),
    "tab.yaml": (
        b"findings:\n\tsmoking: present\n",
        ":2: is not YAML: the line begins with a tab; indent it",
    ),
    "tabs.yaml": (b"findings:\n  a: present\n\tb: absent\n", ":3: is not YAML: the line begins with a tab"),
    "packed.csv": (b"PK\x03\x04\x14\0\6\0", ":1: is a packed file, such as an Excel workbook (.xlsx)"),
    "packed.yaml": (b"PK\x03\x04\x14\0\6\0", ":1: is a packed file, such as an Excel workbook (.xlsx)"),
    "old.csv": (b"\xd0\xcf\x11\xe0\xa1\xb1", ":1: is a file of an Office program (.xls, .doc)"),
    "table.csv": (b"PAR1\x15\x04", ":1: is a parquet file, whatever its name; name it .parquet"),
    "zipped.jsonl": (b"\x1f\x8b\x08", ":1: is compressed (gzip); unpack it first"),
    "book.xlsx": (
        b"PK",
        ": cannot tell the kind of file from the suffix '.xlsx'; save the table as 'CSV UTF-8'",
    ),
    "cohort.parquet": (
        b"PAR1",
        ": cannot tell the kind of file from the suffix '.parquet'; score a cohort with",
    ),
    "case.txt": (
        b"findings: {}\n",
        ": cannot tell the kind of file from the suffix '.txt'; read a letter with",
    ),
    "case.odd": (b"findings: {}\n", ": cannot tell the kind of file from the suffix '.odd'; known are .yaml"),
    "case": (b"findings: {}\n", ": cannot tell the kind of file"),
}


def test_lines_of_nonsense_are_read_only_so_far(tmp_path):
    with pytest.raises(CaseError) as caught:
        read_cases(write(tmp_path, "many.jsonl", b'{"nonsense": 1}\n' * 2000))
    *_, last = caught.value.issues
    assert (last.where, last.message) == ("many.jsonl:501", "and so on; reading ends here")


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_files_are_refused_in_words(tmp_path, name):
    content, expected = MALFORMED[name]
    with pytest.raises(CaseError) as caught:
        read_cases(write(tmp_path, name, content))
    assert str(caught.value).startswith(f"{name}{expected}")
    assert all(issue.level == "error" and issue.where and issue.fix for issue in caught.value.issues)
    assert caught.value.__cause__ is None


def test_missing_files_and_directories(tmp_path):
    with pytest.raises(CaseError, match=r"nowhere\.yaml: no such file or directory"):
        read_cases(tmp_path / "nowhere.yaml")
    (tmp_path / "folder.yaml").mkdir()
    with pytest.raises(CaseError, match=r"folder\.yaml: is a directory"):
        read_cases(tmp_path / "folder.yaml")


def test_every_problem_is_reported_at_once(tmp_path):
    text = "idd: a\nnote: [a, {b: c}]\nfindings:\n  a: {present: x, absent: -1}\n  b: [c]\n"
    with pytest.raises(CaseError) as caught:
        read_cases(write(tmp_path, "c.yaml", text))
    assert sorted(issue.where for issue in caught.value.issues) == [f"c.yaml:{n}" for n in (1, 2, 4, 4, 5)]
    with pytest.raises(CaseError) as caught:
        read_cases(write(tmp_path, "c.jsonl", '{\n{"findings": 1}\n{"findings": {}}\n[]\n'))
    assert [issue.where for issue in caught.value.issues] == ["c.jsonl:1", "c.jsonl:2", "c.jsonl:4"]


def faults_of(path, network):
    with pytest.raises(CaseError) as caught:
        read_cases(path, network=network)
    return [str(issue).removeprefix("error: ").split("; ")[0] for issue in caught.value.issues]


def test_what_the_network_lacks_is_named_together_with_what_cannot_be_read(tmp_path, asia):
    text = (
        "notes: x\nfindings:\n  smokng: present\n  dyspnoea: {present: 1.5}\n  xray_abnormal: presnt\n"
        "paused:\n  smoking: perhaps\nvisits:\n- date: 2024-01-1\n  findings:\n    dyspnoea: no breath\n"
    )
    expected = [
        "c.yaml:1: unknown key 'notes'",
        "c.yaml:4: dyspnoea.present: 1.5 is no probability",
        "c.yaml:9: '2024-01-1' is no date",
        "c.yaml:3: unknown finding 'smokng'",
        "c.yaml:5: xray_abnormal: unknown state 'presnt'",
        "c.yaml:11: dyspnoea: unknown state 'no breath'",
    ]
    assert faults_of(write(tmp_path, "c.yaml", text), asia) == expected
    lines = '{"findings": {"smoking": "presnt"}}\n{"finding": {}}\n'
    first, last, lacking = faults_of(write(tmp_path, "c.jsonl", lines), asia)
    assert first == "c.jsonl:2: unknown key 'finding'" and last == "c.jsonl:2: has no 'findings'"
    assert lacking == "c.jsonl:1: smoking: unknown state 'presnt'"
    table = "smokin,xray_abnormal\npresent,presnt\nabsent\n"
    assert faults_of(write(tmp_path, "c.csv", table), asia) == [
        "c.csv:1: the column 'smokin' is no finding of asia",
        "c.csv:3: has 1 cells, but there are 2 columns",
        "c.csv:2: xray_abnormal: unknown state 'presnt'",
    ]


@pytest.mark.parametrize(
    ("stage", "lacking"), [("pre", []), ("post", ["c.yaml:4: unknown finding 'smokng'"])]
)
def test_what_is_not_used_has_no_faults_beside_those_of_others(tmp_path, asia, stage, lacking):
    sections = "evidence_pre:\n  smoking: present\nevidence_post:\n  smokng: present\n"
    path = write(tmp_path, "c.yaml", f"{sections}paused:\n  nothing: perhaps\n")
    (case,) = read_cases(path, stage, asia)
    assert case.paused == {"nothing": "perhaps"}
    path.write_text(f"{path.read_text()}notes: x\n")
    with pytest.raises(CaseError) as caught:
        read_cases(path, stage, asia)
    told = [str(issue).removeprefix("error: ").split("; ")[0] for issue in caught.value.issues]
    assert told == ["c.yaml:7: unknown key 'notes'", *lacking]


def test_what_the_network_lacks_is_named_with_its_line(tmp_path, asia):
    case = only(tmp_path, "c.yaml", "findings:\n  smokng: present\n  dyspnoea: {absnt: 1}\n")
    with pytest.raises(CaseError) as caught:
        case.likelihoods(asia)
    assert str(caught.value).splitlines() == [
        "c.yaml:2: unknown finding 'smokng'; did you mean smoking?",
        "c.yaml:3: dyspnoea: unknown state 'absnt'; did you mean absent?",
    ]
    first, second = read_cases(write(tmp_path, "t.csv", "xray,smoking\n,presen\nabnormal,\n"))
    with pytest.raises(
        UnknownState, match=r"t\.csv:2: smoking: unknown state 'presen'; did you mean present"
    ):
        first.likelihoods(asia)
    with pytest.raises(UnknownFinding, match=r"t\.csv:1: unknown finding 'xray'"):
        second.likelihoods(asia)


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


@given(st.sampled_from(sorted(CASE_READERS)), st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(tmp_path_factory, suffix, content):
    path = tmp_path_factory.getbasetemp() / f"any{suffix}"
    path.write_bytes(content)
    try:
        read_cases(path)
    except DxnetError as problem:
        assert all(issue.message for issue in problem.issues)


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
