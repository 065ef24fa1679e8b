"""Bars are tables: every number stands in them as text, and every mark where its number is."""

import re

import pytest

from dxnet.ui.shared.bars import PairBar, RankedBar, WeightBar, pair_bars, ranking_bars, weight_bars
from dxnet.words import WIDE

ALS = RankedBar("ALS", "Amyotrophic lateral sclerosis", "motor neuron", False, 0.5, 0.9, 0.8, 0.95, "80–95 %")


def marks(html, kind):
    """Left end and width of each mark of a kind, in per cent."""
    found = re.findall(rf'<i class="{kind}" style="left:(-?[\d.]+)%;width:(-?[\d.]+)%">', html)
    return [(float(left), float(width)) for left, width in found]


def cells(html):
    """The text of each cell of the body, row by row."""
    body = html.partition("<tbody>")[2]
    return [
        [re.sub("<[^>]*>", "", cell) for cell in re.findall("<t[hd].*?</t[hd]>", row)]
        for row in re.findall("<tr.*?</tr>", body)
    ]


def test_a_ranking_says_and_draws_its_numbers():
    html = ranking_bars([ALS], "Bar: post-test")
    assert cells(html) == [["ALS", "50.0 %", "90.0 %", "80–95 %"]]
    assert marks(html, "bar") == [(0, 90)]
    assert marks(html, "range") == [(80, 15)]
    assert marks(html, "tick") == [(50, 0)]


def test_a_wide_interval_is_said_and_not_drawn():
    wide = RankedBar("MMN", "Multifocal motor neuropathy", "nerve", True, 0.1, 0.5, 0.01, 0.99, WIDE)
    html = ranking_bars([wide], "")
    assert cells(html) == [["MMN treatable", "10.0 %", "50.0 %", WIDE]]
    assert not marks(html, "range")


def test_weights_lie_on_both_sides_of_one_line():
    html = weight_bars(
        [WeightBar("a", "A", 2.0, 0.0), WeightBar("b", "B", -1.0, 0.5)], "Weights", ("2 more", 0.5)
    )
    assert cells(html) == [["A", "", "+8.7"], ["B", "", "-4.3"], ["2 more", "", "+2.2"]]
    zero = pytest.approx(50, abs=0.01)
    assert [left for left, _ in marks(html, "zero")] == [zero] * 3
    assert marks(html, "bar") == [(zero, pytest.approx(50, abs=0.01))]
    assert marks(html, "bar against") == [(25, 25)]
    assert marks(html, "range") == [(0, 50)]
    assert "<button" not in html


def test_a_bar_that_can_be_picked_is_a_button_with_its_key():
    html = weight_bars([WeightBar("emg", "EMG: <present>", 1.0, 0.0)], "Weights", picks=True)
    assert '<button type="button" data-key="emg">EMG: &lt;present&gt;</button>' in html


def test_weights_of_nothing_are_drawn():
    assert cells(weight_bars([WeightBar("a", "A", 0.0, 0.0)], "Weights")) == [["A", "", "+0.0"]]


def test_pairs_say_both_numbers_and_their_difference():
    html = pair_bars([PairBar("ALS", 0.25, 0.75)], "Both", ("A", "B"))
    assert cells(html) == [["ALS", "", "25.0 %", "75.0 %", "+50.0"]]
    assert (marks(html, "circle"), marks(html, "dot"), marks(html, "line")) == (
        [(25, 0)],
        [(75, 0)],
        [(25, 50)],
    )
