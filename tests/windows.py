"""Whether what a page of the app shows is inside its window, for tests in a browser."""

from contextlib import suppress

from playwright.sync_api import TimeoutError as StaysTooWide

TOO_WIDE = """[document.documentElement, ...document.querySelectorAll("[data-testid=stMain], [role=dialog]")]
  .filter(it => it.scrollWidth > Math.min(it.clientWidth, window.innerWidth))
  .map(it => `${it.dataset.testid || it.tagName}: ${it.scrollWidth} in ${it.clientWidth}`)"""
"""What is wider than its place, in JavaScript: the page itself never is, it scrolls within ``stMain``."""
PATIENCE = 5_000
"""Milliseconds in which charts and tables follow a window that became narrower."""


def too_wide(page):
    """What stays wider than its place, each with both widths."""
    with suppress(StaysTooWide):
        page.wait_for_function(f"!({TOO_WIDE}).length", timeout=PATIENCE)
    return page.evaluate(TOO_WIDE)
