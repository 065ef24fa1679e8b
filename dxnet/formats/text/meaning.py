"""What a statement means: its quality, whether it is denied or in doubt, and the findings it stands for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from dxnet.formats.text.context import SentenceContext, Standing
from dxnet.formats.text.gaps import IS
from dxnet.formats.text.groups import GRADE
from dxnet.formats.text.lexicon import Found
from dxnet.formats.text.rules import ANY, BodyPart, Meaning, Topic, small_words
from dxnet.formats.text.statements import RawStatement

_ABSENT = frozenset(("absent", "negative"))
_PRESENT = frozenset(("present", "positive"))
_TROUBLE = _PRESENT | {"troubled"}
_FINE = _ABSENT | {"normal", "down", "none"}
_OPPOSITE = frozenset(("reduced", "increased"))
_ALIKE = {
    "absent": ("negative",),
    "negative": ("absent",),
    "present": ("positive",),
    "positive": ("present",),
    "reduced": ("absent",),
    "large": ("increased",),
}
"""Qualities that may stand for another that a topic knows."""
_NOUN_BEHIND = 4
"""Tokens between joined topics and the noun that is denied: "no bladder or bowel problems"."""
_EVERYWHERE = ("everywhere",)


@dataclass(frozen=True)
class Judged:
    """A statement as it counts: the quality of its topic ('' for none), denied or not, and its standing."""

    quality: str
    is_denied: bool
    standing: Standing


def judge(raw: RawStatement, topic: Topic, context: SentenceContext, clause: range) -> Judged:
    """What is stated of a topic in its clause, with negation and doubt.

    Args:
        raw: the statement.
        topic: its topic, in the report it stands in.
        context: the trigger terms of its sentence.
        clause: the places of the tokens of its clause.
    """
    quality, is_denied = _stated_quality(raw, topic)
    first = min(raw.own_quality.first if raw.own_quality else raw.anchor.first, raw.anchor.first)
    standing = context.standing(first, raw.anchor.end, clause)
    if raw.quality:
        standing = _with_quality_behind(raw, raw.quality, standing, context, clause)
    if standing.has_recovered and topic.is_lasting:
        standing = replace(standing, is_negated=False, has_recovered=False)
    if not quality and standing.has_recovered:
        return Judged("normal", False, standing)
    is_missing = topic.may_be_missing and context.is_denied_before(first)
    if (
        not quality
        and is_missing
        and not small_words("nouns behind") & {*context.words[raw.anchor.end :][:1]}
    ):
        return Judged("absent", False, replace(standing, is_negated=False))
    if quality in _FINE and raw.own_quality and not context.is_denied_before(first):
        standing = replace(standing, is_negated=False)
    is_denied |= standing.is_negated
    if is_denied and quality in _TROUBLE and "absent" in topic.means:
        return Judged("absent", False, standing)
    return Judged(quality, is_denied, standing)


def meanings_for(
    topic: Topic, quality: str, raw: RawStatement, parts: Mapping[str, BodyPart]
) -> Iterator[tuple[Meaning, str]]:
    """What a quality of a topic means for each of its parts, and the name of one that is no whole region.

    Where no part is named, or none that matters, it is what the topic means by itself.
    """
    means = next((topic.means[q] for q in (quality, *_ALIKE.get(quality, ())) if q in topic.means), {})
    named = [name for it in raw.parts if it.sense.parts != _EVERYWHERE for name in it.sense.parts]
    named = named or [name for it in raw.parts for name in it.sense.parts]
    is_found = False
    for name in (*named, *raw.anchor.sense.parts):
        known = parts.get(name)
        places = [name] if name in means else [it for it in (known.regions if known else ()) if it in means]
        for place in places:
            is_found = True
            is_own = place == name and not (known and set(known.regions) & set(means))
            is_part = known is not None and not known.is_whole and not is_own
            yield means[place], name if is_part else ""
    if not is_found and ANY in means:
        yield means[ANY], ""


def _stated_quality(raw: RawStatement, topic: Topic) -> tuple[str, bool]:
    """What is stated of a topic, and whether it is denied: "wasting: none", "Hoffmann's sign positive"."""
    own = raw.anchor.sense.quality if raw.anchor.sense.topic and raw.anchor.sense.reach != GRADE else ""
    before = _quality_name(raw.own_quality) if raw.own_quality is not raw.anchor else ""
    behind = _quality_name(raw.quality)
    if not own:
        return before or behind, bool(before and behind in _ABSENT)
    if own in _PRESENT and behind == "down" and "down" in topic.means:
        return "down", False
    if {own, behind} == _OPPOSITE:
        return "", False
    others = {before, behind} - {"", "down"}
    is_well = behind == "normal" and own not in _FINE and not (own in _PRESENT and behind in topic.means)
    if others & _ABSENT or is_well:
        return own, True
    if own in _PRESENT:
        return next((quality for quality in others - _PRESENT if quality in topic.means), own), False
    return own, False


def _quality_name(found: Found | None) -> str:
    return found.sense.quality if found else ""


def _with_quality_behind(
    raw: RawStatement, quality: Found, standing: Standing, context: SentenceContext, clause: range
) -> Standing:
    """The standing of a topic together with that of what is stated of it: "reflexes were not brisk"."""
    behind = context.standing(quality.first, quality.end, clause, negatable=False)
    is_between = quality.first > raw.anchor.end and context.is_denied_before(quality.first)
    between = context.words[raw.anchor.end : quality.first]
    row = context.words[standing.denial.end : raw.anchor.first] if standing.denial else ()
    is_apart = not {",", "and"}.isdisjoint(row) and {"or", "nor", "neither"}.isdisjoint(row)
    is_near = len(between) <= _NOUN_BEHIND and not (is_apart and IS & {*between})
    is_noun = quality.sense.quality == "abnormal" and (is_near or "nor" in between)
    is_there = quality.sense.quality in _PRESENT and context.is_denied_before(raw.anchor.first)
    is_flat = is_apart and context.words[quality.first] in small_words("never denied")
    is_of_all = (raw.own_quality is not None or is_noun or is_there) and not is_flat
    is_negated = (standing.is_negated and is_of_all) or is_between
    is_gone = quality.sense.quality in _ABSENT and standing.reason == "earlier" and not is_between
    reason = "" if is_gone else standing.reason
    doubt, denial = standing.doubt or behind.doubt, standing.denial or behind.denial
    return Standing(is_negated, doubt, reason or behind.reason, denial=denial)
