"""The grammar of findings: which topic, quality and part of the body of a sentence belong together.

A sentence is read in clauses. In a clause, topics that are joined ("wasting and fasciculation of the tongue",
"tone, power and reflexes were normal") share the qualities and parts behind them; a second quality begins a
second frame of the same topics ("reflexes were brisk in the arms and absent at the ankles").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

from dxnet.formats.text.lexicon import Found, rules_of
from dxnet.formats.text.phrases import Token, norm

_GRADE = "grade"
_SUBJECTS = frozenset(("tongue", "face", "chin"))
"""Parts that a clause goes on to speak of: "the tongue was of normal bulk and did not fasciculate"."""
_DENYING = frozenset(("absent", "negative"))
_AGAIN = frozenset(("there", "was", "were", "is", "are", "no", "not", "any"))
"""Words between two joined denials: "no wasting and there were no fasciculations"."""


@dataclass
class Anchor:
    """A topic as it stands in a clause, with the quality and the parts that belong to it alone."""

    found: Found
    quality: Found | None = None
    parts: list[Found] = field(default_factory=list)


@dataclass
class Frame:
    """A quality that is stated of the topics of a group, with the parts it is stated for."""

    quality: Found | None
    parts: list[Found] = field(default_factory=list)


@dataclass
class TopicGroup:
    """Topics that are joined, what is stated of them, and the parts that they share."""

    anchors: list[Anchor]
    frames: list[Frame] = field(default_factory=list)
    parts: list[Found] = field(default_factory=list)
    end: int = 0
    is_continued: bool = False


@dataclass(frozen=True)
class RawStatement:
    """One topic with its quality and parts, as words of a sentence; ``implied`` where the topic is another clause's."""

    anchor: Found
    quality: Found | None
    own_quality: Found | None
    parts: tuple[Found, ...]


@cache
def words_of(kind: str) -> frozenset[str]:
    """A set of small words of the grammar.

    >>> "and" in words_of("link")
    True
    """
    return frozenset(rules_of("grammar.yaml")[kind])


