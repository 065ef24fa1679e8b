"""In how many cases does the leading diagnosis explain the findings badly?"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np

from dxnet.evaluation.scorecard import Answers
from dxnet.evaluation.statistics import wilson
from dxnet.inference.engine import Engine
from dxnet.reasoning.fit import LEAST_FINDINGS, SURPRISING, Fit, fit

FIT_CASES = 300
"""Of more cases so many are compared with simulated patients, evenly spaced in their file."""


@dataclass(frozen=True, eq=False)
class FitOfCases:
    """See ``fit_of_cases``.

    Args:
        fits: of ``N`` cases.
        ids: of these cases.
        of: number of cases from which these were taken.
    """

    fits: tuple[Fit, ...]
    ids: tuple[str, ...]
    of: int

    @property
    def surprising(self) -> tuple[str, ...]:
        """Ids of the cases that their leading diagnosis explains badly."""
        return tuple(id for id, it in zip(self.ids, self.fits, strict=True) if it.is_surprising)

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
            "surprising_with_findings": LEAST_FINDINGS,
            "surprising": list(self.surprising),
            "share": value,
            "low": low,
            "high": high,
            "median_rarer": float(np.median([it.rarer for it in self.fits])),
        }


def fit_of_cases(engine: Engine, answers: Answers, most: int = FIT_CASES) -> FitOfCases:
    """The ``fit`` of cases: of patients drawn from the network one in twenty is surprising.

    Args:
        engine: simulates the patients; the compiled backend does it in good time.
        answers: those of ``answer_cases``.
        most: number of cases that are compared, evenly spaced among all.

    >>> from dxnet import Case, load_network
    >>> from dxnet.evaluation.scorecard import answer_cases
    >>> engine = Engine(load_network("asia"))
    >>> cases = [Case({"xray_abnormal": "present", "smoking": "absent"}, "a", "lung_cancer")]
    >>> fit_of_cases(engine, answer_cases(engine, cases)).surprising
    ()
    """
    chosen = answers.cases[:: ceil(len(answers.cases) / most)]
    fits = tuple(fit(engine, case) for case in chosen)
    return FitOfCases(fits, tuple(case.id for case in chosen), len(answers.cases))
