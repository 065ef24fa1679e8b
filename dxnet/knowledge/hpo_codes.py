"""HPO terms of a finding, as its network states them."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from dxnet.knowledge.table import Frozen


class HpoCodes(Frozen):
    """The terms of the Human Phenotype Ontology that show a finding.

    ``hpo`` is the finding itself; ``hpo states`` are those that it stands for (all but the first where none
    are named). ``hpo parts`` and ``hpo also`` are terms that show a state, by term: a state is excluded where
    all its parts are, while an excluded ``hpo also`` says nothing. ``hpo but not`` are terms below all these
    that neither show nor exclude the finding.
    """

    hpo: str = ""
    hpo_states: tuple[str, ...] = Field(default=(), alias="hpo states")
    hpo_parts: Mapping[str, str] = Field(default_factory=dict, alias="hpo parts")
    hpo_also: Mapping[str, str] = Field(default_factory=dict, alias="hpo also")
    hpo_but_not: tuple[str, ...] = Field(default=(), alias="hpo but not")

    @property
    def hpo_terms(self) -> tuple[str, ...]:
        """Every term that is named."""
        own = (self.hpo, *self.hpo_parts, *self.hpo_also, *self.hpo_but_not)
        return tuple(term for term in own if term)
