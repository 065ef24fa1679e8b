"""Case: what is known of one patient. A finding that is not listed was not examined, never absent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from dxnet.arrays import Array
from dxnet.errors import CaseError, Issue, UnknownFinding, UnknownState, brief, require_names
from dxnet.inference.coded_entry import CodedEntry
from dxnet.inference.contradictions import oddities
from dxnet.inference.likelihood import faults_of_likelihoods, scaled_likelihoods
from dxnet.inference.visit import State as State
from dxnet.inference.visit import Visit, as_entered, as_name, day_of, in_order, seen_last
from dxnet.knowledge.alike import did_you_mean_finding
from dxnet.knowledge.entered import read_entered
from dxnet.knowledge.network import Network
from dxnet.knowledge.read_only import CaseMapping


@dataclass(frozen=True, repr=False)
class Case:
    """Findings of one patient: finding -> state, or state -> likelihood where it is uncertain.

    It keeps copies of the mappings that it is given, which cannot be changed.

    Args:
        findings: by finding id; ``"present"``, or ``{"present": 0.8, "absent": 0.2}``, which is P(what was
            seen | state), 0 to 1, of each state; states without a number are excluded where one of the others
            is 1 or they sum to 1. A number with its unit and a plain word will do where the network says what
            they mean; they are kept as they were entered, numbers and truth values of Python as text
            (``"64"``, ``"yes"``).
        id: any name, a number as text; no patient identifiers are wanted.
        diagnosis: the true one, where it is known (for evaluation).
        about: where the case comes from: title, journal, doi, ...
        issues: what was odd in the file it was read from.
        paused: findings that are kept but not used.
        visits: what was found on which day, earliest first; ``findings`` and ``paused`` hold what was seen
            last. A case of several visits is made with ``of_visits``.
        coded: entries of the record that it was read from, and what was taken from each; no part of what is
            asked, so that two cases with the same findings are equal.

    Raises:
        CaseError: visits that say something else than the findings, or two of one day.
        TypeError: findings, paused or about are no mapping; an id or diagnosis is no text or number, or
            issues are none.

    >>> Case({"dysarthria": "present", "babinski": {"present": 0.8, "absent": 0.2}}).findings["dysarthria"]
    'present'
    >>> Case({"age": 64, "babinski": True})
    Case({'age': '64', 'babinski': 'yes'})
    """

    findings: Mapping[str, State]
    id: str = ""
    diagnosis: str = ""
    about: Mapping[str, str] = field(default_factory=CaseMapping)
    issues: tuple[Issue, ...] = ()
    paused: Mapping[str, State] = field(default_factory=CaseMapping)
    visits: tuple[Visit, ...] = ()
    coded: tuple[CodedEntry, ...] = field(default=(), compare=False)
    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # its findings are a mapping

    if TYPE_CHECKING:  # numbers and truth values are taken, too, and kept as text

        def __init__(
            self,
            findings: Mapping[str, State | float],
            id: str = "",
            diagnosis: str = "",
            about: Mapping[str, str] = ...,
            issues: tuple[Issue, ...] = (),
            paused: Mapping[str, State | float] = ...,
            visits: Iterable[Visit] = (),
            coded: tuple[CodedEntry, ...] = (),
        ) -> None: ...

    def __post_init__(self) -> None:
        for name in ("findings", "paused"):
            object.__setattr__(self, name, as_entered(getattr(self, name), name))
        if not isinstance(self.id, str) or not isinstance(self.diagnosis, str):
            for name in ("id", "diagnosis"):
                object.__setattr__(self, name, as_name(name, getattr(self, name)))
        if type(self.about) is not dict and not isinstance(self.about, Mapping):
            raise TypeError(f"about is {brief(self.about)}; give a mapping such as {{'title': 'A report'}}")
        if type(self.about) is not CaseMapping:
            object.__setattr__(self, "about", CaseMapping.of(self.about))
        if self.issues and not all(isinstance(issue, Issue) for issue in self.issues):
            raise TypeError(f"issues are {brief(self.issues)}; give a tuple of Issue")
        if self.visits:
            object.__setattr__(self, "visits", in_order(self.visits))
            self._require_agreement()

    def _require_agreement(self) -> None:
        known = {**self.findings, **self.paused}
        if odd := [name for name, state in seen_last(self.visits).items() if known.get(name) != state]:
            message = f"{', '.join(odd)}: not as in the visits"
            fix = "make it with Case.of_visits, or leave out the visits with visits=()"
            raise CaseError([Issue("error", self.id, message, fix)])

    @classmethod
    def of_visits(
        cls,
        visits: Iterable[Visit],
        findings: Mapping[str, State | float] | None = None,
        paused: Iterable[str] = (),
        **known: Any,
    ) -> Case:
        """The case of several visits: of each finding, what was seen last counts.

        A finding that a later visit did not examine stays as it was seen before; nothing else is filled in,
        and what no visit examined is not examined.

        Args:
            visits: in any order, each of another day.
            findings: those without a date, such as the sex; they hold at every visit.
            paused: names of findings that are kept but not used.
            known: other fields of ``Case``.

        Raises:
            CaseError: two visits of one day; a finding with and without a date.
            TypeError: paused is a single text.

        >>> first = Visit("2024-01-10", {"arm_weakness": "present", "babinski": "absent"})
        >>> case = Case.of_visits([first, Visit("2024-06-02", {"babinski": "present"})], {"sex": "male"})
        >>> case.findings
        {'sex': 'male', 'arm_weakness': 'present', 'babinski': 'present'}
        >>> case.at("2024-03-01").findings
        {'sex': 'male', 'arm_weakness': 'present', 'babinski': 'absent'}
        """
        require_names("paused", paused)
        ordered, undated, put_aside = in_order(visits), as_entered(findings or {}), set(paused)
        seen = seen_last(ordered)
        if both := [name for name in undated if name in seen]:
            fix = "keep it in a visit, or without a date"
            message = f"{', '.join(both)}: with and without a date"
            raise CaseError([Issue("error", str(known.get("id", "")), message, fix)])
        states = {**undated, **seen}
        return cls(
            findings={name: state for name, state in states.items() if name not in put_aside},
            paused={name: state for name, state in states.items() if name in put_aside},
            visits=ordered,
            **known,
        )

    @property
    def undated(self) -> dict[str, State]:
        """The findings that belong to no visit, paused ones included; all of a case without visits."""
        dated = seen_last(self.visits)
        return {name: s for name, s in {**self.findings, **self.paused}.items() if name not in dated}

    def at(self, day: date | str) -> Case:
        """The case as it was known on a day: with the visits up to it, and the findings without a date.

        Raises:
            CaseError: no visit up to then; no visits at all; a text that is no day.
        """
        day = day_of(day)
        until = [visit for visit in self.visits if visit.on <= day]
        if not until:
            message = f"has no visit up to {day}" if self.visits else "has no visits"
            fix = f"the first is on {self.visits[0].on}" if self.visits else "make it with Case.of_visits"
            raise CaseError([Issue("error", self.id, message, fix)])
        if len(until) == len(self.visits):
            return self
        known = {"id": self.id, "diagnosis": self.diagnosis, "about": self.about, "issues": self.issues}
        return Case.of_visits(until, self.undated, self.paused, **known)

    def with_findings(self, findings: Mapping[str, State]) -> Case:
        """A plain case of other findings, all else the same; what was found when is left behind.

        >>> Case.of_visits([Visit("2024-01-10", {"babinski": "absent"})], id="a").with_findings({})
        Case({}, id='a')
        """
        return replace(self, findings=findings, visits=())

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
        if hasattr(cases, "columns"):
            raise TypeError("a table is not several cases here; give read_cases(table, network=network)")
        return tuple(cls.of(case) for case in cases)

    def likelihoods(self, network: Network) -> dict[str, int | Array]:
        """The position of each finding's state, or P(what was seen | state), ``ndarray[states]``.

        The latter is scaled to a maximum of 1.

        Raises:
            UnknownFinding, UnknownState, CaseError: names or numbers that do not fit; all at once.
        """
        positions_of = network.state_positions.get
        plain: dict[str, int | Array] = {}
        for name, state in self.findings.items():
            positions = positions_of(name)
            position = positions.get(state) if positions is not None and isinstance(state, str) else None
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
            else scaled_likelihoods(network.findings[name].states, given)
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

    def _stated(self) -> Iterator[tuple[str, State]]:
        """The findings in force, and what earlier visits say of them."""
        yield from self.findings.items()
        for visit in self.visits:
            for name, state in visit.findings.items():
                if name in self.findings and self.findings[name] != state:
                    yield name, state

    def _faults(self, network: Network) -> Iterator[tuple[type[CaseError], Issue]]:
        for name, state in self._stated():
            where = getattr(name, "where", self.id)
            finding = network.findings.get(name)
            if finding is None:
                fix = did_you_mean_finding(network, str(name))
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
            yield from faults_of_likelihoods(name, finding.states, state, where)


CaseLike = Case | Mapping[str, State | float]
"""What stands for a case: a Case, or its findings alone."""
_GIVE_FINDINGS = "a mapping of findings such as {'fever': 'present'}"


def _meant(network: Network, finding: str, state: State) -> State:
    """The state of what was entered, or the likelihoods behind a soft word."""
    if not isinstance(state, str):
        return state
    found = read_entered(network, finding, state)
    return found.likelihoods or found.state
