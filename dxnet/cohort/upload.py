"""A table of cases from the bytes of a file, in memory: nothing is written to a disk."""

from __future__ import annotations

import csv
import io
from collections import Counter

import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from dxnet.errors import CaseError, Issue, brief

KINDS = ("csv", "parquet")
_SEPARATORS = ",;\t"
_NO_ROWS = "has no rows below its header", "add one row a case"


def read_table(name: str, content: bytes) -> tuple[pd.DataFrame, list[Issue]]:
    """The columns of a file as they stand, text as categories; and what was left out.

    Args:
        name: of the file; its suffix says how it is read.
        content: CSV (UTF-8; commas, semicolons or tabs) or parquet.

    Returns:
        One row a record, indexed by its number in the file, from 1 (the header of a CSV file is not counted).
        A blank is missing.

    Raises:
        CaseError: the file is no table.

    >>> table, _ = read_table("a.csv", b"id;smoking\\np1;present\\np2;\\n")
    >>> table.smoking.astype(object).fillna("").to_dict()
    {1: 'present', 2: ''}
    """
    if not content.strip():
        raise _refusal(name, "is empty", "choose a file with a header and one case a row")
    skipped: dict[int, str] = {}
    try:
        if name.lower().endswith(".parquet"):
            table = pq.read_table(pa.BufferReader(content))
        else:
            table, skipped = _csv(name, content)
        columns, issues = _columns(table)
    except (pa.ArrowException, OSError, csv.Error) as problem:
        reason = str(problem).splitlines()[0] if str(problem) else "no rows"
        raise _refusal(name, f"cannot be read: {reason}", "save it again as CSV or parquet") from None
    if twice := [
        header
        for header, count in Counter(map(str.strip, table.column_names)).items()
        if header and count > 1
    ]:
        message = f"several columns are named {', '.join(map(brief, twice[:5]))}"
        raise _refusal(name, message, "give each its own name")
    if not len(table) or not columns:
        raise _refusal(name, *_NO_ROWS)
    numbers = (k for k in range(1, len(table) + len(skipped) + 1) if k not in skipped)
    frame = pd.DataFrame(columns, index=pd.Index(numbers, name="record"))
    left_out = [Issue("warning", f"record {number}", text) for number, text in skipped.items()]
    return frame, [*left_out, *issues]


def _csv(name: str, content: bytes) -> tuple[pa.Table, dict[int, str]]:
    """The table, and by their numbers the records that do not have the cells they should."""
    text = _text(name, content).strip()
    if "\n" not in text and "\r" not in text:
        raise _refusal(name, *_NO_ROWS)
    header, separator = _header(name, text)
    skipped: dict[int, str] = {}
    broken: list[str] = []

    def leave_out(row: pa.csv.InvalidRow) -> str:
        cells = f"has {row.actual_columns} cells, but there are {row.expected_columns} columns"
        if row.text.count("\n"):
            broken.append(f"record {row.number - 1} {cells}, over several lines")
            return "error"
        skipped[row.number - 1] = f"{cells}; left out"
        return "skip"

    words = pa.dictionary(pa.int32(), pa.string())
    try:
        table = pa.csv.read_csv(
            pa.BufferReader(content),
            read_options=pa.csv.ReadOptions(use_threads=False),
            parse_options=pa.csv.ParseOptions(
                delimiter=separator, newlines_in_values=True, invalid_row_handler=leave_out
            ),
            convert_options=pa.csv.ConvertOptions(
                column_types=dict.fromkeys(header, words), null_values=[""], strings_can_be_null=True
            ),
        )
    except pa.ArrowException:
        if broken:
            raise _refusal(name, broken[0], "close its quote") from None
        raise
    return table, skipped


def _text(name: str, content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = content.count(b"\n", 0, problem.start) + 1
        message = f"line {line} is not UTF-8 text"
        raise _refusal(name, message, "save the file as 'CSV UTF-8', or as parquet") from None
    if "\0" in text:
        raise _refusal(name, "is not a text file", "save the table as 'CSV UTF-8', or as parquet")
    return text


def _header(name: str, text: str) -> tuple[list[str], str]:
    """The names of the columns, and what separates them."""
    headers = {s: next(filter(None, csv.reader(io.StringIO(text), delimiter=s)), []) for s in _SEPARATORS}
    separator = max(headers, key=lambda s: len(headers[s]))
    if len(headers[separator]) < 2:
        message = f"has a single column, {brief(next(iter(headers[separator]), ''))}"
        raise _refusal(name, message, "separate the columns by commas, semicolons or tabs")
    return headers[separator], separator


def _columns(table: pa.Table) -> tuple[dict[str, pd.Series], list[Issue]]:
    """Truth values as they are, whatever else as categories of text; nested columns are left out."""
    columns, issues = {}, []
    for number, (header, column) in enumerate(zip(table.column_names, table.columns, strict=True), 1):
        name = header.strip() or f"column {number}"
        if pa.types.is_nested(column.type) or pa.types.is_binary(column.type):
            issues.append(Issue("warning", name, f"holds {column.type} and is left out", "write one state"))
        elif pa.types.is_boolean(column.type):
            columns[name] = column.to_pandas().astype("boolean").array
        else:
            columns[name] = _words(column).to_pandas().array
    return columns, issues


def _words(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if not pa.types.is_dictionary(column.type):
        return column.cast(pa.string()).dictionary_encode()
    if not pa.types.is_string(column.type.value_type):
        return _words(column.cast(column.type.value_type))
    return column.unify_dictionaries()


def _refusal(name: str, message: str, fix: str) -> CaseError:
    return CaseError([Issue("error", name, message, fix)])
