"""Do the parts of a network fit each other? Whatever passes here can be built."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from itertools import product
from math import prod

from dxnet.errors import Issue, brief, did_you_mean
from dxnet.knowledge.estimate import ESTIMATE_KEY, SUM_TOLERANCE, Estimate
from dxnet.knowledge.network import (
    ATYPICAL,
    BINARY,
    DIAGNOSIS,
    Finding,
    Mechanism,
    Network,
    Node,
    cause_state,
)
from dxnet.knowledge.table import DEFAULT, MAX_COLUMNS, Table


def wiring(network: Network) -> Iterator[Issue]:
    """Everything that keeps a network from being built, each with file, line and cure."""
    yield from _names(network)
    for name, node in network.nodes.items():
        yield from _table(network, name, node)
        if isinstance(node, Finding):
            yield from _finding(network, name, node)
        elif isinstance(node, Mechanism):
            yield from _mechanism(network, name, node)
    yield from _settings(network)
    for place, estimate in network.estimates():
        yield from unknown_sources(network, estimate, place)
    yield from _arrows(network)


def parents(network: Network, name: str) -> tuple[str, ...]:
    """Every parent of a variable in the graph, those of its table first."""
    if name == DIAGNOSIS:
        return tuple({p: None for s in network.settings.values() if s.given for p in s.given.parents})
    node = network.nodes[name]
    stated = node.given.parents if node.given else ()
    if isinstance(node, Mechanism) and node.through:
        return (*stated, node.through)
    if not isinstance(node, Finding):
        return stated
    gated = network.findings.get(node.requires or "")
    departs = DIAGNOSIS in stated and any(network.is_atypical(f) for f in (node, gated) if f)
    gates = tuple(parent for parent in (node.requires, node.through) if parent)
    causes = tuple(cause_state(cause)[0] for cause in (*node.noisy_or, *node.also))
    return (*stated, *node.any_of, *([ATYPICAL] if departs else []), *gates, *causes)


def _error(where: str, message: str, fix: str) -> Issue:
    return Issue("error", where, message, fix)


def _unknown(where: str, what: str, word: str, known: Iterable[str]) -> Issue:
    return _error(where, f"{what} {brief(word)}", did_you_mean(word, known))


def _names(network: Network) -> Iterator[Issue]:
    sections = (network.mechanisms, network.incidental, network.findings, {DIAGNOSIS: None, ATYPICAL: None})
    for name, count in Counter(name for section in sections for name in section).items():
        if count > 1:
            first, *later = [section[name].where for section in sections[:3] if name in section]
            where, place = (later[-1], f" (first at {first})") if later else (first, "")
            yield _error(where, f"{name!r} names two variables{place}", "rename one")
    for name, diagnosis in network.diagnosis.items():
        for procedure in diagnosis.settled_by:
            if procedure not in network.procedures:
                what = f"{name} is settled by unknown procedure"
                yield _unknown(diagnosis.at("settled_by"), what, procedure, network.procedures)
    if network.atypical:
        for category in network.atypical.categories:
            if category not in network.categories:
                where = network.atypical.at("categories")
                yield _unknown(where, "atypical: unknown category", category, network.categories)
    if network.default_setting and network.default_setting not in network.settings:
        where = network.at("default setting")
        yield _unknown(where, "unknown default setting", network.default_setting, network.settings)
    if network.target and network.target not in {*network.diagnosis, *network.groups}:
        known = [*network.diagnosis, *network.groups]
        yield _unknown(network.at("target"), "unknown target", network.target, known)
    if network.recording_error:
        yield from wrong_length(network.recording_error, 2, "recording error")


def _table(network: Network, name: str, node: Node) -> Iterator[Issue]:
    if node.given is None:
        if not isinstance(node, Finding):
            yield _error(node.where, f"{name} has no numbers", "add 'given ...:' or 'probability:'")
        return
    yield from _rows(network, name, node.given, len(node.states))


def _rows(network: Network, name: str, table: Table, size: int) -> Iterator[Issue]:
    unknown = [parent for parent in table.parents if parent not in network.nodes and parent != DIAGNOSIS]
    for parent in unknown:
        yield _unknown(table.where, f"{name}: unknown parent", parent, (DIAGNOSIS, *network.nodes))
    for row, estimate in table.rows.items():
        yield from wrong_length(estimate, size, f"{name}.{row}")
    choices = [] if unknown else [network.states(parent) for parent in table.parents]
    for row, estimate in table.rows.items() if choices else ():
        named = table.choices(row) if row != DEFAULT else []
        if len(named) > len(choices):
            yield _error(
                estimate.where, f"{name}: row {row} has more parts than parents", "drop the extra ones"
            )
        for states, known_states, parent in zip(named, choices, table.parents, strict=False):
            for state in dict.fromkeys(states):
                if state not in known_states:
                    yield _unknown(estimate.where, f"{name}: {parent} has no state", state, known_states)
    if prod(map(len, choices)) > MAX_COLUMNS:
        return
    missing = [states for states in product(*choices) if table.lookup(states) is None]
    if missing and not unknown:
        shown = "; ".join(", ".join(states) for states in missing[:4]) + ("; ..." if len(missing) > 4 else "")
        yield _error(table.where, f"{name}: no number for {shown}", "add the rows, or a 'default'")


def wrong_length(estimate: Estimate, size: int, name: str) -> Iterator[Issue]:
    """A number with more or fewer probabilities than the variable has states."""
    if len(estimate.mean) != size:
        have = "one probability" if len(estimate.mean) == 2 else f"{len(estimate.mean)} probabilities"
        need = (
            f"{size} probabilities, one a state" if size > 2 else "one probability, that of the second state"
        )
        yield _error(estimate.where, f"{name}: {have}", f"give {need}")


def _mechanism(network: Network, name: str, mechanism: Mechanism) -> Iterator[Issue]:
    if mechanism.leak:
        yield from wrong_length(mechanism.leak, 2, f"{name}.leak")
    if mechanism.through:
        yield from _is_given_diagnosis(name, mechanism, "through")
        yield from _through(network, name, mechanism)


def _finding(network: Network, name: str, finding: Finding) -> Iterator[Issue]:
    if finding.category not in network.categories:
        where = finding.at("category")
        yield _unknown(where, f"{name}: unknown category", finding.category, network.categories)
    if finding.procedure and finding.procedure not in network.procedures:
        where = finding.at("procedure")
        yield _unknown(where, f"{name}: unknown procedure", finding.procedure, network.procedures)
    if finding.through or finding.requires:
        yield from _is_given_diagnosis(name, finding, "through" if finding.through else "requires")
    if finding.through:
        yield from _through(network, name, finding)
    if finding.requires:
        yield from _requires(network, name, finding)
    for key, causes in (("also", finding.also), ("noisy-or", finding.noisy_or)):
        for cause, estimate in causes.items():
            yield from wrong_length(estimate, len(finding.states), f"{name}.{key}.{cause}")
            yield from _is_cause(network, f"{name}.{key}", cause, estimate.where)
    yield from _also(network, name, finding)
    for part in finding.any_of:
        if part not in network.nodes:
            yield _unknown(finding.at("any-of"), f"{name}.any-of: unknown variable", part, network.nodes)
    for key, others in (("kind of", finding.kind_of), ("apart from", finding.apart_from)):
        for other in others:
            if other not in network.findings:
                where = finding.at(key)
                yield _unknown(where, f"{name}: {key} unknown finding", other, network.findings)
    for other in finding.never_with:
        yield from _is_cause(network, f"{name}.never with", other, finding.at("never with"))
    if finding.leak:
        yield from wrong_length(finding.leak, len(finding.states) if finding.noisy_or else 2, f"{name}.leak")


def _is_given_diagnosis(name: str, node: Finding | Mechanism, key: str) -> Iterator[Issue]:
    if node.given is None or node.given.parents != (DIAGNOSIS,):
        yield _error(node.at(key), f"{name}: {key!r} needs the table 'given diagnosis'", "state it that way")


def _is_cause(network: Network, place: str, cause: str, where: str) -> Iterator[Issue]:
    name, state = cause_state(cause)
    if name not in network.nodes:
        yield _unknown(where, f"{place}: unknown variable", name, network.nodes)
    elif state is not None and state not in network.states(name):
        yield _unknown(where, f"{place}: {name} has no state", state, network.states(name))


def _also(network: Network, name: str, finding: Finding) -> Iterator[Issue]:
    """A cause that hangs together with the finding's own mechanism or gate would change P(f | d)."""
    own = _above(network, finding.through) | _above(network, finding.requires)
    for cause, estimate in finding.also.items():
        if shared := own & _above(network, cause_state(cause)[0]):
            message = f"{name} and its cause {cause} both depend on {', '.join(sorted(shared))}"
            yield _error(estimate.where, message, "take another cause, or drop 'through' or 'requires' here")


