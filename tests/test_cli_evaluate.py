"""`dxnet evaluate`: scores as text and as JSON, and scorecards compared."""

import json

import pytest
from command_line import run
from conftest import TABLE

from dxnet import read_cases
from dxnet.knowledge.load import RESOURCES


@pytest.fixture(scope="module")
def some_published(tmp_path_factory):
    """Every sixth of the published cases."""
    path = tmp_path_factory.mktemp("published") / "some.jsonl"
    lines = (RESOURCES / "data" / "cases" / "published.jsonl").read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(lines[::6]), encoding="utf-8")
    return path


def test_evaluate_as_text(table):
    text = run("evaluate", table, "--network", "asia").stdout
    (first,) = [line.split() for line in text.splitlines() if line.startswith("True diagnosis first")]
    assert "Setting: Patients of a chest clinic (chest_clinic)" in text
    assert " ".join(first[3:]) == "100.0 % 34.2 % to 100.0 % share of cases; more is better"
    assert "Scores of 2 cases" in text and "Too few cases for an AUC" in text
    assert "True diagnosis not ranked first: 0 of 2 cases" in text


def test_evaluate_as_json_and_compare(tmp_path, table):
    text = run("evaluate", table, "--network", "asia", "--json").stdout
    data = json.loads(text)
    keys = {"n", "top1", "top3", "top5", "mean_probability", "log_loss", "brier", "ece", "per_case"}
    more = {
        "measures",
        "reliability",
        "slope",
        "first_rank",
        "fit",
        "discrimination",
        "decisions",
        "compared",
    }
    assert set(data) == keys | more | {"network", "version", "fingerprint", "setting", "stage"}
    assert data["n"] == 2 and data["stage"] == "post" and len(data["per_case"]) == 2
    (tmp_path / "card.json").write_text(text)
    compare = ["evaluate", table, "--network", "asia", "--compare", tmp_path / "card.json"]
    assert "+0.000  +0.000 to +0.000  no difference" in run(*compare).stdout
    compared = json.loads(run(*compare, "--json").stdout)["compared"][str(tmp_path / "card.json")]
    assert compared["n"] == 2 and compared["top1"] == {"mean": 0, "low": 0, "high": 0}
    table.write_text(TABLE.replace("\nb,", "\nc,"))
    assert "only in the first scorecard" in run(*compare, code=2).stderr


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"n": 1}', "\x00"])
def test_what_is_no_scorecard(tmp_path, table, content):
    (tmp_path / "card.json").write_text(content)
    result = run("evaluate", table, "--network", "asia", "--compare", tmp_path / "card.json", code=2)
    assert result.stderr.startswith("error: ") and len(result.stderr.splitlines()) == 1


def test_evaluate_needs_diagnoses(tmp_path, table):
    table.write_text("id,diagnosis,smoking\na,,present\nb,lung,present\n")
    lines = run("evaluate", table, "--network", "asia", code=2).stderr.splitlines()
    assert lines[0] == f"error: {table}:2: a: has no diagnosis; add its true 'diagnosis'"
    assert lines[1].startswith(f"error: {table}:3: b: unknown diagnosis 'lung'; known are")


@pytest.mark.slow
def test_stages_of_the_shipped_cases(some_published):
    path = some_published
    pre, post = (
        json.loads(run("evaluate", path, "--setting", "flat", "--stage", stage, "--json").stdout)
        for stage in ("pre", "post")
    )
    assert pre["n"] == post["n"] == len(read_cases(path))
    assert post["log_loss"] < pre["log_loss"]
    run("evaluate", path, "--stage", "both", code=2)


@pytest.mark.slow
@pytest.mark.parametrize(("option", "value"), [("--stage", "pre"), ("--setting", "flat")])
def test_only_like_is_compared_with_like(tmp_path, some_published, option, value):
    earlier = tmp_path / "earlier.json"
    earlier.write_text(run("evaluate", some_published, "--json").stdout, encoding="utf-8")
    result = run("evaluate", some_published, option, value, "--compare", str(earlier), code=2)
    assert "error" in result.stderr and "score both with the same" in result.stderr
