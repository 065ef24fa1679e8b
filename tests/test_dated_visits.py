"""Cases of several visits: what was seen last counts, files keep them, and the dates only suggest."""

import json
from datetime import date, timedelta

import pytest
from click.testing import CliRunner
from conftest import engine
from hypothesis import given
from hypothesis import strategies as st

from dxnet import (
    Case,
    CaseError,
    Visit,
    conflict,
    criteria,
    explain,
    flips,
    never_miss,
    next_tests,
    over_visits,
    proposed_from_visits,
    read_cases,
    sensitivity,
    what_moved,
    write_case,
)
from dxnet.cli import main
from dxnet.formats.cases.read import left_out
from dxnet.reasoning.fit import fit
from dxnet.reasoning.localisation import localise
from dxnet.report.content.visits import PANELS, UNSEEN, course, courses
from dxnet.report.writers import report

ALS = engine("als_mimics")
SIGNS = ("babinski", "clonus", "arm_weakness", "leg_weakness", "tongue_atrophy")
FIRST = Visit("2024-01-10", {"arm_weakness": "present", "leg_weakness": "absent", "babinski": "absent"})
SECOND = Visit("2024-06-02", {"leg_weakness": "present"}, note="seen again")
CASE = Case.of_visits([SECOND, FIRST], {"sex": "male"}, id="a")

visits = st.lists(
    st.tuples(
        st.integers(0, 3000), st.dictionaries(st.sampled_from(SIGNS), st.sampled_from(["absent", "present"]))
    ),
    unique_by=lambda pair: pair[0],
    max_size=5,
).map(lambda pairs: [Visit(date(2020, 1, 1) + timedelta(days), found) for days, found in pairs])


def test_what_was_seen_last_counts_and_nothing_is_filled_in():
    assert CASE.visits == (FIRST, SECOND)
    assert CASE.findings == {
        "sex": "male",
        "arm_weakness": "present",
        "leg_weakness": "present",
        "babinski": "absent",
    }
    assert CASE.undated == {"sex": "male"}
    assert CASE.at("2024-03-01").findings["leg_weakness"] == "absent"
    assert CASE.at(date(2024, 6, 2)) == CASE
    assert "clonus" not in CASE.findings


@given(visits, st.integers(0, 3000))
def test_at_a_day_only_the_visits_up_to_it_count(found, days):
    case, day = Case.of_visits(found, {"sex": "female"}), date(2020, 1, 1) + timedelta(days)
    until = [visit for visit in found if visit.on <= day]
    if not until:
        with pytest.raises(CaseError, match="no visit"):
            case.at(day)
        return
    known = case.at(day)
    for name in SIGNS:
        seen = [v for v in sorted(until, key=lambda v: v.on) if name in v.findings]
        assert known.findings.get(name) == (seen[-1].findings[name] if seen else None)
    assert known.at(day) == known == Case.of_visits(until, {"sex": "female"})


@given(visits, st.sets(st.sampled_from(SIGNS)), st.sampled_from(["yaml", "json"]))
def test_a_file_keeps_the_visits(tmp_path_factory, found, paused, kind):
    case = Case.of_visits(found, {"sex": "female"}, paused, id="a", about={"note": "two lines"})
    path = tmp_path_factory.mktemp("case") / f"case.{kind}"
    write_case(case, path)
    assert read_cases(path) == [case]


def test_findings_that_contradict_the_visits_are_refused():
    with pytest.raises(CaseError, match="leg_weakness: not as in the visits"):
        Case({**CASE.findings, "leg_weakness": "absent"}, visits=CASE.visits)
    with pytest.raises(CaseError, match="babinski: not as in the visits"):
        Case({name: s for name, s in CASE.findings.items() if name != "babinski"}, visits=CASE.visits)
    with pytest.raises(CaseError, match="with and without a date"):
        Case.of_visits([FIRST], {"babinski": "present"})
    with pytest.raises(CaseError, match="two visits on 2024-01-10"):
        Case.of_visits([FIRST, FIRST])
    with pytest.raises(CaseError, match=r"'10\.1\.2024' is no date"):
        Visit("10.1.2024")
    with pytest.raises(CaseError, match="no visit up to 2023-01-01"):
        CASE.at("2023-01-01")


