"""CSV: one case a row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from dxnet.errors import CaseError, Issue
from dxnet.formats.cases.document import plain, settle
from dxnet.inference.case import Case
from dxnet.knowledge.strict_yaml import Text, read_text

_SEPARATORS = ",;\t"


def read_csv(path: Path, *__: object) -> list[Case]:
    """The cases of a table: columns ``id`` and ``diagnosis`` where they are known, all others are findings.

    Columns are separated by commas, semicolons or tabs; a blank cell is a finding that was not examined.

    Raises:
        ParseError, CaseError: not a table, or rows of the wrong length; all at once.
    """
    name = path.name
    (_, header), *rows = _rows(read_text(path), name)
    columns = [Text(cell, f"{name}:1") for cell in header]
    faults = list(_odd_columns(columns))
    cases = []
    for line, row in rows:
        where = f"{name}:{line}"
        if len(row) != len(columns):
            message = f"has {len(row)} cells, but there are {len(columns)} columns"
            faults.append(Issue("error", where, message, "leave a cell blank rather than out"))
            continue
        cells = [(column, Text(cell, where)) for column, cell in zip(columns, row, strict=True) if cell]
        label = {str(column): str(cell) for column, cell in cells if column in ("id", "diagnosis")}
        findings, warnings = settle(pair for pair in cells if pair[0] not in label)
        diagnosis = label.get("diagnosis", "")
        cases.append(Case(findings, id=label.get("id", where), diagnosis=diagnosis, issues=tuple(warnings)))
    if not rows:
        faults.append(Issue("error", name, "has no row below its header", "write one case a row"))
    if faults:
        raise CaseError(faults)
    return cases


def _rows(text: str, name: str) -> list[tuple[int, list[str]]]:
    """The rows that are not blank, the header first, each with its line."""
    header = text.partition("\n")[0]
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=max(_SEPARATORS, key=header.count), strict=True
    )
    rows, line = [], 1
    try:
        for row in reader:
            cells = [plain(cell) or "" for cell in row]
            if any(cells):
                rows.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as problem:
        raise CaseError(
            [Issue("error", f"{name}:{line}", f"is not CSV: {problem}", "mend the quotes")]
        ) from None
    if not rows or rows[0][0] > 1:
        raise CaseError([Issue("error", f"{name}:1", "has no header", "begin with the names of the columns")])
    return rows


def _odd_columns(columns: list[Text]) -> Iterator[Issue]:
    for number, column in enumerate(columns, 1):
        if not column:
            yield Issue("error", column.where, f"column {number} has no name", "name it, or remove it")
    for name in ("id", "diagnosis"):
        if columns.count(Text(name, "")) > 1:
            yield Issue("error", columns[0].where, f"two columns are named {name!r}", "keep one")
