"""Findings typed in a real browser: no letter and no entry is lost, and Ctrl+Z obeys what stands there."""

import json
import re

import pytest
from case_page_in_browser import open_example
from playwright.sync_api import expect
from windows import POPOVER, settle, violations

pytestmark = pytest.mark.browser
SLOWED = """const { send } = WebSocket.prototype
WebSocket.prototype.send = function (data) { setTimeout(() => send.call(this, data), 700) }"""
"""What is sent arrives that much later."""


def search_box(page):
    return page.get_by_role("combobox", name="Find or enter a finding")


def test_findings_are_written_into_the_search_box(page):
    settle(page)
    box = search_box(page)
    for number, text in enumerate(("bab+", "hoff-", "age 60-69"), 1):
        box.click()
        page.keyboard.type(text)
        page.get_by_role("option").first.wait_for()
        page.keyboard.press("Enter")
        page.get_by_text(f"findings: {number} entered").wait_for()
        settle(page)
    assert not violations(page)
    box.click()
    page.keyboard.type("clo")
    expect(page.get_by_role("option")).to_contain_text(
        ["Enter: clo", "Ankle clonus", "CSF oligoclonal bands"]
    )
    page.keyboard.press("Escape")
    box.fill("")
    page.keyboard.type("fascic+")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("Enter")
    page.get_by_text("may mean").wait_for()
    page.get_by_text("findings: 3 entered").wait_for()
    assert not violations(page)


def test_the_keys_of_undo_take_letters_back_in_a_field_and_steps_elsewhere(page):
    open_example(page)
    settle(page)
    box = search_box(page)
    box.click()
    page.keyboard.type("bab")
    page.keyboard.press("Control+z")
    settle(page)
    assert page.get_by_text("findings: 12 entered").is_visible()
    box.fill("")
    page.keyboard.press("Control+z")
    page.get_by_text("findings: 0 entered").wait_for()
    settle(page)
    setting = page.get_by_role("combobox", name="Setting (pre-test probability)")
    before = setting.input_value()
    for by_keyboard in (False, True):
        setting.click()
        page.get_by_role("option").nth(1).wait_for()
        if by_keyboard:
            page.keyboard.type("equally")
            page.keyboard.press("Enter")
        else:
            page.get_by_role("option", name="equally likely").click()
        page.get_by_text("setting: Listed diseases equally likely").wait_for()
        settle(page)
        page.keyboard.press("Control+z")
        page.get_by_text(f"setting: {before}").wait_for()
        settle(page)


def test_no_letter_and_no_entry_is_lost_however_fast_it_is_typed(page):
    settle(page)
    page.evaluate(SLOWED)
    box = search_box(page)
    box.click()
    for text in ("dysphagia+", "leg weakness+", "fascic+", "age 64", "hand wasting+", "leg fasciculation-"):
        page.keyboard.type(text, delay=40)
        assert box.input_value() == text
        page.keyboard.press("Enter")
    page.keyboard.type("clo", delay=40)
    page.get_by_text("findings: 5 entered").wait_for()
    page.get_by_text("'fascic+' may mean").wait_for()
    settle(page)
    assert box.input_value() == "clo"
    page.keyboard.type("nus+", delay=40)
    page.keyboard.press("Enter")
    page.get_by_text("findings: 6 entered").wait_for()
    page.wait_for_function("document.activeElement.value === 'fascic+'")
    page.keyboard.press("Home")
    page.keyboard.type("tongue ")
    page.keyboard.press("Enter")
    page.get_by_text("findings: 7 entered").wait_for()
    page.get_by_text("may mean").wait_for(state="detached")


ENTER_AND_CLICK = """key => {
const field = document.querySelector('.search input')
const write = text => {
    field.value = text
    field.dispatchEvent(new InputEvent('input', { bubbles: true }))
}
for (const text of ['hoff+', 'leg weakness+', 'dysphagia+']) {
    write(text)
    field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))
}
document.querySelector(`.st-key-${key} button`).click()
write('clonus+')
}"""
"""Entries of which the last is not told yet, a click, and letters after it."""


def test_what_waits_is_taken_back_first_and_never_enters_another_case(page):
    settle(page)
    box = search_box(page)
    box.click()
    page.keyboard.type("bab+")
    page.keyboard.press("Enter")
    page.get_by_text("findings: 1 entered").wait_for()
    settle(page)
    page.evaluate(ENTER_AND_CLICK, "undo")
    page.get_by_text("findings: 3 entered").wait_for()
    settle(page)
    page.locator("h1").first.click()
    box.click()
    page.keyboard.press("Control+z")
    settle(page)
    page.get_by_text("findings: 3 entered").wait_for()
    page.evaluate(ENTER_AND_CLICK, "new_case")
    page.get_by_text("'dysphagia+' was written before this case").wait_for()
    page.get_by_text("findings: 0 entered").wait_for()
    expect(box).to_have_value("clonus+")
    box.press("Enter")
    page.reload()
    page.get_by_text("findings: 1 entered").wait_for()
    settle(page)
    box.click()
    page.keyboard.type("jaw")
    page.get_by_role("button", name="New case").click()
    page.get_by_text("findings: 0 entered").wait_for()
    expect(box).to_have_value("")


def test_what_is_typed_and_not_entered_is_there_after_another_page(page):
    settle(page)
    search_box(page).click()
    page.keyboard.type("clonus+")
    page.get_by_role("link", name="Letter").click()
    page.get_by_role("textbox").first.wait_for()
    settle(page)
    page.get_by_role("link", name="Case").click()
    search_box(page).click()
    page.keyboard.press("Enter")
    page.get_by_text("findings: 1 entered").wait_for()
    settle(page)
    page.keyboard.type("xyz+")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Dismiss").click()
    page.get_by_text("names no finding").wait_for(state="detached")
    assert not search_box(page).input_value()


def test_what_is_said_in_a_popover_is_not_said_again_once_it_is_closed(page):
    """The browser keeps what a closed popover showed, and sends it with the next click."""

    def write(text, count):
        search_box(page).click()
        page.keyboard.type(text)
        page.get_by_role("option").first.wait_for()
        page.keyboard.press("Enter")
        page.get_by_text(f"findings: {count} entered").wait_for()
        settle(page)

    def show_and_close(name):
        page.get_by_role("button", name=name, exact=True).click()
        page.locator(POPOVER).wait_for()
        page.keyboard.press("Escape")
        settle(page)

    def stated():
        step = json.loads(page.evaluate("sessionStorage.getItem('dxnet.case')"))["steps"][-1]
        return json.loads(json.loads(step)["case"])["findings"]

    settle(page)
    write("bab+, clonus-, hoff-", 3)
    show_and_close("How sure")
    write("bab probable present", 3)
    write("clonus probable present", 3)
    write("ck 850 U/L", 4)
    page.get_by_role("radio", name=re.compile("^Laboratory")).click()
    settle(page)
    show_and_close("Enter numbers")
    write("ck 900 U/L", 4)
    write("jaw jerk-", 5)
    assert stated() == {
        "babinski": "probable present",
        "clonus": "probable present",
        "hoffmann": "absent",
        "ck": "900 U/L",
        "jaw_jerk_brisk": "absent",
    }