def _above(network: Network, name: str | None) -> set[str]:
    """A variable and all above it, up to the diagnosis; atypical patients are set apart in every table."""
    found: set[str] = set()
    waiting = [name] if name else []
    while waiting:
        node = waiting.pop()
        if node in network.nodes and node != ATYPICAL and node not in found:
            found.add(node)
            waiting += parents(network, node)
    return found


def _through(network: Network, name: str, node: Finding | Mechanism) -> Iterator[Issue]:
    where, mechanism = node.at("through"), network.mechanisms.get(node.through or "")
    if mechanism is None:
        yield _unknown(where, f"{name}: unknown mechanism", node.through or "", network.mechanisms)
        return
    if mechanism.states != BINARY or mechanism.given is None or mechanism.given.parents != (DIAGNOSIS,):
        message = f"{name}: {node.through} is not absent or present, given diagnosis"
        yield _error(where, message, f"state {node.through} so, or choose another mechanism")
    if mechanism.leak is None and (isinstance(node, Mechanism) or node.leak is None):
        yield _error(where, f"{name}: no leak", f"give {node.through} a 'leak'")


def _requires(network: Network, name: str, finding: Finding) -> Iterator[Issue]:
    where, gate = finding.at("requires"), network.findings.get(finding.requires or "")
    if gate is None:
        yield _unknown(where, f"{name}: requires unknown finding", finding.requires or "", network.findings)
    elif gate.states != BINARY or gate.also or gate.given is None or gate.given.parents != (DIAGNOSIS,):
        message = f"{name}: {finding.requires} is not absent or present, given diagnosis, without 'also'"
        yield _error(where, message, "require another finding")
    elif shared := _above(network, finding.through) & _above(network, finding.requires):
        message = f"{name} and {finding.requires} both depend on {', '.join(sorted(shared))}"
        yield _error(finding.at("through"), message, "drop 'through' here: 'requires' already links them")


