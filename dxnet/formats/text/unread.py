"""What of a letter is listed as not understood: sentences of which nothing came, and whole tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from functools import cache

from dxnet.formats.text.context import SKIPPED_SECTIONS
from dxnet.formats.text.gaps import is_near
from dxnet.formats.text.interpret import ReadSentence, Sentence
from dxnet.formats.text.rules import rules_of

_OF_ANOTHER = frozenset(("planned", "relative"))
"""Trigger terms of a sentence that reports no test of the patient."""
_AS_A_WHOLE = frozenset(("normal", "abnormal"))


def unread_places(read: Sequence[ReadSentence], proposed: Set[str]) -> Iterator[tuple[int, int]]:
    """The characters of what was not understood.

    Args:
        read: the sentences of a letter.
        proposed: the findings that the letter proposes.
    """
    for it in read:
        if it.sentence.passage.section in SKIPPED_SECTIONS:
            continue
        is_half = bool(it.given) and all(that.component and that.finding not in proposed for that in it.given)
        is_test = _names_whole_test(it.sentence)
        if is_half or (not it.given and (it.is_lost or it.dropped or is_test)):
            yield it.sentence.span
        else:
            yield from _dropped_beside(it)
            yield from _whole_tests_beside(it) if is_test else ()


def _names_whole_test(sentence: Sentence) -> bool:
    """Whether a sentence says how a test of many findings was, which names none of them."""
    is_told = any(it.sense.quality and not it.sense.topic for it in sentence.found)
    is_own = _OF_ANOTHER.isdisjoint(it.sense.cue for it in sentence.found)
    return is_told and is_own and not sentence.untested and any(_tests_named(sentence.words))


def _dropped_beside(read: ReadSentence) -> Iterator[tuple[int, int]]:
    """What a sentence leaves open beside findings that it states: "dysphagia, and ptosis was not pursued"."""
    for clause in read.dropped:
        named = [it for it in read.sentence.found if it.first in clause and it.sense.cue != "boundary"]
        start, end = read.sentence.tokens[named[0].first].start, read.sentence.tokens[named[-1].end - 1].end
        if not any(it.start < end and start < it.end for it in read.given):
            yield start, end


def _whole_tests_beside(read: ReadSentence) -> Iterator[tuple[int, int]]:
    """The tests that a sentence calls normal beside findings that it states: "MRI brain normal, CK 300"."""
    words, tokens, found = read.sentence.words, read.sentence.tokens, read.sentence.found
    for first, end in _tests_named(words):
        end = max((it.end for it in found if it.first < end < it.end), default=end)
        told = next((it for it in found if it.first >= end and not it.is_part), None)
        if told is None or told.sense.topic or told.sense.quality not in _AS_A_WHOLE:
            continue
        parts = {place for it in found if it.is_part for place in range(it.first, it.end)}
        gap = [words[place] for place in range(end, told.first) if place not in parts]
        span = tokens[first].start, tokens[told.end - 1].end
        if is_near(gap) and not any(it.start < span[1] and span[0] < it.end for it in read.given):
            yield span


def _tests_named(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The places of the names of tests, from the first word to behind the last."""
    for place in range(len(words)):
        lengths = [len(name) for name in _names_of_tests() if tuple(words[place : place + len(name)]) == name]
        if lengths:
            yield place, place + max(lengths)


@cache
def _names_of_tests() -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(name.split()) for name in rules_of("scenes.yaml")["whole tests"])
