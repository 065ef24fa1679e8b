"""The Network page in a real browser: a click, an edit, its effect, and a download that loads."""

import re
from zipfile import ZipFile

import pytest
from windows import settle, too_wide, violations

from dxnet import load_network
from dxnet.review.changes import changed_numbers

pytestmark = pytest.mark.browser
PLACE = "babinski.als"


@pytest.fixture
def network_page(browser, address):
    window = browser.new_page(viewport={"width": 1280, "height": 800})
    window.set_default_timeout(60_000)
    open_page(window, address)
    yield window
    window.close()


def open_page(window, address):
    window.goto(f"{address}/network")
    window.get_by_text("not a medical device").wait_for()
    window.get_by_test_id("stVegaLiteChart").first.wait_for()
    settle(window)


def choose(page, text, heading):
    box = page.get_by_role("combobox", name="Choose a variable, diagnosis or setting")
    box.click()
    box.fill(text)
    page.get_by_role("option", name=text).first.wait_for()
    page.keyboard.press("Enter")
    page.get_by_test_id("stMarkdown").get_by_text(heading, exact=True).first.wait_for()
    settle(page)


def open_tab(page, name):
    page.get_by_role("tab", name=name, exact=True).click()
    settle(page)


def test_a_click_in_a_chart_chooses_what_was_clicked(network_page):
    page = network_page
    click_down(page, 0.3, "mechanism · umn_bulbar")
    choose(page, "bulbar_weakness", "Weakness of bulbar muscles")
    click_down(page, 0.9, "finding · dys", range(60, 460, 20))


def click_down(page, across, text, places=range(40, 140, 6)):
    """Click in the chart, ever further down, until something is chosen."""
    for down in places:
        box = page.get_by_test_id("stVegaLiteChart").first.bounding_box()
        page.mouse.click(box["x"] + across * box["width"], box["y"] + down)
        page.wait_for_timeout(400)
        settle(page)
        if page.get_by_text(text).count():
            return
    pytest.fail(f"no click showed {text}")


