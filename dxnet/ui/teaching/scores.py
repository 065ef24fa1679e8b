"""The foot of the Learn page: scores and calibration of the learner beside those of the network."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd
import streamlit as st

from dxnet import Network
from dxnet.report.content.lesson import LEARNER, NETWORK, learner_calibration, learner_measures, verdicts
from dxnet.report.parts import Table
from dxnet.teaching.exercise import Exercise
from dxnet.teaching.learner_scores import LearnerScores, Moment, answer_table, score_learner, score_ordering
from dxnet.ui.shared import frame
from dxnet.ui.shared.charts import PLAIN, TREATABLE
from dxnet.ui.shared.parts import show_parts
from dxnet.ui.shared.scores import PLOT_HEIGHT, axis, bins_in_words
from dxnet.words import INK

MOMENTS: dict[Moment, str] = {"first": "First answers: before any of the network's", "last": "Last answers"}


def draw_learner_scores(network: Network, closed: Sequence[Exercise]) -> None:
    """Scores, calibration, the closed cases, and the answers as a file."""
    frame.heading("How you do")
    moment = st.segmented_control(
        "Answers scored",
        list(MOMENTS),
        default="last",
        format_func=MOMENTS.__getitem__,
        required=True,
        key="scored_moment",
        label_visibility="collapsed",
    )
    found = score_learner(closed, moment)
    left, right = st.columns(2, gap="large")
    with left:
        show_parts(learner_measures(found, score_ordering(closed)))
        show_parts([verdicts(network, closed, moment)])
        st.download_button(
            "Download your answers (CSV)",
            answer_table(closed).to_csv(index=False).encode(),
            file_name="answers.csv",
            mime="text/csv",
            on_click="ignore",
        )
    with right:
        draw_learner_calibration(found)
        with st.expander("The same as tables"):
            show_parts(part for part in learner_calibration(found) if isinstance(part, Table))


def draw_learner_calibration(found: LearnerScores) -> None:
    """Stated probabilities against the share that was right, the learner's beside the network's."""
    both = {LEARNER: found.learner_calibration, NETWORK: found.network_calibration}
    bins = pd.concat([table.assign(who=who) for who, table in both.items()])
    colour = alt.Color(
        "who:N",
        scale=alt.Scale(domain=list(both), range=[TREATABLE, PLAIN]),
        legend=alt.Legend(orient="top", title=None, labelColor=INK, labelFontSize=13),
    )
    within = alt.Scale(domain=[0, 1])
    x = alt.X("predicted:Q", title="Stated probability", scale=within, axis=axis())
    y = alt.Y("observed:Q", title="Share that was right", scale=within, axis=axis())
    ideal = alt.Chart(pd.DataFrame({"predicted": [0.0, 1.0], "observed": [0.0, 1.0]}))
    base = alt.Chart(bins)
    layers = alt.layer(
        ideal.mark_line(color=INK, strokeDash=[4, 4], strokeWidth=1).encode(x, y),
        base.mark_rule(strokeWidth=2).encode(x, y=alt.Y("low:Q"), y2="high:Q", color=colour),
        base.mark_point(filled=True, size=90, opacity=1).encode(
            x, y, color=colour, shape=alt.Shape("who:N", scale=alt.Scale(domain=list(both)))
        ),
    )
    words = "; ".join(f"{who}: {bins_in_words(table, 'diagnosis')}" for who, table in both.items())
    st.altair_chart(layers.properties(height=PLOT_HEIGHT), width="stretch", alt=f"Calibration. {words}")
    st.caption(
        "Point: mean stated probability and share right in a bin · line: 95 % interval (Wilson) · dashed: "
        "perfect calibration. Each diagnosis named counts once, of the network its first three."
    )
