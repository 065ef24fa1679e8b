"""Do the parts of a network fit each other? Whatever passes here can be built."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from math import prod

from dxnet.errors import Issue
from dxnet.knowledge.estimate import SUM_TOLERANCE, Estimate
from dxnet.knowledge.faults import structure_error, unknown_cause, unknown_name, unknown_sources, wrong_length
from dxnet.knowledge.kinds.registry import kinds_of, parents
from dxnet.knowledge.kinds.stated import faults_of_stated_table, place_of_row
from dxnet.knowledge.network import (
    ATYPICAL,
    DIAGNOSIS,
    PATTERN,
    Finding,
    LesionPatterns,
    Mechanism,
    Network,
    Node,
    cause_state,
)
from dxnet.knowledge.number_meaning import NumberMeaning
from dxnet.knowledge.place import Place
from dxnet.knowledge.plain_words import says_unknown
from dxnet.knowledge.table import DEFAULT, MAX_COLUMNS
from dxnet.knowledge.units import unit_spelling

CASE_COLUMNS = ("id", DIAGNOSIS)
"""Columns of every table of cases, and keys of their files, that are no findings."""


def faults_of_structure(network: Network) -> Iterator[Issue]:
    """Everything that keeps a network from being built, each with file, line and cure."""

    def above(name: str) -> set[str]:
        return _above(network, name)

    yield from _faults_of_names(network)
    yield from _faults_of_words(network)
    for name, node in network.nodes.items():
        yield from _faults_of_variable_itself(network, name, node)
        for kind in kinds_of(node):
            yield from kind.faults(network, name, above)
    yield from _faults_of_settings(network)
    for place, estimate in network.estimates():
        yield from unknown_sources(network, estimate.sources, estimate.where, place)
    yield from _faults_of_arrows(network)


def _faults_of_names(network: Network) -> Iterator[Issue]:
    reserved = {DIAGNOSIS: None, ATYPICAL: None, **({PATTERN: None} if network.patterns else {})}
    sections = (network.mechanisms, network.incidental, network.findings, reserved)
    for name, count in Counter(name for section in sections for name in section).items():
        if count > 1:
            first, *later = [section[name].where for section in sections[:3] if name in section]
            where, place = (later[-1], f" (first at {first})") if later else (first, "")
            yield structure_error(where, f"{name!r} names two variables{place}", "rename one")
    for name, diagnosis in network.diagnosis.items():
        for procedure in diagnosis.settled_by:
            if procedure not in network.procedures:
                what = f"{name} is settled by unknown procedure"
                yield unknown_name(diagnosis.at("settled_by"), what, procedure, network.procedures)
    yield from _faults_of_procedures(network)
    if network.atypical:
        for category in network.atypical.categories:
            if category not in network.categories:
                where = network.atypical.at("categories")
                yield unknown_name(where, "atypical: unknown category", category, network.categories)
    if network.default_setting and network.default_setting not in network.settings:
        where = network.at("default setting")
        yield unknown_name(where, "unknown default setting", network.default_setting, network.settings)
    if network.unlisted and network.unlisted not in network.diagnosis:
        yield unknown_name(network.at("unlisted"), "unknown diagnosis", network.unlisted, network.diagnosis)
    if network.unlisted and not network.unexplained:
        message = "'unlisted' says which diagnosis unexplained patients have, but there are none"
        yield structure_error(network.at("unlisted"), message, "state 'unexplained', or remove it")
    if network.target and network.target not in {*network.diagnosis, *network.groups}:
        known = [*network.diagnosis, *network.groups]
        yield unknown_name(network.at("target"), "unknown target", network.target, known)
    for row, share in network.missed.items():
        yield from wrong_length(share, 2, Place("missed", row=row))
        known = [*network.categories, *network.findings]
        if row not in known:
            yield unknown_name(network.at("missed"), "missed: unknown category or finding", row, known)
    for name, number in (("recording error", network.recording_error), ("unexplained", network.unexplained)):
        if number:
            yield from wrong_length(number, 2, name)


def _faults_of_words(network: Network) -> Iterator[Issue]:
    """Names that cases and tables would read as something else, and soft words that deny what they say."""
    for name in network.findings:
        if name.casefold() in CASE_COLUMNS:
            message = f"{name!r} is a column of every table of cases, and cannot be a finding"
            yield structure_error(network.nodes[name].where, message, "rename it")
    for name in filter(says_unknown, network.diagnosis):
        message = f"the diagnosis {name!r} would be read as not known"
        yield structure_error(network.diagnosis[name].where, message, "rename it")
    for name, node in network.findings.items():
        for state in node.states:
            if says_unknown(state):
                message = f"{name}: the state {state!r} would be read as not examined"
                yield structure_error(node.at("states"), message, "leave it out; what is unknown is no state")
            elif state in network.soft_words:
                message = f"{name}: the state {state!r} is a soft word, too"
                yield structure_error(node.at("states"), message, "rename the state or the soft word")
    for word, p in network.soft_words.items():
        yield from wrong_length(p, 2, Place("soft words", row=word))
        if p.mean[-1] < 0.5:
            message = f"soft words.{word}: {p.mean[-1]:g} speaks against the state that it is said of"
            yield structure_error(p.where, message, "give 0.5 (says nothing) or more")


def _faults_of_procedures(network: Network) -> Iterator[Issue]:
    """Procedures that are named and not there, in the guideline and for the exclusion of other diseases."""
    for procedure in network.exclusion:
        if procedure not in network.procedures:
            what = "exclusion needs unknown procedure"
            yield unknown_name(network.at("exclusion needs"), what, procedure, network.procedures)
    where = network.at("guideline order")
    for procedure, count in Counter(network.guideline_order).items():
        if procedure not in network.procedures:
            yield unknown_name(where, "guideline order: unknown procedure", procedure, network.procedures)
        if count > 1:
            yield structure_error(where, f"guideline order: {procedure!r} is listed twice", "keep one")
    if network.guideline_order and not network.guideline_source:
        yield structure_error(where, "guideline order has no source", "add 'guideline source: ...'")


def _faults_of_variable_itself(network: Network, name: str, node: Node) -> Iterator[Issue]:
    """What is wrong with a variable beside the kinds of its table."""
    if node.given is None and not isinstance(node, Finding | LesionPatterns):
        yield structure_error(node.where, f"{name} has no numbers", "add 'given ...:' or 'probability:'")
    if isinstance(node, Mechanism) and node.leak:
        yield from wrong_length(node.leak, 2, f"{name}.leak")
    if isinstance(node, Finding):
        yield from _faults_of_finding(network, name, node)


def _faults_of_finding(network: Network, name: str, finding: Finding) -> Iterator[Issue]:
    if finding.category not in network.categories:
        where = finding.at("category")
        yield unknown_name(where, f"{name}: unknown category", finding.category, network.categories)
    if finding.procedure and finding.procedure not in network.procedures:
        where = finding.at("procedure")
        yield unknown_name(where, f"{name}: unknown procedure", finding.procedure, network.procedures)
    visits = finding.from_visits
    course = visits.come_and_go_of if visits else ()
    named = (("kind of", finding.kind_of), ("apart from", finding.apart_from), ("from visits", course))
    for key, others in named:
        for other in others:
            if other not in network.findings:
                where = finding.at(key)
                yield unknown_name(where, f"{name}: {key} unknown finding", other, network.findings)
    for key, others in (*named, ("never with", tuple(cause_state(it)[0] for it in finding.never_with))):
        if name in others:
            yield structure_error(finding.at(key), f"{name}: {key!r} names itself", "remove it there")
    for key, part in (*(("number", it) for it in finding.number), ("from visits", visits)):
        if part:
            yield from unknown_sources(network, part.sources, part.at("source"), f"{name}.{key}")
    for meaning in finding.number:
        yield from _meaning(network, name, finding, meaning)
    for other in finding.never_with:
        yield from unknown_cause(network, f"{name}.never with", other, finding.at("never with"))


def _meaning(network: Network, name: str, finding: Finding, meaning: NumberMeaning) -> Iterator[Issue]:
    """What is wrong with what a number of a finding means."""
    for state in meaning.states:
        if state not in finding.states:
            yield unknown_name(meaning.at("states"), f"{name}.number: no state", state, finding.states)
    if not meaning.states and len(finding.states) != len(meaning.limits) + 1:
        message = f"{name}.number: {len(meaning.limits)} limits part {len(finding.states)} states"
        yield structure_error(meaning.where, message, "give one limit fewer than states, or 'states'")
    if len(finding.number) > 1 and [it.of for it in finding.number].count(meaning.of) > 1:
        yield structure_error(
            meaning.where, f"{name}.number: two are of {meaning.of!r}", "say what is measured: 'of: ...'"
        )
    if (usual := unit_spelling(meaning.unit)) != meaning.unit:
        yield structure_error(meaning.at("unit"), f"{name}.number: unit {meaning.unit!r}", f"write {usual!r}")


def _above(network: Network, name: str) -> set[str]:
    """A variable and all above it, up to the diagnosis; atypical patients are set apart in every table."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        node = waiting.pop()
        if node in network.nodes and node != ATYPICAL and node not in found:
            found.add(node)
            waiting += parents(network, node)
    return found


