"""P(state | parents) of every variable: how the numbers of a network become tables.

Papers report P(finding | diagnosis). A finding that goes ``through`` a mechanism, or ``requires`` another
finding, gets that dependence without a change of the reported figure: summed over the mechanism, the figure
comes back exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import product
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from dxnet.errors import CheckError, Issue
from dxnet.knowledge.estimate import Estimate
from dxnet.knowledge.network import (
    ATYPICAL,
    BINARY,
    DIAGNOSIS,
    Finding,
    Mechanism,
    Network,
    Node,
    cause_state,
)
from dxnet.knowledge.table import DEFAULT, Table

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Cpt:
    """P(state | parents): ``values`` is ``ndarray[states, *parents]``."""

    values: Array
    parents: tuple[str, ...] = ()

    def over(self, parents: tuple[str, ...]) -> Array:
        """The values with one axis for each of ``parents`` (of length 1 where this table lacks it)."""
        order = [self.parents.index(parent) for parent in parents if parent in self.parents]
        moved = self.values.transpose(0, *(axis + 1 for axis in order))
        sizes = iter(moved.shape[1:])
        return moved.reshape(
            len(moved), *(next(sizes) if parent in self.parents else 1 for parent in parents)
        )


@dataclass(frozen=True)
class Discrete:
    """A discrete network as other programs know it: tables, states and perhaps labels, by id.

    ``targets`` are the variables that its file marks as such, ``issues`` what of the file was left out.
    """

    tables: Mapping[str, Cpt]
    states: Mapping[str, tuple[str, ...]]
    labels: Mapping[str, str] = field(default_factory=dict)
    targets: tuple[str, ...] = ()
    issues: tuple[Issue, ...] = ()


DRAW = "<draw>"
"""An axis of drawn numbers: beside the parents of a table, as if each draw were a state of a parent."""
Value = Callable[[Estimate], Cpt]
"""What stands for an estimate: ``ndarray[states]``, its mean; or ``ndarray[states, D]`` over (DRAW,)."""


@dataclass(frozen=True)
class Smooth:
    """A value that makes tables which exist for all numbers and have a derivative everywhere.

    Where a leak is about as large as P(finding), the lesser of the two is rounded off; P(finding | diagnosis)
    stays as stated. Where a finding is about as common as its mechanism allows, or commoner, it is cut off
    gently.
    """

    value: Value

    def __call__(self, estimate: Estimate) -> Cpt:
        """What stands for an estimate."""
        return self.value(estimate)


ROUND = 8
"""Power of the rounding: two equal numbers become 0.92 of what they are."""
CUT = 0.01
"""P(normal | cause present) where the numbers leave nothing for it."""


def mean(estimate: Estimate) -> Cpt:
    """The mean of an estimate, ``ndarray[states]``."""
    return Cpt(np.array(estimate.mean))


def cpt(network: Network, name: str, value: Value = mean) -> Cpt:
    """The table of a variable (of the diagnosis: see ``prior``).

    Raises:
        CheckError: a mechanism too rare for a finding that goes through it; drawn numbers are cut off there.
    """
    node = network.nodes[name]
    if not isinstance(node, Finding | Mechanism):
        return stated(network, node, value)
    result = Cpt(np.empty(0))
    for kind in node.kinds:
        result = CPT_KINDS[kind](network, node, result, value)
    return result


def prior(network: Network, setting: str | None = None, value: Value = mean) -> Cpt:
    """P(diagnosis) of a setting, or P(diagnosis | parents) where it has parents."""
    _, chosen = network.setting(setting)
    if chosen.given is not None:
        return _read(network, chosen.given, value)
    assert chosen.prior is not None
    shares = [value(chosen.prior.get(d) or chosen.prior[DEFAULT]) for d in network.diagnoses]
    column = np.stack([share.values[-1] for share in shares])
    return Cpt(column / column.sum(axis=0), shares[0].parents)


def stated(network: Network, node: Node, value: Value = mean) -> Cpt:
    """The table as it stands in the file; an ``atypical`` axis where atypical patients depart from it."""
    assert node.given is not None
    table = _read(network, node.given, value)
    if not isinstance(node, Finding) or not network.is_atypical(node) or DIAGNOSIS not in table.parents:
        return table
    mean = table.values.mean(axis=table.parents.index(DIAGNOSIS) + 1, keepdims=True)
    both = np.stack([table.values, np.broadcast_to(mean, table.values.shape)], axis=-1)
    return Cpt(both, (*table.parents, ATYPICAL))


def _read(network: Network, table: Table, value: Value) -> Cpt:
    choices = [network.states(parent) for parent in table.parents]
    columns = [value(estimate) for states in product(*choices) if (estimate := table.lookup(states))]
    values = np.stack([column.values for column in columns], axis=1)
    sizes = map(len, choices)
    return Cpt(values.reshape(len(values), *sizes, *values.shape[2:]), (*table.parents, *columns[0].parents))


def _table(network: Network, node: Node, _: Cpt, value: Value) -> Cpt:
    return stated(network, node, value)


def _any_of(network: Network, finding: Node, _: Cpt, value: Value) -> Cpt:
    """Present when one of its parts is; recorded otherwise with the network's recording error."""
    assert isinstance(finding, Finding)
    error = _recording_error(network, value)
    parents = (*finding.any_of, *error.parents)
    none = np.zeros([len(network.states(part)) for part in finding.any_of])
    none[(0,) * none.ndim] = 1
    none = Cpt(none[None], finding.any_of).over(parents)[0]
    absent = none + (1 - 2 * none) * error.over(parents)[1]
    return Cpt(np.stack([absent, 1 - absent]), parents)


