"""Ids that stand more than once in a cohort, found in the memory of a number a row."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from dxnet.errors import Issue
from dxnet.formats.delimited.columns import first_repetition, repeated_id

_FIRST_BYTES = np.array([(1 << 8 * n) - 1 for n in range(9)], np.uint64)
"""The bits of the first n of eight bytes."""


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
            ids = part.column("id").combine_chunks()
            kept = np.flatnonzero(pc.greater(pc.binary_length(ids), 0).fill_null(False))
            self._hashes.append(hashes_of(ids)[kept])
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


def hashes_of(texts: pa.StringArray) -> NDArray[np.int64]:
    """A number of 64 bits for each text, which another hardly ever has; that of a missing one means nothing.

    No text becomes an object of Python, whose lock would hold up the threads that score. Eight bytes at a
    time are mixed by the finaliser of SplitMix64: Steele GL, Lea D, Flood CH. Fast splittable pseudorandom
    number generators. OOPSLA 2014, doi:10.1145/2660193.2660195.

    >>> first, second, third = hashes_of(pa.array(["case 1", "case 2", "case 1"])).tolist()
    >>> first == third, first == second
    (True, False)
    """
    _, places, letters = texts.buffers()
    ends = np.frombuffer(places, np.int32)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    starts, lengths = ends[:-1], np.diff(ends)
    text = np.frombuffer(letters.to_pybytes() + bytes(8), np.uint8)
    eight_from = np.ndarray(len(text) - 7, "<u8", text, strides=(1,))
    hashes = _mixed(lengths.astype(np.uint64))
    for done in range(0, int(lengths.max(initial=0)), 8):
        goes_on = lengths > done
        rows = slice(None) if goes_on.all() else np.flatnonzero(goes_on)
        left = eight_from[starts[rows] + done] & _FIRST_BYTES[np.minimum(lengths[rows] - done, 8)]
        hashes[rows] = _mixed(hashes[rows] ^ left)
    return hashes.view(np.int64)


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Numbers of which each bit depends on each bit of those given, which it changes."""
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1)):
        numbers ^= numbers >> np.uint64(shift)
        numbers *= np.uint64(factor)
    return numbers


def _id_at(output: Path, row: int) -> str:
    file = pq.ParquetFile(output)
    for group in range(file.num_row_groups):
        size = file.metadata.row_group(group).num_rows
        if row < size:
            return str(file.read_row_group(group, ["id"]).column("id")[row].as_py())
        row -= size
    raise IndexError(row)
