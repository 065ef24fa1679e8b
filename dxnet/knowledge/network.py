"""Network: what a network states, as frozen data. No file is read and nothing is computed here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Literal, Self

from pydantic import Field

from dxnet.errors import Issue, NetworkError, did_you_mean
from dxnet.knowledge.diagnosis import Diagnosis, Setting
from dxnet.knowledge.estimate import Estimate
from dxnet.knowledge.finding import Finding as Finding
from dxnet.knowledge.finding import Mechanism as Mechanism
from dxnet.knowledge.node import BINARY as BINARY
from dxnet.knowledge.node import STATE as STATE
from dxnet.knowledge.node import Atypical as Atypical
from dxnet.knowledge.node import Node as Node
from dxnet.knowledge.patterns import PATTERN as PATTERN
from dxnet.knowledge.patterns import LesionPatterns as LesionPatterns
from dxnet.knowledge.place import Place
from dxnet.knowledge.read_only import NetworkMapping
from dxnet.knowledge.reference import Reference
from dxnet.knowledge.table import EstimateField, Frozen, Identifier

DIAGNOSIS = "diagnosis"
ATYPICAL = "atypical"
NORMAL = ("absent", "negative", "none", "normal")
"""States that say that nothing was found; others, such as an age, are neither normal nor abnormal."""


def cause_state(cause: str) -> tuple[str, str | None]:
    """A cause in ``also`` or ``noisy-or``: its id and the state that counts (None: any but the first).

    >>> cause_state("mri_cord_compression=compression_with_signal")
    ('mri_cord_compression', 'compression_with_signal')
    """
    name, equals, state = cause.partition("=")
    return name.strip(), state.strip() if equals else None


_CONTENT = "<content>"
"""Where a network has the name of its content, which is no part of it."""


class Procedure(Frozen):
    """A test that yields several findings at once, and its burden (tiers 0 to 3)."""

    label: str
    cost: int = Field(ge=0, le=3)
    invasiveness: int = Field(ge=0, le=3)
    availability: Literal["routine", "specialist", "research-only"]
    source: str = ""


class Network(Frozen):
    """Diagnoses, mechanisms, incidental causes, findings, procedures, settings and references.

    ``target`` is the diagnosis, or the group of them, whose recognition the network is for. ``missed``
    says by category, or of one finding, in which share of the patients an abnormal state is missed and
    recorded as normal; the figures P(finding | diagnosis) are of patients in whom nothing is missed.
    ``unexplained`` is the share of patients whose findings tell nothing of their disease; half of them
    have the diagnosis ``unlisted``, which stands for what is not listed, if there is one. With 95 % the
    true odds of an @estimate lie between its own divided and multiplied by ``estimate_factor``; without
    it its weight counts.
    ``guideline_order`` lists procedures as a guideline does them, and ``guideline_source`` says which one.
    """

    name: str
    label: str
    version: str
    description: str = ""
    limits: tuple[str, ...] = ()
    categories: tuple[str, ...] = ("findings",)
    default_setting: str = Field(default="", alias="default setting")
    recording_error: EstimateField | None = Field(default=None, alias="recording error")
    diagnosis: Mapping[Identifier, Diagnosis] = Field(min_length=2)
    settings: Mapping[Identifier, Setting] = Field(min_length=1)
    atypical: Atypical | None = None
    missed: Mapping[str, EstimateField] = Field(default_factory=dict)
    unexplained: EstimateField | None = None
    unlisted: str = ""
    estimate_factor: float | None = Field(default=None, alias="odds factor of estimates", gt=1, le=100)
    patterns: LesionPatterns | None = None
    mechanisms: Mapping[Identifier, Mechanism] = Field(default_factory=dict)
    incidental: Mapping[Identifier, Node] = Field(default_factory=dict)
    procedures: Mapping[Identifier, Procedure] = Field(default_factory=dict)
    findings: Mapping[Identifier, Finding] = Field(min_length=1)
    references: Mapping[str, Reference] = Field(default_factory=dict)
    evidence: str = ""
    soft_words: Mapping[str, EstimateField] = Field(default_factory=dict, alias="soft words")
    exclusion: tuple[str, ...] = Field(default=(), alias="exclusion needs")
    target: str = ""
    guideline_order: tuple[str, ...] = Field(default=(), alias="guideline order")
    guideline_source: str = Field(default="", alias="guideline source")
    hpo_release: str = Field(default="", alias="hpo release")
    fingerprint: str = Field(default="", alias="<fingerprint>", exclude=True)

    @property
    def content(self) -> str:
        """Names all that its files hold, and the program that read them; of what is kept of it on disk.

        Empty for a network that was made or changed in memory.
        """
        return str(self.__dict__.get(_CONTENT, ""))

    def name_content(self, name: str) -> None:
        """Say what the files hold that it was read from: for who reads them."""
        self.__dict__[_CONTENT] = name

    @cached_property
    def diagnoses(self) -> tuple[str, ...]:
        """Ids of the diagnoses, in the order of every probability vector."""
        return tuple(self.diagnosis)

    def position_of(self, diagnosis: str) -> int:
        """The position of a diagnosis in every probability vector.

        Raises:
            NetworkError: no diagnosis has that id.
        """
        if diagnosis not in self.diagnosis:
            raise NetworkError(f"no diagnosis {diagnosis!r}; {did_you_mean(diagnosis, self.diagnosis)}")
        return self.diagnoses.index(diagnosis)

    @cached_property
    def nodes(self) -> Mapping[str, Node]:
        """Every variable but the diagnosis itself, by id."""
        atypical = {ATYPICAL: self.atypical} if self.atypical else {}
        patterns = {PATTERN: self.patterns} if self.patterns else {}
        return NetworkMapping({**atypical, **patterns, **self.mechanisms, **self.incidental, **self.findings})

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy; one with other parts has no fingerprint, as no files hold it. See ``Frozen.model_copy``."""
        return super().model_copy(update={"fingerprint": "", **update} if update else None, deep=deep)

    @cached_property
    def state_positions(self) -> Mapping[str, Mapping[str, int]]:
        """The position of each state of each finding, by their ids."""
        return NetworkMapping.of(
            {name: {s: i for i, s in enumerate(it.states)} for name, it in self.findings.items()}
        )

    @cached_property
    def texts_read(self) -> dict[tuple[str, str], Any]:
        """What texts were read as, by finding and text: kept by ``read_entered``, which alone uses it."""
        return {}

    def __repr__(self) -> str:
        counts = f"{len(self.diagnosis)} diagnoses, {len(self.findings)} findings"
        return f"Network({self.name} {self.version}: {counts}, fingerprint {self.fingerprint or 'none'})"

    __str__ = __repr__

    def states(self, node: str) -> tuple[str, ...]:
        """States of a variable, normal first; for ``diagnosis``, the diagnoses."""
        return self.diagnoses if node == DIAGNOSIS else self.nodes[node].states

    @cached_property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """The diagnoses of each named group, in their order."""
        names = dict.fromkeys(it.group for it in self.diagnosis.values() if it.group)
        members = self.diagnosis.items()
        return NetworkMapping({name: tuple(d for d, it in members if it.group == name) for name in names})

    def members(self, truth: str) -> tuple[str, ...]:
        """The diagnoses that the known diagnosis of a case stands for: those of a group, or itself; or none.

        A name that a group and a diagnosis share stands for the group.
        """
        return self.groups.get(truth) or ((truth,) if truth in self.diagnosis else ())

    def truth_label(self, truth: str) -> str:
        """The known diagnosis of a case, or group of them, in words."""
        members = self.members(truth)
        return (
            f"any of: {truth}" if len(members) > 1 else self.diagnosis[members[0]].label if members else truth
        )

    def setting(self, name: str | None = None) -> tuple[str, Setting]:
        """A setting by its id; without one, the default.

        Raises:
            NetworkError: no setting has that id.
        """
        name = name or self.default_setting or next(iter(self.settings))
        if name not in self.settings:
            fix = did_you_mean(name, self.settings)
            raise NetworkError([Issue("error", self.name, f"no setting {name!r}", fix)])
        return name, self.settings[name]

    def soften(self, finding: str, text: str) -> dict[str, float] | None:
        """The likelihoods of a soft word: ``probable compression``, or ``probable`` alone of two states.

        None where the text is no soft word with a state of the finding.
        """
        word, _, state = text.partition(" ")
        states = self.findings[finding].states
        state = state.strip() or (states[1] if len(states) == 2 else "")
        if text in states or word not in self.soft_words or state not in states:
            return None
        p = self.soft_words[word].mean[1]
        return {other: p if other == state else 1 - p for other in states}

    def _gate_link(self, finding: Finding) -> str | None:
        gate = self.findings.get(finding.requires or "")
        return gate.through if gate else None

    def is_atypical(self, finding: Finding) -> bool:
        """Whether atypical patients depart from this finding's table; those of a pattern have stray ones."""
        return (
            self.atypical is not None
            and finding.category in self.atypical.categories
            and PATTERN not in (finding.through, self._gate_link(finding))
        )

    @cached_property
    def causes(self) -> frozenset[str]:
        """The variables that the table of another one depends on."""
        tables = [node.given for node in self.nodes.values() if node.given]
        named = [parent for table in tables for parent in table.parents]
        for finding in self.findings.values():
            links = filter(None, (finding.requires, finding.through))
            named += [*links, *finding.any_of, *finding.also, *finding.noisy_or]
        return frozenset(cause_state(cause)[0] for cause in named)

    @cached_property
    def implications(self) -> tuple[tuple[str, str], ...]:
        """Pairs (finding, what it implies): present without the other present is a contradiction."""
        return tuple(
            pair
            for name, finding in self.findings.items()
            for pair in (
                *((name, other) for other in (finding.requires, *finding.kind_of) if other),
                *((part, name) for part in finding.any_of),
            )
        )

    def estimates(self) -> Iterator[tuple[Place, Estimate]]:
        """Every number of the network with its place: ``babinski.als``, ``settings.clinic.als``.

        >>> from dxnet import load_network
        >>> [place for place, _ in load_network("asia").estimates()][:2]
        ['settings.chest_clinic.absent', 'settings.chest_clinic.present']
        """
        if self.recording_error:
            yield Place("recording error"), self.recording_error
        yield from ((Place("missed", row=row), it) for row, it in self.missed.items())
        if self.unexplained:
            yield Place("unexplained"), self.unexplained
        yield from ((Place("soft words", row=word), it) for word, it in self.soft_words.items())
        for name, setting in self.settings.items():
            yield from ((Place("settings", name, row=row), it) for row, it in setting.rows.items())
        for name, node in self.nodes.items():
            yield from ((Place("variables", name, key, row), it) for key, row, it in node.numbers())
