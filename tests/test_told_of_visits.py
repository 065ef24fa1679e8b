"""What reports tell of visits: which are in them, what has changed since, and what has passed."""

from datetime import date

import pytest
from conftest import engine

from dxnet import Case, CaseError, Visit
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
