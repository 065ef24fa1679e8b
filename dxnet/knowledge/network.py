"""Network: what a network states, as frozen data. No file is read and nothing is computed here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from dxnet.errors import Issue, NetworkError, brief, did_you_mean
from dxnet.knowledge.diagnosis import Diagnosis, Setting
from dxnet.knowledge.estimate import Estimate
from dxnet.knowledge.hpo_codes import HpoCodes
from dxnet.knowledge.number_meaning import NumberMeaning, listed
from dxnet.knowledge.place import Place
from dxnet.knowledge.reference import Reference
from dxnet.knowledge.table import DEFAULT, GIVEN, ConditionalTable, EstimateField, Frozen, Identifier

DIAGNOSIS = "diagnosis"
ATYPICAL = "atypical"
BINARY = ("absent", "present")
NORMAL = ("absent", "negative", "none", "normal")
"""States that say that nothing was found; others, such as an age, are neither normal nor abnormal."""

STATE = r"[\w.<>=+\-()/%'&]+"
"""A word of a state's name, which may be several, as in imported networks."""


def cause_state(cause: str) -> tuple[str, str | None]:
    """A cause in ``also`` or ``noisy-or``: its id and the state that counts (None: any but the first).

    >>> cause_state("mri_cord_compression=compression_with_signal")
    ('mri_cord_compression', 'compression_with_signal')
    """
    name, equals, state = cause.partition("=")
    return name.strip(), state.strip() if equals else None


class Node(Frozen):
    """A variable: its label, its states (the normal one first) and its table."""

    label: str
    definition: str = ""
    states: tuple[str, ...] = BINARY
    given: ConditionalTable | None = Field(default=None, alias=GIVEN)

    @field_validator("states")
    @classmethod
    def _states_are_distinct(cls, states: tuple[str, ...]) -> tuple[str, ...]:
        if len(states) < 2 or len(set(states)) < len(states):
            raise ValueError("are not two or more different states; list them, the normal one first")
        odd = [s for s in states if not re.fullmatch(f"{STATE}( {STATE})*", s) or s == DEFAULT]
        if odd:
            raise ValueError(f"cannot hold {brief(odd[0])}; use letters, digits and _.-+<>=()/%'&")
        return states


class Mechanism(Node):
    """A latent cause, never observed. Findings (and mechanisms) that go through it depend on each other."""

    region: str = ""
    tract: str = ""
    through: str | None = None
    leak: EstimateField | None = None


class Finding(HpoCodes, Node):
    """Something that can be observed in a patient.

    ``preset`` is a state that a form shows selected, visibly as pre-set; the library never fills it in.
    ``sign``, ``progressive`` (states of a progressive course) and ``explains`` (states that show another
    disease) serve the diagnostic criteria. ``kind_of`` (broader findings) and ``never_with`` (states of
    others, ``sex=female``) serve to find what is odd in a case; ``apart_from`` says why ``kind_of`` or the
    HPO does not bind a finding to a broader one. ``subject`` says which fact about the person it is;
    ``number`` says which state a measured number is.
    """

    SOURCES: ClassVar[Mapping[str, str]] = {
        "given": "'given ...', 'probability'",
        "any_of": "'any-of'",
        "noisy_or": "'noisy-or'",
    }
    """Fields that state a table by themselves, and how files call them: a finding has one of them."""

    category: str = "findings"
    procedure: str = ""
    subject: Literal["", "sex", "age at onset"] = ""
    number: Annotated[tuple[NumberMeaning, ...], BeforeValidator(listed)] = ()
    region: str = ""
    tract: str = ""
    sign: Literal[
        "",
        "wasting",
        "weakness",
        "fasciculation",
        "denervation",
        "neurogenic units",
        "fasciculation potentials",
    ] = ""
    progressive: tuple[str, ...] = ()
    explains: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    kind_of: tuple[str, ...] = Field(default=(), alias="kind of")
    apart_from: Mapping[str, str] = Field(default_factory=dict, alias="apart from")
    never_with: tuple[str, ...] = Field(default=(), alias="never with")
    preset: str = ""
    explained: str = ""
    through: str | None = None
    leak: EstimateField | None = None
    requires: str | None = None
    also: Mapping[str, EstimateField] = Field(default_factory=dict)
    any_of: tuple[str, ...] = Field(default=(), alias="any-of")
    noisy_or: Mapping[str, EstimateField] = Field(default_factory=dict, alias="noisy-or")

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if sum(bool(getattr(self, field)) for field in self.SOURCES) != 1:
            raise ValueError(f"has no table or two; keep one of {', '.join(self.SOURCES.values())}")
        if self.noisy_or and self.leak is None:
            raise ValueError("has no leak; add 'leak', the probabilities when no cause is present")
        if self.given is None and (self.through or self.requires):
            raise ValueError("has 'through' or 'requires'; remove it, or the 'any-of' or 'noisy-or'")
        if self.leak is not None and not (self.through or self.noisy_or):
            raise ValueError(
                "has a 'leak' but no 'through' or 'noisy-or'; remove it, or add what it leaks from"
            )
        if self.preset and self.preset not in self.states:
            raise ValueError(f"'preset' is {brief(self.preset)}; {did_you_mean(self.preset, self.states)}")
        named = {
            **{"progressive": self.progressive, "explains": self.explains, "hpo states": self.hpo_states},
            **{"hpo parts": self.hpo_parts.values(), "hpo also": self.hpo_also.values()},
        }
        for key, states in named.items():
            if odd := [state for state in states if state not in self.states]:
                raise ValueError(f"'{key}' has {brief(odd[0])}; {did_you_mean(odd[0], self.states)}")
        if set(self.hpo_states) == set(self.states):
            raise ValueError("'hpo states' are all states; leave out those without the HPO term")
        if self.any_of and self.states != BINARY:
            raise ValueError("has other states; 'any-of' needs [absent, present]")
        return self


