"""The numbers of lesion patterns, by pattern, by sign and by diagnosis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dxnet.knowledge.estimate import Estimate
from dxnet.knowledge.network import PATTERN, Network
from dxnet.knowledge.patterns import LesionPattern
from dxnet.knowledge.place import Place


def pictures(network: Network) -> Mapping[str, LesionPattern]:
    """The lesion patterns of a network by id; none where it has no such layer."""
    return network.patterns.pictures if network.patterns else {}


def _numbers_of_patterns(network: Network, key: str) -> Iterator[tuple[str, str, Place, Estimate]]:
    """The numbers of one key of the lesion patterns: both parts of their row (``als.bulbar``), and them."""
    for found, row, estimate in network.patterns.numbers() if network.patterns else ():
        if found == key:
            first, _, second = row.partition(".")
            yield first, second, Place("variables", PATTERN, key, row), estimate


def rows_of_picture(network: Network, name: str) -> Iterator[tuple[str, Place, Estimate]]:
    """Which share of each diagnosis a lesion pattern has, and what it shows."""
    shares, shown = _numbers_of_patterns(network, "shares"), _numbers_of_patterns(network, "shows")
    yield from ((f"share of {d}", place, e) for d, pattern, place, e in shares if pattern == name)
    yield from ((sign, place, e) for pattern, sign, place, e in shown if pattern == name)


def rows_of_rates(network: Network, name: str) -> Iterator[tuple[str, Place, Estimate]]:
    """How often the lesion patterns show a sign."""
    shown = _numbers_of_patterns(network, "shows")
    yield from ((f"{PATTERN} {pattern}", place, e) for pattern, sign, place, e in shown if sign == name)
    background = _numbers_of_patterns(network, "background")
    yield from (("other patterns", place, e) for sign, _, place, e in background if sign == name)


def rows_of_shares(network: Network) -> Iterator[tuple[str, Place, Estimate]]:
    """P(pattern | diagnosis) of all diagnoses, and the share of patients with any pattern."""
    assert network.patterns is not None
    yield "stray", Place("variables", PATTERN, "stray"), network.patterns.stray
    for diagnosis, pattern, place, estimate in _numbers_of_patterns(network, "shares"):
        yield f"{diagnosis}, {pattern}", place, estimate
