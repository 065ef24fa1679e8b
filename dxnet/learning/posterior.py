"""How probable the numbers of a network are after a cohort: their logarithmic posterior and its curvature."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dxnet.arrays import Array
from dxnet.errors import BackendError
from dxnet.inference.cpt import UNEXPLAINED
from dxnet.inference.parameters import NetworkNumbers
from dxnet.knowledge.network import DIAGNOSIS
from dxnet.knowledge.place import Place
from dxnet.learning.labelled import Group
from dxnet.learning.log_odds import LogOdds
from dxnet.learning.row_likelihood import RowLikelihood
from dxnet.learning.truth import UNKNOWN_DIAGNOSIS

MAX_ROUNDS = 30
MAX_ROUND_STEPS = 50
"""Limits of the search: rounds, and steps of each."""
GRADIENT_TOLERANCE = 0.05
"""The search has converged below this gradient, in standard deviations of a number."""
LOG_ODDS_STEP = 1e-4
"""Step of the finite differences of gradients, in log-odds."""
MAX_STEP_ROWS = 1000
"""Most rows of a part that is evaluated at once."""
LEAST_INFORMATION = 0.01
"""Information of a diagnosis about a number is ignored below this share of that of the number's weight.

Pre-test probabilities, which are scaled together, are never left out."""


@dataclass(frozen=True, eq=False)
class Point:
    """A value of all numbers, and the logarithmic posterior there (up to a constant).

    Args:
        log_odds, p: ``ndarray[N]`` of the numbers of ``NetworkNumbers.index``.
        value: the logarithmic posterior.
        parameters: the numbers of the network with these means.
        cells: cells of all tables, one table after the other.
        slope: derivative of log P(cohort), and of the bound, by each cell.
    """

    log_odds: Array
    p: Array
    value: float
    parameters: NetworkNumbers
    cells: Array
    slope: Array

    @cached_property
    def jacobian(self) -> Any:
        """Derivative of the cells by each log-odds, a sparse ``[N, cells]``."""
        from scipy.sparse import coo_array

        rows, columns, values, start = [], [], [], 0
        for name in _table_names(self.parameters):
            numbers, jacobian = self.parameters.jacobian(name)
            row, column = np.nonzero(jacobian)
            rows.append(np.array(numbers, np.int64)[row])
            columns.append(column + start)
            values.append(jacobian[row, column])
            start += jacobian.shape[1]
        number = np.concatenate(rows)
        spread = np.concatenate(values) * (self.p * (1 - self.p))[number]
        return coo_array((spread, (number, np.concatenate(columns))), (len(self.p), start)).tocsr()


class Posterior:
    """log P(cohort | numbers) + log P(numbers), as a function of the log-odds of the numbers.

    In log-odds a Dirichlet of parameters a has its mode at its mean a / sum(a), so that without a cohort the
    numbers stay, and counts of a plain table give the mean of the exact posterior.
    MacKay DJC. Choice of basis for Laplace approximation. Mach Learn 1998;33:77-86.
    The pre-test probabilities of a setting are Gammas of their mean and weight, scaled to a sum of 1: where
    all weigh the same, together a Dirichlet of that weight.

    Args:
        parameters: the numbers of the literature.
        groups: rows of the cohort.
        fixed: places of numbers that do not move.
    """

    def __init__(self, parameters: NetworkNumbers, groups: Sequence[Group], fixed: Collection[Place] = ()):
        self.parameters, self.fixed, self.numbers = parameters, fixed, LogOdds(parameters)
        self._parts = [list(group.parts(MAX_STEP_ROWS)) for group in groups]
        smooth = parameters.at({}, smooth=True)
        tables = {name: smooth.table(name) for name in _table_names(parameters)}
        self._rows = RowLikelihood(parameters.network, tables, {group.diagnosis for group in groups})
        self.weight = np.array([parameters.estimates[place].weight for place, _ in parameters.index])
        self.stated = np.array([parameters.estimates[place].mean[s] for place, s in parameters.index])
        self._is_pre_test = np.array([parameters.is_pre_test(place) for place, _ in parameters.index])

    @cached_property
    def start(self) -> Point:
        """The numbers of the literature."""
        return self.at(self.numbers.stated)

    def at(self, log_odds: Array) -> Point:
        """The point with these log-odds."""
        means = dict(self.numbers.means(log_odds))
        parameters = self.parameters.at(means, smooth=True)
        tables = dict(parameters.tables())
        if self.parameters.network.unexplained:
            tables[UNEXPLAINED] = parameters.table(UNEXPLAINED)
        cells = np.concatenate([table.values.ravel() for table in tables.values()])
        value, slope = self._ask(cells)
        for place, mean in means.items():
            estimate = self.parameters.estimates[place]
            if self.parameters.is_pre_test(place):
                value += (log(mean[1]) * estimate.mean[1] - mean[1]) * estimate.weight
            else:
                value += float(np.log(mean) @ np.array(estimate.mean)) * estimate.weight
        return Point(log_odds, self.numbers.p(log_odds), value, parameters, cells, slope)

    def means(self, point: Point) -> dict[Place, Array]:
        """The mean of every estimate, ``ndarray[states]`` by place."""
        return dict(self.numbers.means(point.log_odds))

    def log_p(self) -> Iterator[tuple[int, float]]:
        """log P(findings, diagnosis) under the literature, with the first row of the cohort that has them."""
        cells = self.start.cells
        for group in [part for parts in self._parts for part in parts]:
            log_p, _ = self._rows.ask(cells, group)
            yield from zip(group.first.tolist(), log_p.tolist(), strict=True)

    def gradient(self, point: Point) -> Array:
        """Derivative of the logarithmic posterior by each log-odds, ``ndarray[N]``."""
        own = self.weight * (self.stated - point.p) * np.where(self._is_pre_test, 1 - point.p, 1)
        return np.asarray(point.jacobian @ point.slope + own)

    def _ask(self, cells: Array) -> tuple[float, Array]:
        def ask(group: Group) -> tuple[float, Array]:
            log_p, slope = self._rows.ask(cells, group)
            return float(log_p @ group.weight), slope

        with ThreadPoolExecutor() as pool:
            total, slopes = 0.0, np.zeros(len(cells))
            for log_p, slope in pool.map(ask, [part for parts in self._parts for part in parts]):
                total, slopes = total + log_p, slopes + slope
        return total, slopes

    def maximise(self, on_step: Callable[[float], None] | None = None) -> Point:
        """The most probable numbers, by L-BFGS in rounds, each scaled by the information where it begins.

        ``on_step`` is called after each step with the rise of the logarithmic posterior so far.

        Raises:
            BackendError: the search does not converge.
        """
        point = self.start
        for _ in range(MAX_ROUNDS):
            point, slope = self._climb(point, on_step)
            if slope < GRADIENT_TOLERANCE:
                return point
        raise BackendError(
            f"the search did not converge: a gradient of {slope:.2g} standard deviations is left"
        )

    def _climb(self, start: Point, on_step: Callable[[float], None] | None) -> tuple[Point, float]:
        """One round of the search: the point it ends at, and its largest gradient in standard deviations."""
        from scipy.optimize import minimize

        free = self._free(start)
        if not len(free):
            return start, 0.0
        scale = 1 / np.sqrt(self._complete(start)[free])

        @lru_cache(maxsize=1)
        def ask(x: bytes) -> tuple[Point, Array]:
            log_odds = start.log_odds.copy()
            log_odds[free] += scale * np.frombuffer(x)
            point = self.at(log_odds)
            return point, -scale * self.gradient(point)[free]

        def loss(x: Array) -> tuple[float, Array]:
            point, slope = ask(x.tobytes())
            return start.value - point.value, slope

        def step(intermediate_result: Any) -> None:
            if on_step:
                on_step(start.value - self.start.value - float(intermediate_result.fun))

        options = {"maxcor": 20, "maxiter": MAX_ROUND_STEPS, "ftol": 0.0, "gtol": GRADIENT_TOLERANCE / 2}
        answer = minimize(
            loss, np.zeros(len(free)), jac=True, method="L-BFGS-B", callback=step, options=options
        )
        point, _ = ask(answer.x.tobytes())
        left = self.gradient(point)[free] / np.sqrt(self._complete(point)[free])
        return point, float(np.abs(left).max())

    def _free(self, point: Point) -> NDArray[np.int64]:
        """Numbers that may move and on which a table depends."""
        used = np.diff(point.jacobian.indptr) > 0
        places = [place for place, _ in self.parameters.index]
        return np.flatnonzero(used & ~np.isin(places, list(self.fixed)))

    def _complete(self, point: Point) -> Array:
        """Information about each log-odds, with the literature's, if nothing were hidden: ``ndarray[N]``."""
        counts = np.divide(point.slope, point.cells, where=point.cells > 0, out=np.zeros(len(point.cells)))
        own = self.weight * self.stated * (1 - self.stated)
        own *= np.where(self._is_pre_test, 1 - self.stated, 1)
        return np.asarray(own + point.jacobian.power(2) @ counts.clip(0))

    def covariance(self, point: Point) -> Array:
        """Covariance of all log-odds, ``ndarray[N, N]``: inverse of minus the second derivative at a point.

        Rows without a diagnosis are left out. Of each diagnosis at most MAX_STEP_ROWS different rows, chosen
        at random, stand for all. Numbers about which the cohort holds no information keep the covariance of
        the literature.
        """
        prior, data = np.zeros((len(point.p), len(point.p))), self._information(point)
        for block in self.numbers.blocks.values():
            p, weight = point.p[block], self.weight[block][0]
            prior[block, block] = weight * (np.diag(p) - np.outer(p, p))
            if self._is_pre_test[block][0]:
                prior[block, block] *= 1 - 2 * p + self.stated[block]
            if len(p) > 1:  # their sum has no meaning, so that any information about it will do
                prior[block, block] += weight / len(p)
        covariance, informed = np.zeros_like(prior), np.asarray(data.any(axis=1))
        for block in self.numbers.blocks.values():
            informed[block] = informed[block].any()
        for numbers in (*self.numbers.blocks.values(), np.flatnonzero(informed)):
            at = np.r_[numbers]
            covariance[np.ix_(at, at)] = np.linalg.inv(prior[np.ix_(at, at)] + data[np.ix_(at, at)])
        return covariance

    def _information(self, point: Point) -> Array:
        """Information of the cohort: minus the second derivative of log P(cohort)."""
        information, slopes = np.zeros((len(point.p), len(point.p))), np.zeros(len(point.cells))
        known = [parts for parts in self._parts if parts[0].diagnosis != UNKNOWN_DIAGNOSIS]
        with ThreadPoolExecutor() as pool:
            groups = pool.map(lambda parts: self._of_group(parts[0], point), known)
            for parts, (numbers, own, slope) in zip(known, groups, strict=True):
                scale = sum(part.weight.sum() for part in parts) / parts[0].weight.sum()
                information[np.ix_(numbers, numbers)] += scale * own
                slopes += scale * slope
        for used, own in self._of_tables(point, slopes):
            information[np.ix_(used, used)] += own
        return (information + information.T) / 2

    def _of_group(self, group: Group, point: Point) -> tuple[NDArray[np.int64], Array, Array]:
        """Numbers on which a group is informative, its information by finite differences, and its slope."""
        own = self.weight * point.p * (1 - point.p)
        _, here = self._rows.ask(point.cells, group)
        counts = np.divide(here, point.cells, where=point.cells > 0, out=np.zeros(len(point.cells)))
        complete = point.jacobian.power(2) @ counts
        told = self._is_pre_test | (complete > LEAST_INFORMATION * own)
        numbers = np.intersect1d(np.flatnonzero(told), self._free(point))
        jacobian = point.jacobian[numbers]
        information = np.zeros((len(numbers), len(numbers)))
        for ask, part in self._rows.parts(point.cells, group):
            _, stated = ask(point.cells, part)
            for i in range(len(numbers)):
                _, moved = ask(point.cells + LOG_ODDS_STEP * jacobian[[i]].toarray()[0], part)
                information[i] += jacobian @ (stated - moved) / LOG_ODDS_STEP
        return numbers, information, here

    def _of_tables(self, point: Point, slopes: Array) -> Iterator[tuple[list[int], Array]]:
        """Information from the curvature of each table in its numbers, table by table."""
        start, means = 0, dict(self.numbers.means(point.log_odds))
        for name in _table_names(self.parameters):
            numbers, jacobian = point.parameters.jacobian(name)
            slope = slopes[start : start + jacobian.shape[1]]
            start += jacobian.shape[1]

            def gradient(
                log_odds: Array, name: str = name, slope: Array = slope, numbers: list[int] = numbers
            ) -> Array:
                moved = dict(
                    self.numbers.means(log_odds[numbers], [self.parameters.index[i][0] for i in numbers])
                )
                parameters = self.parameters.at({**means, **moved}, smooth=True)
                p = np.array([moved[place][s] for place, s in (self.parameters.index[i] for i in numbers)])
                return np.asarray((parameters.jacobian(name)[1] @ slope) * p * (1 - p))

            if slope.any():
                here, own = gradient(point.log_odds), np.zeros((len(numbers), len(numbers)))
                for i, number in enumerate(numbers):
                    there = point.log_odds.copy()
                    there[number] += LOG_ODDS_STEP
                    own[i] = -(gradient(there) - here) / LOG_ODDS_STEP
                yield numbers, own


def _table_names(parameters: NetworkNumbers) -> list[str]:
    return [DIAGNOSIS, *parameters.network.nodes, *([UNEXPLAINED] if parameters.network.unexplained else [])]
