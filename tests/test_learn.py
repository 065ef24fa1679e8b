"""Numbers learned from a cohort: exact where that is known, towards the truth, with intervals that cover."""

import re
import time

import click
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from command_line import run
from conftest import LESIONS, TINY, engine, two_diagnoses

from dxnet import Engine, Estimate, load_network
from dxnet.errors import CaseError
from dxnet.knowledge.network import DIAGNOSIS, Finding
from dxnet.knowledge.place import Place
from dxnet.knowledge.table import ConditionalTable
from dxnet.learning.labelled import _different_cells, label_cohort
from dxnet.learning.learn import LEAST_MOVE, Move, learn, with_whole_shares
from dxnet.learning.posterior import Posterior
from dxnet.learning.simulate import MissingPattern, simulate, true_numbers
from dxnet.learning.truth import parse_truth


def plain():
    """Two diagnoses, a finding of two states and one of three: plain tables."""
    rows = {"a": Estimate.parse("0.3 ~ 20 @estimate"), "default": Estimate.parse("0.6 ~ 8 @estimate")}
    three = {"default": Estimate.parse("0.5 0.3 0.2 ~ 10 @estimate")}
    return Engine(
        two_diagnoses(
            {
                "f": Finding(label="F", given=ConditionalTable(parents=(DIAGNOSIS,), rows=rows)),
                "g": Finding(
                    label="G",
                    states=("x", "y", "z"),
                    given=ConditionalTable(parents=(DIAGNOSIS,), rows=three),
                ),
            }
        )
    )


def test_counts_are_added_to_counts():
    """Of plain tables the exact posterior is known: a Dirichlet, whatever is missing."""
    answers = plain()
    cohort = pd.DataFrame(
        {
            "diagnosis": ["a"] * 30 + ["b"] * 12,
            "f": ["present"] * 4 + ["absent"] * 21 + [None] * 5 + ["present"] * 11 + [None],
            "g": ["x", "y", "z"] * 10 + ["z"] * 12,
        }
    )
    found = {m.place: m for m in learn(answers, label_cohort(cohort, answers.network)).moves}
    assert found["f.a"].mean[1] == pytest.approx((0.3 * 20 + 4) / 45, abs=1e-3)
    assert found["f.a"].weight == pytest.approx(45, rel=1e-3)
    assert found["f.default"].mean[1] == pytest.approx((0.6 * 8 + 11) / 19, abs=1e-3)
    assert found["f.default"].weight == pytest.approx(19, rel=1e-3)
    assert found["g.default"].mean == pytest.approx([15 / 52, 13 / 52, 24 / 52], abs=1e-3)
    assert found["g.default"].weight == pytest.approx(52, rel=1e-3)


@pytest.mark.parametrize(
    ("source", "rows"),  # no rows, and rows that say nothing; the last two have tables of every kind
    [("asia", 0), ("asia", 5), (TINY, 0), (TINY, 5), (LESIONS, 0), (LESIONS, 5)],
)
def test_an_empty_cohort_changes_nothing(source, rows):
    answers = Engine(load_network(source))
    finding = next(iter(answers.network.findings))
    cohort = pd.DataFrame({"diagnosis": [None] * rows, finding: [None] * rows}, dtype=object)
    found = learn(answers, label_cohort(cohort, answers.network))
    assert found.moves == () and found.gain == pytest.approx(0, abs=1e-6)


