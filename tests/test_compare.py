"""Paired comparisons: direction, the normal law, the same each time; refusals."""

import math

import numpy as np
import pytest

from dxnet.errors import CaseError
from dxnet.evaluation.paired import paired_bootstrap
from dxnet.evaluation.scorecard import CaseScore, Scorecard


def score(id, p, rank=1, diagnosis="x"):
    return CaseScore(id, diagnosis, p, rank, "x", max(p, 1 - p), -math.log(p), 2 * (1 - p) ** 2)


def scorecard(*scores):
    return Scorecard(len(scores), 0, 0, 0, 0, 0, 0, 0, scores)


def test_a_comparison_with_itself_is_nothing():
    card = scorecard(score("1", 0.5), score("2", 0.3, 2), score("3", 0.9))
    comparison = paired_bootstrap(card, card)
    for difference in (comparison.log_loss, comparison.brier, comparison.top1):
        assert (difference.mean, difference.low, difference.high) == (0, 0, 0)
        assert not difference.is_real
    assert comparison.n == 3


def test_comparisons_pair_cases_by_id_and_show_the_direction():
    a = scorecard(*(score(str(k), 0.9) for k in range(20)), score("last", 0.2, 2))
    b = scorecard(score("last", 0.2, 2), *(score(str(k), 0.4, 2) for k in range(20)))
    comparison = paired_bootstrap(a, b)
    assert comparison.log_loss.mean == pytest.approx(20 / 21 * math.log(0.4 / 0.9))
    assert comparison.log_loss.low < comparison.log_loss.mean < comparison.log_loss.high < 0
    assert comparison.log_loss.is_real and comparison.top1.is_real
    assert comparison.brier.mean == pytest.approx(20 / 21 * 2 * (0.1**2 - 0.6**2))
    assert comparison.top1.mean == pytest.approx(20 / 21)
    assert 0 < comparison.top1.low <= comparison.top1.mean <= comparison.top1.high <= 1
    back = paired_bootstrap(b, a)
    assert back.log_loss.mean == pytest.approx(-comparison.log_loss.mean)


def test_the_bootstrap_interval_is_that_of_the_normal_law():
    random = np.random.default_rng(1)
    a = scorecard(*(score(str(k), p) for k, p in enumerate(random.uniform(0.1, 0.9, 400))))
    b = scorecard(*(score(str(k), 0.5) for k in range(400)))
    x = np.array([s.log_loss for s in a.per_case]) - math.log(2)
    half = 1.96 * x.std() / 20
    result = paired_bootstrap(a, b).log_loss
    assert result.low == pytest.approx(x.mean() - half, abs=half / 10)
    assert result.high == pytest.approx(x.mean() + half, abs=half / 10)
    assert paired_bootstrap(a, b).log_loss == result
    assert paired_bootstrap(a, b, seed=1).log_loss != result


def test_scorecards_that_cannot_be_compared():
    a = scorecard(score("1", 0.5), score("2", 0.5), score("3", 0.5))
    b = scorecard(score("2", 0.5), score("3", 0.5, diagnosis="y"), score("4", 0.5))
    with pytest.raises(CaseError) as caught:
        paired_bootstrap(a, b)
    assert [(issue.where, issue.message) for issue in caught.value.issues] == [
        ("1", "is only in the first scorecard"),
        ("3", "has two true diagnoses, x and y"),
        ("4", "is only in the second scorecard"),
    ]
    with pytest.raises(CaseError, match="1: is the id of two cases"):
        paired_bootstrap(a, scorecard(score("1", 0.5), score("1", 0.4)))
    with pytest.raises(CaseError, match="no cases"):
        paired_bootstrap(scorecard(), scorecard())


def test_one_case_shows_no_real_difference():
    ours, theirs = scorecard(score("1", 0.9)), scorecard(score("1", 0.1, 2))
    comparison = paired_bootstrap(ours, theirs)
    assert comparison.log_loss.mean < -2 and not comparison.log_loss.is_real
