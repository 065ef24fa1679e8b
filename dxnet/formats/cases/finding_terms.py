"""Which HPO terms tell of which findings of a network, looked up in both directions of the ontology."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from dxnet.formats.cases.term_labels import current_id
from dxnet.knowledge.network import Finding, Network
from dxnet.knowledge.ontology import phenotypes


class Rule(NamedTuple):
    """That a term shows states of a finding: as the whole of it, as a part of a state, or also."""

    term: str
    states: frozenset[str]
    kind: Literal["whole", "part", "also"]


class FindingTerms:
    """The rules of all findings of a network, by finding, and the findings that a term may tell of."""

    def __init__(self, network: Network):
        self.network = network
        self.rules = {name: rules for name, it in network.findings.items() if (rules := list(_rules(it)))}
        self._apart: dict[str, set[str]] = {}
        self._shown_by: dict[str, list[str]] = {}
        self._narrower: dict[str, list[str]] = {}
        for name, rules in self.rules.items():
            for other in network.findings[name].apart_from:
                self._apart.setdefault(other, set()).update(rule.term for rule in rules)
            for term in dict.fromkeys(rule.term for rule in rules):
                self._shown_by.setdefault(term, []).append(name)
            for term in frozenset[str]().union(*(phenotypes().above(rule.term) for rule in rules)):
                self._narrower.setdefault(term, []).append(name)

    def shown_by(self, code: str) -> list[str]:
        """The findings that a present term shows: those of its own and of all terms above it."""
        found = (name for term in phenotypes().above(code) for name in self._shown_by.get(term, ()))
        return [name for name in dict.fromkeys(found) if not self._is_apart(name, code)]

    def narrower_than(self, code: str) -> list[str]:
        """The findings of a term and of all terms below it."""
        return self._narrower.get(code, [])

    def reach(self, code: str) -> set[str]:
        """Every finding that a term may tell of, present or excluded."""
        now = current_id(code)
        return {*self.shown_by(now), *self.narrower_than(now)}

    def is_own(self, name: str, code: str) -> bool:
        """Whether a term is one of the finding, and not the whole of another that shows it, too."""
        finding = self.network.findings[name]
        if code == finding.hpo or code in finding.hpo_parts:
            return True
        return code in finding.hpo_also and all(it.hpo != code for it in self.network.findings.values())

    def excludes(self, name: str, code: str, term: str) -> bool:
        """Whether an excluded term excludes a finding's term below it, from which nothing holds it apart."""
        if code == term or code not in phenotypes().above(term):
            return code == term
        apart = (self.network.findings[other] for other in self.network.findings[name].apart_from)
        return not any(phenotypes().above(code) & {*other.hpo_terms} for other in apart)

    def _is_apart(self, name: str, code: str) -> bool:
        """Whether a present term shows a finding that does not imply this one, or is named as none of it."""
        above = phenotypes().above(code)
        if above & {*self.network.findings[name].hpo_but_not}:
            return True
        own = {rule.term for rule in self.rules[name]}
        return code not in own and bool(above & self._apart.get(name, set()))


def _rules(finding: Finding) -> Iterator[Rule]:
    if finding.hpo:
        yield Rule(finding.hpo, frozenset(finding.hpo_states or finding.states[1:]), "whole")
    yield from (Rule(term, frozenset({state}), "part") for term, state in finding.hpo_parts.items())
    yield from (Rule(term, frozenset({state}), "also") for term, state in finding.hpo_also.items())
