"""The Cohort page in a real browser: upload, map, score, download, read back."""

import re

import pandas as pd
import pytest
from windows import settle, too_wide, violations

from dxnet import Engine, load_network, read_cases, score
from dxnet.knowledge.load import RESOURCES

pytestmark = pytest.mark.browser
ACCEPT = re.compile("Accept . suggestions")
OF_STREAMLIT = "presentation-role-conflict"
"""The drop zone of its file uploader: a section without a role but with a name."""


@pytest.fixture(scope="module")
def published():
    cases = read_cases(RESOURCES / "data" / "cases" / "published.jsonl")
    return pd.DataFrame([{**case.findings, "id": case.id, "diagnosis": case.diagnosis} for case in cases])


@pytest.fixture
def cohort(browser, address):
    window = browser.new_page(viewport={"width": 1280, "height": 800})
    window.set_default_timeout(60_000)
    window.asked = []
    window.on("request", lambda request: window.asked.append(request.url))
    window.goto(f"{address}/cohort")
    window.get_by_role("button", name="Open table").wait_for()
    settle(window)
    yield window
    window.close()


def open_table(page, path):
    page.get_by_role("button", name="Open table").click()
    page.locator("input[type=file]").set_input_files(path)


def run(page, count):
    page.get_by_role("button", name=f"Score {count} cases").click()
    page.get_by_role("heading", name="Answers").wait_for()
    settle(page)


def download(page, name, directory):
    with page.expect_download() as event:
        page.get_by_role("button", name=name).click()
    path = directory / event.value.suggested_filename
    event.value.save_as(path)
    return path


def test_a_cohort_is_scored_and_read_back(cohort, published, tmp_path, address):
    source = tmp_path / "published.csv"
    published.to_csv(source, index=False)
    open_table(cohort, source)
    run(cohort, 98)
    expected = score(Engine(load_network("als_mimics")), published)
    back = pd.read_parquet(download(cohort, "Answers (parquet)", tmp_path))
    assert (back.p_als.to_numpy() == expected.p_als.to_numpy()).all()
    assert back.id.tolist() == published.id.tolist()
    text = pd.read_csv(download(cohort, "Answers (CSV)", tmp_path))
    assert text["first"].tolist() == expected["first"].tolist()
    cohort.locator("[data-testid=stVegaLiteChart][aria-label^='Calibration plot']").wait_for()
    assert not [url for url in cohort.asked if not url.startswith((address, "data:", "blob:"))]


def test_accessible_empty_open_and_scored(cohort, published, tmp_path):
    assert not violations(cohort)
    source = tmp_path / "words.csv"
    published.replace({"present": "ja", "absent": "nein"}).to_csv(source, index=False)
    cohort.get_by_role("button", name="Open table").click()
    assert {it.split(":")[0] for it in violations(cohort)} <= {OF_STREAMLIT}
    cohort.locator("input[type=file]").set_input_files(source)
    cohort.get_by_role("button", name=ACCEPT).wait_for()
    settle(cohort)
    assert not violations(cohort)
    cohort.get_by_role("button", name=ACCEPT).click()
    cohort.get_by_text("Every value is read").wait_for()
    run(cohort, 98)
    assert not violations(cohort)
    for width, height in ((1280, 800), (390, 844)):
        cohort.set_viewport_size({"width": width, "height": height})
        assert not too_wide(cohort)


def test_a_column_is_mapped_by_hand(cohort, tmp_path):
    source = tmp_path / "strange.csv"
    source.write_text("id,plantar\na,present\nb,absent\n")
    open_table(cohort, source)
    cohort.get_by_text("no column is mapped to a finding").wait_for()
    settle(cohort)
    grid = cohort.get_by_test_id("stDataFrame").bounding_box()
    field = cohort.locator("#portal input")
    for _ in range(5):  # a cell is drawn, not an element to wait for
        cohort.mouse.dblclick(grid["x"] + 600, grid["y"] + 54)
        cohort.wait_for_timeout(500)
        if field.is_visible():
            break
    field.fill("(babinski)")
    cohort.get_by_role("option").filter(has_text="(babinski)").click()
    cohort.get_by_text("2 rows · 1 finding · id").wait_for()
    run(cohort, 2)


def test_100_000_rows(cohort, published, tmp_path):
    many = published.sample(100_000, replace=True, random_state=0)
    many["id"] = [f"p{number}" for number in range(len(many))]
    source = tmp_path / "many.csv"
    many.to_csv(source, index=False)
    open_table(cohort, source)
    run(cohort, "100,000")
    back = pd.read_parquet(download(cohort, "Answers (parquet)", tmp_path))
    assert len(back) == 100_000 and (back.status == "ok").all()
    assert back.id.tolist() == many.id.tolist()


def test_a_malformed_file_is_told(cohort, tmp_path):
    source = tmp_path / "junk.csv"
    source.write_bytes(bytes(range(256)) * 20)
    open_table(cohort, source)
    cohort.get_by_text("junk.csv was not opened").wait_for()
    assert not violations(cohort)
