"""What keeps a new part of a network from being added: ids, labels, names and numbers that cannot be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from dxnet.errors import Issue, brief, did_you_mean
from dxnet.knowledge.estimate import ESTIMATE_KEY, IMPORTED_KEY, Estimate, keys_cited
from dxnet.knowledge.network import Network
from dxnet.knowledge.node import require_states
from dxnet.knowledge.number_text import split_number
from dxnet.knowledge.table import DEFAULT, IDENTIFIER


def odd_id(network: Network, name: str, taken: Mapping[str, object]) -> Iterator[Issue]:
    """An id that is none, or is taken."""
    if not re.fullmatch(IDENTIFIER, name):
        fix = "use letters, digits and _, and begin with a letter"
        yield Issue("error", "", f"{brief(name)} cannot be an id", fix)
    elif name in taken or name == DEFAULT:
        yield Issue("error", "", f"{name} is there already", "choose another id")


def no_label(label: str) -> Iterator[Issue]:
    """A label that is missing or cannot be seen."""
    if not label.strip() or not label.isprintable():
        yield Issue("error", "", "it has no label", "say in a few words what it is")


def not_known(what: str, name: str, known: Mapping[str, object] | Sequence[str]) -> Iterator[Issue]:
    """A name that the network does not have."""
    if name not in known:
        yield Issue("error", "", f"no {what} {brief(name)}", did_you_mean(name, known))


def odd_states(states: tuple[str, ...]) -> Iterator[Issue]:
    """States that a finding cannot have."""
    try:
        require_states(states)
    except ValueError as problem:
        message, _, fix = str(problem).partition("; ")
        yield Issue("error", f"states {', '.join(map(brief, states))}", message, f"{fix}; commas divide them")


def odd_number(network: Network, where: str, text: str, states: int | None) -> Iterator[Issue]:
    """What is wrong with a number that is written anew; ``states``: how many, if that is known."""
    value, reason = split_number(text)
    try:
        number = Estimate.parse(value, reason=reason)
    except ValueError as problem:
        message, _, fix = str(problem).partition("; ")
        yield Issue("error", where, message, fix)
        yield from unknown_references(network, where, keys_cited(value))
        return
    if not text.isprintable():
        yield Issue("error", where, "holds a line break", "write it on one line")
    if states and len(number.mean) != states:
        fix = f"give {states} of them" if states > 2 else "give one probability"
        yield Issue("error", where, f"has another number of probabilities than of states, {states}", fix)
    if not number.is_published and not reason:
        yield Issue("error", where, "an estimate has no reason", "write # and the reason behind it")
    yield from unknown_references(network, where, number.sources)


def unknown_references(network: Network, where: str, keys: Sequence[str]) -> Iterator[Issue]:
    """Keys that are cited, but of no reference of the network."""
    for key in keys:
        if key not in (ESTIMATE_KEY, IMPORTED_KEY, *network.references):
            yield Issue("error", where, f"no reference {key!r}", did_you_mean(key, network.references))
