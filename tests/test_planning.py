"""The next test: information against brute force, and a plan of two steps."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from conftest import engine, network

from dxnet import Case, CaseError, DxnetError, Engine, load_network, next_tests
from dxnet.reasoning.guideline import outstanding, without_results
from dxnet.reasoning.next_tests import NEVER_MISS, NEVER_MISS_UNTESTED, NeverMiss, burden_of_test, never_miss
from dxnet.report.content.next_procedures import (
    ALL_DONE,
    LITTLE_INFORMATION,
    NOT_ENTERED,
    left_to_do,
    next_procedures,
    not_to_be_missed,
    work_up_left,
)
from dxnet.report.parts import Paragraph


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
    monkeypatch.setattr("dxnet.reasoning.expected_information.MAX_EXACT_RESULTS", 0)
    monkeypatch.setattr("dxnet.reasoning.expected_information.DRAWN_RESULTS", 2000)
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


MYELOPATHY = {"hyperreflexia_legs": "present", "arm_atrophy": "present", "neck_pain": "present"}


def never_missed(findings):
    return {miss.diagnosis: miss for miss in never_miss(engine("als_mimics"), Case(findings))}


def test_never_miss_lists_what_is_over_the_threshold(als):
    found, answer = never_missed(MYELOPATHY), engine("als_mimics").diagnose(MYELOPATHY)
    treatable = {name for name, it in als.diagnosis.items() if it.treatable == "yes"}
    assert set(found) == {name for name in treatable if answer.probability(name) >= NEVER_MISS_UNTESTED}
    assert found["dcm"].procedures == ("mri_spine",) and found["dcm"].partly == ()


def test_never_miss_names_no_procedure_that_is_done(als):
    """A mass was seen: the MRI is begun, and what it leaves open of a myelopathy is said."""
    found = never_missed({**MYELOPATHY, "mri_spinal_mass": "present"})
    assert "mri_spine" not in found["cord_tumour"].procedures
    if "dcm" in found:
        ((procedure, findings),) = found["dcm"].partly
        assert procedure == "mri_spine" and "mri_cord_compression" in findings
        assert "mri_spinal_mass" not in findings
        assert left_to_do(als, found["dcm"]).endswith(" not entered")
    whole = {f: als.states(f)[0] for f, it in als.findings.items() if it.procedure == "mri_spine"}
    done = never_missed({**MYELOPATHY, **whole, "mri_spinal_mass": "present"})
    assert done["cord_tumour"].procedures == done["cord_tumour"].partly == ()
    assert left_to_do(als, done["cord_tumour"]) == "what would settle it is entered"


WASTED_ARM = {
    "age": "60-69",
    "sex": "male",
    "onset_tempo": "progressive",
    "onset_region": "upper_limb",
    "onset_asymmetry": "asymmetric",
    "arm_weakness": "present",
    "arm_atrophy": "present",
    "arm_fasciculation": "present",
    "sensory_loss": "absent",
    "neck_pain": "absent",
    "hyperreflexia_legs": "absent",
    "babinski": "absent",
}
"""Painless wasting of an arm without sensory or long-tract sign: of motor neurons, cord or roots."""


def test_what_no_test_excludes_is_not_to_be_missed_below_the_threshold(als):
    """Named at 1 % until anything of what would settle it is entered; history and examination are no test."""
    found, answer = never_missed(WASTED_ARM), engine("als_mimics").diagnose(WASTED_ARM)
    low = [name for name in found if found[name].probability < NEVER_MISS]
    assert low and {"dcm", "radiculopathy"} <= found.keys()
    above = {name for name in found if answer.probability(name) >= NEVER_MISS}
    assert above == {it.diagnosis for it in never_miss(engine("als_mimics"), WASTED_ARM, untested=1)}
    for name in low:
        (first, *_) = found[name].procedures
        result = next(f for f, it in als.findings.items() if it.procedure == first)
        begun = {**WASTED_ARM, result: als.states(result)[0]}
        p = engine("als_mimics").diagnose(begun).probability(name)
        assert (name in never_missed(begun)) == (p >= NEVER_MISS)
    asked = {**WASTED_ARM, "prior_polio": "absent"}
    assert set(never_missed(asked)) == set(found)


def test_less_probable_diagnoses_share_a_line_by_what_would_settle_them(als):
    misses = [
        NeverMiss(name, p, ("mri_spine",))
        for name, p in (("dcm", 0.05), ("radiculopathy", 0.012), ("syringomyelia", 0.008))
    ]
    _, listed = not_to_be_missed(als, misses)
    spine = als.procedures["mri_spine"].label
    names = [als.diagnosis[it.diagnosis].name for it in misses]
    assert listed.items == (
        f"{names[0]} 5.0 %: {spine}",
        f"{names[1]} 1.2 %, {names[2]} 0.8 %: {spine}",
    )


@pytest.mark.parametrize("signs", [WASTED_ARM, MYELOPATHY, {"head_drop": "present", "age": "70-79"}, {}])
def test_what_settles_a_treatable_diagnosis_comes_first_and_research_last(als, signs):
    tests = [test.procedure for test in next_tests(engine("als_mimics"), signs)]
    burdening = [name for name in tests if burden_of_test(als, name)]
    misses = never_miss(engine("als_mimics"), signs)
    ways = [set(als.diagnosis[it.diagnosis].settled_by) & set(tests) for it in misses]
    first = burdening[: len({min(way, key=tests.index) for way in ways if way})]
    assert all(way & set(first) for way in ways if way) and all(
        any(name in way for way in ways) for name in first
    )
    research = [name for name in tests if als.procedures[name].availability == "research-only"]
    assert research and tests[-len(research) :] == research
    others = [name for name in tests if name not in {*first, *research} and burden_of_test(als, name)]
    values = {test.procedure: test.value for test in next_tests(engine("als_mimics"), signs)}
    assert [values[name] for name in others] == sorted((values[name] for name in others), reverse=True)


UNTESTED = {
    "age": "60-69",
    "onset_tempo": "progressive",
    "arm_atrophy": "present",
    "arm_weakness": "present",
    "hyperreflexia_arms": "present",
    "hyperreflexia_legs": "present",
    "babinski": "present",
    "tongue_fasciculation": "present",
    "split_hand": "present",
    "sensory_loss": "absent",
}
"""A typical patient without any test."""


def test_the_work_up_is_outstanding_however_sure_the_ranking_is(als):
    left = {it.procedure: it for it in outstanding(engine("als_mimics"), UNTESTED)}
    assert {"ncs", "emg_arm", "emg_leg", "mri_spine", "mri_brain", "serum_ck", "serum_tsh_calcium"} <= set(
        left
    )
    assert all(left[name].for_criteria for name in als.exclusion)
    assert "dcm" in dict(left["mri_spine"].settles) and left["mri_spine"].entered == 0
    assert list(left) == [name for name in als.guideline_order if name in left]
    assert "examination" not in left and "fmri" not in left
    text = " ".join(part.text for part in next_procedures(als, []) if isinstance(part, Paragraph))
    assert text == ALL_DONE
    dull = replace(next_tests(engine("als_mimics"), UNTESTED)[0], information=0.0)
    (line,) = next_procedures(als, [dull])
    assert line.text == LITTLE_INFORMATION and "done" not in line.text
    table, note = work_up_left(als, tuple(left.values()))
    assert len(table.rows) == len(left) and note.text == NOT_ENTERED


def test_what_is_entered_in_part_is_outstanding_where_the_criteria_need_the_rest(als):
    begun = {**UNTESTED, "ncs_demyelinating": "absent"} if "ncs_demyelinating" in als.findings else UNTESTED
    left = {it.procedure: it for it in outstanding(engine("als_mimics"), {**begun, "ck": "normal"})}
    assert "serum_ck" not in left
    whole = {f: als.states(f)[0] for f, it in als.findings.items() if it.procedure in als.exclusion}
    assert not set(als.exclusion) & {
        it.procedure for it in outstanding(engine("als_mimics"), {**UNTESTED, **whole})
    }


def test_categories_of_tests_without_a_result(als):
    assert {"MRI", "EMG", "NCS", "laboratory"} <= set(without_results(als, Case(UNTESTED)))
    assert "laboratory" not in without_results(als, Case({**UNTESTED, "ck": "normal"}))
    assert outstanding(engine("asia"), {}) == without_results(network("asia"), Case({})) == ()


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


def test_the_least_burden_that_settles_comes_first_and_the_likelier_diagnosis_before():
    """A trial of a treatment settles several diseases, too, and waits; so does a biopsy."""
    machine = engine("als_mimics", "suspected_mnd_referral")
    tests = next_tests(machine, {"age": "60-69", "arm_weakness": "present", "arm_atrophy": "present"})
    order = [it.procedure for it in tests]
    assert order.index("emg_any") < min(order.index("therapeutic_trial"), order.index("biopsy_muscle"))
    named = [it.diagnosis for it in never_miss(machine, {"age": "60-69", "arm_weakness": "present"})]
    first = next(it for it in next_tests(machine, {"age": "60-69", "arm_weakness": "present"}) if it.burden)
    assert first.procedure in machine.network.diagnosis[named[0]].settled_by


def test_a_threshold_of_ones_own_is_the_only_one():
    machine, case = engine("als_mimics", "suspected_mnd_referral"), Case({"arm_weakness": "present"})
    assert all(it.probability >= 0.05 for it in never_miss(machine, case, 0.05))
    with pytest.raises(CaseError, match="untested: is -5"):
        never_miss(machine, case, untested=-5)
