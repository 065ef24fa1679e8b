"""Draws of numbers follow their estimates, are those of every engine, and leave the engine as it was."""

import gc
import itertools
import weakref

import numpy as np
import pytest
from conftest import NETWORKS, engine, network, two_diagnoses

from dxnet import Case, Engine, Estimate
from dxnet.inference.backends.compiled.backend import CompiledBackend
from dxnet.inference.backends.compiled.drawn_cells import common_cells
from dxnet.inference.backends.pgmpy_model import all_tables
from dxnet.inference.cpt import UNEXPLAINED
from dxnet.inference.draws import NumberDraws
from dxnet.inference.parameters import NetworkNumbers
from dxnet.knowledge.diagnosis import Setting
from dxnet.knowledge.kinds.base import Cpt
from dxnet.knowledge.network import Finding
from dxnet.knowledge.table import ConditionalTable


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


def test_draws_do_not_outlive_their_use(als):
    backend = CompiledBackend(all_tables(als), "diagnosis")
    draws = NumberDraws(Engine(als).parameters, 2)
    backend.ask_draws({"babinski": 1}, draws)
    cells = weakref.ref(common_cells(backend._short_machine, draws))
    assert len(backend._targets) == 1 and cells() is not None
    del draws
    gc.collect()
    assert not backend._targets and cells() is None


def test_a_second_setting_draws_its_own_tables_alone(als, monkeypatch):
    case = Case({"babinski": "present", "tongue_atrophy": "present"})
    one, other = (Engine(als.model_copy(), name).draws(case, 20, seed=3) for name in list(als.settings)[:2])
    net, made, table = als.model_copy(), [], NetworkNumbers.table
    first, second = (Engine(net, name) for name in list(net.settings)[:2])
    assert all(map(np.array_equal, first.draws(case, 20, seed=3), one))
    monkeypatch.setattr(NetworkNumbers, "table", lambda it, *of: made.append(of[0]) or table(it, *of))
    found = second.draws(case, 20, seed=3)
    assert made == ["diagnosis", UNEXPLAINED] and all(map(np.array_equal, found, other))
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


@pytest.mark.slow
def test_drawn_tables_are_distributions(als):
    draws = NumberDraws(engine("als_mimics").parameters, 3)
    for name, table in all_tables(als).items():
        drawn = draws.table(name)
        assert drawn.shape == (3, *table.values.shape)
        assert drawn.min() >= 0 and drawn.sum(axis=1) == pytest.approx(np.ones_like(drawn[:, 0]), abs=1e-9)


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
