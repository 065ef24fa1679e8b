"""Literature as prior, a local cohort as data: the numbers of a network learned from cases.

Each number is a Dirichlet of its mean and weight. The learned means are those of the highest posterior of
all numbers together: log P(findings, diagnosis | numbers) summed over the rows, and the logarithms of the
Dirichlets, in log-odds. What is hidden (mechanisms, incidental causes, atypical patients, findings not
examined, a diagnosis that is not recorded) is summed over, as EM would; it must be missing at random. So is
whether a patient is one of the unexplained, whose findings are those of another; their share is learned as
other numbers are. The new weights come from the curvature of that posterior, so that numbers which explain
each other away stay uncertain.

Exact, where no patients are unexplained: for a row of a plain table whose cases are fully observed, and for
the pre-test probabilities of a setting that weigh the same, mean and weight are those of the exact
posterior, counts added to counts. No number gains more weight than the cohort has rows with a diagnosis.

Approximate: for all others the curvature stands for the whole distribution (Laplace), one weight for all
states of a number; rows without a diagnosis move numbers, but add no weight; where P(finding) is close to its
leak or to what its mechanism allows, the tables are rounded off (``Smooth``), and what a mechanism does not
allow in the end is lowered until it does.

A default row, a leak and all else that serves several diagnoses stays one number, informed by the rows of
all of them. Numbers of other settings stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from math import log, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from dxnet.arrays import Array
from dxnet.errors import CaseError, Issue, NetworkError
from dxnet.inference.engine import Engine, EngineLike
from dxnet.inference.results import table_text
from dxnet.inference.spread import beta_interval
from dxnet.knowledge.estimate import Estimate
from dxnet.knowledge.patterns import PATTERN
from dxnet.knowledge.place import Place
from dxnet.knowledge.table import DEFAULT
from dxnet.learning.labelled import Labelled, label_cohort
from dxnet.learning.posterior import Point, Posterior
from dxnet.learning.simulate import lowered_to_fit
from dxnet.words import counted

if TYPE_CHECKING:
    import pandas as pd

LEAST_ROWS = 0.5
"""A number that gained less weight than this, in rows, and moved by less than LEAST_MOVE is unmoved."""
LEAST_MOVE = 0.01
"""Smallest change of the natural log-odds that counts as a move."""
_TOLD_ROWS = 20
"""Most rows that a message lists by number."""


@dataclass(frozen=True)
class Move:
    """A number of the network before and after the update by a cohort.

    Args:
        place: where the number stands, as in ``Network.estimates``.
        old: the estimate of the literature.
        mean: the learned mean of each state.
        weight: the learned weight, in patients; not capped.
    """

    place: Place
    old: Estimate
    mean: tuple[float, ...]
    weight: float

    @property
    def rows(self) -> float:
        """How many fully informative rows the cohort was worth."""
        return self.weight - self.old.weight

    @property
    def size(self) -> float:
        """Largest change of the log-odds of a state, natural logarithm."""
        pairs = zip(self.old.mean, self.mean, strict=True)
        return max(abs(log(b / (1 - b)) - log(a / (1 - a))) for a, b in pairs)

    @property
    def surprise(self) -> float:
        """Largest change of a state, in standard deviations of the literature's estimate."""
        return max(self._surprises)

    @property
    def state(self) -> int:
        """Position of the state with the largest surprise; the second where there are two."""
        return 1 if len(self.mean) == 2 else self._surprises.index(self.surprise)

    @cached_property
    def _surprises(self) -> list[float]:
        pairs = zip(self.old.mean, self.mean, strict=True)
        return [abs(b - a) / sqrt(a * (1 - a) / (self.old.weight + 1)) for a, b in pairs]

    def interval(self, state: int = -1, level: float = 0.9) -> tuple[float, float]:
        """Equal-tailed credible interval of a state: that of the Beta of its mean and weight."""
        return beta_interval(self.mean[state], self.weight, level)


