"""Many cases at once, with any numbers: log P(findings), and its derivative for every cell of the tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dxnet.arrays import Array, Ints
from dxnet.inference.backends.base import SplitEvidence
from dxnet.inference.backends.compiled.elimination import plan_elimination
from dxnet.inference.backends.compiled.memory import Machine
from dxnet.knowledge.kinds.base import Cpt


class Rows:
    """Cases with one state of the target, or with none that is known.

    A known state is cut out of the tables, which makes it about ten times faster than a likelihood.

    Args:
        tables: of every variable; their numbers do not matter.
        target: the variable in question.
        k: the position of its state, if that is known.

    >>> cough = Cpt(np.array([[0.9, 0.2], [0.1, 0.8]]), ("ill",))
    >>> rows = Rows({"ill": Cpt(np.array([0.75, 0.25])), "cough": cough}, "ill", k=1)
    >>> cells = np.array([0.75, 0.25, 0.9, 0.2, 0.1, 0.8])
    >>> log_p, slope = rows.ask(cells, ["cough"], np.array([[1], [-1]], np.int16), np.ones(2))
    >>> np.exp(log_p).round(3), (cells * slope).round(3)
    (array([0.2 , 0.25]), array([0., 2., 0., 0., 0., 1.]))
    """

    def __init__(self, tables: Mapping[str, Cpt], target: str, k: int | None = None):
        numbered, self.size = {}, 0
        for name, table in tables.items():
            cells = np.arange(self.size + 1.0, self.size + 1 + table.values.size).reshape(table.values.shape)
            self.size += table.values.size
            axes = (name, *table.parents)
            if k is not None and target in axes:
                cells = cells.take([k], axis=axes.index(target))
            numbered[name] = Cpt(cells, table.parents)
        self._machine = Machine(plan_elimination(numbered, target))
        self._place = self._machine.plan.values.astype(np.int64)  # 0 where an axis was filled up

    def ask(
        self,
        cells: Array,
        names: Sequence[str],
        states: Ints,
        weight: Array,
        soft: Mapping[str, Array] | None = None,
    ) -> tuple[Array, Array]:
        """log P(findings), ``ndarray[B]``, and the derivative of its weighted sum for ``cells``.

        Args:
            cells: of all tables, one behind the other.
            names, states, soft: as for ``Backend.ask_rows``, of variables other than the target.
            weight: ``ndarray[B]``, how often each row counts.
        """
        memory = self._machine.memory()
        memory.enter(SplitEvidence({}, soft or {}))
        columns = np.array([self._machine.position[name] for name in names], np.int32)
        laid = np.concatenate([[0.0], cells])[self._place]
        log_p, total = memory.slopes(laid, columns, np.ascontiguousarray(states, np.int16), weight)
        return log_p, np.bincount(self._place, total, self.size + 1)[1:].astype(float)
