"""Intervals that cover, and numbers that matter."""

import numpy as np
import pytest
from conftest import engine, network

from dxnet import Case, credible_intervals
from dxnet.parameters import MovedNumbers, ParameterDraws
from dxnet.uncertainty import sensitivity


def findings_of(net, tables, rng, number):
    """A patient drawn from one set of tables."""
    from graphlib import TopologicalSorter

    parents = {v: table.parents for v, table in engine(net.name)._backend.tables.items()}
    state = {}
    for v in TopologicalSorter(parents).static_order():
        p = tables[v][(slice(None), *(state[parent] for parent in parents[v]))]
        state[v] = int(rng.choice(len(p), p=p / p.sum()))
    chosen = rng.choice(list(net.findings), number, replace=False)
    return Case({str(f): net.states(f)[state[f]] for f in chosen})


@pytest.mark.slow
def test_a_90_percent_interval_holds_the_truth_in_90_percent():
    """2,000 patients, each from numbers drawn anew: the true posterior of the first diagnosis lies inside."""
    net, answers, rng = network("als_mimics"), engine("als_mimics"), np.random.default_rng(7)
    truths = ParameterDraws(answers.parameters, 2000, seed=12345)
    tables = {name: truths.table(name) for name in answers._backend.tables}

    class One:
        n = 1

        def __init__(self, number):
            self.number = number

        def table(self, name):
            return tables[name][self.number : self.number + 1]

    inside = 0
    for number in range(2000):
        drawn = {name: values[number] for name, values in tables.items()}
        case = findings_of(net, drawn, rng, int(rng.integers(4, 25)))
        found = credible_intervals(answers, case)
        k = int(found.post_test.argmax())
        truth = answers.ask_draws(case, One(number))[0][0, k]
        inside += found.low[k] <= truth <= found.high[k]
    assert 0.88 <= inside / 2000 <= 0.92, inside / 2000


def test_the_same_seed_gives_the_same_intervals(als):
    case = Case({"babinski": "present"})
    first, second, other = (credible_intervals(engine("als_mimics"), case, seed=s) for s in (1, 1, 2))
    assert (first.low == second.low).all() and not (first.low == other.low).all()


def test_a_level_outside_0_to_1_is_refused(als):
    with pytest.raises(ValueError, match="give a share between 0 and 1"):
        credible_intervals(engine("als_mimics"), Case({}), level=90)


def test_a_swing_is_what_a_moved_number_does(als):
    case = Case({"babinski": "present", "tongue_atrophy": "present", "sensory_loss": "present"})
    answers = engine("als_mimics")
    swings = sensitivity(answers, case, "als", top=5)
    assert [s.width for s in swings] == sorted((s.width for s in swings), reverse=True)
    for swing in swings:
        place, k = (swing.place, swing.state), als.diagnoses.index("als")
        p = swing.estimate.mean[swing.state]
        moved, _ = answers.ask_draws(case, MovedNumbers(answers.parameters, [(place, swing.low), (place, p)]))
        assert moved[0, k] == pytest.approx(swing.at_low) and swing.low < p < swing.high
        assert moved[1] == pytest.approx(answers.diagnose(case).post_test, abs=1e-12)
        step = 1e-6 * p
        both = [(place, p + step), (place, p - step)]
        near, _ = answers.ask_draws(case, MovedNumbers(answers.parameters, both))
        slopes = (np.log(near[:, k]) - np.log(moved[1, k])) / (step, -step)
        assert min(slopes) - 1e-3 <= swing.derivative <= max(slopes) + 1e-3
