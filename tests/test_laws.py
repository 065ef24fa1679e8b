"""Laws that hold for every network and every backend, on random cases."""

from functools import cache

import numpy as np
import pytest
from conftest import NETWORKS, engine, network
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dxnet import Case, Engine
from dxnet.errors import ImpossibleEvidence
from dxnet.inference.backends.pgmpy_model import build_pgmpy_model
from dxnet.inference.backends.registry import BACKENDS
from dxnet.inference.cpt import prior

model = cache(lambda name: build_pgmpy_model(network(name)))
GRID = [(name, backend) for name in NETWORKS for backend in BACKENDS]
laws = pytest.mark.parametrize(("name", "backend"), GRID)


def cases(name, soft=True):
    findings = network(name).findings

    def values(finding):
        hard = st.sampled_from(findings[finding].states)
        size = len(findings[finding].states)
        weights = st.lists(st.floats(0.05, 1), min_size=size, max_size=size)
        uncertain = weights.map(lambda w: dict(zip(findings[finding].states, w, strict=True)))
        return st.one_of(hard, uncertain) if soft else hard

    names = st.lists(st.sampled_from(sorted(findings)), unique=True, max_size=12)
    return names.flatmap(lambda chosen: st.fixed_dictionaries({f: values(f) for f in chosen})).map(Case)


@laws
@given(data=st.data())
@settings(max_examples=30)
def test_posterior_is_a_distribution(name, backend, data):
    differential = engine(name, None, backend).diagnose(data.draw(cases(name)))
    assert differential.post_test.sum() == pytest.approx(1, abs=1e-12)
    assert (differential.post_test >= 0).all()
    assert sum(after for _, after in differential.groups.values()) == pytest.approx(1, abs=1e-9)


@laws
def test_no_findings_give_the_pre_test_probabilities(name, backend):
    for setting in network(name).settings:
        differential = engine(name, setting, backend).diagnose(Case({}))
        expected, net = prior(network(name), setting), network(name)
        if not expected.parents:
            share = net.unexplained.mean[1] / 2 if net.unexplained else 0
            unlisted = np.array([d == net.unlisted for d in net.diagnoses])
            mixed = (1 - share) * expected.values + share * unlisted
            assert differential.pre_test == pytest.approx(mixed, abs=1e-12)
        assert differential.post_test == pytest.approx(differential.pre_test, abs=1e-12)
        assert differential.log_p_findings == pytest.approx(0, abs=1e-9)


def test_asia_by_hand():
    """P(lung cancer) = 0.5 * 0.01 + 0.5 * 0.1, as Lauritzen and Spiegelhalter have it."""
    assert engine("asia").pre_test == pytest.approx([0.945, 0.055], abs=1e-12)


@laws
@given(data=st.data())
@settings(max_examples=30)
def test_order_of_findings_is_irrelevant(name, backend, data):
    case = data.draw(cases(name))
    mixed = Case(dict(data.draw(st.permutations(list(case.findings.items())))))
    first, second = (engine(name, None, backend).diagnose(c).post_test for c in (case, mixed))
    assert first == pytest.approx(second, abs=1e-12)


@laws
@given(data=st.data())
@settings(max_examples=30)
def test_not_examined_changes_nothing(name, backend, data):
    """A likelihood of 1 for every state is the same as leaving the finding out."""
    case = data.draw(cases(name))
    left = [f for f in network(name).findings if f not in case.findings]
    empty = {f: dict.fromkeys(network(name).states(f), 1.0) for f in left[:5]}
    without, with_empty = (
        engine(name, None, backend).diagnose(c) for c in (case, Case({**case.findings, **empty}))
    )
    assert without.post_test == pytest.approx(with_empty.post_test, abs=1e-12)
    assert without.log_p_findings == pytest.approx(with_empty.log_p_findings, abs=1e-9)


@laws
@given(data=st.data())
@settings(max_examples=30)
def test_a_certain_likelihood_is_the_state(name, backend, data):
    case = data.draw(cases(name, soft=False))
    certain = Case({f: {state: 1} for f, state in case.findings.items()})
    hard, soft = (engine(name, None, backend).diagnose(c).post_test for c in (case, certain))
    assert hard == pytest.approx(soft, abs=1e-12)


@laws
@given(data=st.data())
@settings(max_examples=15)
def test_findings_obey_the_chain_rule(name, backend, data):
    """P(a, b) summed over the states of b is P(a)."""
    case = data.draw(cases(name))
    free = [f for f in network(name).findings if f not in case.findings]
    assume(free)
    finding = data.draw(st.sampled_from(free))
    parts = [
        engine(name, None, backend).diagnose(Case({**case.findings, finding: state})).log_p_findings
        for state in network(name).states(finding)
    ]
    whole = engine(name, None, backend).diagnose(case).log_p_findings
    assert np.logaddexp.reduce(parts) == pytest.approx(whole, abs=1e-9)


@laws
def test_renaming_diagnoses_permutes_the_answer(name, backend):
    net = network(name)
    if net.setting()[1].prior is None:
        pytest.skip("the diagnosis has parents")
    order = list(reversed(net.diagnoses))
    turned = net.model_copy(update={"diagnosis": {d: net.diagnosis[d] for d in order}})
    case = Case({f: net.findings[f].states[-1] for f in list(net.findings)[:6]})
    first, second = (Engine(n, None, backend).diagnose(case) for n in (net, turned))
    for diagnosis in net.diagnoses:
        assert first.probability(diagnosis) == pytest.approx(second.probability(diagnosis), abs=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("name", NETWORKS)
@given(data=st.data())
@settings(max_examples=60)
def test_every_backend_equals_variable_elimination_on_the_whole_model(name, data):
    """Against pgmpy's query on the whole Bayesian network with its own evidence and virtual evidence."""
    from pgmpy.factors.discrete import TabularCPD
    from pgmpy.inference import VariableElimination

    net, case = network(name), data.draw(cases(name))
    virtual = []
    for finding, value in case.findings.items():
        if not isinstance(value, str):
            states = list(net.states(finding))
            column = np.array([[value[s]] for s in states])
            virtual.append(
                TabularCPD(finding, len(states), column / column.sum(), state_names={finding: states})
            )
    hard = {f: v for f, v in case.findings.items() if isinstance(v, str)}
    answer = VariableElimination(model(name).copy()).query(
        ["diagnosis"], evidence=hard, virtual_evidence=virtual or None, show_progress=False
    )
    expected = answer.values
    for backend in BACKENDS:
        found = engine(name, None, backend).diagnose(case).post_test
        assert found == pytest.approx(expected, abs=1e-9), backend


@laws
def test_impossible_findings_are_named(name, backend):
    """A network with a definition: the whole without its part cannot be."""
    findings = dict(network(name).findings)
    part = next(f for f, finding in findings.items() if finding.states == ("absent", "present"))
    whole = type(findings[part])(label="Whole", category=findings[part].category, any_of=(part,))
    certain = {"recording_error": None, "missed": {}}
    net = network(name).model_copy(update={"findings": {**findings, "whole": whole}, **certain})
    other = next(f for f in findings if f != part)
    case = Case({other: findings[other].states[0], part: "present", "whole": "absent"})
    with pytest.raises(ImpossibleEvidence) as caught:
        Engine(net, None, backend).diagnose(case)
    assert caught.value.clash == (part, "whole")
