"""Explanations: weights that sum, orders that do not matter, clashes and flips."""

import sys
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from conftest import NETWORKS, engine, network
from hypothesis import given, settings
from hypothesis import strategies as st

from dxnet import Case, DxnetError, credible_intervals, explain
from dxnet.reasoning.conflict import conflict, flips
from dxnet.report.content.explanation import regions


def some_case(net, rng, most=22):
    findings = rng.choice(
        list(net.findings), rng.integers(0, min(most, len(net.findings)) + 1), replace=False
    )
    return Case(
        {
            str(f): str(rng.choice(net.states(f)))
            if rng.random() < 0.85
            else {s: float(rng.uniform(0.05, 1)) for s in net.states(f)}
            for f in findings
        }
    )


def odds(p, k, others):
    return np.log(p[k]) - np.log(sum(p[i] for i in others))


@pytest.mark.slow
@pytest.mark.parametrize("name", NETWORKS)
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=50)
def test_weights_sum_to_the_change_in_log_odds(name, seed):
    net, rng = network(name), np.random.default_rng(seed)
    case = some_case(net, rng)
    diagnosis, versus = (str(d) for d in rng.choice(net.diagnoses, 2, replace=False))
    why = explain(engine(name), case, diagnosis, versus if rng.random() < 0.5 else "")
    change = why.log_odds - why.prior_log_odds
    assert sum(c.weight for c in why.contributions) == pytest.approx(change, abs=1e-9)
    k = net.diagnoses.index(diagnosis)
    others = (
        [net.diagnoses.index(why.versus)] if why.versus else [i for i in range(len(net.diagnoses)) if i != k]
    )
    answer = engine(name).diagnose(case)
    assert why.log_odds == pytest.approx(odds(answer.post_test, k, others), abs=1e-9)
    assert why.prior_log_odds == pytest.approx(odds(answer.pre_test, k, others), abs=1e-9)


def test_weights_are_the_mean_over_all_orders(als):
    """By adding the findings one at a time in each of the 24 orders."""
    case = Case({"babinski": "present", "hoffmann": "present", "tongue_atrophy": "present", "age": "60-69"})
    k = als.diagnoses.index("als")
    others = [i for i in range(len(als.diagnoses)) if i != k]
    total = dict.fromkeys(case.findings, 0.0)
    for order in permutations(case.findings):
        known = {}
        before = odds(engine("als_mimics").pre_test, k, others)
        for finding in order:
            known[finding] = case.findings[finding]
            after = odds(engine("als_mimics").diagnose(Case(known)).post_test, k, others)
            total[finding] += (after - before) / 24
            before = after
    why = explain(engine("als_mimics"), case, "als")
    assert {c.finding: c.weight for c in why.contributions} == pytest.approx(total, abs=1e-9)
    assert all(c.error == 0 for c in why.contributions)


def test_sampled_weights_lie_within_their_error(als, monkeypatch):
    """The same ten findings by all orders and by a sample."""
    rng = np.random.default_rng(4)
    case = Case(
        {f: str(rng.choice(als.states(f))) for f in rng.choice(list(als.findings), 10, replace=False)}
    )
    exact = {c.finding: c.weight for c in explain(engine("als_mimics"), case, "als").contributions}
    monkeypatch.setattr(sys.modules["dxnet.reasoning.shapley"], "MAX_EXACT_MEMBERS", 0)
    sampled = explain(engine("als_mimics"), case, "als")
    assert all(abs(c.weight - exact[c.finding]) <= 5 * c.error + 1e-9 for c in sampled.contributions)
    assert max(c.error for c in sampled.contributions) > 0


def test_a_likelihood_ratio_is_of_the_finding_alone(als):
    case = Case({"babinski": "present", "tongue_atrophy": "present", "sensory_level": "absent"})
    why = explain(engine("als_mimics"), case, "als", "ms")
    for c in why.contributions:
        alone = Case({c.finding: case.findings[c.finding]})
        full, less = (engine("als_mimics").diagnose(x) for x in (alone, Case({})))
        ratio = full.probability("als") / full.probability("ms")
        assert c.likelihood_ratio == pytest.approx(ratio / (less.probability("als") / less.probability("ms")))


def test_for_and_against_stand_apart(als):
    case = Case({"tongue_atrophy": "present", "sensory_level": "present", "babinski": "present"})
    why = explain(engine("als_mimics"), case, "als")
    assert {c.finding for c in why.opposing} == {"sensory_level"}
    assert {c.finding for c in why.supporting} == {"tongue_atrophy", "babinski"}
    weights = [abs(c.weight) for c in why.contributions]
    assert weights == sorted(weights, reverse=True)


def test_contributions_name_their_numbers(als):
    why = explain(engine("als_mimics"), Case({"babinski": "present"}), "als", "ms")
    places = [place for place, _ in why.contributions[0].numbers]
    assert places == ["babinski.als", "babinski.ms", "umn_lumbosacral.als", "umn_lumbosacral.ms"]
    assert all(estimate.sources for _, estimate in why.contributions[0].numbers)


