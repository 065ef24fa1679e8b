"""State of the Learn page for one user: the cases in their order, the open one, and those that are closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from secrets import randbelow

import streamlit as st

from dxnet import Case, Network
from dxnet.evaluation.scorecard import even_setting
from dxnet.teaching.exercise import Exercise, begin_exercise, exercises_for

SEEDS = 2**32
"""Orders of the cases."""


@dataclass
class Lessons:
    """One user's exercises.

    Args:
        cases: those that fit the network, in a random order.
        seed: of the order of the cases.
        setting: whose pre-test probabilities count: the most even one, as published cases are of no clinic.
        number: of the open case, from 0.
        exercise: what is open of it.
        closed: exercises that were ended.
        problems: why the last answer was none.
        draft: what was filled in and not sent, by field.
    """

    cases: Sequence[Case]
    seed: int
    setting: str
    number: int = 0
    exercise: Exercise | None = None
    closed: list[Exercise] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    draft: dict[str, str | None] = field(default_factory=dict)

    def take_up(self, network: Network) -> Exercise:
        """The open exercise; the first time, the first case."""
        if self.exercise is None:
            self.exercise = begin_exercise(network, self.cases[self.number])
        return self.exercise

    def move(self, exercise: Exercise) -> None:
        """Take the exercise one step on; a closed one joins those that are scored."""
        self.exercise, self.problems, self.draft = exercise, [], {}
        if exercise.closed:
            self.closed = [*(e for e in self.closed if e.case.id != exercise.case.id), exercise]

    def next_case(self) -> None:
        """Another case, the next in the order; after the last the first again."""
        self.number, self.exercise = (self.number + 1) % len(self.cases), None
        self.problems, self.draft = [], {}


def lessons(network: Network) -> Lessons:
    """The lessons of this browser session, with this network."""
    found = _of_session().get(_key(network))
    seed = st.session_state.setdefault("lesson_seed", randbelow(SEEDS))
    return found or lessons_in_order(network, seed)


def lessons_in_order(network: Network, seed: int) -> Lessons:
    """Lessons that begin anew, the cases in the order of a seed: those of the session from now on."""
    st.session_state.lesson_seed = seed
    made = Lessons(exercises_for(network, seed), seed, even_setting(network))
    _of_session()[_key(network)] = made
    return made


def _of_session() -> dict[str, Lessons]:
    found: dict[str, Lessons] = st.session_state.setdefault("lessons", {})
    return found


def _key(network: Network) -> str:
    return f"{network.name} {network.fingerprint}"
