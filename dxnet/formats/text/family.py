"""Relatives with a disease of the same kind, or that there are none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dxnet.formats.text.context import SentenceContext
from dxnet.formats.text.evidence import Mention
from dxnet.formats.text.interpret import Sentence
from dxnet.formats.text.story import places_in, story_mention, story_patterns

_SKIPPED = frozenset(("skip", "plan"))
_FAMILY = "family"
"""The section of the relatives, and the role of the finding."""


def family_of(text: str, sentences: Sequence[Sentence]) -> Iterator[Mention]:
    """What a letter states of the family."""
    for sentence in sentences:
        is_family = sentence.passage.section == _FAMILY
        is_cued = any(places_in(text, sentence, story_patterns("family cue")))
        if sentence.passage.section in _SKIPPED or not (is_family or is_cued):
            continue
        if (denied := _denial(text, sentence, is_family)) is not None:
            if excepted := next(places_in(text, sentence, story_patterns("excepted relative")), None):
                yield story_mention(_FAMILY, "present", excepted)
                continue
            if _is_of_same_kind(denied):
                yield story_mention(_FAMILY, "absent", (sentence, denied))
        elif disease := _disease_of_relative(text, sentence, is_family):
            yield story_mention(_FAMILY, "present", (sentence, disease))


def _denial(text: str, sentence: Sentence, is_family: bool) -> re.Match[str] | None:
    found = next(places_in(text, sentence, story_patterns("no family")), None)
    if found:
        return found[1]
    (bare,) = story_patterns("denied in family section")
    return bare.match(text, *sentence.span) if is_family else None


def _is_of_same_kind(denied: re.Match[str]) -> bool:
    """Whether what no relative has is a disease of nerve or muscle, or any."""
    of = denied.groupdict().get("of")
    (kind,) = story_patterns("no family of")
    return of is None or kind.search(of) is not None


def _disease_of_relative(text: str, sentence: Sentence, is_family: bool) -> re.Match[str] | None:
    context = SentenceContext(sentence.words, sentence.found)
    is_told = any(cue.sense.reach == "informant" for cue in context.cues)
    (unlike,) = story_patterns("unlike family")
    if is_told or not (is_family or context.is_of_relative) or unlike.search(text, *sentence.span):
        return None
    found = next(places_in(text, sentence, story_patterns("family disease")), None)
    return found[1] if found else None
