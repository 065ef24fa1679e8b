"""Tables as REDCap and registries export them: names of cases, boxes, and what is left out of both."""

import csv

import pandas as pd
import pytest
from click.testing import CliRunner
from conftest import network

from dxnet import read_cases, score
from dxnet.cli import main
from dxnet.knowledge.entered import read_entered

ALS = network("als_mimics")
RECORDS = "record_id,babinski,site_id,clonus\np1,1,x,\np2,Checked,x,Unchecked\np3,0,y,1\n"


@pytest.mark.parametrize(
    "name", ["record_id", "patient_id", "PatientID", "Case Id", "subject", "ID of patient"]
)
def test_a_table_without_ids_is_told_which_column_may_have_them(name):
    issues = score(ALS, pd.DataFrame({name: ["a"], "babinski": ["present"]})).attrs["issues"]
    assert issues[0]["fix"].startswith("name it id if it says which case is which; ")
    with_ids = pd.DataFrame({name: ["a"], "babinski": ["present"], "id": ["1"]})
    assert "name it id" not in str(score(ALS, with_ids).attrs["issues"][0])


def test_other_columns_are_told_to_be_no_ids(tmp_path):
    (tmp_path / "c.csv").write_text(
        RECORDS.replace("Checked", "1").replace("Unchecked", "").replace("Un1", "")
    )
    first, *_ = read_cases(tmp_path / "c.csv", network=ALS)
    told = [issue.message for issue in first.issues if "name it id" in issue.fix]
    assert len(told) == 2 and "'record_id'" in told[0] and "'site_id'" in told[1]
    (tmp_path / "c.csv").write_text("babinski,covid,clonus\n1,2,1\n")
    assert not any(
        "name it id" in issue.fix for issue in read_cases(tmp_path / "c.csv", network=ALS)[0].issues
    )


@pytest.mark.parametrize("word", ["Checked", "Unchecked", "unticked"])
def test_a_box_is_neither_present_nor_absent(word):
    found = read_entered(ALS, "babinski", word)
    assert found.problem == f"{word!r} says how a box was left, not what was found"
    assert found.fix == "write one of absent, present, or nothing where it was not examined"


@pytest.mark.parametrize("kind", [".csv", ".parquet"])
def test_the_report_of_errors_has_the_ids(tmp_path, kind):
    table, out = tmp_path / f"c{kind}", tmp_path / "o.parquet"
    (tmp_path / "c.csv").write_text(RECORDS.replace("record_id", "id"))
    if kind == ".parquet":
        pd.read_csv(tmp_path / "c.csv", dtype=str).to_parquet(table)
    run = CliRunner().invoke(main, ["score", str(table), "-o", str(out)])
    assert run.exit_code == 0, run.output
    with (tmp_path / "o.parquet.errors.csv").open(newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["row", "line", "id", "column", "problem"]
    line = "3" if kind == ".csv" else ""
    assert [row[:4] for row in rows] == [["2", line, "p2", "babinski"], ["2", line, "p2", "clonus"]]
