"""Reports as files: the suffix says the form, and the command writes what the function makes."""

from datetime import date

import pytest
from click.testing import CliRunner
from conftest import engine
from pypdf import PdfReader
from read_back import EXAMPLES

from dxnet import DxnetError, read_cases
from dxnet.cli import main
from dxnet.evaluation.published_cases import PUBLISHED_CASES as PUBLISHED
from dxnet.report.writers import REPORTS, report, write_report

pytestmark = pytest.mark.usefixtures("no_fonts_but_the_shipped_one")
ON = date(2026, 1, 31)


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


def run(*words):
    result = CliRunner().invoke(main, ["report", *map(str, words)])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def test_the_command_writes_what_the_function_makes(tmp_path):
    result = run(EXAMPLES[0], "-o", tmp_path / "a.pdf", "--setting", "flat")
    assert result.exit_code == 0 and not result.output
    expected = report(engine("als_mimics", "flat"), read_cases(EXAMPLES[0])[0], ".pdf")
    assert (tmp_path / "a.pdf").read_bytes() == expected


@pytest.mark.parametrize("suffix", REPORTS)
def test_the_command_writes_each_form(case_of_asia, suffix):
    out = case_of_asia.with_suffix(suffix)
    result = run(case_of_asia, "--network", "asia", "-o", out)
    assert result.exit_code == 0 and not result.output
    assert out.read_bytes() == report(engine("asia"), read_cases(case_of_asia)[0], suffix)


def test_the_command_reports_one_case_of_several(tmp_path):
    out = tmp_path / "a.pdf"
    result = run(PUBLISHED, "-o", out)
    assert (
        result.exit_code == 2
        and "holds 98 cases; a report is of one; choose one with --case ID" in result.stderr
    )
    result = run(PUBLISHED, "-o", out, "--case", "als_aftd_cath")
    assert result.exit_code == 2 and "did you mean als_aftd_cathy?" in result.stderr and not out.exists()
    assert run(PUBLISHED, "-o", out, "--case", "als_aftd_cathy", "--stage", "pre").exit_code == 0
    assert "als_aftd_cathy" in PdfReader(out).pages[0].extract_text()


def test_the_command_refuses(tmp_path, case_of_asia):
    result = run(EXAMPLES[0], "-o", tmp_path / "a.docx")
    assert result.exit_code == 2 and "cannot tell the kind of report from the suffix '.docx'" in result.stderr
    result = run(case_of_asia, "--network", "asia", "-o", tmp_path / "no" / "a.pdf")
    assert result.exit_code == 2 and "check the path and its permissions" in result.stderr
    (tmp_path / "e.csv").write_text("id,smoking\n")
    assert run(tmp_path / "e.csv", "--network", "asia", "-o", tmp_path / "a.pdf").exit_code == 2
