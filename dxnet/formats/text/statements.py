"""The statements of a clause: each topic with each quality that is stated of it, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from dxnet.formats.text.gaps import AGAIN, IS
from dxnet.formats.text.groups import GRADE, Anchor, Frame, TopicGroup
from dxnet.formats.text.lexicon import Found
from dxnet.formats.text.rules import small_words

_ALTERNATIVES = frozenset(("or", "and", "/", "&"))


@dataclass(frozen=True)
class RawStatement:
    """One topic with its quality and parts, as phrases of a sentence.

    ``own_quality`` is that of its own words or right before them, ``quality`` what is stated of it besides.
    """

    anchor: Found
    quality: Found | None
    own_quality: Found | None
    parts: tuple[Found, ...]


def raw_statements(
    groups: Sequence[TopicGroup], lead: Sequence[Found], words: Sequence[str]
) -> list[RawStatement]:
    """Each topic of the groups with each quality that is stated of it, and the parts it is stated for.

    Args:
        groups: of a clause.
        lead: the parts that the clause is about where nothing nearer names one.
        words: of the sentence, as ``norm`` writes them.
    """
    statements: list[RawStatement] = []
    _share_backwards(groups, words)
    subjects: list[Found] = []
    for group in groups:
        _keep_own_parts(group)
        near = subjects
        for anchor in group.anchors:
            if len(group.anchors) == 1 and anchor.parts:
                anchor.parts = anchor.parts + group.parts
            own = anchor.parts or ([] if anchor.found.sense.parts else group.parts or near or list(lead))
            near = anchor.parts or _subjects_among([anchor.found]) or near
            statements += [_one_statement(anchor, frame, own) for frame in group.frames or [Frame(None)]]
        named = [*group.parts, *(it for anchor in group.anchors for it in (*anchor.parts, anchor.found))]
        named += [] if group.anchors else [it for frame in group.frames for it in frame.parts]
        subjects = _subjects_among(named) or subjects
        if not group.anchors:
            statements += [
                RawStatement(frame.quality, frame.quality, None, tuple(frame.parts))
                for frame in group.frames
                if frame.quality and frame.parts
            ]
    return statements


def _one_statement(anchor: Anchor, frame: Frame, own: Sequence[Found]) -> RawStatement:
    """A topic with a frame of its group; a grade of strength says nothing of another topic."""
    quality = frame.quality
    if quality and quality.sense.reach == GRADE and quality.sense.topic != anchor.found.sense.topic:
        quality = None
    parts = (*frame.parts, *anchor.parts) if frame.parts else tuple(own)
    return RawStatement(anchor.found, quality, anchor.stated, parts)


def _keep_own_parts(group: TopicGroup) -> None:
    """Keep where topics were stated if other parts follow: "spastic in the legs, normal in the arms"."""
    is_stated = group.anchors and all(anchor.stated for anchor in group.anchors)
    if (
        is_stated
        and not group.is_carried
        and group.parts
        and group.frames
        and all(frame.parts for frame in group.frames)
    ):
        group.frames.insert(0, Frame(None, group.parts))


def _subjects_among(found: Sequence[Found]) -> list[Found]:
    """The parts of which a clause goes on to speak; none where other parts are named with them."""
    placed = [it for it in found if it.sense.parts]
    subjects = [it for it in placed if small_words("subjects").intersection(it.sense.parts)]
    return subjects if len(subjects) == len(placed) else []


def _share_backwards(groups: Sequence[TopicGroup], words: Sequence[str]) -> None:
    """Give a group what is stated behind the next one.

    So in "B12, folate, TSH normal" and "no speech or swallowing trouble", and for the parts of "no wasting
    and no fasciculation in the arms".
    """
    small = small_words("filler") | small_words("link") | AGAIN
    for group, following in reversed(list(pairwise(groups))):
        if not following.anchors:
            continue
        gap = words[group.end : following.anchors[0].found.first]
        is_plain = following.frames and not any(a.found.sense.quality for a in following.anchors)
        if group.is_open and is_plain and IS.isdisjoint(gap) and {",", "and", "/"} & set(gap):
            group.frames = [Frame(frame.quality, list(frame.parts)) for frame in following.frames]
        trouble = following.anchors[0].found
        if group.is_open and trouble.sense.quality == "troubled" and set(gap) <= _ALTERNATIVES:
            group.anchors[-1].quality = trouble
        if (
            not group.parts
            and not group.frames
            and {"and", "with"} & set(gap)
            and all(word in small for word in gap)
        ):
            group.parts = list(following.parts)
