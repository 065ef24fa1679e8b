"""Ids that stand more than once in a cohort, found in the memory of a number a row."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from dxnet.errors import Issue
from dxnet.knowledge.columns import first_repetition, repeated_id


class RepeatedIds:
    """The ids of a cohort, added part by part; their rows are counted from 1 over all parts."""

    def __init__(self) -> None:
        self._hashes: list[NDArray[np.int64]] = []
        self._rows: list[NDArray[np.int32]] = []
        self._lines: list[NDArray[np.int32]] = []
        self._count, self._lined = 0, False

    def add(self, part: pa.Table, lines: NDArray[np.int64] | None) -> None:
        """Take the ids of a part, and the lines of its rows if it has any."""
        if "id" in part.column_names:
            ids = part.column("id")
            kept = np.flatnonzero(pc.greater(pc.binary_length(ids), 0).fill_null(False).to_numpy())
            hashes = np.fromiter(map(hash, ids.to_numpy()), np.int64, len(ids))
            self._hashes.append(hashes[kept])
            self._rows.append(kept.astype(np.int32) + np.int32(self._count))
            self._lines.append((np.arange(len(ids)) if lines is None else lines)[kept].astype(np.int32))
            self._lined = lines is not None
        self._count += len(part)

    def issues(self, name: str, output: Path) -> list[Issue]:
        """A notice where ids stand more than once.

        Args:
            name: of the file of cases.
            output: parquet file of all parts, with their column ``id``.
        """
        found = first_repetition(np.concatenate(self._hashes)) if self._hashes else None
        if not found:
            return []
        first, second, count = found
        rows = np.concatenate(self._rows)
        places, what = (np.concatenate(self._lines), "line") if self._lined else (rows + 1, "row")
        where = f"{name}:{places[second]}" if self._lined else f"{name}: row {places[second]}"
        return [repeated_id(where, _id_at(output, int(rows[second])), f"{what} {places[first]}", count)]


def _id_at(output: Path, row: int) -> str:
    file = pq.ParquetFile(output)
    for group in range(file.num_row_groups):
        size = file.metadata.row_group(group).num_rows
        if row < size:
            return str(file.read_row_group(group, ["id"]).column("id")[row].as_py())
        row -= size
    raise IndexError(row)
