"""Patients drawn from a network: every variable in turn, given its parents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from graphlib import TopologicalSorter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dxnet.arrays import Array, Ints
from dxnet.inference.backends.unexplained import OWN_PRE_TEST
from dxnet.inference.cpt import UNEXPLAINED
from dxnet.inference.parameters import NetworkNumbers
from dxnet.inference.seeded import generator
from dxnet.knowledge.kinds.base import Cpt
from dxnet.knowledge.network import DIAGNOSIS

Sampled = Mapping[str, NDArray[np.int64]]
"""Variable -> the positions of its states in ``n`` patients, ``int64[n]``."""


def sampled(parameters: NetworkNumbers, n: int, seed: int = 0) -> Sampled:
    """The states of all variables of ``n`` patients, the diagnosis among them, ``int64[n]`` each.

    A variable keeps its random numbers when others change. Unexplained patients have the findings of
    another patient; see ``Network.unexplained``.

    >>> from dxnet import Engine, load_network
    >>> patients = sampled(Engine(load_network("asia")).parameters, 1000)
    >>> float(patients["smoking"].mean().round(2))
    0.5
    """
    tables = parameters.tables()
    drawn = _drawn(tables, n, seed)
    return {**drawn, DIAGNOSIS: _partly_unexplained(parameters, drawn[DIAGNOSIS], seed)}


class PatientsOf:
    """Patients of given diagnoses, whose findings are their own; a variable is drawn when it is asked for.

    Args:
        tables: of every variable.
        diagnosis: positions of the diagnoses, ``int64[n]``.
        seed: of the pseudo-random numbers.

    >>> from dxnet import Engine, load_network
    >>> patients = PatientsOf(Engine(load_network("asia")).question({}).backend.tables, np.zeros(1000, int))
    >>> float(patients.states("xray_abnormal").mean().round(2))
    0.06
    """

    def __init__(self, tables: Mapping[str, Cpt], diagnosis: NDArray[np.int64], seed: int = 0):
        self._tables, self._seed, self._n = tables, seed, len(diagnosis)
        self._drawn: dict[str, NDArray[np.integer[Any]]] = {DIAGNOSIS: diagnosis}

    def states(self, name: str) -> NDArray[np.integer[Any]]:
        """The positions of the states of a variable, ``int[n]``."""
        if name not in self._drawn:
            table = self._tables[name]
            above = [self.states(parent) for parent in table.parents]
            self._drawn[name] = _drawn_states(name, table, above, self._n, self._seed).astype(np.int16)
        return self._drawn[name]


def _drawn(tables: Mapping[str, Cpt], n: int, seed: int) -> Sampled:
    """Every variable in turn, given its parents."""
    drawn: dict[str, NDArray[np.int64]] = {}
    for name in TopologicalSorter({name: table.parents for name, table in tables.items()}).static_order():
        above = [drawn[parent] for parent in tables[name].parents]
        drawn[name] = _drawn_states(name, tables[name], above, n, seed)
    return drawn


def _drawn_states(name: str, table: Cpt, above: Sequence[Ints], n: int, seed: int) -> NDArray[np.int64]:
    """The states of a variable, ``int64[n]``, given those of its parents."""
    up_to = np.moveaxis(table.values.cumsum(axis=0), 0, -1)[tuple(above)].T.reshape(len(table.values), -1)
    return np.asarray((up_to[:-1] < uniform(name, n, seed)).sum(axis=0))


def _partly_unexplained(
    parameters: NetworkNumbers, diagnosis: NDArray[np.int64], seed: int
) -> NDArray[np.int64]:
    """The diagnoses, in unexplained patients that of another patient or the unlisted one."""
    network, n = parameters.network, len(diagnosis)
    if not network.unexplained:
        return diagnosis
    share = parameters.table(UNEXPLAINED).values[1]
    another = diagnosis[generator(seed, "another patient").permutation(n)]
    if network.unlisted:
        unlisted = network.diagnoses.index(network.unlisted)
        another = np.where(uniform("unlisted", n, seed) < 1 - OWN_PRE_TEST, unlisted, another)
    return np.where(uniform("unexplained", n, seed) < share, another, diagnosis)


def uniform(name: str, n: int, seed: int) -> Array:
    """Random numbers of one variable, ``float64[n]`` in [0, 1)."""
    return generator(seed, name).random(n)
