"""Where the lesion is: the lesion patterns that the findings point to, summed by their place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from dxnet.arrays import Array
from dxnet.errors import Issue, NetworkError
from dxnet.inference.case import Case, CaseLike
from dxnet.inference.engine import Engine, EngineLike
from dxnet.knowledge.network import PATTERN, Network
from dxnet.reasoning.signs import causes_above

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Localisation:
    """See ``localise``.

    Args:
        patterns: P(lesion pattern | findings) by the id of the pattern.
        places: P(place | findings), the surest first: the sum over the patterns of each place.
        before: P(place) without findings.
        labels: the label of each pattern, and its place.
    """

    patterns: Mapping[str, float]
    places: Mapping[str, float]
    before: Mapping[str, float]
    labels: Mapping[str, tuple[str, str]]

    def to_frame(self) -> pd.DataFrame:
        """One row a lesion pattern, the surest first: ``label``, ``place``, ``probability``."""
        import pandas as pd

        rows = {name: (*self.labels[name], p) for name, p in self.patterns.items()}
        frame = pd.DataFrame.from_dict(rows, orient="index", columns=["label", "place", "probability"])
        return frame.rename_axis("pattern").sort_values("probability", ascending=False, kind="stable")


def points_to_a_place(network: Network, case: Case) -> bool:
    """Whether a sign of a lesion pattern is among the findings, itself or through what it needs.

    >>> from dxnet import Case, load_network
    >>> als = load_network("als_mimics")
    >>> [points_to_a_place(als, Case({name: "present"})) for name in ("prior_polio", "weakness", "clonus")]
    [False, True, True]
    """
    return any(PATTERN in causes_above(network, name) for name in case.findings)


def localise(engine: EngineLike, case: CaseLike) -> Localisation:
    """The places that the findings point to, whatever the disease.

    Args:
        engine: of a network with lesion patterns.
        case: what is known of the patient.

    Raises:
        NetworkError: the network has no lesion patterns.
        CaseError: the case does not fit, or is impossible.

    >>> from dxnet import Case, Engine, load_network
    >>> engine = Engine(load_network("als_mimics"))
    >>> case = Case({"arm_atrophy": "present", "hyperreflexia_legs": "present", "sensory_loss": "present"})
    >>> next(iter(localise(engine, case).places))
    'cervical cord'
    """
    engine, case = Engine.of(engine), Case.of(case)
    network = engine.network
    if network.patterns is None:
        fix = "add 'patterns' to it, see the README of networks"
        raise NetworkError([Issue("error", network.name, "has no lesion patterns", fix)])
    engine.require_possible(case)
    by_place = network.patterns.by_place
    names = list(network.patterns.pictures)
    after, before = (
        dict(zip(names, map(float, p), strict=True)) for p in (_of_patient(engine, case), _of_anyone(engine))
    )
    sums = {place: sum(after[name] for name in of) for place, of in by_place.items()}
    return Localisation(
        patterns=after,
        places=dict(sorted(sums.items(), key=lambda item: -item[1])),
        before={place: sum(before[name] for name in of) for place, of in by_place.items()},
        labels={name: (it.label, it.place) for name, it in network.patterns.pictures.items()},
    )


@lru_cache(maxsize=8)
def _of_anyone(engine: Engine) -> Array:
    """P(lesion pattern) before any finding, ``ndarray[patterns]``."""
    return _of_patient(engine, Case({}))


def _of_patient(engine: Engine, case: Case) -> Array:
    """P(lesion pattern | findings), ``ndarray[patterns]``."""
    asked = engine.question(case)
    _, log_p = asked.further([PATTERN], np.arange(len(engine.network.states(PATTERN)))[:, None])
    return np.asarray(np.exp(log_p - asked.log_p))
