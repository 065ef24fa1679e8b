"""Cases that come and go: files and records, what the browser keeps, undo, and reports."""

import json
from itertools import pairwise

import pytest
from case_page import entered, expected, pause, ranking, upload
from click.testing import CliRunner
from streamlit.testing.v1 import AppTest

from dxnet import Case, load_network, read_cases
from dxnet.cli import main
from dxnet.formats.cases.read import dump_case
from dxnet.knowledge.load import RESOURCES
from dxnet.ui.case import record
from dxnet.ui.shared.case_form import Form
from dxnet.ui.shared.kept_case import case_as_text, restore_form
from dxnet.words import percent

TAB = "All diagnoses"


@pytest.mark.parametrize("kind", ["phenopacket", "fhir"])
def test_files_of_other_programs_are_opened(start, asia, kind):
    findings = {"smoking": "present", "dyspnoea": "absent"}
    page = upload(start("asia"), "case.json", dump_case(Case(findings, id="a"), kind, asia))
    assert page.session_state["form"].case.findings == findings


def test_an_uncertain_finding_of_a_file_is_shown_used_and_kept(start):
    findings = {"xray_abnormal": {"present": 0.8, "absent": 0.2}, "smoking": "present"}
    page = upload(start("asia"), "soft.yaml", dump_case(Case(findings, id="soft")))
    assert ranking(page) == expected("asia", findings)
    assert any("uncertain (present 0.8, absent 0.2)" in label for label in entered(page))
    page.pills(key="group").set_value("imaging").run()
    assert page.segmented_control(key="form:xray_abnormal").value == "uncertain"
    assert page.session_state.form.saved.findings == findings
    page.segmented_control(key="form:xray_abnormal").set_value("absent").run()
    assert ranking(page) == expected("asia", {**findings, "xray_abnormal": "absent"})


def test_a_soft_word_of_a_file_is_shown_used_and_kept(start):
    findings = {"mri_cord_compression": "probable compression", "babinski": "present"}
    page = upload(start("als_mimics"), "soft.yaml", dump_case(Case(findings, id="soft")))
    assert ranking(page) == expected("als_mimics", findings)
    assert any("probable compression" in label for label in entered(page))
    page.pills(key="group").set_value("MRI").run()
    assert not page.exception
    assert page.session_state.form.saved.findings == findings


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.yaml", "findings:\n  smokin: present\n", "did you mean smoking?"),
        ("a.yaml", "findings:\n  smoking: perhaps\n", "line 2: “Smoker”: unknown state 'perhaps'"),
        ("a.yaml", "findings: [\n", "a.yaml"),
        ("a.yaml", "", "is empty"),
        ("a.json", '{"findings": 1}', "write one 'finding: state' a line"),
        ("a.json", "no json", "is not JSON"),
        ("a.json", "\0\1", "not a text file"),
        ("a.yaml", "findings:\n  '![x](http://x.y/z.png)': present\n", r"!\[x\](http://x.y/z.png)"),
    ],
)
def test_a_bad_file_is_refused_with_a_cure_and_changes_nothing(start, name, text, said):
    page = start("asia")
    page.segmented_control(key="form:smoking").set_value("present").run()
    upload(page, name, text)
    assert not page.exception
    (error,) = page.error
    assert f"{name} was not opened" in error.value and "case." not in error.value
    assert said in error.value
    assert ranking(page) == expected("asia", {"smoking": "present"})
    page.segmented_control(key="form:smoking").set_value("absent").run()
    assert not page.error


@pytest.mark.slow
def test_ten_cases_have_the_numbers_of_the_command_line(start, tmp_path):
    cases = read_cases(RESOURCES / "data" / "cases" / "published.jsonl")[:10]
    page, path = start("als_mimics"), tmp_path / "case.json"
    for case in cases:
        text = dump_case(case, "json")
        upload(page, "case.json", text)
        path.write_text(text, encoding="utf-8")
        told = json.loads(CliRunner().invoke(main, ["diagnose", str(path), "--json"]).stdout)
        rows = {r["label"]: (percent(r["pre_test"]), percent(r["post_test"])) for r in told["ranking"]}
        assert list(ranking(page).items()) == list(rows.items())


