"""Local codes: a user's own table of which finding and state each code of a record stands for.

SNOMED CT is licensed to each user and cannot be shipped, and the codes of a hospital are its own.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from dxnet.errors import CaseError, Issue, brief, did_you_mean
from dxnet.formats.cases.code_systems import malformed, system_written
from dxnet.formats.cases.term_labels import current_id
from dxnet.knowledge.alike import did_you_mean_finding
from dxnet.knowledge.entered import read_entered
from dxnet.knowledge.network import DIAGNOSIS, Network

LOCAL_CODE_COLUMNS = ("system", "code", "finding", "state")
LABEL = "label"
"""A column that is for the reader alone."""
_PIPE = "|"
"""Between several findings of one code, and their states."""


class CodeMeaning(NamedTuple):
    """A finding (or ``diagnosis``), and its state; '' where the value of the entry says which."""

    finding: str
    state: str


@dataclass(frozen=True)
class LocalCode:
    """What a code of a system stands for; ``where`` is ``file:line``."""

    system: str
    code: str
    meanings: tuple[CodeMeaning, ...]
    label: str = ""
    where: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What no two rows of a table have in common."""
        return coding_key(self.system, self.code)


@dataclass(frozen=True)
class LocalCodes:
    """The local codes of a user, as of ``read_local_codes``; a change gives another object."""

    rows: tuple[LocalCode, ...] = ()
    _by_key: Mapping[tuple[str, str], LocalCode] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_key", {row.key: row for row in self.rows})

    def find(self, codes: Iterable[tuple[str, str]]) -> LocalCode | None:
        """The row of the first of several codings that has one.

        >>> codes = LocalCodes((LocalCode("SNOMED CT", "366575004", (CodeMeaning("babinski", "present"),)),))
        >>> codes.find([("LOINC", "1-8"), ("SNOMED CT", "366575004")]).meanings
        (CodeMeaning(finding='babinski', state='present'),)
        """
        found = (self._by_key.get(coding_key(system, code)) for system, code in codes)
        return next(filter(None, found), None)

    def with_code(self, row: LocalCode) -> LocalCodes:
        """The same with one more row, in place of the one of its code."""
        return LocalCodes((*(other for other in self.rows if other.key != row.key), row))

    def without(self, key: tuple[str, str]) -> LocalCodes:
        """The same without the row of a key."""
        return LocalCodes(tuple(row for row in self.rows if row.key != key))


NO_LOCAL_CODES = LocalCodes()


def coding_key(system: str, code: str) -> tuple[str, str]:
    """A coding as codes are compared: systems without case, former HPO ids as those of today."""
    return system.rstrip("/#").casefold(), current_id(code)


