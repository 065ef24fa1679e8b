"""The Network page without a browser: what is shown, what is edited, and what comes of it."""

import io
import json
from dataclasses import replace
from zipfile import ZipFile

import pytest
from conftest import TINY
from streamlit.testing.v1 import AppTest

from dxnet import load_network
from dxnet.formats.cases.read import reference_cases
from dxnet.knowledge.edit import NetworkFiles, number_as_written
from dxnet.knowledge.load import find_network
from dxnet.review.changes import changed_numbers
from dxnet.review.check import adopted
from dxnet.review.diff import compare_networks
from dxnet.ui.shared.kept_case import kept_text
from dxnet.words import nats

PAGE = """
from dxnet.ui.network import page as network_page
from dxnet.ui.shared.frame import page

page(network_page.draw_network_page)()
"""
ALS = "0.35 ~ 40 @estimate  # a guess"


def choose(page, name):
    page.selectbox(key="sought_node").set_value(name).run()
    assert not page.exception
    return page


def opened(page, tab):
    page.session_state["tables"] = tab
    page.run()
    assert not page.exception
    return page


def tabs(page):
    return [tab.label for tab in page.tabs]


def said(page):
    return "\n".join(text.value for text in [*page.markdown, *page.caption])


def write(page, place, text):
    page.text_input(key=f"number:{place}").set_value(text).run()
    assert not page.exception


def button(page, label):
    (found,) = [button for button in page.button if button.label == label]
    return found


def attempt(page):
    button(page, "Check and compare").click().run()
    assert not page.exception
    return tried(page)


def tried(page):
    return page.session_state.desk.trial(page.session_state.form.setting)


def editor(start, network, name):
    return opened(choose(start(network), name), "Edit")


def test_first_the_network_is_told_in_numbers(start, als):
    page = start("als_mimics")
    for part in (
        f"{len(als.diagnosis)} diagnoses",
        f"{len(als.findings)} findings",
        f"{len(dict(als.estimates()))} numbers",
    ):
        assert part in said(page)
    assert page.selectbox(key="view").value == ""
    assert tabs(page) == ["Numbers", "Edit", "Add", "Check"]
    assert als.fingerprint in said(page)


@pytest.mark.slow
@pytest.mark.parametrize("network", ["als_mimics", "asia"])
def test_whatever_is_chosen_can_be_drawn(start, request, network):
    known = request.getfixturevalue("als" if network == "als_mimics" else "asia")
    page = start(network)
    names = [*known.nodes, *known.diagnosis, *known.settings]
    for name in names[:: 12 if network == "als_mimics" else 1]:
        choose(page, name)
        assert f"`{name}`" in said(page)
    for view in known.categories:
        page.selectbox(key="view").set_value(view).run()
        assert not page.exception


def test_a_finding_has_its_numbers_reasons_places_and_links(start, als):
    page = choose(start("als_mimics"), "babinski")
    (table,) = page.table
    estimate = als.findings["babinski"].given.rows["als"]
    row = table.value[table.value["Given diagnosis"] == "ALS"].iloc[0]
    assert estimate.text.startswith(row["Written"].replace("\\", "")) and row["File"] == estimate.where
    assert row["Weight"] == f"{estimate.weight:.0f}"
    key = next(e.sources[0] for e in als.findings["babinski"].given.rows.values() if e.is_published)
    assert f"({als.references[key].link})" in said(page)
    assert "[HP:0003487](https://" in said(page)
    assert "default stands for" in said(page)


def test_what_is_open_stays_open_for_the_next_choice(start):
    page = editor(start, "asia", "bronchitis")
    choose(page, "xray_abnormal")
    assert page.session_state["tables"] == "Edit" and len(page.text_input) == 2
    choose(opened(choose(page, "lung_cancer"), "Telling findings"), "smoking")
    assert page.session_state["tables"] == "Numbers" and page.table


def test_parents_and_children_are_a_click_away(start):
    page = choose(start("asia"), "bronchitis")
    page.button(key="Depends on:smoking").click().run()
    assert page.selectbox(key="sought_node").value == "smoking"
    page.button(key="On it depend:bronchitis").click().run()
    assert page.session_state.desk.chosen == "bronchitis"


def test_a_diagnosis_with_parents_is_drawn_beside_them(start):
    page = choose(start("asia"), "smoking")
    (chart,) = page.get("vega_lite_chart") or page.get("arrow_vega_lite_chart")
    assert "Diagnosis" in str(chart.proto)


