"""In which order to test? Several orders on the same simulated patients, and what each of them costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from dxnet.arrays import Array
from dxnet.errors import out_of_range, require
from dxnet.evaluation.statistics import BOOTSTRAP_DRAWS, Counts, bootstrap, wilson
from dxnet.evaluation.work_up import OURS, WorkUps, simulated_patients, work_ups_of
from dxnet.inference.engine import Engine, EngineLike
from dxnet.inference.results import table_text
from dxnet.knowledge.network import Network

if TYPE_CHECKING:
    import pandas as pd

SIMULATED_PATIENTS = 300
"""So many patients are worked up in each order."""
COMMITMENT = 0.9
"""From this probability of a diagnosis on no further test is done."""
SHARES_OF_PATIENTS = ("right", "committed", "wrong", "early", "free")
OUTCOMES = (*SHARES_OF_PATIENTS, "probability", "burden", "tests")
"""Measures of an order; see ``WorkUps``."""


@dataclass(frozen=True, eq=False, repr=False)
class OrderComparison:
    """See ``compare_orders``.

    Args:
        network, setting: the network that answered, in its setting.
        patients_from: the name and fingerprint of the network whose patients they are.
        n, commitment: number of patients, and the probability from which on no further test is done.
        not_recorded: findings of the network that those patients do not have.
        work_ups: by the keys of ``ORDERS``; without a guideline in the network there is none.
        measures: rows ``order``, ``measure`` (OUTCOMES) with ``value``, ``low``, ``high``.
        against: rows ``order``, ``measure``: ``burden_saved``, the share of the burden of that order that
            ``next_tests`` saves, and ``right_gained``, its share of right first ranks minus that of the
            order.
        seed, draws: of the patients, and number of bootstrap samples behind the intervals.
    """

    network: Network
    setting: str
    patients_from: str
    n: int
    commitment: float
    not_recorded: tuple[str, ...]
    work_ups: Mapping[str, WorkUps]
    measures: pd.DataFrame
    against: pd.DataFrame
    seed: int
    draws: int = field(default=BOOTSTRAP_DRAWS)

    def to_frame(self) -> pd.DataFrame:
        """One row an order: its OUTCOMES, and ``burden_saved`` and ``right_gained`` by ``next_tests``."""
        outcomes = self.measures.value.unstack().loc[list(self.work_ups), list(OUTCOMES)]
        return outcomes.join(self.against.value.unstack())

    def to_dict(self) -> dict[str, Any]:
        """Everything but the single patients, in plain types for JSON."""
        return {
            "network": self.network.name,
            "fingerprint": self.network.fingerprint,
            "setting": self.setting,
            "patients_from": self.patients_from,
            "patients": self.n,
            "commitment": self.commitment,
            "not_recorded": list(self.not_recorded),
            "seed": self.seed,
            "measures": _plain_records(self.measures),
            "against": _plain_records(self.against),
        }

    def __repr__(self) -> str:
        title = f"OrderComparison({self.n} patients of {self.patients_from})"
        frame = self.to_frame()[["burden", "tests", "right", "wrong", "burden_saved"]].reset_index()
        return table_text(title, list(frame.columns), frame.astype(object).to_numpy().tolist())


def compare_orders(
    engine: EngineLike,
    n: int = SIMULATED_PATIENTS,
    patients_from: EngineLike | None = None,
    commitment: float = COMMITMENT,
    seed: int = 0,
) -> OrderComparison:
    """Work up simulated patients in several orders of tests, until a diagnosis is probable enough.

    Each patient is drawn with all findings. They are revealed test by test, and no further test is done once
    a diagnosis has a probability of ``commitment``, or none is left. The orders: that of ``next_tests``, with
    its default weights and asked anew after every test; that of the guideline in the network; least burden
    first; random.

    Args:
        engine: what answers, and chooses the next test.
        n: number of patients, drawn with the pre-test probabilities of the setting.
        patients_from: the network whose patients they are, by default that of the engine, in the setting of
            the same name. Another one shows how much the result owes to the model being its own judge.
        commitment: probability from which on no further test is done.
        seed: seed of the patients and of the random order.

    Raises:
        CaseError: fewer than one patient, a seed below 0, a commitment outside (0, 1], or patients whose
            diagnoses or states the network does not have.
        TypeError: a number that is none.
        NetworkError: the other network has no such setting.

    >>> from dxnet import load_network
    >>> found = compare_orders(load_network("asia"), 50, commitment=0.99)
    >>> found.to_frame().tests.to_dict()
    {'information': 1.36, 'cheapest': 3.12, 'random': 2.3}
    """
    fix = "give a probability above 0, up to 1"
    require(out_of_range("commitment", commitment, lambda p: 0 < p <= 1, fix))
    engine = Engine.of(engine)
    source = Engine.of(patients_from or engine, engine.setting)
    work_ups = work_ups_of(engine, simulated_patients(engine.network, source, n, seed), commitment, seed)
    return OrderComparison(
        engine.network,
        engine.setting,
        f"{source.network.name} {source.network.version} ({source.network.fingerprint})",
        n,
        commitment,
        tuple(name for name in engine.network.findings if name not in source.network.findings),
        work_ups,
        *_measured_orders(work_ups),
        seed,
    )


def _measured_orders(work_ups: Mapping[str, WorkUps]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """``measures`` and ``against`` of an ``OrderComparison``, all from the same samples of the patients."""
    import pandas as pd

    outcomes = {name: work_up.by_outcome for name, work_up in work_ups.items()}
    values = np.column_stack([outcomes[order][name] for order in outcomes for name in OUTCOMES])
    n, others = len(values), [order for order in work_ups if order != OURS]
    ours = work_ups[OURS]

    def measured(counts: Counts) -> Array:
        spent = [float(counts @ work_ups[order].burden) for order in others]
        mine = float(counts @ ours.burden)
        saved = [1 - mine / burden if burden > 0 else np.nan for burden in spent]
        gained = [counts @ (1.0 * ours.right - work_ups[order].right) / n for order in others]
        return np.array([*(counts @ values / n), *saved, *gained])

    rows = [*((order, name) for order in outcomes for name in OUTCOMES)]
    pairs = [(order, name) for name in ("burden_saved", "right_gained") for order in others]
    index = pd.MultiIndex.from_tuples([*rows, *pairs], names=["order", "measure"])
    frame = bootstrap(measured, [name for _, name in (*rows, *pairs)], n).set_axis(index)
    for order, name in rows:
        if name in SHARES_OF_PATIENTS:
            frame.loc[(order, name), ["low", "high"]] = wilson(int(outcomes[order][name].sum()), n)
    return frame.iloc[: len(rows)], frame.iloc[len(rows) :]


def _plain_records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows for JSON; a number that is not defined becomes null."""
    rows = frame.reset_index().astype(object)
    return [
        {str(name): None if value != value else value for name, value in row.items()}
        for row in rows.to_dict("records")
    ]
