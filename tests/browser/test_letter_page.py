"""The Letter page in a real browser: decided by keyboard or mouse, and kept to itself."""

import pytest
from windows import settle, too_wide, violations

pytestmark = pytest.mark.browser
pytest.importorskip("spacy")
LETTER = """Dear Dr Smith,

This 64-year-old man of Mill Lane denies diplopia. No sensory loss. <img src=x onerror="document.title='bad'">

Power was 4/5 in the left APB. Reflexes were brisk throughout. Plantars upgoing. Jaw jerk brisk.
There was sensory loss in the feet. CK 850 U/L. The reflexes of the arms were hard to judge.

MRI cervical spine: cannot exclude mild canal stenosis.
"""
SIZES = [(1280, 800), (390, 844)]
FOCUSED = "document.activeElement.shadowRoot?.activeElement"


def read_letter(browser, address, size=SIZES[0]):
    page = browser.new_page(viewport=dict(zip(("width", "height"), size, strict=True)))
    page.set_default_timeout(60_000)
    page.goto(f"{address}/letter")
    box = page.get_by_role("textbox", name="Letter or report")
    box.wait_for()
    settle(page)
    box.fill(LETTER)
    box.press("Control+Enter")
    page.locator(".row").first.wait_for()
    settle(page)
    return page


def row(page, finding):
    return page.locator(f".row[data-finding={finding}]")


def test_a_letter_is_decided_by_keyboard_and_taken_to_the_case(browser, address):
    page = read_letter(browser, address)
    assert page.evaluate(f"{FOCUSED}.dataset.finding") == "age"
    assert page.title() != "bad" and page.locator(".text img").count() == 0
    for key, finding in (("j", "sex"), ("ArrowDown", "ptosis_diplopia"), ("k", "sex"), ("ArrowUp", "age")):
        page.keyboard.press(key)
        assert page.evaluate(f"{FOCUSED}.dataset.finding") == finding
    page.keyboard.press("a")
    assert "accepted: 64: 60-69" in row(page, "age").get_attribute("aria-label")
    page.keyboard.press("r")
    assert "rejected" in row(page, "sex").get_attribute("aria-label")
    page.keyboard.press("2")
    assert "changed: present" in row(page, "ptosis_diplopia").get_attribute("aria-label")
    assert page.evaluate(f"{FOCUSED}.dataset.finding") == "sensory_loss"
    page.keyboard.press("a")
    assert "undecided" in row(page, "sensory_loss").get_attribute("aria-label"), "which of the two?"
    assert page.locator(".side").count() == 2
    page.keyboard.press("Shift+A")
    page.keyboard.press("k")
    while page.evaluate(f"{FOCUSED}.dataset.finding") != "sensory_loss":
        page.keyboard.press("k")
    page.keyboard.press("2")
    page.keyboard.press("a")
    assert page.evaluate(f"{FOCUSED}.className") == "take", "all is decided"
    assert "1 rejected, 0 undecided" in page.locator(".progress").inner_text()
    page.keyboard.press("Enter")
    page.get_by_text("taken from the letter").wait_for()
    page.get_by_role("button", name="New case").wait_for()
    settle(page)
    page.get_by_text("Creatine kinase: 850 U/L: mild").first.wait_for()
    page.get_by_text("Sensory loss on examination: present").first.wait_for()
    kept = page.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}, location.href])")
    assert "babinski" in kept and "Mill Lane" not in kept and "Plantars" not in kept
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("findings: 0 entered").wait_for()
    page.close()


def test_the_keys_work_and_nothing_is_lost_after_another_page_or_another_letter(browser, address):
    page = read_letter(browser, address)
    page.keyboard.press("a")
    page.keyboard.press("r")
    page.get_by_role("link", name="Compare", exact=True).click()
    page.wait_for_url("**/compare")
    page.locator(".row").first.wait_for(state="detached")
    settle(page)
    assert not page.get_by_text("Traceback").count()
    page.get_by_role("link", name="Letter", exact=True).click()
    row(page, "ptosis_diplopia").wait_for()
    settle(page)
    assert page.evaluate(f"{FOCUSED}.dataset.finding") == "ptosis_diplopia", "the first undecided"
    assert "1 accepted, 1 rejected" in page.locator(".progress").inner_text()
    page.keyboard.press("j")
    assert page.evaluate(f"{FOCUSED}.dataset.finding") == "sensory_loss"
    page.keyboard.press("Shift+A")
    decided = page.locator(".progress").inner_text()
    page.get_by_role("button", name="Read another letter").click()
    back = page.get_by_role("button", name="Back to the last letter")
    back.wait_for()
    settle(page)
    assert not violations(page)
    back.click()
    row(page, "age").wait_for()
    assert page.locator(".progress").inner_text() == decided
    page.close()


