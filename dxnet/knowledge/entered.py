"""What was entered for a finding as one of its states: exact, soft, a number with its unit, or a plain word.

This is the one place that decides; every format, the Python API and the app read through it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from dxnet.errors import brief, did_you_mean
from dxnet.knowledge.measurement import Unreadable, unmistakable
from dxnet.knowledge.network import NORMAL, Finding, Network
from dxnet.knowledge.plain_words import BOX_WORDS, NO_OR_UNKNOWN, UNKNOWN, lowered, state_of_word
from dxnet.knowledge.state_of_number import meanings_of, state_of_number
from dxnet.knowledge.units import MRC, PLUSES
from dxnet.words import state_in_words

_KEPT = 10_000
"""Texts of a network that are kept with what they were read as."""
_MONTH = (
    "(jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?"
    "|sep(t(ember)?)?|oct(ober)?|nov(ember)?|dec(ember)?)"
)
_DATE_WRITTEN = re.compile(
    r"(18|19|20)\d\d-(0?[1-9]|1[0-2])(-[0-3]?\d)?([t ]\d.*)?|[0-3]?\d[/-](18|19|20)\d\d"
    r"|([0-3]?\d[./-]){2}((18|19|20)\d\d|\d\d)"
    rf"|[0-3]?\d[.\- ]*{_MONTH}([.\- ]*\d+)?|{_MONTH}[.\- ]*\d+"
)
"""A day or a month, as people and spreadsheets write them."""
_EXPONENT = 1e16
"""From this on Python writes a number with an exponent."""
_INFINITE = frozenset(sign + word for sign in ("", "+", "-") for word in ("inf", "infinity", "∞"))
_MONTH_AND_YEAR = re.compile(r"(0?[1-9]|1[0-2])[.](18|19|20)\d\d")
"""A month with its year, which would be a number, too."""
_LEAVE_OUT = "leave its cell blank or the finding out"


@dataclass(frozen=True)
class Entered:
    """A text that was entered for a finding, as it is understood.

    Args:
        kind: ``state`` (its name), ``soft`` (a soft word), ``number``, ``word``; or ``unread``.
        state: which one; '' of a soft word and of what cannot be read.
        likelihoods: of a soft word.
        problem, fix: why it cannot be read, and the cure.
    """

    kind: Literal["state", "soft", "number", "word", "unread"]
    state: str = ""
    likelihoods: Mapping[str, float] | None = None
    problem: str = ""
    fix: str = ""


def as_text(value: object) -> str:
    """A value of Python as it would be entered for a finding: as ``plain_text``, and 2.1250 for 2.125.

    >>> as_text(True), as_text(64.0), as_text(2.125), as_text("2.125")
    ('yes', '64', '2.1250', '2.125')
    """
    return str(value) if isinstance(value, str) else unmistakable(plain_text(value))


def plain_text(value: object) -> str:
    """A value of Python as it would be written: yes or no for truth, 64 for 64.0.

    >>> plain_text(True), plain_text(64.0), plain_text(2.125), plain_text(1e22)
    ('yes', '64', '2.125', '1e+22')
    """
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, float | np.floating) and value.is_integer() and -_EXPONENT < value < _EXPONENT:
        return str(int(value))
    return str(value)


def read_entered(network: Network, finding: str, text: str) -> Entered:
    """How a text is read that was entered for a finding.

    >>> from dxnet import load_network
    >>> als = load_network("als_mimics")
    >>> read_entered(als, "ck", "850 U/L").state, read_entered(als, "babinski", "Yes").state
    ('mild', 'present')
    >>> read_entered(als, "age", "1962").problem
    '1962 is a year, as of birth, and no age'
    """
    known = network.texts_read
    key = finding, str(text)
    if key not in known:
        if len(known) >= _KEPT:
            known.clear()
        known[key] = _entered_of(network, finding, str(text))
    found: Entered = known[key]
    return found


def entered_in_words(network: Network, finding: str, state: str | Mapping[str, float]) -> str:
    """A state as it is shown; a number or a word that was entered with the state that it was read as.

    >>> from dxnet import load_network
    >>> entered_in_words(load_network("als_mimics"), "ck", "850 U/L")
    '850 U/L: mild'
    """
    if isinstance(state, str) and finding in network.findings:
        found = read_entered(network, finding, state)
        if found.kind in ("number", "word") and found.state != state:
            return f"{state}: {state_in_words(found.state)}"
    return state_in_words(state)


def _entered_of(network: Network, name: str, text: str) -> Entered:
    finding = network.findings[name]
    if text in finding.states:
        return Entered("state", text)
    if likelihoods := network.soften(name, text):
        return Entered("soft", likelihoods=likelihoods)
    word = state_of_word(finding.states, text)
    if not word and (unread := _no_answer(finding, text)):
        return unread
    try:
        number = state_of_number(finding, (name, finding.label, *finding.synonyms), text)
    except Unreadable as problem:
        if word and all(meaning.unit in (PLUSES, MRC) for meaning in meanings_of(finding)):
            return Entered("word", word)
        if _DATE_WRITTEN.fullmatch(lowered(text)):
            return _date(finding, text)
        fix = _one_of(finding, problem.fix) if problem.may_name_state else problem.fix
        return Entered("unread", problem=problem.message, fix=fix)
    if number and word and number != word:
        message = (
            f"{text!r} may be the number ({state_in_words(number)}) or a plain word ({state_in_words(word)})"
        )
        return Entered("unread", problem=message, fix=_one_of(finding))
    if number or word:
        return Entered("number" if number else "word", number or word)
    if _DATE_WRITTEN.fullmatch(lowered(text)):
        return _date(finding, text)
    return Entered("unread", problem=f"unknown state {brief(text)}", fix=_cure(network, name, text))


def _no_answer(finding: Finding, text: str) -> Entered | None:
    """Why a text is no answer: nothing was examined, or perhaps so; it is infinite, or a month of birth."""
    word, states = lowered(text), finding.states
    if word in _INFINITE:
        return Entered("unread", problem=f"{brief(text)} is infinite, and no state", fix=_LEAVE_OUT)
    if word in UNKNOWN:
        return Entered("unread", problem=f"{brief(text)} is no state; not examined has none", fix=_LEAVE_OUT)
    if word in BOX_WORDS:
        fix = f"{_one_of(finding)}, or nothing where it was not examined"
        return Entered(
            "unread", problem=f"{brief(text)} says how a box was left, not what was found", fix=fix
        )
    if word in NO_OR_UNKNOWN:
        no = f"{states[0]}, or that it" if states[0] in NORMAL else "that it"
        cure = f"write {states[0] if states[0] in NORMAL else 'its state'}, or {_LEAVE_OUT}"
        return Entered("unread", problem=f"{brief(text)} may say {no} was not examined", fix=cure)
    if _MONTH_AND_YEAR.fullmatch(word) and any(it.unit == "years" for it in meanings_of(finding)):
        return _date(finding, text)
    return None


def _date(finding: Finding, text: str) -> Entered:
    """A day or a month in the place of a state or of its number."""
    units = dict.fromkeys(meaning.unit for meaning in meanings_of(finding))
    cure = "write the age in years" if "years" in units else "write the number" if units else ""
    return Entered("unread", problem=f"{brief(text)} is a date", fix=_one_of(finding, cure))


def _one_of(finding: Finding, cure: str = "") -> str:
    return f"{f'{cure}, or' if cure else 'write'} one of {', '.join(finding.states)}"


def _cure(network: Network, name: str, text: str) -> str:
    states = network.findings[name].states
    if text in network.soft_words:
        return f"say of which state, such as '{text} {states[-1]}'"
    return did_you_mean(text, states)
