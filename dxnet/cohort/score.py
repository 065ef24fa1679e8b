"""Cohorts: tables of many cases, one per row."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from dxnet.arrays import MISSING
from dxnet.cohort.encode import UNREADABLE, Cells, Fault, encode
from dxnet.errors import CaseError, Issue, odd_word, require
from dxnet.inference.differential import weights_for_ranking
from dxnet.inference.engine import Engine, EngineLike
from dxnet.inference.many_cases import require_frame
from dxnet.knowledge.columns import LABEL_COLUMNS, finding_columns
from dxnet.knowledge.network import Network

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

BLOCK_ROWS = 1 << 11
"""Rows that are answered at once, as many as a processor's cache holds."""
STATUSES = ("ok", "no findings", "impossible", "unreadable")
"""What became of a row; the last two have no answer."""
Precision = Literal["float64", "float32"]
"""Of the probabilities in a result: all 16 digits of the answers, or 7 in half the space."""


def score(
    engine: EngineLike, table: pd.DataFrame, *, exact: bool = False, precision: Precision = "float64"
) -> pd.DataFrame:
    """P(diagnosis | findings) for a table of cases, one a row.

    Args:
        engine: the network and its setting.
        table: a column for each finding, named by its id (in any case, with blanks, hyphens and underscores
            alike, as in files), of states as text or categories; a boolean column
            will do for a finding that is absent or present; soft words (``probable``), numbers with units
            (``850 U/L``) and plain words (``yes``) as in cases. What is missing was not examined. Columns
            ``id`` and ``diagnosis`` are no findings.
        exact: read states and soft words alone, where somebody else chooses what all other words mean.
        precision: of the probabilities and of ``log_p_findings``.

    Returns:
        One row per case, with the index of ``table``: ``id`` if there is one, ``p_<diagnosis>``, ``first``
        and ``second`` of the ranking, ``log_p_findings`` (natural), and ``status``: ``ok``, ``no findings``
        (the probabilities are those before any finding), ``impossible`` (the findings exclude each other)
        or ``unreadable``; the latter two have no answer.
        ``attrs["faults"]`` lists the cells that cannot be read (``index`` of the row, ``column``,
        ``message``), ``attrs["issues"]`` the columns that are left out as no finding, or read as one of
        another spelling (``level``, ``message``, ``fix``); plain types, which Parquet keeps.

    Raises:
        CaseError: no column is a finding, two are the same one, or one is nearly the name of a finding that
            has no column; all at once.
        TypeError: the table is not a data frame.
        ValueError: no such precision.

    >>> import pandas as pd
    >>> from dxnet import Engine, load_network, score
    >>> cases = pd.DataFrame({"dyspnoea": ["present", None], "smoking": [True, True]})
    >>> score(Engine(load_network("asia")), cases)[["p_lung_cancer", "first", "status"]].round(3)
       p_lung_cancer           first status
    0          0.148  no_lung_cancer     ok
    1          0.100  no_lung_cancer     ok
    """
    engine = Engine.of(engine)
    require_frame(table)
    require(odd_word("precision", precision, get_args(Precision)))
    cells, _, issues = findings_to_arrow(engine.network, table)
    scored, faults = score_rows(engine, cells, exact, precision)
    result: pd.DataFrame = scored.to_pandas()
    result.index = table.index
    result.attrs["issues"] = [{"level": it.level, "message": it.message, "fix": it.fix} for it in issues]
    result.attrs["faults"] = [
        {"index": _plain_label(table.index[fault.row]), "column": fault.column, "message": fault.message}
        for fault in faults
    ]
    return result


def _plain_label(label: object) -> object:
    """A label of an index in a type that JSON can hold."""
    label = label.item() if isinstance(label, np.generic) else label
    return label if isinstance(label, str | int | float) else str(label)


