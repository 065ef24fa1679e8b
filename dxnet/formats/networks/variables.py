"""What the formats share: content, plain identifiers, the order of variables, and tables that fit."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from math import prod
from pathlib import Path
from typing import NoReturn
from xml.etree import ElementTree

import numpy as np

from dxnet.errors import Issue, ParseError, did_you_mean
from dxnet.inference.cpt import Discrete
from dxnet.knowledge.estimate import SUM_TOLERANCE
from dxnet.knowledge.kinds.base import Cpt

MAX_BYTES = 100_000_000


@dataclass(frozen=True)
class Variable:
    """A variable as a file states it: numbers in rows, one for each choice of parent states, last fastest."""

    states: tuple[str, ...]
    parents: tuple[str, ...]
    numbers: Sequence[float]
    where: str
    label: str = ""


def content(path: Path) -> bytes:
    """The content of a file, unpacked where gzip packed it.

    Raises:
        ParseError: missing, broken, or too large.
    """
    try:
        with open(path, "rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
        with gzip.open(path) if packed else open(path, "rb") as file:
            read = file.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as problem:
        reason = (getattr(problem, "strerror", None) or "cannot be read").lower()
        refuse(str(path), reason, "check the path and the file")
    if len(read) > MAX_BYTES:
        refuse(path.name, f"is larger than {MAX_BYTES / 1e6:.0f} MB", "check that it is the right file")
    return read


def refuse(where: str, message: str, fix: str) -> NoReturn:
    """Say what is wrong with a file.

    Raises:
        ParseError: always.
    """
    raise ParseError([Issue("error", where, message, fix)]) from None


def parse_xml(raw: bytes, name: str) -> ElementTree.Element:
    """The root of an XML document.

    Raises:
        ParseError: no XML.
    """
    try:
        return ElementTree.fromstring(raw)
    except (ElementTree.ParseError, ValueError, LookupError) as problem:
        line = getattr(problem, "position", (1, 0))[0]
        refuse(f"{name}:{line}", f"is not XML: {problem}", "check that it is the right file")


def numbers(text: str | Iterable[str], where: str) -> list[float]:
    """Numbers that stand one behind the other.

    Raises:
        ParseError: something else.
    """
    try:
        return [float(word) for word in (text.split() if isinstance(text, str) else text)]
    except ValueError as problem:
        refuse(where, f"holds what is no number: {str(problem).rpartition(': ')[2]}", "write numbers only")


def made(variables: Mapping[str, Variable], name: str) -> Discrete:
    """The network of some variables.

    Raises:
        ParseError: unknown parents, too many or too few numbers, no probabilities, a cycle; all at once.
    """
    if not variables:
        refuse(name, "has no variable", "check that it is the right file")
    faults: list[Issue] = []
    tables: dict[str, Cpt] = {}
    for id, variable in variables.items():
        if unknown := [parent for parent in variable.parents if parent not in variables]:
            fix = did_you_mean(unknown[0], variables)
            faults.append(Issue("error", variable.where, f"{id}: unknown parent {unknown[0]!r}", fix))
            continue
        if problem := _problem(variables, variable):
            faults.append(Issue("error", variable.where, f"{id}: {problem}", "correct its table"))
            continue
        sizes = [len(variables[parent].states) for parent in variable.parents]
        rows = np.array(variable.numbers).reshape(*sizes, len(variable.states))
        tables[id] = Cpt(np.moveaxis(rows, -1, 0), variable.parents)
    try:
        list(TopologicalSorter({id: v.parents for id, v in variables.items()}).static_order())
    except CycleError as problem:
        faults.append(Issue("error", name, f"has a cycle: {' -> '.join(problem.args[1])}", "remove an arrow"))
    if faults:
        raise ParseError(faults)
    labels = {id: variable.label for id, variable in variables.items() if variable.label}
    return Discrete(tables, {id: variable.states for id, variable in variables.items()}, labels)


def _problem(variables: Mapping[str, Variable], variable: Variable) -> str:
    """What is wrong with the states and numbers of a variable, or ''."""
    states = variable.states
    if len(states) < 2 or len(set(states)) < len(states):
        return "has not two or more different states"
    if len(set(variable.parents)) < len(variable.parents):
        return "has a parent twice"
    count = prod(len(variables[parent].states) for parent in variable.parents) * len(states)
    if len(variable.numbers) != count:
        return f"has {len(variable.numbers)} numbers, but its states and parents ask for {count}"
    rows = np.array(variable.numbers).reshape(-1, len(states))
    if not np.isfinite(rows).all() or rows.min() < 0 or rows.max() > 1 + SUM_TOLERANCE:
        return "holds a number that is no probability"
    worst = float(rows.sum(axis=1)[np.abs(rows.sum(axis=1) - 1).argmax()])
    return f"holds probabilities that sum to {worst:.4g}, not 1" if abs(worst - 1) > SUM_TOLERANCE else ""


def ordered(model: Discrete) -> list[str]:
    """The variables, parents before children, else as they stand.

    >>> ordered(Discrete({"b": Cpt(np.ones((2, 2)), ("a",)), "a": Cpt(np.ones(2))}, {}))
    ['a', 'b']
    """
    return list(
        TopologicalSorter({name: table.parents for name, table in model.tables.items()}).static_order()
    )


def rows(table: Cpt) -> list[list[str]]:
    """The numbers of a table with all their digits, in rows as those of ``Variable``."""
    flat = np.moveaxis(table.values, 0, -1).reshape(-1, len(table.values))
    return [[repr(float(p)) for p in row] for row in flat]


def identifiers(names: Sequence[str]) -> list[str]:
    """Names as plain identifiers, all different.

    >>> identifiers(["18-39", "80+", "present"]), identifiers(["<5", ">5"])
    (['s18_39', 's80_', 'present'], ['s_5', 's_5_2'])
    """
    plain: list[str] = []
    for name in names:
        word = re.sub(r"\W", "_", name, flags=re.ASCII)
        first = word = word if word[:1].isalpha() else f"s{word}"
        number = 1
        while word in plain:
            number += 1
            word = f"{first}_{number}"
        plain.append(word)
    return plain