class ClauseScan:
    """Reads the phrases of one clause from left to right."""

    def __init__(self, tokens: Sequence[Token], items: Sequence[Found], carried: TopicGroup | None):
        self.words = [norm(token.text) for token in tokens]
        self.items = items
        self.carried = carried
        self.groups: list[TopicGroup] = []
        self.lead: list[Found] = []
        self.opening: list[Found] = []
        self._pending_parts: list[Found] = []
        self._pending_quality: Found | None = None
        self._at = 0

    def run(self) -> list[TopicGroup]:
        """The groups of the clause."""
        while self._at < len(self.items):
            item = self.items[self._at]
            if item.sense.topic and item.sense.reach != _GRADE:
                self._topic(item)
                self._at += 1
            elif item.sense.quality:
                self._quality(item)
                self._at += 1
            else:
                self._parts()
        return self.groups

    def _gap(self, before: Found | None, after: Found | None) -> list[str]:
        if before is None or after is None:
            return [","]
        return self.words[before.end : after.first]

    def _item(self, at: int) -> Found | None:
        return self.items[at] if 0 <= at < len(self.items) else None

    def _is_filler(self, gap: Sequence[str]) -> bool:
        return all(word in words_of("filler") for word in gap)

    def _is_link(self, gap: Sequence[str]) -> bool:
        return all(word in words_of("filler") or word in words_of("link") for word in gap)

    def _is_joined(self, gap: Sequence[str], group: TopicGroup, anchor: Anchor) -> bool:
        """Whether a topic belongs to a group: linked by a word, and stated or open as the group is."""
        is_stated = bool(anchor.quality or anchor.found.sense.quality)
        first = group.anchors[0] if group.anchors else anchor
        shares = first.quality is not None or _shared_quality(first.found) is not None
        is_alike = is_stated == bool(first.quality or first.found.sense.quality) or (shares and not is_stated)
        has_link = any(word in words_of("link") for word in gap)
        return self._is_link(gap) and (has_link or (not is_stated and "of" in gap)) and is_alike

    def _chain(self, at: int) -> int:
        """Where a row of joined parts ends that begins at an item."""
        end = at + 1
        while (item := self._item(end)) and _is_part(item) and self._joins(self._gap(self._item(end - 1), item)):
            end += 1
        return end

    def _joins(self, gap: Sequence[str]) -> bool:
        prepositions = {"in", "of", "at", "on", "to"}
        return all(w in words_of("filler") or w in words_of("link") or w in prepositions for w in gap)

    def _group(self) -> TopicGroup | None:
        return self.groups[-1] if self.groups else None

    def _parts(self) -> None:
        end = self._chain(self._at)
        chain = list(self.items[self._at : end])
        before = self._gap(self._item(self._at - 1), chain[0]) if self._at else self.words[: chain[0].first]
        following, group = self._item(end), self._group()
        after = self._gap(chain[-1], following)
        has_preposition = any(word in words_of("preposition") for word in before[-5:])
        self._at = end
        if not self.groups and not self.lead and ({":", "-"} & set(after[:1]) or (has_preposition and self._is_first(chain))):
            self.lead += chain
        elif following and _is_topic(following) and self._is_filler(after):
            if group and has_preposition and len(chain) > 1:
                self._attach(group, chain[:-1])
                chain = chain[-1:]
            self._pending_parts = chain
            if self._is_first(chain) and any(p in ("arm", "leg", "limbs") for it in chain for p in it.sense.parts):
                self.opening = chain
        elif following and following.sense.quality and "," not in after and _is_near(after):
            if group and has_preposition and not group.frames:
                group.parts += chain
            else:
                self._pending_parts = chain
        elif group:
            self._attach(group, chain)
        else:
            self.lead += chain

    def _is_first(self, chain: Sequence[Found]) -> bool:
        """Whether parts open the clause: "In the legs tone was increased"."""
        return self.items[0] is chain[0]

    def _attach(self, group: TopicGroup, chain: Sequence[Found]) -> None:
        group.end = chain[-1].end
        if group.frames:
            group.frames[-1].parts += chain
        else:
            group.parts += chain

    def _topic(self, item: Found) -> None:
        parts, self._pending_parts = self._pending_parts, []
        quality, self._pending_quality = self._pending_quality, None
        anchor = Anchor(item, quality, parts)
        group = self._group()
        first = quality or (parts[0] if parts else item)
        gap = self.words[group.end : first.first] if group else []
        is_same = group is not None and (not group.frames or (group.is_continued and not item.sense.quality and not quality))
        if group and is_same and not group.parts and self._is_joined(gap, group, anchor) and group.end <= first.first:
            if anchor.quality is None and not item.sense.quality:
                anchor.quality = group.anchors[0].quality or _shared_quality(group.anchors[0].found)
            elif anchor.quality is None and (first_quality := group.anchors[0].quality) and first_quality.sense.quality in _DENYING:
                anchor.quality = first_quality
            group.anchors.append(anchor)
            group.end = item.end
            return
        frames = []
        if group and group.frames and not item.sense.quality and not quality and not group.frames[-1].parts:
            between = self.words[group.end : first.first]
            small = words_of("filler") | words_of("preposition") | ({","} if "including" in between else frozenset())
            if all(word in small for word in between):
                frames = [Frame(group.frames[-1].quality)]
        self.groups.append(TopicGroup([anchor], frames, end=item.end, is_continued=bool(frames)))

    def _quality(self, item: Found) -> None:
        group = self._group()
        is_open = group is not None and not group.frames and not any(
            a.quality or a.found.sense.quality for a in group.anchors
        )
        if item.sense.reach != _GRADE and not is_open and self._comes_before_topic():
            self._pending_quality = item
            return
        following = self._item(self._at + 1)
        is_apart = group is not None and not is_open and "," in self.words[group.end : item.first]
        if is_apart and following and _is_part(following) and self._is_filler(self._gap(item, following)):
            end = self._chain(self._at + 1)
            parts = list(self.items[self._at + 1 : end])
            self.groups.append(TopicGroup([], [Frame(item, parts)], end=parts[-1].end))
            self._at = end - 1
            return
        parts, self._pending_parts = self._pending_parts, []
        if item.sense.topic and not (group and any(a.found.sense.topic == item.sense.topic for a in group.anchors)):
            self.groups.append(TopicGroup([Anchor(item)], [Frame(item, parts)], end=item.end))
            return
        if group is None:
            if self.carried is None:
                if parts:
                    self.groups.append(TopicGroup([], [Frame(item, parts)], end=item.end))
                return
            last_parts = next((f.parts for f in reversed(self.carried.frames) if f.parts), self.carried.parts)
            group = TopicGroup(self.carried.anchors, parts=[Found(0, 0, it.sense) for it in last_parts])
            self.groups.append(group)
        if self._is_of_another(self.words[group.end : item.first]) and not parts:
            return
        last = group.frames[-1] if group.frames else None
        if last and last.quality and not parts and not last.parts and last.quality.sense == item.sense:
            group.end = item.end
            return
        group.frames.append(Frame(item, parts))
        group.end = item.end

    def _is_of_another(self, gap: Sequence[str]) -> bool:
        """Whether a quality belongs to a word that is not known: "dysarthric, gag absent"."""
        if "," not in gap:
            return False
        behind = gap[len(gap) - 1 - list(reversed(gap)).index(",") + 1 :]
        small = words_of("filler") | words_of("link") | words_of("verb") | words_of("preposition") | _AGAIN
        return any(word.isalpha() and word not in small for word in behind)

    def _comes_before_topic(self) -> bool:
        """Whether a quality stands right before a topic, perhaps with its parts between: "brisk knee and ankle jerks"."""
        at = self._at + 1
        item = self._item(at)
        if item is None or not self._is_filler(self._gap(self.items[self._at], item)):
            return False
        if _is_part(item):
            at = self._chain(at)
            item, last = self._item(at), self._item(at - 1)
            if item is None or not self._joins(self._gap(last, item)):
                return False
        return _is_topic(item)


