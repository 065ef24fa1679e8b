"""Parts of the graph: neighbours, layers and counts."""

import pytest
from conftest import network as load

from dxnet.knowledge.kinds.registry import parents
from dxnet.knowledge.links import (
    children,
    edges_among,
    findings_per_cause,
    layered_layout,
    with_causes,
)
from dxnet.knowledge.network import DIAGNOSIS
from dxnet.knowledge.surroundings import Link, surroundings


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


def test_children_and_causes(asia):
    assert children(asia, "smoking") == [DIAGNOSIS, "bronchitis"]
    assert DIAGNOSIS not in with_causes(asia, ["dyspnoea"])


def test_every_finding_is_counted_once_for_each_cause(als):
    found = findings_per_cause(als)
    causes = {**als.mechanisms, **als.incidental}
    expected = sum(max(1, len(set(parents(als, name)) & causes.keys())) for name in als.findings)
    assert sum(n for row in found.values() for n in row.values()) == expected


def pairs(found):
    return {(link.cause, link.effect) for link in found.links}


def test_around_a_variable_stand_its_parents_and_children(asia):
    found = surroundings(asia, "tuberculosis")
    assert set(found.names) == {"visit_to_asia", "tuberculosis", "dyspnoea", "xray_abnormal"}
    assert pairs(surroundings(asia, "lung_cancer")) == {
        ("smoking", "lung_cancer"),
        ("lung_cancer", "dyspnoea"),
        ("lung_cancer", "xray_abnormal"),
    }


def test_a_diagnosis_leads_through_its_patterns_and_mechanisms_to_findings(als):
    found = surroundings(als, "als", 32)
    chosen = {name for name, share in als.patterns.shares["als"].items() if share.mean[1] >= 0.05}
    assert {link.effect for link in found.links if link.cause == "als"} >= chosen
    for link in found.links:
        if link.cause in chosen:
            assert link.strength == pytest.approx(
                1 - als.patterns.pictures[link.cause].shows[link.effect].mean[0]
            )
        if link.cause in als.mechanisms:
            assert als.findings[link.effect].through == link.cause


def test_behind_a_sign_stand_its_mechanism_patterns_and_diagnoses(als):
    found = surroundings(als, "babinski")
    mechanism = als.findings["babinski"].through
    assert Link(mechanism, "babinski") in found.links
    patterns = {link.cause for link in found.links if link.effect == mechanism}
    assert len(patterns) == 8 and patterns <= als.patterns.pictures.keys()
    sharers = [link for link in found.links if link.cause in als.diagnosis]
    assert sharers and all(link.effect in patterns for link in sharers)
    assert all(als.patterns.shares[it.cause][it.effect].mean[1] == it.strength for it in sharers)


def test_a_finding_without_a_pattern_has_its_diagnoses_and_other_causes(als):
    found = surroundings(als, "mri_cord_compression", 4)
    rates = {it.cause: it.strength for it in found.links if it.effect == "mri_cord_compression"}
    finding = als.findings["mri_cord_compression"]
    assert rates["dcm"] == pytest.approx(1 - finding.given.lookup(("dcm",)).mean[0])
    assert set(finding.also) <= rates.keys() and found.left_out > 0


@pytest.mark.parametrize("most", [1, 4, 32])
def test_more_or_less_can_be_drawn_of_anything(als, most):
    for name in [*als.nodes, *als.diagnosis, *als.patterns.pictures]:
        found = surroundings(als, name, most)
        ends = {end for link in found.links for end in (link.cause, link.effect)}
        assert ends | {name} == set(found.names)
        assert all(link.strength is None or 0 <= link.strength <= 1 for link in found.links)
        spots = layered_layout(found.names, [(it.cause, it.effect) for it in found.links])
        assert len({(spot.layer, spot.row) for spot in spots}) == len(found.names)


def test_what_has_no_cause_stands_beside_its_effect():
    spots = {spot.name: spot.layer for spot in layered_layout("abcd", [("a", "b"), ("b", "c"), ("d", "c")])}
    assert spots == {"a": 0, "b": 1, "c": 2, "d": 1}
