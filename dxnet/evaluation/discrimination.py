"""Do probabilities discriminate cases with a diagnosis from those without, and is acting on them useful?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dxnet.arrays import Array, Bools
from dxnet.evaluation.statistics import BOOTSTRAP_DRAWS, Counts, bootstrap

if TYPE_CHECKING:
    import pandas as pd

THRESHOLDS = np.arange(1, 100) / 100
"""Threshold probabilities at and above which one would act."""


def auc(predicted: Array, outcome: Bools, draws: int = BOOTSTRAP_DRAWS, seed: int = 0) -> pd.DataFrame:
    """Area under the ROC curve.

    It is the probability that a case with the outcome has a higher prediction than a case without it; ties
    count one half.

    Args:
        predicted: probabilities of the outcome in ``N`` cases, ``ndarray[N]``.
        outcome: whether the outcome occurred, ``ndarray[N]``.
        draws, seed: those of ``bootstrap``, whose columns are returned.

    >>> auc(np.array([0.9, 0.4, 0.6, 0.1]), np.array([True, True, False, False]), draws=9).value.to_dict()
    {'auc': 0.75}
    """
    _, place = np.unique(predicted, return_inverse=True)

    def measure(counts: Counts) -> Array:
        positive, negative = (np.bincount(place, counts * part) for part in (outcome, ~outcome))
        pairs = positive.sum() * negative.sum()
        concordant = positive @ (negative.cumsum() - negative / 2)
        return np.array([concordant / pairs if pairs else np.nan])

    return bootstrap(measure, ("auc",), len(predicted), draws, seed)


def roc(predicted: Array, outcome: Bools) -> pd.DataFrame:
    """ROC curve as scikit-learn computes it: columns ``threshold``, ``false_positive``, ``true_positive``.

    >>> curve = roc(np.array([0.9, 0.1]), np.array([True, False]))
    >>> curve.true_positive.tolist(), curve.false_positive.tolist()
    ([0.0, 1.0, 1.0], [0.0, 0.0, 1.0])
    """
    import pandas as pd
    from sklearn.metrics import roc_curve

    false_positive, true_positive, threshold = roc_curve(outcome, predicted)
    return pd.DataFrame(
        {"threshold": threshold, "false_positive": false_positive, "true_positive": true_positive}
    )


def decision_curve(predicted: Array, outcome: Bools, draws: int = BOOTSTRAP_DRAWS) -> pd.DataFrame:
    """Net benefit of acting at or above a threshold, compared with acting in all cases and in none.

    Net benefit at threshold t is true positives / n - false positives / n * t / (1 - t): the odds of t are
    the harm of a false positive relative to the benefit of a true positive. Vickers AJ, Elkin EB. Decision
    curve analysis. Med Decis Making 2006;26:565-574, doi:10.1177/0272989X06295361.

    Args:
        predicted: probabilities of the outcome in ``N`` cases, ``ndarray[N]``; one equal to the threshold
            leads to action.
        outcome: whether the outcome occurred, ``ndarray[N]``.
        draws: those of ``bootstrap``.

    Returns:
        One row for each of THRESHOLDS: ``threshold``; the net benefit of the ``model`` and of acting in
        ``all`` (acting in none has 0); and the ``gain`` of the model over the better of all and none, with
        its interval ``low`` to ``high``.

    >>> curve = decision_curve(np.array([0.9, 0.4, 0.1]), np.array([True, False, False]), draws=9)
    >>> curve.set_index("threshold").loc[0.5, ["model", "all"]].round(3).tolist()
    [0.333, -0.333]
    """
    n, odds = len(predicted), THRESHOLDS / (1 - THRESHOLDS)
    place = np.searchsorted(THRESHOLDS, predicted, side="right")

    def benefit(counts: Counts) -> tuple[Array, Array]:
        true, false = (np.bincount(place, counts * part, len(THRESHOLDS) + 1) for part in (outcome, ~outcome))
        acted_true, acted_false = (part[::-1].cumsum()[::-1][1:] for part in (true, false))
        everyone = true.sum() - false.sum() * odds
        return (acted_true - acted_false * odds) / n, everyone / n

    def gain(counts: Counts) -> Array:
        model, everyone = benefit(counts)
        return np.asarray(model - np.maximum(everyone, 0))

    frame = bootstrap(gain, [f"{t:g}" for t in THRESHOLDS], n, draws)
    model, everyone = benefit(np.ones(n, int))
    frame = frame.rename(columns={"value": "gain"}).reset_index(drop=True)
    for at, (name, column) in enumerate({"threshold": THRESHOLDS, "model": model, "all": everyone}.items()):
        frame.insert(at, name, column)
    return frame
