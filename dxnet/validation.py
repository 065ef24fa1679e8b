"""How a network does on the published cases that ship with dxnet, and what that is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from dxnet.case import Case
from dxnet.engine import Engine
from dxnet.errors import CaseError
from dxnet.evaluate import Scorecard, evaluate
from dxnet.formats import STAGES, Stage, read_cases
from dxnet.load import RESOURCES

CASES = RESOURCES / "data" / "cases" / "published.jsonl"
WORTH = (
    "These cases were used to develop the network: errors were found, and parts of its structure chosen, on "
    "them. Published cases are odd ones, and their mix is not that of a clinic. So this is neither an "
    "independent validation nor clinical accuracy; none has been done on patients who played no part in the "
    "development."
)
UNKNOWN = "Not validated: the published cases that ship with dxnet do not fit this network."
FINDINGS: Mapping[Stage, str] = {"pre": "before the decisive test", "post": "all"}
"""Which findings of a published case belong to a stage."""


@dataclass(frozen=True)
class Validation:
    """A scorecard for each stage of the published cases."""

    cards: Mapping[Stage, Scorecard]

    def __contains__(self, case: Case) -> bool:
        """Whether a case is one of them, by its id."""
        return any(case.id == score.id for card in self.cards.values() for score in card.per_case)


def validation(engine: Engine) -> Validation | None:
    """Scores on the published cases in the setting of the engine; None where they do not fit the network.

    >>> from dxnet import Engine, load_network
    >>> validation(Engine(load_network("als_mimics"))).cards["post"].n
    98
    >>> validation(Engine(load_network("asia"))) is None
    True
    """
    try:
        return Validation({stage: evaluate(engine, _cases(stage)) for stage in STAGES})
    except CaseError:
        return None


@lru_cache
def _cases(stage: Stage) -> tuple[Case, ...]:
    return tuple(read_cases(CASES, stage))
