"""Evaluations, their reports and the card of a network: what they say is what was measured."""

import json
import re
from datetime import date

import pytest
from click.testing import CliRunner
from conftest import engine, network
from read_back import Page, squeezed, stated
from sklearn.metrics import roc_auc_score

from dxnet import Case, Engine, evaluate, load_network
from dxnet.cli import main
from dxnet.errors import NetworkError
from dxnet.evaluation.naive_bayes import naive_bayes
from dxnet.evaluation.paired import paired_bootstrap
from dxnet.evaluation.performance import (
    LEAST_CASES,
    NOT_STATED,
    UNCERTAIN,
    by_subject,
    decision_outcomes,
    measure_performance,
)
from dxnet.evaluation.published_cases import FIT_NOT_GENERALISATION, PUBLISHED_CASES, published_cases_for
from dxnet.evaluation.scorecard import answer_cases
from dxnet.inference.differential import INTENDED_USE
from dxnet.report.content.card import network_card
from dxnet.report.content.evaluation import evaluation_report
from dxnet.report.parts import Plot
from dxnet.report.render.html import to_html
from dxnet.report.render.markdown import to_markdown
from dxnet.report.render.pdf import to_pdf

ON = date(2026, 1, 31)
CLINIC = [
    Case({"xray_abnormal": state}, id=f"{k}<&>", diagnosis=truth, about={"title": "<script>x</script>"})
    for k, (state, truth) in enumerate(
        [("present", "lung_cancer"), ("absent", "no_lung_cancer"), ("present", "no_lung_cancer")] * 8
    )
]


@pytest.fixture(scope="module")
def found(als):
    whole = Engine(als, "flat", "numpy")
    cases = published_cases_for(als, "pre")
    other = evaluate(Engine(naive_bayes(whole), backend="numpy"), cases)
    difference = paired_bootstrap(evaluate(whole, cases), other)
    return measure_performance(whole, cases, comparisons={"naive-bayes": difference}, draws=200)


def run(*words, code=0):
    result = CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result


def test_areas_are_those_of_scikit_learn_and_few_cases_have_none(found, als):
    answers = found.answers
    for it in found.discrimination:
        members = [als.diagnoses.index(name) for name in it.question.members]
        inside = answers.truth[:, members].sum(axis=1)
        known = (inside == 0) | (inside == answers.truth.sum(axis=1))
        outcome = inside[known] > 0
        assert (it.n, it.known) == (outcome.sum(), known.sum()) and it.n > 0
        if it.n < LEAST_CASES:
            assert it.auc is None and it.roc is None
            continue
        predicted = answers.post_test[known][:, members].sum(axis=1)
        assert it.auc.value["auc"] == pytest.approx(roc_auc_score(outcome, predicted))
        assert it.auc.low["auc"] <= it.auc.value["auc"] <= it.auc.high["auc"]
    estimated = {it.question.id for it in found.discrimination if it.auc is not None}
    assert estimated >= {
        "als",
        "motor neuron disease",
    }


def test_decisions_are_about_the_target_and_the_treatable_of_the_network(found, als, asia):
    assert [it.question.id for it in found.decisions] == [als.target, "treatable"]
    treatable = {name for name, it in als.diagnosis.items() if it.treatable == "yes"}
    assert set(found.decisions[1].question.members) == treatable
    assert found.decisions[1].n == sum(case.diagnosis in treatable for case in found.answers.cases)
    assert list(decision_outcomes(asia)) == []
    (group,) = (it for it in decision_outcomes(als, "muscle") if it.kind == "group")
    assert group.members == als.groups["muscle"]
    with pytest.raises(NetworkError, match="no diagnosis or group 'alss'; did you mean als"):
        list(decision_outcomes(als, "alss"))


def test_the_target_of_a_network_must_be_one_of_its_own(als, tmp_path):
    text = (PUBLISHED_CASES.parents[2] / "networks" / "asia" / "network.yaml").read_text()
    (tmp_path / "network.yaml").write_text(
        text.replace("references: references.csv", "target: lung_cancr").replace(
            "@lauritzen1988", "@estimate"
        )
    )
    with pytest.raises(NetworkError, match=r"network.yaml:\d+: unknown target 'lung_cancr'; did you mean"):
        load_network(tmp_path)


def test_the_structure_is_worth_something_on_these_cases(found):
    difference = found.comparisons["naive-bayes"].log_loss
    assert difference.high < 0


@pytest.mark.slow
def test_it_is_the_same_each_time_and_strict_json(found):
    machine, cases = engine("als_mimics", "flat"), found.answers.cases[::4]
    text, again = (
        json.dumps(measure_performance(machine, cases, draws=50).to_dict(), allow_nan=False) for _ in range(2)
    )
    assert text == again
    data = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    parts = {"measures", "reliability", "slope", "first_rank", "fit", "discrimination", "decisions"}
    assert set(data) == parts
    assert data["discrimination"][0]["roc"][0]["threshold"] is None  # infinite: nobody is above it


