"""The Case page without a browser: what is entered, what is shown, and that it is what the engine says."""

import json
from collections import Counter
from pathlib import Path

import pytest
from case_page import EXAMPLES, expected, footer, opened, pause, ranking, upload
from streamlit.testing.v1 import AppTest

from dxnet import load_network, read_cases
from dxnet.ui.case.search import enter_written
from dxnet.ui.case.used import use_chosen

APP = Path(__file__).parents[2] / "app.py"
TAB = "All diagnoses"


def shown(fields, name):
    """The field of this name, whose key says what it shows."""
    (field,) = [field for field in fields if field.key.rpartition(":")[0] == name]
    return field


def sure_of(page):
    """The field of the finding that *How sure* is about."""
    (field,) = [field for field in page.selectbox if field.key.endswith(":of")]
    return field


def test_without_findings_the_ranking_is_the_pre_test_one(start):
    page = start("asia")
    assert ranking(page) == expected("asia", {})
    assert all(pre == post for pre, post in ranking(page).values())
    assert "0 entered, 4 not examined" in footer(page)
    network = load_network("asia")
    for fact in (network.name, network.version, network.fingerprint, "Patients of a chest clinic"):
        assert fact in footer(page)


def test_entering_findings_gives_what_the_engine_says(start):
    page = start("asia")
    before = ranking(page)
    page.segmented_control(key="form:smoking").set_value("present").run()
    page.pills(key="group").set_value("imaging").run()
    page.segmented_control(key="form:xray_abnormal").set_value("present").run()
    assert ranking(page) == expected("asia", {"smoking": "present", "xray_abnormal": "present"})
    assert list(ranking(page)) != list(before)
    assert "2 entered, 2 not examined" in footer(page)


def test_not_examined_takes_a_finding_back(start):
    page = start("asia")
    page.segmented_control(key="form:smoking").set_value("absent").run()
    assert ranking(page) == expected("asia", {"smoking": "absent"})
    page.segmented_control(key="form:smoking").set_value("").run()
    assert ranking(page) == expected("asia", {})


def test_a_choice_stays_while_another_group_is_open(start):
    page = start("asia")
    page.segmented_control(key="form:smoking").set_value("present").run()
    page.pills(key="group").set_value("symptoms").run()
    assert not [control for control in page.segmented_control if control.key == "form:smoking"]
    page.pills(key="group").set_value("history").run()
    assert page.segmented_control(key="form:smoking").value == "present"


def test_a_finding_is_removed_in_the_list_and_all_by_a_new_case(start):
    page = start("asia")
    page.segmented_control(key="form:smoking").set_value("present").run()
    page.segmented_control(key="form:visit_to_asia").set_value("absent").run()
    pause(page, "smoking")
    next(button for button in page.button if button.label == "Remove what is paused").click().run()
    assert ranking(page) == expected("asia", {"visit_to_asia": "absent"})
    assert page.segmented_control(key="form:smoking").value == ""
    next(button for button in page.button if button.label == "New case").click().run()
    assert ranking(page) == expected("asia", {})


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_load(start, path):
    (case,) = read_cases(path)
    page = start("als_mimics")
    page.button(key=f"example:{case.id}").click().run()
    assert ranking(page) == expected("als_mimics", case.findings)
    assert f"{len(case.findings)} entered" in footer(page)
    values = {control.key: control.value for control in [*page.segmented_control, *page.selectbox]}
    for name, state in case.findings.items():
        assert values.get(f"form:{name}", state) == state
    assert any(case.about["title"] in text.value for text in page.caption)


def test_another_setting_is_another_pre_test(start):
    page = start("als_mimics")
    page.selectbox(key="setting").set_value("flat").run()
    assert ranking(page) == expected("als_mimics", {}, "flat")
    most_common = Counter(pre for pre, _ in ranking(page).values()).most_common(1)
    assert most_common == [("3.3 %", 27)]  # all but those of the group "other"


def test_nothing_is_set_that_nobody_entered(start):
    page = start("als_mimics")
    assert page.segmented_control(key="form:prior_polio").value == ""
    assert "findings: 0 entered" in footer(page)
    assert not page.session_state.form.saved.findings
    assert ranking(page) == expected("als_mimics", {})


def test_signs_share_a_grid_and_other_networks_have_none(start):
    assert any("UMN signs | LMN signs" in option for option in start("als_mimics").pills(key="group").options)
    assert not any("|" in option for option in start("asia").pills(key="group").options)


@pytest.mark.parametrize("word", ["extensor plantar", "HP:0003487", "Babinski"])
def test_search_opens_the_finding(start, word):
    page = start("als_mimics")
    drawn = next(it.proto for it in page.get("bidi_component") if it.proto.component_name == "dxnet.search")
    (option,) = [name for name, names in json.loads(drawn.json)["findings"] if word in names]
    enter_written(load_network("als_mimics"), page.session_state.form, option)
    page.run()
    assert page.pills(key="group").value == "UMN signs | LMN signs"
    page.segmented_control(key="found:babinski").set_value("present").run()
    assert page.segmented_control(key="form:babinski").value == "present"
    next(button for button in page.button if button.label == "Done").click().run()
    assert not [control for control in page.segmented_control if control.key == "found:babinski"]


