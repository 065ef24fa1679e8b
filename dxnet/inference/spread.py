"""How wide a number is: its interval, and how those that sum to 1 are drawn so that each keeps its own."""

from __future__ import annotations

import numpy as np

from dxnet.arrays import Array

LEAST_SINGULAR = 1e-9
"""Below this a singular value is 0 but for rounding, as one is where there are two shares."""
PULL = 1e-3
"""How little what would hold of a Dirichlet decides, where other variances are as near to what is wanted."""


def beta_interval(p: float, weight: float, level: float) -> tuple[float, float]:
    """Equal-tailed credible interval of a probability: that of the Beta of this mean and weight.

    >>> [round(end, 3) for end in beta_interval(0.85, 140, 0.95)]
    [0.787, 0.904]
    """
    from scipy.special import betaincinv

    low, high = betaincinv(p * weight, (1 - p) * weight, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def log_variances(shares: Array, wanted: Array) -> Array:
    """Variances of the logarithms of shares that are drawn apart and then scaled to a sum of 1.

    So that the log-odds of each share has the variance that is wanted. To first order (delta method) that of
    share i is v_i + the sum over the others j of (p_j / (1 - p_i))^2 v_j. Where no v can give all that is
    wanted, as when a share is surer than the others together, the nearest is taken (least squares). What is
    wanted of a Dirichlet of weight w, 1 / (w p (1 - p)), gives v = 1 / (w p), as of the Gammas it is made of.

    Args:
        shares: ``ndarray[n]``, in sum 1; what is certain, 0 or 1, has no variance.
        wanted: variance of the log-odds of each, ``ndarray[n]``.

    >>> log_variances(np.array([0.5, 0.3, 0.2]), np.ones(3)).round(3)
    array([0.68, 0.6 , 0.65])
    >>> log_variances(np.array([0.9, 0.1]), np.ones(2))
    array([0.1, 0.9])
    >>> log_variances(np.array([0.6, 0.39, 0.01]), np.array([0.04, 0.42, 10])).round(1)
    array([ 0. ,  0.2, 10. ])
    """
    inside = (shares > 0) & (shares < 1)
    p, wanted = shares[inside], wanted[inside]
    parts = np.square(p / (1 - p[:, None]))
    np.fill_diagonal(parts, 1)
    first = wanted * (1 - p)
    change = np.linalg.lstsq(parts, wanted - parts @ first, LEAST_SINGULAR)[0] if len(p) else first
    found = np.zeros(len(shares))
    found[inside] = first + change
    if (found < 0).any():
        found[inside] = _nearest_variances(parts, wanted, first)
    return found


def _nearest_variances(parts: Array, wanted: Array, first: Array) -> Array:
    """The variances, none below 0, that come nearest to what is wanted; of several, those near ``first``."""
    from scipy.optimize import lsq_linear

    pulled = np.vstack([parts, PULL * np.eye(len(first))])
    return np.asarray(lsq_linear(pulled, np.append(wanted, PULL * first), (0, np.inf)).x)
