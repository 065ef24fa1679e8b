"""Whether what a page of the app shows is inside its window, for tests in a browser."""

TOO_WIDE = """[document.documentElement, ...document.querySelectorAll("[data-testid=stMain], [role=dialog]")]
  .filter(it => it.scrollWidth > Math.min(it.clientWidth, window.innerWidth))
  .map(it => `${it.dataset.testid || it.tagName}: ${it.scrollWidth} in ${it.clientWidth}`)"""
"""What is wider than its place, in JavaScript: the page itself never is, it scrolls within ``stMain``."""


def too_wide(page):
    """What is wider than its place, each with both widths."""
    return page.evaluate(TOO_WIDE)
