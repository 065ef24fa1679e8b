"""Input of several files, rows and columns: by the same rules everywhere, its faults told at once."""

import pandas as pd
import pytest
from click.testing import CliRunner
from conftest import engine

from dxnet import score
from dxnet.cli import main
from dxnet.cohort.job import Job, score_file
from dxnet.errors import CaseError


def refusal(*words):
    """What a command says that refuses its input."""
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == 2, result.output
    return result.stderr


def test_columns_of_a_table_are_named_as_those_of_a_file(tmp_path):
    table = pd.DataFrame({"Arm weakness": ["present"], "BABINSKI": ["absent"], "id": ["a"], 7: [None]})
    named = table.rename(columns={"Arm weakness": "arm_weakness", "BABINSKI": "babinski"})
    expected = score(engine("als_mimics"), named)
    assert score(engine("als_mimics"), table).equals(expected)
    table.columns = table.columns.map(str)
    table.to_parquet(tmp_path / "t.parquet")
    job = Job(tmp_path / "t.parquet", tmp_path / "o.parquet", "als_mimics", "", "compiled")
    issues = [str(issue) for issue in score_file(job).issues]
    assert "warning: t.parquet: the column 'BABINSKI' is read as babinski; name it babinski" in issues
    assert pd.read_parquet(job.output).p_als.tolist() == expected.p_als.tolist()
    misspelt = named.rename(columns={"babinski": "babinsky"})
    with pytest.raises(CaseError, match="'babinsky' is no finding of als_mimics; did you mean babinski"):
        score(engine("als_mimics"), misspelt)
    named.assign(babinsky="present").drop(columns=["babinski", 7]).to_parquet(job.source)
    with pytest.raises(CaseError, match=r"t\.parquet: the column 'babinsky' is no finding"):
        score_file(job)


def test_the_faults_of_several_files_are_told_at_once(tmp_path):
    for name, text in {
        "a.yaml": "findings: {smoking: presnt}\n",
        "b.csv": "id,smoking\nx,present\ny,NA\n",
        "c.yaml": "setting: moon\nfindings: {smokin: present}\n",
    }.items():
        (tmp_path / name).write_text(text)
    paths = [tmp_path / name for name in ("a.yaml", "b.csv", "nosuch.yaml", "c.yaml")]
    known = ["smoking: unknown state 'presnt'", "smoking: 'NA' is no state", "unknown finding 'smokin'"]
    told = refusal("diagnose", *paths, "--network", "asia")
    assert [part in told for part in (*known, "nosuch.yaml: no such file")] == [True] * 4
    readable = [path for path in paths if path.exists()]
    for command in ("diagnose", "criteria"):
        told = refusal(command, *readable, "--network", "asia")
        assert [part in told for part in known] == [True] * 3, command
    assert "asia has no setting 'moon'" in refusal("diagnose", *readable, "--network", "asia")


def test_evaluate_tells_diagnoses_and_findings_at_once(tmp_path):
    text = "id,diagnosis,age,babinski\na,Alz,1962-05-01,present\nb,als,64,NA\nc,,64,presnt\n"
    (tmp_path / "t.csv").write_text(text)
    told = refusal("evaluate", tmp_path / "t.csv")
    for part in (
        "unknown diagnosis 'Alz'",
        "has no diagnosis",
        "age: '1962-05-01' is a date; write the age in years",
        "babinski: 'NA' is no state; not examined has none; leave its cell blank",
        "babinski: unknown state 'presnt'",
    ):
        assert part in told, part


def test_a_report_of_one_of_two_cases_with_one_id(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("id,smoking\na,present\na,absent\n")
    told = refusal("report", path, "--case", "a", "-o", tmp_path / "a.html", "--network", "asia")
    assert "holds 2 cases with the id 'a'; a report is of one; give each case its own id" in told
