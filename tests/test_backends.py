"""The engines against the sum over all states, against each other, and at their limits."""

import gc
import itertools
import os
import subprocess
import sys
import weakref
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from conftest import NETWORKS, engine, network, two_diagnoses
from hypothesis import given, settings
from hypothesis import strategies as st
from patterned_networks import patterned_networks

from dxnet import Case, CaseError, DxnetError, Engine, Estimate
from dxnet.errors import BackendError
from dxnet.inference.backends.base import Draws
from dxnet.inference.backends.compiled import backend as compiled
from dxnet.inference.backends.compiled import memory as machine
from dxnet.inference.backends.compiled.backend import CompiledBackend
from dxnet.inference.backends.compiled.calls import machine_code
from dxnet.inference.backends.compiled.drawn_cells import common_cells
from dxnet.inference.backends.compiled.elimination import elimination_order
from dxnet.inference.backends.numpy_backend import NumpyBackend
from dxnet.inference.backends.pgmpy_model import all_tables
from dxnet.inference.backends.registry import BACKENDS
from dxnet.inference.parameters import NetworkNumbers, NumberDraws
from dxnet.knowledge.diagnosis import Setting
from dxnet.knowledge.kinds.base import Cpt, Kept
from dxnet.knowledge.network import Finding
from dxnet.knowledge.table import ConditionalTable

ENGINES = [BACKENDS["compiled"], BACKENDS["numpy"]]
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


def test_pgmpy_says_what_it_cannot(asia):
    with pytest.raises(BackendError, match="gives no most probable states; take the backend 'compiled'"):
        Engine(asia, backend="pgmpy").most_probable(Case({}))


@pytest.mark.parametrize("name", NETWORKS)
def test_draws_of_the_compiled_engine_are_those_of_numpy(name):
    net = network(name)
    case = Case({f: net.findings[f].states[-1] for f in list(net.findings)[:5]})
    (first, log_p), (second, other) = (
        Engine(net, None, backend).draws(case, 20, seed=3) for backend in ("compiled", "numpy")
    )
    assert first == pytest.approx(second, abs=1e-12) and log_p == pytest.approx(other, abs=1e-10)
    assert first.std(axis=0).max() > 1e-4
    assert (Engine(net.model_copy()).draws(case, 20, seed=3)[0] == first).all()
    assert not np.allclose(Engine(net).draws(case, 20, seed=4)[0], first)


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


def test_draws_do_not_outlive_their_use(als):
    backend = CompiledBackend(all_tables(als), "diagnosis")
    draws = NumberDraws(Engine(als).parameters, 2)
    backend.ask_draws({"babinski": 1}, draws)
    cells = weakref.ref(common_cells(backend._short_machine, draws))
    assert len(backend._targets) == 1 and cells() is not None
    del draws
    gc.collect()
    assert not backend._targets and cells() is None


def test_a_second_setting_draws_its_own_table_alone(als, monkeypatch):
    case = Case({"babinski": "present", "tongue_atrophy": "present"})
    one, other = (Engine(als.model_copy(), name).draws(case, 20, seed=3) for name in list(als.settings)[:2])
    net, made, table = als.model_copy(), [], NetworkNumbers.table
    first, second = (Engine(net, name) for name in list(net.settings)[:2])
    assert all(map(np.array_equal, first.draws(case, 20, seed=3), one))
    monkeypatch.setattr(NetworkNumbers, "table", lambda it, *of: made.append(of[0]) or table(it, *of))
    found = second.draws(case, 20, seed=3)
    assert made == ["diagnosis"] and all(map(np.array_equal, found, other))
    assert not np.allclose(found[0], one[0])


@pytest.mark.parametrize("order", list(itertools.permutations(["even", "rare", "by_g"])))
def test_draws_in_a_setting_are_the_same_whichever_came_before(order):
    """Also where one gives the diagnosis parents, so that nothing can be shared with it."""
    low, high, unknown = (Estimate.parse(f"{p} {1 - p:.1f} ~ 20 @estimate") for p in (0.2, 0.8, 0.5))
    given = ConditionalTable(parents=("g",), rows={"absent": low, "present": high})
    settings = {
        "even": Setting(label="E", prior={"default": unknown}),
        "rare": Setting(label="R", prior={"a": low, "b": high}),
        "by_g": Setting(label="G", given=given),
    }
    by_diagnosis = ConditionalTable(parents=("diagnosis",), rows={"a": low, "b": high})
    findings = {
        "f": Finding(label="f", given=by_diagnosis),
        "g": Finding(label="g", given=ConditionalTable(parents=(), rows={"default": unknown})),
    }
    net, case = two_diagnoses(findings, settings=settings), Case({"f": "present", "g": "absent"})
    kept = []
    for name in order:
        kept.append(Engine(net, name))
        alone = Engine(two_diagnoses(findings, settings=settings), name)
        for found, expected in zip(kept[-1].draws(case, 20), alone.draws(case, 20), strict=True):
            assert np.array_equal(found, expected)


