"""Findings entered as a clinician writes them: ``bab+``, ``clonus-``, ``age 60-69``, ``jaw jerk?``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dxnet import Network
from dxnet.errors import CaseError, Issue, brief
from dxnet.knowledge.entered import read_entered
from dxnet.knowledge.network import NORMAL
from dxnet.words import state_in_words

SIGNS = {"+": 1, "-": 0, "−": 0, "–": 0}
"""Position of the state that a sign behind the name stands for."""
NOT_EXAMINED_SIGN = "?"
NAMED = 5
"""Findings that are named where a text may mean any of them."""


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
    for part in filter(None, map(str.strip, re.split("[,;]", text))):
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

    Raises:
        CaseError: it names no finding or several, or no state of it.
    """
    readings = {
        (name, stated)
        for called, stated in ways_to_split(text)
        for name in findings_called(network, called)
        if stated == NOT_EXAMINED_SIGN or state_called(network, name, stated)
    }
    if len(readings) == 1:
        ((name, stated),) = readings
        return name, None if stated == NOT_EXAMINED_SIGN else state_called(network, name, stated)
    if readings:
        raise CaseError([_ambiguous(network, text, sorted({name for name, _ in readings}))])
    if text[-1].isalnum() and (whole := findings_called(network, text)):
        raise CaseError([_without_state(network, text, whole)])
    for called, stated in ways_to_split(text):
        if names := findings_called(network, called):
            if len(names) > 1:
                raise CaseError([_ambiguous(network, text, names)])
            finding = network.findings[names[0]]
            states = ", ".join(map(state_in_words, finding.states))
            problem = f"{brief(stated)} is no state of “{finding.label}”"
            raise CaseError([Issue("error", "", problem, f"write one of: {states}")])
    cure = "write its name or the beginning of it and +, -, ? or a state, such as bab+ or age 60-69"
    raise CaseError([Issue("error", "", f"{brief(text)} names no finding with a state", cure)])


def ways_to_split(text: str) -> Iterator[tuple[str, str]]:
    """Each way to read a text as the name of a finding and what is said of it, the longest name first."""
    if text[-1] in (*SIGNS, NOT_EXAMINED_SIGN):
        yield text[:-1].strip(), text[-1]
    words = text.split()
    for number in range(len(words) - 1, 0, -1):
        yield " ".join(words[:number]), " ".join(words[number:])


def findings_called(network: Network, called: str) -> list[str]:
    """Findings of that name, synonym or HPO id; else those with its words; else with their beginnings.

    What a finding is called here goes before its synonyms, which may name others, too.
    """
    asked = _words(called)
    if not asked:
        return []
    labels = {name: [_words(name), _words(finding.label)] for name, finding in network.findings.items()}
    names = {
        name: [*labels[name], *(_words(text) for text in (*finding.synonyms, finding.hpo) if text)]
        for name, finding in network.findings.items()
    }
    for fits in (
        lambda known: known == asked,
        lambda known: set(asked) <= set(known),
        lambda known: all(any(word.startswith(part) for word in known) for part in asked),
    ):
        for called_so in (labels, names):
            if found := [name for name, texts in called_so.items() if any(map(fits, texts))]:
                return found
    return []


def state_called(network: Network, name: str, stated: str) -> str:
    """The state that a sign, a state or its beginning stands for; a number or a word as it is written.

    It is "" where there is none, or several.
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
    begun = exact or [state for state, text in spoken.items() if text.startswith(stated.lower())]
    if len(begun) == 1:
        return begun[0]
    return stated if read_entered(network, name, stated).kind in ("number", "word") else ""


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())


def _without_state(network: Network, text: str, names: list[str]) -> Issue:
    """A part that names findings and says nothing of them."""
    if len(names) > 1:
        return _ambiguous(network, text, names)
    finding = network.findings[names[0]]
    states = ", ".join(map(state_in_words, finding.states))
    return Issue(
        "error", "", f"{brief(text)} says nothing of “{finding.label}”", f"add + or -, or one of: {states}"
    )


def _ambiguous(network: Network, text: str, names: list[str]) -> Issue:
    labels = [f"“{network.findings[name].label}”" for name in names[:NAMED]]
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return Issue("error", "", f"{brief(text)} may mean {', '.join(labels)}{more}", "write more of the name")
