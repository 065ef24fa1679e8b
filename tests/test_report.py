"""Reports read back: all that must be printed is there, the same in HTML and PDF, whatever the case."""

import re
from dataclasses import replace
from datetime import date
from functools import cache
from io import BytesIO
from itertools import product

import numpy as np
import pytest
from command_line import invoke
from conftest import LARGE_SLOWLY, NETWORKS, engine, network
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from read_back import EXAMPLES, Page, printed, squeezed, stated
from test_explain import some_case

from dxnet import Case, DxnetError, Engine, credible_intervals, evaluate, explain, read_cases
from dxnet.evaluation.published_cases import FILES, FIT_NOT_GENERALISATION
from dxnet.evaluation.published_cases import PUBLISHED_CASES as PUBLISHED
from dxnet.inference.differential import INTENDED_USE, INTENDED_USER
from dxnet.reasoning.als_criteria import criteria
from dxnet.reasoning.conflict import conflict, flips
from dxnet.reasoning.next_tests import never_miss, next_tests
from dxnet.report.content.case import case_report
from dxnet.report.content.explanation import likelihood_ratio
from dxnet.report.content.next_procedures import informative
from dxnet.report.content.ranking import in_ranking
from dxnet.report.parts import Chart, Facts, Paragraph
from dxnet.report.render.html import to_html
from dxnet.report.render.pdf import to_pdf
from dxnet.report.writers import report
from dxnet.words import DECIBAN, between, percent, share, state_in_words

pytestmark = pytest.mark.usefixtures("no_fonts_but_the_shipped_one")
ON = date(2026, 1, 31)
CASE = Case(
    {
        "age": "60-69",
        "sex": "female",
        "dysarthria": "present",
        "tongue_atrophy": "absent",
        "fatigability": {"present": 0.7, "absent": 0.2},
        "mri_cord_compression": "probable compression",
        "babinski": "present",
        "clonus": "present",
        "hyperreflexia_legs": "absent",
    },
    id="≥ \N{EN DASH} µ é Š",
    about={"title": '<script>alert("a & b")</script>', "note": "Dvořák 日本 \u202e note"},
)
CASES = [CASE, *(read_cases(path)[0] for path in EXAMPLES)]


@cache
def made(number):
    """The report of one of ``CASES`` by als_mimics, and it as HTML, as PDF and as the text of the PDF."""
    told = case_report(engine("als_mimics"), CASES[number], ON)
    drawn = to_pdf(told)
    return told, Page(to_html(told)), drawn, printed(told, drawn)


def all_of_it(answers, case):
    """What a report must print, computed here."""
    net, answer, sure = answers.network, answers.diagnose(case), credible_intervals(answers, case)
    yield from (INTENDED_USE, INTENDED_USER, net.fingerprint, net.version, ON.isoformat(), *net.limits)
    yield net.settings[answer.setting].label
    yield from (finding.label for finding in net.findings.values())
    for k, name in enumerate(net.diagnoses):
        yield net.diagnosis[name].label
        numbers = (answer.pre_test[k], answer.post_test[k])
        interval = between(float(sure.low[k]), float(sure.high[k]))
        yield " ".join((*(percent(float(p)) for p in numbers), interval, percent(float(sure.first[k]))))
    for group, (before, after) in answer.groups.items():
        yield f"{group} {percent(before)} {percent(after)}"
    for versus in ("", in_ranking(answer)[1]):
        why = explain(answers, case, answer.ranking[0], versus)
        before, after = why.prior_log_odds * DECIBAN, why.log_odds * DECIBAN
        yield f"{before:+.1f} decibans before the findings, {after:+.1f} with them"
        for c in why.contributions:
            error = f" ± {c.error * DECIBAN:.1f}" if c.error * DECIBAN >= 0.05 else ""
            label, state = net.findings[c.finding].label, state_in_words(case.findings[c.finding])
            yield f"{label} {state} {c.weight * DECIBAN:+.1f}{error} {likelihood_ratio(c.likelihood_ratio)}"
            for source in {source for _, estimate in c.numbers for source in estimate.sources}:
                yield str(net.references.get(source, "No published figure"))
    clash = conflict(answers, case).value
    yield (
        f"conflict (Jensen's measure {clash:.2f})" if clash > 0 else f"(Jensen's measure {clash:.2f}, above 0"
    )
    for flip in flips(answers, case):
        label, entered = net.findings[flip.finding].label, state_in_words(case.findings[flip.finding])
        first = f"{net.diagnosis[flip.first].name} {percent(flip.probability)}"
        yield f"{label} {entered} {state_in_words(flip.state) or 'left out'} {first}"
    for test in informative(next_tests(answers, case)):
        yield f"{test.burden:g} {test.value:.3f}"
        yield net.procedures[test.procedure].label
    for miss in never_miss(answers, case):
        yield f"{net.diagnosis[miss.diagnosis].label} {percent(miss.probability)}"
    if net.procedures:
        for c in criteria(net, case):
            yield f"{c.name} {c.by_signs} {c.verdict} {c.beyond}"
            yield from (net.findings[name].label for name in c.excluded_by)
            yield from (net.findings[name].label for name in c.missing)
            yield from c.lacks.one_of[:4] if c.lacks else ()


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(CASES)), ids=[case.id for case in CASES])
def test_everything_is_printed_as_the_engine_says(number):
    _, page, _, paper = made(number)
    for text in all_of_it(engine("als_mimics"), CASES[number]):
        assert squeezed(text) in page.text, text
        assert squeezed(text) in paper, text


