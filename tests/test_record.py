"""Records: replayed to the last bit, and what is different is told."""

import json

import pytest
from command_line import run
from conftest import engine, network
from hypothesis import given
from hypothesis import strategies as st

from dxnet import Case, DxnetError, read_cases
from dxnet.formats.record import Record, dump_record, make_record, read_record, replay_record
from dxnet.kept_files import program_name
from dxnet.knowledge.load import RESOURCES
from dxnet.knowledge.table import ConditionalTable

CASE = Case({"smoking": "present", "xray_abnormal": {"present": 0.8, "absent": 0.1}}, id="a")


def kept(name="asia", cases=(CASE,), backend="numpy"):
    asked = engine(name, None, backend)
    return make_record(asked, [asked.diagnose(case) for case in cases], name)


def through_file(directory, text):
    path = directory / "record.json"
    path.write_text(text if isinstance(text, str) else dump_record(text), encoding="utf-8")
    return read_record(path)


@pytest.mark.parametrize("backend", ["compiled", "numpy", "pgmpy"])
def test_published_cases_are_reproduced_to_the_last_bit(tmp_path, als, backend):
    cases = read_cases(RESOURCES / "data" / "cases" / "published.jsonl")[:: 30 if backend == "pgmpy" else 6]
    again = through_file(tmp_path, kept("als_mimics", cases, backend))
    assert again == kept("als_mimics", cases, backend).model_copy(update={"recorded": again.recorded})
    assert replay_record(again, als).is_same


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=2))
def test_a_file_keeps_every_bit(tmp_path_factory, numbers):
    whole = kept()
    post_test = dict(zip(whole.answers[0].post_test, numbers, strict=True))
    odd = whole.model_copy(update={"answers": [whole.answers[0].model_copy(update={"post_test": post_test})]})
    (answer,) = through_file(tmp_path_factory.getbasetemp(), odd).answers
    assert [p.hex() for p in answer.post_test.values()] == [p.hex() for p in numbers]


@pytest.mark.parametrize(
    ("once", "today"),
    [
        ({"present": 4.0, "absent": 1.0}, {"present": 1.0, "absent": 0.25}),
        ({"present": 0.5}, {"present": 1.0, "absent": 0.0}),
    ],
)
def test_a_record_of_likelihoods_with_a_common_factor_is_reproduced(tmp_path, asia, once, today):
    document = json.loads(dump_record(kept(cases=[Case({"xray_abnormal": today}, id="a")])))
    document["answers"][0]["findings"]["xray_abnormal"] = once
    again = through_file(tmp_path, json.dumps(document))
    assert again.answers[0].findings == {"xray_abnormal": once}
    assert replay_record(again, asia).is_same
    document["answers"][0]["findings"]["xray_abnormal"] = {"present": 0.0, "absent": 0.0}
    assert not replay_record(through_file(tmp_path, json.dumps(document)), asia).is_same


@pytest.mark.parametrize(("factor", "is_same"), [(1 + 2**-52, True), (1 + 1e-7, False)])
def test_one_bit_is_told_as_rounding_and_more_is_a_difference(tmp_path, asia, factor, is_same):
    document = json.loads(dump_record(kept()))
    document["answers"][0]["post_test"]["lung_cancer"] *= factor
    result = replay_record(Record.model_validate(document), asia)
    ((case, (difference,)),) = result.cases
    assert (case, difference.what, result.is_same) == ("a", "post-test P(lung_cancer)", is_same)
    assert result.rounding == (difference.by if is_same else 0) and difference.by > 0
    (file := tmp_path / "r.json").write_text(json.dumps(document), encoding="utf-8")
    told = run("replay", file, code=0 if is_same else 1).stdout.splitlines()
    rounding = f"but for rounding (largest {difference.by:.2g})"
    assert told[-1] == (f"Reproduced {rounding}" if is_same else "Not reproduced")
    assert (told[-2] == f"Case a: the same {rounding}") == is_same


def test_the_name_of_the_program_changes_with_its_text_alone(tmp_path, monkeypatch):
    monkeypatch.setattr("dxnet.kept_files.__file__", str(tmp_path / "kept_files.py"))
    named = []
    for text in (b"a = 1\n", b"a = 1\r\n", b"a = 2\n"):
        (tmp_path / "module.py").write_bytes(text)
        named.append(program_name.__wrapped__())
    assert named[0] == named[1] != named[2]
    assert kept().versions["program"] == program_name()


