"""Plan: an elimination order of a network, and its tables laid out along it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from math import fsum, log, prod
from random import Random

import numpy as np

from dxnet.arrays import Array, Ints
from dxnet.inference.backends.base import ancestors
from dxnet.knowledge.kinds.base import Cpt

ORDER_NOISE = 3.0
"""How far orders stray from the greedy one; on munin1 the best of 64 takes down to a tenth of its entries."""
VECTOR_LANE = 4
"""The axis of a target with more states is filled up to a multiple of it, for whole vectors."""


@dataclass(frozen=True)
class Order:
    """An elimination order.

    Args:
        names: variables in the order of their elimination, the target last.
        bucket: for each of them, the position of the variable whose bucket its message enters.
        width: most axes of a product when nothing is observed.
        entries: of the product of each bucket when nothing is observed.
    """

    names: tuple[str, ...]
    bucket: tuple[int, ...]
    width: int
    entries: tuple[int, ...]

    def after(self, observed: Sequence[str]) -> Order:
        """The same order behind variables that are always observed and have no products."""
        n, last = len(observed), len(self.names) + len(observed) - 1
        buckets = (last,) * n + tuple(bucket + n for bucket in self.bucket)
        entries = (1,) * n + self.entries
        return replace(self, names=(*observed, *self.names), bucket=buckets, entries=entries)


@dataclass(frozen=True, eq=False)
class EliminationPlan:
    """The tables of a network as one array, variables in elimination order, the target last.

    Args:
        order: the elimination order.
        states: ``int64[V]`` numbers of states.
        card: ``int64[V]`` cells along their axes: the states, and more for the target (see LANE).
        scope: for each variable the positions of itself and its parents, as in its table.
        start: ``int64[V + 1]`` where each table begins in ``values``, and where the last one ends.
        values: ``float64[cells]``, axes of a table in elimination order, C-contiguous.
        axis_ptr, axis, stride: the axes of each table and their strides in ``values``.
        above_ptr, above: the ancestors of each variable, itself among them.
    """

    order: Order
    states: Ints
    card: Ints
    scope: tuple[tuple[int, ...], ...]
    start: Ints
    values: Array
    axis_ptr: Ints
    axis: Ints
    stride: Ints
    above_ptr: Ints
    above: Ints

    def table(self, v: int) -> Array:
        """The table of one variable as it lies in ``values``, ``float64[axes]`` in elimination order."""
        shape = self.card[np.sort(self.scope[v])]
        return self.values[self.start[v] : self.start[v + 1]].reshape(shape)

    def unlay(self, v: int, values: Array) -> Array:
        """The table of one variable, ``ndarray[states, *parents]``, out of ``float64[cells]``."""
        along = np.argsort(self.scope[v])
        laid = values[self.start[v] : self.start[v + 1]].reshape(self.card[list(self.scope[v])][along])
        return laid.transpose(np.argsort(along))[tuple(slice(n) for n in self.states[list(self.scope[v])])]


def lay(values: Array, scope: Sequence[int], states: Ints, card: Ints) -> Array:
    """Tables ``[D, states, *parents]`` with their axes in elimination order, the target's filled up."""
    axes = np.sort(scope)
    filled = np.zeros((len(values), *card[axes]))
    filled[(slice(None), *map(slice, states[axes]))] = values.transpose(0, *(np.argsort(scope) + 1))
    return filled


def plan_elimination(
    tables: Mapping[str, Cpt],
    target: str,
    observed: frozenset[str] = frozenset(),
    tries: int = 0,
    last: str | None = None,
) -> EliminationPlan:
    """Choose an elimination order and lay the tables out along it.

    Args:
        tables: of every variable.
        target: the variable in question.
        observed: variables that will always be observed; the order is chosen for the others.
        tries: how many orders to try beside the greedy one.
        last: a variable to eliminate after all others but the target.
    """
    sizes = {name: len(table.values) for name, table in tables.items()}
    scopes = [tuple(v for v in (name, *table.parents) if v not in observed) for name, table in tables.items()]
    order = best_order(scopes, sizes, target, tries, last).after(sorted(observed))
    position = {name: p for p, name in enumerate(order.names)}
    states = np.array([sizes[name] for name in order.names])
    card = states.copy()
    if states[-1] > VECTOR_LANE:
        card[-1] = -(-states[-1] // VECTOR_LANE) * VECTOR_LANE
    scope = tuple(tuple(position[v] for v in (name, *tables[name].parents)) for name in order.names)
    laid = [lay(tables[name].values[None], scope[v], states, card) for v, name in enumerate(order.names)]
    above = [sorted(position[v] for v in ancestors(tables, name)) for name in order.names]
    return EliminationPlan(
        order=order,
        states=states,
        card=card,
        scope=scope,
        start=np.cumsum([0, *(table.size for table in laid)]),
        values=np.concatenate([table.ravel() for table in laid]),
        axis_ptr=np.cumsum([0, *map(len, scope)]),
        axis=np.concatenate([np.sort(axes) for axes in scope]),
        stride=np.concatenate([np.array(table.strides[1:]) // table.itemsize for table in laid]),
        above_ptr=np.cumsum([0, *map(len, above)]),
        above=np.concatenate(above),
    )


def best_order(
    scopes: Collection[tuple[str, ...]],
    card: Mapping[str, int],
    target: str,
    tries: int,
    last: str | None = None,
) -> Order:
    """The order with the fewest entries of products among the greedy one and some that stray from it."""
    rng = Random(0)
    orders = (
        elimination_order(scopes, card, target, stray, rng, last)
        for stray in (0.0, *(ORDER_NOISE for _ in range(tries)))
    )
    return min(orders, key=lambda order: sum(order.entries))


def elimination_order(
    scopes: Collection[tuple[str, ...]],
    card: Mapping[str, int],
    target: str,
    stray: float = 0.0,
    rng: Random | None = None,
    last: str | None = None,
) -> Order:
    """The order that leaves the smallest message each time, or one that is at most exp(stray) times larger.

    ``last`` is eliminated after all others but the target. Sums are exact, so that the order of sets, which
    differs from process to process, decides no tie.

    Kjaerulff U. Triangulation of graphs: algorithms giving small total state space. Aalborg University, 1990.

    >>> elimination_order([("a",), ("b", "a"), ("c", "b")], {"a": 2, "b": 2, "c": 2}, "a")
    Order(names=('c', 'b', 'a'), bucket=(1, 2, 2), width=2, entries=(4, 4, 2))
    """
    near: dict[str, set[str]] = {}
    for scope in scopes:
        for name in scope:
            near.setdefault(name, set()).update(other for other in scope if other != name)
    message = {name: fsum(log(card[other]) for other in near[name]) for name in near if name != target}
    products: dict[str, set[str]] = {}
    while message:
        due = [other for other in message if other != last] or [*message]
        if rng and stray:
            name = min(due, key=lambda other: message[other] + stray * rng.random())
        else:
            name = min(due, key=lambda other: (message[other], card[other]))
        del message[name]
        around = products[name] = near.pop(name)
        for other in around:
            near[other] |= around
            near[other] -= {name, other}
            if other != target:
                message[other] = fsum(log(card[x]) for x in near[other])
    products[target] = set()
    position = {name: p for p, name in enumerate(products)}
    end = position[target]
    return Order(
        names=tuple(products),
        bucket=tuple(min((position[x] for x in around), default=end) for around in products.values()),
        width=max(map(len, products.values())) + 1,
        entries=tuple(card[name] * prod(card[x] for x in around) for name, around in products.items()),
    )
