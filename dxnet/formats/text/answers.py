"""Answers behind a finding as phrases: a bare no, and the signs that notes use instead of words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from dxnet.formats.text.context import NEGATED
from dxnet.formats.text.lexicon import Found
from dxnet.formats.text.phrases import Token
from dxnet.formats.text.rules import Sense, small_words

_ONE_SIGN = r"(?:\+{1,3}|[-\u2013\u2212]|0)"
_ON_SIDES = rf"(?:[RL]\s*)?(?P<one>{_ONE_SIGN})(?:\s*/\s*(?P<other>{_ONE_SIGN}))?"
_ANSWER_SIGNS = re.compile(rf"\s*:?\s*{_ON_SIDES}(?=\s*(?:[,;.)|]|\n|$))")
_FIELD_SIGNS = re.compile(
    rf"[ \t]*:[ \t]*{_ON_SIDES}(?=[ \t]+[A-Za-z])(?![^:\n]*\s[-\u2013\u2212][ \t]+[A-Za-z])"
)
"""Signs behind a colon, whatever follows, but where a row of dashes begins: "weakness: - arms - legs"."""
_PLUS_BEFORE = re.compile(r"(?:^|[.,;:])[ \t]*\+ ?[A-Za-z]", re.MULTILINE)
_MINUS, _SENTENCE_ENDS = frozenset("-\u2013\u2212"), frozenset(".,;:")
_STATING = frozenset(("present", "troubled"))
"""Qualities that the words of a finding bring along, such as "dysphagia"."""
_ALL_ABSENT = (Sense(quality="absent"), Sense(quality="negative"))
_UNUSUAL = frozenset(("abnormal", "increased", "reduced"))
_ANSWERS = frozenset(("denied", "denie", "yes", "no", "nil", "none", "never", "y", "n"))
_BEFORE_NO = frozenset((":", "-", "=", "?", "|", "("))
_BEHIND = frozenset((".", ",", ";", "|", ")", "("))


def with_answers(
    found: Sequence[Found], words: Sequence[str], text: str, tokens: Sequence[Token]
) -> list[Found]:
    """The phrases of a sentence with its answers as phrases, in order.

    Args:
        found: the phrases.
        words: of the sentence, as ``norm`` writes them.
        text: the letter.
        tokens: of the sentence.
    """
    told = [_as_denial(_as_answer(it, words), words) for it in found if not _asks(it, words)]
    read = _without_denied(_with_denials_behind(told, words), words)
    read += [*_signs_in(text, tokens, read)]
    read += [*_denying_signs(text, tokens, read)]
    return sorted(read, key=lambda it: it.first)


def _asks(it: Found, words: Sequence[str]) -> bool:
    """Whether a question mark stands before an answer, and so for no doubt: "Cramps? No"."""
    return words[it.first : it.end] == ["?"] and not _ANSWERS.isdisjoint(words[it.end : it.end + 1])


def _as_denial(it: Found, words: Sequence[str]) -> Found:
    """A denial with its label as one of what is listed next: "Absent today: clonus, ptosis"."""
    is_absent = not it.first and it.sense in _ALL_ABSENT
    end = _behind_small(it.end, words, "within a label")
    is_list = words[end : end + 1] == [":"] or (is_absent and words[end : end + 1] in (["are"], ["were"]))
    return Found(it.first, end + 1, NEGATED) if is_list and (is_absent or it.sense == NEGATED) else it


def _with_denials_behind(found: Sequence[Found], words: Sequence[str]) -> list[Found]:
    """The phrases; a denial with nothing behind it denies what stands before it: "cramps he denies"."""
    read: list[Found] = []
    for it in found:
        if read and it.first < read[-1].end:
            continue
        end = _behind_small(it.end, words, "behind a denial")
        is_end = it.sense == NEGATED and (end == len(words) or words[end] in _BEHIND)
        is_behind = is_end and words[it.first : end] != ["no"] and _is_right_behind(it, read, words)
        read.append(Found(it.first, end, replace(NEGATED, reach="before")) if is_behind else it)
    return read


def _behind_small(place: int, words: Sequence[str], kind: str) -> int:
    return next((n for n in range(place, len(words)) if words[n] not in small_words(kind)), len(words))


def _is_right_behind(it: Found, before: Sequence[Found], words: Sequence[str]) -> bool:
    """Whether nothing but the place of a topic, and who denies it, stands between it and a denial."""
    topic = next((other for other in reversed(before) if not other.is_part), None)
    start = topic.end if topic and topic.sense.topic else -1
    parts = {place for other in before for place in range(other.first, other.end)}
    small = (small_words("filler") | small_words("preposition") | small_words("before a denial")) - {"that"}
    return start > 0 and all(n in parts or words[n] in small for n in range(start, it.first))


def _as_answer(it: Found, words: Sequence[str]) -> Found:
    """A bare no behind a sign, or at an end, as the answer that it is: "weight loss: no", "Cramps no."."""
    following = words[it.end : it.end + 1]
    is_bare = words[it.first : it.end] in (["no"], ["never"]) and _BEHIND.issuperset(following)
    if is_bare and it.first and (words[it.first - 1] in _BEFORE_NO or following != [","]):
        return Found(it.first, it.end, Sense(quality="absent"))
    return it


def _without_denied(found: Sequence[Found], words: Sequence[str]) -> list[Found]:
    """The phrases of a sentence; a quality that is asked for and denied is the usual one: "brisk: no"."""
    kept: list[Found] = []
    for it in found:
        last = kept[-1] if kept else None
        if last is not None and _answers_no(last, it, words):
            kept[-1] = Found(last.first, it.end, Sense(quality="normal"))
        else:
            kept.append(it)
    return kept


def _answers_no(quality: Found, it: Found, words: Sequence[str]) -> bool:
    """Whether a bare no stands behind a sign behind a quality that is not the usual one."""
    is_no = it.sense == Sense(quality="absent") and words[it.first] == "no"
    is_asked = quality.sense.quality in _UNUSUAL and not quality.sense.topic
    return (
        is_no and is_asked and quality.end < it.first and _BEFORE_NO.issuperset(words[quality.end : it.first])
    )


def _denying_signs(text: str, tokens: Sequence[Token], found: Sequence[Found]) -> Iterator[Found]:
    """A minus before what is denied, where a letter puts a plus before what is there: "- numbness"."""
    if not tokens or not _PLUS_BEFORE.search(text):
        return
    taken = {place for it in found for place in range(it.first, it.end)}
    for place, token in enumerate(tokens[:-1]):
        before = tokens[place - 1].text if place else text[: token.start].rstrip(" ")[-1:]
        if (
            token.text in _MINUS
            and before in _SENTENCE_ENDS
            and place not in taken
            and tokens[place + 1].text.isalpha()
        ):
            yield Found(place, place + 1, NEGATED)


def _signs_in(text: str, tokens: Sequence[Token], found: Sequence[Found]) -> Iterator[Found]:
    """A sign behind a finding: "dysphagia -, cramps +", "Hoffmann +/-"; of two sides the abnormal one."""
    taken = {place for it in found for place in range(it.first, it.end)}
    for it in found:
        if it.sense.quality not in _STATING or it.sense.topic in small_words("jerks"):
            continue
        behind = tokens[it.end - 1].end, tokens[-1].end
        match = _ANSWER_SIGNS.match(text, *behind) or _FIELD_SIGNS.match(text, *behind)
        places = [n for n in range(it.end, len(tokens)) if match and tokens[n].end <= match.end()]
        if match and places and not taken.intersection(places):
            is_there = "+" in (match["one"] + (match["other"] or ""))
            yield Found(places[0], places[-1] + 1, Sense(quality="present" if is_there else "absent"))
