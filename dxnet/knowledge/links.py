"""Parts of the graph of a network: what stands around a variable, and where it is drawn."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from statistics import fmean

from dxnet.knowledge.kinds.registry import parents
from dxnet.knowledge.network import ATYPICAL, DIAGNOSIS, Network


@dataclass(frozen=True)
class Spot:
    """Where a variable is drawn: in which layer from the left, and how far down (rows, not whole ones)."""

    name: str
    layer: int
    row: float


def children(network: Network, name: str) -> list[str]:
    """Variables that depend on one; ``diagnosis`` may be among them.

    >>> from dxnet import load_network
    >>> children(load_network("asia"), "smoking")
    ['diagnosis', 'bronchitis']
    """
    return [node for node in (DIAGNOSIS, *network.nodes) if name in parents(network, node)]


def with_causes(network: Network, names: Iterable[str]) -> list[str]:
    """Some variables with their parents, causes first; without the diagnosis and atypical patients.

    On these two so many depend that a drawing would hold little else.
    """
    chosen = list(names)
    above = [parent for name in chosen for parent in parents(network, name)]
    causes = [parent for parent in above if parent not in (DIAGNOSIS, ATYPICAL)]
    return list(dict.fromkeys([*causes, *chosen]))


def edges_among(network: Network, names: Collection[str]) -> list[tuple[str, str]]:
    """Every edge (parent, child) among some variables."""
    return [(parent, name) for name in names for parent in parents(network, name) if parent in names]


def layered_layout(names: Collection[str], edges: Iterable[tuple[str, str]]) -> list[Spot]:
    """Places of some variables: parents to the left of their children, each near the mean of its parents.

    One without parents stands just left of its nearest child, one without an edge in the last layer; shorter
    layers are centred.

    >>> [(spot.name, spot.layer, spot.row) for spot in layered_layout("abc", [("a", "b"), ("a", "c")])]
    [('a', 0, 0.5), ('b', 1, 0.0), ('c', 1, 1.0)]
    """
    above: dict[str, list[str]] = {name: [] for name in names}
    for parent, child in edges:
        above[child].append(parent)
    below: dict[str, list[str]] = {name: [] for name in names}
    for child, several in above.items():
        for parent in several:
            below[parent].append(child)
    depth: dict[str, int] = {}
    for name in TopologicalSorter(above).static_order():
        depth[name] = max((depth[parent] + 1 for parent in above[name]), default=0)
    last = max(depth.values(), default=0)
    for name in names:
        if not above[name]:
            depth[name] = min((depth[child] - 1 for child in below[name]), default=last)
    return _layer_rows(depth, above, list(names))


def _layer_rows(depth: Mapping[str, int], above: Mapping[str, list[str]], names: list[str]) -> list[Spot]:
    layers = [[name for name in names if depth[name] == layer] for layer in range(max(depth.values()) + 1)]
    longest = max(map(len, layers))
    row: dict[str, float] = {}
    for layer in layers:
        wanted = {name: fmean(row[p] for p in above[name]) if above[name] else longest for name in layer}
        for place, name in enumerate(sorted(layer, key=wanted.__getitem__)):
            row[name] = place + (longest - len(layer)) / 2
    return [Spot(name, layer, row[name]) for layer, several in enumerate(layers) for name in several]


def findings_per_cause(network: Network) -> dict[str, dict[str, int]]:
    """Cause -> category -> how many findings depend on it directly; '' stands for no cause but the diagnosis.

    >>> from dxnet import load_network
    >>> findings_per_cause(load_network("asia"))["tuberculosis"]
    {'symptoms': 1, 'imaging': 1}
    """
    found: dict[str, dict[str, int]] = {name: {} for name in (*network.mechanisms, *network.incidental, "")}
    for name, finding in network.findings.items():
        own = [parent for parent in parents(network, name) if parent in found]
        for cause in own or [""]:
            found[cause][finding.category] = found[cause].get(finding.category, 0) + 1
    return found
