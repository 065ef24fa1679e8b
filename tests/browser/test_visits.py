"""Dated visits in a real browser: added and kept over a reload; every popover is open to screen readers."""

import pytest
from playwright.sync_api import expect
from windows import POPOVER, settle, too_wide, violations

from dxnet import Case, Visit, write_case

pytestmark = pytest.mark.browser
CASE = Case.of_visits(
    [
        Visit("2024-01-10", {"arm_weakness": "present", "leg_weakness": "absent", "ck": "850 U/L"}),
        Visit("2024-06-02", {"leg_weakness": "present", "babinski": "present"}, note="seen again"),
    ],
    {"sex": "male", "age": "60-69"},
    id="two-visits",
)
ZOOMS = {"100 %": (1280, 800, 1), "200 %": (640, 400, 2)}


def open_case(page, path):
    page.get_by_role("button", name="Open case").click()
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("radiogroup", name="Visit that is shown and edited").wait_for()
    settle(page)


@pytest.fixture
def case_file(tmp_path):
    path = tmp_path / "case.yaml"
    write_case(CASE, path)
    return path


def test_a_visit_is_added_and_a_reload_keeps_it_with_the_steps(page):
    settle(page)
    page.get_by_role("button", name="Kennedy disease (SBMA)", exact=True).click()
    page.get_by_text("in use; choose").wait_for()
    settle(page)
    page.get_by_role("button", name="Add a visit").click()
    first = page.get_by_role("group", name="Date of the").first
    for part, text in (("year", "2024"), ("month", "01"), ("day", "10")):
        first.get_by_role("spinbutton", name=part).click()
        page.keyboard.type(text)
    settle(page)
    page.get_by_role("button", name="Add this visit").press("Enter")  # a calendar may lie over it
    page.get_by_role("radiogroup", name="Visit that is shown and edited").wait_for()
    settle(page)
    assert page.get_by_role("radio", name="2024-01-10").is_visible()
    page.reload()
    page.get_by_role("radio", name="2024-01-10").wait_for()
    settle(page)
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("radio", name="2024-01-10").wait_for(state="detached")
    page.get_by_role("button", name="Add a visit").wait_for()
    settle(page)
    page.get_by_role("button", name="Redo").click()
    page.get_by_role("radio", name="2024-01-10").wait_for()


def test_a_visit_that_is_removed_by_the_keyboard_leaves_the_focus_there_and_comes_back(page, case_file):
    open_case(page, case_file)
    visits = page.locator(".st-key-visits")
    first = visits.get_by_role("radio").first
    first.click()
    page.locator('[class*="st-key-this_visit"][class*="2024-01-10"]').wait_for()
    settle(page)
    page.get_by_role("button", name="This visit").press("Enter")
    page.get_by_role("button", name="Remove this visit").press("Enter")
    expect(visits.get_by_role("radio")).to_have_count(1)
    settle(page)
    expect(visits.locator(":focus")).to_have_count(1)
    page.keyboard.press("Control+z")
    expect(visits.get_by_role("radio")).to_have_count(2)
    expect(first).to_be_checked()


def test_on_paper_no_visit_and_no_number_is_cut(page, tmp_path):
    visits = [Visit(f"2024-{month:02}-01", {"babinski": "present"}) for month in range(1, 9)]
    path = tmp_path / "many.yaml"
    write_case(Case.of_visits(visits), path)
    open_case(page, path)
    page.get_by_role("tab", name="Visits").click()
    page.get_by_role("region", name="Course over the visits").wait_for()
    settle(page)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 1000})  # A4 within its margins
    cut = """(parts) => parts.filter((it) => it.getBoundingClientRect().right > innerWidth + 1).length"""
    for parts in (".course th", ".course td", ".bars.ranked td", ".st-key-visits [role=radio]"):
        assert page.locator(parts).count() >= 8 and page.locator(parts).evaluate_all(cut) == 0, parts
    assert page.get_by_role("button", name="New case").is_hidden()


