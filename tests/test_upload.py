"""Tables of others: what is read, what is recognised, what is suggested, and what is refused."""

import io

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import network
from hypothesis import given
from hypothesis import strategies as some

from dxnet import Engine, score
from dxnet.cohort.mapping import (
    BY_RANGE,
    READ_AS_NOT_EXAMINED,
    check_mapping,
    match_columns,
    suggest,
    translate,
    unread,
)
from dxnet.cohort.results import by_group, join_results, rate_rows, score_parts, tally, to_csv, to_parquet
from dxnet.cohort.upload import read_upload
from dxnet.errors import CaseError

GOOD = "id,smoking,xray_abnormal\na,present,absent\nb,,present\n"


def read(text, name="a.csv"):
    return read_upload(name, text.encode() if isinstance(text, str) else text)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        (" \n\n", "is empty"),
        (b"\x00\x01\x02\x03", "not a text file"),
        (b"PK\x03\x04\xff\xfe junk", "is a packed file, such as an Excel workbook"),
        (b"id\xff\xfe junk", "not UTF-8"),
        ("a,b\nä,x".encode("latin-1"), "a.csv:2: is not UTF-8"),
        (GOOD.encode("utf-16-le"), "looks like UTF-16 text without the mark"),
        (GOOD.encode("utf-16")[:-1], "not UTF-16"),
        ("id|smoking\na|present", "single column"),
        ("id,smoking,smoking\na,present,absent", "two columns are named 'smoking'"),
        ("id,smoking\n", "no rows"),
        ("id,smoking", "no rows"),
        ('id,smoking\n"a,present\nb,absent\n', "a.csv:2: is not CSV: id begins with a quote"),
    ],
)
def test_malformed_csv_is_refused_with_a_cure(content, said):
    with pytest.raises(CaseError, match=said) as caught:
        read(content)
    assert all(issue.fix and issue.where.startswith("a.csv") for issue in caught.value.issues)


@given(content=some.binary(max_size=200), name=some.sampled_from(["a.csv", "a.parquet"]))
def test_any_bytes_are_read_or_refused(content, name):
    try:
        table, _ = read_upload(name, content)
    except CaseError:
        return
    assert len(table) and len(table.columns)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators_marks_and_blanks(separator):
    table, issues = read("\ufeff" + GOOD.replace(",", separator))
    assert list(table.columns) == ["id", "smoking", "xray_abnormal"] and not issues
    assert table.smoking.isna().tolist() == [False, True]
    assert table.index.tolist() == [2, 3] and table.index.name == "line"


def test_records_of_the_wrong_length_are_left_out_and_the_others_keep_their_lines():
    table, issues = read("id,smoking\na,present\nb\nc,absent\n")
    assert table.index.tolist() == [2, 4] and table.id.tolist() == ["a", "c"]
    assert [(issue.where, "has 1 cells" in issue.message) for issue in issues] == [("a.csv:3", True)]


def test_300_columns_are_read():
    header = ",".join(["smoking", *(f"c{i}" for i in range(299))])
    table, _ = read(f"{header}\npresent{',x' * 299}\n")
    assert len(table.columns) == 300


def test_parquet_of_many_types(asia):
    sink = io.BytesIO()
    columns = {
        "id": pa.array([1, 2]),
        "smoking": pa.array([True, None]),
        "dyspnoea": pa.array([1.0, 0.0]),
        "xray_abnormal": pa.array(["present", None]).dictionary_encode(),
        "odd": pa.array([[1], [2]]),
    }
    pq.write_table(pa.table(columns), sink)
    table, issues = read(sink.getvalue(), "a.parquet")
    assert [issue.where for issue in issues] == ["odd"]
    mapping = {column: column for column in table.columns}
    kinds = unread(asia, table, mapping)
    assert {kind.values: kind.suggestion for kind in kinds} == {("1",): "present", ("0",): "absent"}
    cases = translate(table, mapping, kinds, {kind.key: kind.suggestion for kind in kinds})
    assert score(Engine(asia), cases).status.tolist() == ["ok", "ok"]


def test_columns_are_recognised_by_id_label_synonym_and_hpo(als):
    found = match_columns(als, ["Babinski", "Extensor plantar response", "HP:0001260", "patient", "ID"])
    assert found["Babinski"].target == "babinski" and found["Babinski"].by == "name"
    assert found["HP:0001260"].target == "dysarthria" and found["HP:0001260"].by == "HPO id"
    assert found["ID"].target == "id" and "patient" not in found
    finding, synonym = next((n, s) for n, f in als.findings.items() for s in f.synonyms)
    assert match_columns(als, [synonym])[synonym].target == finding


