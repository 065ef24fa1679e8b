"""The Letter page without a browser: what is read, laid out, checked, taken to the case and kept."""

import pytest

from dxnet import LetterFindings, Proposal, load_network
from dxnet.errors import DxnetError
from dxnet.formats.cases.read import dump_case
from dxnet.formats.text.files import MISSING_PACKAGES
from dxnet.report.content.letter import STATEMENT_KINDS, letter_to_decide, statement_kind
from dxnet.ui.letter.decisions import keep_decisions, take_decisions
from dxnet.ui.shared.case_form import Form
from dxnet.ui.shared.kept_case import case_as_text
from dxnet.ui.shared.session_letter import OpenLetter

PAGE = """
from functools import partial
import streamlit as st
from dxnet.ui.letter import page as letter_page
from dxnet.ui.shared.session_letter import announce_taken_findings
from dxnet.ui.shared.frame import page
page(partial(letter_page.draw_letter_page, to_case=lambda: announce_taken_findings(st.session_state.form)))()
"""
LETTER = """Dear Dr Smith,

Thank you for your letter. This 64-year-old man of Mill Lane denies diplopia. No sensory loss.

Plantars upgoing. CK 850 U/L. Sensory loss in both feet.

MRI cervical spine: cannot exclude canal stenosis.
"""


@pytest.fixture(scope="module")
def als():
    return load_network("als_mimics")


@pytest.fixture
def page(start):
    return start()


def proposal(finding, state, words, text=LETTER, **more):
    start = text.index(words)
    span = (start, start + len(words))
    more = {"entry": state, "certainty": "", **more}
    return Proposal(finding, finding, state, span=span, words=words, sentence=f"{words}.", **more)


READ = LetterFindings(
    (
        proposal("ptosis_diplopia", "absent", "diplopia"),
        proposal("sensory_loss", "absent", "No sensory loss", contradicted_by=("present",)),
        proposal("babinski", "present", "Plantars upgoing"),
        proposal("ck", "mild", "CK 850 U/L", entry="850 U/L"),
        proposal("sensory_loss", "present", "Sensory loss in both feet", contradicted_by=("absent",)),
        proposal("sex", "male", "man"),
        proposal(
            "mri_cord_compression",
            "contact_or_stenosis",
            "canal stenosis",
            entry="possible contact_or_stenosis",
            certainty="possible",
        ),
    )
)


def read(page, text):
    page.text_area(key="letter_text").set_value(text)
    return page.button[0].click().run()


def test_the_letter_is_laid_out_whole_and_every_word_is_marked_by_what_it_states(als):
    laid = letter_to_decide(als, LETTER, READ, {"babinski": "absent"})
    shown = "".join(piece.text for part in laid.parts for piece in part)
    assert "".join(shown.split()) == "".join(LETTER.split())
    marks = {piece.text: piece.kind for part in laid.parts for piece in part if piece.kind}
    assert marks == {
        "diplopia": "absent",
        "No sensory loss": "contradicted",
        "Plantars upgoing": "present",
        "CK 850 U/L": "number",
        "Sensory loss in both feet": "contradicted",
        "man": "stated",
        "canal stenosis": "uncertain",
    }
    assert set(marks.values()) < STATEMENT_KINDS.keys() and len(
        {sign for sign, _ in STATEMENT_KINDS.values()}
    ) == len(STATEMENT_KINDS)
    known = {it.finding: it for it in laid.findings}
    assert known["babinski"].in_case == "absent" and not known["ck"].in_case
    assert known["ck"].options[0] == ("850 U/L", "850 U/L: mild")
    first, second = known["sensory_loss"].sides
    assert (first.state, second.state) == ("absent", "present") and first.part < second.part
    certain = [it.finding for it in laid.findings if it.is_certain]
    assert certain == ["ptosis_diplopia", "ck", "sex"], (
        "not what is doubted, contradicted or otherwise in the case"
    )
    assert ("possible present", "possible present") in known["babinski"].options


def test_overlapping_words_are_cut_where_either_ends(als):
    text = "weak right hand"
    findings = (
        proposal("arm_weakness", "present", "weak right", text),
        proposal("sex", "male", "right hand", text),
    )
    (part,) = letter_to_decide(als, text, LetterFindings(findings), {}).parts
    assert [(it.text, it.findings) for it in part] == [
        ("weak ", ("arm_weakness",)),
        ("right", ("arm_weakness", "sex")),
        (" hand", ("sex",)),
    ]
    assert statement_kind(als, findings[0]) == "present"


def test_what_is_accepted_is_taken_in_one_step_with_its_numbers(als):
    form, letter = Form.new(als), OpenLetter(LETTER, READ)
    laid = letter_to_decide(als, LETTER, READ, {})
    choices = {"ck": "850 U/L", "babinski": "possible present", "ptosis_diplopia": None}
    message = {"id": letter.id, "decisions": {**choices, "sex": "'; drop", "no_such": "present", "clonus": 3}}
    take_decisions(form, letter, laid, message)
    assert letter.decisions == choices and letter.is_taken
    entered = dict(form.case.findings)
    assert entered == {"ck": "850 U/L", "babinski": "possible present"}
    assert "Mill Lane" not in repr(letter)
    for kept in (dump_case(form.saved), case_as_text(als, form)):
        assert "850 U/L" in kept and "Mill Lane" not in kept and "Plantars" not in kept
    form.undo()
    assert form.entered_state == Form.new(als).entered_state


