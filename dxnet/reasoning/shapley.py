"""Shapley values: shares of a joint worth among the members that make it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import factorial

import numpy as np
from numpy.typing import NDArray

from dxnet.arrays import Array, Bools
from dxnet.errors import odd_whole, require
from dxnet.inference.seeded import generator

MAX_EXACT_MEMBERS = 10
"""All orders are enumerated up to this many members; beyond it, they are sampled."""
SAMPLED_ORDERS = 60
"""Number of sampled orders, each taken forwards and backwards."""
ValueOfMembers = Callable[[Bools], Array]
"""Worth of subsets of ``n`` members, ``ndarray[B]`` from ``bool[B, n]``."""


def shapley(worth: ValueOfMembers, n: int, seed: int = 0) -> tuple[Array, Array]:
    """Share of each member, its step averaged over all orders of joining, and the standard error.

    The shares ``ndarray[n]`` sum to the worth of all members minus that of none; the errors ``ndarray[n]``
    are 0 where all orders are enumerated, up to 10 members.

    Shapley LS. A value for n-person games. In: Contributions to the theory of games II. 1953. Štrumbelj E,
    Kononenko I. Explaining prediction models and individual predictions with feature contributions. Knowl Inf
    Syst 2014;41:647-665, doi:10.1007/s10115-013-0679-x.

    >>> shapley(lambda included: included.prod(axis=1) + 2.0 * included[:, 0], 2)[0].tolist()
    [2.5, 0.5]
    """
    require(odd_whole("seed", seed))
    return _all_orders(worth, n) if n <= MAX_EXACT_MEMBERS else _some_orders(worth, n, seed)


def _all_orders(worth: ValueOfMembers, n: int) -> tuple[Array, Array]:
    subsets = np.arange(2**n)
    included = (subsets[:, None] >> np.arange(n)) & 1 == 1
    value, size = worth(included), included.sum(axis=1)
    share = np.array([factorial(s) * factorial(n - s - 1) / factorial(n) for s in range(n)])
    shares = np.empty(n)
    for i in range(n):
        absent = subsets[~included[:, i]]
        shares[i] = (share[size[absent]] * (value[absent | 1 << i] - value[absent])).sum()
    return shares, np.zeros(n)


def _some_orders(worth: ValueOfMembers, n: int, seed: int) -> tuple[Array, Array]:
    """Means of the steps over sampled orders and their reverses, and the standard errors of the means."""
    rng = generator(seed)
    orders = np.array([order for _ in range(SAMPLED_ORDERS) for order in _both_ways(rng.permutation(n))])
    position = orders.argsort(axis=1)
    included = position[:, None, :] < np.arange(n + 1)[None, :, None]
    value = worth(included.reshape(-1, n)).reshape(len(orders), n + 1)
    steps = np.take_along_axis(np.diff(value, axis=1), position, axis=1)
    pairs = steps.reshape(SAMPLED_ORDERS, 2, n).mean(axis=1)
    return pairs.mean(axis=0), pairs.std(axis=0, ddof=1) / np.sqrt(SAMPLED_ORDERS)


def _both_ways(order: NDArray[np.integer]) -> Iterator[NDArray[np.integer]]:
    yield order
    yield order[::-1]
