"""Fields of JSON that another standard defines: each is taken with its type checked and its place kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from dxnet.errors import CaseError, Issue, brief, did_you_mean
from dxnet.formats.cases.document import number, odd_characters, place, settle
from dxnet.inference.case import Case, State
from dxnet.knowledge.strict_yaml import Map, Text


@dataclass
class Reading:
    """What was found in a document so far: states, the diagnosis, faults (all at once) and warnings."""

    pairs: list[tuple[str, State]] = field(default_factory=list)
    diagnosis: str = ""
    about: dict[str, str] = field(default_factory=dict)
    faults: list[Issue] = field(default_factory=list)
    warnings: list[Issue] = field(default_factory=list)

    def text(self, parent: Map, key: str) -> Text:
        """A text, or '' where there is none."""
        value = parent.get(key)
        if value is not None and not isinstance(value, Text):
            self.fault(parent, key, "text")
        return (
            Text(" ".join(value.split()), value.where) if isinstance(value, Text) else Text("", parent.where)
        )

    def flag(self, parent: Map, key: str) -> bool | None:
        """True, false, or None where it is not said."""
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

    def likelihood(self, parent: Map, key: str) -> float:
        """A number of 0 or more; 0 where it is missing, as protobuf leaves it out."""
        value = number(parent.get(key, 0))
        if value is None:
            self.fault(parent, key, "a likelihood (a number of 0 or more)")
        return value or 0.0

    def known(self, parent: Map, keys: Iterable[str], what: str) -> None:
        """Refuse keys that the standard does not have: a misspelt one could turn a finding around."""
        for key in parent:
            if key not in keys:
                fix = did_you_mean(key, keys)
                self.faults.append(Issue("error", place(key), f"{what}: unknown key {str(key)!r}", fix))

    def fault(self, parent: Map, key: str, wanted: str) -> None:
        """A value of the wrong type."""
        message = f"{key}: {brief(parent.get(key))} is not {wanted}"
        self.faults.append(Issue("error", parent.place(key), message, f"write {wanted}"))

    def warn(self, where: str, message: str, fix: str = "") -> None:
        """Something that is left out."""
        self.warnings.append(Issue("warning", where, message, fix))

    def case(self, id: str) -> Case:
        """The case that was read.

        Raises:
            CaseError: everything that is wrong.
        """
        if self.faults:
            raise CaseError(self.faults)
        findings, repeated = settle(self.pairs)
        return Case(findings, id, self.diagnosis, self.about, (*self.warnings, *repeated))


def begin(document: Map) -> Reading:
    """The reading of a document: keys stated twice and control characters are refused."""
    return Reading(faults=[*_twice(document), *odd_characters(document)])


def _twice(value: Any) -> Iterable[Issue]:
    if isinstance(value, Map):
        for key, _ in value.repeated:
            yield Issue("error", key.where, f"{str(key)!r} is stated twice", "keep one")
    for child in value.values() if isinstance(value, Map) else value if isinstance(value, list) else ():
        yield from _twice(child)
