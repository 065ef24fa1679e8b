"""What stands beside a probability: how often one as high was right, and what is apart from the ranking."""

import numpy as np
import pandas as pd
import pytest
from conftest import engine

from dxnet import Case, Visit, credible_intervals, over_visits, score
from dxnet.evaluation.as_sure import as_sure
from dxnet.evaluation.published_cases import published_cases_for
from dxnet.inference.differential import share_set_aside, weights_for_ranking
from dxnet.reasoning.next_tests import NextTest, Result
from dxnet.report.content.next_procedures import possible_results
from dxnet.report.content.ranking import in_ranking, ranking_table, set_aside
from dxnet.report.content.sensitivity import tornado
from dxnet.report.content.trust import how_often_right
from dxnet.report.content.visits import course, leaders
from dxnet.report.parts import Paragraph, Table

ALS = engine("als_mimics")
SURE = Case(
    {"ar_cag": "expanded", "sex": "male", "gynaecomastia": "present", "perioral_fasciculation": "present"}
)


def test_as_sure_counts_the_published_cases_whose_first_was_as_probable():
    cases = published_cases_for(ALS.network, "pre")
    answers = ALS.diagnose_all(cases)
    first = [answer.probability(answer.ranking[0]) for answer in answers]
    alike = [i for i, p in enumerate(first) if 0.9 <= p <= 1]
    found = as_sure(ALS, 0.97)
    assert (found.low, found.high, found.of, found.cases) == (0.9, 1.0, len(cases), len(alike))
    right = sum(answers[i].ranking[0] in ALS.network.members(cases[i].diagnosis) for i in alike)
    assert found.right == right
    bins = {(it.low, it.cases) for p in (0.05 + k / 10 for k in range(10)) if (it := as_sure(ALS, p))}
    assert sum(n for _, n in bins) == len(cases)


def test_a_high_probability_is_never_printed_alone():
    answer = ALS.diagnose(SURE)
    (line,) = how_often_right(ALS, answer)
    assert "published cases" in line.text and "before the decisive test" in line.text
    assert "that shaped the network" in line.text
    assert list(how_often_right(ALS, ALS.diagnose({}))) == []
    assert list(how_often_right(engine("asia"), engine("asia").diagnose({"smoking": "present"}))) == []


def test_what_is_set_aside_whatever_the_findings_is_apart_from_the_ranking():
    network, answer = ALS.network, ALS.diagnose(SURE)
    assert answer.probability(network.unlisted) < 0.03
    assert answer.set_aside == answer.ranking[-1] == network.unlisted
    assert in_ranking(answer) == answer.ranking[:-1]
    (line,) = set_aside(answer)
    name = network.diagnosis[network.unlisted].name
    assert line.text.startswith(f"Apart from the ranking, {name}: ") and "set aside" in line.text
    assert name not in {row[1] for row in ranking_table(answer, top=36).rows}
    *ranked, last = ranking_table(answer).rows
    assert [row[0] for row in ranked] == [str(rank) for rank in range(1, len(network.diagnoses))]
    assert last[:2] == ("–", network.diagnosis[network.unlisted].label)
    plain = engine("asia").diagnose({"smoking": "present"})
    assert in_ranking(plain) == tuple(plain.ranking) and list(set_aside(plain)) == []
    assert plain.set_aside == ""


def test_the_rule_of_the_ranking_is_the_same_everywhere():
    network, answer = ALS.network, ALS.diagnose(SURE)
    second = answer.ranking[1]
    assert answer.probability(second) < answer.probability(network.unlisted)
    assert answer.to_frame().index[-1] == answer.to_dict()["ranking"][-1]["diagnosis"] == network.unlisted
    assert credible_intervals(ALS, SURE).to_frame().index.tolist() == [*answer.ranking]
    groups, diagnosis = [*answer.groups], network.diagnosis
    assert groups.index(diagnosis[network.unlisted].group) > groups.index(diagnosis[second].group)
    assert sum(after for _, after in answer.groups.values()) == pytest.approx(1)
    scored = score(ALS, pd.DataFrame([SURE.findings]))
    assert scored[["first", "second"]].iloc[0].tolist() == [answer.ranking[0], second]
    assert scored[f"p_{network.unlisted}"].iloc[0] == pytest.approx(answer.probability(network.unlisted))
    visits = over_visits(ALS, Case.of_visits([Visit("2024-01-01", SURE.findings)]))
    name = network.diagnosis[network.unlisted].name
    assert name not in leaders(visits[0]) and name not in dict(course(network, visits).bars)


def test_unlisted_diseases_have_a_rank_from_twice_their_share_on():
    network, k = ALS.network, ALS.network.diagnoses.index(ALS.network.unlisted)
    share = share_set_aside(network)
    assert share == pytest.approx(0.015)
    for p, lead, is_ranked in ((2 * share, 0.5, True), (2 * share - 1e-9, 0.5, False), (0.029, 0.028, True)):
        post_test = np.full((2, len(network.diagnoses)), (1 - p - lead) / (len(network.diagnoses) - 2))
        post_test[:, 0], post_test[:, k] = lead, p
        weights = weights_for_ranking(network, post_test)
        assert (weights[:, k] == (p if is_ranked else -1)).all() and (post_test[:, k] == p).all()
    assert share_set_aside(engine("asia").network) == 0


def test_numbers_that_move_nothing_are_not_listed():
    from dxnet import sensitivity

    answer = ALS.diagnose(SURE)
    found = sensitivity(ALS, SURE)
    moving = [swing for swing in found if swing.width >= 0.01]
    first = next(iter(tornado(answer, found)))
    assert len(first.rows) == len(moving) if moving else isinstance(first, Paragraph)
    (nothing,) = tornado(answer, [swing for swing in found if swing.width < 0.01])
    assert "No number moves" in nothing.text


def test_results_of_a_procedure_name_each_diagnosis_that_they_could_put_first():
    names = list(ALS.network.findings)[:5]
    firsts = ("als", "als", "als", "mmn", "dcm")
    results = tuple(
        Result(name, ALS.network.states(name)[0], 0.5 - i / 10, first, 0.9 - i / 10)
        for i, (name, first) in enumerate(zip(names, firsts, strict=True))
    )
    test = NextTest("examination", tuple(names), 0.5, 0.0, 0.0, 0.5, results, ())
    table = possible_results(ALS.network, test, "dcm")
    assert isinstance(table, Table)
    diagnosis = ALS.network.diagnosis
    leads = [row[2].rsplit(" ", 2)[0] for row in table.rows]
    assert leads == [diagnosis[name].name for name in ("als", "mmn", "als", "als", "dcm")]