def test_a_report_says_what_is_paused(start):
    page = start("asia")
    page.segmented_control(key="form:smoking").set_value("present").run()
    page.segmented_control(key="form:visit_to_asia").set_value("present").run()
    pause(page, "smoking")
    form = page.session_state.form
    told = form.saved
    assert told.findings == {"visit_to_asia": "present"} and told.paused == {"smoking": "present"}
    again = upload(start("asia"), "paused.yaml", dump_case(form.saved))
    assert again.session_state.form.paused == {"smoking"}
    assert ranking(again) == expected("asia", {"visit_to_asia": "present"})


def click(page, label):
    next(button for button in page.button if button.label == label).click().run()
    assert not page.exception


@pytest.mark.slow
def test_every_step_is_taken_back_and_done_again(start, myasthenia):
    page = start("als_mimics")
    form = page.session_state.form
    states = [form.entered_state]
    page.segmented_control(key="form:sex").set_value("male").run()
    states.append(form.entered_state)
    pause(page, "sex")
    states.append(form.entered_state)
    page.selectbox(key="setting").set_value("flat").run()
    states.append(form.entered_state)
    upload(page, "case.yaml", dump_case(myasthenia))
    states.append(form.entered_state)
    click(page, "New case")
    states.append(form.entered_state)
    assert all(one != other for one, other in pairwise(states))
    for earlier in states[-2::-1]:
        click(page, "Undo")
        assert form.entered_state == earlier
    assert next(button for button in page.button if button.label == "Undo").disabled
    for later in states[1:]:
        click(page, "Redo")
        assert form.entered_state == later
    click(page, "Undo")
    page.segmented_control(key="form:sex").set_value("male").run()
    assert next(button for button in page.button if button.label == "Redo").disabled


def test_what_the_browser_keeps_comes_back_whole(start, als):
    page = start("als_mimics")
    form = page.session_state.form
    assert not case_as_text(als, form)
    page.segmented_control(key="form:sex").set_value("male").run()
    pause(page, "sex")
    page.selectbox(key="setting").set_value("flat").run()
    again = Form.new(als)
    restore_form(als, again, case_as_text(als, form))
    assert again.entered_state == form.entered_state
    click(page, "New case")
    page.selectbox(key="setting").set_value(als.setting()[0]).run()
    assert not case_as_text(als, form)


INTERRUPTED = """
import streamlit as st
from dxnet.ui.shared.kept_text import note_found, restore_text

def restore(text):
    st.session_state.tries = st.session_state.get("tries", 0) + 1
    if st.session_state.tries == 1:
        st.rerun()
    st.session_state.restored = text

note_found({"notes": "what was kept"})
restore_text("notes", restore)
"""


def test_a_restoring_that_is_interrupted_begins_anew_and_happens_once():
    page = AppTest.from_string(INTERRUPTED).run()
    page.run()
    assert page.session_state.restored == "what was kept" and page.session_state.tries == 2


def test_a_file_that_does_not_belong_here_is_refused_in_words_in_place_of_the_last_error(start):
    page = upload(start("asia"), "a.yaml", "findings:\n  smokin: present\n")
    upload(page, "mist.csv", "id,smoking\n")
    (error,) = page.error
    assert (
        "mist.csv was not opened.  \nIt is a table" in error.value
        and "open it on the Cohort page" in error.value
    )
    assert "smokin" not in error.value
    upload(page, "b.yaml", "#" * 6_000_000)
    assert "6.0 MB, and only 5 MB can be opened here" in page.error[0].value
    upload(page, "b.yaml", "findings:\n  smoking: present\n")
    assert not page.error


def test_the_browser_keeps_local_codes_too(als):
    form, again = Form.new(als), Form.new(als)
    codes = b"system,code,finding,state\nSNOMED CT,366575004,babinski,present\n"
    form.local_codes = record.read_local_codes(codes, als)
    restore_form(als, again, case_as_text(als, form))
    assert [row.key for row in again.local_codes.rows] == [("snomed ct", "366575004")]
    assert again.entered_state == form.entered_state


