"""Case files that cannot be read: refused in words, with all their faults at once."""

import pytest
from case_files import only, write
from hypothesis import given
from hypothesis import strategies as st

from dxnet import DxnetError, read_cases
from dxnet.errors import CaseError, UnknownFinding, UnknownState
from dxnet.formats.cases.read import CASE_READERS

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
    "wide.yaml": ("id: a\nfindings: {}\n".encode("utf-16-le"), ":1: looks like UTF-16 text without the mark"),
    "cut.json": ('{"findings": {}}'.encode("utf-16")[:-1], ":1: is not UTF-16 text here or below"),
    "wide.csv": ("id,smoking\na,present\n".encode("utf-16-le"), ":1: looks like UTF-16 text without"),
    "latin.yaml": (
        "id: a\nnote: Müller\n".encode("latin-1"),
        ":2: is not UTF-8 text: it holds the byte 0xFC, in Windows-1252 the letter 'ü'; save it as UTF-8",
    ),
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
    "findings.yaml": (
        b"findings:\n  a: {label: A, given diagnosis: {b: 0.1}}\n",
        ":1: is a file of a network",
    ),
    "record.json": (
        b'{"kind": "dxnet record 1", "recorded": "", "versions": {}, "answers": []}',
        ":1: is a record of 'dxnet diagnose --record'; give it to 'dxnet replay'",
    ),
    "network.yaml": (
        b"name: a\nversion: 1\ndiagnosis: {}\n",
        ":1: is a file of a network; give its",
    ),
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


@given(st.sampled_from(sorted(CASE_READERS)), st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(tmp_path_factory, suffix, content):
    path = tmp_path_factory.getbasetemp() / f"any{suffix}"
    path.write_bytes(content)
    try:
        read_cases(path)
    except DxnetError as problem:
        assert all(issue.message for issue in problem.issues)
