"""Lesion patterns and unexplained patients: figures worked by hand, exactness, derivatives, refusals."""

import re

import numpy as np
import pytest
from conftest import LESIONS
from hypothesis import given
from hypothesis import strategies as st

from dxnet import Case, Engine, load_network
from dxnet.errors import CheckError, ParseError
from dxnet.inference.backends.pgmpy_model import all_tables
from dxnet.inference.cpt import cpt
from dxnet.inference.draws import MovedNumbers
from dxnet.inference.implied import implied
from dxnet.knowledge.buildable import parents
from dxnet.knowledge.edit import NetworkFiles
from dxnet.knowledge.kinds.tilt import tilted
from dxnet.knowledge.patterns import LesionPatterns
from dxnet.knowledge.place import Place

NETWORK = load_network(LESIONS)
CASE = Case({"arm_weakness": "present", "brisk": "present", "onset": "face", "hand_wasting": "absent"})
STRAY = 0.06 / 3


def share(*own):
    return np.array([0.94 * p + STRAY for p in own])


SHARES = {"tumour": share(0.4, 0.6, 0), "stroke": share(0.9, 0.1, 0), "neuritis": share(0, 0.03, 0.97)}


@pytest.fixture
def edited(tmp_path):
    """The network with a piece of its file replaced."""

    def edit(old, new):
        text = (LESIONS / "network.yaml").read_text(encoding="utf-8")
        assert old in text
        (tmp_path / "network.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
        return load_network(tmp_path)

    return edit


def test_shares_are_those_stated_and_those_of_stray_patients():
    table = cpt(NETWORK, "pattern")
    assert table.parents == ("diagnosis",) and isinstance(NETWORK.patterns, LesionPatterns)
    for k, diagnosis in enumerate(NETWORK.diagnoses):
        assert table.values[:, k] == pytest.approx(SHARES[diagnosis])


def test_a_stated_figure_comes_back_and_what_is_not_stated_follows_the_patterns():
    found = implied(NETWORK)
    stated = {("weakness", "tumour"): 0.6, ("arm_weakness", "stroke"): 0.75}
    weak, arm = np.array([0.9, 0.8, 0.95]), np.array([0.7, 0.4, 0.9])
    for k, diagnosis in enumerate(NETWORK.diagnoses):
        wanted = stated.get(("weakness", diagnosis), SHARES[diagnosis] @ weak)
        assert found["weakness"][1, k] == pytest.approx(wanted, abs=1e-10), diagnosis
        open_gate = cpt(NETWORK, "weakness").values[1, k]
        implied_arm = SHARES[diagnosis] @ (open_gate * arm / weak + (1 - open_gate) * 0.002)
        wanted = stated.get(("arm_weakness", diagnosis), implied_arm)
        assert found["arm_weakness"][1, k] == pytest.approx(wanted, abs=1e-10), diagnosis
    assert found["onset"][:, 0] == pytest.approx([0.5, 0.3, 0.2], abs=1e-10)
    assert found["onset"][:, 2] == pytest.approx(
        SHARES["neuritis"] @ [[0.3, 0.3, 0.4], [0.45, 0.5, 0.05], [0.4, 0.5, 0.1]]
    )
    assert found["brisk"][1] == pytest.approx([0.5, 0.7, 0.03], abs=1e-10)


def test_a_sign_keeps_the_odds_ratios_of_its_patterns():
    """Between patterns the odds of a sign differ as the pattern rates do, whatever the diagnosis."""
    table = cpt(NETWORK, "weakness")
    odds = table.values[1] / table.values[0]
    rates = np.array([0.9, 0.8, 0.95])
    own = rates / (1 - rates)
    assert odds / odds[:, :1] == pytest.approx(np.broadcast_to(own / own[0], (3, 3)))


def test_nothing_shows_without_what_it_requires():
    table = cpt(NETWORK, "arm_weakness")
    assert table.parents == ("diagnosis", "weakness", "pattern")
    assert table.values[1][:, 0] == pytest.approx(0.002)
    both = Engine(NETWORK).diagnose(Case({"arm_weakness": "present", "weakness": "present"}))
    assert Engine(NETWORK).diagnose(Case({"arm_weakness": "present"})).post_test == pytest.approx(
        both.post_test, abs=2e-3
    )


def test_tables_are_distributions_over_the_parents_of_the_wiring():
    for name, table in all_tables(NETWORK).items():
        if name != "diagnosis":
            assert set(table.parents) == set(parents(NETWORK, name))
        assert table.values.sum(axis=0) == pytest.approx(1) and (table.values >= 0).all()


@pytest.mark.parametrize("backend", ["numpy", "pgmpy"])
def test_backends_agree(backend):
    one, other = Engine(NETWORK), Engine(NETWORK, backend=backend)
    assert one.diagnose(CASE).post_test == pytest.approx(other.diagnose(CASE).post_test, abs=1e-10)
    for name, joint in one.marginals(CASE).items():
        assert joint == pytest.approx(other.marginals(CASE)[name], abs=1e-10), name


def test_every_number_has_its_derivative():
    """The gradient of log P(tumour | findings) against a central difference of each number."""
    engine, h = Engine(NETWORK), 1e-5
    numbers = engine.parameters.index
    p = [engine.parameters.estimates[place].mean[state] for place, state in numbers]
    moves = [{number: q + sign * h} for number, q in zip(numbers, p, strict=True) for sign in (1, -1)]
    answers, _ = engine.ask_draws(CASE, MovedNumbers(engine.parameters, moves))
    up, down = np.log(answers[:, 0]).reshape(-1, 2).T
    gradient = engine.gradient(CASE, "tumour")
    assert gradient == pytest.approx((up - down) / (2 * h), abs=1e-4)
    moved = {place for (place, _), slope in zip(numbers, gradient, strict=True) if abs(slope) > 1e-3}
    assert {"pattern.shares.stroke.cord", "pattern.shows.brain.onset", "arm_weakness.stroke"} <= moved


def test_drawn_numbers_keep_the_drawn_figures():
    """In each draw P(sign | diagnosis) is the drawn figure, though the patterns are drawn as well.

    Drawn numbers are kept with single precision.
    """
    parameters = Engine(NETWORK).parameters
    draws = Engine(NETWORK)._draws(7, 1)
    shares, table = draws.table("pattern"), draws.table("weakness")
    stated = NETWORK.findings["weakness"].given.rows["tumour"]
    figure = parameters.drawn(Place("variables", "weakness", row="tumour"), stated, 7, 1)[1]
    assert (table[:, 1, 0] * shares[:, :, 0]).sum(axis=1) == pytest.approx(figure, abs=1e-7)


@given(st.lists(st.floats(0.01, 0.99), min_size=6, max_size=6), st.floats(0.003, 0.997))
def test_any_figure_can_be_shared_out(numbers, figure):
    rates, weights = np.array(numbers[:3]), np.array(numbers[3:]) / sum(numbers[3:])
    found = tilted(
        np.stack([1 - rates, rates])[..., None],
        weights[None, :, None],
        np.array([[[1 - figure]], [[figure]]]),
    )
    assert (found[1, 0, :, 0] * weights).sum() == pytest.approx(figure, abs=1e-9)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "    weakness: 0.3 ~ 10 @estimate  # common\n",
            "",
            "weakness goes through the lesion pattern but has no",
        ),
        ("nerve: 0.97", "nerves: 0.97", "neuritis has unknown pattern 'nerves'"),
        ("nerve: 0.97", "nerve: 0.9", "shares of neuritis sum to 0.93"),
        ("    neuritis:\n      nerve", "    neuralgia:\n      nerve", "no shares for neuritis"),
        ("hand_wasting: 0.6", "mass: 0.6", "'mass' does not go through the lesion pattern"),
        ("onset: 0.3 0.3 0.4", "onset: 0.3", "pattern.shows.brain.onset: one probability"),
        ("    requires: weakness\n", "    requires: brisk\n", "requires, does not"),
        ("unexplained: 0.04", "unlisted: gout\nunexplained: 0.04", "unknown diagnosis 'gout'"),
        ("unexplained: 0.04", "unexplained: 0.04 0.9 0.06", "unexplained: 3 probabilities"),
    ],
)
def test_what_does_not_fit_is_refused(edited, old, new, said):
    with pytest.raises(CheckError, match=re.escape(said)):
        edited(old, new)


