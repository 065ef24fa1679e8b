"""What a clause speaks of: joined topics, what is stated of them, and of which parts."""

from __future__ import annotations

from dataclasses import dataclass, field

from dxnet.formats.text.lexicon import Found

GRADE = "grade"
"""The reach of a number of strength or of a reflex, which is a quality with its topic."""


@dataclass
class Anchor:
    """A topic as it stands in a clause, with the quality and the parts that belong to it alone."""

    found: Found
    quality: Found | None = None
    parts: list[Found] = field(default_factory=list)

    @property
    def stated(self) -> Found | None:
        """The phrase that says how the topic is: one before it, or its own words."""
        is_own = self.found.sense.quality and self.found.sense.reach != GRADE
        return self.quality or (self.found if is_own else None)


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
    is_carried: bool = False

    @property
    def is_open(self) -> bool:
        """Whether nothing is stated of its topics yet."""
        return not self.frames and not any(anchor.stated for anchor in self.anchors)
