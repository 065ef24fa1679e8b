"""How long explanations, intervals and plans take; whether the first test recommended is what was done next.

.venv/bin/python benchmarks/reasoning.py
"""

import time
from pathlib import Path
from statistics import median

import numpy as np

from dxnet import Engine, credible_intervals, explain, load_network, next_tests, read_cases
from dxnet.reasoning.conflict import conflict, flips
from dxnet.reasoning.next_tests import never_miss
from dxnet.reasoning.sensitivity import sensitivity

CASES = Path(__file__).parents[1] / "data" / "cases" / "published.jsonl"
BEDSIDE = ("history", "examination")


def timings(engine, cases):
    work = {
        "explain": explain,
        "conflict": conflict,
        "flips": flips,
        "credible_intervals (1,000 draws)": credible_intervals,
        "sensitivity": sensitivity,
        "next_tests": next_tests,
        "never_miss": never_miss,
    }
    for name, function in work.items():
        taken = []
        for case in cases:
            function(engine, case)
            start = time.perf_counter()
            function(engine, case)
            taken.append(time.perf_counter() - start)
        print(f"{name}: median {median(taken) * 1e3:.1f} ms, worst {max(taken) * 1e3:.1f} ms")


def recommended(engine, before, after):
    """For each case the rank, among tests beyond the bedside, of the first that was done afterwards."""
    ranks, informative = [], []
    for early, late in zip(before, after, strict=True):
        done = {engine.network.findings[f].procedure for f in late.findings if f not in early.findings} - set(
            BEDSIDE
        )
        if not done:
            continue
        tests = [test for test in next_tests(engine, early) if test.procedure not in BEDSIDE]
        ranks.append(next((i for i, test in enumerate(tests) if test.procedure in done), len(tests)))
        tests.sort(key=lambda test: -test.information)
        informative.append(next((i for i, test in enumerate(tests) if test.procedure in done), len(tests)))
        print(f"{early.id}: {tests[0].procedure} (most bits); done: {', '.join(sorted(done))}")
    for name, found in (("as listed", ranks), ("by bits", informative)):
        found = np.array(found)
        shares = ", ".join(f"first {n}: {(found < n).sum()} of {len(found)}" for n in (1, 3, 5))
        print(f"a procedure that was done next, {name}: {shares}")


if __name__ == "__main__":
    engine = Engine(load_network("als_mimics"), "flat")
    timings(engine, read_cases(CASES, "post"))
    recommended(engine, read_cases(CASES, "pre"), read_cases(CASES, "post"))
