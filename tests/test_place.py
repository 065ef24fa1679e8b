"""Addresses of numbers, and that numbers are found by them: one Estimate object may stand in two places."""

import copy
import json
import pickle
from dataclasses import replace

import numpy as np
import pytest
from conftest import TINY, network, two_diagnoses

from dxnet import Case, Engine, Estimate, credible_intervals, load_network
from dxnet.errors import CheckError, NetworkError, ParseError
from dxnet.inference.cpt import cpt
from dxnet.knowledge.diagnosis import Setting
from dxnet.knowledge.kinds.registry import parents
from dxnet.knowledge.network import DIAGNOSIS, Finding, Mechanism, Node
from dxnet.knowledge.place import Place
from dxnet.knowledge.table import ConditionalTable
from dxnet.learning.simulate import simulate, true_numbers
from dxnet.reasoning.explain import explain
from dxnet.reasoning.moved_number import find_number, posteriors_when_moved
from dxnet.reasoning.sensitivity import find_thresholds, sensitivity
from dxnet.review.changes import changed_numbers

CASE = Case({"cough": "present", "fever": "present", "rash": "absent"})


def number(text):
    return Estimate.parse(f"{text} @estimate", reason="for the test")


def shared_network(share):
    """A network that uses each number in several places, as one object or as equal ones."""
    memo = {text: number(text) for text in ("0.6 ~ 20", "0.2 ~ 20", "0.05 ~ 20", "0.5 ~ 10", "0.9 ~ 10")}

    def one(text):
        return memo[text] if share else replace(memo[text])

    def given(**parts):
        rows = {"a": one("0.6 ~ 20"), "b": one("0.2 ~ 20")}
        return Finding(label="F", given=ConditionalTable(parents=(DIAGNOSIS,), rows=rows), **parts)

    mechanism = ConditionalTable(parents=(DIAGNOSIS,), rows={"a": one("0.9 ~ 10"), "b": one("0.5 ~ 10")})
    return two_diagnoses(
        {
            "cough": given(also={"smoke": one("0.5 ~ 10")}),
            "fever": given(through="ill", leak=one("0.05 ~ 20")),
            "rash": given(through="ill", also={"smoke": one("0.2 ~ 20")}),
            "pus": given(requires="fever"),
            "pain": Finding(
                label="P",
                leak=one("0.05 ~ 20"),
                **{"noisy-or": {"ill": one("0.6 ~ 20"), "smoke": one("0.6 ~ 20")}},
            ),
            "sick": Finding(label="S", **{"any-of": ("cough", "pain")}),
        },
        settings={"s": Setting(label="S", prior={"a": one("0.5 ~ 10"), "b": one("0.5 ~ 10")})},
        mechanisms={"ill": Mechanism(label="I", given=mechanism, leak=one("0.05 ~ 20"))},
        incidental={
            "smoke": Node(label="S", given=ConditionalTable(parents=(), rows={"default": one("0.2 ~ 20")}))
        },
        recording_error=one("0.05 ~ 20"),
    )


@pytest.fixture(scope="module")
def pair():
    """Engines of the network with shared objects, and of the one with equal but distinct ones."""
    shared, distinct = shared_network(True), shared_network(False)
    assert len({id(e) for _, e in shared.estimates()}) == 5
    assert len({id(e) for _, e in distinct.estimates()}) == len(list(distinct.estimates())) == 21
    return Engine(shared), Engine(distinct)


def test_a_shared_number_has_its_derivative_in_each_place(pair):
    shared, distinct = pair
    assert shared.parameters.index == distinct.parameters.index
    for diagnosis in ("a", "b"):
        right = distinct.gradient(CASE, diagnosis)
        assert (shared.gradient(CASE, diagnosis) == right).all() and (right != 0).sum() > 10
    for name in (DIAGNOSIS, *shared.network.nodes):
        for one, other in zip(
            shared.parameters.jacobian(name), distinct.parameters.jacobian(name), strict=True
        ):
            assert np.array_equal(one, other), name


