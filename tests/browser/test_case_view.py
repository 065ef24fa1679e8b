"""The Case page as it is seen in a browser: without scrolling, accessible in every state, also on a phone."""

import pytest
from case_page_in_browser import open_example, rest, table
from playwright.sync_api import expect
from windows import settle, too_wide, violations

from dxnet import read_cases
from dxnet.formats.cases.read import dump_case
from dxnet.knowledge.load import RESOURCES

pytestmark = pytest.mark.browser
FIRST = "document.querySelector('[class*=st-key-form-]')?.className"
"""Of the first finding; nothing while the page is being drawn anew."""


def test_entry_ranking_and_reason_are_seen_without_scrolling(page):
    open_example(page)
    settle(page)
    told = [page.get_by_text(text).first for text in ("not a medical device", "Gold Coast", "in use; choose")]
    bars = [page.locator(f".bars.{kind}") for kind in ("ranked", "weights")]
    for part in (*bars, *told, page.get_by_text("decibans before the findings")):
        box = part.bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= 800
    assert not too_wide(page)
    assert page.get_by_test_id("stMain").evaluate("it => it.scrollHeight <= it.clientHeight")


def test_accessible_empty_filled_and_with_the_table_open(page):
    assert not violations(page)
    open_example(page)
    assert not violations(page)
    groups = page.get_by_role("radiogroup", name="Group of findings").get_by_role("radio").all()
    for group in [*groups[1::3], groups[0]]:
        before = page.wait_for_function(FIRST).json_value()
        group.click()
        page.wait_for_function(
            f"{FIRST} && {FIRST} != '{before}' && !document.querySelector('[data-stale=true]')"
        )
        assert not violations(page)
    table(page)
    assert not violations(page)


def test_every_reason_is_accessible_and_fits_the_window(page):
    open_example(page)
    settle(page)
    for tab in ("What next", "What would change my mind", "Criteria", "Why"):
        page.get_by_role("tab", name=tab).click()
        settle(page)
        page.get_by_role("tabpanel", name=tab).get_by_role("table").first.wait_for()
        assert not violations(page), tab
        assert not too_wide(page), tab


REASONS = ("Why", "What next", "What would change my mind", "Criteria")


def most_findings(directory):
    """The published case with most findings, as a file."""
    case = max(read_cases(RESOURCES / "data" / "cases" / "published.jsonl"), key=lambda it: len(it.findings))
    path = directory / "case.json"
    path.write_text(dump_case(case, "json"), encoding="utf-8")
    return path, len(case.findings)


@pytest.mark.parametrize("which", ["myasthenia", "most findings"])
def test_every_reason_is_in_view_with_entry_and_ranking(page, tmp_path, which):
    if which == "myasthenia":
        open_example(page)
    else:
        path, number = most_findings(tmp_path)
        page.get_by_role("button", name="Open case").click()
        page.locator("input[type=file]").first.set_input_files(path)
        page.get_by_text(f"findings: {number} entered").wait_for()
        page.keyboard.press("Escape")
    settle(page)
    for tab in REASONS:
        page.get_by_role("tab", name=tab).click()
        panel = page.get_by_role("tabpanel", name=tab)
        panel.get_by_role("table").or_(panel.get_by_text("No number moves")).first.wait_for()
        settle(page)
        assert page.get_by_test_id("stMain").evaluate("it => it.scrollHeight - it.clientHeight") <= 0, tab


def test_what_is_folded_opens_without_the_server(page):
    open_example(page)
    settle(page)
    page.get_by_role("tab", name="What next").click()
    panel = page.get_by_role("tabpanel", name="What next")
    outstanding = panel.get_by_text("Outstanding in the work-up of the guideline")
    assert not panel.get_by_text("What is not entered counts as not done").is_visible()
    outstanding.first.click()
    assert panel.get_by_text("What is not entered counts as not done").is_visible()
    assert not violations(page)


def test_the_setting_is_read_whole(page):
    box = page.get_by_role("combobox", name="Setting")
    assert box.evaluate("it => it.scrollWidth <= it.clientWidth")


def test_a_bar_opens_its_numbers(page):
    open_example(page)
    settle(page)
    second = page.locator(".bars.weights tbody tr").nth(1)
    name = second.get_by_role("button").inner_text()
    second.locator(".track").click()
    opened = page.get_by_role("dialog")
    opened.get_by_role("table").wait_for()
    settle(page)
    assert opened.get_by_role("combobox").input_value() == name
    assert not violations(page)
    page.keyboard.press("Escape")
    opened.wait_for(state="detached")
    second.get_by_role("button").focus()
    page.keyboard.press("Enter")
    opened.get_by_role("table").wait_for()


