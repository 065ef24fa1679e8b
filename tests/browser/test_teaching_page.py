"""The Learn page in a real browser: an exercise to its score, accessible at every step and size."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from windows import settle, too_wide, violations

pytestmark = pytest.mark.browser
PICTURES = Path(__file__).parents[2] / "build" / "screenshots"
"""Kept outside git, to be looked at."""


def settle_whole(page):
    """Until the page and what is worked out for it are drawn to their end."""
    settle(page)
    page.wait_for_function("!document.querySelector('[data-testid=stSpinner],[data-testid=stSkeleton]')")


def look(page, name, size):
    """A picture; what axe finds, and whether nothing is hidden at the side."""
    settle_whole(page)
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"learn-{name}-{size[0]}x{size[1]}.png", full_page=True)
    assert not violations(page)
    assert not too_wide(page)


def name_a_diagnosis(page):
    page.get_by_role("combobox", name="Most probable").click()
    page.keyboard.type("Myasthenia")
    page.keyboard.press("Enter")
    page.get_by_role("textbox", name="Most probable (%)").fill("60")


@pytest.mark.parametrize("size", [(1920, 1080), (390, 844)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_an_exercise_to_its_score(browser, address, size):
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.set_default_timeout(60_000)
    page.goto(f"{address}/learn")
    page.get_by_role("button", name="Answer", exact=True).wait_for()
    look(page, "question", size)
    if size[0] > 1280:
        page.set_viewport_size({"width": 1280, "height": 800})
        look(page, "question", (1280, 800))
    name_a_diagnosis(page)
    for _ in range(5):
        page.get_by_role("button", name="Answer", exact=True).press("Enter")
        page.get_by_role("button", name="Go on").wait_for()
        settle_whole(page)
        expect(page.get_by_role("button", name="Go on")).to_be_focused()
        if page.get_by_text("Next procedures: first what").count():
            look(page, "feedback", size)
        page.keyboard.press("Enter")
        after = page.get_by_role("button", name=re.compile("^(Answer|Next case)$"))
        after.first.wait_for()
        settle_whole(page)
        if after.first.inner_text() == "Next case":
            break
        box = page.get_by_role("combobox", name="Next")
        if box.count():
            box.click()
            page.keyboard.type("Nothing more")
            page.keyboard.press("Enter")
            settle_whole(page)
    page.get_by_role("heading", name="How you do").wait_for()
    look(page, "scores", size)
    page.close()


def test_an_answer_is_there_after_a_reload_of_this_page_or_of_another(browser, address):
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(60_000)
    page.goto(f"{address}/learn")
    name_a_diagnosis(page)
    page.get_by_role("button", name="Answer", exact=True).press("Enter")
    page.get_by_role("button", name="Go on").wait_for()
    settle_whole(page)
    for reloaded in (f"{address}/learn", address, f"{address}/cohort"):
        page.goto(reloaded)
        settle_whole(page)
        page.get_by_role("link", name="Learn").click()
        page.get_by_role("button", name="Go on").wait_for()
        settle_whole(page)
    page.close()
