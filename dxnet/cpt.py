"""P(state | parents) of every variable: how the numbers of a network become tables.

Papers report P(finding | diagnosis). A finding that goes ``through`` a mechanism, or ``requires`` another
finding, gets that dependence without a change of the reported figure: summed over the mechanism, the figure
comes back exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from math import ceil

import numpy as np
from numpy.typing import NDArray

from dxnet.errors import CheckError, Issue
from dxnet.estimate import Estimate
from dxnet.network import ATYPICAL, BINARY, DIAGNOSIS, Finding, Mechanism, Network, Node, cause_state
from dxnet.table import DEFAULT, Table

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


def cpt(network: Network, name: str) -> Cpt:
    """The table of a variable (of the diagnosis: see ``prior``).

    Raises:
        CheckError: a mechanism too rare for a finding that goes through it.
    """
    node = network.nodes[name]
    if not isinstance(node, Finding | Mechanism):
        return stated(network, node)
    result = Cpt(np.empty(0))
    for kind in node.kinds:
        result = CPT_KINDS[kind](network, node, result)
    return result


def prior(network: Network, setting: str | None = None) -> Cpt:
    """P(diagnosis) of a setting, or P(diagnosis | parents) where it has parents."""
    _, chosen = network.setting(setting)
    if chosen.given is not None:
        return _read(network, chosen.given)
    assert chosen.prior is not None
    column = np.array([(chosen.prior.get(d) or chosen.prior[DEFAULT]).mean[-1] for d in network.diagnoses])
    return Cpt(column / column.sum())


def stated(network: Network, node: Node) -> Cpt:
    """The table as it stands in the file; an ``atypical`` axis where atypical patients depart from it."""
    assert node.given is not None
    table = _read(network, node.given)
    if not isinstance(node, Finding) or not network.is_atypical(node) or DIAGNOSIS not in table.parents:
        return table
    mean = table.values.mean(axis=table.parents.index(DIAGNOSIS) + 1, keepdims=True)
    both = np.stack([table.values, np.broadcast_to(mean, table.values.shape)], axis=-1)
    return Cpt(both, (*table.parents, ATYPICAL))


def _read(network: Network, table: Table) -> Cpt:
    choices = [network.states(parent) for parent in table.parents]
    columns = [estimate.mean for states in product(*choices) if (estimate := table.lookup(states))]
    values = np.array(columns, dtype=float).T.reshape(-1, *(len(states) for states in choices))
    return Cpt(np.ascontiguousarray(values), table.parents)


def _table(network: Network, node: Node, _: Cpt) -> Cpt:
    return stated(network, node)


def _any_of(network: Network, finding: Node, _: Cpt) -> Cpt:
    """Present when one of its parts is; recorded otherwise with the network's recording error."""
    assert isinstance(finding, Finding)
    error = _recording_error(network)
    sizes = [len(network.states(part)) for part in finding.any_of]
    absent = np.full(sizes, error)
    absent[(0,) * len(sizes)] = 1 - error
    return Cpt(np.stack([absent, 1 - absent]), finding.any_of)


def _noisy_or(network: Network, finding: Node, _: Cpt) -> Cpt:
    assert isinstance(finding, Finding) and finding.leak is not None
    return _worst_of(network, Cpt(np.array(finding.leak.mean)), finding.noisy_or)


def _also(network: Network, finding: Node, own: Cpt) -> Cpt:
    assert isinstance(finding, Finding)
    return _worst_of(network, own, finding.also)


def _worst_of(network: Network, own: Cpt, causes: Mapping[str, Estimate]) -> Cpt:
    """Leaky noisy-MAX: the worst of the own state and of what each present cause brings.

    Pradhan M et al. Knowledge engineering for large belief networks. UAI 1994, 484-490.
    """
    at_most = own.values.cumsum(axis=0)
    names = []
    for cause, estimate in causes.items():
        name, state = cause_state(cause)
        counts = [state == s if state else s != network.states(name)[0] for s in network.states(name)]
        brings = np.cumsum(estimate.mean).reshape(-1, *[1] * (at_most.ndim - 1))
        at_most = np.stack([at_most * brings if count else at_most for count in counts], axis=-1)
        names.append(name)
    return Cpt(np.diff(at_most, axis=0, prepend=0.0), (*own.parents, *names))


