"""The numbers of a network as parameters: draws of all of them, and the derivative for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from math import log

import numpy as np

from dxnet.arrays import Array
from dxnet.inference.cpt import UNEXPLAINED, prior, recorded_cpt, unexplained
from dxnet.inference.seeded import generator
from dxnet.inference.spread import log_variances
from dxnet.inference.table_derivative import TableDerivative
from dxnet.knowledge.estimate import Estimate, Z
from dxnet.knowledge.kinds.base import DRAW_AXIS, Cpt, Kept, ValueOf, mean_of
from dxnet.knowledge.kinds.split import Smooth
from dxnet.knowledge.kinds.stated import place_of_row
from dxnet.knowledge.network import DIAGNOSIS, PATTERN, Network
from dxnet.knowledge.place import Place
from dxnet.knowledge.table import DEFAULT

LEAST_DRAWN = 1e-9
"""Drawn probabilities stay so far from 0 and 1: a draw must not make findings impossible."""
TOGETHER = 100
"""Draws that are made into tables at a time: these stay in the cache of a processor."""
COMPLEX_STEP = 1e-30
"""Of the complex-step derivative, which is exact to rounding. Squire W, Trapp G. Using complex variables to
estimate derivatives of real functions. SIAM Rev 1998;40:110-112, doi:10.1137/S003614459631241X."""


class StatedNumbers:
    """The numbers of a network that count in one setting, as its files have them."""

    def __init__(self, network: Network, setting: str):
        self.network, self.setting = network, setting

    @cached_property
    def estimates(self) -> Mapping[Place, Estimate]:
        """The numbers by the place they stand in."""
        return {
            place: estimate
            for place, estimate in self.network.estimates()
            if place.section != "settings" or place.in_setting(self.setting)
        }

    @cached_property
    def index(self) -> list[tuple[Place, int]]:
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
    def wholes(self) -> Mapping[Place, Mapping[Place, int]]:
        """Of each share that is scaled with others to a sum of 1, all of these, and how often each counts.

        They are the pre-test probabilities of a setting, this or another, of which a default counts once for
        each diagnosis it serves, and the shares of the lesion patterns of a diagnosis.
        """
        wholes: list[Mapping[Place, int]] = []
        for name, setting in self.network.settings.items():
            at, prior = place_of_row("settings", name), setting.prior
            if prior is not None:
                wholes.append(Counter(at(d if d in prior else DEFAULT) for d in self.network.diagnoses))
        for diagnosis, of in self.network.patterns.shares.items() if self.network.patterns else ():
            rows = (Place("variables", PATTERN, "shares", f"{diagnosis}.{name}") for name in of)
            wholes.append(dict.fromkeys(rows, 1))
        return {place: whole for whole in wholes for place in whole}


class NetworkNumbers:
    """The numbers of a network in one setting.

    Args:
        network, setting: whose numbers.
        means: of some of them, where they are not as stated.
        smooth: for tables with a derivative everywhere (see ``Smooth``).
        stated: those of the network in the setting, if they are known already.
        tables: of all variables with these numbers, if they are made already.

    >>> from dxnet import load_network
    >>> parameters = NetworkNumbers(load_network("asia"), "chest_clinic")
    >>> parameters.index[:2], len(parameters.index)
    ([('settings.chest_clinic.absent', 1), ('settings.chest_clinic.present', 1)], 16)
    """

    def __init__(
        self,
        network: Network,
        setting: str,
        means: Mapping[Place, Array] | None = None,
        smooth: bool = False,
        stated: StatedNumbers | None = None,
        tables: Mapping[str, Cpt] | None = None,
    ):
        self.network, self.setting = network, setting
        self._stated = stated or StatedNumbers(network, setting)
        self._means, self._smooth = means or {}, smooth
        self._derivatives: dict[str, tuple[list[int], TableDerivative]] = {}
        self._tables, self._with_places = tables, dict[str, tuple[Cpt, frozenset[Place]]]()

    def at(self, means: Mapping[Place, Array], smooth: bool = False) -> NetworkNumbers:
        """The same numbers with other means, ``ndarray[states]`` by place; those left out stay.

        ``smooth`` is for tables with a derivative everywhere (see ``Smooth``).
        """
        return NetworkNumbers(self.network, self.setting, means, smooth, self._stated)

    def mean(self, place: Place, estimate: Estimate) -> Cpt:
        """What stands for the number at a place: its mean here, ``ndarray[states]``."""
        means = self._means.get(place)
        return mean_of(place, estimate) if means is None else Cpt(means)

    @property
    def estimates(self) -> Mapping[Place, Estimate]:
        """The numbers that count in this setting, by the place they stand in."""
        return self._stated.estimates

    @property
    def index(self) -> list[tuple[Place, int]]:
        """Place and state of each probability; of two states only the second, as the first is the rest."""
        return self._stated.index

    def whole(self, place: Place) -> Mapping[Place, int]:
        """See ``StatedNumbers.wholes``; empty for a number of a row that sums to 1 by itself."""
        return self._stated.wholes.get(place, {})

    def is_pre_test(self, place: Place) -> bool:
        """Whether the number at a place is a pre-test probability, scaled with the others to a sum of 1."""
        return place.section == "settings" and self.network.settings[place.name].prior is not None

    def table(self, name: str, value: ValueOf | None = None) -> Cpt:
        """P(state | parents) of a variable or UNEXPLAINED, with these numbers or others."""
        value = value or self.mean
        value = Smooth(value) if self._smooth else value
        if name == UNEXPLAINED:
            return unexplained(self.network, value)
        if name == DIAGNOSIS:
            return prior(self.network, self.setting, value)
        return recorded_cpt(self.network, name, value)

    def tables(self) -> Mapping[str, Cpt]:
        """P(state | parents) of every variable with these numbers, the diagnosis first."""
        value = Kept(self.mean)
        return self._tables or {name: self.table(name, value) for name in (DIAGNOSIS, *self.network.nodes)}

    def table_and_places(self, name: str) -> tuple[Cpt, frozenset[Place]]:
        """P(state | parents) of a variable with these numbers, and the places of all that it depends on."""
        if name not in self._with_places:
            used: set[Place] = set()

            def note(place: Place, estimate: Estimate) -> Cpt:
                used.add(place)
                return self.mean(place, estimate)

            self._with_places[name] = self.table(name, note), frozenset(used)
        return self._with_places[name]

    def drawn(self, place: Place, estimate: Estimate, n: int, seed: int) -> Array:
        """``ndarray[states, n]``; the same for the same place and seed.

        From Dirichlet(weight * mean), or of an estimate in a network that states their factor, from a
        logistic-normal distribution (Aitchison J, Shen SM. Biometrika 1980;67:261-272,
        doi:10.1093/biomet/67.2.261) in which the odds of each state have this factor. A share that is scaled
        with others to a sum of 1 (see ``StatedNumbers.wholes``) is a Gamma, or log-normal with a factor, as
        wide as gives the scaled share the interval of its own: see ``log_variances``.
        """
        stream, mean = generator(seed, place), self.mean(place, estimate).values
        wanted = self._log_odds_variance(estimate)
        if self.whole(place):
            variance = self._variances_of_shares[place]
            if wanted is not None:
                noise = np.exp(np.sqrt(variance) * stream.standard_normal(n))
            else:
                noise = variance * stream.standard_gamma(1 / variance, n)
            share = np.maximum(mean[1] * noise, LEAST_DRAWN)
            return np.stack([1 - share, share])
        if wanted is not None:
            deviations = np.sqrt(log_variances(mean, np.full(len(mean), wanted)))
            odds = mean[:, None] * np.exp(deviations[:, None] * stream.standard_normal((len(mean), n)))
            return np.asarray(odds / odds.sum(axis=0))
        parameters = mean * estimate.weight
        shares = stream.standard_gamma(parameters, (n, len(mean)))
        shares = np.clip(shares / np.maximum(shares.sum(axis=1, keepdims=True), LEAST_DRAWN), LEAST_DRAWN, 1)
        shares[:, parameters == 0] = 0  # what is certain stays so
        return np.asarray((shares / shares.sum(axis=1, keepdims=True)).T)

    def _log_odds_variance(self, estimate: Estimate) -> float | None:
        """That of each state of an estimate, where the network states their factor."""
        factor = self.network.estimate_factor
        return (log(factor) / Z) ** 2 if factor and not estimate.is_published else None

    @cached_property
    def _variances_of_shares(self) -> Mapping[Place, float]:
        """Variance of the logarithm of each share before they are scaled, by place."""
        found, estimates = dict[Place, float](), dict(self.network.estimates())
        for whole in {id(whole): whole for whole in self._stated.wholes.values()}.values():
            listed = [estimates[place] for place in whole]
            means = [self.mean(*it).values[1] for it in zip(whole, listed, strict=True)]
            p = np.array(means) * list(whole.values())
            p /= p.sum()
            wanted = 1 / np.maximum(p * (1 - p) * [it.weight for it in listed], LEAST_DRAWN)
            for i, estimate in enumerate(listed):
                wanted[i] = self._log_odds_variance(estimate) or wanted[i]
            variances = np.maximum(log_variances(p, wanted), LEAST_DRAWN)
            found |= dict(zip(whole, variances.tolist(), strict=True))
        return found

    def gradient(self, slopes: Mapping[str, Array]) -> Array:
        """Derivative for each number of ``index``, from the derivatives for the cells of some tables.

        A number moves alone; the other states of its row keep their proportions.
        """
        gradient = np.zeros(len(self.index))
        for name, slope in slopes.items():
            numbers, derivative = self._derivative(name)
            gradient[numbers] += derivative.along(slope)
        return gradient

    def jacobian(self, name: str) -> tuple[list[int], Array]:
        """The numbers that a table depends on, and its derivative for each, ``ndarray[numbers, cells]``."""
        numbers, derivative = self._derivative(name)
        return numbers, derivative.dense()

    def _derivative(self, name: str) -> tuple[list[int], TableDerivative]:
        if name not in self._derivatives:
            table, used = self.table_and_places(name)
            numbers = [i for i, (place, _) in enumerate(self.index) if place in used]
            starts = range(0, len(numbers), TOGETHER)
            rows = (self._nudged(name, numbers[i : i + TOGETHER]) for i in starts)
            self._derivatives[name] = numbers, TableDerivative(table.values.shape, len(numbers), rows)
        return self._derivatives[name]

    def _nudged(self, name: str, numbers: Sequence[int]) -> Array:
        """Derivative of a table for some numbers, ``ndarray[numbers, cells]``."""
        moved = [self.index[i] for i in numbers]
        at: dict[Place, list[int]] = {}
        for d, (place, _) in enumerate(moved):
            at.setdefault(place, []).append(d)

        def nudge(place: Place, estimate: Estimate) -> Cpt:
            stated = self.mean(place, estimate).values
            values = np.tile(stated.astype(complex)[:, None], len(moved))
            for d in at.get(place, ()):
                state = moved[d][1]
                p = stated[state]
                values[:, d] *= (1 - p - 1j * COMPLEX_STEP) / (1 - p)
                values[state, d] = p + 1j * COMPLEX_STEP
            return Cpt(values, (DRAW_AXIS,))

        nudged = first_axis(self.table(name, Kept(nudge)), len(moved))
        return nudged.imag.reshape(len(moved), -1) / COMPLEX_STEP


def first_axis(table: Cpt, n: int) -> Array:
    """The draws of a table as its first axis, ``ndarray[n, states, *parents]``."""
    if DRAW_AXIS not in table.parents:
        return np.broadcast_to(table.values, (n, *table.values.shape))
    return np.moveaxis(table.values, table.parents.index(DRAW_AXIS) + 1, 0)
