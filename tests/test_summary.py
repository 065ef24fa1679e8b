"""The summary on one page, and reports in letters that the shipped font lacks or that run to the left."""

from datetime import date
from io import BytesIO

import pytest
from click.testing import CliRunner
from conftest import engine
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from pypdf import PdfReader

from dxnet import Case, read_cases
from dxnet.cli import main
from dxnet.knowledge.load import RESOURCES
from dxnet.report.content.case import case_report
from dxnet.report.content.summary import case_summary
from dxnet.report.parts import Bar, Chart, Facts
from dxnet.report.render.glyphs import FontFile, coverage, needs_shaping, print_issues, unprintable
from dxnet.report.render.html import to_html
from dxnet.report.render.paper import Paper
from dxnet.report.render.pdf import ZOOMS, to_pdf
from dxnet.report.writers import REPORTS, report
from dxnet.words import decibans, percent

ON = date(2026, 1, 31)
EXAMPLES = sorted((RESOURCES / "data" / "cases").glob("*.yaml"))
PUBLISHED = RESOURCES / "data" / "cases" / "published.jsonl"
ARABIC, HEBREW = "مريض عمره", "בן 64 עם חולשה"


@pytest.fixture(autouse=True)
def no_fonts(monkeypatch, tmp_path):
    """Fonts are sought in an empty folder alone."""
    monkeypatch.setenv("DXNET_FONTS", str(tmp_path))


@pytest.fixture
def drawing():
    """Makes papers that are not written, and closes their fonts at the end."""
    made = []

    def make(*args):
        made.append(Paper(*args))
        return made[-1]

    yield make
    for paper in made:
        paper.discard()


def pages(content):
    return [page.extract_text() for page in PdfReader(BytesIO(to_pdf(content))).pages]


def font_of(path, letters):
    """A font that has a few characters, each a square."""
    names = [".notdef", *(f"u{ord(c):04X}" for c in letters)]
    pen = TTGlyphPen(None)
    pen.moveTo((50, 0))
    for corner in ((50, 700), (750, 700), (750, 0)):
        pen.lineTo(corner)
    pen.closePath()
    built = FontBuilder(1000, isTTF=True)
    built.setupGlyphOrder(names)
    built.setupCharacterMap({ord(c): name for c, name in zip(letters, names[1:], strict=True)})
    built.setupGlyf(dict.fromkeys(names, pen.glyph()))
    built.setupHorizontalMetrics(dict.fromkeys(names, (800, 50)))
    built.setupHorizontalHeader(ascent=800, descent=-200)
    built.setupNameTable({"familyName": "Squares", "styleName": "Regular"})
    built.setupOS2()
    built.setupPost()
    built.save(path)


@pytest.mark.slow
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_summary_is_one_page_that_says_what_the_engine_says(path):
    (case,) = read_cases(path)
    machine = engine("als_mimics")
    summary = case_summary(machine, case, ON)
    (page,) = pages(summary)
    text = " ".join(page.split()).replace("\xa0", " ")
    answer, full = machine.diagnose(case), case_report(machine, case, ON)
    for name in answer.ranking[:5]:
        assert machine.network.diagnosis[name].name in text
        assert percent(answer.probability(name)) in text
    assert answer.network.fingerprint in text and ON.isoformat() in text and "not a medical device" in text
    bars = [
        next(p for s in it.sections for p in s.parts if isinstance(p, Chart)).bars for it in (summary, full)
    ]
    assert bars[0] == bars[1][:5] and isinstance(bars[0][0], Bar)
    assert text.endswith("page 1 of 1") and summary.foot == full.foot


def test_the_strongest_weights_and_the_best_tests_are_named():
    from dxnet import explain, next_tests

    machine, (case,) = engine("als_mimics"), read_cases(EXAMPLES[0])
    texts = [
        text
        for section in case_summary(machine, case, ON).sections
        for part in section.parts
        if isinstance(part, Facts)
        for _, text in part.rows
    ]
    joined = " ".join(texts).replace("\xa0", " ")
    for contribution in explain(machine, case).supporting[:4]:
        assert f"{decibans(contribution.weight)}" in joined
    best = next_tests(machine, case)[0]
    assert f"{machine.network.procedures[best.procedure].label} ({best.information:.2f} bits" in joined


