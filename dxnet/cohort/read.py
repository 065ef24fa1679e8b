"""Files of cases, one per row: read in parts that are the same each time."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from dxnet.errors import CaseError, Issue, file_fault
from dxnet.formats.delimited.rows import DelimitedFile
from dxnet.knowledge.columns import LABEL_COLUMNS, finding_columns
from dxnet.knowledge.network import Network

MAX_CHUNK_ROWS = 1 << 15
"""Most rows of a part of a parquet file."""
ChunkId = tuple[int, int]
"""A row group and a number in it."""


@dataclass(frozen=True, eq=False)
class SourceRows:
    """The rows of a part, and the line of the file where each begins, if the file has lines."""

    cells: pa.RecordBatch
    lines: NDArray[np.int64] | None = None


class Source(ABC):
    """The rows of a file: the columns of findings and one other, by default the id.

    Attributes:
        columns: the names of all.
        issues: columns that the network does not know, and what else is odd once all were read.
        rows: how many, where the file says so.
        groups: row groups, which can be read apart from each other.
        refused: rows that are left out as they cannot be read, once all were read; some may be counted alone.
        refused_rows: how many.

    Raises:
        CaseError: the file cannot be read, or has no finding.
    """

    rows: int | None = None
    groups: range = range(1)

    def __init__(self, path: Path, network: Network, label: str = LABEL_COLUMNS[0]):
        self.path, self.network, self.label = path, network, label
        self.refused: list[Issue] = []
        self.refused_rows = 0
        self.columns, self.issues = self._open()
        self.wanted = [name for name in self.columns if name in network.findings or name == label]

    def parts(self, group: int) -> Iterator[tuple[ChunkId, SourceRows]]:
        """The rows of a group."""
        for number, rows in enumerate(self._batches(group)):
            yield (group, number), rows

    @abstractmethod
    def _open(self) -> tuple[list[str], list[Issue]]:
        """The names of all columns, and what is odd about them."""

    @abstractmethod
    def _batches(self, group: int) -> Iterable[SourceRows]: ...


class Parquet(Source):
    """A parquet file: its own row groups."""

    def _open(self) -> tuple[list[str], list[Issue]]:
        try:
            file = pq.ParquetFile(self.path)
        except (OSError, pa.ArrowException) as problem:
            raise self._unreadable(problem) from None
        self.rows, self.groups = file.metadata.num_rows, range(file.num_row_groups)
        self._footer, self._schema = file.metadata, file.schema_arrow
        stated = list(self._schema.names)
        columns, issues = finding_columns(self.network, self.path.name, stated, self.label)
        self._stated = dict(zip(columns, stated, strict=True))
        return columns, issues

    def _batches(self, group: int) -> Iterable[SourceRows]:
        try:
            findings = [name for name in self.wanted if name != self.label]
            stated = [self._stated[name] for name in self.wanted]
            words = [self._stated[name] for name in findings]
            words = [name for name in words if _is_text(self._schema.field(name).type)]
            file = pq.ParquetFile(self.path, metadata=self._footer, read_dictionary=words, memory_map=True)
            for batch in file.iter_batches(
                MAX_CHUNK_ROWS, row_groups=[group], columns=stated, use_threads=False
            ):
                cells = {name: batch.column(self._stated[name]) for name in self.wanted}
                yield SourceRows(pa.RecordBatch.from_pydict(cells))
        except (OSError, pa.ArrowException) as problem:
            raise self._unreadable(problem) from None

    def _unreadable(self, problem: Exception) -> CaseError:
        if isinstance(problem, OSError) and problem.errno:
            where = self.path.name if os.path.exists(self.path) else self.path
            return CaseError([file_fault(where, problem)])
        reason = str(problem).splitlines()[0] if str(problem) else "it is empty"
        return CaseError([Issue("error", self.path.name, f"is no table: {reason}")])


def _is_text(kind: pa.DataType) -> bool:
    """Whether a column is of text, which is then read as a dictionary without making it first."""
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


class Csv(Source):
    """Delimited text, by the rules of ``DelimitedFile``: one group."""

    def _open(self) -> tuple[list[str], list[Issue]]:
        known = (*self.network.findings, *LABEL_COLUMNS, self.label)
        self._file = file = DelimitedFile(self.path, self.path.name, known)
        return finding_columns(self.network, file.header, file.columns, self.label)

    def _batches(self, group: int) -> Iterable[SourceRows]:
        for rows in self._file.batches():
            named = dict(zip(self.columns, rows.cells.columns, strict=True))
            yield SourceRows(
                pa.RecordBatch.from_pydict({name: named[name] for name in self.wanted}), rows.lines
            )
        self.refused, self.refused_rows = self._file.refused, self._file.refused_rows
        self.issues = list(dict.fromkeys([*self._file.issues, *self.issues]))


SOURCES: dict[str, type[Source]] = {".parquet": Parquet, ".csv": Csv}


def open_source(path: Path, network: Network, label: str = LABEL_COLUMNS[0]) -> Source:
    """The rows of a file, by the kind that its name says.

    Raises:
        CaseError: of an unknown kind, cannot be read, or has no finding.
    """
    kind = SOURCES.get(path.suffix.lower())
    if kind is None:
        if path.is_dir():
            raise CaseError([Issue("error", path.name, "is a directory", "name a file in it")])
        message, fix = f"cannot read {path.suffix or 'such'} files", "give a .parquet or .csv file"
        if path.suffix.lower() in (".yaml", ".yml", ".json", ".jsonl", ".ndjson"):
            fix = f"{fix}, or answer its cases with 'dxnet diagnose'"
        raise CaseError([Issue("error", path.name, message, fix)])
    return kind(path, network, label)