def test_an_edit_its_effect_and_a_download_that_loads(network_page, tmp_path):
    page = network_page
    choose(page, "babinski", "Babinski sign")
    open_tab(page, "Edit")
    field = page.get_by_role("textbox", name="ALS: ").first
    field.fill("0.9")
    field.press("Enter")
    page.get_by_text("has no source").wait_for()
    assert page.get_by_role("button", name="Check and compare").is_disabled()
    settle(page)
    assert not violations(page)
    field = page.get_by_role("textbox", name="ALS: ").first
    field.fill("0.2 ~ 40 @estimate  # a trial")
    field.press("Enter")
    page.get_by_text("→ 20.0 %").wait_for()
    settle(page)
    page.get_by_role("button", name="Check and compare").click()
    page.get_by_text(re.compile(r"Effect on \d+ cases")).wait_for()
    settle(page)
    assert not violations(page) and not too_wide(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the edited network").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    with ZipFile(path) as archive:
        archive.extractall(tmp_path)
    edited = load_network(tmp_path / "networks" / "als_mimics")
    (change,) = changed_numbers(load_network("als_mimics"), edited)
    assert change.place == PLACE and change.new.mean[1] == 0.2 and change.new.reason == "a trial"


def test_accessible_and_no_wider_than_the_window(network_page):
    page = network_page
    assert not violations(page) and not too_wide(page)
    choose(page, "mri_cord_compression", "Cord compression (MRI)")
    for tab in ("Numbers", "Literature", "Edit", "Add", "Check"):
        open_tab(page, tab)
        page.wait_for_function("!document.querySelector('[data-testid=stSpinner]')")
        settle(page)
        assert not violations(page) and not too_wide(page), tab


def test_a_variable_is_chosen_with_the_keyboard_alone(network_page):
    page = network_page
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.role") == "combobox":
            break
    page.keyboard.type("HP:0003487")
    page.get_by_role("option", name="Babinski sign").wait_for()
    page.keyboard.press("Enter")
    page.get_by_text("finding · babinski").wait_for()


def test_another_session_does_not_see_an_edit(browser, network_page, address):
    page = network_page
    choose(page, "babinski", "Babinski sign")
    open_tab(page, "Edit")
    page.get_by_role("textbox", name="ALS: ").first.fill("0.2 ~ 40 @estimate  # a trial")
    page.get_by_role("textbox", name="ALS: ").first.press("Enter")
    page.get_by_text("1 number edited").wait_for()
    other = browser.new_page({"width": 1280, "height": 800})
    open_page(other, address)
    assert other.get_by_text("0 numbers edited").is_visible()
    other.close()


@pytest.mark.parametrize("size", [(1920, 1080), (390, 844)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_what_stands_around_a_part_is_drawn_at_any_size(browser, address, size):
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.set_default_timeout(60_000)
    open_page(page, address)
    for name, kind in {"als": "diagnosis", "mnd_arm": "pattern", "babinski": "finding"}.items():
        box = page.get_by_role("combobox", name="Choose a variable, diagnosis or setting")
        box.click()
        box.fill(name)
        page.get_by_role("option", name=f"· {name}").first.click()
        page.get_by_text(re.compile(f"{kind}.* · {name}$")).first.wait_for()
        page.get_by_text("a line is as thick as its probability").wait_for()
        drawing = "[data-testid=stVegaLiteChart] canvas, [data-testid=stVegaLiteChart] svg"
        page.locator(drawing).first.wait_for()
        settle(page)
        assert not violations(page) and not too_wide(page), name
    page.close()


def test_on_a_phone_each_number_is_read_with_its_reason(browser, address):
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.set_default_timeout(60_000)
    open_page(page, address)
    choose(page, "babinski", "Babinski sign")
    row = page.locator('table[aria-label^="Probabilities of Babinski"] tbody tr').first
    row.wait_for()
    settle(page)
    boxes = [cell.bounding_box() for cell in row.locator("td:visible").all()]
    assert len(boxes) >= 6 and all(box["x"] + box["width"] <= 390 for box in boxes)
    page.close()


def test_shift_and_the_wheel_zoom_the_drawing(network_page):
    page = network_page
    choose(page, "babinski", "Babinski sign")
    page.get_by_text("a line is as thick as its probability").wait_for()
    chart = page.get_by_test_id("stVegaLiteChart").first
    page.wait_for_timeout(500)
    before = chart.screenshot()
    box = chart.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.keyboard.down("Shift")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Shift")
    page.wait_for_timeout(500)
    assert chart.screenshot() != before


def test_an_added_finding_is_entered_on_the_case_page(network_page):
    page = network_page
    open_tab(page, "Add")
    page.get_by_role("textbox", name="Label").fill("Split hand twice")
    page.get_by_role("textbox", name="Id").fill("split_twice")
    page.get_by_role("textbox", name="Its probability").fill("0.05 ~ 10 @estimate  # a trial")
    page.get_by_role("button", name="Add the finding").click()
    page.get_by_text("Finding Split hand twice").wait_for()
    settle(page)
    page.get_by_role("button", name="Check and compare").click()
    page.get_by_role("button", name="Use it on all pages").click()
    page.mouse.move(0, 0)  # away from the help of the button
    page.get_by_text("Not the network of this server").wait_for()
    page.get_by_role("tooltip").wait_for(state="detached")
    settle(page)
    assert not violations(page) and not too_wide(page)
    page.reload()
    page.get_by_text("Not the network of this server").wait_for()
    settle(page)
    page.get_by_role("link", name="Case", exact=True).click()
    page.get_by_text("Not the network of this server").wait_for()
    settle(page)
    assert not violations(page) and not too_wide(page)
    page.get_by_role("button", name="Use the server's network").click()
    page.get_by_text("Not the network of this server").wait_for(state="detached")
