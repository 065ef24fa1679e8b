"""Performance of a network on cases of known diagnosis: scores, discrimination, calibration, decisions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from dxnet.arrays import Array, Bools, Ints
from dxnet.errors import Issue, NetworkError, did_you_mean
from dxnet.evaluation.calibration_slope import log_odds, pooled_slope, recalibration
from dxnet.evaluation.discrimination import auc, decision_curve, roc
from dxnet.evaluation.first_rank import FirstRank, first_rank_of
from dxnet.evaluation.fit_of_cases import FitOfCases, fit_of_cases
from dxnet.evaluation.paired import Comparison
from dxnet.evaluation.scorecard import Answers, Scorecard, answer_cases, scorecard_of
from dxnet.evaluation.statistics import BOOTSTRAP_DRAWS, measure_intervals, overall, reliability
from dxnet.evaluation.truth import outcome_of
from dxnet.inference.case import Case
from dxnet.inference.engine import Engine
from dxnet.knowledge.network import Network

if TYPE_CHECKING:
    import pandas as pd

LEAST_CASES = 10
"""Discrimination is not estimated from fewer cases with, or without, the outcome."""
UNCERTAIN, NOT_STATED = "uncertain", "not stated"
"""What stands in ``by_subject`` for cases without a state."""


@dataclass(frozen=True)
class BinaryOutcome:
    """A yes-or-no question about the diagnosis: is it one of ``members``?

    Args:
        id, label: a diagnosis such as ``als``, or the name of a group; its label.
        kind: ``diagnosis``, ``group`` or ``treatable``.
        members: ids of diagnoses.
    """

    id: str
    label: str
    kind: str
    members: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Discrimination:
    """How well the predicted probability discriminates cases with an outcome from cases without it.

    Args:
        question: the outcome.
        n, known: number of cases with the outcome, and of those in which it is known (see ``outcome_of``).
        auc: area under the ROC curve and its interval, as ``auc`` returns it; None below LEAST_CASES.
        roc: the curve, as ``roc`` returns it; None below LEAST_CASES.
    """

    question: BinaryOutcome
    n: int
    known: int
    auc: pd.DataFrame | None
    roc: pd.DataFrame | None


@dataclass(frozen=True, eq=False)
class Decision:
    """Whether it is useful to act on the predicted probability of an outcome, such as to work it up.

    Args:
        question: the outcome.
        n, known: number of cases with the outcome, and of those in which it is known (see ``outcome_of``):
            the figures are of these.
        curve: as ``decision_curve`` returns it.
        reliability: as ``reliability`` returns it, for this outcome.
        recalibration: as ``recalibration`` returns it.
    """

    question: BinaryOutcome
    n: int
    known: int
    curve: pd.DataFrame
    reliability: pd.DataFrame
    recalibration: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Performance:
    """An evaluation; see ``measure_performance``.

    Args:
        answers: the answers for all cases.
        card: the scores, case by case.
        measures: the scores with their intervals, as ``measure_intervals`` returns them.
        reliability: reliability of the first diagnosis, as ``reliability`` returns it.
        slope: calibration slope, pooled over each diagnosis against the rest, a true group in its case as
            one: value, low, high.
        discrimination: one for each diagnosis that has a case, and for each group of several; most cases
            first.
        decisions: one for the target, and one for the treatable diagnoses; none whose
            outcome is unknown in all cases.
        comparisons: paired comparisons with other scorecards, by their names: those minus this one.
        draws: number of bootstrap samples behind each interval.
    """

    answers: Answers
    card: Scorecard
    measures: pd.DataFrame
    reliability: pd.DataFrame
    slope: tuple[float, ...]
    discrimination: tuple[Discrimination, ...]
    decisions: tuple[Decision, ...]
    comparisons: Mapping[str, Comparison]
    draws: int = BOOTSTRAP_DRAWS

    @cached_property
    def first_rank(self) -> FirstRank | None:
        """P(ranked first) of the first diagnosis, and how often it is right; None of a wide network."""
        return None if self._engine.is_wide else first_rank_of(self._engine, self.answers)

    @cached_property
    def fit(self) -> FitOfCases | None:
        """In how many cases the leading diagnosis explains the findings badly; None of a wide network."""
        return None if self._engine.is_wide else fit_of_cases(self._engine, self.answers)

    @cached_property
    def _engine(self) -> Engine:
        return Engine(self.answers.network, self.answers.setting)

    def to_dict(self) -> dict[str, Any]:
        """All but the scorecard, in plain types for JSON; a number that is not finite becomes null."""
        return {
            "first_rank": self.first_rank and self.first_rank.to_dict(),
            "fit": self.fit and self.fit.to_dict(),
            "measures": _records(self.measures.reset_index(names="measure")),
            "reliability": _records(self.reliability),
            "slope": dict(zip(("value", "low", "high"), map(_finite, self.slope), strict=True)),
            "discrimination": [
                {**_outcome_counts(it), "auc": _records(it.auc), "roc": _records(it.roc)}
                for it in self.discrimination
            ],
            "decisions": [
                {
                    **_outcome_counts(it),
                    "curve": _records(it.curve),
                    "reliability": _records(it.reliability),
                    "recalibration": _records(it.recalibration.reset_index(names="measure")),
                }
                for it in self.decisions
            ],
        }


def measure_performance(
    engine: Engine,
    cases: Iterable[Case],
    target: str = "",
    comparisons: Mapping[str, Comparison] | None = None,
    draws: int = BOOTSTRAP_DRAWS,
) -> Performance:
    """Evaluate an engine on cases whose diagnosis is known.

    Args:
        engine, cases: the engine to evaluate, and the cases to evaluate it on.
        target: diagnosis or group of the decision curve; by default the target of the network, if it has one.
        comparisons: paired comparisons that the result carries along.
        draws: number of bootstrap samples behind each interval.

    Raises:
        CaseError: as ``evaluate`` does.
        NetworkError: no such diagnosis or group.

    >>> from dxnet import Case, Engine, load_network
    >>> cases = [Case({"smoking": "present"}, diagnosis=d) for d in ("lung_cancer", "no_lung_cancer")]
    >>> performance = measure_performance(Engine(load_network("asia")), cases, "lung_cancer", draws=9)
    >>> [it.question.label for it in performance.decisions]
    ['Lung cancer']
    """
    decisions = list(decision_outcomes(engine.network, target))
    answers = answer_cases(engine, cases)
    rated = answers.rated
    discrimination = (_discrimination_of(answers, question, draws) for question in _questions(engine.network))
    return Performance(
        answers,
        scorecard_of(answers),
        measure_intervals(rated, draws),
        reliability(rated["top_probability"].to_numpy(), rated["right"].to_numpy()),
        (*map(float, pooled_slope(answers.post_test, answers.truth, draws).to_numpy()[0]),),
        tuple(sorted((it for it in discrimination if it.n), key=lambda it: -it.n)),
        tuple(_decision_of(answers, it, draws) for it in decisions if len(known_outcome(answers, it)[0])),
        comparisons or {},
        draws,
    )


def by_subject(answers: Answers) -> pd.DataFrame:
    """Scores by sex and age, where the network has such findings.

    Returns:
        One row for each state that a case has, as its name, a plain word or a number; one for cases that do
        not state it and one for those that are UNCERTAIN of it, so that the rows of a finding count each case
        once: ``finding``, ``state``, number of cases ``n``, ``top1`` and mean ``log_loss``. Few cases do not
        prove equal performance.
    """
    import pandas as pd

    network, rated, rows = answers.network, answers.rated, []
    stated = [case.in_states(network) for case in answers.cases]
    for name, finding in network.findings.items():
        if not finding.subject:
            continue
        kinds = (*finding.states, UNCERTAIN, NOT_STATED)
        given = [it.get(name, NOT_STATED) for it in stated]
        for state in kinds:
            held = np.array([(it if it in kinds else UNCERTAIN) == state for it in given])
            if held.any():
                scores = overall(rated[held])
                rows.append((finding.label, state, int(held.sum()), scores["top1"], scores["log_loss"]))
    return pd.DataFrame(rows, columns=["finding", "state", "n", "top1", "log_loss"])


def decision_outcomes(network: Network, target: str = "") -> Iterator[BinaryOutcome]:
    """The outcomes whose decision curves are drawn: the target, and any treatable diagnosis.

    Raises:
        NetworkError: no such diagnosis or group.

    >>> from dxnet import load_network
    >>> [question.label for question in decision_outcomes(load_network("als_mimics"))]
    ['ALS', 'a treatable diagnosis']
    """
    wanted = target or network.target
    questions = {question.id: question for question in _questions(network, 1)}
    if wanted and wanted not in questions:
        message, fix = f"no diagnosis or group {wanted!r}", did_you_mean(wanted, questions)
        raise NetworkError([Issue("error", network.name, message, fix)])
    if wanted:
        yield questions[wanted]
    treatable = treatable_question(network)
    if 0 < len(treatable.members) < len(network.diagnoses):
        yield treatable


def treatable_question(network: Network) -> BinaryOutcome:
    """Is it one of the treatable diagnoses? There may be none."""
    members = tuple(name for name, it in network.diagnosis.items() if it.treatable == "yes")
    return BinaryOutcome("treatable", "a treatable diagnosis", "treatable", members)


def _questions(network: Network, least: int = 2) -> Iterator[BinaryOutcome]:
    """Each group of at least ``least`` diagnoses, but not of all; and each diagnosis."""
    for name, members in network.groups.items():
        if least <= len(members) < len(network.diagnoses):
            yield BinaryOutcome(name, name, "group", members)
    for name, diagnosis in network.diagnosis.items():
        yield BinaryOutcome(name, diagnosis.name, "diagnosis", (name,))


def known_outcome(answers: Answers, question: BinaryOutcome) -> tuple[Ints, Bools]:
    """The ``M`` of ``N`` cases in which the outcome is known, by their places, and the outcome of these."""
    members = [answers.network.diagnoses.index(name) for name in question.members]
    outcome, known = outcome_of(answers.truth, members)
    return np.flatnonzero(known), outcome[known]


def _odds_and_outcome(answers: Answers, question: BinaryOutcome) -> tuple[Array, Array, Bools]:
    """Predicted probability, its log-odds and the outcome, where that is known, ``[M]`` each."""
    cases, outcome = known_outcome(answers, question)
    members = [answers.network.diagnoses.index(name) for name in question.members]
    post_test = answers.post_test[cases]
    return post_test[:, members].sum(axis=1), log_odds(post_test, members), outcome


def _discrimination_of(answers: Answers, question: BinaryOutcome, draws: int) -> Discrimination:
    predicted, _, outcome = _odds_and_outcome(answers, question)
    n, known = int(outcome.sum()), len(outcome)
    if min(n, known - n) < LEAST_CASES:
        return Discrimination(question, n, known, None, None)
    return Discrimination(question, n, known, auc(predicted, outcome, draws), roc(predicted, outcome))


def _decision_of(answers: Answers, question: BinaryOutcome, draws: int) -> Decision:
    predicted, odds, outcome = _odds_and_outcome(answers, question)
    return Decision(
        question,
        int(outcome.sum()),
        len(outcome),
        decision_curve(predicted, outcome, draws),
        reliability(predicted, outcome),
        recalibration(odds, outcome, draws),
    )


def _outcome_counts(it: Discrimination | Decision) -> dict[str, Any]:
    asked = it.question
    return {"id": asked.id, "label": asked.label, "kind": asked.kind, "n": it.n, "known": it.known}


def _records(frame: pd.DataFrame | None) -> list[dict[str, Any]] | None:
    """The rows of a table; a number that is not finite becomes null."""
    if frame is None:
        return None
    rows = frame.astype(object).to_dict("records")
    return [{str(name): _finite(value) for name, value in row.items()} for row in rows]


def _finite(value: Any) -> Any:
    """A value that JSON can hold; a number that is not finite becomes None."""
    if isinstance(value, float | np.floating):
        return float(value) if np.isfinite(value) else None
    return int(value) if isinstance(value, np.integer) else value
