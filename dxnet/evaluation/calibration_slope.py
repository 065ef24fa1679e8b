"""Calibration slope and intercept: are probabilities too extreme, too high or too low?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from dxnet.arrays import Array, Bools
from dxnet.evaluation.statistics import BOOTSTRAP_DRAWS, Counts, bootstrap, surprise

if TYPE_CHECKING:
    import pandas as pd

MAX_NEWTON_STEPS = 100
"""The logistic regression stops after this many steps,"""
NEWTON_TOLERANCE = 1e-8
"""or when a step moves neither coefficient by this much."""


def log_odds(post_test: Array, members: Sequence[int]) -> Array:
    """Natural log-odds that the diagnosis is one of ``members``, ``ndarray[N]``; they are always finite.

    Args:
        post_test: P(diagnosis | findings), ``ndarray[N, K]``.
        members: positions of some of the ``K`` diagnoses.

    >>> log_odds(np.array([[0.5, 0.3, 0.2]]), [0, 1]).round(3)
    array([1.386])
    """
    rest = np.setdiff1d(np.arange(post_test.shape[1]), members)
    inside, outside = (post_test[:, part].sum(axis=1) for part in (members, rest))
    return surprise(outside) - surprise(inside)


def recalibration(odds: Array, outcome: Bools, draws: int = BOOTSTRAP_DRAWS) -> pd.DataFrame:
    """Calibration ``slope`` (see ``calibration_slope``), and ``intercept`` with the slope held at 1.

    The intercept (calibration in the large) is 0 where the mean predicted probability equals the observed
    share, and above 0 where the predictions are too low. Van Calster B et al. Calibration: the Achilles heel
    of predictive analytics. BMC Med 2019;17:230, doi:10.1186/s12916-019-1466-7.

    Args:
        odds: natural log-odds of ``N`` cases, ``ndarray[N]``.
        outcome: whether the outcome occurred, ``ndarray[N]``.
        draws: those of ``bootstrap``, whose columns are returned.

    >>> odds = np.log(np.repeat([3.0, 1 / 3], 4))
    >>> outcome = np.array([True, True, True, False, True, False, False, False])
    >>> recalibration(odds, outcome, draws=9).value.round(6).abs().to_dict()
    {'slope': 1.0, 'intercept': 0.0}
    """
    import pandas as pd

    def measure(counts: Counts) -> Array:
        return np.array([_intercept(odds, outcome, counts)])

    slope = calibration_slope(odds, outcome, draws)
    return pd.concat([slope, bootstrap(measure, ("intercept",), len(odds), draws)])


def calibration_slope(
    odds: Array, outcome: Bools, draws: int = BOOTSTRAP_DRAWS, known: Bools | None = None
) -> pd.DataFrame:
    """Slope of the logistic regression of the outcome on the predicted log-odds.

    It is 1 where probabilities are calibrated in spread, below 1 where they are too extreme, above 1 where
    they are too timid, and infinite where they separate the outcomes completely.

    Args:
        odds: natural log-odds of ``N`` cases, ``ndarray[N]``; or ``ndarray[N, M]``, pooled.
        outcome: whether each outcome occurred, of the same shape.
        draws: those of ``bootstrap`` over cases, whose columns are returned.
        known: of the same shape, where some outcomes are not; these are left out.

    >>> odds, outcome = np.array([2.0, 1.0, -1.0]), np.array([True, False, False])
    >>> calibration_slope(odds, outcome, draws=1).value.to_dict()
    {'slope': inf}
    """
    n = len(odds)
    x, y = odds.reshape(n, -1), outcome.reshape(n, -1)
    told = np.ones(x.shape, bool) if known is None else known.reshape(n, -1)
    kinds = told & y, told & ~y
    least, most = (np.stack([np.where(kind, x, far) for kind in kinds]) for far in (np.inf, -np.inf))
    (yes_low, no_low), (yes_high, no_high) = least.min(axis=2), most.max(axis=2)
    flat_odds, flat_outcome, of_a_case = x[told], y[told], told.sum(axis=1)

    def measure(counts: Counts) -> Array:
        held = counts > 0
        low, high = yes_low[held].min(), no_high[held].max()
        if low == np.inf or high == -np.inf:
            return np.array([np.nan])  # every outcome of the sample is the same
        if low >= high:
            return np.array([np.inf])
        if yes_high[held].max() <= no_low[held].min():
            return np.array([-np.inf])
        return np.array([_slope(flat_odds, flat_outcome, np.repeat(counts, of_a_case))])

    return bootstrap(measure, ("slope",), n, draws)


def pooled_slope(post_test: Array, truth: Bools, draws: int = BOOTSTRAP_DRAWS) -> pd.DataFrame:
    """``calibration_slope`` of each diagnosis against the rest, pooled.

    A true group counts as one diagnosis in its case.

    Args:
        post_test, truth: those of ``place_of_truth``.
        draws: those of ``bootstrap``, whose columns are returned.

    >>> truth = np.array([[True, True, False], [False, False, True]])
    >>> pooled_slope(np.array([[0.3, 0.4, 0.3], [0.5, 0.1, 0.4]]), truth, 9).value.round(2).to_dict()
    {'slope': 2.17}
    """
    odds = np.column_stack([log_odds(post_test, [k]) for k in range(truth.shape[1])])
    for case in np.flatnonzero(truth.sum(axis=1) > 1):
        members = np.flatnonzero(truth[case]).tolist()
        odds[case, members[0]] = log_odds(post_test[[case]], members)[0]
    is_first = truth & (truth.cumsum(axis=1) == 1)
    return calibration_slope(odds, truth, draws, known=~truth | is_first)


def _slope(x: Array, y: Bools, weight: Counts) -> float:
    """Newton's method starts from perfect calibration; a step moves neither coefficient by more than 1."""
    from scipy.special import expit

    a, b = 0.0, 1.0
    for _ in range(MAX_NEWTON_STEPS):
        p = expit(a + b * x)
        off, spread = weight * (y - p), weight * p * (1 - p)
        tilted = spread * x
        hessian = np.array([[spread.sum(), tilted.sum()], [tilted.sum(), (tilted * x).sum()]])
        step = np.linalg.lstsq(hessian, np.array([off.sum(), (off * x).sum()]))[0]
        step /= max(1.0, float(np.abs(step).max()))
        a, b = a + float(step[0]), b + float(step[1])
        if np.abs(step).max() < NEWTON_TOLERANCE:
            break
    return b


def _intercept(x: Array, y: Bools, weight: Counts) -> float:
    from scipy.optimize import brentq
    from scipy.special import expit

    events, n = float(weight @ y), float(weight.sum())
    if events in (0.0, n):
        return np.inf if events else -np.inf
    reach = float(np.abs(x).max()) + math.log(n) + 1
    return float(brentq(lambda a: (weight * expit(x + a)).sum() - events, -reach, reach))
