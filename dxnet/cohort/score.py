"""Cohorts: tables of many cases, one per row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from dxnet.arrays import MISSING
from dxnet.cohort.encode import UNREADABLE, Cells, Fault, encode
from dxnet.errors import CaseError, Issue, brief
from dxnet.formats.delimited.columns import LABEL_COLUMNS
from dxnet.inference.engine import Engine, EngineLike
from dxnet.knowledge.alike import did_you_mean_finding
from dxnet.knowledge.network import Network

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

BLOCK_ROWS = 1 << 11
"""Rows that are answered at once, as many as a processor's cache holds."""
Precision = Literal["float64", "float32"]
"""Of the probabilities in a result: all 16 digits of the answers, or 7 in half the space."""


def score(
    engine: EngineLike, table: pd.DataFrame, *, exact: bool = False, precision: Precision = "float64"
) -> pd.DataFrame:
    """P(diagnosis | findings) for a table of cases, one a row.

    Args:
        engine: the network and its setting.
        table: a column for each finding, named by its id, of states as text or categories; a boolean column
            will do for a finding that is absent or present; soft words (``probable``), numbers with units
            (``850 U/L``) and plain words (``yes``) as in cases. What is missing was not examined. Columns
            ``id`` and ``diagnosis`` are no findings.
        exact: read states and soft words alone, where somebody else chooses what all other words mean.
        precision: of the probabilities and of ``log_p_findings``.

    Returns:
        One row per case, with the index of ``table``: ``id`` if there is one, ``p_<diagnosis>``, ``first``
        and ``second`` of the ranking, ``log_p_findings`` (natural), and ``status``: ``ok``, ``impossible``
        (the findings exclude each other) or ``unreadable``; the latter two have no answer.
        ``attrs["faults"]`` lists the cells that cannot be read, ``attrs["issues"]`` the columns that the
        network does not know.

    Raises:
        CaseError: no column is a finding, or two have one name.
        TypeError: the table is not a data frame.

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
    issues = unknown_columns(engine.network, list(table.columns))
    scored, faults = score_rows(engine, findings_to_arrow(engine.network, table), exact, precision)
    result: pd.DataFrame = scored.to_pandas()
    result.index = table.index
    result.attrs.update(issues=issues, faults=faults)
    return result


def require_frame(table: object) -> None:
    """Refuse anything but a data frame.

    Raises:
        TypeError: says what to pass.
    """
    import pandas as pd

    if not isinstance(table, pd.DataFrame):
        raise TypeError(f"{brief(table)} is no table; give a DataFrame with a column for each finding")


def findings_to_arrow(network: Network, table: pd.DataFrame, label: str = LABEL_COLUMNS[0]) -> pa.Table:
    """The findings of a table, and the column ``label``."""
    import pyarrow as pa

    wanted = [name for name in table.columns if name in network.findings or name == label]
    return pa.table({str(name): _column(table[name]) for name in wanted})


def _column(series: pd.Series) -> pa.Array:
    """A column as Arrow; as text where its values are of several types."""
    import pyarrow as pa

    try:
        return pa.array(series, from_pandas=True)
    except (pa.ArrowException, TypeError, ValueError):
        return pa.array(
            [None if missing else str(value) for value, missing in zip(series, series.isna(), strict=True)]
        )


def unknown_columns(network: Network, columns: list[str], label: str = LABEL_COLUMNS[0]) -> list[Issue]:
    """Columns that the network does not know, as warnings; ``label`` is the column of the true diagnosis.

    Raises:
        CaseError: no column is a finding, or two have one name.
    """
    faults = []
    if twice := sorted({str(name) for name in columns if columns.count(name) > 1}):
        faults.append(Issue("error", "", f"two columns are named {', '.join(twice)}", "keep one"))
    if not network.findings.keys() & set(columns):
        some = ", ".join([*network.findings][:3])
        fix = f"name the columns by the findings of {network.name}, such as {some}"
        faults.append(Issue("error", "", "no column is a finding of the network", fix))
    if faults:
        raise CaseError(faults)
    unknown = [str(name) for name in columns if name not in (*network.findings, *LABEL_COLUMNS, label)]
    return [
        Issue("warning", name, "is no finding and is left out", did_you_mean_finding(network, name))
        for name in unknown
    ]


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
    status = np.where(unreadable, 2, np.isneginf(log_p))
    has_none = status > 0 if status.any() else None
    columns = {"id": _as_text(table.column("id"))} if "id" in table.column_names else {}
    for name, p in zip(network.diagnoses, by_diagnosis, strict=True):
        columns[f"p_{name}"] = pa.array(p, mask=has_none)
    for name, leader in zip(("first", "second"), leaders, strict=True):
        columns[name] = pa.DictionaryArray.from_arrays(pa.array(leader, mask=has_none), network.diagnoses)
    columns["log_p_findings"] = pa.array(log_p, mask=has_none)
    words = ["ok", "impossible", "unreadable"]
    columns["status"] = pa.DictionaryArray.from_arrays(status.astype(np.int8), words)
    return pa.table(columns), faults


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow as pa

    try:
        return column.cast(pa.string())
    except pa.ArrowException:
        fix = "write text or numbers"
        raise CaseError([Issue("error", "id", f"a column of {column.type} names no case", fix)]) from None


def _answers_in_blocks(
    engine: Engine, read: Cells, precision: Precision
) -> tuple[NDArray[np.floating[Any]], NDArray[np.int16], NDArray[np.floating[Any]]]:
    """P(diagnosis | findings) ``[K, B]``, first and second in rank ``[2, B]``, and log P(findings) ``[B]``.

    Block by block; all at once where some share likelihoods. Ties rank in the order of the diagnoses.
    """
    rows = len(read.states)
    size = rows if any(read.soft.values()) else BLOCK_ROWS
    by_diagnosis = np.empty((len(engine.network.diagnoses), rows), precision)
    leaders, log_p = np.empty((2, rows), np.int16), np.empty(rows, precision)
    for start in range(0, rows, max(size, 1)):
        block = slice(start, start + size)
        post_test, log_p[block] = engine.ask_rows(read.findings, read.states[block], read.soft)
        by_diagnosis[:, block] = post_test.T
        leaders[0, block] = first = post_test.argmax(axis=1)
        post_test[np.arange(len(post_test)), first] = -1
        leaders[1, block] = post_test.argmax(axis=1)
    return by_diagnosis, leaders, log_p