def test_figures_of_the_literature_stand_beside_those_of_the_network(start, als):
    page = opened(choose(start("als_mimics"), "emg_myopathic"), "Literature")
    table = page.table[-1].value
    assert len(table) == sum(map(len, adopted(als)["emg_myopathic"].values()))
    assert "departs" in set(table["Drift"]) and "" in set(table["Drift"])
    assert als.findings["emg_myopathic"].explained[:40] in said(page)


def test_what_tells_a_diagnosis_from_the_others(start):
    page = opened(choose(start("asia"), "lung_cancer"), "Telling findings")
    rows = page.table[-1].value.map(lambda text: text.replace("\N{NO-BREAK SPACE}", " "))
    assert list(rows["Here"])[1] == "90.9 %" and list(rows["Mean"])[1] == "69.3 %"


def test_a_number_that_cannot_be_read_is_told_where_it_stands(start, asia):
    page = editor(start, "asia", "bronchitis")
    write(page, "bronchitis.absent", "0.3")
    (error,) = page.error
    assert "asia/network.yaml:31" in error.value and "has no source" in error.value
    assert "write 34/40 @key" in error.value
    assert button(page, "Check and compare").disabled
    write(page, "bronchitis.absent", number_as_written(asia.mechanisms["bronchitis"].given.rows["absent"]))
    assert not page.error and not page.session_state.desk.edits


@pytest.fixture
def few_cases(monkeypatch):
    """Every eighth of the cases on which the page shows the effect of an edit."""
    chosen = reference_cases()[::8]
    monkeypatch.setattr("dxnet.ui.network.session.reference_cases", lambda: chosen)
    return chosen


@pytest.mark.slow
def test_an_edit_is_tried_and_its_effect_is_that_of_the_library(start, als, few_cases):
    page = editor(start, "als_mimics", "suspected_mnd_referral")
    (als_row, *_) = [place for place, _ in als.estimates() if place == "settings.suspected_mnd_referral.als"]
    estimate = als.settings["suspected_mnd_referral"].prior["als"]
    write(page, als_row, ALS)
    trial = attempt(page)
    assert not trial.is_sound and "make them sum to 1" in page.error[0].value
    assert not page.get("download_button")
    other = als.settings["suspected_mnd_referral"].prior["other"].mean[1] + estimate.mean[1] - 0.35
    write(page, "settings.suspected_mnd_referral.other", f"{other:.5f} ~ 10 @estimate  # the rest")
    assert tried(page) is None
    trial = attempt(page)
    assert trial.is_sound and len(page.get("download_button")) == 1
    with trial.files.unpacked() as directory:
        edited = load_network(directory)
    assert {change.place for change in changed_numbers(als, edited)} == page.session_state.desk.edits.keys()
    expected = compare_networks(als, edited, few_cases, backend="numpy").effect
    scores = page.table[0].value.set_index("True diagnosis")
    assert list(scores.loc["Log loss (nats; less is better)"]) == [nats(loss) for loss in expected.log_loss]
    assert f"The first rank changed in {expected.first_changed}" in said(page)


@pytest.mark.slow
def test_the_effect_is_that_in_the_chosen_setting(start, few_cases):
    page = editor(start, "als_mimics", "babinski")
    write(page, "babinski.als", "0.1 ~ 40 @estimate  # a trial")
    first = attempt(page)
    page.selectbox(key="setting").set_value("flat").run()
    assert tried(page) is None
    second = attempt(page)
    assert (first.difference.old.setting, second.difference.old.setting) == ("suspected_mnd_referral", "flat")
    assert first.difference.effect.log_loss != second.difference.effect.log_loss


def test_what_the_check_finds_new_comes_first(start, asia):
    page = editor(start, "asia", "bronchitis")
    write(page, "bronchitis.absent", "0.3 ~ 40 @estimate")
    trial = attempt(page)
    (warning,) = page.warning
    assert "an @estimate without a reason" in warning.value and trial.new >= 1
    assert trial.issues[0].message in warning.value


def test_an_error_of_the_built_network_is_told(start):
    page = editor(start, TINY, "cord_neck")
    write(page, "cord_neck.als", "0.01 ~ 10 @estimate  # far too rare")
    trial = attempt(page)
    assert not trial.is_sound
    assert any("is commoner than “Cord at the neck”" in e.value for e in page.error), [
        e.value for e in page.error
    ]
    assert not page.get("download_button")


