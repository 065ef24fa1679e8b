"""Findings that need something else first: ``requires`` another finding, ``through`` a mechanism.

Papers report P(finding | diagnosis). A finding that goes ``through`` a mechanism, or ``requires`` another
finding, gets that dependence without a change of the reported figure: summed over the mechanism, the figure
comes back exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, floor

import numpy as np

from dxnet.arrays import Array
from dxnet.errors import CheckError, Issue
from dxnet.knowledge.estimate import Estimate
from dxnet.knowledge.faults import structure_error, unknown_name, wrong_length
from dxnet.knowledge.finding import is_sign
from dxnet.knowledge.kinds.base import DRAW_AXIS, Above, Cpt, CptKind, ValueOf
from dxnet.knowledge.kinds.causes import recording_error
from dxnet.knowledge.kinds.split import split
from dxnet.knowledge.kinds.stated import departs, stated_table
from dxnet.knowledge.network import ATYPICAL, BINARY, DIAGNOSIS, Finding, Mechanism, Network, Node
from dxnet.knowledge.place import Place


class Requires(CptKind):
    """Nearly impossible without the required finding; P(f | d) stays as stated."""

    key = "requires"
    field = "requires"
    caption = "Requires"

    def stated_parents(self, node: Node) -> tuple[str, ...]:
        """The required finding."""
        return (node.requires,) if isinstance(node, Finding) and node.requires else ()

    def parents(self, network: Network, name: str) -> tuple[str, ...]:
        """The required finding, and ``atypical`` before it where that one departs and the finding not."""
        (gate,) = self.stated_parents(network.nodes[name])
        adds = gate in network.findings and departs(network, gate) and not departs(network, name)
        return (ATYPICAL, gate) if adds else (gate,)

    def faults(self, network: Network, name: str, above: Above) -> Iterator[Issue]:
        """A required finding that is unknown, no plain one, or hangs together with the mechanism."""
        node = network.nodes[name]
        assert isinstance(node, Finding) and node.requires
        where, gate = node.at("requires"), network.findings.get(node.requires)
        yield from _not_given_diagnosis(name, node, self.key)
        if gate is None:
            yield unknown_name(where, f"{name}: requires unknown finding", node.requires, network.findings)
        elif gate.states != BINARY or gate.also or gate.given is None or gate.given.parents != (DIAGNOSIS,):
            message = f"{name}: {node.requires} is not absent or present, given diagnosis, without 'also'"
            yield structure_error(where, message, "require another finding")
        elif not is_sign(node) and (shared := above(node.through or "") & above(node.requires)):
            message = f"{name} and {node.requires} both depend on {', '.join(sorted(shared))}"
            fix = "drop 'through' here: 'requires' already links them"
            yield structure_error(node.at("through"), message, fix)

    def table(self, network: Network, name: str, own: Cpt, value: ValueOf) -> Cpt:
        """The table so far, with the required finding as its last axis."""
        (required,) = self.stated_parents(network.nodes[name])
        gate = stated_table(network, required, value)
        needs_axis = ATYPICAL in gate.parents and ATYPICAL not in own.parents
        axes = (*own.parents, ATYPICAL) if needs_axis else own.parents
        present = gate.over(axes)[1]
        values = np.broadcast_to(
            own.over(axes), (len(own.values), *np.broadcast_shapes(own.over(axes)[0].shape, present.shape))
        )
        low, high = split(values, present, recording_error(network, value).over(axes)[1], value)
        _refuse_excess(network, name, required, Cpt(values, axes), low, high)
        return Cpt(np.stack([low, high], axis=-1), (*axes, required))


class Through(CptKind):
    """Depend on a mechanism; P(f | d) stays as stated.

    Where the gate is closed there is no dependence, nor in patients atypical for the finding or for its gate:
    there the finding, or how often the gate is open, follows the mean row, which no mechanism bounds.
    """

    key = "through"
    field = "through"
    further = ("leak",)
    caption = "Through the mechanism"

    def serves(self, node: Node) -> bool:
        """Whether a variable goes through a mechanism."""
        return super().serves(node) and not is_sign(node)

    def stated_parents(self, node: Node) -> tuple[str, ...]:
        """The mechanism."""
        return (node.through,) if isinstance(node, Finding | Mechanism) and node.through else ()

    def faults(self, network: Network, name: str, above: Above) -> Iterator[Issue]:
        """A mechanism that is unknown or not absent or present, or no leak."""
        node = network.nodes[name]
        assert isinstance(node, Finding | Mechanism) and node.through
        where, mechanism = node.at("through"), network.mechanisms.get(node.through)
        if not (isinstance(node, Finding) and node.requires):
            yield from _not_given_diagnosis(name, node, self.key)
        if isinstance(node, Finding) and node.leak:
            yield from wrong_length(node.leak, 2, f"{name}.leak")
        if mechanism is None:
            yield unknown_name(where, f"{name}: unknown mechanism", node.through, network.mechanisms)
            return
        if mechanism.states != BINARY or mechanism.given is None or mechanism.given.parents != (DIAGNOSIS,):
            message = f"{name}: {node.through} is not absent or present, given diagnosis"
            yield structure_error(where, message, f"state {node.through} so, or choose another mechanism")
        if mechanism.leak is None and (isinstance(node, Mechanism) or node.leak is None):
            yield structure_error(where, f"{name}: no leak", f"give {node.through} a 'leak'")

    def table(self, network: Network, name: str, own: Cpt, value: ValueOf) -> Cpt:
        """The table so far, with the mechanism as its last axis."""
        node = network.nodes[name]
        assert isinstance(node, Finding | Mechanism) and node.through is not None
        gate = node.requires if isinstance(node, Finding) else None
        present = stated_table(network, node.through, value).over(own.parents)[1]
        leak = _leak(network, name, node, value).over(own.parents)[1]
        low, high = split(own.values, present, leak, value)
        for axis, parent in enumerate(own.parents, start=1):
            if parent in (ATYPICAL, gate):
                free = 1 if parent == ATYPICAL else 0
                index = tuple(free if a == axis else slice(None) for a in range(own.values.ndim))
                low[index] = high[index] = own.values[index]
        _refuse_excess(network, name, node.through, own, low, high)
        return Cpt(np.stack([low, high], axis=-1), (*own.parents, node.through))


def _not_given_diagnosis(name: str, node: Finding | Mechanism, key: str) -> Iterator[Issue]:
    if node.given is None or node.given.parents != (DIAGNOSIS,):
        yield structure_error(
            node.at(key), f"{name}: {key!r} needs the table 'given diagnosis'", "state it that way"
        )


def _leak(network: Network, name: str, node: Finding | Mechanism, value: ValueOf) -> Cpt:
    """P(finding | mechanism absent): the finding's own, or else that of the mechanism."""
    if isinstance(node, Finding) and node.leak:
        return value(Place("variables", name, "leak"), node.leak)
    assert node.through is not None
    leak = network.mechanisms[node.through].leak
    assert leak is not None
    return value(Place("variables", node.through, "leak"), leak)