def test_every_fault_of_a_file_is_reported_with_its_line(tmp_path):
    path = tmp_path / "case.yaml"
    path.write_text(
        "visits:\n  - date: 2024-13-01\n    findings: {babinski: present}\n  - findngs: {}\n"
        "  - date: 2024-01-02\n    findings: [babinski]\n"
    )
    with pytest.raises(CaseError) as problem:
        read_cases(path)
    assert [(issue.where, issue.message) for issue in problem.value.issues] == [
        ("case.yaml:2", "'2024-13-01' is no date"),
        ("case.yaml:4", "unknown key 'findngs'"),
        ("case.yaml:4", "a visit has no 'date'"),
        ("case.yaml:6", "findings: ['babinski'] is not a list of findings"),
    ]


def test_an_earlier_visit_must_fit_the_network_too():
    case = Case.of_visits(
        [Visit("2024-01-10", {"babinski": "prsent"}), Visit("2024-02-10", {"babinski": "yes"})]
    )
    with pytest.raises(CaseError, match="unknown state 'prsent'"):
        over_visits(ALS, case)


def test_every_question_answers_a_case_of_visits_as_its_findings():
    plain = Case(CASE.findings, id="a")
    for ask in (explain, conflict, flips, next_tests, never_miss, sensitivity, criteria, localise, fit):
        assert ask(ALS, CASE) == ask(ALS, plain), ask.__name__
    assert (
        what_moved(ALS, CASE.at("2024-01-10"), CASE).steps
        == what_moved(ALS, CASE.at("2024-01-10"), plain).steps
    )


def test_the_answer_at_each_visit_is_that_of_the_case_then():
    first, second = over_visits(ALS, CASE)
    assert first.answer.post_test.tolist() == ALS.diagnose(CASE.at("2024-01-10")).post_test.tolist()
    assert second.answer.post_test.tolist() == ALS.diagnose(CASE).post_test.tolist()
    assert second.changed == ("leg_weakness",) and second.new == ()
    assert set(first.new) == {"arm_weakness", "leg_weakness", "babinski"} and first.changed == ()
    assert over_visits(ALS, CASE.with_findings(CASE.findings)) == ()


def proposed(*found, **undated):
    case = Case.of_visits([Visit(day, findings) for day, findings in found], undated)
    return {it.finding: it.state for it in proposed_from_visits(ALS, case)}


def test_the_dates_suggest_spread_and_tempo():
    arm, leg = {"arm_weakness": "present", "leg_weakness": "absent"}, {"leg_weakness": "present"}
    assert proposed(("2024-01-10", arm), ("2024-06-02", leg)) == {
        "spread": "present",
        "onset_tempo": "progressive",
    }
    assert proposed(("2024-01-10", arm), ("2024-02-02", leg))["onset_tempo"] == "subacute"
    assert proposed(("2014-01-10", arm), ("2024-02-02", leg))["onset_tempo"] == "slow"
    assert proposed(("2022-01-10", arm), ("2024-02-02", arm)) == {"onset_tempo": "static"}
    assert proposed(("2024-01-10", arm), ("2024-02-02", arm)) == {}
    gone = {"arm_weakness": "absent", "leg_weakness": "present"}
    assert proposed(("2024-01-10", arm), ("2024-06-02", gone))["onset_tempo"] == "relapsing"


def test_a_symptom_without_a_sign_comes_and_goes():
    days = ("2024-01-10", "2024-03-02", "2024-06-02")
    ptosis = [{"ptosis_diplopia": state} for state in ("present", "absent", "present")]
    assert proposed(*zip(days, ptosis, strict=True)) == {"onset_tempo": "relapsing"}


def test_an_inconstant_sign_is_no_relapse():
    first = {"babinski": "present", "clonus": "absent", "tongue_atrophy": "absent", "arm_weakness": "present"}
    second = {"babinski": "absent", "clonus": "present", "tongue_atrophy": "present"}
    case = Case.of_visits([Visit("2024-01-10", first), Visit("2024-06-02", second)])
    found = {it.finding: it for it in proposed_from_visits(ALS, case)}
    assert found["onset_tempo"].state == "progressive"
    assert "Babinski sign not found on 2024-06-02" in found["onset_tempo"].because