@pytest.mark.slow
def test_gradient_and_information_are_derivatives():
    """Of the logarithmic posterior, by differences, with every kind of table and rows without a diagnosis."""
    answers = Engine(load_network(TINY))
    cohort = label_cohort(
        simulate(answers.parameters, 40, MissingPattern(0.3, diagnosis=0.0), seed=2), answers.network
    )
    posterior = Posterior(answers.parameters, cohort.groups)
    at, step = posterior.start.log_odds + 0.1, 1e-4
    point = posterior.at(at)
    gradient, told = posterior.gradient(point), posterior._information(point)
    for i, (place, _) in enumerate(posterior.parameters.index):
        if place.startswith("soft"):
            continue
        up, down = at.copy(), at.copy()
        up[i] += step
        down[i] -= step
        high, low = posterior.at(up), posterior.at(down)
        assert gradient[i] == pytest.approx((high.value - low.value) / (2 * step), abs=1e-4), place
        block = posterior.numbers.blocks[place]
        curve = -(posterior.gradient(high) - posterior.gradient(low)) / (2 * step)
        if block.stop - block.start == 1:
            own = posterior.weight[i] * point.p[i] * (1 - point.p[i])
            if answers.parameters.is_pre_test(place):
                own *= 1 - 2 * point.p[i] + posterior.stated[i]
            assert own + told[i, i] == pytest.approx(curve[i], rel=0.02, abs=0.02), place


def accuracy(seed, rows, least):
    """Of numbers of asia informed by ``least`` rows or more: whether covered, error before, error after."""
    answers = engine("asia")
    truth = true_numbers(answers.parameters, seed)
    cohort = simulate(truth, rows, MissingPattern(0.3), seed)
    true = {p: truth.mean(p, e).values for p, e in answers.parameters.estimates.items()}
    found = []
    for move in learn(answers, label_cohort(cohort, answers.network)).moves:
        if move.rows >= least:
            p = true[move.place][move.state]
            low, high = move.interval(move.state)
            found.append(
                (low <= p <= high, abs(move.old.mean[move.state] - p), abs(move.mean[move.state] - p))
            )
    return np.array(found, float)


@pytest.mark.slow
def test_intervals_cover_and_numbers_move_towards_the_truth():
    """Sixteen cohorts of the chest clinic; 90 % intervals."""
    found = np.concatenate([accuracy(seed, 400, 1.0) for seed in range(16)])
    covered, before, after = found.mean(axis=0)
    assert len(found) >= 100 and 0.85 <= covered <= 0.95, (len(found), covered)
    assert after < 0.9 * before


def test_twice_the_rows_narrow_the_intervals():
    answers = engine("asia")
    cohort = simulate(answers.parameters, 300, MissingPattern(0.2), seed=1)
    once, twice = (
        {m.place: m for m in learn(answers, label_cohort(table, answers.network)).moves}
        for table in (cohort, pd.concat([cohort, cohort], ignore_index=True))
    )
    informed = [place for place in once if once[place].rows > 5]
    assert len(informed) > 5
    for place in informed:
        assert twice[place].weight > once[place].weight


def test_rows_without_a_diagnosis_count_by_their_posterior():
    """A hundred rows that look like b move the prior towards b, as half known ones do, but less."""
    answers = plain()
    table = pd.DataFrame({"diagnosis": [None] * 100, "f": ["present"] * 100, "g": ["z"] * 100}, dtype=object)
    posterior = Posterior(answers.parameters, label_cohort(table, answers.network).groups)
    point = posterior.maximise()
    assert posterior.means(point)["f.default"][1] > 0.7
    assert point.value > posterior.start.value


def test_the_prior_can_be_kept():
    answers = engine("asia")
    cohort = label_cohort(simulate(answers.parameters, 200, seed=1), answers.network)
    places = [m.place for m in learn(answers, cohort, keep_prior=True).moves]
    assert places and not any(place.section == "settings" for place in places)


def test_diagnoses_of_a_cohort_are_read_in_any_case(asia):
    written = ["lung_cancer", "Lung_Cancer", "no lung cancer", "LUNG_CANCER 0.6, No_Lung_Cancer 0.4"]
    found = label_cohort(pd.DataFrame({"diagnosis": written, "smoking": "present"}), asia)
    assert found.diagnoses == pytest.approx({"lung_cancer": 2.6, "no_lung_cancer": 1.4})


