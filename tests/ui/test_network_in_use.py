"""Networks of the Network page in use: parts are added, and the whole is used, kept and left again."""

import json
from dataclasses import replace

import pytest
from network_page import NETWORK_PAGE, attempt, button, choose, opened, said, write
from streamlit.testing.v1 import AppTest

from dxnet.knowledge.edit import NetworkFiles
from dxnet.ui.shared.kept_case import case_as_text

PAGE = NETWORK_PAGE


def add(page, kind, **fields):
    """Fill the form of a new part, and send it."""
    opened(page, "Add")
    page.segmented_control(key="added_kind").set_value(kind).run()
    for key, value in fields.items():
        field = next(
            it
            for it in [*page.text_input, *page.selectbox, *page.text_area, *page.multiselect, *page.slider]
            if it.key == f"new_{key}"
        )
        field.set_value(value)
    button(page, f"Add the {kind.lower()}").click().run()
    assert not page.exception
    return page


FEVER = {
    "label": "Fever",
    "id": "fever",
    "category": "symptoms",
    "default": "0.1 ~ 10 @estimate  # made up",
    "rows": "lung_cancer: 0.6 ~ 10 @estimate  # made up",
}


@pytest.mark.slow
def test_parts_are_added_tried_taken_back_and_downloaded(start, asia):
    page = add(start("asia"), "Finding", **FEVER)
    desk = page.session_state.desk
    assert not page.error and "Finding Fever" in said(page)
    assert desk.network.findings["fever"].given.rows["lung_cancer"].mean[1] == 0.6
    assert "fever" not in asia.findings
    add(page, "Procedure", label="Thermometer", id="thermo", yields=["fever"])
    assert desk.network.findings["fever"].procedure == "thermo"
    add(page, "Edge", parent="lung_cancer", child="fever", number="0.3 ~ 5 @estimate  # again")
    assert "there already" in page.error[0].value and len(desk.added) == 2
    write(opened(choose(page, "fever"), "Edit"), "fever.default", "0.2 ~ 10 @estimate  # more often")
    trial = attempt(page)
    assert trial.is_sound and trial.edited.findings["fever"].given.rows["default"].mean[1] == 0.2
    assert {part.id for part in trial.difference.parts} == {"fever", "thermo"}
    assert len(page.get("download_button")) == 1
    button(page, "Take back").click().run()
    assert not desk.network.procedures and "fever" in desk.network.findings and desk.edits
    button(page, "Discard all").click().run()
    assert desk.network is desk.base and not desk.changes


def test_what_cannot_be_added_says_why(start):
    page = add(start("asia"), "Finding", label="Fever", id="smoking", default="0.2")
    messages = " ".join(error.value for error in page.error)
    assert "is there already" in messages and "has no source" in messages
    assert not page.session_state.desk.added


def test_two_rows_of_one_diagnosis_are_refused(start):
    number = "0.6 ~ 10 @estimate  # made up"
    page = add(start("asia"), "Finding", **FEVER | {"rows": f"lung_cancer: {number}\nlung_cancer: {number}"})
    assert "has 2 rows; leave one" in page.error[0].value and not page.session_state.desk.added


@pytest.mark.slow
def test_a_diagnosis_is_added_beside_the_one_that_it_is_like(start, als):
    page = add(
        start("als_mimics"), "Diagnosis", label="Facial onset neuronopathy", id="fosmn", like="als", share=10
    )
    assert not page.error and "fosmn" in page.session_state.desk.network.diagnosis
    trial = attempt(opened(page, "Edit"))
    assert trial.is_sound and trial.difference.parts[0].id == "fosmn"


WHOLE = """
import streamlit as st
from dxnet.ui.case import page as case_page
from dxnet.ui.network import page as network_page
from dxnet.ui.shared.frame import page

draw = {"case": case_page.draw_case_page, "network": network_page.draw_network_page}
page(draw[st.session_state.get("shown", "network")])()
"""


def test_an_edited_network_is_used_on_the_case_page_and_marked_until_one_goes_back(monkeypatch, asia):
    monkeypatch.setenv("DXNET_NETWORK", "asia")
    page = AppTest.from_string(WHOLE, default_timeout=120).run()
    page.session_state.form.enter("smoking", "present")
    attempt(add(page, "Finding", **FEVER))
    button(page, "Use it on all pages").click().run()
    assert not page.exception and "Not the network of this server" in said(page)
    form = page.session_state.form
    assert dict(form.case.findings) == {"smoking": "present"}
    page.session_state.shown = "case"
    form.enter("fever", "present")
    page.run()
    assert not page.exception and "Not the network of this server" in said(page)
    assert page.session_state.form.used.findings["fever"] == "present"
    button(page, "Use the server's network").click().run()
    assert not page.exception and "Not the network" not in said(page)
    form = page.session_state.form
    assert dict(form.case.findings) == {"smoking": "present"} and "fever" in form.problems[0]
    page.session_state.shown = "network"
    page.run()
    button(opened(page, "Edit"), "Use it on all pages").click().run()
    assert page.session_state.form.case.findings["fever"] == "present", "what was put aside comes back"