def test_another_network_is_told_with_the_largest_difference_first(asia):
    before = asia.settings["chest_clinic"]
    row = asia.mechanisms["bronchitis"].given.rows["present"]
    rows = {**before.given.rows, "present": row}
    given = ConditionalTable(parents=before.given.parents, rows=rows)
    settings = {"chest_clinic": before.model_copy(update={"given": given})}
    result = replay_record(kept(), asia.model_copy(update={"settings": settings, "version": "1.1.0"}))
    assert [difference.what for difference in result.network] == ["network version", "network fingerprint"]
    ((_, differences),) = result.cases
    sizes = [difference.by for difference in differences]
    assert sizes == sorted(sizes, reverse=True) and sizes[0] > 0.1


def test_another_version_alone_is_told_but_reproduces(asia):
    old = kept().model_copy(update={"versions": {**kept().versions, "numpy": "1.0", "blas": "x"}})
    result = replay_record(old, asia)
    assert result.is_same
    assert [str(d).split(" recorded")[0] for d in result.versions] == ["numpy: 1.0", "blas: x"]


@pytest.mark.parametrize(
    ("part", "value", "reason"),
    [("setting", "elsewhere", "no setting 'elsewhere'"), ("backend", "abacus", "no backend 'abacus'")],
)
def test_what_can_no_longer_be_asked_is_a_difference(asia, part, value, reason):
    ((_, (difference,)),) = replay_record(kept().model_copy(update={part: value}), asia).cases
    assert difference.now.startswith(f"none, as {reason}")


def test_a_finding_or_diagnosis_that_is_gone(als, asia):
    result = replay_record(
        kept(), als.model_copy(update={"settings": {**als.settings, "chest_clinic": als.settings["flat"]}})
    )
    assert "unknown finding 'smoking'" in str(result.cases[0][1][0])
    answer = kept().answers[0]
    renamed = {**answer.post_test, "cough": answer.post_test["lung_cancer"]}
    old = kept().model_copy(update={"answers": [answer.model_copy(update={"post_test": renamed})]})
    ((_, (difference,)),) = replay_record(old, asia).cases
    assert str(difference).startswith("post-test P(cough)") and difference.now == "none"


MALFORMED = {
    "": "is not JSON",
    "[]": "is not a JSON object",
    "{}": "is no record",
    json.dumps({**json.loads(dump_record(kept())), "kind": "dxnet record 9"}): "kind: input should be",
    dump_record(kept()).replace('"setting"', '"seting"'): "seting: extra inputs are not permitted",
    dump_record(kept()).replace('"backend"', '"setting"'): "'setting' is stated twice",
    dump_record(kept()).replace(
        '"log_p_findings": -', '"log_p_findings": "x", "y": '
    ): "should be a valid number",
    dump_record(kept()).replace('"log_p_findings": -', '"log_p_findings": -1e999, "y": '): "a finite number",
    dump_record(kept()).replace('"case": "a"', '"case": "\\u001b[2J"'): "holds the character U+001B",
}


@pytest.mark.parametrize("text", MALFORMED)
def test_what_is_no_record_is_refused(tmp_path, text):
    with pytest.raises(DxnetError) as caught:
        through_file(tmp_path, text)
    assert MALFORMED[text] in str(caught.value)
    assert all(issue.where.startswith("record.json") and issue.fix for issue in caught.value.issues)


def test_a_record_that_could_not_be_read_is_not_written(monkeypatch):
    monkeypatch.setattr("dxnet.formats.record.MAX_TEXT_BYTES", 300)
    with pytest.raises(DxnetError, match="too many for one record"):
        dump_record(kept())


def test_the_command_line(tmp_path):
    file, case = tmp_path / "r.json", tmp_path / "c.yaml"
    case.write_text("id: a\nfindings: {smoking: present}\n")
    run("diagnose", case, "--network", "asia", "--record", file)
    again = run("replay", file)
    assert again.stdout.splitlines()[-2:] == ["Case a: same to the last bit", "Reproduced"]
    assert json.loads(run("replay", file, "--json").stdout)["is_same"] is True
    file.write_text(file.read_text().replace(network("asia").fingerprint, "0" * 12))
    other = run("replay", file, code=1)
    assert f"network fingerprint: {'0' * 12} recorded" in other.stdout and "Not reproduced" in other.stdout
    assert other.stdout.splitlines()[-1].endswith("give the directory of that with --network")
    run("replay", file, "--network", "als_mimics", code=1)
    run("replay", file, "--network", "nowhere", code=2)
    run("replay", tmp_path / "none.json", code=2)
    run("diagnose", case, "--network", "asia", "--record", tmp_path / "no" / "r.json", code=2)
