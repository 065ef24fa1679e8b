"""Cases whose known diagnosis is a group: counted by the sum in that case alone, and alike everywhere."""

from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest
from command_line import run
from conftest import engine
from hypothesis import given
from hypothesis import strategies as some

from dxnet import Case, compare_networks, evaluate
from dxnet.cohort.results import join_results, rate_rows, score_parts
from dxnet.evaluation.as_sure import as_sure
from dxnet.evaluation.calibration_slope import calibration_slope, log_odds, pooled_slope
from dxnet.evaluation.first_rank import first_rank_of
from dxnet.evaluation.performance import known_outcome, measure_performance, treatable_question
from dxnet.evaluation.published_cases import published_cases_for
from dxnet.evaluation.scorecard import answer_cases
from dxnet.evaluation.statistics import measures_in_words, overall, score_cases
from dxnet.evaluation.truth import outcome_of, place_of_truth, true_diagnoses
from dxnet.report.content import card, evaluation
from dxnet.report.content.figures import PARTLY_OF_IT
from dxnet.report.parts import Table
from dxnet.report.render.markdown import to_markdown
from dxnet.teaching.exercise import STOP, Belief, begin_exercise, give_answer, go_on
from dxnet.teaching.learner_scores import score_learner
from dxnet.ui.evidence import page as evidence_page

GROUP = "motor neuron disease"


@pytest.fixture(scope="module")
def flat():
    return engine("als_mimics", "flat")


@pytest.fixture(scope="module")
def mixed(als):
    """Every eighth development case, all of the group ``other``, and one of another group."""
    cases = published_cases_for(als, "pre")
    some_cases = [it for i, it in enumerate(cases) if i % 8 == 0 or it.diagnosis == "other"]
    bulbar = {"age": "64", "onset_region": "bulbar", "dysarthria": "present"}
    assert len([it for it in some_cases if it.diagnosis == "other"]) == 4
    return [*some_cases, Case(bulbar, "grouped", GROUP)]


def test_a_case_of_a_group_changes_no_other_case(flat, mixed):
    *others, grouped = mixed
    alone, beside = (evaluate(flat, cases).per_case for cases in (others, mixed))
    assert beside[:-1] == alone
    assert beside[-1] == evaluate(flat, [grouped]).per_case[0]
    post = flat.diagnose(grouped)
    total = sum(map(post.probability, flat.network.groups[GROUP]))
    assert beside[-1].probability == pytest.approx(total)
    rest = [
        post.probability(name) for name in flat.network.diagnoses if name not in flat.network.groups[GROUP]
    ]
    assert beside[-1].brier == pytest.approx((1 - total) ** 2 + sum(p**2 for p in rest))
    assert beside[-1].top == post.ranking[0]


def test_a_table_with_one_more_row_of_a_group(tmp_path):
    rows = "id,diagnosis,onset_region,hyperreflexia_legs,arm_atrophy\n" + "".join(
        f"{i},{truth},upper_limb,present,{state}\n"
        for i, (truth, state) in enumerate([("pls", "absent"), ("als", "present")] * 2)
    )
    tables = [tmp_path / "four.csv", tmp_path / "five.csv"]
    for path, more in zip(tables, ("", f"4,{GROUP},bulbar,present,\n"), strict=True):
        path.write_text(rows + more)
    four, five = (run("evaluate", path, "--setting", "flat", "--details").stdout for path in tables)

    def row(text, name):
        return next(
            line.split()
            for line in text.splitlines()
            if line.startswith(f" {name} ") or line.startswith(name)
        )

    for name in ("Primary lateral sclerosis", "Amyotrophic lateral sclerosis"):
        assert row(four, name) == row(five, name)
    assert row(five, f"any of: {GROUP}")


def of_the_cohort_page(flat, cases):
    network = flat.network
    names = list(network.findings)
    table = pd.DataFrame([{"id": c.id, **{n: c.in_states(network).get(n) for n in names}} for c in cases])
    scored, _ = join_results(score_parts(flat, table), {})
    return overall(rate_rows(network, scored, pd.Series([c.diagnosis for c in cases], scored.index)))


