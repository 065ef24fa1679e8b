"""Networks of other programs as ours: exactly their joint distribution, from API, command line and app."""

import gzip
import json
import re
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyagrum
import pytest
from command_line import invoke
from network_texts import NET, NOISY, XDSL, stated
from streamlit.testing.v1 import AppTest
from test_standard_networks import EXAMPLES

from dxnet import (
    Case,
    DxnetError,
    Engine,
    check,
    credible_intervals,
    evaluate,
    explain,
    load_network,
    next_tests,
    score,
)
from dxnet.formats.networks.registry import dump
from dxnet.formats.networks.yaml_out import network_files
from dxnet.inference.backends.pgmpy_model import all_tables
from dxnet.inference.cpt import Cpt, Discrete
from dxnet.knowledge.load import load_directory
from dxnet.reasoning.sensitivity import sensitivity

APP = Path(__file__).parents[1] / "app.py"
TARGETS = [("alarm", "HYPOVOLEMIA"), ("alarm", "CATECHOL"), ("hepar2", "Cirrhosis"), ("hepar2", "carcinoma")]
"""Two without parents and two with."""


@cache
def unpacked(name, directory):
    path = directory / f"{name}.bif"
    path.write_bytes(gzip.decompress((EXAMPLES / f"{name}.bif.gz").read_bytes()))
    return path


@pytest.fixture(scope="session")
def directory(tmp_path_factory):
    return tmp_path_factory.mktemp("imported")


def posterior_of_pyagrum(bn, target, findings):
    exact = pyagrum.LazyPropagation(bn)
    exact.setEvidence(findings)
    exact.makeInference()
    return exact.posterior(target).toarray()


def some_findings(bn, target, seed, count=6):
    """Findings that occur together: a draw of the whole network."""
    pyagrum.initRandom(seed + 1)
    sample, _ = pyagrum.generateSample(bn, 1, with_labels=True)
    row = sample.iloc[0].to_dict()
    names = [name for name in sorted(row) if name != target]
    chosen = np.random.default_rng(seed).choice(names, count, replace=False)
    return {str(name): str(row[name]) for name in chosen}


@pytest.mark.parametrize(("name", "target"), TARGETS)
def test_posteriors_equal_those_of_pyagrum(directory, name, target):
    path = unpacked(name, directory)
    bn, network = pyagrum.loadBN(str(path)), load_network(path, target)
    assert network.diagnoses == bn.variable(target).labels()
    engine = Engine(network, backend="numpy")
    for seed in range(20):
        findings = some_findings(bn, target, seed)
        answer = engine.diagnose(Case(findings))
        assert answer.post_test == pytest.approx(posterior_of_pyagrum(bn, target, findings), abs=1e-6)
    assert [issue.level for issue in check(network)] == ["info"]


@pytest.mark.parametrize(("name", "target"), TARGETS)
def test_every_table_is_that_of_the_file(directory, name, target):
    path = unpacked(name, directory)
    bn, network = pyagrum.loadBN(str(path)), load_network(path, target)
    ids = {"diagnosis": target, **{id: finding.label for id, finding in network.findings.items()}}
    for id, table in all_tables(network).items():
        names = [ids[parent] for parent in table.parents]
        values = pyagrum.Tensor(bn.cpt(ids[id])).reorganize([ids[id], *names][::-1]).toarray()
        assert table.values == pytest.approx(values, abs=1e-6)


@pytest.mark.parametrize(("name", "target"), TARGETS)
def test_import_writes_the_same_network(directory, tmp_path, name, target):
    path = unpacked(name, directory)
    result = invoke("import", path, "--target", target, "-o", tmp_path / "made")
    assert result.exit_code == 0 and f"Made {tmp_path / 'made'}" in result.stdout
    first, second = load_network(path, target), load_network(tmp_path / "made")
    assert stated(second) == stated(first)
    assert {e.sources for _, e in second.estimates()} == {("imported",)}
    for (place, one), (other_place, other) in zip(first.estimates(), second.estimates(), strict=True):
        assert place == other_place and one.mean == other.mean and one.text == other.text
    checked = invoke("check", tmp_path / "made")
    assert checked.exit_code == 0 and "errors: 0, warnings: 0" in checked.stdout
    assert invoke("import", path, "--target", target, "-o", tmp_path / "made").exit_code == 2


@pytest.mark.slow
def test_a_network_too_long_for_one_file_of_ours_is_split(directory, tmp_path):
    """pathfinder: 109 variables, 25,772 rows."""
    network = load_network(EXAMPLES / "pathfinder.bif.gz", "Fault")
    files = network_files(network)
    assert {"findings_1.yaml", "findings_3.yaml"} <= files.keys()
    rows = sum(text.count("@imported") for text in files.values())
    assert rows == len(list(network.estimates()))