def zipped(name, **texts):
    """The files of a shipped network as a zip, with other texts in it."""
    files = NetworkFiles.read(name)
    contents = dict(files.contents)
    for old, new in texts.values():
        path = f"{name}/network.yaml"
        contents[path] = contents[path].replace(old.encode(), new.encode())
    return replace(files, contents=contents).packed()


KEPT = f"""
import streamlit as st
from dxnet.ui.shared.kept_networks import networks_as_text
from dxnet.ui.shared.kept_text import note_found
from dxnet.ui.shared.served import served_network

if kept := st.session_state.pop("kept", None):
    note_found(kept)
{WHOLE}
st.session_state.text = networks_as_text(served_network(), served_network().setting()[0])
"""


def reloaded(page):
    """A new session that takes up what the browser kept of another."""
    form, name = page.session_state.form, page.session_state["in_use"]
    network = page.session_state["versions"][name]
    case = json.dumps({"steps": [case_as_text(network, form)], "at": 0})
    again = AppTest.from_string(KEPT, default_timeout=120)
    again.session_state["kept"] = {"case": case, "networks": page.session_state.text, "in_use": name}
    again.run()
    assert not again.exception
    return again


@pytest.mark.slow
def test_a_reload_keeps_what_was_added_edited_and_used_with_its_case(monkeypatch):
    monkeypatch.setenv("DXNET_NETWORK", "asia")
    page = add(AppTest.from_string(KEPT, default_timeout=120).run(), "Finding", **FEVER)
    add(page, "Procedure", label="Thermometer", id="thermo", yields=["fever"])
    write(opened(choose(page, "fever"), "Edit"), "fever.default", "0.2 ~ 10 @estimate  # more often")
    attempt(page)
    button(page, "Use it on all pages").click().run()
    page.session_state.form.enter("fever", "present")
    page.run()
    again = reloaded(page)
    assert "Not the network of this server" in said(again)
    assert again.session_state.form.case.findings["fever"] == "present"
    desk = again.session_state.desk
    assert [type(one.addition).__name__ for one in desk.added] == ["NewFinding", "NewProcedure"]
    assert desk.edits == {"fever.default": "0.2 ~ 10 @estimate  # more often"}
    assert again.session_state.text == page.session_state.text


def test_a_reload_keeps_a_network_that_was_opened(monkeypatch):
    monkeypatch.setenv("DXNET_NETWORK", "asia")
    page = AppTest.from_string(KEPT, default_timeout=120).run()
    assert page.session_state.text == ""
    content = zipped("asia", version=("version: 1.0.0", "version: 9.0.0"))
    page.file_uploader[0].upload("other.zip", content, "application/zip").run()
    again = reloaded(page)
    assert "Not the network of this server" in said(again) and "9.0.0" in said(again)


def test_a_network_that_is_opened_is_used_edited_and_left_again(monkeypatch):
    monkeypatch.setenv("DXNET_NETWORK", "asia")
    page = AppTest.from_string(WHOLE, default_timeout=120).run()
    content = zipped("asia", version=("version: 1.0.0", "version: 9.0.0"))
    page.file_uploader[0].upload("other.zip", content, "application/zip").run()
    assert not page.exception and "Not the network of this server" in said(page)
    (banner,) = [text.value for text in page.markdown if "Not the network" in text.value]
    assert banner.count("9.0.0") == banner.count("asia") == 1
    write(opened(choose(page, "bronchitis"), "Edit"), "bronchitis.absent", "0.2 ~ 9 @lauritzen1988")
    trial = attempt(page)
    assert trial.is_sound and trial.edited.version == "9.0.0"
    page.button(key="use:").click().run()
    assert "Not the network" not in said(page) and not page.session_state.desk.edits


def test_a_file_that_is_no_network_is_refused_with_its_cause(start):
    page = start("asia")
    page.file_uploader[0].upload("other.zip", b"no zip", "application/zip").run()
    assert not page.exception and "is no zip file" in " ".join(error.value for error in page.error)
    assert "Not the network" not in said(page)