def test_every_way_to_the_scores_gives_the_same(als, flat, mixed, monkeypatch):
    cases = [it for it in mixed if all(isinstance(state, str) for state in it.findings.values())]
    assert {"other", GROUP} <= {it.diagnosis for it in cases}
    scores = evaluate(flat, cases)
    effect = compare_networks(als, als, cases, "flat").effect
    for name in ("top1", "top3", "log_loss"):
        assert getattr(effect, name)[0] == pytest.approx(getattr(scores, name))
    monkeypatch.setattr(evidence_page, "published_cases_for", lambda *asked: cases)
    shown, measures, bins = evidence_page.validation_scores.__wrapped__(als, "", "flat", "pre", "development")
    assert shown == scores
    found = measure_performance(flat, cases, draws=2)
    pd.testing.assert_frame_equal(bins, found.reliability)
    for values in (found.measures.value, measures.value, of_the_cohort_page(flat, cases)):
        for name in ("top1", "top3", "top5", "log_loss", "brier", "ece", "mean_probability"):
            assert values[name] == pytest.approx(getattr(scores, name))
    answered = {("flat", "development", "pre"): answer_cases(flat, cases)}
    (table,) = [part for part in card._performance_section(als, answered) if isinstance(part, Table)]
    assert [row[:2] for row in table.rows] == [row[:2] for row in measures_in_words(found.measures)]


def test_a_learner_is_scored_by_the_same_rule(als, flat, mixed):
    case = next(it for it in mixed if it.diagnosis == "other")
    exercise = begin_exercise(als, case)
    named = Belief((("als", 0.35), ("other_cns", 0.3), ("other_myopathy", 0.3)))
    while not exercise.closed:
        ordered = exercise.to_order[0] if exercise.must_order else STOP
        exercise = go_on(give_answer(flat, exercise, named, ordered))
    found = score_learner([exercise])
    seen = Case(exercise.turns[-1].case.findings, case.id, case.diagnosis)
    assert found.network.per_case == evaluate(flat, [seen]).per_case
    (learner,) = found.learner.per_case
    assert (learner.rank, learner.top) == (1, "als") and learner.probability > 0.6
    bins = found.learner_calibration
    assert bins.predicted.tolist() == pytest.approx([0.35, 0.6]) and bins.observed.tolist() == [0, 1]


def test_the_first_diagnosis_is_that_of_the_ranking_and_right_if_of_the_group(als, flat):
    cases = [it for it in published_cases_for(als, "pre") if it.diagnosis in ("other", "cidp", "stroke")]
    answers = answer_cases(flat, cases)
    first = [flat.diagnose(case).ranking[0] for case in cases]
    right = [name in als.members(case.diagnosis) for name, case in zip(first, cases, strict=True)]
    assert answers.rated.right.tolist() == right
    assert [als.diagnoses[k] for k in answers.rated.top] == first
    assert first_rank_of(flat, answers, draws=5).right.tolist() == right
    missed = {score.id for score in evaluate(flat, cases).misses}
    assert not missed & {"cidp_mrn60", "stroke_korea54m"}
    every = published_cases_for(als, "pre")
    found = [as_sure(flat, (k + 0.5) / 10) for k in range(10)]
    assert sum(it.right for it in found) == answer_cases(flat, every).rated.right.sum()


