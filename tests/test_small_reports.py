"""Reports of small networks: each kind of file, texts of any length, and what a network lacks."""

from datetime import date

import pytest
from command_line import invoke
from conftest import engine, two_diagnoses
from read_back import EXAMPLES, Page, printed, squeezed

from dxnet import Case, DxnetError, Engine, Estimate, read_cases
from dxnet.evaluation.published_cases import NOT_VALIDATED
from dxnet.knowledge.network import Finding
from dxnet.knowledge.table import ConditionalTable as Given
from dxnet.report.content.case import case_report
from dxnet.report.render.html import to_html
from dxnet.report.writers import REPORTS, report, write_report

pytestmark = pytest.mark.usefixtures("no_fonts_but_the_shipped_one")
ON = date(2026, 1, 31)


@pytest.mark.parametrize("text", ["{nb}", "\ue000", "a {nb} b \ue000"])
def test_no_text_becomes_the_number_of_pages(text):
    case = Case({"smoking": "present"}, id=text, about={"title": f"Title {text}"})
    paper = printed(case_report(engine("asia"), case, ON))
    assert squeezed(f"Title {text}").replace("\ue000", "<U+E000>") in paper


def test_a_long_text_takes_pages_and_a_long_word_lines():
    case = Case({}, id="x" * 500, about={"note": "long " * 3000, "title": "y" * 3000})
    told = case_report(engine("asia"), case, ON)
    paper = printed(told)
    assert paper.count("long") == 3000 and "y" * 3000 in paper and "x" * 500 in paper
    assert len(told.foot) < 120


def test_a_network_without_procedures_signs_limits_or_fitting_cases():
    told = case_report(engine("asia"), Case({}), ON)
    headings = [section.heading for section in told.sections]
    assert "What next" in headings and "Diagnostic criteria" not in headings
    for text in (squeezed(NOT_VALIDATED), "Case" + squeezed("without id")):
        assert text in printed(told) and text in Page(to_html(told)).text


def test_a_network_made_in_python_has_no_fingerprint():
    estimate = Estimate.parse("0.5 ~ 10 @estimate")
    table = Given(parents=("diagnosis",), rows={"default": estimate})
    cough = Finding(label="Cough " * 400, given=table)
    answers = Engine(two_diagnoses({"cough": cough}))
    told = case_report(answers, Case({"cough": "present"}), ON)
    paper = printed(told)  # a cell of 2,400 letters would not fit on a page
    assert squeezed("none, as it was made in Python") in paper and "…present" in paper
    assert squeezed(f"{cough.label} present") in Page(to_html(told)).text


def test_the_suffix_of_the_file_says_the_form(tmp_path):
    seen = {"xray_abnormal": "present"}
    for suffix in REPORTS:
        path = tmp_path / f"case{suffix.upper()}"
        write_report(engine("asia"), seen, path, ON)
        assert path.read_bytes() == report(engine("asia"), seen, suffix, ON)
    with pytest.raises(DxnetError, match=r"case.doc: cannot tell .* '.doc'; known are .html, .pdf"):
        write_report(engine("asia"), seen, tmp_path / "case.doc")
    with pytest.raises(DxnetError, match="no such file or directory; check the path"):
        write_report(engine("asia"), seen, tmp_path / "none" / "case.pdf")


@pytest.fixture
def case_of_asia(tmp_path):
    (tmp_path / "case.yaml").write_text("findings: {xray_abnormal: present}")
    return tmp_path / "case.yaml"


@pytest.mark.parametrize("suffix", REPORTS)
def test_the_command_writes_each_form(case_of_asia, suffix):
    out = case_of_asia.with_suffix(suffix)
    result = invoke("report", case_of_asia, "--network", "asia", "-o", out)
    assert result.exit_code == 0 and not result.output
    assert out.read_bytes() == report(engine("asia"), read_cases(case_of_asia)[0], suffix)


def test_the_command_refuses(tmp_path, case_of_asia):
    result = invoke("report", EXAMPLES[0], "-o", tmp_path / "a.docx")
    assert result.exit_code == 2 and "cannot tell the kind of report from the suffix '.docx'" in result.stderr
    result = invoke("report", case_of_asia, "--network", "asia", "-o", tmp_path / "no" / "a.pdf")
    assert result.exit_code == 2 and "check the path and its permissions" in result.stderr
    (tmp_path / "e.csv").write_text("id,smoking\n")
    assert invoke("report", tmp_path / "e.csv", "--network", "asia", "-o", tmp_path / "a.pdf").exit_code == 2
