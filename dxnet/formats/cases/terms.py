"""Findings behind HPO terms: what a record says of terms, and what that says of the findings of a network.

A term that is present shows the findings of all terms above it, and one that is excluded excludes those of all
terms below it. What is stated of a finding's own term outweighs what other terms imply. doi:10.1093/nar/gkad1005
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from dxnet.errors import Issue
from dxnet.formats.cases.term_labels import Statement, Told, contradicted, current_id, odd_label
from dxnet.inference.case import State
from dxnet.knowledge.network import Finding, Network
from dxnet.knowledge.ontology import phenotypes
from dxnet.knowledge.strict_yaml import Text

NO_FINDING = "HPO terms are no findings of the network: left out, as if they had not been examined"
_ID = re.compile(r"(?:.*[/#])?HPO?[:_]([0-9]{7})", re.IGNORECASE)


class Rule(NamedTuple):
    """That a term shows states of a finding: as the whole of it, as a part of a state, or also."""

    term: str
    states: frozenset[str]
    kind: Literal["whole", "part", "also"]


class Says(NamedTuple):
    """The states of a finding that a statement leaves possible; whether it is of one of its own terms."""

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


def rules_of(finding: Finding) -> list[Rule]:
    """What each term says of a finding."""
    whole = frozenset(finding.hpo_states or finding.states[1:])
    rules = [Rule(finding.hpo, whole, "whole")] if finding.hpo else []
    rules += [Rule(term, frozenset({state}), "part") for term, state in finding.hpo_parts.items()]
    return rules + [Rule(term, frozenset({state}), "also") for term, state in finding.hpo_also.items()]


def findings_of_statements(
    network: Network, statements: Sequence[Statement], stated: Mapping[str, State], *, implied: bool = True
) -> tuple[list[tuple[str, State]], list[Told], int]:
    """The findings behind terms, what must be told of them, and how many statements the network knows.

    Args:
        network: whose findings are meant.
        statements: what is said of terms.
        stated: findings that are stated in other words, which outweigh what terms imply.
        implied: whether terms also speak for terms above (present) or below (excluded) them.
    """
    told: list[Told] = []
    known = 0
    used: list[Statement] = []
    for statement in statements:
        if issue := _alike(network, statement):
            told.append(Told(issue))
            known += 1
        elif issue := contradicted(network, statement):
            told.append(Told(issue))
            known += 1
        else:
            told += odd_label(network, statement)
            used.append(statement)
    says = {name: _says(network, name, used, implied) for name in network.findings}
    effective = {id(said.statement) for found in says.values() for said in found}
    excluded = {current_id(s.code) for s in used if not s.present}
    for statement in used:
        if id(statement) in effective:
            known += 1
        elif partial := _is_partial(network, statement, excluded):
            known += 1
            told.append(partial)
        else:
            told.append(_no_finding(network, statement))
    pairs = [pair for name, found in says.items() for pair in _settled(network, name, found, stated, told)]
    return pairs, told, known


def _says(network: Network, name: str, statements: Sequence[Statement], implied: bool) -> list[Says]:
    """What statements say of a finding, in their order."""
    rules = rules_of(network.findings[name])
    if not rules:
        return []
    own, every = {rule.term for rule in rules}, frozenset(network.findings[name].states)
    gone = [s for s in statements if not s.present]
    found = []
    for statement in statements:
        code = current_id(statement.code)
        if not implied and code not in own:
            continue
        states = every
        if statement.present and not _is_apart(network, name, code):
            for rule in rules:
                states &= rule.states if rule.term in phenotypes().above(code) else every
        elif not statement.present:
            states -= _ruled_out(network, name, rules, code, gone if implied else [statement])
        if states != every:
            found.append(Says(statement, states, code in own))
    return found


def _ruled_out(
    network: Network, name: str, rules: Sequence[Rule], code: str, gone: Sequence[Statement]
) -> Iterable[str]:
    """The states that an excluded term rules out, where need be together with the other excluded ones."""
    out: set[str] = set()
    codes = {code, *(current_id(statement.code) for statement in gone)}
    for rule in rules:
        if rule.kind == "whole" and _excludes(network, name, code, rule.term):
            out |= rule.states
        elif rule.kind == "part" and _excludes(network, name, code, rule.term):
            parts = [part.term for part in rules if part.kind == "part" and part.states == rule.states]
            if all(any(_excludes(network, name, other, part) for other in codes) for part in parts):
                out |= rule.states
    return out


def _excludes(network: Network, name: str, code: str, term: str) -> bool:
    """Whether an excluded term excludes a finding's term below it, from which nothing holds it apart."""
    if code == term or code not in phenotypes().above(term):
        return code == term
    apart = (network.findings[other] for other in network.findings[name].apart_from)
    return not any(phenotypes().above(code) & {*other.hpo_terms} for other in apart)


