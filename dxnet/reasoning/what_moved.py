"""Two cases side by side, or two visits of one patient: what differs, and what each difference does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dxnet.arrays import MISSING, Array, Ints
from dxnet.inference.case import Case, CaseLike
from dxnet.inference.engine import Engine, EngineLike
from dxnet.inference.results import table_text
from dxnet.knowledge.entered import entered_in_words
from dxnet.reasoning.explain import known, odds
from dxnet.reasoning.shapley import shapley

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Step:
    """What one finding that differs does to the odds of a diagnosis.

    Args:
        finding: its id.
        before, after: its state in either case; "" where it was not examined.
        weight: its share of the change in log-odds (natural logarithm), the mean over all orders of change.
        error: standard error of ``weight``; 0 where all orders were counted.
    """

    finding: str
    before: str
    after: str
    weight: float
    error: float


@dataclass(frozen=True, repr=False)
class Shift:
    """See ``shift``; ``before`` and ``after`` are log-odds, their difference the sum of the weights."""

    diagnosis: str
    versus: str
    before: float
    after: float
    steps: tuple[Step, ...]

    def to_frame(self) -> pd.DataFrame:
        """One row a finding that differs, the strongest first, with the columns of ``Step``."""
        import pandas as pd

        columns = [field.name for field in fields(Step)]
        return pd.DataFrame([astuple(step) for step in self.steps], columns=columns).set_index("finding")

    def __repr__(self) -> str:
        odds = f"log-odds {self.before:.2f} before, {self.after:.2f} after"
        title = f"Shift({self.diagnosis} against {self.versus or 'all others'}: {odds})"
        return table_text(title, [field.name for field in fields(Step)], map(astuple, self.steps))


def shift(
    engine: EngineLike,
    before: CaseLike,
    after: CaseLike,
    diagnosis: str = "",
    versus: str = "",
    seed: int = 0,
) -> Shift:
    """What moved a diagnosis from one case to another: each finding that differs, with its weight.

    The weights are Shapley values: the step from the one state to the other, averaged over the orders in
    which the findings can change. They sum to the change in log-odds.

    Args:
        engine, before, after: what to compare.
        diagnosis: by its id; without one, the first of the ranking of ``after``.
        versus: another diagnosis; without one, all others together.
        seed: of the sampled orders, beyond 10 findings that differ.

    Raises:
        CaseError: a case that does not fit, or is impossible.
        NetworkError: no such diagnosis.

    >>> from dxnet import Case, Engine, load_network
    >>> engine = Engine(load_network("asia"))
    >>> first, second = Case({"smoking": "absent"}), Case({"smoking": "present", "xray_abnormal": "present"})
    >>> found = shift(engine, first, second, "lung_cancer")
    >>> [(step.finding, step.before, step.after, round(step.weight, 2)) for step in found.steps]
    [('xray_abnormal', '', 'present', 2.8), ('smoking', 'absent', 'present', 2.4)]
    """
    engine, before, after = Engine.of(engine), Case.of(before), Case.of(after)
    network = engine.network
    engine.require_possible(before)
    diagnosis = diagnosis or engine.diagnose(after).ranking[0]
    known(network, diagnosis, versus)
    names = list(dict.fromkeys([*before.findings, *after.findings]))
    soft: dict[str, list[Array]] = {name: [] for name in names}
    old, new = (_positions(engine, case, names, soft) for case in (before, after))
    read = [case.in_states(network) for case in (before, after)]
    changed = [i for i, name in enumerate(names) if read[0].get(name) != read[1].get(name)]

    def log_odds(included: NDArray[np.bool_]) -> Array:
        states = np.tile(old, (len(included), 1))
        states[:, changed] = np.where(included, new[changed], old[changed])
        return odds(network, engine.ask_rows(names, states, soft)[0], diagnosis, versus)

    n = len(changed)
    weights, errors = shapley(log_odds, n, seed)
    ends = log_odds(np.stack([np.zeros(n, bool), np.ones(n, bool)]))
    was, now = (
        [
            entered_in_words(network, name, case.findings[name]) if name in case.findings else ""
            for name in names
        ]
        for case in (before, after)
    )
    steps = [
        Step(names[i], was[i], now[i], float(weight), float(error))
        for i, weight, error in zip(changed, weights, errors, strict=True)
    ]
    ordered = tuple(sorted(steps, key=lambda step: -abs(step.weight)))
    return Shift(diagnosis, versus, float(ends[0]), float(ends[1]), ordered)


def _positions(engine: Engine, case: Case, names: Sequence[str], soft: dict[str, list[Array]]) -> Ints:
    """The states of a case, with positions beyond them for likelihoods, which are added to ``soft``."""
    positions = np.full(len(names), MISSING, np.int16)
    for name, seen in case.likelihoods(engine.network).items():
        if not isinstance(seen, int):
            soft[name].append(seen)
            seen = len(engine.network.states(name)) + len(soft[name]) - 1
        positions[names.index(name)] = seen
    return positions
