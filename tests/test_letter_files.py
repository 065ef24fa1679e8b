"""Letters as files, and the command: what gives its text, what is refused, and what is printed."""

import builtins
import io
import json
import os
import re
import subprocess
import sys

import docx
import pytest
import yaml
from click.testing import CliRunner
from clinic_letter import LETTER
from fpdf import FPDF

from dxnet import CaseError, DxnetError, letter_text, read_cases, read_text
from dxnet.cli import main
from dxnet.formats.text.files import text_of_letter
from dxnet.knowledge.load import RESOURCES


@pytest.mark.parametrize(
    ("text", "error"), [("  \n", CaseError), ("x" * 200_001, CaseError), (b"x", TypeError)]
)
def test_what_is_no_letter_is_refused(als, text, error):
    with pytest.raises(error):
        read_text(text, als)


def test_missing_packages_are_named(als, monkeypatch):
    real = builtins.__import__

    def without(name, *rest):
        if name.split(".")[0] in ("spacy", "docx", "pypdf"):
            raise ImportError(name)
        return real(name, *rest)

    never_read_with = als.model_copy()
    monkeypatch.setattr(builtins, "__import__", without)
    for call in (
        lambda: read_text("No weakness.", never_read_with),
        lambda: text_of_letter("a.docx", b"x"),
        lambda: text_of_letter("a.pdf", b"x"),
    ):
        with pytest.raises(DxnetError, match=r"dxnet\[text\]"):
            call()


def word_file(*lines):
    document, kept = docx.Document(), io.BytesIO()
    for line in lines:
        document.add_paragraph(line)
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "CK", "850 U/L"
    document.save(kept)
    return kept.getvalue()


def pdf_file(text):
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("helvetica")
    if text:
        pdf.cell(text=text)
    return bytes(pdf.output())


def test_files_give_their_text(tmp_path):
    files = {
        "a.txt": "Plantars up – right.".encode(),
        "b.txt": "caf\xe9".encode("cp1252"),
        "c.docx": word_file("Plantars up."),
        "d.pdf": pdf_file("Plantars up."),
    }
    texts = {}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        texts[name] = letter_text(tmp_path / name).strip()
    assert texts == {
        "a.txt": "Plantars up – right.",
        "b.txt": "café",
        "c.docx": "Plantars up.\nCK | 850 U/L",
        "d.pdf": "Plantars up.",
    }


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("scan.pdf", pdf_file(""), "scan"),
        ("old.doc", b"x", "save it as .docx"),
        ("picture.png", b"x", "known are"),
        ("broken.docx", b"x", "Word"),
        ("broken.pdf", b"x", "PDF"),
        ("binary.txt", b"\xff\x00\x01\x80", "not text"),
        ("empty.txt", b"  ", "empty"),
    ],
)
def test_files_that_are_no_letters_are_refused(name, content, message):
    with pytest.raises(CaseError, match=message):
        text_of_letter(name, content)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CaseError, match=r"gone\.txt"):
        letter_text(tmp_path / "gone.txt")


def test_the_command_prints_proposals_and_writes_a_case(tmp_path):
    path, output = tmp_path / "letter.txt", tmp_path / "case.yaml"
    path.write_text(LETTER, encoding="utf-8")
    result = CliRunner().invoke(main, ["read", str(path), "-o", str(output)])
    assert result.exit_code == 0, result.output
    assert "for you to confirm" in result.output and "Creatine kinase" in result.output
    assert "Pettigrew" not in output.read_text(encoding="utf-8")
    (case,) = read_cases(output)
    assert case.findings["ck"] == "850 U/L (<200)"
    output = tmp_path / "soft.yaml"
    CliRunner().invoke(main, ["read", str(path), "-o", str(output), "--probable", "--note"])
    kept = yaml.safe_load(output.read_text(encoding="utf-8"))
    assert kept["findings"]["dysphagia"] == "probable absent" and "dysphagia" in kept["note"]
    plain = json.loads(CliRunner().invoke(main, ["read", str(path), "--json"]).output)
    assert {it["finding"] for it in plain["proposals"]} >= {"ck", "dysphagia"}


@pytest.mark.parametrize("content", [b"Mrs Pettigrew has ALS", b"%PDF-1.4\nMrs Pettigrew has ALS\n%%EOF"])
def test_what_is_no_pdf_is_told_in_one_line_without_its_words(tmp_path, content):
    (tmp_path / "letter.pdf").write_bytes(content)
    words = [sys.executable, "-m", "dxnet", "read", "letter.pdf", "--network", "asia"]
    environment = {**os.environ, "PYTHONPATH": str(RESOURCES)}
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and done.stdout == ""
    assert re.fullmatch(r"error: letter\.pdf: cannot be read as a PDF \(\w+\); save it .*\n", done.stderr)


def test_the_command_shows_contradictions_and_errors(tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text("The plantars were flexor.\n\nThe plantars were extensor.\n\nThere was weakness.")
    output = CliRunner().invoke(main, ["read", str(path)]).output
    assert "it is left out" in output
    path.write_text("CK was 1200 U/L. CK was 180 U/L.")
    assert "1200 U/L is kept" in CliRunner().invoke(main, ["read", str(path)]).output
    result = CliRunner().invoke(main, ["read", str(tmp_path / "none.pdf")])
    assert result.exit_code == 2 and "none.pdf" in result.output
