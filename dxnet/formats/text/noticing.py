"""Noticing that is denied: "not noticed" denies a finding only where nothing says that it is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dxnet.formats.text.lexicon import Found
from dxnet.formats.text.rules import Sense, small_words
from dxnet.formats.text.untested import UNTESTED

_NOTICING = frozenset(("notice", "noticed", "noticing"))
_OF_PASSIVE = frozenset(("been", "be", "is", "was", "are", "were", "isn't", "wasn't", "aren't", "weren't"))
_AUXILIARY = frozenset(("is", "was", "are", "were", "has", "have", "had"))
_BARE = 2
"""Words of a denial without a verb of its own: "not noticed"."""
_BEHIND_PASSIVE = frozenset(("until", "before", "by", "at"))
_RELATIVE_WORDS = frozenset(("which", "that", "who"))
_DEFINITE = frozenset(("the", "his", "her", "their", "its", "this", "that", "these", "those", "how"))
"""Words before what is there, noticed or not: "has not noticed the wasting"."""
_BEHIND_FLAT = frozenset((".", ",", ";", ")", "and", "or", "but", "today", "here"))
_CLAUSE_ENDS = frozenset((".", ";", "but"))
_DENIED_FLATLY = Sense(quality="absent")


def with_noticing(found: Sequence[Found], words: Sequence[str]) -> list[Found]:
    """The phrases of a sentence, in which one that denies a noticing is what it says of the finding.

    A flat denial denies it: "has not noticed any cramps", "diplopia was not noticed". What was "not noticed
    until May", "by him" or "at first", or is told of as a thing that is there, is left open.

    Args:
        found: the phrases.
        words: of the sentence, as ``norm`` writes them.

    >>> cue = Found(1, 3, Sense(cue="negated", reach="after"))
    >>> with_noticing([cue], ["weakness", "was", "not", "noticed", "until", "may", "."])[0].sense.cue
    'untested'
    """
    read = list(found)
    for cue in found:
        verb = _verb_of(cue, words)
        if verb is not None:
            is_behind_verb = words[max(cue.first - 1, 0)] in _AUXILIARY
            whole = Found(cue.first - is_behind_verb, verb + 1, cue.sense)
            others = [it for it in read if it.end <= whole.first or it.first >= whole.end]
            read = [*others, replace(whole, sense=_sense_of_denial(whole, words, others))]
    return sorted(read, key=lambda it: it.first)


def _verb_of(cue: Found, words: Sequence[str]) -> int | None:
    """Where the verb of a denied noticing stands."""
    if cue.sense.cue != "negated" or cue.sense.reach != "after":
        return None
    place = next((n for n in range(cue.first, cue.end) if words[n] in _NOTICING), cue.end)
    while place < len(words) and words[place] in small_words("between not and verb"):
        place += 1
    return place if place < len(words) and words[place] in _NOTICING else None


def _sense_of_denial(denial: Found, words: Sequence[str], found: Sequence[Found]) -> Sense:
    """What a denied noticing says: of what stands before it in the passive, else of what stands behind."""
    own, behind = words[denial.first : denial.end], {*words[denial.end : denial.end + 1]}
    is_at_end = _is_at_end(denial.end, words, found)
    is_passive = not _OF_PASSIVE.isdisjoint(own)
    if (is_passive or is_at_end) and _is_of_what_is_there(denial.first, words, found):
        return denial.sense
    is_open = _is_later(denial, words)
    is_bare = len(own) == _BARE and (is_at_end or not behind.isdisjoint(_BEHIND_PASSIVE))
    is_label = is_at_end and words[max(denial.first - 1, 0)] == ":"
    if is_passive or is_bare or is_label:
        return _DENIED_FLATLY if is_at_end and not is_open else Sense(cue=UNTESTED, reach="before")
    is_open |= not behind.isdisjoint(_DEFINITE)
    return Sense(cue=UNTESTED, reach="after") if is_open else denial.sense


def _is_at_end(start: int, words: Sequence[str], found: Sequence[Found]) -> bool:
    """Whether nothing but places follows in a clause: "was not noticed in the legs"."""
    parts = {place for it in found if it.is_part for place in range(it.first, it.end)}
    small = small_words("preposition") | small_words("filler")
    rest = (
        words[n] for n in range(start, len(words)) if n not in parts and words[n] not in small - _BEHIND_FLAT
    )
    return next(rest, ".") in _BEHIND_FLAT


def _clause_before(end: int, words: Sequence[str]) -> Sequence[str]:
    """The words of a clause before a place."""
    start = max((n + 1 for n in range(end) if words[n] in _CLAUSE_ENDS), default=0)
    return words[start:end]


def _is_of_what_is_there(end: int, words: Sequence[str], found: Sequence[Found]) -> bool:
    """Whether a relative clause tells of what stands before it: "wasting that had not been noticed"."""
    start = end - len(_clause_before(end, words))
    relative = max((n for n in range(start, end) if words[n] in _RELATIVE_WORDS), default=start)
    named = [it.first for it in found if it.sense.topic and start <= it.first < end]
    return bool(named) and max(named) < relative


def _is_later(denial: Found, words: Sequence[str]) -> bool:
    """Whether a clause tells of a time after which it was noticed: "until May", "at first"."""
    ends = small_words("ends scope") - small_words("not noticed yet") - {"with"}
    stop = next((n for n in range(denial.end, len(words)) if words[n] in ends), len(words))
    around = [*_clause_before(denial.first, words), *words[denial.end : stop]]
    return "at first" in " ".join(around) or not small_words("not noticed yet").isdisjoint(around)
