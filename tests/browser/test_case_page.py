"""The Case page in a real browser: the numbers a clinician sees, seen by every clinician."""

import json
import re

import pytest
from case_page_in_browser import EXAMPLE, command_line, open_example, rest, table
from playwright.sync_api import expect
from pypdf import PdfReader
from windows import settle, too_wide, violations

from dxnet import read_cases
from dxnet.words import percent

pytestmark = pytest.mark.browser


def test_numbers_are_those_of_the_command_line(page):
    answer = command_line(EXAMPLE)
    open_example(page)
    leader = percent(answer["ranking"][0]["post_test"])
    page.locator(".bars.ranked").get_by_role("cell", name=leader, exact=True).first.wait_for()
    shown = [(row[1], row[4], row[5]) for row in table(page)]
    said = [(row["label"], percent(row["pre_test"]), percent(row["post_test"])) for row in answer["ranking"]]
    assert shown == said
    assert page.get_by_text(f"({answer['fingerprint']})").is_visible()
    first = answer["ranking"][0]["label"]
    expect(page.get_by_test_id("stTable").get_by_role("rowheader", name=first, exact=True)).to_have_count(1)
    headings = page.get_by_role("heading", level=2)
    assert headings.all_inner_texts() == ["Findings", "Ranked differential", "Reasons"]
    page.get_by_role("button", name="Help for Tells most").focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    help_text = page.get_by_role("tooltip").filter(has_text="The open findings with the most")
    expect(page.locator(":focus")).to_have_attribute("aria-describedby", help_text.get_attribute("id"))


def test_a_finding_is_entered_with_the_keyboard_alone(page):
    settle(page)
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.role") == "combobox":
            break
    page.keyboard.type("extensor plantar")
    page.get_by_role("option", name="Babinski sign").wait_for()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Done").wait_for()
    settle(page)
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.st-key-found-babinski [role=radio]')"):
            break
    assert page.evaluate("document.activeElement.innerText.trim()") == "?", "Tab comes to what is chosen"
    page.keyboard.press("ArrowRight")
    said = page.locator("[role=status].unseen")
    expect(said).to_have_text(re.compile(r"^Babinski sign: present\. ALS .* %\. 1 finding in use\.$"))
    expect(page).to_have_title("Case, 1 finding · dxnet")
    assert page.evaluate("document.activeElement.innerText.trim()") == "present"
    settle(page)
    page.get_by_role("button", name="Undo").press("Enter")
    page.get_by_text("findings: 0 entered").wait_for()
    expect(page.get_by_role("button", name="Redo")).to_be_focused()
    expect(said).to_have_text(re.compile("^Babinski sign: not examined"))


def test_a_saved_case_is_the_case_on_the_page_and_nothing_leaves_the_machine(page, address, tmp_path):
    open_example(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save case").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert read_cases(path)[0].findings == read_cases(EXAMPLE)[0].findings
    outside = [url for url in page.asked if not url.startswith((address, "data:", "blob:"))]
    assert not outside


def test_no_click_is_lost_however_fast_they_come(page):
    """A clinician clicks faster than the page is drawn."""
    page.get_by_role("radiogroup", name="Group of findings").get_by_role("radio", name="Symptoms").click()
    page.get_by_role("radio", name="absent").nth(10).wait_for()
    settle(page)
    controls = page.get_by_role("radio", name="absent").all()[:14]
    for number, control in enumerate(controls):
        control.click()
        page.wait_for_timeout((60, 250, 120)[number % 3])
    page.get_by_text(f"findings: {len(controls)} entered").wait_for()


def test_a_finding_is_paused_and_used_again(page):
    open_example(page)
    settle(page)
    before = page.locator(".bars.ranked").inner_text()
    page.locator(".st-key-used").get_by_role("button", name="Fatigable, fluctuating weakness").click()
    page.get_by_text("11 of 12 findings in use").wait_for()
    settle(page)
    assert page.locator(".bars.ranked").inner_text() != before
    page.locator(".st-key-used").get_by_role("button", name="Fatigable, fluctuating weakness").click()
    page.get_by_text("12 of 12 findings in use").wait_for()
    settle(page)
    assert page.locator(".bars.ranked").inner_text() == before


def test_a_file_over_an_open_case_is_asked_about_and_undone(page, tmp_path):
    open_example(page)
    settle(page)
    path = tmp_path / "other.yaml"
    path.write_text("findings: {age: 40-49, sex: male, fatigability: absent, clonus: absent}\n")
    page.get_by_role("button", name="Open case").click()
    page.locator("input[type=file]").first.set_input_files(path)
    asked = page.get_by_role("dialog", name="The same patient?")
    asked.get_by_text("Sex: female here, male in the file").wait_for()
    asked.get_by_text("Stated otherwise.").wait_for()
    assert page.get_by_text("findings: 12 entered").count()
    settle(page)
    assert not violations(page)
    asked.get_by_role("button", name="Same patient: add").click()
    page.get_by_text("findings: 13 entered").wait_for()
    asked.wait_for(state="detached")
    settle(page)
    page.keyboard.press("Control+z")
    page.get_by_text("findings: 12 entered").wait_for()


def test_esc_closes_a_list_of_choices_and_then_its_popover(page):
    open_example(page)
    settle(page)
    page.get_by_role("button", name="How sure").click()
    popover = page.get_by_test_id("stPopoverBody")
    rest(page)
    for name in ("Finding", "How sure"):
        popover.get_by_role("combobox", name=name).click()
        choices = page.get_by_role("listbox")
        choices.wait_for()
        page.keyboard.press("Escape")
        choices.wait_for(state="detached")
        rest(page)
        assert popover.is_visible(), name
    page.keyboard.press("Escape")
    popover.wait_for(state="detached")


def test_the_report_is_read_back(page, tmp_path):
    answer = command_line(EXAMPLE)
    open_example(page)
    settle(page)
    page.get_by_role("button", name="Report").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="PDF", exact=True).click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    text = " ".join(sheet.extract_text() for sheet in PdfReader(path).pages)
    leader = answer["ranking"][0]
    for said in (
        leader["label"],
        percent(leader["post_test"]),
        answer["fingerprint"],
        "not a medical device",
    ):
        assert said in text


