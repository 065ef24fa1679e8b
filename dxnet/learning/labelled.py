"""Cohorts to learn from: cases with their true diagnosis, where it is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dxnet.arrays import MISSING, Array
from dxnet.cohort.encode import Cells, Fault, encode
from dxnet.cohort.read import open_source
from dxnet.errors import CaseError, Issue, did_you_mean
from dxnet.inference.many_cases import index_of, require_frame
from dxnet.knowledge.network import Network
from dxnet.learning.truth import UNKNOWN_DIAGNOSIS, Truth, parse_truth
from dxnet.words import counted

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


@dataclass(frozen=True, eq=False)
class Group:
    """Rows that are evaluated together: of one diagnosis, or all without one; equal rows are merged.

    Args:
        diagnosis: position of the diagnosis, or UNKNOWN_DIAGNOSIS.
        findings: names of the F findings.
        states: ``int16[B, F]`` as for ``Engine.ask_rows``.
        weight: ``ndarray[B]``, how many rows of the cohort each row stands for; of rows that were judged, the
            sum of the probabilities of the diagnosis.
        judged: whether somebody judged these rows who did not know the diagnosis; see ``parse_truth``.
        soft: likelihoods that the rows share.
        first: ``int[B]``, the first row of the cohort that each row stands for.
    """

    diagnosis: int
    findings: Sequence[str]
    states: NDArray[np.int16]
    weight: Array
    judged: bool
    soft: Mapping[str, Array]
    first: NDArray[np.int64]

    def parts(self, size: int) -> Iterator[Group]:
        """Its rows in random order, in parts of about ``size`` rows."""
        order = np.random.default_rng(0).permutation(len(self.weight))
        for rows in np.array_split(order, -(-len(order) // size)):
            yield replace(self, states=self.states[rows], weight=self.weight[rows], first=self.first[rows])


@dataclass(frozen=True, eq=False)
class Labelled:
    """A cohort, its rows in groups.

    Args:
        rows, unlabelled: number of rows, and of those without a diagnosis.
        diagnoses: how many rows each diagnosis has, the most first; of rows that were judged, the sum of its
            probabilities.
        groups: the rows.
        issues: columns that are left out as no finding, or read as one of another spelling.
    """

    rows: int
    unlabelled: int
    diagnoses: Mapping[str, float]
    groups: tuple[Group, ...]
    issues: tuple[Issue, ...] = ()


def read_labelled(path: Path, network: Network, truth: str) -> Labelled:
    """The cases of a ``.parquet`` or ``.csv`` file.

    Raises:
        CaseError: the file, its columns, diagnoses or cells cannot be read; all at once.
    """
    import pyarrow as pa

    source = open_source(path, network, truth)
    parts = [rows for group in source.groups for _, rows in source.parts(group)]
    cells = [rows.cells for rows in parts]
    lines = [rows.lines for rows in parts if rows.lines is not None]
    table = pa.Table.from_batches(cells) if cells else pa.table({name: [] for name in source.wanted})
    places = _Places(path.name, np.concatenate(lines) if lines else None)
    labelled = _label_rows(network, table, truth, source.columns, places, source.refused)
    return replace(labelled, issues=tuple(source.issues))


def joined(cohorts: Sequence[Labelled]) -> Labelled:
    """Several cohorts as one; their rows are counted on."""
    diagnoses: Counter[str] = Counter()
    groups: list[Group] = []
    rows = 0
    for cohort in cohorts:
        diagnoses.update(cohort.diagnoses)
        groups += [replace(group, first=group.first + rows) for group in cohort.groups]
        rows += cohort.rows
    return Labelled(
        rows,
        sum(cohort.unlabelled for cohort in cohorts),
        dict(diagnoses.most_common()),
        tuple(groups),
        tuple(issue for cohort in cohorts for issue in cohort.issues),
    )


def label_cohort(table: pd.DataFrame, network: Network, truth: str = "diagnosis") -> Labelled:
    """The cases of a data frame, in the form that ``read_labelled`` returns.

    Raises:
        CaseError: its columns, diagnoses or cells cannot be read; all at once.
        TypeError: the table is not a data frame.
    """
    from dxnet.cohort.score import findings_to_arrow

    require_frame(table)
    cells, names, issues = findings_to_arrow(network, table, truth)
    labelled = _label_rows(network, cells, truth, names, _Places(index=table.index), [])
    return replace(labelled, issues=tuple(issues))


@dataclass(frozen=True)
class _Places:
    """How issues name rows: by file and line or by index where these are known, else by number from 1."""

    name: str = ""
    lines: NDArray[np.int64] | None = None
    index: pd.Index | None = None

    def of(self, rows: Sequence[int]) -> str:
        """The first of some rows, counted from 0, and how many others there are."""
        more = f" and {counted(len(rows) - 1, 'other')}" if len(rows) > 1 else ""
        if self.lines is not None:
            return f"{self.name}:{self.lines[rows[0]]}{more}"
        if self.index is not None:
            return f"{index_of(self.index[rows[0]])}{more}"
        return f"{self.name}{': ' if self.name else ''}row {rows[0] + 1}{more}"


def _label_rows(
    network: Network, table: pa.Table, truth: str, columns: list[str], places: _Places, faults: list[Issue]
) -> Labelled:
    cells, odd = encode(network, table)
    faults = [*faults, *_unreadable_words(odd, places)]
    written, cell = list[str | None](), np.zeros(0, np.int64)
    if truth in network.findings or truth not in columns:
        what = "is a finding" if truth in network.findings else "no such column"
        free = [column for column in columns if column not in network.findings]
        near = did_you_mean(truth, free) if free else "no column is free for it"
        where = f"{places.name}: {truth}" if places.name else truth
        fix = (
            f"--truth: {near}" if places.name else f"name the column of the true diagnoses {truth!r}; {near}"
        )
        faults.append(Issue("error", where, what, fix))
    else:
        written, cell = _different_cells(table.column(truth))
    true, wrong = parse_truth(network.diagnoses, written, cell)
    for (cause, cure), rows in wrong.items():
        faults.append(Issue("error", places.of(rows), f"{truth}: {cause}", cure))
    if faults:
        raise CaseError(faults)
    unlabelled = int((true.diagnosis == UNKNOWN_DIAGNOSIS).sum())
    return Labelled(
        len(table), unlabelled, _rows_of_each(network, true), tuple(_grouped_rows(network, cells, true))
    )


def _different_cells(column: pa.ChunkedArray) -> tuple[list[str | None], NDArray[np.int64]]:
    """The cells of a column that differ from each other, as text; and which of them each row has."""
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_nested(column.type):
        column = pa.chunked_array([[None if it is None else str(it) for it in column.to_pylist()]])
    parts = column.dictionary_encode(null_encoding="encode").chunks  # of one dictionary
    words = parts[0].dictionary.to_pylist() if parts else []
    cell = np.concatenate([np.zeros(0, np.int64), *(part.indices.to_numpy() for part in parts)])
    return [None if word is None else str(word) for word in words], cell.astype(np.int64)


def _rows_of_each(network: Network, true: Truth) -> Mapping[str, float]:
    """How many rows each diagnosis has, the most first."""
    known = true.diagnosis != UNKNOWN_DIAGNOSIS
    number = np.bincount(true.diagnosis[known], true.weight[known], len(network.diagnoses))
    order = np.argsort(-number, kind="stable")
    found = ((network.diagnoses[k], float(number[k])) for k in order if number[k] > 0)
    return {name: int(n) if n.is_integer() else round(n, 6) for name, n in found}


def _unreadable_words(odd: Sequence[Fault], places: _Places) -> Iterator[Issue]:
    """One issue for each column and word, with the first row that contains it."""
    rows: dict[tuple[str, str], list[int]] = {}
    for fault in odd:
        rows.setdefault((fault.column, fault.message), []).append(fault.row)
    for (column, message), where in rows.items():
        text, _, fix = message.partition("; ")
        yield Issue("error", places.of(where), f"{column}: {text}", fix)


def _grouped_rows(network: Network, cells: Cells, true: Truth) -> Iterator[Group]:
    if len(true.row) > len(cells.states):  # a row for each diagnosis that was thought of
        cells = replace(cells, states=cells.states[true.row])
    place = np.arange(len(true.row))
    for rows, states, soft in cells.groups(network) if len(place) else ():
        here = place[rows]
        for k, judged in sorted(
            {*zip(true.diagnosis[here].tolist(), true.judged[here].tolist(), strict=True)}
        ):
            same = (true.diagnosis[here] == k) & (true.judged[here] == judged)
            distinct, first, merged = np.unique(states[same], axis=0, return_index=True, return_inverse=True)
            weight = np.bincount(merged.ravel(), true.weight[here[same]]).astype(np.float64)
            asked = (distinct != MISSING).any(axis=0)
            findings = [name for name, is_asked in zip(cells.findings, asked, strict=True) if is_asked]
            rows_merged = true.row[here[same][first]]
            yield Group(k, findings, distinct[:, asked], weight, judged, soft, rows_merged)
