"""The engines at their limits: tiny probabilities, wide networks, memory, threads, what they cannot do."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from conftest import ENGINES, engine, network

from dxnet import Case, CaseError, DxnetError, Engine
from dxnet.errors import BackendError
from dxnet.inference.backends.compiled import backend as compiled
from dxnet.inference.backends.compiled import memory as machine
from dxnet.inference.backends.compiled.backend import CompiledBackend
from dxnet.inference.backends.compiled.calls import machine_code
from dxnet.inference.backends.compiled.elimination import elimination_order
from dxnet.inference.backends.registry import BACKENDS
from dxnet.knowledge.kinds.base import Cpt


def test_pgmpy_says_what_it_cannot(asia):
    with pytest.raises(BackendError, match="gives no most probable states; take the backend 'compiled'"):
        Engine(asia, backend="pgmpy").most_probable(Case({}))


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


@pytest.mark.slow
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


def test_tiny_likelihoods_are_no_impossible_findings(asia):
    tiny = {"present": 1e-300, "absent": 1e-301}
    case = Case(dict.fromkeys(("dyspnoea", "xray_abnormal", "smoking"), tiny))
    seen = {f: np.array([1e-301, 1e-300]) for f in case.findings}
    answers = [engine("asia", None, backend)._backend.ask(seen) for backend in ("compiled", "numpy")]
    assert answers[0][0] == pytest.approx(answers[1][0], abs=1e-12)
    assert answers[0][1] == pytest.approx(answers[1][1], rel=1e-12) and answers[0][1] < -2000


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
