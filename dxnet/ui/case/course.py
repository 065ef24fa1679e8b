"""Below the answer: how regions, findings, ranking and criteria moved over the visits, as small multiples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

import streamlit as st

from dxnet import Engine, Network, over_visits
from dxnet.reasoning.over_visits import VisitAnswer
from dxnet.report.content.visits import SEEN_LAST, course, what_is_new
from dxnet.report.parts import Multiples
from dxnet.ui.case.regions import region_figure, region_matrix
from dxnet.ui.shared.case_form import Form
from dxnet.words import percent

COURSE_PX = 150


def draw_course(network: Network, form: Form, engine: Engine) -> None:
    """A column a visit, whichever is shown; rows of regions, what is new, notes, ranks and criteria."""
    st.html(course_table(network, over_visits(engine, form.kept)))
    st.caption(SEEN_LAST)


def course_table(network: Network, answers: Sequence[VisitAnswer]) -> str:
    """The table as HTML; it scrolls by itself where the window is narrow."""
    shown = course(network, answers)
    head = "".join(f'<th scope="col">{escape(title)}</th>' for title in shown.titles)
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'
        for name, cells in _rows(network, answers, shown)
    )
    return (
        '<div class="course" tabindex="0" role="region" aria-label="Course over the visits"><table>'
        f'<thead><tr><th scope="col">Visit</th>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _rows(
    network: Network, answers: Sequence[VisitAnswer], shown: Multiples
) -> Iterator[tuple[str, list[str]]]:
    matrices = [region_matrix(network, answer.case) for answer in answers]
    if matrices[0].regions:
        yield "Regions", [region_figure(matrix, COURSE_PX) for matrix in matrices]
    yield "New or changed", [escape(what_is_new(network, answer)) for answer in answers]
    if any(answer.visit.note for answer in answers):
        yield "Note", [escape(answer.visit.note) for answer in answers]
    for name, values in shown.bars:
        yield name, [_bar(value) for value in values]
    for name, texts in shown.words:
        yield name, [escape(text) for text in texts]


def _bar(p: float) -> str:
    return f'<div class="bar" style="--share:{100 * p:.1f}%"></div>{percent(p)}'
