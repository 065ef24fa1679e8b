"""Every page in a real browser: nothing hidden at the side, nothing that a screen reader trips over."""

from pathlib import Path

import pytest
from playwright.sync_api import expect
from windows import POPOVER, settle, too_wide, violations

pytestmark = pytest.mark.browser
PICTURES = Path(__file__).parents[2] / "build" / "screenshots"
"""Kept outside git, to be looked at."""
PAGES = {
    "": "All diagnoses",
    "letter": "Or a file",
    "compare": "What moved",
    "network": "see its numbers and sources",
    "cohort": "Open table",
    "learn": "What do you think it is?",
    "evidence": "Intended use",
}
"""Address of a page, and a text at its end."""
SIZES = [(320, 256), (700, 700), (1280, 800), (390, 844)]
"""A desk's window at 400 % (WCAG 1.4.10), where the page is opened, a half of one, a whole one, a phone."""
WITH_AXE = (390, 1280)
"""Widths at which axe reads the page."""


@pytest.mark.parametrize("name", PAGES, ids=lambda name: name or "case")
def test_a_page_fits_and_is_accessible(browser, address, name):
    page = browser.new_page(viewport=dict(zip(("width", "height"), SIZES[0], strict=True)))
    page.set_default_timeout(60_000)
    page.goto(f"{address}/{name}")
    PICTURES.mkdir(parents=True, exist_ok=True)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.get_by_text(PAGES[name]).first.wait_for()
        settle(page)
        page.screenshot(path=PICTURES / f"{name or 'case'}-{width}x{height}.png")
        assert not too_wide(page)
        if width in WITH_AXE:
            assert not violations(page)
    page.close()


@pytest.mark.parametrize("name", ["", "compare", "cohort"], ids=lambda name: name or "case")
def test_popovers_are_accessible_and_have_the_focus(browser, address, name):
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(60_000)
    page.goto(f"{address}/{name}")
    page.get_by_text(PAGES[name]).first.wait_for()
    settle(page)
    page.wait_for_function("window.dxnetKeyboard")
    buttons = page.locator("[data-testid=stPopover] button")
    assert buttons.count()
    for number in range(buttons.count()):
        buttons.nth(number).press("Enter")
        page.locator(POPOVER).wait_for()
        page.wait_for_function("!document.querySelector('[data-stale=true]')")
        page.wait_for_function("document.activeElement.closest('[data-testid=stPopoverBody]')")
        page.keyboard.press("Shift+Tab")
        expect(buttons.nth(number)).to_be_focused()
        assert not violations(page, POPOVER)
        page.keyboard.press("Escape")
        page.locator(POPOVER).wait_for(state="detached")
    page.close()


def test_arrows_choose_in_a_group_of_radio_buttons(browser, address):
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(60_000)
    page.goto(f"{address}/evidence")
    page.get_by_role("tab", name="Validation").click()
    first, second = (
        page.get_by_role("radio", name=name) for name in ("all findings", "before the decisive test")
    )
    first.focus()
    page.keyboard.press("ArrowRight")
    page.locator("[role=radio][aria-checked=true]", has_text="before the decisive test").wait_for()
    page.keyboard.press("ArrowLeft")
    page.locator("[role=radio][aria-checked=true]", has_text="all findings").wait_for()
    assert first.evaluate("it => it === document.activeElement") and second.count() == 1
    page.close()