def test_a_kept_case_of_another_network_is_refused_and_changes_nothing(asia, als):
    form, other = Form.new(als), Form.new(asia)
    other.enter("smoking", "present")
    restore_form(als, form, case_as_text(asia, other))
    assert form.entered_state == Form.new(als).entered_state
    assert "of the network asia, was not opened" in form.problems[0]


def test_a_saved_case_keeps_its_setting(start, als):
    page = start("als_mimics")
    page.selectbox(key="setting").set_value("flat").run()
    again = upload(start("als_mimics"), "case.yaml", dump_case(page.session_state.form.saved))
    assert again.session_state.form.setting == "flat"
    upload(again, "case.yaml", "setting: flatt\nfindings: {}\n")
    assert "no setting 'flatt'" in again.error[0].value and "flat" in again.error[0].value


SNOMED = "http://snomed.info/sct"


def snomed_record():
    """A Bundle in which HPO says one thing, and SNOMED CT two more."""
    codes = [
        ("http://human-phenotype-ontology.org", "HP:0001260", "Dysarthria"),
        (SNOMED, "366575004", "Extensor plantar response"),
        (SNOMED, "40739000", "Dysphagia"),
    ]
    entries = [
        {
            "resource": {
                "resourceType": "Observation",
                "status": "final",
                "code": {"coding": [{"system": system, "code": code, "display": name}]},
                "valueBoolean": True,
            }
        }
        for system, code, name in codes
    ]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries})


def record_label(page):
    return next(part.label for part in page.expander if part.label.startswith("Record"))


def map_by_hand(page, key, finding, state):
    page.selectbox(key="mapped_code").select(key).run()
    page.selectbox(key="mapped_finding").select(finding).run()
    page.selectbox(key=f"mapped_state:{finding}").select(state).run()
    return page.button(key="use_meaning").click().run()


def test_a_record_shows_what_was_understood_and_takes_the_rest_by_hand(start):
    page = upload(start("als_mimics"), "record.json", snomed_record())
    form = page.session_state.form
    assert record_label(page) == "Record: 1 of 3 entries understood"
    assert not any("have no code" in warning.value for warning in page.warning)
    form.enter("clonus", "present")
    key = ("snomed ct", "366575004")
    page = map_by_hand(page, key, "babinski", "present")
    assert not page.exception
    assert record_label(page) == "Record: 2 of 3 entries understood"
    wanted = {"dysarthria": "present", "clonus": "present", "babinski": "present"}
    assert form.case.findings == wanted
    (row,) = form.local_codes.rows
    assert (row.system, row.code, row.label) == ("SNOMED CT", "366575004", "Extensor plantar response")
    page.pills(key="local_codes").set_value([]).run()
    assert form.case.findings == {"dysarthria": "present", "clonus": "present"}
    assert not form.local_codes.rows


def test_codes_are_remembered_and_brought_again(start):
    page = upload(start("als_mimics"), "record.json", snomed_record())
    map_by_hand(page, ("snomed ct", "40739000"), "dysphagia", "present")
    codes = record.dump_local_codes(page.session_state.form.local_codes)
    assert codes.splitlines()[1] == "SNOMED CT,40739000,dysphagia,present,Dysphagia"
    next(button for button in page.button if button.label == "New case").click().run()
    upload(page, "again.json", snomed_record())
    assert page.session_state.form.case.findings == {"dysarthria": "present", "dysphagia": "present"}
    other = upload(start("als_mimics"), "record.json", snomed_record())
    network = load_network("als_mimics")
    form = other.session_state.form
    record.take_codes_file(network, form, "codes.csv", codes.encode())
    assert form.case.findings["dysphagia"] == "present"
    record.take_codes_file(network, form, "a.csv", codes.replace("dysphagia,", "dysphagja,").encode())
    assert form.problems[1] == "codes.csv:2: unknown finding 'dysphagja'; did you mean dysphagia?"


def test_a_record_of_unknown_codes_alone_is_opened_to_be_mapped(start):
    text = snomed_record().replace("HP:0001260", "HP:9999999")
    page = upload(start("als_mimics"), "record.json", text)
    assert "Nothing in this record was understood" in page.error[0].value
    map_by_hand(page, ("snomed ct", "366575004"), "babinski", "present")
    assert page.session_state.form.case.findings == {"babinski": "present"}
    assert not page.error
