"""One probability of a network by its place, and the answers of a case when this number moves.

When a number moves, the others of its row are scaled in proportion so that the row still sums to 1. The same
holds for the other diagnoses of a setting when a pre-test probability moves, and for the other patterns of a
diagnosis when the share of one does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import exp, log, sqrt

import numpy as np

from dxnet.arrays import Array
from dxnet.errors import CheckError, Issue, NetworkError
from dxnet.inference.case import Case
from dxnet.inference.draws import MovedNumbers
from dxnet.inference.engine import Engine
from dxnet.inference.parameters import LEAST_DRAWN
from dxnet.inference.spread import beta_interval
from dxnet.knowledge.estimate import Estimate, Z
from dxnet.knowledge.kinds.base import Cpt, Kept
from dxnet.knowledge.network import BINARY, PATTERN
from dxnet.knowledge.place import Place

_Z_90 = 1.644854
"""Standard deviations from the mean within which 90 % of a normal distribution lie."""
_MOVES_AT_ONCE = 200
"""Each has tables of its own, 2 MB in a network of 124 findings."""


@dataclass(frozen=True)
class MovedNumber:
    """One probability of a network.

    Args:
        place, state: where it stands, as in ``NetworkNumbers.index``; ``state`` by its position.
        name: name of the state.
        estimate: the probabilities of its row, with weight and sources.
        count: number of diagnoses that share it, if it is the default of a setting's prior; else 1.
        odds_factor: that of the network's estimates; None where there is none, or the number is published.
    """

    place: Place
    state: int
    name: str
    estimate: Estimate
    count: int = 1
    odds_factor: float | None = None

    def __str__(self) -> str:
        """The form that ``find_number`` reads."""
        return f"{self.place}:{self.name}" if len(self.estimate.mean) > 2 else self.place

    @cached_property
    def stated(self) -> float:
        """Value that the network states."""
        return self.estimate.mean[self.state]

    @cached_property
    def interval(self) -> tuple[float, float]:
        """Its 5 % and 95 % quantiles, as ``NetworkNumbers.drawn`` draws it.

        Of a share once scaled, and as far as those allow that it is scaled with.
        """
        if self.odds_factor:
            factor = exp(_Z_90 * self._log_odds_deviation)
            odds = self._together / (1 - self._together)
            ends = [moved / (1 + moved) / self.count for moved in (odds / factor, odds * factor)]
        else:
            ends = [it / self.count for it in beta_interval(self._together, self.estimate.weight, 0.9)]
        low, high = np.clip(ends, *self._ends)
        return float(low), float(high)

    @cached_property
    def deviation(self) -> float:
        """Its standard deviation; of an estimate with a factor of odds to first order."""
        variance = self._together * (1 - self._together)
        if self.odds_factor:
            return variance * self._log_odds_deviation / self.count
        return sqrt(variance / (self.estimate.weight + 1)) / self.count

    @property
    def _log_odds_deviation(self) -> float:
        return log(self.odds_factor or 1) / Z

    @property
    def _together(self) -> float:
        """What the diagnoses that share it have together."""
        return min(self.count * self.stated, 1 - LEAST_DRAWN)

    def at(self, log_odds: Array) -> Array:
        """Values from their log-odds, within the range that the number can have."""
        return np.asarray(np.clip(1 / self.count / (1 + np.exp(-log_odds)), *self._ends))

    def can_move(self, engine: Engine) -> bool:
        """Whether another value changes the answer; a share that has none to be scaled with does not."""
        return len(engine.parameters.whole(self.place)) != 1

    @property
    def _ends(self) -> tuple[float, float]:
        return LEAST_DRAWN, (1 - LEAST_DRAWN) / self.count


def find_number(engine: Engine, text: str) -> MovedNumber:
    """The number at a place; ``:state`` follows the place where its row has more than two states.

    Raises:
        NetworkError: the number does not exist, is not used or cannot move in the setting, or has no such
            state.

    >>> from dxnet import Engine, load_network
    >>> find_number(Engine(load_network("asia")), "dyspnoea.absent, no_lung_cancer, absent").stated
    0.1
    """
    written, _, state = text.partition(":")
    estimates = engine.parameters.estimates
    place = Place.parse(written, dict(engine.network.estimates()), engine.network.name)
    if fault := _no_table(engine, place):
        raise NetworkError([fault])
    names = _row_states(engine, place, estimates[place])
    if not state and len(names) == 2:
        state = names[1]
    if state not in names:
        message = f"no state {state!r}" if state else "has several states"
        fix = f"add one of {', '.join(names)}, such as '{place}:{names[-1]}'"
        raise NetworkError([Issue("error", place, message, fix)])
    number = number_at(engine, place, names.index(state))
    if not number.can_move(engine):
        message = "is shared by every diagnosis, so that none can become more probable than the others"
        raise NetworkError([Issue("error", place, message, "give a diagnosis a row of its own first")])
    return number


def posteriors_when_moved(engine: Engine, case: Case, moves: Sequence[Mapping[MovedNumber, float]]) -> Array:
    """P(diagnosis | findings) under each of ``n`` moves of numbers, ``ndarray[n, K]``."""
    parts = [np.empty((0, len(engine.network.diagnoses)))]
    for start in range(0, len(moves), _MOVES_AT_ONCE):
        some = [_unscaled(engine, move) for move in moves[start : start + _MOVES_AT_ONCE]]
        parts.append(engine.ask_draws(case, MovedNumbers(engine.parameters, some))[0])
    return np.concatenate(parts)


def _unscaled(engine: Engine, move: Mapping[MovedNumber, float]) -> dict[tuple[Place, int], float]:
    """Place, state and value of each number; a share of a whole has its value once scaled to a sum of 1."""
    unscaled = {}
    for number, value in move.items():
        together = [other for other in move if other.place in engine.parameters.whole(number.place)]
        left = 1 - sum(other.count * move[other] for other in together)
        stated = 1 - sum(other.count * other.stated for other in together)
        scale = stated / left if together and stated > LEAST_DRAWN else 1.0
        unscaled[number.place, number.state] = value * scale
    return unscaled


def number_at(engine: Engine, place: Place, state: int) -> MovedNumber:
    """The number at an entry of ``NetworkNumbers.index``."""
    estimate = engine.parameters.estimates[place]
    name = _row_states(engine, place, estimate)[state]
    factor = None if estimate.is_published else engine.network.estimate_factor
    count = engine.parameters.whole(place).get(place, 1)
    return MovedNumber(place, state, name, estimate, count, factor)


def _row_states(engine: Engine, place: Place, estimate: Estimate) -> tuple[str, ...]:
    """Names of the states of a row."""
    network = engine.network
    states: tuple[str, ...] = BINARY
    if place.owner == ("variables", PATTERN) and place.key in ("background", "shows"):
        states = network.nodes[place.row.rpartition(".")[2]].states
    elif place.section == "variables":
        states = network.nodes[place.name].states
    elif network.settings[engine.setting].given and place.section == "settings":
        states = network.diagnoses
    return states if len(states) == len(estimate.mean) else BINARY


def _no_table(engine: Engine, place: Place) -> Issue | None:
    """The reason why a number of the network is in no table of this setting."""
    if place.section == "soft words":
        return Issue(
            "error", place, "is about the case, not about the network", "edit it, and see 'dxnet diff'"
        )
    if place not in engine.parameters.estimates:
        return Issue("error", place, f"is not used in the setting {engine.setting}", "give its --setting")
    return None


def fits(engine: Engine, number: MovedNumber, value: float) -> bool:
    """Whether a network with this value can be built: no finding may be more common than its mechanism."""
    moved = MovedNumbers(engine.parameters, [_unscaled(engine, {number: value})])
    value_of = Kept(lambda place, own: Cpt(moved.moved(place, own)[:, 0]))
    try:
        for name in engine.network.nodes:
            if number.place in engine.parameters.table_and_places(name)[1]:
                engine.parameters.table(name, value_of)
    except CheckError:
        return False
    return True