def test_draws_do_not_change_later_answers(als):
    machine, case = Engine(als.model_copy()), Case({"babinski": "present", "tongue_atrophy": "present"})
    before = machine.diagnose(case).post_test
    machine.draws(case, 10)
    assert machine.diagnose(case).post_test == pytest.approx(before, abs=0)


def test_many_small_probabilities_do_not_vanish():
    """500 findings of probability 1e-5 each: far below the smallest number that a computer has."""
    made = {"ill": Cpt(np.array([0.5, 0.5]))}
    made |= {f"f{i}": Cpt(np.array([[1 - 1e-5, 1 - 3e-5], [1e-5, 3e-5]]), ("ill",)) for i in range(500)}
    seen = {name: np.array([0.0, 1.0]) for name in made if name != "ill"}
    expected = np.log(0.5) + np.logaddexp(500 * np.log(1e-5), 500 * np.log(3e-5))
    for make in ENGINES:
        assert make(made, "ill").ask(seen)[1] == pytest.approx(expected, rel=1e-12)
    names = list(seen)
    _, log_p = CompiledBackend(made, "ill").ask_rows(names, np.ones((2, 500), int))
    assert log_p == pytest.approx([expected] * 2, rel=1e-12)


def test_a_long_chain_of_small_probabilities_does_not_vanish():
    """Messages that must be lifted on the way forward and back."""
    step = np.array([[1e-100, 1e-120], [1 - 1e-100, 1 - 1e-120]])
    made = {"v0": Cpt(np.array([0.3, 0.7]))} | {f"v{i}": Cpt(step, (f"v{i - 1}",)) for i in range(1, 12)}
    seen = {f"v{i}": np.array([1.0, 0.5e-200]) for i in range(1, 12)}
    answers = [make(made, "v0") for make in ENGINES]
    assert answers[0].ask(seen)[1] == pytest.approx(answers[1].ask(seen)[1], rel=1e-12)
    slopes = [answer.slopes(seen, np.array([1.0, 0.0])) for answer in answers]
    for name in made:
        assert slopes[0][name] == pytest.approx(slopes[1][name], rel=1e-9)


def test_threads_share_an_engine(als):
    """2,000 questions of every kind from 8 threads, each equal to the answer of one thread."""
    rng, findings = np.random.default_rng(0), list(als.findings)
    shared = Engine(als.model_copy())
    cases = []
    for _ in range(200):
        chosen = rng.choice(findings, rng.integers(1, 25), replace=False)
        cases.append(
            Case(
                {
                    f: str(rng.choice(als.states(f)))
                    if rng.random() < 0.8
                    else {s: float(rng.random()) for s in als.states(f)}
                    for f in chosen
                }
            ).likelihoods(als)
        )
    rows = rng.integers(-1, 2, (50, len(findings)))
    first = np.eye(len(als.diagnoses))[0]

    def ask(number):
        backend, seen = shared._backend, cases[number % len(cases)]
        kind = number % 50
        if kind == 0:
            return backend.ask_rows(findings, rows)[0]
        if kind == 1:
            return np.concatenate([values.ravel() for values in backend.slopes(seen, first).values()])
        if kind == 2:
            return backend.marginals(seen)["babinski"]
        return backend.ask(seen)[0]

    alone = [ask(number) for number in range(200)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(ask, range(2_000)))
    assert all((answer == alone[number % 200]).all() for number, answer in enumerate(together))


