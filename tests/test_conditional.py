"""Conditional learning: the estimates move so that findings tell the diagnosis, and nothing else moves."""

import json

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from conftest import LESIONS, engine, two_diagnoses
from hypothesis import given, settings
from hypothesis import strategies as st

from dxnet import Engine, Estimate, evaluate, load_network
from dxnet.cli import main
from dxnet.errors import NetworkError
from dxnet.inference.case import Case
from dxnet.knowledge.network import DIAGNOSIS, Finding, Mechanism
from dxnet.knowledge.reference import Reference
from dxnet.knowledge.table import ConditionalTable
from dxnet.learning.conditional import _ConditionalFit, _labelled_patients, _to_even, learn_conditionally
from dxnet.learning.labelled import joined, label_cohort


def finding(**rows):
    return Finding(
        label="F",
        given=ConditionalTable(
            parents=(DIAGNOSIS,), rows={name: Estimate.parse(text) for name, text in rows.items()}
        ),
    )


def small():
    """An estimate and a published figure, and a finding of three states that is an estimate."""
    three = ConditionalTable(
        parents=(DIAGNOSIS,),
        rows={
            "a": Estimate.parse("0.2 0.3 0.5 ~ 10 @estimate"),
            "default": Estimate.parse("0.5 0.3 0.2 ~ 10 @estimate"),
        },
    )
    return Engine(
        two_diagnoses(
            {
                "f": finding(a="0.3 ~ 20 @estimate", default="0.6 ~ 8 @estimate"),
                "g": finding(a="0.4 ~ 50 @jones2001", default="0.5 ~ 50 @jones2001"),
                "h": Finding(label="H", states=("x", "y", "z"), given=three),
            },
            references={"jones2001": Reference(key="jones2001", title="Invented for this test")},
        )
    )


def odd_labelled_patients(n=12):
    """Of a, the finding f is always there, against the network's estimate."""
    return pd.DataFrame(
        {
            "diagnosis": ["a"] * n + ["b"] * n,
            "f": ["present"] * n + ["absent"] * n,
            "g": ["present"] * n + [None] * n,
            "h": ["z"] * n + ["x"] * n,
        }
    )


def test_estimates_move_towards_what_tells_the_diagnosis_and_published_figures_stay():
    engine = small()
    learned = learn_conditionally(engine, odd_labelled_patients(), factor=3)
    means = {move.place: move.mean for move in learned.moves}
    assert learned.gain > 0
    assert means["f.a"][1] > 0.3 and means["f.default"][1] < 0.6
    assert not any(place.startswith("g.") or place.section == "settings" for place in means)


def test_a_wider_factor_lets_estimates_move_further():
    little, much = (learn_conditionally(small(), odd_labelled_patients(), factor=f).gain for f in (1.2, 4))
    assert 0 < little < much


def judged_patients():
    """Patients of whom somebody judged who did not know the diagnosis."""
    words = ["a 0.7, b 0.3", "a 0.2, b 0.8", "a 0.6", "b"]
    return pd.DataFrame(
        {"diagnosis": words, "f": ["present", "absent", None, "present"], "h": ["z", "x", "z", "y"]}
    )


def test_who_judges_as_the_network_does_moves_nothing():
    """Half of the patients have each diagnosis; f is present in 30 and 60 % of them: 45 of 100."""
    rows = [{"diagnosis": f"a {0.3 / 0.9!r}, b {0.6 / 0.9!r}", "f": "present"}] * 45
    rows += [{"diagnosis": f"a {0.7 / 1.1!r}, b {0.4 / 1.1!r}", "f": "absent"}] * 55
    learned = learn_conditionally(small(), pd.DataFrame(rows), factor=3)
    assert learned.moves == () and learned.gain == pytest.approx(0, abs=1e-6)
    assert learned.rows == 100 and learned.diagnoses == pytest.approx({"a": 50, "b": 50})


@pytest.mark.parametrize("setting", ["flat", "suspected_mnd_referral"])
def test_before_the_findings_of_a_judged_row_every_diagnosis_is_equally_likely(setting):
    """Although some patients have findings that tell nothing, whatever is judged."""
    shared = engine("als_mimics", setting)
    post_test, _ = shared.backend_of(shared.parameters).ask({DIAGNOSIS: _to_even(shared)})
    assert post_test == pytest.approx(np.full(36, 1 / 36), rel=1e-6)


def test_what_is_wrong_with_any_cohort_is_told_at_once(tmp_path):
    words = ["learn", "--truth", "diagnosis", "--network", "asia", "--conditional", "--factor", "2"]
    for name, cell in (("a", "flu"), ("b", "lung_cancer 2")):
        (tmp_path / f"{name}.csv").write_text(f"diagnosis,smoking\n{cell},present\n")
    files = [str(tmp_path / f"{name}.csv") for name in "abb"]
    told = CliRunner().invoke(main, [*words, *files[:2]])
    assert told.exit_code == 2
    assert "a.csv:2: diagnosis: unknown diagnosis 'flu'" in told.stderr
    assert "b.csv:2: diagnosis: no probability of lung_cancer" in told.stderr
    assert "b.csv: is given twice; name each cohort once" in CliRunner().invoke(main, [*words, *files]).stderr


