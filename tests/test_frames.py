"""A data frame of cases: one set of rules for score, diagnose_all, evaluate, learn and read_cases."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from conftest import network

from dxnet import (
    Case,
    Engine,
    Visit,
    compare_networks,
    evaluate,
    explain,
    learn,
    learn_conditionally,
    read_cases,
    rest_normal,
    score,
    sensitivity,
    simulate,
    what_moved,
    write_case,
)
from dxnet.errors import CaseError, NetworkError

ALS, ASIA = Engine(network("als_mimics"), "suspected_mnd_referral"), Engine(network("asia"))
TABLE = pd.DataFrame(
    {
        "Arm weakness": ["present", " ", ""],
        "AGE": [Decimal(64), None, Decimal("71.5")],
        "site": [1, 2, 3],
        "babinski": [None, "Present", None],
        "id": [1, None, 3],
        "Diagnosis": ["ALS", "dcm", None],
    },
    index=["a", "b", "c"],
)


def test_columns_and_cells_are_read_alike_by_all():
    cases = read_cases(TABLE, network=ALS)
    assert [case.findings for case in cases] == [
        {"arm_weakness": "present", "age": "64"},
        {"babinski": "Present"},
        {"age": "71.5"},
    ]
    assert [(case.id, case.diagnosis) for case in cases] == [("1", "als"), ("index 'b'", "dcm"), ("3", "")]
    scored = score(ALS, TABLE)
    assert [issue.message for issue in cases[0].issues] == [it["message"] for it in scored.attrs["issues"]]
    assert any("'site' is no finding of als_mimics and is left out" in it.message for it in cases[0].issues)
    answers = ALS.diagnose_all(TABLE)
    probabilities = scored.filter(regex="^p_").to_numpy()
    for row, (answer, case) in enumerate(zip(answers, cases, strict=True)):
        assert answer.case == case
        assert probabilities[row] == pytest.approx(answer.post_test)
    assert scored.id.fillna("").tolist() == ["1", "", "3"]
    known = TABLE[:2]
    assert evaluate(ALS, known) == evaluate(ALS, read_cases(known, network=ALS))
    for read in (ALS.diagnose_all, lambda table: score(ALS, table), lambda table: evaluate(ALS, table)):
        with pytest.raises(CaseError, match="no column is a finding of the network"):
            read(pd.DataFrame({"site": [1]}))
        with pytest.raises(CaseError, match="'babinsky' is no finding of als_mimics; did you mean babinski"):
            read(pd.DataFrame({"babinsky": ["present"], "age": [64]}))


def test_a_cell_of_cases_may_hold_likelihoods():
    soft = {"present": 0.8, "absent": 0.2}
    (answer,) = ALS.diagnose_all(pd.DataFrame({"babinski": [soft], "age": [64]}))
    assert answer.post_test == pytest.approx(ALS.diagnose({"babinski": soft, "age": 64}).post_test)


def test_a_simulated_cohort_can_be_evaluated_and_compared():
    cohort = simulate(ASIA, 50)
    assert evaluate(ASIA, cohort).n == 50
    with pytest.raises(TypeError, match=r"give read_cases\(table, network=network\)"):
        compare_networks(ASIA, ASIA, cohort)
    assert len(compare_networks(ASIA, ASIA, read_cases(cohort, network=ASIA)).cases) == 50
    with pytest.raises(ValueError, match="needs the network"):
        read_cases(cohort)
    with pytest.raises(ValueError, match=r"no stage Network.*; give it as network="):
        read_cases("a.csv", ALS.network)


def test_what_is_wrong_names_the_row_whatever_answers():
    table = pd.DataFrame({"babinski": ["present", "prsent", "prsent"], "diagnosis": "als"}, index=[3, "x", 9])
    for read in (ALS.diagnose_all, lambda table: evaluate(ALS, table)):
        with pytest.raises(CaseError) as told:
            read(table)
        assert [issue.where for issue in told.value.issues] == ["index 'x'", "index 9"]
    with pytest.raises(CaseError) as told:
        learn(ALS, table)
    assert [issue.where for issue in told.value.issues] == ["index 'x' and 1 other"]
    with pytest.raises(CaseError, match="case 2: babinski: unknown state 'zz'"):
        evaluate(ALS, [Case({"age": 64}, diagnosis="als"), Case({"babinski": "zz"}, diagnosis="als")])


def test_intervals_of_pandas_are_unreadable_cells():
    ages = pd.cut([64, 65, np.nan], [50, 60, 70])
    for column in (ages, pd.Series(ages).astype(object)):
        scored = score(ALS, pd.DataFrame({"age": column, "babinski": ["present", None, None]}))
        assert scored.status.tolist() == ["unreadable", "unreadable", "no findings"]
        assert "known are under_18, 18-39" in scored.attrs["faults"][0]["message"]
    with pytest.raises(CaseError, match="index 0 and 1 other: smoking: unknown state"):
        learn(ASIA, pd.DataFrame({"smoking": ages, "diagnosis": "lung_cancer"}))


def test_what_score_reports_is_kept_by_parquet(tmp_path):
    days = pd.to_datetime(["2024-01-01", "2024-01-02"])
    scored = score(ALS, pd.DataFrame({"age": ["64", "zz"], "mrn": [1, 2]}, index=days))
    scored.to_parquet(tmp_path / "scored.parquet")
    assert scored.attrs["faults"] and scored.attrs["issues"]
    assert pd.read_parquet(tmp_path / "scored.parquet").attrs == scored.attrs


def test_an_infinite_age_is_an_unreadable_cell():
    assert score(ALS, pd.DataFrame({"age": [np.inf, 64.0]})).status.tolist() == ["unreadable", "ok"]


@pytest.mark.parametrize("learner", [learn, lambda *given: learn_conditionally(*given, factor=2)])
def test_columns_that_are_not_learned_are_told(learner):
    table = pd.DataFrame({"diagnosis": ["lung_cancer"] * 9, "packyears": "present", "smoking": "present"})
    (issue,) = learner(ASIA, table).issues
    assert "'packyears' is no finding of asia and is left out" in issue.message


def test_networks_are_compared_in_the_setting_of_the_engines():
    flat = Engine(ALS.network, "flat")
    case = {"babinski": "present"}
    for sides in ((flat, flat), (flat, ALS.network), (ALS.network, flat)):
        found = compare_networks(*sides, [case])
        assert (found.old.setting, found.new.setting) == ("flat", "flat")
        expected = flat.diagnose(case)
        assert found.cases[0].first_probability[0] == pytest.approx(expected.probability(expected.ranking[0]))
    with pytest.raises(NetworkError, match="in two settings, flat and suspected_mnd_referral; give setting"):
        compare_networks(flat, ALS, [case])
    assert compare_networks(flat, ALS, [case], "flat").new.setting == "flat"


def test_ids_and_diagnoses_are_text():
    assert Case({}, id=np.int64(7)).id == "7" and Case({}, id=17.0) == Case({}, id="17")
    assert Case({}, diagnosis=float("nan")) == Case({}, diagnosis=None) == Case({})
    odd = {"about": "x", "issues": "x", "paused": ["babinski"], "id": [1], "diagnosis": ["als"]}
    for field, value in odd.items():
        with pytest.raises(TypeError, match=rf"^{field} (is|are) .*; give a"):
            replace(Case({}), **{field: value})
    with pytest.raises(TypeError, match="paused is 'ck'; give a list"):
        Case.of_visits([Visit("2024-01-01", {"ck": "normal"})], paused="ck")


def test_days_of_numpy_and_pandas_are_days():
    day = Visit("2024-01-02").on
    for value in (np.datetime64("2024-01-02"), pd.Timestamp("2024-01-02 10:00"), day):
        assert Visit(value).on == day
    assert Visit(pd.Series(pd.to_datetime(["2024-01-02"])).to_numpy()[0]).on == day
    for nothing in (pd.NaT, np.datetime64("NaT"), None):
        with pytest.raises(CaseError, match="there is no date; give the day"):
            Visit(nothing)


def test_what_a_format_cannot_hold_is_told_when_it_is_written(tmp_path):
    case = Case({"age": 64}, id="p1", about={"title": "x"}, paused={"ck": "normal"})
    for kind, lost in (("fhir", "title, paused"), ("phenopacket", "paused")):
        with pytest.warns(UserWarning, match=f"{kind}.json: {lost}: no place in this format, left out"):
            write_case(case, tmp_path / f"{kind}.json", kind, ALS)
    write_case(case, tmp_path / "case.json")
    assert read_cases(tmp_path / "case.json") == [case]


def test_equal_cases_have_equal_reasons():
    names = ["babinski", "clonus", "jaw_jerk_brisk", "arm_weakness", "leg_weakness", "dysarthria"]
    names += ["fatigability", "ptosis_diplopia", "hoffmann", "cramps", "foot_drop", "dysphagia"]
    one, other = (dict.fromkeys(order, "present") for order in (names, names[::-1]))
    assert explain(ALS, one).contributions == explain(ALS, other).contributions
    assert what_moved(ALS, {}, one) == what_moved(ALS, {}, other)


def test_more_numbers_than_there_are_can_be_asked_for():
    assert len(sensitivity(ASIA, {"smoking": "present"}, top=10**6)) < 50


def test_a_category_is_not_read_letter_by_letter():
    with pytest.raises(TypeError, match="categories is 'UMN signs'; give a list of names"):
        rest_normal(ALS, {}, "examination", categories="UMN signs")
