"""Performance of a network: calibration and measures, as charts and tables."""

from __future__ import annotations

import altair as alt
import pandas as pd
import streamlit as st

from dxnet.evaluation.statistics import measures_in_words
from dxnet.report.content.figures import MEASURE_COLUMNS, calibration_table
from dxnet.report.parts import Table
from dxnet.ui.shared.charts import PLAIN
from dxnet.ui.shared.parts import show_table
from dxnet.words import INK, counted, share

PLOT_HEIGHT = 320
"""Height of a calibration plot in pixels."""


def draw_calibration(bins: pd.DataFrame) -> None:
    """Predicted against observed, with the cases in each bin; and as a table."""
    base = alt.Chart(bins.assign(top=bins.high + 0.06))
    x = alt.X(
        "predicted:Q",
        title="Predicted probability of the first diagnosis",
        scale=alt.Scale(domain=[0, 1]),
        axis=axis(),
    )
    y = alt.Y(
        "observed:Q",
        title="Observed share in which it was right",
        scale=alt.Scale(domain=[0, 1.1]),
        axis=axis(),
    )
    ends = pd.DataFrame({"predicted": [0.0, 1.0], "observed": [0.0, 1.0]})
    ideal = alt.Chart(ends).mark_line(color=INK, strokeDash=[4, 4], strokeWidth=1).encode(x, y)
    ranges = base.mark_rule(color=PLAIN, strokeWidth=2).encode(x, y=alt.Y("low:Q"), y2="high:Q")
    points = base.mark_point(color=PLAIN, filled=True, size=90, opacity=1).encode(x, y)
    numbers = base.mark_text(fontSize=12, color=INK).encode(x, y=alt.Y("top:Q"), text="n:Q")
    layers = alt.layer(ideal, ranges, points, numbers).properties(height=PLOT_HEIGHT)
    left, right = st.columns(2, gap="medium")
    with left:
        st.altair_chart(layers, width="stretch", alt=f"Calibration plot. {bins_in_words(bins)}")
    with right:
        show_table(calibration_table(bins, "the first rank"))
    st.caption(
        "Point: mean probability and share right in a bin · line: 95 % interval (Wilson) · "
        "number: cases in it · dashed: perfect calibration"
    )


def bins_in_words(bins: pd.DataFrame, thing: str = "case") -> str:
    """The bins and how many of a thing are in each, for screen readers."""
    return "; ".join(
        f"predicted {share(predicted)}, observed {share(observed)} of {counted(n, thing)}"
        for predicted, observed, n in zip(bins.predicted, bins.observed, bins.n, strict=True)
    )


def axis() -> alt.Axis:
    """Shares in per cent."""
    return alt.Axis(
        format="%", labelFontSize=12, titleFontSize=13, labelColor=INK, titleColor=INK, tickCount=5
    )


def draw_measures(measured: pd.DataFrame) -> None:
    """Measures with their intervals, as a table."""
    show_table(
        Table("Measures of accuracy and calibration", MEASURE_COLUMNS, tuple(measures_in_words(measured)))
    )