def test_edits_are_undone_one_by_one_and_all_at_once(start):
    page = editor(start, "asia", "bronchitis")
    write(page, "bronchitis.absent", "0.2 ~ 9 @lauritzen1988")
    write(page, "bronchitis.present", "0.7 ~ 9 @lauritzen1988")
    page.button(key="undo:bronchitis.absent").click().run()
    assert page.text_input(key="number:bronchitis.absent").value == "0.3 ~ 100 @lauritzen1988"
    assert list(page.session_state.desk.edits) == ["bronchitis.present"]
    button(page, "Discard all").click().run()
    assert not page.session_state.desk.edits


def test_in_an_emptied_field_comes_back_what_stood_there(start):
    """The browser also reports a field as empty that nobody touched, before it is filled."""
    page = editor(start, "asia", "bronchitis")
    write(page, "bronchitis.absent", "0.2 ~ 9 @lauritzen1988")
    write(page, "bronchitis.present", " ")
    assert list(page.session_state.desk.edits) == ["bronchitis.absent"] and not page.error
    assert page.text_input(key="number:bronchitis.present").value.startswith("0.6 ~ ")
    write(page, "bronchitis.absent", "")
    assert page.session_state.desk.edits == {"bronchitis.absent": "0.2 ~ 9 @lauritzen1988"}
    assert page.text_input(key="number:bronchitis.absent").value == "0.2 ~ 9 @lauritzen1988"


def test_a_text_that_could_not_be_read_does_not_come_back(start):
    page = editor(start, "asia", "bronchitis")
    write(page, "bronchitis.absent", "1.7")
    (said,) = page.error
    assert "a probability lies between 0 and 1" in said.value and "has no source" in said.value
    write(page, "bronchitis.absent", "")
    assert not page.error and not page.session_state.desk.edits
    assert page.text_input(key="number:bronchitis.absent").value == "0.3 ~ 100 @lauritzen1988"


def test_edits_touch_neither_the_server_nor_another_session(start):
    before = (find_network("asia") / "network.yaml").read_bytes()
    page = editor(start, "asia", "bronchitis")
    write(page, "bronchitis.absent", "0.2 ~ 9 @lauritzen1988")
    trial = attempt(page)
    assert (find_network("asia") / "network.yaml").read_bytes() == before
    other = editor(start, "asia", "bronchitis")
    assert other.text_input(key="number:bronchitis.absent").value == "0.3 ~ 100 @lauritzen1988"
    with ZipFile(io.BytesIO(trial.files.packed())) as archive:
        changed = archive.read("asia/network.yaml")
    assert changed == before.replace(b"absent: 0.3 ~ 100 @", b"absent: 0.2 ~ 9 @")


def test_a_read_only_server_shows_all_and_offers_no_editing(start):
    page = choose(start("asia", DXNET_READ_ONLY="1"), "bronchitis")
    assert tabs(page) == ["Numbers", "Check"]
    assert not page.text_input and not page.get("file_uploader")
    assert len(page.table) == 1 and "read-only" in said(page)


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


def test_the_check_calls_parts_by_their_labels(start, als):
    page = opened(start("als_mimics"), "Check")
    texts = " ".join(it.value for it in [*page.error, *page.warning, *page.info])
    assert "emg_myopathic" not in texts and als.findings["emg_myopathic"].label in texts


def zipped(name, **texts):
    """The files of a shipped network as a zip, with other texts in it."""
    files = NetworkFiles.read(name)
    contents = dict(files.contents)
    for old, new in texts.values():
        path = f"{name}/network.yaml"
        contents[path] = contents[path].replace(old.encode(), new.encode())
    return replace(files, contents=contents).packed()


KEPT = f"""
import json
import streamlit as st
from dxnet.ui.network.kept_networks import networks_as_text
from dxnet.ui.shared.kept_case import restore_session
from dxnet.ui.shared.served import served_network
from dxnet.ui.shared.session import form

if kept := st.session_state.pop("kept", ""):
    restore_session(served_network(), form(served_network()), kept)
{WHOLE}
st.session_state.text = networks_as_text(served_network(), served_network().setting()[0])
"""


def reloaded(page):
    """A new session that takes up what the browser kept of another."""
    form, name = page.session_state.form, page.session_state["in_use"]
    network = page.session_state["versions"][name]
    kept = {"steps": [kept_text(network, form)], "at": 0, "networks": page.session_state.text, "inUse": name}
    again = AppTest.from_string(KEPT, default_timeout=120)
    again.session_state["kept"] = json.dumps(kept)
    again.run()
    assert not again.exception
    return again


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
    assert not page.exception and "Not the network of this server" in said(page) and "9.0.0" in said(page)
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
