"""A real browser and a running app.

DXNET_BROWSER is the path of a Chromium, or `playwright` for the one that Playwright downloaded; without it
these tests are skipped, unless REQUIRE_BROWSER=1.
"""

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).parents[2]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--process-per-site",  # so that a page finds what another has compiled
    "--js-flags=--no-maglev --no-turbofan",  # pages close before optimised code has paid for itself
]
START = 90
"""Seconds that the app may take to answer."""


class OneWindow:
    """A browser whose pages are tabs of one window: what the app consists of is fetched and compiled once.

    Only a window with a profile on disk keeps what it compiled. Each tab has a session and a
    ``sessionStorage`` of its own; who shares nothing asks for a ``new_context``, in another browser.
    """

    def __init__(self, chromium, path, profile):
        options = {"executable_path": path, "args": FLAGS}
        self._tabs = chromium.launch_persistent_context(profile, **options)
        self._launch_other, self._other = partial(chromium.launch, **options), None

    def new_context(self, **options):
        """A window that shares nothing with any other."""
        self._other = self._other or self._launch_other()
        return self._other.new_context(**options)

    def new_page(self, viewport, **options):
        """A tab of this size; a window of its own where it needs other options."""
        if options:
            return self.new_context(viewport=viewport, **options).new_page()
        tab = self._tabs.new_page()
        tab.set_viewport_size(viewport)
        return tab

    def close(self):
        for opened in filter(None, (self._tabs, self._other)):
            opened.close()


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    where = os.environ.get("DXNET_BROWSER")
    if not where:
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail("REQUIRE_BROWSER=1, but DXNET_BROWSER names no browser")
        pytest.skip("DXNET_BROWSER names no browser")
    from playwright.sync_api import sync_playwright

    path = None if where == "playwright" else where
    with sync_playwright() as playwright:
        window = OneWindow(playwright.chromium, path, tmp_path_factory.mktemp("profile"))
        yield window
        window.close()


@pytest.fixture(scope="session")
def serve(browser, tmp_path_factory):
    """Runs an app with some environment, and tells where it answers."""
    return lambda port=0, **environment: running(tmp_path_factory.mktemp("app") / "log", environment, port)


@pytest.fixture(scope="session")
def address(browser, serve):
    """Where the app answers; a tab that stays keeps the process of those that come and go."""
    with serve() as place:
        browser.new_page({"width": 100, "height": 100}).goto(f"{place}/_stcore/health")
        yield place


@contextmanager
def running(log, environment, port=0):
    """An app that runs meanwhile, on any free port or on the one that is wanted."""
    with socket.socket() as free:
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        free.bind(("127.0.0.1", port))
        port = free.getsockname()[1]
    options = ["--server.port", str(port), "--server.headless", "true", "--server.fileWatcherType", "none"]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", *options]
    with log.open("w") as output:
        environment = {**os.environ, "DXNET_NETWORK": "als_mimics", **environment}
        app = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        wait_for(f"http://127.0.0.1:{port}/_stcore/health", app, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        app.terminate()
        app.wait(30)


def wait_for(url, app, log):
    deadline = time.monotonic() + START
    while time.monotonic() < deadline:
        try:
            with urlopen(url, timeout=5):
                return
        except URLError:
            try:
                app.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
            break
    pytest.fail(f"the app did not start:\n{log.read_text()}")


@pytest.fixture
def page(browser, address):
    """The Case page in a window of 1280 x 800, drawn to its end; ``asked``: the addresses it asked for."""
    window = browser.new_page(viewport={"width": 1280, "height": 800})
    window.set_default_timeout(60_000)
    window.asked = []
    window.on("request", lambda request: window.asked.append(request.url))
    window.goto(address)
    window.locator(".bars").first.wait_for()
    for part in ("stSelectbox", "stButtonGroup"):
        window.get_by_test_id(part).first.wait_for()
    window.get_by_role("tab", name="All diagnoses").wait_for()
    yield window
    window.close()
