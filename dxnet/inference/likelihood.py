"""The numbers of an uncertain finding: P(what was seen | state) of each of its states."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isclose

import numpy as np

from dxnet.arrays import Array
from dxnet.errors import CaseError, Issue, UnknownState, brief, did_you_mean

WRITE_PROBABILITY = "write P(what was seen | this state), from 0 to 1, such as 0.8"


def faults_of_likelihoods(
    name: str, states: Sequence[str], stated: Mapping[str, float], where: str
) -> Iterator[tuple[type[CaseError], Issue]]:
    """What keeps numbers from being P(what was seen | state) of each state.

    A state without one is excluded where the others leave no doubt: one of them is 1, or they sum to 1. Of
    ``{present: 0.5}`` nobody can tell what it says of absent.

    >>> states = ("normal", "mild", "high")
    >>> [str(fault) for _, fault in faults_of_likelihoods("ck", states, {"mild": 0.4, "high": 0.6}, "")]
    []
    >>> [fault.message for _, fault in faults_of_likelihoods("ck", states, {"mild": 0.4}, "")]
    ['ck: normal, high have no number']
    """
    unknown = [state for state in stated if state not in states]
    for state in unknown:
        place, fix = getattr(state, "where", where), did_you_mean(str(state), states)
        yield UnknownState, Issue("error", place, f"{name}: unknown state {brief(state)}", fix)
    odd = [state for state, value in stated.items() if not _is_probability(value)]
    for state in odd:
        place, message = (
            getattr(state, "where", where),
            f"{name}.{state}: {brief(stated[state])} is no probability",
        )
        yield CaseError, Issue("error", place, message, WRITE_PROBABILITY)
    missing = [state for state in states if state not in stated]
    if missing and not unknown and not odd and not _leaves_no_doubt(stated):
        message = f"{name}: {', '.join(missing)} {'has' if len(missing) == 1 else 'have'} no number"
        fix = "write P(what was seen | state) for each state, 0 where it cannot be"
        yield CaseError, Issue("error", where, message, fix)
    elif not odd and not any(stated.values()):
        message, fix = (
            f"{name}: no state has a probability above 0",
            "write that of each state, or leave it out",
        )
        yield CaseError, Issue("error", where, message, fix)


def _leaves_no_doubt(stated: Mapping[str, float]) -> bool:
    return max(stated.values(), default=0) == 1 or isclose(sum(stated.values()), 1)


def _is_probability(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        return False
    try:
        return 0 <= float(value) <= 1
    except OverflowError:
        return False


def scaled_likelihoods(states: Sequence[str], given: Mapping[str, float]) -> Array:
    """Numbers in the order of the states, 0 without one, scaled to a maximum of 1, ``ndarray[states]``."""
    values: Array = np.array([float(given.get(name, 0)) for name in states])
    return values / float(values.max())


def without_common_factor(states: Sequence[str], stated: dict[str, float]) -> dict[str, float]:
    """Numbers of a file that dxnet wrote when they could be P(what was seen | state) times a common factor.

    Sound ones are left as they are, others divided by the largest. What is typed may have no such factor.

    >>> without_common_factor(("absent", "present"), {"present": 4.0, "absent": 1.0})
    {'present': 1.0, 'absent': 0.25}
    >>> without_common_factor(("absent", "present"), {"present": 0.8, "absent": 0.1})
    {'present': 0.8, 'absent': 0.1}
    """
    largest = max(stated.values(), default=0.0)
    if largest <= 0 or not any(faults_of_likelihoods("", states, stated, "")):
        return stated
    return {state: value / largest for state, value in stated.items()}