def test_on_a_phone_each_row_of_the_table_is_read_whole(page):
    """With the names of its columns, and without a word that is broken."""
    page.set_viewport_size({"width": 390, "height": 844})
    open_example(page)
    expect(page.locator(".first_ranks b")).to_have_count(3)
    ranks = page.locator(".first_ranks b").last.bounding_box()
    assert ranks["x"] + ranks["width"] <= 390
    page.get_by_role("tab", name="All diagnoses").click()
    rows = page.locator('table[aria-label^="All diagnoses"] tbody tr')
    rows.first.wait_for()
    settle(page)
    cells = rows.first.locator("td:visible")
    boxes = [cell.bounding_box() for cell in cells.all()]
    assert len(boxes) >= 7 and all(box["x"] + box["width"] <= 390 for box in boxes)
    label = "cell => getComputedStyle(cell, '::before').content"
    assert "Post-test: " in cells.evaluate_all(f"cells => cells.map({label}).join()")
    assert page.locator(".reason td").evaluate_all(
        "cells => cells.every(cell => getComputedStyle(cell).overflowWrap !== 'anywhere')"
    )


def test_the_rest_is_called_normal_by_keyboard_and_taken_back(page):
    page.get_by_role("radiogroup", name="Group of findings").get_by_role("radio", name="UMN signs").click()
    page.get_by_role("radiogroup", name="Babinski sign").get_by_role("radio", name="present").click()
    page.get_by_text("findings: 1 entered").wait_for()
    settle(page)
    opens = page.get_by_role("button", name="Rest normal (22) of UMN signs | LMN signs")
    assert opens.inner_text().splitlines()[0].startswith("Rest normal (22)")
    opens.focus()
    page.keyboard.down("Enter")
    choices = page.get_by_test_id("stPopoverBody")
    expect(choices.get_by_role("button").first).to_be_focused()
    page.keyboard.down("Enter")  # still held down: it opens, and presses nothing in what it opened
    page.keyboard.up("Enter")
    rest(page)
    assert page.get_by_text("findings: 1 entered").is_visible()
    assert not violations(page)
    choices.get_by_role("button", name="in all groups").focus()
    page.keyboard.press("Enter")
    page.get_by_role("alertdialog", name="37 findings entered as normal; one Undo takes them back").wait_for()
    page.get_by_text("findings: 38 entered").wait_for()
    choices.wait_for(state="detached")
    settle(page)
    assert not violations(page)
    page.keyboard.press("Control+z")
    page.get_by_text("findings: 1 entered").wait_for()


LOOK = """([selector, part]) => {
  const style = getComputedStyle(document.querySelector(selector), part)
  return [style.backgroundColor, style.borderStyle].join()
}"""
"""What tells a part from others in high contrast, where no shadow and no colour of the page's own is seen."""


def test_high_contrast_shows_how_probable_what_is_chosen_and_the_focus(page):
    open_example(page)
    page.locator(".used button").first.click()
    page.get_by_text("Remove what is paused").wait_for()
    settle(page)
    page.emulate_media(forced_colors="active")

    def look(selector, part=None):
        return page.evaluate(LOOK, [selector, part])

    ground = look(".bars.ranked .track", "::before")
    for mark in (".ranked .bar", ".ranked .range", ".ranked .tick", ".weights .bar", ".weights .zero"):
        assert look(f".bars{mark}") != ground, mark
    for place, chosen in (
        (".st-key-group [role=radio]", "aria-checked"),
        ("[class*=st-key-form-] [role=radio]:first-child", "aria-checked"),
        ("[role=tab]", "aria-selected"),
        (".used button", "aria-pressed"),
    ):
        assert look(f"{place}[{chosen}=true]") != look(f"{place}[{chosen}=false]"), place
    page.get_by_role("button", name="New case").focus()
    for _ in range(6):
        page.keyboard.press("Tab")
        ring = page.evaluate(
            "(({outlineStyle, outlineWidth}) => [outlineStyle, outlineWidth])"
            "(getComputedStyle(document.activeElement))"
        )
        assert ring == ["solid", "2px"]


def test_at_400_percent_what_has_the_focus_is_seen(page):
    """It is neither below the header nor in the folded menu (WCAG 2.4.11)."""
    page.set_viewport_size({"width": 320, "height": 256})
    header = page.get_by_test_id("stHeader").bounding_box()["height"]
    page.get_by_role("button", name="Limits of these numbers").focus()
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        at = page.evaluate("document.activeElement.getBoundingClientRect().toJSON()")
        assert at["top"] >= header and at["left"] >= 0, page.evaluate("document.activeElement.outerHTML")
    assert not page.locator("[data-testid=stSidebar] a:visible").count()


SPACED = """
* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
p { margin-bottom: 2em !important }"""


def test_text_that_is_set_wider_is_not_cut(page):
    """As in WCAG 1.4.12."""
    page.add_style_tag(content=SPACED)
    cut = page.locator("[role=radio], [role=tab], .bars tbody th").evaluate_all(
        "parts => parts.filter(it => it.scrollHeight > it.clientHeight || it.scrollWidth > it.clientWidth)"
        ".map(it => it.innerText)"
    )
    assert not cut
