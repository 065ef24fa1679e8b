"""The elimination tree in branches of a few tables, and a trunk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import prod

from dxnet.inference.backends.compiled.elimination import EliminationPlan

RowsOf = Callable[[int, int], int]
"""How many rows the table at a position has for the states of the variable at another."""


@dataclass(frozen=True)
class Branch:
    """Variables of a part of the elimination tree, and the tables that meet in their buckets.

    ``keys`` are the variables on whose states its products depend, and its variables that may be wanted or
    not; ``need`` bounds the cells of what it leaves to the trunk.
    """

    tables: list[int]
    buckets: list[int]
    keys: list[tuple[int, int, int]]
    need: int


def branches_of(plan: EliminationPlan, shared: int, rows: RowsOf) -> Iterator[Branch]:
    """The largest branches of at most ``shared`` tables, and the trunk, which is the rest."""
    n = len(plan.states)
    met: list[list[int]] = [[] for _ in range(n)]  # tables by the first bucket they can enter
    for t, scope in enumerate(plan.scope):
        met[min(scope)].append(t)
    below: list[list[int]] = [[v] for v in range(n)]
    for v in range(n - 1):
        below[plan.order.bucket[v]] += below[v]
    trunk = {n - 1} if shared else set(range(n))
    for v in reversed(range(n)):
        if v in trunk or plan.order.bucket[v] in trunk:
            branch = _branch(plan, sorted(below[v]), met, rows)
            if v in trunk or len(branch.tables) > shared or prod(ways for *_, ways in branch.keys) >= 2**62:
                trunk.add(v)
            else:
                yield branch
    yield _branch(plan, sorted(trunk), met, rows)


def _branch(plan: EliminationPlan, buckets: list[int], met: list[list[int]], rows: RowsOf) -> Branch:
    tables = sorted(t for v in buckets for t in met[v])
    depends = sorted({v for t in tables for v in plan.scope[t]} - {len(plan.states) - 1})
    keys = [(v, 0, int(plan.states[v]) + 1) for v in depends] + [(t, 1, 2) for t in tables]
    need = 2 * len(buckets) * _largest_message(plan, set(buckets), tables, rows)
    return Branch(tables, buckets, keys, need)


def _largest_message(plan: EliminationPlan, buckets: set[int], tables: list[int], rows: RowsOf) -> int:
    """Bounds the entries of what a branch leaves to the trunk at once, filled up to whole vectors."""
    having = Counter(v for t in tables for v in plan.scope[t])
    length = {v: int(plan.card[v]) for v in having if v not in buckets}
    for t in tables:
        length |= {v: rows(t, v) for v in plan.scope[t] if having[v] == 1 and v in length}
    return min(prod(length.values()) + 8, 2**24)
