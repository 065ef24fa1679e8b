"""Measures against hand-worked figures and scikit-learn; intervals against the normal law."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss, log_loss

from dxnet.evaluation.statistics import (
    MEASURES,
    calibration_by_chance,
    measure_intervals,
    measures_in_words,
    overall,
    reliability,
    score_cases,
    wilson,
)


def answers(n, k, seed=0):
    """Probabilities, and the place of the true diagnosis."""
    random = np.random.default_rng(seed)
    return random.dirichlet(np.ones(k), n), random.integers(0, k, n)


def rated_cases(post, truth):
    """The scores, where the truth is known by its place."""
    return score_cases(post, np.eye(post.shape[1], dtype=bool)[truth])


def calibration_error(confidence, right):
    """Expected calibration error over 10 bins of equal width, bin by bin."""
    bins = np.minimum((confidence * 10).astype(int), 9)
    inside = [bins == b for b in set(bins.tolist())]
    return sum(abs(confidence[held].mean() - right[held].mean()) * held.mean() for held in inside)


@pytest.mark.slow
@given(n=some.integers(1, 30), k=some.integers(2, 6), seed=some.integers(0, 99))
def test_the_whole_is_what_scikit_learn_says(n, k, seed):
    post, truth = answers(n, k, seed)
    whole = measure_intervals(rated_cases(post, truth), draws=2).value
    assert list(whole.index) == list(MEASURES)
    assert whole.log_loss == pytest.approx(log_loss(truth, post, labels=range(k)))
    expected = brier_score_loss(truth, post, labels=range(k), scale_by_half=False)
    assert whole.brier == pytest.approx(expected)
    right = post.argmax(axis=1) == truth
    assert whole.ece == pytest.approx(calibration_error(post.max(axis=1), right))
    assert whole.top1 == pytest.approx(right.mean())
    assert whole.top1 <= whole.top3 <= whole.top5
    assert overall(rated_cases(post, truth)) == whole.to_dict()


def test_ties_rank_in_the_order_of_the_diagnoses():
    rated = rated_cases(np.array([[0.25, 0.25, 0.5], [0.25, 0.25, 0.5]]), np.array([0, 1]))
    assert rated["rank"].tolist() == [2, 3]
    assert rated.top.tolist() == [2, 2]


def test_the_interval_of_a_share_is_that_of_the_normal_law():
    post = np.tile([0.6, 0.4], (400, 1))
    truth = (np.arange(400) >= 240).astype(int)
    row = measure_intervals(rated_cases(post, truth), draws=4000).loc["top1"]
    half = 1.96 * (0.6 * 0.4 / 400) ** 0.5
    assert row.value == pytest.approx(0.6)
    assert (row.low, row.high) == pytest.approx((0.6 - half, 0.6 + half), abs=half / 10)


def test_intervals_are_the_same_each_time_and_hold_the_value():
    rated = rated_cases(*answers(60, 4))
    first = measure_intervals(rated)
    assert first.equals(measure_intervals(rated))
    assert not first.equals(measure_intervals(rated, seed=1))
    inside = first.drop("ece")
    assert (inside.low <= inside.value).all() and (inside.value <= inside.high).all()


def test_reliability_is_that_of_scikit_learn_and_counts_every_case():
    random = np.random.default_rng(3)
    predicted = random.uniform(0.001, 0.999, 500)
    outcome = random.uniform(size=500) < predicted
    bins = reliability(predicted, outcome)
    observed, mean = calibration_curve(outcome, predicted, n_bins=10)
    assert bins.observed.to_numpy() == pytest.approx(observed)
    assert bins.predicted.to_numpy() == pytest.approx(mean)
    assert bins.n.sum() == 500
    assert ((bins.low <= bins.observed) & (bins.observed <= bins.high)).all()


def test_wilson_interval_worked_by_hand():
    bins = reliability(np.full(10, 0.95), np.arange(10) < 8)
    (row,) = bins.itertuples()
    z, p = 1.959964, 0.8
    middle = (p + z**2 / 20) / (1 + z**2 / 10)
    half = z / (1 + z**2 / 10) * (p * (1 - p) / 10 + z**2 / 400) ** 0.5
    assert (row.low, row.high) == pytest.approx((middle - half, middle + half), abs=1e-6)
    assert reliability(np.array([1.0]), [True])["to"].tolist() == [1.0]


def test_calibration_by_chance_is_that_of_truths_drawn_from_the_answers():
    rng = np.random.default_rng(3)
    post_test = rng.dirichlet(np.full(5, 0.4), 60)
    errors = [
        overall(rated_cases(post_test, (rng.random(60)[:, None] > post_test.cumsum(axis=1)).sum(axis=1)))[
            "ece"
        ]
        for _ in range(400)
    ]
    found, low, high = calibration_by_chance(post_test.max(axis=1))
    assert found == pytest.approx(np.mean(errors), abs=0.006) and found > 0.05
    assert [low, high] == pytest.approx(np.quantile(errors, [0.025, 0.975]), abs=0.02) and low < found < high
    *_, (_, _, ends, meaning) = measures_in_words(
        measure_intervals(rated_cases(post_test, np.zeros(60, int)))
    )
    assert f"{100 * found:.1f} % by chance alone" in meaning
    assert ends == f"by chance {100 * low:.1f} % to {100 * high:.1f} %"


def test_no_measure_lies_outside_its_own_interval():
    """Also where the calibration error of the cases is smaller than that of nearly all samples of them."""
    predicted = np.repeat([0.55, 0.65, 0.75, 0.85], 20)
    is_right = np.concatenate([np.arange(20) < round(20 * p) for p in (0.55, 0.65, 0.75, 0.85)])
    rated = rated_cases(np.column_stack([predicted, 1 - predicted]), np.where(is_right, 0, 1))
    found = measure_intervals(rated)
    assert found.value["ece"] < found.chance_low["ece"] and found.loc["ece", ["low", "high"]].isna().all()
    others = found.dropna(subset=["low"])
    assert len(others) >= 3 and ((others.low <= others.value) & (others.value <= others.high)).all()


def test_shares_of_all_and_of_none_have_an_interval_and_one_case_tells_nothing_of_the_rest():
    post_test = np.tile([0.9, 0.1], (20, 1))
    found = measure_intervals(rated_cases(post_test, np.zeros(20, int)))
    assert found.loc["top1", ["value", "low", "high"]].tolist() == pytest.approx([1.0, *wilson(20, 20)])
    assert 0.8 < found.low["top1"] < 0.9
    assert found.loc["log_loss", ["low", "high"]].isna().all()
    assert {row[0]: row[2] for row in measures_in_words(found)}["Log loss"] == "not from these cases"
