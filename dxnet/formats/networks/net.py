"""NET, the format of Hugin: nodes and potentials, with the last parent of a table varying fastest.

https://download.hugin.com/webdocs/manuals/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import prod

from dxnet.errors import Issue, ParseError, brief, did_you_mean
from dxnet.formats.networks.net_blocks import NetBlock, net_blocks
from dxnet.formats.networks.variables import (
    Variable,
    decoded_network,
    number_rows,
    read_numbers,
    refuse_network_file,
    to_discrete,
)
from dxnet.inference.cpt import Discrete
from dxnet.knowledge.kinds.base import Cpt

_NODES = (["node"], ["discrete", "node"])
_UNREAD_BLOCKS = {
    "decision": "a decision",
    "utility": "a utility",
    "continuous": "continuous",
    "function": "a function node",
    "instance": "an instance of another network",
}


def read_net(raw: bytes, name: str) -> Discrete:
    """A network of discrete chance nodes in NET: plain, or as one class without instances.

    Raises:
        ParseError: no NET, with its line; other nodes than discrete chance nodes, temporal clones, tables as
            expressions, parts that are stated twice, numbers that make no table; all at once.
    """
    issues: list[Issue] = []
    declared: dict[str, Variable] = {}
    potentials: list[NetBlock] = []
    for block in net_blocks(decoded_network(raw, name), name):
        issues += block.repeated()
        kind, id = block.head[:-1], block.head[-1] if block.head else ""
        if block.head[:1] == ["potential"]:
            potentials.append(block)
        elif kind in _NODES and id in declared:
            message = f"{id} is declared twice (first at {declared[id].where})"
            issues.append(Issue("error", block.where, message, "keep one, or rename it"))
        elif kind in _NODES:
            if "temporal_clone" in block.body:
                fix = "unroll the network in time, and save the result"
                issues.append(
                    Issue("error", block.where, f"{id} is a temporal clone, which is not read", fix)
                )
            label = _unquoted(" ".join(block.body.get("label", [])))
            states = _net_states(block)
            if not states:
                fix = 'write states = ("no" "yes");'
                issues.append(Issue("error", block.where, f"{id} has no states", fix))
            declared[id] = Variable(states, (), None, block.where, label if label != id else "")
        elif block.head != ["net"]:
            id = block.head[1] if block.head[:1] == ["instance"] and len(block.head) > 1 else id
            what = next((_UNREAD_BLOCKS[word] for word in block.head if word in _UNREAD_BLOCKS), "")
            message = (
                f"{id} is {what}, which is not read" if what else f"{' '.join(block.head)!r} is not read"
            )
            issues.append(Issue("error", block.where, message, "keep discrete chance nodes with tables only"))
            declared[id] = Variable((), (), None, block.where)
    variables: dict[str, Variable] = {}
    for block in potentials:
        issues += _potential(block, declared, variables)
    for id, variable in declared.items():
        if id not in variables and variable.states:
            issues.append(Issue("error", variable.where, f"{id} has no potential", "give it one"))
    return to_discrete({id: variables.get(id, variable) for id, variable in declared.items()}, name, issues)


def _net_states(node: NetBlock) -> tuple[str, ...]:
    """The states of a node; of numbers and intervals without names, their values."""
    states = tuple(_unquoted(word) for word in node.body.get("states", []) if word not in "()")
    if any(states):
        return states
    subtype = " ".join(node.body.get("subtype", []))
    values = [word for word in node.body.get("state_values", []) if word not in "()"]
    if subtype == "boolean":
        return ("false", "true")
    return tuple(f"{a} to {b}" for a, b in pairwise(values)) if subtype == "interval" else tuple(values)


def _potential(
    block: NetBlock, declared: Mapping[str, Variable], variables: dict[str, Variable]
) -> Iterator[Issue]:
    """Add the variable that a potential is for, and say what is wrong with it."""
    inner = block.head[2:-1]
    if (
        block.head[1:2] != ["("]
        or block.head[-1:] != [")"]
        or not inner
        or (len(inner) > 1 and inner[1] != "|")
    ):
        fix = "write potential (node | parents)"
        yield Issue("error", block.where, f"cannot read {' '.join(block.head)}", fix)
        return
    id, parents = inner[0], tuple(inner[2:])
    if id not in declared:
        fix = did_you_mean(id, declared)
        yield Issue("error", block.where, f"a potential is for {brief(id)}, which is no node", fix)
        return
    if id in variables:
        message = f"{id} has two potentials (first at {variables[id].where})"
        yield Issue("error", block.where, message, "keep one")
        return
    node = declared[id]
    variables[id] = Variable(node.states, parents, None, block.where, node.label)
    sizes = [len(declared[parent].states) if parent in declared else 0 for parent in parents]
    if not node.states or not all(sizes):
        return
    if "data" not in block.body:
        fix = "compile it in Hugin and save its table"
        yield Issue("error", block.where, f"{id} has no data: its table is not stated in numbers", fix)
        return
    if extra := [key for key in block.body if key != "data"]:
        message = f"{id}: {', '.join(extra)} of its potential are left out; its data are read"
        yield Issue("warning", block.where, message, "see that the data are the compiled table")
    try:
        stated = _potential_data(block, id, [*sizes, len(node.states)])
    except ParseError as problem:
        yield from problem.issues
        return
    lines = dict(enumerate(block.places("data")[:: len(node.states)]))
    variables[id] = Variable(node.states, parents, stated, block.where, node.label, lines)


def _potential_data(block: NetBlock, id: str, sizes: Sequence[int]) -> list[float]:
    """The numbers of a potential, whose brackets must be those of its parents, or the outermost alone.

    Raises:
        ParseError: something else than numbers in brackets, or other brackets.
    """
    words = block.body["data"]
    stated = read_numbers([word for word in words if word not in ("(", ")")], block.where, id)
    shape = "".join(word if word in ("(", ")") else "." for word in words)
    if len(stated) != prod(sizes) or shape in ("." * len(stated), f"({'.' * len(stated)})"):
        return stated
    nested = "." * sizes[-1]
    for size in reversed(sizes[:-1]):
        nested = f"({nested})" * size
    if shape != f"({nested})":
        message = f"{id}: the brackets of its data do not fit {' x '.join(map(str, sizes))} numbers"
        refuse_network_file(
            block.where, message, "put the states of each parent into brackets, the first outermost"
        )
    return stated


def _unquoted(word: str) -> str:
    return word.strip('"')


def write_net(model: Discrete) -> str:
    """A network in NET."""
    return "\n".join(["net {", "}", *_nodes(model), *_potentials(model), ""])


def _nodes(model: Discrete) -> Iterator[str]:
    for name in model.tables:
        label = model.labels.get(name, name).replace('"', "'")
        yield f"node {name} {{"
        yield f'  label = "{label}";'
        states = " ".join(f'"{state}"' for state in model.states[name])
        yield f"  states = ({states});"
        yield "}"


def _potentials(model: Discrete) -> Iterator[str]:
    for name, table in model.tables.items():
        given = f" | {' '.join(table.parents)}" if table.parents else ""
        yield f"potential ({name}{given}) {{"
        yield "  data ="
        yield from (f"    {line}" for line in _nested(table))
        yield "  ;"
        yield "}"


def _nested(table: Cpt) -> Iterator[str]:
    """A line for each combination of parent states, with the brackets that open and close there."""
    sizes = table.values.shape[1:]
    for number, row in enumerate(number_rows(table)):
        depths = [prod(sizes[axis:]) for axis in range(len(sizes))]
        opened = sum(number % depth == 0 for depth in depths)
        closed = sum((number + 1) % depth == 0 for depth in depths)
        yield f"{'(' * opened}({' '.join(row)}){')' * closed}"
