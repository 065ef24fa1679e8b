"""Calibration slope and intercept against scikit-learn's logistic regression."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from sklearn.linear_model import LogisticRegression

from dxnet.evaluation.calibration_slope import calibration_slope, log_odds, recalibration


@pytest.mark.slow
@settings(max_examples=30)
@given(n=some.integers(30, 80), seed=some.integers(0, 30))
def test_slope_and_intercept_are_those_of_logistic_regression(n, seed):
    random = np.random.default_rng(seed)
    odds = random.normal(0, 2, n)
    outcome = random.random(n) < 1 / (1 + np.exp(-0.6 * odds - 0.5))
    whole = recalibration(odds, outcome, draws=1).value
    fitted = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(odds[:, None], outcome)
    assert whole.slope == pytest.approx(fitted.coef_[0, 0], abs=1e-4)
    shifted = 1 / (1 + np.exp(-odds - whole.intercept))
    assert shifted.mean() == pytest.approx(outcome.mean())


def test_a_calibrated_answer_has_slope_one_and_the_interval_holds_it():
    random = np.random.default_rng(0)
    odds = random.normal(0, 2, 2000)
    found = recalibration(odds, random.random(2000) < 1 / (1 + np.exp(-odds)), draws=100)
    assert found.value.slope == pytest.approx(1, abs=0.15)
    assert found.low.slope < found.value.slope < found.high.slope
    too_extreme = recalibration(2 * odds, random.random(2000) < 1 / (1 + np.exp(-odds)), draws=1)
    assert too_extreme.value.slope == pytest.approx(0.5, abs=0.1)


def test_complete_separation_has_no_finite_slope():
    odds = np.array([-2.0, -1.0, 1.0, 2.0])
    assert recalibration(odds, odds > 0, draws=1).value.slope == np.inf
    assert recalibration(odds, odds < 0, draws=1).value.slope == -np.inf


def test_log_odds_stay_finite():
    post = np.array([[1.0, 0.0, 0.0], [0.2, 0.3, 0.5]])
    odds = log_odds(post, [0])
    assert np.isfinite(odds).all()
    assert odds[1] == pytest.approx(np.log(0.25))


def test_pooled_columns_are_those_of_one_long_column():
    random = np.random.default_rng(2)
    odds = random.normal(0, 2, (30, 3))
    outcome = random.random((30, 3)) < 1 / (1 + np.exp(-odds))
    pooled = calibration_slope(odds, outcome, draws=1).value.slope
    assert pooled == pytest.approx(recalibration(odds.ravel(), outcome.ravel(), draws=1).value.slope)


def test_equal_outcomes_have_no_slope():
    found = recalibration(np.array([1.0, -1.0]), np.array([True, True]), draws=5).value
    assert np.isnan(found.slope) and found.intercept == np.inf
