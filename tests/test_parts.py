"""Results as parts: every renderer shows all of them, and what they state of a method is true."""

import re
from datetime import date

import numpy as np
import pytest
from conftest import engine
from read_back import EXAMPLES, Page, printed, squeezed, stated
from streamlit.testing.v1 import AppTest

from dxnet import explain, read_cases
from dxnet.cli import main
from dxnet.evaluation.statistics import (
    MEASURES,
    measure_intervals,
    measures_in_words,
    method,
    score_cases,
    wilson,
)
from dxnet.formats.cases.registry import CASE_WRITERS, STAGES
from dxnet.formats.networks.writers import NETWORK_WRITERS
from dxnet.inference.backends.registry import BACKENDS
from dxnet.reasoning.next_tests import NEVER_MISS, NEVER_MISS_UNTESTED, never_miss
from dxnet.report.cited import Cited
from dxnet.report.content.explanation import why_first
from dxnet.report.content.next_procedures import not_to_be_missed
from dxnet.report.parts import (
    Bar,
    Bullets,
    Chart,
    Content,
    Facts,
    Multiples,
    Paragraph,
    Section,
    Table,
    tidied,
)
from dxnet.report.render import terminal
from dxnet.report.render.html import to_html
from dxnet.report.render.markdown import to_markdown
from dxnet.words import percent

PARTS = (
    Paragraph("A paragraph of *words* & <signs>"),
    Paragraph("Set off", strong=True),
    Facts((("Name", "Value"), ("Other", "doi:10.1000/x(1)2"))),
    Bullets(("one", "two"), more=7),
    Bullets(("marked",), ("1",)),
    Table("Colours of light", ("Colour", ">Wave length"), (("red | orange", "700"), ("blue", "450")), 5),
    Paragraph("A note on the table"),
)
MULTIPLES = Multiples(
    "A panel each", ("early", "late"), (("green", (0.25, 0.75)),), (("shade", ("pale", "dark")),)
)
CHART = Chart("Bars from 0 to 1", (Bar("red", 0.5, 0.4, 0.6, 0.1, "50.0 %"),))


def a_page():
    """What the app runs; a script of its own."""
    from test_parts import PARTS

    from dxnet.report.parts import Section
    from dxnet.ui.shared.parts import show_parts

    show_parts([Section("A heading", PARTS)])


@pytest.fixture
def content():
    return tidied(
        Content("Title", "foot", date(2026, 1, 31), (Section("A heading", (*PARTS, MULTIPLES, CHART)),))
    )


def test_html_pdf_markdown_and_a_terminal_show_every_text(content, capsys):
    terminal.Page().show(content.sections)
    plain = {
        "html": Page(to_html(content)).text,
        "pdf": printed(content),
        "markdown": squeezed(to_markdown(content).decode().replace("\\", "")),
        "terminal": squeezed(capsys.readouterr().out),
    }
    for name, text in plain.items():
        for words in stated(content):
            if words in ("1", CHART.caption) and name == "markdown":
                continue  # numbers of charts stand in tables
            assert squeezed(words) in text, (name, words)
        assert "and7more" in text and "and5more" in text, name
        assert squeezed("25.0 %") in text and squeezed("75.0 %") in text, name


def test_a_page_of_the_app_shows_every_text():
    page = AppTest.from_function(a_page).run()
    assert not page.exception
    shown = [text.value for text in [*page.markdown, *page.caption]]
    table = page.table[0].value
    text = squeezed("".join([*shown, *table.columns, *table.to_numpy().flat]).replace("\\", ""))
    for part in PARTS:
        words = {
            Paragraph: lambda part: [part.text],
            Facts: lambda part: [name for name, _ in part.rows],
            Bullets: lambda part: part.items,
            Table: lambda part: [part.caption, "Wave length", *(cell for row in part.rows for cell in row)],
        }[type(part)](part)
        assert all(squeezed(word) in text for word in words)
    assert "A note on the table" in page.caption[1].value and "and 5 more" in page.caption[0].value
    assert any("[doi:10.1000/x(1)2](https://doi.org/10.1000/x%281%292)" in text for text in shown)


