"""What a screen reader says of a change on the Case page: once, with what was done and the first ranks."""

import re
from html import unescape

from case_page import pause

from dxnet import load_network
from dxnet.knowledge.edit import NetworkFiles
from dxnet.ui.case.announced import NO_RANKING


def said(page):
    text = "".join(it.proto.body for it in page.get("html"))
    (found,) = re.findall('data-said="([^"]*)"', text)
    return unescape(found)


def test_what_was_done_is_said_with_the_first_ranks_until_something_else_is(start):
    page = start("asia")
    assert said(page).endswith("0 findings in use.")
    page.segmented_control(key="form:smoking").set_value("present").run()
    entered = said(page)
    assert entered.startswith("Smoker: present. ") and entered.endswith(" %. 1 finding in use.")
    page.pills(key="group").set_value("imaging").run()
    assert said(page) == entered
    pause(page, "smoking")
    assert said(page).startswith("Smoker: present, paused. ") and "0 findings in use" in said(page)
    page.button(key="undo").click().run()
    assert said(page).startswith("Smoker: present. ")
    page.button(key="undo").click().run()
    assert said(page).startswith("Smoker: not examined. ")


def test_many_changes_are_counted(start):
    page = start("asia")
    form = page.session_state.form
    form.enter_all(dict.fromkeys(("smoking", "visit_to_asia", "xray_abnormal", "dyspnoea"), "absent"))
    page.run()
    assert said(page).startswith("4 findings changed. ") and "4 findings in use" in said(page)


def test_a_setting_that_is_chosen_is_said(start, als):
    page = start("als_mimics")
    name = next(name for name in als.settings if name != page.session_state.form.setting)
    page.selectbox(key="setting").set_value(name).run()
    assert said(page).startswith(f"{als.settings[name].label}. ")


def test_an_answer_that_another_network_moves_is_said(start):
    page = start("asia")
    page.segmented_control(key="form:smoking").set_value("present").run()
    before = said(page)
    number = {"settings.chest_clinic.present": "0.5 0.5 ~ 100 @lauritzen1988"}
    with NetworkFiles.read("asia").edit(number).unpacked() as directory:
        page.session_state.versions, page.session_state.in_use = {"other": load_network(directory)}, "other"
    page.run()
    assert before.startswith("Smoker: present. ")
    assert said(page) == "No lung cancer 50.0 %, Lung cancer 50.0 %. 1 finding in use."


def test_without_a_ranking_that_is_said_and_no_empty_line_is_drawn(start, impossible):
    page = start(impossible)
    assert any('class="first_ranks"' in it.proto.body for it in page.get("html"))
    page.session_state.form.enter_all({"cough": "present", "any_symptom": "absent"})
    page.run()
    assert NO_RANKING in said(page)
    assert not any('class="first_ranks"' in it.proto.body for it in page.get("html"))
