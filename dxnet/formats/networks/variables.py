"""What the formats share: content, plain identifiers, the order of variables, and tables that fit."""

from __future__ import annotations

import gzip
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from math import prod
from pathlib import Path
from typing import NoReturn

import numpy as np

from dxnet.errors import Issue, ParseError, brief, did_you_mean
from dxnet.inference.cpt import Discrete
from dxnet.knowledge.encodings import marked_encoding
from dxnet.knowledge.estimate import SUM_TOLERANCE
from dxnet.knowledge.kinds.base import Cpt

MAX_NETWORK_BYTES = 100_000_000
MAX_ROWS_REPORTED = 5
"""So many faulty rows of one table are reported each for itself."""
ROUNDING = 1e-6
"""So far below 0 are some numbers of programs that count in single precision; they are taken as 0."""
NUMBER_WORD = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")


@dataclass(frozen=True)
class Variable:
    """A variable as a file states it: numbers in rows, one for each choice of parent states, last fastest.

    ``numbers`` are None where they are faulty and reported already; ``lines`` are the places of the rows,
    where the format gives each row its own.
    """

    states: tuple[str, ...]
    parents: tuple[str, ...]
    numbers: Sequence[float] | None
    where: str
    label: str = ""
    lines: Mapping[int, str] = field(default_factory=dict)


