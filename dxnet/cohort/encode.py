"""The findings of a table as positions of states, a column at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dxnet.arrays import MISSING, Array, Bools, Ints
from dxnet.errors import brief, did_you_mean
from dxnet.inference.backends.base import rows_of_one_kind
from dxnet.knowledge.cells import clean_cell
from dxnet.knowledge.entered import as_text, read_entered
from dxnet.knowledge.many_numbers import PLAIN_NUMBER, positions_of_numbers
from dxnet.knowledge.network import BINARY, Network
from dxnet.knowledge.state_of_number import meanings_of

if TYPE_CHECKING:
    import pyarrow as pa

UNREADABLE = -3
"""Position that marks a cell which cannot be read."""
_LISTED_CELLS = 1000
"""Most unreadable cells of a column that each part reports one by one."""
_MANY_WORDS = 32
"""More different values of a column are numbers, if any are, and are read together."""


@dataclass(frozen=True)
class Fault:
    """A cell that cannot be read: its row, counted from 0, its column, and why."""

    row: int
    column: str
    message: str


@dataclass(frozen=True, eq=False)
class Cells:
    """The findings of a table as positions of states.

    Args:
        findings: names of the F findings.
        states: ``int16[B, F]``, position of each state, -1 where it is missing; the cells of a finding lie
            next to each other. A position beyond the states stands for a likelihood of the finding in
            ``soft``; UNREADABLE marks a cell that cannot be read.
        soft: likelihoods ``ndarray[states]`` by finding.
    """

    findings: list[str]
    states: NDArray[np.int16]
    soft: Mapping[str, Sequence[Array]]

    def groups(self, network: Network) -> Iterator[tuple[Bools | slice, Ints, Mapping[str, Array]]]:
        """Groups of rows that share their soft words, which the engine answers together."""
        sizes = np.array([len(network.states(name)) for name in self.findings], np.int16)
        return rows_of_one_kind(self.findings, sizes, self.states, self.soft)


def encode(network: Network, table: pa.Table, exact: bool = False) -> tuple[Cells, list[Fault]]:
    """The findings of a table, and the cells that cannot be read.

    Args:
        network: whose findings they are.
        table: a column for each finding; others are left out.
        exact: as for ``score``.
    """
    findings = [name for name in table.column_names if name in network.findings]
    columns = np.empty((len(findings), len(table)), np.int16)
    soft: dict[str, list[Array]] = {}
    faults: list[Fault] = []
    for i, name in enumerate(findings):
        columns[i], soft[name], messages = _encoded_column(network, name, table.column(name), exact)
        faults += (Fault(row, name, message) for row, message in messages)
    return Cells(findings, columns.T, soft), sorted(faults, key=lambda fault: fault.row)


def _encoded_column(
    network: Network, name: str, column: pa.ChunkedArray, exact: bool
) -> tuple[NDArray[np.int16], list[Array], Iterable[tuple[int, str]]]:
    """Positions of the states, likelihoods of the soft words, and (row, message) of unreadable cells."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_null(kind):
        return np.full(len(column), MISSING, np.int16), [], ()
    if pa.types.is_boolean(kind) and network.findings[name].states == BINARY:
        return column.cast(pa.int16()).fill_null(MISSING).to_numpy().astype(np.int16), [], ()
    if pa.types.is_nested(kind.value_type if pa.types.is_dictionary(kind) else kind):
        positions = np.where(column.is_valid().to_numpy(), UNREADABLE, MISSING).astype(np.int16)
        message = f"is a {kind}; write a state ({', '.join(network.findings[name].states)})"
        messages = [(int(row), message) for row in np.flatnonzero(positions < MISSING)]
        return positions, [], messages
    if (pa.types.is_floating(kind) or pa.types.is_integer(kind)) and not exact:
        return _numbers(network, name, column)
    return _encode_words(network, name, column, exact)


def _numbers(
    network: Network, name: str, column: pa.ChunkedArray
) -> tuple[NDArray[np.int16], list[Array], Iterable[tuple[int, str]]]:
    """A column of numbers: those that limits alone do not decide are read as words."""
    import pyarrow as pa

    numbers = column.cast(pa.float64(), safe=False).to_numpy()
    found = positions_of_numbers(network, name, numbers)
    rest = np.flatnonzero((found == MISSING) & column.is_valid().to_numpy())
    if not len(rest):
        return found, [], ()
    found[rest], soft, messages = _encode_words(network, name, column.take(pa.array(rest)), exact=False)
    return found, soft, ((int(rest[row]), message) for row, message in messages)


