"""Findings that several causes bring about: ``any-of``, ``noisy-or`` and ``also``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from dxnet.errors import Issue
from dxnet.knowledge.estimate import Estimate
from dxnet.knowledge.faults import structure_error, unknown_cause, unknown_name, wrong_length
from dxnet.knowledge.kinds.base import Above, Cpt, CptKind, ValueOf
from dxnet.knowledge.network import Finding, Network, Node, cause_state
from dxnet.knowledge.place import Place


class AnyOf(CptKind):
    """Present when one of its parts is; recorded otherwise with the network's recording error."""

    key = "any-of"
    field = "any_of"
    caption = "Any of"

    def stated_parents(self, node: Node) -> tuple[str, ...]:
        """Its parts."""
        return node.any_of if isinstance(node, Finding) else ()

    def faults(self, network: Network, name: str, above: Above) -> Iterator[Issue]:
        """Parts that are no variables."""
        node = network.nodes[name]
        for part in self.stated_parents(node):
            if part not in network.nodes:
                yield unknown_name(node.at("any-of"), f"{name}.any-of: unknown variable", part, network.nodes)

    def table(self, network: Network, name: str, own: Cpt, value: ValueOf) -> Cpt:
        """Absent only when all parts are."""
        parts = self.stated_parents(network.nodes[name])
        error = recording_error(network, value)
        parents = (*parts, *error.parents)
        none = np.zeros([len(network.states(part)) for part in parts])
        none[(0,) * none.ndim] = 1
        none = Cpt(none[None], parts).over(parents)[0]
        absent = none + (1 - 2 * none) * error.over(parents)[1]
        return Cpt(np.stack([absent, 1 - absent]), parents)


class NoisyOr(CptKind):
    """Causes that each bring the finding about by themselves, and a leak for all others."""

    key = "noisy-or"
    field = "noisy_or"
    further = ("leak",)
    caption = "Caused by"
    row_prefix = "with"

    def stated_parents(self, node: Node) -> tuple[str, ...]:
        """Its causes."""
        return tuple(node.noisy_or) if isinstance(node, Finding) else ()

    def faults(self, network: Network, name: str, above: Above) -> Iterator[Issue]:
        """Unknown causes, numbers of a wrong length."""
        node = network.nodes[name]
        assert isinstance(node, Finding)
        yield from _cause_faults(network, name, self.key, node.noisy_or)
        if node.leak:
            yield from wrong_length(node.leak, len(node.states), f"{name}.leak")

    def table(self, network: Network, name: str, own: Cpt, value: ValueOf) -> Cpt:
        """The worst of the leak and of what each cause brings."""
        node = network.nodes[name]
        assert isinstance(node, Finding) and node.leak is not None
        leak = value(Place("variables", name, "leak"), node.leak)
        return _worst_of(network, name, self.key, leak, node.noisy_or, value)


class Also(CptKind):
    """Causes beside the diagnosis that bring the finding about, too."""

    key = "also"
    field = "also"
    caption = "Also caused by"
    row_prefix = "also"

    def stated_parents(self, node: Node) -> tuple[str, ...]:
        """Its causes."""
        return tuple(node.also) if isinstance(node, Finding) else ()

    def faults(self, network: Network, name: str, above: Above) -> Iterator[Issue]:
        """Unknown causes, numbers of a wrong length, causes that would change P(f | d).

        Those are causes that hang together with the finding's own mechanism or gate.
        """
        node = network.nodes[name]
        assert isinstance(node, Finding)
        yield from _cause_faults(network, name, self.key, node.also)
        own = above(node.through or "") | above(node.requires or "")
        for cause, estimate in node.also.items():
            if shared := own & above(cause_state(cause)[0]):
                message = f"{name} and its cause {cause} both depend on {', '.join(sorted(shared))}"
                fix = "take another cause, or drop 'through' or 'requires' here"
                yield structure_error(estimate.where, message, fix)

    def table(self, network: Network, name: str, own: Cpt, value: ValueOf) -> Cpt:
        """The worst of the own state and of what each cause brings."""
        node = network.nodes[name]
        assert isinstance(node, Finding)
        return _worst_of(network, name, self.key, own, node.also, value)


def recording_error(network: Network, value: ValueOf) -> Cpt:
    """P(recorded otherwise than it is), 0 where the network states none."""
    error = network.recording_error
    return value(Place("recording error"), error) if error else Cpt(np.array([1.0, 0.0]))


def _cause_faults(network: Network, name: str, key: str, causes: Mapping[str, Estimate]) -> Iterator[Issue]:
    for cause, estimate in causes.items():
        size = len(network.nodes[name].states)
        yield from wrong_length(estimate, size, Place("variables", name, key, cause))
        yield from unknown_cause(network, f"{name}.{key}", cause, estimate.where)


def _worst_of(
    network: Network, name: str, key: str, own: Cpt, causes: Mapping[str, Estimate], value: ValueOf
) -> Cpt:
    """Leaky noisy-MAX: the worst of the own state and of what each present cause brings.

    Pradhan M et al. Knowledge engineering for large belief networks. UAI 1994, 484-490.
    """
    at_most, parents = own.values.cumsum(axis=0), own.parents
    for cause, estimate in causes.items():
        other, state = cause_state(cause)
        counts = [state == s if state else s != network.states(other)[0] for s in network.states(other)]
        one = value(Place("variables", name, key, cause), estimate)
        brings = Cpt(one.values.cumsum(axis=0), one.parents).over(parents)
        at_most = np.stack([at_most * brings if count else at_most for count in counts], axis=-1)
        parents = (*parents, other)
    return Cpt(np.diff(at_most, axis=0, prepend=0.0), parents)
