"""Small multiples on paper: the same bars and words side by side, a column for each moment."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from dxnet.report.parts import Multiples
from dxnet.report.render.paper import FILL, LINE, MARGIN, RULE, SMALL, Paper, cut_to_width
from dxnet.words import INK, percent

PANEL_ROW, NAME_MM, NUMBER_MM = 6.4, 62.0, 16.0
"""Millimetres of a row of one line, of the names, and of the number behind a bar."""
PANEL_LINES = 6
"""Lines of a text in a panel, about; a longer one is cut."""


def height_of_multiples(part: Multiples) -> float:
    """Millimetres that they take, if each text takes one line."""
    return PANEL_ROW * (len(part.bars) + len(part.words) + 2) + LINE


def draw_multiples(paper: Paper, part: Multiples) -> None:
    """The names at the left, and a column of equal width for each moment."""
    width = (paper.epw - NAME_MM) / max(part.across, len(part.titles))
    paper.keep(height_of_multiples(part))
    paper.ln(1)
    paper.ink(INK, style="B")
    paper.write_text(part.caption)
    _panel_row(paper, "", part.titles, width)
    for name, values in part.bars:
        y = _panel_row(paper, name, (), width)
        for number, value in enumerate(values):
            left, room = MARGIN + NAME_MM + number * width, width - NUMBER_MM - 1
            for colour, long in ((RULE, room), (FILL, room * value)):
                paper.set_fill_color(colour)
                paper.rect(left, y + 1.4, long, 3.2, style="F")
            paper.set_xy(left + room, y)
            paper.cell(NUMBER_MM, PANEL_ROW, percent(value))
        paper.set_xy(MARGIN, y + PANEL_ROW)
    for name, texts in part.words:
        _panel_row(paper, name, texts, width)
    paper.ln(2)


def _panel_row(paper: Paper, name: str, texts: Iterable[str], width: float) -> float:
    """A name, and a text in each panel, each on as many lines as it needs; where the row begins."""
    paper.ink(INK, SMALL)
    cells = [(MARGIN, NAME_MM - 2, name, "R")]
    cells += [(MARGIN + NAME_MM + k * width, width - 1, text, "L") for k, text in enumerate(texts)]
    wrapped = [_lines_of_panel(paper, text, room) for _, room, text, _ in cells]
    height = LINE * max(map(len, wrapped)) + PANEL_ROW - LINE
    paper.keep(height)
    y = paper.get_y()
    for (left, room, _, align), lines in zip(cells, wrapped, strict=True):
        for k, line in enumerate(lines):
            paper.set_xy(left, y + (PANEL_ROW - LINE) / 2 + k * LINE)
            paper.cell(room, LINE, line, align=align)
    paper.set_xy(MARGIN, y + height)
    return y


def _lines_of_panel(paper: Paper, text: str, width: float) -> list[str]:
    """The lines of a text in a column."""
    drawn = cut_to_width(paper, paper.drawable(text), PANEL_LINES * width)
    lines = cast("list[str]", paper.multi_cell(width, LINE, drawn, dry_run=True, output="LINES"))
    return lines or [""]