def _faults_of_settings(network: Network) -> Iterator[Issue]:
    for name, setting in network.settings.items():
        at = place_of_row("settings", name)
        if setting.given is not None:
            yield from faults_of_stated_table(network, name, setting.given, len(network.diagnoses), at)
            continue
        prior: Mapping[str, Estimate] = setting.prior or {}
        for diagnosis, estimate in prior.items():
            yield from wrong_length(estimate, 2, at(diagnosis))
            if diagnosis not in (*network.diagnoses, DEFAULT):
                yield unknown_name(estimate.where, f"{name}: unknown diagnosis", diagnosis, network.diagnoses)
        stated = [prior.get(diagnosis, prior.get(DEFAULT)) for diagnosis in network.diagnoses]
        total = sum(estimate.mean[-1] for estimate in stated if estimate)
        if None in stated:
            missing = [d for d, estimate in zip(network.diagnoses, stated, strict=True) if not estimate]
            yield structure_error(
                setting.at("prior"), f"{name}: no prior for {', '.join(missing)}", "add it, or 'default'"
            )
        elif abs(total - 1) > SUM_TOLERANCE:
            yield structure_error(
                setting.at("prior"), f"{name}: the priors sum to {total:.4g}", "make them sum to 1"
            )


def _faults_of_arrows(network: Network) -> Iterator[Issue]:
    """Parents given twice, tables too large to build, and cycles."""
    names = {DIAGNOSIS: None, **network.nodes}
    graph = {name: [parent for parent in parents(network, name) if parent in names] for name in names}
    for name, known in graph.items():
        where = network.nodes[name].where if name in network.nodes else network.at("settings")
        twice = [parent for parent, count in Counter(known).items() if count > 1]
        if twice:
            yield structure_error(
                where, f"{name} depends twice on {', '.join(twice)}", "name each parent once"
            )
        if (columns := prod(len(network.states(parent)) for parent in known)) > MAX_COLUMNS:
            message = f"{name}: a table of {columns:,} combinations of parent states is too large"
            yield structure_error(where, message, f"take fewer parents, {MAX_COLUMNS:,} combinations at most")
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as problem:
        cycle: list[str] = problem.args[1]
        where = next((network.nodes[name].where for name in cycle if name in network.nodes), "")
        yield structure_error(
            where or network.at("settings"), f"a cycle: {' -> '.join(cycle)}", "remove one of these arrows"
        )