@pytest.mark.slow
def test_wide_networks_are_planned_for_each_pattern(monkeypatch, als):
    case = Case({"babinski": "present", "age": "60-69", "hoffmann": {"present": 0.8, "absent": 0.3}})
    expected = engine("als_mimics")
    assert not expected.is_wide  # known before the limit moves: other tests have this engine, too
    monkeypatch.setattr(compiled, "WIDE_ENTRIES", 0)
    special = Engine(als.model_copy())
    assert special.is_wide
    assert special.diagnose(case).post_test == pytest.approx(expected.diagnose(case).post_test, abs=1e-12)
    assert special.gradient(case, "als") == pytest.approx(expected.gradient(case, "als"), abs=1e-9)
    assert special.draws(case, 3)[0] == pytest.approx(expected.draws(case, 3)[0], abs=1e-12)
    for name, values in expected.marginals(case).items():
        assert special.marginals(case)[name] == pytest.approx(values, abs=1e-12)
    rows = np.array([[1, 5], [-1, 2]])
    columns = ["babinski", "age"]
    assert special.ask_rows(columns, rows)[0] == pytest.approx(expected.ask_rows(columns, rows)[0], abs=1e-12)


@pytest.mark.parametrize(
    ("what", "size"), [("FIRST_CELLS", 16), ("KEPT_FACTORS", 128), ("KEPT_CELLS", 1 << 14)]
)
def test_memory_grows_and_room_for_kept_products_runs_out(monkeypatch, als, what, size):
    findings, rng = list(als.findings), np.random.default_rng(1)
    rows = rng.integers(-1, 2, (200, len(findings)))
    expected = engine("als_mimics").ask_rows(findings, rows)[0]
    monkeypatch.setattr(machine, what, size)
    monkeypatch.setattr(compiled, "cut_network", lambda *_: None)  # so that all are products of a tape
    assert Engine(als.model_copy()).ask_rows(findings, rows)[0] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_finding_in_two_columns_is_refused(backend):
    with pytest.raises(CaseError, match="xray_abnormal: stands in 2 columns"):
        Engine(network("asia"), backend=backend).ask_rows(["xray_abnormal"] * 2, [[0, 1]])


def test_the_order_eliminates_every_variable_once_and_the_target_last():
    scopes = [("a",), ("b", "a"), ("c", "a", "b"), ("d", "c"), ("e",)]
    order = elimination_order(scopes, dict.fromkeys("abcde", 2), "b")
    assert sorted(order.names) == list("abcde") and order.names[-1] == "b"
    assert all(bucket > position or position == 4 for position, bucket in enumerate(order.bucket))
    assert (order.width, max(order.entries), len(order.entries)) == (3, 8, 5)


def tables_by_number(parameters):
    """The tables that each number enters, and all tables at their means."""
    users, tables = defaultdict(set), {}
    for name in ("diagnosis", *parameters.network.nodes):

        def value(place, estimate, name=name):
            users[place].add(name)
            return Cpt(np.array(estimate.mean))

        tables[name] = parameters.table(name, value)
    return users, tables


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


def test_draws_centre_on_the_means_as_weights_grow(als):
    case = Case({"babinski": "present", "tongue_atrophy": "present", "age": "60-69"})

    class Heavy(NumberDraws):
        def table(self, name):
            def value(place, estimate):
                drawn = self.parameters.drawn(place, estimate, self.n, self.seed)
                shares = drawn - np.array(estimate.mean)[:, None]
                return Cpt(np.array(estimate.mean)[:, None] + 1e-4 * shares, ("<draw>",))

            drawn = self.parameters.table(name, value)
            return np.moveaxis(drawn.values, drawn.parents.index("<draw>") + 1, 0)

    answers = engine("als_mimics")
    drawn, _ = answers._backend.ask_draws(case.likelihoods(als), Heavy(answers.parameters, 50))
    assert drawn == pytest.approx(np.tile(answers.diagnose(case).post_test, (50, 1)), abs=1e-3)


def test_drawn_numbers_follow_their_estimate(als):
    parameters = engine("als_mimics").parameters
    place, estimate = next(
        (p, e) for p, e in parameters.estimates.items() if e.weight > 50 and 0.2 < e.mean[1] < 0.8
    )
    drawn = parameters.drawn(place, estimate, 20_000, seed=0)
    assert drawn.sum(axis=0) == pytest.approx(np.ones(20_000))
    assert drawn.mean(axis=1) == pytest.approx(estimate.mean, abs=0.005)
    variance = estimate.mean[1] * estimate.mean[0] / (estimate.weight + 1)
    assert drawn[1].var() == pytest.approx(variance, rel=0.05), place