def _settings(network: Network) -> Iterator[Issue]:
    for name, setting in network.settings.items():
        if setting.given is not None:
            yield from _rows(network, name, setting.given, len(network.diagnoses))
            continue
        prior: Mapping[str, Estimate] = setting.prior or {}
        for diagnosis, estimate in prior.items():
            yield from wrong_length(estimate, 2, f"{name}.{diagnosis}")
            if diagnosis not in (*network.diagnoses, DEFAULT):
                yield _unknown(estimate.where, f"{name}: unknown diagnosis", diagnosis, network.diagnoses)
        stated = [prior.get(diagnosis, prior.get(DEFAULT)) for diagnosis in network.diagnoses]
        total = sum(estimate.mean[-1] for estimate in stated if estimate)
        if None in stated:
            missing = [d for d, estimate in zip(network.diagnoses, stated, strict=True) if not estimate]
            yield _error(
                setting.at("prior"), f"{name}: no prior for {', '.join(missing)}", "add it, or 'default'"
            )
        elif abs(total - 1) > SUM_TOLERANCE:
            yield _error(setting.at("prior"), f"{name}: the priors sum to {total:.4g}", "make them sum to 1")


def unknown_sources(network: Network, estimate: Estimate, name: str) -> Iterator[Issue]:
    """Keys of a number that are not among the network's references."""
    for key in estimate.sources:
        if key != ESTIMATE_KEY and key not in network.references:
            known = did_you_mean(key, network.references)
            fix = known if network.references else "state 'references: FILE.csv'"
            yield _error(estimate.where, f"{name}: unknown reference @{key}", fix)


def _arrows(network: Network) -> Iterator[Issue]:
    """Parents given twice, tables too large to build, and cycles."""
    names = {DIAGNOSIS: None, **network.nodes}
    graph = {name: [parent for parent in parents(network, name) if parent in names] for name in names}
    for name, known in graph.items():
        where = network.nodes[name].where if name in network.nodes else network.at("settings")
        twice = [parent for parent, count in Counter(known).items() if count > 1]
        if twice:
            yield _error(where, f"{name} depends twice on {', '.join(twice)}", "name each parent once")
        if (columns := prod(len(network.states(parent)) for parent in known)) > MAX_COLUMNS:
            message = f"{name}: a table of {columns:,} combinations of parent states is too large"
            yield _error(where, message, f"take fewer parents, {MAX_COLUMNS:,} combinations at most")
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as problem:
        cycle: list[str] = problem.args[1]
        where = next((network.nodes[name].where for name in cycle if name in network.nodes), "")
        yield _error(
            where or network.at("settings"), f"a cycle: {' -> '.join(cycle)}", "remove one of these arrows"
        )
