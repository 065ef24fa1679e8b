"""Below the answer: how regions, findings, ranking and criteria moved over the visits, as small multiples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

import streamlit as st

from dxnet import Engine, Network, over_visits
from dxnet.reasoning.over_visits import VisitAnswer
from dxnet.report.content.visits import SEEN_LAST, what_is_new
from dxnet.ui.case.regions import region_figure, region_matrix
from dxnet.ui.shared.session import Form
from dxnet.words import percent

SHOWN_RANKS = 5
"""Diagnoses that have a row: those that reach the highest probability at any visit."""
FIGURE_PX = 150
BAR, TRACK = "#4C92AE", "#EEF2F5"


def draw_course(network: Network, form: Form, engine: Engine) -> None:
    """A column a visit, whichever is shown; rows of regions, of what is new, of ranks and criteria."""
    st.html(course_table(network, over_visits(engine, form.kept)))
    st.caption(SEEN_LAST)


def course_table(network: Network, answers: Sequence[VisitAnswer]) -> str:
    """The table as HTML; it scrolls by itself where the window is narrow."""
    head = "".join(f'<th scope="col">{answer.on}<br>{_since(answers, answer)}</th>' for answer in answers)
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'
        for name, cells in _rows(network, answers)
    )
    return (
        '<div class="course" tabindex="0" role="region" aria-label="Course over the visits"><table>'
        f'<thead><tr><th scope="col">Visit</th>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _rows(network: Network, answers: Sequence[VisitAnswer]) -> Iterator[tuple[str, list[str]]]:
    matrices = [region_matrix(network, answer.case) for answer in answers]
    if matrices[0].regions:
        yield "Regions", [region_figure(matrix, FIGURE_PX) for matrix in matrices]
    yield "New or changed", [escape(what_is_new(network, answer)) for answer in answers]
    for name in _leading(network, answers):
        yield network.diagnosis[name].name, [_bar(answer.answer.probability(name)) for answer in answers]
    for number, criterion in enumerate(answers[0].criteria):
        yield criterion.name, [escape(answer.criteria[number].verdict) for answer in answers]


def _leading(network: Network, answers: Sequence[VisitAnswer]) -> list[str]:
    """The diagnoses with the highest probability at any visit."""
    highest = {name: max(answer.answer.probability(name) for answer in answers) for name in network.diagnosis}
    return sorted(highest, key=lambda name: -highest[name])[:SHOWN_RANKS]


def _bar(p: float) -> str:
    return (
        f'<div class="bar" style="background:linear-gradient(to right,{BAR} {100 * p:.1f}%,{TRACK} 0)"></div>'
        f"{percent(p)}"
    )


def _since(answers: Sequence[VisitAnswer], answer: VisitAnswer) -> str:
    days = (answer.on - answers[0].on).days
    return f"day {days}" if days else "first"
