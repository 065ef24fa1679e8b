"""The exercises of the Learn page survive a reload: the browser keeps the answers to be given again."""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from dxnet import Case, Engine, Network
from dxnet.errors import DxnetError
from dxnet.teaching.exercise import Belief, Exercise, begin_exercise, give_answer, go_on
from dxnet.ui.shared.kept_text import keep_text, restore_text
from dxnet.ui.shared.served import shared_engine
from dxnet.ui.teaching.lessons import Lessons, lessons, lessons_in_order

LESSONS_PLACE = "lessons"
MOST_KEPT = 30
"""Closed exercises that are kept, the last ones: answers are given again one by one, which takes time."""


def taken_up_lessons(network: Network) -> Lessons:
    """The lessons of this session, or those that the browser kept from an earlier one."""

    def take_up(text: str) -> None:
        with st.spinner("Taking up your exercises where you left them …"):
            restore_lessons(network, text)

    restore_text(LESSONS_PLACE, take_up)
    return lessons(network)


def keep_lessons(network: Network, mine: Lessons) -> None:
    """Have the browser keep the lessons."""
    keep_text(LESSONS_PLACE, lessons_as_text(network, mine))


def lessons_as_text(network: Network, mine: Lessons) -> str:
    """The open case, what was answered and what was filled in, as text; "" where there are no cases."""
    open_ = [mine.exercise] if mine.exercise and not mine.exercise.closed else []
    plain = [
        _exercise_as_plain(exercise) for exercise in (*mine.closed[-MOST_KEPT:], *open_) if exercise.turns
    ]
    if not mine.cases:
        return ""
    case = {"network": network.fingerprint, "seed": mine.seed, "number": mine.number}
    return json.dumps({**case, "exercises": plain, "draft": mine.draft})


def restore_lessons(network: Network, text: str) -> None:
    """Give the kept answers again; those to another network, or that no longer can be given, are dropped."""
    kept = json.loads(text)
    mine = lessons_in_order(network, kept["seed"])
    if kept["network"] != network.fingerprint or not mine.cases:
        return
    engine, cases = shared_engine(network, mine.setting), {case.id: case for case in mine.cases}
    mine.number, mine.draft = kept["number"] % len(mine.cases), kept.get("draft", {})
    for plain in kept["exercises"]:
        try:
            exercise = _answered_again(engine, cases[plain["case"]], plain)
        except (DxnetError, KeyError):
            continue
        if exercise.closed:
            mine.closed.append(exercise)
        if exercise.case.id == mine.cases[mine.number].id:
            mine.exercise = exercise


def _exercise_as_plain(exercise: Exercise) -> dict[str, Any]:
    """An exercise as its case and its answers."""
    answers = [{"named": turn.belief.named, "ordered": turn.ordered} for turn in exercise.turns]
    went_on = exercise.closed or not exercise.is_answered
    return {"case": exercise.case.id, "answers": answers, "went_on": went_on}


def _answered_again(engine: Engine, case: Case, plain: dict[str, Any]) -> Exercise:
    """The exercise with the answers given again."""
    exercise = begin_exercise(engine.network, case)
    for number, answer in enumerate(plain["answers"], 1):
        belief = Belief(tuple((name, p) for name, p in answer["named"]))
        exercise = give_answer(engine, exercise, belief, answer["ordered"])
        if number < len(plain["answers"]) or plain["went_on"]:
            exercise = go_on(exercise)
    return exercise
