"""Two networks compared: what was added, removed or changed, and how far each case moves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import numpy as np

from dxnet.errors import CaseError, Issue, NetworkError, did_you_mean
from dxnet.evaluation.statistics import ranked_scores
from dxnet.evaluation.truth import place_of_truth, true_diagnoses
from dxnet.inference.backends.registry import DEFAULT_BACKEND
from dxnet.inference.case import Case, CaseLike
from dxnet.inference.differential import Differential
from dxnet.inference.engine import Engine, EngineLike, network_of
from dxnet.inference.results import table_text
from dxnet.knowledge.network import Network
from dxnet.review.changes import (
    Edge,
    NumberChange,
    PartChange,
    TextChange,
    changed_edges,
    changed_numbers,
    changed_parts,
    texts,
)

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T")
Pair = tuple[T, T]
"""A pair: the value of the old network, and of the new one."""
FitsWhich = Literal["old", "new", "neither"]
UNMOVED = 5e-4
"""A case whose posterior moves by less counts as unmoved in words."""


@dataclass(frozen=True)
class NetworkSide:
    """One of the two networks, and the setting that it answered in."""

    network: str
    label: str
    version: str
    fingerprint: str
    setting: str

    @classmethod
    def of(cls, engine: Engine) -> NetworkSide:
        """The network of an engine."""
        network = engine.network
        return cls(network.name, network.label, network.version, network.fingerprint, engine.setting)


@dataclass(frozen=True)
class CaseMove:
    """How far one case moved; pairs are (old, new).

    Args:
        id, diagnosis: the case and its true diagnosis, if that is known.
        probability, rank: of the true diagnosis, as in ``CaseScore``; a network without it has 0 and no rank.
        first, first_probability: the first of the ranking.
        distance: total variation, half the sum of the differences over all diagnoses, 0 to 1.
    """

    id: str
    diagnosis: str
    probability: Pair[float] | None
    rank: Pair[int | None]
    first: Pair[str]
    first_probability: Pair[float]
    distance: float


@dataclass(frozen=True)
class Misfit:
    """A case that could not be compared: the network it fits, and what is wrong in the other."""

    id: str
    fits: FitsWhich
    issues: tuple[Issue, ...]


@dataclass(frozen=True)
class Effect:
    """Scores of the cases with a known diagnosis, (old, new); None where there is no such case.

    Args:
        n, known: cases compared, and those of them whose diagnosis is known.
        first_changed: cases whose first rank changed.
        top1, top3: share of the known ones with the true diagnosis among the first 1, 3.
        log_loss: mean of -ln P(true diagnosis), as in ``CaseScore``.
    """

    n: int
    known: int
    first_changed: int
    top1: Pair[float] | None
    top3: Pair[float] | None
    log_loss: Pair[float] | None


@dataclass(frozen=True, repr=False)
class NetworkDifference:
    """See ``compare_networks``: lists with the largest change first."""

    old: NetworkSide
    new: NetworkSide
    parts: tuple[PartChange, ...]
    edges: tuple[Edge, ...]
    texts: tuple[TextChange, ...]
    numbers: tuple[NumberChange, ...]
    cases: tuple[CaseMove, ...]
    misfits: tuple[Misfit, ...]

    @cached_property
    def moved(self) -> tuple[CaseMove, ...]:
        """The cases that moved by UNMOVED or more."""
        return tuple(case for case in self.cases if case.distance >= UNMOVED)

    @cached_property
    def effect(self) -> Effect:
        """The cases in one line."""
        known = [case for case in self.cases if case.probability is not None]
        changed = sum(case.first[0] != case.first[1] for case in self.cases)
        if not known:
            return Effect(len(self.cases), 0, changed, None, None, None)
        probability = np.array([case.probability for case in known])
        rank = np.array([[place or inf for place in case.rank] for case in known])
        old, new = (ranked_scores(rank[:, i], probability[:, i]).mean(axis=0).tolist() for i in (0, 1))
        top1, top3, _, _, loss = zip(old, new, strict=True)
        return Effect(len(self.cases), len(known), changed, top1, top3, loss)

    def to_dict(self) -> dict[str, Any]:
        """Everything, in plain types that JSON can hold."""
        return {**asdict(self), "effect": asdict(self.effect)}

    def to_frame(self) -> pd.DataFrame:
        """One row per case, the one that moved furthest first, with the columns of ``CaseMove``."""
        import pandas as pd

        columns = [field.name for field in fields(CaseMove)]
        rows = [[getattr(case, name) for name in columns] for case in self.cases]
        return pd.DataFrame(rows, columns=columns).set_index("id")

    def __repr__(self) -> str:
        named = ("parts", "edges", "texts", "numbers")
        changed = ", ".join(f"{len(getattr(self, name))} {name}" for name in named)
        versions = f"{self.old.network} {self.old.version} to {self.new.version}"
        title = f"NetworkDifference({versions}: {changed} changed)"
        rows = [[case.id, *case.first, case.distance] for case in self.cases]
        return table_text(title, ["case", "first before", "first after", "distance"], rows)


def compare_networks(
    old: EngineLike,
    new: EngineLike,
    cases: Iterable[CaseLike] = (),
    setting: str = "",
    backend: str = DEFAULT_BACKEND,
) -> NetworkDifference:
    """Compare two networks: their parts, edges, texts and numbers, and what each answers for the cases.

    Args:
        old, new: compared by ids; a renamed part counts as one removed and one added.
        cases: reference cases; those that do not fit both networks are listed apart.
        setting: of both networks; without one, that of the engines, and each network in its own default where
            neither is an engine.
        backend: as for ``Engine``.

    Raises:
        NetworkError: a network has no such setting, or cannot be built; two engines of different settings.
        TypeError: cases that are a table; ``read_cases`` makes cases of it.

    >>> from dxnet import Case, Estimate, load_network
    >>> asia = load_network("asia")
    >>> slips = Estimate.parse("0.01 ~ 10 @estimate", reason="slips of form filling")
    >>> edited = asia.model_copy(update={"recording_error": slips})
    >>> found = compare_networks(asia, edited, [Case({"xray_abnormal": "present"})])
    >>> [(number.change, number.place) for number in found.numbers], found.cases[0].distance
    ([('added', 'recording error')], 0.0)
    """
    setting = setting or _setting_of(old, new)
    networks = old, new = network_of(old), network_of(new)
    cases = Case.several(cases)
    if faults := list(_unknown_setting(networks, setting)):
        raise NetworkError(faults)
    before, after = [Engine(network, setting or None, backend) for network in networks]
    moves, misfits = _compare_cases(before, after, cases)
    return NetworkDifference(
        old=NetworkSide.of(before),
        new=NetworkSide.of(after),
        parts=changed_parts(old, new),
        edges=changed_edges(old, new),
        texts=texts(old, new),
        numbers=changed_numbers(old, new),
        cases=tuple(sorted(moves, key=lambda move: -move.distance)),
        misfits=tuple(misfits),
    )


def _setting_of(*sides: EngineLike) -> str:
    """The setting of the engines among two sides; '' where both are networks."""
    settings = list(dict.fromkeys(side.setting for side in sides if isinstance(side, Engine)))
    if len(settings) > 1:
        message = f"the engines answer in two settings, {' and '.join(settings)}"
        raise NetworkError([Issue("error", "setting", message, "give setting, or two networks")])
    return settings[0] if settings else ""


def _unknown_setting(networks: Pair[Network], setting: str) -> Iterator[Issue]:
    for side, network in zip(("old", "new"), networks, strict=True):
        if setting and setting not in network.settings:
            fix = did_you_mean(setting, network.settings)
            yield Issue("error", f"{network.name} ({side})", f"no setting {setting!r}", fix)


def _compare_cases(old: Engine, new: Engine, cases: Iterable[Case]) -> tuple[list[CaseMove], list[Misfit]]:
    moves: list[CaseMove] = []
    misfits: list[Misfit] = []
    for case in cases:
        before, after = _answer_or_problem(old, case), _answer_or_problem(new, case)
        if isinstance(before, CaseError):
            fits: FitsWhich = "neither" if isinstance(after, CaseError) else "new"
            misfits.append(Misfit(case.id, fits, before.issues))
        elif isinstance(after, CaseError):
            misfits.append(Misfit(case.id, "old", after.issues))
        else:
            moves.append(_move(before, after))
    return moves, misfits


def _answer_or_problem(engine: Engine, case: Case) -> Differential | CaseError:
    """The answer, or the reason why there is none."""
    try:
        return engine.diagnose(case)
    except CaseError as problem:
        return problem


def _truth_in(answer: Differential) -> tuple[float, int | None]:
    """P(true diagnosis, or group) and its rank; 0 and no rank in a network that does not have it."""
    truth = true_diagnoses(answer.network, [answer.case.diagnosis])
    if not truth.any():
        return 0.0, None
    probability, rank = place_of_truth(answer.post_test[None], truth)
    return float(probability[0]), int(rank[0])


def _move(old: Differential, new: Differential) -> CaseMove:
    both = old, new
    p, q = (dict(zip(d.network.diagnoses, map(float, d.post_test), strict=True)) for d in both)
    (true_before, rank_before), (true_after, rank_after) = map(_truth_in, both)
    known = rank_before or rank_after
    return CaseMove(
        id=old.case.id,
        diagnosis=old.case.diagnosis,
        probability=(true_before, true_after) if known else None,
        rank=(rank_before, rank_after),
        first=(old.ranking[0], new.ranking[0]),
        first_probability=(p[old.ranking[0]], q[new.ranking[0]]),
        distance=sum(abs(p.get(name, 0.0) - q.get(name, 0.0)) for name in p | q) / 2,
    )