def test_mechanisms_tell_which_regions_are_involved(als):
    with_signs = explain(
        engine("als_mimics"),
        Case(
            {"babinski": "present", "clonus": "unsustained"}
            if "unsustained" in als.states("clonus")
            else {"babinski": "present"}
        ),
    )
    without = explain(engine("als_mimics"), Case({"babinski": "absent", "hyperreflexia_legs": "absent"}))
    assert with_signs.mechanisms["umn_lumbosacral"] > 0.8 > without.mechanisms["umn_lumbosacral"]
    assert set(with_signs.mechanisms) == set(als.mechanisms)


def test_regions_are_those_of_which_signs_were_entered(als):
    """Without findings there is none, and one whose signs were not entered would repeat the prior."""
    asked = engine("als_mimics")
    assert explain(asked, Case({"sex": "male"})).involved(als) == ()
    shown = dict(explain(asked, Case({"babinski": "present", "hyperreflexia_legs": "present"})).involved(als))
    assert set(shown) <= {als.mechanisms["umn_lumbosacral"].label} and shown
    assert explain(asked, Case({"babinski": "absent"})).involved(als) == ()


def test_no_region_is_involved_where_the_signs_point_to_no_lesion(als):
    why = explain(engine("als_mimics"), Case({"leg_fasciculation": "present", "weakness": "absent"}))
    alone = replace(why, no_lesion=0.97, mechanisms=dict.fromkeys(why.mechanisms, 0.99))
    assert alone.with_signs and alone.involved(als) == ()
    assert "the signs point to no lesion" in regions(als, alone).rows[0][1]
    assert replace(alone, no_lesion=0.1).involved(als)


def test_what_cannot_be_explained(als):
    with pytest.raises(DxnetError, match="no diagnosis 'alz'"):
        explain(engine("als_mimics"), Case({}), "alz")
    with pytest.raises(DxnetError, match="unknown finding"):
        explain(engine("als_mimics"), Case({"babinsky": "present"}))


def test_conflict_is_the_logarithm_of_a_ratio(als):
    findings = {"babinski": "present", "areflexia_legs": "present", "sensory_level": "present"}
    found = conflict(engine("als_mimics"), Case(findings))
    log_p = lambda case: engine("als_mimics").diagnose(Case(case)).log_p_findings  # noqa: E731
    expected = sum(log_p({f: s}) for f, s in findings.items()) - log_p(findings)
    assert found.value == pytest.approx(expected, abs=1e-9)
    for a, b, value in found.pairs:
        pair = {a: findings[a], b: findings[b]}
        assert value == pytest.approx(sum(log_p({f: s}) for f, s in pair.items()) - log_p(pair), abs=1e-9)
    left = dict(found.by_finding)
    for finding, value in left.items():
        rest = {f: s for f, s in findings.items() if f != finding}
        assert value == pytest.approx(sum(log_p({f: s}) for f, s in rest.items()) - log_p(rest), abs=1e-9)


def test_a_cause_that_resolves_a_conflict(asia):
    """By Bayes: P(findings | cause) = P(cause | findings) P(findings) / P(cause)."""
    net = network("als_mimics")
    case = Case({"ncs_sensory_abnormal": "present", "tongue_atrophy": "present", "age": "70-79"})
    found = conflict(engine("als_mimics"), case, top=30)
    cause, value = found.by_cause[0]
    assert cause in net.incidental and value < found.value
    before, after = (engine("als_mimics").marginals(c)[cause][1].sum() for c in (Case({}), case))
    assert value == pytest.approx(found.value - np.log(after / before), abs=1e-9)


def test_flips_are_what_changes_the_first_rank(als):
    case = Case({"fatigability": "present", "tongue_atrophy": "present", "babinski": "present"})
    first = engine("als_mimics").diagnose(case).ranking[0]
    found = {(flip.finding, flip.state): flip for flip in flips(engine("als_mimics"), case)}
    for finding, known in case.findings.items():
        for state in ("", *(s for s in als.states(finding) if s != known)):
            rest = {f: s for f, s in case.findings.items() if f != finding}
            other = engine("als_mimics").diagnose(Case({**rest, finding: state} if state else rest))
            assert ((finding, state) in found) == (other.ranking[0] != first)
            if (finding, state) in found:
                flip = found[finding, state]
                assert (flip.first, flip.probability) == (
                    other.ranking[0],
                    pytest.approx(other.post_test.max()),
                )


def test_intervals_hold_the_posterior_of_drawn_numbers(als):
    found = credible_intervals(
        engine("als_mimics"), Case({"babinski": "present", "tongue_atrophy": "present"})
    )
    assert (found.low <= found.high).all() and found.first.sum() == pytest.approx(1)
    frame = found.to_frame()
    assert list(frame.index[:1]) == ["als"] and frame.loc["als", "low"] < frame.loc["als", "high"]
