"""What reports tell of visits: which are in them, what has changed since, and what has passed."""

from datetime import date

import pytest
from conftest import engine

from dxnet import Case, CaseError, Visit, over_visits
from dxnet.report.content.visits import course, what_is_new
from dxnet.report.parts import Facts, Paragraph
from dxnet.report.writers import content_of_case, report, write_report

ALS = engine("als_mimics")
NET = ALS.network
ON = date(2026, 1, 31)
DAYS = ("2024-01-10", "2024-06-02", "2024-09-01")
CASE = Case.of_visits(
    [
        Visit(DAYS[0], {"arm_weakness": "present", "leg_weakness": "absent", "ck": "250 U/L"}),
        Visit(DAYS[1], {"leg_weakness": "present", "babinski": "present", "ck": "990 U/L"}),
        Visit(DAYS[2], {"leg_weakness": "absent", "clonus": "present"}, note="walks again"),
    ],
    {"sex": "male"},
    id="a",
)


def strong(content):
    return [
        part.text
        for section in content.sections
        for part in section.parts
        if isinstance(part, Paragraph) and part.strong
    ]


def facts(content):
    return dict(
        row
        for section in content.sections
        for part in section.parts
        if isinstance(part, Facts)
        for row in part.rows
    )


@pytest.mark.parametrize("summary", [False, True])
def test_a_report_of_an_earlier_visit_says_so(summary, tmp_path):
    content = content_of_case(ALS, CASE, ON, summary, DAYS[0])
    assert "As known at the visit of 2024-01-10; 2 later visits are not in this report." in strong(content)
    assert "Case a as known on 2024-01-10 ·" in content.foot
    then = content_of_case(ALS, CASE, ON, summary, date(2024, 7, 1))
    assert "As known at the visit of 2024-06-02; 1 later visit is not in this report." in strong(then)
    whole = content_of_case(ALS, CASE, ON, summary, DAYS[2])
    assert whole == content_of_case(ALS, CASE, ON, summary)
    assert (
        not [text for text in strong(whole) if text.startswith("As known")] and "as known" not in whole.foot
    )
    write_report(ALS, CASE, tmp_path / "a.html", ON, summary, DAYS[0])
    assert (tmp_path / "a.html").read_bytes() == report(ALS, CASE, ".html", ON, summary, DAYS[0])


def test_a_day_before_the_first_visit_has_no_report():
    with pytest.raises(CaseError, match="no visit up to 2023-01-01"):
        report(ALS, CASE, visit="2023-01-01")


@pytest.mark.parametrize(
    ("finding", "before", "now", "told"),
    [
        ("ck", "250 U/L", "990 U/L", "Creatine kinase 990 U/L: mild (was 250 U/L: mild)"),
        ("ck", "250 U/L", "250.0 U/L (<200)", "1 as before"),
        ("ck", "mild", "990 U/L", "1 as before"),
        ("ck", "120 U/L", "990 U/L", "Creatine kinase 990 U/L: mild (was 120 U/L: normal)"),
        ("age", "64", "65", "Age at onset 65: 60-69 (was 64: 60-69)"),
        ("age", "60-69", "64", "1 as before"),
        ("babinski", "yes", "present", "1 as before"),
        ("babinski", "present", "probable present", "Babinski sign probable present (was present)"),
    ],
)
def test_another_number_in_the_same_class_is_told_as_a_change(finding, before, now, told):
    case = Case.of_visits([Visit(DAYS[0], {finding: before}), Visit(DAYS[1], {finding: now})])
    answers = over_visits(ALS, case)
    assert what_is_new(NET, answers[1]) == told
    assert bool(answers[1].changed) == ("was" in told)
    assert (NET.findings[finding].label in dict(course(NET, answers).words)) == ("was" in told)
