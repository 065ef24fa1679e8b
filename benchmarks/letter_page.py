"""How long it takes from a pasted letter to a confirmed case, in a real browser with the keyboard alone.

DXNET_BROWSER=/usr/bin/chromium .venv/bin/python benchmarks/letter_page.py [LETTER.txt]

One row decides every finding with a key of its own, after a second of thought; the other accepts what is
certain at once and thinks of the rest alone. The time without the thought is the machine's.
"""

import os
import sys
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from app import FLAGS, serve, settle

THOUGHT = 1.0
"""Seconds for which a reader looks at a finding before the key."""
LETTER = """Dear Dr Smith,

Thank you for referring this 64-year-old man. Over 18 months he has noticed progressive weakness of the right
hand, spreading to the left leg. He has dysphagia and dysarthria. He denies diplopia and numbness. There is no
bladder disturbance. No family history of motor neurone disease.

On examination the tongue was wasted with fasciculations. Jaw jerk brisk. There was wasting of the hand
muscles and power was 4/5 in the left APB. Reflexes were brisk throughout. Plantars upgoing. There was no
clonus. Sensation was normal to all modalities. No ptosis.

CK 850 U/L. Anti-GM1 antibodies negative.

EMG: fibrillations in C8/T1 muscles and tibialis anterior. Nerve conduction studies: no conduction block.

MRI of the cervical spine: cannot exclude mild canal stenosis.
"""


def confirmed(page, address, text, at_once):
    """Seconds until the letter is read, all is decided, and the case is drawn; findings, and thoughts."""
    page.goto(f"{address}/letter")
    box = page.get_by_role("textbox", name="Letter or report")
    box.wait_for()
    settle(page)
    start = time.perf_counter()
    box.fill(text)
    box.press("Control+Enter")
    page.locator(".row.current").wait_for()
    read = time.perf_counter() - start
    findings, thoughts = page.locator(".row").count(), 0
    if at_once:
        time.sleep(THOUGHT)
        thoughts += 1
        page.keyboard.press("Shift+A")
    while page.locator(".row:not(.accepted):not(.rejected)").count():
        time.sleep(THOUGHT)
        thoughts += 1
        page.keyboard.press("1")
    decided = time.perf_counter() - start
    page.keyboard.press("Control+Enter")
    page.get_by_text(f"findings: {findings} entered").wait_for()
    settle(page)
    return read, decided, time.perf_counter() - start, findings, thoughts


def main():
    text = Path(sys.argv[1]).read_text(encoding="utf-8") if len(sys.argv) > 1 else LETTER
    app, port = serve()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=os.environ.get("DXNET_BROWSER"), args=FLAGS)
            for name, at_once in (("each finding by its key", False), ("all certain at once", True)):
                page = browser.new_page(viewport={"width": 1280, "height": 800})
                page.set_default_timeout(60_000)
                read, decided, whole, findings, thoughts = confirmed(
                    page, f"http://127.0.0.1:{port}", text, at_once
                )
                machine = whole - THOUGHT * thoughts
                print(
                    f"{name}: {findings} findings, read after {read:.1f} s, decided after {decided:.1f} s, "
                    f"in the case after {whole:.1f} s, {machine:.1f} s of them the machine's",
                    flush=True,
                )
                page.close()
    finally:
        app.terminate()
        app.wait(30)


if __name__ == "__main__":
    main()
