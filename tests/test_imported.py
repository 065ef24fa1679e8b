"""Networks of other programs as ours: exactly their joint distribution, from API, command line and app."""

import gzip
import json
import re
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pyagrum
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from network_texts import NET, NOISY, XDSL
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
from dxnet.cli import main
from dxnet.formats.networks.imported import imported
from dxnet.formats.networks.registry import dump
from dxnet.formats.networks.yaml_out import network_files
from dxnet.inference.backends.pgmpy_model import all_tables
from dxnet.inference.cpt import Cpt, Discrete
from dxnet.knowledge.load import load_directory
from dxnet.reasoning.sensitivity import sensitivity

APP = Path(__file__).parents[1] / "app.py"
TARGETS = [("alarm", "HYPOVOLEMIA"), ("alarm", "CATECHOL"), ("hepar2", "Cirrhosis"), ("hepar2", "carcinoma")]
"""Two without parents and two with."""


def run(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


def stated(part):
    """All that a network states, without the places where it stands."""
    part = part.model_dump() if hasattr(part, "model_dump") else part
    if isinstance(part, dict):
        return {key: stated(value) for key, value in part.items() if key != "where"}
    return part


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
    result = run("import", path, "--target", target, "-o", tmp_path / "made")
    assert result.exit_code == 0 and f"Made {tmp_path / 'made'}" in result.stdout
    first, second = load_network(path, target), load_network(tmp_path / "made")
    assert stated(second) == stated(first)
    assert {e.sources for _, e in second.estimates()} == {("imported",)}
    for (place, one), (other_place, other) in zip(first.estimates(), second.estimates(), strict=True):
        assert place == other_place and one.mean == other.mean and one.text == other.text
    checked = run("check", tmp_path / "made")
    assert checked.exit_code == 0 and "errors: 0, warnings: 0" in checked.stdout
    assert run("import", path, "--target", target, "-o", tmp_path / "made").exit_code == 2


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
    result = run("diagnose", tmp_path / "case.json", *asked)
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
    result = run(*(re.sub(r"^(CASES|CASE|FILE|OUT)\b", lambda m: str(places[m[1]]), word) for word in words))
    assert result.exit_code == 0, result.output
    if words[0] == "score":
        assert len(pd.read_parquet(tmp_path / "out.parquet")) == 2


def test_a_record_of_it_is_reproduced(directory, tmp_path):
    (tmp_path / "case.yaml").write_text("findings: {HR: HIGH}\n")
    record, file = tmp_path / "r.json", unpacked("alarm", directory)
    run("diagnose", tmp_path / "case.yaml", "--network", file, "--target", "HYPOVOLEMIA", "--record", record)
    result = run("replay", record)
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


# Names, numbers, warnings
ODD = r"""network odd { }
variable diagnosis { type discrete [ 2 ] { default, "a,b" }; }
variable "1 x" { type discrete [ 3 ] { no(0), <5, "a|b" }; }
variable atypical { type discrete [ 2 ] { no, yes }; }
probability ( diagnosis ) { table 0, 1; }
probability ( "1 x" | diagnosis ) { default 0.2, 0.8, 0; }
probability ( atypical | "1 x", diagnosis ) { default 0.9994, 0; }
"""


def test_names_that_are_not_ours_are_mapped_and_kept_as_labels(tmp_path):
    path = tmp_path / "odd one.bif"
    path.write_text(ODD.replace("0.9994, 0", "0.9, 0.1"))
    network = load_network(path, "atypical")
    assert network.name == "odd_one" and list(network.findings) == ["diagnosis_2", "s1_x"]
    assert [f.label for f in network.findings.values()] == ["diagnosis", "1 x"]
    assert network.findings["s1_x"].states == ("no(0)", "<5", "a_b")
    assert network.findings["diagnosis_2"].states == ("default_2", "a_b")
    assert "Names that are written otherwise here: diagnosis (diagnosis_2)" in network.limits[2]
    result = run("import", path, "--target", "atypical", "-o", tmp_path / "made")
    assert result.exit_code == 0
    assert stated(load_network(tmp_path / "made")) == stated(network)


def test_what_is_left_out_or_scaled_is_said(tmp_path):
    (tmp_path / "x.bif").write_text(ODD)
    result = run("check", tmp_path / "x.bif", "--target", "diagnosis")
    said = "x.bif: 6 rows sum to 1 only within 0.0006 (atypical) and are scaled to it"
    assert f"warning: {tmp_path / said}" in result.stderr
    assert "6 rows sum to 1 only" in load_network(tmp_path / "x.bif", "diagnosis").limits[-1].lower()
    (tmp_path / "x.net").write_text(NET.replace("(0.4 0.6));", "(0.4 0.6)); experience = (10 20);"))
    result = run("show", "b", "--network", tmp_path / "x.net", "--target", "a")
    said = "x.net:5: b: experience of its potential are left out"
    assert result.exit_code == 0 and f"warning: {tmp_path / said}" in result.stderr


def test_what_is_certain_stays_so(tmp_path):
    """Draws, sensitivities and intervals leave 0 and 1 alone; findings may exclude each other."""
    path = tmp_path / "x.bif"
    path.write_text(ODD.replace("0.9994, 0", "1, 0").replace("table 0, 1", "table 0.5, 0.5"))
    network = load_network(path, "diagnosis")
    engine = Engine(network)
    assert {state for _, state in engine.parameters.index} <= {0, 1}
    draws, _ = engine.draws(Case({"s1_x": "<5"}), 50)
    assert np.isfinite(draws).all() and len(np.unique(draws[:, 0])) > 10
    with pytest.raises(DxnetError, match="cannot occur together"):
        engine.diagnose(Case({"atypical_2": "yes"}))
    assert credible_intervals(engine, Case({"s1_x": "no(0)"})).low.min() > 0
    assert sensitivity(engine, Case({"s1_x": "no(0)"}))
    for target, diagnosis in (("atypical", "yes"), ("1 x", "a_b")):
        other = Engine(load_network(path, target))
        assert other.diagnose(Case({})).probability(diagnosis) == 0
        assert [issue.level for issue in check(other.network)][-1] == "info"


def test_numbers_that_are_certain_cannot_be_learned(tmp_path):
    (tmp_path / "x.bif").write_text(ODD.replace("0.9994, 0", "1, 0"))
    run("import", tmp_path / "x.bif", "--target", "diagnosis", "-o", tmp_path / "made")
    (tmp_path / "cohort.csv").write_text("truth,s1_x\na_b,<5\n")
    result = run("learn", tmp_path / "cohort.csv", "--truth", "truth", "--network", tmp_path / "made")
    assert result.exit_code == 2 and "with a 0 beside other numbers" in result.stderr


def test_0_and_1_are_for_imported_numbers_alone():
    from dxnet import Estimate

    assert Estimate.parse("1 0 ~ 50 @imported").mean == (1, 0)
    for text in ("1 0 ~ 50 @estimate", "0 ~ 50 @smith", "1.1 -0.1 ~ 50 @imported"):
        with pytest.raises(ValueError):
            Estimate.parse(text)


SHARE = st.lists(st.sampled_from([0.0, 0.1, 0.3, 1.0]) | st.floats(1e-6, 1), min_size=3, max_size=3).filter(
    any
)
NAME = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Z"]), min_size=1, max_size=4)


@st.composite
def networks(draw):
    """A network of four variables with any arrows, zeros and names."""
    names = draw(st.lists(NAME, min_size=4, max_size=4, unique=True))
    states = {name: tuple(draw(st.lists(NAME, min_size=2, max_size=3, unique=True))) for name in names}
    made = {}
    for number, name in enumerate(names):
        parents = tuple(p for p in draw(st.permutations(names[:number])) if draw(st.booleans()))
        rows = []
        for _ in product(*(states[parent] for parent in parents)):
            own = np.array(draw(SHARE)[: len(states[name])])
            rows.append(own / own.sum() if own.sum() else np.eye(len(states[name]))[0])
        shape = [len(states[parent]) for parent in parents]
        made[name] = Cpt(np.moveaxis(np.array(rows).reshape(*shape, -1), -1, 0), parents)
    return Discrete(made, states), draw(st.sampled_from(names))


def joint(built, order):
    """P(all variables), one axis each, in an order."""
    sizes = {name: len(table.values) for name, table in built.items()}
    result = np.ones([sizes[name] for name in order])
    for name, table in built.items():
        axes = [name, *table.parents]
        values = table.values.transpose(np.argsort([order.index(axis) for axis in axes]))
        result = result * values.reshape([sizes[n] if n in axes else 1 for n in order])
    return result


@pytest.mark.slow
@given(networks())
@settings(max_examples=60, deadline=None)
def test_any_network_keeps_its_joint_distribution_and_comes_back_from_yaml(tmp_path_factory, drawn):
    model, target = drawn
    network = imported(model, "x.bif", target, "0" * 64)
    order = list(model.tables)
    ids = dict(zip([v for v in order if v != target], network.findings, strict=True)) | {target: "diagnosis"}
    mine = joint(all_tables(network), [ids[v] for v in order])
    assert mine == pytest.approx(joint(model.tables, order), abs=1e-12)
    directory = tmp_path_factory.mktemp("any")
    for name, text in network_files(network).items():
        (directory / name).write_text(text, encoding="utf-8")
    again = load_directory(directory)
    assert stated(again) == stated(network)
    for one, other in zip(all_tables(network).values(), all_tables(again).values(), strict=True):
        assert (one.values == other.values).all()