def test_the_figures_of_the_fault_are_right():
    """Two findings with the same Estimate objects each take half of the derivative."""
    e, f = number("0.6 ~ 20"), number("0.2 ~ 20")
    table = ConditionalTable(parents=(DIAGNOSIS,), rows={"a": e, "b": f})
    net = two_diagnoses({"cough": Finding(label="C", given=table), "fever": Finding(label="F", given=table)})
    engine = Engine(net)
    found = dict(
        zip(
            engine.parameters.index,
            engine.gradient(Case({"cough": "present", "fever": "present"}), "a"),
            strict=True,
        )
    )
    odds = (0.6 / 0.2) ** 2
    right = (1 - odds / (1 + odds)) / 0.6  # d log P / d p = P(b | findings) / p
    assert found[Place("variables", "cough", row="a"), 1] == pytest.approx(right)
    assert found[Place("variables", "fever", row="a"), 1] == pytest.approx(right)


def test_a_shared_number_is_drawn_for_each_place(pair):
    for one, other in zip(*(engine.draws(CASE, 40, 5) for engine in pair), strict=True):
        assert np.array_equal(one, other)
    drawn = pair[0].parameters.drawn
    cough, fever = (Place("variables", name, row="a") for name in ("cough", "fever"))
    estimate = pair[0].parameters.estimates[cough]
    assert not np.array_equal(drawn(cough, estimate, 5, 0), drawn(fever, estimate, 5, 0))
    one, other = (credible_intervals(engine, CASE, draws=60) for engine in pair)
    assert one.to_frame().equals(other.to_frame()) and one.effective == other.effective


def test_a_shared_number_moves_in_one_place_alone(pair):
    for engine in pair:
        cough = find_number(engine, "cough.a")
        before, after = posteriors_when_moved(engine, CASE, [{}, {cough: 0.3}])
        odds = before[0] / before[1], after[0] / after[1]
        assert 0.5 < odds[1] / odds[0] < 1  # of cough alone; twice that if fever moved, too
    results = [
        [
            [(str(s.number), s.derivative, s.at_low, s.at_high) for s in sensitivity(engine, CASE)],
            [find_thresholds(engine, CASE, find_number(engine, "fever.leak"))],
            explain(engine, CASE).contributions,
        ]
        for engine in pair
    ]
    assert results[0] == results[1]


def test_a_shared_number_is_simulated_and_learned_in_each_place(pair):
    tables = []
    for engine in pair:
        truth = true_numbers(engine.parameters, seed=3)
        tables.append(simulate(truth, 50, seed=1))
    assert tables[0].equals(tables[1])


def test_a_finding_too_common_is_named_though_its_object_stands_twice():
    """A refusal names the finding by its id, also where one Finding object is two findings."""
    twice = Finding(
        label="T",
        given=ConditionalTable(parents=(DIAGNOSIS,), rows={"default": number("0.9 ~ 10")}),
        through="rare",
    )
    rare = ConditionalTable(parents=(DIAGNOSIS,), rows={"default": number("0.1 ~ 10")})
    net = two_diagnoses(
        {"first": twice, "second": twice},
        mechanisms={"rare": Mechanism(label="R", given=rare, leak=number("0.05 ~ 10"))},
    )
    for name in ("first", "second"):
        with pytest.raises(CheckError) as caught:
            cpt(net, name)
        assert all(issue.message.startswith(f"{name}: ") for issue in caught.value.issues)


@pytest.mark.parametrize("name", ["als_mimics", "asia", TINY])
def test_a_place_is_its_text_and_reads_back(name):
    net = network(name)
    known = dict(net.estimates())
    assert len(known) == len(list(net.estimates()))
    for place in list(known)[:: 50 if len(known) > 1000 else 1]:
        back = Place.parse(str(place), known)
        assert (back, back.owner, back.key, back.row) == (place, place.owner, place.key, place.row)
        for copied in (pickle.loads(pickle.dumps(place)), copy.deepcopy(place)):
            assert copied == place and copied.owner == place.owner and copied.tail == place.tail
        assert json.loads(json.dumps(place)) == place
        if place.section == "variables":
            assert place == f"{place.name}.{place.tail}" and place.name in net.nodes
        if place.section == "settings":
            assert place.in_setting(place.name) and not place.in_setting("another")


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("babinski.alz", "did you mean babinski.als"),
        ("babinsky.als", "did you mean babinski.als"),
        ("findings.babinski.als", "did you mean babinski.als"),
        ("ck.leek", "did you mean ck.leak"),
    ],
)
def test_an_unknown_place_is_refused_with_the_nearest(text, fix):
    known = [Place("variables", "babinski", row="als"), Place("variables", "ck", "leak")]
    with pytest.raises(ParseError) as caught:
        Place.parse(text, known, "here")
    (issue,) = caught.value.issues
    assert issue.where == "here" and repr(text) in issue.message and fix in issue.fix


