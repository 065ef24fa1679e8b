"""Intervals that cover, and numbers that matter."""

from functools import cache
from graphlib import TopologicalSorter

import numpy as np
import pytest
from conftest import engine, network

from dxnet import Case, credible_intervals, read_cases
from dxnet.inference.backends.base import Draws
from dxnet.inference.cpt import UNEXPLAINED
from dxnet.inference.draws import NumberDraws
from dxnet.knowledge.load import RESOURCES

PATIENTS = 150


@cache
def parents_first(name):
    """The parents of each variable, no variable before its parents."""
    parents = {v: table.parents for v, table in engine(name)._backend.tables.items()}
    return {v: parents[v] for v in TopologicalSorter(parents).static_order()}


def findings_of(net, tables, rng, number):
    """A patient drawn from one set of tables."""
    parents = parents_first(net.name)
    state = {}
    for v in parents:
        p = tables[v][(slice(None), *(state[parent] for parent in parents[v]))]
        state[v] = int(rng.choice(len(p), p=p / p.sum()))
    chosen = rng.choice(list(net.findings), number, replace=False)
    return Case({str(f): net.states(f)[state[f]] for f in chosen})


@pytest.mark.slow
def test_a_90_percent_interval_holds_the_truth_in_90_percent():
    """Patients, each from numbers drawn anew: the true posterior of the first diagnosis lies inside."""
    net, answers, rng = network("als_mimics"), engine("als_mimics"), np.random.default_rng(7)
    truths = NumberDraws(answers.parameters, PATIENTS, seed=12345)
    tables = {name: truths.table(name) for name in (*answers._backend.tables, UNEXPLAINED)}

    class One(Draws):
        n = 1

        def __init__(self, number):
            self.number = number

        def table(self, name):
            return tables[name][self.number : self.number + 1]

    inside = 0
    for number in range(PATIENTS):
        drawn = {name: values[number] for name, values in tables.items()}
        case = findings_of(net, drawn, rng, int(rng.integers(4, 25)))
        found = credible_intervals(answers, case)
        k = int(found.post_test.argmax())
        truth = answers.ask_draws(case, One(number))[0][0, k]
        inside += found.low[k] <= truth <= found.high[k]
    assert 0.85 <= inside / PATIENTS <= 0.95, inside / PATIENTS


def test_the_same_seed_gives_the_same_intervals(als):
    case = Case({"babinski": "present"})
    first, second, other = (credible_intervals(engine("als_mimics"), case, seed=s) for s in (1, 1, 2))
    assert (first.low == second.low).all() and not (first.low == other.low).all()


def test_a_level_outside_0_to_1_is_refused(als):
    with pytest.raises(ValueError, match="give a share between 0 and 1"):
        credible_intervals(engine("als_mimics"), Case({}), level=90)


@pytest.mark.slow
def test_an_interval_holds_the_posterior_of_the_mean_numbers(als):
    for case in read_cases(RESOURCES / "data" / "cases" / "published.jsonl")[::10]:
        found = credible_intervals(engine("als_mimics"), case)
        assert (found.low <= found.post_test).all() and (found.post_test <= found.high).all()