@pytest.fixture(params=ZOOMS)
def zoomed(request, browser, address, case_file):
    """The Case page with a case of two visits, at each zoom."""
    width, height, scale = ZOOMS[request.param]
    page = browser.new_page(viewport={"width": width, "height": height}, device_scale_factor=scale)
    page.set_default_timeout(60_000)
    page.goto(address)
    page.locator(".bars").first.wait_for()
    settle(page)
    open_case(page, case_file)
    yield page
    page.close()


@pytest.mark.slow
def test_every_popover_of_the_case_page_is_accessible(zoomed):
    page = zoomed
    page.get_by_role("tab", name="Visits").click()
    page.get_by_role("region", name="Course over the visits").wait_for()
    settle(page)
    assert not violations(page)
    for name in ("Open case", "Report", "Note", "New visit", "This visit"):
        button = page.get_by_role("button", name=name)
        button.click()
        page.get_by_test_id("stPopoverBody").wait_for()
        settle(page)
        assert not violations(page, POPOVER), name
        if name.endswith("visit"):
            page.get_by_test_id("stDateInput").last.get_by_role("button").last.click()
            page.get_by_role("grid").wait_for()
            assert not violations(page), f"{name}, calendar"
            page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        page.get_by_test_id("stPopoverBody").wait_for(state="detached")
    assert not too_wide(page)


@pytest.mark.slow
def test_two_visits_are_compared(zoomed, address):
    page = zoomed
    if page.viewport_size["width"] > 1000:
        page.get_by_role("link", name="Compare").click()
    else:
        page.goto(f"{address}/compare")
    shown = "[...document.querySelectorAll('input[role=combobox]')].map(box => box.value)"
    for visit in CASE.visits:
        page.wait_for_function(f"{shown}.includes('Visit of {visit.on}')")
    settle(page)
    page.get_by_role("button", name="Open a case").click()
    page.get_by_test_id("stPopoverBody").wait_for()
    assert not violations(page)


def write_date(page, group, date):
    for part, text in zip(("year", "month", "day"), date.split("-"), strict=True):
        group.get_by_role("spinbutton", name=part).click()
        page.keyboard.type(text)


def test_escape_loses_nothing_that_was_typed(page):
    settle(page)
    note = page.get_by_role("textbox", name="Note on this case")
    page.get_by_role("button", name="Note", exact=True).click()
    note.click()
    page.keyboard.type("seen at home")
    page.keyboard.press("Escape")
    note.wait_for(state="hidden")
    page.get_by_role("button", name="Note", exact=True).click()
    assert note.input_value() == "seen at home"
    page.keyboard.press("Escape")
    page.get_by_role("radio", name="Laboratory").click()
    settle(page)
    page.get_by_role("button", name="Enter numbers").click()
    page.get_by_role("textbox", name="Creatine kinase, in U/L").click()
    page.keyboard.type("850 U/L")
    page.keyboard.press("Escape")
    page.get_by_text("findings: 1 entered").wait_for()
    settle(page)
    page.get_by_role("button", name="Add a visit").click()
    first, calendar = (
        page.get_by_role("group", name="Date of the 1 finding"),
        page.get_by_test_id("stDateInputCalendar"),
    )
    write_date(page, first, "2024-01-10")
    calendar.wait_for()
    page.keyboard.press("Escape")
    calendar.wait_for(state="hidden")
    page.keyboard.press("Escape")
    first.wait_for(state="hidden")
    page.get_by_role("button", name="Add a visit").click()
    assert "".join(first.inner_text().split()) == "2024-01-10"
    first.get_by_role("spinbutton", name="day").click()
    page.keyboard.type("11")
    page.keyboard.press("Tab")
    calendar.wait_for()
    page.get_by_role("button", name="Add this visit").click()
    page.get_by_role("radio", name="2024-01-11").wait_for()
    settle(page)
    assert not violations(page)