@pytest.mark.parametrize("name", LARGE_SLOWLY)
def test_html_and_pdf_say_the_same(name):
    if name == "als_mimics":
        told, page, _, paper = made(1)
    else:
        told = case_report(engine(name), Case({"smoking": "present"}), ON)
        page, paper = Page(to_html(told)), printed(told)
    for text in stated(told):
        assert squeezed(text) in page.text and squeezed(text) in paper, text


def test_findings_stand_in_the_list_they_belong_to():
    facts = {}
    for section in made(0)[0].sections:
        title = section.heading
        for part in section.parts:
            title = part.text if isinstance(part, Paragraph) and part.strong else title
            if isinstance(part, Facts):
                facts.setdefault(title.split(":")[0].split(" (")[0], []).extend(part.rows)
    rows = {title: dict(facts[title]) for title in facts}
    assert rows["Entered as present or with a value"] == {
        "history": "Age at onset: 60-69; Sex: female",
        "symptoms": "Dysarthria: present",
        "UMN signs": "Babinski sign: present; Ankle clonus: present",
    }
    assert rows["Entered as absent or normal"] == {
        "UMN signs": "Brisk leg reflexes: absent",
        "LMN signs": "Tongue wasting: absent",
    }
    unsure = rows["Entered as uncertain"]
    assert unsure["symptoms"].endswith("uncertain (present 0.7, absent 0.2)")
    assert "probable compression, uncertain (absent 0.2, " in unsure["MRI"]
    missing = [label for text in rows["Not examined"].values() for label in text.split("; ")]
    expected = [f.label for name, f in network("als_mimics").findings.items() if name not in CASE.findings]
    assert sorted(missing) == sorted(expected)


def test_warnings_name_findings_by_their_labels():
    _, page, _, _ = made(0)
    assert squeezed("“Ankle clonus” is present but “Brisk leg reflexes” is absent") in page.text


def test_markup_in_a_case_is_text():
    _, page, _, paper = made(0)
    assert "script" not in {tag for tag, _ in page.elements}
    assert squeezed(CASE.about["title"]) in page.text and squeezed(CASE.about["title"]) in paper
    evil = Case({}, id='"; } </style><img src=x onerror=1> \\ {{ 7 * 7 }}')
    page = Page(to_html(case_report(engine("asia"), evil, ON)))
    assert "img" not in {tag for tag, _ in page.elements} and squeezed(evil.id) in page.text


def test_characters_that_the_font_lacks_are_seen():
    _, page, _, paper = made(0)
    assert "Case≥\N{EN DASH}µéŠTitle" in paper
    assert "Dvořák<U+65E5><U+672C><U+202E>note" in paper
    assert "Dvořák日本<U+202E>note" in page.text


def test_html_fetches_nothing_and_can_be_read_by_all():
    told, page, _, _ = made(0)
    text = to_html(told).decode()
    assert not page.open and ("html", {"lang": "en"}) in page.elements
    names = {name for _, attrs in page.elements for name in attrs}
    assert not names & {"src", "href", "onload", "style"} and "url(" not in text and "@import" not in text
    headings = [tag for tag, _ in page.elements if tag in ("h1", "h2")]
    assert headings[0] == "h1" and set(headings[1:]) == {"h2"}
    assert all(attrs.get("scope") == "col" for tag, attrs in page.elements if tag == "th")
    (svg,) = [attrs for tag, attrs in page.elements if tag == "svg"]
    assert svg["role"] == "img" and svg["aria-label"].startswith("ALS ")
    for colour in {
        *re.findall(r"[^-]color: (#\w{6})", text),
        *re.findall(r'<text[^>]* fill="(#\w{6})', text),
    }:
        assert contrast(colour) >= 4.5