@pytest.mark.slow
def test_whatever_the_case_it_is_one_page():
    network = engine("als_mimics").network
    every = {name: finding.states[0] for name, finding in [*network.findings.items()][:40]}
    long = Case(every, id="x " * 200, about={"title": "W" * 3000, "note": "long " * 999})
    assert len(pages(case_summary(engine("als_mimics"), long, ON))) == 1
    assert len(pages(case_summary(engine("asia"), Case({}), ON))) == 1
    assert len(pages(case_report(engine("asia"), Case({}, about=long.about), ON))) > 1, (
        "others keep their size"
    )


@pytest.mark.slow
def test_the_longest_published_cases_fit_on_one_page():
    machine, cases = engine("als_mimics"), read_cases(PUBLISHED)
    wordy = sorted(cases, key=lambda case: len(str(case)))[-2:]
    full = sorted(cases, key=lambda case: len(case.findings))[-2:]
    assert not [c.id for c in wordy + full if len(pages(case_summary(machine, c, ON))) != 1]


def test_smaller_letters_stay_readable_and_the_page_is_a4(drawing):
    paper = drawing(case_summary(engine("asia"), Case({}), ON), ZOOMS[-1])
    paper.add_page()
    paper.ink("#000000", 9)
    assert paper.font_size_pt >= 6.8
    assert (paper.w_pt, paper.h_pt) == pytest.approx((595.28, 841.89), abs=0.01)


@pytest.mark.slow
@pytest.mark.parametrize("suffix", REPORTS)
def test_the_command_writes_the_summary(tmp_path, suffix):
    out = tmp_path / f"a{suffix}"
    result = CliRunner().invoke(main, ["report", str(EXAMPLES[0]), "--summary", "-o", str(out)])
    assert result.exit_code == 0 and not result.output
    assert out.read_bytes() == report(engine("als_mimics"), read_cases(EXAMPLES[0])[0], suffix, summary=True)


def told(title):
    return case_report(engine("asia"), Case({"smoking": "present"}, about={"title": title}), ON)


@pytest.mark.parametrize("title", [ARABIC, HEBREW, f"Ärzte: {ARABIC} (ALS)"])
def test_letters_that_run_to_the_left_are_shaped_and_not_lost(title):
    content = told(title)
    assert needs_shaping(content) and not unprintable(content) and not list(print_issues(content))
    page = pages(content)[0]
    assert "<U+" not in page
    assert {c for c in title if c.isalpha()} <= set(page), "each letter can be found and copied"


def test_arabic_letters_are_joined(drawing):
    """Where letters join, the font draws other glyphs than for each alone."""
    paper = drawing(told(ARABIC))
    paper.add_page()
    paper.ink("#000000")
    word = "عمره"
    assert paper.get_string_width(word) != pytest.approx(paper.get_string_width("\u200c".join(word)))


def test_latin_reports_are_not_shaped(drawing):
    content = told("Dvořák µ")
    assert not needs_shaping(content) and not drawing(content).text_shaping


def test_a_font_is_found_by_its_file_or_its_folder(tmp_path, monkeypatch):
    path = tmp_path / "more" / "squares.ttf"
    path.parent.mkdir()
    font_of(path, "日本症")
    for place in (path, tmp_path / "more"):
        monkeypatch.setenv("DXNET_FONTS", str(place))
        content = told("日本 note")
        assert not unprintable(content) and not list(print_issues(content))
        text = pages(content)[0]
        assert "日本 note" in text and "<U+" not in text


def test_a_file_that_is_no_font_has_no_characters(tmp_path):
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    assert coverage(FontFile(tmp_path / "broken.ttf")) == frozenset()
    assert coverage(FontFile(tmp_path / "absent.ttf")) == frozenset()


def test_what_no_font_has_is_said_on_paper_and_by_the_command(tmp_path):
    content = told("日本 " + ARABIC)
    (issue,) = print_issues(content)
    assert issue.level == "warning" and "<U+65E5>, <U+672C>" in issue.message and "DXNET_FONTS" in issue.fix
    text = " ".join(pages(content)[0].split())
    assert "No font here has <U+65E5>, <U+672C>, so that their numbers are printed; install a font" in text
    case = tmp_path / "case.yaml"
    case.write_text("id: 日本\nfindings: {smoking: present}\n", encoding="utf-8")
    run = ["report", str(case), "--network", "asia", "-o"]
    result = CliRunner().invoke(main, [*run, str(tmp_path / "a.pdf")])
    assert result.exit_code == 0 and "no font here has <U+65E5>" in result.stderr
    assert not CliRunner().invoke(main, [*run, str(tmp_path / "a.html")]).stderr


def test_html_leaves_the_direction_to_the_text():
    page = to_html(told(ARABIC)).decode()
    assert f'<dd dir="auto">{ARABIC}</dd>' in page
