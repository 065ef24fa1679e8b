"""The table as it stands in the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from math import prod
from typing import Literal

import numpy as np

from dxnet.errors import Issue
from dxnet.knowledge.estimate import Estimate
from dxnet.knowledge.faults import structure_error, unknown_name, wrong_length
from dxnet.knowledge.finding import is_sign
from dxnet.knowledge.kinds.base import Above, Cpt, CptKind, ValueOf, mean_of
from dxnet.knowledge.kinds.lesions import figures
from dxnet.knowledge.network import ATYPICAL, DIAGNOSIS, Finding, Network, Node
from dxnet.knowledge.place import Place
from dxnet.knowledge.table import DEFAULT, MAX_COLUMNS, ConditionalTable


class StatedTable(CptKind):
    """``given diagnosis: {als: ..., default: ...}``; an ``atypical`` axis where atypical patients depart."""

    key = "given"
    field = "given"

    def stated_parents(self, node: Node) -> tuple[str, ...]:
        """Those behind ``given``."""
        return node.given.parents if node.given else ()

    def parents(self, network: Network, name: str) -> tuple[str, ...]:
        """Those behind ``given``, and ``atypical`` where atypical patients depart from the table."""
        stated = self.stated_parents(network.nodes[name])
        return (*stated, ATYPICAL) if departs(network, name) else stated

    def faults(self, network: Network, name: str, above: Above) -> Iterator[Issue]:
        """See ``faults_of_stated_table``."""
        node = network.nodes[name]
        if node.given:
            at = place_of_row("variables", name)
            size, may_lack = len(node.states), is_sign(node)
            yield from faults_of_stated_table(network, name, node.given, size, at, may_lack=may_lack)

    def table(self, network: Network, name: str, own: Cpt, value: ValueOf) -> Cpt:
        """See ``stated_table``."""
        return stated_table(network, name, value)


def departs(network: Network, name: str) -> bool:
    """Whether atypical patients depart from the stated table of a variable."""
    node = network.nodes[name]
    is_given = node.given is not None and DIAGNOSIS in node.given.parents
    return isinstance(node, Finding) and network.is_atypical(node) and is_given


def stated_table(network: Network, name: str, value: ValueOf = mean_of) -> Cpt:
    """The table as it stands in the file; an ``atypical`` axis where atypical patients depart from it.

    A diagnosis that a sign of the lesion patterns has no row for follows the patterns.
    """
    node = network.nodes[name]
    assert node.given is not None
    if is_sign(node):
        return figures(network, name, value)
    table = read_rows(network, node.given, value, place_of_row("variables", name))
    if not departs(network, name):
        return table
    typical = table.values
    average = typical.mean(axis=table.parents.index(DIAGNOSIS) + 1, keepdims=True)
    both = np.stack([typical, np.broadcast_to(average, typical.shape)], axis=-1)
    return Cpt(both, (*table.parents, ATYPICAL))


def read_rows(network: Network, table: ConditionalTable, value: ValueOf, at: Callable[[str], Place]) -> Cpt:
    """A table with an axis for each of its parents; ``at`` is the place of a row."""
    choices = [network.states(parent) for parent in table.parents]
    rows = [row for states in product(*choices) if (row := table.row_for(states)) is not None]
    columns = [value(at(row), table.rows[row]) for row in rows]
    values = np.stack([column.values for column in columns], axis=1)
    sizes = map(len, choices)
    return Cpt(values.reshape(len(values), *sizes, *values.shape[2:]), (*table.parents, *columns[0].parents))


def faults_of_stated_table(
    network: Network,
    name: str,
    table: ConditionalTable,
    size: int,
    at: Callable[[str], Place],
    may_lack: bool = False,
) -> Iterator[Issue]:
    """Unknown parents and states, rows of a wrong length, and combinations without a number they need."""
    unknown = [parent for parent in table.parents if parent not in network.nodes and parent != DIAGNOSIS]
    for parent in unknown:
        yield unknown_name(table.where, f"{name}: unknown parent", parent, (DIAGNOSIS, *network.nodes))
    for row, estimate in table.rows.items():
        yield from wrong_length(estimate, size, at(row))
    if unknown:
        return
    choices = [network.states(parent) for parent in table.parents]
    for row, estimate in table.rows.items() if choices else ():
        yield from _row_faults(name, table, row, estimate, choices)
    if prod(map(len, choices)) > MAX_COLUMNS:
        return
    missing = [states for states in product(*choices) if table.row_for(states) is None]
    if missing and not may_lack:
        shown = "; ".join(", ".join(states) for states in missing[:4]) + ("; ..." if len(missing) > 4 else "")
        yield structure_error(table.where, f"{name}: no number for {shown}", "add the rows, or a 'default'")


def _row_faults(
    name: str, table: ConditionalTable, row: str, estimate: Estimate, choices: list[tuple[str, ...]]
) -> Iterator[Issue]:
    named = table.choices(row) if row != DEFAULT else []
    if len(named) > len(choices):
        yield structure_error(
            estimate.where, f"{name}: row {row} has more parts than parents", "drop the extra ones"
        )
    for states, known, parent in zip(named, choices, table.parents, strict=False):
        for state in dict.fromkeys(states):
            if state not in known:
                yield unknown_name(estimate.where, f"{name}: {parent} has no state", state, known)


def place_of_row(section: Literal["variables", "settings"], name: str) -> Callable[[str], Place]:
    """The places of the rows of a variable or setting."""
    return lambda row: Place(section, name, row=row)
