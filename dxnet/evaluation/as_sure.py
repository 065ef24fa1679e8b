"""How often was as probable a first diagnosis right, in published cases before the decisive test?"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from dxnet.arrays import Array, Bools
from dxnet.evaluation.published_cases import PUBLISHED_CASES, Origin, published_cases_for
from dxnet.evaluation.scorecard import answer_cases
from dxnet.evaluation.statistics import CALIBRATION_BINS
from dxnet.inference.engine import Engine
from dxnet.kept_files import content_key, kept_file


@dataclass(frozen=True)
class AsSure:
    """See ``as_sure``.

    Args:
        low, high: ends of the bin of calibration in which the probability of a first diagnosis lies.
        cases: number of published cases whose first diagnosis has such a probability.
        right: in how many of them it is the true one, or one of the true group.
        of: number of published cases.
        origin: whether these cases shaped the network.
    """

    low: float
    high: float
    cases: int
    right: int
    of: int
    origin: Origin = "development"


def as_sure(engine: Engine, probability: float) -> AsSure | None:
    """How often the first diagnosis of the development cases was right, where it was as probable.

    The cases are answered in the setting of the engine with the findings before the decisive test, once.
    None for a network that no published case fits.

    >>> from dxnet import Engine, load_network
    >>> found = as_sure(Engine(load_network("als_mimics")), 0.95)
    >>> found.low, found.high, found.of, found.right <= found.cases
    (0.9, 1.0, 98, True)
    >>> as_sure(Engine(load_network("asia")), 0.95) is None
    True
    """
    key = _Answering(engine.network.fingerprint, engine.setting, engine)
    first, right = _first_ranks(key) if key.fingerprint else _first_ranks.__wrapped__(key)
    if not len(first):
        return None
    low = min(int(probability * CALIBRATION_BINS), CALIBRATION_BINS - 1) / CALIBRATION_BINS
    high = low + 1 / CALIBRATION_BINS
    alike = (first >= low) & ((first < high) | (high > 1 - 1e-9))
    return AsSure(low, round(high, 9), int(alike.sum()), int(right[alike].sum()), len(first))


@dataclass(frozen=True)
class _Answering:
    """An engine, known by the files of its network and its setting."""

    fingerprint: str
    setting: str
    engine: Engine = field(compare=False)


@lru_cache(maxsize=8)
def _first_ranks(key: _Answering) -> tuple[Array, Bools]:
    """P(first diagnosis), and whether it is the true one or of the true group, of each development case."""
    network, setting = key.engine.network, key.setting
    if not network.content or not PUBLISHED_CASES.is_file():
        return _answered_anew(key.engine)
    parts = network.content.encode(), setting.encode(), PUBLISHED_CASES.read_bytes()
    made = kept_file(
        "sureness",
        content_key(*parts),
        lambda: json.dumps([*map(np.ndarray.tolist, _answered_anew(key.engine))]).encode(),
    )
    first, right = json.loads(made)
    return np.array(first, float), np.array(right, bool)


def _answered_anew(engine: Engine) -> tuple[Array, Bools]:
    cases = published_cases_for(engine.network, "pre")
    if not cases:
        return np.empty(0), np.empty(0, bool)
    answers = answer_cases(engine, cases)
    return answers.rated.top_probability.to_numpy(), answers.rated.right.to_numpy()
