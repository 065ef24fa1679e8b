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

STEPS, CLOSE = 100, 1e-8
"""Of the logistic regression: most steps, and the last one."""


def log_odds(post_test: Array, members: Sequence[int]) -> Array:
    """Of one of some diagnoses against all others, ``ndarray[N]``, from ``ndarray[N, K]``; always finite.

    >>> log_odds(np.array([[0.5, 0.3, 0.2]]), [0, 1]).round(3)
    array([1.386])
    """
    rest = np.setdiff1d(np.arange(post_test.shape[1]), members)
    inside, outside = (post_test[:, part].sum(axis=1) for part in (members, rest))
    return surprise(outside) - surprise(inside)


def recalibration(odds: Array, so: Bools, draws: int = BOOTSTRAP_DRAWS, seed: int = 0) -> pd.DataFrame:
    """Calibration ``slope`` (see ``calibration_slope``) and ``intercept``, that with the slope held at 1.

    The intercept (calibration in the large) is 0 where the mean said is the share seen, above 0 where too
    little was said. Van Calster B et al. Calibration: the Achilles heel of predictive analytics. BMC Med
    2019;17:230, doi:10.1186/s12916-019-1466-7.

    Args:
        odds: natural log-odds of ``N`` cases, ``ndarray[N]``.
        so: whether it was so, ``ndarray[N]``.
        draws, seed: of ``bootstrap``, as is what it returns.

    >>> odds = np.log(np.repeat([3.0, 1 / 3], 4))
    >>> so = np.array([True, True, True, False, True, False, False, False])
    >>> recalibration(odds, so, draws=9).value.round(6).abs().to_dict()
    {'slope': 1.0, 'intercept': 0.0}
    """
    import pandas as pd

    def measure(counts: Counts) -> Array:
        return np.array([_intercept(odds, so, counts)])

    slope = calibration_slope(odds, so, draws, seed)
    return pd.concat([slope, bootstrap(measure, ("intercept",), len(odds), draws, seed)])


def calibration_slope(odds: Array, so: Bools, draws: int = BOOTSTRAP_DRAWS, seed: int = 0) -> pd.DataFrame:
    """Slope of the logistic regression of what was so on the log-odds said.

    1 where probabilities are neither too extreme (below 1) nor too timid (above 1); infinite where they tell
    all apart.

    Args:
        odds: natural log-odds of ``N`` cases, ``ndarray[N]``; or ``ndarray[N, M]``, pooled.
        so: whether it was so, of the same shape.
        draws, seed: of ``bootstrap`` over cases, as is what it returns.

    >>> odds, so = np.array([2.0, 1.0, -1.0]), np.array([True, False, False])
    >>> calibration_slope(odds, so, draws=1).value.to_dict()
    {'slope': inf}
    """
    n = len(odds)
    x, y = odds.reshape(n, -1), so.reshape(n, -1)
    least, most = (np.stack([np.where(y, x, far), np.where(y, far, x)]) for far in (np.inf, -np.inf))
    (yes_low, no_low), (yes_high, no_high) = least.min(axis=2), most.max(axis=2)
    flat, told = x.ravel(), y.ravel()

    def measure(counts: Counts) -> Array:
        held = counts > 0
        low, high = yes_low[held].min(), no_high[held].max()
        if low == np.inf or high == -np.inf:
            return np.array([np.nan])  # all the same
        if low >= high:
            return np.array([np.inf])
        if yes_high[held].max() <= no_low[held].min():
            return np.array([-np.inf])
        return np.array([_slope(flat, told, np.repeat(counts, x.shape[1]))])

    return bootstrap(measure, ("slope",), n, draws, seed)


def _slope(x: Array, y: Bools, weight: Counts) -> float:
    """Newton's method from perfect calibration; a step moves neither number by more than 1."""
    from scipy.special import expit

    a, b = 0.0, 1.0
    for _ in range(STEPS):
        p = expit(a + b * x)
        off, spread = weight * (y - p), weight * p * (1 - p)
        tilted = spread * x
        hessian = np.array([[spread.sum(), tilted.sum()], [tilted.sum(), (tilted * x).sum()]])
        step = np.linalg.lstsq(hessian, np.array([off.sum(), (off * x).sum()]))[0]
        step /= max(1.0, float(np.abs(step).max()))
        a, b = a + float(step[0]), b + float(step[1])
        if np.abs(step).max() < CLOSE:
            break
    return b


def _intercept(x: Array, y: Bools, weight: Counts) -> float:
    from scipy.optimize import brentq
    from scipy.special import expit

    seen, n = float(weight @ y), float(weight.sum())
    if seen in (0.0, n):
        return np.inf if seen else -np.inf
    reach = float(np.abs(x).max()) + math.log(n) + 1
    return float(brentq(lambda a: (weight * expit(x + a)).sum() - seen, -reach, reach))
