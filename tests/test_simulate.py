"""Cohorts drawn from a network agree with what the network answers."""

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from conftest import NETWORKS, engine, network, two_diagnoses

from dxnet import Case, Engine, Estimate
from dxnet.cli import main
from dxnet.errors import CaseError
from dxnet.inference.backends.pgmpy_model import all_tables
from dxnet.knowledge.diagnosis import Diagnosis, Setting
from dxnet.knowledge.network import DIAGNOSIS, Finding
from dxnet.knowledge.table import ConditionalTable
from dxnet.learning.simulate import MissingPattern, lowered_to_fit, simulate, true_numbers


def run(*words, code=0):
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == code, result.output
    return result


@pytest.mark.slow
@pytest.mark.parametrize("name", NETWORKS)
def test_shares_of_a_large_cohort_are_the_marginals(name):
    """Within five standard errors, for every state of every finding with every diagnosis."""
    n, answers = 40_000, engine(name)
    cohort, marginals = simulate(answers.parameters, n, seed=3), answers.marginals(Case({}))
    for finding in network(name).findings:
        states = network(name).states(finding)
        shares = pd.crosstab(cohort[finding], cohort[DIAGNOSIS], normalize="all")
        shares = shares.reindex(index=states, columns=network(name).diagnoses, fill_value=0.0).to_numpy()
        expected = marginals[finding]
        assert (np.abs(shares - expected) <= 5 * np.sqrt(expected / n) + 5 / n).all(), finding


def test_the_same_seed_gives_the_same_cohort():
    parameters = engine("asia").parameters
    first, again, other = (simulate(parameters, 50, MissingPattern(0.3), seed) for seed in (1, 1, 2))
    assert first.equals(again) and not first.equals(other)


def test_findings_of_a_procedure_are_missing_together(als):
    cohort = simulate(engine("als_mimics").parameters, 2000, MissingPattern(0.3, "procedure", 0.2), seed=5)
    mri = [name for name, finding in als.findings.items() if finding.procedure == "mri_spine"]
    gone = cohort[mri].isna()
    assert len(mri) > 1 and (gone.all(axis=1) == gone.any(axis=1)).all()
    assert gone[mri[0]].mean() == pytest.approx(0.3, abs=0.05)
    assert cohort[DIAGNOSIS].isna().mean() == pytest.approx(0.2, abs=0.05)
    alone = simulate(engine("als_mimics").parameters, 2000, MissingPattern(0.3, "finding"), seed=5)[
        mri
    ].isna()
    assert (alone.all(axis=1) != alone.any(axis=1)).any()


@pytest.mark.slow
def test_drawn_numbers_make_a_network(als):
    """What a drawn mechanism does not allow was lowered; what it allows was not touched."""
    parameters = engine("als_mimics").parameters
    drawn = true_numbers(parameters, seed=4)
    for name in (DIAGNOSIS, *als.nodes):
        assert (drawn.table(name).values > -1e-12).all()
    stated = {place: np.array(estimate.mean) for place, estimate in parameters.estimates.items()}
    kept = lowered_to_fit(parameters, stated)
    assert all((kept[place] == mean).all() for place, mean in stated.items())
    assert all_tables(als)  # the network itself stays as it was


def test_what_cannot_be_drawn_is_told():
    with pytest.raises(CaseError) as problem:
        simulate(engine("asia").parameters, 0, MissingPattern(1.0, diagnosis=-0.1))
    assert len(problem.value.issues) == 3


def test_the_command_writes_what_learn_and_score_read(tmp_path):
    for suffix in ("csv", "parquet"):
        file = tmp_path / f"c.{suffix}"
        done = run("simulate", "asia", "-n", 20, "-o", file, "--seed", 7, "--draw-numbers")
        assert "20 rows, setting chest_clinic, seed 7" in done.stderr
        assert len(pd.read_csv(f"{file}.numbers.csv")) == len(engine("asia").parameters.index)
        run("score", file, "-o", tmp_path / f"{suffix}.scored.parquet", "--network", "asia")
    assert pd.read_csv(tmp_path / "c.csv").equals(pd.read_parquet(tmp_path / "c.parquet").fillna(np.nan))
    assert "cannot be written" in run("simulate", "asia", "-n", 1, "-o", "c.txt", code=2).stderr
    assert (
        "give a probability"
        in run("simulate", "asia", "-n", 1, "-o", tmp_path / "d.csv", "--missing", 2, code=2).stderr
    )


def test_a_seed_below_0_is_refused(asia):
    for draw in (lambda: simulate(asia, 3, seed=-1), lambda: true_numbers(engine("asia").parameters, -1)):
        with pytest.raises(CaseError, match="seed: is -1; give a whole number from 0 on"):
            draw()
    assert (
        "-1 is not in the range x>=0"
        in run("simulate", "asia", "-n", 3, "-o", "x.csv", "--seed", -1, code=2).stderr
    )


def test_drawn_pre_test_probabilities_sum_to_1():
    """As they are written and compared; the tables, which scaled them before, stay."""
    parameters = engine("als_mimics").parameters
    priors = {place: e for place, e in parameters.estimates.items() if parameters.is_pre_test(place)}
    assert len(priors) == len(network("als_mimics").diagnoses)
    truth = true_numbers(parameters, seed=4)
    written = np.array([truth.mean(place, e).values for place, e in priors.items()])
    drawn = np.array([parameters.drawn(place, e, 1, seed=4)[1, 0] for place, e in priors.items()])
    assert abs(drawn.sum() - 1) > 0.01
    assert written[:, 1] == pytest.approx(drawn / drawn.sum()) and (written > 0).all()
    assert written.sum(axis=1) == pytest.approx(1)
    assert truth.table(DIAGNOSIS).values == pytest.approx(written[:, 1])


def test_a_drawn_default_counts_once_for_each_diagnosis_that_it_serves():
    prior = {"a": Estimate.parse("0.4 ~ 10 @estimate"), "default": Estimate.parse("0.2 ~ 5 @estimate")}
    cough = Finding(label="F", given=ConditionalTable(parents=(), rows={"default": prior["a"]}))
    net = two_diagnoses({"f": cough}, settings={"s": Setting(label="S", prior=prior)})
    net = net.model_copy(update={"diagnosis": {name: Diagnosis(label=name) for name in "abcd"}})
    truth = true_numbers(Engine(net).parameters, seed=1)
    p = {
        place.row: truth.mean(place, e).values[1] for place, e in truth.estimates.items() if place.name == "s"
    }
    assert p["a"] + 3 * p["default"] == pytest.approx(1) and p["a"] != pytest.approx(0.4, abs=1e-3)


def test_the_command_writes_drawn_numbers_that_are_probabilities(tmp_path):
    run("new", "chest", "-o", tmp_path / "chest")
    run("simulate", tmp_path / "chest", "-n", 5, "--seed", 9, "--draw-numbers", "-o", tmp_path / "t.csv")
    numbers = pd.read_csv(tmp_path / "t.csv.numbers.csv")
    own = numbers[numbers["number"].str.startswith("settings.")]
    assert own["drawn"].sum() == pytest.approx(1) and numbers["drawn"].between(0, 1, "neither").all()
