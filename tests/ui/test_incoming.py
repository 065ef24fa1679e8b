"""A letter, a file or a record is never merged unasked into a case that is open."""

import json
from datetime import date

import pytest

from dxnet import Case, LetterFindings, Visit, load_network
from dxnet.ui.case import open_save
from dxnet.ui.letter.decisions import take_decisions
from dxnet.ui.shared.case_form import Form
from dxnet.ui.shared.incoming import Incoming
from dxnet.ui.shared.session_letter import OpenLetter

OPEN = {"age": "80+", "sex": "female", "babinski": "present"}
OTHER = {"age": "64", "sex": "female", "babinski": "absent", "clonus": "absent"}
FIRST, SECOND = date(2024, 1, 10), date(2024, 6, 2)
CASE_FILE = "findings: {age: '64', sex: female, babinski: absent, clonus: absent}\n"
BUNDLE = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [
        {
            "resource": {
                "resourceType": "Observation",
                "status": "final",
                "code": {"coding": [{"system": "http://human-phenotype-ontology.org", "code": "HP:0003487"}]},
                "valueBoolean": False,
            }
        }
    ],
}


@pytest.fixture(scope="module")
def als():
    return load_network("als_mimics")


@pytest.fixture
def page(start):
    """The Case page with a case open."""
    opened = start("als_mimics")
    opened.session_state.form.load(Case(OPEN, id="mine"))
    return opened.run()


def bring(page, findings=OTHER, **more):
    page.session_state.form.bring(Incoming("the letter", Case(findings, **more)))
    return page.run()


def choose(page, key):
    page.button(key=key).click().run()
    assert not page.exception
    return page.session_state.form


def said(page):
    return [warning.value for warning in page.warning]


def test_into_an_empty_form_it_goes_unasked(als):
    for case in (Case(OTHER), Case.of_visits([Visit(FIRST, {"clonus": "absent"})])):
        form = Form.new(als)
        form.bring(Incoming("the letter", case))
        assert form.incoming is None and form.case.findings == case.findings
        form.undo()
        assert form.is_untouched


@pytest.mark.parametrize(("name", "text"), [("a.yaml", CASE_FILE), ("a.json", json.dumps(BUNDLE))])
def test_a_file_and_a_record_wait_for_an_answer_as_a_letter_does(als, name, text):
    form = Form.new(als)
    form.load(Case(OPEN))
    open_save.take_case_file(als, form, name, text.encode())
    assert not form.problems and form.case.findings == OPEN
    assert form.incoming.case.findings["babinski"] == "absent"


def test_what_contradicts_the_open_case_is_named_age_and_sex_first(page):
    bring(page)
    subject, finding = said(page)
    assert subject == "**Another patient?** Age at onset: 80+ here, 64: 60-69 in the letter"
    assert finding == "**Stated otherwise.** Babinski sign: present here, absent in the letter"
    assert page.session_state.form.case.findings == OPEN


def test_a_case_of_the_same_words_contradicts_nothing(page):
    bring(page, {"age": "81", "sex": "female", "clonus": "absent"})
    assert not said(page) and page.button(key="incoming_add")


def test_another_patient_begins_a_new_case_and_undo_restores(page):
    form = choose(bring(page), "incoming_new")
    assert form.case.findings == OTHER and not form.case.id and form.incoming is None
    form.undo()
    assert form.case.findings == OPEN and form.case.id == "mine"


def test_the_same_patient_is_added_to_and_undo_restores(page):
    form = choose(bring(page), "incoming_add")
    assert form.case.findings == {**OPEN, **OTHER} and form.case.id == "mine"
    form.undo()
    assert form.case.findings == OPEN


def test_what_is_left_changes_nothing(page):
    form = choose(bring(page), "incoming_leave")
    assert form.case.findings == OPEN and form.incoming is None


def test_it_may_be_another_visit_of_the_same_patient(page):
    bring(page)
    page.button(key="incoming_visit").click().run()
    assert page.error[0].value == "Choose each date." and page.session_state.form.incoming
    page.date_input(key="incoming_first_date").set_value(FIRST)
    page.date_input(key="incoming_date").set_value(SECOND)
    form = choose(page, "incoming_visit")
    assert [(visit.on, dict(visit.findings)) for visit in form.case.visits] == [
        (FIRST, {"babinski": "present"}),
        (SECOND, {"babinski": "absent", "clonus": "absent"}),
    ]
    assert form.case.undated == {"age": "64", "sex": "female"} and form.on == SECOND
    form.undo()
    assert form.case.findings == OPEN and not form.case.visits


def test_visits_are_added_on_their_own_days(als):
    form = Form.new(als)
    form.load(Case.of_visits([Visit(FIRST, {"babinski": "present"}, "first")], {"sex": "male"}))
    brought = Case.of_visits(
        [Visit(FIRST, {"clonus": "absent"}), Visit(SECOND, {"babinski": "absent"})], {"age": "64"}
    )
    form.bring(Incoming("the file", brought))
    form.add_to_case()
    assert [dict(visit.findings) for visit in form.case.visits] == [
        {"babinski": "present", "clonus": "absent"},
        {"babinski": "absent"},
    ]
    assert form.case.visits[0].note == "first" and form.case.undated == {"sex": "male", "age": "64"}


def test_paused_findings_of_a_file_stay_paused(als):
    form = Form.new(als)
    form.load(Case(OPEN))
    form.bring(Incoming.of_case("the file", Case({"clonus": "absent"}, paused={"babinski": "absent"})))
    form.add_to_case()
    assert form.paused == {"babinski"} and form.case.findings["babinski"] == "absent"
    assert form.used.findings == {"age": "80+", "sex": "female", "clonus": "absent"}


def test_codes_of_a_record_that_was_added_can_still_be_mapped(als):
    form = Form.new(als)
    form.load(Case(OPEN))
    open_save.take_case_file(als, form, "a.json", json.dumps(BUNDLE).encode())
    form.add_to_case()
    assert form.record and form.case.coded and form.case.findings == {**OPEN, "babinski": "absent"}


def test_an_accepted_letter_waits_for_an_answer(als):
    form, letter = Form.new(als), OpenLetter("Plantars were flexor.", LetterFindings(()))
    form.load(Case(OPEN))

    class Laid:
        """Any decision may be made."""

        @staticmethod
        def decided(decisions):
            return decisions

    take_decisions(form, letter, Laid(), {"id": letter.id, "decisions": {"clonus": "absent"}})
    assert letter.is_taken and form.case.findings == OPEN
    assert form.incoming == Incoming("the letter", Case({"clonus": "absent"}))
