"""Are those with a diagnosis told from those without, and would acting on it do more good than harm?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dxnet.arrays import Array, Bools
from dxnet.evaluation.statistics import BOOTSTRAP_DRAWS, Counts, bootstrap

if TYPE_CHECKING:
    import pandas as pd

THRESHOLDS = np.arange(1, 100) / 100
"""Probabilities from which one would act."""


def auc(said: Array, so: Bools, draws: int = BOOTSTRAP_DRAWS, seed: int = 0) -> pd.DataFrame:
    """Area under the ROC curve: how often one with it is given more than one without it; of equals, half.

    Args:
        said: probability of ``N`` cases, ``ndarray[N]``.
        so: whether it was so, ``ndarray[N]``.
        draws, seed: of ``bootstrap``, as is what it returns.

    >>> auc(np.array([0.9, 0.4, 0.6, 0.1]), np.array([True, True, False, False]), draws=9).value.to_dict()
    {'auc': 0.75}
    """
    _, place = np.unique(said, return_inverse=True)

    def measure(counts: Counts) -> Array:
        with_it, without = (np.bincount(place, counts * part) for part in (so, ~so))
        pairs = with_it.sum() * without.sum()
        won = with_it @ (without.cumsum() - without / 2)
        return np.array([won / pairs if pairs else np.nan])

    return bootstrap(measure, ("auc",), len(said), draws, seed)


def roc(said: Array, so: Bools) -> pd.DataFrame:
    """The ROC curve, as scikit-learn has it: ``threshold``, ``false_positive`` and ``true_positive`` rates.

    >>> curve = roc(np.array([0.9, 0.1]), np.array([True, False]))
    >>> curve.true_positive.tolist(), curve.false_positive.tolist()
    ([0.0, 1.0, 1.0], [0.0, 0.0, 1.0])
    """
    import pandas as pd
    from sklearn.metrics import roc_curve

    false_positive, true_positive, threshold = roc_curve(so, said)
    return pd.DataFrame(
        {"threshold": threshold, "false_positive": false_positive, "true_positive": true_positive}
    )


def decision_curve(said: Array, so: Bools, draws: int = BOOTSTRAP_DRAWS, seed: int = 0) -> pd.DataFrame:
    """Net benefit of acting from a probability on, against acting in all and in none.

    Of n cases, true positives / n - false positives / n * t / (1 - t): the threshold t tells how many acts in
    vain one is worth that is not. Vickers AJ, Elkin EB. Decision curve analysis. Med Decis Making
    2006;26:565-574, doi:10.1177/0272989X06295361.

    Args:
        said: probability of ``N`` cases, ``ndarray[N]``; who has the threshold itself is acted on.
        so: whether it was so, ``ndarray[N]``.
        draws, seed: of ``bootstrap``.

    Returns:
        A row for each of THRESHOLDS, ``threshold``: net benefit of the ``model``, of ``all`` (of none it is
        0); and ``gain`` of the model over the better of these two, with its interval ``low`` to ``high``.

    >>> curve = decision_curve(np.array([0.9, 0.4, 0.1]), np.array([True, False, False]), draws=9)
    >>> curve.set_index("threshold").loc[0.5, ["model", "all"]].round(3).tolist()
    [0.333, -0.333]
    """
    n, odds = len(said), THRESHOLDS / (1 - THRESHOLDS)
    place = np.searchsorted(THRESHOLDS, said, side="right")

    def benefit(counts: Counts) -> tuple[Array, Array]:
        hits, vain = (np.bincount(place, counts * part, len(THRESHOLDS) + 1) for part in (so, ~so))
        acted = (part[::-1].cumsum()[::-1][1:] for part in (hits, vain))
        true, false = acted
        return (true - false * odds) / n, (hits.sum() - vain.sum() * odds) / n

    def gain(counts: Counts) -> Array:
        model, everyone = benefit(counts)
        return np.asarray(model - np.maximum(everyone, 0))

    frame = bootstrap(gain, [f"{t:g}" for t in THRESHOLDS], n, draws, seed)
    model, everyone = benefit(np.ones(n, int))
    frame = frame.rename(columns={"value": "gain"}).reset_index(drop=True)
    for at, (name, column) in enumerate({"threshold": THRESHOLDS, "model": model, "all": everyone}.items()):
        frame.insert(at, name, column)
    return frame
