"""Commands on a network: what they print, and which network a name stands for."""

import json
import shutil
import sys
from pathlib import Path

import pytest
from command_line import run
from conftest import TABLE

from dxnet import check
from dxnet.errors import Issue
from dxnet.knowledge.load import RESOURCES
from dxnet.words import percent


def test_check_counts_and_exit_code(monkeypatch, asia):
    clean = run("check", "asia").stdout.splitlines()
    assert clean[1] == "errors: 0, warnings: 0, notes: 1"
    assert clean[2:] == [str(issue) for issue in check(asia)]
    found = [
        Issue("info", "x:3", "share"),
        Issue("warning", "x:2", "odd", "mend"),
        Issue("error", "x:1", "bad"),
    ]
    for count, code in ((1, 0), (2, 1), (3, 1)):
        monkeypatch.setattr(sys.modules["dxnet.review.check"], "check", lambda _, n=count: found[:n])
        lines = run("check", "asia", code=code).stdout.splitlines()
        assert len(lines) == 2 + count
    assert lines[1:] == ["errors: 1, warnings: 1, notes: 1", *map(str, found)]


def test_check_of_what_cannot_be_loaded(tmp_path):
    (tmp_path / "network.yaml").write_text("name: x\nlabel: no\nfindings: {a: 3}\n")
    result = run("check", tmp_path, code=2)
    assert all(line.startswith("error: ") for line in result.stderr.splitlines()) and result.stdout == ""


@pytest.fixture
def odd(tmp_path, monkeypatch):
    """The directory of a network with a warning and two errors, below the current one."""
    shutil.copytree(RESOURCES / "networks" / "asia", tmp_path / "nets" / "odd")
    path = tmp_path / "nets" / "odd" / "network.yaml"
    text = path.read_text().replace("references: ", "evidence: ../100%/evidence.csv\nreferences: ", 1)
    path.write_text(text.replace("0.5 ~ 100 @lauritzen1988", "0.5 ~ 100 @estimate"))
    (tmp_path / "nets" / "100%").mkdir()
    (tmp_path / "nets" / "100%" / "evidence.csv").write_text(
        "finding,diagnosis,state,p,use\nsmoking,lung_cancer,present,50%,adopted\n"
    )
    monkeypatch.chdir(tmp_path)
    return "nets/odd"


def test_check_annotates_lines_for_github(odd):
    lines = run("check", odd, "--format", "github", code=1).stdout.splitlines()
    line = 1 + Path(odd, "network.yaml").read_text().splitlines().index(
        "    probability: 0.5 ~ 100 @estimate"
    )
    place = f"file=nets/odd/network.yaml,line={line}"
    assert lines[1] == "errors: 2, warnings: 1, notes: 0"
    assert (
        f"::error {place}::smoking.default: an @estimate of weight 100; lower it to 50 or cite a source"
        in lines
    )
    assert (
        f"::warning {place}::smoking.default: an @estimate without a reason; add '# why' behind it" in lines
    )
    (figure,) = [line for line in lines if "evidence" in line]
    assert figure.startswith(
        "::error file=nets/100%25/evidence.csv,line=2::p is '50%25'; write a probability"
    )
    assert run("check", "als_mimics", "--format", "github").stdout.count("::notice file=") == 10


def test_check_as_json(odd):
    told = json.loads(run("check", odd, "--format", "json", code=1).stdout)
    assert (told["network"], told["counts"]) == ("asia", {"errors": 2, "warnings": 1, "notes": 0})
    assert {(i["level"], i["file"]) for i in told["issues"]} == {
        ("error", "nets/odd/network.yaml"),
        ("error", "nets/100%/evidence.csv"),
        ("warning", "nets/odd/network.yaml"),
    }
    assert all(i["message"] and i["fix"] and i["line"] > 1 for i in told["issues"])


def test_check_of_what_cannot_be_read_in_every_format(odd):
    path = Path(odd, "network.yaml")
    path.write_text(path.read_text().replace("label: Smoker", "lable: Smoker"))
    lines = run("check", odd, "--format", "github", code=2).stdout.splitlines()
    assert any("line=" in line and "unknown key; did you mean label?" in line for line in lines)
    told = json.loads(run("check", odd, "--format", "json", code=2).stdout)
    assert (told["network"], told["fingerprint"], told["counts"]["errors"]) == ("nets/odd", None, 2)
    missing = json.loads(run("check", "nets/none", "--format", "json", code=2).stdout)
    assert (missing["issues"][0]["file"], missing["issues"][0]["line"]) == (None, None)


def test_export_reads_back_in_pgmpy(tmp_path):
    from pgmpy.readwrite import BIFReader

    result = run("export", "asia", "--format", "bif")
    assert result.stdout.count("variable ") == 7
    run("export", "asia", "--format", "bif", "--output", tmp_path / "a.bif")
    assert (tmp_path / "a.bif").read_text() == result.stdout
    model = BIFReader(tmp_path / "a.bif").get_model()
    assert model.get_cpds("smoking").values.tolist() == [0.5, 0.5]
    assert run("export", "asia", "--format", "xdsl").stdout.startswith("<?xml")


def test_export_refuses(tmp_path):
    run("export", "asia", "--format", "hugin", code=2)
    assert "no setting 'x'" in run("export", "asia", "--format", "bif", "--setting", "x", code=2).stderr
    result = run("export", "asia", "--format", "bif", "--output", tmp_path / "no" / "a.bif", code=2)
    assert "no such file or directory" in result.stderr


