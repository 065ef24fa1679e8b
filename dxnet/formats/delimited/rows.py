"""One reader of delimited text (CSV) for case files, cohorts and uploads, with one set of rules."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.csv

from dxnet.errors import CaseError, Issue, brief, file_fault
from dxnet.formats.delimited.dialect import MEND_QUOTE, Dialect, find_dialect
from dxnet.formats.delimited.text import (
    BLOCK_BYTES,
    CONTROL,
    Lines,
    after_lines,
    has_control,
    row_breaks,
    text_blocks,
)
from dxnet.knowledge.cells import clean_cell

MOST_REFUSED = 500
"""Refused rows that are listed one by one."""
_CAREFUL_ROWS = 1 << 14
"""Rows that are parsed one by one before they are handed on."""
_DICTIONARY = pa.dictionary(pa.int32(), pa.string())


@dataclass(frozen=True, eq=False)
class TextRows:
    """Some rows of a file.

    Args:
        cells: a column of text for each named column, as Arrow dictionaries; a blank is missing.
        lines: ``int64[B]``, the line of the file in which each row begins, from 1.
    """

    cells: pa.RecordBatch
    lines: Lines


class DelimitedFile:
    """A table of cases in delimited text.

    The rules, for every file of cases in CSV:

    * The text is UTF-8, or UTF-16 or UTF-32 with a byte order mark. Lines end with CR LF, LF or CR.
    * Commas, semicolons or tabs separate the cells, as fits the header and the rows below it; a first line
      ``sep=;`` states which. A cell in double quotes may hold separators, line breaks, and doubled quotes.
    * Cells and names are trimmed of white space and of characters without width; white space inside is one
      blank. A cell of nothing else is a blank: the finding was not examined.
    * The header is the first line that is not blank. Rows of blanks alone are no cases: they are passed over,
      with a notice where they have separators.
    * A column is a finding if its name is that of one, or differs by case, blanks, hyphens and underscores
      alone, with a notice (see ``finding_columns``).
    * Columns without a name may hold blanks alone, and so may surplus cells at the end of rows. The first
      column may hold names of rows, as pandas and R write them: it is left out with a notice.
    * A file is refused if it is no such text, has no header or no rows, two columns of one name, a column
      without a name that holds something, or a quote that is not closed. A row is refused if it has too few
      or too many cells, or holds a control character.
    * A number is text like all else. Where the app offers to read numbers in bands, 62,5 is 62.5.

    Args:
        source: a path, or the bytes of the file.
        name: what complaints call it.
        known: names that columns may have; they decide between separators.

    Attributes:
        columns: the names, as they stand in the file.
        header: ``file:line`` of the header.
        refused: rows that are refused, once all were read, the first 500 one by one.
        refused_rows: how many.
        issues: what is odd, as warnings; complete once all were read.

    Raises:
        CaseError: the file is refused.

    >>> file = DelimitedFile(b"sep=;\\n id;smoking\\n\\np1;present\\np2; \\np3\\n", "a.csv")
    >>> [(rows.lines.tolist(), rows.cells.column("smoking").to_pylist()) for rows in file.batches()]
    [([4, 5], ['present', None])]
    >>> print(*file.refused)
    error: a.csv:6: has 1 cells, but there are 2 columns; leave a cell blank rather than out
    """

    def __init__(self, source: Path | bytes, name: str, known: Collection[str] = ()):
        self.name, self._source = name, source
        with self._open() as file:
            _, block = next(text_blocks(file, name), (1, b""))
        self._dialect: Dialect = find_dialect(name, block, known)
        self.columns = [column for column in self._dialect.names if column]
        self.header = f"{name}:{self._dialect.line}"
        self._count = max(k for k, column in enumerate(self._dialect.names, 1) if column)
        self._begin()

    def batches(self) -> Iterator[TextRows]:
        """The rows, some thousands at once; the same ones each time.

        Raises:
            CaseError: the file is refused, or all its rows are.
        """
        self._begin()
        rows = 0
        with self._open() as file:
            for batch in self._parsed(self._below_header(file)):
                if len(batch.lines):
                    rows += len(batch.lines)
                    yield batch
        if self._blank_rows:
            message = f"{self._blank_rows} rows hold blanks alone and are passed over, the first of them here"
            if self._blank_rows == 1:
                message = "a row holds blanks alone and is passed over"
            self.issues.append(Issue("warning", f"{self.name}:{self._first_blank}", message))
        if self.refused_rows > len(self.refused):
            message = f"{self.refused_rows - len(self.refused)} more rows like these"
            self.refused.append(Issue("error", self.name, message, "mend them, too"))
        if not rows:
            nothing = Issue("error", self.name, "has no rows below its header", "write one case per row")
            raise CaseError(self.refused or [nothing])

    def _begin(self) -> None:
        self.issues = list(self._dialect.issues)
        self.refused: list[Issue] = []
        self.refused_rows = self._blank_rows = self._first_blank = 0

    def _open(self) -> BinaryIO:
        if isinstance(self._source, bytes):
            return io.BytesIO(self._source)
        try:
            return self._source.open("rb")
        except OSError as problem:
            where = self.name if os.path.exists(self._source) else self._source
            raise CaseError([file_fault(where, problem)]) from None

    def _below_header(self, file: BinaryIO) -> Iterator[tuple[int, bytes]]:
        for line, block in text_blocks(file, self.name):
            if line == 1:
                start = after_lines(block, self._dialect.below - 1)
                line, block = self._dialect.below, block[start:]
            if block:
                yield line, block

    def _parsed(self, blocks: Iterator[tuple[int, bytes]]) -> Iterator[TextRows]:
        """The rows of the blocks, cut where rows end; where quotes are odd all that follows row by row."""
        rest, line = b"", self._dialect.below
        for _, block in blocks:
            rest += block
            breaks = row_breaks(rest, self._dialect.separator)
            end = int(breaks[-1]) + 1 if breaks is not None and len(breaks) else 0
            if breaks is None or (not end and len(rest) > 4 * BLOCK_BYTES):
                yield from self._one_by_one(chain([rest], (block for _, block in blocks)), line)
                return
            if end:
                yield from self._block(rest[:end], line, breaks)
                line, rest = line + rest.count(b"\n", 0, end), rest[end:]
        if rest:
            yield from self._one_by_one([rest], line)

    def _block(self, block: bytes, line: int, breaks: Lines) -> Iterator[TextRows]:
        """Whole rows, at once where all have the cells they should."""
        starts = np.concatenate([[0], breaks[:-1] + 1])
        filled = starts[breaks > starts]
        columns = None if has_control(block) else self._at_once(block)
        if columns is None or len(columns[0]) != len(filled):
            yield from self._one_by_one([block], line)
            return
        feeds = np.flatnonzero(np.frombuffer(block, np.uint8) == ord("\n"))
        yield self._finished([_cleaned(column) for column in columns], np.searchsorted(feeds, filled) + line)

    def _at_once(self, block: bytes) -> list[pa.DictionaryArray] | None:
        """The columns of a block, or None where a row has not the cells it should."""
        numbers = [str(number) for number in range(len(self._dialect.names))]
        try:
            table = pa.csv.read_csv(
                pa.BufferReader(block),
                read_options=pa.csv.ReadOptions(
                    use_threads=False, column_names=numbers, block_size=len(block) + 1
                ),
                parse_options=pa.csv.ParseOptions(delimiter=self._dialect.separator, newlines_in_values=True),
                convert_options=pa.csv.ConvertOptions(
                    column_types=dict.fromkeys(numbers, _DICTIONARY),
                    null_values=[""],
                    strings_can_be_null=True,
                ),
            )
        except pa.ArrowInvalid:
            return None
        return [column.unify_dictionaries().combine_chunks() for column in table.columns]

    def _one_by_one(self, blocks: Iterable[bytes], line: int) -> Iterator[TextRows]:
        """Rows parsed one by one: those are refused that have not the cells they should."""
        lines = (text for block in blocks for text in io.StringIO(block.decode(), newline="\n"))
        seen: list[str] = []
        reader = csv.reader(_remembered(lines, seen), delimiter=self._dialect.separator, strict=True)
        rows: list[list[str]] = []
        places: list[int] = []
        while True:
            place = line + reader.line_num
            seen.clear()
            try:
                cells = next(reader)
            except StopIteration:
                break
            except csv.Error as problem:
                raise CaseError([self._odd_quote(place, "".join(seen), str(problem))]) from None
            if row := self._row([clean_cell(cell) for cell in cells], place):
                rows.append(row)
                places.append(place)
            if len(rows) == _CAREFUL_ROWS:
                yield self._finished(_dictionaries(rows), np.array(places))
                rows, places = [], []
        if rows:
            yield self._finished(_dictionaries(rows), np.array(places))

    def _row(self, cells: list[str], line: int) -> list[str]:
        """The cells of a row, or none where it is blank or refused."""
        width, count = len(self._dialect.names), self._count
        if not any(cells):
            self._pass_over([line] if len(cells) > 1 else [])
            return []
        row = cells + [""] * (width - len(cells))
        where = f"{self.name}:{line}"
        if len(cells) < count or any(row[width:]):
            fix = "leave a cell blank rather than out"
            if len(cells) > count:
                fix = "put a text that holds the separator in double quotes"
            self._refuse(Issue("error", where, f"has {len(cells)} cells, but there are {count} columns", fix))
            return []
        for column, cell in zip(self._dialect.names, row, strict=False):
            if odd := CONTROL.search(cell):
                message = f"{column or 'a cell'}: holds the control character U+{ord(odd[0]):04X}"
                self._refuse(Issue("error", where, message, "remove it"))
                return []
        return row[:width]

    def _refuse(self, issue: Issue) -> None:
        self.refused_rows += 1
        if len(self.refused) < MOST_REFUSED:
            self.refused.append(issue)

    def _pass_over(self, lines: Sequence[int] | Lines) -> None:
        if len(lines):
            self._first_blank = self._first_blank or int(lines[0])
            self._blank_rows += len(lines)

    def _odd_quote(self, line: int, text: str, problem: str) -> Issue:
        """A quote that is not closed, or that something follows, in the row that begins in a line."""
        where = f"{self.name}:{line}"
        if "field limit" in problem or "end of data" in problem:
            text = text[: csv.field_size_limit()]
            begun = next(csv.reader(io.StringIO(text, newline="\n"), delimiter=self._dialect.separator))
            names = self._dialect.names
            column = names[len(begun) - 1] if len(begun) <= len(names) else ""
            begin = line + sum(cell.count("\n") for cell in begun[:-1])
            where = f"{self.name}:{begin}"
            message = f"is not CSV: {column or 'a cell'} begins with a quote that is not closed"
            return Issue("error", where, message, MEND_QUOTE)
        return Issue("error", where, "is not CSV: a cell goes on behind its closing quote", MEND_QUOTE)

    def _finished(self, columns: list[pa.DictionaryArray], lines: Lines) -> TextRows:
        """The named columns of the rows that are not blank."""
        filled = np.zeros(len(lines), bool)
        for column in columns:
            if not filled.all():
                filled |= column.is_valid().to_numpy(zero_copy_only=False)
        if not filled.all():
            self._pass_over(lines[~filled] if len(columns) > 1 else [])
            columns, lines = [column.filter(pa.array(filled)) for column in columns], lines[filled]
        named = {}
        for number, (name, column) in enumerate(zip(self._dialect.names, columns, strict=True), 1):
            if name:
                named[name] = column
            elif number > 1 and column.null_count < len(column):
                row = int(column.is_valid().to_numpy(zero_copy_only=False).argmax())
                message = f"column {number} holds {brief(column[row].as_py())} but has no name in line"
                message = f"{message} {self._dialect.line}"
                fix = "name the column, or remove it"
                raise CaseError([Issue("error", f"{self.name}:{lines[row]}", message, fix)])
        return TextRows(pa.RecordBatch.from_pydict(named), lines)


def _remembered(lines: Iterable[str], seen: list[str]) -> Iterator[str]:
    for line in lines:
        seen.append(line)
        yield line


def _dictionaries(rows: Sequence[Sequence[str]]) -> list[pa.DictionaryArray]:
    return [
        pa.array([cell or None for cell in column], pa.string()).dictionary_encode()
        for column in zip(*rows, strict=True)
    ]


def _cleaned(column: pa.DictionaryArray) -> pa.DictionaryArray:
    """Each cell trimmed; blanks are missing."""
    if not isinstance(column, pa.DictionaryArray):
        column = column.chunk(0) if column.num_chunks else pa.array([], _DICTIONARY)
    words = column.dictionary.to_pylist()
    clean = [clean_cell(word) for word in words]
    if clean == words:
        return column
    return pa.array([word or None for word in clean], pa.string()).take(column.indices).dictionary_encode()
