"""Rows a second of ``dxnet score`` from parquet to parquet, and its peak memory.

.venv/bin/python benchmarks/cohorts.py 5000000
"""

import json
import subprocess
import sys
import tempfile
from graphlib import TopologicalSorter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dxnet import load_network
from dxnet.inference.backends.pgmpy_model import all_tables

GROUP = 1 << 16
"""Rows of a row group."""
OBSERVED = 22
"""Mean number of findings of a case, beside age and sex."""
REPEATS = 3
"""The best of so many runs counts, as others may be at work on the machine."""
CHILD = """
import json, resource, sys, time
from pathlib import Path
from dxnet.cohort.job import Job, engine_of, score_file
source, output, threads, precision = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
job = Job(source, output, "als_mimics", "", "compiled", precision)
engine_of(job).ask_rows(["age"], __import__("numpy").zeros((1, 1), int))
start = time.perf_counter()
summary = score_file(job, threads=threads)
seconds = time.perf_counter() - start
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
print(json.dumps([summary.rows, seconds, time.process_time(), memory]))
"""


def is_measured(finding):
    """Whether a number with a unit, of one kind, decides each state of a finding."""
    if len(finding.number) != 1 or finding.number[0].unit[:1] in ("/", "+"):
        return False
    return {*finding.states} <= {*(finding.number[0].states or finding.states)}


def as_numbers(finding, states, rng):
    """Numbers that lie in some states, as they are measured: bare where the unit goes without saying."""
    (meaning,) = finding.number
    least, most = meaning.plausible
    ends = np.array([max(least, meaning.limits[0] / 2), *meaning.limits, min(most, meaning.limits[-1] * 2)])
    place = np.array([(meaning.states or finding.states).index(state) for state in finding.states])[states]
    numbers = (ends[place] + (ends[place + 1] - ends[place]) * rng.uniform(0.01, 0.99, len(place))).round(2)
    if meaning.unitless == "yes":
        return numbers
    return np.array([f"{number:g} {meaning.unit}" for number in numbers])


def write_cohort(path, rows, has_numbers=False):
    """Cases drawn from the network, a fifth of the findings examined."""
    network, rng = load_network("als_mimics"), np.random.default_rng(0)
    built = all_tables(network)
    order = list(TopologicalSorter({v: table.parents for v, table in built.items()}).static_order())
    share, writer = OBSERVED / len(network.findings), None
    for start in range(0, rows, GROUP):
        n, state = min(GROUP, rows - start), {}
        for v in order:
            p = built[v].values[(slice(None), *(state[parent] for parent in built[v].parents))]
            p = p if built[v].parents else np.repeat(p[:, None], n, axis=1)
            state[v] = (rng.random(n) > p.cumsum(axis=0)[:-1]).sum(axis=0).astype(np.int8)
        columns = {"id": pa.array([f"case {start + i}" for i in range(n)])}
        for finding in network.findings:
            unknown = rng.random(n) > (0.95 if finding in ("age", "sex") else share)
            stated = network.findings[finding]
            if has_numbers and is_measured(stated):
                columns[finding] = pa.array(as_numbers(stated, state[finding], rng), mask=unknown)
                continue
            codes = pa.array(state[finding], mask=unknown)
            columns[finding] = pa.DictionaryArray.from_arrays(codes, list(network.states(finding)))
        table = pa.table(columns)
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    writer.close()


def measure(source, output, threads, precision):
    command = [sys.executable, "-c", CHILD, source, output, str(threads), precision]
    runs = []
    for _ in range(REPEATS):
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        runs.append(json.loads(done.stdout))
    rows, seconds, busy, memory = (min(column) for column in zip(*runs, strict=True))
    return (
        f"{rows:,} rows in {seconds:.1f} s, {rows / seconds:,.0f} rows a second, "
        f"{rows / busy:,.0f} a second of processor time; peak memory {memory:.2f} GB"
    )


if __name__ == "__main__":
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as directory:
        source, output = Path(directory) / "cohort.parquet", Path(directory) / "scored.parquet"
        for has_numbers in (False, True):
            write_cohort(source, rows, has_numbers)
            kind = "numbers where the network has limits" if has_numbers else "states"
            for threads, precision in ((1, "float64"), (2, "float64"), (2, "float32")):
                print(
                    f"{kind}, {threads} threads, {precision}: {measure(source, output, threads, precision)}",
                    flush=True,
                )
