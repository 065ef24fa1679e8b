"""The Case page in a real browser, as tests use and read it."""

import json
import subprocess
import sys
from functools import cache

from windows import settle

from dxnet import read_cases
from dxnet.knowledge.load import RESOURCES

EXAMPLE = RESOURCES / "data" / "cases" / "bulbar_myasthenia.yaml"


@cache
def command_line(path):
    """What `dxnet diagnose --json` says of a case file."""
    code = "from dxnet.cli import main; main()"
    command = [sys.executable, "-c", code, "diagnose", str(path), "--network", "als_mimics", "--json"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def open_example(page):
    page.get_by_role("button", name="Myasthenia gravis", exact=True).click()
    (case,) = read_cases(EXAMPLE)
    page.get_by_text(f"findings: {len(case.findings)} entered").wait_for()


def rest(page):
    """Until nothing unfolds any more: a list that is opened meanwhile is closed by what moves it."""
    settle(page)
    page.wait_for_function("!document.getAnimations().some(it => it.playState === 'running')")


def table(page):
    page.get_by_role("tab", name="All diagnoses").click()
    rows = page.get_by_role("tabpanel", name="All diagnoses").get_by_role("table").first.get_by_role("row")
    rows.nth(1).wait_for()
    cells = [row.locator("td").all_inner_texts() for row in rows.all()[1:]]
    return [[text.replace("\N{NO-BREAK SPACE}", " ") for text in row] for row in cells]
