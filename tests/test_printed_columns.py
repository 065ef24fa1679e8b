"""Columns on paper: no word or date is broken, nothing is cut, and all figures have one scale."""

from datetime import date
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from dxnet.report.parts import Content, Multiples, Section, Table
from dxnet.report.render.columns import shared_width
from dxnet.report.render.pdf import to_pdf

VERDICTS = ("possible by the signs alone", "not met, as another disease is shown", "undecided", "definite")


@pytest.fixture(autouse=True)
def no_fonts(monkeypatch, tmp_path):
    """Fonts are sought in an empty folder alone."""
    monkeypatch.setenv("DXNET_FONTS", str(tmp_path))


def printed(*parts):
    made = to_pdf(Content("T", "foot", date(2026, 1, 31), (Section("S", parts),)))
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(made)).pages)


def test_dates_and_headings_are_not_broken():
    columns = (
        "Visit",
        "New or changed",
        "First ranks",
        "Treatable",
        "revised El Escorial",
        "Gold Coast",
        ">P",
    )
    row = ("2023-01-09", "found; " * 60, "ALS 80.5 %, PMA 7.8 %, " * 4, "yes", *VERDICTS[:2], "97.5 %")
    lines = printed(Table("Visits", columns, (row,))).splitlines()
    text = "\n".join(lines)
    for whole in ("2023-01-09", "Treatable", "Escorial", "possible", "another", "disease"):
        assert whole in text.replace("\n", " ").split() or whole in text, whole


def test_what_is_said_in_a_panel_is_whole():
    said = Multiples(
        "C", ("a", "b", "c", "d"), (("ALS", (0.1, 0.2, 0.3, 0.4)),), (("Gold Coast", VERDICTS),), 4
    )
    text = " ".join(printed(said).split())
    assert "…" not in text
    for word in " ".join(VERDICTS).split():
        assert word in text.split(), word


def test_panels_of_two_figures_have_one_scale():
    """The second column begins at the same place, whether a third follows or not."""

    def second(figure):
        found = []
        page = PdfReader(
            BytesIO(to_pdf(Content("T", "f", date(2026, 1, 31), (Section("S", (figure,)),))))
        ).pages[0]
        page.extract_text(visitor_text=lambda text, cm, tm, font, size: found.append((text.strip(), tm[4])))
        return next(x for text, x in found if text == "second")

    three = Multiples("C", ("first", "second", "third"), (("ALS", (0.1, 0.2, 0.3)),), (), 3)
    two = Multiples("C", ("first", "second"), (("ALS", (0.1, 0.2)),), (), 3)
    assert second(three) == second(two)


@given(st.lists(st.tuples(st.floats(1, 60), st.floats(1, 90)), min_size=1, max_size=7), st.floats(60, 200))
def test_each_text_column_has_room_for_its_longest_word(columns, whole):
    wanted, least = zip(*columns, strict=True)
    shared = shared_width(whole, wanted, least)
    assert sum(shared) == pytest.approx(whole)
    equal = whole / len(columns)
    assert all(width >= min(needed, equal) - 1e-5 for width, needed in zip(shared, least, strict=True))
