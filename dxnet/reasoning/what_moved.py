"""What moved a diagnosis between two cases, or between two visits of one patient?"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import astuple, dataclass, fields
from itertools import compress
from math import inf
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dxnet.arrays import MISSING, Array, Ints
from dxnet.errors import CaseError, ImpossibleEvidence, Issue
from dxnet.inference.case import Case, CaseLike
from dxnet.inference.engine import Engine, EngineLike
from dxnet.inference.results import table_text
from dxnet.knowledge.entered import entered_in_words
from dxnet.knowledge.network import Network
from dxnet.reasoning.explain import odds, require_diagnoses
from dxnet.reasoning.shapley import shapley

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class MovedStep:
    """The contribution of one finding that differs to the change in the odds of a diagnosis.

    Args:
        finding: id of the finding.
        before, after: its state in each case; "" where it was not examined.
        weight: its share of the change in log-odds (natural logarithm), averaged over all orders of change.
        error: standard error of ``weight``; 0 where all orders were counted.
    """

    finding: str
    before: str
    after: str
    weight: float
    error: float


@dataclass(frozen=True, repr=False)
class Shift:
    """See ``what_moved``; ``before`` and ``after`` are log-odds, and the weights sum to their difference."""

    diagnosis: str
    versus: str
    before: float
    after: float
    steps: tuple[MovedStep, ...]

    def to_frame(self) -> pd.DataFrame:
        """One row per finding that differs, strongest first, with the columns of ``MovedStep``."""
        import pandas as pd

        columns = [field.name for field in fields(MovedStep)]
        return pd.DataFrame([astuple(step) for step in self.steps], columns=columns).set_index("finding")

    def __repr__(self) -> str:
        odds = f"log-odds {self.before:.2f} before, {self.after:.2f} after"
        title = f"Shift({self.diagnosis} against {self.versus or 'all others'}: {odds})"
        return table_text(title, [field.name for field in fields(MovedStep)], map(astuple, self.steps))


def what_moved(
    engine: EngineLike,
    before: CaseLike,
    after: CaseLike,
    diagnosis: str = "",
    versus: str = "",
    seed: int = 0,
) -> Shift:
    """Each finding that differs between two cases, with its weight for or against a diagnosis.

    The weights are Shapley values of the changes of state; they sum to the change in log-odds.

    Args:
        engine, before, after: the cases to compare, and the engine that answers them.
        diagnosis: id of the diagnosis; by default the first of the ranking of ``after``.
        versus: id of the alternative; by default all other diagnoses together.
        seed: seed of the orders, which are sampled beyond 10 findings that differ.

    Raises:
        CaseError, NetworkError: a case that does not fit, or is impossible; some findings of one with some
            of the other are impossible; no such diagnosis.

    >>> from dxnet import Case, load_network
    >>> first, second = Case({"smoking": "absent"}), Case({"smoking": "present", "xray_abnormal": "present"})
    >>> shift = what_moved(load_network("asia"), first, second, "lung_cancer")
    >>> [(step.finding, step.before, step.after, round(step.weight, 2)) for step in shift.steps]
    [('xray_abnormal', '', 'present', 2.8), ('smoking', 'absent', 'present', 2.4)]
    """
    engine, before, after = Engine.of(engine), Case.of(before), Case.of(after)
    network = engine.network
    engine.require_possible(before)
    diagnosis = diagnosis or engine.diagnose(after).ranking[0]
    require_diagnoses(network, diagnosis, versus)
    names = [name for name in network.findings if name in before.findings or name in after.findings]
    soft: dict[str, list[Array]] = {name: [] for name in names}
    old, new = (_positions(engine, case, names, soft) for case in (before, after))
    changed = _changed_findings(network, before, after, names)

    def log_odds(included: NDArray[np.bool_]) -> Array:
        states = np.tile(old, (len(included), 1))
        states[:, changed] = np.where(included, new[changed], old[changed])
        post_test, log_p = engine.ask_rows(names, states, soft)
        for row in np.flatnonzero(log_p == -inf):
            _refuse_between(engine, before, after, {names[i] for i in compress(changed, included[row])})
        return odds(network, post_test, diagnosis, versus)

    weights, errors = shapley(log_odds, len(changed), seed)
    ends = log_odds(np.stack([np.zeros(len(changed), bool), np.ones(len(changed), bool)]))
    steps = [
        MovedStep(names[i], *_entered(network, (before, after), names[i]), float(weight), float(error))
        for i, weight, error in zip(changed, weights, errors, strict=True)
    ]
    ordered = tuple(sorted(steps, key=lambda step: -abs(step.weight)))
    return Shift(diagnosis, versus, float(ends[0]), float(ends[1]), ordered)


def _refuse_between(engine: Engine, before: Case, after: Case, as_after: Collection[str]) -> None:
    """Name the findings of a mixture of two cases that are impossible together."""
    old = {name: state for name, state in before.findings.items() if name not in as_after}
    new = {name: state for name, state in after.findings.items() if name in as_after}
    try:
        engine.require_possible(Case({**old, **new}))
    except ImpossibleEvidence as problem:
        message = f"{', '.join(problem.clash)}: of one case with those of the other cannot occur together"
        fix = "so no finding has a weight of its own; compare the two answers as they are"
        raise CaseError([Issue("error", "", message, fix)]) from None


def _changed_findings(network: Network, before: Case, after: Case, names: Sequence[str]) -> list[int]:
    """Positions of the findings that are in another state, or in one case alone."""
    old, new = before.in_states(network), after.in_states(network)
    return [i for i, name in enumerate(names) if old.get(name) != new.get(name)]


def _entered(network: Network, cases: tuple[Case, Case], finding: str) -> tuple[str, str]:
    """What two cases say of a finding, in words; '' where one says nothing."""
    before, after = (
        entered_in_words(network, finding, case.findings[finding]) if finding in case.findings else ""
        for case in cases
    )
    return before, after


def _positions(engine: Engine, case: Case, names: Sequence[str], soft: dict[str, list[Array]]) -> Ints:
    """State positions of a case; a likelihood is added to ``soft``, and its position is beyond the states."""
    positions = np.full(len(names), MISSING, np.int16)
    for name, evidence in case.likelihoods(engine.network).items():
        if not isinstance(evidence, int):
            soft[name].append(evidence)
            evidence = len(engine.network.states(name)) + len(soft[name]) - 1
        positions[names.index(name)] = evidence
    return positions
