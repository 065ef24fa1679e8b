"""Scores against hand-worked figures and scikit-learn; refusals."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import log_loss, top_k_accuracy_score

from dxnet import Case, Engine, evaluate, load_network, read_cases
from dxnet.errors import CaseError
from dxnet.evaluation.scorecard import Scorecard
from dxnet.evaluation.statistics import overall, score_cases
from dxnet.formats.cases.read import read_records
from dxnet.knowledge.load import RESOURCES

CASES = [
    Case({"smoking": "present", "xray_abnormal": "present"}, id="a", diagnosis="lung_cancer"),
    Case({"xray_abnormal": "absent"}, id="b", diagnosis="no_lung_cancer"),
    Case({"smoking": "absent"}, id="c", diagnosis="lung_cancer"),
]


@pytest.fixture(scope="module")
def clinic(asia):
    return Engine(asia)


@pytest.fixture(scope="module")
def card(clinic):
    return evaluate(clinic, CASES)


def test_scores_are_those_worked_by_hand(card):
    p = [s.probability for s in card.per_case]
    assert p[2] == pytest.approx(0.01, abs=1e-12)  # the prior of a non-smoker
    assert card.n == 3
    assert [s.rank for s in card.per_case] == [1, 1, 2]
    assert [s.top for s in card.per_case] == ["lung_cancer", "no_lung_cancer", "no_lung_cancer"]
    assert card.top1 == pytest.approx(2 / 3)
    assert card.top3 == card.top5 == 1
    assert card.mean_probability == pytest.approx(sum(p) / 3)
    assert card.log_loss == pytest.approx(-sum(map(math.log, p)) / 3)
    assert card.brier == pytest.approx(
        sum(2 * (1 - q) ** 2 for q in p) / 3
    )  # two diagnoses: both are off alike
    assert card.ece == pytest.approx((abs(p[0] - 1) + abs(p[1] + (1 - p[2]) - 1)) / 3)  # bins 0.6-0.7, 0.9-1
    assert [s.id for s in card.misses] == ["c"]
    assert (card.network, card.setting, card.version) == ("asia", "chest_clinic", "1.0.0")
    assert len(card.fingerprint) == 12


def test_scores_are_those_of_scikit_learn(als):
    engine = Engine(als, "flat")
    cases = read_cases(RESOURCES / "data" / "cases" / "published.jsonl", "pre")[::4]
    card = evaluate(engine, cases)
    post = np.array([engine.diagnose(case).post_test for case in cases])
    members = [als.diagnoses.index(name) for name in als.groups["other"]]
    assert len(members) > 5 and "other" in {case.diagnosis for case in cases}
    post = np.column_stack([np.delete(post, members, axis=1), post[:, members].sum(axis=1)])
    names = [name for name in als.diagnoses if name not in als.groups["other"]] + ["other"]
    truth = [names.index(case.diagnosis) for case in cases]
    labels = range(len(names))
    assert card.log_loss == pytest.approx(
        log_loss(truth, post / post.sum(axis=1, keepdims=True), labels=labels)
    )
    for k, value in ((1, card.top1), (3, card.top3), (5, card.top5)):
        assert value == pytest.approx(top_k_accuracy_score(truth, post, k=k, labels=labels))


def test_better_answers_score_better(clinic):
    right, wrong = (
        evaluate(clinic, [Case({"xray_abnormal": "absent"}, diagnosis=d)])
        for d in ("no_lung_cancer", "lung_cancer")
    )
    assert right.log_loss < wrong.log_loss
    assert right.brier < 0.01 and 1.9 < wrong.brier <= 2
    assert right.ece < 0.01 and wrong.ece > 0.9
    assert (right.top1, wrong.top1) == (1, 0)


@pytest.mark.parametrize(
    ("confidence", "right", "error"),
    [
        ([0.75, 0.75, 0.75, 0.75], [1, 1, 1, 0], 0),
        ([0.72, 0.78], [1, 0], 0.25),
        ([0.65, 0.75], [1, 0], (0.35 + 0.75) / 2),
        ([1.0], [1], 0),
    ],
)
def test_calibration_error_by_bins(confidence, right, error):
    first = np.array(confidence)
    is_right = np.array(right, bool)
    rated = score_cases(np.column_stack([first, 1 - first]), np.column_stack([is_right, ~is_right]))
    assert overall(rated)["ece"] == pytest.approx(error)


def test_scorecards_as_tables_and_text(card):
    table = card.per_diagnosis()
    assert list(table.index) == ["lung_cancer", "no_lung_cancer"]
    assert list(table.columns) == ["n", "top1", "top3", "mean_probability", "log_loss"]
    assert table.loc["lung_cancer", ["n", "top1", "top3"]].tolist() == [2, 0.5, 1]
    assert repr(card).startswith("Scorecard(3 cases: top-1 67%, top-3 100%")


def test_scorecards_go_through_json(card):
    data = card.to_dict()
    keys = ["n", "top1", "top3", "top5", "mean_probability", "log_loss", "brier", "ece", "per_case"]
    assert list(data)[:9] == keys
    assert Scorecard.from_dict(json.loads(json.dumps({**data, "stage": "post"}))) == card


@pytest.mark.parametrize("data", [None, [], {}, {"n": 1}, {"per_case": 3}, "text"])
def test_what_is_no_scorecard(data):
    with pytest.raises(CaseError, match="not a scorecard"):
        Scorecard.from_dict(data)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("log_loss", float("nan")),
        ("log_loss", float("inf")),
        ("brier", -0.1),
        ("n", 0),
        ("top1", 1.5),
        ("ece", float("nan")),
        ("per_case.0.rank", -3),
        ("per_case.0.probability", float("nan")),
        ("per_case.0.log_loss", -1.0),
    ],
)
def test_scorecards_with_a_number_that_cannot_be(card, key, value):
    data = card.to_dict()
    *path, last = key.split(".")
    (data["per_case"][0] if path else data)[last] = value
    with pytest.raises(CaseError, match=f"not a scorecard: {key}: .*; give the output"):
        Scorecard.from_dict(data)


@pytest.mark.parametrize("change", [{"n": "many"}, {"per_case": [{"id": "a"}]}, {"per_case": {"a": 1}}])
def test_scorecards_with_a_fault(card, change):
    with pytest.raises(CaseError, match="not a scorecard"):
        Scorecard.from_dict({**card.to_dict(), **change})


def test_cases_that_cannot_be_scored_are_all_named(clinic):
    cases = [
        Case({}, id="a"),
        Case({}, diagnosis="lung_cancr"),
        Case({}, id="c", diagnosis="lung_cancer"),
    ]
    with pytest.raises(CaseError) as caught:
        evaluate(clinic, cases)
    assert str(caught.value).splitlines() == [
        "a: has no diagnosis; add its true 'diagnosis'",
        "case 2: unknown diagnosis 'lung_cancr'; did you mean lung_cancer or no_lung_cancer?",
    ]
    with pytest.raises(CaseError, match="no cases"):
        evaluate(clinic, [])
    bad = [
        Case({"x": "1"}, id="a", diagnosis="lung_cancer"),
        Case({"smoking": "2"}, id="b", diagnosis="lung_cancer"),
    ]
    with pytest.raises(CaseError, match=r"(?s)a: unknown finding 'x'.*b: smoking: unknown state '2'"):
        evaluate(clinic, bad)


def test_impossible_findings_are_named_with_their_case(impossible):
    case = Case({"cough": "present", "any_symptom": "absent"}, id="p7", diagnosis="ill")
    with pytest.raises(CaseError, match=r"p7: cough, any_symptom: these findings cannot occur together"):
        evaluate(Engine(load_network(impossible)), [case])


def test_a_probability_of_zero_stays_finite(clinic):
    class Certain(Engine):
        def diagnose_all(self, cases):
            return [replace(answer, post_test=np.array([1.0, 0.0])) for answer in super().diagnose_all(cases)]

    card = evaluate(Certain(clinic.network), [Case({}, diagnosis="lung_cancer")])
    assert card.log_loss == pytest.approx(-math.log(2.220446049250313e-16))
    assert (card.brier, card.ece) == (2, 1)


def test_a_diagnosis_is_named_with_its_place_and_read_in_any_case(clinic, tmp_path):
    table, single = tmp_path / "c.csv", tmp_path / "c.yaml"
    table.write_text("id,diagnosis,smoking\na,Lung_Cancre,present\na,,present\n,,absent\na,,present\n")
    single.write_text("diagnosis: lungs\nfindings:\n  smoking: present\n")
    with pytest.raises(CaseError) as error:
        evaluate(clinic, [*read_records(table), *read_records(single)])
    assert [str(issue) for issue in error.value.issues] == [
        "error: c.csv:2: a: unknown diagnosis 'Lung_Cancre'; did you mean lung_cancer or no_lung_cancer?",
        "error: c.csv:3: a: has no diagnosis; add its true 'diagnosis'",
        "error: c.csv:4: has no diagnosis; add its true 'diagnosis'",
        "error: c.csv:5: a: has no diagnosis; add its true 'diagnosis'",
        "error: c.yaml:1: c: unknown diagnosis 'lungs'; known are no_lung_cancer, lung_cancer",
    ]
    table.write_text("diagnosis,smoking\nLUNG_CANCER,present\nno lung cancer,absent\nCancer,absent\n")
    cases = read_cases(table, network=clinic)
    assert [case.diagnosis for case in cases] == ["lung_cancer", "no_lung_cancer", "cancer"]
    assert evaluate(clinic, cases).n == 3
