"""What a number of a finding means: its unit, and the limits between which each state lies."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from math import isfinite
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from dxnet.knowledge.table import Sourced


class NumberMeaning(Sourced):
    """How a measured number becomes a state.

    Args:
        unit: in which the limits are; numbers in others are converted.
        limits: ascending, one fewer than the states.
        states: in the order of the number; without them, those of the finding.
        of: what is measured, where one finding is of several measurements.
        hpo: the HPO term of a number that is not normal, by which tests of that measurement are known.
        at_limit: whether a number that equals a limit belongs to the state above it or to that below.
        plausible: the lowest and the highest number that can be no slip of writing.
        lower, upper: limits of the normal that depend on the laboratory: a report's own reference range
            replaces them. Numbers in ``ULN`` are multiples of ``upper``.
        molar_mass: g/mol, for numbers in moles where the unit has grams, and the reverse.
        unitless: whether a number without a unit is in ``unit``.

    Limits are hard: a network states P(state | diagnosis) for states that others had counted by hard
    limits, and a soft step would need the error of each laboratory, which no report gives.

    >>> NumberMeaning(unit="years", limits=(40, 60), source="@estimate", reason="usual bands").limits
    (40.0, 60.0)
    """

    unit: str
    limits: tuple[float, ...] = Field(min_length=1)
    states: tuple[str, ...] = ()
    of: str = ""
    hpo: str = ""
    at_limit: Literal["upper", "lower"] = Field(default="upper", alias="at a limit")
    plausible: tuple[float, float] = (0.0, 1e9)
    lower: float | None = Field(default=None, alias="lower limit")
    upper: float | None = Field(default=None, alias="upper limit")
    molar_mass: float | None = Field(default=None, alias="molar mass", gt=0)
    unitless: Literal["yes", "no"] = Field(default="no", alias="without a unit")

    def __eq__(self, other: object) -> bool:
        """Whether two say the same, wherever they stand."""
        return isinstance(other, NumberMeaning) and self.model_dump() == other.model_dump()

    def __hash__(self) -> int:
        return hash((self.unit, self.of, self.limits))

    def __repr__(self) -> str:
        limits = ", ".join(f"{limit:g}" for limit in self.limits)
        return f"{f'{self.of} ' if self.of else ''}in {self.unit or 'numbers'}, limits {limits}"

    __str__ = __repr__

    @field_validator("limits", "plausible")
    @classmethod
    def _ascends(cls, limits: tuple[float, ...]) -> tuple[float, ...]:
        if not all(map(isfinite, limits)) or any(low >= high for low, high in pairwise(limits)):
            raise ValueError("do not ascend; write the smallest first, and 'states' in the same order")
        return limits

    @model_validator(mode="after")
    def _fits(self) -> Self:
        for key, limit in (("lower limit", self.lower), ("upper limit", self.upper)):
            if limit is not None and limit not in self.limits:
                raise ValueError(f"'{key}' is {limit:g}, which is none of 'limits'; add it there")
        low, high = self.plausible
        if odd := [limit for limit in self.limits if not low <= limit <= high]:
            raise ValueError(
                f"the limit {odd[0]:g} is not plausible itself; widen 'plausible', {low:g} to {high:g}"
            )
        if self.states and len(self.states) != len(self.limits) + 1:
            raise ValueError(f"has {len(self.limits)} limits; write {len(self.limits) + 1} states")
        return self


def listed(value: Any) -> Any:
    """The meanings of a finding as a list: a single block is a list of one."""
    return [value] if isinstance(value, Mapping | NumberMeaning) else value
