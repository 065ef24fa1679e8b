"""Findings entered as a clinician writes them: ``bab+``, ``clonus-``, ``age 60-69``, ``jaw jerk?``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

from dxnet import Network
from dxnet.errors import CaseError, Issue, brief
from dxnet.knowledge.entered import read_entered
from dxnet.knowledge.network import NORMAL
from dxnet.knowledge.plain_words import NO, YES, lowered
from dxnet.knowledge.state_of_number import is_number, meanings_of
from dxnet.ui.case.called import begins_a_name, findings_called, is_a_name, names_of, way_to_write
from dxnet.ui.case.whole_tests import findings_of_whole_test
from dxnet.words import state_in_words

SIGNS = {"+": 1, "-": 0, "−": 0, "–": 0}
"""Position of the state that a sign behind the name stands for."""
NOT_EXAMINED_SIGN = "?"
NAMED = 5
"""Findings that are named where a text may mean any of them."""
_PARTED = re.compile(r";|(?<![0-9]),|,(?![0-9])")
"""What parts written findings, but for a name that has it: not the comma of 12,5."""
_NUMBER = re.compile(r"[<>≤≥=:\s]*[0-9]")
"""How a number begins."""


def read_entries(network: Network, text: str) -> tuple[dict[str, str | None], str, list[Issue]]:
    """The findings that are written between commas, the parts that are not understood, and why not.

    Each finding has its state, or None for *not examined*.

    >>> from dxnet import load_network
    >>> read_entries(load_network("als_mimics"), "bab+, ankle clonus -, age 80+, jaw jerk?")[0]
    {'babinski': 'present', 'clonus': 'absent', 'age': '80+', 'jaw_jerk_brisk': None}
    >>> entries, left, _ = read_entries(load_network("als_mimics"), "ck 850 U/L, fascic+, age 64")
    >>> entries, left
    ({'ck': '850 U/L', 'age': '64'}, 'fascic+')
    """
    entries: dict[str, str | None] = {}
    left: list[str] = []
    faults: list[Issue] = []
    for part in _parts(network, text):
        try:
            name, state = read_entry(network, part)
        except CaseError as problem:
            faults += problem.issues
            left.append(part)
        else:
            entries[name] = state
    return entries, ", ".join(left), faults


def read_entry(network: Network, text: str) -> tuple[str, str | None]:
    """One finding and its state; None for *not examined*.

    A finding counts if the name may mean it, also where it has no such state: what is said of one is never
    entered for another. Only a state that has a name of its own, such as *slow*, tells which is meant.

    Raises:
        CaseError: it names no finding or several, or no state of it.
    """
    readings: list[tuple[str, dict[str, str]]] = []
    for called, stated in ways_to_split(text):
        meant = _findings_meant(network, called, stated)
        states = {name: _what_is_entered(network, name, called, stated) for name in meant}
        if any(states.values()):
            readings.append((called, states))
    names = sorted({name for _, states in readings for name in states})
    if not names or (text[-1].isalnum() and is_a_name(network, text)):
        raise CaseError([_not_understood(network, text)])
    called, states = readings[0]
    is_whole_test = findings_of_whole_test(network, called) == names
    if len(names) > 1 or is_whole_test or not begins_a_name(network, names[0], called):
        raise CaseError([_ambiguous(network, text, names)])
    state = states[names[0]]
    return names[0], None if state == NOT_EXAMINED_SIGN else state


def ways_to_split(text: str) -> Iterator[tuple[str, str]]:
    """Each way to read a text as the name of a finding and what is said of it, the longest name first."""
    if text[-1] in (*SIGNS, NOT_EXAMINED_SIGN):
        yield text[:-1].strip(), text[-1]
    words = text.split()
    for number in range(len(words) - 1, 0, -1):
        if words[number - 1][-1] not in "<>≤≥=~":  # these belong to the number behind them
            yield " ".join(words[:number]), " ".join(words[number:])


def state_called(network: Network, name: str, stated: str) -> str:
    """The state that a sign, a state or its beginning stands for; a number or a word as it is written.

    It is "" where there is none, or several. A number begins no state: age 6 is not 60-69.
    """
    states = network.findings[name].states
    if stated in SIGNS:
        return states[SIGNS[stated]] if len(states) == 2 and states[0] in NORMAL else ""
    word, _, rest = stated.partition(" ")
    if word in network.soft_words and rest:
        state = state_called(network, name, rest)
        return f"{word} {state}" if state else ""
    spoken = {state: state_in_words(state).lower() for state in states}
    exact = [state for state, text in spoken.items() if stated.lower() in (text, state.lower())]
    if not exact and not _NUMBER.match(stated):
        exact = [state for state, text in spoken.items() if text.startswith(stated.lower())]
    if len(exact) == 1:
        return exact[0]
    return stated if read_entered(network, name, stated).kind in ("number", "word") else ""


def _parts(network: Network, text: str) -> Iterator[str]:
    """What is written between commas; the measurements of one finding, side by side, are one part."""
    having = (it for name, finding in network.findings.items() for it in names_of(finding, name))
    part_of = _part_of(frozenset(it for it in having if _PARTED.search(it)))
    parts = [part for part in map(str.strip, part_of.findall(text)) if part]
    whose = [_measured_finding(network, part) or str(position) for position, part in enumerate(parts)]
    for _, together in groupby(zip(whose, parts, strict=True), lambda it: it[0]):
        yield ", ".join(part for _, part in together)


@lru_cache
def _part_of(names: frozenset[str]) -> re.Pattern[str]:
    """A part of a written text: up to what parts it, but for that of a name with which it begins."""
    spaced = (re.sub(r"(?:\\ )+", r"\\s*", re.escape(name)) for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"\s*(?:(?:{'|'.join(spaced)})(?!\w))?(?:(?!{_PARTED.pattern}).)*", re.IGNORECASE)


def _measured_finding(network: Network, part: str) -> str:
    """The finding of several measurements of which a part gives one, by its name; '' where it gives none."""
    of, _, number = part.partition(" ")
    for name, finding in network.findings.items():
        if len(finding.number) > 1 and _NUMBER.match(number) and _is_measurement(network, name, of):
            return name
    return ""


def _findings_meant(network: Network, called: str, stated: str) -> list[str]:
    """The findings that a name may mean of which something is said."""
    measured = [name for name in network.findings if _is_measurement(network, name, called)]
    if measured and _NUMBER.match(stated):
        return measured
    names = findings_of_whole_test(network, called) or findings_called(network, called)
    word = lowered(stated)
    own = [name for name in names if word in map(lowered, network.findings[name].states)]
    return own if len(own) == 1 and word not in YES | NO else names


def _what_is_entered(network: Network, name: str, called: str, stated: str) -> str:
    """What is entered for a finding of a name and what is said of it; "" where that is none of its states."""
    if stated == NOT_EXAMINED_SIGN:
        return stated
    written = _as_written(network, name, called, stated)
    if written == stated:
        return state_called(network, name, stated)
    return written if read_entered(network, name, written).kind == "number" else ""


def _as_written(network: Network, name: str, called: str, stated: str) -> str:
    """What is said of a finding; a number with the measurement that it is of, where it is called by that."""
    named = _NUMBER.match(stated) and _is_measurement(network, name, called)
    return f"{called} {stated}" if named else stated


def _is_measurement(network: Network, name: str, called: str) -> bool:
    return lowered(called) in {lowered(it.of) for it in network.findings[name].number if it.of}


def _not_understood(network: Network, text: str) -> Issue:
    """Why a text is no finding with a state."""
    if text[-1].isalnum() and (
        whole := findings_of_whole_test(network, text) or findings_called(network, text)
    ):
        return _without_state(network, text, whole)
    for called, stated in ways_to_split(text):
        if names := _findings_meant(network, called, stated):
            return (
                _ambiguous(network, text, names)
                if len(names) > 1
                else _no_state(network, names[0], _as_written(network, names[0], called, stated))
            )
    cure = "write its name or the beginning of it and +, -, ? or a state, such as bab+ or age 60-69"
    return Issue("error", "", f"{brief(text)} names no finding with a state", cure)


def _no_state(network: Network, name: str, stated: str) -> Issue:
    """Why what is said of a finding is no state of it; of a number, what is wrong with that."""
    finding, found = network.findings[name], read_entered(network, name, stated)
    if meanings_of(finding) and is_number(stated) and found.problem:
        return Issue("error", "", f"{finding.label}: {found.problem}", found.fix)
    states = ", ".join(map(state_in_words, finding.states))
    return Issue("error", "", f"{brief(stated)} is no state of “{finding.label}”", f"write one of: {states}")


def _without_state(network: Network, text: str, names: list[str]) -> Issue:
    """A part that names findings and says nothing of them."""
    if len(names) > 1:
        return _ambiguous(network, text, names)
    finding = network.findings[names[0]]
    states = ", ".join(map(state_in_words, finding.states))
    fix = (
        f"add + or -, or one of: {states}"
        if state_called(network, names[0], "+")
        else f"add one of: {states}"
    )
    return Issue("error", "", f"{brief(text)} says nothing of “{finding.label}”", fix)


def _ambiguous(network: Network, text: str, names: list[str]) -> Issue:
    """A part that may mean one of several findings, or only one, but does not say so clearly."""
    labels = [f"“{network.findings[name].label}”" for name in names[:NAMED]]
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return Issue(
        "error", "", f"{brief(text)} may mean {', '.join(labels)}{more}", _how_to_write(network, text, names)
    )


def _how_to_write(network: Network, text: str, names: list[str]) -> str:
    """How to write what a part may mean: the only finding with what was said of it."""
    ways = list(ways_to_split(text))
    for called, stated in ways:
        if len(names) == 1 and _what_is_entered(network, names[0], called, stated):
            gap = "" if stated in (*SIGNS, NOT_EXAMINED_SIGN) else " "
            return f"write {way_to_write(network, names[0])}{gap}{stated}"
    if any(set(names) == set(findings_of_whole_test(network, it)) for it in (text, *dict(ways))):
        return "a whole test or place names no finding; name each one, or use Rest normal in its group"
    return "write more of the name"
