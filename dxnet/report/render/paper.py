"""The paper that a report is printed on: A4 with a foot on each page, and a font for every letter."""

from __future__ import annotations

from datetime import UTC, datetime, time

from fpdf import FPDF
from fpdf.fonts import TTFFont

from dxnet.report.parts import Content
from dxnet.report.render.glyphs import SHIPPED, coverage, further_fonts, needs_shaping, shipped_coverage

MARGIN, FOOT, LINE = 15.0, 18.0, 4.2
"""Millimetres: at the sides, at the foot, from line to line."""
SIZE, SMALL = 9.0, 8.0
"""Points of text, and of tables and figures."""
PAGE_COUNT_MARK = 3 * "\ue000"
"""Stands for the number of pages, and is as wide: private characters that no text can bring along."""
LEFT_TO_RIGHT = "\u200e"
"""Keeps the number of a character in one piece among letters that run to the left."""
POINTS_A_MM = 72 / 25.4
QUIET = "#4A5A68"
"""Colour of what stands beside the text."""
FILL, RULE = "#6FA8BF", "#D5DDE3"
"""Colours of bars, and of lines and what is behind bars."""


class Paper(FPDF):
    """A4 with the foot of a report on each page."""

    def __init__(self, content: Content, zoom: float = 1.0) -> None:
        super().__init__(format="A4", unit=POINTS_A_MM * zoom)
        self.zoom = zoom
        self.foot = content.foot
        self.alias_nb_pages(PAGE_COUNT_MARK)
        for style, file in SHIPPED.items():
            self.add_font("text", style, file)
        further = {f"further{number}": font for number, font in enumerate(further_fonts(content))}
        for family, font in further.items():
            self.add_font(family, "", font.path, collection_font_number=font.number)
        self._known = shipped_coverage().union(*(coverage(font) for font in further.values()))
        if needs_shaping(content):
            self.set_fallback_fonts([*further], exact_match=False)
            self.set_text_shaping(True)
        self.set_margins(MARGIN, MARGIN)
        self.set_auto_page_break(True, FOOT)
        self.set_title(self.drawable(f"{content.title}: {content.foot}"))
        self.set_lang("en")
        self.set_creation_date(datetime.combine(content.date, time(), UTC))

    def footer(self) -> None:
        """The line at the foot of every page, and the page number."""
        self.set_y(-FOOT + 4)
        self.ink(QUIET, 7.5)
        self.cell(0, LINE, f"{self.drawable(self.foot)} · page {self.page_no()} of {PAGE_COUNT_MARK}")

    def discard(self) -> None:
        """Close the files of the fonts of a paper that is not written."""
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.close()

    def ink(self, colour: str, size: float = SIZE, style: str = "") -> None:
        """Colour, size and weight of the text to come."""
        self.set_font("text", style, size * self.zoom)
        self.set_text_color(colour)

    def drawable(self, text: str) -> str:
        """Text with the number of each character that no font here has."""
        around = LEFT_TO_RIGHT if self.text_shaping else ""
        return "".join(c if ord(c) in self._known else f"{around}<U+{ord(c):04X}>{around}" for c in text)

    def write_text(self, text: str, line: float = LINE, left: float = MARGIN) -> None:
        """Text from a left edge to the right margin, over as many lines and pages as it needs."""
        self.set_x(left)
        self.multi_cell(0, line, self.drawable(text), align="L", new_x="LMARGIN", new_y="NEXT")

    def keep(self, height: float) -> None:
        """Go to the next page where less is left of this one."""
        if self.will_page_break(height):
            self.add_page()


def cut_to_width(paper: Paper, text: str, width: float) -> str:
    """Text cut to a width, visibly."""
    if paper.get_string_width(text) <= width:
        return text
    while paper.get_string_width(f"{text}…") > width:
        text = text[:-1]
    return f"{text}…"
