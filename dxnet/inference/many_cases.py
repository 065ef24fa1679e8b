"""Many cases as one array of states, and a table of cases as cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from operator import methodcaller
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from typing_extensions import TypeIs

from dxnet.arrays import MISSING, Array, Ints
from dxnet.errors import CaseError, Issue, UnknownFinding, brief
from dxnet.inference.case import Case, CaseLike
from dxnet.knowledge.alike import did_you_mean_finding
from dxnet.knowledge.cells import clean_cell
from dxnet.knowledge.columns import LABEL_COLUMNS, finding_columns
from dxnet.knowledge.entered import plain_text
from dxnet.knowledge.network import DIAGNOSIS, Network
from dxnet.knowledge.plain_words import name_of_word

if TYPE_CHECKING:
    import pandas as pd


_REST = f"{MISSING} is not examined"
_values = methodcaller("values")


def is_case_table(cases: object) -> TypeIs[pd.DataFrame]:
    """Whether many cases are a table; pandas is not loaded to find out."""
    return hasattr(cases, "columns")


def require_frame(table: object) -> None:
    """Refuse anything but a data frame.

    Raises:
        TypeError: says what to pass.
    """
    import pandas as pd

    if not isinstance(table, pd.DataFrame):
        raise TypeError(f"{brief(table)} is no table; give a DataFrame with a column for each finding")


def cases_of_table(network: Network, table: pd.DataFrame) -> tuple[Case, ...]:
    """The cases of a table, one a row, by the rules of CSV files: see ``finding_columns``.

    Columns ``id`` and ``diagnosis`` are no findings; a cell that is missing or blank was not examined, and
    may hold likelihoods. A case without an id is called by the index of its row. Notices about the columns
    are issues of the first case.

    Raises:
        CaseError: no column is a finding, two are the same one, or one is nearly the name of a finding that
            has no column; all at once.
        TypeError: the table is not a data frame.

    >>> import pandas as pd
    >>> from dxnet import load_network
    >>> table = pd.DataFrame({"Clonus": ["absent"], "babinski": [" "]}, index=["p1"])
    >>> (case,) = cases_of_table(load_network("als_mimics"), table)
    >>> case.id, case.findings, case.issues[0].message
    ("index 'p1'", {'clonus': 'absent'}, "the column 'Clonus' is read as clonus")
    """
    require_frame(table)
    names, notices = finding_columns(network, "", [str(name) for name in table.columns])
    wanted = [at for at, name in enumerate(names) if name in network.findings or name in LABEL_COLUMNS]
    table = table.iloc[:, wanted]
    rows = zip(table.index, table.itertuples(index=False, name=None), table.notna().to_numpy(), strict=True)
    cases = []
    for label, row, known in rows:
        cells = {names[at]: cell for at, cell, has in zip(wanted, row, known, strict=True) if has}
        filled = {name: cell for name, cell in cells.items() if not isinstance(cell, str) or clean_cell(cell)}
        id, diagnosis = (plain_text(filled.pop(name, "")) for name in LABEL_COLUMNS)
        cases.append(with_known_diagnosis(Case(filled, id or index_of(label), diagnosis), network))
    return (replace(cases[0], issues=tuple(notices)), *cases[1:]) if cases else ()


def index_of(label: object) -> str:
    """How messages call the row of a table that has this label in its index.

    >>> index_of("p1"), index_of(np.int64(3))
    ("index 'p1'", 'index 3')
    """
    return f"index {label!r}" if isinstance(label, str) else f"index {label}"


def with_known_diagnosis(case: Case, network: Network) -> Case:
    """A case with its diagnosis as the network writes it, where only capitals and blanks differ."""
    named = name_of_word((*network.groups, *network.diagnoses), case.diagnosis)
    return replace(case, diagnosis=named) if named and named != case.diagnosis else case


def several_cases(network: Network, cases: Iterable[CaseLike] | pd.DataFrame) -> tuple[Case, ...]:
    """Many cases: those of a table, one a row, or each as of ``Case.of``.

    Raises:
        CaseError: the columns of the table, as of ``cases_of_table``.
        TypeError: a single case, or what is none; says what to pass.
    """
    return cases_of_table(network, cases) if is_case_table(cases) else Case.several(cases)


def placed(issues: Iterable[Issue], case: Case, number: int) -> list[Issue]:
    """What is wrong with one of many cases; where it has no place, with the case's id or its number from 1.

    >>> placed([Issue("error", "", "has no diagnosis")], Case({}), 3)[0].where
    'case 3'
    """
    name = str(case.id) or f"case {number}"
    return [issue if issue.where else replace(issue, where=name) for issue in issues]


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