def _noisy_or(network: Network, finding: Node, _: Cpt, value: Value) -> Cpt:
    assert isinstance(finding, Finding) and finding.leak is not None
    return _worst_of(network, value(finding.leak), finding.noisy_or, value)


def _also(network: Network, finding: Node, own: Cpt, value: Value) -> Cpt:
    assert isinstance(finding, Finding)
    return _worst_of(network, own, finding.also, value)


def _worst_of(network: Network, own: Cpt, causes: Mapping[str, Estimate], value: Value) -> Cpt:
    """Leaky noisy-MAX: the worst of the own state and of what each present cause brings.

    Pradhan M et al. Knowledge engineering for large belief networks. UAI 1994, 484-490.
    """
    at_most, parents = own.values.cumsum(axis=0), own.parents
    for cause, estimate in causes.items():
        name, state = cause_state(cause)
        counts = [state == s if state else s != network.states(name)[0] for s in network.states(name)]
        one = value(estimate)
        brings = Cpt(one.values.cumsum(axis=0), one.parents).over(parents)
        at_most = np.stack([at_most * brings if count else at_most for count in counts], axis=-1)
        parents = (*parents, name)
    return Cpt(np.diff(at_most, axis=0, prepend=0.0), parents)


def _requires(network: Network, finding: Node, own: Cpt, value: Value) -> Cpt:
    """Nearly impossible without the required finding; P(f | d) stays as stated."""
    assert isinstance(finding, Finding) and finding.requires is not None
    gate = stated(network, network.findings[finding.requires], value)
    axes = (
        own.parents if ATYPICAL in own.parents or ATYPICAL not in gate.parents else (*own.parents, ATYPICAL)
    )
    present = gate.over(axes)[1]
    values = np.broadcast_to(
        own.over(axes), (len(own.values), *np.broadcast_shapes(own.over(axes)[0].shape, present.shape))
    )
    low, high = _split(values, present, _recording_error(network, value).over(axes)[1], value)
    _refuse_excess(network, finding, finding.requires, Cpt(values, axes), low, high)
    return Cpt(np.stack([low, high], axis=-1), (*axes, finding.requires))


