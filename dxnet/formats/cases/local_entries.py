"""Entries of a record under local codes: the findings, states and diagnosis that they stand for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from dxnet.formats.cases.codes import from_own
from dxnet.formats.cases.fields import Reading
from dxnet.formats.cases.laboratory import TestResult, judged
from dxnet.formats.cases.local_codes import LocalCode
from dxnet.formats.cases.quantities import agreeing
from dxnet.inference.coded_entry import State
from dxnet.knowledge.entered import read_entered
from dxnet.knowledge.network import DIAGNOSIS, Network
from dxnet.knowledge.strict_yaml import Scalar


def local_findings(
    reading: Reading, row: LocalCode, present: bool | None, value: Callable[[str], State | None], where: str
) -> Iterator[tuple[Scalar, State]]:
    """The findings of an entry under a local code; what it does not settle is left out with a warning.

    Args:
        reading: what is known of the record so far.
        row: that of the code.
        present: whether the entry says that what its code names is there.
        value: the state of a finding by the value of the entry; None where it says none.
        where: ``file:line`` of the entry.
    """
    code = f"{row.system} {row.code}"
    named = f"{code} ({reading.entries[reading.entry].label or row.label or 'without a name'})"
    for finding, state in row.meanings:
        if finding == DIAGNOSIS:
            continue
        given = value(finding) if not state else _state_if(reading.network, finding, state, present)
        if given is None:
            fix = "say present or absent in the record, or enter the finding"
            why = "does not say present or absent"
            if not state:
                fix, why = "enter the finding", f"has no value that is a state of {finding}"
            message = f"{named}, {finding} by {row.where or 'a local code'}, {why}: left out"
            reading.warn(where, message, fix)
            continue
        shown = given if isinstance(given, str) else "not certain"
        text = f"{finding} {shown} from {named}{f' by {row.where}' if row.where else ''}"
        reading.info(
            where, f"1 finding is taken by a local code ({text})", "findings are taken by local codes", text
        )
        yield Scalar(finding, where), Scalar(given, where) if isinstance(given, str) else given


def local_diagnoses(row: LocalCode) -> list[str]:
    """The diagnosis that a local code stands for, if it is one."""
    return [state for finding, state in row.meanings if finding == DIAGNOSIS]


def no_value(_: str) -> None:
    """The value of a Condition or a disease, which has none beside its code."""


def state_by_value(
    network: Network,
    finding: str,
    result: TestResult,
    units: Sequence[str],
    words: Sequence[str],
    present: bool | None,
) -> State | None:
    """The state of a finding by a value: its number, its words, or what its report says of it.

    Args:
        network: whose finding it is.
        finding: its name.
        result: the number, with what its report says of it.
        units: that it may be in.
        words: other values, as they stand there.
        present: what the entry says of its code, if it does.

    >>> from dxnet import load_network
    >>> als = load_network("als_mimics")
    >>> state_by_value(als, "ck", TestResult(value=850, unit="U/L"), ["U/L"], [], None)
    '850 U/L'
    >>> state_by_value(als, "ck", TestResult(frozenset("H")), [], [], None)
    {'mild': 1.0, 'high': 1.0}
    >>> state_by_value(als, "babinski", TestResult(), [], ["Present"], None)
    'present'
    """
    if text := agreeing(network, finding, result, units):
        return text
    read = (read_entered(network, finding, word) for word in words if word)
    if word := next((found for found in read if found.kind in ("state", "word", "soft")), None):
        return word.state or word.likelihoods
    flag = judged(result)
    if flag in ("N", "NEG"):
        return from_own(network, finding, present=False)
    if flag in ("A", "POS") or (flag in ("H", "L") and _is_side(network, finding, flag)):
        return from_own(network, finding, present=True)
    return None if present is None else from_own(network, finding, present)


def _is_side(network: Network, finding: str, flag: str) -> bool:
    """Whether a high or a low result is what is abnormal in a finding."""
    meanings = network.findings[finding].number
    ends = [meaning.upper if flag == "H" else meaning.lower for meaning in meanings]
    return len(ends) == 1 and ends[0] is not None


def _state_if(network: Network, finding: str, state: str, present: bool | None) -> State | None:
    """A state where it is present; where it is absent, all others."""
    if present is None or present:
        return state if present else None
    states = network.findings[finding].states
    if state not in states:
        return None  # a soft word that is absent says nothing certain
    others = [other for other in states if other != state]
    return others[0] if len(others) == 1 else dict.fromkeys(others, 1.0)
