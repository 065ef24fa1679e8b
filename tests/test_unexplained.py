"""The share of unexplained patients is a number as others are: it is drawn, moved and learned."""

from math import log

import numpy as np
import pytest
from conftest import LESIONS, engine, network, two_diagnoses

from dxnet import Case, Engine, Estimate, credible_intervals
from dxnet.inference.cpt import UNEXPLAINED
from dxnet.inference.draws import NumberDraws
from dxnet.inference.many_cases import cases_of_table
from dxnet.knowledge.diagnosis import Diagnosis, Setting
from dxnet.knowledge.network import Finding
from dxnet.knowledge.table import ConditionalTable
from dxnet.learning.labelled import label_cohort
from dxnet.learning.learn import learn
from dxnet.learning.posterior import Posterior
from dxnet.learning.simulate import MissingPattern, simulate
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


def three_diagnoses():
    """Two diagnoses that two findings tell apart, another that stands for the rest, and a large share."""

    def p(text, weight=50):
        return Estimate.parse(f"{text} ~ {weight} @estimate")

    def finding(a, b):
        rows = {"a": p(a), "b": p(b), "other": p(0.5)}
        return Finding(label="F", given=ConditionalTable(parents=("diagnosis",), rows=rows))

    prior = {"a": p(0.5, 100), "b": p(0.45, 100), "other": p(0.05, 100)}
    return two_diagnoses(
        {"f1": finding(0.95, 0.02), "f2": finding(0.02, 0.95)},
        settings={"s": Setting(label="S", prior=prior)},
        unexplained=p(0.2, 10),
        unlisted="other",
    ).model_copy(update={"diagnosis": {d: Diagnosis(label=d) for d in ("a", "b", "other")}})


NETWORKS = {
    "tri": three_diagnoses(),
    "asia": network("asia").model_copy(update={"unexplained": Estimate.parse("0.2 ~ 10 @estimate")}),
    "lesions": network(LESIONS),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_rows_are_as_probable_as_the_engine_says(name):
    answers = Engine(NETWORKS[name])
    table = simulate(answers, 40, MissingPattern(0.3, diagnosis=0.2), seed=1)
    cohort = label_cohort(table, answers.network)
    found = dict(Posterior(answers.parameters, cohort.groups).log_p())
    backend = answers.backend_of(answers.parameters.at({}, smooth=True))
    for row, log_p in found.items():
        (case,) = cases_of_table(answers.network, table.iloc[[row]])
        post_test, of_findings = backend.ask(case.likelihoods(answers.network))
        truth = table["diagnosis"][row]
        own = log(post_test[answers.network.diagnoses.index(truth)]) if isinstance(truth, str) else 0
        assert log_p == pytest.approx(of_findings + own, abs=1e-9)
    assert len(found) > 5


@pytest.mark.parametrize("name", NETWORKS)
def test_the_posterior_has_the_derivative_that_it_says(name):
    answers, rng = Engine(NETWORKS[name]), np.random.default_rng(0)
    cohort = label_cohort(simulate(answers, 30, MissingPattern(0.3, diagnosis=0.2), seed=1), answers.network)
    posterior = Posterior(answers.parameters, cohort.groups)
    here = posterior.at(posterior.numbers.stated + 0.1)
    step = 1e-5 * rng.standard_normal(len(here.p))
    near = [posterior.at(here.log_odds + side * step).value for side in (1, -1)]
    assert posterior.gradient(here) @ step == pytest.approx((near[0] - near[1]) / 2, rel=1e-5)


def test_learning_on_simulated_patients_recovers_the_numbers_and_the_share():
    answers = Engine(three_diagnoses())
    train, held_out = (simulate(answers, n, MissingPattern(0), seed) for n, seed in ((20_000, 2), (5_000, 3)))
    found = learn(answers, train)
    means = {place: np.array(estimate.mean) for place, estimate in answers.parameters.estimates.items()}
    learned = means | {move.place: np.array(move.mean) for move in found.moves}
    assert {place: mean[1] for place, mean in learned.items()} == pytest.approx(
        {place: mean[1] for place, mean in means.items()}, abs=0.03
    )
    states, truth = held_out[["f1", "f2"]] == "present", answers.network.diagnoses.index
    true = held_out["diagnosis"].map(truth).to_numpy()

    def loss(numbers):
        backend = answers.backend_of(answers.parameters.at(numbers))
        post_test, _ = backend.ask_rows(["f1", "f2"], states.to_numpy(np.int16))
        return -np.log(post_test[np.arange(len(true)), true]).mean()

    assert loss(learned) < loss(means) + 2e-3
