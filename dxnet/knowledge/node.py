"""Node: what every variable of a network has, as frozen data."""

from __future__ import annotations

import re

from pydantic import Field, field_validator

from dxnet.errors import brief
from dxnet.knowledge.table import DEFAULT, GIVEN, ConditionalTable, Frozen

BINARY = ("absent", "present")

STATE = r"[\w.<>=+\-()/%'&]+"
"""A word of a state's name, which may be several, as in imported networks."""


def require_states(states: tuple[str, ...]) -> tuple[str, ...]:
    """The states, if a variable can have them.

    Raises:
        ValueError: fewer than two, two alike, or a name that cannot be; cause; cure.
    """
    if len(states) < 2 or len(set(states)) < len(states):
        raise ValueError("are not two or more different states; list them, the normal one first")
    odd = [s for s in states if not re.fullmatch(f"{STATE}( {STATE})*", s) or s == DEFAULT]
    if odd:
        raise ValueError(f"cannot hold {brief(odd[0])}; use letters, digits and _.-+<>=()/%'&")
    return states


class Node(Frozen):
    """A variable: its label, its states (the normal one first) and its table."""

    label: str
    definition: str = ""
    states: tuple[str, ...] = BINARY
    given: ConditionalTable | None = Field(default=None, alias=GIVEN)

    @field_validator("states")
    @classmethod
    def _states_are_distinct(cls, states: tuple[str, ...]) -> tuple[str, ...]:
        return require_states(states)


class Atypical(Node):
    """A patient whose findings of the named categories follow no row but the mean of all rows."""

    label: str = "Atypical patient"
    categories: tuple[str, ...]

    @field_validator("states")
    @classmethod
    def _is_binary(cls, states: tuple[str, ...]) -> tuple[str, ...]:
        if states != BINARY:
            raise ValueError("must be [absent, present]; remove the line")
        return states
