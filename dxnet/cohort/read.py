"""Files of cases, one a row: read in parts that are the same each time."""

from __future__ import annotations

import csv
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from dxnet.cohort.score import LABELS, odd_columns
from dxnet.errors import CaseError, Issue
from dxnet.knowledge.network import Network

ROWS = 1 << 15
"""Most rows of a part of a parquet file."""
BYTES = 1 << 22
"""Size of a part of a CSV file."""
_PROBLEMS = (OSError, UnicodeDecodeError, csv.Error, pa.ArrowException)
Part = tuple[int, int]
"""A row group and a number in it."""


class Source(ABC):
    """The rows of a file; of its columns the findings and one that is none (the id, unless told otherwise).

    Attributes:
        columns: the names of all.
        issues: columns that the network does not know.
        rows: how many, where the file says so.
        groups: row groups, which can be read apart from each other.
        left_out: record and reason of the rows that do not have the cells they should, once all were read.

    Raises:
        CaseError: the file cannot be read, or has no finding.
    """

    rows: int | None = None
    groups: range = range(1)

    def __init__(self, path: Path, network: Network, label: str = LABELS[0]):
        self.path, self.network, self.broken = path, network, ""
        self.left_out: list[tuple[str, str]] = []
        try:
            self.columns = columns = self._open()
        except FileNotFoundError:
            raise CaseError([Issue("error", str(path), "no such file", "check the path")]) from None
        except _PROBLEMS as problem:
            raise self._unreadable(problem) from None
        self.issues = odd_columns(network, columns, label)
        self.wanted = [name for name in columns if name in network.findings or name == label]

    def parts(self, group: int) -> Iterator[tuple[Part, pa.RecordBatch]]:
        """The rows of a group."""
        try:
            for number, batch in enumerate(self._batches(group)):
                yield (group, number), batch
        except _PROBLEMS as problem:
            raise self._unreadable(problem) from None

    @abstractmethod
    def _open(self) -> list[str]:
        """The names of all columns."""

    @abstractmethod
    def _batches(self, group: int) -> Iterable[pa.RecordBatch]: ...

    def _unreadable(self, problem: Exception) -> CaseError:
        reason = self.broken or (str(problem).splitlines()[0] if str(problem) else "it is empty")
        return CaseError([Issue("error", self.path.name, f"is no table: {reason}")])


class Parquet(Source):
    """A parquet file: its own row groups."""

    def _open(self) -> list[str]:
        file = pq.ParquetFile(self.path)
        self.rows, self.groups = file.metadata.num_rows, range(file.num_row_groups)
        return list(file.schema_arrow.names)

    def _batches(self, group: int) -> Iterable[pa.RecordBatch]:
        schema = pq.read_schema(self.path)
        text = [name for name in self.wanted if _is_text(schema.field(name).type)]
        file = pq.ParquetFile(self.path, read_dictionary=text, memory_map=True)
        yield from file.iter_batches(ROWS, row_groups=[group], columns=self.wanted)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


class Csv(Source):
    """A CSV file, separated by commas, semicolons or tabs: one group."""

    def _open(self) -> list[str]:
        headers = {separator: self._header(separator) for separator in ",;\t"}
        known = {*self.network.findings, *LABELS}
        self.separator = max(headers, key=lambda s: (len(known.intersection(headers[s])), len(headers[s])))
        if not headers[self.separator]:
            raise pa.ArrowInvalid("it is empty")
        return headers[self.separator]

    def _header(self, separator: str) -> list[str]:
        with self.path.open(encoding="utf-8-sig", newline="") as file:
            return next(filter(None, csv.reader(file, delimiter=separator)), [])

    def _batches(self, group: int) -> Iterable[pa.RecordBatch]:
        self.left_out.clear()

        def leave_out(row: pa.csv.InvalidRow) -> str:
            cells = f"has {row.actual_columns} cells, but there are {row.expected_columns} columns"
            if lines := row.text.count("\n"):
                self.broken = f"record {row.number} {cells}, over {lines + 1} lines: close its quote"
                return "error"
            self.left_out.append((f"record {row.number}", f"{cells}; left out"))
            return "skip"

        yield from pa.csv.open_csv(
            self.path,
            read_options=pa.csv.ReadOptions(use_threads=False, block_size=BYTES),
            parse_options=pa.csv.ParseOptions(
                delimiter=self.separator, newlines_in_values=True, invalid_row_handler=leave_out
            ),
            convert_options=pa.csv.ConvertOptions(
                column_types=dict.fromkeys(self.wanted, pa.string()),
                include_columns=self.wanted,
                null_values=[""],
                strings_can_be_null=True,
            ),
        )


SOURCES: dict[str, type[Source]] = {".parquet": Parquet, ".csv": Csv}


def open_source(path: Path, network: Network, label: str = LABELS[0]) -> Source:
    """The rows of a file, by the kind that its name says.

    Raises:
        CaseError: of an unknown kind, cannot be read, or has no finding.
    """
    if path.suffix not in SOURCES:
        message, fix = f"cannot read {path.suffix or 'such'} files", "give a .parquet or .csv file"
        raise CaseError([Issue("error", path.name, message, fix)])
    return SOURCES[path.suffix](path, network, label)