def dump_local_codes(codes: LocalCodes) -> str:
    """The table as CSV, as ``read_local_codes`` reads it.

    >>> meanings = (CodeMeaning("babinski", "present"),)
    >>> row = LocalCode("SNOMED CT", "366575004", meanings, "Extensor plantar response")
    >>> print(dump_local_codes(LocalCodes((row,))))  # doctest: -NORMALIZE_WHITESPACE
    system,code,finding,state,label
    SNOMED CT,366575004,babinski,present,Extensor plantar response
    <BLANKLINE>
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow((*LOCAL_CODE_COLUMNS, LABEL))
    for row in codes.rows:
        cells = (f" {_PIPE} ".join(part) for part in zip(*row.meanings, strict=True))
        table.writerow((row.system, row.code, *cells, row.label))
    return text.getvalue()


def read_local_codes(source: str | Path | bytes, network: Network, name: str = "") -> LocalCodes:
    """The local codes of a CSV file with the columns ``system``, ``code``, ``finding`` and ``state``.

    Args:
        source: a path, or the bytes of a file. ``system`` is a name (SNOMED CT, LOINC, HPO, ICD-10 ...) or
            the address that records give. ``finding`` is one of the network or ``diagnosis``. ``state`` is
            what the code stands for where it is present; without one the value of the entry says it, as for
            laboratory tests. Several findings of one code stand in one row, with ``|`` between them and
            their states. A column ``label`` is for the reader.
        network: whose findings and states they are.
        name: what messages call the file.

    Raises:
        CaseError: what cannot be used, with file, line, cause and cure; all at once.

    >>> from dxnet import load_network
    >>> text = b"system,code,finding,state\\nSNOMED CT,366575004,babinski,present\\n"
    >>> read_local_codes(text, load_network("als_mimics"), "codes.csv").rows[0].where
    'codes.csv:2'
    """
    from dxnet.formats.delimited.rows import DelimitedFile
    from dxnet.knowledge.columns import accepted_names

    source = Path(source) if isinstance(source, str) else source
    name = name or (source.name if isinstance(source, Path) else "codes.csv")
    known = (*LOCAL_CODE_COLUMNS, LABEL)
    file = DelimitedFile(source, name, known)
    names, _, faults = accepted_names(file.header, file.columns, known)
    faults += _column_faults(file.header, names)
    if faults:
        raise CaseError(faults)
    table = _CodeTable(network)
    for batch in file.batches():
        columns = [batch.cells.column(column).to_pylist() for column in file.columns]
        for line, *cells in zip(batch.lines.tolist(), *columns, strict=True):
            row = {column: cell or "" for column, cell in zip(names, cells, strict=True)}
            table.add(row, f"{name}:{line}")
    if faults := [*file.refused, *table.faults]:
        raise CaseError(faults)
    return LocalCodes(tuple(table.rows.values()))


def _column_faults(header: str, names: list[str]) -> Iterator[Issue]:
    for column in LOCAL_CODE_COLUMNS:
        if column not in names:
            fix = f"write the columns {', '.join(LOCAL_CODE_COLUMNS)}"
            yield Issue("error", header, f"has no column {column!r}", fix)
    for column in names:
        if column not in (*LOCAL_CODE_COLUMNS, LABEL):
            fix = did_you_mean(column, (*LOCAL_CODE_COLUMNS, LABEL))
            yield Issue("error", header, f"unknown column {brief(column)}", fix)


class _CodeTable:
    """The rows of a table so far, and what is wrong with others."""

    def __init__(self, network: Network):
        self.network = network
        self.rows: dict[tuple[str, str], LocalCode] = {}
        self.faults: list[Issue] = []

    def add(self, cells: Mapping[str, str], where: str) -> None:
        """Take a row, or tell what is wrong with it."""
        faults = [*self._code_faults(cells), *self._meaning_faults(cells)]
        self.faults += [Issue("error", where, message, fix) for message, fix in faults]
        if faults:
            return
        system, _ = system_written(cells["system"])
        pairs = zip(_separated(cells["finding"]), _states_of_row(cells), strict=True)
        meanings = tuple(CodeMeaning(finding, self._state(finding, state)) for finding, state in pairs)
        row = LocalCode(system, cells["code"], meanings, cells.get(LABEL, ""), where)
        first = self.rows.setdefault(row.key, row)
        if first is not row:
            message = f"{system} {row.code} is mapped a second time, after {first.where}"
            fix = f"keep one row; several findings of one code stand in one, as in 'one {_PIPE} other'"
            self.faults.append(Issue("error", where, message, fix))

    def _code_faults(self, cells: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        if not cells["system"]:
            yield "has no system", "write SNOMED CT, LOINC, or the address that the record gives"
        elif near := system_written(cells["system"])[1]:
            yield f"unknown system {brief(cells['system'])}", near
        if not cells["code"]:
            yield "has no code", "write the code, or remove the row"
        elif cells["system"] and (why := malformed(system_written(cells["system"])[0], cells["code"])):
            yield f"{brief(cells['code'])} is no code of {cells['system']}", why

    def _meaning_faults(self, cells: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        findings, states = _separated(cells["finding"]), _states_of_row(cells)
        if not cells["finding"]:
            yield "has no finding", "write the finding that the code stands for, or remove the row"
            return
        if len(findings) != len(states):
            message = f"has {len(findings)} findings, but {len(states)} states"
            yield message, f"write one state for each finding, with {_PIPE} between them"
            return
        for finding, state in zip(findings, states, strict=True):
            if finding not in self.network.findings and finding != DIAGNOSIS:
                yield f"unknown finding {brief(finding)}", did_you_mean_finding(self.network, finding)
            elif finding == DIAGNOSIS and state not in self.network.diagnoses:
                problem = f"unknown diagnosis {brief(state)}" if state else "has no state for the diagnosis"
                yield problem, did_you_mean(state, self.network.diagnoses)
            elif finding != DIAGNOSIS and state:
                yield from self._state_faults(finding, state)
        if len(set(findings)) < len(findings):
            yield "names a finding twice", "keep one"

    def _state_faults(self, finding: str, state: str) -> Iterator[tuple[str, str]]:
        found = read_entered(self.network, finding, state)
        if found.kind == "number":
            fix = "leave the state empty, so that the number of each record is read"
            yield f"{finding}: {brief(state)} is a number, no state", fix
        elif found.kind == "unread":
            yield f"{finding}: {found.problem}", found.fix

    def _state(self, finding: str, state: str) -> str:
        """The name of a state that may be written as a plain word."""
        if not state or finding == DIAGNOSIS:
            return state
        found = read_entered(self.network, finding, state)
        return found.state or state


def _separated(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(_PIPE)]


def _states_of_row(cells: Mapping[str, str]) -> list[str]:
    """The states of a row; none at all is none for each finding."""
    return _separated(cells["state"]) if cells["state"] else [""] * len(_separated(cells["finding"]))
