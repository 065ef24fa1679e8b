"""Exercises on published cases: what is open when, which answers are taken, and how a learner is scored."""

from dataclasses import replace
from math import log

import numpy as np
import pytest
from conftest import engine, network

from dxnet import Case, DxnetError, Engine, evaluate, next_tests
from dxnet.evaluation.published_cases import published
from dxnet.reasoning.next_tests import not_settled
from dxnet.report.content.lesson import (
    NO_RESULT_REPORTED,
    better_test,
    both_rankings,
    learner_calibration,
    learner_measures,
    open_findings,
    solution,
    verdicts,
)
from dxnet.report.content.next_procedures import IN_TURNS, LITTLE_INFORMATION, next_procedures
from dxnet.report.parts import Facts, Paragraph, Table
from dxnet.teaching.exercise import (
    STOP,
    Belief,
    begin_exercise,
    exercises_for,
    give_answer,
    go_on,
    is_without_burden,
)
from dxnet.teaching.learner_scores import OrderingScore, answer_table, score_learner, score_ordering


@pytest.fixture(scope="module")
def als():
    return network("als_mimics")


@pytest.fixture(scope="module")
def machine():
    return engine("als_mimics")


def case_of(als, name):
    return next(case for case in exercises_for(als, 0) if case.id == name)


def believing(als, *named):
    return Belief(tuple(named) or ((als.diagnoses[0], 0.5),))


def played(machine, case, belief, orders=()):
    """An exercise to its end: what burdens nobody is opened, then what is ordered, then nothing more."""
    exercise, orders = begin_exercise(machine.network, case), list(orders)
    while not exercise.closed:
        ordered = exercise.to_order[0] if exercise.must_order else orders.pop(0) if orders else STOP
        exercise = go_on(give_answer(machine, exercise, belief, ordered))
    return exercise


def test_only_development_cases_are_shown_shuffled_by_the_seed_alone(als):
    ids = [case.id for case in exercises_for(als, 1)]
    assert set(ids) <= {case.id for case in published("post")}
    assert not set(ids) & {case.id for case in published("post", "validation")}
    assert ids == [case.id for case in exercises_for(als, 1)]
    assert ids != [case.id for case in exercises_for(als, 2)] and set(ids) == {
        case.id for case in exercises_for(als, 2)
    }


def test_no_case_of_another_network(als):
    assert exercises_for(network("asia"), 0) == []


def test_steps_open_each_finding_once_and_hide_the_diagnosis(als, machine):
    case = case_of(als, "dcm_istina47f")
    exercise = begin_exercise(als, case)
    assert exercise.opened == ("history",) and exercise.must_order
    assert exercise.to_order == ("examination",)
    shown = exercise.shown
    assert not shown.id and not shown.diagnosis and not shown.about
    assert {als.findings[name].procedure for name in shown.findings} == {"history"}
    seen = [len(shown.findings)]
    while reported := [name for name in exercise.to_order if name in exercise.procedures]:
        exercise = go_on(give_answer(machine, exercise, believing(als), reported[-1]))
        seen.append(len(exercise.shown.findings))
    assert seen == sorted(set(seen)) and exercise.shown.findings == case.findings


def test_what_is_offered_does_not_tell_the_diagnosis(als, machine):
    """After history and examination every procedure of the network may be ordered, in its own order."""
    offered = set()
    for name in ("dcm_istina47f", "mg_bcm63"):
        exercise = begin_exercise(als, case_of(als, name))
        while exercise.must_order:
            exercise = go_on(give_answer(machine, exercise, believing(als), exercise.to_order[0]))
        assert list(exercise.to_order) == [it for it in als.procedures if it in exercise.to_order]
        offered.add(exercise.to_order)
    assert len(offered) == 1
    assert set(exercise.to_order) == {name for name in als.procedures if not is_without_burden(als, name)}