@pytest.mark.parametrize("columns", [80, 120])
def test_a_terminal_breaks_texts_and_never_numbers(columns, monkeypatch, capsys):
    """The console believes that somebody watches, in a window of so many columns."""
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    row = ("a name of several words " * 3, "12.3 %", "1.5 % to 99.9 %", "a long reason " * 8)
    terminal.Page().show([Table("Wide", ("Name", ">P", ">Interval", "Reason"), (row,))])
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= columns
    assert any("12.3 %" in line and "1.5 % to 99.9 %" in line for line in lines)


@pytest.mark.parametrize("columns", [72, 75, 80, 90, 120])
def test_a_terminal_breaks_no_word_of_a_ranking(columns, monkeypatch, capsys):
    """Below the width of the words themselves, each row is a paragraph."""
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    names = (">Rank", "Diagnosis", "Group", "Treatable", ">Pre-test", ">Post-test", ">90 % interval")
    rows = (
        ("1", "Radiculopathy of the neck", "neuromuscular junction", "yes", "2.0 %", "70.1 %", "42–86 %"),
        ("10", "Other inflammatory / vascular", "structural spine", "", "53.2 %", "<0.1 %", "<1–3 %"),
    )
    terminal.Page().show(
        [Table("Ranking", (*names, ">P(ranked first)"), tuple((*r, "93.4 %") for r in rows))]
    )
    text = re.sub(r"\x1b\[[\d;]*m", "", capsys.readouterr().out)
    assert max(map(len, text.splitlines())) <= columns
    for word in {word for row in rows for cell in row for word in cell.split()}:
        assert word in text.replace("\N{NO-BREAK SPACE}", " ")
    assert ("────" in text) == (columns >= 80)


def test_report_and_terminal_have_the_same_weights():
    """Only the marks of the sources differ."""
    asked, (case,) = engine("als_mimics"), read_cases(EXAMPLES[0])
    why = explain(asked, case)
    one, two = why_first(asked.network, why), why_first(asked.network, why, Cited(asked.network).of)
    for left, right in zip(one.parts, two.parts, strict=True):
        if isinstance(left, Table):
            assert [row[:-1] for row in left.rows] == [row[:-1] for row in right.rows]
        else:
            assert left == right


def test_the_caption_of_intervals_states_how_they_were_computed():
    """Of shares Wilson's, which do not depend on the samples; all others change with them."""
    random = np.random.default_rng(1)
    post_test = random.dirichlet(np.ones(8), 30)
    rated = score_cases(post_test, np.eye(8, dtype=bool)[random.integers(0, 8, 30)])
    few, many = measure_intervals(rated, 50), measure_intervals(rated, 400)
    shares = {name for name, (_, meaning) in MEASURES.items() if meaning.startswith("share of cases")}
    for name, k in (("top1", 1), ("top3", 3), ("top5", 5)):
        assert tuple(few.loc[name, ["low", "high"]]) == wilson(int((rated["rank"] <= k).sum()), 30)
    assert shares == set(few.index[(few.low == many.low) & (few.high == many.high)])
    assert "of shares by Wilson's method" in method() and "1,000 bootstrap samples" in method()
    assert "400 bootstrap samples" in method(400) and len(list(measures_in_words(many))) == len(MEASURES)


def test_limits_in_words_are_those_of_the_functions():
    asked, (case,) = engine("als_mimics"), read_cases(EXAMPLES[0])
    misses = never_miss(asked, case)
    heading, listed = not_to_be_missed(asked.network, misses)
    assert percent(NEVER_MISS, 0) in heading.text and percent(NEVER_MISS_UNTESTED) in heading.text
    sure = [miss for miss in misses if miss.probability >= NEVER_MISS]
    assert max(len(sure), 1) <= len(listed.items) <= max(len(misses), 1)
    (_, nothing) = not_to_be_missed(asked.network, ())
    assert "That excludes none" in nothing.items[0]


def test_choices_of_the_command_line_are_the_registries():
    def choices(command, name):
        (option,) = [it for it in main.commands[command].params if it.name == name]
        return list(option.type.choices)

    assert choices("convert", "kind") == list(CASE_WRITERS)
    assert choices("export", "kind") == list(NETWORK_WRITERS)
    assert choices("score", "backend") == list(BACKENDS)
    assert choices("diagnose", "backend") == ["auto", *BACKENDS]
    assert choices("diagnose", "stage") == list(STAGES)