def _is_apart(network: Network, name: str, code: str) -> bool:
    """Whether a present term shows another finding that does not imply this one, or is named as none of it."""
    finding, above = network.findings[name], phenotypes().above(code)
    if above & {*finding.hpo_but_not}:
        return True
    if code in {rule.term for rule in rules_of(finding)}:
        return False
    others = (other for other in network.findings.values() if name in other.apart_from)
    return any(above & {rule.term for rule in rules_of(other)} for other in others)


def _settled(
    network: Network, name: str, says: Sequence[Says], stated: Mapping[str, State], told: list[Told]
) -> Iterator[tuple[str, State]]:
    """The state of a finding; statements of its own terms that contradict each other are all given."""
    finding, own = network.findings[name], stated.get(name)
    direct, implied = ([said for said in says if said.is_direct == wanted] for wanted in (True, False))
    states, more = (_common(finding, group) for group in (direct, implied))
    if direct and not states:
        yield from ((Text(name, said.statement.code.where), _state(finding, said.states)) for said in direct)
        return
    if own is not None:
        if direct and own not in states and own != _state(finding, states):
            yield Text(name, direct[-1].statement.code.where), _state(finding, states)
        if implied and isinstance(own, str) and own in finding.states and own not in more:
            told.append(_overruled(name, own, implied))
        return
    if implied and not states & more:
        if not direct:
            message = f"{name} is implied to be so and not so by {_sources(implied)}: left out"
            where = implied[-1].statement.code.where
            told.append(Told(Issue("warning", where, message, "enter what was found")))
            return
        told.append(_overruled(name, _shown(finding, states), implied))
    elif implied:
        states &= more
    if direct:
        yield Text(name, direct[0].statement.code.where), _state(finding, states)
    elif implied:
        where = implied[0].statement.code.where
        text = f"{name} {_shown(finding, states)} from {_sources(implied)}"
        issue = Issue("info", where, f"1 finding is taken from what an HPO term implies ({text})")
        told.append(Told(issue, "findings are taken from what HPO terms imply", text))
        yield Text(name, where), _state(finding, states)


def _common(finding: Finding, says: Sequence[Says]) -> frozenset[str]:
    return frozenset(finding.states).intersection(*(said.states for said in says))


def _state(finding: Finding, states: frozenset[str]) -> State:
    """One state, or the likelihood of each of several: the term says that it is one of them, not which."""
    ordered = [state for state in finding.states if state in states]
    return ordered[0] if len(ordered) == 1 else dict.fromkeys(ordered, 1.0)


def _shown(finding: Finding, states: frozenset[str]) -> str:
    return " or ".join(state for state in finding.states if state in states)


def _sources(says: Sequence[Says]) -> str:
    return " and ".join(
        dict.fromkeys(
            f"{said.statement.name}{'' if said.statement.present else ', which is excluded'}" for said in says
        )
    )


def _overruled(name: str, stated: str, implied: Sequence[Says]) -> Told:
    message = (
        f"{name} is stated as {stated}, but {_sources(implied)} implies another state: what is stated holds"
    )
    return Told(Issue("warning", implied[-1].statement.code.where, message, "correct one of them"))


def _alike(network: Network, statement: Statement) -> Issue | None:
    """A term that several findings have as their own could mean any of them."""
    code = current_id(statement.code)
    names = [name for name, finding in network.findings.items() if finding.hpo == code]
    if len(names) < 2:
        return None
    message = (
        f"{statement.name} stands for {' and '.join(names)} alike: left out, as if it had not been examined"
    )
    return Issue("warning", statement.code.where, message, "enter the finding that is meant")


def _is_partial(network: Network, statement: Statement, excluded: set[str]) -> Told | None:
    """That the exclusion of a term belongs to a finding but does not alone say its state."""
    code = current_id(statement.code)
    names = [
        name
        for name, finding in network.findings.items()
        if code in excluded and any(code in phenotypes().above(rule.term) for rule in rules_of(finding))
    ]
    if not names:
        return None
    text = f"{statement.name} of {' and '.join(names)}"
    message = f"1 excluded HPO term does not alone say the state of a finding ({text})"
    issue = Issue("info", statement.code.where, message, "enter the finding if it was examined in full")
    return Told(issue, "excluded HPO terms do not alone say the state of a finding", text)


def _no_finding(network: Network, statement: Statement) -> Told:
    """That a term is no finding; one above findings is told with them, one with another's label with that."""
    code = current_id(statement.code)
    narrower = [
        name
        for name, finding in network.findings.items()
        if any(code in phenotypes().above(rule.term) for rule in rules_of(finding))
    ]
    named = None if phenotypes().find(code) else phenotypes().named(statement.label)
    fix = "enter it under a finding of the network if one fits"
    if named:
        fix = f"its label is that of {named.id}; correct the one that is wrong"
    elif narrower:
        fix = f"it may be {' or '.join(narrower[:5])}; enter the one that is meant"
    message = f"{statement.name} is no finding of {network.name}: left out, as if it had not been examined"
    return Told(Issue("warning", statement.code.where, message, fix), NO_FINDING, statement.name)