def test_a_procedure_without_a_reported_result_opens_nothing_and_asks_again(als, machine):
    exercise = begin_exercise(als, case_of(als, "mg_bcm63"))
    while exercise.must_order:
        exercise = go_on(give_answer(machine, exercise, believing(als), exercise.to_order[0]))
    unreported = next(name for name in exercise.to_order if name not in exercise.procedures)
    before = exercise.shown
    exercise = go_on(give_answer(machine, exercise, believing(als), unreported))
    assert exercise.shown == before and not exercise.is_answered and unreported not in exercise.to_order
    section = next(open_findings(exercise))
    assert section.parts == (Paragraph(NO_RESULT_REPORTED),)
    closed = go_on(give_answer(machine, exercise, believing(als), STOP))
    assert closed.closed and closed.turns[-2].chosen.procedure == unreported


def test_procedures_without_burden_come_first_of_themselves(als):
    assert is_without_burden(als, "history") and not is_without_burden(als, "mri_spine")
    assert not is_without_burden(als, "no procedure")


def test_the_networks_answer_and_tests_are_those_of_the_library(als, machine):
    exercise = begin_exercise(als, case_of(als, "dcm_istina47f"))
    for _ in range(2):
        if exercise.must_order:
            exercise = go_on(give_answer(machine, exercise, believing(als), exercise.to_order[0]))
    offered = exercise.to_order
    turn = give_answer(machine, exercise, believing(als, ("als", 0.6)), offered[0]).turns[-1]
    assert np.allclose(turn.differential.post_test, machine.diagnose(exercise.shown).post_test)
    expected = [t.procedure for t in next_tests(machine, exercise.shown) if t.procedure in offered]
    assert [t.procedure for t in turn.offered] == expected and turn.best is turn.offered[0]
    assert turn.chosen.procedure == offered[0]
    first = turn.differential.ranking[0]
    assert (turn.why.diagnosis, turn.why.versus) == (first, "als" if first != "als" else "")


@pytest.mark.parametrize(
    "named, messages",
    [
        ((), ["no diagnosis is named"]),
        ((("als", 0.5), ("als", 0.2)), ["ALS is named twice"]),
        ((("als", 0.6), ("nothing", 0.5)), ["no diagnosis 'nothing'", "110 per cent together"]),
        ((("als", 0.0),), ["0 per cent is no probability of ALS"]),
        ((("als", 0.2), ("mmn", 0.6)), ["MMN has more than a diagnosis named before it"]),
        ((("als", 1.0),), ["100 per cent together"]),
        ((("als", float("nan")),), ["nan per cent is no probability"]),
        ((("als", 0.1), ("mmn", 0.1), ("mg", 0.1), ("cidp", 0.1)), ["4 diagnoses are named"]),
    ],
)
def test_an_answer_that_is_none_is_refused_with_all_that_is_wrong(als, machine, named, messages):
    exercise = begin_exercise(als, case_of(als, "mg_bcm63"))
    with pytest.raises(DxnetError) as problem:
        give_answer(machine, exercise, Belief(named), "examination")
    assert len(problem.value.issues) == len(messages)
    for message, issue in zip(messages, problem.value.issues, strict=True):
        assert message in str(issue) and issue.fix


def test_what_cannot_be_ordered_or_has_its_answer_is_refused(als, machine):
    exercise = begin_exercise(als, case_of(als, "mg_bcm63"))
    for ordered in (STOP, "mri_spine", "fmri"):
        with pytest.raises(DxnetError, match="cannot be ordered now"):
            give_answer(machine, exercise, believing(als), ordered)
    with pytest.raises(DxnetError, match="answer first"):
        go_on(exercise)
    answered = give_answer(machine, exercise, believing(als), "examination")
    assert answered.opened == exercise.opened, "feedback comes before the next findings"
    with pytest.raises(DxnetError, match="go on first"):
        give_answer(machine, answered, believing(als), "examination")


def test_a_case_without_a_diagnosis_is_no_exercise(als):
    for case in (Case({"babinski": "present"}), Case({}, diagnosis="als")):
        with pytest.raises(DxnetError, match="cannot be an exercise"):
            begin_exercise(als, case)


def test_a_network_without_procedures_opens_finding_by_finding():
    asia = network("asia")
    case = Case({"smoking": "present", "xray_abnormal": "present"}, "x", "lung_cancer")
    exercise = begin_exercise(asia, case)
    assert exercise.opened == ("smoking",) and exercise.to_order == ("xray_abnormal",)
    closed = played(Engine(asia), case, Belief((("lung_cancer", 0.9),)), ["xray_abnormal"])
    assert closed.turns[-1].case.findings == case.findings
    assert [section.heading for section in open_findings(closed)][1].startswith(
        asia.findings["smoking"].label
    )