def findings_to_arrow(
    network: Network, table: pd.DataFrame, label: str = LABEL_COLUMNS[0]
) -> tuple[pa.Table, list[str], list[Issue]]:
    """The findings of a table and the column ``label``; the name of each of its columns, and what is odd.

    Raises:
        CaseError: as of ``finding_columns``.
    """
    import pyarrow as pa

    names, issues = finding_columns(network, "", [str(name) for name in table.columns], label)
    wanted = [at for at, name in enumerate(names) if name in network.findings or name == label]
    return pa.table({names[at]: _column(table.iloc[:, at]) for at in wanted}), names, issues


def _column(series: pd.Series) -> pa.Array:
    """A column as Arrow; as text where its values are of several types, or of one of pandas (intervals)."""
    import pyarrow as pa

    with suppress(pa.ArrowException, TypeError, ValueError):
        column = pa.array(series, from_pandas=True)
        kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
        if not isinstance(kind, pa.BaseExtensionType):
            return column
    return pa.array(
        [None if missing else str(value) for value, missing in zip(series, series.isna(), strict=True)]
    )


def score_rows(
    engine: Engine, table: pa.Table, exact: bool = False, precision: Precision = "float64"
) -> tuple[pa.Table, list[Fault]]:
    """As ``score``, from Arrow to Arrow; with the cells that cannot be read."""
    import pyarrow as pa

    network = engine.network
    read, faults = encode(network, table, exact)
    unreadable = (read.states == UNREADABLE).any(axis=1) if faults else np.zeros(len(table), bool)
    read.states[unreadable] = MISSING
    by_diagnosis, leaders, log_p = _answers_in_blocks(engine, read, precision)
    has_findings = read.states.max(axis=1, initial=MISSING) > MISSING
    status = np.select([unreadable, np.isneginf(log_p), ~has_findings], [3, 2, 1])
    has_none = status > 1 if (status > 1).any() else None
    columns = {"id": _as_text(table.column("id"))} if "id" in table.column_names else {}
    for name, p in zip(network.diagnoses, by_diagnosis, strict=True):
        columns[f"p_{name}"] = pa.array(p, mask=has_none)
    for name, leader in zip(("first", "second"), leaders, strict=True):
        columns[name] = pa.DictionaryArray.from_arrays(pa.array(leader, mask=has_none), network.diagnoses)
    columns["log_p_findings"] = pa.array(log_p, mask=has_none)
    columns["status"] = pa.DictionaryArray.from_arrays(status.astype(np.int8), list(STATUSES))
    return pa.table(columns), faults


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow as pa

    try:
        if pa.types.is_floating(column.type):  # as a column of whole numbers is read that has gaps
            with suppress(pa.ArrowException):
                column = column.cast(pa.int64())
        return column.cast(pa.string())
    except pa.ArrowException:
        fix = "write text or numbers"
        raise CaseError([Issue("error", "id", f"a column of {column.type} names no case", fix)]) from None


def _answers_in_blocks(
    engine: Engine, read: Cells, precision: Precision
) -> tuple[NDArray[np.floating[Any]], NDArray[np.int16], NDArray[np.floating[Any]]]:
    """P(diagnosis | findings) ``[K, B]``, first and second in rank ``[2, B]``, and log P(findings) ``[B]``.

    Block by block; all at once where some share likelihoods. Ranked as in ``Differential.ranking``; ties in
    the order of the diagnoses.
    """
    rows = len(read.states)
    size = rows if any(read.soft.values()) else BLOCK_ROWS
    by_diagnosis = np.empty((len(engine.network.diagnoses), rows), precision)
    leaders, log_p = np.empty((2, rows), np.int16), np.empty(rows, precision)
    for start in range(0, rows, max(size, 1)):
        block = slice(start, start + size)
        post_test, log_p[block] = engine.ask_rows(read.findings, read.states[block], read.soft)
        by_diagnosis[:, block] = post_test.T
        weights = weights_for_ranking(engine.network, post_test)
        leaders[0, block] = first = weights.argmax(axis=1)
        weights[np.arange(len(weights)), first] = -1
        leaders[1, block] = weights.argmax(axis=1)
    return by_diagnosis, leaders, log_p