@pytest.mark.slow
def test_the_report_states_what_was_measured_and_what_is_not_known(found):
    content = evaluation_report(found, "published.jsonl", "pre", ON)
    text = " ".join(stated(content)).replace("\N{NO-BREAK SPACE}", " ")
    assert FIT_NOT_GENERALISATION in text and INTENDED_USE in text and "98 cases" in text
    assert f"{100 * found.card.top1:.1f} %" in text
    numbers = {int(n) for n in re.findall(r"(?:^| )(\d\d?)[a-g]? [A-Z]", text)}
    assert set(range(1, 28)) <= numbers
    assert text.count("Not reported.") >= 7
    for limit in found.answers.network.limits:
        assert limit in text
    plots = [part for section in content.sections for part in section.parts if isinstance(part, Plot)]
    assert len(plots) == 6
    page = Page(to_html(content))
    assert not page.open and "svg" in {tag for tag, _ in page.elements}
    assert squeezed(text) in page.text.replace("\xa0", "") or squeezed(FIT_NOT_GENERALISATION) in page.text
    assert not any(tag in ("script", "link", "img", "iframe") for tag, _ in page.elements)
    assert to_pdf(content)[:5] == b"%PDF-"


def test_each_case_counts_once_by_sex_and_by_age(als):
    """Also where the age is a number, or uncertain."""
    sure_of_neither = {"50-59": 0.6, "60-69": 0.4}
    ages = ["60-69", "64", 64, "64 years", "75", sure_of_neither, "probable 60-69", None]
    sexes = ["male", "probable male", None, "female", "male", "female", {"male": 0.7, "female": 0.3}, None]
    cases = [
        Case({name: it for name, it in (("age", age), ("sex", sex)) if it is not None}, str(i), "als")
        for i, (age, sex) in enumerate(zip(ages, sexes, strict=True))
    ]
    found = by_subject(answer_cases(engine("als_mimics", "flat"), cases))
    counts = {label: dict(zip(rows.state, rows.n, strict=True)) for label, rows in found.groupby("finding")}
    assert counts[als.findings["age"].label] == {"60-69": 4, "70-79": 1, UNCERTAIN: 2, NOT_STATED: 1}
    assert counts[als.findings["sex"].label] == {"male": 2, "female": 2, UNCERTAIN: 2, NOT_STATED: 2}


def test_what_the_cases_say_is_escaped(asia):
    found = measure_performance(Engine(asia), CLINIC, "lung_cancer", draws=20)
    content = evaluation_report(found, "<script>alert(1)</script>", "post", ON)
    page = to_html(content).decode()
    assert "<script>" not in page and "&lt;script&gt;" in page
    assert "\\<script>" in to_markdown(content).decode()
    text = " ".join(stated(content))
    assert "played a part in the development of the network is not reported" in text
    assert FIT_NOT_GENERALISATION not in text


def test_a_network_that_tells_all_apart_stays_strict(asia):
    cases = [
        Case({"xray_abnormal": state}, id=str(k), diagnosis=truth)
        for k, (state, truth) in enumerate([("present", "lung_cancer"), ("absent", "no_lung_cancer")] * 2)
    ]
    found = measure_performance(Engine(asia), cases, "lung_cancer", draws=20)
    (decision,) = found.to_dict()["decisions"]
    assert decision["recalibration"][0]["value"] is None
    json.dumps(found.to_dict(), allow_nan=False)
    assert "unbounded" in " ".join(stated(evaluation_report(found, "x", "post", ON)))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["als_mimics", "asia"])
def test_a_card_says_what_the_network_says(name):
    content = network_card(network(name), ON)
    text, net = " ".join(stated(content)), network(name)
    for text_of_network in (net.fingerprint, net.version, net.label, INTENDED_USE, *net.limits):
        assert text_of_network in text
    assert all(it.label in text for it in net.diagnosis.values())
    assert (FIT_NOT_GENERALISATION in text) == bool(published_cases_for(net, "post"))
    assert ("Not validated" in text) != (FIT_NOT_GENERALISATION in text)
    assert not Page(to_html(content)).open
    assert to_markdown(content).decode().startswith("# Model card: ")


@pytest.mark.slow
def test_commands(tmp_path, als):
    run("card", "asia", "-o", tmp_path / "card.html")
    assert b"Model card" in (tmp_path / "card.html").read_bytes()
    assert run("card", "asia").stdout.startswith("# Model card: Chest clinic")
    assert "known are .html, .pdf, .md" in run("card", "asia", "-o", tmp_path / "card.docx", code=2).stderr
    words = ("evaluate", PUBLISHED_CASES, "--setting", "flat", "--against", "naive-bayes")
    more = ("--against", "general_neurology_clinic", "--against", "als_mimics", "--target", "muscle")
    result = run(*words, *more, "--report", tmp_path / "e.html", "--details")
    assert "Work up for “muscle”" in result.stdout and "this one is better" in result.stdout
    assert "First instead" in result.stdout and len(result.stdout.splitlines()) < 160
    assert b"TRIPOD+AI" in (tmp_path / "e.html").read_bytes()
    compared = json.loads(run(*words, *more, "--json").stdout)["compared"]
    assert list(compared) == ["naive-bayes", "general_neurology_clinic", "als_mimics"]
    assert compared["als_mimics"]["brier"] == {"mean": 0, "low": 0, "high": 0}
    error = run("evaluate", PUBLISHED_CASES, "--against", "flatt", code=2).stderr
    assert "nothing to compare with is called 'flatt'; give naive-bayes, " in error
    assert "did you mean muscle" in run("evaluate", PUBLISHED_CASES, "--target", "muscel", code=2).stderr
