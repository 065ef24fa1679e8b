"""Many numbers of one finding at once: the state of each, as ``read_entered`` reads its text."""

from __future__ import annotations

import re
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dxnet.arrays import MISSING, Array, Bools
from dxnet.knowledge.measurement import Measured
from dxnet.knowledge.network import Network
from dxnet.knowledge.number_meaning import NumberMeaning
from dxnet.knowledge.plain_words import NO, YES
from dxnet.knowledge.state_of_number import meanings_of, number_of_one_unit

PLAIN_NUMBER = (
    r"^(?P<number>[0-9]{1,9}(?:[.](?:[0-9]{1,2}|[0-9]{4,6}))?|(?:0[0-9]{0,8}|[0-9]{4,9})[.][0-9]{3})"
    r" ?(?P<unit>[A-Za-z%µμ/]*)$"
)
"""A text that a number and a unit say all of: without sign, range, reference range, decimal comma, and a dot
that may part thousands."""
_AS_PLAIN_NUMBER = re.compile(PLAIN_NUMBER)
_CLOSE_TO_LIMIT = 1e-9
"""A number that is nearer to a limit, relative to it, is not decided here."""
_SMALLEST, _LARGEST = 1e-4, 1e15
"""Python writes numbers beyond these with an exponent, which no case has."""
_MOST_AS_MONTH, _AS_MONTH = 12.21, (0.179, 0.21)
"""Numbers of years up to this with such a fraction may be a month with its year, as 5.1962 is."""
_SIDE: dict[str, Literal["left", "right"]] = {"upper": "right", "lower": "left"}


def positions_of_numbers(network: Network, name: str, numbers: Array, unit: str = "") -> NDArray[np.int16]:
    """The position of the state of each number among those of its finding, ``int16[N]``.

    MISSING where the number alone does not decide, so that its text has to be read: where the finding is of
    several measurements or the unit is none of its, and for a number that is implausible, on a limit, or a
    word as well (``1``).

    Args:
        network: which states the limits.
        name: of the finding.
        numbers: ``float64[N]``.
        unit: in which all of them are, as it was written.

    >>> from dxnet import load_network
    >>> als = load_network("als_mimics")
    >>> positions_of_numbers(als, "ck", np.array([100.5, 850, np.nan, 1e9]), "U/L")
    array([ 0,  1, -1, -1], dtype=int16)
    """
    finding = network.findings[name]
    meanings = meanings_of(finding)
    one = number_of_one_unit(meanings[0], Measured(1.0, 1.0, unit)) if len(meanings) == 1 else None
    if one is None or any(map(_AS_PLAIN_NUMBER.fullmatch, finding.states)):
        return np.full(len(numbers), MISSING, np.int16)
    states = np.array([*map(finding.states.index, meanings[0].states or finding.states)], np.int16)
    with np.errstate(over="ignore", invalid="ignore"):
        inside = numbers * one.low
        found = states[np.searchsorted(meanings[0].limits, inside, _SIDE[meanings[0].at_limit])]
        found[~_is_decided(network, meanings[0], numbers, inside, unit)] = MISSING
    return found


def _is_decided(network: Network, meaning: NumberMeaning, numbers: Array, inside: Array, unit: str) -> Bools:
    """Whether each number lies between limits, clearly, and has no other reading.

    Args:
        network, meaning: which states the limits.
        numbers, unit: as they were written.
        inside: the numbers in the unit of the limits.
    """
    is_decided = (inside > meaning.plausible[0]) & (inside < meaning.plausible[1])
    is_decided &= (np.abs(numbers) >= _SMALLEST) & (np.abs(numbers) < _LARGEST)
    for end in (*meaning.limits, *meaning.plausible):
        is_decided &= np.abs(inside - end) > _CLOSE_TO_LIMIT * abs(end)
    if meaning.unit == "years":
        is_decided &= (numbers > _MOST_AS_MONTH) | (numbers % 1 < _AS_MONTH[0]) | (numbers % 1 > _AS_MONTH[1])
    for plain in filter(None, map(_AS_PLAIN_NUMBER.fullmatch, (*YES, *NO, *network.soft_words))):
        if plain["unit"] == unit:
            is_decided &= numbers != float(plain["number"])
    return is_decided
