"""Diagnosis and Setting: what is asked for, and how probable it is before any finding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field, model_validator

from dxnet.knowledge.estimate import Estimate
from dxnet.knowledge.table import GIVEN, ConditionalTable, EstimateField, Frozen


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
    prior: Mapping[str, EstimateField] | None = None
    given: ConditionalTable | None = Field(default=None, alias=GIVEN)

    @model_validator(mode="after")
    def _has_one_prior(self) -> Self:
        if (self.prior is None) == (self.given is None):
            raise ValueError("has no prior or two; keep 'prior' (one number a diagnosis) or 'given ...'")
        return self

    @property
    def rows(self) -> Mapping[str, Estimate]:
        """The pre-test probabilities as stated: one a diagnosis, or a row for all of them given parents."""
        if self.prior is not None:
            return self.prior
        return self.given.rows if self.given else {}

    @property
    def key_of_rows(self) -> str:
        """The key of ``rows`` in ``numbers``."""
        return "" if self.prior is None else "prior"
