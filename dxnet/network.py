"""Network: what a network states, as frozen data. No file is read and nothing is computed here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import product
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from dxnet.errors import did_you_mean
from dxnet.estimate import Estimate

DIAGNOSIS = "diagnosis"
ATYPICAL = "atypical"
DEFAULT = "default"
BINARY = ("absent", "present")

_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_STATE = re.compile(r"[A-Za-z0-9_.<>=+\-]+")


def _estimate(value: Any) -> Any:
    if isinstance(value, Estimate) or not isinstance(value, str):
        return value
    return Estimate.parse(value, reason=getattr(value, "comment", ""), where=getattr(value, "where", ""))


def _identifier(value: str) -> str:
    if not _ID.fullmatch(value):
        raise ValueError(f"{value!r} is not an identifier; use letters, digits and _ and begin with a letter")
    return value


def cause_state(cause: str) -> tuple[str, str | None]:
    """A cause in ``also`` or ``noisy-or``: its id and the state that counts (None: any but the first).

    >>> cause_state("mri_cord_compression=compression_with_signal")
    ('mri_cord_compression', 'compression_with_signal')
    """
    name, _, state = cause.partition("=")
    return name.strip(), state.strip() or None


def _where(value: Any) -> str:
    return str(getattr(value, "where", "") or "")


Number = Annotated[Estimate, BeforeValidator(_estimate)]
Identifier = Annotated[str, BeforeValidator(_identifier)]


class Frozen(BaseModel):
    """Base of all parts of a network: immutable, no unknown keys, and the place it was read from."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    where: str = Field(default="", exclude=True, repr=False)

    @model_validator(mode="before")
    @classmethod
    def _from_file(cls, data: Any) -> Any:
        """Keep the place; make one Table of ``given a, b: {...}`` or ``probability: p``."""
        if not isinstance(data, Mapping) or not (where := _where(data)):
            return data
        if "where" in data:
            raise ValueError("unknown key 'where'; remove it")
        given = [key for key in data if key.startswith("given ") or key == "probability"]
        if "given" not in cls.model_fields or not given:
            return {**data, "where": where}
        if len(given) > 1:
            raise ValueError(f"has {' and '.join(map(repr, given))}; a variable has one table")
        key, rows = given[0], data[given[0]]
        table = {"parents": [], "rows": {DEFAULT: rows}}
        if key != "probability":
            table = {"parents": [parent.strip() for parent in key[6:].split(",")], "rows": rows}
        rest = {name: value for name, value in data.items() if name != key}
        return {**rest, "given": {**table, "where": _where(key)}, "where": where}


def _combinations(row: str) -> Iterator[tuple[str, ...]]:
    """``a|b, c`` names (a, c) and (b, c)."""
    return product(*([state.strip() for state in part.split("|")] for part in row.split(",")))


class Table(Frozen):
    """P(state | parents): one estimate a row.

    A row is ``als`` or ``als, present``: a state of each parent in turn, ``a|b`` for either; a row shorter
    than the parents holds for every state of the rest. A longer row wins over a shorter one, ``default``
    serves what is left.
    """

    parents: tuple[str, ...]
    rows: Mapping[str, Number]

    @cached_property
    def named(self) -> Mapping[tuple[str, ...], Estimate]:
        """The estimate of every combination of parent states that a row names."""
        return {
            states: estimate
            for row, estimate in self.rows.items()
            if row != DEFAULT
            for states in _combinations(row)
        }

    @model_validator(mode="after")
    def _rows_are_distinct(self) -> Self:
        named = [states for row in self.rows if row != DEFAULT for states in _combinations(row)]
        twice = sorted({", ".join(states) for states in named if named.count(states) > 1})
        if twice:
            raise ValueError(f"stated twice: {'; '.join(twice)}; keep one row for each")
        return self

    def lookup(self, states: tuple[str, ...]) -> Estimate | None:
        """The estimate that holds for one combination of parent states, or None when none is stated."""
        for length in range(len(states), 0, -1):
            if (found := self.named.get(states[:length])) is not None:
                return found
        return self.rows.get(DEFAULT)


