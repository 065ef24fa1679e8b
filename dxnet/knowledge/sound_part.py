"""The part of a network that can be read although another cannot: its faults of structure are told, too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from dxnet.errors import Issue
from dxnet.knowledge.buildable import faults_of_structure
from dxnet.knowledge.network import Network
from dxnet.knowledge.table import places_of_block

_ENTRIES = ("settings", "procedures", "mechanisms", "incidental", "findings")
"""Sections whose entries can be left out, with all that name them."""
_PROSE = ("label", "definition", "synonyms")


def faults_of_sound_part(merged: Mapping[str, Any], errors: Sequence[Mapping[str, Any]]) -> Iterator[Issue]:
    """What keeps the rest of a network from being built, without the entries that cannot be read.

    An entry that names one of those is left out as well, as nothing can be said of it. Nothing is told where
    the fault is of the network itself or of its diagnoses: then all of it may be a consequence.

    Args:
        merged: the files of the network as one mapping.
        errors: of the data model; ``loc`` is the way to each.
    """
    places = [error["loc"] for error in errors]
    if any(len(place) < 2 or place[0] not in _ENTRIES for place in places):
        return
    rest, left_out = _without(merged, {str(place[1]) for place in places})
    try:
        network = Network.model_validate(rest, by_alias=True, by_name=False)
    except ValidationError:
        return
    for issue in faults_of_structure(network):
        if not _names_one_of(issue.message, left_out):
            yield issue


def _without(merged: Mapping[str, Any], names: set[str]) -> tuple[dict[str, Any], set[str]]:
    """A network without some entries, and those that name them; and the names of all that are left out."""
    entries = {
        section: dict(merged[section]) for section in _ENTRIES if isinstance(merged.get(section), dict)
    }
    left_out, more = set(), names
    while more:
        left_out |= more
        for section in entries.values():
            for name in more:
                section.pop(name, None)
        more = {
            name
            for section in entries.values()
            for name, entry in section.items()
            if _names_one_of(entry, left_out)
        }
    return {**merged, **entries, **places_of_block(merged)}, left_out


def _names_one_of(value: Any, names: set[str]) -> bool:
    """Whether a text, or any text of an entry but its prose, names one of some entries."""
    if isinstance(value, Mapping):
        return any(
            _names_one_of(key, names) or (key not in _PROSE and _names_one_of(child, names))
            for key, child in value.items()
        )
    if isinstance(value, list):
        return any(_names_one_of(child, names) for child in value)
    return not names.isdisjoint(re.findall(r"[\w+-]+|\w+", str(value)))
