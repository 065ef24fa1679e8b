"""The engines against the sum over all states, and against each other."""

import itertools
from collections import defaultdict

import numpy as np
import pytest
from conftest import ENGINES, NETWORKS, engine, network
from hypothesis import given, settings
from hypothesis import strategies as st
from patterned_networks import patterned_networks

from dxnet import Case
from dxnet.inference.backends.base import Draws
from dxnet.inference.backends.compiled.backend import CompiledBackend
from dxnet.inference.backends.numpy_backend import NumpyBackend
from dxnet.inference.backends.registry import BACKENDS
from dxnet.knowledge.kinds.base import Cpt, Kept

engines = pytest.mark.parametrize("make", ENGINES, ids=["compiled", "numpy"])


@st.composite
def questions(draw):
    """A random network of up to 7 variables, zeros among its numbers, and likelihoods of every kind."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(1, 7))
    sizes = rng.integers(1, 5, n)
    made = {}
    for v in range(n):
        parents = rng.permutation(v)[: rng.integers(0, min(v, 4) + 1)]
        values = rng.random((sizes[v], *sizes[parents])) * (rng.random((sizes[v], *sizes[parents])) > 0.2)
        values[0] += 1e-3
        made[f"v{v}"] = Cpt(values / values.sum(axis=0), tuple(f"v{p}" for p in parents))
    seen = {}
    for v in rng.permutation(n)[: rng.integers(0, n + 1)]:
        likelihood = rng.random(sizes[v])
        if rng.random() < 0.6:
            likelihood = np.eye(sizes[v])[rng.integers(sizes[v])]
        seen[f"v{v}"] = likelihood
    return made, f"v{rng.integers(n)}", seen


def joint(made, seen):
    """P(all variables, findings), one axis a variable: the product written out."""
    names, total = list(made), np.ones([len(table.values) for table in made.values()])
    for name, table in made.items():
        axes = [names.index(variable) for variable in (name, *table.parents)]
        shape = [total.shape[axis] if axis in axes else 1 for axis in range(total.ndim)]
        total = total * table.values.transpose(np.argsort(axes)).reshape(shape)
    for name, likelihood in seen.items():
        shape = [-1 if axis == names.index(name) else 1 for axis in range(total.ndim)]
        total = total * likelihood.reshape(shape)
    return names, total


@engines
@given(question=questions())
@settings(max_examples=150)
def test_any_network_gives_what_the_sum_over_all_states_gives(make, question):
    made, target, seen = question
    names, total = joint(made, seen)
    backend = make(made, target)
    post_test, log_p = backend.ask(seen)
    axis = names.index(target)
    expected = total.sum(axis=tuple(a for a in range(total.ndim) if a != axis))
    marginals = backend.marginals(seen)
    if total.sum() == 0:
        assert log_p == -np.inf and np.isnan(post_test).all()
        assert all(np.isnan(values).all() for values in marginals.values())
        return
    assert post_test == pytest.approx(expected / expected.sum(), abs=1e-12)
    assert log_p == pytest.approx(np.log(total.sum()), abs=1e-10)
    for name, values in marginals.items():
        gone = tuple(a for a in range(total.ndim) if a not in (axis, names.index(name)))
        pair = total.sum(axis=gone) / total.sum()
        if name == target:
            pair = np.diag(pair)
        elif names.index(name) > axis:
            pair = pair.T
        assert values == pytest.approx(pair, abs=1e-12)
    states, best = backend.most_probable(seen)
    assert best == pytest.approx(np.log(total.max()), abs=1e-10)
    assert total[tuple(states[name] for name in names)] == pytest.approx(total.max(), rel=1e-10)


@engines
@given(question=questions())
@settings(max_examples=60)
def test_slopes_are_the_derivative(make, question):
    """Against the difference that a small change of one row makes, its sum left at 1."""
    made, target, seen = question
    backend = make(made, target)
    post_test, log_p = backend.ask(seen)
    if log_p == -np.inf or post_test.min() < 1e-3:
        return
    weights = np.linspace(1, 0, len(post_test))
    for name, slope in backend.slopes(seen, weights).items():
        values = made[name].values
        assert slope.shape == values.shape
        other = np.roll(values, 1, axis=0)
        step, change = 1e-6, other - values
        moved = {**made, name: Cpt(values + step * change, made[name].parents)}
        back = {**made, name: Cpt(values - step * change, made[name].parents)}
        ahead, behind = (weights @ np.log(make(tables, target).ask(seen)[0]) for tables in (moved, back))
        assert (slope * change).sum() == pytest.approx((ahead - behind) / (2 * step), rel=1e-4, abs=1e-5)


@given(question=questions())
@settings(max_examples=100)
def test_rows_equal_single_questions(question):
    made, target, seen = question
    hard = [name for name, likelihood in seen.items() if (likelihood > 0).sum() == 1]
    rng = np.random.default_rng(len(seen))
    rows = np.array([[rng.integers(-1, len(made[name].values)) for name in hard] for _ in range(40)]).reshape(
        40, -1
    )
    backend = CompiledBackend(made, target)
    post_test, log_p = backend.ask_rows(hard, rows)
    for row, answer, p in zip(rows, post_test, log_p, strict=True):
        single = backend.ask(
            {n: np.eye(len(made[n].values))[s] for n, s in zip(hard, row, strict=True) if s >= 0}
        )
        assert answer == pytest.approx(single[0], abs=1e-12, nan_ok=True)
        assert p == pytest.approx(single[1], abs=1e-12)


@pytest.mark.parametrize("name", NETWORKS)
def test_rows_of_a_cohort_equal_single_questions(name):
    net, rng = network(name), np.random.default_rng(5)
    findings = list(net.findings)
    rows = np.array(
        [
            [rng.integers(len(net.states(f))) if rng.random() < 0.25 else -1 for f in findings]
            for _ in range(300)
        ]
    )
    post_test, log_p = engine(name).ask_rows(findings, rows)
    for row, answer, p in zip(rows, post_test, log_p, strict=True):
        case = Case({f: net.states(f)[s] for f, s in zip(findings, row, strict=True) if s >= 0})
        single = engine(name).diagnose(case)
        assert answer == pytest.approx(single.post_test, abs=1e-12)
        assert p == pytest.approx(single.log_p_findings, abs=1e-12)


@pytest.mark.slow
def test_engines_agree_on_marginals_with_pgmpy(als):
    case = Case({"age": "60-69", "babinski": "present", "sensory_level": "absent", "weakness": "present"})
    answers = [engine("als_mimics", None, backend).marginals(case) for backend in BACKENDS]
    for name in (
        "umn_lumbosacral",
        "hyperreflexia_legs",
        "carpal_tunnel",
        "areflexia",
        "diagnosis",
        "babinski",
    ):
        for other in answers[1:]:
            assert answers[0][name] == pytest.approx(other[name], abs=1e-9)


@st.composite
def patterned(draw):
    """Many signs need another; states of some, and those that they do not have."""
    made, rng = draw(patterned_networks(fewest=1, gates=9, needing=0.6, least=(0.0, 1e-60, 1e-9, 0.01)))
    asked = [{f"s{v}": int(rng.integers(2)) for v in range(9) if f"s{v}" in made and rng.random() < 0.7}]
    asked.append({name: 1 - state for name, state in asked[0].items()})
    return made, asked


class _Drawn(Draws):
    """Draws of tables: those that are given, and the same with the rows of the patterns changed about."""

    n = 2

    def __init__(self, made):
        self.made = made

    def table(self, name):
        values = self.made[name].values
        return np.stack([values, values[..., ::-1] if name != "t" else values])


@given(question=patterned())
@settings(max_examples=100)
def test_states_that_tables_do_not_tell_apart_share_rows(question):
    made, asked = question
    ours, other = CompiledBackend(made, "t"), NumpyBackend(made, "t")
    for seen in [*asked, *asked, *asked]:
        found, expected = ours.ask(seen), other.ask(seen)
        assert found[0] == pytest.approx(expected[0], abs=1e-12, nan_ok=True)
        assert found[1] == pytest.approx(expected[1], abs=1e-10)
        again = ours.ask_rows(list(seen), np.array([list(seen.values())]).reshape(1, -1))
        assert np.array_equal(again[0][0], found[0], equal_nan=True)
    for seen in asked:
        soft = {
            name: np.array([0.3, 1.0]) if i % 2 else state for i, (name, state) in enumerate(seen.items())
        }
        assert ours.ask(soft)[0] == pytest.approx(other.ask(soft)[0], abs=1e-12, nan_ok=True)
        (first, log_p), (second, log_q) = (backend.ask_draws(seen, _Drawn(made)) for backend in (ours, other))
        assert first == pytest.approx(second, abs=1e-12, nan_ok=True)
        assert log_p == pytest.approx(log_q, abs=1e-10)


def tables_by_number(parameters):
    """The tables that each number enters, and all tables at their means."""
    users, tables = defaultdict(set), {}
    for name in ("diagnosis", *parameters.network.nodes):

        def value(place, estimate, name=name):
            users[place].add(name)
            return Cpt(np.array(estimate.mean))

        tables[name] = parameters.table(name, value)
    return users, tables


@pytest.mark.slow
def test_gradient_of_every_number(als):
    """Against the difference that a small change of the number makes; at a kink, one of its two sides."""
    net = network("als_mimics")
    case = Case(
        {"babinski": "present", "tongue_atrophy": "present", "sensory_loss": "absent", "age": "60-69"}
    )
    answers = engine("als_mimics")
    parameters = answers.parameters
    gradient = answers.gradient(case, "als")
    here = np.log(answers.diagnose(case).probability("als"))
    users, tables = tables_by_number(parameters)
    for i in np.argsort(-abs(gradient))[:: len(gradient) // 25][:20]:
        place, state = parameters.index[i]
        estimate = parameters.estimates[place]
        h = 1e-6 * min(estimate.mean[state], 1 - estimate.mean[state])
        sides = []
        for step in (h, -h):
            mean = np.array(estimate.mean)
            mean *= (1 - mean[state] - step) / (1 - mean[state])
            mean[state] = estimate.mean[state] + step
            value = Kept(lambda at, e: Cpt(mean if at == place else np.array(e.mean)))  # noqa: B023
            moved = {**tables, **{name: parameters.table(name, value) for name in users[place]}}
            p = NumpyBackend(moved, "diagnosis").ask(case.likelihoods(net))[0][net.diagnoses.index("als")]
            sides.append((np.log(p) - here) / step)
        low, high = sorted(sides)
        slack = 1e-4 * max(1, abs(gradient[i]))
        assert low - slack < gradient[i] < high + slack, place


def test_asia_most_probable_states_by_hand(asia):
    net = network("asia")
    names = list(engine("asia")._backend.tables)
    case = Case({"dyspnoea": "present"})
    best = {}
    for states in itertools.product(*(net.states(name) for name in names)):
        chosen = dict(zip(names, states, strict=True))
        if chosen["dyspnoea"] == "present":
            p = 1.0
            for name, table in engine("asia")._backend.tables.items():
                index = tuple(net.states(v).index(chosen[v]) for v in (name, *table.parents))
                p *= table.values[index]
            best[states] = p
    expected = max(best, key=best.get)
    found, log_p = engine("asia").most_probable(case)
    assert tuple(found[name] for name in names) == expected
    assert log_p == pytest.approx(np.log(best[expected]))


def test_a_likelihood_of_a_target_with_many_states(monkeypatch):
    """The target's axis is filled up to whole vectors: what lies there must not matter."""
    rng = np.random.default_rng(0)
    prior = rng.random(9)
    made = {"t": Cpt(prior / prior.sum()), "x": Cpt(np.vstack([p := rng.random(9), 1 - p]), ("t",))}

    def poisoned(shape, dtype=float, **_):
        return np.full(shape, np.nan if dtype is float else 7, dtype)

    monkeypatch.setattr(np, "empty", poisoned)
    backend = CompiledBackend(made, "t")
    seen = {"t": rng.random(9), "x": 1}
    expected = made["t"].values * seen["t"] * made["x"].values[1]
    assert backend.ask(seen)[0] == pytest.approx(expected / expected.sum(), abs=1e-12)
    assert backend.marginals(seen)["t"].sum(axis=1) == pytest.approx(expected / expected.sum(), abs=1e-12)