def test_a_finding_is_taken_once(asia):
    assert match_columns(asia, ["Smoker", "smoking"]) == match_columns(asia, ["smoking"])
    with pytest.raises(CaseError, match="are all smoking"):
        check_mapping(asia, {"a": "smoking", "b": "smoking"})
    with pytest.raises(CaseError, match="no column is mapped to a finding"):
        check_mapping(asia, {"a": "id"})


@pytest.mark.parametrize(
    ("value", "states", "meant"),
    [
        ("yes", ("absent", "present"), "present"),
        ("NEIN", ("absent", "present"), "absent"),
        ("1", ("negative", "positive"), "positive"),
        ("0", ("normal", "elevated"), "normal"),
        ("1", ("female", "male"), ""),
        ("m", ("female", "male"), "male"),
        ("Upper limb", ("bulbar", "upper_limb"), "upper_limb"),
        ("F", ("female", "male"), "female"),
        ("None", ("none", "mild", "high"), "none"),
        ("None", ("absent", "present"), ""),
        ("-", ("absent", "present"), ""),
        ("m", ("none", "mild", "high"), ""),
        ("MALE", ("female", "male"), "male"),
        ("presnt", ("absent", "present"), ""),
        ("nonpresent", ("absent", "present"), ""),
        ("not present", ("absent", "present"), ""),
        ("abnormal", ("normal", "reduced"), "reduced"),
        ("un-elevated", ("normal", "elevated"), ""),
        ("non-progressive", ("sudden", "progressive", "static"), ""),
        ("regressive", ("sudden", "progressive", "static"), ""),
        ("low", ("bulbar", "upper_limb", "lower_limb"), ""),
        ("lower", ("bulbar", "upper_limb", "lower_limb"), ""),
        ("N/A", ("absent", "present"), READ_AS_NOT_EXAMINED),
        ("yes", ("none", "mild", "high"), ""),
        ("no", ("none", "mild", "high"), "none"),
        ("purple", ("absent", "present"), ""),
    ],
)
def test_suggestions(value, states, meant):
    assert suggest(value, states) == meant


@given(some.sampled_from([f.states for f in network("als_mimics").findings.values()]), some.data())
def test_a_word_that_is_merely_alike_is_never_suggested(states, data):
    """A syllable before a state may turn it around."""
    state = data.draw(some.sampled_from(states))
    before = data.draw(some.sampled_from(["non", "un", "ab", "a", "in", "ir", "dis", "not ", "no ", "non-"]))
    word = before + state
    assert suggest(word, states) in ("", word) or word == "abnormal"
    assert suggest(f"{state}x", states) == ""


def test_soft_words_are_read_and_not_asked_about(als):
    words = ["probable", "probable present", "probably", "present"]
    table = pd.DataFrame({"dysarthria": words, "ck": ["probable high", "probable", "high", "normal"]})
    kinds = unread(als, table, {"dysarthria": "dysarthria", "ck": "ck"})
    assert sorted(kind.values for kind in kinds) == [("probable",), ("probably",)]
    assert next(kind for kind in kinds if kind.values == ("probable",)).columns == ("ck",)


@pytest.mark.parametrize("text", ["inf", "nan", "-1", "6_2", "6 2", "٦٢", "62.", "+62", "0x3e"])
def test_what_is_no_plain_number_is_in_no_range(als, text):
    assert all(
        kind.suggestion != BY_RANGE for kind in unread(als, pd.DataFrame({"age": [text]}), {"age": "age"})
    )


@pytest.mark.parametrize("begun", "=+-@\t\r\n")
def test_no_spreadsheet_runs_a_cell(asia, begun):
    id = f"{begun}cmd|' /C calc'!A0"
    table = pd.DataFrame({"id": [id, "p-2"], "smoking": ["present", "perhaps"]}, index=[1, 2])
    scored, report = join_results(score_parts(Engine(asia), table), {f"{begun}Smoker": "smoking"})
    back = pd.read_csv(io.BytesIO(to_csv(scored)), lineterminator="\n")
    assert back["id"].tolist() == [f"'{id}", "p-2"] and back["log_p_findings"][0] < 0
    assert f"'{begun}Smoker" in to_csv(report.set_index("record")).decode()
    assert pq.read_table(io.BytesIO(to_parquet(scored)))["id"].to_pylist() == [id, "p-2"]