def _requires(network: Network, finding: Node, own: Cpt) -> Cpt:
    """Nearly impossible without the required finding; P(f | d) stays as stated."""
    assert isinstance(finding, Finding) and finding.requires is not None
    gate = stated(network, network.findings[finding.requires])
    axes = (
        own.parents if ATYPICAL in own.parents or ATYPICAL not in gate.parents else (*own.parents, ATYPICAL)
    )
    present = gate.over(axes)[1]
    values = np.broadcast_to(
        own.over(axes), (len(own.values), *np.broadcast_shapes(own.over(axes)[0].shape, present.shape))
    )
    low, high = _split(values, present, _recording_error(network))
    _refuse_excess(network, finding, finding.requires, Cpt(values, axes), low, high)
    return Cpt(np.stack([low, high], axis=-1), (*axes, finding.requires))


def _through(network: Network, node: Node, own: Cpt) -> Cpt:
    """Depend on the mechanism; P(f | d) stays as stated.

    Where the gate is closed there is no dependence, nor in patients atypical for the finding or for its gate:
    there the finding, or how often the gate is open, follows the mean row, which no mechanism bounds.
    """
    assert isinstance(node, Finding | Mechanism) and node.through is not None
    mechanism = network.mechanisms[node.through]
    gate, leak = (node.requires, node.leak) if isinstance(node, Finding) else (None, None)
    leak = leak or mechanism.leak
    assert leak is not None
    present = stated(network, mechanism).over(own.parents)[1]
    low, high = _split(own.values, present, leak.mean[1])
    for axis, parent in enumerate(own.parents, start=1):
        if parent in (ATYPICAL, gate):
            free = 1 if parent == ATYPICAL else 0
            index = tuple(free if a == axis else slice(None) for a in range(own.values.ndim))
            low[index] = high[index] = own.values[index]
    _refuse_excess(network, node, node.through, own, low, high)
    return Cpt(np.stack([low, high], axis=-1), (*own.parents, node.through))


def _split(values: Array, present: Array, leak: float) -> tuple[Array, Array]:
    """P(f | cause absent), P(f | cause present), such that the sum over the cause is ``values``.

    The non-normal mass p becomes l = min(leak, p) and (p - (1 - q) l) / q, with q = P(cause present); several
    non-normal states keep their proportions.
    """
    mass = 1 - values[0]
    low = np.minimum(leak, mass)
    high = (mass - (1 - present) * low) / present
    shape = values[1:] / np.where(mass > 0, mass, 1)
    without, within = (np.concatenate([1 - m[None], shape * m]) for m in (low, high))
    return without, within


def _refuse_excess(network: Network, node: Node, cause: str, own: Cpt, low: Array, high: Array) -> None:
    """Refuse what is commoner than its cause allows, and say how common the cause would have to be."""
    name = next(name for name, known in network.nodes.items() if known is node)
    issues = []
    for index in map(tuple, np.argwhere(high[0] < -1e-12)):
        states = {parent: network.states(parent)[i] for parent, i in zip(own.parents, index, strict=True)}
        diagnosis, p, leak = states[DIAGNOSIS], 1 - own.values[0][index], 1 - low[0][index]
        least = ceil((p - leak) / (1 - leak) * 1e4) / 1e4
        fix = f"raise P({cause} | {diagnosis}) to {least:g}, or lower P({name} | {diagnosis})"
        if states.pop(ATYPICAL, BINARY[0]) == BINARY[1]:
            states[ATYPICAL] = f"{ATYPICAL} patients"
            fix = f"put {name} and {cause} both into the categories of {ATYPICAL!r}, or neither"
        message = f"{name}: {p:.4g} given {', '.join(states.values())} is commoner than {cause} allows"
        estimate = node.given.lookup((diagnosis,)) if node.given else None
        issues.append(Issue("error", estimate.where if estimate else node.where, message, fix))
    if issues:
        raise CheckError(issues)
    np.clip(high, 0, 1, out=high)


def _recording_error(network: Network) -> float:
    return network.recording_error.mean[1] if network.recording_error else 0.0


CPT_KINDS: Mapping[str, Callable[[Network, Node, Cpt], Cpt]] = {
    "table": _table,
    "any-of": _any_of,
    "noisy-or": _noisy_or,
    "requires": _requires,
    "through": _through,
    "also": _also,
}
"""Ways to make a table; those of a variable's ``kinds`` apply in turn, each to the result of the last."""