def unpacked_content(path: Path) -> bytes:
    """The content of a file, unpacked where gzip packed it.

    Raises:
        ParseError: missing, broken, or too large.
    """
    try:
        with open(path, "rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
        with gzip.open(path) if packed else open(path, "rb") as file:
            read = file.read(MAX_NETWORK_BYTES + 1)
    except (OSError, EOFError, zlib.error) as problem:
        reason = (getattr(problem, "strerror", None) or "cannot be read").lower()
        refuse_network_file(str(path), reason, "check the path and the file")
    if len(read) > MAX_NETWORK_BYTES:
        refuse_network_file(
            path.name, f"is larger than {MAX_NETWORK_BYTES / 1e6:.0f} MB", "check that it is the right file"
        )
    return read


def refuse_network_file(where: str, message: str, fix: str) -> NoReturn:
    """Say what is wrong with a file.

    Raises:
        ParseError: always.
    """
    raise ParseError([Issue("error", where, message, fix)]) from None


def decoded_network(raw: bytes, name: str) -> str:
    """The text of a file: UTF-8, UTF-16 or UTF-32 with its mark, or else Latin-1, which older programs write.

    Raises:
        ParseError: control characters, so no text.
    """
    try:
        text = raw.decode(marked_encoding(raw))
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    if odd := re.search(r"[\x00-\x08\x0e-\x1f]", text):
        where = f"{name}:{text.count(chr(10), 0, odd.start()) + 1}"
        refuse_network_file(
            where, f"holds the control character {ord(odd[0]):#04x}", "check that it is the right file"
        )
    return text


def read_numbers(words: Sequence[str], where: str, id: str) -> list[float]:
    """The numbers of a variable that stand one behind the other.

    Raises:
        ParseError: something else, such as ``nan``.
    """
    if odd := next((word for word in words if not NUMBER_WORD.fullmatch(word)), ""):
        refuse_network_file(where, f"{id} holds {brief(odd)}, which is no number", "write numbers only")
    return [float(word) for word in words]


def to_discrete(
    variables: Mapping[str, Variable], name: str, issues: Sequence[Issue] = (), targets: Sequence[str] = ()
) -> Discrete:
    """The network of some variables.

    Args:
        variables: by id.
        name: of the file.
        issues: errors that its reader found already, and warnings of what it left out.
        targets: the variables that the file marks as such.

    Raises:
        ParseError: an error of ``issues``, no variable, unknown parents, too many or too few numbers, rows
            that are no probabilities, a cycle; all at once.
    """
    faults = [issue for issue in issues if issue.level == "error"]
    if not variables and not faults:
        refuse_network_file(name, "has no variable", "check that it is the right file")
    for id, variable in variables.items():
        faults += [*_unknown_parents(variables, id, variable), *_faults_of_variable(variables, id, variable)]
    try:
        list(TopologicalSorter({id: v.parents for id, v in variables.items()}).static_order())
    except CycleError as problem:
        faults.append(Issue("error", name, f"has a cycle: {' -> '.join(problem.args[1])}", "remove an arrow"))
    if faults:
        raise ParseError(faults)
    if negative := [id for id, variable in variables.items() if min(variable.numbers or [0]) < 0]:
        message = f"{', '.join(negative[:8])}: numbers below 0 by less than {ROUNDING:g} are taken as 0"
        issues = [*issues, Issue("warning", name, message, "see whether the file is rounded, or faulty")]
    tables: dict[str, Cpt] = {}
    for id, variable in variables.items():
        sizes = [len(variables[parent].states) for parent in variable.parents]
        values = np.array(variable.numbers).reshape(*sizes, len(variable.states))
        tables[id] = Cpt(np.moveaxis(np.maximum(values, 0), -1, 0), variable.parents)
    labels = {id: variable.label for id, variable in variables.items() if variable.label}
    states = {id: variable.states for id, variable in variables.items()}
    return Discrete(tables, states, labels, tuple(targets), tuple(issues))


def _unknown_parents(variables: Mapping[str, Variable], id: str, variable: Variable) -> Iterator[Issue]:
    for parent in variable.parents:
        if parent not in variables:
            fix = did_you_mean(parent, variables)
            yield Issue("error", variable.where, f"{id}: unknown parent {brief(parent)}", fix)


def state_fault(states: Sequence[str]) -> str:
    """What is wrong with the states of a variable, or ''.

    >>> state_fault(["no", "yes", "no"]), state_fault(["no", "yes"])
    ("has the state 'no' twice", '')
    """
    if len(states) < 2:
        return f"has {'the one state ' + brief(states[0]) if states else 'no state'}, but needs two or more"
    twice = [state for state, count in Counter(states).items() if count > 1]
    if twice:
        return f"has the state {brief(twice[0])} twice"
    return "has a state without a name" if "" in states else ""


def row_fault(row: Sequence[float]) -> str:
    """What keeps a row of a table from being probabilities, or ''; a sum may be off by SUM_TOLERANCE.

    >>> row_fault([0.9, 0.4]), row_fault([7, 3]), row_fault([0.9, 0.1])
    ('sums to 1.3, not 1', 'holds 7, which is no probability', '')
    """
    odd = next((p for p in row if not -ROUNDING <= p <= 1 + SUM_TOLERANCE), None)
    if odd is not None:
        return f"holds {odd:g}, which is no probability"
    total = sum(row)
    return f"sums to {total:.6g}, not 1" if abs(total - 1) > SUM_TOLERANCE else ""


def row_name(number: int, choices: Sequence[Sequence[str]]) -> str:
    """The parent states of a row by its number, the last parent fastest.

    >>> row_name(2, [["no", "yes"], ["x", "y"]])
    'yes, x'
    """
    states: list[str] = []
    for choice in reversed(choices):
        number, place = divmod(number, len(choice))
        states.insert(0, choice[place])
    return ", ".join(states)


def _faults_of_variable(variables: Mapping[str, Variable], id: str, variable: Variable) -> Iterator[Issue]:
    """What is wrong with the states, parents and numbers of a variable, each row for itself."""
    size = len(variable.states)
    problem = state_fault(variable.states) if variable.states or variable.numbers is not None else ""
    if not problem and len(set(variable.parents)) < len(variable.parents):
        problem = "has a parent twice"
    choices = [variables[parent].states if parent in variables else () for parent in variable.parents]
    stated = variable.numbers if all(choices) else None
    count = prod(map(len, choices)) * size
    if not problem and stated is not None and len(stated) != count:
        problem = f"has {len(stated)} numbers, but its states and parents ask for {count}"
    if problem:
        yield Issue("error", variable.where, f"{id}: {problem}", "correct it")
        return
    rows = np.array([] if stated is None else stated, float).reshape(-1, max(size, 1))
    faulty = [(number, fault) for number, row in enumerate(rows.tolist()) if (fault := row_fault(row))]
    fix = "make the numbers of each row probabilities that sum to 1"
    for number, fault in faulty[:MAX_ROWS_REPORTED]:
        row = f"row ({row_name(number, choices)}) " if choices else "its table "
        yield Issue("error", variable.lines.get(number, variable.where), f"{id}: {row}{fault}", fix)
    if (rest := len(faulty) - MAX_ROWS_REPORTED) > 0:
        yield Issue("error", variable.where, f"{id}: {rest:,} more rows are no probabilities", fix)


def ordered(model: Discrete) -> list[str]:
    """The variables, parents before children, else as they stand.

    >>> ordered(Discrete({"b": Cpt(np.ones((2, 2)), ("a",)), "a": Cpt(np.ones(2))}, {}))
    ['a', 'b']
    """
    return list(
        TopologicalSorter({name: table.parents for name, table in model.tables.items()}).static_order()
    )


def number_rows(table: Cpt) -> list[list[str]]:
    """The numbers of a table with all their digits, in rows as those of ``Variable``."""
    flat = np.moveaxis(table.values, 0, -1).reshape(-1, len(table.values))
    return [[repr(float(p)) for p in row] for row in flat]


def plain_identifiers(names: Sequence[str]) -> list[str]:
    """Names as plain identifiers, all different.

    >>> plain_identifiers(["18-39", "80+", "present"]), plain_identifiers(["<5", ">5"])
    (['s18_39', 's80_', 'present'], ['s_5', 's_5_2'])
    """
    plain: dict[str, None] = {}
    for name in names:
        word = re.sub(r"\W", "_", name, flags=re.ASCII)
        first = word = word if word[:1].isalpha() else f"s{word}"
        number = 1
        while word in plain:
            number += 1
            word = f"{first}_{number}"
        plain[word] = None
    return list(plain)