def test_what_is_left_over_is_shared_by_the_others_alike(als):
    p = Belief((("als", 0.6), ("mmn", 0.1))).over(als)
    others = np.delete(p, [als.diagnoses.index("als"), als.diagnoses.index("mmn")])
    assert p.sum() == pytest.approx(1) and np.allclose(others, 0.3 / len(others))


def test_a_learner_who_copies_the_network_scores_like_it_and_a_better_one_better(als, machine):
    cases = [case_of(als, name) for name in ("mg_bcm63", "dcm_istina47f", "hirayama_zahid_pk")]
    knowing = [played(machine, case, Belief(((case.diagnosis, 0.9),))) for case in cases]
    found = score_learner(knowing, "last")
    assert found.learner.top1 == 1 and found.learner.log_loss == pytest.approx(-log(0.9))
    rest = 0.1 / (len(als.diagnoses) - 1)
    assert found.learner.brier == pytest.approx(0.01 + (len(als.diagnoses) - 1) * rest**2)
    bins = found.learner_calibration
    assert bins.n.tolist() == [3] and bins.observed.tolist() == [1.0]
    assert found.network_calibration.n.sum() == 9
    wrong = [played(machine, case, Belief((("bfs", 0.9),))) for case in cases]
    assert score_learner(wrong).difference.log_loss.mean > found.difference.log_loss.mean


@pytest.mark.parametrize("moment", ["first", "last"])
def test_the_networks_score_is_that_of_evaluate_on_the_same_findings(als, machine, moment):
    cases = [case_of(als, name) for name in ("mg_bcm63", "cidp_nf155_pmc6096034")]
    closed = [played(machine, case, believing(als), ["rns"] if "mg" in case.id else []) for case in cases]
    at = {"first": 0, "last": -1}[moment]
    seen = [Case(e.turns[at].case.findings, e.case.id, e.case.diagnosis) for e in closed]
    expected, found = evaluate(machine, seen), score_learner(closed, moment).network
    assert found.log_loss == pytest.approx(expected.log_loss) and found.top1 == expected.top1
    assert found.brier == pytest.approx(expected.brier)


def test_ordering_is_scored_where_something_could_be_ordered(als, machine):
    case = case_of(als, "mg_bcm63")
    stopped = played(machine, case, believing(als))
    turn = stopped.turns[-1]
    found = score_ordering([stopped])
    assert (found.n, found.best, found.among_first) == (1, 0, 0)
    best = played(machine, case, believing(als), [turn.best.procedure])
    again = score_ordering([best])
    assert again.best == again.among_first == 1 and again.n == len([t for t in best.turns if t.best])
    third = played(machine, case, believing(als), [turn.telling[2].procedure])
    assert score_ordering([third]).among_first == 1


def test_stopping_where_nothing_is_left_to_learn_is_no_wrong_choice(als, machine):
    closed = played(machine, case_of(als, "mg_bcm63"), believing(als))
    turn = closed.turns[-1]
    nothing = replace(turn, offered=tuple(replace(test, information=0.001) for test in turn.offered))
    assert score_ordering([replace(closed, turns=(nothing,))]) == OrderingScore(0, 0, 0)
    verdict, more = better_test(als, nothing)
    assert verdict.text.startswith("You stopped, and no procedure") and more.text == LITTLE_INFORMATION
    none, *others = nothing.offered[0], *turn.offered[1:]
    less = replace(turn, offered=(none, *others), ordered=none.procedure)
    assert less.best is turn.offered[1], "what tells nothing never comes first"
    assert next(iter(better_test(als, less))).text.endswith("tell nothing to speak of.")


