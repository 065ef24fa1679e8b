"""Many cases as one array of states, and a table of cases as cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from operator import methodcaller
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from typing_extensions import TypeIs

from dxnet.arrays import MISSING, Array, Ints
from dxnet.errors import CaseError, Issue, UnknownFinding, brief
from dxnet.inference.case import Case
from dxnet.knowledge.alike import did_you_mean_finding
from dxnet.knowledge.network import DIAGNOSIS, Network

if TYPE_CHECKING:
    import pandas as pd


_REST = f"{MISSING} is not examined"
_values = methodcaller("values")


def is_case_table(cases: object) -> TypeIs[pd.DataFrame]:
    """Whether many cases are a table; pandas is not loaded to find out."""
    return hasattr(cases, "columns")


def rows_as_cases(table: pd.DataFrame) -> Iterator[Case]:
    """The cases of a table, one a row: ``id``, ``diagnosis`` and findings; a missing value is not examined.

    Raises:
        CaseError: two columns have one name.

    >>> import pandas as pd
    >>> list(rows_as_cases(pd.DataFrame({"id": ["a"], "clonus": ["absent"], "babinski": [None]})))[0].findings
    {'clonus': 'absent'}
    """
    if not table.columns.is_unique:
        twice = sorted({str(name) for name in table.columns[table.columns.duplicated()]})
        raise CaseError([Issue("error", "", f"two columns are named {', '.join(twice)}", "keep one")])
    known = table.notna().to_numpy()
    for row, is_known in zip(table.itertuples(index=False, name=None), known, strict=True):
        cells = {str(name): cell for name, cell, has in zip(table.columns, row, is_known, strict=True) if has}
        id, diagnosis = (str(cells.pop(name, "")) for name in ("id", DIAGNOSIS))
        yield Case(cells, id=id, diagnosis=diagnosis)


def unfit_findings(cases: Iterable[Case], network: Network | None) -> list[Issue]:
    """What of the findings a network does not have, of all cases; nothing where there is no network.

    >>> from dxnet import load_network
    >>> [issue.message for issue in unfit_findings([Case({"smokin": "present"})], load_network("asia"))]
    ["unknown finding 'smokin'"]
    """
    issues: list[Issue] = []
    for case in cases:
        try:
            if network:
                case.require_fit(network)
        except CaseError as problem:
            issues += problem.issues
    return [*dict.fromkeys(issues)]


def coded_rows(seen: Sequence[Mapping[str, int | Array]]) -> tuple[list[str], NDArray[np.int16]]:
    """The states of many cases as ``Engine.ask_rows`` takes them: findings, and ``int16[B, F]``.

    None of them is a likelihood.
    """
    names = list(chain.from_iterable(seen))
    column = {name: j for j, name in enumerate(dict.fromkeys(names))}
    codes = np.full((len(seen), len(column)), MISSING, np.int16)
    rows = np.repeat(np.arange(len(seen)), [*map(len, seen)])
    codes[rows, [*map(column.__getitem__, names)]] = [*chain.from_iterable(map(_values, seen))]
    return list(column), codes


def sizes_of(network: Network, findings: Sequence[str]) -> NDArray[np.int16]:
    """How many states each finding has, ``int16[F]``.

    Raises:
        UnknownFinding: the network lacks some of them; names all.
    """
    if unknown := [name for name in findings if name != DIAGNOSIS and name not in network.nodes]:
        faults = [(f"unknown finding {brief(name)}", did_you_mean_finding(network, name)) for name in unknown]
        raise UnknownFinding([Issue("error", "", *fault) for fault in faults])
    return np.array([len(network.states(name)) for name in findings], np.int16)


def faults_of_rows(findings: Sequence[str], low: Ints, high: Ints, limits: Ints) -> Iterator[Issue]:
    """What is wrong with rows of states: a finding in two columns, a number that is no state.

    Args:
        findings: F names.
        low, high: the least and the largest state of each column, ``int[F]``.
        limits: how many states, and likelihoods, each finding has.
    """
    for name, count in Counter(findings).items():
        if count > 1:
            yield Issue("error", name, f"stands in {count} columns", "keep one of them")
    for f in np.flatnonzero((low < MISSING) | (high >= limits)).tolist():
        odd = low[f] if low[f] < MISSING else high[f]
        yield Issue("error", findings[f], f"a state is {odd}, but there are {limits[f]} from 0", _REST)