def _encode_words(
    network: Network, name: str, column: pa.ChunkedArray, exact: bool
) -> tuple[NDArray[np.int16], list[Array], Iterable[tuple[int, str]]]:
    """A column of any values: each different one is read once."""
    import pyarrow as pa

    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    array = _as_one(column)
    read = _WordsRead.of(network, name, array.dictionary, exact)
    places = _places_in_dictionary(array)
    found = read.positions.take(places, mode="clip")
    return found, read.soft, _unread_cells(found, places, read.problems) if read.problems else ()


@dataclass(frozen=True, eq=False)
class _WordsRead:
    """The different words of a column.

    Args:
        positions: ``int16[1 + W]``, the first of them for no word at all.
        soft: likelihoods of the soft words, which have the positions beyond the states.
        problems: why a word cannot be read, by its place in ``positions``.
    """

    positions: NDArray[np.int16]
    soft: list[Array]
    problems: Mapping[int, str]

    @classmethod
    def of(cls, network: Network, name: str, words: pa.Array, exact: bool) -> _WordsRead:
        states = network.findings[name].states
        known: dict[object, int] = {None: MISSING, **{s: i for i, s in enumerate(states)}}
        positions = np.full(1 + len(words), MISSING, np.int16)
        places = np.arange(1, 1 + len(words))
        if len(words) > _MANY_WORDS and not exact:
            positions[1:] = _plain_numbers(network, name, words)
            places = places[positions[1:] == MISSING]
            words = words.take(places - 1)
        soft: list[Array] = []
        problems: dict[int, str] = {}
        for place, word in zip(places.tolist(), words.to_pylist(), strict=True):
            if isinstance(word, str) and not clean_cell(word):
                continue
            if word not in known:
                entered = read_entered(network, name, as_text(word))
                if entered.likelihoods:
                    known[word] = len(states) + len(soft)
                    values: Array = np.array([entered.likelihoods[state] for state in states])
                    soft.append(values / values.max())
                elif entered.state and not exact:
                    known[word] = states.index(entered.state)
                elif entered.state:
                    problems[place] = f"unknown state {brief(word)}; {did_you_mean(str(word), states)}"
                else:
                    problems[place] = f"{entered.problem}; {entered.fix}"
            positions[place] = known.get(word, UNREADABLE)
        return cls(positions, soft, problems)


def _plain_numbers(network: Network, name: str, words: pa.Array) -> NDArray[np.int16]:
    """The positions of words that are a number with a unit or without; MISSING of the others."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found = np.full(len(words), MISSING, np.int16)
    if not meanings_of(network.findings[name]) or not pa.types.is_string(words.type):
        return found
    number, unit = pc.extract_regex(words, PLAIN_NUMBER).flatten()
    numbers = number.cast(pa.float64()).to_numpy(zero_copy_only=False)
    units = unit.to_numpy(zero_copy_only=False)
    for one in unit.unique().drop_null().to_pylist():
        same = units == one
        found[same] = positions_of_numbers(network, name, numbers[same], one)
    return found


def _as_one(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """A column of words as one array, which is not copied where it is one already."""
    import pyarrow as pa

    if column.num_chunks != 1:
        column = column.unify_dictionaries().combine_chunks()
    if isinstance(column, pa.ChunkedArray):
        return column.chunk(0) if column.num_chunks else pa.array([], column.type)
    return column


def _places_in_dictionary(array: pa.DictionaryArray) -> NDArray[np.int32]:
    """For each cell 0 where there is no value, else 1 and its place in the dictionary, ``int32[B]``."""
    indices = array.indices
    kind = np.dtype(indices.type.to_pandas_dtype())
    validity, memory = indices.buffers()
    places = np.add(
        np.frombuffer(memory, kind, len(array), indices.offset * kind.itemsize), 1, dtype=np.int32
    )
    if array.null_count:
        bits = np.frombuffer(validity, np.uint8)
        places *= np.unpackbits(bits, count=indices.offset + len(array), bitorder="little")[indices.offset :]
    return places


def _unread_cells(
    found: NDArray[np.int16], places: NDArray[np.int32], problems: Mapping[int, str]
) -> Iterator[tuple[int, str]]:
    rows = np.flatnonzero(found == UNREADABLE)
    for row in rows[:_LISTED_CELLS]:
        yield int(row), problems[int(places[row])]
    if len(rows) > _LISTED_CELLS:
        yield int(rows[_LISTED_CELLS]), f"and {len(rows) - _LISTED_CELLS} more here cannot be read"
