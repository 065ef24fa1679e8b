"""Bucket elimination in numpy, one array operation a bucket: slow to ask, quick to load, easy to check."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import exp, inf, log
from typing import Any

import numpy as np

from dxnet.arrays import Array
from dxnet.inference.backends.base import Backend, Likelihoods, SplitEvidence
from dxnet.inference.backends.compiled.elimination import Order, elimination_order

DIVIDE_BELOW = 2.0**-256
"""A product whose largest entry is smaller is divided by it."""


@dataclass(eq=False)
class _Factor:
    """An array over variables: a likelihood, a message, or the part of a table that ``cell`` names."""

    values: Array
    scope: tuple[str, ...]
    cell: tuple[str, tuple[Any, ...]] | None = None
    slope: Array = field(default_factory=lambda: np.zeros(0))

    def over(self, scope: Sequence[str]) -> Array:
        """The values with an axis for each variable of ``scope``, of length 1 where they lack it."""
        moved = self.values.transpose([self.scope.index(name) for name in scope if name in self.scope])
        sizes = iter(moved.shape)
        return moved.reshape([next(sizes) if name in self.scope else 1 for name in scope])


@dataclass(eq=False)
class _Bucket:
    """Factors that meet in a variable, their product times exp(-log_scale), and the message it becomes."""

    name: str
    scope: tuple[str, ...]
    members: Sequence[_Factor]
    product: Array = field(init=False)
    log_scale: float = field(init=False)
    message: _Factor | None = None

    def __post_init__(self) -> None:
        self.product, self.log_scale = self.multiply(self.members)

    def multiply(self, factors: Sequence[_Factor]) -> tuple[Array, float]:
        """A product with an axis for each variable of the scope, and the logarithm of what was taken out."""
        product, log_scale = np.ones((1,) * len(self.scope)), 0.0
        for factor in factors:
            product = product * factor.over(self.scope)
            peak = float(product.max())
            if 0 < peak < DIVIDE_BELOW:
                product, log_scale = product / peak, log_scale + log(peak)
        return product, log_scale


class NumpyBackend(Backend):
    """One array operation for each bucket, by numpy.

    >>> from dxnet.knowledge.kinds.base import Cpt
    >>> cough = Cpt(np.array([[0.9, 0.2], [0.1, 0.8]]), ("ill",))
    >>> engine = NumpyBackend({"ill": Cpt(np.array([0.75, 0.25])), "cough": cough}, "ill")
    >>> post_test, log_p = engine.ask({"cough": np.array([0.0, 1.0])})
    >>> post_test.round(3), round(log_p, 3)
    (array([0.273, 0.727]), -1.291)
    """

    def ask(self, likelihoods: Likelihoods) -> tuple[Array, float]:
        """See ``Backend.ask``."""
        observed = SplitEvidence.of(likelihoods, self.target, self.card)
        buckets, log_scale = self._eliminate(observed, self.relevant(likelihoods))
        answer = buckets[-1].product
        total = float(answer.sum())
        if not total > 0:
            return np.full(answer.shape, np.nan), -inf
        return answer / total, log(total) + log_scale

    def marginals(self, likelihoods: Likelihoods) -> dict[str, Array]:
        """See ``Backend.marginals``."""
        observed = SplitEvidence.of(likelihoods, self.target, self.card)
        buckets, _ = self._eliminate(observed, list(self.tables))
        total = buckets[-1].product.sum()
        joint = {name: np.full((self.card[name], self.card[self.target]), np.nan) for name in self.tables}
        for k in range(self.card[self.target]) if total > 0 else ():
            seed = np.zeros(self.card[self.target])
            seed[k] = 1 / total
            for name, slope in self._back(buckets, observed, seed).items():
                cells = self.tables[name].values * slope
                joint[name][:, k] = cells.reshape(self.card[name], -1).sum(axis=1)
        return joint

    def slopes(self, likelihoods: Likelihoods, weights: Array) -> dict[str, Array]:
        """See ``Backend.slopes``."""
        observed = SplitEvidence.of(likelihoods, self.target, self.card)
        buckets, _ = self._eliminate(observed, self.relevant(likelihoods))
        return self._back(buckets, observed, self._slope_seed(buckets[-1].product, weights))

    def most_probable(self, likelihoods: Likelihoods) -> tuple[dict[str, int], float]:
        """See ``Backend.most_probable``."""
        observed = SplitEvidence.of(likelihoods, self.target, self.card)
        buckets, log_scale = self._eliminate(observed, list(self.tables), np.max)
        states = dict(observed.hard)
        for bucket in reversed(buckets):
            product = np.broadcast_to(bucket.product, [self.card[name] for name in bucket.scope])
            states[bucket.name] = int(
                product[tuple(states.get(v, slice(None)) for v in bucket.scope)].argmax()
            )
        best = float(buckets[-1].product.max())
        return {name: states[name] for name in self.tables}, log(best) + log_scale if best > 0 else -inf

    @cached_property
    def _order(self) -> Order:
        scopes = [(name, *table.parents) for name, table in self.tables.items()]
        return elimination_order(scopes, self.card, self.target)

    def _eliminate(
        self, observed: SplitEvidence, relevant: Sequence[str], collapse: Callable[..., Array] = np.sum
    ) -> tuple[list[_Bucket], float]:
        """The buckets, that of the target last, and the logarithm of what was taken out of the messages."""
        hard, position = observed.hard, {name: p for p, name in enumerate(self._order.names)}
        waiting: dict[str, list[_Factor]] = {name: [] for name in self._order.names}

        def enter(factor: _Factor) -> None:
            waiting[min(factor.scope, key=position.__getitem__, default=self.target)].append(factor)

        for name in relevant:
            scope = (name, *self.tables[name].parents)
            index = tuple(hard.get(variable, slice(None)) for variable in scope)
            values = self.tables[name].values[index]
            enter(_Factor(np.asarray(values), tuple(v for v in scope if v not in hard), (name, index)))
        for name, values in observed.soft.items():
            enter(_Factor(values, (name,)))
        buckets, log_scale = [], observed.log_scale
        for name, members in waiting.items():
            if members:
                scope = tuple(sorted(set().union(*(f.scope for f in members)), key=position.__getitem__))
                buckets.append(bucket := _Bucket(name, scope, members))
                log_scale += bucket.log_scale
                if name != self.target:
                    message = collapse(bucket.product, axis=0)
                    shape = [self.card[v] for v in scope[1:]]
                    enter(factor := _Factor(np.broadcast_to(message, shape), scope[1:]))
                    bucket.message = factor
        return buckets, log_scale

    def _back(self, buckets: Sequence[_Bucket], observed: SplitEvidence, seed: Array) -> dict[str, Array]:
        """Derivative of sum(seed * answer), the scales put back, for every cell of the tables it read."""
        found = {}
        for bucket in reversed(buckets):
            slope = seed if bucket.message is None else bucket.message.slope[None]
            shape = [self.card[name] for name in bucket.scope]
            for factor in bucket.members:
                others, log_scale = bucket.multiply(
                    [other for other in bucket.members if other is not factor]
                )
                rest = np.broadcast_to(slope * others * exp(log_scale - bucket.log_scale), shape)
                gone = tuple(axis for axis, name in enumerate(bucket.scope) if name not in factor.scope)
                kept = [name for name in bucket.scope if name in factor.scope]
                factor.slope = rest.sum(axis=gone).transpose([kept.index(name) for name in factor.scope])
                if factor.cell is not None:
                    name, index = factor.cell
                    found[name] = np.zeros(self.tables[name].values.shape)
                    found[name][index] = factor.slope
        return found
