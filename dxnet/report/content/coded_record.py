"""What was understood of a coded record, by code, and what was not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dxnet.inference.case import Case
from dxnet.inference.coded_entry import CodedEntry
from dxnet.inference.visit import State
from dxnet.knowledge.entered import entered_in_words
from dxnet.knowledge.network import DIAGNOSIS, Network
from dxnet.report.parts import Table


@dataclass(frozen=True)
class EntriesOfCode:
    """Entries of a record that say the same under the same codes: the first, and how many there are."""

    entry: CodedEntry
    number: int

    @property
    def code(self) -> str:
        """The first of its codes, as it is listed."""
        system, code = self.entry.codes[0] if self.entry.codes else ("", "")
        return f"{re.sub('^https?://', '', system)} {code}".strip()

    @property
    def name(self) -> str:
        """What the record calls it; what it calls absent has a no before it."""
        name = self.entry.label or self.code or f"{self.entry.kind} without a name"
        return f"{'no ' if self.entry.present is False else ''}{name}"


def entries_by_code(entries: Iterable[CodedEntry]) -> list[EntriesOfCode]:
    """The entries of a record by code and by what was taken from them, in the order of the record.

    >>> codes = (("HPO", "HP:0001260"),)
    >>> found = entries_by_code([CodedEntry("feature", codes, "Dysarthria")] * 2)
    >>> [(one.name, one.code, one.number) for one in found]
    [('Dysarthria', 'HPO HP:0001260', 2)]
    """
    groups: dict[object, list[CodedEntry]] = {}
    for entry in entries:
        key = (entry.codes or entry.label, entry.present, str(entry.findings), entry.is_earlier)
        groups.setdefault(key, []).append(entry)
    return [EntriesOfCode(group[0], len(group)) for group in groups.values()]


def understood_table(network: Network, groups: Sequence[EntriesOfCode]) -> Table:
    """What the record says, and what was taken from it."""
    rows = [
        (_entries_named(group), _taken(network, group.entry)) for group in groups if group.entry.is_understood
    ]
    return Table("Understood", ("In the record", "Taken as"), tuple(rows))


def unread_table(groups: Sequence[EntriesOfCode], top: int | None = None) -> Table:
    """What was not understood, most frequent first."""
    left = sorted((it for it in groups if not it.entry.is_understood), key=lambda group: -group.number)
    columns: tuple[str, ...] = ("In the record",)
    rows: list[tuple[str, ...]] = [(_entries_named(group),) for group in left]
    if any(group.entry.is_code_known for group in left):
        columns = (*columns, "Why")
        rows = [(*row, _why(group.entry)) for row, group in zip(rows, left, strict=True)]
    return Table.first("Not understood", columns, rows, top)


def _why(entry: CodedEntry) -> str:
    return entry.why if entry.is_code_known else "its code is not known"


def record_tables(network: Network, case: Case) -> list[Table]:
    """Both tables of a case that was read from a coded record; none of any other."""
    groups = entries_by_code(case.coded)
    tables = (understood_table(network, groups), unread_table(groups))
    return [table for table in tables if table.rows]


def _entries_named(group: EntriesOfCode) -> str:
    """Name, code and number of some entries."""
    code = f" ({group.code})" if group.code and group.code != group.name else ""
    return f"{group.name}{code}{'' if group.number == 1 else f', {group.number} times'}"


def _taken(network: Network, entry: CodedEntry) -> str:
    by = f", by {entry.by}" if entry.by else ""
    if entry.is_earlier:
        return f"a later result holds{by}"
    if entry.findings:
        return "; ".join(_finding(network, name, state) for name, state in entry.findings) + by
    bears_on = ", ".join(network.findings[name].label for name in dict.fromkeys(entry.bears_on))
    return f"does not settle {bears_on} alone"


def _finding(network: Network, name: str, state: State) -> str:
    if name == DIAGNOSIS:
        return f"diagnosis: {network.diagnosis[state].name}" if isinstance(state, str) else ""
    words = entered_in_words(network, name, state) if isinstance(state, str) else " or ".join(state)
    return f"{network.findings[name].label}: {words}"
