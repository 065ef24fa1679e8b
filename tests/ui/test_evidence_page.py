"""The Evidence & limits page without a browser: what it states is what the library says."""

import pytest

from dxnet import Engine, evaluate, load_network, read_cases
from dxnet.evaluation.first_rank import first_rank_of
from dxnet.evaluation.fit_of_cases import fit_of_cases
from dxnet.evaluation.scorecard import answer_cases, even_setting
from dxnet.knowledge.load import RESOURCES
from dxnet.report.content.figures import fit_in_words
from dxnet.report.content.first_rank import first_rank_in_words
from dxnet.review.provenance import citations, published_shares, stated_cells
from dxnet.ui.evidence import page as evidence_page

PAGE = """
from dxnet.ui.evidence import page as evidence_page
from dxnet.ui.shared.frame import page

page(evidence_page.draw_evidence_page)()
"""
CASES = RESOURCES / "data" / "cases" / "published.jsonl"


def said(page):
    return "\n".join(part.value for part in [*page.markdown, *page.caption, *page.info, *page.warning])


def table(page, column):
    return next(it.value for it in page.table if column in it.value)


def measures(page):
    rows = table(page, "Measure").set_index("Measure")
    return rows.map(lambda text: text.replace("\xa0", " "))


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["post", "pre"])
def test_validation_is_that_of_evaluate(start, als, stage):
    page = start()
    page.segmented_control(key="stage").set_value(stage).run()
    card = evaluate(Engine(als, "flat"), read_cases(CASES, stage))
    shown = measures(page)
    assert shown.Value["True diagnosis first"] == f"{100 * card.top1:.1f} %"
    assert shown.Value["Among the first 5"] == f"{100 * card.top5:.1f} %"
    assert shown.Value["Brier score"] == f"{card.brier:.2f}"
    assert shown.Value["Calibration error"] == f"{100 * card.ece:.1f} %"
    assert " to " in shown["95 % interval"]["Log loss"]
    assert len(table(page, "First instead")) == len(card.misses)
    assert len(table(page, "Mean P(true)")) == len(card.per_diagnosis())


@pytest.mark.slow
def test_the_most_even_setting_is_offered_first_and_another_counts(start, als):
    page = start()
    assert page.selectbox(key="evidence_setting").value == even_setting(als) == "flat"
    before = measures(page)
    page.selectbox(key="evidence_setting").set_value("suspected_mnd_referral").run()
    assert not measures(page).equals(before)


def test_first_ranks_and_fit_are_those_of_the_evaluation(start, als):
    page = start()
    engine = Engine(als, "flat")
    answers = answer_cases(engine, read_cases(CASES, "post"))
    assert first_rank_in_words(first_rank_of(engine, answers)) in said(page)
    assert fit_in_words(fit_of_cases(engine, answers)).text in said(page)


def test_it_says_that_this_is_fit(start):
    assert "their figures are fit, not generalisation" in said(start())


def test_limits_and_use_are_printed(start, als):
    text = said(start())
    assert "not a medical device" in text
    for limit in als.limits:
        assert limit.split("(")[0] in text


def test_sources_are_those_of_the_library(start, als):
    page, whole = start(), published_shares(stated_cells(als)).loc["all"]
    shown = {metric.label: metric.value for metric in page.metric}
    assert shown["P(finding | diagnosis) as published"] == f"{100 * whole.share:.1f} %"
    assert f"{100 * whole.share_of_information:.1f} %" in shown.values()


def test_versions_and_hash(start, als):
    shown = table(start(), "Version").set_index("What").Version
    assert shown["Fingerprint of its files"] == als.fingerprint
    assert shown["Version of the network"] == als.version
    assert {"dxnet", "Python", "numpy"} <= set(shown.index)


def test_references_are_searched(start, als):
    page = start()
    page.text_input(key="reference_search").set_value("kennedy 2019").run()
    found = evidence_page.matching(citations(als), "kennedy 2019")
    assert 0 < len(found) < 50
    assert any(f"{len(found)} of {len(als.references)} references" in text.value for text in page.caption)
    page.text_input(key="reference_search").set_value("zzzz").run()
    assert any(text.value.startswith("0 of") for text in page.caption)


def test_every_field_is_searched(als):
    works = citations(als)
    key, work = next((key, work) for key, work in works.iterrows() if work.doi and work.authors)
    for text in (key, work.doi.upper(), work.authors, work.title, work.journal):
        assert key in evidence_page.matching(works, text).index
    assert len(evidence_page.matching(works, "")) == len(works)


def test_a_reference_is_a_line_with_its_link(als):
    works = citations(als)
    key, work = next((key, work) for key, work in works.iterrows() if work.doi)
    line = evidence_page.reference_line(als, key, int(work.numbers))
    assert f"https://doi.org/{work.doi}" in line and f"`{key}`" in line
    assert ("number rests" if work.numbers == 1 else f"{work.numbers} numbers rest") in line


@pytest.mark.parametrize("name", ["asia", "impossible"])
def test_other_networks_say_that_no_case_fits(start, impossible, name):
    network = impossible if name == "impossible" else name
    page = start(network)
    assert "None of the 252 published cases" in page.info[0].value
    assert table(page, "Version").Version[2] == load_network(network).fingerprint
