"""A table of cases from the bytes of a file, in memory: nothing is written to a disk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from dxnet.errors import CaseError, Issue, brief
from dxnet.formats.delimited.rows import DelimitedFile
from dxnet.knowledge.columns import LABEL_COLUMNS, accepted_names, repeated_ids

UPLOAD_KINDS = ("csv", "parquet")


def read_upload(name: str, content: bytes, known: Collection[str] = ()) -> tuple[pd.DataFrame, list[Issue]]:
    """The columns of a file as they stand, text as categories; and what was left out.

    Args:
        name: of the file; its suffix says how it is read.
        content: parquet, or CSV by the rules of ``DelimitedFile``.
        known: names that columns may have.

    Returns:
        One row a record, indexed by the line of the CSV file in which it begins, or by its number in the
        parquet file, from 1. A blank is missing.

    Raises:
        CaseError: the file is refused, or all its rows are.

    >>> table, _ = read_upload("a.csv", b"id;smoking\\np1;present\\np2;\\n")
    >>> table.smoking.astype(object).fillna("").to_dict()
    {2: 'present', 3: ''}
    """
    if not name.lower().endswith(".parquet"):
        return _from_text(DelimitedFile(content, name, known), known)
    try:
        table = pq.read_table(pa.BufferReader(content))
        columns, issues = _upload_columns(table)
    except (pa.ArrowException, OSError) as problem:
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
        raise _refusal(name, "has no rows", "add one row a case")
    numbers = pd.RangeIndex(1, len(table) + 1, name="record")
    return pd.DataFrame(columns, index=numbers), issues


def _from_text(file: DelimitedFile, known: Collection[str]) -> tuple[pd.DataFrame, list[Issue]]:
    names, _, faults = accepted_names(file.header, file.columns, {*known, *LABEL_COLUMNS})
    if faults:
        raise CaseError(faults)
    batches = list(file.batches())
    lines = pd.Index(np.concatenate([rows.lines for rows in batches]), name="line")
    table = pa.Table.from_batches([rows.cells for rows in batches])
    issues = [*file.refused, *file.issues]
    if LABEL_COLUMNS[0] in names:
        ids = table.column(names.index(LABEL_COLUMNS[0])).to_pylist()
        issues += repeated_ids(file.name, list(zip(ids, lines.tolist(), strict=True)))
    columns, _ = _upload_columns(table)
    return pd.DataFrame(columns, index=lines), issues


def _upload_columns(table: pa.Table) -> tuple[dict[str, pd.Series], list[Issue]]:
    """Truth values as they are, whatever else as categories of text; nested columns are left out."""
    columns, issues = {}, []
    for number, (header, column) in enumerate(zip(table.column_names, table.columns, strict=True), 1):
        name = header.strip() or f"column {number}"
        if pa.types.is_nested(column.type) or pa.types.is_binary(column.type):
            issues.append(Issue("warning", name, f"holds {column.type} and is left out", "write one state"))
        elif pa.types.is_boolean(column.type):
            columns[name] = column.to_pandas().astype("boolean").array
        else:
            columns[name] = _text_categories(column).to_pandas().array
    return columns, issues


def _text_categories(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if not pa.types.is_dictionary(column.type):
        return column.cast(pa.string()).dictionary_encode()
    if not pa.types.is_string(column.type.value_type):
        return _text_categories(column.cast(column.type.value_type))
    return column.unify_dictionaries()


def _refusal(name: str, message: str, fix: str) -> CaseError:
    return CaseError([Issue("error", name, message, fix)])
