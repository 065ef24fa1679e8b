"""How well did a learner do on the cases that were closed, beside the network on the same findings?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from dxnet.arrays import Array
from dxnet.errors import DxnetError, Issue
from dxnet.evaluation.paired import Comparison, paired_bootstrap
from dxnet.evaluation.scorecard import Answers, Scorecard, scorecard_of
from dxnet.evaluation.statistics import BOOTSTRAP_DRAWS, reliability
from dxnet.inference.case import Case
from dxnet.teaching.exercise import MOST_RANKED, Exercise, Turn

if TYPE_CHECKING:
    import pandas as pd

Moment = Literal["first", "last"]
"""The first answer on a case, which nothing of the network's has touched, or the last."""
_MOMENTS: dict[Moment, int] = {"first": 0, "last": -1}
FIRST_FEW = 3
"""Procedures of which any is a good choice, if not the first."""


@dataclass(frozen=True, eq=False)
class LearnerScores:
    """Scores of a learner and of the network on the same findings of the same cases; see ``score_learner``.

    Args:
        moment: which answer on each case is scored.
        learner, network: the scores.
        difference: the learner's minus the network's, with intervals over the cases.
        learner_calibration, network_calibration: stated probabilities against outcomes, as ``reliability``
            returns them; a case counts once for each diagnosis that was named, of the network its first
            three, and those of a true group as one.
    """

    moment: Moment
    learner: Scorecard
    network: Scorecard
    difference: Comparison
    learner_calibration: pd.DataFrame
    network_calibration: pd.DataFrame


@dataclass(frozen=True)
class OrderingScore:
    """How well a learner chose the next procedure.

    Args:
        n: how often one could be ordered that was expected to tell anything to speak of.
        best: how often the first of these in the order of ``next_tests`` was.
        among_first: how often one of the first FIRST_FEW was.
    """

    n: int
    best: int
    among_first: int


def score_learner(closed: Sequence[Exercise], moment: Moment = "last") -> LearnerScores:
    """Scores of a learner beside those of the network.

    Args:
        closed: exercises that were ended, each of another case, all of one network and setting.
        moment: which answer on each is scored.

    Raises:
        DxnetError: none, one that is not closed, or several networks or settings.
    """
    _refuse_open(closed)
    turns = [turn_at(exercise, moment) for exercise in closed]
    theirs = _scorable(closed, turns, [turn.belief.over(turn.differential.network) for turn in turns])
    networks = _scorable(closed, turns, [turn.differential.post_test for turn in turns])
    learner, network = scorecard_of(theirs), scorecard_of(networks)
    return LearnerScores(
        moment,
        learner,
        network,
        paired_bootstrap(learner, network, BOOTSTRAP_DRAWS),
        _calibration(closed, [turn.belief.named for turn in turns]),
        _calibration(closed, [_leading(turn) for turn in turns]),
    )


def turn_at(exercise: Exercise, moment: Moment) -> Turn:
    """The answer of an exercise that is scored at a moment."""
    return exercise.turns[_MOMENTS[moment]]


def score_ordering(closed: Iterable[Exercise]) -> OrderingScore:
    """How well the next procedures were chosen, wherever one was expected to tell anything to speak of."""
    turns = [turn for exercise in closed for turn in exercise.turns if turn.telling]
    best = sum(turn.chosen is turn.best for turn in turns)
    among_first = sum(turn.chosen in turn.telling[:FIRST_FEW] for turn in turns)
    return OrderingScore(len(turns), best, among_first)


def answer_table(exercises: Iterable[Exercise]) -> pd.DataFrame:
    """A row an answer: case, true diagnosis, what was open, the diagnoses named, what was ordered.

    The columns ``network_first`` and ``network_true`` are the network's first diagnosis and its P(true
    diagnosis); ``best`` is the procedure that ``next_tests`` puts first of those
    that tell anything to speak of; "" where none does.
    """
    import pandas as pd

    rows = [
        {
            "case": exercise.case.id,
            "diagnosis": exercise.case.diagnosis,
            "answer": number,
            "findings": len(turn.case.findings),
            "named": "; ".join(f"{name} {p:g}" for name, p in turn.belief.named),
            "ordered": turn.ordered,
            "best": turn.best.procedure if turn.best else "",
            "network_first": turn.differential.ranking[0],
            "network_true": sum(map(turn.differential.probability, _truths(exercise))),
        }
        for exercise in exercises
        for number, turn in enumerate(exercise.turns, 1)
    ]
    return pd.DataFrame(rows)


def _refuse_open(closed: Sequence[Exercise]) -> None:
    faults = [
        Issue("error", exercise.case.id, "is not closed", "end it before it is scored")
        for exercise in closed
        if not exercise.closed
    ]
    if not closed:
        faults.append(Issue("error", "", "no exercise is closed", "end one before scores are asked for"))
    if (
        len({(t.differential.network.fingerprint, t.differential.setting) for e in closed for t in e.turns})
        > 1
    ):
        message = "the exercises are of several networks or settings"
        faults.append(Issue("error", "", message, "score those of each by themselves"))
    if faults:
        raise DxnetError(faults)


def _scorable(closed: Sequence[Exercise], turns: Sequence[Turn], post: Sequence[Array]) -> Answers:
    """Probabilities for the closed cases, of the learner or of the network."""
    answer = turns[0].differential
    cases = tuple(
        Case(turn.case.findings, exercise.case.id, exercise.case.diagnosis)
        for exercise, turn in zip(closed, turns, strict=True)
    )
    return Answers(answer.network, answer.setting, cases, np.array(post))


def _truths(exercise: Exercise) -> tuple[str, ...]:
    """The diagnoses any of which is right."""
    return exercise.network.members(exercise.case.diagnosis)


def _leading(turn: Turn) -> tuple[tuple[str, float], ...]:
    """The network's first diagnoses, as many as a learner may name."""
    answer = turn.differential
    return tuple((name, answer.probability(name)) for name in answer.ranking[:MOST_RANKED])


def _calibration(closed: Sequence[Exercise], named: Sequence[tuple[tuple[str, float], ...]]) -> pd.DataFrame:
    """Stated probabilities against whether the diagnosis was right."""
    stated = list[tuple[float, bool]]()
    for exercise, several in zip(closed, named, strict=True):
        right = [p for name, p in several if name in _truths(exercise)]
        stated += [(p, False) for name, p in several if name not in _truths(exercise)]
        stated += [(sum(right), True)] if right else []
    return reliability(np.array([p for p, _ in stated]), [right for _, right in stated])