def test_procedures_come_in_the_order_of_the_case_page_and_the_rule_is_told(als, machine):
    turn = played(machine, case_of(als, "syrinx_sabellano2023"), believing(als)).turns[-1]
    tables = [part for part in better_test(als, turn) if isinstance(part, Table)]
    assert tables[-1] == next(iter(next_procedures(als, turn.offered, 6))) and IN_TURNS in tables[-1].caption
    (facts,) = [part for part in better_test(als, turn) if isinstance(part, Facts)]
    assert all(als.diagnosis[it].name in facts.rows[-1][1] for it in not_settled(turn.differential))


def test_open_exercises_none_and_mixed_settings_are_not_scored(als, machine):
    case = case_of(als, "mg_bcm63")
    with pytest.raises(DxnetError, match="no exercise is closed"):
        score_learner([])
    with pytest.raises(DxnetError, match="is not closed"):
        score_learner([give_answer(machine, begin_exercise(als, case), believing(als), "examination")])
    other = Engine(als, next(name for name in als.settings if name != machine.setting))
    both = [played(machine, case, believing(als)), played(other, case, believing(als))]
    with pytest.raises(DxnetError, match="several networks or settings"):
        score_learner(both)


def test_the_words_tell_the_answer_beside_the_network_and_the_better_test(als, machine):
    case = case_of(als, "dcm_istina47f")
    closed = played(machine, case, believing(als, ("bfs", 0.4)))
    turn = closed.turns[-1]
    rows = both_rankings(als, turn)
    assert len(rows) >= 5 and ("bfs", pytest.approx(0.4), turn.differential.probability("bfs")) in rows
    verdict = next(part for part in better_test(als, turn) if isinstance(part, Paragraph))
    assert verdict.text.startswith("You stopped") and verdict.strong
    texts = [text for section in open_findings(closed) for part in section.parts for _, text in part.rows]
    assert sum(len(text.split("; ")) for text in texts) == len(closed.shown.findings)
    first, facts = solution(closed)
    assert als.truth_label(case.diagnosis) in first.text and isinstance(facts, Facts)
    early = replace(closed.turns[0], belief=believing(als, ("mmn", 0.2)))
    both = replace(closed, turns=(early, *closed.turns[1:]))
    firsts = {moment: verdicts(als, [both], moment) for moment in ("first", "last")}
    assert [it.rows[0][1] for it in firsts.values()] == ["MMN", als.diagnosis["bfs"].name]
    assert all(f"the {moment} answer" in it.caption for moment, it in firsts.items())
    bins = [it for it in learner_calibration(score_learner([closed])) if isinstance(it, Table)]
    assert all(">Diagnoses" in it.columns and ">Cases" not in it.columns for it in bins)
    measures = list(learner_measures(score_learner([closed]), score_ordering([closed])))
    said = " ".join(p.text for p in measures if isinstance(p, Paragraph))
    assert "mostly chance" in said and "fit, not generalisation" in said


def test_the_reason_for_the_better_test_is_true(als, machine):
    """One comes before another that tells more, as it settles something named, or as that is research."""
    turn = played(machine, case_of(als, "dcm_istina47f"), believing(als)).turns[-1]
    tests = {test.procedure: test for test in turn.offered}
    named = not_settled(turn.differential)
    settling = next(name for d in named for name in als.diagnosis[d].settled_by if name in tests)
    other = next(name for name in tests if not any(name in als.diagnosis[d].settled_by for d in named))

    def reason(first, ordered="mrs"):
        pair = (replace(tests[first], value=0.1, information=1.0), replace(tests[ordered], value=0.2))
        return next(iter(better_test(als, replace(turn, offered=pair, ordered=ordered)))).text

    assert reason(settling).endswith("a treatable diagnosis that it would settle is not excluded.")
    research = als.procedures["mrs"].label
    assert (
        reason(other) == f"{als.procedures[other].label} before {research}: {research} is for research only."
    )


def test_answers_as_a_table(als, machine):
    closed = played(machine, case_of(als, "mg_bcm63"), believing(als, ("mg", 0.7), ("als", 0.1)))
    table = answer_table([closed])
    assert len(table) == len(closed.turns) and set(table.named) == {"mg 0.7; als 0.1"}
    assert table.diagnosis.unique().tolist() == ["mg"] and (table.findings.diff().dropna() > 0).all()
    last = closed.turns[-1].differential
    assert table.network_true.iloc[-1] == pytest.approx(last.probability("mg"))
