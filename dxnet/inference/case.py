"""Case: what is known of one patient. A finding that is not listed was not examined, never absent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from dxnet.arrays import Array
from dxnet.errors import CaseError, Issue, UnknownFinding, UnknownState, brief, did_you_mean
from dxnet.inference.coded_entry import CodedEntry
from dxnet.inference.coded_entry import State as State
from dxnet.inference.contradictions import oddities
from dxnet.knowledge.entered import as_text, read_entered
from dxnet.knowledge.network import Network


@dataclass(frozen=True, repr=False)
class Case:
    """Findings of one patient: finding -> state, or state -> likelihood where it is uncertain.

    Args:
        findings: by finding id; ``"present"``, or ``{"present": 0.8, "absent": 0.2}``, which is P(what was
            seen | state) times any common factor; a state that is not listed has likelihood 0. A number
            with its unit and a plain word will do where the network says what they mean; they are kept as
            they were entered, numbers and truth values of Python as text (``"64"``, ``"yes"``).
        id: any name; no patient identifiers are wanted.
        diagnosis: the true one, where it is known (for evaluation).
        about: where the case comes from: title, journal, doi, ...
        issues: what was odd in the file it was read from.
        paused: findings that are kept but not used.
        coded: entries of the record that it was read from, and what was taken from each; no part of what is
            asked, so that two cases with the same findings are equal.

    Raises:
        TypeError: the findings are no mapping.

    >>> Case({"dysarthria": "present", "babinski": {"present": 0.8, "absent": 0.2}}).findings["dysarthria"]
    'present'
    >>> Case({"age": 64, "babinski": True})
    Case({'age': '64', 'babinski': 'yes'})
    """

    findings: Mapping[str, State]
    id: str = ""
    diagnosis: str = ""
    about: Mapping[str, str] = field(default_factory=dict)
    issues: tuple[Issue, ...] = ()
    paused: Mapping[str, State] = field(default_factory=dict)
    coded: tuple[CodedEntry, ...] = field(default=(), compare=False)

    if TYPE_CHECKING:  # numbers and truth values are taken, too, and kept as text

        def __init__(
            self,
            findings: Mapping[str, State | float],
            id: str = "",
            diagnosis: str = "",
            about: Mapping[str, str] = ...,
            issues: tuple[Issue, ...] = (),
            paused: Mapping[str, State | float] = ...,
            coded: tuple[CodedEntry, ...] = (),
        ) -> None: ...

    def __post_init__(self) -> None:
        if not isinstance(self.findings, Mapping):
            raise TypeError(f"findings are {brief(self.findings)}; {_GIVE_FINDINGS}")
        for name in ("findings", "paused"):
            given = getattr(self, name)
            if any(isinstance(state, _NUMBERS) for state in given.values()):
                object.__setattr__(
                    self,
                    name,
                    {
                        key: as_text(state) if isinstance(state, _NUMBERS) else state
                        for key, state in given.items()
                    },
                )

    @classmethod
    def of(cls, case: CaseLike) -> Case:
        """A case as it is; a mapping of findings as a case without a name.

        Raises:
            TypeError: anything else; says what to pass.

        >>> Case.of({"babinski": "present"})
        Case({'babinski': 'present'})
        """
        if isinstance(case, Case):
            return case
        if isinstance(case, Mapping):
            return cls(case)
        raise TypeError(f"{brief(case)} is no case; give a Case, or {_GIVE_FINDINGS}")

    @classmethod
    def several(cls, cases: Iterable[CaseLike]) -> tuple[Case, ...]:
        """Several cases, each as of ``of``.

        Raises:
            TypeError: a single case, or what is none; says what to pass.
        """
        if isinstance(cases, Case | Mapping | str) or not isinstance(cases, Iterable):
            raise TypeError(f"{brief(cases)} is not several cases; give a list of them, as of read_cases")
        return tuple(cls.of(case) for case in cases)

    def likelihoods(self, network: Network) -> dict[str, int | Array]:
        """The position of each finding's state, or P(what was seen | state), ``ndarray[states]``.

        The latter is scaled to a maximum of 1.

        Raises:
            UnknownFinding, UnknownState, CaseError: names or numbers that do not fit; all at once.
        """
        positions = network.state_positions
        plain: dict[str, int | Array] = {}
        for name, state in self.findings.items():
            position = positions[name].get(state) if isinstance(state, str) and name in positions else None
            if position is None:
                return self._likelihoods_in_full(network)
            plain[name] = position
        return plain

    def _likelihoods_in_full(self, network: Network) -> dict[str, int | Array]:
        """The same for findings that are not all certain or not all known."""
        self.require_fit(network)
        return {
            name: network.findings[name].states.index(given)
            if isinstance(given, str)
            else _likelihood(network.findings[name].states, given)
            for name, state in self.findings.items()
            for given in (_meant(network, name, state),)
        }

    def in_states(self, network: Network) -> dict[str, State]:
        """The findings with the state that each number and plain word stands for; all others as they are.

        >>> from dxnet import load_network
        >>> Case({"ck": "850 U/L", "babinski": "yes"}).in_states(load_network("als_mimics"))
        {'ck': 'mild', 'babinski': 'present'}
        """
        positions = network.state_positions
        return {
            name: state
            if not isinstance(state, str) or name not in positions or state in positions[name]
            else read_entered(network, name, state).state or state
            for name, state in self.findings.items()
        }

    def require_fit(self, network: Network) -> None:
        """See that a network has the findings and states.

        Raises:
            UnknownFinding, UnknownState, CaseError: names or numbers that do not fit; all at once.
        """
        if faults := list(self._faults(network)):
            kinds = {kind for kind, _ in faults}
            raise (kinds.pop() if len(kinds) == 1 else CaseError)([issue for _, issue in faults])

    def warnings(self, network: Network) -> list[Issue]:
        """What is odd about the case: repeated findings, and those that contradict or repeat each other."""
        known = network.findings
        stated = {
            name: state
            for name, state in self.in_states(network).items()
            if isinstance(state, str) and name in known and state in known[name].states
        }
        return [*self.issues, *oddities(network, stated, self.id)]

    def __repr__(self) -> str:
        stated = {f.name: value for f in fields(self) if f.compare and (value := getattr(self, f.name))}
        findings = stated.pop("findings", {})
        rest = (f"{name}={value!r}" for name, value in stated.items())
        return f"Case({', '.join([repr(findings), *rest])})"

    def _faults(self, network: Network) -> Iterator[tuple[type[CaseError], Issue]]:
        for name, state in self.findings.items():
            where = getattr(name, "where", self.id)
            finding = network.findings.get(name)
            if finding is None:
                fix = did_you_mean(str(name), network.findings)
                yield UnknownFinding, Issue("error", where, f"unknown finding {brief(name)}", fix)
                continue
            if isinstance(state, str):
                found = read_entered(network, name, state)
                if found.kind == "unread":
                    place = getattr(state, "where", where)
                    yield UnknownState, Issue("error", place, f"{name}: {found.problem}", found.fix)
                continue
            if not isinstance(state, Mapping):
                fix = f"write a state ({', '.join(finding.states)}) or a likelihood for each"
                yield CaseError, Issue("error", where, f"{name}: cannot read {brief(state)}", fix)
                continue
            for unknown in (s for s in state if s not in finding.states):
                fix = did_you_mean(str(unknown), finding.states)
                place = getattr(unknown, "where", where)
                yield UnknownState, Issue("error", place, f"{name}: unknown state {brief(unknown)}", fix)
            if not all(map(_is_likelihood, state.values())) or not any(state.values()):
                message = f"{name}: likelihoods must be numbers of 0 or more, not all 0"
                yield CaseError, Issue("error", where, message, "write {present: 0.8, absent: 0.2}")


CaseLike = Case | Mapping[str, State | float]
"""What stands for a case: a Case, or its findings alone."""
_GIVE_FINDINGS = "a mapping of findings such as {'fever': 'present'}"


_NUMBERS = (bool, int, float, np.bool_, np.integer, np.floating)


def _meant(network: Network, finding: str, state: State) -> State:
    """The state of what was entered, or the likelihoods behind a soft word."""
    if not isinstance(state, str):
        return state
    found = read_entered(network, finding, state)
    return found.likelihoods or found.state


def _is_likelihood(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        return False
    try:
        return 0 <= float(value) < inf
    except OverflowError:
        return False


def _likelihood(states: tuple[str, ...], given: Mapping[str, float]) -> Array:
    values: Array = np.array([float(given.get(name, 0.0)) for name in states])
    return values / float(values.max())
