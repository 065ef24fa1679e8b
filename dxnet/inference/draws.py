"""Draws of the numbers of a network, and numbers moved to values, as tables that a backend answers with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from threading import Lock
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from dxnet.arrays import Array
from dxnet.errors import odd_whole, require
from dxnet.inference.backends.base import Draws
from dxnet.inference.parameters import TOGETHER, NetworkNumbers, first_axis
from dxnet.knowledge.estimate import Estimate
from dxnet.knowledge.kinds.base import DRAW_AXIS, Cpt, Kept
from dxnet.knowledge.place import Place


class NumberDraws(Draws):
    """``n`` draws of every number, as tables made when they are asked for.

    Args:
        parameters: the numbers.
        n: how many draws.
        seed: of the pseudo-random numbers; a number of the network keeps its draws when others change.
        source: as many draws with this seed in another setting; neither gives the diagnosis parents.
    """

    def __init__(
        self, parameters: NetworkNumbers, n: int = 1000, seed: int = 0, source: NumberDraws | None = None
    ):
        self.parameters, self.n, self.seed, self._source = parameters, n, seed, source
        self._known: dict[Place, NDArray[np.float32]] = {}
        parts = [range(n)[first : first + TOGETHER] for first in range(0, n, TOGETHER)]
        self._parts = [(len(part), Kept(partial(self.source._drawn, part))) for part in parts]

    @classmethod
    def of_network(cls, parameters: NetworkNumbers, n: int = 1000, seed: int = 0) -> NumberDraws:
        """Draws of numbers as stated, from one source for all settings of a network while any is used."""
        require(odd_whole("draws", n, least=1))
        network, setting = parameters.network, parameters.setting
        if network.settings[setting].given is not None:
            return cls(parameters, n, seed)
        key = id(network), n, seed  # a source keeps its network, so that no other gets the same id
        with _using:
            draws = cls(parameters, n, seed, _IN_USE.get(key))
            _IN_USE.setdefault(key, draws)
        return draws

    @property
    def source(self) -> NumberDraws:
        """See ``Draws.source``."""
        return self._source or self

    def table(self, name: str) -> Array:
        """``ndarray[n, states, *parents]``."""
        made = [first_axis(self.parameters.table(name, value), n) for n, value in self._parts]
        return np.concatenate(made)

    def _drawn(self, part: range, place: Place, estimate: Estimate) -> Cpt:
        if place not in self._known:
            drawn = self.parameters.drawn(place, estimate, self.n, self.seed)
            self._known[place] = drawn.astype(np.float32)  # the draws take half the memory
        shares = self._known[place][:, part.start : part.stop].astype(float)
        return Cpt(shares / shares.sum(axis=0), (DRAW_AXIS,))


_IN_USE: WeakValueDictionary[tuple[int, int, int], NumberDraws] = WeakValueDictionary()
_using = Lock()


class MovedNumbers(Draws):
    """Draws in each of which some numbers are moved to values, the other states of their rows in proportion.

    Args:
        parameters: the numbers.
        moves: for each draw, place and state of the numbers that move, and their values.
    """

    def __init__(self, parameters: NetworkNumbers, moves: Sequence[Mapping[tuple[Place, int], float]]):
        self.parameters, self.moves, self.n = parameters, moves, len(moves)
        self._at: dict[Place, dict[int, dict[int, float]]] = {}
        for d, move in enumerate(moves):
            for (place, state), p in move.items():
                self._at.setdefault(place, {}).setdefault(d, {})[state] = p
        self._value = Kept(partial(_moved, self._at, self.n))

    def table(self, name: str) -> Array:
        """``ndarray[n, states, *parents]``."""
        stated, used = self.parameters.table_and_places(name)
        if used.isdisjoint(self._at):
            return first_axis(stated, self.n)
        return first_axis(self.parameters.table(name, self._value), self.n)

    def moved(self, place: Place, estimate: Estimate) -> Array:
        """What stands for the number at a place, ``ndarray[states, n]``."""
        return _moved(self._at, self.n, place, estimate).values


def _moved(
    at: Mapping[Place, Mapping[int, Mapping[int, float]]], n: int, place: Place, estimate: Estimate
) -> Cpt:
    """What stands for the number at a place in ``n`` draws, some of which move states of it."""
    mean = np.array(estimate.mean)[:, None]
    if place not in at:
        return Cpt(mean.repeat(n, axis=1), (DRAW_AXIS,))
    values = mean.repeat(n, axis=1)
    for d, own in at[place].items():
        stated = sum(estimate.mean[state] for state in own)
        values[:, d] *= (1 - sum(own.values())) / (1 - stated)
        values[list(own), d] = list(own.values())
    return Cpt(values, (DRAW_AXIS,))
