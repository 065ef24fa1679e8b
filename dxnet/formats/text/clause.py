"""The grammar of one clause: which topic, quality and part of the body belong together.

Topics that are joined ("wasting and fasciculation of the tongue", "tone, power and reflexes were normal")
share the qualities and parts behind them; a second quality begins a second frame of the same topics
("reflexes were brisk in the arms and absent at the ankles").
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from dxnet.formats.text.gaps import IS, goes_on, is_filler, is_link, is_near, is_of_another, joins_parts
from dxnet.formats.text.groups import GRADE, Anchor, Frame, TopicGroup
from dxnet.formats.text.lexicon import Found
from dxnet.formats.text.rules import small_words

_DENYING = frozenset(("absent", "negative"))
_DENIAL_WORDS = frozenset(("no", "not", "without", "nil"))
"""Words that deny a phrase which they begin, and what is joined to it: "no block or dispersion"."""


class ClauseScan:
    """Reads the phrases of one clause from left to right.

    Args:
        words: of the whole sentence, as ``norm`` writes them.
        items: the phrases of the clause that are no trigger terms.
        carried: the topics of the clause before, which go on where this one names none.

    After ``run``, ``lead`` are the parts before all topics, and ``opening`` those of the first topic.
    """

    def __init__(self, words: Sequence[str], items: Sequence[Found], carried: TopicGroup | None):
        self.words = words
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
            if item.sense.topic and item.sense.reach != GRADE:
                self._topic(item)
                self._at += 1
            elif item.sense.quality:
                self._quality(item)
                self._at += 1
            else:
                self._parts()
        return self.groups

    def _gap(self, before: Found | None, after: Found | None) -> Sequence[str]:
        return [","] if before is None or after is None else self.words[before.end : after.first]

    def _item(self, at: int) -> Found | None:
        return self.items[at] if 0 <= at < len(self.items) else None

    def _last_group(self) -> TopicGroup | None:
        return self.groups[-1] if self.groups else None

    def _chain_end(self, at: int) -> int:
        """Where a row of joined parts ends that begins at an item."""
        end = at + 1
        while (item := self._item(end)) and (item.is_part or _names_part(item)):
            if not joins_parts(self._gap(self._item(end - 1), item)):
                break
            end += 1
        return end

    def _parts(self) -> None:
        """A row of parts: of the topic or quality behind it, of the one before it, or of all that follows."""
        first, end = self._at, self._chain_end(self._at)
        chain = list(self.items[first:end])
        before = self._gap(self._item(first - 1), chain[0]) if first else self.words[: chain[0].first]
        following, group = self._item(end), self._last_group()
        after = self._gap(chain[-1], following)
        has_preposition = any(word in small_words("preposition") for word in before[-5:])
        self._at = end
        whole = any(part in small_words("whole limbs") for it in chain for part in it.sense.parts)
        if (
            not self.groups
            and not self.lead
            and ({":", "-"} & set(after[:1]) or (has_preposition and not first))
        ):
            self.lead += chain
        elif (
            following
            and _is_topic(following)
            and (is_filler(after) or (not group and not whole and _goes_before(following, after)))
        ):
            if group and has_preposition and len(chain) > 1:
                self._attach(group, chain[:-1])
                chain = chain[-1:]
            self._pending_parts = chain
            if not first and any(part in small_words("limbs") for it in chain for part in it.sense.parts):
                self.opening = chain
        elif following and following.sense.quality and "," not in after and is_near(after):
            if group and has_preposition and not group.frames:
                self._attach(group, chain)
            elif group and has_preposition and group.frames and not group.frames[-1].parts:
                behind = self._behind_comma(chain)
                self._attach(group, chain[:behind] or chain)
                self._pending_parts = chain[behind:]
            else:
                self._pending_parts = chain
        elif group:
            self._attach(group, chain)
        else:
            self.lead += chain

    def _behind_comma(self, chain: Sequence[Found]) -> int:
        """Where in a row the parts of the next quality begin: "absent at the ankles, arms present"."""
        gaps = [self._gap(one, other) for one, other in pairwise(chain)]
        commas = [place + 1 for place, gap in enumerate(gaps) if list(gap) == [","]]
        return commas[-1] if commas else 0

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
        group = self._last_group()
        first = (quality or (parts[0] if parts else item)).first
        if group and self._is_joined(group, anchor, first):
            anchor.quality = quality or self._passed_on(group.anchors[-1], item)
            group.anchors.append(anchor)
            group.end = item.end
            return
        frames = []
        is_next = group and group.frames and not anchor.stated and not group.frames[-1].parts
        if group and is_next and goes_on(self.words[group.end : first]):
            frames = [Frame(group.frames[-1].quality)]
        self.groups.append(TopicGroup([anchor], frames, end=item.end, is_continued=bool(frames)))

    def _is_joined(self, group: TopicGroup, anchor: Anchor, first: int) -> bool:
        """Whether a topic belongs to a group: linked by a word, and stated or open as the group is."""
        is_closed = group.frames and not (group.is_continued and not anchor.stated)
        if is_closed or group.parts or not group.anchors or group.end > first:
            return False
        gap, head = self.words[group.end : first], group.anchors[-1]
        shares = head.quality is not None or self._goes_to_all(head.found)
        is_alike = bool(anchor.stated) == bool(head.stated) or (shares and not anchor.stated)
        has_link = any(word in small_words("link") for word in gap) or (not anchor.stated and "of" in gap)
        return is_link(gap) and has_link and is_alike

    def _goes_to_all(self, it: Found) -> bool:
        """Whether a phrase says how all that is joined to it is: "trouble with speech or swallowing"."""
        own = self.words[it.first : it.end]
        is_trouble = not small_words("trouble").isdisjoint(own) and IS.isdisjoint(own)
        return it.sense.quality == "abnormal" or (it.sense.quality == "troubled" and is_trouble)

    def _passed_on(self, head: Anchor, item: Found) -> Found | None:
        """The quality that one of joined topics passes on to the next."""
        is_own_denial = head.found.sense.quality in _DENYING and self.words[head.found.first] in _DENIAL_WORDS
        said = head.quality or (head.found if is_own_denial else None)
        if item.sense.quality:
            return said if said is not None and said.sense.quality in _DENYING else None
        return said or (head.found if self._goes_to_all(head.found) else None)

    def _quality(self, item: Found) -> None:
        group = self._last_group()
        is_open = group is not None and group.is_open
        if item.sense.reach != GRADE and not is_open and self._comes_before_topic():
            self._pending_quality = item
            return
        if group and not is_open and "," in self.words[group.end : item.first] and self._part_alone(item):
            return
        parts, self._pending_parts = self._pending_parts, []
        if group and not is_open and self._is_alone(group, parts):
            self.groups.append(TopicGroup([], [Frame(item, parts)], end=item.end))
            return
        if group and not is_open and self._of_other_side(group, item):
            return
        known = {anchor.found.sense.topic for anchor in group.anchors} if group else set()
        if self._goes_on_with(item, parts):
            self.groups.append(TopicGroup([Anchor(item)], [Frame(item)], self._carried_parts(), item.end))
            return
        if item.sense.topic and item.sense.topic not in known:
            self.groups.append(TopicGroup([Anchor(item)], [Frame(item, parts)], end=item.end))
            return
        if group and not parts and self._is_of_last(group, item):
            self.groups.append(TopicGroup([group.anchors.pop()], [Frame(item)], group.parts, item.end))
            group.parts = []
            return
        group = group or self._carried_group(item, parts)
        if group is None or (is_of_another(self.words[group.end : item.first]) and not parts):
            return
        last = group.frames[-1] if group.frames else None
        is_again = last is not None and last.quality is not None and last.quality.sense == item.sense
        is_beside = not any(word.isalpha() for word in self.words[group.end : item.first])
        is_repeated = is_again and not parts and (not (last and last.parts) or is_beside)
        if last and self._is_outdated(group, last, item) and not parts:
            group.frames[-1] = Frame(item)
        elif not is_repeated:
            group.frames.append(Frame(item, parts))
        group.end = item.end

    def _is_of_last(self, group: TopicGroup, item: Found) -> bool:
        """Whether a denial is of the last of joined topics: "he has cramps, Hoffmann is negative"."""
        if group.frames or len(group.anchors) < 2 or item.sense.quality not in ("normal", *_DENYING):
            return False
        head, last = group.anchors[-2].found, group.anchors[-1].found
        gap = self.words[head.end : last.first]
        is_told = not IS.isdisjoint(self.words[max(head.first - 3, 0) : head.end])
        is_one = {",", "is"} <= {*gap, *self.words[last.end : item.first]}
        return {"or", "nor", "/"}.isdisjoint(gap) and (is_told or is_one)

    def _is_outdated(self, group: TopicGroup, last: Frame, item: Found) -> bool:
        """Whether what was there is so no more: "clonus, present in May, is no longer seen"."""
        is_over = last.quality and last.quality.sense.quality == "present" and not last.parts
        is_gone = item.sense.quality in _DENYING
        gap = self.words[group.end : item.first]
        return (
            bool(is_over) and is_gone and small_words("sides").isdisjoint(gap) and item.end - item.first > 1
        )

    def _of_other_side(self, group: TopicGroup, item: Found) -> bool:
        """Whether a quality is of the other side, where all is well: "left leg weak, right normal"."""
        gap = self.words[group.end : item.first]
        is_well = item.sense.quality in ("normal", *_DENYING) and all(it.stated for it in group.anchors)
        return is_well and "," in gap and not small_words("sides").isdisjoint(gap)

    def _goes_on_with(self, grade: Found, parts: Sequence[Found]) -> bool:
        """Whether a grade alone is of what the clause before was of: "hip flexion was 3 and is now 5"."""
        is_bare = not (self.groups or self.lead or parts)
        anchors = self.carried.anchors if self.carried and is_bare else []
        return any(it.found.sense.topic == grade.sense.topic for it in anchors)

    def _is_alone(self, group: TopicGroup, parts: Sequence[Found]) -> bool:
        """Whether a quality is of parts alone, not of topics: "jaw jerk not brisk, tongue normal"."""
        alone = small_words("stated alone").intersection(part for it in parts for part in it.sense.parts)
        return bool(alone) and not {",", "and"}.isdisjoint(self.words[group.end : parts[0].first])

    def _part_alone(self, item: Found) -> bool:
        """A quality of a part alone, where there is one: "..., and a normal tongue"."""
        following = self._item(self._at + 1)
        if self.words[item.end - 1] in small_words("preposition"):
            return False
        if following is None or not following.is_part or not is_filler(self._gap(item, following)):
            return False
        end = self._chain_end(self._at + 1)
        parts = list(self.items[self._at + 1 : end])
        self.groups.append(TopicGroup([], [Frame(item, parts)], end=parts[-1].end))
        self._at = end - 1
        return True

    def _carried_group(self, item: Found, parts: list[Found]) -> TopicGroup | None:
        """The topics of the clause before, for a quality without any; none where only a part is named."""
        if self.carried is None:
            is_labelled = self.lead and self.words[self.lead[-1].end : item.first] == [":"]
            if parts := parts or (self.lead if is_labelled else []):
                self.groups.append(TopicGroup([], [Frame(item, parts)], end=item.end))
            return None
        group = TopicGroup(self.carried.anchors, parts=self._carried_parts(), end=item.first, is_carried=True)
        self.groups.append(group)
        return group

    def _carried_parts(self) -> list[Found]:
        """The parts that a clause without a topic is about: its first ones, or those of the clause before."""
        if self.lead or self.carried is None:
            return self.lead
        of_frames = (frame.parts for frame in reversed(self.carried.frames) if frame.parts)
        return [Found(0, 0, it.sense) for it in next(of_frames, self.carried.parts)]

    def _comes_before_topic(self) -> bool:
        """Whether a quality stands right before a topic, or its parts: "brisk knee and ankle jerks"."""
        at = self._at + 1
        item = self._item(at)
        gap = self._gap(self.items[self._at], item)
        is_of_parts = bool(self.lead or self._pending_parts) and gap in ([":"], ["for"], ["in"])
        if item is None or not (is_filler(gap) or (is_of_parts and _is_topic(item))):
            return False
        if item.is_part:
            at = self._chain_end(at)
            item, last = self._item(at), self._item(at - 1)
            if item is None or not joins_parts(self._gap(last, item)):
                return False
        return _is_topic(item)


def _is_topic(item: Found) -> bool:
    return bool(item.sense.topic) and item.sense.reach != GRADE


def _names_part(item: Found) -> bool:
    """Whether a topic may be a part among others: "the tongue, face and arms"."""
    return item.sense.topic in small_words("names part") and not item.sense.quality


def _goes_before(topic: Found, gap: Sequence[str]) -> bool:
    """Whether parts go on with a topic that names one more: "triceps, knee and ankle jerks"."""
    is_of_part = topic.sense.topic in small_words("jerks") and bool(topic.sense.parts)
    return is_of_part and not topic.sense.quality and is_link(gap)
