"""The share of unexplained patients is a number as others are: it is drawn, moved and learned."""

import pytest
from conftest import LESIONS, engine, network

from dxnet import Case, Engine, credible_intervals
from dxnet.inference.cpt import UNEXPLAINED
from dxnet.inference.draws import NumberDraws
from dxnet.reasoning.moved_number import find_number, posteriors_when_moved
from dxnet.reasoning.sensitivity import find_thresholds, sensitivity
from dxnet.report.content.sensitivity import number_in_words

CERTAIN = Case(
    {
        "ar_cag": "expanded",
        "sex": "male",
        "gynaecomastia": "present",
        "perioral_fasciculation": "present",
        "family_history": "present",
    }
)
SIGNS = Case({"arm_weakness": "present", "brisk": "present", "onset": "face"})


def test_every_draw_mixes_with_its_own_share():
    answers = engine(LESIONS)
    draws = NumberDraws(answers.parameters, 30)
    share = draws.table(UNEXPLAINED)[:, 1:]
    own = Engine(answers.network.model_copy(update={"unexplained": None}))
    (post_test, log_p), (pre_test, _) = (own.ask_draws(case, draws) for case in (SIGNS, Case({})))
    found, log_q = answers.ask_draws(SIGNS, draws)
    assert found == pytest.approx((1 - share) * post_test + share * pre_test) and log_q == pytest.approx(
        log_p
    )
    assert share.std() > 0.01


def test_the_interval_of_a_sure_answer_is_that_of_the_share():
    found = credible_intervals(engine("als_mimics"), CERTAIN)
    k = found.diagnoses.index("sbma")
    low, high = find_number(engine("als_mimics"), "unexplained").interval
    assert [found.low[k], found.high[k]] == pytest.approx([1 - high, 1 - low], abs=2e-3)


def test_the_share_moves_a_sure_answer_most():
    answers = engine("als_mimics")
    first, *others = sensitivity(answers, CERTAIN, top=3)
    assert first.number.place == "unexplained" and first.width > 0.01 > max(s.width for s in others)
    (turn,) = find_thresholds(answers, CERTAIN, first.number)
    assert turn.first == "other" and 0.6 < turn.value < 0.7 and not turn.is_inside
    assert number_in_words(network("als_mimics"), first.number) == "Unexplained patients"


def test_a_moved_share_answers_as_a_network_that_states_it():
    answers = engine(LESIONS)
    stated = answers.network.unexplained
    other = stated.__class__((0.7, 0.3), stated.weight, stated.sources)
    edited = Engine(answers.network.model_copy(update={"unexplained": other}))
    (found,) = posteriors_when_moved(answers, SIGNS, [{find_number(answers, "unexplained"): 0.3}])
    assert found == pytest.approx(edited.diagnose(SIGNS).post_test)
