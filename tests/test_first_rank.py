"""P(ranked first) against how often the first is right, and the fit of cases of known diagnosis."""

import json

import numpy as np
import pytest
from click.testing import CliRunner
from conftest import engine, network

from dxnet import Engine, credible_intervals
from dxnet.cli import main
from dxnet.evaluation import first_rank
from dxnet.evaluation.first_rank import FIRST_RANK_DRAWS, FirstRank, first_rank_of, first_rank_on_development
from dxnet.evaluation.fit_of_cases import fit_of_cases
from dxnet.evaluation.published_cases import SHAPED_THE_NETWORK, published_cases_for
from dxnet.evaluation.scorecard import answer_cases
from dxnet.reasoning.fit import fit
from dxnet.report.content.figures import fit_in_words
from dxnet.report.content.first_rank import first_rank_in_words, first_rank_on_shipped


@pytest.fixture(scope="module")
def answers(als):
    return answer_cases(engine("als_mimics"), published_cases_for(als, "pre")[::20])


def test_each_case_is_that_of_credible_intervals(answers):
    found = first_rank_of(engine("als_mimics"), answers)
    assert found.of == len(found.right) == len(answers.cases)
    for i, case in enumerate(answers.cases):
        sure = credible_intervals(engine("als_mimics"), case, draws=FIRST_RANK_DRAWS)
        assert found.ranked_first[i] == pytest.approx(sure.first[sure.post_test.argmax()])
        assert found.right[i] == (sure.to_frame().index[0] in answers.network.members(case.diagnosis))


def test_of_many_cases_some_are_asked_evenly_spaced(answers):
    whole = engine("als_mimics")
    every, some = first_rank_of(whole, answers), first_rank_of(whole, answers, most=3)
    step = -(-some.of // 3)
    assert some.of == len(answers.cases) and len(some.right) <= 3
    assert some.ranked_first.tolist() == every.ranked_first[::step].tolist()
    assert fit_of_cases(whole, answers, most=3).ids == tuple(case.id for case in answers.cases[::step])


def test_counts_and_words():
    found = FirstRank(np.array([0.95, 0.9, 0.99, 0.4]), np.array([True, False, True, False]), 4)
    assert found.sure == (3, 2)
    assert first_rank_in_words(found) == (
        "In 4 cases its mean for the first diagnosis was 81.0 %, and that diagnosis was right in 50.0 %; "
        "with 90 % or more in 2 of 3."
    )
    (part,) = first_rank_on_shipped({"pre": found, "post": found})
    assert "was right in: before the decisive test, 2 of 3; all findings, 2 of 3." in part.text
    assert part.text.endswith(SHAPED_THE_NETWORK)
    assert found.to_dict()["reliability"][-1]["n"] == 3


def test_what_is_kept_is_what_was_answered(monkeypatch, tmp_path, als):
    engine("als_mimics").diagnose({})  # tables and machine code are there
    monkeypatch.setenv("DXNET_CACHE", str(tmp_path))
    monkeypatch.setattr(first_rank, "published_cases_for", lambda *asked: published_cases_for(*asked)[::30])
    asked = first_rank._Asked(als.fingerprint, als.setting()[0], als)
    answered = first_rank._on_development.__wrapped__(asked)
    with monkeypatch.context() as patched:
        patched.setattr(first_rank, "first_rank_of", None)
        kept = first_rank._on_development.__wrapped__(asked)
    assert [*kept] == [*answered] == ["pre", "post"] and len(list(tmp_path.glob("ranks-*"))) == 1
    for stage, found in kept.items():
        assert found.to_dict() == answered[stage].to_dict() and found.of == answered[stage].of
        assert found.ranked_first.tolist() == answered[stage].ranked_first.tolist()
        assert found.right.tolist() == answered[stage].right.tolist()


def test_a_network_without_development_cases_says_nothing():
    assert first_rank_on_development(network("asia"), "chest_clinic") == {}
    assert list(first_rank_on_shipped({})) == []


def test_fit_counts_the_surprising_cases(answers):
    found = fit_of_cases(engine("als_mimics"), answers)
    fits = tuple(fit(engine("als_mimics"), case) for case in answers.cases)
    assert found.fits == fits
    assert found.surprising == tuple(
        case.id
        for case, it in zip(answers.cases, fits, strict=True)
        if it.rarer >= 0.95 and len(case.findings) >= 5
    )
    value, low, high = found.share
    assert low <= value == len(found.surprising) / len(fits) <= high
    assert f"in {len(found.surprising)} of {len(fits)} cases" in fit_in_words(found).text


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    path = tmp_path_factory.mktemp("cases") / "cases.csv"
    path.write_text(
        "id,diagnosis,xray_abnormal,smoking\na,lung_cancer,present,absent\nb,no_lung_cancer,absent,present\n"
    )
    return str(path)


def test_evaluate_prints_both(table):
    text = CliRunner().invoke(main, ["evaluate", table, "--network", "asia"]).output
    assert "given the network's structure" in text and "P(ranked first) of the first diagnosis" in text
    assert "the leading diagnosis explains the findings badly in 0 of 2 cases" in text
    found = json.loads(CliRunner().invoke(main, ["evaluate", table, "--network", "asia", "--json"]).output)
    assert found["first_rank"]["cases"] == 2 and found["fit"]["surprising"] == []


def test_of_a_wide_network_neither_is_computed(monkeypatch, tmp_path, table):
    """Hundreds of answers of a network whose single answer takes seconds."""
    monkeypatch.setattr(Engine, "is_wide", True)
    found = json.loads(CliRunner().invoke(main, ["evaluate", table, "--network", "asia", "--json"]).output)
    assert found["first_rank"] is None and found["fit"] is None
    text = CliRunner().invoke(main, ["evaluate", table, "--network", "asia"]).output
    assert "not computed, as one answer of this network takes seconds" in text
    answers = json.loads(CliRunner().invoke(main, ["diagnose", table, "--network", "asia", "--json"]).output)
    assert [answer["fit"] for answer in answers] == [None, None]


def test_diagnose_as_json_says_where_and_how_well(tmp_path):
    path = tmp_path / "case.yaml"
    path.write_text("id: x\nfindings: {arm_atrophy: present, hyperreflexia_legs: present}\n")
    found = json.loads(CliRunner().invoke(main, ["diagnose", str(path), "--json"]).output)
    assert sum(found["localisation"]["places"].values()) == pytest.approx(1)
    assert not found["fit"]["is_surprising"] and found["fit"]["findings"] == 2