@dataclass(frozen=True, repr=False)
class Learned:
    """See ``learn``.

    Args:
        network, setting: the network before the update, and its setting.
        rows, unlabelled: number of rows of the cohort, and of those without a diagnosis.
        diagnoses: number of rows of each diagnosis; of rows that were judged, the sum of its probabilities.
        gain: rise of the logarithmic posterior, natural logarithm.
        moves: numbers that changed, largest surprise first.
        unmoved: how many numbers did not change.
        issues: columns of the cohort that are left out as no finding, or read as one of another spelling.
    """

    network: str
    setting: str
    rows: int
    unlabelled: int
    diagnoses: Mapping[str, float]
    gain: float
    moves: tuple[Move, ...]
    unmoved: int
    issues: tuple[Issue, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Everything, in plain types that JSON can hold."""
        moves = [
            {
                **asdict(m),
                "rows": m.rows,
                "size": m.size,
                "surprise": m.surprise,
                "interval": [m.interval(s) for s in range(len(m.mean))],
            }
            for m in self.moves
        ]
        return {**asdict(self), "moves": moves}

    def to_frame(self) -> pd.DataFrame:
        """One row per number that changed, the largest surprise first: old, new, weight, rows, surprise."""
        import pandas as pd

        return pd.DataFrame(self._rows(), columns=["place", *_COLUMNS_OF_MOVES]).set_index("place")

    def __repr__(self) -> str:
        rows = f"{self.rows} rows, {len(self.moves)} numbers changed, {self.unmoved} not"
        title = f"Learned({self.network}, setting {self.setting}: {rows})"
        return table_text(title, ["place", *_COLUMNS_OF_MOVES], self._rows())

    def _rows(self) -> list[list[object]]:
        return [
            [m.place, m.old.mean[m.state], m.mean[m.state], m.weight, m.rows, m.surprise] for m in self.moves
        ]


_COLUMNS_OF_MOVES = ("old", "new", "weight", "rows", "surprise")
"""Columns of the table after the place; ``old`` and ``new`` are those of the most surprising state."""


def learn(
    engine: EngineLike,
    cohort: Labelled | pd.DataFrame,
    keep_prior: bool = False,
    on_step: Callable[[float], None] | None = None,
) -> Learned:
    """Update the numbers of a network in a setting by a cohort.

    Args:
        engine: the network and its setting.
        cohort: a table of ``diagnosis`` and findings, or of ``label_cohort`` or ``read_labelled``
            of ``dxnet.learning.labelled``.
        keep_prior: whether the pre-test probabilities stay, as for cases that were sought out by diagnosis.
        on_step: called after each step with the rise of the logarithmic posterior so far.

    Raises:
        CaseError, NetworkError: findings of a row exclude each other; a row has the probabilities of a reader
            in place of a diagnosis; imported states are impossible.

    >>> import pandas as pd
    >>> from dxnet import load_network
    >>> table = pd.DataFrame({"diagnosis": ["lung_cancer"] * 30, "smoking": [True] * 25 + [False] * 5})
    >>> learned = learn(load_network("asia"), table)
    >>> move = next(move for move in learned.moves if move.place == "smoking.default")
    >>> round(move.mean[1], 3), round(move.weight)
    (0.577, 130)
    """
    engine = Engine.of(engine)
    network, parameters = engine.network, engine.parameters
    fixed = {p for p in parameters.estimates if keep_prior and p.in_setting(engine.setting)}
    cohort = cohort if isinstance(cohort, Labelled) else label_cohort(cohort, network)
    _refuse_judged(cohort)
    _refuse_certain(parameters.estimates)
    posterior = Posterior(parameters, cohort.groups, fixed)
    _refuse_impossible(posterior, cohort)
    point = posterior.maximise(on_step)
    known = cohort.rows - cohort.unlabelled
    moves = [m for m in _moves(engine, posterior, point, known) if m.place not in fixed]
    changed = with_whole_shares(moves, lambda m: m.rows >= LEAST_ROWS or m.size >= LEAST_MOVE)
    return Learned(
        network=network.name,
        setting=engine.setting,
        rows=cohort.rows,
        unlabelled=cohort.unlabelled,
        diagnoses=cohort.diagnoses,
        gain=point.value - posterior.start.value,
        moves=tuple(sorted(changed, key=lambda m: -m.surprise)),
        unmoved=len(moves) - len(changed),
        issues=cohort.issues,
    )


def with_whole_shares(moves: Sequence[Move], has_moved: Callable[[Move], bool]) -> list[Move]:
    """The numbers that moved; where one share of several that sum to 1 did, all of them."""
    together = {_shares_of(move.place) for move in moves if has_moved(move)}
    return [move for move in moves if _shares_of(move.place) in together]


def _shares_of(place: Place) -> tuple[str, ...]:
    """What a number sums to 1 with: the lesion patterns of its diagnosis, its setting, or itself alone."""
    if place.section == "settings":
        return place.owner
    is_share = place.name == PATTERN and place.key == "shares"
    return (PATTERN, place.row.partition(".")[0]) if is_share else (place,)


def _refuse_judged(cohort: Labelled) -> None:
    """Refuse what a reader said with all diagnoses equally likely before: it says not how common they are."""
    rows = sorted({int(row) for group in cohort.groups if group.judged for row in group.first})
    if rows:
        message = f"probabilities in place of a diagnosis: {_rows_in_words(rows)}"
        fix = "learn them with --conditional (learn_conditionally), or give their diagnosis"
        raise CaseError([Issue("error", "cohort", message, fix)])


def _refuse_certain(estimates: Mapping[Place, Estimate]) -> None:
    """Refuse rows of which one state is impossible and others are not; a row of 0 and 1 stays as it is."""
    certain = [place for place, it in estimates.items() if min(it.mean) == 0 and max(it.mean) < 1]
    if certain:
        rows = counted(len(certain), "row")
        message = f"{rows} with a 0 beside other numbers, such as {certain[0]}, cannot be learned"
        fix = "state what is seldom, such as 0.001, where it is not impossible"
        raise NetworkError([Issue("error", estimates[certain[0]].where, message, fix)])


def _refuse_impossible(posterior: Posterior, cohort: Labelled) -> None:
    rows = sorted(row for row, log_p in posterior.log_p() if not log_p > -np.inf)
    if rows:
        message = f"findings that exclude each other: {_rows_in_words(rows)}"
        fix = "correct the rows, give the network a 'recording error', or leave them out"
        raise CaseError([Issue("error", "cohort", message, fix)])


def _rows_in_words(rows: list[int]) -> str:
    """The first of some rows of the cohort, which are counted from 0 here and from 1 in words."""
    more = f", and {len(rows) - _TOLD_ROWS} more" if len(rows) > _TOLD_ROWS else ""
    return f"rows {', '.join(str(row + 1) for row in rows[:_TOLD_ROWS])}{more}"


def _moves(engine: Engine, posterior: Posterior, point: Point, rows: int) -> list[Move]:
    """Every number after a cohort of so many rows with a diagnosis: none gains more weight than these."""
    parameters = engine.parameters
    covariance = posterior.covariance(point)
    means = lowered_to_fit(parameters, posterior.means(point))
    moves = []
    for place, block in posterior.numbers.blocks.items():
        estimate, p, own = parameters.estimates[place], point.p[block], covariance[block, block]
        spread = float(np.trace((np.diag(p) - np.outer(p, p)) @ own))
        weight = max(len(p) - 1, 1) / spread
        moves.append(Move(place, estimate, tuple(means[place].tolist()), weight))
    if engine.network.settings[engine.setting].prior is not None:
        moves = _prior_shares(engine, posterior, point, covariance, moves)
    return [replace(m, weight=min(max(m.weight, m.old.weight), m.old.weight + rows)) for m in moves]


def _prior_shares(
    engine: Engine, posterior: Posterior, point: Point, covariance: Array, moves: list[Move]
) -> list[Move]:
    """Pre-test probabilities scaled to a sum of 1; each gains weight as the variance of its share shrinks.

    A share has the weights of all in its variance (delta method): with the old ones it has one variance,
    after the cohort another, and their ratio is that of the new weight to the old.
    """
    stated = engine.network.settings[engine.setting].prior or {}
    rows = {m.place: m for m in moves if m.place.in_setting(engine.setting)}
    at = [posterior.numbers.blocks[place].start for place in rows]
    served = len([d for d in engine.network.diagnoses if d not in stated])
    count = np.array([served if place.row == DEFAULT else 1 for place in rows])
    p, old = point.p[at], np.array([m.old.weight for m in rows.values()])
    share = p / (count @ p)
    slope = np.eye(len(at)) - count * share  # of log share for the logarithms of the numbers
    own = slope * (1 - p)  # for their log-odds
    before = np.square(slope) @ (1 / (old * share))
    after = np.einsum("ij,jk,ik->i", own, covariance[np.ix_(at, at)], own)
    scaled = {}
    for k, (place, move) in enumerate(rows.items()):
        mean = (1 - float(share[k]), float(share[k]))
        if abs(mean[1] - move.old.mean[1]) >= 1e-9 and after[k] > 0:
            scaled[place] = replace(move, mean=mean, weight=float(old[k] * before[k] / after[k]))
    return [scaled.get(m.place, m) for m in moves]