def test_drawn_tables_are_distributions(als):
    draws = NumberDraws(engine("als_mimics").parameters, 3)
    for name, table in all_tables(als).items():
        drawn = draws.table(name)
        assert drawn.shape == (3, *table.values.shape)
        assert drawn.min() >= 0 and drawn.sum(axis=1) == pytest.approx(np.ones_like(drawn[:, 0]), abs=1e-9)


def run(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_without_numba_numpy_takes_over():
    code = """
import importlib.util
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "numba" else found(name, *rest)
from dxnet import Case, Engine, load_network
engine = Engine(load_network("asia"))
print(engine.backend, engine.diagnose(Case({"xray_abnormal": "present"})).ranking[0])
"""
    assert run(code) == ["numpy", "no_lung_cancer"]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "finding"), [("asia", "xray_abnormal"), ("als_mimics", "babinski")])
def test_a_question_from_the_shell_loads_neither_pgmpy_nor_numba(tmp_path, name, finding):
    """Machine code that is kept needs no numba."""
    machine_code()
    (tmp_path / "case.yaml").write_text(f"findings: {{{finding}: present}}")
    command = ["diagnose", str(tmp_path / "case.yaml"), "--network", name, "--json"]
    ask = f"import sys; from dxnet.cli import main; main({command}, standalone_mode=False)"
    run(ask)
    unwanted = "{'pgmpy', 'numba', 'pandas', 'streamlit'}"
    run(f"{ask}; assert not {unwanted} & set(sys.modules), sorted(sys.modules)")


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


def test_tiny_likelihoods_are_no_impossible_findings(asia):
    tiny = {"present": 1e-300, "absent": 1e-301}
    case = Case(dict.fromkeys(("dyspnoea", "xray_abnormal", "smoking"), tiny))
    seen = {f: np.array([1e-301, 1e-300]) for f in case.findings}
    answers = [engine("asia", None, backend)._backend.ask(seen) for backend in ("compiled", "numpy")]
    assert answers[0][0] == pytest.approx(answers[1][0], abs=1e-12)
    assert answers[0][1] == pytest.approx(answers[1][1], rel=1e-12) and answers[0][1] < -2000


def test_an_interrupt_between_draws_leaves_the_tables_alone(als, monkeypatch):
    answers, case = Engine(als.model_copy()), Case({"babinski": {"present": 0.9, "absent": 0.2}})
    before = answers.diagnose(case).post_test

    def interrupted(kernel, layout, work):
        def run(*rest):
            work.memory[:100] = 0.123
            raise KeyboardInterrupt

        return run

    monkeypatch.setattr("dxnet.inference.backends.compiled.backend.Call", interrupted)
    with pytest.raises(KeyboardInterrupt):
        answers.draws(case, 10)
    assert (answers.diagnose(case).post_test == before).all()


def test_a_question_too_wide_is_refused():
    """100 variables, each with five of those before as its parents."""
    made, rng = {}, np.random.default_rng(0)
    for i in range(100):
        above = tuple(f"v{j}" for j in rng.choice(i, min(i, 5), replace=False))
        p = rng.uniform(0.1, 0.9, [2] * len(above))
        made[f"v{i}"] = Cpt(np.stack([p, 1 - p]), above)
    with pytest.raises(BackendError, match="too wide: products of"):
        CompiledBackend(made, "v0").ask({"v99": 1})


def test_a_number_that_is_no_state_is_refused(asia):
    with pytest.raises(DxnetError, match=r"a state is 7, but there are 2 from 0; -1 is not examined"):
        engine("asia").ask_rows(["smoking"], np.array([[1], [7]]))
    with pytest.raises(DxnetError, match="a state is -5"):
        engine("asia").ask_rows(["smoking"], np.array([[-5]]))
    with pytest.raises(ValueError, match=r"states is \(1, 2\); give a column for each of 1 findings"):
        engine("asia").ask_rows(["smoking"], np.array([[0, 1]]))


def test_the_elimination_order_is_the_same_in_every_process():
    """The order of sets of names follows PYTHONHASHSEED; no tie may be decided by it."""
    code = """
from dxnet import load_network
from dxnet.inference.backends.compiled.elimination import elimination_order
from dxnet.inference.backends.pgmpy_model import all_tables
tables = all_tables(load_network("als_mimics"))
scopes = [(name, *table.parents) for name, table in tables.items()]
card = {name: len(table.values) for name, table in tables.items()}
print(elimination_order(scopes, card, "diagnosis").names)
"""
    orders = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("0", "103")
    }
    assert len(orders) == 1