def _shared_quality(found: Found) -> Found | None:
    """The quality of a phrase that goes on to what is joined to it: "trouble with speech or swallowing"."""
    return found if found.sense.quality in ("troubled", "abnormal") else None


def _is_part(item: Found) -> bool:
    return bool(item.sense.parts) and not item.sense.topic and not item.sense.quality


def _is_topic(item: Found) -> bool:
    return bool(item.sense.topic) and item.sense.reach != _GRADE


def _is_near(gap: Sequence[str]) -> bool:
    return len(gap) <= 5 and all(w in words_of("filler") or w in words_of("verb") for w in gap)


def raw_statements(groups: Sequence[TopicGroup], lead: Sequence[Found], words: Sequence[str]) -> list[RawStatement]:
    """Each topic of the groups with each quality that is stated of it, and the parts it is stated for."""
    found = []
    _share_backwards(groups, words)
    above: list[Found] = []
    for group in groups:
        _keep_own_parts(group)
        sibling: list[Found] = above
        stated = [it for anchor in group.anchors for it in anchor.parts] or [it for f in group.frames for it in f.parts]
        above = _subjects([*stated, *group.parts, *(anchor.found for anchor in group.anchors)]) or above
        for anchor in group.anchors:
            own = anchor.quality or (anchor.found if anchor.found.sense.quality and anchor.found.sense.reach != _GRADE else None)
            if len(group.anchors) == 1 and anchor.parts:
                anchor.parts = anchor.parts + group.parts
            own_parts = anchor.parts or ([] if anchor.found.sense.parts else group.parts or sibling or list(lead))
            sibling = anchor.parts or _subjects([anchor.found]) or sibling
            for frame in group.frames or [Frame(None)]:
                parts = frame.parts + anchor.parts if frame.parts else own_parts
                graded = frame.quality is not None and frame.quality.sense.reach == _GRADE
                if graded and frame.quality and frame.quality.sense.topic != anchor.found.sense.topic:
                    frame = Frame(None, frame.parts)
                found.append(RawStatement(anchor.found, frame.quality, own, tuple(parts)))
    return found


def _keep_own_parts(group: TopicGroup) -> None:
    """Keep what stated topics are stated for where further parts follow: "spastic in the legs, normal in the arms"."""
    is_stated = all(anchor.quality or anchor.found.sense.quality for anchor in group.anchors)
    if group.anchors and is_stated and group.parts and group.frames and all(f.parts for f in group.frames):
        group.frames.insert(0, Frame(None, group.parts))


def _subjects(found: Sequence[Found]) -> list[Found]:
    return [it for it in found if set(it.sense.parts) & _SUBJECTS]


def _share_backwards(groups: Sequence[TopicGroup], words: Sequence[str]) -> None:
    """Give a group what is stated behind the next: "B12, folate, TSH normal", "no wasting and no fasciculation in the arms"."""
    for group, following in reversed(list(pairwise(groups))):
        if not following.anchors:
            continue
        is_open = not group.frames and not any(a.quality or a.found.sense.quality for a in group.anchors)
        gap = words[group.end : following.anchors[0].found.first]
        is_list = "," in gap or "and" in gap or "/" in gap
        if is_open and is_list and following.frames and not any(a.found.sense.quality for a in following.anchors):
            group.frames = [Frame(frame.quality, list(frame.parts)) for frame in following.frames]
        small = words_of("filler") | words_of("link") | _AGAIN
        if not group.parts and not group.frames and all(word in small for word in gap) and "and" in gap:
            group.parts = list(following.parts)
