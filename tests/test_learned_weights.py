"""How much a learned number weighs: exact for pre-test probabilities, and never more than the rows given."""

import numpy as np
import pandas as pd
import pytest
from conftest import LESIONS, TINY, engine, two_diagnoses
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta

from dxnet import Engine, Estimate
from dxnet.knowledge.diagnosis import Setting
from dxnet.knowledge.network import DIAGNOSIS, Finding
from dxnet.knowledge.place import Place
from dxnet.knowledge.table import ConditionalTable
from dxnet.learning.learn import learn
from dxnet.learning.simulate import MissingPattern, simulate


def two(first="0.3 ~ 20 @estimate", second="0.7 ~ 20 @estimate"):
    """Two diagnoses with pre-test probabilities, and a finding."""
    row = ConditionalTable(parents=(DIAGNOSIS,), rows={"default": Estimate.parse("0.4 ~ 10 @estimate")})
    prior = {"a": Estimate.parse(first), "b": Estimate.parse(second)}
    return Engine(
        two_diagnoses({"f": Finding(label="F", given=row)}, settings={"s": Setting(label="S", prior=prior)})
    )


def learned(answers, diagnoses):
    return {
        move.place.row: move
        for move in learn(answers, pd.DataFrame({"diagnosis": diagnoses, "f": None})).moves
    }


@pytest.mark.parametrize(("a", "b"), [(1, 0), (0, 1), (5, 2), (60, 40)])
def test_pretest_probabilities_of_one_weight_are_learned_by_counting(a, b):
    """Together they are a Dirichlet, whose exact posterior is known."""
    found, rows = learned(two(), ["a"] * a + ["b"] * b), a + b
    assert found["a"].mean[1] == pytest.approx((6 + a) / (20 + rows), abs=2e-3)
    assert found["b"].mean[1] == pytest.approx((14 + b) / (20 + rows), abs=2e-3)
    assert [move.rows for move in found.values()] == pytest.approx([rows, rows], rel=0.01)


def test_a_row_informs_the_lighter_of_two_pretest_probabilities_no_more_than_itself():
    found = learned(two("0.3 ~ 200 @estimate", "0.7 ~ 2 @estimate"), ["a"] * 3)
    assert all(0 <= move.rows <= 3 for move in found.values())


NETWORKS = {"asia": "asia", "tiny": TINY, "lesions": LESIONS}


@pytest.mark.slow
@settings(max_examples=12, deadline=None)
@given(st.sampled_from(sorted(NETWORKS)), st.integers(1, 12), st.floats(0, 0.9), st.integers(0, 99))
def test_no_number_gains_more_weight_than_the_cohort_has_rows(name, rows, missing, seed):
    answers = engine(NETWORKS[name])
    cohort = simulate(answers.parameters, rows, MissingPattern(missing, diagnosis=missing / 2), seed)
    found = learn(answers, cohort)
    most = found.rows - found.unlabelled
    assert all(-1e-9 <= move.rows <= most + 1e-9 for move in found.moves)


@pytest.mark.parametrize("share", ["0.3", "0.9"])
def test_a_pretest_probability_is_drawn_with_the_interval_of_its_weight(share):
    answers = two(f"{share} ~ 20 @estimate", f"{1 - float(share):g} ~ 20 @estimate")
    places = [Place("settings", "s", row=row) for row in "ab"]
    estimates = answers.parameters.estimates
    drawn = [answers.parameters.drawn(place, estimates[place], 20_000, 0)[1] for place in places]
    found = np.quantile(drawn[0] / sum(drawn), [0.05, 0.5, 0.95])
    p = float(share)
    assert found == pytest.approx(beta.ppf([0.05, 0.5, 0.95], p * 20, (1 - p) * 20), abs=0.01)
