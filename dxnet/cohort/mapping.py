"""Other people's tables: which column is which finding, and which of their words is which state.

Everything here is a suggestion until it is chosen: no value is changed that nobody has mapped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from dxnet.errors import CaseError, Issue
from dxnet.knowledge.cells import folded
from dxnet.knowledge.columns import LABEL_COLUMNS, accepted_names
from dxnet.knowledge.entered import Entered, read_entered
from dxnet.knowledge.network import BINARY, NORMAL, Network
from dxnet.knowledge.plain_words import NO, UNKNOWN, lowered, state_of_word
from dxnet.knowledge.state_of_number import is_number, meanings_of

READ_AS_NOT_EXAMINED = "not examined"
BY_RANGE = "the range it falls in"
"""How a number is read where the states are ranges."""
_WORDS_FOR_SEX = {"f": "female", "w": "female", "m": "male", "weiblich": "female", "männlich": "male"}


@dataclass(frozen=True)
class Match:
    """What a column seems to hold: a finding, or ``id`` or ``diagnosis``; and by what it was recognised."""

    target: str
    by: str


@dataclass(frozen=True)
class Unread:
    """Values that are no states of what their columns are mapped to, all to be read in one way.

    Args:
        states: what they could be.
        values: as they stand in the file; several only where they are numbers in ranges.
        columns: of the file.
        cells: how many hold one of them.
        suggestion: a state, NOT_EXAMINED, RANGE, or empty where the word is not known.
        problem: why they can be no state, or empty; then they can only be read as not examined.
        in_ranges: the state of each number.
    """

    states: tuple[str, ...]
    values: tuple[str, ...]
    columns: tuple[str, ...]
    cells: int
    suggestion: str
    problem: str = ""
    in_ranges: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The same for the same values, states and problem."""
        return " ".join([*self.values, "|", *self.states, *([self.problem] if self.problem else [])])

    @property
    def choices(self) -> tuple[str, ...]:
        """How they can be read."""
        states = (BY_RANGE,) if self.suggestion == BY_RANGE else self.states
        return (*(states if not self.problem else ()), READ_AS_NOT_EXAMINED)

    def meaning(self, choice: str) -> dict[str, str | None]:
        """State of each value under a choice; None is not examined."""
        if choice == BY_RANGE:
            return dict(zip(self.values, self.in_ranges, strict=True))
        return dict.fromkeys(self.values, None if choice == READ_AS_NOT_EXAMINED else choice)


def match_columns(network: Network, columns: list[str]) -> dict[str, Match]:
    """The columns that are recognised, by id, label, synonym or HPO id of a finding; each finding once.

    >>> from dxnet import load_network
    >>> match_columns(load_network("asia"), ["Smoker", "Dyspnoea", "name"])
    {'Smoker': Match(target='smoking', by='label'), 'Dyspnoea': Match(target='dyspnoea', by='name')}
    """
    known = {*network.findings, *LABEL_COLUMNS}
    named, _, _ = accepted_names("", columns, known)
    found = {
        column: Match(name, "name")
        for column, name in zip(columns, named, strict=True)
        if name in known and named.count(name) == 1
    }
    for by, names in _other_names(network):
        for column in columns:
            target = names.get(folded(column))
            if target and column not in found and target not in {match.target for match in found.values()}:
                found[column] = Match(target, by)
    return {column: found[column] for column in columns if column in found}


def check_mapping(network: Network, mapping: Mapping[str, str]) -> None:
    """Whether columns can be read so.

    Raises:
        CaseError: none is a finding, or two are the same one; all at once.
    """
    targets = list(mapping.values())
    faults = [
        Issue(
            "error", ", ".join(c for c, t in mapping.items() if t == target), f"are all {target}", "keep one"
        )
        for target in dict.fromkeys(targets)
        if targets.count(target) > 1
    ]
    if not set(targets) & network.findings.keys():
        some = ", ".join([*network.findings][:3])
        fix = f"say which column is which finding, or name the columns by findings, such as {some}"
        faults.append(Issue("error", "", "no column is mapped to a finding", fix))
    if faults:
        raise CaseError(faults)


