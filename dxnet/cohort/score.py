"""Cohorts: tables of many cases, one per row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dxnet.arrays import MISSING, Array, Ints
from dxnet.errors import CaseError, Issue, brief, did_you_mean
from dxnet.formats.delimited.columns import LABEL_COLUMNS
from dxnet.inference.backends.base import rows_of_one_kind
from dxnet.inference.engine import Engine, EngineLike
from dxnet.knowledge.entered import as_text, read_entered
from dxnet.knowledge.network import BINARY, Network

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_UNREADABLE = -3
_LISTED_CELLS = 1000
"""Most unreadable cells of a column that each part reports one by one."""


@dataclass(frozen=True)
class Fault:
    """A cell that cannot be read: its row, counted from 0, its column, and why."""

    row: int
    column: str
    message: str


def score(engine: EngineLike, table: pd.DataFrame, *, exact: bool = False) -> pd.DataFrame:
    """P(diagnosis | findings) for a table of cases, one a row.

    Args:
        engine: the network and its setting.
        table: a column for each finding, named by its id, of states as text or categories; a boolean column
            will do for a finding that is absent or present; soft words (``probable``), numbers with units
            (``850 U/L``) and plain words (``yes``) as in cases. What is missing was not examined. Columns
            ``id`` and ``diagnosis`` are no findings.
        exact: read states and soft words alone, where somebody else chooses what all other words mean.

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
    scored, faults = score_rows(engine, findings_to_arrow(engine.network, table), exact)
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
        Issue("warning", name, "is no finding and is left out", did_you_mean(name, network.findings))
        for name in unknown
    ]


def score_rows(engine: Engine, table: pa.Table, exact: bool = False) -> tuple[pa.Table, list[Fault]]:
    """As ``score``, from Arrow to Arrow; with the cells that cannot be read."""
    import pyarrow as pa

    network = engine.network
    read, faults = encode(network, table, exact)
    unreadable = (read.states == _UNREADABLE).any(axis=1)
    read.states[unreadable] = MISSING
    post_test, log_p = engine.ask_rows(read.findings, read.states, read.soft)
    status = np.where(unreadable, 2, np.isneginf(log_p))
    post_test[status > 0], log_p[status > 0] = np.nan, np.nan
    first, second = _leaders(post_test)
    words = {
        "first": pa.DictionaryArray.from_arrays(pa.array(first, mask=status > 0), network.diagnoses),
        "second": pa.DictionaryArray.from_arrays(pa.array(second, mask=status > 0), network.diagnoses),
        "log_p_findings": pa.array(log_p, from_pandas=True),
        "status": pa.DictionaryArray.from_arrays(status.astype(np.int8), ["ok", "impossible", "unreadable"]),
    }
    columns = {"id": _as_text(table.column("id"))} if "id" in table.column_names else {}
    by_diagnosis, without = np.ascontiguousarray(post_test.T), status > 0 if status.any() else None
    columns |= {f"p_{d}": pa.array(by_diagnosis[k], mask=without) for k, d in enumerate(network.diagnoses)}
    return pa.table(columns | words), faults


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow as pa

    try:
        return column.cast(pa.string())
    except pa.ArrowException:
        fix = "write text or numbers"
        raise CaseError([Issue("error", "id", f"a column of {column.type} names no case", fix)]) from None


def _leaders(post_test: Array) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """The first and second of each row's ranking; ties rank in the order of the diagnoses."""
    first = post_test.argmax(axis=1)
    rest = post_test.copy()
    rest[np.arange(len(rest)), first] = -1
    return first.astype(np.int16), rest.argmax(axis=1).astype(np.int16)


@dataclass(frozen=True, eq=False)
class Cells:
    """The findings of a table as positions of states.

    Args:
        findings: names of the F findings.
        states: ``int16[B, F]``, position of each state, -1 where it is missing. A position beyond the states
            stands for a likelihood of the finding in ``soft``; one below -1 marks an unreadable cell.
        soft: likelihoods ``ndarray[states]`` by finding.
    """

    findings: list[str]
    states: NDArray[np.int16]
    soft: Mapping[str, Sequence[Array]]

    def groups(
        self, network: Network
    ) -> Iterator[tuple[NDArray[np.bool_] | slice, Ints, Mapping[str, Array]]]:
        """Groups of rows that share their soft words, which the engine answers together."""
        sizes = np.array([len(network.states(name)) for name in self.findings], np.int16)
        return rows_of_one_kind(self.findings, sizes, self.states, self.soft)


