"""State of the Network page for one user: the part in view, what was added, the numbers that were edited."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import streamlit as st

from dxnet import Case, Network, check, load_network
from dxnet.errors import CaseError, DxnetError, Issue
from dxnet.formats.cases.read import reference_cases_for
from dxnet.formats.networks.load import is_foreign
from dxnet.knowledge.additions import Addition, with_addition
from dxnet.knowledge.changed_number import parse_number_at
from dxnet.knowledge.edit import NetworkFiles, number_as_written
from dxnet.knowledge.place import Place
from dxnet.review.diff import NetworkDifference, compare_networks
from dxnet.ui.shared import versions
from dxnet.ui.shared.served import served, served_network, worked_out

OVERVIEW, AROUND = "", "around"
BACKEND = "numpy"
"""Ready sooner than the compiled one for so few cases."""


def read_only() -> bool:
    """Whether this server shows the network but lets nobody edit it: DXNET_READ_ONLY=1.

    Nor are files of another program edited; ``dxnet import`` makes files of them that can be.
    """
    return os.environ.get("DXNET_READ_ONLY", "") not in ("", "0") or is_foreign(served())


@dataclass(frozen=True)
class Trial:
    """The check and the effect of some edits.

    Args:
        files: with the edits, if they could be made.
        issues: what the check says of the edited network, errors first, then what is new.
        new: how many of them the unedited network does not have.
        difference: to the unedited network, on the reference cases, if it can answer.
        edited: the network with the edits, if it can answer.
    """

    files: NetworkFiles | None
    issues: Sequence[Issue]
    new: int
    difference: NetworkDifference | None
    edited: Network | None = None

    @property
    def is_sound(self) -> bool:
        """Whether the edited network can be used."""
        return self.difference is not None and not any(issue.level == "error" for issue in self.issues)


@dataclass(frozen=True)
class Extended:
    """A network with one more part than before, its files, and what was added."""

    addition: Addition
    files: NetworkFiles
    network: Network


@dataclass
class EditSession:
    """One user's view of a network.

    Args:
        base: the network that is edited.
        source: its files as they were read; None where they are not there to be edited.
        chosen: id of a variable, diagnosis, lesion pattern or setting; empty: none.
        view: what is drawn: OVERVIEW, AROUND what is chosen, or a category.
        edits: place of a number -> what was written there instead.
        added: the network after each part that was added, in their order.
        problems: why the last part was not added.
        drawn: how often what is chosen changed; a new chart does not remember the clicks on the last.
    """

    base: Network
    source: NetworkFiles | None
    chosen: str = ""
    view: str = OVERVIEW
    edits: dict[Place, str] = field(default_factory=dict)
    added: list[Extended] = field(default_factory=list)
    problems: tuple[Issue, ...] = ()
    drawn: int = 0
    _tried: tuple[object, Trial] | None = None

    @property
    def network(self) -> Network:
        """The network with what was added, without the edits of numbers."""
        return self.added[-1].network if self.added else self.base

    @property
    def files(self) -> NetworkFiles | None:
        """Its files."""
        return self.added[-1].files if self.added else self.source

    @property
    def changes(self) -> int:
        """Parts added and numbers edited."""
        return len(self.added) + len(self.edits)

    def owns(self, network: Network) -> bool:
        """Whether a network is the one that is edited here, or was made here."""
        return network is self.base or bool(self._tried and self._tried[1].edited is network)

    def choose(self, name: str) -> None:
        """Look at one variable, diagnosis, lesion pattern or setting."""
        self.chosen, self.drawn = name, self.drawn + 1
        if self.view == OVERVIEW:
            self.view = AROUND

    def show(self, view: str) -> None:
        """Draw something else."""
        self.view, self.drawn = view, self.drawn + 1

    def write(self, place: Place, text: str) -> None:
        """Write another number; the one that the network has is no edit.

        An empty text takes back one that could not be read, and changes nothing else.
        """
        if not text.strip():
            if place in self.faults():
                self.edits.pop(place)
            return
        if text.strip() == number_as_written(dict(self.network.estimates())[place]):
            self.edits.pop(place, None)
        else:
            self.edits[place] = text.strip()

    def undo(self, places: Sequence[Place]) -> None:
        """Take edits back."""
        for place in places:
            self.edits.pop(place, None)

    def add(self, addition: Addition, odd: Sequence[Issue] = ()) -> bool:
        """Add a part, if nothing about it is ``odd``; whether it could be, else ``problems`` say why not."""
        assert self.files is not None
        if odd:
            self.problems = (*odd, *addition.faults(self.network))
            return False
        try:
            files = with_addition(self.network, self.files, addition)
            with files.unpacked() as directory:
                self.added.append(Extended(addition, files, load_network(directory)))
        except DxnetError as problem:
            self.problems = tuple(problem.issues)
            return False
        self.problems = ()
        return True

    def take_back(self) -> None:
        """Take the part that was added last back, and the edits of its numbers."""
        self.added.pop()
        known = dict(self.network.estimates())
        self.edits = {place: text for place, text in self.edits.items() if place in known}
        self.problems = ()

    def discard(self) -> None:
        """Take everything back."""
        self.added.clear()
        self.edits.clear()
        self.problems = ()

    def faults(self) -> dict[Place, Sequence[Issue]]:
        """The problem of each edit by itself."""
        found: dict[Place, Sequence[Issue]] = {}
        for place, text in self.edits.items():
            try:
                parse_number_at(self.network, place, text)
            except DxnetError as problem:
                found[place] = problem.issues
        return found

    def trial(self, setting: str) -> Trial | None:
        """Result of the current changes, if they were tried in this setting."""
        return self._tried[1] if self._tried and self._tried[0] == self._state(setting) else None

    def attempt(self, setting: str) -> None:
        """Try the changes; nothing is kept on disk. A sound network can then be compared, and used."""
        assert self.files is not None
        trial = attempt(self.base, self.files, self.edits, setting)
        self._tried = self._state(setting), trial
        if trial.is_sound and trial.edited:
            versions.opened()[versions.EDITED] = trial.edited

    def _state(self, setting: str) -> object:
        return dict(self.edits), [extended.addition for extended in self.added], setting


def desk(network: Network) -> EditSession:
    """The desk of this browser session on which a network is edited, or was made."""
    known: list[EditSession] = st.session_state.setdefault("desks", [])
    found = next((it for it in known if it.owns(network)), None)
    if found is None:
        found = EditSession(network, _source_of(network))
        known.append(found)
    st.session_state.desk = found
    return found


def _source_of(network: Network) -> NetworkFiles | None:
    """The files of the served network, or of one that was opened here."""
    if network is served_network():
        return None if read_only() else _files_of(served(), network.fingerprint)
    return versions.files_of(network)


def attempt(base: Network, files: NetworkFiles, edits: Mapping[Place, str], setting: str) -> Trial:
    """Make the edits in a private copy, check it, and compare it on the reference cases in a setting."""
    edited_files = None
    try:
        edited_files = files.edit(edits)
        with edited_files.unpacked() as directory:
            edited = load_network(directory)
            known = {(issue.level, issue.message) for issue in issues_of(base)}
            issues: Sequence[Issue] = check(edited)
            cases, unread = _cases_to_try(base, edited, directory)
        issues = [*issues, *unread]
        fresh = [issue for issue in issues if (issue.level, issue.message) not in known]
        issues = sorted(issues, key=lambda issue: (issue.level != "error", issue not in fresh))
        found = compare_networks(base, edited, cases, setting, BACKEND)
        return Trial(edited_files, issues, len(fresh), found, edited)
    except DxnetError as problem:
        return Trial(edited_files, problem.issues, len(problem.issues), None)


def _cases_to_try(base: Network, edited: Network, directory: Path) -> tuple[list[Case], list[Issue]]:
    """The cases that show the effect, and why those of the network cannot be read."""
    try:
        return reference_cases_for((base, edited), directory), []
    except CaseError as problem:
        return [], [replace(issue, level="warning") for issue in problem.issues]


@st.cache_resource(show_spinner=False)
def _files_of(name: str, fingerprint: str) -> NetworkFiles:
    return NetworkFiles.read(name)


def issues_of(network: Network) -> Sequence[Issue]:
    """Issues of a network."""
    return worked_out(network, check, _cached_issues)


@st.cache_resource(show_spinner="Checking the network (a few seconds, once) …")
def _cached_issues(_network: Network, name: str, fingerprint: str) -> Sequence[Issue]:
    return check(_network)
