"""A case as a document: the keys it may have and what becomes of them, whatever the syntax of its file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from math import isfinite
from typing import Any
from unicodedata import category

from dxnet.errors import CaseError, Issue, did_you_mean
from dxnet.formats.cases.own_outputs import CASE, refuse_other_output
from dxnet.formats.cases.registry import Stage
from dxnet.inference.case import Case, State
from dxnet.inference.likelihood import WRITE_PROBABILITY
from dxnet.inference.many_cases import unfit_findings
from dxnet.inference.visit import Visit, day_of, seen_last
from dxnet.knowledge.entered import as_text, plain_text
from dxnet.knowledge.network import Network
from dxnet.knowledge.strict_yaml import Map, Scalar

ABOUT_KEYS = (
    *("title", "authors_short", "year", "journal", "doi", "pmid", "url", "note", "setting"),
    *("read", "certainty", "stage", "approx", "unmapped", "mixed", "quality", "hard", "vignette"),
)
"""What a file may say about a case; the second row is what the published cases say of their coding."""
_TEXT_KEYS = ("id", "diagnosis", *ABOUT_KEYS)
MAX_CASE_ENTRIES = 2000
"""Findings and other entries of one case; a file with more is no case."""
_STAGE_SECTIONS: Mapping[Stage, tuple[str, ...]] = {
    "pre": ("findings", "evidence_pre"),
    "post": ("findings", "evidence_pre", "evidence_post"),
}
PAUSED = "paused"
"""Findings that are kept but not used."""
VISITS = "visits"
"""What was found on which day."""
VISIT_KEYS = ("date", "note", "findings")
_DOCUMENT_KEYS = (*_TEXT_KEYS, *_STAGE_SECTIONS["post"], PAUSED, VISITS)


def case_of_document(document: Map, stage: Stage, id: str, network: Network | None = None) -> Case:
    """The case of a document with ``findings`` or ``visits``, or with ``evidence_pre`` and ``evidence_post``.

    Raises:
        CaseError: unknown keys, wrong types, likelihoods that are none; all at once, together with findings
            and states that the network does not have, where it is given.
    """
    refuse_other_output(document, document.where, CASE)
    refuse_too_many_entries(document)
    faults = [*_odd_keys(document, _DOCUMENT_KEYS), *odd_characters(document)]
    about: dict[str, str] = {}
    pairs: list[tuple[str, State]] = []
    paused: list[tuple[str, State]] = []
    visits: list[tuple[Visit, list[Issue]]] = []
    for key, value in document.items():
        if key in _STAGE_SECTIONS[stage]:
            pairs += _document_states(key, value, faults)
        elif key == PAUSED:
            paused += _document_states(key, value, faults)
        elif key == VISITS:
            visits += _document_visits(key, value, faults)
        elif key in _TEXT_KEYS and (text := _fact(key, value, faults)):
            about[str(key)] = Scalar(text, source_line(value) or source_line(key))
    if not any(key in document for key in (*_STAGE_SECTIONS[stage], VISITS)):
        faults.append(
            Issue("error", document.where, "has no 'findings'", "add them, one 'finding: state' a line")
        )
    if faults:
        stated = (Case({name: state}) for name, state in _every_state(document, stage))
        raise CaseError([*dict.fromkeys([*faults, *unfit_findings(stated, network)])])
    findings, warnings = settle(pairs)
    warnings += [issue for _, issues in visits for issue in issues]
    id, diagnosis = about.pop("id", Scalar(id, document.where)), about.pop("diagnosis", "")
    if VISITS not in document:
        return Case(findings, id, diagnosis, about, tuple(warnings), dict(paused))
    undated = {**findings, **_undated_paused(dict(paused), [visit for visit, _ in visits])}
    known = {"id": id, "diagnosis": diagnosis, "about": about, "issues": tuple(warnings)}
    try:
        return Case.of_visits([visit for visit, _ in visits], undated, dict(paused), **known)
    except CaseError as problem:
        where = next(source_line(key) for key in document if key == VISITS)
        raise CaseError([replace(issue, where=where) for issue in problem.issues]) from None


def _every_state(document: Map, stage: Stage) -> Iterator[tuple[str, State]]:
    """The findings that are used at a stage with each of their states, as far as they can be read."""
    visits = document.get(VISITS)
    parts = [part for part in visits if isinstance(part, Map)] if isinstance(visits, list) else []
    for part in (document, *parts):
        for key, value in part.items():
            if key in _STAGE_SECTIONS[stage]:
                yield from _document_states(key, value, [])


def _fact(key: str, value: Any, faults: list[Issue]) -> str:
    """A text about the case or a visit."""
    text = one_line(value)
    if text is None:
        message = f"{key}: {_shown_value(value)} is not text"
        faults.append(Issue("error", source_line(key), message, "write plain text"))
    return text or ""


def _undated_paused(paused: Mapping[str, State], visits: Iterable[Visit]) -> dict[str, State]:
    """The paused findings that belong to no visit; the state of others stands in their visits.

    Raises:
        CaseError: a paused finding has another state than in its last visit.
    """
    seen = seen_last(visits)
    odd = [(name, state) for name, state in paused.items() if name in seen and seen[name] != state]
    if odd:
        message, fix = "is paused in another state than it was seen in last", "write that of its last visit"
        raise CaseError(
            [Issue("error", _place_of(name, state), f"{name} {message}", fix) for name, state in odd]
        )
    return {name: state for name, state in paused.items() if name not in seen}


def _document_visits(section: str, value: Any, faults: list[Issue]) -> Iterator[tuple[Visit, list[Issue]]]:
    """The visits of a document, each with what is given more than once in it."""
    if not isinstance(value, list) or not all(isinstance(part, Map) for part in value):
        fix = "write '- date: 2024-03-09' and, below it, 'findings:' for each visit"
        faults.append(Issue("error", source_line(section), f"{section}: is not a list of visits", fix))
        return
    for part in value:
        before, key = len(faults), {str(key): key for key in part}
        faults += _odd_keys(part, VISIT_KEYS)
        on = part.get("date")
        if on is None:
            faults.append(Issue("error", part.where, "a visit has no 'date'", "add it, such as 2024-03-09"))
        findings, warnings = settle(
            _document_states(key.get("findings", "findings"), part.get("findings"), faults)
        )
        note = _fact(key.get("note", "note"), part.get("note"), faults)
        day = _visit_day(on, part.place("date"), faults)
        if len(faults) == before and day:
            yield Visit(day, findings, note), warnings


def _visit_day(value: Any, where: str, faults: list[Issue]) -> date | None:
    try:
        return None if value is None else day_of(str(value))
    except CaseError as problem:
        faults += [replace(issue, where=where) for issue in problem.issues]
        return None


def refuse_too_many_entries(document: Map) -> None:
    """Refuse at once what holds too many entries to be a case; to tell of each would take minutes.

    Raises:
        CaseError: more than MAX_ENTRIES in the document or in a part of it.
    """
    parts: list[tuple[str, Map | list[Any]]] = [(document.where, document)]
    parts += [(source_line(key), value) for key, value in document.items() if isinstance(value, Map | list)]
    for where, part in parts:
        if len(part) > MAX_CASE_ENTRIES:
            message = f"holds {len(part):,} entries, more than the {MAX_CASE_ENTRIES:,} a case may have"
            raise CaseError([Issue("error", where, message, "check that it is the right file")])


def settle(pairs: Iterable[tuple[str, State]]) -> tuple[dict[str, State], list[Issue]]:
    """One state for each finding, and a warning for each that is given more than once.

    Nothing is guessed: a finding with two different states is left out.
    """
    given: dict[str, list[tuple[str, State]]] = {}
    for name, state in pairs:
        given.setdefault(name, []).append((name, state))
    findings: dict[str, State] = {}
    warnings = []
    for name, entries in given.items():
        states = [state for _, state in entries]
        if all(state == states[0] for state in states):
            findings[name] = states[0]
        if len(entries) == 1:
            continue
        where = _place_of(*entries[-1])
        if name in findings:
            message, fix = f"{name} is given more than once, always as {_shown_value(states[0])}", "keep one"
        else:
            each = " and as ".join(_value_and_place(key, state) for key, state in entries)
            message = f"{name} is given as {each}: left out, as if it had not been examined"
            fix = "keep the right one"
        warnings.append(Issue("warning", where, message, fix))
    return findings, warnings


def one_line(value: Any) -> str | None:
    """A value as text on one line (a list joined with commas), or None where it is not text."""
    if value is None:
        return ""
    if isinstance(value, list):
        parts = [one_line(part) for part in value]
        return ", ".join(map(str, parts)) if None not in parts else None
    if isinstance(value, str):
        return " ".join(value.split())
    return plain_text(value) if isinstance(value, int | float) else None


def source_line(key: object) -> str:
    """Where a key or value stands: ``file:line``."""
    return str(getattr(key, "where", ""))


def _odd_keys(document: Map, known: Sequence[str]) -> Iterator[Issue]:
    for key in document:
        if key not in known:
            yield Issue("error", source_line(key), f"unknown key {str(key)!r}", did_you_mean(key, known))
    for key, _ in document.repeated:
        yield Issue("error", key.where, f"{str(key)!r} is stated twice", "keep one")


def odd_characters(value: Any) -> Iterator[Issue]:
    """Control characters (which can drive a terminal) and halves of characters (which cannot be written)."""
    if isinstance(value, Map):
        for key, child in [*value.items(), *value.repeated]:
            yield from odd_characters(key)
            yield from odd_characters(child)
    elif isinstance(value, list):
        for child in value:
            yield from odd_characters(child)
    elif isinstance(value, str):
        odd = next((c for c in value if category(c) in ("Cc", "Cs") and c not in "\n\r\t"), None)
        if odd:
            yield Issue("error", source_line(value), f"holds the character U+{ord(odd):04X}", "remove it")


def _document_states(section: str, value: Any, faults: list[Issue]) -> Iterator[tuple[str, State]]:
    if value is None or value == "":
        return
    if not isinstance(value, Map):
        message = f"{section}: {_shown_value(value)} is not a list of findings"
        faults.append(Issue("error", source_line(section), message, "write one 'finding: state' a line"))
        return
    for name, state in [*value.items(), *value.repeated]:
        if isinstance(state, Map):
            yield name, _stated_likelihoods(name, state, faults)
        elif isinstance(state, str | int | float):
            if text := one_line(state) if isinstance(state, str) else as_text(state):
                yield name, Scalar(text, source_line(state) or source_line(name))
        elif state is not None:
            message = f"{name}: {_shown_value(state)} is not a state"
            faults.append(
                Issue("error", source_line(name), message, "write the name of a state, or a number")
            )


def _stated_likelihoods(finding: str, stated: Map, faults: list[Issue]) -> dict[str, float]:
    result = {}
    for state, value in stated.items():
        likelihood = probability_number(value)
        result[state] = 1.0 if likelihood is None else likelihood
        if likelihood is None:  # the case is refused; the rest of it is looked at, too
            message = f"{finding}.{state}: {_shown_value(value)} is no probability"
            faults.append(Issue("error", source_line(state), message, WRITE_PROBABILITY))
    for state, _ in stated.repeated:
        faults.append(Issue("error", source_line(state), f"{finding}.{state} is stated twice", "keep one"))
    if not any(result.values()):
        message = f"{finding}: no state has a probability above 0"
        faults.append(
            Issue("error", source_line(finding), message, "write that of each state, or leave it out")
        )
    return result


def number_from_zero(value: Any) -> float | None:
    """A number of 0 or more, or None where it is not."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if isfinite(number) and number >= 0 else None


def probability_number(value: Any) -> float | None:
    """A number of 0 to 1, or None where it is not."""
    number = number_from_zero(value)
    return number if number is not None and number <= 1 else None


def _place_of(name: str, state: State) -> str:
    """That of the state; where a code says it, that of its finding."""
    return (source_line(state) if isinstance(state, str) else "") or source_line(name)


def _value_and_place(name: str, state: State) -> str:
    where = _place_of(name, state)
    return f"{_shown_value(state)} ({where})" if where else _shown_value(state)


def _shown_value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_shown_value(child)}" for key, child in value.items()) + "}"
    text = "null" if value is None else str(value)
    if isinstance(value, bool):
        text = text.lower()
    return text if len(text) <= 40 else f"{text[:40]}..."
