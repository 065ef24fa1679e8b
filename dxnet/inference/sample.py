"""Patients drawn from a network: every variable in turn, given its parents."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import TopologicalSorter
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from dxnet.arrays import Array
from dxnet.inference.parameters import NetworkNumbers
from dxnet.knowledge.kinds.base import Cpt
from dxnet.knowledge.network import DIAGNOSIS
from dxnet.knowledge.place import Place

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
    drawn = _drawn(tables, {}, n, seed)
    return {**drawn, DIAGNOSIS: _partly_unexplained(parameters, drawn[DIAGNOSIS], seed)}


def sampled_with(tables: Mapping[str, Cpt], diagnosis: NDArray[np.int64], seed: int = 0) -> Sampled:
    """The states of all variables of patients of given diagnoses, whose findings are their own.

    Args:
        tables: of every variable.
        diagnosis: positions of the diagnoses, ``int64[n]``.
        seed: of the pseudo-random numbers.

    >>> from dxnet import Engine, load_network
    >>> tables = Engine(load_network("asia")).question({}).backend.tables
    >>> patients = sampled_with(tables, np.zeros(1000, int))
    >>> float(patients["xray_abnormal"].mean().round(2))
    0.06
    """
    return _drawn(tables, {DIAGNOSIS: diagnosis}, len(diagnosis), seed)


def _drawn(tables: Mapping[str, Cpt], known: Sampled, n: int, seed: int) -> Sampled:
    """Every variable in turn, given its parents; those that are known stay as they are."""
    drawn = dict(known)
    for name in TopologicalSorter({name: table.parents for name, table in tables.items()}).static_order():
        if name in known:
            continue
        table = tables[name]
        above = tuple(drawn[parent] for parent in table.parents)
        up_to = np.moveaxis(table.values.cumsum(axis=0), 0, -1)[above].T.reshape(len(table.values), -1)
        drawn[name] = (up_to[:-1] < uniform(name, n, seed)).sum(axis=0)
    return drawn


def _partly_unexplained(
    parameters: NetworkNumbers, diagnosis: NDArray[np.int64], seed: int
) -> NDArray[np.int64]:
    """The diagnoses, in unexplained patients that of another patient or the unlisted one."""
    network, n = parameters.network, len(diagnosis)
    if not network.unexplained:
        return diagnosis
    share = parameters.mean(Place("unexplained"), network.unexplained).values[1]
    another = diagnosis[np.random.default_rng([seed, crc32(b"another patient")]).permutation(n)]
    if network.unlisted:
        unlisted = network.diagnoses.index(network.unlisted)
        another = np.where(uniform("unlisted", n, seed) < 0.5, unlisted, another)
    return np.where(uniform("unexplained", n, seed) < share, another, diagnosis)


def uniform(name: str, n: int, seed: int) -> Array:
    """Random numbers of one variable, ``float64[n]`` in [0, 1)."""
    return np.random.default_rng([seed, crc32(name.encode())]).random(n)