def test_judged_rows_and_known_ones_are_learned_side_by_side():
    known, judged = odd_labelled_patients(), judged_patients()
    both = label_cohort(pd.concat([known, judged], ignore_index=True), small().network)
    apart = joined([label_cohort(table, small().network) for table in (known, judged)])
    assert (apart.rows, apart.unlabelled) == (both.rows, both.unlabelled)
    assert apart.diagnoses == pytest.approx(both.diagnoses)
    found, same = (learn_conditionally(small(), cohort, factor=3) for cohort in (both, apart))
    assert found.gain == pytest.approx(same.gain)
    patients = list(_labelled_patients(both, 2))
    assert sum(patient.weights.sum() for patient in patients if patient.judged) == pytest.approx(2.6)


def test_rows_without_findings_or_diagnosis_move_nothing():
    table = pd.DataFrame({"diagnosis": ["a"] * 9 + [None], "f": [None] * 9 + ["present"]}, dtype=object)
    assert learn_conditionally(small(), table, factor=3).moves == ()


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_the_gradient_is_that_of_the_value(data):
    engine = small()
    cohort = label_cohort(judged_patients(), engine.network)
    fit = _ConditionalFit(engine, tuple(_labelled_patients(cohort, 2)), 2.0)
    i = data.draw(st.sampled_from(fit.free.tolist()))
    away = data.draw(st.floats(-1, 1))
    here = fit.start.copy()
    here[fit.free] += away * np.linspace(-1, 1, len(fit.free))
    step = np.zeros_like(here)
    step[i] = 1e-5
    slope = (fit.at(here + step)[0] - fit.at(here - step)[0]) / 2e-5
    assert fit.at(here)[1][fit.free.tolist().index(i)] == pytest.approx(slope, rel=1e-4, abs=1e-5)


def test_kept_variables_stay_and_must_exist():
    learned = learn_conditionally(small(), odd_labelled_patients(), factor=3, keep=["f"])
    assert {move.place.name for move in learned.moves} == {"h"}
    with pytest.raises(NetworkError, match="keep: no variable or place 'ff'; did you mean f"):
        learn_conditionally(small(), odd_labelled_patients(), factor=3, keep=["ff"])


def test_what_is_published_or_kept_stays_and_its_mechanism_goes_back():
    """The patients say that the mechanism is rarer than the signs that go through it."""
    sign = finding(a="0.6 ~ 200 @jones2001", default="0.02 ~ 200 @jones2001").model_copy(
        update={"through": "m"}
    )
    other = finding(a="0.65 ~ 10 @estimate", default="0.02 ~ 10 @estimate").model_copy(
        update={"through": "m"}
    )
    given = finding(a="0.7 ~ 10 @estimate", default="0.05 ~ 10 @estimate").given
    mechanism = Mechanism(label="M", given=given, leak=Estimate.parse("0.01 ~ 10 @estimate"))
    network = two_diagnoses(
        {"sign": sign, "other": other},
        mechanisms={"m": mechanism},
        references={"jones2001": Reference(key="jones2001", title="Invented for this test")},
    )
    table = pd.DataFrame({"diagnosis": ["a"] * 50 + ["b"] * 50, "sign": ["absent"] * 50 + ["present"] * 50})
    engine = Engine(network)
    learned = learn_conditionally(engine, table, factor=30, keep=["other"])
    means = {move.place: np.array(move.mean) for move in learned.moves}
    assert {place.name for place in means} == {"m"}
    engine.backend_of(engine.parameters.at(means))  # it can be built


def test_a_network_that_does_not_say_how_far_estimates_are_off_asks_for_a_factor():
    with pytest.raises(NetworkError) as error:
        learn_conditionally(small(), odd_labelled_patients(), keep=["ff", "hh"])
    asked, *unknown = map(str, error.value.issues)
    assert asked == (
        f"error: {small().network.name}: does not say by which factor of odds its estimates may move; "
        "give factor (--factor), such as 1.5, or add the line 'odds factor of estimates: 1.5' to network.yaml"
    )
    assert [issue.partition(";")[0] for issue in unknown] == [
        "error: keep: no variable or place 'ff'",
        "error: keep: no variable or place 'hh'",
    ]
    with pytest.raises(NetworkError, match="factor: is 1; give a factor of odds above 1"):
        learn_conditionally(small(), odd_labelled_patients(), factor=1)


def test_the_command_writes_a_network_that_ranks_the_cohort_better(tmp_path):
    """Of the network with lesion patterns, whose tables are made of the most numbers."""
    table = pd.DataFrame(
        {
            "diagnosis": ["neuritis"] * 4 + ["stroke"] * 4,
            "brisk": ["present"] * 4 + ["absent"] * 4,
            "weakness": ["present"] * 8,
        }
    )
    table.to_csv(tmp_path / "patients.csv", index=False)
    words = ["learn", tmp_path / "patients.csv", "--truth", "diagnosis", "--conditional", "--factor", "2"]
    words += ["--network", LESIONS, "-o", tmp_path / "learned", "--json"]
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == 0, result.output
    assert json.loads(result.output[result.output.index("{") :])["gain"] > 0
    cases = [Case(row.drop("diagnosis").to_dict(), diagnosis=row["diagnosis"]) for _, row in table.iterrows()]
    before, after = (
        evaluate(Engine(load_network(name)), cases).log_loss for name in (LESIONS, tmp_path / "learned")
    )
    assert after < before
