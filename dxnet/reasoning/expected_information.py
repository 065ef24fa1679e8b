"""Expected information: how much findings that are not known yet are expected to tell of the diagnosis."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import prod

import numpy as np

from dxnet.arrays import MISSING, Array, Ints
from dxnet.inference.prepared_case import PreparedCase
from dxnet.inference.seeded import generator
from dxnet.knowledge.network import Network

MAX_EXACT_RESULTS = 512
"""All results of a procedure are enumerated up to this many; beyond it, results are drawn."""
DRAWN_RESULTS = 100
"""Number of results drawn."""


def mutual_information(joint: Array) -> float:
    """In bits, of the rows and the columns of P(state, diagnosis), ``ndarray[states, K]``.

    >>> mutual_information(np.array([[0.5, 0.0], [0.0, 0.5]]))
    1.0
    """
    apart = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
    held = joint > 0
    return max(0.0, float(np.sum(joint[held] * np.log2(joint[held] / apart[held]))))


def joint_information(
    question: PreparedCase, network: Network, findings: tuple[str, ...], post_test: Array, seed: int
) -> tuple[float, float]:
    """Expected information of all results of some findings together, in bits, and its standard error.

    Args:
        question: the findings that are known.
        network: the network.
        findings: those that are not.
        post_test: P(diagnosis | known findings), ``ndarray[K]``.
        seed: seed of the drawn results.
    """
    sizes = [len(network.states(finding)) for finding in findings]
    if prod(sizes) <= MAX_EXACT_RESULTS:
        results = np.array(list(product(*map(range, sizes))))
        after, log_p = question.further(findings, results)
        p = np.exp(log_p - question.log_p)
        return float((p * _divergence(after, post_test))[p > 0].sum()), 0.0
    results = _sample_results(question, findings, sizes, generator(seed))
    gained = _divergence(question.further(findings, results)[0], post_test)
    return float(gained.mean()), float(gained.std(ddof=1) / np.sqrt(len(gained)))


def _sample_results(
    question: PreparedCase, findings: tuple[str, ...], sizes: Sequence[int], rng: np.random.Generator
) -> Ints:
    """Joint results of all findings, drawn one finding after the other, ``int[DRAWN_RESULTS, findings]``."""
    results = np.full((DRAWN_RESULTS, len(findings)), MISSING)
    log_p = np.full(DRAWN_RESULTS, question.log_p)
    for j, size in enumerate(sizes):
        tried = np.repeat(results, size - 1, axis=0)
        tried[:, j] = np.tile(np.arange(1, size), DRAWN_RESULTS)
        joint = question.further(findings[: j + 1], tried[:, : j + 1])[1].reshape(DRAWN_RESULTS, size - 1)
        p = np.exp(joint - log_p[:, None])
        cumulative = np.cumsum(np.column_stack([1 - p.sum(axis=1), p]), axis=1)
        chosen = (rng.random(DRAWN_RESULTS)[:, None] > cumulative[:, :-1]).sum(axis=1)
        results[:, j] = chosen
        rest = np.log(np.maximum(1 - p.sum(axis=1), 1e-300)) + log_p
        log_p = np.where(chosen == 0, rest, joint[range(DRAWN_RESULTS), chosen - 1])
    return results


def _divergence(after: Array, before: Array) -> Array:
    """Kullback-Leibler divergence of each row from ``before``, in bits."""
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = after * np.log2(after / before)
    return np.asarray(np.where(after > 0, terms, 0).sum(axis=1))
