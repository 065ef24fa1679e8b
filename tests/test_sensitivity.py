"""Numbers that matter: what moves when they move, checked against networks built anew."""

import json

import numpy as np
import pytest
from click.testing import CliRunner
from conftest import LARGE_SLOWLY, NETWORKS, engine, network, two_diagnoses
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import logit

from dxnet import Case, Engine, Estimate
from dxnet.cli import main
from dxnet.errors import CheckError, NetworkError
from dxnet.knowledge.diagnosis import Setting
from dxnet.knowledge.load import RESOURCES
from dxnet.knowledge.network import Finding
from dxnet.knowledge.place import Place
from dxnet.knowledge.table import ConditionalTable
from dxnet.reasoning.moved_number import find_number, fits, number_at, posteriors_when_moved
from dxnet.reasoning.sensitivity import find_thresholds, one_way, sensitivity, two_way

CASES = {
    "asia": Case({"xray_abnormal": "present"}),
    "als_mimics": Case({"babinski": "present", "tongue_atrophy": "present", "sensory_loss": "present"}),
}
EXAMPLE = RESOURCES / "data" / "cases" / "bulbar_myasthenia.yaml"


def moved(estimate, state, value):
    """A row with one number replaced, the others in proportion."""
    rest = (1 - value) / (1 - estimate.mean[state])
    mean = [value if s == state else p * rest for s, p in enumerate(estimate.mean)]
    return Estimate(tuple(mean), estimate.weight, estimate.sources)


def rebuilt(net, setting, number, value):
    """The network with one number replaced; of a prior, the other diagnoses are scaled."""
    first, row = number.place.name, number.place.row
    if number.place.in_setting(setting):
        stated = net.settings[setting]
        if stated.prior is None:
            rows = {**stated.given.rows, row: moved(stated.given.rows[row], number.state, value)}
            edited = stated.model_copy(
                update={"given": ConditionalTable(parents=stated.given.parents, rows=rows)}
            )
        else:
            rest = (1 - value) / (1 - number.stated)
            full = {d: stated.prior.get(d) or stated.prior["default"] for d in net.diagnoses}
            prior = {d: moved(e, 1, value if d == row else e.mean[1] * rest) for d, e in full.items()}
            edited = stated.model_copy(update={"prior": prior})
        return net.model_copy(update={"settings": {**net.settings, setting: edited}})
    section = next(s for s in ("findings", "mechanisms", "incidental") if first in getattr(net, s))
    node = getattr(net, section)[first]
    rows = {**node.given.rows, row: moved(node.given.rows[row], number.state, value)}
    edited = node.model_copy(update={"given": ConditionalTable(parents=node.given.parents, rows=rows)})
    return net.model_copy(update={section: {**getattr(net, section), first: edited}})


def is_in_a_table(net, place):
    return place.section == "settings" or (place.name in {*net.nodes} - {"atypical"} and not place.key)


@pytest.mark.parametrize("name", LARGE_SLOWLY)
def test_a_swing_is_what_a_network_built_anew_answers(name):
    net, answers, case = network(name), engine(name), CASES[name]
    diagnosis = answers.diagnose(case).ranking[0]
    swings = sensitivity(answers, case, top=12)
    assert [s.width for s in swings] == sorted((s.width for s in swings), reverse=True)
    compared = 0
    for swing in swings:
        number = swing.number
        if not is_in_a_table(net, number.place):
            continue
        for value, p in zip(number.interval, (swing.at_low, swing.at_high), strict=True):
            other = rebuilt(net, answers.setting, number, value)
            if fits(answers, number, value):
                there = Engine(other, answers.setting, "numpy").diagnose(case).probability(diagnosis)
                assert there == pytest.approx(p, abs=1e-9), number
                compared += 1
            else:
                with pytest.raises(CheckError):
                    Engine(other, answers.setting, "numpy")
    assert compared >= 4


def test_a_pre_test_probability_is_what_it_says(als):
    """The number of a prior moves to its value, though the engine scales priors to a sum of 1."""
    answers = engine("als_mimics")
    number = find_number(answers, "settings.suspected_mnd_referral.als")
    assert number.place in answers.parameters.whole(number.place)
    (p,) = posteriors_when_moved(answers, Case({}), [{number: 0.3}])
    listed = 1 - als.unexplained.mean[1] / 2
    assert p[0] == pytest.approx(0.3 * listed, abs=1e-3)
    others = [d not in ("als", als.unlisted) for d in als.diagnoses]
    assert p[others] / answers.pre_test[others] == pytest.approx(0.7 / (1 - answers.pre_test[0] / listed))


