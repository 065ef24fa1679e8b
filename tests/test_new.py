"""A new network: whole, sound, commented, and of use at once in the command line and the app."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import STARTER
from streamlit.testing.v1 import AppTest

from dxnet import check, load_network
from dxnet.cli import main
from dxnet.knowledge.network import DIAGNOSIS
from dxnet.knowledge.schema import network_schema

APP = Path(__file__).parents[1] / "app.py"


def run(*words, code=0):
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == code, result.output
    return result


@pytest.fixture
def made(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run("new", "coughs")
    return tmp_path / "coughs"


def test_it_is_sound_and_has_its_name(made):
    network = load_network(made)
    assert network.name == "coughs" and network.label == load_network(STARTER).label
    assert [str(issue) for issue in check(network) if issue.level != "info"] == []


def test_it_shows_each_part_of_the_format_once(made):
    network = load_network(made)
    assert len(network.diagnoses) == 2 and len(network.settings) == 1 and network.soft_words
    assert {finding.through for finding in network.findings.values()} == {None, *network.mechanisms}
    assert {finding.procedure for finding in network.findings.values()} == {"", *network.procedures}
    assert {finding.category for finding in network.findings.values()} == set(network.categories)
    assert all(finding.given.parents == (DIAGNOSIS,) for finding in network.findings.values())
    assert all(estimate.reason for _, estimate in network.estimates() if not estimate.is_published)


def test_editors_find_the_schema(made):
    assert json.loads((made / "network.schema.json").read_text()) == network_schema()
    for path in made.glob("*.yaml"):
        assert path.read_text().startswith("# yaml-language-server: $schema=network.schema.json\n")


def test_its_cases_are_ranked_rightly(made):
    told = json.loads(run("evaluate", made / "cases.csv", "--network", made, "--json").stdout)
    assert (told["n"], told["top1"]) == (3, 1)
    assert "Influenza" in run("diagnose", made / "cases.csv", "--network", made).stdout


def test_it_runs_in_the_app(made, monkeypatch):
    monkeypatch.setenv("DXNET_NETWORK", str(made))
    page = AppTest.from_file(str(APP), default_timeout=120).run()
    page.session_state["reasons"] = "All diagnoses"
    page.run()
    assert not page.exception
    assert set(page.table[0].value.Diagnosis) == {"Influenza", "Common cold"}


def test_nothing_is_overwritten(made):
    before = (made / "network.yaml").read_text()
    assert "coughs: is not empty; choose another with -o" in run("new", "coughs", code=2).stderr
    run("new", "other", "-o", "deep/er")
    assert (made / "network.yaml").read_text() == before and load_network(Path("deep/er")).name == "other"


@pytest.mark.parametrize("name", ["a-b", "", "../x", "1x", "default setting"])
def test_names_that_are_none(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "is no name for a network; use letters" in run("new", name, code=2).stderr
    assert not list(tmp_path.iterdir())


def test_the_name_of_a_shipped_network_is_none(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "als_mimics: is the name of a network that ships" in run("new", "als_mimics", code=2).stderr
    assert "ships with dxnet" in run("new", "lungs", "-o", "asia", code=2).stderr
    assert not list(tmp_path.iterdir())


def test_a_place_where_nothing_can_be_made(made):
    assert "error: " in run("new", "x", "-o", made / "cases.csv", code=2).stderr


def test_the_schema_on_standard_output_and_in_a_file(tmp_path):
    run("schema", "-o", tmp_path / "s.json")
    assert (
        json.loads(run("schema").stdout) == json.loads((tmp_path / "s.json").read_text()) == network_schema()
    )