LEFT_AT_ONCE = """() => {
  const set = Map.prototype.set, later = window.setTimeout
  Map.prototype.set = function (key, value) {
    if (/^[0-9a-f]{32}$/.test(key) && value && "age" in value) window.untold = this
    return set.call(this, key, value)
  }
  window.setTimeout = (act, ms, ...rest) => ms === 400 ? 0 : later(act, ms, ...rest)
}"""
"""What is decided is never told, as where the page is left at once; where it is kept can be read."""


def test_what_was_decided_of_a_letter_does_not_outlast_it_in_the_browser(browser, address):
    page = read_letter(browser, address)
    page.evaluate(LEFT_AT_ONCE)
    page.keyboard.press("a")
    page.get_by_role("button", name="Read another letter").click()
    page.get_by_role("button", name="Back to the last letter").click()
    row(page, "sex").wait_for()
    settle(page)
    assert "1 accepted" in page.locator(".progress").inner_text(), "of a letter put aside it is kept"
    page.get_by_role("link", name="Case", exact=True).click()
    page.get_by_role("button", name="New case").click()
    settle(page)
    assert page.evaluate("window.untold.size") == 1
    page.get_by_role("link", name="Letter", exact=True).click()
    box = page.get_by_role("textbox", name="Letter or report")
    box.wait_for()
    settle(page)
    box.fill("Plantars upgoing.")
    box.press("Control+Enter")
    row(page, "babinski").wait_for()
    settle(page)
    assert page.evaluate("window.untold.size") == 0
    page.close()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_a_letter_is_decided_by_mouse_and_the_page_is_accessible(browser, address, size):
    page = read_letter(browser, address, size)
    assert not violations(page)
    assert not too_wide(page)
    assert page.get_by_role("listitem").filter(has_text="hard to judge").is_visible()
    row(page, "babinski").get_by_role("button", name="Accept").click()
    row(page, "ck").get_by_label("State of Creatine kinase").select_option("normal")
    row(page, "jaw_jerk_brisk").get_by_role("button", name="Reject").click()
    page.locator(".side button", has_text="absent").click()
    page.locator(".elsewhere").click()
    assert row(page, "sensory_loss").get_attribute("class") == "row current accepted"
    assert "3 accepted, 1 rejected" in page.locator(".progress").inner_text()
    assert not violations(page)
    settle(page)
    page.get_by_role("button", name="Take 3 to the case").click()
    page.get_by_text("Creatine kinase: normal").first.wait_for()
    page.get_by_text("findings: 3 entered").wait_for()
    page.go_back()
    page.locator(".row").first.wait_for()
    assert "rejected" in row(page, "jaw_jerk_brisk").get_attribute("aria-label"), "what was decided is kept"
    page.go_forward()
    page.get_by_role("button", name="New case").click()
    page.get_by_text("findings: 0 entered").wait_for()
    page.go_back()
    page.get_by_role("textbox", name="Letter or report").wait_for()
    page.close()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_a_letter_of_another_patient_is_not_merged_unasked(browser, address, size):
    page = browser.new_page(viewport=dict(zip(("width", "height"), size, strict=True)))
    page.set_default_timeout(60_000)
    page.goto(address)
    page.get_by_role("button", name="Myasthenia gravis", exact=True).click()
    page.get_by_text("findings: 12 entered").wait_for()
    settle(page)
    page.locator('a[href$="/letter"]').first.evaluate("link => link.click()")  # also where the menu is closed
    box = page.get_by_role("textbox", name="Letter or report")
    box.wait_for()
    settle(page)
    box.fill(LETTER)
    box.press("Control+Enter")
    row(page, "babinski").get_by_role("button", name="Accept").click()
    row(page, "sex").get_by_role("button", name="Accept").click()
    settle(page)
    page.get_by_role("button", name="Take 2 to the case").click()
    asked = page.get_by_role("dialog", name="The same patient?")
    asked.get_by_text("Sex: female here, male in the letter").wait_for()
    settle(page)
    assert not violations(page)
    assert not too_wide(page)
    asked.get_by_role("button", name="Another patient: new case").click()
    page.get_by_text("findings: 2 entered").wait_for()
    asked.wait_for(state="detached")
    settle(page)
    page.keyboard.press("Control+z")
    page.get_by_text("findings: 12 entered").wait_for()
    page.close()
