"""The command line as a whole: help, files, backends, interruption, and that no input makes it fall over."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import run
from conftest import CASE

from dxnet import diagnose, read_cases
from dxnet.errors import CaseError
from dxnet.knowledge.load import RESOURCES
from dxnet.words import percent, text_bar

HERE = {**os.environ, "PYTHONPATH": str(RESOURCES)}


def test_help_names_every_command():
    text = run("--help").stdout
    for command in ("check", "convert", "diagnose", "evaluate", "export", "report", "show"):
        (line,) = [line for line in text.splitlines() if line.split()[:1] == [command]]
        assert len(line.split()) > 3 and not line.endswith("...")
        assert run(command, "--help").stdout.startswith("Usage:")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--network", "asai"], "error: asai: is not a"),
        (
            ["--network", "asia", "--setting", "chest_clinc"],
            "error: asia: no setting 'chest_clinc'; did you mean chest_clinic?",
        ),
    ],
)
def test_bad_options(case, words, expected):
    for command in (["diagnose", case], ["evaluate", case]):
        assert run(*command, *words, code=2).stderr.startswith(expected)


@pytest.mark.parametrize("kind", ["phenopacket", "fhir", "json", "yaml"])
def test_convert_there_and_back(case, tmp_path, kind):
    there, back = tmp_path / ("a.yaml" if kind == "yaml" else "a.json"), tmp_path / "b.yaml"
    run("convert", case, "--to", kind, "-o", there, "--network", "asia")
    result = run("convert", there, "--to", "yaml", "-o", back, "--network", "asia")
    assert not result.stderr
    (again,) = read_cases(back)
    assert again.findings == CASE.findings and again.diagnosis == CASE.diagnosis
    answers = [json.loads(run("diagnose", it, "--network", "asia", "--json").stdout) for it in (there, back)]
    assert bool(answers[0].pop("coded", [])) == (kind in ("phenopacket", "fhir"))
    assert answers[0] == answers[1]


def test_convert_to_fhir_has_the_ranking(case, asia):
    result = run("convert", case, "--to", "fhir", "--network", "asia")
    assert "title: no place in this format" in result.stderr
    risk = json.loads(result.stdout)["entry"][-1]["resource"]
    assert risk["prediction"][0]["probabilityDecimal"] == max(diagnose(asia, CASE).post_test)
    assert asia.fingerprint in risk["method"]["text"]


def test_convert_writes_the_rest_of_a_procedure_as_normal(tmp_path):
    given, written = tmp_path / "given.yaml", tmp_path / "written.yaml"
    given.write_text("findings: {foot_drop: present, mri_cord_compression: contact_or_stenosis}")
    options = ("--rest-normal", "examination", "--rest-normal", "mri_spine")
    result = run("convert", given, "--to", "yaml", "-o", written, *options)
    (case,) = read_cases(written)
    assert case.findings["babinski"] == case.findings["mri_spinal_mass"] == "absent"
    assert case.findings["mri_cord_compression"] == "contact_or_stenosis"
    assert not {"leg_weakness", "dysarthria", "mri_infarct"} & case.findings.keys()
    assert "mri_spine: 6 findings entered as normal (mri_cord_lesion, " in result.stderr
    assert "examination: leg_weakness stays open: implied by “Foot drop”, which is entered" in result.stderr
    refused = run("convert", given, "--to", "yaml", "--rest-normal", "mri", code=2)
    assert "no procedure 'mri'; " in refused.stderr


def test_convert_refuses(case, table, tmp_path):
    assert "holds 2 cases" in run("convert", table, "--to", "json", "--network", "asia", code=2).stderr
    assert "unknown finding" in run("convert", case, "--to", "phenopacket", code=2).stderr
    result = run(
        "convert", case, "--to", "json", "-o", tmp_path / "no" / "a.json", "--network", "asia", code=2
    )
    assert "no such file or directory" in result.stderr


def test_a_pipe_gets_plain_text_and_clean_errors(case):
    """In a process of its own, where pgmpy is imported for the first time."""
    program = "from dxnet.cli import main; main()"
    command = [sys.executable, "-c", program, "diagnose", str(case), "--network", "asia"]
    result = subprocess.run(command, capture_output=True, cwd=RESOURCES, timeout=120, check=True)
    assert result.stderr == b""
    assert b"\x1b" not in result.stdout
    ascii_only = {"PYTHONIOENCODING": "ascii", "PATH": "/usr/bin"}
    result = subprocess.run(
        command, capture_output=True, cwd=RESOURCES, timeout=120, check=True, env=ascii_only
    )
    assert b"27.1 %" in result.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="pipes end otherwise there")
@pytest.mark.parametrize(
    "words",
    [["show", "smoking", "--network", "asia"], ["diagnose", "case.yaml", "--network", "asia", "--json"]],
)
def test_a_reader_who_has_enough_is_no_error(case, words):
    """As in ``dxnet show smoking | head -1``: by rich and by click."""
    command = [sys.executable, "-c", "from dxnet.cli import main; main()", *words]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=case.parent, env=HERE
    ) as process:
        process.stdout.close()
        assert (process.stderr.read(), process.wait(120)) == (b"", 141)


def test_bars():
    assert [text_bar(p, 4) for p in (0, 1e-9, 0.25, 0.5, 1)] == ["", "▏", "█", "██", "████"]


def test_percent_is_never_certain():
    assert [percent(p) for p in (0.0, 1e-9, 0.0009, 0.001, 0.5, 0.999, 0.9991, 1.0)] == [
        *("<0.1 %", "<0.1 %", "<0.1 %", "0.1 %", "50.0 %", "99.9 %", ">99.9 %", ">99.9 %")
    ]
    assert percent(0.5, 0) == "50 %" and percent(0.004, 0) == "<1 %" and percent(0.999, 0) == ">99 %"


def test_verify_prints_the_largest_difference_from_pgmpy(case):
    result = run("diagnose", case, "--network", "asia", "--verify", "--json")
    assert "verified with pgmpy: largest difference" in result.stderr and "in 1 case" in result.stderr
    assert float(result.stderr.split("difference ")[1].split()[0]) < 1e-9
    json.loads(result.stdout)


def test_verify_fails_where_an_engine_is_wrong(case, monkeypatch):
    from dxnet.inference.backends.numpy_backend import NumpyBackend

    right = NumpyBackend.ask
    monkeypatch.setattr(NumpyBackend, "ask", lambda self, seen: (right(self, seen)[0][::-1], 0.0))
    words = ("diagnose", case, "--network", "asia", "--backend", "numpy", "--verify")
    assert "largest difference" in run(*words, code=1).stderr


@pytest.mark.parametrize("backend", ["compiled", "numpy", "pgmpy"])
def test_every_backend_says_the_same(case, backend):
    first = json.loads(run("diagnose", case, "--network", "asia", "--json").stdout)
    other = json.loads(run("diagnose", case, "--network", "asia", "--backend", backend, "--json").stdout)
    for one, two in zip(first["ranking"], other["ranking"], strict=True):
        assert one["diagnosis"] == two["diagnosis"]
        assert one["post_test"] == pytest.approx(two["post_test"], abs=1e-9)


def test_an_interruption_has_a_code_of_its_own(case, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("dxnet.formats.cases.read.read_records", stop)
    assert run("diagnose", case, "--network", "asia", code=130).stderr == "\ninterrupted\n"


def test_files_of_one_name_are_told_apart(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for folder in ("p", "q"):
        Path(folder).mkdir()
        Path(folder, "y.yaml").write_text("findings:\n  smokng: present\n")
        Path(folder, "c.csv").write_text("dx,smoking\nflu,present\n")
        Path(folder, "r.json").write_text("{")
    fault = "unknown finding 'smokng'; did you mean smoking?"
    told = run("diagnose", "p/y.yaml", "q/y.yaml", "--network", "asia", code=2).stderr
    assert told.splitlines() == [f"error: p/y.yaml:2: {fault}", f"error: q/y.yaml:2: {fault}"]
    told = run("learn", "p/c.csv", "q/c.csv", "--truth", "dx", "--network", "asia", code=2).stderr
    assert [line.partition(": dx")[0] for line in told.splitlines()] == [
        "error: p/c.csv:2",
        "error: q/c.csv:2",
    ]
    assert run("replay", "p/r.json", code=2).stderr.startswith("error: p/r.json:1: ")
    assert run("read", "p/letter.txt", code=2).stderr.startswith("error: p/letter.txt: ")
    assert run("score", "p/c.pdf", "-o", "o.parquet", code=2).stderr.startswith("error: p/c.pdf: ")


BROKEN_BIF = """network x { }
variable a { type discrete [ 2 ] { x, y }; }
probability ( a ) { table 7, 0.3; }
variable b { type discrete [ 2 ] { x, y }; }
probability ( b | a ) { (x) 0.5, 0.5; (y) 0.5, 0.5; }
"""


def test_every_file_that_is_given_is_named_by_its_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("p").mkdir()
    Path("p/y.yaml").write_text("notes: x\nfindings: {smoking: present}\n")
    Path("p/twice.yaml").write_text("findings:\n  smoking: present\n  smoking: absent\n")
    Path("p/lacking.yaml").write_text("findings:\n  smokng: present\n")
    Path("p/codes.csv").write_text("system,code,finding,state\nSNOMED CT,366575004,nothing,present\n")
    Path("p/c.csv").write_text("smoking\npresent\n")
    Path("p/x.bif").write_text(BROKEN_BIF)
    asia = ("--network", "asia")
    assert run("report", "p/y.yaml", "-o", "x.html", *asia, code=2).stderr.startswith("error: p/y.yaml:1: ")
    told = run("report", "p/lacking.yaml", "-o", "x.html", *asia, code=2).stderr
    assert told.startswith("error: p/lacking.yaml:2: ")
    assert run("report", "p/twice.yaml", "-o", "x.html", *asia).stderr.startswith("warning: p/twice.yaml:3: ")
    assert "p/twice.yaml" not in Path("x.html").read_text()
    told = run("diagnose", "p/twice.yaml", "--codes", "p/codes.csv", *asia, code=2).stderr
    assert told.startswith("error: p/codes.csv:2: ")
    for words in (
        ("diagnose", "p/c.csv", "--network", "p/x.bif#a"),
        ("score", "p/c.csv", "-o", "o.parquet", "--network", "p/x.bif", "--target", "a"),
        ("export", "p/x.bif", "--format", "xdsl"),
        ("check", "p/x.bif"),
    ):
        assert run(*words, code=2).stderr.startswith("error: p/x.bif:3: "), words
    Path("p/x.bif").write_text(BROKEN_BIF.replace("7", "0.7004"))
    assert run("show", "b", "--network", "p/x.bif#a").stderr.startswith("warning: p/x.bif: 1 row sum")


def test_a_first_start_says_why_it_takes_long(case, monkeypatch, tmp_path):
    """The machine code is made where the cache does not hold it; here in no time, and it is no code."""
    from dxnet.inference.backends.compiled import calls

    def read(*_):
        calls._make_object_code()
        raise CaseError("enough")

    monkeypatch.setattr(calls, "_object_code", lambda: b"code")
    monkeypatch.setattr("dxnet.formats.cases.read.read_records", read)
    told = run("diagnose", case, "--network", "asia", code=2).stderr
    assert told == "First start: machine code is made, which takes about a minute\nerror: enough\n"
