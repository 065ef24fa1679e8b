"""Fields of JSON that another standard defines: each is taken with its type checked and its place kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

from dxnet.errors import CaseError, Issue, brief, did_you_mean
from dxnet.formats.cases.document import odd_characters, settle, source_line
from dxnet.formats.cases.finding_terms import FindingTerms
from dxnet.formats.cases.local_codes import NO_LOCAL_CODES, LocalCode, LocalCodes
from dxnet.formats.cases.quantities import as_written, without_echo
from dxnet.formats.cases.term_labels import Statement
from dxnet.formats.cases.terms import NO_FINDING, findings_of_statements
from dxnet.inference.case import Case
from dxnet.inference.coded_entry import CodedEntry
from dxnet.inference.many_cases import unfit_findings
from dxnet.inference.visit import State
from dxnet.knowledge.network import Network
from dxnet.knowledge.strict_yaml import Map, Scalar
from dxnet.words import counted

MAP_CODES = "map the code in a table of your own (--codes)"
"""A cure for codes that the network does not know."""
NO_CURES: Mapping[str, str] = {}
FEW_NAMES = 40
"""So many things that are left out are named in a line that sums them up."""


class LeftOut(NamedTuple):
    """A warning, the kind of which it is one (in the plural; '' for one of its own), and what it is about."""

    issue: Issue
    kind: str = ""
    name: str = ""


NO_ENTRY = -1
"""In place of that of an entry, while none is read."""


@dataclass
class Reading:
    """What was found in a document so far: states, terms, the diagnosis, all faults and what is left out."""

    network: Network
    local_codes: LocalCodes = NO_LOCAL_CODES
    pairs: list[tuple[str, State]] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    is_own: bool = False
    """Whether the document states findings of the network as such: its terms then imply no other findings."""
    diagnosis: str = ""
    gender: str = ""
    """Of the patient, as FHIR calls it."""
    about: dict[str, str] = field(default_factory=dict)
    faults: list[Issue] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    understood: int = 0
    """Entries whose codes the network knows, whatever became of them, but for tests without a result."""
    foreign: dict[str, list[str]] = field(default_factory=dict)
    """Entries whose codes the network does not know: what they are -> their names."""
    entries: list[CodedEntry] = field(default_factory=list)
    by_local_codes: dict[int, LocalCode] = field(default_factory=dict)
    """Place of an entry in ``entries`` -> the local code by which it is read, if it has one."""
    entry: int = NO_ENTRY
    """The place in ``entries`` of the one that is being read."""

    @cached_property
    def terms(self) -> FindingTerms:
        """The HPO terms of the network's findings."""
        return FindingTerms(self.network)

    def text(self, parent: Map, key: str) -> Scalar:
        """A text, or '' where there is none."""
        value = parent.get(key)
        if value is not None and not isinstance(value, Scalar):
            self.fault(parent, key, "text")
        return (
            Scalar(" ".join(value.split()), value.where)
            if isinstance(value, Scalar)
            else Scalar("", parent.where)
        )

    def flag(self, parent: Map, key: str) -> bool | None:
        """True, false, or None where it is not stated."""
        value = parent.get(key)
        if value is None or isinstance(value, bool):
            return value
        self.fault(parent, key, "true or false")
        return None

    def map(self, parent: Map, key: str) -> Map:
        """An object, or an empty one where there is none."""
        value = parent.get(key)
        if value is not None and not isinstance(value, Map):
            self.fault(parent, key, "an object {...}")
        return value if isinstance(value, Map) else Map(parent.where)

    def maps(self, parent: Map, key: str) -> list[Map]:
        """A list of objects, or an empty one."""
        value = parent.get(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(entry, Map) for entry in value):
            self.fault(parent, key, "a list of objects [{...}]")
            return []
        return value

    def known(self, parent: Map, keys: Iterable[str], what: str, cures: Mapping[str, str] = NO_CURES) -> None:
        """Refuse keys that the standard does not have: a misspelt one could turn a finding around.

        ``cures`` are those of keys that are known from elsewhere, such as an older version.
        """
        for key in parent:
            if key not in keys:
                fix = cures.get(key) or did_you_mean(key, keys)
                self.faults.append(Issue("error", source_line(key), f"{what}: unknown key {str(key)!r}", fix))

    def fault(self, parent: Map, key: str, wanted: str) -> None:
        """A value of the wrong type."""
        message = f"{key}: {brief(parent.get(key))} is not {wanted}"
        self.faults.append(Issue("error", parent.place(key), message, f"write {wanted}"))

    def warn(self, where: str, message: str, fix: str = "", kind: str = "", name: str = "") -> None:
        """Something that is left out; warnings of one ``kind`` (in the plural) become one line."""
        self._explain(self.entry, message)
        self.left_out.append(LeftOut(Issue("warning", where, message, fix), kind, name))

    def info(self, where: str, message: str, kind: str = "", name: str = "") -> None:
        """How something was read that could have been read otherwise."""
        self.left_out.append(LeftOut(Issue("info", where, message), kind, name))

    def unknown(self, where: str, message: str, fix: str, kind: str, name: str, thing: str) -> None:
        """Something that the network has no finding or diagnosis for; ``thing`` begins with its noun."""
        self.warn(where, message, fix, kind, name)
        self._mark_unknown(self.entry)
        self.foreign.setdefault(thing, []).append(name)

    def observe(self, name: Scalar, state: State) -> None:
        """A finding in so many words."""
        self.understood += 1
        self.pairs.append((name, state))
        self.take(self.entry, name, state)
        if row := self.by_local_codes.get(self.entry):
            shown = state if isinstance(state, str) else " or ".join(state)
            text = f"{name} {shown} from {self.name_of_entry(row)}{f' by {row.where}' if row.where else ''}"
            kind = "findings are taken by local codes"
            self.info(name.where, f"1 finding is taken by a local code ({text})", kind, text)

    def name_of_entry(self, row: LocalCode) -> str:
        """The entry that is being read under a local code, as messages name it."""
        label = self.entries[self.entry].label or row.label or "without a name"
        return f"{row.system} {row.code} ({label})"

    def begin_entry(
        self, kind: str, codes: Sequence[tuple[str, str]], label: str, where: str, present: bool | None = None
    ) -> LocalCode | None:
        """The next entry of the record; the local code by which it is to be read, if it has one."""
        row = self.local_codes.find(codes)
        by = row.where if row else ""
        self.entry = len(self.entries)
        self.entries.append(CodedEntry(kind, tuple(codes), label, where, present, by=by))
        if row:
            self.by_local_codes[self.entry] = row
        return row

    def end_entries(self) -> None:
        """What follows belongs to no single entry."""
        self.entry = NO_ENTRY

    def take(self, entry: int, name: str, state: State) -> None:
        """Something that is taken from an entry for a finding, or for the diagnosis."""
        if entry != NO_ENTRY:
            known = self.entries[entry]
            self.entries[entry] = replace(known, findings=(*known.findings, (str(name), state)))

    def _bear_on(self, entry: int, name: str) -> None:
        if entry != NO_ENTRY:
            known = self.entries[entry]
            self.entries[entry] = replace(known, bears_on=(*known.bears_on, name))

    def outdate(self, entry: int) -> None:
        """A later entry of the same holds."""
        if entry != NO_ENTRY:
            self.entries[entry] = replace(self.entries[entry], is_earlier=True)

    def _mark_unknown(self, entry: int) -> None:
        if entry != NO_ENTRY:
            self.entries[entry] = replace(self.entries[entry], is_code_known=False)

    def _explain(self, entry: int, why: str) -> None:
        if entry != NO_ENTRY and not self.entries[entry].why:
            self.entries[entry] = replace(self.entries[entry], why=why)

    def case(self, id: str, where: str) -> Case:
        """The case that was read; where nothing was understood, its one issue is an error.

        Raises:
            CaseError: everything that is wrong.
        """
        if self.faults:
            lacking = unfit_findings((Case({name: state}) for name, state in self.pairs), self.network)
            raise CaseError(list(dict.fromkeys([*self.faults, *lacking])))
        pairs = dict(self.pairs)
        stated = {name: as_written(self.network, name, state)[0] for name, state in pairs.items()}
        from_terms, about_terms, known, taken, bearing = findings_of_statements(
            self.terms, self.statements, stated, implied=not self.is_own
        )
        for entry, name, state in taken:
            self.take(entry, name, state)
        for entry, name in bearing:
            self._bear_on(entry, name)
        for issue, kind, name, entry in about_terms:
            self.left_out.append(LeftOut(issue, kind, name))
            self._explain(entry, issue.message)
            if kind == NO_FINDING:
                self._mark_unknown(entry)
                self.foreign.setdefault("term of the HPO", []).append(name)
        findings, repeated = settle([*self.pairs, *without_echo(self.network, pairs, from_terms)])
        issues = [*summed_up(self.left_out), *repeated]
        if self.foreign and not (self.understood or known or self.diagnosis):
            issues = [self._not_understood(where)]
        coded = tuple(self.entries)
        return Case(findings, id, self.diagnosis, self.about, tuple(issues), coded=coded)

    def _not_understood(self, where: str) -> Issue:
        """One error for a record none of which the network knows."""
        most = FEW_NAMES // len(self.foreign)
        kinds = [
            f"{_counted_things(names, thing)}{_names_in_brackets(names, most)}"
            for thing, names in self.foreign.items()
        ]
        message = f"{'; '.join(kinds)}: none of them a finding or diagnosis of {self.network.name}"
        fix = f"enter what they show as findings, {MAP_CODES}, or code them with HPO terms"
        return Issue("error", where, message, fix, tuple(left.issue for left in self.left_out))


