"""Findings that are paused were examined: they are told as paused, and no answer uses them."""

import json
from datetime import date

import pytest
from click.testing import CliRunner
from conftest import engine

from dxnet import Case, Visit, never_miss, next_tests, over_visits, proposed_from_visits, write_case
from dxnet.cli import main
from dxnet.reasoning.guideline import outstanding, without_results
from dxnet.report.content.next_procedures import left_to_do
from dxnet.report.content.visits import course, what_is_new
from dxnet.report.parts import Facts
from dxnet.report.writers import content_of_case

ALS = engine("als_mimics")
NET = ALS.network
SIGNS = {"arm_weakness": "present", "leg_weakness": "present", "babinski": "present"}
MRI = {
    name: NET.findings[name].states[0] for name in NET.findings if NET.findings[name].procedure == "mri_spine"
}
CASE = Case(SIGNS, id="a", paused={**MRI, "ncs_conduction_block": "present"})


def facts(content, heading):
    (section,) = [section for section in content.sections if section.heading == heading]
    return [row for part in section.parts if isinstance(part, Facts) for row in part.rows]


@pytest.mark.parametrize("summary", [False, True])
def test_a_report_names_them_and_does_not_count_them_as_not_examined(summary):
    content = content_of_case(ALS, CASE, date(2026, 1, 31), summary)
    told = dict(facts(content, "Findings"))["Paused, kept but not used"]
    assert "Motor conduction block (NCS): present" in told
    if not summary:
        unseen = "; ".join(text for _, text in facts(content, "Not examined"))
        assert "Motor conduction block (NCS)" not in unseen and "Ankle clonus" in unseen


def test_what_is_paused_is_neither_missing_nor_used():
    answer, plain = ALS.diagnose(CASE), Case(SIGNS)
    assert not set(CASE.paused) & set(answer.not_examined)
    assert len(answer.not_examined) + len(SIGNS) + len(CASE.paused) == len(NET.findings)
    assert answer.post_test.tolist() == ALS.diagnose(plain).post_test.tolist()
    assert {"MRI", "NCS"} <= set(without_results(NET, plain))
    assert not {"MRI", "NCS"} & set(without_results(NET, CASE))
    assert "mri_spine" in [it.procedure for it in outstanding(ALS, plain)]
    assert "mri_spine" not in [it.procedure for it in outstanding(ALS, CASE)]
    assert "mri_spine" not in [it.procedure for it in next_tests(ALS, CASE)]


def test_a_treatable_diagnosis_is_not_settled_by_what_is_paused():
    (miss,) = [it for it in never_miss(ALS, CASE) if it.diagnosis == "dcm"]
    assert left_to_do(NET, miss).endswith(" paused") and "not entered" not in left_to_do(NET, miss)
    done = Case({**SIGNS, **MRI}, paused={"ncs_conduction_block": "present"})
    assert "dcm" not in [it.diagnosis for it in never_miss(ALS, done) if it.paused]


def test_visits_tell_a_paused_finding_as_paused_and_suggest_nothing_of_it():
    first = Visit("2024-01-10", {"arm_weakness": "present", "babinski": "absent", "leg_weakness": "absent"})
    second = Visit("2024-06-02", {"babinski": "present", "leg_weakness": "present"})
    case = Case.of_visits([first, second], paused=["babinski", "leg_weakness"])
    answers = over_visits(ALS, case)
    assert what_is_new(NET, answers[1]) == (
        "Babinski sign present (was absent, paused); Leg weakness present (was absent, paused)"
    )
    assert dict(course(NET, answers).words)["Babinski sign"] == ("absent (paused)", "present (paused)")
    assert "spread" in {it.finding for it in proposed_from_visits(ALS, Case.of_visits([first, second]))}
    assert not proposed_from_visits(ALS, case)


def test_diagnose_tells_them(tmp_path):
    path = tmp_path / "case.yaml"
    write_case(Case({"smoking": "present"}, id="a", paused={"dyspnoea": "absent"}), path)
    ask = ["diagnose", str(path), "--network", "asia"]
    told = CliRunner().invoke(main, ask).output.splitlines()
    assert "Findings: 1 entered, 2 not examined, 1 paused" in told
    assert [line for line in told if line.startswith("Paused, kept but not used: ")]
    (plain,) = [json.loads(CliRunner().invoke(main, [*ask, "--json"]).output)]
    assert plain["paused"] == {"dyspnoea": "absent"} and "dyspnoea" not in plain["not_examined"]


def test_what_another_network_called_a_paused_finding_is_told_as_it_is():
    content = content_of_case(engine("asia"), Case({}, paused={"gone": "perhaps"}), date(2026, 1, 31))
    assert dict(facts(content, "Findings"))["Paused, kept but not used"] == "gone: perhaps"
