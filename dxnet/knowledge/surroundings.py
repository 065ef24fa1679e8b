"""What stands around one part of a network: its strongest causes and effects, as a graph to be drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from dxnet.knowledge.finding import Finding
from dxnet.knowledge.kinds.registry import parents
from dxnet.knowledge.links import children
from dxnet.knowledge.network import ATYPICAL, DIAGNOSIS, PATTERN, Network
from dxnet.knowledge.patterns import LesionPattern

LEAST_SHARE = 0.05
"""A lesion pattern of a smaller share of a diagnosis, or that shows something more seldom, is not linked."""


@dataclass(frozen=True)
class Link:
    """A cause and what it brings about; ``strength`` is the probability stated for it alone, if any."""

    cause: str
    effect: str
    strength: float | None = None


@dataclass(frozen=True)
class Surroundings:
    """Parts of a network with the links among them.

    Args:
        names: ids of variables, diagnoses and lesion patterns; ``diagnosis`` stands for all of them.
        links: between them.
        left_out: how many causes and effects are not among them, as weaker ones.
    """

    names: tuple[str, ...]
    links: tuple[Link, ...]
    left_out: int


def surroundings(network: Network, name: str, most: int = 8) -> Surroundings:
    """The strongest causes and effects of a variable, diagnosis or lesion pattern.

    A diagnosis is drawn with the lesion patterns that it chooses, the mechanisms that these show, and the
    findings that tell it from the others; a finding with its mechanism, the patterns behind it and the
    diagnoses that choose them.

    Args:
        network, name: the part, by its id.
        most: causes, and effects, of one kind that are named.

    >>> from dxnet import load_network
    >>> found = surroundings(load_network("asia"), "bronchitis")
    >>> [(link.cause, link.effect) for link in found.links]
    [('smoking', 'bronchitis'), ('bronchitis', 'dyspnoea')]
    """
    walk = _Walk(network, most)
    if name in network.diagnosis:
        walk.from_diagnosis(name)
    elif name in walk.pictures:
        walk.from_picture(name)
    else:
        walk.from_node(name)
    links = tuple(dict.fromkeys(walk.links))
    names = dict.fromkeys([*(it for link in links for it in (link.cause, link.effect)), name])
    return Surroundings(tuple(names), links, walk.left_out)


class _Walk:
    """Links that are found on the way through a network."""

    def __init__(self, network: Network, most: int) -> None:
        self.network, self.most = network, most
        self.pictures: Mapping[str, LesionPattern] = network.patterns.pictures if network.patterns else {}
        self.links: list[Link] = []
        self.left_out = 0

    def strongest(
        self, links: Iterable[Link], most: int = 0, by: Callable[[Link], float] | None = None
    ) -> list[Link]:
        """The strongest of some links, which are kept; the others are counted."""
        order = sorted(links, key=by or _weakness)
        kept, rest = order[: most or self.most], order[most or self.most :]
        self.left_out += len(rest)
        self.links += kept
        return kept

    def from_diagnosis(self, name: str) -> None:
        """Down: patterns, what they show, and the findings that tell."""
        chosen = self.strongest(self.shares(lambda diagnosis, _: diagnosis == name))
        patterns = {link.effect for link in chosen}
        shown = [
            Link(pattern, mechanism, rate)
            for pattern in patterns
            for mechanism, rate in self.shown_by(pattern)
            if mechanism in self.network.mechanisms and rate >= 1 / 3
        ]
        mechanisms = {link.effect for link in self.strongest(shown)}
        findings = self.strongest(self.telling(name), by=lambda link: -self.contrast(name, link.effect))
        for link in findings:
            through = getattr(self.network.nodes[link.effect], "through", None)
            if through in mechanisms:
                self.links.remove(link)
                self.links.append(Link(through, link.effect, link.strength))
        if not self.links:
            self.strongest([Link(it, name) for it in parents(self.network, DIAGNOSIS)])
            self.strongest([Link(name, it) for it in children(self.network, DIAGNOSIS)])

    def from_picture(self, name: str) -> None:
        """Up: the diagnoses that choose it; down: what it shows."""
        self.strongest(self.shares(lambda _, pattern: pattern == name))
        shown = [Link(name, it, rate) for it, rate in self.shown_by(name)]
        self.strongest([link for link in shown if link.effect in self.network.mechanisms])
        self.strongest([link for link in shown if link.effect not in self.network.mechanisms])

    def from_node(self, name: str) -> None:
        """Up: causes, the patterns behind them and the diagnoses that choose these; down: effects."""
        above = [name]
        for cause in self.causes(name):
            self.links.append(cause)
            above.append(cause.cause)
        largest = self.largest_shares()
        behind = self.strongest(
            [link for it in above for link in self.patterns_behind(it)],
            by=lambda link: _weakness(link) * largest.get(link.cause, 0.0),
        )
        patterns = {link.cause for link in behind}
        if patterns:
            self.strongest(self.shares(lambda _, pattern: pattern in patterns))
        else:
            for it in above:
                self.strongest(self.rates(it))
        effects = [it for it in children(self.network, name) if it != PATTERN]
        self.strongest([Link(name, it, self.also_rate(name, it)) for it in effects], 2 * self.most)

    def shares(self, wanted: Callable[[str, str], bool]) -> list[Link]:
        """Diagnosis to pattern, with its share."""
        stated = self.network.patterns.shares if self.network.patterns else {}
        return [
            Link(diagnosis, pattern, share.mean[1])
            for diagnosis, shares in stated.items()
            for pattern, share in shares.items()
            if wanted(diagnosis, pattern) and share.mean[1] >= LEAST_SHARE
        ]

    def largest_shares(self) -> dict[str, float]:
        """The largest share that each pattern has in any diagnosis."""
        found: dict[str, float] = {}
        for link in self.shares(lambda _diagnosis, _pattern: True):
            found[link.effect] = max(found.get(link.effect, 0.0), link.strength or 0.0)
        return found

    def shown_by(self, pattern: str) -> Iterator[tuple[str, float]]:
        """What a pattern shows, and how often."""
        for name, rate in self.pictures[pattern].shows.items():
            yield name, 1 - rate.mean[0]

    def patterns_behind(self, name: str) -> list[Link]:
        """Pattern to what it shows."""
        return [
            Link(pattern, name, 1 - picture.shows[name].mean[0])
            for pattern, picture in self.pictures.items()
            if name in picture.shows and 1 - picture.shows[name].mean[0] >= LEAST_SHARE
        ]

    def causes(self, name: str) -> list[Link]:
        """Direct causes but patterns and single diagnoses."""
        apart = (DIAGNOSIS, ATYPICAL, PATTERN)
        own = [it for it in parents(self.network, name) if it not in apart]
        has_diagnosis = DIAGNOSIS in parents(self.network, name) and not self.rates(name)
        whole = [DIAGNOSIS] if has_diagnosis and not self.patterns_behind(name) else []
        return [Link(it, name, self.also_rate(it, name)) for it in [*own, *whole]]

    def also_rate(self, cause: str, effect: str) -> float | None:
        """The probability that is stated for a cause by itself."""
        node = self.network.nodes.get(effect)
        also = node.also if isinstance(node, Finding) else {}
        stated = [it for key, it in also.items() if key.partition("=")[0].strip() == cause]
        return 1 - stated[0].mean[0] if stated else None

    def rates(self, name: str) -> list[Link]:
        """Diagnosis to a variable whose table is by diagnosis alone, with P(not its first state)."""
        node = self.network.nodes.get(name)
        if node is None or node.given is None or node.given.parents != (DIAGNOSIS,):
            return []
        found = ((diagnosis, node.given.lookup((diagnosis,))) for diagnosis in self.network.diagnoses)
        return [Link(diagnosis, name, 1 - it.mean[0]) for diagnosis, it in found if it]

    def telling(self, diagnosis: str) -> list[Link]:
        """Diagnosis to each finding that is commoner in it than in the mean of all."""
        found = [link for it in self.network.findings for link in self.rates(it) if link.cause == diagnosis]
        return [link for link in found if self.contrast(diagnosis, link.effect) > 0]

    def contrast(self, diagnosis: str, finding: str) -> float:
        """How much commoner a finding is in a diagnosis than in the mean of all."""
        rates = {link.cause: link.strength or 0.0 for link in self.rates(finding)}
        return rates[diagnosis] - sum(rates.values()) / len(rates)


def _weakness(link: Link) -> float:
    return -(link.strength if link.strength is not None else 1.0)
