"""Does any listed disease explain the patient? How rare the findings are among simulated patients."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from dxnet.arrays import Array
from dxnet.inference.case import Case, CaseLike
from dxnet.inference.engine import Engine, EngineLike
from dxnet.inference.sample import sampled

PATIENTS = 500
SURPRISING = 0.95
"""From this share on the findings are said to be explained by no listed disease."""
TINY = 1e-300


@dataclass(frozen=True)
class Fit:
    """See ``fit``.

    Args:
        rarer: share of the simulated patients whose findings their best diagnosis explains better.
        best: log P(findings | diagnosis), natural logarithm, of the diagnosis that explains them best.
        diagnosis: that diagnosis.
        patients: how many were simulated.
    """

    rarer: float
    best: float
    diagnosis: str
    patients: int

    @property
    def is_surprising(self) -> bool:
        """Whether no listed disease explains the patient well."""
        return self.rarer >= SURPRISING


def fit(engine: EngineLike, case: CaseLike, patients: int = PATIENTS, seed: int = 0) -> Fit:
    """How well the best diagnosis explains the findings, compared with patients drawn from the network.

    The measure is the largest P(findings | diagnosis); the simulated patients come with the pre-test
    probabilities of the setting, and the same findings are recorded of them. So among patients of the network
    the share is uniform: one in twenty is surprising. A prior predictive check: Box GEP. J R Stat Soc A
    1980;143:383-430, doi:10.2307/2982063. Findings with a likelihood for each state do not count.

    Args:
        engine, case: what is asked.
        patients: how many to simulate; the same for every case.
        seed: of the pseudo-random numbers.

    Raises:
        CaseError: the case does not fit, or is impossible.

    >>> from dxnet import Case, Engine, load_network
    >>> fit(Engine(load_network("asia")), Case({"xray_abnormal": "present", "smoking": "absent"})).rarer
    0.983
    """
    engine, case = Engine.of(engine), Case.of(case)
    engine.require_possible(case)
    asked = engine.question(case)
    known = [i for i, state in enumerate(asked.states) if state >= 0]
    names = tuple(asked.names[i] for i in known)
    drawn = _patients(engine, patients, seed)
    simulated = np.stack([drawn[name] for name in names], axis=1) if names else np.empty((patients, 0), int)
    own = np.array([[asked.states[i] for i in known]], np.int16)
    measures = _explained(engine, names, np.concatenate([own, simulated.astype(np.int16)]))
    best = measures.max(axis=1)
    more, same = (best[1:] > best[0] + 1e-9).sum(), (np.abs(best[1:] - best[0]) <= 1e-9).sum()
    diagnosis = engine.network.diagnoses[int(measures[0].argmax())]
    return Fit(float((more + same / 2) / patients), float(best[0]), diagnosis, patients)


def _explained(engine: Engine, names: tuple[str, ...], states: NDArray[np.int16]) -> Array:
    """log P(findings | diagnosis) of some patients, ``ndarray[B, K]``."""
    post_test, log_p = engine.ask_rows(names, states)
    return np.log(np.maximum(post_test / engine.pre_test, TINY)) + log_p[:, None]


@lru_cache(maxsize=8)
def _patients(engine: Engine, n: int, seed: int) -> dict[str, NDArray[np.int64]]:
    return dict(sampled(engine.parameters, n, seed))