@pytest.mark.parametrize("deficit", ["arm_weakness", "dysarthria", "ptosis_diplopia"])
def test_relapsing_is_weakness_or_function_that_improves_and_is_worse_again(deficit):
    states = ("present", "absent", "present")
    days = ("2024-01-10", "2024-03-10", "2024-06-10")
    signs = [{deficit: state, "babinski": "present"} for state in states]
    assert proposed(*zip(days, signs, strict=True)) == {"onset_tempo": "relapsing"}
    assert proposed(*zip(days[:2], signs[:2], strict=True)) == {}, "it improved, and is not worse again"
    worse_then_better = [{deficit: "absent"}, {deficit: "present"}, {deficit: "absent"}]
    assert "onset_tempo" not in proposed(*zip(days, worse_then_better, strict=True)), "one episode is none"


def test_what_was_not_examined_before_is_never_new():
    arm, leg = {"arm_weakness": "present"}, {"leg_weakness": "present"}
    assert proposed(("2024-01-10", arm), ("2024-06-02", leg)) == {}


def test_a_finding_that_stands_in_the_case_is_not_proposed():
    found = ("2024-01-10", dict(FIRST.findings)), ("2024-06-02", dict(SECOND.findings))
    assert proposed(*found, spread="present") == {"onset_tempo": "progressive"}
    assert "spread" in proposed(*found, spread="absent")


def test_diagnose_prints_a_line_a_visit(tmp_path):
    path = tmp_path / "case.yaml"
    write_case(CASE, path)
    result = CliRunner().invoke(main, ["diagnose", str(path)], env={"COLUMNS": "300"})
    assert result.exit_code == 0
    (line,) = [line for line in result.output.splitlines() if line.startswith("2024-06-02")]
    assert "Leg weakness present (was absent)" in line
    assert "Spread to another region: present" in result.output
    plain = json.loads(CliRunner().invoke(main, ["diagnose", str(path), "--json"]).output)
    assert [visit["date"] for visit in plain["visits"]["answers"]] == ["2024-01-10", "2024-06-02"]
    assert plain["visits"]["answers"][1]["ranking"][0]["post_test"] == plain["ranking"][0]["post_test"]
    assert {it["finding"] for it in plain["visits"]["suggested"]} == {"spread", "onset_tempo"}


def test_reports_have_the_visits_and_coded_files_say_that_they_have_not():
    assert "Over the visits" in report(ALS, CASE, ".html").decode()
    assert left_out(CASE, "fhir") == ["visits"] == left_out(CASE, "phenopacket")
    assert left_out(CASE, "yaml") == []


def test_the_figure_of_the_visits_has_their_probabilities_and_what_moved():
    answers = over_visits(ALS, CASE)
    found = course(ALS.network, answers)
    assert found.titles == ("2024-01-10 (first)", "2024-06-02 (day 144)")
    leader = answers[-1].first
    (values,) = [values for name, values in found.bars if name == ALS.network.diagnosis[leader].name]
    assert values == tuple(answer.answer.probability(leader) for answer in answers)
    assert dict(found.words)["Leg weakness"] == ("absent", "present")
    assert "Babinski sign" not in dict(found.words), "it did not move"


def test_many_visits_stand_in_figures_that_can_be_read():
    start = date(2024, 1, 1)
    visits = [Visit(start + timedelta(30 * k), {SIGNS[k % 2]: "present"}) for k in range(PANELS + 1)]
    answers = over_visits(ALS, Case.of_visits(visits))
    figures = list(courses(ALS.network, answers))
    assert [len(figure.titles) for figure in figures] == [3, 2]
    assert {figure.across for figure in figures} == {3}
    assert all(len(values) == len(figure.titles) for figure in figures for _, values in figure.bars)
    assert dict(figures[0].words)["Ankle clonus"][:2] == (UNSEEN, "present")
