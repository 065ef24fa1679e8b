"""Which finding each column of a table is: by its name, exactly or but for case and separators of words."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from difflib import get_close_matches

import numpy as np
from numpy.typing import NDArray

from dxnet.errors import CaseError, Issue, brief
from dxnet.knowledge.alike import did_you_mean_finding
from dxnet.knowledge.cells import folded
from dxnet.knowledge.network import Network

LABEL_COLUMNS = ("id", "diagnosis")
"""Columns that are no findings: the name of a case and its true diagnosis, where they are known."""
_OF_IDS = re.compile(r"(?:^|[\W_])(?:id|Id|ID)$|[a-z](?:Id|ID)$")
"""Names of columns, such as record_id and PatientID, that say which case is which."""
_MISSPELT = 0.85
"""How alike (0 to 1, as ``difflib`` has it) a name is to the finding that it is taken to mean."""


def accepted_names(
    where: str, columns: Sequence[str], known: Collection[str]
) -> tuple[list[str], list[Issue], list[Issue]]:
    """The known name of each column, or its own; the notices, and what is refused.

    A name that is not known exactly is taken without its case, with blanks, hyphens and underscores alike; of
    two known names that are then the same it is none.

    >>> names, notices, _ = accepted_names("a.csv:1", ["ID", "finger-drop", "note"], ["id", "finger_drop"])
    >>> names, notices[1].message
    (['id', 'finger_drop', 'note'], "the column 'finger-drop' is read as finger_drop")
    """
    plain = [folded(name) for name in known]
    meant = {fold: name for fold, name in zip(plain, known, strict=True) if plain.count(fold) == 1}
    names = [column if column in known else meant.get(folded(column), column) for column in columns]
    notices, faults = [], []
    for name in dict.fromkeys(names):
        same = [column for column, other in zip(columns, names, strict=True) if other == name]
        if len(same) > 1:
            message = f"the columns {' and '.join(map(brief, same))} are both {name}"
            if {*same} == {name}:
                message = f"two columns are named {name}"
            faults.append(Issue("error", where, message, "keep one"))
        elif same != [name]:
            message = f"the column {brief(same[0])} is read as {name}"
            notices.append(Issue("warning", where, message, f"name it {name}"))
    return names, notices, faults


def finding_columns(
    network: Network, where: str, columns: Sequence[str], label: str = LABEL_COLUMNS[0]
) -> tuple[list[str], list[Issue]]:
    """The name that each column has for a network, and a warning for each that is left out.

    Args:
        network: whose findings they are.
        where: ``file:line`` of the header.
        columns: names as they stand there.
        label: a further column that is no finding.

    Raises:
        CaseError: no column is a finding, two are the same one, or one is nearly the name of a finding that
            has no column; all at once.
    """
    known = dict.fromkeys((*network.findings, *LABEL_COLUMNS, label))
    names, issues, faults = accepted_names(where, columns, known)
    if not network.findings.keys() & set(names):
        fix = f"name the columns by the findings of {network.name}, such as "
        fix += ", ".join([*network.findings][:3])
        faults.append(Issue("error", where, "no column is a finding of the network", fix))
    free = [name for name in network.findings if name not in names]
    for place, name in enumerate(names):
        if name in known:
            continue
        fix = did_you_mean_finding(network, name)
        if get_close_matches(folded(name), free, cutoff=_MISSPELT):
            message = f"the column {brief(name)} is no finding of {network.name}"
            faults.append(Issue("error", where, message, fix))
        else:
            message = f"the column {brief(name)} is no finding of {network.name} and is left out"
            if LABEL_COLUMNS[0] not in names and (not place or _OF_IDS.search(name)):
                fix = f"name it id if it says which case is which; {fix}"
            issues.append(Issue("warning", where, message, fix))
    if faults:
        raise CaseError(faults)
    return names, issues


def first_repetition(hashes: NDArray[np.int64]) -> tuple[int, int, int] | None:
    """Positions of the first value that stands twice, and how many values do, or None.

    >>> first_repetition(np.array([7, 8, 9, 8, 9]))
    (1, 3, 2)
    """
    ordered = np.sort(hashes)
    if (ordered[1:] != ordered[:-1]).all():
        return None
    order = np.argsort(hashes, kind="stable")
    again = np.flatnonzero(hashes[order][1:] == hashes[order][:-1])
    second = int(order[again + 1].min())
    first = int(np.flatnonzero(hashes == hashes[second])[0])
    return first, second, len(np.unique(hashes[order[again]]))


def repeated_ids(name: str, placed: Sequence[tuple[str | None, int]]) -> list[Issue]:
    """A notice where ids stand more than once.

    Args:
        name: of the file.
        placed: the id of each row, if it has one, and its line.

    >>> print(*repeated_ids("a.csv", [("a", 2), ("b", 3), ("a", 4)]))
    warning: a.csv:4: id 'a' stands in line 2, too; give each case its own id
    """
    ids = [(id, line) for id, line in placed if id]
    found = first_repetition(np.array([hash(id) for id, _ in ids], np.int64))
    if not found:
        return []
    first, second, count = found
    id, line = ids[second]
    return [repeated_id(f"{name}:{line}", str(id), f"line {ids[first][1]}", count)]


def repeated_id(where: str, id: str, before: str, count: int) -> Issue:
    """The notice that an id stands twice.

    Args:
        where: ``file:line`` where it stands again.
        id: what it is.
        before: where it stood before, as ``line 2``.
        count: how many ids stand more than once.
    """
    more = f"; {count} ids stand more than once" if count > 1 else ""
    return Issue(
        "warning", where, f"id {brief(id)} stands in {before}, too{more}", "give each case its own id"
    )
