"""Patients drawn from a network: every variable in turn, given its parents."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import TopologicalSorter
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from dxnet.arrays import Array
from dxnet.inference.parameters import NetworkNumbers
from dxnet.knowledge.network import DIAGNOSIS


def sampled(parameters: NetworkNumbers, n: int, seed: int = 0) -> Mapping[str, NDArray[np.int64]]:
    """The states of all variables of ``n`` patients, the diagnosis among them, ``int64[n]`` each.

    A variable keeps its random numbers when others change.

    >>> from dxnet import Engine, load_network
    >>> patients = sampled(Engine(load_network("asia")).parameters, 1000)
    >>> float(patients["smoking"].mean().round(2))
    0.5
    """
    tables = {name: parameters.table(name) for name in (DIAGNOSIS, *parameters.network.nodes)}
    drawn: dict[str, NDArray[np.int64]] = {}
    for name in TopologicalSorter({name: table.parents for name, table in tables.items()}).static_order():
        table = tables[name]
        above = tuple(drawn[parent] for parent in table.parents)
        up_to = np.moveaxis(table.values.cumsum(axis=0), 0, -1)[above].T.reshape(len(table.values), -1)
        drawn[name] = (up_to[:-1] < uniform(name, n, seed)).sum(axis=0)
    return drawn


def uniform(name: str, n: int, seed: int) -> Array:
    """Random numbers of one variable, ``float64[n]`` in [0, 1)."""
    return np.random.default_rng([seed, crc32(name.encode())]).random(n)
