"""Pages of the app without a browser."""

from functools import cache
from pathlib import Path

import pytest
from case_page import EXAMPLES, opened
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest, local_script_runner

from dxnet import read_cases

# Each page that is opened would search all installed packages for components
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)
wait_and_look = local_script_runner.require_widgets_deltas


def wait_for_the_end(runner, timeout=3):
    """Until the script has run; Streamlit would look each millisecond, and hold the script up."""
    runner._script_thread.join(timeout)
    wait_and_look(runner, 0.1)


local_script_runner.require_widgets_deltas = wait_for_the_end
APP = (Path(__file__).parents[2] / "app.py").read_text(encoding="utf-8")


@pytest.fixture
def start(request, monkeypatch):
    """Opens the page that the module's ``PAGE`` draws, else the whole app, on a network.

    Where the module has a ``TAB``, that of the reasons is open.
    """
    script, tab = getattr(request.module, "PAGE", APP), getattr(request.module, "TAB", None)

    def run(network="als_mimics", **environment):
        for name, value in {"DXNET_NETWORK": str(network), **environment}.items():
            monkeypatch.setenv(name, value)
        page = AppTest.from_string(script, default_timeout=120).run()
        assert not page.exception
        return opened(page, tab) if tab else page

    return run


@pytest.fixture(scope="session")
def myasthenia():
    (case,) = read_cases(next(path for path in EXAMPLES if path.stem == "bulbar_myasthenia"))
    return case