def test_what_is_wrong_with_a_cohort_is_told_at_once(asia):
    table = pd.DataFrame(
        {
            "diagnosis": ["lung_cancre", "lung_cancer", "flu", "flu"],
            "smoking": ["perhaps", "present", "perhaps", None],
        }
    )
    with pytest.raises(CaseError) as problem:
        label_cohort(table, asia)
    told = [str(issue) for issue in problem.value.issues]
    assert any("index 0 and 1 other: smoking: unknown state 'perhaps'" in line for line in told), told
    assert any("index 0: diagnosis: unknown diagnosis 'lung_cancre'; did you" in line for line in told), told
    assert any("index 2 and 1 other: diagnosis: unknown diagnosis 'flu'" in line for line in told), told
    with pytest.raises(CaseError) as problem:
        label_cohort(table, asia, truth="diagnoses")
    assert "no such column" in str(problem.value) and "unknown state 'perhaps'" in str(problem.value)


def test_probabilities_of_diagnoses_are_read_or_refused_at_once(asia):
    cells = {
        "lung_cancer 1.2": "no probability of lung_cancer in 'lung_cancer 1.2'; write it as lung_cancer 0.6",
        "no_lung_cancer 0.7, lung_cancer 0.6": "add up to more than 1; give shares of 1",
        "lung_cancer 0.2, lung_cancer 0.3": "lung_cancer occurs twice",
        "no_lung_cancer, lung_cancer 0.4": "no probability of no_lung_cancer",
        "lung_cancer 1e-320": "no probability of lung_cancer",
        "flu 0.5": "unknown diagnosis 'flu'",
        "lung_cancer nan": "unknown diagnosis 'lung_cancer nan'",
        "lung_cancer 0_6": "unknown diagnosis 'lung_cancer 0_6'",
        "lung_cancer 0.5,": "an empty part in 'lung_cancer 0.5,'",
        "lung_cancer 0.5; no_lung_cancer 0.3": "unknown diagnosis 'lung_cancer 0.5; no_lung_cancer'",
    }
    read = ["lung_cancer 0.5, no_lung_cancer 0.25", " lung_cancer ", "  "]
    cohort = label_cohort(pd.DataFrame({"diagnosis": read, "smoking": "present"}), asia)
    assert (cohort.rows, cohort.unlabelled) == (3, 1)
    assert cohort.diagnoses == {"lung_cancer": 1.5, "no_lung_cancer": 0.25}
    with pytest.raises(CaseError) as problem:
        label_cohort(pd.DataFrame({"diagnosis": [*cells], "smoking": "present"}), asia)
    told = [str(issue) for issue in problem.value.issues]
    for row, words in enumerate(cells.values()):
        assert any(f"index {row}: diagnosis: " in line and words in line for line in told), (row, told)


def test_what_a_reader_said_is_no_cohort_to_count(asia):
    """It says what the findings tell, not how common the diagnoses are."""
    table = pd.DataFrame(
        {"diagnosis": ["lung_cancer", "lung_cancer 0.5, no_lung_cancer 0.5"], "smoking": True}
    )
    with pytest.raises(CaseError, match="in place of a diagnosis: rows 2; learn them with --conditional"):
        learn(asia, table)


def test_impossible_rows_are_told(impossible):
    answers = Engine(load_network(impossible))
    table = pd.DataFrame(
        {"diagnosis": ["ill", "ill"], "cough": ["absent", "present"], "any_symptom": ["present", "absent"]}
    )
    with pytest.raises(CaseError, match="exclude each other: rows 2"):
        learn(answers, label_cohort(table, answers.network))


