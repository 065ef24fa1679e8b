"""How long the app takes from a click to the updated ranking, for one user and for thirty at once.

DXNET_BROWSER=/usr/bin/chromium .venv/bin/python benchmarks/app.py
"""

import os
import random
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import numpy as np
from playwright.sync_api import sync_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from dxnet.ui.case.entry import UNKNOWN_MARK

ROOT = Path(__file__).parents[1]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
CLICKS, SESSIONS, ROUNDS = 30, 30, 8
PAUSE = (2.0, 8.0)
"""Seconds between two clicks of one of many users, who reads what came of the last."""
WATCH = """
() => {
  const app = document.querySelector('[data-testid=stApp]');
  window.taken = []; window.clicked = 0;
  document.addEventListener('pointerdown', () => { window.clicked = performance.now(); }, true);
  new MutationObserver(() => {
    if (window.clicked && app.getAttribute('data-test-script-state') === 'notRunning') {
      window.taken.push(performance.now() - window.clicked); window.clicked = 0;
    }
  }).observe(app, {attributes: true, attributeFilter: ['data-test-script-state']});
}
"""
"""From a click until the page is drawn to its end."""


def serve():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--server.port", str(port), "--server.headless", "true", "--server.fileWatcherType", "none"]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", *options]
    app = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while True:
        try:
            urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2)
            return app, port
        except URLError:
            time.sleep(0.1)


def told(what, seconds):
    p50, p95 = np.percentile(seconds, [50, 95])
    print(
        f"{what}: n {len(seconds)}, median {p50:.2f} s, 95 % {p95:.2f} s, worst {max(seconds):.2f} s",
        flush=True,
    )


def settle(page):
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.wait_for_function("!document.querySelector('[data-stale=true]')")


def one_user(port, tab):
    """Clicks on EMG findings in a real browser, a case of 12 findings loaded: first drawn, and each click."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("DXNET_BROWSER"), args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(60_000)
        start = time.perf_counter()
        page.goto(f"http://127.0.0.1:{port}")
        page.locator(".bars").first.wait_for()
        first = time.perf_counter() - start
        settle(page)
        page.get_by_role("button", name="Myasthenia gravis", exact=True).click()
        page.get_by_text("findings: 12 entered").wait_for()
        page.get_by_role("tab", name=tab).click()
        groups = page.get_by_role("radiogroup", name="Group of findings")
        groups.get_by_role("radio", name="EMG").click()
        page.get_by_role("radio", name="present").nth(9).wait_for()
        settle(page)
        page.evaluate(WATCH)
        for number in range(CLICKS):
            name = ("present", "absent", UNKNOWN_MARK)[number // 10]
            page.get_by_role("radio", name=name).nth(number % 10).click()
            page.wait_for_function(f"window.taken.length >= {number + 1}")
            settle(page)
        taken = [ms / 1e3 for ms in page.evaluate("window.taken")]
        browser.close()
    return first, taken


def rerun(session, states):
    """Send what the widgets hold, and read until the page is drawn: the widgets' ids by their keys."""
    message = BackMsg()
    message.rerun_script.query_string = ""
    for name, value in states.items():
        state = message.rerun_script.widget_states.widgets.add()
        state.id = name
        state.string_array_value.data[:] = [value]
    session.send(message.SerializeToString())
    found, failed = [], False
    while True:
        answer = ForwardMsg.FromString(session.recv(timeout=60))
        kind = answer.WhichOneof("type")
        if kind == "script_finished":
            return found, failed or answer.script_finished != ForwardMsg.FINISHED_SUCCESSFULLY
        if kind == "delta" and answer.delta.WhichOneof("type") == "new_element":
            element = answer.delta.new_element
            failed = failed or element.WhichOneof("type") == "exception"
            if element.WhichOneof("type") == "button_group":
                found.append(element.button_group.id)


def many_users(port):
    """Thirty sessions, each clicking through findings as it reads: seconds of each click, and failures."""

    def user(number):
        random_ = random.Random(number)
        taken, failures, states = [], 0, {}
        address = f"ws://127.0.0.1:{port}/_stcore/stream"
        with connect(address, subprotocols=["streamlit"], max_size=None) as session:
            widgets, failed = rerun(session, states)
            failures += failed
            controls = [name for name in widgets if "form:" in name]
            for _ in range(ROUNDS):
                time.sleep(random_.uniform(*PAUSE))
                states[random_.choice(controls)] = random_.choice(["absent", "present"])
                start = time.perf_counter()
                _, failed = rerun(session, states)
                taken.append(time.perf_counter() - start)
                failures += failed
        return taken, failures

    with ThreadPoolExecutor(SESSIONS) as users:
        results = list(users.map(user, range(SESSIONS)))
    return [seconds for taken, _ in results for seconds in taken], sum(failures for _, failures in results)


def main():
    app, port = serve()
    try:
        for tab in ("Why", "What next", "What would change my mind"):
            first, taken = one_user(port, tab)
            told(f"one user, {tab!r} open (page drawn after {first:.1f} s)", taken)
        taken, failures = many_users(port)
        told(f"{SESSIONS} users, {failures} failures", taken)
    finally:
        app.terminate()
        app.wait(30)


if __name__ == "__main__":
    main()