@pytest.mark.parametrize("name", NETWORKS)
def test_a_derivative_is_the_slope_there(name):
    answers, case = engine(name), CASES[name]
    k = int(answers.diagnose(case).post_test.argmax())
    for swing in sensitivity(answers, case, top=12):
        number, step = swing.number, 1e-6 * swing.number.stated
        near = posteriors_when_moved(
            answers, case, [{number: number.stated + h} for h in (step, 0.0, -step)]
        )[:, k]
        slopes = (np.log(near[[0, 2]]) - np.log(near[1])) / (step, -step)
        assert min(slopes) - 1e-3 <= swing.derivative <= max(slopes) + 1e-3, number


@pytest.mark.parametrize("name", NETWORKS)
def test_a_curve_passes_through_what_is_stated(name):
    answers, case = engine(name), CASES[name]
    for swing in sensitivity(answers, case, top=5):
        curve = one_way(answers, case, swing.number, 7)
        (i,) = np.flatnonzero(curve.values == swing.number.stated)
        assert curve.post_test[i] == pytest.approx(answers.diagnose(case).post_test, abs=1e-12)
        assert (np.diff(curve.values) > 0).all() and len(curve.values) in (7, 8)
        assert curve.post_test.sum(axis=1) == pytest.approx(1)


@pytest.mark.slow
@settings(max_examples=15)
@given(data=st.data())
def test_at_a_threshold_two_lead_together_and_beyond_it_the_other_does(data):
    name = data.draw(st.sampled_from(NETWORKS))
    net, answers = network(name), engine(name)
    chosen = data.draw(st.lists(st.sampled_from(sorted(net.findings)), min_size=1, max_size=6, unique=True))
    case = Case({finding: net.findings[finding].states[-1] for finding in chosen})
    first = int(answers.diagnose(case).post_test.argmax())
    for swing in sensitivity(answers, case, top=3):
        number = swing.number
        for found in find_thresholds(answers, case, number):
            further = number.at(
                logit(found.value * number.count) + np.sign(found.value - number.stated) * 1e-3
            )
            moves = [{number: found.value}, {number: float(further)}]
            there, beyond = posteriors_when_moved(answers, case, moves)
            leaders = np.sort(there)[-2:]
            assert leaders[0] == pytest.approx(leaders[1], abs=1e-6)
            assert there[first] == pytest.approx(found.probability) == pytest.approx(leaders[1], abs=1e-6)
            assert there[net.diagnoses.index(found.first)] == pytest.approx(leaders[1], abs=1e-6)
            assert beyond.argmax() != first
            low, high = number.interval
            assert found.is_inside == (low <= found.value <= high)


def test_two_numbers_move_as_each_does_alone():
    answers, case = engine("als_mimics"), CASES["als_mimics"]
    a, b = (s.number for s in sensitivity(answers, case, top=2))
    grid = two_way(answers, case, (a, b), 3)
    i, j = (int(np.flatnonzero(v == n.stated)[0]) for v, n in zip(grid.values, (a, b), strict=True))
    assert grid.post_test[:, j] == pytest.approx(one_way(answers, case, a, 3).post_test)
    assert grid.post_test[i] == pytest.approx(one_way(answers, case, b, 3).post_test)


def test_two_pre_test_probabilities_hold_together():
    answers = engine("als_mimics")
    two = [find_number(answers, f"settings.suspected_mnd_referral.{d}") for d in ("als", "dcm")]
    (p,) = posteriors_when_moved(answers, Case({}), [dict(zip(two, (0.3, 0.2), strict=True))])
    k = [answers.network.diagnoses.index(d) for d in ("als", "dcm")]
    listed = 1 - answers.network.unexplained.mean[1] / 2
    assert p[k] == pytest.approx([0.3 * listed, 0.2 * listed], abs=1e-3)


def test_two_states_of_one_row_hold_together():
    answers = engine("als_mimics")
    two = [find_number(answers, f"age.als:{state}") for state in ("60-69", "80+")]
    grid = two_way(answers, Case({"age": "60-69"}), (two[0], two[1]), 2)
    assert grid.post_test.shape[:2] == (3, 3)
    assert [str(number) for number in two] == ["age.als:60-69", "age.als:80+"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("babinski.alz", "did you mean babinski.als"),
        ("age.als", "has several states; add one of under_18"),
        ("age.als:old", "no state 'old'"),
        ("soft words.probable", "is about the case"),
        ("settings.flat.als", "is not used in the setting suspected_mnd_referral; give its --setting"),
    ],
)
def test_a_number_that_is_none_is_refused(text, words):
    with pytest.raises(NetworkError) as problem:
        find_number(engine("als_mimics"), text)
    assert words in str(problem.value)


