"""Parts of the graph: neighbours, layers and counts."""

import pytest
from conftest import network as load

from dxnet.knowledge.kinds.registry import parents
from dxnet.knowledge.links import (
    children,
    edges_among,
    findings_per_cause,
    layered_layout,
    neighbourhood,
    with_causes,
)
from dxnet.knowledge.network import DIAGNOSIS


@pytest.mark.parametrize("name", ["als_mimics", "asia"])
def test_parents_stand_left_of_their_children_and_no_two_share_a_spot(name):
    network = load(name)
    for category in network.categories:
        names = with_causes(network, (n for n, f in network.findings.items() if f.category == category))
        drawn = edges_among(network, names)
        spots = {spot.name: spot for spot in layered_layout(names, drawn)}
        assert spots.keys() == set(names)
        assert all(spots[parent].layer < spots[child].layer for parent, child in drawn)
        assert len({(spot.layer, spot.row) for spot in spots.values()}) == len(names)
        assert min(spot.row for spot in spots.values()) == 0


def test_neighbours_are_parents_and_children(asia):
    assert neighbourhood(asia, "tuberculosis") == [
        "visit_to_asia",
        "tuberculosis",
        "dyspnoea",
        "xray_abnormal",
    ]
    assert children(asia, "smoking") == [DIAGNOSIS, "bronchitis"]
    assert DIAGNOSIS not in with_causes(asia, ["dyspnoea"])


def test_every_finding_is_counted_once_for_each_cause(als):
    found = findings_per_cause(als)
    causes = {**als.mechanisms, **als.incidental}
    expected = sum(max(1, len(set(parents(als, name)) & causes.keys())) for name in als.findings)
    assert sum(n for row in found.values() for n in row.values()) == expected
