"""Cohorts to be scored, and what the command `score` leaves of them."""

import csv

import numpy as np
import pandas as pd
from click.testing import CliRunner

from dxnet.cli import main


def cohort(net, rows, seed=0):
    """Cases with about a fifth of the findings, in any state."""
    rng = np.random.default_rng(seed)
    columns = {"id": [f"case {i}" for i in range(rows)]}
    for finding in net.findings:
        states = np.array([*net.states(finding), None], dtype=object)
        p = [0.2 / (len(states) - 1)] * (len(states) - 1) + [0.8]
        columns[finding] = rng.choice(states, rows, p=p)
    return pd.DataFrame(columns)


def errors_of(output):
    with output.with_name(f"{output.name}.errors.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def run(*arguments):
    return CliRunner().invoke(main, ["score", *map(str, arguments)])
