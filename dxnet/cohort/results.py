"""A cohort scored part by part in memory, and its summaries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from dxnet.cohort.score import score
from dxnet.errors import brief, did_you_mean
from dxnet.evaluation.statistics import score_cases
from dxnet.evaluation.truth import true_diagnoses
from dxnet.inference.engine import Engine
from dxnet.knowledge.columns import LABEL_COLUMNS
from dxnet.knowledge.network import Network
from dxnet.words import FORMULA_START

ROWS_A_STEP = 10_000
"""Rows of a part, which takes a fraction of a second."""
_OF_ROWS = {
    "no findings": "no finding of this row was read, so that it has only the pre-test probabilities",
    "impossible": "the findings of this row cannot occur together; correct one of them",
}
"""What is wrong with a row as a whole, by its status."""


def score_parts(engine: Engine, cases: pd.DataFrame, size: int = ROWS_A_STEP) -> Iterator[pd.DataFrame]:
    """``score``, part by part, so that progress can be shown; what nobody chose a state for is not read."""
    wanted = cases.drop(columns=LABEL_COLUMNS[1], errors="ignore")
    for start in range(0, len(cases), size):
        yield score(engine, wanted.iloc[start : start + size], exact=True)


def join_results(
    parts: Iterable[pd.DataFrame],
    mapping: Mapping[str, str],
    unread_truths: Iterable[tuple[object, str]] = (),
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The parts as one table, and a report of the rows that have no answer of their own, or are not rated.

    Args:
        parts: results of ``score_parts``.
        mapping: column of the file -> finding, to name the columns as the file does.
        unread_truths: result of ``unread_diagnoses``.

    Returns:
        All rows, as ``score`` returns them; and a report with the index (``record`` if it has no name),
        ``column`` and ``problem`` of each cell that cannot be read, also of a known diagnosis, and each row
        without a finding or whose findings exclude each other.

    >>> from dxnet import Engine, load_network
    >>> cases = pd.DataFrame({"smoking": ["present", "perhaps"]}, index=[1, 2])
    >>> parts = score_parts(Engine(load_network("asia")), cases)
    >>> join_results(parts, {"Smoker": "smoking"})[1].to_dict("records")
    [{'record': 2, 'column': 'Smoker', 'problem': "unknown state 'perhaps'; known are absent, present"}]
    """
    parts, named = list(parts), {target: column for column, target in mapping.items()}
    rows = [
        (fault["index"], named.get(fault["column"], fault["column"]), fault["message"])
        for part in parts
        for fault in part.attrs["faults"]
    ]
    truth = LABEL_COLUMNS[1]
    rows += [(record, named.get(truth, truth), message) for record, message in unread_truths]
    for part in parts:
        part.attrs.clear()
    scored = pd.concat(parts)
    for status, problem in _OF_ROWS.items():
        rows += [(record, "", problem) for record in scored.index[scored.status == status]]
    place = str(scored.index.name or "record")
    report = pd.DataFrame(rows, columns=[place, "column", "problem"])
    return scored, report.sort_values(place, kind="stable")


def tally(network: Network, scored: pd.DataFrame) -> pd.DataFrame:
    """How often each diagnosis ranks first in a cohort, most often first.

    Returns:
        By diagnosis: ``label``, ``name``, ``group``, ``first`` (rows in which it ranks first), ``share`` of
        the rows with findings and an answer, ``mean`` of its post-test probability over them.
    """
    scored = scored[scored.status == "ok"]
    counts, answered = scored["first"].value_counts(), len(scored)
    table = pd.DataFrame(
        {
            "label": [it.label for it in network.diagnosis.values()],
            "name": [it.name for it in network.diagnosis.values()],
            "group": [it.group for it in network.diagnosis.values()],
            "first": [int(counts.get(name, 0)) for name in network.diagnoses],
            "mean": [float(scored[f"p_{name}"].mean()) for name in network.diagnoses],
        },
        index=pd.Index(network.diagnoses, name="diagnosis"),
    )
    table.insert(4, "share", table["first"] / max(answered, 1))
    return table.sort_values(["first", "mean"], ascending=False, kind="stable")


def by_group(tallied: pd.DataFrame) -> pd.DataFrame:
    """``tally`` summed over each group of diagnoses, most probable first."""
    summed = tallied.groupby("group", sort=False)[["first", "share", "mean"]].sum()
    return summed.sort_values("mean", ascending=False, kind="stable")


def unread_diagnoses(network: Network, diagnosis: pd.Series) -> list[tuple[object, str]]:
    """Index and problem of each row whose known diagnosis cannot be read; a blank one is not known.

    >>> from dxnet import load_network
    >>> unread_diagnoses(load_network("asia"), pd.Series(["lung_cancer", "gout", None]))
    [(1, "unknown diagnosis 'gout'; known are no_lung_cancer, lung_cancer")]
    """
    names = diagnosis.astype(object)
    unread = names[names.notna() & (names != "") & ~_has_known_diagnosis(network, diagnosis)]
    problems = {
        name: f"unknown diagnosis {brief(name)}; {did_you_mean(str(name), network.diagnosis)}"
        for name in unread.unique()
    }
    return list(zip(unread.index.tolist(), unread.map(problems), strict=True))


def _has_known_diagnosis(network: Network, diagnosis: pd.Series) -> pd.Series:
    """Which rows have a diagnosis of the network, or a group of them."""
    names = diagnosis.astype(object)
    return names.isin([name for name in names.dropna().unique() if network.members(str(name))])


def rate_rows(network: Network, scored: pd.DataFrame, diagnosis: pd.Series) -> pd.DataFrame:
    """The answers against the known diagnoses, as ``score_cases`` returns them.

    Args:
        network: the network that answered.
        scored: result of ``join_results``.
        diagnosis: true diagnosis of each row; rows without a known one, a finding or an answer are left out.
    """
    known = _has_known_diagnosis(network, diagnosis).to_numpy() & (scored.status == "ok").to_numpy()
    post_test = scored.loc[known, [f"p_{name}" for name in network.diagnoses]].to_numpy(float)
    return score_cases(post_test, true_diagnoses(network, diagnosis[known].astype(object).tolist()))


def to_csv(scored: pd.DataFrame) -> bytes:
    """A table as CSV, its index first.

    A text that a spreadsheet would run as a formula, as it begins with ``=``, ``+``, ``-``, ``@``, a tab or a
    line break, has an apostrophe before it.

    >>> print(to_csv(pd.DataFrame({"id": ["=1+1"]}, index=pd.Index([1], name="record"))).decode().strip())
    "record","id"
    1,"'=1+1"
    """
    table, sink = _results_to_arrow(scored), pa.BufferOutputStream()
    harmless = [_harmless(column) for column in table.columns]
    pa.csv.write_csv(pa.table(harmless, table.column_names), sink)
    return bytes(sink.getvalue())


def to_parquet(scored: pd.DataFrame) -> bytes:
    """A table as parquet, its index first."""
    sink = pa.BufferOutputStream()
    pq.write_table(_results_to_arrow(scored), sink)
    return bytes(sink.getvalue())


def _harmless(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return column
    return pc.replace_substring_regex(column, FORMULA_START, r"'\1")


def _results_to_arrow(scored: pd.DataFrame) -> pa.Table:
    table = pa.Table.from_pandas(scored.reset_index(), preserve_index=False)
    return table.replace_schema_metadata({})
