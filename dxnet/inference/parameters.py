"""The numbers of a network as parameters: draws of all of them, and the derivative for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from zlib import crc32

import numpy as np

from dxnet.inference.cpt import DRAW, Array, Cpt, Smooth, Value, cpt, mean, prior
from dxnet.knowledge.estimate import Estimate
from dxnet.knowledge.network import DIAGNOSIS, Network

TINY = 1e-9
"""Drawn probabilities stay so far from 0 and 1: a draw must not make findings impossible."""
STEP = 1e-30
"""Of the complex-step derivative, which is exact to rounding. Squire W, Trapp G. Using complex variables to
estimate derivatives of real functions. SIAM Rev 1998;40:110-112, doi:10.1137/S003614459631241X."""


class Parameters:
    """The numbers of a network in one setting.

    >>> from dxnet import load_network
    >>> parameters = Parameters(load_network("asia"), "chest_clinic")
    >>> parameters.index[:2], len(parameters.index)
    ([('settings.chest_clinic.absent', 1), ('settings.chest_clinic.present', 1)], 16)
    """

    def __init__(self, network: Network, setting: str):
        self.network, self.setting = network, setting
        self._jacobians: dict[str, tuple[list[int], Array]] = {}
        self._means: Mapping[str, Array] = {}
        self._smooth = False

    def at(self, means: Mapping[str, Array], smooth: bool = False) -> Parameters:
        """The same numbers with other means, ``ndarray[states]`` by place; those left out stay.

        ``smooth`` is for tables with a derivative everywhere (see ``Smooth``).
        """
        other = Parameters(self.network, self.setting)
        other.__dict__.update(estimates=self.estimates, index=self.index, _place=self._place)
        other._means, other._smooth = means, smooth
        return other

    def mean(self, estimate: Estimate) -> Cpt:
        """What stands for an estimate: its mean here, ``ndarray[states]``."""
        means = self._means.get(self._place[id(estimate)])
        return mean(estimate) if means is None else Cpt(means)

    @cached_property
    def estimates(self) -> Mapping[str, Estimate]:
        """The numbers that count in this setting, by the place they stand in."""
        other = tuple(f"settings.{name}." for name in self.network.settings if name != self.setting)
        return {place: e for place, e in self.network.estimates() if not place.startswith(other)}

    @cached_property
    def index(self) -> list[tuple[str, int]]:
        """Place and state of each probability; of two states only the second, as the first is the rest.

        What is certain, 0 or 1, is left out: it does not move.
        """
        return [
            (place, state)
            for place, estimate in self.estimates.items()
            for state in range(len(estimate.mean) == 2, len(estimate.mean))
            if 0 < estimate.mean[state] < 1
        ]

    @cached_property
    def _place(self) -> Mapping[int, str]:
        return {id(estimate): place for place, estimate in self.estimates.items()}

    def table(self, name: str, value: Value | None = None) -> Cpt:
        """P(state | parents) of a variable, with these numbers or others."""
        is_target, value = name == DIAGNOSIS, value or self.mean
        value = Smooth(value) if self._smooth else value
        return prior(self.network, self.setting, value) if is_target else cpt(self.network, name, value)

    def drawn(self, estimate: Estimate, n: int, seed: int) -> Array:
        """``ndarray[states, n]`` from Dirichlet(weight * mean); the same for the same place and seed."""
        stream = np.random.default_rng([seed, crc32(self._place[id(estimate)].encode())])
        parameters = self.mean(estimate).values * estimate.weight
        shares = stream.standard_gamma(parameters, (n, len(estimate.mean)))
        shares = np.clip(shares / np.maximum(shares.sum(axis=1, keepdims=True), TINY), TINY, 1)
        shares[:, parameters == 0] = 0  # what is certain stays so
        return np.asarray((shares / shares.sum(axis=1, keepdims=True)).T)

    def gradient(self, slopes: Mapping[str, Array]) -> Array:
        """Derivative for each number of ``index``, from the derivatives for the cells of some tables.

        A number moves alone; the other states of its row keep their proportions.
        """
        gradient = np.zeros(len(self.index))
        for name, slope in slopes.items():
            numbers, jacobian = self.jacobian(name)
            gradient[numbers] += jacobian @ slope.ravel()
        return gradient

    def jacobian(self, name: str) -> tuple[list[int], Array]:
        """The numbers that a table depends on, and its derivative for each, ``ndarray[numbers, cells]``."""
        if name not in self._jacobians:
            used: set[str] = set()

            def note(estimate: Estimate) -> Cpt:
                used.add(self._place[id(estimate)])
                return self.mean(estimate)

            size = self.table(name, note).values.size
            numbers = [i for i, (place, _) in enumerate(self.index) if place in used]
            moved = [self.index[i] for i in numbers]

            def nudge(estimate: Estimate) -> Cpt:
                stated = self.mean(estimate).values
                values = np.tile(stated.astype(complex)[:, None], len(moved))
                for d, (place, state) in enumerate(moved):
                    if place == self._place[id(estimate)]:
                        p = stated[state]
                        values[:, d] *= (1 - p - 1j * STEP) / (1 - p)
                        values[state, d] = p + 1j * STEP
                return Cpt(values, (DRAW,))

            nudged = first_axis(self.table(name, nudge), len(moved)).imag / STEP
            self._jacobians[name] = numbers, nudged.reshape(len(moved), size)
        return self._jacobians[name]


class ParameterDraws:
    """``n`` draws of every number, as tables made when they are asked for.

    Args:
        parameters: the numbers.
        n: how many draws.
        seed: of the pseudo-random numbers; a number of the network keeps its draws when others change.
    """

    def __init__(self, parameters: Parameters, n: int = 1000, seed: int = 0):
        self.parameters, self.n, self.seed = parameters, n, seed

    def table(self, name: str) -> Array:
        """``ndarray[n, states, *parents]``."""
        parameters, n, seed = self.parameters, self.n, self.seed
        drawn = parameters.table(name, lambda estimate: Cpt(parameters.drawn(estimate, n, seed), (DRAW,)))
        return first_axis(drawn, n)


class MovedNumbers:
    """Draws in each of which some numbers are moved to values, the other states of their rows in proportion.

    Args:
        parameters: the numbers.
        moves: for each draw, place and state of the numbers that move, and their values.
    """

    def __init__(self, parameters: Parameters, moves: Sequence[Mapping[tuple[str, int], float]]):
        self.parameters, self.moves, self.n = parameters, moves, len(moves)

    def table(self, name: str) -> Array:
        """``ndarray[n, states, *parents]``."""
        drawn = self.parameters.table(name, lambda estimate: Cpt(self.moved(estimate), (DRAW,)))
        return first_axis(drawn, self.n)

    def moved(self, estimate: Estimate) -> Array:
        """What stands for an estimate, ``ndarray[states, n]``."""
        values = np.tile(np.array(estimate.mean)[:, None], self.n)
        for d, move in enumerate(self.moves):
            own = {s: p for (place, s), p in move.items() if self.parameters.estimates[place] is estimate}
            if own:
                stated = sum(estimate.mean[state] for state in own)
                values[:, d] *= (1 - sum(own.values())) / (1 - stated)
                values[list(own), d] = list(own.values())
        return values


def first_axis(table: Cpt, n: int) -> Array:
    """The draws of a table as its first axis, ``ndarray[n, states, *parents]``."""
    if DRAW not in table.parents:
        return np.broadcast_to(table.values, (n, *table.values.shape))
    return np.moveaxis(table.values, table.parents.index(DRAW) + 1, 0)
