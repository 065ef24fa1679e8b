"""How long it takes to enter a case of 25 findings on the Case page: by keyboard, and in clicks of the mouse.

DXNET_BROWSER=/usr/bin/chromium .venv/bin/python benchmarks/entry.py
"""

import os
import time

from playwright.sync_api import sync_playwright

from app import FLAGS, WATCH, serve, settle, told
from dxnet import Case, load_network

CASE = Case(
    {
        **{"age": "64", "sex": "male", "onset_tempo": "progressive", "onset_region": "upper_limb"},
        **{"onset_asymmetry": "asymmetric", "cramps": "present", "dysarthria": "present"},
        **{"dysphagia": "absent", "sensory_symptoms": "absent", "bladder_bowel": "absent"},
        **{"arm_weakness": "present", "arm_atrophy": "present", "arm_fasciculation": "present"},
        **{"tongue_fasciculation": "present", "leg_weakness": "absent", "hoffmann": "present"},
        **{"hyperreflexia_arms": "present", "babinski": "present", "sensory_loss": "absent"},
        **{"split_hand": "present", "emg_denervation_cervical": "present"},
        **{"emg_reinnervation_cervical": "present", "emg_denervation_lumbosacral": "present"},
        **{"mri_cord_compression": "absent", "ck": "420 U/L"},
    }
)
"""A man of 64 with weakness of one arm: 25 findings."""
TYPED = (
    "age 64, sex m, tempo prog, onset reg up, symm asym, cramps+, dysar+, dysph-, numb-, bladd-",
    "arm weak+, arm wast+, arm fasc+, tong fasc+, leg weak-, hoff+, brisk arm+, bab+, sens exam-, split+",
    "cerv den+, cerv rein+, lumb den+, cord comp abs, ck 420 U/L",
)
"""The same case as it is written into the search box, a line at a time."""
KEYS_PER_SECOND = 5.0
"""Of somebody who types 60 words a minute."""
GROUPS = ("symptoms", "UMN signs | LMN signs", "pattern", "other signs", "EMG", "MRI", "laboratory")
OPEN = (
    "[...document.querySelectorAll('[class*=st-key-form-]')].map(it => it.className.match(/form-(\\w+)/)[1])"
)
"""The findings of the group that is open."""


def open_page(playwright, port):
    browser = playwright.chromium.launch(executable_path=os.environ.get("DXNET_BROWSER"), args=FLAGS)
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(60_000)
    page.goto(f"http://127.0.0.1:{port}")
    page.locator(".bars").first.wait_for()
    settle(page)
    return page


def by_keyboard(page):
    """Keys of the case, written into the search box, and the seconds that the answers are waited for."""
    box = page.get_by_role("combobox", name="Find or enter a finding")
    box.click()
    keys, waited, entered = 0, 0.0, 0
    for line in TYPED:
        page.keyboard.type(line, delay=20)
        start = time.perf_counter()
        page.keyboard.press("Enter")
        entered += len(line.split(","))
        page.get_by_text(f"findings: {entered} entered").wait_for()
        settle(page)
        keys, waited = keys + len(line) + 1, waited + time.perf_counter() - start
        box.focus()
    return keys, waited


class Mouse:
    """Clicks, each counted and waited for."""

    def __init__(self, page):
        self.page, self.clicks = page, 0

    def click(self, what):
        what.click()
        self.clicks += 1
        settle(self.page)


def left_in(network, left, group):
    """The findings of a group that are to be entered."""
    return [name for name in left if network.findings[name].category in group.split(" | ")]


def by_mouse(page, network):
    """Clicks to enter the case, and the seconds from each to the page drawn; a number is typed."""
    mouse = Mouse(page)
    page.evaluate(WATCH)
    left = dict(CASE.findings)
    for group in (None, *GROUPS):
        if group:
            pill = page.get_by_role("radiogroup", name="Group of findings").get_by_role(
                "radio", name=f"{group[0].upper()}{group[1:]}"
            )
            mouse.click(pill.first)
            page.wait_for_function(f"{OPEN}.some(name => {left_in(network, left, group)}.includes(name))")
        here = [name for name in left if page.locator(f".st-key-form-{name}").count()]
        for name in here:
            state = left.pop(name)
            control = page.locator(f".st-key-form-{name}")
            if control.get_by_role("radio").count():
                mouse.click(control.get_by_role("radio", name=state, exact=True))
                continue
            state = Case({name: state}).in_states(network)[name]
            mouse.click(control.get_by_role("combobox"))
            mouse.click(page.get_by_role("option", name=state.replace("_", " "), exact=True))
    assert not left, left
    return mouse.clicks, [ms / 1e3 for ms in page.evaluate("window.taken")]


def main():
    app, port = serve()
    try:
        with sync_playwright() as playwright:
            page = open_page(playwright, port)
            keys, waited = by_keyboard(page)
            seconds = keys / KEYS_PER_SECOND + waited
            parts = f"{keys} keys at {KEYS_PER_SECOND:g} a second, {waited:.1f} s for the answers"
            print(f"{len(CASE.findings)} findings by keyboard: {seconds:.0f} s ({parts})", flush=True)
            page.close()
            page = open_page(playwright, port)
            clicks, taken = by_mouse(page, load_network("als_mimics"))
            print(f"{len(CASE.findings)} findings by mouse: {clicks} clicks", flush=True)
            told("from a click to the page drawn", taken)
    finally:
        app.terminate()
        app.wait(30)


if __name__ == "__main__":
    main()
