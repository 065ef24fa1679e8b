"""The one-page report is one page whatever the case, and says what it shortened."""

import re
from datetime import date
from io import BytesIO

import pytest
from conftest import engine
from pypdf import PdfReader

from dxnet import Case, Visit, never_miss
from dxnet.report.content.summary import LETTERS, LINE_LETTERS, case_summary
from dxnet.report.parts import Content, Facts, Paragraph, Section
from dxnet.report.render.pdf import to_pdf
from dxnet.report.shorter import shorter
from dxnet.words import percent

ON = date(2026, 1, 31)
LONG = "The weakness began after a fall; the patient asks for a second opinion. " * 60
VISITS = [
    Visit(date(2020 + k // 12, k % 12 + 1, 3), {"smoking": "present" if k % 2 else "absent"})
    for k in range(60)
]


@pytest.fixture(autouse=True)
def no_fonts(monkeypatch, tmp_path):
    """Fonts are sought in an empty folder alone."""
    monkeypatch.setenv("DXNET_FONTS", str(tmp_path))


def rows(content):
    return dict(
        row
        for section in content.sections
        for it in section.parts
        if isinstance(it, Facts)
        for row in it.rows
    )


@pytest.mark.parametrize(
    "case",
    [
        Case({"smoking": "present"}, id="W" * 3000, about={"note": LONG, "title": "W" * 3000}),
        Case.of_visits(VISITS, {"dyspnoea": "present"}, id="a", about={"note": LONG}),
        Case({}, id="患" * 500, about={"note": "患者" * 4000}),
        Case({}, paused={f"finding {'W' * k}": "W" * 300 for k in range(100)}),
    ],
    ids=["long words", "sixty visits", "letters that no font has", "paused"],
)
def test_it_is_one_page(case):
    summary = case_summary(engine("asia"), case, ON)
    (page,) = PdfReader(BytesIO(to_pdf(summary))).pages
    text = " ".join(page.extract_text().split())
    assert "page 1 of 1" in text and "not a medical device" in text


@pytest.mark.parametrize(("facts", "shortened"), [(3, False), (30, True)])
def test_what_is_shortened_to_fit_is_named(facts, shortened):
    listed = "; ".join(f"finding {k}" for k in range(60))
    found = Facts(tuple((f"Name {k}", listed) for k in range(facts)))
    content = Content(
        "Title", "foot", ON, (Section("First", (Paragraph("kept"),)), Section("Second", (found,))), 1
    )
    (page,) = PdfReader(BytesIO(to_pdf(content))).pages
    text = " ".join(page.extract_text().split())
    assert ("Shortened to fit on the page: Name 0, Name 1, " in text) == shortened
    assert text.count("finding 59") == (0 if shortened else facts)
    assert bool(re.search(r"finding \d+; … \(\d+ more\) Name 1 ", text)) == shortened


def test_a_text_that_is_cut_says_so():
    told = rows(case_summary(engine("asia"), Case({}, id="W" * 150, about={"note": LONG}), ON))
    for name, length in {"Case": LINE_LETTERS, "Note": 2 * LINE_LETTERS}.items():
        assert told[name].endswith("… (shortened: the full report has all of it)")
        assert len(told[name].split("…")[0]) == length - 1
    whole = rows(case_summary(engine("asia"), Case({}, id="W" * LINE_LETTERS, about={"note": "short"}), ON))
    assert whole["Case"] == "W" * LINE_LETTERS and whole["Note"] == "short"


def test_free_text_is_never_cut_as_a_list():
    """A note with semicolons is no list of entries of which some are left out."""
    rows_of = Facts((("Note", "weak; " * 30), ("Found", "weak; " * 30)))
    (note, found) = (
        shorter(Content("Title", "foot", ON, (Section("Case", (rows_of,)),)), 50).sections[0].parts[0].rows
    )
    assert note[1] == "weak; " * 8 + "w… (shortened: the full report has all of it)"
    assert found[1].endswith(" more)")


def test_contradictions_are_whole_and_counted():
    absent = {"weakness": "absent"}
    implied = (
        "arm_weakness",
        "leg_weakness",
        "facial_weakness",
        "trunk_weakness",
        "foot_drop",
        "proximal_pattern",
    )
    case = Case(absent | dict.fromkeys(implied, "present"))
    machine = engine("als_mimics")
    warned = len(machine.diagnose(case).warnings)
    section = case_summary(machine, case, ON).sections[0]
    (told,) = [
        it.text for it in section.parts if isinstance(it, Paragraph) and it.text.startswith("Check these")
    ]
    named = told.removeprefix("Check these findings: ").split("; ")
    more = int(named.pop().removeprefix("and ").removesuffix(" more")) if named[-1].startswith("and ") else 0
    assert len(named) + more == warned and "…" not in told
    assert all(" is present but " in text for text in named)


def test_every_treatable_diagnosis_that_must_not_be_missed_is_named():
    """A weak, wasted arm without any test: more than three are named, in the lines of the other outputs."""
    machine, case = engine("als_mimics"), Case(dict.fromkeys(("arm_weakness", "arm_atrophy"), "present"))
    misses = never_miss(machine, case)
    told = rows(case_summary(machine, case, ON))["Treatable, not to be missed"]
    assert len(misses) > 3
    for miss in misses:
        shown = f"{machine.network.diagnosis[miss.diagnosis].name} {percent(miss.probability)}"
        assert shown.replace(" %", "\N{NO-BREAK SPACE}%") in told
    assert " more" not in told and len(told) <= LETTERS
