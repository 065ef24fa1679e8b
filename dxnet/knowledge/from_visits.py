"""What the dates of several visits say of a finding: its state by how signs came, stayed or went."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Self

from pydantic import Field, model_validator

from dxnet.knowledge.table import Sourced


class FromVisits(Sourced):
    """Which state the course over dated visits suggests. It is proposed, and never entered by itself.

    A sign is a finding with a region. It is new where it is abnormal at a visit and was examined and found
    normal at an earlier one; a region is new with its first sign, if it was examined without any before.

    Args:
        of: kinds of sign that count for ``new_region``; all without it.
        new_region: the state where a region is new.
        new_signs: state -> days, ascending: the first whose days are at least the mean time from one visit
            with new signs to the next.
        unchanged: state -> days: no sign is new or gone for that long at least.
        come_and_go: the state where weakness or function improved and, then or later, is worse again.
        come_and_go_of: the findings that say so, with a region or without one; all signs without it. A sign
            that is found at one visit and not at another is otherwise inconstant, and nothing has improved.

    >>> days = {"subacute": 56, "slow": 9999}
    >>> FromVisits(new_signs=days, source="@estimate", reason="its words").pace(120.0)
    'slow'
    """

    of: tuple[str, ...] = ()
    new_region: str = Field(default="", alias="new region")
    new_signs: Mapping[str, float] = Field(default_factory=dict, alias="new signs within")
    unchanged: Mapping[str, float] = Field(default_factory=dict, alias="unchanged for")
    come_and_go: str = Field(default="", alias="come and go")
    come_and_go_of: tuple[str, ...] = Field(default=(), alias="come and go of")

    @property
    def states(self) -> Iterator[str]:
        """The states that it names."""
        yield from filter(None, (self.new_region, self.come_and_go))
        yield from self.new_signs
        yield from self.unchanged

    def pace(self, days: float) -> str:
        """The state of so many days from one visit with new signs to the next; '' beyond all limits."""
        return next((state for state, limit in self.new_signs.items() if days <= limit), "")

    @model_validator(mode="after")
    def _ascends_in_days(self) -> Self:
        limits = list(self.new_signs.values())
        if limits != sorted(limits) or any(days <= 0 for days in (*limits, *self.unchanged.values())):
            raise ValueError("'new signs within' does not ascend from above 0; write the shortest first")
        return self
