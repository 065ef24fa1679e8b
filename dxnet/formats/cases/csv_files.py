"""CSV: one case per row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from dxnet.errors import CaseError, Issue
from dxnet.inference.case import Case, State
from dxnet.inference.many_cases import unfit_findings
from dxnet.knowledge.columns import LABEL_COLUMNS, accepted_names, finding_columns, repeated_ids
from dxnet.knowledge.network import Network
from dxnet.knowledge.strict_yaml import MAX_TEXT_BYTES, Scalar

if TYPE_CHECKING:
    from dxnet.formats.delimited.rows import DelimitedFile


def read_csv(path: Path, _: object, network: Network | None, __: object, name: str) -> list[Case]:
    """The cases of a table, which messages call ``name``, by the rules of ``DelimitedFile``.

    Columns ``id`` and ``diagnosis`` are no findings, all others are. With a
    network, columns that it does not know are left out with a warning; without one, their cells are kept, and
    are refused when a network answers for them. Notices about the file are issues of its first case.

    Raises:
        CaseError: the file or a row of it is refused; all at once.
    """
    from dxnet.formats.delimited.rows import DelimitedFile

    file = DelimitedFile(path, name, (*(network.findings if network else ()), *LABEL_COLUMNS))
    if (size := path.stat().st_size) > MAX_TEXT_BYTES:
        message = (
            f"{size / 1e6:.0f} MB is more than the {MAX_TEXT_BYTES / 1e6:.0f} MB a file of cases may have"
        )
        raise CaseError([Issue("error", name, message, "score it as a cohort, with 'dxnet score'")])
    known = dict.fromkeys((*(network.findings if network else ()), *LABEL_COLUMNS))
    names, notices, faults = accepted_names(file.header, file.columns, known)
    if network:
        try:
            names, notices = finding_columns(network, file.header, file.columns)
        except CaseError as problem:
            faults = [*problem.issues]
    columns = [Scalar(it if it in known or not network else "", file.header) for it in names]
    placed = list(_cases(file, columns, path.name))
    faults += file.refused
    if faults:
        raise CaseError([*faults, *unfit_findings((case for _, case in placed), network)])
    notices += [*file.issues, *repeated_ids(file.name, [(case.id, line) for line, case in placed])]
    first, *others = [case for _, case in placed]
    return [replace(first, issues=(*notices, *first.issues)), *others]


def _cases(file: DelimitedFile, columns: Sequence[Scalar], unnamed: str) -> Iterator[tuple[int, Case]]:
    """The cases with their lines; one without an id is called by its line of the ``unnamed`` file."""
    for rows in file.batches():
        cells = [column.to_pylist() for column in rows.cells.columns]
        for line, row in zip(rows.lines.tolist(), zip(*cells, strict=True), strict=True):
            where = f"{file.name}:{line}"
            stated: dict[str, State] = {
                column: Scalar(cell, where)
                for column, cell in zip(columns, row, strict=True)
                if cell and column
            }
            id, diagnosis = (Scalar(str(stated.pop(name, "")), where) for name in LABEL_COLUMNS)
            yield line, Case(stated, id=id or Scalar(f"{unnamed}:{line}", where), diagnosis=diagnosis)
