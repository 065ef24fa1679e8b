"""References in the order in which a report cites them."""

from __future__ import annotations

from collections.abc import Iterable

from dxnet.knowledge.estimate import ESTIMATE_KEY, Estimate
from dxnet.knowledge.network import Network

ESTIMATED = "E"
_MEANING = (
    "No published figure: an estimate reasoned by those who made the network, with its reason in its files."
)


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
        return tuple(self._marks[key] for key in order), tuple(map(self._text, order))

    def _order(self) -> list[str]:
        return sorted(self._marks, key=lambda key: key == ESTIMATE_KEY)

    def _text(self, key: str) -> str:
        if key == ESTIMATE_KEY:
            return _MEANING
        reference = self._network.references.get(key)
        if reference is None:
            return key
        return f"{reference}{f' (read: {reference.read})' if reference.read else ''}"
