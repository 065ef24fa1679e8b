"""Tables that keep one row for the states of a variable that they do not tell apart.

A sign has its background rate in most lesion patterns, so that of its rows over the patterns, each with a
cell for every diagnosis, most are the same. Such a table is a third as large, and the product of many of them
takes a third of the multiplications (see ``rows.py``).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from dxnet.arrays import Array, Bools, Ints
from dxnet.inference.backends.compiled.elimination import EliminationPlan
from dxnet.inference.backends.compiled.layout import ALIKE, AXIS
from dxnet.knowledge.kinds.base import Cpt

LEAST_STATES = 8
"""Of a variable with fewer states no table is shortened."""
LEAST_SAVED = 0.5
"""Share of the cells of all tables that have a variable that have to be saved, or none is shortened."""
MOST_ROWS = 0.75
"""So many rows a state at most, or each state keeps its own."""
LARGEST_RATIO = 2.0**20
"""Rows with larger or smaller ratios to the first row, or with zeros in it, have none."""


class LaidTables:
    """Where the cells of all tables lie, those that repeat rows in their short form.

    Args:
        plan: of the tables.
        shared: position of the variable whose alike states may share a row, the last but the target; or -1.

    Attributes:
        axes: ``int32[n, 3]``, see ``Layout``; the strides are those of the short forms.
        alike: ``int32[V, 4]``, of each table.
        rows: ``int32[n, 3]``, see ``Layout``.
        is_flat: ``bool[cells]``, see ``Layout``.
    """

    def __init__(self, plan: EliminationPlan, shared: int):
        self.plan, self.shared = plan, shared
        tables, most = len(plan.scope), int(plan.card.max())
        self.axes = np.column_stack([plan.axis, plan.stride, np.full(len(plan.axis), -1)]).astype(np.int32)
        self.alike = np.zeros((tables, len(ALIKE)), np.int32)
        self.alike[:, ALIKE.states] = np.arange(tables) * 2 * most
        self.alike[:, ALIKE.others] = self.alike[:, ALIKE.states] + most
        self.rows = np.zeros((tables * 2 * most if shared >= 0 else 1, 3), np.int32)
        self.is_flat: Bools = np.zeros(len(plan.values) if shared >= 0 else 1, bool)

    def short(self, t: int, laid: Array) -> Array:
        """A table in the short form that its values allow, which is noted.

        Args:
            t: position of the table.
            laid: ``float64[D, *axes]`` in elimination order; states are alike if they are so in each draw.
        """
        axis, scope = laid.ndim - 2, self.plan.scope[t]
        if self.shared not in scope[1:] or len(self.plan.card) - 1 not in scope:
            return laid
        row_of = row_of_state(laid, axis)
        if row_of.max() + 1 > MOST_ROWS * len(row_of):
            return laid
        states = np.unique(row_of, return_index=True)[1]
        laid = np.ascontiguousarray(laid.take(states, axis=axis))
        self._note(t, row_of, laid)
        return laid

    def mark_flat(self, t: int, start: int, laid: Array) -> None:
        """Note which rows of a table in its short form, at ``start``, are all the same."""
        if self.is_short(t):
            flat = np.zeros(laid.shape[1:], bool)
            flat[..., 0, 0] = (laid == laid[..., :1, :]).all(axis=(0, -2, -1))
            self.is_flat[start : start + flat.size] = flat.ravel()

    def is_short(self, t: int) -> bool:
        """Whether a table is in a short form; then its last axes are the shared variable and the target."""
        return bool(self.alike[t, ALIKE.rows])

    def rows_of_states(self, t: int) -> Ints:
        """The row that each state of the shared variable has in a short table, ``int32[states]``."""
        first = self.alike[t, ALIKE.states]
        return self.rows[first : first + self.plan.states[self.shared], 1]

    def _note(self, t: int, row_of: Ints, laid: Array) -> None:
        first, end = self.plan.axis_ptr[t], self.plan.axis_ptr[t + 1]
        self.axes[first:end, AXIS.stride] = np.array(laid.strides[1:]) // laid.itemsize
        self.axes[end - 2, AXIS.alike] = t
        states = np.column_stack([np.arange(len(row_of)), row_of, np.ones_like(row_of)])
        ends = np.flatnonzero(np.diff(row_of > 0, prepend=False, append=False))
        runs = np.array([(a, row_of[a], b - a) for a, b in ends.reshape(-1, 2).tolist()]).reshape(-1, 3)
        self.alike[t, [ALIKE.rows, ALIKE.counted]] = row_of.max() + 1, len(runs)
        self.rows[self.alike[t, ALIKE.states] :][: len(states)] = states
        self.rows[self.alike[t, ALIKE.others] :][: len(runs)] = runs


def ratios_to_the_first_row(laid: Array) -> Array:
    """Each row of a table over the first one, shaped as the table; NaN where these are far off.

    >>> ratios_to_the_first_row(np.array([[0.2, 0.5], [0.8, 0.25]]))
    array([[1. , 1. ],
           [4. , 0.5]])
    """
    first = laid[..., :1, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.where((laid == 0) & (first == 0), 1.0, laid / first)
    is_near = (ratios <= LARGEST_RATIO) & (ratios >= 1 / LARGEST_RATIO)
    return np.where(is_near.all(axis=(-2, -1), keepdims=True), ratios, np.nan)


def shared_variable(tables: Mapping[str, Cpt], target: str) -> str | None:
    """The variable whose alike states save most cells, if they save enough to be worth it."""
    saved: dict[str, int] = {}
    whole: dict[str, int] = {}
    for table in tables.values():
        for axis, name in enumerate(table.parents, start=1):
            if table.values.shape[axis] >= LEAST_STATES and name != target and target in table.parents:
                share = 1 - (row_of_state(table.values, axis).max() + 1) / table.values.shape[axis]
                saved[name] = saved.get(name, 0) + int(table.values.size * share)
                whole[name] = whole.get(name, 0) + table.values.size
    best = max(saved, key=lambda name: saved[name], default=None)
    return best if best is not None and saved[best] >= LEAST_SAVED * whole[best] else None


def row_of_state(laid: Array, axis: int) -> Ints:
    """Which row each state along an axis has, ``int64[states]``: the commonest is shared, the others follow.

    >>> row_of_state(np.array([[[0.1, 0.3], [0.2, 0.3], [0.2, 0.3], [0.4, 0.3]]]), 1)
    array([1, 0, 0, 2])
    """
    numbers: dict[bytes, int] = {}
    rows = np.moveaxis(laid, axis, 0)
    number = np.array([numbers.setdefault(row.tobytes(), len(numbers)) for row in rows])
    has_own = number != np.bincount(number).argmax()
    return np.where(has_own, np.cumsum(has_own), 0)
