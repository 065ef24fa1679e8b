"""Steps that can be taken back and done again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Step = TypeVar("Step")


@dataclass
class StepHistory(Generic[Step]):
    """What stood before and after what stands now; the nearest is the last of each list.

    >>> history = StepHistory[str]()
    >>> history.leave("a")
    >>> history.back("b"), history.forward("a"), history.forward("b")
    ('a', 'b', None)
    """

    before: list[Step] = field(default_factory=list)
    after: list[Step] = field(default_factory=list)

    def leave(self, now: Step) -> None:
        """Remember what stood until now; what was taken back cannot be done again any more."""
        self.before.append(now)
        self.after.clear()

    def back(self, now: Step) -> Step | None:
        """The step before, if there is one; ``now`` can be had again."""
        return self._move(now, self.before, self.after)

    def forward(self, now: Step) -> Step | None:
        """The step that was taken back last, if there is one."""
        return self._move(now, self.after, self.before)

    def recall(self, before: Iterable[Step], after: Iterable[Step]) -> None:
        """Take up the steps of an earlier session."""
        self.before, self.after = list(before), list(after)

    @staticmethod
    def _move(now: Step, source: list[Step], target: list[Step]) -> Step | None:
        if not source:
            return None
        target.append(now)
        return source.pop()
