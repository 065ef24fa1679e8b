"""A page of the app in a window: when it is drawn to its end, and what is wrong with it."""

from contextlib import suppress

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import TimeoutError as StaysTooWide

POPOVER = "[data-testid=stPopoverBody]"
"""The popover that is open."""
TOO_WIDE = """[document.documentElement, ...document.querySelectorAll("[data-testid=stMain], [role=dialog]")]
  .filter(it => it.scrollWidth > Math.min(it.clientWidth, window.innerWidth))
  .map(it => `${it.dataset.testid || it.tagName}: ${it.scrollWidth} in ${it.clientWidth}`)"""
"""What is wider than its place, in JavaScript: the page itself never is, it scrolls within ``stMain``."""
PATIENCE = 5_000
"""Milliseconds in which charts and tables follow a window that became narrower."""


def settle(page):
    """Until the page is drawn to its end: a key pressed before would fall on an element that is replaced."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.wait_for_function("!document.querySelector('[data-stale=true]')")


def too_wide(page):
    """What stays wider than its place, each with both widths."""
    with suppress(StaysTooWide):
        page.wait_for_function(f"!({TOO_WIDE}).length", timeout=PATIENCE)
    return page.evaluate(TOO_WIDE)


def violations(page, part=None):
    """What a screen reader or a weak eye trips over, by axe, on the page or in a part."""
    found = Axe().run(page, context=part and {"include": [part]}).response["violations"]
    return [f"{it['id']}: {it['nodes'][0]['html'][:200]}" for it in found]
