"""Finding and Mechanism: what can be observed in a patient, and what lies behind it, as frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from dxnet.errors import brief, did_you_mean
from dxnet.knowledge.from_visits import FromVisits
from dxnet.knowledge.hpo_codes import HpoCodes
from dxnet.knowledge.node import BINARY, Node
from dxnet.knowledge.number_meaning import NumberMeaning, listed
from dxnet.knowledge.patterns import PATTERN
from dxnet.knowledge.table import EstimateField

Region = Literal["", "bulbar", "cervical", "thoracic", "lumbosacral"]
Tract = Literal["", "umn", "lmn"]


class Mechanism(Node):
    """A latent cause, never observed. Findings (and mechanisms) that go through it depend on each other."""

    region: Region = ""
    tract: Tract = ""
    through: str | None = None
    leak: EstimateField | None = None


class Finding(HpoCodes, Node):
    """Something that can be observed in a patient.

    ``lasting`` says that it is the same at every visit, as what happened in the past is. ``on_its_own`` says
    that it is looked for apart from the rest of its procedure: who calls that normal says nothing of it.
    ``sign``, ``progressive`` (states of a progressive course) and ``explains`` (states that show another
    disease) serve the diagnostic criteria. ``kind_of`` (broader findings) and ``never_with`` (states of
    others, ``sex=female``) serve to find what is odd in a case; ``apart_from`` says why ``kind_of`` or the
    HPO does not bind a finding to a broader one. ``subject`` says which fact about the person it is;
    ``number`` says which state a measured number is, and ``from_visits`` which state the course over several
    visits suggests.
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
    region: Region = ""
    tract: Tract = ""
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
    from_visits: FromVisits | None = Field(default=None, alias="from visits")
    synonyms: tuple[str, ...] = ()
    kind_of: tuple[str, ...] = Field(default=(), alias="kind of")
    apart_from: Mapping[str, str] = Field(default_factory=dict, alias="apart from")
    never_with: tuple[str, ...] = Field(default=(), alias="never with")
    lasting: Literal["yes", "no"] = "no"
    on_its_own: Literal["yes", "no"] = Field(default="no", alias="on its own")
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
        named = {
            **{"progressive": self.progressive, "explains": self.explains, "hpo states": self.hpo_states},
            "from visits": tuple(self.from_visits.states) if self.from_visits else (),
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


def is_sign(node: Node) -> bool:
    """Whether a variable goes through the lesion pattern: a finding, or a mechanism of a region."""
    return isinstance(node, Finding | Mechanism) and node.through == PATTERN
