"""Cohorts: every kind of column, cells in every coding, and rows that cannot be read."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from conftest import engine
from scored import cohort, errors_of, run

from dxnet import Case, Engine, load_network, score
from dxnet.cli import main
from dxnet.cohort.encode import encode
from dxnet.cohort.results import rate_rows, tally
from dxnet.errors import CaseError
from dxnet.knowledge.entered import as_text, read_entered


def test_a_row_is_what_diagnose_says(als):
    table = cohort(als, 50)
    scored = score(engine("als_mimics"), table)
    assert list(scored.id) == list(table.id) and set(scored.status) == {"ok"}
    for (_, row), (_, answer) in zip(table.iterrows(), scored.iterrows(), strict=True):
        findings = {name: state for name, state in row.drop("id").items() if isinstance(state, str)}
        single = engine("als_mimics").diagnose(Case(findings))
        assert [answer[f"p_{d}"] for d in als.diagnoses] == pytest.approx(single.post_test, abs=1e-12)
        assert (answer["first"], answer["second"]) == single.ranking[:2]
        assert answer.log_p_findings == pytest.approx(single.log_p_findings, abs=1e-12)


def test_every_kind_of_column_says_the_same(als):
    states = ["present", "absent", None, "present"]
    kinds = {
        "object": pd.Series(states, dtype=object),
        "string": pd.Series(states, dtype="string"),
        "category": pd.Series(states, dtype="category"),
        "other order": pd.Series(pd.Categorical(states, ["present", "absent"])),
        "boolean": pd.Series([True, False, None, True], dtype="boolean"),
        "blank": pd.Series(["present", "absent", "", "present"]),
    }
    answers = {
        kind: score(engine("als_mimics"), pd.DataFrame({"babinski": column, "age": ["60-69"] * 4}))
        for kind, column in kinds.items()
    }
    for kind, answer in answers.items():
        pd.testing.assert_frame_equal(answer, answers["object"], obj=kind)
    empty = score(engine("als_mimics"), pd.DataFrame({"babinski": [None, None], "age": [np.nan, np.nan]}))
    assert empty.p_als.tolist() == pytest.approx([engine("als_mimics").pre_test[0]] * 2)


def test_the_index_of_the_table_is_kept(als):
    table = pd.DataFrame({"babinski": ["present", "absent"]}, index=["x", "y"])
    assert list(score(engine("als_mimics"), table).index) == ["x", "y"]


def test_what_cannot_be_read_is_told_and_the_rest_is_scored(als):
    table = pd.DataFrame(
        {
            "babinski": ["present", "perhaps", "present"],
            "age": ["60-69", "60-69", None],
            "hoffmann": [None, 2, None],
            "Jaw jerk brisk": ["absent", "absent", "absent"],
            "clonal": ["absent", "absent", "absent"],
            "shoe_size": [41, 42, 43],
        }
    )
    scored = score(engine("als_mimics"), table)
    assert list(scored.status) == ["ok", "unreadable", "ok"]
    assert scored.p_als.isna().tolist() == [False, True, False]
    faults = [(fault["index"], fault["column"], fault["message"]) for fault in scored.attrs["faults"]]
    assert faults == [
        (1, "babinski", "unknown state 'perhaps'; known are absent, present"),
        (1, "hoffmann", "unknown state '2'; known are absent, present"),
    ]
    assert ["{level}: {message}; {fix}".format(**issue) for issue in scored.attrs["issues"]] == [
        "warning: the column 'Jaw jerk brisk' is read as jaw_jerk_brisk; name it jaw_jerk_brisk",
        "warning: the column 'clonal' is no finding of als_mimics and is left out; did you mean clonus?",
        "warning: the column 'shoe_size' is no finding of als_mimics and is left out; "
        "no finding is called alike; 'dxnet show' and the Network page of the app list all",
    ]


def test_a_table_without_findings_is_refused(als):
    with pytest.raises(CaseError, match="no column is a finding of the network; name the columns by"):
        score(engine("als_mimics"), pd.DataFrame({"Babinski sign": ["present"]}))
    twice = pd.DataFrame([["present", "absent"]], columns=["babinski", "babinski"])
    with pytest.raises(CaseError, match="two columns are named babinski"):
        score(engine("als_mimics"), twice)


def test_rows_without_a_finding_have_the_pre_test_probabilities_and_say_so(als):
    """A soft word and a number are findings; a row that cannot be read is not without them."""
    table = pd.DataFrame(
        {"babinski": [None, "probable", None, None, "perhaps"], "ck": [None, None, 850, None, None]}
    )
    machine = engine("als_mimics")
    scored = score(machine, table)
    assert scored.status.tolist() == ["no findings", "ok", "ok", "no findings", "unreadable"]
    pre_test = machine.diagnose({}).post_test
    assert scored[[f"p_{name}" for name in als.diagnoses]].iloc[0].tolist() == pytest.approx(
        pre_test.tolist()
    )
    tallied = tally(als, scored)
    assert tallied["first"].sum() == 2 and tallied.share.sum() == pytest.approx(1)
    assert tallied["mean"].sum() == pytest.approx(1)
    assert len(rate_rows(als, scored, pd.Series(["als"] * 5))) == 2


def test_impossible_rows_are_marked(impossible):
    net = load_network(str(impossible))
    table = pd.DataFrame({"cough": ["present", "absent"], "any_symptom": ["absent", "absent"]})
    scored = score(Engine(net), table)
    assert list(scored.status) == ["impossible", "ok"]
    assert scored["first"].isna().tolist() == [True, False]


@pytest.mark.parametrize("separator", [",", ";"])
def test_csv_files(als, tmp_path, separator):
    table = cohort(als, 300)
    table.loc[3, "babinski"] = 'with "quotes" and a\nnew line'
    source, output = tmp_path / "cohort.csv", tmp_path / "scored.parquet"
    table.to_csv(source, sep=separator, index=False, encoding="utf-8-sig")
    with source.open("a", encoding="utf-8") as end:
        end.write(f"odd{separator}present\n")
    done = run(source, "-o", output)
    assert done.exit_code == 0, done.output
    assert "1 row left out" in done.output
    scored, expected = pd.read_parquet(output), score(engine("als_mimics"), table)
    assert (scored.id == table.id).all()
    pd.testing.assert_frame_equal(scored, expected, check_categorical=False, check_dtype=False)
    report = errors_of(output)
    assert report[1][:4] == ["4", "5", table.id[3], "babinski"]
    short = f"has 2 cells, but there are {len(table.columns)} columns; leave a cell blank rather than out"
    assert report[2] == ["", "303", "", "", short]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("cases.txt", b"", "cases.txt: cannot read .txt files; give a .parquet or .csv file"),
        ("cases.jsonl", b"", "give a .parquet or .csv file, or answer its cases with 'dxnet diagnose'"),
        ("cases.csv", b"", "cases.csv: is empty; begin with the names of the columns"),
        ("cases.csv", b"babinski\n", "has no rows"),
        ("cases.csv", b"babinski\n\xff\xfe\n", "cases.csv:2: is not UTF-8 text"),
        ("cases.parquet", b"PAR1", "is no table"),
    ],
)
def test_files_that_are_no_cohort(tmp_path, name, content, message):
    source = tmp_path / name
    source.write_bytes(content)
    done = run(source, "-o", tmp_path / "scored.parquet", "--network", "als_mimics")
    assert done.exit_code == 2, done.output
    assert message in done.output and "Traceback" not in done.output
    assert [path.name for path in tmp_path.iterdir()] == [name]


def score_text(tmp_path, text, code=0):
    source, output = tmp_path / "c.csv", tmp_path / "o.parquet"
    source.write_text(text, encoding="utf-8")
    done = run(source, "-o", output, "--network", "asia")
    assert done.exit_code == code, done.output
    return pd.read_parquet(output) if code == 0 else done.output


def test_line_breaks_and_separators_inside_a_header(tmp_path):
    expected = score_text(tmp_path, "dyspnoea,smoking\npresent,present\n,present\n").p_lung_cancer
    odd = 'dyspnoea,"note\nof, the; day",smoking\npresent,u,present\n,v,present\n'
    assert score_text(tmp_path, odd).p_lung_cancer.tolist() == expected.tolist()
    other = '\n"dyspnoea";"x,y,z,w,";smoking\npresent;u;present\n;v;present\n'
    assert score_text(tmp_path, other).p_lung_cancer.tolist() == expected.tolist()


def test_a_quote_that_is_never_closed_is_refused(tmp_path):
    text = 'id,dyspnoea,smoking\na,present,present\nb,"present,present\n' + "c,absent,absent\n" * 50
    told = score_text(tmp_path, text, code=2)
    assert "c.csv:3: is not CSV: dyspnoea begins with a quote that is not closed; close the quote" in told


def test_columns_of_other_kinds_from_files(tmp_path):
    source, output = tmp_path / "c.parquet", tmp_path / "o.parquet"
    odd = pa.table({"dyspnoea": [["present"], None, []], "smoking": ["present", None, "absent"]})
    pq.write_table(odd, source)
    assert run(source, "-o", output, "--network", "asia").exit_code == 0
    assert list(pd.read_parquet(output).status) == ["unreadable", "no findings", "unreadable"]
    pq.write_table(pa.table({"id": [[1], [2]], "dyspnoea": ["present", None]}), source)
    done = run(source, "-o", output, "--network", "asia")
    assert done.exit_code == 2 and "names no case" in done.output


def test_columns_of_other_kinds_from_frames(asia):
    table = pd.DataFrame(
        {
            "dyspnoea": [True, "present", None],
            "note": [1, "x", object()],
            "id": [1, "b", 2.5],
            "smoking": pd.Series([1, 2, None], dtype="Int64"),
        }
    )
    scored = score(engine("asia"), table)
    assert list(scored.status) == ["ok", "unreadable", "no findings"]
    assert list(scored.id) == ["1", "b", "2.5"]


def test_a_column_in_another_coding_is_told_briefly(als):
    table = pd.DataFrame({"babinski": [8, 9] * 2000, "age": ["60-69"] * 4000})
    faults = score(engine("als_mimics"), table).attrs["faults"]
    assert len(faults) == 1001 and faults[-1]["message"] == "and 3000 more here cannot be read"


def test_more_diagnoses_than_a_byte_counts():
    from dxnet import Estimate, Network
    from dxnet.knowledge.diagnosis import Diagnosis, Setting
    from dxnet.knowledge.network import Finding
    from dxnet.knowledge.table import ConditionalTable

    even = Estimate.parse(f"{1 / 150} ~ 10 @estimate")
    rows = {f"d{i}": Estimate.parse(f"{(i + 1) / 200} ~ 10 @estimate") for i in range(150)}
    net = Network(
        name="n",
        label="N",
        version="1",
        diagnosis={d: Diagnosis(label=d) for d in rows},
        settings={"s": Setting(label="S", prior=dict.fromkeys(rows, even))},
        findings={"f": Finding(label="F", given=ConditionalTable(parents=("diagnosis",), rows=rows))},
    )
    scored = score(Engine(net), pd.DataFrame({"f": ["present", "absent"]}))
    assert list(scored["first"]) == ["d149", "d0"] and list(scored["second"]) == ["d148", "d1"]


def test_soft_words_weigh_what_they_do_in_a_case(als):
    rows = [
        {"mri_cord_compression": "probable compression", "babinski": "possible", "hoffmann": None},
        {"mri_cord_compression": "compression", "babinski": "possible absent", "hoffmann": "present"},
        {"mri_cord_compression": "probable compression", "babinski": "possible", "hoffmann": "absent"},
        {"mri_cord_compression": None, "babinski": "present", "hoffmann": "absent"},
    ]
    answers = score(engine("als_mimics"), pd.DataFrame(rows))
    assert list(answers.status) == ["ok"] * 4
    for row, (_, answer) in zip(rows, answers.iterrows(), strict=True):
        case = Case({name: state for name, state in row.items() if state})
        single = engine("als_mimics").diagnose(case)
        assert [answer[f"p_{d}"] for d in als.diagnoses] == pytest.approx(single.post_test, abs=1e-12)
        assert answer.log_p_findings == pytest.approx(single.log_p_findings, abs=1e-12)


def test_a_soft_word_without_its_state_cannot_be_read(als):
    answers = score(
        engine("als_mimics"), pd.DataFrame({"mri_cord_compression": ["probable", "probable lump"]})
    )
    assert list(answers.status) == ["unreadable"] * 2
    assert [fault["index"] for fault in answers.attrs["faults"]] == [0, 1]


def test_columns_of_numbers_are_read_as_the_text_of_each(als):
    """Floats, integers and texts with units, of many values: limits, words, and odd ones among them."""
    rng = np.random.default_rng(1)
    ck = np.concatenate([rng.lognormal(5.5, 1.5, 200).round(1), [200.0, 1000.0, 0.0, 1.0, np.nan, -3.0, 1e9]])
    text = [None if np.isnan(x) else f"{x:g} U/L" for x in ck[:-3]] + ["850 U/L (<900)", "3 x ULN", "9 mg/L"]
    columns = {
        "ck": pa.array(ck, from_pandas=True),
        "age": pa.array([*range(-2, len(ck) - 2)]),
        "respiratory_fvc": pa.array([f"{x:.2f}%" for x in rng.uniform(20, 160, len(ck))]),
        "csf_protein": pa.array([f"{x:.3f} g/L" for x in rng.uniform(0, 3, len(ck))]),
        "babinski": pa.array(rng.integers(0, 2, len(ck))),
    }
    for table in (pa.table(columns), pa.table(columns | {"ck": pa.array(text)})):
        cells, faults = encode(als, table)
        problems = {(fault.row, fault.column): fault.message for fault in faults}
        for j, name in enumerate(cells.findings):
            for i, value in enumerate(table.column(name).to_pylist()):
                if value is None:
                    assert cells.states[i, j] == -1
                    continue
                entered = read_entered(als, name, as_text(value))
                if entered.state:
                    assert als.findings[name].states[cells.states[i, j]] == entered.state, (name, value)
                else:
                    assert problems.pop((i, name)) == f"{entered.problem}; {entered.fix}"
        assert not problems


def test_numbers_are_refused_where_words_are_chosen_by_somebody_else(als):
    answer = score(engine("als_mimics"), pd.DataFrame({"ck": [850.0, None]}), exact=True)
    assert list(answer.status) == ["unreadable", "no findings"]


def test_the_command_says_how_many_rows_have_no_finding(tmp_path):
    source = tmp_path / "c.csv"
    source.write_text("id,smoking,dyspnoea\na,present,\nb,,\nc,,\n")
    done = CliRunner().invoke(
        main, ["score", str(source), "-o", str(tmp_path / "o.parquet"), "--network", "asia"]
    )
    assert done.exit_code == 0, done.output
    assert "2 rows without a finding: only the pre-test probabilities" in done.stderr
    assert pd.read_parquet(tmp_path / "o.parquet").status.tolist() == ["ok", "no findings", "no findings"]


def test_a_cohort_of_which_no_row_can_be_read(tmp_path):
    done = score_text(tmp_path, "smoking\nmaybee\nperhapss\n", code=2)
    told = f"error: {tmp_path / 'c.csv'}: no row could be read; correct what o.parquet.errors.csv names"
    assert told in done
    assert [row[3] for row in errors_of(tmp_path / "o.parquet")] == ["column", "smoking", "smoking"]
    score_text(tmp_path, "smoking\nmaybee\npresent\n")
