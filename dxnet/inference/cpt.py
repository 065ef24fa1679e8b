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
from dxnet.knowledge.place import Place
from dxnet.knowledge.table import DEFAULT

UNEXPLAINED = "<unexplained>"
"""Whether the findings of a patient tell of the disease: a name for its table, beside those of variables."""


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

    That of a finding is of patients in whom nothing is missed; see ``recorded_cpt``.

    Raises:
        CheckError: a mechanism too rare for a finding that goes through it; drawn numbers are cut off there.
    """
    result = Cpt(np.empty(0))
    for kind in (kind for kind in kinds_of(network.nodes[name]) if kind.key != without):
        result = kind.table(network, name, result, value)
    return result


def recorded_cpt(network: Network, name: str, value: ValueOf = mean_of) -> Cpt:
    """P(recorded state | parents): what is abnormal may have been missed and recorded as normal.

    A finding may have a share of its own, which takes the place of its category's. Findings that other
    variables depend on stand for what is there.

    Raises:
        CheckError: as ``cpt``.
    """
    table, finding = cpt(network, name, value), network.findings.get(name)
    row = name if name in network.missed else finding.category if finding else ""
    if row not in network.missed or name in network.causes:
        return table
    share = value(Place("missed", row=row), network.missed[row])
    axes = (*share.parents, *(parent for parent in table.parents if parent not in share.parents))
    kept, values = share.over(axes)[0], table.over(axes)
    abnormal = kept * values[1:]
    return Cpt(np.concatenate([1 - abnormal.sum(axis=0, keepdims=True), abnormal]), axes)


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


def unexplained(network: Network, value: ValueOf = mean_of) -> Cpt:
    """P(the findings are the patient's own), P(they are not), of a network with unexplained patients."""
    assert network.unexplained is not None
    return value(Place("unexplained"), network.unexplained)
