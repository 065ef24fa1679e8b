"""ROC curves and their areas against scikit-learn, decision curves against their formula."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from sklearn.metrics import roc_auc_score, roc_curve

from dxnet.evaluation.discrimination import THRESHOLDS, auc, decision_curve, roc


def answers(n, seed):
    """Rounded probabilities, some of them tied, and outcomes of both kinds."""
    random = np.random.default_rng(seed)
    outcome = random.random(n) < 0.4
    outcome[:2] = True, False
    return np.round(random.beta(2 + outcome, 3 - outcome), 2), outcome


@given(n=some.integers(2, 40), seed=some.integers(0, 99))
def test_the_area_is_that_of_scikit_learn(n, seed):
    predicted, outcome = answers(n, seed)
    assert auc(predicted, outcome, draws=1).value["auc"] == pytest.approx(roc_auc_score(outcome, predicted))
    curve = roc(predicted, outcome)
    x, y, _ = roc_curve(outcome, predicted)
    assert curve.false_positive.tolist() == x.tolist() and curve.true_positive.tolist() == y.tolist()


def test_the_interval_is_that_of_scikit_learn_on_the_same_samples():
    predicted, outcome = answers(40, 1)
    row = auc(predicted, outcome, draws=200, seed=3).loc["auc"]
    random = np.random.default_rng(3)
    samples = (random.integers(40, size=40) for _ in range(200))
    areas = sorted(roc_auc_score(outcome[s], predicted[s]) for s in samples if 0 < outcome[s].sum() < 40)
    assert row.low == pytest.approx(areas[4]) and row.high == pytest.approx(areas[194])
    assert auc(predicted, outcome, draws=200, seed=3).loc["auc"].equals(row)
    assert not auc(predicted, outcome, draws=200, seed=4).loc["auc"].equals(row)


@given(n=some.integers(2, 40), seed=some.integers(0, 99))
def test_net_benefit_is_its_formula(n, seed):
    predicted, outcome = answers(n, seed)
    curve, share = decision_curve(predicted, outcome, draws=2), outcome.mean()
    for t, model, everyone, gain in zip(THRESHOLDS, curve.model, curve["all"], curve["gain"], strict=True):
        acted, odds = predicted >= t, t / (1 - t)
        assert model == pytest.approx((acted & outcome).sum() / n - (acted & ~outcome).sum() / n * odds)
        assert everyone == pytest.approx(share - (1 - share) * odds)
        assert gain == pytest.approx(model - max(everyone, 0))


def test_certain_and_right_is_the_best_that_can_be():
    outcome = np.array([True, False, True, False, False])
    curve = decision_curve(outcome.astype(float), outcome, draws=50)
    assert curve.model.tolist() == pytest.approx([0.4] * len(THRESHOLDS))
    assert (curve.low >= -1e-12).all()


def test_who_knows_nothing_gains_nothing():
    outcome = np.arange(50) % 5 == 0
    curve = decision_curve(np.full(50, 0.2), outcome, draws=20)
    assert (curve.gain <= 1e-12).all()
    assert curve.gain[curve.threshold < 0.2].tolist() == pytest.approx([0] * 19)
