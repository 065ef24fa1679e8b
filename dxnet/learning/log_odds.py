"""The numbers of a network as log-odds, in which a search may move them without leaving (0, 1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np

from dxnet.arrays import Array
from dxnet.inference.parameters import NetworkNumbers
from dxnet.knowledge.place import Place

MAX_LOG_ODDS = 20.0
"""Largest log-odds: a number never reaches 0 or 1."""


class LogOdds:
    """Coordinates of the numbers of ``NetworkNumbers.index``, ``ndarray[N]``.

    Of two states the one number is the log-odds of the second; of more, each state has the logarithm of its
    share, up to a constant.

    >>> from dxnet import load_network
    >>> numbers = LogOdds(NetworkNumbers(load_network("asia"), "chest_clinic"))
    >>> means = dict(numbers.means(numbers.stated))
    >>> means["smoking.default"]
    array([0.5, 0.5])
    """

    def __init__(self, parameters: NetworkNumbers):
        self.parameters = parameters

    @cached_property
    def blocks(self) -> Mapping[Place, slice]:
        """The slice of the numbers that belongs to the estimate at each place."""
        return _number_blocks([place for place, _ in self.parameters.index])

    @cached_property
    def stated(self) -> Array:
        """The numbers as the network has them."""
        estimates, index = self.parameters.estimates, self.parameters.index
        p = np.array([estimates[place].mean[state] for place, state in index])
        binary = np.array([len(estimates[place].mean) == 2 for place, _ in index])
        return np.log(p / np.where(binary, 1 - p, 1))

    def means(self, log_odds: Array, places: Sequence[Place] = ()) -> Iterator[tuple[Place, Array]]:
        """The means of all estimates, or of those at some ``places``, one a number of ``log_odds``."""
        blocks = _number_blocks(places) if places else self.blocks
        for place, block in blocks.items():
            own = np.append(0.0, log_odds[block]) if block.stop - block.start == 1 else log_odds[block]
            odds = np.exp(np.maximum(own - own.max(), -MAX_LOG_ODDS))
            yield place, odds / odds.sum()

    def p(self, log_odds: Array) -> Array:
        """The probability that each number stands for, ``ndarray[N]``."""
        means = dict(self.means(log_odds))
        return np.array([means[place][state] for place, state in self.parameters.index])


def _number_blocks(places: Sequence[Place]) -> dict[Place, slice]:
    """The slice of the numbers that belongs to each estimate."""
    blocks: dict[Place, slice] = {}
    for i, place in enumerate(places):
        blocks[place] = slice(blocks[place].start if place in blocks else i, i + 1)
    return blocks