def test_nothing_is_read_that_nobody_chose(asia):
    table, _ = read("smoking,dyspnoea\nyes,present\nno,absent\nperhaps,\n")
    mapping = {column: column for column in table.columns}
    kinds = unread(asia, table, mapping)
    untouched = translate(table, mapping, kinds, {})
    assert untouched.smoking.tolist() == ["yes", "no", "perhaps"]
    scored, report = join_results(score_parts(Engine(asia), untouched, size=2), mapping)
    assert scored.status.tolist() == ["unreadable"] * 3
    assert report.line.tolist() == [2, 3, 4] and set(report.column) == {"smoking"}
    yes = next(kind for kind in kinds if kind.values == ("yes",))
    chosen = translate(table, mapping, kinds, {yes.key: "present"})
    scored, report = join_results(score_parts(Engine(asia), chosen, size=2), mapping)
    assert scored.status.tolist() == ["ok", "unreadable", "unreadable"]
    assert report.line.tolist() == [3, 4]


def test_a_value_can_be_chosen_as_not_examined(asia):
    table, _ = read("id,smoking\na,9\nb,present\n")
    mapping = {"smoking": "smoking"}
    (kind,) = unread(asia, table, mapping)
    cases = translate(table, mapping, [kind], {kind.key: READ_AS_NOT_EXAMINED})
    assert cases.smoking.isna().tolist() == [True, False]


def test_numbers_are_read_by_range_when_chosen(als):
    table, _ = read("id,age\na,12\nb,39.5\nc,63\nd,80\ne,x\n")
    kinds = unread(als, table, {"age": "age"})
    (ages,) = [kind for kind in kinds if kind.suggestion == BY_RANGE]
    cases = translate(table, {"age": "age"}, kinds, {ages.key: BY_RANGE})
    assert cases.age.tolist() == ["under_18", "18-39", "60-69", "80+", "x"]


def test_parts_are_the_whole_and_files_hold_it(asia):
    table = pd.DataFrame(
        {"smoking": ["present", "absent", None] * 5}, index=pd.RangeIndex(1, 16, name="record")
    )
    engine = Engine(asia)
    scored, report = join_results(score_parts(engine, table, size=4), {})
    pd.testing.assert_frame_equal(scored, score(engine, table))
    assert report.record.tolist() == [3, 6, 9, 12, 15] and set(report.column) == {""}
    assert all("pre-test" in problem for problem in report.problem)
    back = pd.read_csv(io.BytesIO(to_csv(scored)), index_col="record")
    assert back.p_lung_cancer.to_numpy() == pytest.approx(scored.p_lung_cancer.to_numpy(), abs=1e-12)
    again = pd.read_parquet(io.BytesIO(to_parquet(scored)))
    assert again.record.tolist() == scored.index.tolist()
    assert (again.p_lung_cancer.to_numpy() == scored.p_lung_cancer.to_numpy()).all()


def test_impossible_rows_are_in_the_report(impossible):
    from dxnet import load_network

    table = pd.DataFrame({"cough": ["present", "absent"], "any_symptom": ["absent", "absent"]}, index=[1, 2])
    scored, report = join_results(score_parts(Engine(load_network(impossible)), table), {})
    assert scored.status.tolist() == ["impossible", "ok"]
    assert report.record.tolist() == [1] and "cannot occur together" in report.problem[0]


def test_what_the_cohort_says(asia):
    table = pd.DataFrame(
        {"xray_abnormal": ["present", "absent", "oops"], "smoking": ["present", "absent", None]},
        index=[1, 2, 3],
    )
    scored, _ = join_results(score_parts(Engine(asia), table), {})
    tallied = tally(asia, scored)
    assert tallied["first"].sum() == 2 and tallied.share.sum() == pytest.approx(1)
    assert tallied["mean"].sum() == pytest.approx(1)
    assert tallied["mean"]["lung_cancer"] == pytest.approx(scored.p_lung_cancer[:2].mean())
    assert by_group(tallied)["mean"].sum() == pytest.approx(1)
    truth = pd.Series(["lung_cancer", "who knows", "lung_cancer"], index=[1, 2, 3])
    rated = rate_rows(asia, scored, truth)
    assert rated.probability.tolist() == pytest.approx([scored.p_lung_cancer[1]])