@pytest.mark.slow
def test_pathfinder_comes_back(tmp_path):
    network = load_network(EXAMPLES / "pathfinder.bif.gz", "Fault")
    for name, text in network_files(network).items():
        (tmp_path / name).write_text(text)
    assert stated(load_directory(tmp_path)) == stated(network)


# Files of GeNIe and Hugin, whose answers are worked out from their definition or by pyAgrum
def test_a_noisy_max_file_is_diagnosed(tmp_path):
    (tmp_path / "cough.xdsl").write_text(NOISY)
    (tmp_path / "case.json").write_text('{"findings": {"cough": "bad", "smoke": "yes"}}')
    bring = {"severe": (0.6, 0.3, 0.1), "mild": (0.2, 0.4, 0.4), "none": (0, 0, 1)}
    joint = []
    for flu, prior in zip(bring, (0.1, 0.2, 0.7), strict=True):  # P(not bad) is that of each cause
        joint.append(prior * (1 - (1 - bring[flu][0]) * (1 - 0.1) * (1 - 0.01)))
    expected = np.array(joint) / sum(joint)
    network = load_network(tmp_path / "cough.xdsl", "flu")
    answer = Engine(network).diagnose(Case({"cough": "bad", "smoke": "yes"}))
    assert answer.post_test == pytest.approx(expected, abs=1e-12)
    asked = ("--network", tmp_path / "cough.xdsl", "--target", "flu", "--json")
    result = invoke("diagnose", tmp_path / "case.json", *asked)
    posterior = {row["diagnosis"]: row["post_test"] for row in json.loads(result.stdout)["ranking"]}
    assert [posterior[d] for d in ("severe", "mild", "none")] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("kind", ["net", "xmlbif", "xdsl"])
def test_the_same_network_in_every_format_gives_the_same_answer(directory, tmp_path, kind):
    path = unpacked("alarm", directory)
    network = load_network(path, "HYPOVOLEMIA")
    from dxnet.formats.networks.registry import read_tables

    (tmp_path / f"alarm.{kind}").write_text(dump(read_tables(path), kind))
    with gzip.open(tmp_path / f"alarm.{kind}.gz", "wb") as packed:
        packed.write((tmp_path / f"alarm.{kind}").read_bytes())
    case = Case({"HR": "HIGH", "BP": "LOW", "CVP": "LOW"})
    expected = Engine(network, backend="numpy").diagnose(case).post_test
    for name in (f"alarm.{kind}", f"alarm.{kind}.gz", f"alarm.{kind}#HYPOVOLEMIA"):
        other = load_network(tmp_path / name, None if "#" in name else "HYPOVOLEMIA")
        assert Engine(other, backend="numpy").diagnose(case).post_test == pytest.approx(expected, abs=1e-12)


def test_a_hugin_file_is_diagnosed_as_by_pyagrum(tmp_path):
    path = tmp_path / "small.net"
    path.write_text(NET)
    answer = Engine(load_network(path, "a")).diagnose(Case({"b": "yes"}))
    assert answer.post_test == pytest.approx(
        posterior_of_pyagrum(pyagrum.loadBN(str(path)), "a", {"b": "yes"}), abs=1e-6
    )


# Everything takes them
CASE = {"HR": "HIGH", "BP": "LOW", "CVP": {"LOW": 0.7, "NORMAL": 0.3}}


def test_the_api_takes_it(directory):
    network = load_network(unpacked("alarm", directory), "CATECHOL")
    engine, case = Engine(network), Case(CASE, diagnosis="HIGH")
    assert {c.finding for c in explain(engine, case, "HIGH").contributions} == set(CASE)
    sure = credible_intervals(engine, case)
    answer = engine.diagnose(case)
    assert (sure.low <= answer.post_test).all() and (answer.post_test <= sure.high).all()
    assert len(sensitivity(engine, case, top=3)) == 3
    best = next_tests(engine, case)[0]
    assert best.burden == 0 and best.findings == (best.procedure,) and best.information > 0
    assert evaluate(engine, [case, Case({"HR": "LOW"}, diagnosis="NORMAL")]).n == 2
    scored = score(engine, pd.DataFrame({"HR": ["HIGH", None], "BP": ["LOW", "HIGH"]}))
    assert len(scored) == 2


