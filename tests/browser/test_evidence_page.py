"""The Evidence & limits page in a real browser."""

import pytest
from windows import settle, too_wide, violations

pytestmark = pytest.mark.browser
SIZES = {"desk": (1280, 800), "phone": (390, 844)}
on_desk = pytest.mark.parametrize("evidence", [SIZES["desk"]], indirect=True, ids=["desk"])
TABS = ["Purpose and limits", "Validation", "Sources of the numbers", "References", "Versions"]


@pytest.fixture(params=SIZES.values(), ids=SIZES.keys())
def evidence(browser, address, request):
    width, height = request.param
    window = browser.new_page(viewport={"width": width, "height": height})
    window.set_default_timeout(60_000)
    window.goto(f"{address}/evidence")
    window.get_by_role("tab", name=TABS[-1]).wait_for()
    settle(window)
    yield window
    window.close()


def test_every_tab_is_accessible_and_fits(evidence):
    for tab in TABS:
        evidence.get_by_role("tab", name=tab).click()
        evidence.get_by_role("tabpanel", name=tab).wait_for()
        if tab == "Validation":
            evidence.locator("[data-testid=stVegaLiteChart][aria-label^='Calibration plot']").wait_for()
        assert not violations(evidence), tab
        assert not too_wide(evidence)


@on_desk
def test_references_are_searched_and_linked(evidence):
    evidence.get_by_role("tab", name="References").click()
    field = evidence.get_by_label("Search the references")
    field.fill("10.1002/mus.28100")
    field.press("Enter")
    evidence.get_by_text("1 of 605 references").wait_for()
    link = evidence.get_by_role("link", name="doi:10.1002/mus.28100")
    assert link.get_attribute("href") == "https://doi.org/10.1002/mus.28100"


@on_desk
def test_the_stage_changes_the_figures(evidence):
    evidence.get_by_role("tab", name="Validation").click()
    evidence.get_by_role("heading", name="all findings").first.wait_for()
    evidence.get_by_text("before the decisive test", exact=True).click()
    evidence.get_by_role("heading", name="before the decisive test").first.wait_for()