def test_show_a_finding():
    text = run("show", "xray_abnormal", "--network", "asia").stdout
    assert "Abnormal chest X-ray (xray_abnormal), finding of" in text
    assert "States: absent, present" in text
    row = next(line for line in text.splitlines() if line.startswith("no_lung_cancer, absent"))
    assert "5.0 %" in row and " 100 " in row and "@lauritzen1988" in row and "asia/network.yaml:57" in row
    assert "@lauritzen1988: Lauritzen SL; Spiegelhalter DJ. 1988. Local computations" in text


def test_show_a_finding_with_all_that_it_has(als):
    text = run("show", "babinski").stdout
    finding = als.findings["babinski"]
    assert f"HPO: {finding.hpo}" in text
    assert f"({finding.through})" in text
    assert f"{als.procedures[finding.procedure].label} ({finding.procedure})" in text
    row = next(line for line in text.splitlines() if line.startswith("als "))
    estimate = finding.given.lookup(("als",))
    assert percent(estimate.mean[1]) in row and f"@{estimate.sources[0]}" in row and estimate.reason in row
    for key in {key for e in finding.given.rows.values() for key in e.sources if key != "estimate"}:
        assert f"@{key}: {als.references[key]}" in text


@pytest.mark.slow
def test_show_every_name(als):
    """Many states, gates, any-of, incidental causes, mechanisms: nothing falls over."""
    from dxnet.report.content.variable import variable_parts
    from dxnet.report.parts import Table
    from dxnet.report.render.terminal import Page

    for name in als.nodes:
        parts = list(variable_parts(als, name))
        Page().show(parts)
        (table,) = [part for part in parts if isinstance(part, Table)]
        assert all(len(row) == len(table.columns) for row in table.rows)
        assert bool(table.rows) == any(place.startswith(f"{name}.") for place, _ in als.estimates())


def test_show_a_diagnosis(als):
    text = run("show", "als", "--top", 5).stdout
    diagnosis = als.diagnosis["als"]
    assert f"{diagnosis.label} (als), diagnosis of" in text
    assert f"ORPHA {diagnosis.orpha}" in text and f"Group: {diagnosis.group}" in text
    for setting in als.settings:
        assert any(line.startswith(f"{setting} ") for line in text.splitlines())
    rows = text.partition("\nFinding ")[2].splitlines()
    findings = [line.split()[0] for line in rows[2:7]]
    assert len(set(findings) & set(als.findings)) == 5


def test_show_a_diagnosis_gives_the_probabilities_of_the_network():
    """P(smoker | lung cancer) is 0.1 / 0.11; its mean with 0.9 / 1.89, that of no lung cancer, is 0.693."""
    text = run("show", "lung_cancer", "--network", "asia").stdout
    rows = text.partition("\nFinding ")[2].splitlines()[2:6]
    assert [row.split()[0] for row in rows] == ["xray_abnormal", "smoking", "dyspnoea", "visit_to_asia"]
    assert rows[1].split()[1:] == ["present", "90.9", "%", "69.3", "%"]


def test_show_an_unknown_name():
    assert "did you mean babinski?" in run("show", "babinsky", code=2).stderr
    assert "did you mean als?" in run("show", "alss", code=2).stderr


def test_a_folder_with_the_name_of_a_shipped_network(case, asia, monkeypatch):
    monkeypatch.chdir(case.parent)
    shutil.copytree(RESOURCES / "networks" / "asia", "asia")
    network = Path("asia/network.yaml")
    network.write_text(network.read_text().replace("version: 1.0.0", "version: 9.0.0"))
    told = "warning: asia: the network that ships with dxnet is used, not the folder of this name; write "
    Path("cohort.csv").write_text(TABLE)
    for words in (["diagnose", case, "--network"], ["score", "cohort.csv", "-o", "o.parquet", "--network"]):
        result = run(*words, "asia")
        assert result.stderr.count(f"{told}./asia for the folder\n") == 1
    assert asia.fingerprint in run("diagnose", case, "--network", "asia").stdout
    own = run("diagnose", case, "--network", "./asia")
    assert "asia 9.0.0" in own.stdout and not own.stderr


def test_what_is_wrong_with_a_network_is_found_from_here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(RESOURCES / "networks" / "asia", "nets/own")
    network = Path("nets/own/network.yaml")
    text = network.read_text()
    network.write_text(text.replace("0.5 ~ 100 @lauritzen1988", "0.5 ~ 100 @estimate"))
    line = text[: text.index("0.5 ~ 100 @lau")].count("\n") + 1
    assert f": nets/own/network.yaml:{line}: " in run("check", "nets/own", code=1).stdout
    network.write_text(text.replace("@lauritzen1988", "@nobody", 1))
    line = text[: text.index("@lauritzen1988")].count("\n") + 1
    assert run("check", "nets/own", code=2).stderr.startswith(f"error: nets/own/network.yaml:{line}: ")
    network.write_text("name: [\n")
    assert run("check", "nets/own", code=2).stderr.startswith("error: nets/own/network.yaml:")
    monkeypatch.chdir("nets/own")
    assert run("check", ".", code=2).stderr.startswith("error: network.yaml:")