COMMANDS = [
    (
        "diagnose",
        "CASE",
        "--explain",
        "--intervals",
        "--verify",
        "--network",
        "FILE",
        "--target",
        "HYPOVOLEMIA",
    ),
    ("next", "CASE", "--network", "FILE#HYPOVOLEMIA"),
    ("show", "HR", "--network", "FILE", "--target", "HYPOVOLEMIA"),
    ("show", "TRUE", "--network", "FILE", "--target", "HYPOVOLEMIA"),
    ("sensitivity", "CASE", "--top", "2", "--network", "FILE", "--target", "HYPOVOLEMIA"),
    ("report", "CASE", "-o", "OUT.html", "--network", "FILE", "--target", "HYPOVOLEMIA"),
    ("evaluate", "CASES", "--network", "FILE", "--target", "HYPOVOLEMIA"),
    ("evaluate", "CASES", "--network", "FILE#HYPOVOLEMIA", "--target", "TRUE", "--against", "naive-bayes"),
    ("check", "FILE", "--target", "HYPOVOLEMIA"),
    ("card", "FILE#HYPOVOLEMIA"),
    ("score", "CASES", "-o", "OUT.parquet", "--network", "FILE", "--target", "HYPOVOLEMIA"),
    ("convert", "CASE", "--to", "fhir", "--network", "FILE", "--target", "HYPOVOLEMIA"),
    ("simulate", "FILE", "--target", "HYPOVOLEMIA", "-n", "5", "-o", "OUT.csv"),
    ("export", "FILE#HYPOVOLEMIA", "--format", "bif"),
]


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_every_command_takes_it(directory, tmp_path, words):
    (tmp_path / "case.yaml").write_text("id: one\nfindings: {HR: HIGH, BP: LOW, CVP: LOW}\n")
    (tmp_path / "cases.csv").write_text("id,diagnosis,HR,BP\na,TRUE,HIGH,LOW\nb,FALSE,NORMAL,NORMAL\n")
    places = {
        "CASES": tmp_path / "cases.csv",
        "CASE": tmp_path / "case.yaml",
        "FILE": unpacked("alarm", directory),
        "OUT": tmp_path / "out",
    }
    result = invoke(
        *(re.sub(r"^(CASES|CASE|FILE|OUT)\b", lambda m: str(places[m[1]]), word) for word in words)
    )
    assert result.exit_code == 0, result.output
    if words[0] == "score":
        assert len(pd.read_parquet(tmp_path / "out.parquet")) == 2


def test_a_record_of_it_is_reproduced(directory, tmp_path):
    (tmp_path / "case.yaml").write_text("findings: {HR: HIGH}\n")
    record, file = tmp_path / "r.json", unpacked("alarm", directory)
    invoke(
        "diagnose", tmp_path / "case.yaml", "--network", file, "--target", "HYPOVOLEMIA", "--record", record
    )
    result = invoke("replay", record)
    assert result.exit_code == 0 and "Reproduced" in result.stdout


def test_the_app_serves_it(directory, monkeypatch):
    path = unpacked("alarm", directory)
    monkeypatch.setenv("DXNET_NETWORK", str(path))
    monkeypatch.setenv("DXNET_TARGET", "HYPOVOLEMIA")
    page = AppTest.from_file(str(APP), default_timeout=120).run()
    assert not page.exception
    assert page.selectbox(key="form:HR").options == ["not examined", "LOW", "NORMAL", "HIGH"]
    page.selectbox(key="form:HR").set_value("HIGH").run()
    page.session_state["reasons"] = "All diagnoses"
    page.run()
    assert not page.exception
    expected = posterior_of_pyagrum(pyagrum.loadBN(str(path)), "HYPOVOLEMIA", {"HR": "HIGH"})
    shown = page.table[0].value.set_index("Diagnosis")["Post-test"]
    assert shown["HYPOVOLEMIA: TRUE"] == f"{expected[0]:.1%}".replace("%", "\N{NO-BREAK SPACE}%")


# Which variable is the diagnosis
def test_without_a_target_the_marked_one_is_taken(tmp_path):
    (tmp_path / "x.xdsl").write_text(XDSL)
    assert load_network(tmp_path / "x.xdsl").label == "x: a"
    (tmp_path / "asia.net").write_text(dump(Discrete(*_asia()), "net"))
    assert load_network(tmp_path / "asia.net").label == "asia: diagnosis"


def _asia():
    table = {
        "diagnosis": Cpt(np.array([0.9, 0.1])),
        "b": Cpt(np.array([[0.9, 0.2], [0.1, 0.8]]), ("diagnosis",)),
    }
    return table, dict.fromkeys(table, ("no", "yes"))


@pytest.mark.parametrize(
    ("name", "target", "message"),
    [
        ("x.net", None, "does not say which of its 2 variables is the diagnosis; name it by --target"),
        ("x.net", "c", "x.net: has no variable 'c'; known are a, b"),
        ("asia", "smoking", "asia: is no file of another program, so that 'smoking' cannot be its target"),
        ("nothing.bif", "a", "no such file or directory"),
        ("one.bif", "a", "one.bif: has one variable alone"),
    ],
)
def test_targets_that_cannot_be(tmp_path, monkeypatch, name, target, message):
    monkeypatch.chdir(tmp_path)
    Path("x.net").write_text(NET)
    Path("one.bif").write_text("variable a { type discrete [2] {n, y}; } probability ( a ) { table 0 1; }")
    with pytest.raises(DxnetError) as caught:
        load_network(name, target)
    assert message in str(caught.value)
