"""P(state | parents) of every variable and of the diagnosis: how the numbers of a network become tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from dxnet.errors import Issue
from dxnet.knowledge.kinds.base import Cpt, ValueOf, mean_of
from dxnet.knowledge.kinds.registry import kinds_of
from dxnet.knowledge.kinds.stated import place_of_row, read_rows
from dxnet.knowledge.network import Network
from dxnet.knowledge.table import DEFAULT


@dataclass(frozen=True)
class Discrete:
    """A discrete network as other programs know it: tables, states and perhaps labels, by id.

    ``targets`` are the variables that its file marks as such, ``issues`` what of the file was left out.
    """

    tables: Mapping[str, Cpt]
    states: Mapping[str, tuple[str, ...]]
    labels: Mapping[str, str] = field(default_factory=dict)
    targets: tuple[str, ...] = ()
    issues: tuple[Issue, ...] = ()


def cpt(network: Network, name: str, value: ValueOf = mean_of, without: str = "") -> Cpt:
    """The table of a variable (of the diagnosis: see ``prior``), perhaps without a kind that would apply.

    Raises:
        CheckError: a mechanism too rare for a finding that goes through it; drawn numbers are cut off there.
    """
    result = Cpt(np.empty(0))
    for kind in (kind for kind in kinds_of(network.nodes[name]) if kind.key != without):
        result = kind.table(network, name, result, value)
    return result


def prior(network: Network, setting: str | None = None, value: ValueOf = mean_of) -> Cpt:
    """P(diagnosis) of a setting, or P(diagnosis | parents) where it has parents."""
    name, chosen = network.setting(setting)
    at = place_of_row("settings", name)
    if chosen.given is not None:
        return read_rows(network, chosen.given, value, at)
    rows = [diagnosis if diagnosis in chosen.rows else DEFAULT for diagnosis in network.diagnoses]
    shares = [value(at(row), chosen.rows[row]) for row in rows]
    column = np.stack([share.values[-1] for share in shares])
    return Cpt(column / column.sum(axis=0), shares[0].parents)
