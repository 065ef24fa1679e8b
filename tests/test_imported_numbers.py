"""Names and numbers of imported networks: what is not ours is mapped, scaled or certain, and said so."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from command_line import invoke
from hypothesis import given, settings
from hypothesis import strategies as st
from network_texts import NET, stated

from dxnet import Case, DxnetError, Engine, check, credible_intervals, load_network, score
from dxnet.formats.networks.imported import imported
from dxnet.formats.networks.yaml_out import network_files
from dxnet.inference.backends.pgmpy_model import all_tables
from dxnet.inference.cpt import Cpt, Discrete
from dxnet.knowledge.load import load_directory
from dxnet.reasoning.sensitivity import sensitivity

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
    assert network.name == "odd_one" and list(network.findings) == ["diagnosis_finding", "s1_x"]
    assert [f.label for f in network.findings.values()] == ["diagnosis", "1 x"]
    assert network.findings["s1_x"].states == ("no(0)", "<5", "a_b")
    assert network.findings["diagnosis_finding"].states == ("default_2", "a_b")
    assert "Names that are written otherwise here: diagnosis (diagnosis_finding)" in network.limits[2]
    result = invoke("import", path, "--target", "atypical", "-o", tmp_path / "made")
    assert result.exit_code == 0
    assert stated(load_network(tmp_path / "made")) == stated(network)


def two_variables(name, state="no"):
    """A file of two variables, of which ``t`` is the target."""
    variables = (("t", state), (name, "no"))
    blocks = [f'variable {v} {{ type discrete [ 2 ] {{ "{state}", yes }}; }}' for v, state in variables]
    blocks += [f"probability ( {v} ) {{ table 0.3, 0.7; }}" for v, _ in variables]
    return "\n".join(["network x { }", *blocks])


@pytest.mark.parametrize("name", ["id", "ID", "diagnosis", "Diagnosis"])
def test_a_column_of_every_table_of_cases_is_renamed(tmp_path, name):
    path = tmp_path / "x.bif"
    path.write_text(two_variables(name))
    network = load_network(path, "t")
    assert list(network.findings) == [f"{name}_finding"]
    assert network.limits[-1] == f"Names that are written otherwise here: {name} ({name}_finding)."
    table = pd.DataFrame({"id": ["a"], "diagnosis": ["no"], f"{name}_finding": ["yes"]})
    scored = score(network, table)
    assert scored["p_no"].tolist() == pytest.approx([0.3]) and not scored.attrs["faults"]


def test_a_renamed_variable_takes_no_other_s_name():
    tables = {v: Cpt(np.array([0.3, 0.7])) for v in ("t", "id_finding", "id", "ID")}
    model = Discrete(tables, dict.fromkeys(tables, ("no", "yes")))
    network = imported(model, "x.bif", "t", "0")
    labels = {id: finding.label for id, finding in network.findings.items()}
    assert labels == {"id_finding": "id_finding", "id_finding_2": "id", "ID_finding": "ID"}


@pytest.mark.parametrize("state", ["not-known", "not.done", "unknown", "default"])
def test_a_diagnosis_is_never_read_as_not_known(tmp_path, state):
    path = tmp_path / "x.bif"
    path.write_text(two_variables("f", state))
    network = load_network(path, "t")
    assert network.diagnoses[0] not in (state, "not_known", "not_done") and network.diagnoses[1] == "yes"
    assert f"{state} ({network.diagnoses[0]}) of t" in network.limits[-1]


@pytest.mark.parametrize("kind", ["bif", "net", "xdsl", "xmlbif"])
def test_our_own_export_comes_back_with_another_target(tmp_path, kind):
    path = tmp_path / f"asia.{kind}"
    assert invoke("export", "asia", "--format", kind, "-o", path).exit_code == 0
    asked = load_network(path, "smoking")
    assert "diagnosis_finding" in asked.findings and asked.diagnoses == ("absent", "present")
    expected = Engine(load_network("asia")).marginals(Case({}))["smoking"].sum(axis=1)
    assert Engine(asked).diagnose(Case({})).post_test == pytest.approx(expected, abs=1e-9)


def test_what_is_left_out_or_scaled_is_said(tmp_path):
    (tmp_path / "x.bif").write_text(ODD)
    result = invoke("check", tmp_path / "x.bif", "--target", "diagnosis")
    said = "x.bif: 6 rows sum to 1 only within 0.0006 (atypical) and are scaled to it"
    assert f"warning: {tmp_path / said}" in result.stderr
    assert "6 rows sum to 1 only" in load_network(tmp_path / "x.bif", "diagnosis").limits[-1].lower()
    (tmp_path / "x.net").write_text(NET.replace("(0.4 0.6));", "(0.4 0.6)); experience = (10 20);"))
    result = invoke("show", "b", "--network", tmp_path / "x.net", "--target", "a")
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
    invoke("import", tmp_path / "x.bif", "--target", "diagnosis", "-o", tmp_path / "made")
    (tmp_path / "cohort.csv").write_text("truth,s1_x\na_b,<5\n")
    result = invoke("learn", tmp_path / "cohort.csv", "--truth", "truth", "--network", tmp_path / "made")
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
