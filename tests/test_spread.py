"""The interval that is told of a number is the one that it is drawn with, whatever it sums to 1 with."""

import numpy as np
import pytest
from conftest import LESIONS, engine, two_diagnoses
from hypothesis import given
from hypothesis import strategies as st

from dxnet import Case, Engine, Estimate
from dxnet.inference.spread import log_variances
from dxnet.knowledge.diagnosis import Diagnosis, Setting
from dxnet.knowledge.network import Finding
from dxnet.knowledge.table import ConditionalTable
from dxnet.reasoning.moved_number import find_number, number_at, posteriors_when_moved


def scaled(parameters, place, n=3000):
    """Draws of a number, of each of its states; of a share once scaled with its whole."""
    drawn = parameters.drawn(place, parameters.estimates[place], n, 0)
    if whole := parameters.whole(place):
        drawn /= sum(k * parameters.drawn(p, parameters.estimates[p], n, 0)[1] for p, k in whole.items())
    return drawn


def log_odds_width(ends):
    low, high = np.log(np.array(ends)) - np.log1p(-np.array(ends))
    return high - low


@pytest.mark.parametrize("setting", ["suspected_mnd_referral", "general_neurology_clinic"])
def test_a_pre_test_probability_is_drawn_as_wide_as_it_is_told(setting):
    answers = engine("als_mimics", setting)
    places = [place for place in answers.parameters.estimates if place.in_setting(setting)]
    for place in places:
        ends = np.quantile(scaled(answers.parameters, place)[1], [0.05, 0.95])
        told = number_at(answers, place, 1).interval
        assert log_odds_width(ends) == pytest.approx(log_odds_width(told), rel=0.08), place
    assert len(places) == len(answers.network.diagnoses)


def test_shares_of_patterns_and_rows_of_many_states_are_drawn_as_wide_as_they_are_told():
    answers = engine("als_mimics")
    estimates = answers.parameters.estimates
    shares = [place for place in estimates if answers.parameters.whole(place) and place.key == "shares"]
    rows = [place for place, it in estimates.items() if len(it.mean) > 2]
    asserted = 0
    for place in (*shares[::6], *rows[::12]):
        drawn = scaled(answers.parameters, place)
        for state in range(len(drawn) == 2, len(drawn)):
            told = number_at(answers, place, state).interval
            ends = np.quantile(drawn[state], [0.05, 0.95])
            assert log_odds_width(ends) == pytest.approx(log_odds_width(told), rel=0.08), (place, state)
            asserted += 1
    assert asserted > 80


@given(st.lists(st.floats(0.001, 1), min_size=2, max_size=8))
def test_shares_of_any_sizes_can_have_the_same_spread(sizes):
    shares = np.array(sizes) / sum(sizes)
    parts = np.square(shares / (1 - shares[:, None]))
    np.fill_diagonal(parts, 1)
    found = log_variances(shares, np.ones(len(shares)))
    assert (found >= 0).all() and parts @ found == pytest.approx(1)


@given(st.lists(st.floats(0.001, 1), min_size=2, max_size=8), st.floats(1, 200))
def test_shares_of_one_weight_are_a_dirichlet(sizes, weight):
    shares = np.array(sizes) / sum(sizes)
    assert log_variances(shares, 1 / (weight * shares * (1 - shares))) == pytest.approx(1 / (weight * shares))


def test_the_share_of_a_pattern_moves_to_what_it_says():
    answers, case = engine(LESIONS), Case({"arm_weakness": "present", "brisk": "present"})
    patterns = answers.network.patterns
    own = {"brain": Estimate.parse("0.1 ~ 10 @estimate"), "cord": Estimate.parse("0.9 ~ 10 @estimate")}
    other = patterns.model_copy(update={"shares": {**patterns.shares, "tumour": own}})
    edited = Engine(answers.network.model_copy(update={"patterns": other}))
    (found,) = posteriors_when_moved(
        answers, case, [{find_number(answers, "pattern.shares.tumour.cord"): 0.9}]
    )
    assert found == pytest.approx(edited.diagnose(case).post_test, abs=1e-12)


def test_a_default_is_drawn_and_told_as_what_its_diagnoses_have_together():
    prior = {"a": Estimate.parse("0.4 ~ 30 @estimate"), "default": Estimate.parse("0.3 ~ 30 @estimate")}
    rows = {"default": Estimate.parse("0.4 ~ 10 @estimate")}
    net = two_diagnoses(
        {"f": Finding(label="F", given=ConditionalTable(parents=(), rows=rows))},
        settings={"s": Setting(label="S", prior=prior)},
    ).model_copy(update={"diagnosis": {name: Diagnosis(label=name) for name in "abc"}})
    for factor in (None, 1.8):
        answers = Engine(net.model_copy(update={"estimate_factor": factor}))
        for text in ("settings.s.a", "settings.s.default"):
            number = find_number(answers, text)
            ends = np.quantile(scaled(answers.parameters, number.place, 20_000)[1], [0.05, 0.95])
            assert ends == pytest.approx(number.interval, abs=0.01), (factor, text)