def test_shares_that_sum_to_one_move_together():
    """What is written of a network is a network: of a distribution all shares are learned, or none."""

    def move(place, rows=0.0, new=0.3):
        old = Estimate.parse("0.3 ~ 10 @estimate")
        return Move(place, old, (1 - new, new), old.weight + rows)

    shares = [Place("variables", "pattern", "shares", f"stroke.{name}") for name in ("hand", "leg", "face")]
    others = [Place("variables", "pattern", "shares", "ms.hand"), Place("variables", "babinski", row="als")]
    prior = [Place("settings", "clinic", row=name) for name in ("als", "ms")]
    moves = [*map(move, shares[:2]), move(shares[2], new=0.34), *map(move, others), *map(move, prior)]
    assert [it.place for it in with_whole_shares(moves, lambda it: it.size >= LEAST_MOVE)] == shares
    moves[-1] = move(prior[1], rows=3)
    assert [it.place for it in with_whole_shares(moves, lambda it: it.rows > 0)] == prior


def test_bad_files_are_told(tmp_path):
    file = tmp_path / "c.csv"
    file.write_text("dx,smoking\nlung_cancer,present\nflu,maybe\n")
    told = run("learn", file, "--truth", "dx", "--network", "asia", code=2).stderr
    assert "c.csv:3: smoking: unknown state 'maybe'" in told and "unknown diagnosis 'flu'" in told
    assert "no such column" in run("learn", file, "--truth", "truth", "--network", "asia", code=2).stderr
    assert "no such file" in run("learn", tmp_path / "d.csv", "--truth", "dx", code=2).stderr


def test_a_cell_that_many_rows_have_is_read_as_in_each_alone():
    cells = ["a", None, " ", "b 0.4, a 0.5", "b", "flu", "a 0.2, flu", "b 2"]
    rows = np.random.default_rng(0).integers(len(cells), size=300)
    truth, faults = parse_truth(["a", "b"], cells, rows)
    expected, wrong = [], {}
    for row, cell in enumerate(rows):
        one, found = parse_truth(["a", "b"], [cells[cell]], np.array([0]))
        expected += [(row, *it) for it in zip(one.diagnosis, one.weight, one.judged, strict=True)]
        for fault in found:
            wrong.setdefault(fault, []).append(row)
    assert list(zip(truth.row, truth.diagnosis, truth.weight, truth.judged, strict=True)) == expected
    assert list(faults.items()) == list(wrong.items()) and len(faults) == 2


@pytest.mark.parametrize("parts", [["dcm", None, "als"], [["dcm"], None, ["als"]], [2, None, 1]], ids=str)
def test_the_diagnosis_may_stand_in_a_column_of_any_type(parts):
    kind = pa.array(parts).type
    chunks = [pa.array(some, kind) for some in (parts[:1], [], parts[1:] * 2)]
    words, cell = _different_cells(pa.chunked_array(chunks))
    assert [words[i] for i in cell] == [None if it is None else str(it) for it in parts[:1] + parts[1:] * 2]
    if not isinstance(parts[0], list):
        coded = pa.chunked_array([chunk.dictionary_encode() for chunk in chunks])
        again, place = _different_cells(coded)
        assert [again[i] for i in place] == [words[i] for i in cell]


def test_the_command_says_how_far_it_is(tmp_path, monkeypatch):
    """Here at every look, and learning takes until it has been told twice."""
    monkeypatch.setattr("dxnet.cli.learn.SECONDS_OF_SILENCE", 0.01)
    told = []
    echo = click.echo

    def noted(text="", **options):
        told.append(text)
        echo(text, **options)

    def slowly(engine, cohort, keep_prior, on_step):
        on_step(0.5)
        while sum("Learning: " in str(text) for text in told) < 2:
            time.sleep(0.005)
        return learn(engine, cohort, keep_prior)

    monkeypatch.setattr("click.echo", noted)
    monkeypatch.setattr("dxnet.learn", slowly)
    (tmp_path / "c.csv").write_text("dx,smoking\nlung_cancer,present\n")
    lines = run("learn", tmp_path / "c.csv", "--truth", "dx", "--network", "asia").stderr.splitlines()
    assert lines[0] == "Learning from 1 row: a large network takes minutes"
    assert re.fullmatch("Learning: [01] steps?, 0 s", lines[1]) and "Learning: 1 step, 0 s" in lines
