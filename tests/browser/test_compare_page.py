"""The Compare page in a real browser: two cases side by side, and what moved the first diagnosis."""

import json

import pytest
from windows import settle, too_wide, violations

from dxnet import Engine, load_network, read_cases
from dxnet.knowledge.load import RESOURCES
from dxnet.reasoning.what_moved import what_moved
from dxnet.words import DECIBAN, percent

pytestmark = pytest.mark.browser
CASES = RESOURCES / "data" / "cases"


BARS = "document.querySelector('.bars.pairs')?.innerText"


def choose(page, label, option):
    """Choose, and wait until the bars say something else: a click before would fall on what is replaced."""
    before = page.evaluate(BARS)
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option).click()
    page.wait_for_function(f"{BARS} && {BARS} != {json.dumps(before)}")
    settle(page)


def test_two_cases_are_compared(browser, address):
    (first,) = read_cases(CASES / "als_with_cord_compression.yaml")
    (second,) = read_cases(CASES / "kennedy_disease.yaml")
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(60_000)
    page.goto(f"{address}/compare")
    page.get_by_text("What moved").first.wait_for()
    page.locator(".bars").first.wait_for()
    settle(page)
    choose(page, "A: case", "Example: ALS")
    choose(page, "B: case", "Example: Kennedy")
    engine = Engine(load_network("als_mimics"))
    found = what_moved(engine, first, second)
    page.get_by_text(f"{found.before * DECIBAN:+.1f} decibans in A").wait_for()
    a, b = (percent(engine.diagnose(case).probability("sbma")) for case in (first, second))
    kennedy = page.locator(".bars.pairs").get_by_role("row", name="Kennedy disease (SBMA)")
    assert kennedy.get_by_role("cell").all_inner_texts()[1:3] == [a, b]
    assert not violations(page)
    assert not too_wide(page)
    compared = page.evaluate(BARS)
    page.reload()
    page.wait_for_function(f"{BARS} == {json.dumps(compared)}")  # the choices come back, too
    page.close()
