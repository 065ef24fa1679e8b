"""The kinds of tables that networks may use, and what the kinds of one variable come to together."""

from __future__ import annotations

from collections.abc import Mapping

from dxnet.knowledge.kinds.base import CptKind
from dxnet.knowledge.kinds.bounded import Requires, Through
from dxnet.knowledge.kinds.causes import Also, AnyOf, NoisyOr
from dxnet.knowledge.kinds.pattern import PatternShares, ThroughPattern
from dxnet.knowledge.kinds.stated import StatedTable
from dxnet.knowledge.network import DIAGNOSIS, Finding, Network, Node
from dxnet.knowledge.table import ConditionalTable

_KINDS_OF_TABLE = (
    *(StatedTable(), PatternShares(), AnyOf(), NoisyOr()),
    *(Requires(), ThroughPattern(), Through(), Also()),
)
CPT_KINDS: Mapping[str, CptKind] = {kind.key: kind for kind in _KINDS_OF_TABLE}
"""Ways to make a table; those of a variable apply in this order, each to the result of the last."""


def kinds_of(node: Node) -> list[CptKind]:
    """The kinds that make the table of a variable, in the order in which they apply.

    >>> from dxnet import load_network
    >>> asia = load_network("asia")
    >>> [kind.key for kind in kinds_of(asia.findings["smoking"])]
    ['given']
    """
    return [kind for kind in CPT_KINDS.values() if kind.serves(node)]


def parents(network: Network, name: str) -> tuple[str, ...]:
    """Every parent of a variable in the graph, those of its table first."""
    if name == DIAGNOSIS:
        return tuple({p: None for s in network.settings.values() if s.given for p in s.given.parents})
    kinds = kinds_of(network.nodes[name])
    return tuple(parent for kind in kinds for parent in kind.parents(network, name))


def with_table_alone(finding: Finding, table: ConditionalTable) -> Finding:
    """The finding with another table and of no other kind."""
    of_kinds = {field for kind in CPT_KINDS.values() for field in (kind.field, *kind.further)}
    fields = type(finding).model_fields.items()
    unused = {name: it.get_default(call_default_factory=True) for name, it in fields if name in of_kinds}
    return finding.model_copy(update={**unused, "given": table})