class Atypical(Node):
    """A patient whose findings of the named categories follow no row but the mean of all rows."""

    label: str = "Atypical patient"
    categories: tuple[str, ...]

    @field_validator("states")
    @classmethod
    def _is_binary(cls, states: tuple[str, ...]) -> tuple[str, ...]:
        if states != BINARY:
            raise ValueError("must be [absent, present]; remove the line")
        return states


class Procedure(Frozen):
    """A test that yields several findings at once, and its burden (tiers 0 to 3)."""

    label: str
    cost: int = Field(ge=0, le=3)
    invasiveness: int = Field(ge=0, le=3)
    availability: Literal["routine", "specialist", "research-only"]
    source: str = ""


class Network(Frozen):
    """Diagnoses, mechanisms, incidental causes, findings, procedures, settings and references.

    ``target`` is the diagnosis, or the group of them, whose recognition the network is for.
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
    mechanisms: Mapping[Identifier, Mechanism] = Field(default_factory=dict)
    incidental: Mapping[Identifier, Node] = Field(default_factory=dict)
    procedures: Mapping[Identifier, Procedure] = Field(default_factory=dict)
    findings: Mapping[Identifier, Finding] = Field(min_length=1)
    references: Mapping[str, Reference] = Field(default_factory=dict)
    evidence: str = ""
    soft_words: Mapping[str, EstimateField] = Field(default_factory=dict, alias="soft words")
    exclusion: tuple[str, ...] = Field(default=(), alias="exclusion needs")
    target: str = ""
    hpo_release: str = Field(default="", alias="hpo release")
    fingerprint: str = Field(default="", alias="<fingerprint>", exclude=True)

    @cached_property
    def diagnoses(self) -> tuple[str, ...]:
        """Ids of the diagnoses, in the order of every probability vector."""
        return tuple(self.diagnosis)

    @cached_property
    def nodes(self) -> Mapping[str, Node]:
        """Every variable but the diagnosis itself, by id."""
        atypical = {ATYPICAL: self.atypical} if self.atypical else {}
        return {**atypical, **self.mechanisms, **self.incidental, **self.findings}

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """The label of each finding, by id."""
        return {name: finding.label for name, finding in self.findings.items()}

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with other parts; it has no fingerprint, as no files hold it."""
        return super().model_copy(update={"fingerprint": "", **update} if update else None, deep=deep)

    @cached_property
    def state_positions(self) -> Mapping[str, Mapping[str, int]]:
        """The position of each state of each finding, by their ids."""
        return {name: {s: i for i, s in enumerate(it.states)} for name, it in self.findings.items()}

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
        return {name: tuple(d for d, it in self.diagnosis.items() if it.group == name) for name in names}

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

    def is_atypical(self, finding: Finding) -> bool:
        """Whether atypical patients depart from this finding's table."""
        return self.atypical is not None and finding.category in self.atypical.categories

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
        yield from ((Place("soft words", row=word), it) for word, it in self.soft_words.items())
        for name, setting in self.settings.items():
            yield from ((Place("settings", name, row=row), it) for row, it in setting.rows.items())
        for name, node in self.nodes.items():
            yield from ((Place("variables", name, key, row), it) for key, row, it in node.numbers())
