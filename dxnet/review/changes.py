"""Differences of two networks: parts, edges, texts and numbers, compared by id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from math import inf, log
from typing import Literal

from dxnet.knowledge.diagnosis import Setting
from dxnet.knowledge.estimate import Estimate
from dxnet.knowledge.kinds.registry import CPT_KINDS, kinds_of
from dxnet.knowledge.network import ATYPICAL, DIAGNOSIS, PATTERN, Network, Node
from dxnet.knowledge.place import NetworkSection, Place
from dxnet.knowledge.table import DEFAULT, ConditionalTable, Frozen

Change = Literal["added", "removed", "changed", "reworded"]

_SECTION_OF_KIND: Mapping[str, str] = {
    "diagnosis": "diagnosis",
    "setting": "settings",
    "mechanism": "mechanisms",
    "incidental cause": "incidental",
    "finding": "findings",
    "procedure": "procedures",
    "reference": "references",
}
_PICTURE = "lesion pattern"
_WITH_NUMBERS = ("mechanism", "incidental cause", "finding", ATYPICAL, PATTERN)
_NO_TEXT = {
    *("where", "places", "fingerprint", "evidence", "recording_error", "missed", "unexplained"),
    *("soft_words", ATYPICAL),
    *("patterns", "stray", "background", "shares", "pictures", "shows"),
    *("prior", "leak", *(kind.field for kind in CPT_KINDS.values())),
    *_SECTION_OF_KIND.values(),
}
"""Fields that are compared as parts, edges or numbers, or that say where something was read."""


@dataclass(frozen=True)
class PartChange:
    """A diagnosis, finding or other part that only one network has.

    Args:
        change, kind, id, label: what it is.
        numbers: how many numbers of its own came or went with it; they are not listed again.
        edges: kind and parent of each edge that came or went with it.
    """

    change: Change
    kind: str
    id: str
    label: str
    numbers: int
    edges: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Edge:
    """An edge that came or went, into a variable or setting that stayed; ``kind`` is given, through, ..."""

    change: Change
    kind: str
    id: str
    parent: str


@dataclass(frozen=True)
class TextChange:
    """A label, the states, a procedure or another field that is no number and no edge."""

    kind: str
    id: str
    field: str
    old: str
    new: str


@dataclass(frozen=True)
class NumberChange:
    """A number that differs in value, weight, sources or reason.

    Args:
        change: added and removed are rows of a table; the other side is the number that served for the row
            there (its default, say), or None. A reworded number is the same but for its reason.
        place: where it stands, as in ``Network.estimates``.
        old, new: value, weight, sources, reason, and the place in the files.
    """

    change: Change
    place: Place
    old: Estimate | None
    new: Estimate | None

    @cached_property
    def size(self) -> float:
        """Largest change of the log-odds of a state, natural logarithm.

        0 where one side stated nothing, infinite where the states differ.
        """
        if self.old is None or self.new is None:
            return 0.0
        if len(self.old.mean) != len(self.new.mean):
            return inf
        pairs = zip(self.old.mean, self.new.mean, strict=True)
        return max(abs(log(b / (1 - b)) - log(a / (1 - a))) for a, b in pairs)


def changed_parts(old: Network, new: Network) -> tuple[PartChange, ...]:
    """Parts that only one network has.

    >>> from dxnet import load_network
    >>> asia = load_network("asia")
    >>> found = {name: node for name, node in asia.findings.items() if name != "dyspnoea"}
    >>> (part,) = changed_parts(asia, asia.model_copy(update={"findings": found}))
    >>> part.change, part.id, part.numbers
    ('removed', 'dyspnoea', 6)
    """
    return tuple(
        _part_change(change, kind, name, network)
        for change, network, other in _each_way(old, new)
        for kind in (*_SECTION_OF_KIND, ATYPICAL, PATTERN, _PICTURE)
        for name in _parts_of_kind(network, kind)
        if name not in _parts_of_kind(other, kind)
    )


def changed_edges(old: Network, new: Network) -> tuple[Edge, ...]:
    """Edges that only one network has, of variables and settings that both have."""
    return tuple(
        Edge(change, kind, name, parent)
        for change, network, other in _each_way(old, new)
        for part in ("setting", *_WITH_NUMBERS)
        for name, stays in _parts_of_kind(other, part).items()
        if name in _parts_of_kind(network, part)
        for kind, parent in _incoming_edges(_parts_of_kind(network, part)[name])
        if (kind, parent) not in _incoming_edges(stays)
    )


def texts(old: Network, new: Network) -> tuple[TextChange, ...]:
    """Fields that differ though they are no numbers and no edges; changed states first."""
    pairs: list[tuple[str, str, Frozen, Frozen]] = [("network", new.name, old, new)]
    for kind in (*_SECTION_OF_KIND, ATYPICAL, PATTERN, _PICTURE):
        before, after = _parts_of_kind(old, kind), _parts_of_kind(new, kind)
        pairs += [(kind, name, before[name], after[name]) for name in before if name in after]
    found = [
        TextChange(
            kind,
            name,
            field.replace("_", " "),
            _value_as_text(getattr(a, field)),
            _value_as_text(getattr(b, field)),
        )
        for kind, name, a, b in pairs
        for field in type(a).model_fields
        if field not in _NO_TEXT and getattr(a, field) != getattr(b, field)
    ]
    return tuple(sorted(found, key=lambda text: text.field != "states"))


def changed_numbers(old: Network, new: Network) -> tuple[NumberChange, ...]:
    """Numbers that differ, but for those of parts that only one network has.

    The largest change comes first, and those whose reason alone is another come last.
    """
    before, after = dict(old.estimates()), dict(new.estimates())
    served, serves = _fallbacks(old, new), _fallbacks(new, old)
    lone = {_owner(part.kind, part.id) for part in changed_parts(old, new)}
    found = [
        NumberChange(_changed_or_reworded(before[place], after[place]), place, before[place], after[place])
        for place in before
        if place in after and before[place] != after[place]
    ]
    found += [NumberChange("added", p, served.get(p), after[p]) for p in after if p not in before]
    found += [NumberChange("removed", p, before[p], serves.get(p)) for p in before if p not in after]
    kept = (number for number in found if _owner_at(number.place) not in lone)
    return tuple(sorted(kept, key=lambda number: (number.change == "reworded", -number.size)))


def _changed_or_reworded(old: Estimate, new: Estimate) -> Change:
    return "reworded" if replace(old, reason=new.reason) == new else "changed"


def _each_way(old: Network, new: Network) -> tuple[tuple[Change, Network, Network], ...]:
    return ("removed", old, new), ("added", new, old)


def _parts_of_kind(network: Network, kind: str) -> Mapping[str, Frozen]:
    """The parts of one kind by id."""
    if kind == ATYPICAL:
        return {ATYPICAL: network.atypical} if network.atypical else {}
    if kind == PATTERN:
        return {PATTERN: network.patterns} if network.patterns else {}
    if kind == _PICTURE:
        return network.patterns.pictures if network.patterns else {}
    members: Mapping[str, Frozen] = getattr(network, _SECTION_OF_KIND[kind])
    return members


def _owner(kind: str, name: str) -> tuple[NetworkSection, str] | None:
    """Section and id that the places of the numbers of a part have; None for parts without numbers."""
    if kind == "setting":
        return "settings", name
    if kind == _PICTURE:
        return "variables", f"{PATTERN}.shows.{name}"
    return ("variables", name) if kind in _WITH_NUMBERS else None


def _owner_at(place: Place) -> tuple[NetworkSection, str]:
    """``_owner`` of the part whose number stands at a place."""
    if place.owner == ("variables", PATTERN) and place.key == "shows":
        return "variables", f"{PATTERN}.shows.{place.row.partition('.')[0]}"
    return place.owner


def _part_change(change: Change, kind: str, name: str, network: Network) -> PartChange:
    member = _parts_of_kind(network, kind)[name]
    owner = _owner(kind, name)
    count = sum(_owner_at(place) == owner for place, _ in network.estimates())
    return PartChange(
        change, kind, name, getattr(member, "label", str(member)), count, tuple(_incoming_edges(member))
    )


def _incoming_edges(part: Frozen) -> Iterator[tuple[str, str]]:
    """Kind and parent of every edge into a variable or setting."""
    if isinstance(part, Setting):
        yield from (("given", parent) for parent in (part.given.parents if part.given else ()))
    if isinstance(part, Node):
        yield from ((kind.key, parent) for kind in kinds_of(part) for parent in kind.stated_parents(part))


def _fallbacks(network: Network, other: Network) -> dict[Place, Estimate]:
    """By place: the number with which a network serves a row that only the other one states."""
    tables, others = dict(_tables_by_place(network)), dict(_tables_by_place(other))
    found: dict[Place, Estimate] = {}
    for (section, name), table in others.items():
        own = tables.get((section, name))
        if own is None or own.parents != table.parents:
            continue
        for row in (row for row in table.rows if row not in own.rows and row != DEFAULT):
            served = {own.lookup(states) for states in product(*table.choices(row))}
            if len(served) == 1 and (estimate := served.pop()):
                found[Place(section, name, row=row)] = estimate
    return found


def _tables_by_place(network: Network) -> Iterator[tuple[tuple[NetworkSection, str], ConditionalTable]]:
    """Every table with the section and id of what it belongs to."""
    for name, setting in network.settings.items():
        yield ("settings", name), setting.given or ConditionalTable(parents=(DIAGNOSIS,), rows=setting.rows)
    yield from ((("variables", name), node.given) for name, node in network.nodes.items() if node.given)


def _value_as_text(value: object) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {text}" for key, text in value.items())
    return ", ".join(map(str, value)) if isinstance(value, tuple) else "" if value is None else str(value)