class Node(Frozen):
    """A variable: its label, its states (the normal one first) and its table."""

    label: str
    definition: str = ""
    states: tuple[str, ...] = BINARY
    given: Table | None = None

    @field_validator("states")
    @classmethod
    def _states_are_distinct(cls, states: tuple[str, ...]) -> tuple[str, ...]:
        if len(states) < 2 or len(set(states)) < len(states):
            raise ValueError("needs two or more different states, the normal one first")
        odd = [state for state in states if not _STATE.fullmatch(state)]
        if odd:
            raise ValueError(f"cannot use {odd[0]!r} as a state; use letters, digits and _ . - + < > =")
        return states


class Diagnosis(Frozen):
    """A hypothesis; exactly one is the principal cause."""

    label: str
    short: str = ""
    group: str = ""
    treatable: Literal["yes", "no"] = "no"
    settled_by: tuple[str, ...] = ()
    orpha: str = ""
    mondo: str = ""
    omim: str = ""
    icd10: str = ""
    icd10cm: str = ""

    @property
    def name(self) -> str:
        """Short display name."""
        return self.short or self.label


class Setting(Frozen):
    """Where the patients come from: the pre-test probability of each diagnosis."""

    label: str
    description: str = ""
    prior: Mapping[str, Number] | None = None
    given: Table | None = None

    @model_validator(mode="after")
    def _has_one_prior(self) -> Self:
        if (self.prior is None) == (self.given is None):
            raise ValueError(
                "needs either 'prior' (one number a diagnosis) or 'given ...' (one vector a row)"
            )
        return self


class Mechanism(Node):
    """A latent cause, never observed. Findings (and mechanisms) that go through it depend on each other."""

    region: str = ""
    tract: str = ""
    through: str | None = None
    leak: Number | None = None

    @property
    def kinds(self) -> tuple[str, ...]:
        """Names of the CPT kinds that make its table, in the order in which they apply."""
        return ("table", "through") if self.through else ("table",)