def encode(network: Network, table: pa.Table, exact: bool = False) -> tuple[Cells, list[Fault]]:
    """The findings of a table, and the cells that cannot be read."""
    findings = [name for name in table.column_names if name in network.findings]
    states = np.empty((len(table), len(findings)), np.int16)
    soft: dict[str, list[Array]] = {}
    faults: list[Fault] = []
    for i, name in enumerate(findings):
        states[:, i], soft[name], messages = _state_positions(network, name, table.column(name), exact)
        faults += (Fault(row, name, message) for row, message in messages)
    return Cells(findings, states, soft), sorted(faults, key=lambda fault: fault.row)


def _state_positions(
    network: Network, name: str, column: pa.ChunkedArray, exact: bool
) -> tuple[NDArray[np.int16], list[Array], Iterable[tuple[int, str]]]:
    """Positions of the states, likelihoods of the soft words, and (row, message) of unreadable cells.

    A missing value has position -1; soft words have those beyond the states, as their likelihoods stand.
    """
    import pyarrow as pa

    kind, states = column.type, network.findings[name].states
    if pa.types.is_null(kind):
        return np.full(len(column), MISSING, np.int16), [], ()
    if pa.types.is_boolean(kind) and states == BINARY:
        return column.cast(pa.int16()).fill_null(MISSING).to_numpy().astype(np.int16), [], ()
    if pa.types.is_nested(kind):
        positions = np.where(column.is_valid().to_numpy(), _UNREADABLE, MISSING).astype(np.int16)
        messages = [(int(row), f"is a {kind}; write a state") for row in np.flatnonzero(positions < MISSING)]
        return positions, [], messages
    if not pa.types.is_dictionary(kind):
        column = column.dictionary_encode()
    array = column.unify_dictionaries().combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = array.chunk(0) if array.num_chunks else pa.array([], kind)
    written = array.dictionary.to_pylist()
    known: dict[object, int] = {None: MISSING, "": MISSING, **{state: i for i, state in enumerate(states)}}
    soft: list[Array] = []
    problems: dict[object, str] = {}
    for word in written:
        if word in known:
            continue
        found_word = read_entered(network, name, as_text(word))
        if found_word.likelihoods:
            known[word] = len(states) + len(soft)
            values: Array = np.array([found_word.likelihoods[state] for state in states])
            soft.append(values / values.max())
        elif found_word.state and not exact:
            known[word] = states.index(found_word.state)
        elif exact and found_word.state:
            problems[word] = f"unknown state {brief(word)}; {did_you_mean(str(word), states)}"
        else:
            problems[word] = f"{found_word.problem}; {found_word.fix}"
    codes = np.array([known.get(word, _UNREADABLE) for word in written] or [-1], np.int16)
    found = codes.take(_indices(array), mode="clip")
    found[~array.is_valid().to_numpy(zero_copy_only=False)] = MISSING
    return found, soft, _unread_cells(found, array, written, problems)


def _indices(array: pa.DictionaryArray) -> NDArray[np.integer]:
    """Positions in the dictionary as they lie in memory: any where there is no value."""
    indices = array.indices
    kind = indices.type.to_pandas_dtype()
    return np.frombuffer(indices.buffers()[1], kind, len(indices), indices.offset * np.dtype(kind).itemsize)


def _unread_cells(
    found: NDArray[np.int16], array: pa.DictionaryArray, written: list[object], problems: Mapping[object, str]
) -> Iterator[tuple[int, str]]:
    rows, indices = np.flatnonzero(found == _UNREADABLE), _indices(array)
    for row in rows[:_LISTED_CELLS]:
        yield int(row), problems[written[int(indices[row])]]
    if len(rows) > _LISTED_CELLS:
        yield int(rows[_LISTED_CELLS]), f"and {len(rows) - _LISTED_CELLS} more here cannot be read"
