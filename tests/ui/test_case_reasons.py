"""The reasons of the Case page: intervals, contributions, what next, what would change it, and criteria."""

import re
from html import unescape
from itertools import pairwise

import pytest
from case_page import opened, shown

from dxnet import Engine, credible_intervals, criteria, explain, load_network, next_tests
from dxnet.reasoning.conflict import flips
from dxnet.reasoning.next_findings import next_findings
from dxnet.report.content.explanation import LR_OF_SETTING
from dxnet.report.content.next_procedures import informative
from dxnet.ui.case.why import OPENED
from dxnet.words import DECIBAN, between, percent

TAB = "All diagnoses"


def with_example(start, case, tab):
    page = start("als_mimics")
    page.button(key=f"example:{case.id}").click().run()
    return opened(page, tab)


def test_the_interval_beside_each_probability_is_that_of_the_library(start, myasthenia):
    page = with_example(start, myasthenia, "All diagnoses")
    sure = credible_intervals(Engine(load_network("als_mimics")), myasthenia).to_frame()
    table = shown(page.table[0])
    assert list(table["90 % interval"]) == [between(row.low, row.high) for row in sure.itertuples()]
    assert list(table["P(ranked first)"]) == [percent(p) for p in sure["first"]]


def test_why_shows_the_numbers_and_sources_behind_a_finding(start, myasthenia):
    page = with_example(start, myasthenia, "Why")
    why = explain(Engine(load_network("als_mimics")), myasthenia)
    assert page.selectbox(key="explained").options[0] == "Why the first"
    assert any(text.value.startswith("Myasthenia gravis against all others: ") for text in page.caption)
    assert not page.table
    next(button for button in page.button if button.label == "Numbers behind").click().run()
    assert page.selectbox(key="numbers_of").value == why.contributions[0].finding
    assert any(text.value.endswith(LR_OF_SETTING) for text in page.caption)
    page.selectbox(key="versus").set_value("als").run()
    against = explain(Engine(load_network("als_mimics")), myasthenia, versus="als")
    (summary,) = [text.value for text in page.caption if "decibans before the findings" in text.value]
    assert f"{against.log_odds * DECIBAN:+.1f} with them" in summary


def test_a_click_on_a_bar_opens_the_numbers_of_its_finding(start, myasthenia):
    page = with_example(start, myasthenia, "Why")
    why = explain(Engine(load_network("als_mimics")), myasthenia)
    page.session_state.numbers_of, page.session_state[OPENED] = "fatigability", True  # as the click does
    page.run()
    (chosen,) = [c for c in why.contributions if c.finding == "fatigability"]
    (table,) = page.table
    assert list(table.value["Weight"]) == [f"{estimate.weight:.0f}" for _, estimate in chosen.numbers]
    page.run()
    assert not page.table, "it opens once"


def reason(page):
    """The open reason, as HTML."""
    return next(it.proto.body for it in page.get("html") if 'class="reason"' in it.proto.body)


def unbroken(text):
    return text.replace("\N{NO-BREAK SPACE}", " ")


def column_of(text, caption, number=0):
    """A column of all rows of a table, also of those that are folded."""
    tables = re.findall(rf"<caption>{caption}.*?</table>", unbroken(text))
    rows = [row for table in tables for row in re.findall(r'<tr>(<th scope="row".*?)</tr>', table)]
    return [unescape(re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)[number]) for row in rows]


def test_what_next_weighs_the_burden(start, myasthenia):
    page = with_example(start, myasthenia, "What next")
    engine = Engine(load_network("als_mimics"))

    def procedures(**weights):
        tests = next_tests(engine, myasthenia, **weights)
        return [engine.network.procedures[test.procedure].label for test in informative(tests)]

    assert column_of(reason(page), "Next procedures: first") == procedures()
    page.slider(key="weight:cost").set_value(3.0).run()
    assert column_of(reason(page), "Next procedures: first") == procedures(cost=3.0)
    after = unbroken(reason(page)).partition("Not to be missed")[2]
    assert f"Myasthenia gravis {percent(engine.diagnose(myasthenia).probability('mg'))}" in after


@pytest.mark.slow
def test_what_would_change_the_first_rank(start, myasthenia):
    page = with_example(start, myasthenia, "What would change my mind")
    network = load_network("als_mimics")
    found = flips(Engine(network), myasthenia)
    shown_first = column_of(reason(page), "If one finding were wrong")
    assert shown_first == [network.findings[flip.finding].label for flip in found] != []


def test_criteria_are_those_of_the_library(start, myasthenia):
    page = with_example(start, myasthenia, "Criteria")
    found = criteria(load_network("als_mimics"), myasthenia)
    assert column_of(reason(page), "Diagnostic criteria", 2) == [one.verdict for one in found]
    assert "no diagnostic criteria" in reason(opened(start("asia"), "Criteria"))


def test_the_findings_that_tell_most_are_offered_and_opened(start, als):
    page = start("als_mimics")
    best = next_findings(Engine(als), {})
    assert len(best) == len(als.findings)
    assert all(one.value >= other.value >= 0 for one, other in pairwise(best))
    offered = [button for button in page.button if str(button.key).startswith("next:")]
    assert [button.key for button in offered] == [f"next:{one.finding}" for one in best[: len(offered)]]
    offered[0].click().run()
    assert page.session_state.form.sought == best[0].finding


def test_the_information_of_a_finding_is_that_of_its_test_where_it_is_a_test_by_itself(asia):
    engine = Engine(asia)
    for case in ({}, {"dyspnoea": "present"}):
        alone = {one.procedure: one.information for one in next_tests(engine, case)}
        assert {one.finding: one.information for one in next_findings(engine, case)} == pytest.approx(alone)
