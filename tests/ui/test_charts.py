"""The charts of a case are Vega-Lite that its schema accepts, with the selection that a click needs."""

import altair as alt
import jsonschema
import pytest

from dxnet.ui.shared import charts

SPECS = {
    "ranking": charts.ranking_chart(185, (58, 72), (("label", "diagnosis"), ("after", "post-test"))),
    "weights": charts.diverging(200, 50, "weight", True),
    "changes": charts.diverging(200, 50, "change"),
    "pairs": charts.pairs(200, (50, 60, 70)),
}


@pytest.mark.parametrize("name", SPECS)
def test_the_schema_accepts_a_chart(name):
    alt.Chart.from_dict({**SPECS[name], "data": {"values": [{"name": "a"}]}}, validate=True)
    with pytest.raises(jsonschema.ValidationError):
        alt.Chart.from_dict({**SPECS[name], "layer": [{"mark": "no mark"}]}, validate=True)


def test_a_click_chooses_a_bar_where_it_may():
    (pick,) = SPECS["weights"]["params"]
    assert pick["name"] == charts.PICKED and pick["select"]["fields"] == ["key"]
    assert [layer.get("name") for layer in SPECS["weights"]["layer"]].count(pick["views"][0]) == 1
    assert "params" not in SPECS["changes"]
