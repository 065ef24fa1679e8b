"""Words that a clinician trusts: no empty interval, no row that contradicts itself, one line everywhere."""

import re
from dataclasses import replace
from html import unescape

import pytest
from click.testing import CliRunner
from conftest import engine
from hypothesis import given
from hypothesis import strategies as st

from dxnet import Case, credible_intervals, explain, write_case
from dxnet.cli import main
from dxnet.formats.cases.read import reference_cases
from dxnet.report.content.explanation import DEPENDS, weight_tables
from dxnet.report.content.localisation import place_and_fit
from dxnet.report.content.ranking import ranking_chart, ranking_table
from dxnet.report.parts import Table
from dxnet.report.writers import report
from dxnet.words import WIDE, WIDEST, between

ALS = engine("als_mimics")
CASES = reference_cases()
ODD = Case(
    {
        "babinski": "present",
        "csf_ocb": "present",
        "rns_increment": "present",
        "ar_cag": "expanded",
        "anti_gm1": "positive",
    }
)
"""A patient whom no listed disease explains."""


@given(st.floats(0, 1), st.floats(0, 1))
def test_an_interval_tells_something_or_is_called_wide(one, other):
    low, high = sorted((one, other))
    assert (between(low, high) == WIDE) == (high - low > WIDEST)
    assert between(low, high) != "<1–>99 %"


@pytest.mark.parametrize("case", CASES[:20], ids=lambda case: case.id)
def test_no_row_of_an_explanation_contradicts_itself(case):
    why = explain(ALS, case)
    tables = [part for part in weight_tables(ALS.network, why) if isinstance(part, Table)]
    ratios = {table.caption: [float(row[3]) for row in table.rows if row[0] != "nothing"] for table in tables}
    assert all(ratio >= 1 for ratio in ratios["For it"])
    assert all(ratio <= 1 for ratio in ratios["Against it"])
    assert sum(map(len, ratios.values())) == len(why.contributions)
    assert len(ratios.get(DEPENDS, [])) == sum(c.is_mixed for c in why.contributions)


def test_a_wide_interval_is_neither_printed_nor_drawn():
    sure = _as_wide(ALS.diagnose(CASES[0]))
    table = ranking_table(ALS.diagnose(CASES[0]), sure)
    assert table.rows[0][-2] == WIDE
    bar = ranking_chart(ALS.diagnose(CASES[0]), sure).bars[0]
    assert bar.low == bar.high == bar.value


def _as_wide(answer):
    sure = credible_intervals(ALS, answer.case, draws=20)
    return replace(sure, low=sure.low * 0 + 0.001, high=sure.high * 0 + 0.999)


def test_the_command_line_and_reports_have_the_lines_of_the_app(tmp_path):
    lines = [paragraph.text for paragraph in place_and_fit(ALS, ODD)]
    assert lines[0].startswith("The signs point to: ")
    assert " leads, but explains this patient badly: " in lines[1]
    path = tmp_path / "case.yaml"
    write_case(ODD, path)
    printed = CliRunner().invoke(main, ["diagnose", str(path)], env={"COLUMNS": "500"}).output
    page = re.sub(
        r"\s+", " ", unescape(report(ALS, ODD, ".html").decode()).replace("\N{NO-BREAK SPACE}", " ")
    )
    for line in lines:
        assert line in printed
        assert line in page
