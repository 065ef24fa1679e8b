"""State of the Network page for one user: the part in view, and the numbers that were edited."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import streamlit as st

from dxnet import Network, check, load_network
from dxnet.arrays import Array
from dxnet.errors import DxnetError, Issue
from dxnet.formats.cases.read import reference_cases
from dxnet.formats.networks.load import is_foreign
from dxnet.inference.implied import implied
from dxnet.knowledge.edit import NetworkFiles, number_as_written, parse_number_at
from dxnet.knowledge.place import Place
from dxnet.report.content.variable import kind
from dxnet.review.diff import NetworkDifference, compare_networks
from dxnet.ui.compare import versions
from dxnet.ui.shared import session as state

OVERVIEW, AROUND = "", "around"
BACKEND = "numpy"
"""Ready sooner than the compiled one for so few cases."""


def read_only() -> bool:
    """Whether this server shows the network but lets nobody edit it: DXNET_READ_ONLY=1.

    Nor are files of another program edited; ``dxnet import`` makes files of them that can be.
    """
    return os.environ.get("DXNET_READ_ONLY", "") not in ("", "0") or is_foreign(state.served())


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


@dataclass
class EditSession:
    """One user's view of the network.

    Args:
        chosen: id of a variable, diagnosis or setting; empty: none.
        view: what is drawn: OVERVIEW, AROUND what is chosen, or a category.
        edits: place of a number -> what was written there instead.
        drawn: how often what is chosen changed; a new chart does not remember the clicks on the last.
    """

    chosen: str = ""
    view: str = OVERVIEW
    edits: dict[Place, str] = field(default_factory=dict)
    drawn: int = 0
    _tried: tuple[tuple[Mapping[Place, str], str], Trial] | None = None

    def choose(self, name: str) -> None:
        """Look at one variable, diagnosis or setting."""
        self.chosen, self.drawn = name, self.drawn + 1
        if self.view == OVERVIEW:
            self.view = AROUND

    def show(self, view: str) -> None:
        """Draw something else."""
        self.view, self.drawn = view, self.drawn + 1

    def write(self, network: Network, place: Place, text: str) -> None:
        """Write another number; the one that the network has is no edit."""
        if text.strip() == number_as_written(dict(network.estimates())[place]):
            self.edits.pop(place, None)
        else:
            self.edits[place] = text.strip()

    def undo(self, places: Sequence[Place]) -> None:
        """Take edits back."""
        for place in places:
            self.edits.pop(place, None)

    def faults(self, network: Network) -> dict[Place, Sequence[Issue]]:
        """The problem of each edit by itself."""
        found: dict[Place, Sequence[Issue]] = {}
        for place, text in self.edits.items():
            try:
                parse_number_at(network, place, text)
            except DxnetError as problem:
                found[place] = problem.issues
        return found

    def trial(self, setting: str) -> Trial | None:
        """Result of the current edits, if they were tried in this setting."""
        return self._tried[1] if self._tried and self._tried[0] == (self.edits, setting) else None

    def attempt(self, network: Network, setting: str) -> None:
        """Try the edits; nothing is kept on disk. A sound network can then be compared with the old one."""
        trial = attempt(network, self.edits, setting)
        self._tried = (dict(self.edits), setting), trial
        if trial.is_sound and trial.edited:
            versions.opened()[versions.EDITED] = trial.edited


def desk() -> EditSession:
    """The desk of this browser session."""
    if "desk" not in st.session_state:
        st.session_state.desk = EditSession()
    found: EditSession = st.session_state.desk
    return found


def attempt(network: Network, edits: Mapping[Place, str], setting: str) -> Trial:
    """Make the edits in a private copy, check it, and compare it on the reference cases in a setting."""
    files = None
    try:
        files = _files_of(state.served(), network.fingerprint).edit(edits)
        with files.unpacked() as directory:
            edited = load_network(directory)
            known = {(issue.level, issue.message) for issue in issues_of(network)}
            issues: Sequence[Issue] = check(edited)
        fresh = [issue for issue in issues if (issue.level, issue.message) not in known]
        issues = sorted(issues, key=lambda issue: (issue.level != "error", issue not in fresh))
        found = compare_networks(network, edited, reference_cases(), setting, BACKEND)
        return Trial(files, issues, len(fresh), found, edited)
    except DxnetError as problem:
        return Trial(files, problem.issues, len(problem.issues), None)


@st.cache_resource(show_spinner=False)
def _files_of(name: str, fingerprint: str) -> NetworkFiles:
    return NetworkFiles.read(name)


def issues_of(network: Network) -> Sequence[Issue]:
    """Issues of the network that the app serves."""
    return _cached_issues(network, network.name, network.fingerprint)


@st.cache_resource(show_spinner="Checking the network (a few seconds, once) …")
def _cached_issues(_network: Network, name: str, fingerprint: str) -> Sequence[Issue]:
    return check(_network)


def built_tables(network: Network) -> Mapping[str, Array]:
    """P(state | diagnosis) of every finding of the network that the app serves."""
    return _cached_tables(network, network.name, network.fingerprint)


@st.cache_resource(show_spinner="Working out the findings of every diagnosis (a few seconds, once) …")
def _cached_tables(_network: Network, name: str, fingerprint: str) -> Mapping[str, Array]:
    return implied(_network)


def variable_label(network: Network, name: str) -> str:
    """How a variable, diagnosis or setting is called."""
    if name in network.diagnosis:
        return network.diagnosis[name].name
    if name in network.settings:
        return network.settings[name].label
    return network.nodes[name].label if name in network.nodes else name.capitalize()


def everything(network: Network) -> list[str]:
    """All parts that can be chosen: variables, diagnoses, settings."""
    return [*network.nodes, *network.diagnosis, *network.settings]


def search_texts(network: Network, name: str) -> str:
    """All words under which a part can be found."""
    finding = network.findings.get(name)
    more = (", ".join(finding.synonyms), finding.hpo) if finding else ()
    return " · ".join(filter(None, (variable_label(network, name), kind(network, name), name, *more)))
