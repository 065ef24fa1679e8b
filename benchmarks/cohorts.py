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
CHILD = """
import json, resource, sys, time
from pathlib import Path
from dxnet.cohort.job import Job, engine_of, score_file
source, output, threads = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
job = Job(source, output, "als_mimics", "", "compiled")
engine_of(job).ask_rows(["age"], __import__("numpy").zeros((1, 1), int))
start = time.perf_counter()
summary = score_file(job, threads=threads)
seconds = time.perf_counter() - start
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
print(json.dumps([summary.rows, seconds, time.process_time(), memory]))
"""


def write_cohort(path, rows):
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
            codes = pa.array(state[finding], mask=unknown)
            columns[finding] = pa.DictionaryArray.from_arrays(codes, list(network.states(finding)))
        table = pa.table(columns)
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    writer.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as directory:
        source, output = Path(directory) / "cohort.parquet", Path(directory) / "scored.parquet"
        write_cohort(source, int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
        for threads in (1, 2):
            command = [sys.executable, "-c", CHILD, source, output, str(threads)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            rows, seconds, busy, memory = json.loads(done.stdout)
            print(
                f"{threads} threads: {rows:,} rows in {seconds:.1f} s, {rows / seconds:,.0f} rows a second, "
                f"{rows / busy:,.0f} a second of processor time; peak memory {memory:.2f} GB"
            )
