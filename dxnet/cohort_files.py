"""Cohorts in files: scored part by part, resumed after an interruption, here or on a Dask cluster.

Each part is written under another name and renamed, so that a part that is there is whole. The parts become
the output in their order, whatever the order in which they were done: a run that was broken off and resumed
writes the same bytes as one that was not.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.feather
import pyarrow.parquet as pq
from tqdm import tqdm

from dxnet.cohort import LABELS, odd_columns, score_rows
from dxnet.engine import Engine
from dxnet.errors import CaseError, Issue
from dxnet.load import load_network
from dxnet.network import Network

ROWS = 1 << 15
"""Most rows of a part."""
_MANIFEST = "manifest.json"
Part = tuple[int, int]
"""A row group and a number in it."""


@dataclass(frozen=True)
class Job:
    """A file of cases to score.

    Args:
        source: ``.parquet`` or ``.csv``.
        output: ``.parquet``.
        network: name or directory.
        setting, backend: as for ``Engine``.
    """

    source: Path
    output: Path
    network: str
    setting: str
    backend: str

    @property
    def directory(self) -> Path:
        """Where the parts are until the output is there."""
        return self.output.with_name(f"{self.output.name}.parts")

    @property
    def errors(self) -> Path:
        """The report of cells that cannot be read."""
        return self.output.with_name(f"{self.output.name}.errors.csv")

    def file(self, part: Part) -> Path:
        """Where a part is kept."""
        return self.directory / "{:06}-{:06}.arrow".format(*part)

    def manifest(self) -> dict[str, object]:
        """What decides about the content of the parts."""
        with self.source.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return {"source": digest, **_provenance(self), "backend": self.backend, "rows of a part": ROWS}


@lru_cache(maxsize=2)
def _engine(network: str, setting: str, backend: str) -> Engine:
    return Engine(load_network(network), setting, backend)


def engine_of(job: Job) -> Engine:
    """The engine of a job, one in each process."""
    return _engine(job.network, job.setting, job.backend)


class Cohort:
    """The rows of a file as batches, the same each time; of its columns the findings and the id."""

    def __init__(self, path: Path, network: Network):
        self.path, self.network = path, network
        if path.suffix not in (".parquet", ".csv"):
            fix = "give a .parquet or .csv file"
            raise CaseError([Issue("error", path.name, f"cannot score {path.suffix or 'such'} files", fix)])
        self.is_parquet = path.suffix == ".parquet"
        self.ragged: list[tuple[str, str, str]] = []
        self.columns: list[str] = (
            self._file().schema_arrow if self.is_parquet else self._stream().schema
        ).names
        self.issues = odd_columns(network, self.columns)

    @property
    def groups(self) -> range:
        """The row groups; a CSV file is one."""
        return range(self._file().num_row_groups if self.is_parquet else 1)

    @property
    def rows(self) -> int | None:
        """How many rows, where the file says so."""
        return self._file().metadata.num_rows if self.is_parquet else None

    def parts(self, group: int) -> Iterator[tuple[Part, pa.RecordBatch]]:
        """The rows of a group, at most so many at once as fit into a part."""
        self.ragged.clear()
        batches = (
            self._file().iter_batches(ROWS, row_groups=[group], columns=self._wanted(self.columns))
            if self.is_parquet
            else self._stream()
        )
        yield from (((group, number), batch) for number, batch in enumerate(batches))

    def _wanted(self, columns: list[str]) -> list[str]:
        return [name for name in columns if name in self.network.findings or name == LABELS[0]]

    def _file(self) -> pq.ParquetFile:
        return pq.ParquetFile(self.path, read_dictionary=list(self.network.findings), memory_map=True)

    def _stream(self) -> pa.csv.CSVStreamingReader:
        with self.path.open(encoding="utf-8-sig") as file:
            header = file.readline()
        separator = max(",;\t", key=header.count)
        columns = [name.strip('"') for name in header.rstrip("\r\n").split(separator)]

        def ragged(row: pa.csv.InvalidRow) -> str:
            message = (
                f"has {row.actual_columns} cells, but there are {row.expected_columns} columns; left out"
            )
            self.ragged.append((f"line {row.number}", "", message))
            return "skip"

        return pa.csv.open_csv(
            self.path,
            read_options=pa.csv.ReadOptions(use_threads=False, block_size=1 << 22),
            parse_options=pa.csv.ParseOptions(
                delimiter=separator, newlines_in_values=True, invalid_row_handler=ragged
            ),
            convert_options=pa.csv.ConvertOptions(
                column_types=dict.fromkeys(columns, pa.string()),
                include_columns=self._wanted(columns) or None,
                null_values=[""],
                strings_can_be_null=True,
            ),
        )


def score_part(job: Job, part: Part, batch: pa.RecordBatch) -> Part:
    """Score one part and keep it, with what cannot be read in it."""
    scored, faults = score_rows(engine_of(job), pa.Table.from_batches([batch]))
    told = json.dumps([(fault.row, fault.column, fault.message) for fault in faults])
    _keep(
        job.file(part),
        lambda path: pa.feather.write_feather(
            scored.replace_schema_metadata({"faults": told}), path, compression="uncompressed"
        ),
    )
    return part


def score_group(job: Job, group: int) -> tuple[list[Part], list[tuple[str, str, str]]]:
    """Score what is not there yet of a row group: the task of a worker on a cluster."""
    cohort, parts = Cohort(job.source, engine_of(job).network), []
    for part, batch in cohort.parts(group):
        parts.append(part if job.file(part).exists() else score_part(job, part, batch))
    return parts, cohort.ragged


@dataclass
class Summary:
    """What became of the rows."""

    issues: list[Issue]
    rows: int = 0
    unreadable: int = 0
    impossible: int = 0
    left_out: int = 0


def score_file(job: Job, *, threads: int = 1, scheduler: str = "", resume: bool = False) -> Summary:
    """Score a file of cases.

    Args:
        job: what to score, with what, and where to put it.
        threads: how many parts to score at once on this machine.
        scheduler: address of a Dask scheduler, whose workers see the same files, to do it instead.
        resume: go on with a run that was broken off.

    Raises:
        CaseError: the files are at fault, or an unfinished run is in the way.
    """
    cohort = Cohort(job.source, engine_of(job).network)
    _prepare(job, resume)
    parts = _on_cluster(job, cohort, scheduler) if scheduler else _here(job, cohort, threads)
    summary = Summary(cohort.issues)
    output, errors = (path.with_name(f"{path.name}.unfinished") for path in (job.output, job.errors))
    with ExitStack() as stack:
        bar = stack.enter_context(tqdm(total=cohort.rows, unit=" rows", unit_scale=True, disable=None))
        report = csv.writer(stack.enter_context(errors.open("w", newline="", encoding="utf-8")))
        report.writerow(["row", "column", "problem"])
        writer = None
        for part in parts:
            table = pa.feather.read_table(job.file(part), memory_map=True)
            faults = json.loads(table.schema.metadata[b"faults"])
            report.writerows([summary.rows + row + 1, column, message] for row, column, message in faults)
            table = table.replace_schema_metadata(_provenance(job))
            writer = writer or stack.enter_context(
                pq.ParquetWriter(output, table.schema, use_dictionary=["first", "second", "status"])
            )
            writer.write_table(table, row_group_size=len(table))
            _count(summary, table)
            bar.update(len(table))
        report.writerows(cohort.ragged)
        summary.left_out = len(cohort.ragged)
    if writer is None:
        errors.unlink()
        raise CaseError([Issue("error", job.source.name, "has no rows", "write one case a row")])
    output.replace(job.output)
    if summary.unreadable or summary.left_out:
        errors.replace(job.errors)
    else:
        errors.unlink()
        job.errors.unlink(missing_ok=True)
    shutil.rmtree(job.directory)
    return summary


def _here(job: Job, cohort: Cohort, threads: int) -> Iterator[Part]:
    """The parts in order, some scored ahead by other threads: the kernels do without Python's lock."""
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[Part]] = deque()
        for group in cohort.groups:
            for part, batch in cohort.parts(group):
                task = _known if job.file(part).exists() else score_part
                waiting.append(pool.submit(task, job, part, batch))
                if len(waiting) > threads + 1:
                    yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _known(job: Job, part: Part, batch: pa.RecordBatch) -> Part:
    return part


