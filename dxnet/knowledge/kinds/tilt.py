"""Lesion patterns: P(sign | diagnosis, pattern) such that P(sign | diagnosis) stays as stated.

What a lesion shows depends on its place, whatever its cause, and a disease chooses the places. So the
log-odds of a sign are those that its pattern gives, plus one shift a diagnosis: the one with which the sum
over the patterns is the stated P(sign | diagnosis). That is the table nearest to the rates of the patterns
by the Kullback-Leibler divergence, of all with that sum. Csiszar I. I-divergence geometry of probability
distributions and minimization problems. Ann Probab 1975;3:146-158, doi:10.1214/aop/1176996454.

Arrays have these axes here: S states, K diagnoses, P patterns and D draws (or one).
"""

from __future__ import annotations

import numpy as np

from dxnet.arrays import Array

TINY = 1e-9
"""Stated probabilities are kept so far from 0 and 1: no shift of log-odds reaches these."""
EXACT = 1e-12
"""How near a shift is found; of draws the cube root, as Newton's last step squares what is left."""
STEPS = 60
LARGEST_STEP = 2.0


def tilted(rates: Array, weights: Array, target: Array) -> Array:
    """P(state | diagnosis, pattern), ``ndarray[S, K, P, D]``: the shifted rates with the wanted sum.

    Args:
        rates: P(state | pattern), ``ndarray[S, P, D]``.
        weights: P(pattern | diagnosis), ``ndarray[K, P, D]``.
        target: P(state | diagnosis), ``ndarray[S, K, D]``.

    >>> rates = np.array([[0.1, 0.9], [0.9, 0.1]])[:, :, None]
    >>> weights = np.array([[0.5, 0.5]])[:, :, None]
    >>> tilted(rates, weights, np.array([[0.2], [0.8]])[:, :, None])[1, 0, :, 0].round(3)
    array([0.992, 0.608])
    """
    target = np.where(target.real < TINY, TINY, target)
    target = target / target.sum(axis=0)
    wanted = np.log(target[1:] / target[0])
    shift = wanted - _log_odds(rates, weights)
    is_drawn = shift.shape[-1] > 1
    if is_drawn:
        means = [x.real.mean(axis=-1, keepdims=True) for x in (rates, weights, target)]
        start = np.log(means[2][1:] / means[2][0]) - _log_odds(means[0], means[1])
        shift = shift + _solved(means[0], means[1], means[2], start, EXACT) - start
    shift = _solved(rates, weights, target, shift, EXACT ** (1 / 3) if is_drawn else EXACT)
    shown = _shifted(rates, shift)
    return np.concatenate([1 - shown.sum(axis=0, keepdims=True), shown])


def _log_odds(rates: Array, weights: Array) -> Array:
    """The log-odds of a sign whose rates are not shifted, ``ndarray[S-1, K, D]``."""
    sums = [(weights * rate).sum(axis=1) for rate in rates]
    return np.asarray(np.log(np.stack(sums[1:]) / sums[0]))


def _solved(rates: Array, weights: Array, target: Array, shift: Array, tolerance: float) -> Array:
    """The shifts of the log-odds of all states but the first, ``ndarray[S-1, K, D]``, by Newton's method."""
    for _ in range(STEPS):
        found = _shifted(rates, shift)
        part = weights * found
        summed = part.sum(axis=2)
        step = _newton_step(part, found, summed, target[1:] - summed)
        longest = np.abs(step.real).max(axis=0)
        shift = shift + step * np.minimum(1, LARGEST_STEP / np.maximum(longest, LARGEST_STEP))
        if not np.abs(step).max() > tolerance:
            break
    return shift


def _newton_step(part: Array, found: Array, summed: Array, left: Array) -> Array:
    """Newton's step: what is left over the covariance of the states, which is its derivative."""
    if len(found) == 1:
        return np.asarray(left / (summed - np.einsum("skpd,skpd->skd", part, found)))
    by_draw, shown = (np.ascontiguousarray(x.transpose(1, 3, 0, 2)) for x in (part, found))
    slope = by_draw.sum(axis=-1)[..., None] * np.eye(len(found)) - by_draw @ shown.swapaxes(-1, -2)
    return np.moveaxis(np.linalg.solve(slope, np.moveaxis(left, 0, -1)[..., None])[..., 0], -1, 0)


def _shifted(rates: Array, shift: Array) -> Array:
    """The rates of all states but the first with shifted log-odds, ``ndarray[S-1, K, P, D]``."""
    odds = (rates[1:] / rates[0])[:, None] * np.exp(shift)[:, :, None]
    whole = odds.sum(axis=0)
    whole += 1
    odds /= whole
    return np.asarray(odds)