def test_signs_need_patterns(edited):
    text = (LESIONS / "network.yaml").read_text(encoding="utf-8")
    section = text[text.index("patterns:\n") : text.index("mechanisms:\n")]
    with pytest.raises(CheckError, match="weakness: no lesion patterns"):
        edited(section, "")


def test_one_pattern_is_none(edited):
    text = (LESIONS / "network.yaml").read_text(encoding="utf-8")
    pictures = text[text.index("    cord:\n      label") : text.index("mechanisms:\n")]
    with pytest.raises(ParseError):
        edited(pictures, "")


def test_every_number_is_found_in_the_file():
    assert NetworkFiles.read(LESIONS)._homes.keys() == dict(NETWORK.estimates()).keys()


def test_some_findings_are_not_the_patients():
    """P(d | findings) is a mixture of its own and the prior; P(findings) stays."""
    plain = Engine(NETWORK.model_copy(update={"unexplained": None}))
    engine = Engine(NETWORK)
    own, mixed = plain.diagnose(CASE), engine.diagnose(CASE)
    assert mixed.post_test == pytest.approx(0.96 * own.post_test + 0.04 * np.array([0.2, 0.5, 0.3]))
    assert mixed.log_p_findings == pytest.approx(own.log_p_findings)
    assert engine.pre_test == pytest.approx([0.2, 0.5, 0.3])
    assert engine.question(CASE).of(np.ones((1, 4), bool))[0][0] == pytest.approx(mixed.post_test)
    for name, joint in engine.marginals(CASE).items():
        assert joint.sum(axis=0) == pytest.approx(mixed.post_test), name


def test_half_of_them_have_an_unlisted_disease():
    plain = Engine(NETWORK.model_copy(update={"unexplained": None})).diagnose(CASE).post_test
    engine = Engine(NETWORK.model_copy(update={"unlisted": "neuritis"}))
    of_others = np.array([0.1, 0.25, 0.15 + 0.5])
    assert engine.diagnose(CASE).post_test == pytest.approx(0.96 * plain + 0.04 * of_others)
    assert engine.pre_test == pytest.approx(0.96 * np.array([0.2, 0.5, 0.3]) + 0.04 * of_others)
    for name, joint in engine.marginals(CASE).items():
        assert joint.sum(axis=0) == pytest.approx(engine.diagnose(CASE).post_test), name


def test_no_chain_of_findings_makes_certain():
    everything = {
        "mass": "absent",
        "arm_weakness": "present",
        "brisk": "present",
        "age": "old",
        "onset": "face",
    }
    assert Engine(NETWORK).diagnose(Case(everything)).probability("tumour") >= 0.04 * 0.2
