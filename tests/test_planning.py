"""The next test: information against brute force, and a plan of two steps."""

from itertools import product

import numpy as np
import pytest
from conftest import engine, network

from dxnet import Case, DxnetError, Engine, load_network, next_tests
from dxnet.reasoning.next_tests import never_miss


def entropy(p):
    p = p[p > 0]
    return float(-(p * np.log2(p)).sum())


def expected_information(answers, case, findings):
    """H(D) - sum over all results of P(result) H(D | result), case by case."""
    net, before, total = answers.network, answers.diagnose(case), 0.0
    for states in product(*(net.states(f) for f in findings)):
        after = answers.diagnose(Case({**case.findings, **dict(zip(findings, states, strict=True))}))
        total += np.exp(after.log_p_findings - before.log_p_findings) * entropy(after.post_test)
    return entropy(before.post_test) - total


@pytest.fixture(scope="module")
def tiny():
    return Engine(load_network("tests/tiny"))


def test_information_equals_brute_force(als):
    case = Case({"babinski": "present", "arm_atrophy": "present", "age": "60-69"})
    for test in next_tests(engine("als_mimics"), case):
        assert test.information >= 0
        if len(test.findings) <= 3:
            expected = expected_information(engine("als_mimics"), case, test.findings)
            assert test.information == pytest.approx(expected, abs=1e-9) and test.error == 0


def test_drawn_results_agree_with_all_of_them(als, monkeypatch):
    """(A result that comes once in thousands may be in no draw: it tells less than a thousandth of a bit.)"""
    case = Case({"babinski": "present", "arm_atrophy": "present"})
    exact = {test.procedure: test for test in next_tests(engine("als_mimics"), case)}
    monkeypatch.setattr("dxnet.reasoning.next_tests.MAX_EXACT_RESULTS", 0)
    monkeypatch.setattr("dxnet.reasoning.next_tests.DRAWN_RESULTS", 2000)
    for test in next_tests(engine("als_mimics"), case):
        if exact[test.procedure].error == 0:
            assert abs(test.information - exact[test.procedure].information) <= 4.5 * test.error + 1e-3


def test_what_is_known_is_not_offered_again(als):
    case = Case({"mri_cord_compression": "absent"})
    tests = {test.procedure: test for test in next_tests(engine("als_mimics"), case)}
    procedure = als.findings["mri_cord_compression"].procedure
    assert "mri_cord_compression" not in tests[procedure].findings
    everything = Case({f: node.states[0] for f, node in als.findings.items() if node.procedure == "emg_arm"})
    assert "emg_arm" not in {test.procedure for test in next_tests(engine("als_mimics"), everything)}


def test_results_are_the_marginals(als):
    case = Case({"fatigability": "present"})
    for test in next_tests(engine("als_mimics"), case)[:4]:
        by_finding = {}
        for result in test.results:
            by_finding.setdefault(result.finding, []).append(result)
        for finding, results in by_finding.items():
            assert sum(r.probability for r in results) == pytest.approx(1)
            after = engine("als_mimics").diagnose(Case({**case.findings, finding: results[0].state}))
            assert results[0].first_probability == pytest.approx(after.post_test.max())


def test_burden_can_be_weighted(als):
    case = Case({"fatigability": "present"})
    plain = {t.procedure: t for t in next_tests(engine("als_mimics"), case)}
    dear = {t.procedure: t for t in next_tests(engine("als_mimics"), case, cost=10)}
    for name, test in plain.items():
        procedure = als.procedures[name]
        assert dear[name].burden - test.burden == pytest.approx(9 * procedure.cost)
        assert test.value == pytest.approx(test.information / (1 + test.burden))


def test_never_miss_until_it_is_done(als):
    case = {"hyperreflexia_legs": "present", "arm_atrophy": "present", "neck_pain": "present"}
    found = {miss.diagnosis: miss for miss in never_miss(engine("als_mimics"), Case(case))}
    assert found["dcm"].probability >= 0.02 and "mri_spine" in found["dcm"].procedures
    done = Case({**case, "mri_cord_compression": "contact_or_stenosis"})
    assert "dcm" not in {miss.diagnosis for miss in never_miss(engine("als_mimics"), done)}
    assert all(als.diagnosis[d].treatable == "yes" for d in found)


def test_two_greedy_steps_against_the_best_plan_of_two():
    """On asia, with each finding as a step of its own: greedy loses little against the true best pair."""
    answers, case = engine("asia"), Case({"dyspnoea": "present"})
    free = [f for f in network("asia").findings if f not in case.findings]

    def after(case, finding):
        before = answers.diagnose(case).log_p_findings
        for state in network("asia").states(finding):
            known = Case({**case.findings, finding: state})
            yield np.exp(answers.diagnose(known).log_p_findings - before), known

    def gain(case, finding):
        return expected_information(answers, case, [finding])

    best = max(
        gain(case, first)
        + sum(p * max(gain(known, f) for f in free if f != first) for p, known in after(case, first))
        for first in free
    )
    first = max(free, key=lambda f: gain(case, f))
    greedy = gain(case, first) + sum(
        p * max(gain(known, f) for f in free if f != first) for p, known in after(case, first)
    )
    assert greedy <= best + 1e-12 and greedy >= 0.9 * best


@pytest.mark.parametrize("weight", [-1.0, float("nan"), float("inf"), -float("inf")])
def test_weights_that_are_none_are_refused_at_once(weight):
    with pytest.raises(DxnetError) as caught:
        next_tests(engine("als_mimics"), Case({}), cost=weight, availability=weight)
    assert [issue.where for issue in caught.value.issues] == ["cost", "availability"]
    assert "is no weight; give a finite number of 0 or more" in str(caught.value)
