"""In how many cases does no listed disease explain the findings well?"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np

from dxnet.arrays import Array
from dxnet.evaluation.scorecard import Answers
from dxnet.evaluation.statistics import wilson
from dxnet.inference.engine import Engine
from dxnet.reasoning.fit import SURPRISING, fit

FIT_CASES = 300
"""Of more cases so many are compared with simulated patients, evenly spaced in their file."""


@dataclass(frozen=True, eq=False)
class FitOfCases:
    """See ``fit_of_cases``.

    Args:
        rarer: share of the simulated patients whose findings are explained better, of ``N`` cases,
            ``ndarray[N]``.
        ids: of the cases.
        of: number of cases from which these were taken.
    """

    rarer: Array
    ids: tuple[str, ...]
    of: int

    @property
    def surprising(self) -> tuple[str, ...]:
        """Ids of the cases that no listed disease explains well."""
        return tuple(id for id, it in zip(self.ids, self.rarer, strict=True) if it >= SURPRISING)

    @property
    def share(self) -> tuple[float, float, float]:
        """Their share, with the ends of its 95 % interval."""
        hits, n = len(self.surprising), len(self.ids)
        return hits / n, *wilson(hits, n)

    def to_dict(self) -> dict[str, Any]:
        """Counts and ids, in plain types for JSON."""
        value, low, high = self.share
        return {
            "cases": len(self.ids),
            "surprising_from": SURPRISING,
            "surprising": list(self.surprising),
            "share": value,
            "low": low,
            "high": high,
            "median_rarer": float(np.median(self.rarer)),
        }


def fit_of_cases(engine: Engine, answers: Answers, most: int = FIT_CASES) -> FitOfCases:
    """The ``fit`` of cases: of patients drawn from the network one in twenty is surprising.

    Args:
        engine: simulates the patients; the compiled backend does it in good time.
        answers: those of ``answered``.
        most: number of cases that are compared, evenly spaced among all.

    >>> from dxnet import Case, load_network
    >>> from dxnet.evaluation.scorecard import answered
    >>> engine = Engine(load_network("asia"))
    >>> cases = [Case({"xray_abnormal": "present", "smoking": "absent"}, "a", "lung_cancer")]
    >>> fit_of_cases(engine, answered(engine, cases)).surprising
    ('a',)
    """
    chosen = answers.cases[:: ceil(len(answers.cases) / most)]
    rarer = np.array([fit(engine, case).rarer for case in chosen])
    return FitOfCases(rarer, tuple(case.id for case in chosen), len(answers.cases))
