"""Records of simulated patients that hold as much of each kind as the record of a patient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from dxnet.arrays import MISSING, Array, Ints
from dxnet.inference.backends.base import Backend
from dxnet.inference.seeded import generator
from dxnet.knowledge.network import NORMAL, Network


@dataclass(frozen=True, eq=False)
class Chance:
    """How common each state of each finding is where all diagnoses are equally common.

    Args:
        log_shares: log P(state), ``ndarray[findings, states]``; 0 behind the last state.
        category: of each finding, as a number, ``int64[findings]``; -1 where no state is normal, as of age.
    """

    log_shares: Array
    category: NDArray[np.int64]

    @classmethod
    def of(cls, network: Network, backend: Backend) -> Self:
        """All findings of a network, in its order."""
        findings = list(network.findings.values())
        cells = [(i, state) for i, it in enumerate(findings) for state in range(len(it.states))]
        alone = np.full((len(cells), len(findings)), MISSING, np.int16)
        for row, (i, state) in zip(alone, cells, strict=True):
            row[i] = state
        log_p = backend.log_likelihoods(tuple(network.findings), alone)
        log_shares = np.zeros((len(findings), max(len(it.states) for it in findings)))
        log_shares[*zip(*cells, strict=True)] = np.log(np.maximum(np.exp(log_p).mean(axis=1), 1e-300))
        kinds = list(dict.fromkeys(it.category for it in findings))
        category = [kinds.index(it.category) if it.states[0] in NORMAL else -1 for it in findings]
        return cls(log_shares, np.array(category, np.int64))

    def log_p(self, states: Ints) -> Array:
        """Log P(findings) of each patient if none had to do with another, ``ndarray[B]``."""
        found = self.log_shares[np.arange(states.shape[1]), np.maximum(states, 0)]
        return np.asarray(np.where(states >= 0, found, 0.0).sum(axis=1))


def recorded_like(record: Ints, patients: Ints, category: NDArray[np.int64], seed: int = 0) -> Ints:
    """What would be recorded of patients in the manner of a record, ``int16[B, findings]``; -1: not recorded.

    Findings without a normal state, as the age, are recorded where the record has them; its normal findings
    where they are normal in the patient, too. Of the abnormal findings of a patient as many are recorded in
    each category as the record has there, drawn at random.

    Args:
        record: positions of the states of a patient, ``int[findings]``; -1: not recorded.
        patients: positions of the states of others, all of them, ``int[B, findings]``.
        category: of each finding; see ``Chance``.
        seed: of the pseudo-random numbers.

    >>> recorded_like(np.array([1, 0, -1]), np.array([[0, 0, 1], [1, 1, 1]]), np.array([-1, 0, 0])).tolist()
    [[0, 0, -1], [1, -1, -1]]
    """
    has_normal, recorded = category >= 0, record >= 0
    kept = (recorded & ~has_normal) | ((record == 0) & has_normal & (patients == 0))
    order = generator(seed).random(patients.shape)
    rows = np.arange(len(patients))[:, None]
    for kind in np.unique(category[has_normal & (record > 0)]):
        columns = np.flatnonzero(category == kind)
        abnormal, most = patients[:, columns] > 0, int((record[columns] > 0).sum())
        first = np.argsort(np.where(abnormal, order[:, columns], np.inf), axis=1)[:, :most]
        kept[rows, columns[first]] |= abnormal[rows, first]
    return np.where(kept, patients, MISSING).astype(np.int16)