def _on_cluster(job: Job, cohort: Cohort, scheduler: str) -> Iterator[Part]:
    """The parts in order, scored group by group by the workers of a cluster."""
    from distributed import Client

    with Client(scheduler) as client:  # type: ignore[no-untyped-call]
        for task in client.map(score_group, [job] * len(cohort.groups), cohort.groups, pure=False):
            parts, ragged = task.result()
            cohort.ragged += ragged
            yield from parts


def _count(summary: Summary, table: pa.Table) -> None:
    summary.rows += len(table)
    for status in table.column("status").value_counts().to_pylist():
        if status["values"] == "unreadable":
            summary.unreadable += status["counts"]
        elif status["values"] == "impossible":
            summary.impossible += status["counts"]


def _provenance(job: Job) -> dict[str, str]:
    network, setting = engine_of(job).network, engine_of(job).setting
    about = {"network": network.name, "version": network.version, "fingerprint": network.fingerprint}
    return {**about, "setting": setting, "dxnet": version("dxnet")}


def _prepare(job: Job, resume: bool) -> None:
    """Make the directory of the parts, or see that those in it are of the same run."""
    manifest, file = job.manifest(), job.directory / _MANIFEST
    if not job.directory.exists():
        job.directory.mkdir(parents=True)
        _keep(file, lambda path: path.write_text(json.dumps(manifest, indent=2), encoding="utf-8"))
        return
    where = str(job.directory)
    if not resume:
        fix = "add --resume to go on with it, or delete the directory"
        raise CaseError([Issue("error", where, "holds a run that was broken off", fix)])
    before = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    changed = [name for name in manifest if manifest[name] != before.get(name)]
    if changed:
        fix = "delete the directory to begin anew"
        raise CaseError([Issue("error", where, f"is of a run with another {', '.join(changed)}", fix)])


def _keep(path: Path, write: Callable[[Path], Any]) -> None:
    """Write a file so that it is whole or not there."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    write(unfinished)
    unfinished.replace(path)