def test_of_a_set_with_a_part_of_the_group_the_outcome_is_unknown(als, flat, mixed):
    answers, question = answer_cases(flat, mixed), treatable_question(als)
    cases, outcome = known_outcome(answers, question)
    partly = [i for i, case in enumerate(mixed) if case.diagnosis == "other"]
    assert sorted({*range(len(mixed))} - {*cases.tolist()}) == partly
    assert outcome.tolist() == [mixed[i].diagnosis in question.members for i in cases]
    found = measure_performance(flat, mixed, draws=2)
    of_als, treatable = found.decisions
    assert (treatable.known, of_als.known) == (len(mixed) - 4, len(mixed) - 1)
    members = [als.diagnoses.index(name) for name in question.members]
    odds = log_odds(answers.post_test[cases], members)
    assert treatable.recalibration.value["slope"] == calibration_slope(odds, outcome, 1).value["slope"]
    counts = {it["id"]: (it["n"], it["known"]) for it in found.to_dict()["decisions"]}
    assert counts["treatable"] == (treatable.n, treatable.known)
    said = to_markdown(evaluation.evaluation_report(found, "x", "pre")).decode()
    assert f"Left out: 4 cases, {PARTLY_OF_IT}." in said and f"any of: {GROUP}" in said


def test_where_no_outcome_is_known_there_is_nothing_to_decide(flat, mixed):
    found = measure_performance(flat, [it for it in mixed if it.diagnosis == "other"], draws=2)
    assert [it.question.id for it in found.decisions] == ["als"]
    assert [(it.question.id, it.n) for it in found.discrimination] == [("other", 4)]


def test_the_card_leaves_out_what_it_cannot_count(als, flat, mixed):
    (line,) = card._missed_treatable(als, {("flat", "development", "pre"): answer_cases(flat, mixed)})
    n = sum(als.diagnosis[it.diagnosis].treatable == "yes" for it in mixed if it.diagnosis in als.diagnosis)
    assert f"of {n} published cases that have one" in line and f"4 left out, {PARTLY_OF_IT}" in line


def test_a_group_with_a_case_does_not_make_its_other_members_tested(flat):
    found = measure_performance(flat, [Case({}, str(i), "als") for i in range(2)], draws=2)
    said = to_markdown(evaluation.evaluation_report(found, "x")).decode()
    (line,) = [line for line in said.splitlines() if line.startswith("Without a case, and so untested")]
    assert flat.network.diagnosis["pls"].name in line and "ALS" not in line.split()


@given(k=some.integers(2, 6), seed=some.integers(0, 99))
def test_laws_of_the_rule(k, seed):
    """A truth of one diagnosis is as before; merging the group of one case by hand gives the same."""
    random = np.random.default_rng(seed)
    post, single = random.dirichlet(np.ones(k), 5), np.eye(k, dtype=bool)[random.integers(0, k, 5)]
    p, rank = place_of_truth(post, single)
    assert p.tolist() == post[single].tolist()
    assert rank.tolist() == [1 + int((row > it).sum()) for row, it in zip(post, p, strict=True)]
    truth = single.copy()
    truth[0] = random.random(k) < 0.5
    truth[0, 0] = True
    merged = np.append(post[0][~truth[0]], post[0][truth[0]].sum())
    by_hand = score_cases(merged[None], np.arange(len(merged))[None] == len(merged) - 1).iloc[0]
    scored = score_cases(post, truth)
    for name in ("probability", "rank", "log_loss", "brier"):
        assert scored[name][0] == pytest.approx(by_hand[name])
    pd.testing.assert_frame_equal(scored[1:], score_cases(post, single)[1:])
    outcome, known = outcome_of(truth, [0])
    assert known[0] == (truth[0].sum() == 1) and outcome[1:].tolist() == single[1:, 0].tolist()
    assert pooled_slope(post, single, 1).equals(
        calibration_slope(np.column_stack([log_odds(post, [i]) for i in range(k)]), single, 1)
    )


def test_a_truth_that_a_network_does_not_have_is_true_of_nothing(als):
    truth = true_diagnoses(als, ["als", GROUP, "gout", "other"])
    assert truth.sum(axis=1).tolist() == [1, len(als.groups[GROUP]), 0, len(als.groups["other"])]
    assert true_diagnoses(als, []).shape == (0, len(als.diagnoses))
    assert asdict(evaluate(engine("als_mimics", "flat"), [Case({}, "a", "als")]))["n"] == 1