def test_numbers_that_cannot_move_apart_are_refused():
    answers = engine("als_mimics")
    one, same = (find_number(answers, f"babinski.als{state}") for state in ("", ":absent"))
    for two in ((one, one), (one, same)):
        with pytest.raises(NetworkError, match="are one number"):
            two_way(answers, CASES["als_mimics"], two)
    half = Estimate.parse("0.5 ~ 2 @estimate")
    cough = Finding.model_validate(
        {"label": "C", "given": {"parents": ["diagnosis"], "rows": {"default": half}}}
    )
    priors = {d: Estimate.parse("0.5 ~ 2 @estimate") for d in "ab"}
    pair = Engine(two_diagnoses({"cough": cough}, settings={"s": Setting(label="S", prior=priors)}))
    two = tuple(find_number(pair, f"settings.s.{d}") for d in "ab")
    with pytest.raises(NetworkError, match="leaves nothing of their row"):
        two_way(pair, Case({}), two)


@pytest.mark.slow
def test_a_prior_of_one_default_cannot_move():
    """Every diagnosis would need the same share: what is stated stays."""
    even = Setting(label="Even", prior={"default": Estimate.parse("0.0278 ~ 10 @estimate")})
    als = network("als_mimics")
    flat = Engine(als.model_copy(update={"settings": {"flat": even}, "default_setting": "flat"}))
    place = Place("settings", "flat", row="default")
    default = number_at(flat, place, 1)
    assert default.count == len(flat.network.diagnoses) and not default.can_move(flat)
    assert default.interval[1] < 1 / default.count
    assert posteriors_when_moved(flat, Case({}), [{default: default.interval[0]}])[0] == pytest.approx(
        flat.pre_test
    )
    assert place not in [swing.number.place for swing in sensitivity(flat, CASES["als_mimics"], top=300)]
    with pytest.raises(NetworkError, match="is shared by every diagnosis"):
        find_number(flat, place)


def test_the_command_answers_where_the_prior_is_default_alone(tmp_path):
    (tmp_path / "case.yaml").write_text("findings: {cough: present}")
    (tmp_path / "n").mkdir()
    (tmp_path / "n" / "network.yaml").write_text(
        "name: n\nlabel: N\nversion: 1\ndiagnosis: {a: {label: A}, b: {label: B}}\n"
        "settings: {s: {label: S, prior: {default: 0.5 ~ 10 @estimate}}}\nfindings:\n"
        "  cough: {label: C, given diagnosis: {a: 0.6 ~ 20 @estimate, b: 0.2 ~ 20 @estimate}}\n"
    )
    asked = (tmp_path / "case.yaml", "--network", tmp_path / "n")
    told = json.loads(run(*asked, "--json").stdout)
    assert [number["place"] for number in told["numbers"]] == ["cough.b", "cough.a"]
    refused = run(*asked, "--number", "settings.s.default", code=2)
    assert "is shared by every diagnosis" in refused.stderr


def run(*words, code=0):
    result = CliRunner().invoke(main, ["sensitivity", *map(str, words)])
    assert result.exit_code == code, result.output
    return result


@pytest.mark.slow
def test_the_command_lists_numbers_and_their_thresholds():
    text = run(EXAMPLE, "--top", 1).stdout
    assert "First Myasthenia gravis 70.4 %, second ALS 21.6 %" in text and "scaled in proportion" in text
    (line,) = [line for line in text.splitlines() if line.startswith("onset_region.als:bulbar")]
    assert "18 %" in line and "ALS at 27 %" in line
    told = json.loads(run(EXAMPLE, "--top", 1, "--json").stdout)
    assert told["numbers"][0]["first_rank_changes"][0]["first"] == "als"


def test_the_command_moves_one_number_and_two():
    place = "settings.suspected_mnd_referral.als"
    text = run(EXAMPLE, "--number", place, "--points", 3).stdout
    assert "stated 54 %" in text and "First rank changes: ALS at 79.4 %" in text
    curve = json.loads(run(EXAMPLE, "--number", place, "--json").stdout)
    assert len(curve["values"]) == len(curve["post_test"]) == 12
    text = run(EXAMPLE, "--number", place, "--number", "fatigability.als").stdout
    assert "[54 %]" in text and "[15 %]" in text and "%  ALS" not in text
    grid = json.loads(run(EXAMPLE, "--number", place, "--number", "fatigability.als", "--json").stdout)
    assert [len(values) for values in grid["values"]] == [6, 6]


def test_the_command_refuses(tmp_path):
    assert "did you mean" in run(EXAMPLE, "--number", "fatigabilty.als", code=2).stderr
    assert "once or twice" in run(EXAMPLE, *["--number", "fatigability.als"] * 3, code=2).stderr
    many = RESOURCES / "data" / "cases" / "published.jsonl"
    assert "holds 98 cases; give a file with one" in run(many, code=2).stderr
