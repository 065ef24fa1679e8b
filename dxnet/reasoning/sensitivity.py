"""Which numbers does a ranking depend on, and how far must one move until the first rank changes?

A number of a mechanism enters the tables of many findings. The posterior is then not a ratio of two linear
functions of the number, so that it is evaluated at many values instead of solved for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from dxnet.arrays import Array
from dxnet.errors import Issue, NetworkError, odd_whole, require
from dxnet.inference.case import Case, CaseLike
from dxnet.inference.engine import Engine, EngineLike
from dxnet.inference.parameters import LEAST_DRAWN
from dxnet.inference.results import Results
from dxnet.reasoning.moved_number import MovedNumber, fits, number_at, posteriors_when_moved

if TYPE_CHECKING:
    import pandas as pd

_SEARCH_STEPS = 64
"""Values of the log-odds of a number that the search for a change of the first rank tries, on each side."""


@dataclass(frozen=True)
class Swing:
    """How far the posterior moves when one number moves through its own 90 % interval.

    Args:
        number: the number.
        derivative: derivative of log P(diagnosis | findings) by the number.
        at_low, at_high: P(diagnosis | findings) at the ends of ``number.interval``.
    """

    number: MovedNumber
    derivative: float
    at_low: float
    at_high: float

    @cached_property
    def width(self) -> float:
        """Distance between the posteriors at the two ends."""
        return abs(self.at_high - self.at_low)


class Swings(Results[Swing]):
    """See ``sensitivity``."""

    thing = "number"
    columns: ClassVar = {
        "number": "number.place",
        "state": "number.name",
        "stated": "number.stated",
        **{name: name for name in ("at_low", "at_high", "width", "derivative")},
    }


@dataclass(frozen=True)
class Threshold:
    """The value of a number at which the first rank changes.

    Args:
        number, value: the number, and its value at which two diagnoses are equally probable.
        first: the diagnosis that is first beyond this value.
        probability: probability of both diagnoses at this value.
        is_inside: whether the value lies in the number's 90 % interval.
        fits: whether the network could have this value; otherwise a mechanism would have to change too.
    """

    number: MovedNumber
    value: float
    first: str
    probability: float
    is_inside: bool
    fits: bool


@dataclass(frozen=True, eq=False)
class Curve:
    """P(diagnosis | findings) as one number moves: ``values`` ``ndarray[n]``, ``post_test`` ``[n, K]``."""

    number: MovedNumber
    diagnoses: tuple[str, ...]
    values: Array
    post_test: Array

    def to_frame(self) -> pd.DataFrame:
        """One row per value, one column per diagnosis."""
        import pandas as pd

        index = pd.Index(self.values, name=self.number.place)
        return pd.DataFrame(self.post_test, index=index, columns=list(self.diagnoses))


@dataclass(frozen=True, eq=False)
class Grid:
    """P(diagnosis | findings) as two numbers move.

    Args:
        numbers: the two numbers.
        diagnoses: ids in the order of the network.
        values: values of the first, ``ndarray[n]``, and of the second number, ``ndarray[m]``.
        post_test: ``ndarray[n, m, K]``.
    """

    numbers: tuple[MovedNumber, MovedNumber]
    diagnoses: tuple[str, ...]
    values: tuple[Array, Array]
    post_test: Array


def sensitivity(engine: EngineLike, case: CaseLike, diagnosis: str = "", top: int = 10) -> Swings:
    """The numbers on which the posterior of a diagnosis depends most, as in a tornado plot.

    The diagnosis is by default the first of the ranking. Numbers are chosen by derivative times standard
    deviation; then the posterior is computed at both ends of their intervals. A ``default`` that is the
    pre-test probability of every diagnosis cannot move, as the diagnoses stay equal and sum to 1; it is left
    out.

    Raises:
        CaseError: the case does not fit, or is impossible; ``top`` is below 1.
        TypeError: ``top`` is no whole number.
        NetworkError: no such diagnosis.

    Chan H, Darwiche A. When do numbers really matter? J Artif Intell Res 2002;17.

    >>> from dxnet import Case, Engine, load_network
    >>> swings = sensitivity(Engine(load_network("asia")), Case({"xray_abnormal": "present"}), top=2)
    >>> [(swing.number.place, round(swing.width, 2)) for swing in swings]
    [('xray_abnormal.no_lung_cancer, absent', 0.29), ('settings.chest_clinic.present', 0.23)]
    """
    require(odd_whole("top", top, least=1))
    engine, case = Engine.of(engine), Case.of(case)
    network = engine.network
    diagnosis = diagnosis or engine.diagnose(case).ranking[0]
    k = network.position_of(diagnosis)
    movable, numbers, scale, deviations = _movable_numbers(engine)
    gradient = engine.gradient(case, diagnosis)[movable] / scale
    chosen = np.argsort(-abs(gradient) * deviations, kind="stable")[: 2 * top]
    asked = posteriors_when_moved(
        engine, case, [{numbers[i]: end} for i in chosen for end in numbers[i].interval]
    )
    ends = asked[:, k].reshape(-1, 2)
    swings = [
        Swing(numbers[i], float(gradient[i]), float(low), float(high))
        for i, (low, high) in zip(chosen, ends, strict=True)
    ]
    return Swings(sorted(swings, key=lambda swing: -swing.width)[:top])


@lru_cache(maxsize=8)
def _movable_numbers(engine: Engine) -> tuple[list[int], list[MovedNumber], Array, Array]:
    """Where the numbers that can move stand among all, these numbers, and their standard deviations.

    Before the latter, what a derivative is divided by: a share of a whole takes its part from the others.
    """
    every = [number_at(engine, place, state) for place, state in engine.parameters.index]
    movable = [i for i, number in enumerate(every) if number.can_move(engine)]
    numbers = [every[i] for i in movable]
    scale = [1 - n.count * n.stated if engine.parameters.whole(n.place) else 1.0 for n in numbers]
    return movable, numbers, np.array(scale), np.array([number.deviation for number in numbers])


def one_way(engine: Engine, case: Case, number: MovedNumber, points: int = 11) -> Curve:
    """Posteriors at ``points`` values over the number's 90 % interval, and at its stated value.

    Raises:
        CaseError: the case does not fit, or is impossible.

    >>> from dxnet import Case, Engine, load_network
    >>> from dxnet.reasoning.moved_number import find_number
    >>> engine = Engine(load_network("asia"))
    >>> number = find_number(engine, "xray_abnormal.no_lung_cancer, absent")
    >>> curve = one_way(engine, Case({"xray_abnormal": "present"}), number, 2)
    >>> curve.to_frame()["lung_cancer"].round(2).tolist()
    [0.65, 0.49, 0.36]
    """
    engine.require_possible(case)
    values = _values_to_try(number, points)
    return Curve(
        number,
        engine.network.diagnoses,
        values,
        posteriors_when_moved(engine, case, [{number: v} for v in values]),
    )


def two_way(engine: Engine, case: Case, numbers: tuple[MovedNumber, MovedNumber], points: int = 5) -> Grid:
    """Posteriors at ``points`` values of each of two numbers, and at their stated values.

    Raises:
        CaseError: the case does not fit, or is impossible.
        NetworkError: the numbers cannot move independently, or together fill their row.
    """
    engine.require_possible(case)
    first, second = numbers
    values = _values_to_try(first, points), _values_to_try(second, points)
    if faults := list(
        _tied(engine, numbers, sum(n.count * v[-1] for n, v in zip(numbers, values, strict=True)))
    ):
        raise NetworkError(faults)
    moves = [{first: x, second: y} for x in values[0] for y in values[1]]
    post_test = posteriors_when_moved(engine, case, moves).reshape(len(values[0]), len(values[1]), -1)
    return Grid(numbers, engine.network.diagnoses, values, post_test)


def find_thresholds(engine: Engine, case: Case, number: MovedNumber) -> tuple[Threshold, ...]:
    """The nearest values below and above the stated one at which the first rank changes, where they exist.

    Raises:
        CaseError: the case does not fit, or is impossible.

    >>> from dxnet import Case, Engine, load_network
    >>> from dxnet.reasoning.moved_number import find_number
    >>> engine = Engine(load_network("asia"))
    >>> number = find_number(engine, "xray_abnormal.no_lung_cancer, absent")
    >>> (threshold,) = find_thresholds(engine, Case({"xray_abnormal": "present"}), number)
    >>> round(threshold.value, 3), threshold.first, threshold.is_inside
    (0.047, 'lung_cancer', True)
    """
    from scipy.optimize import brentq

    k = int(engine.diagnose(case).post_test.argmax())

    def leads(log_odds: Array) -> Array:
        """Lead of the first diagnosis over the best of the others."""
        asked = posteriors_when_moved(engine, case, [{number: float(value)} for value in number.at(log_odds)])
        return np.asarray(asked[:, k] - np.delete(asked, k, axis=1).max(axis=1))

    share = number.count * number.stated
    stated, end = np.log(share / (1 - share)), -np.log(LEAST_DRAWN)
    thresholds = []
    for side in (-end, end):
        steps = np.linspace(stated, side, _SEARCH_STEPS)
        behind = np.flatnonzero(leads(steps) < 0)
        if len(behind) and (i := behind[0]):
            root = brentq(lambda z: leads(np.array([z]))[0], steps[i - 1], steps[i])
            thresholds.append(_threshold(engine, case, number, float(number.at(root)), k))
    return tuple(thresholds)


def _threshold(engine: Engine, case: Case, number: MovedNumber, value: float, k: int) -> Threshold:
    (at,) = posteriors_when_moved(engine, case, [{number: value}])
    low, high = number.interval
    return Threshold(
        number=number,
        value=value,
        first=engine.network.diagnoses[int(np.where(np.arange(len(at)) == k, -1, at).argmax())],
        probability=float(at[k]),
        is_inside=low <= value <= high,
        fits=fits(engine, number, value),
    )


def _tied(engine: Engine, numbers: tuple[MovedNumber, MovedNumber], most: float) -> Iterator[Issue]:
    first, second = numbers
    where = f"{first.place}, {second.place}"
    is_row, are_shares = first.place == second.place, second.place in engine.parameters.whole(first.place)
    if is_row and (first.state == second.state or len(first.estimate.mean) == 2):
        yield Issue("error", where, "are one number", "give two numbers that can move apart")
    elif (is_row or are_shares) and most >= 1:
        message = f"reach {most:.3g} together, which leaves nothing of their row"
        yield Issue("error", where, message, "take other numbers, or move one at a time")


def _values_to_try(number: MovedNumber, points: int) -> Array:
    return np.unique([*np.linspace(*number.interval, points), number.stated])
