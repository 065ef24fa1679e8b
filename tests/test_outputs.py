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
    Path("own/inside.csv").write_text("finding\n")
    Path("own/network.yaml").write_text(text.replace("references:", "evidence: inside.csv\nreferences:"))
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
        ("simulate own -n 3 -o own/inside.csv", "own/inside.csv"),
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
        "simulate asia -n 3 -o own/inside.csv",
        "schema -o own/network.yaml",
        "schema -o own/more/new.yml",
        "read letter.txt --network asia -o own/case.yaml",
        "convert case.yaml --network asia --to yaml -o own/case.yaml",
    ],
)
def test_a_network_is_neither_changed_nor_added_to(here, words):
    before = contents(here)
    told = run(*words.split(), code=2).stderr
    assert told.startswith("error: own") and " network" in told
    assert contents(here) == before


@pytest.mark.parametrize(
    "words",
    [
        "card . -o card.md",
        "schema -o network.schema.json",
        "simulate . -n 3 --draw-numbers -o cases.csv",
        "score ../cohort.csv --network . -o scored.parquet",
    ],
)
def test_other_files_in_the_directory_of_a_network_are_renewed(here, monkeypatch, words):
    monkeypatch.chdir("own")
    for path in ("card.md", "network.schema.json", "cases.csv", "cases.csv.numbers.csv", "scored.parquet"):
        Path(path).write_text("old")
    fingerprint = load_network(Path()).fingerprint
    run(*words.split())
    assert not any(path.read_bytes() == b"old" for path in Path().glob(f"{words.split()[-1]}*"))
    assert load_network(Path()).fingerprint == fingerprint


def test_an_interrupted_run_is_resumed_in_the_directory_of_a_network(here, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.chdir("own")
    words = ["score", "../cohort.csv", "-o", "scored.parquet", "--network", "."]
    with monkeypatch.context() as during:
        during.setattr("dxnet.cohort.job._join_parts", interrupted)
        assert run(*words, code=130).stderr.endswith("continue with --resume\n")
    run(*words, "--resume")
    assert Path("scored.parquet").is_file() and not Path("scored.parquet.parts").exists()


@pytest.mark.parametrize("is_absolute", [False, True])
def test_a_table_of_the_network_around_is_no_output(here, is_absolute):
    text = Path("own/network.yaml").read_text()
    Path("own/network.yaml").write_text(
        text.replace("inside.csv", str(here / "own" / "inside.csv") if is_absolute else "inside.csv")
    )
    told = run("simulate", "asia", "-n", 2, "-o", "own/inside.csv", code=2).stderr
    assert told == (
        "error: own/inside.csv: cannot be written, as the network own is read from it; give a file outside "
        "of that network\n"
    )
    assert Path("own/inside.csv").read_text() == "finding\n"


@pytest.mark.parametrize("broken", [b"name: [", b"name: \xe9\n"])
def test_no_file_of_a_network_that_cannot_be_read_is_lost(here, broken):
    Path("own/more.yaml").write_bytes(broken)
    told = run("simulate", "asia", "-n", 2, "-o", "own/inside.csv", code=2).stderr
    assert "it may be part of the network own, which cannot be read" in told
    assert Path("own/inside.csv").read_text() == "finding\n"
    run("simulate", "asia", "-n", 2, "-o", "own/new.csv")


@pytest.mark.parametrize(
    ("text", "is_network"),
    [
        ("network: {version: 2}\n", False),
        ("network:\n  diagnosis: none\n# diagnosis:\n", False),
        ("name: own\ndiagnosis:\n  a: {label: A}\n", True),
        ("\ufeff'diagnosis' :\r\n  a: {label: A}\r\n", True),
        ("name: [\ndiagnosis:\n", True),
    ],
)
def test_a_network_yaml_of_another_program_makes_no_network(here, monkeypatch, text, is_network):
    Path("plan/cases").mkdir(parents=True)
    Path("plan/network.yaml").write_text(text, encoding="utf-8", newline="")
    monkeypatch.chdir("plan/cases")
    code = 2 if is_network else 0
    run("convert", "../../case.yaml", "--network", "asia", "--to", "yaml", "-o", "case.yaml", code=code)
    run("new", "mine", code=code)
    assert Path("case.yaml").exists() is Path("mine").exists() is not is_network


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
