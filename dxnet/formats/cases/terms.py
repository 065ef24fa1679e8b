"""Findings behind HPO terms: from statements of a record about terms to the findings of a network.

A term that is present shows the findings of all terms above it, and one that is excluded excludes those of
all terms below it. A statement about a finding's own term outweighs what other terms imply.
doi:10.1093/nar/gkad1005
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from dxnet.errors import Issue
from dxnet.formats.cases.finding_terms import FindingTerms
from dxnet.formats.cases.term_labels import Statement, TermIssue, contradicted, current_id, odd_label
from dxnet.inference.visit import State, one_state_of
from dxnet.knowledge.entered import read_entered
from dxnet.knowledge.network import Finding, Network
from dxnet.knowledge.ontology import phenotypes
from dxnet.knowledge.strict_yaml import Scalar

NO_FINDING = "HPO terms are no findings of the network: left out, as if they had not been examined"
_ID = re.compile(r"(?:.*[/#])?HPO?[:_]([0-9]{7})", re.IGNORECASE)


class TermFindings(NamedTuple):
    """Findings behind terms.

    ``pairs`` are findings and states, ``issues`` those of the terms, ``known`` the number of statements that
    the network knows, ``taken`` what each entry of the record shows by itself (entry, finding, state), and
    ``bearing`` the entries that bear on a finding without settling it.
    """

    pairs: list[tuple[str, State]]
    issues: list[TermIssue]
    known: int
    taken: list[tuple[int, str, State]]
    bearing: list[tuple[int, str]]


class TermEvidence(NamedTuple):
    """A statement, the states that it leaves possible for a finding, and whether it is about its own term."""

    statement: Statement
    states: frozenset[str]
    is_direct: bool


def hpo_id(text: str) -> str:
    """The id of an HPO term in the form HP:0001260, or '' where it is none.

    >>> hpo_id("http://purl.obolibrary.org/obo/HP_0001260"), hpo_id("hp:0001260"), hpo_id("OMIM:105400")
    ('HP:0001260', 'HP:0001260', '')
    """
    found = _ID.fullmatch(text.strip())
    return f"HP:{found[1]}" if found else ""


def findings_of_statements(
    terms: FindingTerms, statements: Sequence[Statement], stated: Mapping[str, State], *, implied: bool = True
) -> TermFindings:
    """The findings behind statements about terms.

    Args:
        terms: the terms of the network's findings.
        statements: statements of the record about terms.
        stated: findings that are stated directly, which outweigh what terms imply.
        implied: whether terms also imply those above (if present) or below them (if excluded).
    """
    network, issues = terms.network, list[TermIssue]()
    found = TermFindings([], issues, 0, [], [])
    used, wrong = _usable(network, statements)
    issues += wrong
    evidence: dict[str, list[TermEvidence]] = {}
    excluded = {current_id(statement.code) for statement in used if not statement.present}
    unused: list[tuple[Statement, list[str]]] = []
    known = len(statements) - len(used)
    for statement in used:
        shown = list(_term_evidence(terms, statement, excluded, implied))
        for name, item in shown:
            evidence.setdefault(name, []).append(item)
            state = _state_of_term(network.findings[name], item.states)
            found.taken.append((statement.entry, name, state))
        below = [] if statement.present else terms.narrower_than(current_id(statement.code))
        known += bool(shown or (below and not statement.source))
        if not shown:
            unused.append((statement, below))
            found.bearing.extend((statement.entry, name) for name in below)
    names = (name for name in network.findings if name in evidence)
    pairs = [
        pair for name in names for pair in _settled_states(network, name, evidence[name], stated, issues)
    ]
    settled = {*stated, *(name for name, _ in pairs)}
    for statement, below in unused:
        if not (statement.source and below and settled.issuperset(below)):
            issue = _not_settled(statement, below) if below else _no_finding(terms, statement)
            issues.append(issue._replace(entry=statement.entry))
    pairs = [(name, _in_numbers(terms, name, state, used)) for name, state in pairs]
    return found._replace(pairs=pairs, known=known)


def _usable(network: Network, statements: Sequence[Statement]) -> tuple[list[Statement], list[TermIssue]]:
    """The statements whose terms mean one thing, and the issues of all."""
    used, issues = list[Statement](), list[TermIssue]()
    for statement in statements:
        if issue := _shared_term(network, statement) or contradicted(network, statement):
            issues.append(TermIssue(issue, entry=statement.entry))
        else:
            issues += odd_label(network, statement)
            used.append(statement)
    return used, issues


def _in_numbers(terms: FindingTerms, name: str, state: State, used: Sequence[Statement]) -> State:
    """A state as the numbers that were measured for it, where these alone say the same."""
    numbers = [
        statement.number
        for statement in used
        if statement.number and name in terms.reach(current_id(statement.code))
    ]
    text = ", ".join(dict.fromkeys(numbers))
    if not text or read_entered(terms.network, name, text).state != state:
        return state
    where = getattr(state, "where", "") or used[0].code.where
    return Scalar(text, where)


def _term_evidence(
    terms: FindingTerms, statement: Statement, excluded: set[str], implied: bool
) -> Iterator[tuple[str, TermEvidence]]:
    """The findings that a statement is about, and the states of each that it leaves possible."""
    code = current_id(statement.code)
    for name in terms.shown_by(code) if statement.present else terms.narrower_than(code):
        rules, every = terms.rules[name], frozenset(terms.network.findings[name].states)
        is_direct = terms.is_own(name, code)
        if not implied and terms.network.findings[name].hpo != code:
            continue
        states = every
        if statement.present:
            for rule in rules:
                states &= rule.states if rule.term in phenotypes().above(code) else every
        else:
            states -= _ruled_out(terms, name, code, excluded if implied else {code})
        if states != every:
            yield name, TermEvidence(statement, states, is_direct)


def _ruled_out(terms: FindingTerms, name: str, code: str, excluded: set[str]) -> set[str]:
    """The states that an excluded term rules out, where need be together with the other excluded ones."""
    out: set[str] = set()
    rules = terms.rules[name]
    for rule in rules:
        if rule.kind == "whole" and terms.excludes(name, code, rule.term):
            out |= rule.states
        elif rule.kind == "part" and terms.excludes(name, code, rule.term):
            parts = [part.term for part in rules if part.kind == "part" and part.states == rule.states]
            if all(any(terms.excludes(name, other, part) for other in excluded) for part in parts):
                out |= rule.states
    return out


def _settled_states(
    network: Network,
    name: str,
    evidence: Sequence[TermEvidence],
    stated: Mapping[str, State],
    issues: list[TermIssue],
) -> Iterator[tuple[str, State]]:
    """The state of a finding; statements of its own terms that contradict each other are all given."""
    finding, own = network.findings[name], stated.get(name)
    direct, implied = ([item for item in evidence if item.is_direct == wanted] for wanted in (True, False))
    states, more = (_common(finding, group) for group in (direct, implied))
    if direct and not states:
        yield from (
            (Scalar(name, item.statement.code.where), _state_of_term(finding, item.states)) for item in direct
        )
        return
    if own is not None:
        if (
            direct
            and own != _state_of_term(finding, states)
            and (not isinstance(own, str) or own not in states)
        ):
            yield Scalar(name, direct[-1].statement.code.where), _state_of_term(finding, states)
        if implied and isinstance(own, str) and own in finding.states and own not in more:
            issues.append(_overruled(name, own, implied))
        return
    if implied and not states & more:
        if not direct:
            message = f"{name} is both implied and excluded by {_sources(implied)}: left out"
            where = implied[-1].statement.code.where
            issues.append(TermIssue(Issue("warning", where, message, "enter what was found")))
            return
        issues.append(_overruled(name, _states_shown(finding, states), implied))
    elif implied:
        states &= more
    if direct:
        yield Scalar(name, direct[0].statement.code.where), _state_of_term(finding, states)
    elif implied:
        where = implied[0].statement.code.where
        text = f"{name} {_states_shown(finding, states)} from {_sources(implied)}"
        issue = Issue("info", where, f"1 finding is taken from what an HPO term implies ({text})")
        issues.append(TermIssue(issue, "findings are taken from what HPO terms imply", text))
        yield Scalar(name, where), _state_of_term(finding, states)


def _common(finding: Finding, evidence: Sequence[TermEvidence]) -> frozenset[str]:
    return frozenset(finding.states).intersection(*(item.states for item in evidence))


def _state_of_term(finding: Finding, states: frozenset[str]) -> State:
    """One state, or the likelihood of each of several: the term says that it is one of them, not which."""
    return one_state_of(states, finding.states)


def _states_shown(finding: Finding, states: frozenset[str]) -> str:
    return " or ".join(state for state in finding.states if state in states)


def _sources(evidence: Sequence[TermEvidence]) -> str:
    return " and ".join(
        dict.fromkeys(
            f"{item.statement.name}{'' if item.statement.present else ', which is excluded'}"
            for item in evidence
        )
    )


def _overruled(name: str, stated: str, implied: Sequence[TermEvidence]) -> TermIssue:
    message = (
        f"{name} is stated as {stated}, but {_sources(implied)} implies another state: what is stated holds"
    )
    return TermIssue(Issue("warning", implied[-1].statement.code.where, message, "correct one of them"))


def _shared_term(network: Network, statement: Statement) -> Issue | None:
    """A term that several findings have as their own could mean any of them."""
    code = current_id(statement.code)
    names = [name for name, finding in network.findings.items() if finding.hpo == code]
    if len(names) < 2:
        return None
    message = (
        f"{statement.name} stands for {' and '.join(names)} alike: left out, as if it had not been examined"
    )
    return Issue("warning", statement.code.where, message, "enter the finding that is meant")


def _not_settled(statement: Statement, names: Sequence[str]) -> TermIssue:
    """The issue of an excluded term that bears on findings but does not alone determine their state.

    For a laboratory test it is a warning, as such a test seems to have been read.
    """
    where, fix = statement.code.where, "enter the finding if it was examined in full"
    if statement.source:
        text = f"{statement.source} of {' and '.join(names)}"
        message = f"1 test does not alone determine the state of a finding ({text})"
        issue = Issue("warning", where, message, fix)
        return TermIssue(issue, "tests do not alone determine the state of a finding", text)
    text = f"{statement.name} of {' and '.join(names)}"
    message = f"1 excluded HPO term does not alone determine the state of a finding ({text})"
    issue = Issue("info", where, message, fix)
    return TermIssue(issue, "excluded HPO terms do not alone determine the state of a finding", text)


def _no_finding(terms: FindingTerms, statement: Statement) -> TermIssue:
    """The issue of a term that is no finding; it names findings below the term, or the term of its label."""
    network, narrower = terms.network, terms.narrower_than(current_id(statement.code))
    named = None if phenotypes().find(statement.code) else phenotypes().named(statement.label)
    fix = "enter it under a finding of the network if one fits"
    if named:
        fix = f"its label is that of {named.id}; correct the one that is wrong"
    elif narrower:
        fix = f"it may be {' or '.join(narrower[:5])}; enter the one that is meant"
    message = f"{statement.name} is no finding of {network.name}: left out, as if it had not been examined"
    return TermIssue(Issue("warning", statement.code.where, message, fix), NO_FINDING, statement.name)
