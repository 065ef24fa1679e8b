"""A case file as a browser sends it, read under another name and seen to fit; and the shipped examples."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from uuid import uuid4

import streamlit as st

from dxnet import Case, Network
from dxnet.errors import CaseError, DxnetError, Issue, brief, did_you_mean
from dxnet.formats.cases.local_codes import NO_LOCAL_CODES, LocalCodes
from dxnet.formats.cases.read import read_cases, read_records
from dxnet.formats.text.proposal import CalledNormal
from dxnet.inference.visit import State
from dxnet.knowledge.load import RESOURCES

SUFFIXES = ("yaml", "yml", "json", "ndjson")
_STEM = "case"
"""What a file is called while it is read."""
_READ_AS = re.compile(rf"(?<!\w){_STEM}\.(?:{'|'.join(SUFFIXES)})(?::([0-9]+))?(?=$|\W)")


@dataclass(frozen=True)
class OpenedRecord:
    """A coded record as a browser sent it, to be read again by other codes, and the findings it gave."""

    name: str
    content: bytes
    findings: Mapping[str, State]


class OfferedNormal(NamedTuple):
    """What the letter that was taken calls normal as a whole, offered at the visit to which it was added."""

    tests: tuple[CalledNormal, ...] = ()
    on: date | None = None


class EnteredState(NamedTuple):
    """What a user can take back: all that the answer depends on, the day shown, and what is offered.

    The mark tells whose case it is: each that is begun or opened has one of its own.
    """

    case: Case
    setting: str
    paused: frozenset[str]
    record: OpenedRecord | None = None
    visit: date | None = None
    called_normal: OfferedNormal = OfferedNormal()
    mark: str = ""

    @property
    def days(self) -> list[date]:
        """The days of the visits."""
        return [visit.on for visit in self.case.visits]


def new_mark() -> str:
    """A mark that no other case has."""
    return uuid4().hex


def read_case_file(
    network: Network,
    name: str,
    content: bytes,
    codes: LocalCodes = NO_LOCAL_CODES,
    *,
    as_far_as_understood: bool = False,
) -> Case:
    """The case of a file that fits the network. Its name, which may tell whose it is, is never written.

    Args:
        network: whose findings they are.
        name: of the file; its suffix says how it is read.
        content: of the file.
        codes: local codes of a record.
        as_far_as_understood: take a record of which nothing is understood, too, as a case without findings.

    Raises:
        CaseError: it cannot be read, or does not fit; its places are lines.
    """
    try:
        case = _case_of_file(network, name, content, codes, as_far_as_understood)
    except DxnetError as problem:
        raise type(problem)([_placed_by_line(issue) for issue in problem.issues]) from None
    return replace(case, issues=tuple(map(_placed_by_line, case.issues)))


def _placed_by_line(issue: Issue) -> Issue:
    """An issue with lines alone as places: the file has another name while it is read."""
    where, message = (
        _READ_AS.sub(lambda found: f"line {found[1]}" if found[1] else "", text)
        for text in (issue.where, issue.message)
    )
    return replace(issue, where=where, message=message, parts=tuple(map(_placed_by_line, issue.parts)))


def _case_of_file(
    network: Network, name: str, content: bytes, codes: LocalCodes, as_far_as_understood: bool
) -> Case:
    suffix = name.rpartition(".")[2].lower()
    if suffix not in SUFFIXES:
        known = ", ".join(f".{known}" for known in SUFFIXES)
        raise CaseError([Issue("error", "", f"No case file ends in {brief(suffix)}", f"known are {known}")])
    with TemporaryDirectory() as directory:
        path = Path(directory) / f"{_STEM}.{suffix}"
        path.write_bytes(content)
        cases = read_records(path, network=network, codes=codes)
    if len(cases) != 1:
        raise CaseError([Issue("error", "", f"It holds {len(cases)} cases", "open a file of one")])
    (case,) = cases
    faults = [issue for issue in case.issues if issue.level == "error"]
    if faults and not as_far_as_understood:
        raise CaseError(faults)
    case = replace(case, issues=tuple(issue for issue in case.issues if issue not in faults))
    replace(case, findings={**case.findings, **case.paused}).require_fit(network)
    setting = case.about.get("setting")
    if setting and setting not in network.settings:
        fix = did_you_mean(setting, network.settings)
        raise CaseError([Issue("error", "", f"The network has no setting {brief(setting)}", fix)])
    return case


@st.cache_data(show_spinner=False)
def examples(_network: Network, fingerprint: str) -> Sequence[Case]:
    """The shipped cases that fit the network."""
    fitting = []
    for path in sorted((RESOURCES / "data" / "cases").glob("*.yaml")):
        try:
            (case,) = read_cases(path)
            case.require_fit(_network)
        except DxnetError:
            continue
        fitting.append(case)
    return fitting
