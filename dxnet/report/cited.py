"""Sources of numbers: marks in the order in which a report cites them, or keys; and the works behind them."""

from __future__ import annotations

from collections.abc import Iterable

from dxnet.knowledge.estimate import ESTIMATE_KEY, Estimate
from dxnet.knowledge.network import Network
from dxnet.report.parts import Bullets

ESTIMATED = "E"
_KEYS_IN_CELL = 3
"""Keys of sources in one cell."""
_MEANING_OF_ESTIMATE = (
    "No published figure: an estimate reasoned by those who made the network, with its reason in its files."
)


def source_keys(estimates: Iterable[Estimate]) -> str:
    """The keys behind some numbers, as the files of the network have them; of many the first few.

    >>> source_keys([Estimate.parse("1/2 @a @b"), Estimate.parse("1/2 @b @c @d")])
    '@a @b @c ...'
    """
    keys = list(dict.fromkeys(f"@{key}" for estimate in estimates for key in estimate.sources))
    return " ".join(keys[:_KEYS_IN_CELL]) + (" ..." if len(keys) > _KEYS_IN_CELL else "")


def works_behind(network: Network, estimates: Iterable[Estimate]) -> Bullets:
    """The works behind some numbers by their keys, in the order of the numbers."""
    keys = dict.fromkeys(key for estimate in estimates for key in estimate.sources)
    return Bullets(tuple(f"@{key}: {_cite_key(network, key)}" for key in keys))


def _cite_key(network: Network, key: str) -> str:
    if key == ESTIMATE_KEY:
        return _MEANING_OF_ESTIMATE
    reference = network.references.get(key)
    if reference is None:
        return "not in the references of the network"
    return f"{reference}{f' (read: {reference.read})' if reference.read else ''}"


class Cited:
    """Gives each work the next number when it is first cited, and an estimate without a work an E."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._marks: dict[str, str] = {}

    def of(self, estimates: Iterable[Estimate]) -> str:
        """The marks of what stands behind some numbers: ``1, 4, E``."""
        keys = dict.fromkeys(key for estimate in estimates for key in estimate.sources)
        for key in keys:
            number = len(self._marks.keys() - {ESTIMATE_KEY}) + 1
            self._marks.setdefault(key, ESTIMATED if key == ESTIMATE_KEY else str(number))
        return ", ".join(self._marks[key] for key in self._order() if key in keys)

    def listed(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The marks and what they stand for, numbers first."""
        order = self._order()
        return tuple(self._marks[key] for key in order), tuple(_cite_key(self._network, key) for key in order)

    def _order(self) -> list[str]:
        return sorted(self._marks, key=lambda key: key == ESTIMATE_KEY)
