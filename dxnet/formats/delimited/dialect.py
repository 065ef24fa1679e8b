"""How a delimited file is written: what separates its cells, and what its columns are called."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from dxnet.errors import CaseError, Issue, brief
from dxnet.formats.delimited.text import CONTROL
from dxnet.knowledge.cells import EDGE, INVISIBLE, clean_cell, folded

SEPARATORS = "\t;,"
"""Of candidates that fit alike the first is taken: commas stand in texts and numbers, too."""
_OTHER_SEPARATORS = re.compile(r"[,;\t|^~\xa6]")
_SEP_LINE = re.compile(r"\s*\"?sep=(?P<sep>\\t|.)\"?[,;\t ]*", re.IGNORECASE)
MEND_QUOTE = "close the quote, and double a quote that belongs to the text"
_HEAD_OF_FILE = 1 << 20
"""Characters of a file that show how it is written."""
_RECORDS = 100
"""Rows that are looked at."""


@dataclass(frozen=True)
class Dialect:
    """How a delimited file is written.

    Args:
        separator: what separates the cells.
        names: of the columns, trimmed; empty for a column without a name.
        line: of the header.
        below: the line below the header.
        issues: what is odd about the header, as warnings.
    """

    separator: str
    names: tuple[str, ...]
    line: int
    below: int
    issues: tuple[Issue, ...] = ()


def find_dialect(name: str, block: bytes, known: Collection[str]) -> Dialect:
    """How a file is written that begins with a block of whole lines.

    Args:
        name: what complaints call the file.
        block: UTF-8 text whose lines end with line feeds.
        known: names that columns may have; they decide between separators.

    Raises:
        CaseError: there is no header, or it cannot be read; all at once.
    """
    text = block.decode()
    if len(text) > _HEAD_OF_FILE:
        text = text[: (text.rfind("\n", 0, _HEAD_OF_FILE) + 1) or len(text)]
    lines = list(io.StringIO(text, newline="\n"))
    first, separators = _first_line(lines), SEPARATORS
    if first < len(lines) and (stated := _SEP_LINE.fullmatch(lines[first].rstrip("\n"))):
        separators = _stated_separator(f"{name}:{first + 1}", stated["sep"])
        first = _first_line(lines, first + 1)
    if first == len(lines):
        fix = "begin with the names of the columns, and write one case per row"
        raise CaseError([Issue("error", name, "is empty", fix)])
    names = frozenset(map(folded, known))
    tried = [_Try(separator, lines[first:], names) for separator in separators]
    best = max(tried, key=lambda one: one.rank)
    where = f"{name}:{first + 1}"
    if best.problem or (len(best.header) == 1 and any(one.problem for one in tried)):
        raise CaseError(
            [Issue("error", where, "is not CSV: a quote in the header is not closed", MEND_QUOTE)]
        )
    cells = [INVISIBLE.sub("", clean_cell(cell)) for cell in best.header]
    if faults := list(_header_faults(where, best.header, cells)):
        raise CaseError(faults)
    issues = tuple(_header_notices(where, best.header, cells))
    padded = (*cells, *[""] * (best.width - len(cells)))
    return Dialect(best.separator, padded, first + 1, first + 1 + best.lines, issues)


def _first_line(lines: Sequence[str], start: int = 0) -> int:
    """The first line that holds more than blanks, separators and quotes."""
    marks = f'{EDGE}{SEPARATORS}"'
    return next((k for k in range(start, len(lines)) if lines[k].strip(marks)), len(lines))


def _stated_separator(where: str, stated: str) -> str:
    separator = "\t" if stated == "\\t" else stated
    if separator.isalnum() or separator in '" \\' or not separator.isascii():
        fix = "write sep=, or sep=; or leave the line out"
        raise CaseError([Issue("error", where, f"sep={stated} states no separator", fix)])
    return separator


class _Try:
    """The head of a file read with one separator."""

    def __init__(self, separator: str, lines: Sequence[str], known: frozenset[str]):
        self.separator, self.header, self.lines, self.problem = separator, [""], 1, False
        rows: list[list[str]] = []
        reader = csv.reader(iter(lines), delimiter=separator, strict=True)
        try:
            self.header = next(reader)
            self.lines = reader.line_num
            rows.extend(cells for cells in islice(reader, _RECORDS) if any(map(clean_cell, cells)))
        except csv.Error:
            self.problem = not any(self.header)
        usual = Counter(map(len, rows)).most_common(1)
        self.width = len(self.header)
        wider = [cells for cells in rows if len(cells) == (usual[0][0] if usual else 0) > self.width]
        if wider and not any(any(map(clean_cell, cells[self.width :])) for cells in wider):
            self.width = usual[0][0]
        fitting = sum(len(cells) == self.width for cells in rows) / max(len(rows), 1)
        named = sum(folded(cell) in known for cell in self.header)
        order = -SEPARATORS.find(separator)
        self.rank = (not self.problem, len(self.header) > 1, named, fitting, order)


def _header_faults(where: str, header: Sequence[str], cells: Sequence[str]) -> Iterator[Issue]:
    for number, cell in enumerate(header, 1):
        if odd := CONTROL.search(cell):
            message = f"the name of column {number} holds the control character U+{ord(odd[0]):04X}"
            yield Issue("error", where, message, "remove it")
    for cell, count in Counter(filter(None, cells)).items():
        if count > 1:
            how_many = "two" if count == 2 else str(count)
            yield Issue("error", where, f"{how_many} columns are named {brief(cell)}", "keep one")
    if len(cells) == 1 and _OTHER_SEPARATORS.search(cells[0]):
        fix = "separate the columns by commas, semicolons or tabs"
        yield Issue("error", where, f"has a single column, {brief(cells[0])}", fix)


def _header_notices(where: str, header: Sequence[str], cells: Sequence[str]) -> Iterator[Issue]:
    if not cells[0]:
        message = "column 1 has no name: it is taken for the names of the rows and left out"
        yield Issue("warning", where, message, "name it 'id' if it holds the ids, or remove it")
    for raw, cell in zip(header, cells, strict=True):
        if odd := INVISIBLE.search(raw):
            message = (
                f"the name of the column {brief(cell)} holds the invisible character U+{ord(odd[0]):04X}"
            )
            yield Issue("warning", where, f"{message}, which is passed over", "remove it")
