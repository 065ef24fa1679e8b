"""Is one of two scorecards of the same cases better, or may chance explain the difference?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from dxnet.errors import CaseError, Issue
from dxnet.evaluation.scorecard import CaseScore, Scorecard
from dxnet.evaluation.statistics import bootstrap

PAIRED_DRAWS = 10_000


@dataclass(frozen=True)
class PairedDifference:
    """Mean difference over cases, and its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float

    @property
    def is_real(self) -> bool:
        """Whether the interval excludes 0: chance in the choice of cases hardly explains the difference.

        An interval without width, from a single case or equal ones, says nothing about chance.
        """
        return self.low != self.high and (self.low > 0 or self.high < 0)

    def __str__(self) -> str:
        return f"{self.mean:+.3f} [{self.low:+.3f}, {self.high:+.3f}]"


@dataclass(frozen=True)
class Comparison:
    """Scorecard ``a`` minus scorecard ``b``, over the ``n`` cases that both have.

    A log loss or Brier score below 0 and a top1 above 0 favour ``a``.
    """

    n: int
    log_loss: PairedDifference
    brier: PairedDifference
    top1: PairedDifference


def paired_bootstrap(a: Scorecard, b: Scorecard, draws: int = PAIRED_DRAWS, seed: int = 0) -> Comparison:
    """Paired bootstrap over cases of log loss, Brier score and top-1 accuracy, ``a`` minus ``b``.

    The two may come from different networks or settings. The caller must make sure that both used the same
    findings of each case.

    Raises:
        CaseError: the two have different cases, or two cases share an id.

    >>> from dxnet import Case, Engine, evaluate, load_network
    >>> cases = [Case({"smoking": "present"}, id=str(k), diagnosis="lung_cancer") for k in range(2)]
    >>> card = evaluate(Engine(load_network("asia")), cases)
    >>> print(paired_bootstrap(card, card).log_loss)
    +0.000 [+0.000, +0.000]
    """
    ours, theirs = _by_id(a), _by_id(b)
    if faults := list(_unpaired(ours, theirs)):
        raise CaseError(faults)
    pairs = [(ours[name], theirs[name]) for name in ours]
    differences = np.array(
        [(x.log_loss - y.log_loss, x.brier - y.brier, (x.rank == 1) - (y.rank == 1)) for x, y in pairs],
        dtype=float,
    )
    names, size = ("log_loss", "brier", "top1"), len(pairs)
    spread = bootstrap(lambda counts: counts @ differences / size, names, size, draws, seed)
    rows = spread.itertuples(index=False, name=None)
    return Comparison(size, *(PairedDifference(*map(float, row)) for row in rows))


def _by_id(card: Scorecard) -> Mapping[str, CaseScore]:
    ids = Counter(score.id for score in card.per_case)
    if not ids:
        raise CaseError("no cases; compare scorecards of one case or more")
    if twice := [name for name, count in ids.items() if count > 1]:
        raise CaseError(
            [Issue("error", name, "is the id of two cases", "give each its own") for name in twice]
        )
    return {score.id: score for score in card.per_case}


def _unpaired(ours: Mapping[str, CaseScore], theirs: Mapping[str, CaseScore]) -> Iterable[Issue]:
    for name in [*ours, *(name for name in theirs if name not in ours)]:
        if name not in ours or name not in theirs:
            which = "first" if name in ours else "second"
            yield Issue("error", name, f"is only in the {which} scorecard", "score the same cases with both")
        elif ours[name].diagnosis != theirs[name].diagnosis:
            both = f"{ours[name].diagnosis} and {theirs[name].diagnosis}"
            yield Issue("error", name, f"has two true diagnoses, {both}", "score the same cases with both")
