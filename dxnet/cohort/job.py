"""Cohorts in files: scored part by part, resumed after an interruption, here or on a Dask cluster.

Each part is written under another name and renamed, so that a part that is there is whole. The parts become
the output in their order, whatever the order in which they were done: a run that was interrupted and resumed
writes the same bytes as one that was not.
"""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
from tqdm import tqdm

from dxnet.cohort.cluster import connected, done_by_workers
from dxnet.cohort.read import MAX_CHUNK_ROWS, ChunkId, Source, SourceRows, open_source
from dxnet.cohort.repeated import RepeatedIds
from dxnet.cohort.score import STATUSES, Precision, score_rows
from dxnet.errors import CaseError, Issue
from dxnet.formats.networks.load import load_network
from dxnet.inference.engine import Engine
from dxnet.whole_files import only_writer, whole_file, write_whole
from dxnet.words import without_formula

if TYPE_CHECKING:
    from distributed import Client

_MANIFEST = "manifest.json"
_WORD_COLUMNS = ["first", "second", "status"]
"""Columns of few different words: kept by a dictionary, and with the least and the last of them. Of numbers
that hardly ever recur either would only take time."""
_LINE_COLUMN = "line"
"""A column of the parts that the output does not have: where each row begins in its file."""


@dataclass(frozen=True)
class Job:
    """A file of cases to score.

    Args:
        source: ``.parquet`` or ``.csv``.
        output: ``.parquet``.
        network: name or directory.
        setting, backend: as for ``Engine``.
        precision: as for ``score``.
    """

    source: Path
    output: Path
    network: str
    setting: str
    backend: str
    precision: Precision = "float64"

    @property
    def directory(self) -> Path:
        """Directory of the parts until the output is complete."""
        return self.output.with_name(f"{self.output.name}.parts")

    @property
    def errors(self) -> Path:
        """The report of cells that cannot be read."""
        return self.output.with_name(f"{self.output.name}.errors.csv")

    def file(self, part: ChunkId) -> Path:
        """File of a part."""
        return self.directory / "{:06}-{:06}.arrow".format(*part)

    def manifest(self) -> dict[str, object]:
        """Everything that determines the content of the parts."""
        with self.source.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return {
            "source": digest,
            **_job_provenance(self),
            "backend": self.backend,
            "precision": self.precision,
            "rows of a part": MAX_CHUNK_ROWS,
            "set of statuses": list(STATUSES),
        }


@lru_cache(maxsize=2)
def _worker_engine(network: str, setting: str, backend: str) -> Engine:
    return Engine(load_network(network), setting, backend)


def engine_of(job: Job) -> Engine:
    """The engine of a job, one in each process."""
    return _worker_engine(job.network, job.setting, job.backend)


def score_part(job: Job, part: ChunkId, rows: SourceRows) -> ChunkId:
    """Score one part and keep it, with its lines and with what cannot be read in it."""
    table = pa.Table.from_batches([rows.cells])
    scored, faults = score_rows(engine_of(job), table, precision=job.precision)
    cells = json.dumps([(fault.row, fault.column, fault.message) for fault in faults])
    if rows.lines is not None:
        scored = scored.append_column(_LINE_COLUMN, pa.array(rows.lines))
    kept = scored.replace_schema_metadata({"faults": cells})
    with whole_file(job.file(part)) as beside:
        pa.feather.write_feather(kept, beside, compression="uncompressed")
    return part


def score_group(job: Job, group: int) -> tuple[list[ChunkId], list[Issue], int, list[Issue]]:
    """Score the parts of a row group that are not done yet: the task of a worker on a cluster.

    Returns:
        The parts, and of their source ``refused``, ``refused_rows`` and ``issues``.
    """
    source, parts = open_source(job.source, engine_of(job).network), []
    for part, rows in source.parts(group):
        parts.append(part if job.file(part).exists() else score_part(job, part, rows))
    return parts, source.refused, source.refused_rows, source.issues


@dataclass
class Summary:
    """Number of rows: scored, without a finding, unreadable, impossible, left out; the issues of the file."""

    issues: list[Issue] = field(default_factory=list)
    rows: int = 0
    without_findings: int = 0
    unreadable: int = 0
    impossible: int = 0
    left_out: int = 0

    def add(self, table: pa.Table) -> None:
        """Count the rows of one more part."""
        pairs = table.column("status").value_counts().to_pylist()
        counts = {pair["values"]: pair["counts"] for pair in pairs}
        self.rows += len(table)
        self.without_findings += counts.get("no findings", 0)
        self.unreadable += counts.get("unreadable", 0)
        self.impossible += counts.get("impossible", 0)


def score_file(job: Job, *, threads: int = 1, scheduler: str = "", resume: bool = False) -> Summary:
    """Score a file of cases.

    Args:
        job: the file to score, the engine, and the output.
        threads: number of parts to score at once on this machine.
        scheduler: address of a Dask scheduler whose workers see the same files, to score there instead.
        resume: continue an interrupted run.

    Raises:
        CaseError: the files are at fault, or an unfinished run, or one that still goes on, is in the way.
        BackendError: the cluster cannot be reached, or its workers fail.
    """
    if job.output.suffix != ".parquet":
        message = f"cannot write {job.output.suffix or 'such'} files"
        raise CaseError([Issue("error", job.output.name, message, "write a .parquet file")])
    if job.output.is_dir() or not job.output.parent.is_dir() or job.source in (job.output, job.errors):
        fix = "give a file, other than the source, in a directory that is there"
        raise CaseError([Issue("error", str(job.output), "cannot be written", fix)])
    source = open_source(job.source, engine_of(job).network)
    with ExitStack() as stack:
        client = stack.enter_context(connected(scheduler)) if scheduler else None
        stack.enter_context(only_writer(job.output))
        _prepare(job, resume)
        parts = _on_cluster(job, source, client) if client else _here(job, source, threads)
        try:
            return _join_parts(job, source, parts)
        except BaseException as problem:
            for path in (job.output, job.errors):
                _unfinished(path).unlink(missing_ok=True)
            if isinstance(problem, CaseError):  # a fault of the input will be there the next time
                shutil.rmtree(job.directory)
            raise


