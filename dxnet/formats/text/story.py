"""Patterns of the story of an illness (data/text/history.yaml), and the places that they match."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from dxnet.formats.text.context import SentenceContext
from dxnet.formats.text.evidence import Mention
from dxnet.formats.text.interpret import Sentence
from dxnet.formats.text.rules import compiled_over_lines, rules_of

StoryPlace = tuple[Sentence, re.Match[str]]
"""What a pattern matched, and the sentence around it."""
_PER_YEAR = {"y": 1.0, "m": 12.0, "w": 52.0, "d": 365.0, "12": 12.0, "52": 52.0, "7": 365.0}


def story_rule(name: str) -> Any:
    """A rule of the story: a pattern, a list of them, or a mapping."""
    return rules_of("history.yaml")[name]


def story_patterns(name: str, key: str = "") -> tuple[re.Pattern[str], ...]:
    """The patterns of a rule, or of one entry of it."""
    rule = story_rule(name)[key] if key else story_rule(name)
    return _compiled_patterns((rule,) if isinstance(rule, str) else tuple(rule))


def places_in(text: str, sentence: Sentence, patterns: Sequence[re.Pattern[str]]) -> Iterator[StoryPlace]:
    """What each pattern first matches in a sentence."""
    for pattern in patterns:
        if match := pattern.search(text, *sentence.span):
            yield sentence, match


def first_place(
    text: str, sentences: Sequence[Sentence], patterns: Sequence[re.Pattern[str]]
) -> StoryPlace | None:
    """What the first of some patterns that fits first matches in a letter."""
    places = (
        it for pattern in patterns for sentence in sentences for it in places_in(text, sentence, [pattern])
    )
    return next(places, None)


def number_of_words(text: str) -> float | None:
    """A number or its word.

    >>> number_of_words("18"), number_of_words("Eighteen"), number_of_words("some")
    (18.0, 18.0, None)
    """
    known = story_rule("numbers").get(text.lower())
    return float(known or text) if known or re.fullmatch(r"\d+(?:\.\d+)?", text) else None


def years_of_match(match: re.Match[str]) -> float:
    """A matched duration in years."""
    unit = match["unit"].lower()
    per_year = _PER_YEAR.get(unit) or _PER_YEAR.get(unit[0], 1.0)
    return (number_of_words(match["n"]) or 0.0) / per_year


def stretch(text: str, start: int, end: int) -> re.Match[str]:
    """The characters from ``start`` to before ``end`` as a match."""
    (match,) = re.compile(r".+", re.DOTALL).finditer(text, start, end)
    return match


def is_stated_there(place: StoryPlace) -> bool:
    """Whether a match is stated, by its first word."""
    sentence, match = place
    first = next((n for n, token in enumerate(sentence.tokens) if token.end > match.start()), 0)
    return is_stated(sentence, first, first + 1)


def is_stated(sentence: Sentence, first: int, end: int) -> bool:
    """Whether words are neither denied nor untested, nor of a relative, a plan or the past."""
    context = SentenceContext(sentence.words, sentence.found)
    standing = context.standing(first, end, range(len(sentence.words)))
    return not (standing.is_negated or standing.reason or sentence.is_untested(first))


def story_mention(role: str, entry: str, place: StoryPlace) -> Mention:
    """The mention of a finding of the story, by its role (``age``, ``tempo`` ...)."""
    sentence, match = place
    name = story_rule("findings")[role]
    return Mention(name, entry, entry, match.start(), match.end(), sentence.span, sentence.passage.paragraph)


@cache
def _compiled_patterns(rules: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    words = "|".join(sorted(story_rule("numbers"), key=len, reverse=True))
    number = rf"(?:\d+(?:\.\d{{1,2}}(?!\d))?|{words})"
    return tuple(compiled_over_lines(rule.replace("<number>", number)) for rule in rules)
