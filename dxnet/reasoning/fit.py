"""Does the leading diagnosis explain the patient? Beside simulated patients in whom it leads, too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from dxnet.arrays import MISSING, Array, Ints
from dxnet.inference.backends.base import Backend
from dxnet.inference.case import Case, CaseLike
from dxnet.inference.engine import Engine, EngineLike
from dxnet.inference.sample import PatientsOf
from dxnet.reasoning.records import Chance, recorded_like

PATIENTS = 250
"""Simulated patients of each diagnosis that is compared."""
SURPRISING = 0.95
"""From this share on the leading diagnosis is said to explain the findings badly."""
LEAST_FINDINGS = 5
"""Fewer findings cannot be odd together."""
LEAST_COMPARED = 0.02
"""Patients are simulated of the diagnoses with at least this P(diagnosis | findings)."""


@dataclass(frozen=True)
class Fit:
    """See ``fit``.

    Args:
        rarer: share of the simulated patients whose findings the leading diagnosis explains better.
        lift: log P(findings | leading diagnosis) less the sum of log P(finding) over all findings, natural
            logarithm: how much better the diagnosis explains them together than chance one by one.
        diagnosis: the leading diagnosis.
        best: the diagnosis that explains the findings best, however rare it is.
        compared: the diagnoses of which patients were simulated, with their shares.
        patients: in how many of these patients the same diagnosis leads; they are those compared.
        findings: number of findings.
    """

    rarer: float
    lift: float
    diagnosis: str
    best: str
    compared: Mapping[str, float]
    patients: int
    findings: int

    @property
    def is_surprising(self) -> bool:
        """Whether the leading diagnosis explains the findings badly; never of fewer than five findings."""
        return self.rarer >= SURPRISING and self.findings >= LEAST_FINDINGS


def fit(engine: EngineLike, case: CaseLike, patients: int = PATIENTS, seed: int = 0) -> Fit:
    """How well the leading diagnosis explains the findings, beside patients in whom it leads as well.

    The measure is the lift: P(findings | leading diagnosis) beside what chance would give them one by one.
    Patients are simulated of the diagnoses of the ranking, in their post-test proportions, and as many
    findings of each kind are recorded of them as of the patient, abnormal and normal (``recorded_like``), for
    a referral tells what was found rather than what was not. Those in whom the same diagnosis leads are
    compared. So neither a rare disease, nor a rare finding, nor a list of signs without the normal ones is a
    misfit. A posterior predictive check: Gelman A, Meng X-L, Stern H. Stat Sin 1996;6:733-807. Findings with
    a likelihood for each state do not count.

    Args:
        engine, case: what is asked.
        patients: how many to simulate of each diagnosis; the same for every case.
        seed: of the pseudo-random numbers.

    Raises:
        CaseError: the case does not fit, or is impossible.

    >>> from dxnet import Case, Engine, load_network
    >>> found = fit(Engine(load_network("asia")), Case({"xray_abnormal": "present", "smoking": "absent"}))
    >>> found.diagnosis, found.findings, found.is_surprising
    ('no_lung_cancer', 2, False)
    """
    engine, case = Engine.of(engine), Case.of(case)
    leader = int(engine.diagnose(case).post_test.argmax())
    asked, diagnoses = engine.question(case), engine.network.diagnoses
    names = tuple(engine.network.findings)
    chance = _chance(engine, asked.backend)
    record = np.full(len(names), MISSING, np.int16)
    record[[names.index(name) for name in asked.names]] = np.maximum(asked.states, MISSING)
    log_prior = _log(asked.backend.ask({})[0])
    own = asked.backend.log_likelihoods(names, record[None])[0]
    weights = _shares_of_log(own + log_prior)
    compared = [k for k, weight in enumerate(weights.tolist()) if weight >= LEAST_COMPARED or k == leader]
    drawn = np.concatenate([_patients(engine, asked.backend, k, patients, seed) for k in compared])
    simulated = recorded_like(record, drawn, chance.category, seed)
    theirs = asked.backend.log_likelihoods(names, simulated)
    shares = weights[compared] / weights[compared].sum()
    weighed = np.repeat(shares / patients, patients) * ((theirs + log_prior).argmax(axis=1) == leader)
    lift = float(own[leader] - chance.log_p(record[None])[0])
    better, same = _better_and_same(theirs[:, leader] - chance.log_p(simulated), lift)
    return Fit(
        rarer=float((weighed * (better + same / 2)).sum() / weighed.sum()) if weighed.any() else 0.5,
        lift=lift,
        diagnosis=diagnoses[leader],
        best=diagnoses[int(own.argmax())],
        compared={diagnoses[k]: float(share) for k, share in zip(compared, shares, strict=True)},
        patients=int((weighed > 0).sum()),
        findings=int((record >= 0).sum()),
    )


def _log(p: Array) -> Array:
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(p))


def _shares_of_log(log_p: Array) -> Array:
    p = np.exp(log_p - log_p.max())
    return np.asarray(p / p.sum())


def _better_and_same(theirs: Array, own: float) -> tuple[Array, Array]:
    """Which values are higher than one's own, and which are the same but for rounding, 1 or 0 each."""
    is_same = np.abs(theirs - own) <= 1e-9
    return ((theirs > own) & ~is_same).astype(float), is_same.astype(float)


@lru_cache(maxsize=128)
def _patients(engine: Engine, backend: Backend, k: int, n: int, seed: int) -> Ints:
    """All findings of ``n`` patients of one diagnosis, ``int16[n, findings]``; kept for every case."""
    drawn = PatientsOf(backend.tables, np.full(n, k), seed)
    return np.stack([drawn.states(name) for name in engine.network.findings], axis=1).astype(np.int16)


@lru_cache(maxsize=8)
def _chance(engine: Engine, backend: Backend) -> Chance:
    """How common each state is where all diagnoses are equally so; kept, as it serves every case."""
    return Chance.of(engine.network, backend)