def summed_up(left_out: Sequence[LeftOut]) -> list[Issue]:
    """One issue for each kind of thing that is left out, in the order in which the kinds come up."""
    groups: dict[object, list[LeftOut]] = {}
    for place_, left in enumerate(left_out):
        groups.setdefault((left.kind, left.issue.level) if left.kind else place_, []).append(left)
    return [_sum(group) for group in groups.values()]


def _sum(group: Sequence[LeftOut]) -> Issue:
    first = group[0].issue
    if len(group) == 1:
        return first
    message = f"{len(group)} {group[0].kind}{_names_in_brackets([left.name for left in group])}"
    return Issue(first.level, first.where, message, first.fix, tuple(left.issue for left in group))


def _counted_things(names: Sequence[str], thing: str) -> str:
    """So many of a thing, such as ``Observation in LOINC``."""
    noun, _, rest = thing.partition(" ")
    return f"{counted(len(names), noun)} {rest}".strip()


def _names_in_brackets(names: Iterable[str], most: int = FEW_NAMES) -> str:
    """Names in brackets, each once and with its number, the first few of many.

    >>> _names_in_brackets(["a", "b", "a"]), _names_in_brackets([""])
    (' (a 2 times, b)', '')
    """
    found = Counter(filter(None, names))
    shown = [name if number == 1 else f"{name} {number} times" for name, number in found.items()]
    rest = [f"and {len(shown) - most} more"] if len(shown) > most else []
    return f" ({', '.join([*shown[:most], *rest])})" if shown else ""


def begin(document: Map, network: Network, codes: LocalCodes) -> Reading:
    """The reading of a document, by a network and local codes that tell what its codes are."""
    return Reading(network, codes, faults=unreadable_keys(document))


def unreadable_keys(document: Map) -> list[Issue]:
    """Keys that are stated twice, and control characters."""
    return [*_twice(document), *odd_characters(document)]


def _twice(value: Any) -> Iterable[Issue]:
    if isinstance(value, Map):
        for key, _ in value.repeated:
            yield Issue("error", key.where, f"{str(key)!r} is stated twice", "keep one")
    for child in value.values() if isinstance(value, Map) else value if isinstance(value, list) else ():
        yield from _twice(child)
