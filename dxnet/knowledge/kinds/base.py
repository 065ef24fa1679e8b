"""What a kind of table is, and the tables that kinds make.

To add a kind: write a ``CptKind`` in this folder, put its fields into ``Finding`` or ``Mechanism`` (into
``Finding.SOURCES``, too, where it makes a table by itself) and the kind into ``registry.CPT_KINDS``. Checks,
graph, tables, gradients, draws, learning, editing, ``dxnet diff``, ``dxnet show`` and the JSON Schema then
know it: they ask the registry for parents and faults, and ``Frozen.numbers`` for numbers. A field of type
``Number``, or a mapping to ``Number``, is a number with a place: ``finding.key`` or ``finding.key.row``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from dxnet.arrays import Array
from dxnet.errors import Issue
from dxnet.knowledge.estimate import Estimate
from dxnet.knowledge.network import Network, Node, cause_state
from dxnet.knowledge.place import Place


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


DRAW_AXIS = "<draw>"
"""An axis of drawn numbers: beside the parents of a table, as if each draw were a state of a parent."""
ValueOf = Callable[[Place, Estimate], Cpt]
"""What stands for the number at a place: ``ndarray[states]``, or ``ndarray[states, D]`` over (DRAW,)."""


@dataclass(frozen=True, eq=False)
class Kept:
    """A value that remembers what was made of its numbers, by name: the numbers must not change."""

    value: ValueOf
    made: dict[str, Array] = field(default_factory=dict)

    def __call__(self, place: Place, estimate: Estimate) -> Cpt:
        """What stands for the number at a place."""
        return self.value(place, estimate)


Above = Callable[[str], set[str]]
"""A variable and all above it, up to the diagnosis."""


def mean_of(place: Place, estimate: Estimate) -> Cpt:
    """The mean of a number, ``ndarray[states]``, wherever it stands."""
    return Cpt(np.array(estimate.mean))


class CptKind(ABC):
    """One way in which a variable gets its table, or by which the table so far is changed.

    The kinds that a variable uses apply in the order of the registry, each to the result of the last.

    Args:
        key: its name, as a file has it.
        field: of ``Finding`` (and perhaps ``Mechanism``) that states it; the kind applies where it is filled.
        further: other fields that it reads and no variable without it has.
        caption: what a list of the variable's facts calls the parents; "" where they are not listed.
        row_prefix: what stands before the cause where its numbers are listed.
    """

    key: ClassVar[str]
    field: ClassVar[str]
    further: ClassVar[tuple[str, ...]] = ()
    caption: ClassVar[str] = ""
    row_prefix: ClassVar[str] = ""

    def serves(self, node: Node) -> bool:
        """Whether a variable is of this kind."""
        return bool(getattr(node, self.field, None))

    @abstractmethod
    def stated_parents(self, node: Node) -> tuple[str, ...]:
        """What the file names as parents, or as causes with the state that counts (``sex=female``)."""

    def parents(self, network: Network, name: str) -> tuple[str, ...]:
        """The parents in the graph that a variable has by this kind, in the order of the axes."""
        return tuple(cause_state(cause)[0] for cause in self.stated_parents(network.nodes[name]))

    @abstractmethod
    def faults(self, network: Network, name: str, above: Above) -> Iterator[Issue]:
        """Everything that keeps ``table`` from being made, each with file, line and cure."""

    @abstractmethod
    def table(self, network: Network, name: str, own: Cpt, value: ValueOf) -> Cpt:
        """The table of a variable.

        Args:
            network, name: a variable of this kind, without faults.
            own: its table so far; empty for the first kind.
            value: what stands for each number; may have an axis DRAW.

        Raises:
            CheckError: the numbers do not fit each other.
        """