def _through(network: Network, node: Node, own: Cpt, value: Value) -> Cpt:
    """Depend on the mechanism; P(f | d) stays as stated.

    Where the gate is closed there is no dependence, nor in patients atypical for the finding or for its gate:
    there the finding, or how often the gate is open, follows the mean row, which no mechanism bounds.
    """
    assert isinstance(node, Finding | Mechanism) and node.through is not None
    mechanism = network.mechanisms[node.through]
    gate, leak = (node.requires, node.leak) if isinstance(node, Finding) else (None, None)
    leak = leak or mechanism.leak
    assert leak is not None
    present = stated(network, mechanism, value).over(own.parents)[1]
    low, high = _split(own.values, present, value(leak).over(own.parents)[1], value)
    for axis, parent in enumerate(own.parents, start=1):
        if parent in (ATYPICAL, gate):
            free = 1 if parent == ATYPICAL else 0
            index = tuple(free if a == axis else slice(None) for a in range(own.values.ndim))
            low[index] = high[index] = own.values[index]
    _refuse_excess(network, node, node.through, own, low, high)
    return Cpt(np.stack([low, high], axis=-1), (*own.parents, node.through))


def _split(values: Array, present: Array, leak: Array, value: Value) -> tuple[Array, Array]:
    """P(f | cause absent), P(f | cause present), such that the sum over the cause is ``values``.

    The non-normal mass p becomes l = min(leak, p) and (p - (1 - q) l) / q, with q = P(cause present); several
    non-normal states keep their proportions.
    """
    mass, smooth = 1 - values[0], isinstance(value, Smooth)
    low = (leak**-ROUND + mass**-ROUND) ** (-1 / ROUND) if smooth else np.minimum(leak, mass)
    high = (mass - (1 - present) * low) / present
    if smooth:
        high = 1 - (1 - high + np.sqrt((1 - high) ** 2 + 4 * CUT**2 * high)) / 2
    shape = values[1:] / np.where(mass > 0, mass, 1)
    without, within = (np.concatenate([1 - m[None], shape * m]) for m in (low, high))
    return without, within


def _refuse_excess(network: Network, node: Node, cause: str, own: Cpt, low: Array, high: Array) -> None:
    """Refuse what is commoner than its cause allows, and say how common the cause would have to be.

    A draw of numbers that do not fit each other is cut off instead.
    """
    if DRAW in own.parents:
        np.clip(high, 0, 1, out=high)
        high /= high.sum(axis=0)
        return
    issues = []
    for index in map(tuple, np.argwhere(high[0] < -1e-12)):
        states = {parent: network.states(parent)[i] for parent, i in zip(own.parents, index, strict=True)}
        issues.append(_excess(network, node, cause, states, 1 - own.values[0][index], 1 - low[0][index]))
    if issues:
        raise CheckError(issues)
    np.clip(high, 0, 1, out=high)


def _excess(network: Network, node: Node, cause: str, states: dict[str, str], p: float, leak: float) -> Issue:
    """Which number to change to what: the cause's up, or the finding's down."""
    name = next(name for name, known in network.nodes.items() if known is node)
    diagnosis = states[DIAGNOSIS]
    own, others = (_row(network.nodes[one], diagnosis) for one in (name, cause))
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
    return Issue("error", own.where if own else node.where, message, fix)


def _row(node: Node, diagnosis: str) -> Estimate | None:
    return node.given.lookup((diagnosis,)) if node.given else None


def _recording_error(network: Network, value: Value) -> Cpt:
    return value(network.recording_error) if network.recording_error else Cpt(np.array([1.0, 0.0]))


CPT_KINDS: Mapping[str, Callable[[Network, Node, Cpt, Value], Cpt]] = {
    "table": _table,
    "any-of": _any_of,
    "noisy-or": _noisy_or,
    "requires": _requires,
    "through": _through,
    "also": _also,
}
"""Ways to make a table; those of a variable's ``kinds`` apply in turn, each to the result of the last."""
