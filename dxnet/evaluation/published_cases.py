"""How well does a network do on the published cases that ship with dxnet, and what does that prove?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from dxnet.errors import CaseError
from dxnet.evaluation.scorecard import Scorecard, evaluate
from dxnet.formats.cases.read import STAGES, Stage, read_cases
from dxnet.inference.case import Case
from dxnet.inference.engine import Engine
from dxnet.knowledge.load import RESOURCES
from dxnet.knowledge.network import Network

Origin = Literal["development", "validation", "second validation"]
"""Whether published cases shaped the network, or were kept away from its making (the second set is later)."""

PUBLISHED_CASES = RESOURCES / "data" / "cases" / "published.jsonl"
FILES: Mapping[Origin, Path] = {
    "development": PUBLISHED_CASES,
    "validation": PUBLISHED_CASES.with_name("validation.jsonl"),
    "second validation": PUBLISHED_CASES.with_name("second_validation.jsonl"),
}
FIT_NOT_GENERALISATION = (
    "The development cases shaped the network: errors of its numbers were found, and parts of its structure "
    "chosen, while watching them, so that their figures are fit, not generalisation. The validation cases "
    "of both sets shaped no number of a disease: the developers looked at totals alone, a few times of the "
    "first set, more often of the second, whose totals chose how the estimates were learned last, and whose "
    "mix of diagnoses was known when the flat setting was last changed. Published cases are odd ones, coded "
    "from texts that name the diagnosis, and their mix is not that of a clinic. So this is not clinical "
    "accuracy."
)
SHAPED_THE_NETWORK = "These cases shaped the network: fit, not generalisation."
"""Stands beside each figure of development cases that stands alone."""
NOT_VALIDATED = "Not validated: the published cases that ship with dxnet do not fit this network."
FINDINGS: Mapping[Stage, str] = {"pre": "before the decisive test", "post": "all findings"}
"""Which findings of a published case belong to a stage."""


@dataclass(frozen=True)
class Validation:
    """A scorecard for each origin and stage of the published cases."""

    cards: Mapping[tuple[Origin, Stage], Scorecard]

    def __contains__(self, case: Case) -> bool:
        """Whether a case, by its id, is one of the published cases."""
        return any(case.id == score.id for card in self.cards.values() for score in card.per_case)


def score_published_cases(engine: Engine) -> Validation | None:
    """Scores on the published cases that fit the network, in the setting of the engine; None where none does.

    >>> from dxnet import Engine, load_network
    >>> cards = score_published_cases(Engine(load_network("als_mimics"))).cards
    >>> cards["development", "post"].n, cards["validation", "post"].n, cards["second validation", "post"].n
    (98, 50, 104)
    >>> score_published_cases(Engine(load_network("asia"))) is None
    True
    """
    asked = [(origin, stage) for origin in FILES for stage in STAGES]
    cases = {(origin, stage): published_cases_for(engine.network, stage, origin) for origin, stage in asked}
    found = {which: evaluate(engine, fit) for which, fit in cases.items() if fit}
    return Validation(found) if found else None


def published_cases_for(network: Network, stage: Stage, origin: Origin = "development") -> list[Case]:
    """The published cases whose diagnosis and findings the network has.

    >>> from dxnet import load_network
    >>> len(published_cases_for(load_network("als_mimics"), "pre"))
    98
    """
    fit = []
    for case in published(stage, origin):
        if not case.findings.keys() <= network.findings.keys():
            continue  # told at once, where a refusal would look for a name that was meant
        try:
            case.require_fit(network)
        except CaseError:
            continue
        if network.members(case.diagnosis):
            fit.append(case)
    return fit


def count_shipped(cases: Iterable[Case]) -> int:
    """How many cases are published ones that ship with dxnet, by id and diagnosis."""
    known = {(case.id, case.diagnosis) for origin in FILES for case in published("post", origin)}
    return sum((case.id, case.diagnosis) in known for case in cases)


@lru_cache
def published(stage: Stage, origin: Origin = "development") -> tuple[Case, ...]:
    """All published cases of an origin that ship with dxnet."""
    return tuple(read_cases(FILES[origin], stage))
