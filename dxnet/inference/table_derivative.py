"""The derivative of a table for the numbers that it depends on, in little memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from dxnet.arrays import Array, Ints


class TableDerivative:
    """Derivative of the cells of a table for some numbers.

    Most numbers move few cells, and many cells move alike: those of lesion patterns that a finding does not
    tell apart, or of diagnoses that share a row. Cells that move alike are kept once. Those of the first
    state are not kept, as they move by what the others leave.

    Args:
        shape: of the table, ``[states, *parents]``.
        numbers: how many.
        rows: derivatives for one number after the other, in any portions, ``ndarray[some, cells]``.

    >>> rows = np.array([[-1.0, -1.0, 1.0, 1.0], [0.0, 0.0, 0.0, 0.0]])
    >>> derivative = TableDerivative((2, 2), 2, [rows])
    >>> derivative.along(np.array([[0.0, 0.5], [2.0, 3.0]])), derivative.dense().tolist() == rows.tolist()
    (array([4.5, 0. ]), True)
    """

    def __init__(self, shape: Sequence[int], numbers: int, rows: Iterable[Array]):
        self._shape, self._numbers = shape, numbers
        number, cell, value, first = [], [], [], 0
        for part in rows:
            moved = part.reshape(len(part), shape[0], -1)[:, 1:].reshape(len(part), -1)
            at = np.nonzero(moved)
            number.append((at[0] + first).astype(np.int32))
            cell.append(at[1].astype(np.int32))
            value.append(moved[at])
            first += len(part)
        none = np.zeros(0, np.int32)
        self._keep(
            np.concatenate([*number, none]), np.concatenate([*cell, none]), np.concatenate([*value, none])
        )

    def _keep(self, number: Ints, cell: Ints, value: Array) -> None:
        """Of cells whose products with two random vectors are the same, to the last bit, keep one."""
        from scipy.sparse import csr_array

        cells = int(np.prod(self._shape[1:])) * (self._shape[0] - 1)
        chance = np.random.default_rng(0).standard_normal((2, self._numbers))
        products = np.stack([np.bincount(cell, value * one[number], cells) for one in chance])
        _, kept, self._kind = np.unique(products, axis=1, return_index=True, return_inverse=True)
        is_kept, self._kind = np.isin(cell, kept), self._kind.astype(np.int32)
        entries = value[is_kept], (number[is_kept], self._kind[cell[is_kept]])
        self._by_kind = csr_array(entries, shape=(self._numbers, len(kept)))

    def along(self, slope: Array) -> Array:
        """Derivative for each number of what has ``slope`` for the cells, shaped as the table."""
        others = slope.reshape(self._shape[0], -1)
        moved = (others[1:] - others[0]).ravel()
        return np.asarray(self._by_kind @ np.bincount(self._kind, moved, self._by_kind.shape[1]))

    def dense(self) -> Array:
        """All of it, ``ndarray[numbers, cells]``."""
        moved = self._by_kind.toarray()[:, self._kind].reshape(self._numbers, self._shape[0] - 1, -1)
        return np.concatenate([-moved.sum(axis=1, keepdims=True), moved], axis=1).reshape(self._numbers, -1)