def _refuse_excess(network: Network, name: str, cause: str, own: Cpt, low: Array, high: Array) -> None:
    """Refuse what is commoner than its cause allows, and say how common the cause would have to be.

    A draw of numbers that do not fit each other is cut off instead.
    """
    if DRAW_AXIS in own.parents:
        np.clip(high, 0, 1, out=high)
        high /= high.sum(axis=0)
        return
    issues = []
    for index in map(tuple, np.argwhere(high[0] < -1e-12)):
        states = {parent: network.states(parent)[i] for parent, i in zip(own.parents, index, strict=True)}
        issues.append(_excess(network, name, cause, states, 1 - own.values[0][index], 1 - low[0][index]))
    if issues:
        raise CheckError(issues)
    np.clip(high, 0, 1, out=high)


def _excess(network: Network, name: str, cause: str, states: dict[str, str], p: float, leak: float) -> Issue:
    """Which number to change to what: the cause's up, or the finding's down."""
    node, diagnosis = network.nodes[name], states[DIAGNOSIS]
    own, others = (_row_of_diagnosis(network.nodes[one], diagnosis) for one in (name, cause))
    q = others.mean[1] if others else 0.0
    least, most = ceil((p - leak) / (1 - leak) * 1e4) / 1e4, floor((q + (1 - q) * leak) * 1e4) / 1e4
    event = name if len(node.states) == 2 else f"{name} not {node.states[0]}"
    place = f" ({others.where})" if others and others.where else ""
    fix = f"raise P({cause} | {diagnosis}) from {q:.4g} to {least:g}{place}"
    if most > 0:
        fix += f", or lower P({event} | {diagnosis}) to {most:g}"
    if states.get(ATYPICAL) == BINARY[1]:
        states = {**states, ATYPICAL: f"{ATYPICAL} patients"}
        fix = f"put {name} and {cause} both into the categories of {ATYPICAL!r}, or neither"
    if ATYPICAL in states and states[ATYPICAL] == BINARY[0]:
        states = {parent: state for parent, state in states.items() if parent != ATYPICAL}
    message = f"{name}: {p:.4g} given {', '.join(states.values())} is commoner than {cause} allows"
    return structure_error(own.where if own else node.where, message, fix)


def _row_of_diagnosis(node: Node, diagnosis: str) -> Estimate | None:
    return node.given.lookup((diagnosis,)) if node.given else None
