"""A network with other numbers, by their places."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from dxnet.errors import Issue, NetworkError, ParseError, brief
from dxnet.inference.engine import EngineLike, network_of
from dxnet.knowledge.changed_number import number_in_place_of
from dxnet.knowledge.estimate import Estimate
from dxnet.knowledge.network import ATYPICAL, PATTERN, Network
from dxnet.knowledge.place import NetworkSection, Place

if TYPE_CHECKING:
    from dxnet.knowledge.table import Frozen

_VARIABLES = ("mechanisms", "incidental", "findings")
"""Fields of a network that hold variables by id."""


def change_numbers(network: EngineLike, numbers: Mapping[str, Estimate | str]) -> Network:
    """A network with other numbers, all else the same; the one that is given stays as it is.

    It has no fingerprint, as no files hold it. ``Engine`` says whether its numbers fit each other, ``check``
    what is odd about them.

    Args:
        network: the network, or an engine of it.
        numbers: place of a number, as in ``Network.estimates`` -> an ``Estimate``, or its text in the grammar
            of network files, with ``# reason``.

    Raises:
        NetworkError: places that the network does not have, what is no number with its source, another number
            of states, unknown references; all at once.
        TypeError: numbers that are no mapping.

    >>> from dxnet import compare_networks, load_network
    >>> asia = load_network("asia")
    >>> edited = change_numbers(asia, {"smoking.default": "12/50 @lauritzen1988  # a small town"})
    >>> [(place, number.reason) for place, number in edited.estimates() if place == "smoking.default"]
    [('smoking.default', 'a small town')]
    >>> [(it.place, it.change) for it in compare_networks(asia, edited).numbers]
    [('smoking.default', 'changed')]
    """
    network = network_of(network)
    if not isinstance(numbers, Mapping):
        raise TypeError(f"numbers are {brief(numbers)}; give a mapping of places to numbers")
    known, issues = dict(network.estimates()), list[Issue]()
    places = {str(place): place for place in known}
    of: dict[tuple[NetworkSection, str], dict[tuple[str, str], Estimate]] = defaultdict(dict)
    for text, number in numbers.items():
        try:
            place = places.get(text) or Place.parse(text, known, network.name)
            of[place.owner][place.key, place.row] = number_in_place_of(network, known, place, number)
        except ParseError as problem:
            issues += problem.issues
    if issues:
        raise NetworkError(issues)
    return network.model_copy(update=dict(_changed_fields(network, of)))


def _changed_fields(
    network: Network, of: Mapping[tuple[NetworkSection, str], Mapping[tuple[str, str], Estimate]]
) -> Iterator[tuple[str, object]]:
    """The fields of a network that hold other numbers, by section and name of what the numbers belong to."""
    whole = network.with_own_numbers(
        {
            (section, row): it
            for (section, name), own in of.items()
            if not name
            for (_, row), it in own.items()
        }
    )
    for field in ("recording_error", "missed", "unexplained", "soft_words"):
        yield field, getattr(whole, field)
    settings = dict(network.settings)
    for name, setting in settings.items():
        own = {(setting.key_of_rows, row): it for (_, row), it in of.get(("settings", name), {}).items()}
        settings[name] = setting.with_own_numbers(own) if own else setting
    yield "settings", settings
    variables = {name: numbers for (section, name), numbers in of.items() if section == "variables"}
    for field in _VARIABLES:
        held: dict[str, Frozen] = dict(getattr(network, field))
        yield (
            field,
            held | {name: held[name].with_own_numbers(variables[name]) for name in held.keys() & variables},
        )
    for field, name, part in (
        ("atypical", ATYPICAL, network.atypical),
        ("patterns", PATTERN, network.patterns),
    ):
        if part and name in variables:
            yield field, part.with_own_numbers(variables[name])
