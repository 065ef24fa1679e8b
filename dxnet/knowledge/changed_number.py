"""A number that would stand at a place of a network: from its text, or as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from dxnet.errors import Issue, ParseError, brief
from dxnet.knowledge.estimate import VALUE_GRAMMAR, Estimate, keys_cited
from dxnet.knowledge.faults import unknown_sources, wrong_length
from dxnet.knowledge.network import Network
from dxnet.knowledge.number_text import split_number
from dxnet.knowledge.place import Place


def parse_number_at(network: Network, place: str, text: str) -> Estimate:
    """The number that would stand at a place of a network: value grammar, then ``# reason`` if there is one.

    Raises:
        ParseError: no such place, not the grammar, another number of states, unknown references.

    >>> from dxnet import load_network
    >>> asia = load_network("asia")
    >>> parse_number_at(asia, "smoking.default", "12/50 @lauritzen1988  # a small town").weight
    51.0
    """
    known = dict(network.estimates())
    return number_in_place_of(network, known, Place.parse(place, known, network.name), text)


def number_in_place_of(
    network: Network, known: Mapping[Place, Estimate], place: Place, number: Estimate | str
) -> Estimate:
    """The number that would stand at a place in place of a known one, where that one stands in the files.

    Args:
        network, known: its numbers by their place.
        place: one of these.
        number: a text is read as in ``parse_number_at``.

    Raises:
        ParseError: not the grammar, another number of states, unknown references.
    """
    where = known[place].where
    if isinstance(number, Estimate):
        estimate = replace(number, where=where)
        faults = [*unknown_sources(network, estimate.sources, where, place)]
    elif isinstance(number, str):
        faults = [*unknown_sources(network, keys_cited(split_number(number)[0]), where, place)]
        try:
            estimate = _read_number(number, where)
        except ValueError as problem:
            message, _, fix = str(problem).partition("; ")
            raise ParseError([Issue("error", where, f"{place}: {message}", fix), *faults]) from None
    else:
        message = f"{place}: {brief(number)} is not one number with its source"
        raise ParseError([Issue("error", where, message, VALUE_GRAMMAR)])
    if faults := [*wrong_length(estimate, len(known[place].mean), place), *faults]:
        raise ParseError(faults)
    return estimate


def _read_number(text: str, where: str) -> Estimate:
    if not text.isprintable():
        raise ValueError("holds a line break or another control character; write it on one line")
    value, reason = split_number(text)
    return Estimate.parse(value, reason=reason, where=where)