def unread(network: Network, table: pd.DataFrame, mapping: Mapping[str, str]) -> list[Unread]:
    """Values of the mapped columns that are no states, most cells first.

    >>> from dxnet import load_network
    >>> table = pd.DataFrame({"Smoker": ["ja", "ja", "present"]})
    >>> kinds = unread(load_network("asia"), table, {"Smoker": "smoking"})
    >>> [(kind.values, kind.cells, kind.suggestion) for kind in kinds]
    [(('ja',), 2, 'present')]
    """
    found: dict[
        tuple[tuple[str, ...], tuple[str, ...], str, tuple[str, ...]], tuple[list[str], int, str]
    ] = {}
    for column, target in mapping.items():
        if target == LABEL_COLUMNS[0]:
            continue
        states, aliases = _target_states(network, target)
        counts = _unread_counts(network, table[column], target, states)
        read = {value: _as_number(network, target, value) for value in counts}
        problems = {value: found.problem for value, found in read.items()}
        numbers = tuple(value for value in counts if read[value].kind == "number")
        groups: dict[tuple[str, ...], str] = {numbers: BY_RANGE} if numbers else {}
        groups |= {
            (word,): "" if problems[word] else suggest(word, states, aliases)
            for word in counts
            if word not in numbers
        }
        for values, suggestion in groups.items():
            in_ranges = tuple(read[value].state for value in values)
            key = states, values, problems[values[0]], in_ranges
            columns, cells, _ = found.get(key, ([], 0, ""))
            cells += sum(counts[value] for value in values)
            found[key] = [*columns, column], cells, suggestion
    kinds = [
        Unread(states, values, tuple(columns), cells, suggestion, problem, in_ranges)
        for (states, values, problem, in_ranges), (columns, cells, suggestion) in found.items()
    ]
    return sorted(kinds, key=lambda kind: -kind.cells)


def suggest(value: str, states: tuple[str, ...], aliases: Mapping[str, str] | None = None) -> str:
    """The state that a value may stand for, NOT_EXAMINED, or nothing.

    A word is known or it is not: one that is merely alike may mean the opposite, as "abnormal" and "normal".

    >>> suggest("Ja", ("absent", "present")), suggest("unknown", ("absent", "present"))
    ('present', 'not examined')
    >>> suggest("1", ("female", "male"))
    ''
    """
    word = lowered(value)
    known = {**(aliases or {}), **{lowered(state): state for state in states}}
    if word in known:
        return known[word]
    if word in UNKNOWN:
        return READ_AS_NOT_EXAMINED
    no = states[0] if states[0] in NORMAL and word in NO else ""
    return state_of_word(states, value) or no or known.get(_WORDS_FOR_SEX.get(word, ""), "")


def translate(
    table: pd.DataFrame, mapping: Mapping[str, str], kinds: list[Unread], choices: Mapping[str, str]
) -> pd.DataFrame:
    """The mapped columns under the names of their findings, with the values read as was chosen.

    Args:
        table: as uploaded.
        mapping: column -> finding, ``id`` or ``diagnosis``.
        kinds: of ``unread``.
        choices: how each was chosen to be read, by its key; others stay as they are.
    """
    meanings: dict[str, dict[str, str | None]] = {column: {} for column in mapping}
    for kind in kinds:
        if kind.key in choices:
            for column in kind.columns:
                meanings[column] |= kind.meaning(choices[kind.key])
    return pd.DataFrame(
        {target: _reworded(table[column], meanings[column]) for column, target in mapping.items()},
        index=table.index,
    )


def _other_names(network: Network) -> Iterator[tuple[str, dict[str, str]]]:
    """How columns are recognised, surest first: other name -> finding; names of two findings are no help."""
    findings = network.findings.items()
    yield "label", _unambiguous([(folded(finding.label), name) for name, finding in findings])
    yield "synonym", _unambiguous([(folded(s), name) for name, finding in findings for s in finding.synonyms])
    yield "HPO id", _unambiguous([(folded(finding.hpo), name) for name, finding in findings if finding.hpo])


def _unambiguous(pairs: list[tuple[str, str]]) -> dict[str, str]:
    words = [word for word, _ in pairs]
    return {word: name for word, name in pairs if words.count(word) == 1}


def _target_states(network: Network, target: str) -> tuple[tuple[str, ...], dict[str, str]]:
    """The states of what a column is mapped to, and other names of diagnoses."""
    if target != LABEL_COLUMNS[1]:
        return network.findings[target].states, {}
    named = network.diagnosis.items()
    return network.diagnoses, {lowered(name): key for key, it in named for name in (it.label, it.name)}


def _as_number(network: Network, target: str, value: str) -> Entered:
    """A value as a number in a range, or why it is no plausible one."""
    if target not in network.findings or not is_number(value):
        return Entered("unread")
    found = read_entered(network, target, value)
    return (
        found
        if found.kind in ("number", "unread") and meanings_of(network.findings[target])
        else Entered("unread")
    )


def _unread_counts(
    network: Network, column: pd.Series, target: str, states: tuple[str, ...]
) -> dict[str, int]:
    """The values that are no states and no soft words, and how many cells hold them."""
    if column.dtype == "boolean" and states == BINARY:
        return {}
    counts = {str(value): int(n) for value, n in column.value_counts().items() if n and str(value)}
    return {
        value: n
        for value, n in counts.items()
        if value not in states and not (target in network.findings and network.soften(target, value))
    }


def _reworded(column: pd.Series, words: Mapping[str, str | None]) -> pd.Series:
    if not words:
        return column
    text = column.astype("string") if column.dtype == "boolean" else column.astype(object)
    kept = text.map(lambda value: words.get(str(value), value), na_action="ignore")
    return kept.astype("category")