def test_findings_that_exclude_each_other_are_named(start, impossible):
    page = start(impossible)
    page.segmented_control(key="form:cough").set_value("present").run()
    page.segmented_control(key="form:any_symptom").set_value("absent").run()
    assert not page.exception and not page.table
    (error,) = page.error
    for part in ("“Cough”", "“Any symptom”", "correct one of them"):
        assert part in error.value
    pause(page, "any_symptom")
    assert not page.error
    assert ranking(opened(page, "All diagnoses")) == expected(impossible, {"cough": "present"})


def test_contradictions_are_shown(start):
    text = "findings:\n  foot_drop: present\n  leg_weakness: absent\n"
    page = upload(start("als_mimics"), "odd.yaml", text)
    (warning,) = page.warning
    assert "“Foot drop” is present but “Leg weakness” is absent" in warning.value


def test_a_network_that_cannot_be_used_is_said_so(start, tmp_path):
    (tmp_path / "network.yaml").write_text("name: nothing\n")
    page = start(tmp_path)
    assert "The network cannot be used" in page.error[0].value


def test_a_paused_finding_is_kept_but_not_used(start):
    page = start("asia")
    page.segmented_control(key="form:smoking").set_value("present").run()
    page.segmented_control(key="form:visit_to_asia").set_value("present").run()
    pause(page, "smoking")
    assert ranking(page) == expected("asia", {"visit_to_asia": "present"})
    assert "1 entered, 2 not examined, 1 paused" in footer(page)
    assert page.segmented_control(key="form:smoking").value == "present"
    assert "paused" in page.segmented_control(key="form:smoking").label
    use_chosen(page.session_state.form, {"names": ["smoking", "visit_to_asia"]})
    page.run()
    assert ranking(page) == expected("asia", {"smoking": "present", "visit_to_asia": "present"})
    pause(page, "smoking")
    page.segmented_control(key="form:smoking").set_value("absent").run()
    assert ranking(page) == expected("asia", {"smoking": "absent", "visit_to_asia": "present"})


def test_how_sure_a_finding_is_can_be_said(start):
    page = start("als_mimics")
    assert sure_of(page).disabled
    page.segmented_control(key="form:prior_polio").set_value("absent").run()
    assert sure_of(page).value == "prior_polio"
    page.pills(key="group").set_value("MRI").run()
    page.selectbox(key="form:mri_cord_compression").set_value("compression").run()
    shown(page.selectbox, "sure").set_value("probable").run()
    findings = {"prior_polio": "absent", "mri_cord_compression": "probable compression"}
    assert page.session_state.form.case.findings == findings
    assert ranking(page) == expected("als_mimics", findings)
    assert page.selectbox(key="form:mri_cord_compression").value == "compression"
    assert "probable" in page.selectbox(key="form:mri_cord_compression").label
    sure_of(page).set_value("prior_polio").run()
    shown(page.selectbox, "sure").set_value("possible").run()
    sure_of(page).set_value("mri_cord_compression").run()
    shown(page.selectbox, "sure").set_value("").run()
    found = page.session_state.form.case.findings
    assert found == {"mri_cord_compression": "compression", "prior_polio": "possible absent"}


def test_secrets_that_cannot_be_read_let_nobody_in(monkeypatch, tmp_path):
    broken = tmp_path / "secrets.toml"
    broken.write_text('[auth]\nclient_id = "dxnet\n', encoding="utf-8")
    monkeypatch.setenv("DXNET_NETWORK", "asia")
    monkeypatch.setattr("dxnet.ui.shared.frame.st.get_option", lambda name: [str(broken)])
    monkeypatch.setattr("dxnet.ui.shared.frame.st.secrets.load_if_toml_exists", lambda: False)
    page = AppTest.from_file(str(APP), default_timeout=120).run()
    assert not page.exception
    assert "nobody can sign in" in page.error[0].value
    assert not page.segmented_control and not page.caption


def test_a_server_with_a_sign_in_shows_nothing_before_it(monkeypatch):
    monkeypatch.setenv("DXNET_NETWORK", "asia")
    page = AppTest.from_file(str(APP), default_timeout=120)
    page.secrets["auth"] = {"client_id": "dxnet"}
    page.run()
    assert not page.exception
    assert [button.label for button in page.button] == ["Sign in"]
    assert not page.caption and not page.segmented_control


def test_numbers_are_entered_shown_and_refused_with_their_reason(start):
    page = start("als_mimics")
    page.session_state["form"].group = "laboratory"
    page.run()
    shown(page.text_input, "measured:ck").set_value("850 U/L (<200)").run()
    assert not page.exception
    assert page.session_state["form"].case.findings["ck"] == "850 U/L (<200)"
    assert any("850 U/L (\\<200): mild" in text.value for text in page.caption)
    assert ranking(page) == expected("als_mimics", {"ck": "mild"})
    shown(page.text_input, "measured:respiratory_fvc").set_value("2.9 L").run()
    assert "respiratory_fvc" not in page.session_state["form"].case.findings
    assert any("2.9 L has an unknown unit; write it in %" in text.value for text in page.caption)
    shown(page.text_input, "measured:ck").set_value("").run()
    assert "ck" not in page.session_state["form"].case.findings