def _join_parts(job: Job, source: Source, parts: Iterable[ChunkId]) -> Summary:
    """Write the output and the report of errors, part by part; then delete the parts."""
    summary, about, writer, ids = Summary(), _job_provenance(job), None, RepeatedIds()
    with ExitStack() as stack:
        bar = stack.enter_context(tqdm(total=source.rows, unit=" rows", unit_scale=True, disable=None))
        file = stack.enter_context(_unfinished(job.errors).open("w", newline="", encoding="utf-8"))
        report = csv.writer(file)
        report.writerow(["row", "line", "id", "column", "problem"])
        for part in parts:
            table = pa.feather.read_table(job.file(part), memory_map=True)
            faults, lines = json.loads(table.schema.metadata[b"faults"]), None
            if _LINE_COLUMN in table.column_names:
                lines, table = table.column(_LINE_COLUMN).to_numpy(), table.drop_columns(_LINE_COLUMN)
            places = lines if lines is not None else [""] * len(table)
            names = table.column("id") if "id" in table.column_names else pa.nulls(len(table))
            for row, *problem in faults:
                report.writerow(
                    [summary.rows + row + 1, places[row], without_formula(names[row].as_py()), *problem]
                )
            ids.add(table, lines)
            table = table.replace_schema_metadata(about)
            writer = writer or stack.enter_context(_parquet_writer(_unfinished(job.output), table.schema))
            writer.write_table(table, row_group_size=len(table))
            summary.add(table)
            bar.update(len(table))
        for issue in source.refused:
            report.writerow(["", issue.where.rpartition(":")[2], "", "", f"{issue.message}; {issue.fix}"])
    if writer is None:
        raise CaseError([Issue("error", job.source.name, "has no rows", "write one case per row")])
    summary.issues = [*source.issues, *ids.issues(job.source.name, _unfinished(job.output))]
    summary.left_out = source.refused_rows
    job.errors.unlink(missing_ok=True)
    if summary.unreadable or summary.left_out:
        _unfinished(job.errors).replace(job.errors)
    else:
        _unfinished(job.errors).unlink()
    _unfinished(job.output).replace(job.output)
    shutil.rmtree(job.directory.rename(_done(job)))
    return summary


def _parquet_writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """What writes the output: numbers as they are, as compression would not make them shorter."""
    return pq.ParquetWriter(
        path,
        schema,
        use_dictionary=_WORD_COLUMNS,
        write_statistics=_WORD_COLUMNS,
        compression={name: "snappy" if name in ("id", *_WORD_COLUMNS) else "none" for name in schema.names},
        write_batch_size=MAX_CHUNK_ROWS,
    )


def _done(job: Job) -> Path:
    """Name of the parts while they are deleted, so that no later run takes the rest for its own."""
    return job.directory.with_name(f"{job.directory.name}.done")


def _unfinished(path: Path) -> Path:
    return path.with_name(f"{path.name}.unfinished")


def _here(job: Job, source: Source, threads: int) -> Iterator[ChunkId]:
    """The parts in order, some scored ahead by other threads: the kernels do without Python's lock."""
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[ChunkId]] = deque()
        for group in source.groups:
            for part, rows in source.parts(group):
                task = _known_columns if job.file(part).exists() else score_part
                waiting.append(pool.submit(task, job, part, rows))
                if len(waiting) > threads + 1:
                    yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _known_columns(job: Job, part: ChunkId, rows: SourceRows) -> ChunkId:
    return part


def _on_cluster(job: Job, source: Source, client: Client) -> Iterator[ChunkId]:
    """The parts in order, scored group by group by the workers of a cluster."""
    groups = source.groups
    for parts, *told in done_by_workers(client, score_group, [job] * len(groups), groups):
        source.refused, source.refused_rows, source.issues = told
        yield from parts


def _job_provenance(job: Job) -> dict[str, str]:
    network, setting = engine_of(job).network, engine_of(job).setting
    about = {"network": network.name, "version": network.version, "fingerprint": network.fingerprint}
    return {**about, "setting": setting, "dxnet": version("dxnet")}


def _prepare(job: Job, resume: bool) -> None:
    """Make the directory of the parts, or see that those in it are of the same run."""
    manifest, file = job.manifest(), job.directory / _MANIFEST
    shutil.rmtree(_done(job), ignore_errors=True)
    if not file.exists():
        shutil.rmtree(job.directory, ignore_errors=True)
        job.directory.mkdir()
        write_whole(file, json.dumps(manifest, indent=2).encode())
        return
    where = str(job.directory)
    if not resume:
        fix = "add --resume to continue it, or delete the directory"
        raise CaseError([Issue("error", where, "holds an interrupted run", fix)])
    try:
        before = dict(json.loads(file.read_text(encoding="utf-8")))
    except (ValueError, TypeError):
        before = {}
    changed = [name for name in manifest if manifest[name] != before.get(name)]
    if changed:
        fix = "delete the directory to start again"
        raise CaseError([Issue("error", where, f"is of a run with another {', '.join(changed)}", fix)])
