"""Lesion patterns: the latent variable itself, and signs that go through it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dxnet.errors import Issue, brief
from dxnet.knowledge.estimate import SUM_TOLERANCE
from dxnet.knowledge.faults import structure_error, unknown_name, wrong_length
from dxnet.knowledge.finding import is_sign
from dxnet.knowledge.kinds.base import Above, Cpt, CptKind, ValueOf
from dxnet.knowledge.kinds.lesions import made_table, shares, shown
from dxnet.knowledge.network import (
    BINARY,
    DIAGNOSIS,
    PATTERN,
    Finding,
    LesionPatterns,
    Mechanism,
    Network,
    Node,
)
from dxnet.knowledge.place import Place


class PatternShares(CptKind):
    """P(pattern | diagnosis): the shares of each diagnosis, and stray patients with any pattern."""

    key = "shares"
    field = "shares"

    def stated_parents(self, node: Node) -> tuple[str, ...]:
        """The diagnosis."""
        return (DIAGNOSIS,)

    def faults(self, network: Network, name: str, above: Above) -> Iterator[Issue]:
        """Rates of what is no sign, shares that do not fit, numbers of a wrong length."""
        assert network.patterns is not None
        yield from wrong_length(network.patterns.stray, len(BINARY), f"{PATTERN}.stray")
        yield from _rate_faults(network, network.patterns)
        yield from _share_faults(network, network.patterns)

    def table(self, network: Network, name: str, own: Cpt, value: ValueOf) -> Cpt:
        """The shares, with the patterns as states."""
        return made_table(np.moveaxis(shares(network, value), 1, 0), (DIAGNOSIS,), network, value)


class ThroughPattern(CptKind):
    """Depend on the lesion pattern; P(f | d) stays as stated, and follows the patterns where nothing is."""

    key = "pattern"
    field = "through"
    caption = "Through the"

    def serves(self, node: Node) -> bool:
        """Whether a variable is a sign of the lesion patterns."""
        return is_sign(node)

    def stated_parents(self, node: Node) -> tuple[str, ...]:
        """The lesion pattern."""
        return (PATTERN,)

    def faults(self, network: Network, name: str, above: Above) -> Iterator[Issue]:
        """No patterns, no background rate, a required finding that is no sign, a leak."""
        node = network.nodes[name]
        assert isinstance(node, Finding | Mechanism)
        where, patterns = node.at("through"), network.patterns
        if node.given is None or node.given.parents != (DIAGNOSIS,):
            yield structure_error(
                where, f"{name}: 'through' needs the table 'given diagnosis'", "state it that way"
            )
        if isinstance(node, Finding) and node.leak:
            yield structure_error(node.at("leak"), f"{name}: the lesion pattern has no leak", "remove it")
        if patterns is None:
            yield structure_error(where, f"{name}: no lesion patterns", "add 'patterns'")
        elif name not in patterns.background:
            message = f"{name} goes through the lesion pattern but has no background rate"
            yield structure_error(patterns.at("background"), message, f"add '{name}: ...'")
        gate = network.findings.get(node.requires or "") if isinstance(node, Finding) else None
        if gate and isinstance(node, Finding) and not is_sign(gate):
            message = (
                f"{name} goes through the lesion pattern, but {node.requires}, which it requires, does not"
            )
            yield structure_error(where, message, f"drop 'through' here, or add it to {node.requires}")

    def table(self, network: Network, name: str, own: Cpt, value: ValueOf) -> Cpt:
        """The table so far, with the pattern as its last axis."""
        return shown(network, name, own, value)


def _rate_faults(network: Network, patterns: LesionPatterns) -> Iterator[Issue]:
    signs = {name: node for name, node in network.nodes.items() if is_sign(node)}
    stated = [("background", name, name, rate) for name, rate in patterns.background.items()]
    stated += [
        ("shows", f"{pattern}.{name}", name, rate)
        for pattern, picture in patterns.pictures.items()
        for name, rate in picture.shows.items()
    ]
    for key, row, name, rate in stated:
        place = Place("variables", PATTERN, key, row)
        if name in signs:
            yield from wrong_length(rate, len(signs[name].states), place)
        elif name in network.nodes:
            message = f"{place}: {brief(name)} does not go through the lesion pattern"
            yield structure_error(rate.where, message, f"state 'through: {PATTERN}' there, or remove it here")
        else:
            yield unknown_name(rate.where, f"{place}: no sign", name, signs)


def _share_faults(network: Network, patterns: LesionPatterns) -> Iterator[Issue]:
    where = patterns.at("shares")
    if missing := [diagnosis for diagnosis in network.diagnoses if diagnosis not in patterns.shares]:
        message = f"{PATTERN}: no shares for {', '.join(missing)}"
        yield structure_error(where, message, "say which patterns it gives, and how often")
    for diagnosis, of in patterns.shares.items():
        first = next((share.where for share in of.values()), where)
        if diagnosis not in network.diagnosis:
            yield unknown_name(first, f"{PATTERN}: shares of unknown diagnosis", diagnosis, network.diagnosis)
        for name, share in of.items():
            place = Place("variables", PATTERN, "shares", f"{diagnosis}.{name}")
            yield from wrong_length(share, len(BINARY), place)
            if name not in patterns.pictures:
                what = f"{PATTERN}: {diagnosis} has unknown pattern"
                yield unknown_name(share.where, what, name, patterns.pictures)
        total = sum(share.mean[-1] for share in of.values())
        if abs(total - 1) > SUM_TOLERANCE:
            message = f"{PATTERN}: the shares of {diagnosis} sum to {total:.4g}"
            yield structure_error(first, message, "make them sum to 1")
