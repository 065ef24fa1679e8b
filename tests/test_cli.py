"""The command line: what it prints, what it returns, and that no input makes it fall over."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest
from click.testing import CliRunner

from dxnet import Case, check, diagnose, read_cases
from dxnet.cli import main
from dxnet.errors import CaseError, Issue
from dxnet.formats.cases.read import write_case
from dxnet.inference.differential import INTENDED_USE
from dxnet.knowledge.load import RESOURCES
from dxnet.reasoning.fit import fit
from dxnet.words import percent, text_bar

CASE = Case(
    {"smoking": "present", "xray_abnormal": {"present": 0.8, "absent": 0.2}},
    id="p1",
    diagnosis="lung_cancer",
    about={"title": "A [bold]smoker[/bold]"},
)
HERE = {**os.environ, "PYTHONPATH": str(RESOURCES)}
TABLE = "id,diagnosis,smoking,xray_abnormal\na,lung_cancer,present,present\nb,no_lung_cancer,,absent\n"


def run(*words, code=0):
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == code, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert "Traceback" not in result.output
    return result


@pytest.fixture
def case(tmp_path):
    write_case(CASE, tmp_path / "case.yaml")
    return tmp_path / "case.yaml"


@pytest.fixture(scope="module")
def some_published(tmp_path_factory):
    """Every sixth of the published cases."""
    path = tmp_path_factory.mktemp("published") / "some.jsonl"
    lines = (RESOURCES / "data" / "cases" / "published.jsonl").read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(lines[::6]), encoding="utf-8")
    return path


@pytest.fixture
def table(tmp_path):
    (tmp_path / "cases.csv").write_text(TABLE)
    return tmp_path / "cases.csv"


def test_help_names_every_command():
    text = run("--help").stdout
    for command in ("check", "convert", "diagnose", "evaluate", "export", "report", "show"):
        (line,) = [line for line in text.splitlines() if line.split()[:1] == [command]]
        assert len(line.split()) > 3 and not line.endswith("...")
        assert run(command, "--help").stdout.startswith("Usage:")


def test_diagnose_prints_all_that_the_answer_rests_on(case, asia):
    lines = run("diagnose", case, "--network", "asia").stdout.splitlines()
    assert lines[0] == "Case: p1, A [bold]smoker[/bold]"
    assert lines[1] == f"Network: Chest clinic (Asia) (asia 1.0.0, fingerprint {asia.fingerprint})"
    assert lines[2] == "Setting: Patients of a chest clinic (chest_clinic)"
    assert lines[3] == INTENDED_USE
    assert lines[4] == "Findings: 2 entered, 2 not examined"
    answer = diagnose(asia, CASE)
    second = next(line for line in lines if line.split()[:1] == ["2"])
    p = answer.probability("lung_cancer")
    assert "Lung cancer" in second and "5.5 %" in second
    assert percent(p) in second and text_bar(p, 12) in second
    assert lines[-1] == f"log P(findings): {answer.log_p_findings:.2f} (natural logarithm)"


def test_top_limits_the_ranking_and_says_so(case):
    text = run("diagnose", case, "--network", "asia", "--top", 1).stdout
    assert "Lung cancer" not in text.replace("No lung cancer", "")
    assert "Below these: 1 more, together 27.1 %" in text
    run("diagnose", case, "--network", "asia", "--top", 0, code=2)


def test_treatable_diagnoses_and_small_probabilities_are_marked(tmp_path):
    (tmp_path / "c.yaml").write_text("findings:\n  dysarthria: present\n  tongue_atrophy: present\n")
    text = run("diagnose", tmp_path / "c.yaml", "--top", 28).stdout
    assert "Adults referred with suspected motor neuron disease (suspected_mnd_referral)" in text
    mg = next(line for line in text.splitlines() if "Myasthenia gravis" in line)
    assert "Treatable" in text and mg.split()[4:6] == ["junction", "yes"]
    assert "<0.1 %" in text and " 0.0 %" not in text and "100.0 %" not in text
    flat = run("diagnose", tmp_path / "c.yaml", "--setting", "flat").stdout
    assert flat.splitlines()[8:] != text.splitlines()[8:] and "(flat)" in flat


def test_a_saved_case_keeps_its_setting(tmp_path):
    path, other = tmp_path / "c.yaml", tmp_path / "d.yaml"
    other.write_text("findings:\n  dysarthria: present\n")
    path.write_text(f"setting: flat\n{other.read_text()}")
    kept = json.loads(run("diagnose", path, other, "--json").stdout)
    assert [answer["setting"] for answer in kept] == ["flat", "suspected_mnd_referral"]
    assert not kept[0]["warnings"]
    asked = json.loads(run("diagnose", path, "--json", "--setting", "general_neurology_clinic").stdout)
    assert asked["setting"] == "general_neurology_clinic"
    assert asked["warnings"] == [
        f"info: {path}:1: it was saved with the setting flat; it is answered in general_neurology_clinic, "
        "as --setting says"
    ]
    assert json.loads(run("diagnose", path, "--json", "--setting", "flat").stdout) == kept[0]
    path.write_text(f"setting: flatt\n{other.read_text()}")
    wanted = f"error: {path}:1: als_mimics has no setting 'flatt'; did you mean flat?; or give --setting\n"
    assert run("diagnose", path, code=2).stderr == wanted


def test_a_record_is_of_one_setting(tmp_path):
    path, other = tmp_path / "c.yaml", tmp_path / "d.yaml"
    other.write_text("findings:\n  dysarthria: present\n")
    path.write_text(f"setting: flat\n{other.read_text()}")
    text = run("diagnose", path, other, "--record", tmp_path / "r.json", code=2).stderr
    assert "saved with several settings: flat, suspected_mnd_referral; give --setting" in text


def test_diagnose_as_json_is_the_differential(case, table, asia):
    result = run("diagnose", case, "--network", "asia", "--json")
    found = json.loads(result.stdout)
    place, match, trust = (found.pop(key) for key in ("localisation", "fit", "as_sure"))
    assert found == diagnose(asia, CASE).to_dict()
    assert place is trust is None and match == {**asdict(fit(asia, CASE)), "is_surprising": False}
    assert result.stderr == ""
    several = json.loads(run("diagnose", case, table, "--network", "asia", "--json").stdout)
    assert [answer["case"] for answer in several] == ["p1", "a", "b"]


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_warnings_are_part_of_the_answer_once_and_do_not_fail(tmp_path, options):
    path = tmp_path / "c.yaml"
    path.write_text("findings:\n  smoking: present\n  smoking: absent\n")
    result = run("diagnose", path, "--network", "asia", *options)
    assert result.stderr == ""
    warning = f"warning: {path}:3: smoking is given as present"
    assert result.stdout.count(warning) == 1
    if options:
        answer = json.loads(result.stdout)
        assert answer["findings"] == {} and answer["warnings"][0].startswith(warning)


BAD_CASES = {
    "empty.yaml": b"",
    "text.yaml": b"smoking",
    "anchors.yaml": b"a: &a [x]\nfindings: *a\n",
    "keys.yaml": b"findins: {}\n",
    "unknown.yaml": b"findings: {smokng: present}\n",
    "state.yaml": b"findings: {smoking: presnt}\n",
    "norway.yaml": b"findings: {smoking: norway}\n",
    "minus.yaml": b"findings: {smoking: {present: -1}}\n",
    "zero.yaml": b"findings: {smoking: {present: 0}}\n",
    "word.yaml": b"findings: {smoking: {present: likely}}\n",
    "nan.yaml": b"findings: {smoking: {present: .nan}}\n",
    "list.yaml": b"findings: [smoking]\n",
    "utf16.yaml": "findings: {}\n".encode("utf-16"),
    "binary.yaml": b"\x00\xff" * 100,
    "huge.yaml": b" " * 6_000_000,
    "list.json": b"[1, 2]",
    "cut.json": b'{"findings": {',
    "bool.json": b'{"findings": {"smoking": [true]}}',
    "number.json": b'{"findings": {"smoking": 12}}',
    "deep.json": b"[" * 50_000,
    "line.jsonl": b'{"findings": {}}\nnonsense\n',
    "column.csv": b"id,smokng\na,present\n",
    "cell.csv": b"id,smoking\na,presnt\n",
    "ragged.csv": b"id,smoking\na\n",
    "empty.csv": b"",
    "suffix.xls": b"x",
}


@pytest.mark.parametrize("name", BAD_CASES)
def test_bad_cases_are_told_in_words(tmp_path, name):
    (tmp_path / name).write_bytes(BAD_CASES[name])
    result = run("diagnose", tmp_path / name, "--network", "asia", code=2)
    assert result.stdout == ""
    for line in result.stderr.splitlines():
        assert line.startswith(f"error: {tmp_path / name}:") and "; " in line


def test_misspelt_names_are_mended_and_all_files_are_reported(tmp_path):
    for name in ("unknown.yaml", "cell.csv", "list.json"):
        (tmp_path / name).write_bytes(BAD_CASES[name])
    paths = [tmp_path / "unknown.yaml", tmp_path / "cell.csv"]
    lines = run("diagnose", *paths, "--network", "asia", code=2).stderr.splitlines()
    assert lines == [
        f"error: {paths[0]}:1: unknown finding 'smokng'; did you mean smoking?",
        f"error: {paths[1]}:2: smoking: unknown state 'presnt'; did you mean present?",
    ]
    lines = run("diagnose", tmp_path / "list.json", tmp_path / "none.yaml", "--network", "asia", code=2)
    assert len(lines.stderr.splitlines()) == 2


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


def test_impossible_findings_are_named_with_their_case(tmp_path, impossible):
    (tmp_path / "c.csv").write_text("id,cough,any_symptom\np1,present,present\np2,present,absent\n")
    result = run("diagnose", tmp_path / "c.csv", "--network", impossible, code=2)
    assert result.stderr.startswith("error: p2: cough, any_symptom: these findings cannot occur together")


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


def test_convert_refuses(case, table, tmp_path):
    assert "holds 2 cases" in run("convert", table, "--to", "json", "--network", "asia", code=2).stderr
    assert "unknown finding" in run("convert", case, "--to", "phenopacket", code=2).stderr
    result = run(
        "convert", case, "--to", "json", "-o", tmp_path / "no" / "a.json", "--network", "asia", code=2
    )
    assert "no such file or directory" in result.stderr


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


@pytest.mark.slow
@pytest.mark.parametrize(("option", "value"), [("--stage", "pre"), ("--setting", "flat")])
def test_only_like_is_compared_with_like(tmp_path, some_published, option, value):
    earlier = tmp_path / "earlier.json"
    earlier.write_text(run("evaluate", some_published, "--json").stdout, encoding="utf-8")
    result = run("evaluate", some_published, option, value, "--compare", str(earlier), code=2)
    assert "error" in result.stderr and "score both with the same" in result.stderr


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


MG = RESOURCES / "data" / "cases" / "bulbar_myasthenia.yaml"


def test_diagnose_explains_itself():
    text = run("diagnose", MG, "--explain", "--intervals", "--next").stdout
    for words in (
        "For and against Myasthenia gravis, versus all others",
        "For it",
        "Against it",
        "If one finding were wrong",
        "90 % interval",
    ):
        assert words in text, words
    assert "Not to be missed: treatable, 2 % or more" in text
    assert re.search(r"- Myasthenia gravis \d+\.\d %: Serum", text)
    row = next(line for line in text.splitlines() if line.startswith("Fatigable"))
    assert "present" in row and "+" in row and "@estimate" in row


def test_diagnose_explains_itself_to_scripts():
    answer = json.loads(run("diagnose", MG, "--explain", "--intervals", "--next", "--json").stdout)
    why = answer["explanation"]
    change = why["log_odds"] - why["prior_log_odds"]
    assert sum(c["weight"] for c in why["contributions"]) == pytest.approx(change, abs=1e-9)
    assert why["contributions"][0]["numbers"][0].keys() == {"place", "value", "sources"}
    assert why["conflict"]["value"] < 10 and why["flips"]
    first = answer["intervals"]["diagnoses"][0]
    assert first["low"] <= first["post_test"] <= first["high"]
    assert answer["next_tests"][0]["information"] > 0 and answer["never_miss"][0]["diagnosis"] == "mg"
    assert "explanation" not in json.loads(run("diagnose", MG, "--json").stdout)


def test_next_weighs_burden():
    plain = json.loads(run("next", MG, "--json").stdout)
    free = json.loads(run("next", MG, "--json", "--cost", 0, "--invasiveness", 0, "--availability", 0).stdout)
    assert all(test["burden"] == 0 for test in free["next_tests"])
    assert {t["procedure"] for t in plain["next_tests"]} == {t["procedure"] for t in free["next_tests"]}
    assert "Bits per burden" in run("next", MG).stdout


@pytest.mark.parametrize("option", ["--cost", "--invasiveness", "--availability"])
def test_next_refuses_what_is_no_weight(option):
    assert f"Invalid value for '{option}': -1.0 is not in the range x>=0" in run(
        "next", MG, option, -1, code=2
    ).stderr.replace("\n", " ")
    for weight in ("nan", "inf"):
        told = run("next", MG, option, weight, code=2)
        assert (
            told.stderr == f"error: {option[2:]}: {weight} is no weight; give a finite number of 0 or more\n"
        )
        assert not told.stdout


def test_a_network_without_procedures_or_criteria(case):
    told = run("criteria", case, "--network", "asia").stdout.splitlines()
    assert told[-1] == "This network has no diagnostic criteria."
    told = run("next", case, "--network", "asia").stdout  # each finding is a test by itself
    assert "Shortness of breath" in told


def test_criteria_say_what_is_missing():
    result = json.loads(run("criteria", MG, "--json").stdout)
    assert [c["name"] for c in result["criteria"]] == ["revised El Escorial", "Awaji", "Gold Coast"]
    assert all(c["category"] == "not met" and c["is_decided"] for c in result["criteria"])
    text = run("criteria", MG).stdout
    assert "never evidence for the ranking" in text and max(map(len, text.splitlines())) < 1000


def test_what_is_left_out_is_one_line_or_in_full(tmp_path):
    record = Path(__file__).parent / "failing_cases" / "fhir_forty_claims.json"
    brief = run("diagnose", record)
    assert brief.stderr == "" and brief.stdout.count("Claim") == 1
    assert run("diagnose", record, "--verbose").stdout.count("a Claim is not read") == 40
    answer = json.loads(run("diagnose", record, "--json").stdout)
    assert len(answer["warnings"]) == 40
    strange = tmp_path / "p.json"
    features = [{"type": {"id": f"HP:00099{number}"}} for number in range(50, 58)]
    strange.write_text(json.dumps({"subject": {"sex": "MALE"}, "phenotypicFeatures": features}))
    (line,) = run("diagnose", strange, code=2).stderr.splitlines()
    assert line.startswith(f"error: {strange}:1: 8 terms of the HPO (HP:0009950, ") and "none of them" in line
    assert run("diagnose", strange, "--json", code=2).stderr.splitlines() == [line]
    assert len(run("diagnose", strange, "--verbose", code=2).stderr.splitlines()) == 9


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