def contrast(colour):
    """With white, by WCAG 2."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 1.05 / (np.dot((0.2126, 0.7152, 0.0722), linear) + 0.05)


def test_bars_are_as_long_as_the_probabilities():
    told, page, _, _ = made(0)
    answer, sure = engine("als_mimics").diagnose(CASE), credible_intervals(engine("als_mimics"), CASE)
    (chart,) = [part for section in told.sections for part in section.parts if isinstance(part, Chart)]
    for name, bar in zip(in_ranking(answer), chart.bars, strict=False):
        k = answer.network.diagnoses.index(name)
        expected = (answer.post_test[k], sure.low[k], sure.high[k], answer.pre_test[k])
        assert (bar.value, bar.low, bar.high, bar.before) == expected
    widths = [float(attrs["width"]) for tag, attrs in page.elements if tag == "rect" and "width" in attrs]
    assert widths == pytest.approx([430 * bar.value for bar in chart.bars], abs=0.01)


@pytest.mark.slow
def test_a_pdf_depends_on_case_network_and_date_alone():
    _, _, drawn, _ = made(0)
    assert drawn == report(Engine(network("als_mimics").model_copy()), CASE, ".pdf", ON)
    asked = engine("asia"), Case({"smoking": "present"}), ".pdf"
    assert report(*asked, ON) == report(*asked, ON) != report(*asked, date(2026, 2, 1))
    reader = PdfReader(BytesIO(drawn))
    assert reader.metadata.title.startswith("Differential diagnosis of one case: Research and education use")
    assert reader.metadata.creation_date.date() == ON
    assert all((page.mediabox.width, page.mediabox.height) == (595.28, 841.89) for page in reader.pages)
    assert [item.title for item in reader.outline][:3] == ["Case", "Ranking", "Findings"]
    assert ON.isoformat() not in Page(report(engine("asia"), Case({}))).text  # today


def test_nothing_is_drawn_beyond_the_margins():
    reader = PdfReader(BytesIO(made(0)[2]))
    left = []
    for page in reader.pages:
        page.extract_text(visitor_text=lambda text, cm, tm, *_: left.append(tm[4]) if text.strip() else None)
    millimetre = 72 / 25.4
    assert min(left) >= 15 * millimetre and max(left) <= 195 * millimetre


@pytest.mark.slow
def test_validation_is_that_of_the_setting_and_says_what_it_is_worth():
    answers = engine("als_mimics", "flat")
    case = read_cases(PUBLISHED)[0]
    told = case_report(answers, case, ON)
    paper = printed(told)
    for path, stage in product(FILES.values(), ("pre", "post")):
        card = evaluate(answers, read_cases(path, stage))
        row = f"{card.n} {share(card.top1)} {share(card.top3)} {percent(card.mean_probability)}"
        assert squeezed(row) in paper
    assert (
        squeezed(FIT_NOT_GENERALISATION) in paper
        and squeezed("The case of this report is one of them.") in paper
    )
    assert squeezed("is one of them.") not in made(0)[3]


@pytest.mark.slow
@pytest.mark.parametrize("name", NETWORKS)
@given(seed=st.integers(0, 2**32 - 1), text=st.text(max_size=60))
@example(seed=1, text="\x00\ud800\u05d0\u0628\U0001f600\u00ad")
@settings(max_examples=2)
def test_no_case_breaks_a_report(name, seed, text):
    case = some_case(network(name), np.random.default_rng(seed))
    told = case_report(engine(name), replace(case, id=text, about={"title": text, "note": text}), ON)
    page, paper = Page(to_html(told)), printed(told)
    answer = engine(name).diagnose(case)
    for k in range(len(answer.network.diagnoses)):
        assert (
            squeezed(f"{percent(float(answer.pre_test[k]))} {percent(float(answer.post_test[k]))}") in paper
        )
    assert not page.open


def test_what_cannot_be_reported(tmp_path):
    with pytest.raises(DxnetError, match="no report has the suffix"):
        report(engine("asia"), CASE, ".doc")
    with pytest.raises(DxnetError, match="unknown finding"):
        report(engine("asia"), CASE)


@pytest.mark.slow
def test_the_command_writes_what_the_function_makes(tmp_path):
    result = invoke("report", EXAMPLES[0], "-o", tmp_path / "a.pdf", "--setting", "flat")
    assert result.exit_code == 0 and not result.output
    expected = report(engine("als_mimics", "flat"), read_cases(EXAMPLES[0])[0], ".pdf")
    assert (tmp_path / "a.pdf").read_bytes() == expected


def test_the_command_reports_one_case_of_several(tmp_path):
    out = tmp_path / "a.pdf"
    result = invoke("report", PUBLISHED, "-o", out)
    assert (
        result.exit_code == 2
        and "holds 98 cases; a report is of one; choose one with --case ID" in result.stderr
    )
    result = invoke("report", PUBLISHED, "-o", out, "--case", "als_aftd_cath")
    assert result.exit_code == 2 and "did you mean als_aftd_cathy?" in result.stderr and not out.exists()
    assert invoke("report", PUBLISHED, "-o", out, "--case", "als_aftd_cathy", "--stage", "pre").exit_code == 0
    assert "als_aftd_cathy" in PdfReader(out).pages[0].extract_text()