def test_the_rows_of_a_setting():
    tiny = load_network(TINY)
    for setting in tiny.settings.values():
        assert setting.rows == (setting.prior if setting.prior is not None else setting.given.rows)


def test_a_copy_forgets_what_was_worked_out_before():
    """Frozen parts are copied anew: nothing that was cached for the old fields stays."""
    tiny = load_network(TINY)
    name, finding = next((n, f) for n, f in tiny.findings.items() if f.given and f.given.named)
    emptied = finding.given.model_copy(update={"rows": {"default": number("0.5 ~ 10")}})
    assert emptied.named == {} and emptied.lookup(("x",)).mean == (0.5, 0.5)
    assert tiny.nodes and tiny.groups is not None and tiny.diagnoses
    fewer = {n: f for n, f in tiny.findings.items() if n != name}
    edited = tiny.model_copy(update={"findings": fewer})
    assert name not in edited.nodes and edited.fingerprint == ""
    assert edited.where == tiny.where and changed_numbers(tiny, tiny.model_copy()) == ()
    assert parents(edited, DIAGNOSIS) == parents(tiny, DIAGNOSIS)
    assert not edited.__dict__.keys() - type(edited).model_fields.keys() - {"nodes"}


def default_alone(**parts):
    findings = {
        "cough": Finding(
            label="C",
            given=ConditionalTable(
                parents=(DIAGNOSIS,), rows={"a": number("0.6 ~ 20"), "b": number("0.2 ~ 20")}
            ),
        )
    }
    return two_diagnoses({**findings, **parts})


def test_a_prior_that_is_default_alone_cannot_move():
    """Every diagnosis shares it, so that they stay equal whatever it is."""
    engine = Engine(default_alone())
    case = Case({"cough": "present"})
    swings = sensitivity(engine, case)
    found = {swing.number.place: swing for swing in swings}
    assert found.keys() == {"cough.a", "cough.b"} and all(swing.width > 0 for swing in swings)
    with pytest.raises(NetworkError, match="is shared by every diagnosis"):
        find_number(engine, "settings.s.default")
    right = [p / (p + 0.2) for p in found["cough.a"].number.interval]
    assert [found["cough.a"].at_low, found["cough.a"].at_high] == pytest.approx(right)


def test_a_default_that_serves_all_but_one_diagnosis_can_move():
    half = number("0.5 ~ 10")
    net = default_alone().model_copy(
        update={"settings": {"s": Setting(label="S", prior={"a": half, "default": half})}}
    )
    places = [swing.number.place for swing in sensitivity(Engine(net), Case({"cough": "present"}))]
    assert {"settings.s.a", "settings.s.default"} < set(places)


def test_a_default_that_serves_a_whole_table_tells_nothing_but_can_be_asked():
    """It moves P(finding) of all diagnoses alike."""
    flat = Finding(
        label="F", given=ConditionalTable(parents=(DIAGNOSIS,), rows={"default": number("0.3 ~ 10")})
    )
    engine = Engine(default_alone(flat=flat))
    (swing,) = (
        swing
        for swing in sensitivity(engine, Case({"cough": "present", "flat": "present"}))
        if swing.number.place == "flat.default"
    )
    assert swing.width == pytest.approx(0, abs=1e-12) and swing.derivative == pytest.approx(0, abs=1e-12)
    after_cough = Setting(
        label="S", given=ConditionalTable(parents=("age",), rows={"default": number("0.7 0.3 ~ 10")})
    )
    age = Finding(label="A", given=ConditionalTable(parents=(), rows={"default": number("0.4 ~ 10")}))
    net = default_alone(age=age).model_copy(update={"settings": {"s": after_cough}})
    swings = sensitivity(Engine(net), Case({"cough": "present", "age": "present"}))
    assert "settings.s.default" in [swing.number.place for swing in swings]
