"""A report as a PDF on A4; a character that no font here has is shown by its number."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping

from fpdf.enums import TableBordersLayout
from fpdf.fonts import FontFace

from dxnet.report.parts import (
    Bar,
    Block,
    Bullets,
    Chart,
    Content,
    Facts,
    Multiples,
    Paragraph,
    Plot,
    Section,
    Series,
    Table,
)
from dxnet.report.render.columns import column_widths
from dxnet.report.render.glyphs import print_issues
from dxnet.report.render.panels import draw_multiples, height_of_multiples
from dxnet.report.render.paper import FILL, LINE, MARGIN, QUIET, RULE, SIZE, SMALL, Paper, cut_to_width
from dxnet.report.shorter import shorter
from dxnet.words import INK

NAMES = 38.0
"""Millimetres for the names of facts."""
MAX_CELL_MM = 1000.0
"""Millimetres of text in a cell, so that a row fits on a page."""
PDF_ROW, PDF_LEFT, PDF_RIGHT = 6.4, 62.0, 16.0
"""Millimetres of the chart: height of a row, widths of names and of numbers."""
PLOT_SIDE_MM = 62.0
"""Millimetres of a side of a plot."""
ZOOMS = (1.0, 0.94, 0.88, 0.82, 0.76)
"""How large things are drawn; the letters of the last have 7 points, which can still be read."""
SHORTENED = (400, 300, 220, 160, 110, 80, 50, 25)
"""Letters of a text, where the smallest letters do not make a report fit on its pages."""
PDF_STROKES = (("#0B5C7A", 0.0, 0.0), ("#A3420A", 1.8, 1.0), ("#4A5A68", 0.5, 0.8), ("#5B3B8C", 3.0, 0.8))
"""Colour, dash and gap (millimetres) of each line of a plot in turn."""
KEPT = 30.0
"""Millimetres that a heading needs below it on its page."""
DEEP, TICK = "#0B4A62", "#A3420A"


def to_pdf(content: Content) -> bytes:
    """A report as a PDF; the same content gives the same bytes."""
    if not content.most_pages:
        return bytes(_printed(content, ZOOMS[0]).output())
    ways = [*((0, zoom) for zoom in ZOOMS), *((letters, ZOOMS[-1]) for letters in SHORTENED)]
    papers: dict[int, Paper] = {}

    def fits(way: int) -> bool:
        letters, zoom = ways[way]
        papers[way] = _printed(shorter(content, letters) if letters else content, zoom)
        return len(papers[way].pages) <= content.most_pages

    first = bisect_left(range(len(ways)), True, key=fits)
    if first not in papers:  # none fits
        first = max(papers)
    made = bytes(papers.pop(first).output())
    for paper in papers.values():
        paper.discard()
    return made


def _printed(content: Content, zoom: float) -> Paper:
    """A report on as many pages as it needs, everything as large as ``zoom`` says."""
    paper = Paper(content, zoom)
    paper.add_page()
    paper.ink(INK, 15, "B")
    paper.write_text(content.title, 7)
    for issue in print_issues(content):
        _draw_paragraph(paper, Paragraph(f"{issue.message[0].upper()}{issue.message[1:]}; {issue.fix}."))
    for section in content.sections:
        _section(paper, section)
    return paper


def _section(paper: Paper, section: Section) -> None:
    first = next(iter(section.parts), None)
    paper.keep(KEPT + (height_of_multiples(first) if isinstance(first, Multiples) else 0))
    paper.ln(4)
    paper.start_section(paper.drawable(section.heading))
    paper.ink(DEEP, 11.5, "B")
    paper.write_text(section.heading, 5.5)
    paper.set_draw_color(DEEP)
    paper.set_line_width(0.4)
    paper.line(MARGIN, paper.get_y() + 0.6, paper.w - MARGIN, paper.get_y() + 0.6)
    paper.ln(2)
    for part in section.parts:
        _DRAW_BLOCK[type(part)](paper, part)


def _draw_paragraph(paper: Paper, text: Paragraph) -> None:
    if text.strong:
        paper.keep(3 * LINE)
        paper.ln(1)
    paper.ink(INK, style="B" if text.strong else "")
    paper.write_text(text.text)
    paper.ln(1)


def _draw_facts(paper: Paper, facts: Facts) -> None:
    for name, text in facts.rows:
        paper.keep(2 * LINE)
        paper.ink(QUIET)
        top, page = paper.get_y(), paper.page
        paper.multi_cell(NAMES - 2, LINE, paper.drawable(name), align="L", new_x="LMARGIN", new_y="NEXT")
        below = paper.get_y() if paper.page == page else top
        paper.set_y(top)
        paper.ink(INK)
        paper.write_text(text, left=MARGIN + NAMES)
        paper.set_y(max(below, paper.get_y()) if paper.page == page else paper.get_y())
    paper.ln(1)


def _bullets(paper: Paper, bullets: Bullets) -> None:
    indent = 8.0 if bullets.marks else 4.0
    for number, item in enumerate(bullets.items):
        paper.keep(2 * LINE)
        paper.ink(QUIET)
        paper.cell(indent, LINE, bullets.marks[number] if bullets.marks else "•")
        paper.ink(INK, SMALL if bullets.marks else SIZE)
        paper.write_text(item, left=MARGIN + indent)
    _more(paper, bullets.more)
    paper.ln(1)


def _draw_table(paper: Paper, table: Table) -> None:
    paper.keep(KEPT / 2)
    paper.ln(1)
    paper.ink(INK, style="B")
    paper.write_text(table.caption)
    paper.ink(INK, SMALL, "B")
    widths = column_widths(paper, table)
    paper.ink(INK, SMALL)
    paper.set_draw_color(RULE)
    paper.set_fill_color("#FFFFFF")
    paper.set_line_width(0.2)
    with paper.table(
        col_widths=widths,
        text_align=tuple("RIGHT" if column.startswith(">") else "LEFT" for column in table.columns),
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        headings_style=FontFace(emphasis="BOLD", color=QUIET),
        line_height=LINE,
        padding=(0.3, 1.5),
    ) as drawn:
        for cells in (tuple(column.removeprefix(">") for column in table.columns), *table.rows):
            drawn.row(tuple(cut_to_width(paper, paper.drawable(cell), MAX_CELL_MM) for cell in cells))
    _more(paper, table.more)
    paper.ln(2)


def _more(paper: Paper, count: int) -> None:
    """How many rows or entries are not listed."""
    if count:
        paper.ink(QUIET, SMALL)
        paper.write_text(f"and {count} more")


def _chart(paper: Paper, chart: Chart) -> None:
    height = PDF_ROW * len(chart.bars)
    paper.keep(height + 3 * LINE)
    top, left, width = paper.get_y() + 1, MARGIN + PDF_LEFT, paper.epw - PDF_LEFT - PDF_RIGHT
    paper.ink(QUIET, SMALL)
    paper.set_draw_color(RULE)
    paper.set_line_width(0.2)
    for part in (0, 25, 50, 75, 100):
        x = left + width * part / 100
        paper.line(x, top, x, top + height)
        paper.set_xy(x - 10, top + height)
        paper.cell(20, LINE, f"{part} %", align="C")
    for number, bar in enumerate(chart.bars):
        _draw_bar(paper, bar, left, top + PDF_ROW * (number + 0.5), width)
    paper.ink(QUIET, SMALL)
    paper.set_y(top + height + LINE)
    paper.write_text(chart.caption)
    paper.ln(1)


def _draw_bar(paper: Paper, bar: Bar, left: float, y: float, width: float) -> None:
    paper.ink(INK, SMALL)
    paper.set_xy(MARGIN, y - LINE / 2)
    paper.cell(PDF_LEFT - 2, LINE, cut_to_width(paper, paper.drawable(bar.label), PDF_LEFT - 4), align="R")
    paper.set_xy(left + width, y - LINE / 2)
    paper.cell(PDF_RIGHT, LINE, bar.number, align="R")
    low, high, before = (left + width * p for p in (bar.low, bar.high, bar.before))
    paper.set_fill_color(FILL)
    paper.rect(left, y - 1.7, width * bar.value, 3.4, style="F")
    paper.set_draw_color(DEEP)
    paper.set_line_width(0.35)
    paper.line(low, y, high, y)
    for end in (low, high):
        paper.line(end, y - 1, end, y + 1)
    paper.set_draw_color(TICK)
    paper.set_line_width(0.6)
    paper.line(before, y - 2.5, before, y + 2.5)


def _plot(paper: Paper, plot: Plot) -> None:
    paper.keep(PLOT_SIDE_MM + 5 * LINE)
    top, left = paper.get_y() + 2, MARGIN + 14
    paper.set_line_width(0.2)
    for k, mark in enumerate(plot.marks):
        x, y = left + PLOT_SIDE_MM * k / 4, top + PLOT_SIDE_MM * (1 - k / 4)
        paper.set_draw_color(RULE)
        paper.line(x, top, x, top + PLOT_SIDE_MM)
        paper.line(left, y, left + PLOT_SIDE_MM, y)
        paper.ink(QUIET, SMALL)
        paper.set_xy(x - 8, top + PLOT_SIDE_MM + 0.5)
        paper.cell(16, LINE, f"{25 * k} %", align="C")
        paper.set_xy(left - 13, y - LINE / 2)
        paper.cell(12, LINE, f"{mark:.2f}", align="R")
    for number, series in enumerate(plot.series):
        _series(paper, plot, series, number, (left, top))
    paper.ink(QUIET, SMALL)
    paper.set_y(top + PLOT_SIDE_MM + LINE + 1)
    paper.write_text(f"{plot.caption} Across: {plot.x}. Up: {plot.y}.")
    paper.ln(1)


def _series(paper: Paper, plot: Plot, series: Series, number: int, corner: tuple[float, float]) -> None:
    left, top = corner

    def at(x: float, y: float) -> tuple[float, float]:
        return left + PLOT_SIDE_MM * x, top + PLOT_SIDE_MM * (1 - plot.at(y))

    colour, dash, gap = PDF_STROKES[number % len(PDF_STROKES)]
    key = top + 3 + number * (LINE + 1)
    paper.set_draw_color(colour)
    paper.set_fill_color(colour)
    paper.set_line_width(0.4)
    paper.set_dash_pattern(dash, gap)
    if series.ends:
        for (x, y), ends in zip(series.points, series.ends, strict=True):
            paper.line(*at(x, ends[0]), *at(x, ends[1]))
            paper.ellipse(at(x, y)[0] - 0.9, at(x, y)[1] - 0.9, 1.8, 1.8, style="F")
        paper.ellipse(left + PLOT_SIDE_MM + 6, key - 0.9, 1.8, 1.8, style="F")
    else:
        paper.polyline([at(x, y) for x, y in series.points])
        paper.line(left + PLOT_SIDE_MM + 4, key, left + PLOT_SIDE_MM + 11, key)
    paper.set_dash_pattern()
    paper.ink(INK, SMALL)
    paper.set_xy(left + PLOT_SIDE_MM + 13, key - LINE / 2)
    paper.cell(0, LINE, cut_to_width(paper, paper.drawable(series.label), paper.epw - PLOT_SIDE_MM - 30))


_DRAW_BLOCK: Mapping[type[Block], Callable[..., None]] = {
    Paragraph: _draw_paragraph,
    Facts: _draw_facts,
    Bullets: _bullets,
    Table: _draw_table,
    Chart: _chart,
    Plot: _plot,
    Multiples: draw_multiples,
}
