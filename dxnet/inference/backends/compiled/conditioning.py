"""A network cut into small parts that meet in a core of few variables.

The core is the target, one variable that many findings share with it (a lesion pattern), and a cutset: a few
variables without which the rest falls into parts. A part with few findings has few states, so that all of
its messages to the core are worked out beforehand, and an answer is a product of messages, summed over the
core.

Pearl J. Fusion, propagation, and structuring in belief networks. Artif Intell 1986;29:241-288,
doi:10.1016/0004-3702(86)90072-X (conditioning).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from math import prod
from typing import Any

import numpy as np

from dxnet.arrays import Array
from dxnet.knowledge.kinds.base import Cpt

LARGEST_PART = 1 << 20
"""Most cells of all messages of a part; a larger one is cut again."""
LARGEST_NETWORK = 1 << 23
"""Most cells of the messages of all parts."""
MOST_AXES = 50
"""Most axes of the tables of a part and of its messages together, as einsum has a letter for each."""
MOST_CONDITIONS = 32
"""Most joint states of the cutset, as an answer may sum over all of them."""
LEAST_TABLES = 4
"""A variable that is in fewer tables leaves nothing that falls apart."""


@dataclass(frozen=True)
class Part:
    """Variables that are connected without the core, and the tables that they are in.

    Args:
        tables: variables whose tables these are; one of the core may be among them.
        findings: those of its variables that may be observed.
        cutset: those of the cutset on which its messages depend.
        has_shared: whether they depend on the shared variable.
    """

    tables: tuple[str, ...]
    findings: tuple[str, ...]
    cutset: tuple[str, ...]
    has_shared: bool


@dataclass(frozen=True)
class CutNetwork:
    """The parts of a network, and the core in which they meet.

    Args:
        target: the variable in question.
        shared: the variable that many tables share with it.
        cutset: the other variables of the core.
        parts: all tables are in one of them.
    """

    target: str
    shared: str
    cutset: tuple[str, ...]
    parts: tuple[Part, ...]


def cut_network(
    tables: Mapping[str, Cpt], target: str, shared: str, findings: Collection[str]
) -> CutNetwork | None:
    """Cut a network until its parts are small; None where no small cutset does that, or all are too many.

    Args:
        tables: of every variable.
        target, shared: variables of the core.
        findings: variables that may be observed.

    >>> tables = {"d": Cpt(np.full(2, 0.5)), "p": Cpt(np.full((9, 2), 1 / 9), ("d",))}
    >>> tables |= {name: Cpt(np.full((2, 2, 9), 0.5), ("d", "p")) for name in "ab"}
    >>> [part.tables for part in cut_network(tables, "d", "p", "ab").parts]
    [('d',), ('p',), ('a',), ('b',)]
    """
    card = {name: len(table.values) for name, table in tables.items()}
    having: dict[str, int] = {}
    for name, table in tables.items():
        for v in (name, *table.parents):
            having[v] = having.get(v, 0) + 1
    cutset: tuple[str, ...] = ()
    while True:
        parts = tuple(_parts_without(tables, target, shared, cutset, findings))
        size, largest = max(((_size(part, card, target, shared), part) for part in parts), key=_first)
        if size <= LARGEST_PART:
            cells = sum(_size(part, card, target, shared) for part in parts)
            is_small = cells <= LARGEST_NETWORK and all(_axes(part, tables) <= MOST_AXES for part in parts)
            return CutNetwork(target, shared, cutset, parts) if is_small else None
        inside = {v for t in largest.tables for v in (t, *tables[t].parents)} - {target, shared, *cutset}
        room = MOST_CONDITIONS // prod(card[v] for v in cutset)
        candidates = [v for v in sorted(inside) if having[v] >= LEAST_TABLES and card[v] <= room]
        if not candidates:
            return None
        total = {
            v: sum(
                _size(part, card, target, shared)
                for part in _parts_without(tables, target, shared, (*cutset, v), findings)
            )
            for v in candidates
        }
        cutset = (*cutset, min(candidates, key=lambda v: total[v]))


def _first(pair: tuple[int, Part]) -> int:
    return pair[0]


def _parts_without(
    tables: Mapping[str, Cpt], target: str, shared: str, cutset: tuple[str, ...], findings: Collection[str]
) -> Iterator[Part]:
    """The tables in parts: those with a variable in common that is not of the core."""
    core = {target, shared, *cutset}
    met: dict[str, list[str]] = {}  # variable -> tables of its part, one list for all variables of the part
    alone: list[list[str]] = []
    for name, table in tables.items():
        own = [v for v in (name, *table.parents) if v not in core]
        joined = [name]
        for before in {id(met[v]): met[v] for v in own if v in met}.values():
            joined += before
        for v in {v for t in joined for v in (t, *tables[t].parents)} - core:
            met[v] = joined
        if not own:
            alone.append(joined)
    for joined in [*alone, *{id(part): part for part in met.values()}.values()]:
        scope = {v for t in joined for v in (t, *tables[t].parents)}
        yield Part(
            tables=tuple(sorted(joined)),
            findings=tuple(sorted(v for v in scope if v in findings and v not in core)),
            cutset=tuple(v for v in cutset if v in scope),
            has_shared=shared in scope,
        )


def _size(part: Part, card: Mapping[str, int], target: str, shared: str) -> int:
    """Cells of all messages of a part."""
    cells = prod(card[v] + 1 for v in part.findings) * prod(card[v] for v in part.cutset) * card[target]
    return cells * (card[shared] if part.has_shared else 1)


def _axes(part: Part, tables: Mapping[str, Cpt]) -> int:
    """Variables of the tables of a part, and its findings, each of which may be an axis of its own."""
    return len({v for t in part.tables for v in (t, *tables[t].parents)}) + len(part.findings)


def messages_of(cut: CutNetwork, part: Part, tables: Mapping[str, Cpt]) -> Array:
    """P(findings of a part | core) in all of their states: ``float64[*findings, *cutset, shared, target]``.

    The first state of a finding is that it was not examined, its own follow. The axis of the shared variable
    has one cell where the messages do not depend on it.
    """
    scopes = [(t, *tables[t].parents) for t in part.tables]
    number = {v: n for n, v in enumerate(sorted({cut.target, *chain.from_iterable(scopes)}))}
    leaves = {v for v in part.findings if sum(v in scope for scope in scopes) == 1}
    operands: list[Any] = [np.ones(len(tables[cut.target].values)), [number[cut.target]]]
    for scope in scopes:
        values = tables[scope[0]].values
        if scope[0] in leaves:
            values = np.concatenate([np.ones((1, *values.shape[1:])), values])
        operands += [values, [number[v] for v in scope]]
    out = [number[v] for v in part.findings]
    for place, v in enumerate(part.findings):
        if v not in leaves:
            states, out[place] = len(tables[v].values), len(number) + place
            seen = np.concatenate([np.ones((1, states)), np.eye(states)])
            operands += [seen, [out[place], number[v]]]
    out += [number[v] for v in (*part.cutset, *([cut.shared] if part.has_shared else []), cut.target)]
    found: Array = np.einsum(*operands, out, optimize="greedy")
    return found if part.has_shared else found[..., None, :]
