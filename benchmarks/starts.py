"""How long commands and the app take to start, and how much memory a server of the app holds.

.venv/bin/python benchmarks/starts.py
"""

import random
import subprocess
import sys
import time
from statistics import median

from websockets.sync.client import connect

from app import rerun, serve

CASE = "data/cases/bulbar_myasthenia.yaml"
COMMANDS = {
    "import dxnet": ["-c", "import dxnet"],
    "dxnet diagnose": ["-m", "dxnet", "diagnose", CASE],
    "dxnet diagnose --backend compiled": ["-m", "dxnet", "diagnose", CASE, "--backend", "compiled"],
    "dxnet diagnose --backend pgmpy": ["-m", "dxnet", "diagnose", CASE, "--backend", "pgmpy"],
}
RERUNS, FIRST = 240, 60
"""Clicks of one user, and how many of them are made before memory is compared."""


def processor_seconds(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def resident(pid):
    """Megabytes of memory that a process holds."""
    with open(f"/proc/{pid}/smaps_rollup") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("Rss")) / 1e3


def commands():
    for name, words in COMMANDS.items():
        wall = []
        for _ in range(6):
            start = time.perf_counter()
            subprocess.run([sys.executable, *words], check=True, capture_output=True)
            wall.append(time.perf_counter() - start)
        print(f"{name}: median {median(wall[1:]):.2f} s, best {min(wall[1:]):.2f} s", flush=True)


def server():
    start = time.perf_counter()
    app, port = serve()
    try:
        address = f"ws://127.0.0.1:{port}/_stcore/stream"
        with connect(address, subprotocols=["streamlit"], max_size=None) as session:
            states, choose = {}, random.Random(0)
            widgets, _ = rerun(session, states)
            print(
                f"app from nothing to the first page: {time.perf_counter() - start:.1f} s, "
                f"{processor_seconds(app.pid):.1f} s of them at work; it holds {resident(app.pid):.0f} MB"
            )
            controls = [name for name in widgets if "form:" in name]
            for number in range(RERUNS):
                if number == FIRST:
                    before = resident(app.pid)
                states[choose.choice(controls)] = choose.choice(["absent", "present"])
                rerun(session, states)
            more = (resident(app.pid) - before) * 1e3 / (RERUNS - FIRST)
            print(
                f"after {FIRST} clicks {before:.0f} MB; the next {RERUNS - FIRST} take {more:.0f} kB each "
                f"of {resident(app.pid):.0f} MB"
            )
    finally:
        app.terminate()
        app.wait(30)


if __name__ == "__main__":
    commands()
    server()
