"""How well does a network do on the published cases that ship with dxnet, and what does that prove?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from dxnet.errors import CaseError
from dxnet.evaluation.scorecard import Scorecard, evaluate
from dxnet.formats.cases.read import STAGES, Stage, read_cases
from dxnet.inference.case import Case
from dxnet.inference.engine import Engine
from dxnet.knowledge.load import RESOURCES
from dxnet.knowledge.network import Network

PUBLISHED_CASES = RESOURCES / "data" / "cases" / "published.jsonl"
FIT_NOT_GENERALISATION = (
    "This is fit, not generalisation: errors of the network were found, and parts of its structure chosen, "
    "while watching these cases. Published cases are odd ones, and their mix is not that of a clinic. So "
    "this is neither an independent validation nor clinical accuracy; none has been done on patients who "
    "played no part in the development. Expect worse results on new patients."
)
NOT_VALIDATED = "Not validated: the published cases that ship with dxnet do not fit this network."
FINDINGS: Mapping[Stage, str] = {"pre": "before the decisive test", "post": "all findings"}
"""Which findings of a published case belong to a stage."""


@dataclass(frozen=True)
class Validation:
    """A scorecard for each stage of the published cases."""

    cards: Mapping[Stage, Scorecard]

    def __contains__(self, case: Case) -> bool:
        """Whether a case, by its id, is one of the published cases."""
        return any(case.id == score.id for card in self.cards.values() for score in card.per_case)


def score_published_cases(engine: Engine) -> Validation | None:
    """Scores on the published cases that fit the network, in the setting of the engine; None where none does.

    >>> from dxnet import Engine, load_network
    >>> score_published_cases(Engine(load_network("als_mimics"))).cards["post"].n
    98
    >>> score_published_cases(Engine(load_network("asia"))) is None
    True
    """
    cases = {stage: published_cases_for(engine.network, stage) for stage in STAGES}
    if not all(cases.values()):
        return None
    return Validation({stage: evaluate(engine, fit) for stage, fit in cases.items()})


def published_cases_for(network: Network, stage: Stage) -> list[Case]:
    """The published cases whose diagnosis and findings the network has.

    >>> from dxnet import load_network
    >>> len(published_cases_for(load_network("als_mimics"), "pre"))
    98
    """
    fit = []
    for case in published(stage):
        try:
            case.require_fit(network)
        except CaseError:
            continue
        if case.diagnosis in network.diagnosis:
            fit.append(case)
    return fit


def count_shipped(cases: Iterable[Case]) -> int:
    """How many cases are published ones that ship with dxnet, by id and diagnosis."""
    known = {(case.id, case.diagnosis) for case in published("post")}
    return sum((case.id, case.diagnosis) in known for case in cases)


@lru_cache
def published(stage: Stage) -> tuple[Case, ...]:
    """All published cases that ship with dxnet."""
    return tuple(read_cases(PUBLISHED_CASES, stage))
