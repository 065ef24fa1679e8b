"""Entries of a record under local codes: the findings, states and diagnosis that they stand for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from dxnet.formats.cases.codes import from_own
from dxnet.formats.cases.fields import Reading
from dxnet.formats.cases.laboratory import TestResult, judged
from dxnet.formats.cases.local_codes import LocalCode
from dxnet.formats.cases.quantities import agreeing, read_result
from dxnet.inference.visit import State, one_state_of
from dxnet.knowledge.entered import read_entered
from dxnet.knowledge.network import DIAGNOSIS, Network
from dxnet.knowledge.strict_yaml import Scalar


class StatedValue(NamedTuple):
    """The state of a finding by the value of an entry; without one, why and the cure."""

    state: State | None
    problem: str = ""
    fix: str = ""


def local_findings(
    reading: Reading, row: LocalCode, present: bool | None, value: Callable[[str], StatedValue], where: str
) -> Iterator[tuple[Scalar, State]]:
    """The findings of an entry under a local code; what it does not settle is left out with a warning.

    Args:
        reading: what is known of the record so far.
        row: that of the code.
        present: whether the entry says that what its code names is there.
        value: what the value of the entry says of a finding.
        where: ``file:line`` of the entry.
    """
    named = reading.name_of_entry(row)
    for finding, state in row.meanings:
        if finding == DIAGNOSIS:
            continue
        given = _state_if(reading.network, finding, state, present) if state else value(finding)
        if given.state is None:
            message = f"{named}, {finding} by {row.where or 'a local code'}, {given.problem}: left out"
            reading.warn(where, message, given.fix)
            continue
        its = given.state
        yield Scalar(finding, where), Scalar(its, where) if isinstance(its, str) else its


def local_diagnoses(row: LocalCode) -> list[str]:
    """The diagnosis that a local code stands for, if it is one."""
    return [state for finding, state in row.meanings if finding == DIAGNOSIS]


def no_value(finding: str) -> StatedValue:
    """The value of a Condition or a disease, which has none beside its code."""
    return StatedValue(None, f"has no value that is a state of {finding}", "give a state in the local code")


def stated_value(
    network: Network,
    finding: str,
    result: TestResult,
    units: Sequence[str],
    words: Sequence[str],
    present: bool | None,
) -> StatedValue:
    """The state of a finding by a value: its number, what its report says of it, or its words.

    The words of a report, such as high, are about its own limits and not the names of states.

    Args:
        network: whose finding it is.
        finding: its name.
        result: the number, with what its report says of it.
        units: that it may be in.
        words: other values, as they stand there.
        present: what the entry says of its code, if it does.

    >>> from dxnet import load_network
    >>> als = load_network("als_mimics")
    >>> stated_value(als, "ck", TestResult(value=850, unit="U/L"), ["U/L"], [], None).state
    '850 U/L'
    >>> stated_value(als, "ck", TestResult(frozenset("H")), [], ["High"], None).state
    {'mild': 1.0, 'high': 1.0}
    >>> stated_value(als, "ck", TestResult(value=850, unit="mV"), ["mV"], [], None).problem
    '850 mV has an unknown unit'
    """
    if text := agreeing(network, finding, result, units):
        return StatedValue(text)
    flag, is_measured = judged(result), bool(network.findings[finding].number)
    if is_measured and flag not in ("POS", "NEG") and (state := _state_of_flag(network, finding, flag)):
        return StatedValue(state)
    read = [read_entered(network, finding, word) for word in words]
    if known := next((found for found in zip(read, words, strict=True) if found[0].kind != "unread"), None):
        return StatedValue(known[1] if known[0].kind in ("number", "soft") else known[0].state)
    if not is_measured and (state := _state_of_flag(network, finding, flag)):
        return StatedValue(state)
    if present is not None and not is_measured:
        return StatedValue(from_own(network, finding, present))
    _, number = read_result(network, finding, result, units)
    return StatedValue(None, number.problem, number.fix) if number.problem else no_value(finding)


def _state_of_flag(network: Network, finding: str, flag: str) -> State | None:
    """The states of a finding that a judged result leaves."""
    if flag in ("N", "NEG"):
        return from_own(network, finding, present=False)
    if flag in ("A", "POS") or (flag in ("H", "L") and _is_side(network, finding, flag)):
        return from_own(network, finding, present=True)
    return None


def _is_side(network: Network, finding: str, flag: str) -> bool:
    """Whether a high or a low result is what is abnormal in a finding."""
    meanings = network.findings[finding].number
    ends = [meaning.upper if flag == "H" else meaning.lower for meaning in meanings]
    return len(ends) == 1 and ends[0] is not None


def _state_if(network: Network, finding: str, state: str, present: bool | None) -> StatedValue:
    """A state where it is present; where it is absent, all others."""
    if present is None:
        fix = "say present or absent in the record; for a test, leave the state of the local code empty"
        return StatedValue(None, "does not say present or absent", fix)
    states = network.findings[finding].states
    others = [other for other in states if other != state]
    if present or len(others) == len(states):
        fix = "enter the finding"
        return StatedValue(state) if present else StatedValue(None, f"excludes {state}, no single state", fix)
    return StatedValue(one_state_of(others, states))
