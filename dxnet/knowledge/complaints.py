"""What the data model complains of in the files of a network, in words that name the cure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from dxnet.errors import Issue, brief, did_you_mean
from dxnet.knowledge.diagnosis import Diagnosis, Setting
from dxnet.knowledge.from_visits import FromVisits
from dxnet.knowledge.network import ATYPICAL, Atypical, Finding, Mechanism, Network, Node, Procedure
from dxnet.knowledge.number_meaning import NumberMeaning
from dxnet.knowledge.strict_yaml import Map
from dxnet.knowledge.table import GIVEN, Frozen, file_keys, is_table

TYPE_OF_SECTION: dict[str, type[Frozen]] = {
    "diagnosis": Diagnosis,
    "settings": Setting,
    "mechanisms": Mechanism,
    "incidental": Node,
    "procedures": Procedure,
    "findings": Finding,
}
_PARTS_OF_FINDING: dict[str, type[Frozen]] = {"number": NumberMeaning, "from visits": FromVisits}
_MISTAKES = {
    "string_type": ("is not text", "write plain text"),
    "tuple_type": ("is not a list", "write [one, two]"),
    "dict_type": ("is not a block of lines", "write 'key: value' lines below it"),
    "model_type": ("is not a block of lines", "write 'key: value' lines below it"),
    "float_parsing": ("is not a number", "write one, such as 0.45"),
    "int_parsing": ("is not a whole number", "write 0, 1, 2 or 3"),
    "greater_than_equal": ("is too small", "write 0, 1, 2 or 3"),
    "less_than_equal": ("is too large", "write 0, 1, 2 or 3"),
    "too_short": ("holds too few entries", "a network needs two diagnoses, a setting and a finding"),
}
FORMER_KEYS: Mapping[str, tuple[str, str]] = {
    "preset": (
        "is no longer used, as nothing is filled in that nobody entered",
        "remove it, or write 'lasting: yes' in its place if the finding is the same at every visit",
    ),
}
"""Keys that an earlier dxnet knew -> why each is gone, and what to write in its place."""


def explained_validation(error: Any, merged: Map) -> Issue:
    """A complaint of the data model, with the file and line of what it complains of."""
    location: Sequence[Any] = error["loc"]
    value, where, path = merged, merged.where, []
    for part in location:
        if isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
            where = getattr(value, "where", where)
        elif isinstance(value, Map) and (key := _key_of_location(value, part)) is not None:
            where, value = value.place(key), value[key]
            path.append(str(key))
    message, fix = _wording(error, location)
    return Issue("error", where, f"{'.'.join(path)}: {message}" if path else message, fix)


def _key_of_location(value: Map, part: Any) -> str | None:
    """The key in the file that a part of a pydantic location stands for."""
    return part if part in value else next(filter(is_table, value), None) if part == GIVEN else None


def _wording(error: Any, location: Sequence[Any]) -> tuple[str, str]:
    kind, key = error["type"], str(location[-1]) if location else ""
    if kind == "extra_forbidden":
        section = Atypical if location[0] == ATYPICAL else TYPE_OF_SECTION.get(str(location[0]), Network)
        section = next((part for key, part in _PARTS_OF_FINDING.items() if key in location[:-1]), section)
        known = file_keys(section if len(location) > 1 else Network)
        is_given = GIVEN in known and get_close_matches(key.partition(" ")[0], ["given"])
        fix = f"write '{GIVEN}: ...'" if is_given else did_you_mean(key, known)
        return FORMER_KEYS.get(key, ("unknown key", fix))
    if kind == "missing":
        return f"{key!r} is missing", f"add '{key}: ...'"
    if kind == "value_error":
        message, _, fix = str(error["ctx"]["error"]).partition("; ")
        return message, fix
    if kind == "literal_error":
        return f"{brief(error['input'])} is not known", f"write {error['ctx']['expected']}"
    message, fix = _MISTAKES.get(kind, (f"is wrong: {error['msg']}", "see the README of networks/als_mimics"))
    return f"{brief(error['input'])} {message}", fix