def test_nothing_is_taken_of_another_letter_or_where_nothing_was_accepted(als):
    form, letter = Form.new(als), OpenLetter(LETTER, READ)
    laid = letter_to_decide(als, LETTER, READ, {})
    take_decisions(form, letter, laid, {"id": "other", "decisions": {"ck": "850 U/L"}})
    take_decisions(form, letter, laid, {"id": letter.id, "decisions": {"ck": None}})
    keep_decisions(letter, laid, None)
    assert letter.decisions == {"ck": None} and not letter.is_taken and not form.can_undo


def test_what_cannot_be_read_is_said_with_its_cure(page):
    for name, content, said in (
        ("letter.doc", b"x", "save it as .docx"),
        ("scan.txt", b"  ", "is empty"),
        ("letter.docx", b"no zip", "was not read"),
    ):
        page.file_uploader[0].set_value((name, content, "text/plain")).run()
        assert not page.exception
        assert said in page.error[0].value, page.error[0].value
    assert "the letter is empty" in read(page, "   ").error[0].value


def test_a_scanned_pdf_is_told_from_one_with_text(page):
    fpdf = pytest.importorskip("fpdf")
    scan = fpdf.FPDF()
    scan.add_page()
    page.file_uploader[0].set_value(("scan.pdf", bytes(scan.output()), "application/pdf")).run()
    assert "no text layer" in page.error[0].value and "OCR" in page.error[0].value


def test_missing_packages_are_named_before_a_letter_is_pasted(page, monkeypatch):
    def refuse(network):
        raise DxnetError([MISSING_PACKAGES])

    monkeypatch.setattr("dxnet.ui.letter.page.lexicon_of", refuse)
    page.run()
    assert not page.exception and '-m pip install "dxnet\\[text\\]"' in page.warning[0].value


def test_a_letter_is_read_decided_and_taken_to_the_case(page):
    pytest.importorskip("spacy")
    read(page, LETTER)
    assert not page.exception and not page.error
    letter, form = page.session_state.letter, page.session_state.form
    assert {"ck", "babinski", "sex"} <= {it.finding for it in letter.read}
    assert not page.text_area and "proposed" in page.caption[0].value
    network = load_network("als_mimics")
    laid = letter_to_decide(network, letter.text, letter.read, form.today)
    certain = {it.finding: it.sides[0].entry for it in laid.findings if it.is_certain}
    take_decisions(form, letter, laid, {"id": letter.id, "decisions": certain})
    page.run()
    assert not page.exception and f"{len(certain)} findings taken" in page.toast[0].value
    assert not letter.is_taken and form.case.findings["ck"] == "850 U/L"
    assert "Mill Lane" not in str(page.query_params) + case_as_text(network, form)
    page.button[0].click().run()
    assert "letter" not in page.session_state and page.text_area(key="letter_text").value == ""


def test_a_letter_that_is_put_aside_can_be_opened_again_until_another_is_read(page):
    pytest.importorskip("spacy")
    read(page, LETTER)
    letter = page.session_state.letter
    letter.decisions = {"ck": "850 U/L", "sex": None}
    page.button[0].click().run()
    assert "letter" not in page.session_state
    assert any("put aside" in it.value for it in page.caption)
    back = next(it for it in page.button if it.label == "Back to the last letter")
    back.click().run()
    assert not page.exception and page.session_state.letter is letter
    assert letter.decisions == {"ck": "850 U/L", "sex": None}
    page.button[0].click().run()
    page.text_area(key="letter_text").set_value("Clonus was present.")
    next(it for it in page.button if it.label == "Read the letter").click().run()
    assert page.session_state.letter is not letter and "letter_aside" not in page.session_state


def test_a_text_without_findings_says_so(page):
    pytest.importorskip("spacy")
    read(page, "The parcel was delivered on Monday.")
    assert not page.exception and "No finding" in page.info[0].value
    assert page.text[0].value.startswith("The parcel")


def test_what_was_not_understood_is_listed_as_it_stands(page):
    pytest.importorskip("spacy")
    read(page, "CK 850 U/L. The reflexes *were* hard <b>to judge</b>.")
    letter = page.session_state.letter
    assert letter.read.not_understood
    listed = next(text.value for text in page.markdown if "hard" in text.value)
    assert "\\<b>" in listed and "\\*were" in listed


def test_what_is_called_normal_as_a_whole_is_told_and_goes_to_the_case_page(page):
    pytest.importorskip("spacy")
    read(page, "Plantars upgoing. Neurological examination otherwise normal.")
    assert any("Called normal as a whole: Neurological examination" in it.value for it in page.caption)
    form, letter = page.session_state.form, page.session_state.letter
    laid = letter_to_decide(load_network("als_mimics"), letter.text, letter.read, {})
    take_decisions(form, letter, laid, {"id": letter.id, "decisions": {"babinski": "present"}})
    assert form.case.findings == {"babinski": "present"}
    assert [it.procedure for it in form.called_normal.tests] == ["examination"]
