"""Is P(ranked first) reliable? It is compared with how often the first diagnosis is the true one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np

from dxnet.arrays import Array, Bools
from dxnet.evaluation.published_cases import PUBLISHED_CASES, published_cases_for
from dxnet.evaluation.scorecard import Answers, answer_cases
from dxnet.evaluation.statistics import reliability
from dxnet.formats.cases.read import STAGES, Stage
from dxnet.inference.case import Case
from dxnet.inference.engine import Engine
from dxnet.kept_files import content_key, kept_file
from dxnet.knowledge.network import Network
from dxnet.reasoning.credible_intervals import credible_intervals

if TYPE_CHECKING:
    import pandas as pd

FIRST_RANK_DRAWS = 100
"""So many draws of the numbers for each case: a third of those of a single case, for the time they take."""
FIRST_RANK_CASES = 300
"""Of more cases so many are asked, evenly spaced in their file."""
SURE = 0.9
"""From this P(ranked first) on the first diagnosis counts as sure to be ranked first."""


@dataclass(frozen=True, eq=False)
class FirstRank:
    """See ``first_rank_of``.

    Args:
        ranked_first: P(ranked first) of the first diagnosis of ``N`` cases, ``ndarray[N]``.
        right: whether it is the true one, or one of the true group, ``ndarray[N]``.
        of: number of cases from which these were taken.
    """

    ranked_first: Array
    right: Bools
    of: int

    @cached_property
    def reliability(self) -> pd.DataFrame:
        """P(ranked first) as ``predicted`` against the share that is right, as ``reliability`` returns it."""
        return reliability(self.ranked_first, self.right)

    @property
    def sure(self) -> tuple[int, int]:
        """How many cases have a P(ranked first) of at least SURE, and in how many of them it is right."""
        is_sure = self.ranked_first >= SURE
        return int(is_sure.sum()), int(self.right[is_sure].sum())

    def to_dict(self) -> dict[str, Any]:
        """Means, counts and bins, in plain types for JSON."""
        sure, right = self.sure
        return {
            "cases": len(self.right),
            "mean_ranked_first": float(self.ranked_first.mean()),
            "share_right": float(self.right.mean()),
            "sure_from": SURE,
            "sure": sure,
            "sure_and_right": right,
            "reliability": self.reliability.astype(object).to_dict("records"),
        }


def first_rank_of(
    engine: Engine, answers: Answers, most: int = FIRST_RANK_CASES, draws: int = FIRST_RANK_DRAWS
) -> FirstRank:
    """P(ranked first) of the first diagnosis of cases, and whether it is true.

    P(ranked first) is the share of draws of all numbers in which a diagnosis is first, as
    ``credible_intervals`` has it. It takes the structure of the network for granted, so that it need not be
    how often the diagnosis is right.

    Args:
        engine: draws the numbers; the compiled backend does it in good time.
        answers: those of ``answer_cases``, for cases whose diagnosis is known.
        most: number of cases that are asked, evenly spaced among all.
        draws: number of draws for each.

    >>> from dxnet import Case, load_network
    >>> engine = Engine(load_network("asia"))
    >>> cases = [Case({"smoking": "present"}, diagnosis=d) for d in ("lung_cancer", "no_lung_cancer")]
    >>> first_rank_of(engine, answer_cases(engine, cases)).ranked_first.round(2).tolist()
    [1.0, 1.0]
    """
    chosen = np.arange(0, len(answers.cases), ceil(len(answers.cases) / most))
    stated = []
    for i in chosen:
        sure = credible_intervals(engine, answers.cases[i], draws=draws)
        stated.append(float(sure.first[sure.post_test.argmax()]))
    right = answers.rated["right"].to_numpy()[chosen]
    return FirstRank(np.array(stated), right, len(answers.cases))


@dataclass(frozen=True)
class _Asked:
    """A network, known by its files, in a setting."""

    fingerprint: str
    setting: str
    network: Network = field(compare=False)


def first_rank_on_development(network: Network, setting: str) -> dict[Stage, FirstRank]:
    """``first_rank_of`` the development cases that fit the network, by their stage; empty where none fits.

    It is computed once for the files of a network and a setting, and kept for the next start.

    >>> from dxnet import load_network
    >>> first_rank_on_development(load_network("asia"), "chest_clinic")
    {}
    """
    asked = _Asked(network.fingerprint, setting, network)
    return _on_development(asked) if asked.fingerprint else _on_development.__wrapped__(asked)


@lru_cache(maxsize=8)
def _on_development(asked: _Asked) -> dict[Stage, FirstRank]:
    cases = {stage: fit for stage in STAGES if (fit := published_cases_for(asked.network, stage))}
    if not cases or not asked.network.content:
        return _answered(asked, cases)
    parts = asked.network.content.encode(), asked.setting.encode(), PUBLISHED_CASES.read_bytes()
    key = content_key(*parts, np.__version__.encode())
    made = kept_file(
        "ranks", key, lambda: json.dumps(_ranks_in_plain_types(_answered(asked, cases))).encode()
    )
    return {
        stage: FirstRank(np.array(ranked_first, float), np.array(right, bool), of)
        for stage, (ranked_first, right, of) in json.loads(made).items()
    }


def _answered(asked: _Asked, cases: Mapping[Stage, Sequence[Case]]) -> dict[Stage, FirstRank]:
    if not cases:
        return {}
    engine = Engine(asked.network, asked.setting)
    return {stage: first_rank_of(engine, answer_cases(engine, fit)) for stage, fit in cases.items()}


def _ranks_in_plain_types(answered: Mapping[Stage, FirstRank]) -> dict[str, list[Any]]:
    return {
        stage: [found.ranked_first.tolist(), found.right.tolist(), found.of]
        for stage, found in answered.items()
    }
