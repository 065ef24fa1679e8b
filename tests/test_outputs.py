"""What a command writes never takes the place of what the user has written, nor of a network."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from dxnet import load_network, simulate
from dxnet.cli import main
from dxnet.knowledge.load import RESOURCES

CASE = "id: a\nfindings:\n  smoking: present\n"
LETTER = "Plantars upgoing."


def run(*words, code=0):
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == code, result.output
    return result


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A case, a cohort, a letter, a file of another program, and an own network with tables beside it."""
    monkeypatch.chdir(tmp_path)
    Path("case.yaml").write_text(CASE)
    Path("codes.csv").write_text("system,code,finding,state\nx,1,smoking,present\n")
    Path("letter.txt").write_text(LETTER)
    Path("link.yaml").symlink_to("case.yaml")
    simulate(load_network("asia"), 3).to_csv("cohort.csv", index=False)
    shutil.copy("cohort.csv", "o.parquet.errors.csv")
    shutil.copy("cohort.csv", "cohort.csv.numbers.csv")
    run("export", "asia", "--format", "bif", "-o", "x.bif")
    shutil.copytree(RESOURCES / "networks" / "asia", "own")
    text = (
        Path("own/network.yaml").read_text().replace("references: references.csv", "references: ../refs.csv")
    )
    Path("own/network.yaml").write_text(text)
    Path("own/references.csv").rename("refs.csv")
    Path("own/cohort.csv").write_text(Path("cohort.csv").read_text())
    return tmp_path


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("words", "lost"),
    [
        ("diagnose case.yaml --network asia --record case.yaml", "case.yaml"),
        ("diagnose case.yaml --network asia --record link.yaml", "link.yaml"),
        ("diagnose case.yaml --network asia --codes codes.csv --record codes.csv", "codes.csv"),
        ("diagnose case.yaml --network own --record refs.csv", "refs.csv"),
        ("diagnose case.yaml --network own --record own/network.yaml", "own/network.yaml"),
        ("convert case.yaml --network asia --to fhir -o ./case.yaml", "case.yaml"),
        ("export x.bif#either --format net -o x.bif", "x.bif"),
        ("card x.bif --target either -o x.bif", "x.bif"),
        ("evaluate cohort.csv --network asia --report cohort.csv", "cohort.csv"),
        ("score cohort.csv --network asia -o cohort.csv", "cohort.csv"),
        ("score o.parquet.errors.csv --network asia -o o.parquet", "o.parquet.errors.csv"),
        ("read letter.txt --network asia -o letter.txt", "letter.txt"),
    ],
)
def test_an_input_is_never_an_output(here, words, lost):
    before = contents(here)
    told = run(*words.split(), code=2).stderr
    assert told == f"error: {lost}: cannot be written, as it is an input; give another file\n"
    assert contents(here) == before


@pytest.mark.parametrize(
    "words",
    [
        "simulate own -n 3 -o own/cohort.csv",
        "simulate asia -n 3 -o own/cohort.csv",
        "schema -o own/network.yaml",
        "schema -o own/more/new.yml",
        "card own -o own/cohort.csv",
        "read letter.txt --network asia -o own/case.yaml",
        "convert case.yaml --network asia --to yaml -o own/case.yaml",
    ],
)
def test_a_network_is_neither_changed_nor_added_to(here, words):
    before = contents(here)
    told = run(*words.split(), code=2).stderr
    assert told.startswith("error: own") and " network" in told
    assert contents(here) == before


def test_other_files_may_go_into_the_directory_of_a_network(here):
    run("card", "own", "-o", "own/card.md")
    assert (
        "is there already, in the directory of the network own"
        in run("card", "own", "-o", "own/card.md", code=2).stderr
    )
    assert load_network(here / "own").fingerprint


@pytest.mark.parametrize(
    "words",
    [
        "new inner -o own/inner",
        "import x.bif --target either -o own/inner",
        "learn cohort.csv --truth diagnosis --network own -o own/inner",
    ],
)
def test_no_network_is_made_inside_another(here, words):
    told = run(*words.split(), code=2).stderr
    assert "lies in the network own, which would read its files as its own" in told
    assert not Path("own/inner").exists()


def test_a_case_file_with_corrections_stays(here):
    run("read", "letter.txt", "-o", "new.yaml")
    Path("new.yaml").write_text(CASE)
    told = run("read", "letter.txt", "-o", "new.yaml", code=2).stderr
    assert told == (
        "error: new.yaml: is there already, perhaps with what was corrected in it; give another file, or "
        "delete this one first\n"
    )
    assert Path("new.yaml").read_text() == CASE


def test_what_is_no_input_is_replaced(here):
    Path("out.json").write_text("old")
    run("diagnose", "case.yaml", "--network", "own", "--record", "out.json")
    run("simulate", "own", "-n", 2, "--draw-numbers", "-o", "cohort.csv")
    assert "old" not in Path("out.json").read_text() and len(Path("cohort.csv").read_text().split()) == 3
