"""NET, the format of Hugin: nodes and potentials, with the last parent of a table varying fastest.

https://download.hugin.com/webdocs/manuals/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import prod

from dxnet.formats.networks.variables import Variable, made, numbers, refuse, rows
from dxnet.inference.cpt import Discrete
from dxnet.knowledge.kinds.base import Cpt

_TOKEN = re.compile(r'(?P<skip>\s+|%[^\n]*)|(?P<text>"[^"]*")|(?P<mark>[(){}=;|])|(?P<word>[^\s(){}=;|"%]+)')
Token = tuple[str, int]
"""A word, mark or quoted text, and its line."""


def read_net(raw: bytes, name: str) -> Discrete:
    """A network of discrete chance nodes in NET.

    Raises:
        ParseError: no NET, with its line; other nodes than discrete chance nodes; tables as expressions.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")  # older versions of Hugin
    tokens = list(_tokens(text, name))
    states: dict[str, tuple[str, ...]] = {}
    labels: dict[str, str] = {}
    variables: dict[str, Variable] = {}
    while tokens:
        head, body, line = _block(tokens, name)
        where = f"{name}:{line}"
        kind = head[1] if head[:1] == ["discrete"] and len(head) > 1 else head[0] if head else ""
        if kind == "node":
            states[head[-1]] = tuple(_unquoted(word) for word in body.get("states", []) if word not in "()")
            labels[head[-1]] = _unquoted(" ".join(body.get("label", [])))
        elif kind == "potential":
            id, parents = _arguments(head[1:], where)
            if id not in states or id in variables:
                refuse(where, f"a potential is for {id!r}, no node or one that has one", "keep one a node")
            cells = [word for word in body.get("data", []) if word not in "()"]
            label = labels[id] if labels[id] != id else ""
            variables[id] = Variable(states[id], parents, numbers(cells, where), where, label)
        elif kind != "net":
            refuse(where, f"{' '.join(head)!r} is not read", "keep discrete chance nodes with tables only")
    if without := [id for id in states if id not in variables]:
        refuse(name, f"{without[0]} has no potential", "give it one")
    return made(variables, name)


def _tokens(text: str, name: str) -> Iterator[Token]:
    position, line = 0, 1
    while position < len(text):
        found = _TOKEN.match(text, position)
        if not found:
            refuse(f"{name}:{line}", "a quote is not closed", "close it")
        if found.lastgroup != "skip":
            yield found[0], line
        line += found[0].count("\n")
        position = found.end()


def _block(tokens: list[Token], name: str) -> tuple[list[str], dict[str, list[str]], int]:
    """The first block, ``head { key = value; ... }``, taken off the tokens; and its line."""
    line = tokens[0][1]
    words = [word for word, _ in tokens]
    try:
        opened = words.index("{")
        closed = words.index("}", opened)
    except ValueError:
        refuse(f"{name}:{line}", "is no network in NET: a block { ... } is missing or not closed", "mend it")
    body: dict[str, list[str]] = {}
    start = opened + 1
    while start < closed:
        try:
            end = words.index(";", start, closed)
        except ValueError:
            refuse(f"{name}:{tokens[start][1]}", "a line does not end in ;", "end it")
        if words[start + 1 : start + 2] != ["="]:
            refuse(
                f"{name}:{tokens[start][1]}", f"{words[start]!r} is followed by no =", "write key = value;"
            )
        body[words[start]] = words[start + 2 : end]
        start = end + 1
    del tokens[: closed + 1]
    return words[:opened], body, line


def _arguments(words: list[str], where: str) -> tuple[str, tuple[str, ...]]:
    """``( node | parents )``."""
    inner = words[1:-1]
    if words[:1] != ["("] or words[-1:] != [")"] or not inner or (len(inner) > 1 and inner[1] != "|"):
        refuse(where, f"cannot read potential {' '.join(words)}", "write potential (node | parents)")
    return inner[0], tuple(inner[2:])


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
    for number, row in enumerate(rows(table)):
        depths = [prod(sizes[axis:]) for axis in range(len(sizes))]
        opened = sum(number % depth == 0 for depth in depths)
        closed = sum((number + 1) % depth == 0 for depth in depths)
        yield f"{'(' * opened}({' '.join(row)}){')' * closed}"