class Finding(Node):
    """Something that can be observed in a patient.

    ``preset`` is a state that a form shows selected, visibly as pre-set; the library never fills it in.
    """

    category: str = "findings"
    procedure: str = ""
    hpo: str = ""
    region: str = ""
    tract: str = ""
    synonyms: tuple[str, ...] = ()
    preset: str = ""
    explained: str = ""
    through: str | None = None
    leak: Number | None = None
    requires: str | None = None
    also: Mapping[str, Number] = Field(default_factory=dict)
    any_of: tuple[str, ...] = Field(default=(), alias="any-of")
    noisy_or: Mapping[str, Number] = Field(default_factory=dict, alias="noisy-or")

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Names of the CPT kinds that make its table, in the order in which they apply."""
        source = "any-of" if self.any_of else "noisy-or" if self.noisy_or else "table"
        steps = {"requires": self.requires, "through": self.through, "also": self.also}
        return (source, *(kind for kind, stated in steps.items() if stated))

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        sources = [bool(self.given), bool(self.any_of), bool(self.noisy_or)]
        if sum(sources) != 1:
            raise ValueError("needs exactly one of 'given ...', 'probability', 'any-of' and 'noisy-or'")
        if self.noisy_or and self.leak is None:
            raise ValueError("'noisy-or' needs a 'leak': the probabilities when no cause is present")
        if (self.any_of or self.noisy_or) and (self.through or self.requires):
            raise ValueError("'any-of' and 'noisy-or' take no 'through' or 'requires'")
        if self.preset and self.preset not in self.states:
            raise ValueError(f"'preset' is {self.preset!r}; {did_you_mean(self.preset, self.states)}")
        if self.any_of and self.states != BINARY:
            raise ValueError("'any-of' needs the states [absent, present]")
        return self


class Atypical(Node):
    """A patient whose findings of the named categories follow no row but the mean of all rows."""

    label: str = "Atypical patient"
    categories: tuple[str, ...]


class Procedure(Frozen):
    """A test that yields several findings at once, and its burden (tiers 0 to 3)."""

    label: str
    cost: int = Field(ge=0, le=3)
    invasiveness: int = Field(ge=0, le=3)
    availability: Literal["routine", "specialist", "research-only"]
    source: str = ""


class Reference(Frozen):
    """A published work; ``read`` says how much of it was read (full, abstract, secondary)."""

    key: str
    authors_short: str = ""
    year: str = ""
    title: str = ""
    journal: str = ""
    doi: str = ""
    pmid: str = ""
    url: str = ""
    read: str = ""

    def __str__(self) -> str:
        link = f"doi:{self.doi}" if self.doi else f"PMID {self.pmid}" if self.pmid else self.url
        parts = (self.authors_short, self.year, self.title, self.journal, link)
        return ". ".join(part.rstrip(".") for part in parts if part)


class Network(Frozen):
    """Diagnoses, mechanisms, incidental causes, findings, procedures, settings and references."""

    name: str
    label: str
    version: str
    description: str = ""
    limits: tuple[str, ...] = ()
    categories: tuple[str, ...] = ("findings",)
    default_setting: str = Field(default="", alias="default setting")
    recording_error: Number | None = Field(default=None, alias="recording error")
    diagnosis: Mapping[Identifier, Diagnosis]
    settings: Mapping[Identifier, Setting]
    atypical: Atypical | None = None
    mechanisms: Mapping[Identifier, Mechanism] = Field(default_factory=dict)
    incidental: Mapping[Identifier, Node] = Field(default_factory=dict)
    procedures: Mapping[Identifier, Procedure] = Field(default_factory=dict)
    findings: Mapping[Identifier, Finding]
    references: Mapping[str, Reference] = Field(default_factory=dict)
    evidence: str = ""
    fingerprint: str = ""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    @cached_property
    def diagnoses(self) -> tuple[str, ...]:
        """Ids of the diagnoses, in the order of every probability vector."""
        return tuple(self.diagnosis)

    @cached_property
    def nodes(self) -> Mapping[str, Node]:
        """Every variable but the diagnosis itself, by id."""
        atypical = {ATYPICAL: self.atypical} if self.atypical else {}
        return {**atypical, **self.mechanisms, **self.incidental, **self.findings}

    def states(self, node: str) -> tuple[str, ...]:
        """States of a variable, normal first; for ``diagnosis``, the diagnoses."""
        return self.diagnoses if node == DIAGNOSIS else self.nodes[node].states

    def setting(self, name: str | None = None) -> tuple[str, Setting]:
        """A setting by its id; without one, the default.

        Raises:
            ValueError: no setting has that id.
        """
        name = name or self.default_setting or next(iter(self.settings))
        if name not in self.settings:
            raise ValueError(f"no setting {name!r}; {did_you_mean(name, self.settings)}")
        return name, self.settings[name]

    def is_atypical(self, finding: Finding) -> bool:
        """Whether atypical patients depart from this finding's table."""
        return self.atypical is not None and finding.category in self.atypical.categories

    def implications(self) -> Iterator[tuple[str, str]]:
        """Pairs (finding, what it implies): present without the other present is a contradiction."""
        for name, finding in self.findings.items():
            if finding.requires:
                yield name, finding.requires
            for part in finding.any_of:
                yield part, name

    def estimates(self) -> Iterator[tuple[str, Estimate]]:
        """Every number of the network with the place it stands in (``findings.babinski.als``)."""
        if self.recording_error:
            yield "recording error", self.recording_error
        for name, setting in self.settings.items():
            rows = setting.prior if setting.prior is not None else setting.given.rows if setting.given else {}
            yield from ((f"settings.{name}.{row}", estimate) for row, estimate in rows.items())
        for name, node in self.nodes.items():
            if node.given:
                yield from ((f"{name}.{row}", estimate) for row, estimate in node.given.rows.items())
            if isinstance(node, Mechanism | Finding) and node.leak:
                yield f"{name}.leak", node.leak
            if isinstance(node, Finding):
                yield from ((f"{name}.also.{row}", estimate) for row, estimate in node.also.items())
                yield from ((f"{name}.noisy-or.{row}", estimate) for row, estimate in node.noisy_or.items())
