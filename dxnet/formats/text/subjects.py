"""What a statement is about: whether two sentences of a letter speak of the very same thing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dxnet.formats.text.groups import GRADE
from dxnet.formats.text.lexicon import Found
from dxnet.formats.text.rules import small_words
from dxnet.formats.text.times import dates_in

ELECTRICAL = "electrical"
"""The scene of studies of nerves and muscles."""
_WHO = frozenset(("he", "she", "they", "patient"))
_WORDS_BESIDE = 2
"""Words beside a statement among which its side stands."""
_CONDITIONS = ("proximal", "distal", "at rest", "on exertion", "sitting", "lying", "at night", "by day")
"""Rows of small words that part a subject as its side does."""


@dataclass(frozen=True)
class Subject:
    """A topic as a sentence names it.

    Args:
        topic: of the rules.
        words: those that name it.
        is_whole: whether they name all that the topic is of, as "plantar" and "swallowing" do.
        parts: of the body, by their names in the rules.
        sides: that its sentence names, by their first letters.
        own_parts: that its words name besides, as "ankle clonus" does.
        conditions: under which, or in which muscles, its sentence tells of it: "lying", "distal".
        dates: of which its sentence tells.
    """

    topic: str
    words: frozenset[str]
    is_whole: bool
    parts: frozenset[str]
    sides: frozenset[str]
    dates: frozenset[str]
    own_parts: frozenset[str] = frozenset()
    conditions: frozenset[str] = frozenset()

    def is_same_as(self, other: Subject) -> bool:
        """Whether what is stated of one is stated of the other: "Babinski sign" and "plantar response".

        "Ankle clonus" is of the ankle as "clonus at the ankle" is.
        """
        is_named_alike = self.words <= other.words or other.words <= self.words
        is_alike = is_named_alike or self.is_whole or other.is_whole
        is_there = self.parts == other.parts or (self.parts | self.own_parts == other.parts | other.own_parts)
        return is_alike and is_there and self._restriction == other._restriction

    @property
    def _restriction(self) -> tuple[object, ...]:
        return self.topic, self.sides, self.dates, self.conditions


def subject_of(
    anchor: Found,
    parts: Iterable[Found],
    words: Sequence[str],
    scene: str,
    own_parts: frozenset[str] = frozenset(),
) -> Subject | None:
    """What the words of a topic are about; None where its sentence does not name it, or tells of the rest.

    It is open, too, which nerve a study of nerves and muscles means, and which level a report of imaging.

    Args:
        anchor: the topic.
        parts: that it is stated of.
        words: of the sentence, as ``norm`` writes them.
        scene: the test that the sentence reports.
        own_parts: that words of the topic name.

    >>> from dxnet.formats.text.rules import Sense
    >>> words = ["left", "ptosis", "."]
    >>> subject_of(Found(1, 2, Sense("eyes", "troubled")), (), words, "").sides
    frozenset({'l'})
    """
    named = frozenset(words[anchor.first : anchor.end])
    if not (anchor.sense.topic and named) or anchor.sense.reach == GRADE:
        return None
    is_of_nerve = scene == ELECTRICAL or anchor.sense.topic in small_words("nerve studies")
    is_of_level = bool(scene) and any(character.isdigit() for word in words for character in word)
    if is_of_nerve or is_of_level or not small_words("of the rest").isdisjoint(words):
        return None
    sides = small_words("sides") | small_words("sided limbs")
    return Subject(
        anchor.sense.topic,
        named,
        not anchor.sense.quality and anchor.sense.topic in small_words("of one thing"),
        frozenset(name for it in (anchor, *parts) for name in it.sense.parts),
        frozenset(word[0] for word in words if word in sides),
        dates_in(words),
        own_parts,
        frozenset(name for name in _CONDITIONS if not small_words(name).isdisjoint(words)),
    )


def side_of(words: Sequence[str], phrases: Sequence[Found]) -> str:
    """The one side that a statement or the words beside it name; '' where they name both or none."""
    own = range(min(it.first for it in phrases), max(it.end for it in phrases))
    around = range(max(own.start - _WORDS_BESIDE, 0), own.stop + _WORDS_BESIDE)
    for places in (own, around):
        sides = {words[place][0] for place in places if place < len(words) and _names_side(words, place)}
        if sides:
            return sides.pop() if len(sides) == 1 else ""
    return ""


def _names_side(words: Sequence[str], place: int) -> bool:
    """Whether a word names a side: not the verb of "by the time she left"."""
    is_verb = place > 0 and words[place - 1] in _WHO
    return not is_verb and (
        words[place] in small_words("sides") or words[place] in small_words("sided limbs")
    )