def test_two_browsers_never_see_each_others_case(page, browser, address):
    open_example(page)
    other = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    other.goto(address)
    other.get_by_text("findings: 0 entered").wait_for(timeout=60_000)
    assert "myasthenia mimicking" not in other.content()
    other.get_by_role("button", name="Kennedy disease (SBMA)").click()
    other.get_by_text("published diagnosis: Kennedy").wait_for(timeout=60_000)
    other.context.close()
    settle(page)
    assert page.get_by_text("published diagnosis: Myasthenia").is_visible()
    assert not page.get_by_text("published diagnosis: Kennedy").is_visible()


def shown_ranking(page):
    return page.locator(".bars.ranked").inner_text()


def test_a_reload_keeps_the_case_and_a_new_case_clears_it(page, address):
    open_example(page)
    settle(page)
    before = shown_ranking(page)
    page.reload()
    page.get_by_text("findings: 12 entered").wait_for()
    settle(page)
    assert shown_ranking(page) == before
    assert page.url.rstrip("/") == address
    page.keyboard.press("Control+z")
    settle(page)
    assert page.get_by_text("findings: 12 entered").is_visible()
    page.get_by_role("button", name="New case").click()
    page.get_by_text("findings: 0 entered").wait_for()
    settle(page)
    page.reload()
    page.get_by_text("findings: 0 entered").wait_for()
    settle(page)
    assert page.get_by_text("findings: 0 entered").is_visible()


def test_a_killed_server_loses_nothing(browser, serve):
    with serve() as address:
        page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
        page.set_default_timeout(60_000)
        page.goto(address)
        page.get_by_role("tab", name="All diagnoses").wait_for()
        open_example(page)
        settle(page)
        before, session = shown_ranking(page), page.evaluate("sessionStorage.getItem('dxnet.session')")
    page.locator("[data-testid=stApp]:not([data-test-connection-state=CONNECTED])").wait_for()
    with serve(port=int(address.rpartition(":")[2])):
        page.locator("[data-testid=stApp][data-test-connection-state=CONNECTED]").wait_for()
        page.get_by_role("button", name="New case").click()  # a new server knows no button yet: it only wakes
        page.wait_for_function("id => sessionStorage.getItem('dxnet.session') !== id", arg=session)
        settle(page)
        assert shown_ranking(page) == before
        page.get_by_role("button", name="New case").click()
        page.get_by_text("findings: 0 entered").wait_for()
        page.keyboard.press("Control+z")
        page.get_by_text("findings: 12 entered").wait_for()
        page.keyboard.press("Control+Shift+z")
        page.get_by_text("findings: 0 entered").wait_for()
    page.context.close()


def snomed_bundle(directory):
    """A record in which HPO says one thing, and SNOMED CT another."""
    codes = [
        ("http://human-phenotype-ontology.org", "HP:0001260", "Dysarthria"),
        ("http://snomed.info/sct", "366575004", "Extensor plantar response"),
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
    path = directory / "record.json"
    path.write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}))
    return path


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
def test_codes_of_a_record_are_mapped_by_hand_and_taken_away(page, tmp_path, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    settle(page)
    page.get_by_role("button", name="Open case").click()
    page.locator("input[type=file]").first.set_input_files(snomed_bundle(tmp_path))
    page.get_by_text("Record: 1 of 2 entries understood").wait_for()
    settle(page)
    page.keyboard.press("Escape")
    page.get_by_test_id("stPopoverBody").wait_for(state="detached")
    page.get_by_text("Record: 1 of 2 entries understood").click()
    rest(page)
    expect(page.get_by_role("combobox", name="Code of the record")).to_have_value(re.compile("^Extensor"))
    finding = page.get_by_role("combobox", name="Finding that it stands for")
    finding.click()
    finding.fill("Babin")
    page.get_by_role("option", name="Babinski sign").click()
    expect(finding).to_have_value("Babinski sign", timeout=60_000)
    state = page.get_by_role("combobox", name="State that it stands for, where it is present")
    expect(state).to_have_value("present", timeout=60_000)
    settle(page)
    if size[0] > 1000:
        assert not violations(page)
    page.get_by_role("button", name="Use this meaning").click()
    page.get_by_text("Record: 2 of 2 entries understood").wait_for()
    settle(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download codes.csv").click()
    lines = download.value.path().read_text().splitlines()
    assert lines[1] == "SNOMED CT,366575004,babinski,present,Extensor plantar response"
    settle(page)
    assert not too_wide(page)
