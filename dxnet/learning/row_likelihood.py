"""How probable rows of a cohort are, findings and diagnosis together, and the derivative by every cell."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace

import numpy as np

from dxnet.arrays import Array
from dxnet.inference.backends.base import ancestors
from dxnet.inference.backends.compiled.gradients import Rows
from dxnet.inference.backends.unexplained import OWN_PRE_TEST
from dxnet.inference.cpt import UNEXPLAINED
from dxnet.knowledge.kinds.base import Cpt
from dxnet.knowledge.network import DIAGNOSIS, Network
from dxnet.learning.labelled import Group
from dxnet.learning.truth import UNKNOWN_DIAGNOSIS

_RECORDED = "<recorded>"
"""Whether the diagnosis of a row is the recorded one, given the disease that its findings are of."""

LEAST_UNEXPLAINED = 0.05
"""Rows that are less probably unexplained than this count as explained, in so far, where weights are made."""
AskRows = Callable[[Array, Group], tuple[Array, Array]]


class RowLikelihood:
    """log P(findings, diagnosis) as the engine answers: where there are unexplained patients, the mixture.

    Args:
        network: whose rows.
        tables: of every variable, and last UNEXPLAINED, if there are unexplained patients; their numbers do
            not matter.
        diagnoses: positions of the diagnoses of rows, UNKNOWN_DIAGNOSIS among them if any has none.
    """

    def __init__(self, network: Network, tables: Mapping[str, Cpt], diagnoses: Collection[int]):
        variables = {name: table for name, table in tables.items() if name != UNEXPLAINED}
        self._cells = sum(table.values.size for table in tables.values())
        known = set(diagnoses) - {UNKNOWN_DIAGNOSIS}
        self._mixed = _Mixture(network, variables, known) if UNEXPLAINED in tables else None
        self._rows = {k: Rows(variables, DIAGNOSIS, k) for k in known}
        if UNKNOWN_DIAGNOSIS in diagnoses:
            self._rows[UNKNOWN_DIAGNOSIS] = Rows(variables, DIAGNOSIS)

    def ask(self, cells: Array, group: Group) -> tuple[Array, Array]:
        """log P of each row, ``ndarray[B]``, and the derivative of its weighted sum for ``cells``.

        Args:
            cells: of all tables, one behind the other.
            group: the rows.
        """
        if self._mixed and group.diagnosis != UNKNOWN_DIAGNOSIS:
            return self._mixed.ask(cells, group)
        return self._explained(cells, group)

    def parts(self, cells: Array, group: Group) -> Iterator[tuple[AskRows, Group]]:
        """Some rows, and what answers about them: almost as ``ask``, faster where most are explained."""
        if not self._mixed or group.diagnosis == UNKNOWN_DIAGNOSIS:
            yield self._explained, group
            return
        explained = np.exp(self._explained(cells, group)[0] - self._mixed.ask(cells, group)[0])
        is_odd = explained < 1 - LEAST_UNEXPLAINED
        for ask, of, weight in (
            (self._mixed.ask, is_odd, group.weight),
            (self._explained, ~is_odd, group.weight * explained),
        ):
            if of.any():
                yield ask, replace(group, states=group.states[of], weight=weight[of], first=group.first[of])

    def _explained(self, cells: Array, group: Group) -> tuple[Array, Array]:
        """As ``ask``, of rows whose findings are their own; those without a diagnosis say not whether."""
        rows, further = self._rows[group.diagnosis], np.zeros(self._cells)
        own = cells[: rows.size]
        log_p, slope = rows.ask(own, group.findings, group.states, group.weight, group.soft)
        further[: rows.size] = slope
        if self._mixed and group.diagnosis != UNKNOWN_DIAGNOSIS:
            log_p = log_p + np.log(cells[-2])
            further[-2] = group.weight.sum() / cells[-2]
        return log_p, further


class _Mixture:
    """Rows whose findings are, in a share of the patients, those of another patient.

    P(findings, diagnosis = k) is the sum over the disease j that the findings are of, of P(findings, j) times
    (1 - s) [j = k] + s u_k, with the share s, and u as of ``PartlyUnexplained``.
    """

    def __init__(self, network: Network, variables: Mapping[str, Cpt], diagnoses: Collection[int]):
        self._size = len(network.diagnoses)
        recorded = Cpt(np.ones((2, self._size)), (DIAGNOSIS,))
        self._rows = Rows({**variables, _RECORDED: recorded}, DIAGNOSIS)
        above = {name: variables[name] for name in variables if name in ancestors(variables, DIAGNOSIS)}
        self._pre_test = {k: Rows(above, DIAGNOSIS, k) for k in diagnoses}
        sizes = np.array([table.values.size for table in variables.values()])
        self._above = np.flatnonzero(np.repeat([name in above for name in variables], sizes))
        self._unlisted = network.diagnoses.index(network.unlisted) if network.unlisted else None

    def ask(self, cells: Array, group: Group) -> tuple[Array, Array]:
        """See ``RowLikelihood.ask``."""
        k, (own, share) = group.diagnosis, cells[-2:]
        log_p, slope_of_log = self._pre_test[k].ask(
            cells[self._above], [], np.zeros((1, 0), np.int16), np.ones(1)
        )
        pre_test, part = np.exp(log_p[0]), 1.0 if self._unlisted is None else OWN_PRE_TEST
        of_unexplained = part * pre_test + (1 - part) * (k == self._unlisted)
        recorded = np.full(self._size, share * of_unexplained)
        recorded[k] += own
        asked = np.concatenate([cells[:-2], 1 - recorded, recorded])
        states = np.column_stack([group.states, np.ones(len(group.states), np.int16)])
        names = [*group.findings, _RECORDED]
        log_p, slope = self._rows.ask(asked, names, states, group.weight, group.soft)
        slope, by_recorded = slope[: len(cells) - 2], slope[-len(recorded) :]
        slope[self._above] += by_recorded.sum() * share * part * pre_test * slope_of_log
        return log_p, np.concatenate([slope, [by_recorded[k], by_recorded.sum() * of_unexplained]])
