"""BIF 0.15, the Bayesian network interchange format, as text.

https://www.cs.cmu.edu/~fgcozman/Research/InterchangeFormat/Old/xmlbif02.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

from dxnet.errors import Issue, ParseError, brief, did_you_mean
from dxnet.formats.networks.bif_rows import EVERY, StatedRows
from dxnet.formats.networks.scanner import Scanner
from dxnet.formats.networks.variables import (
    Variable,
    decoded_network,
    number_rows,
    refuse_network_file,
    to_discrete,
)
from dxnet.inference.cpt import Discrete

_BIF_COMMENT = re.compile(r'"[^"\n]*"|(?<!:)//[^\n]*|/\*.*?\*/|(/\*)', re.DOTALL)
_QUOTED_OR = '(?:"[^"\\n]*+"|{})*+'
_BLOCK_HEAD = re.compile(_QUOTED_OR.format('[^"{}]++') + r"\{")
_NAME_OF_BLOCK = re.compile(r'(?:"([^"\n]+)"|([^\s"{},;]+))\s*\{')
_BODY = re.compile(_QUOTED_OR.format(r'[^"{}]++|\{' + _QUOTED_OR.format('[^"{}]++') + r"\}") + r"\}")
_PROPERTY = re.compile(_QUOTED_OR.format('[^";}]++') + ";")
_TYPE = re.compile(r'([A-Za-z]+)\s*(?:\[\s*([0-9]+)\s*\])?\s*(?:\{((?:"[^"\n]*+"|[^"{};]++)*+)\})?')
_STATE_NAME = re.compile(r'"([^"\n]*)"|([^\s,"]+)')
_BIF_NUMBERS = re.compile(r'[^;{}()|"]+')
_KINDS_OF_BLOCK = ("network", "variable", "probability")


class _BifBlock(NamedTuple):
    """A block of a file: its kind, and where its head and its end stand."""

    kind: str
    head: int
    end: int


def read_bif(raw: bytes, name: str) -> Discrete:
    """A network of discrete variables in BIF.

    Numbers stand in rows, a ``table`` (the state of the variable itself varying slowest, the last parent
    fastest) or a ``default`` for the rows that are not listed; properties are left out.

    Raises:
        ParseError: no BIF; what is wrong with variables and rows, all at once, each with its line.
    """
    text = Scanner(name, _without_comments(decoded_network(raw, name), name))
    blocks = list(_bif_blocks(text))
    faults: list[Issue] = []
    declared: dict[str, Variable] = {}
    for block in blocks:
        if block.kind == "variable":
            _collect(faults, _bif_variable, text, block, declared)
    variables: dict[str, Variable] = {}
    for block in blocks:
        if block.kind == "probability":
            _collect(faults, _probability, text, block, declared, variables)
    networks = [block for block in blocks if block.kind == "network"]
    if len(networks) > 1:
        fix = "keep one network a file"
        faults.append(Issue("error", text.where(networks[1].head), "a second network begins here", fix))
    for id, variable in declared.items():
        if id not in variables:
            fix = f"add 'probability ( {id} ) {{ table ...; }}'"
            faults.append(Issue("error", variable.where, f"{id} has no probability block", fix))
    if not declared and not faults:
        refuse_network_file(
            name, "is no network in BIF: it has no variable", "check that it is the right file"
        )
    return to_discrete({id: variables.get(id, variable) for id, variable in declared.items()}, name, faults)


def _collect(faults: list[Issue], read: Callable[..., Iterator[Issue]], *arguments: Any) -> None:
    """What is wrong with a block; one that cannot be read to its end does not hide the others."""
    try:
        faults.extend(read(*arguments))
    except ParseError as problem:
        faults.extend(problem.issues)


def _without_comments(text: str, name: str) -> str:
    """The text with blanks in place of comments, so that every position stays."""

    def blank(found: re.Match[str]) -> str:
        if found[1]:
            line = text.count("\n", 0, found.start()) + 1
            refuse_network_file(f"{name}:{line}", "a comment /* is not closed", "close it with */")
        return found[0] if found[0][0] == '"' else re.sub(r"[^\n]", " ", found[0])

    return _BIF_COMMENT.sub(blank, text)


def _bif_blocks(text: Scanner) -> Iterator[_BifBlock]:
    while not text.is_at_end:
        kind = text.word()
        if kind not in _KINDS_OF_BLOCK:
            what = (
                f"is no network in BIF: {brief(kind or text.ahead)} is none of {', '.join(_KINDS_OF_BLOCK)}"
            )
            text.refuse(what, "write 'variable NAME { ... }' and 'probability ( ... ) { ... }'")
        head = text.at
        if kind == "variable" and not text.take(_NAME_OF_BLOCK):
            text.refuse(
                "a variable is not named by one word", "write variable NAME { ... }, or quote its name"
            )
        text.at = head
        if not text.take(_BLOCK_HEAD) or not text.take(_BODY):
            text.at = head
            text.refuse(f"is no network in BIF: a {kind} block is not closed", "close its quotes and its { }")
        yield _BifBlock(kind, head, text.at)


def _bif_variable(text: Scanner, block: _BifBlock, declared: dict[str, Variable]) -> Iterator[Issue]:
    where = text.where(block.head)
    text.at = block.head
    named = text.take(_NAME_OF_BLOCK)
    assert named is not None  # as _blocks has seen
    id = named[1] or named[2]
    if id in declared:
        message = f"{id} is declared twice (first at {declared[id].where})"
        yield Issue("error", where, message, "keep one, or rename it")
        declared[id] = Variable((), (), None, where)
        return
    declared[id] = Variable((), (), None, where)
    while not text.mark("}"):
        key = text.word()
        if key == "type" and not declared[id].states:
            declared[id] = Variable(_bif_states(text, id), (), None, where)
        elif key == "property" and text.take(_PROPERTY):
            continue
        else:
            what = "a second type" if key == "type" else brief(key or text.ahead)
            text.refuse(f"{id}: {what} is not read", "keep one type and properties, each closed by ;")
    if not declared[id].states:
        yield Issue("error", where, f"{id} has no type", "write 'type discrete [ 2 ] { no, yes };'")


def _bif_states(text: Scanner, id: str) -> tuple[str, ...]:
    """The states behind ``type``: words, or what stands between commas where that is as many as stated."""
    found = text.take(_TYPE)
    fix = "write 'type discrete [ 2 ] { no, yes };'"
    if found and found[1] != "discrete":
        text.refuse(f"{id} is {found[1]}: only discrete variables are read", "discretise it")
    if not found or found[3] is None:
        text.refuse(f"{id}: cannot read its type", fix)
    states = [quoted or word for quoted, word in _STATE_NAME.findall(found[3])]
    stated = int(found[2][:9]) if found[2] else len(states)
    if stated != len(states):
        parts = [" ".join(part.split()) for part in found[3].split(",")]
        if stated != len(parts) or '"' in found[3] or not all(parts):
            text.refuse(f"{id} states that it has {stated} states, but lists {len(states)}", "correct it")
        states = parts
    text.need(";", f"{id}: its type", fix)
    return tuple(states)


def _probability(
    text: Scanner, block: _BifBlock, declared: Mapping[str, Variable], variables: dict[str, Variable]
) -> Iterator[Issue]:
    where = text.where(block.head)
    text.at = block.head
    text.need("(", "probability", "write probability ( NODE | PARENTS ) { ... }")
    id = text.known(declared) or text.name_here()
    if id not in declared:
        message = f"a probability block is for {brief(id or text.ahead)}, which is no variable"
        yield Issue("error", where, message, did_you_mean(id or "", declared))
        return
    parents: list[str] = []
    if text.mark("|"):
        while not text.mark(")"):
            parent = text.known(declared) or text.name_here()
            if not parent:
                text.refuse(f"{id}: cannot read its parents", "write probability ( NODE | PARENTS ) { ... }")
            parents.append(parent)
    else:
        text.need(")", f"probability ( {id}", "write probability ( NODE | PARENTS ) { ... }")
    text.need("{", f"{id}: the head of its block", "write probability ( NODE | PARENTS ) { ... }")
    if id in variables:
        message = f"{id} has two probability blocks (first at {variables[id].where})"
        yield Issue("error", where, message, "keep one")
        return
    states = declared[id].states
    variables[id] = Variable(states, tuple(parents), None, where)
    if (
        not states
        or len(set(parents)) < len(parents)
        or any(parent not in declared or not declared[parent].states for parent in parents)
    ):
        return  # that is reported elsewhere
    stated = StatedRows(id, states, [declared[parent].states for parent in parents], where)
    while not text.mark("}"):
        yield from _entry(text, stated)
    yield from stated.faults()
    variables[id] = Variable(states, tuple(parents), stated.numbers(), where, lines=stated.lines())


def _entry(text: Scanner, stated: StatedRows) -> Iterator[Issue]:
    """One entry of a probability block: a row, ``table``, ``default`` or a property."""
    where = text.where()
    if text.mark("("):
        named = [_parent_state(text, stated.id, choice) for choice in stated.choices]
        text.need(")", f"{stated.id}: row ({', '.join(named)}", "name one state for each parent")
        yield from stated.add_row(named, _words_of_numbers(text), where)
    else:
        key = text.word()
        if key == "property" and text.take(_PROPERTY):
            return
        if key not in ("table", "default"):
            fix = "write rows '(states) numbers;', 'table numbers;' or 'default numbers;'"
            text.refuse(f"{stated.id}: {brief(key or text.ahead)} is not read", fix)
        yield from stated.add_whole(key, _words_of_numbers(text), where)
    text.need(";", f"{stated.id}: a row of numbers", "close it by ;")


def _parent_state(text: Scanner, id: str, choice: Sequence[str]) -> str:
    """The next parent state of a row."""
    state = text.known((*choice, EVERY), [state for state in choice if " " in state])
    if state is None:
        word = text.ahead.rstrip(")") or text.ahead
        text.refuse(f"{id}: {brief(word)} is no state of that parent", did_you_mean(word, choice))
    return state


def _words_of_numbers(text: Scanner) -> list[str]:
    found = text.take(_BIF_NUMBERS)
    return found[0].replace(",", " ").split() if found else []


def write_bif(model: Discrete) -> str:
    """A network in BIF."""
    return "\n".join(["network unknown {", "}", *_variables(model), *_bif_tables(model), ""])


def _variables(model: Discrete) -> Iterator[str]:
    for name in model.tables:
        states = model.states[name]
        yield f"variable {name} {{"
        yield f"  type discrete [ {len(states)} ] {{ {', '.join(states)} }};"
        yield "}"


def _bif_tables(model: Discrete) -> Iterator[str]:
    for name, table in model.tables.items():
        if not table.parents:
            yield f"probability ( {name} ) {{"
            yield f"  table {', '.join(number_rows(table)[0])};"
        else:
            yield f"probability ( {name} | {', '.join(table.parents)} ) {{"
            combinations = product(*(model.states[parent] for parent in table.parents))
            for states, row in zip(combinations, number_rows(table), strict=True):
                yield f"  ({', '.join(states)}) {', '.join(row)};"
        yield "}"
