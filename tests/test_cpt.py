"""Each kind of table against numbers worked out by hand or by counting every combination."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from conftest import two_diagnoses
from hypothesis import given, settings
from hypothesis import strategies as st
from made_by_hand import LEVELS, by_diagnosis, finding, mechanism, network, number, table, values

from dxnet import Case, Engine, load_network
from dxnet.inference.backends.pgmpy_model import all_tables
from dxnet.inference.cpt import cpt, prior
from dxnet.knowledge.buildable import faults_of_structure
from dxnet.knowledge.diagnosis import Setting
from dxnet.knowledge.faults import wrong_length
from dxnet.knowledge.kinds.base import Cpt, CptKind
from dxnet.knowledge.kinds.registry import CPT_KINDS, kinds_of, parents, with_table_alone
from dxnet.knowledge.links import children
from dxnet.knowledge.network import Atypical, Finding, Node
from dxnet.knowledge.place import Place
from dxnet.knowledge.table import ConditionalTable, EstimateField
from dxnet.reasoning.moved_number import find_number, posteriors_when_moved
from dxnet.report.content.variable import number_rows_of
from dxnet.report.content.variable_facts import variable_facts
from dxnet.review.changes import Edge, changed_edges

TINY = load_network(Path(__file__).parent / "tiny")


def test_a_table_is_read_row_by_row():
    """A longer row wins over a shorter one, ``default`` serves what is left, ``|`` names several."""
    rows = {"a": number(0.1), "a, x|z": number(0.2), "b, y": number(0.3), "default": number(0.4)}
    sex = Finding(label="s", states=("x", "y", "z"), given=table(default=[0.2, 0.3, 0.5]))
    net = network({"s": sex, "f": finding(ConditionalTable(parents=("diagnosis", "s"), rows=rows))})
    assert cpt(net, "f").parents == ("diagnosis", "s")
    assert values(net, "f")[..., 1] == pytest.approx(np.array([[0.2, 0.1, 0.2], [0.4, 0.3, 0.4]]))
    assert cpt(net, "s").parents == ()
    assert values(net, "s") == pytest.approx(np.array([0.2, 0.3, 0.5]))


@pytest.mark.parametrize("error", [0.0, 0.002])
def test_requires_a_finding(error):
    """Without it, only the recording error is left; with it, (p - (1 - q) l) / q."""
    parts = {"recording_error": number(error)} if error else {}
    gate, f = finding(by_diagnosis(0.9, 0.3)), finding(by_diagnosis(0.6, 0.001), requires="gate")
    net = network({"gate": gate, "f": f}, **parts)
    low = [error, min(error, 0.001)]
    expected = [[low[0], (0.6 - 0.1 * low[0]) / 0.9], [low[1], (0.001 - 0.7 * low[1]) / 0.3]]
    assert cpt(net, "f").parents == ("diagnosis", "gate")
    assert values(net, "f")[..., 1] == pytest.approx(np.array(expected), abs=1e-12)


def test_atypical_patients_follow_the_mean_row():
    """Of the named categories only, and for each state of the other parents by itself."""
    sex = finding(table(default=0.5), category="other")
    f = finding(table("sex", "diagnosis", absent__a=0.9, absent__b=0.1, default=0.3), category="signs")
    atypical = Atypical(label="Odd", categories=("signs",), given=table(default=0.04))
    other = finding(by_diagnosis(0.9, 0.1), category="other")
    net = network({"sex": sex, "f": f, "g": other}, atypical=atypical, categories=("signs", "other"))
    assert cpt(net, "f").parents == ("sex", "diagnosis", "atypical")
    assert values(net, "f")[0, :, :, 1] == pytest.approx(np.array([[0.9, 0.5], [0.1, 0.5]]), abs=1e-12)
    assert values(net, "f")[1, :, :, 1] == pytest.approx(np.full((2, 2), 0.3), abs=1e-12)
    assert cpt(net, "g").parents == ("diagnosis",)
    assert values(net, "atypical") == pytest.approx([0.96, 0.04])


@pytest.mark.parametrize("category", ["signs", "other"])
def test_atypical_patients_of_gates_and_mechanisms(category):
    """For them too P(f | d) is the mean row (or, outside the categories, as stated); no mechanism matters."""
    gate = finding(by_diagnosis(0.9, 0.5), category="signs")
    f = finding(by_diagnosis(0.6, 0.1), category=category, requires="gate", through="m")
    parts = {"mechanisms": {"m": mechanism(0.8, 0.3)}, "categories": ("signs", "other")}
    atypical = Atypical(label="Odd", categories=("signs",), given=table(default=0.04))
    net = network({"gate": gate, "f": f}, atypical=atypical, recording_error=number(0.002), **parts)
    assert cpt(net, "f").parents == parents(net, "f") == ("diagnosis", "atypical", "gate", "m")
    result, p_gate = values(net, "f")[..., 1], values(net, "gate")
    p_m = np.array([[0.2, 0.8], [0.7, 0.3]])
    marginal = np.einsum("dag,dm,dagm->da", p_gate, p_m, result)
    expected = [[0.6, 0.35], [0.1, 0.35]] if category == "signs" else [[0.6, 0.6], [0.1, 0.1]]
    assert marginal == pytest.approx(np.array(expected), abs=1e-12)
    assert result[:, 1, :, 0] == pytest.approx(result[:, 1, :, 1], abs=1e-12)
    assert (result[:, 0, 1, 0] < result[:, 0, 1, 1] - 0.1).all()


def counted(own, causes):
    """The worst of the own state and of what each present cause brings, by counting every combination."""
    result = np.zeros(len(own))
    for states in product(range(len(own)), repeat=1 + len(causes)):
        result[max(states)] += np.prod([p[s] for p, s in zip((own, *causes), states, strict=True)])
    return result


shares = st.lists(st.floats(0.05, 1), min_size=3, max_size=3).map(
    lambda w: [round(p / sum(w), 12) for p in w]
)


@given(own=shares, first=shares, second=shares, third=shares, key=st.sampled_from(["also", "noisy-or"]))
@settings(max_examples=40)
def test_the_worst_of_several_causes_against_counting(own, first, second, third, key):
    """With ``also`` and ``noisy-or``; a cause counts in every state but its first, or in the named state."""
    x, y = (
        finding(by_diagnosis(0.3, 0.6)),
        finding(by_diagnosis([0.5, 0.3, 0.2], [0.2, 0.3, 0.5]), states=LEVELS),
    )
    z = Node(label="z", states=LEVELS, given=table(default=[0.5, 0.3, 0.2]))
    causes = {"x": number(*first), "y=severe": number(*second), "z": number(*third)}
    source = {"given": by_diagnosis(own, own)} if key == "also" else {"leak": number(*own)}
    net = network(
        {"x": x, "y": y, "f": finding(states=LEVELS, **source, **{key: causes})}, incidental={"z": z}
    )
    assert cpt(net, "f").parents == (*(("diagnosis",) if key == "also" else ()), "x", "y", "z")
    result = values(net, "f")[0] if key == "also" else values(net, "f")
    own, first, second, third = (np.array(p) / sum(p) for p in (own, first, second, third))
    for i, j, k in product(range(2), range(3), range(3)):
        present = [p for p, is_present in ((first, i > 0), (second, j == 2), (third, k > 0)) if is_present]
        assert result[i, j, k] == pytest.approx(counted(own, present), abs=1e-9)


def test_noisy_or_of_two_states():
    """P(present) = 1 - (1 - leak) (1 - p1) (1 - p2)."""
    x, y = finding(by_diagnosis(0.3, 0.6)), finding(by_diagnosis(0.2, 0.1))
    f = finding(leak=number(0.05), noisy_or={"x": number(0.6), "y=absent": number(0.3)})
    net = network({"x": x, "y": y, "f": f})
    expected = [[1 - 0.95 * 0.7, 0.05], [1 - 0.95 * 0.4 * 0.7, 1 - 0.95 * 0.4]]
    assert values(net, "f")[..., 1] == pytest.approx(np.array(expected), abs=1e-12)


@pytest.mark.parametrize("error", [0.0, 0.01])
def test_any_of_with_recording_error(error):
    parts = {"recording_error": number(error)} if error else {}
    x, y = (
        finding(by_diagnosis(0.3, 0.6)),
        finding(by_diagnosis([0.5, 0.3, 0.2], [0.2, 0.3, 0.5]), states=LEVELS),
    )
    net = network({"x": x, "y": y, "f": finding(any_of=("x", "y"))}, **parts)
    assert cpt(net, "f").parents == ("x", "y")
    expected = np.array([[error, 1 - error, 1 - error], [1 - error] * 3])
    assert values(net, "f")[..., 1] == pytest.approx(expected, abs=1e-12)


def test_priors():
    settings = {
        "flat": Setting(label="F", prior={"default": number(0.5)}),
        "odd": Setting(label="O", prior={"b": number(0.7), "default": number(0.301)}),
        "sex": Setting(label="X", given=table("sex", absent=[0.9, 0.1], present=[0.2, 0.8])),
    }
    net = network({"sex": finding(table(default=0.5))}).model_copy(update={"settings": settings})
    assert prior(net, "flat").values == pytest.approx([0.5, 0.5])
    assert prior(net).values == pytest.approx([0.5, 0.5])
    assert prior(net, "odd").values == pytest.approx([0.301 / 1.001, 0.7 / 1.001])
    assert prior(net, "sex").parents == ("sex",)
    assert prior(net, "sex").values == pytest.approx(np.array([[0.9, 0.2], [0.1, 0.8]]))
    with pytest.raises(ValueError, match="no setting 'flatt'; did you mean flat"):
        prior(net, "flatt")


def test_the_axes_of_a_table_can_be_moved():
    values = np.arange(12.0).reshape(2, 3, 2)
    assert (Cpt(values, ("x", "y")).over(("y", "z", "x")) == values.transpose(0, 2, 1)[:, :, None, :]).all()


def test_every_table_of_the_network_with_every_feature():
    """Distributions over the states, for the parents that the wiring names; every kind is in use."""
    for name, built in all_tables(TINY).items():
        assert set(built.parents) == set(parents(TINY, name)) and len(built.parents) == built.values.ndim - 1
        assert built.values.shape == tuple(len(TINY.states(node)) for node in (name, *built.parents))
        assert built.values.sum(axis=0) == pytest.approx(1, abs=1e-12)
        assert (built.values >= 0).all()
    used = {kind.key for node in TINY.findings.values() for kind in kinds_of(node)}
    assert used == {*CPT_KINDS} - {"shares", "pattern"}


class Faded(Finding):
    """A finding of a kind that no network has: part of the patients have lost the finding again."""

    faded: EstimateField | None = None


class Fading(CptKind):
    key = "faded"
    field = "faded"
    caption = "Fades with"

    def stated_parents(self, node):
        return ("age",)

    def faults(self, network, name, above):
        yield from wrong_length(network.nodes[name].faded, 2, f"{name}.faded")

    def table(self, network, name, own, value):
        lost = value(Place("variables", name, "faded"), network.nodes[name].faded).over(own.parents)[1]
        present = own.values[1] * (1 - lost)
        old = np.stack([1 - present, present])
        return Cpt(np.stack([np.broadcast_to(own.values, old.shape), old], axis=-1), (*own.parents, "age"))


def test_a_new_kind_is_one_entry(monkeypatch):
    """Checks, graph, tables, gradients, draws, learning's numbers, diff and show find it in the registry."""
    age = finding(table(default=0.4))
    plain = {"f": finding(by_diagnosis(0.8, 0.3)), "age": age}
    fading = Faded(label="f", given=by_diagnosis(0.8, 0.3), faded=number(0.25))
    monkeypatch.setitem(CPT_KINDS, "faded", Fading())
    net = network({"f": fading, "age": age})
    assert [kind.key for kind in kinds_of(fading)] == ["given", "faded"]
    assert parents(net, "f") == ("diagnosis", "age") and "f" in children(net, "age")
    assert values(net, "f")[..., 1] == pytest.approx(np.array([[0.8, 0.6], [0.3, 0.225]]))
    assert ("f.faded", fading.faded) in list(net.estimates())
    assert dict(variable_facts(net, "f"))["Fades with"] == "f (age)"
    assert ("faded", "f.faded") in [(what, place) for what, place, _ in number_rows_of(net, "f")]
    assert Edge("added", "faded", "f", "age") in changed_edges(two_diagnoses(plain), net)
    faults = faults_of_structure(
        two_diagnoses(
            {"f": Faded(label="f", given=by_diagnosis(0.8, 0.3), faded=number(0.2, 0.3, 0.5)), "age": age}
        )
    )
    assert [issue.message for issue in faults] == ["f.faded: 3 probabilities"]
    assert with_table_alone(fading, by_diagnosis(0.1, 0.2)).faded is None
    case, step = Case({"f": "present", "age": "present"}), 1e-6
    engine = Engine(net)
    found = find_number(engine, "f.faded")
    before, after = np.log(posteriors_when_moved(engine, case, [{}, {found: found.stated + step}])[:, 0])
    slope = engine.gradient(case, "a")[engine.parameters.index.index((Place("variables", "f", "faded"), 1))]
    assert (after - before) / step == pytest.approx(slope, abs=1e-5)
    assert engine.draws(case, 20)[0].std(axis=0).min() > 0
