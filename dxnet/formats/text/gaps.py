"""The gap between two phrases of a clause: what the words in it say of how the phrases belong together."""

from __future__ import annotations

from collections.abc import Sequence

from dxnet.formats.text.rules import small_words

_JOINING_PARTS = frozenset(("in", "of", "at", "on", "to"))
AGAIN = frozenset(("there", "was", "were", "is", "are", "no", "not", "any"))
"""Words between two joined denials: "no wasting and there were no fasciculations"."""
IS = frozenset(("is", "are", "was", "were", "has", "have", "had"))
"""Verbs of a statement of its own."""
_NEAR_GAP = 5
"""Words between a part and the quality that is stated of it."""


def is_filler(gap: Sequence[str]) -> bool:
    """Whether only small words without a meaning stand between."""
    return all(word in small_words("filler") for word in gap)


def is_link(gap: Sequence[str]) -> bool:
    """Whether the words between join: "knee and ankle"."""
    return all(word in small_words("filler") or word in small_words("link") for word in gap)


def joins_parts(gap: Sequence[str]) -> bool:
    """Whether the words between join parts or name a place: "in the arms and legs"."""
    return all(word in _JOINING_PARTS or is_link([word]) for word in gap)


def is_near(gap: Sequence[str]) -> bool:
    """Whether at most five small words and verbs stand between."""
    return len(gap) <= _NEAR_GAP and all(
        word in small_words("filler") or word in small_words("verb") for word in gap
    )


def goes_on(gap: Sequence[str]) -> bool:
    """Whether a topic takes the quality before it: "sensation was normal, including vibration"."""
    small = small_words("filler") | small_words("preposition")
    return all(word in small or (word == "," and "including" in gap) for word in gap)


def is_of_another(gap: Sequence[str]) -> bool:
    """Whether a quality belongs to a word that is not known: "dysarthric, gag absent"."""
    if "," not in gap:
        return False
    behind = list(gap)[len(gap) - list(reversed(gap)).index(",") :]
    kinds = ("filler", "link", "verb", "preposition")
    small = AGAIN.union(*(small_words(kind) for kind in kinds))
    return any(word.isalpha() and word not in small for word in behind)
