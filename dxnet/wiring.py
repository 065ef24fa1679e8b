"""Do the parts of a network fit each other? Whatever passes here can be built."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from itertools import product

from dxnet.errors import Issue, did_you_mean
from dxnet.estimate import ESTIMATE_KEY, SUM_TOLERANCE, Estimate
from dxnet.network import (
    ATYPICAL,
    BINARY,
    DEFAULT,
    DIAGNOSIS,
    Finding,
    Mechanism,
    Network,
    Node,
    Table,
    cause_state,
)


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
    yield from _sources(network)
    yield from _cycles(network)


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
    atypical = (ATYPICAL,) if network.is_atypical(node) and DIAGNOSIS in stated else ()
    gates = tuple(parent for parent in (node.requires, node.through) if parent)
    causes = tuple(cause_state(cause)[0] for cause in (*node.noisy_or, *node.also))
    return (*stated, *node.any_of, *atypical, *gates, *causes)


def _error(where: str, message: str, fix: str) -> Issue:
    return Issue("error", where, message, fix)


def _names(network: Network) -> Iterator[Issue]:
    sections = (network.mechanisms, network.incidental, network.findings, {DIAGNOSIS: None, ATYPICAL: None})
    for name, count in Counter(name for section in sections for name in section).items():
        if count > 1:
            where = network.nodes[name].where if name in network.nodes else network.where
            yield _error(where, f"{name!r} names two variables", "rename one")
    for name, diagnosis in network.diagnosis.items():
        for procedure in diagnosis.settled_by:
            if procedure not in network.procedures:
                fix = did_you_mean(procedure, network.procedures)
                yield _error(diagnosis.where, f"{name} is settled by unknown procedure {procedure!r}", fix)
    for category in network.atypical.categories if network.atypical else ():
        if category not in network.categories:
            yield _error(
                network.where,
                f"atypical: unknown category {category!r}",
                did_you_mean(category, network.categories),
            )
    if network.default_setting and network.default_setting not in network.settings:
        fix = did_you_mean(network.default_setting, network.settings)
        yield _error(network.where, f"unknown default setting {network.default_setting!r}", fix)


def _table(network: Network, name: str, node: Node) -> Iterator[Issue]:
    if node.given is None:
        if not isinstance(node, Finding):
            yield _error(node.where, f"{name} has no numbers", "add 'given ...:' or 'probability:'")
        return
    yield from _rows(network, name, node.given, len(node.states), node.where)


def _rows(network: Network, name: str, table: Table, size: int, where: str) -> Iterator[Issue]:
    known = (DIAGNOSIS, *network.nodes)
    unknown = [parent for parent in table.parents if parent not in known]
    for parent in unknown:
        yield _error(table.where or where, f"{name}: unknown parent {parent!r}", did_you_mean(parent, known))
    for row, estimate in table.rows.items():
        yield from _length(estimate, size, f"{name}.{row}")
    if unknown:
        return
    choices = [network.states(parent) for parent in table.parents]
    for states, estimate in table.named.items():
        place = estimate.where or where
        if len(states) > len(choices):
            yield _error(
                place, f"{name}: row {', '.join(states)} has more parts than parents", "drop the extra ones"
            )
        for state, known_states, parent in zip(states, choices, table.parents, strict=False):
            if state not in known_states:
                message = f"{name}: {parent} has no state {state!r}"
                yield _error(place, message, did_you_mean(state, known_states))
    missing = [states for states in product(*choices) if table.lookup(states) is None]
    if missing:
        shown = "; ".join(", ".join(states) for states in missing[:4]) + ("; ..." if len(missing) > 4 else "")
        yield _error(table.where or where, f"{name}: no number for {shown}", "add the rows, or a 'default'")


def _length(estimate: Estimate, size: int, name: str) -> Iterator[Issue]:
    if len(estimate.mean) != size:
        have = "one probability" if len(estimate.mean) == 2 else f"{len(estimate.mean)} probabilities"
        need = (
            "one probability, that of the second state" if size == 2 else f"{size} probabilities, one a state"
        )
        yield _error(estimate.where, f"{name}: {have}", f"give {need}")


def _mechanism(network: Network, name: str, mechanism: Mechanism) -> Iterator[Issue]:
    if mechanism.leak:
        yield from _length(mechanism.leak, 2, f"{name}.leak")
    if mechanism.through and (mechanism.given is None or mechanism.given.parents != (DIAGNOSIS,)):
        yield _error(
            mechanism.where, f"{name}: 'through' needs the table 'given diagnosis'", "state it that way"
        )
    if mechanism.through:
        yield from _through(network, name, mechanism)


def _finding(network: Network, name: str, finding: Finding) -> Iterator[Issue]:
    where, only_diagnosis = finding.where, finding.given is not None and finding.given.parents == (DIAGNOSIS,)
    if finding.category not in network.categories:
        fix = did_you_mean(finding.category, network.categories)
        yield _error(where, f"{name}: unknown category {finding.category!r}", fix)
    if finding.procedure and finding.procedure not in network.procedures:
        fix = did_you_mean(finding.procedure, network.procedures)
        yield _error(where, f"{name}: unknown procedure {finding.procedure!r}", fix)
    if (finding.through or finding.requires) and not only_diagnosis:
        yield _error(
            where, f"{name}: 'through' and 'requires' need the table 'given diagnosis'", "state it that way"
        )
    if finding.through:
        yield from _through(network, name, finding)
    if finding.requires:
        yield from _requires(network, name, finding)
    for key, causes in (("also", finding.also), ("noisy-or", finding.noisy_or)):
        for cause, estimate in causes.items():
            yield from _length(estimate, len(finding.states), f"{name}.{key}.{cause}")
            yield from _is_node(network, f"{name}.{key}", cause, where)
    for part in finding.any_of:
        yield from _is_node(network, f"{name}.any-of", part, where)
    if finding.leak:
        yield from _length(finding.leak, len(finding.states) if finding.noisy_or else 2, f"{name}.leak")


def _is_node(network: Network, place: str, cause: str, where: str) -> Iterator[Issue]:
    name, state = cause_state(cause)
    if name not in network.nodes:
        yield _error(where, f"{place}: unknown variable {name!r}", did_you_mean(name, network.nodes))
    elif state and state not in network.states(name):
        fix = did_you_mean(state, network.states(name))
        yield _error(where, f"{place}: {name} has no state {state!r}", fix)


def _through(network: Network, name: str, finding: Finding | Mechanism) -> Iterator[Issue]:
    mechanism = network.mechanisms.get(finding.through or "")
    if mechanism is None:
        fix = did_you_mean(finding.through or "", network.mechanisms)
        yield _error(finding.where, f"{name}: unknown mechanism {finding.through!r}", fix)
        return
    if mechanism.states != BINARY or mechanism.given is None or mechanism.given.parents != (DIAGNOSIS,):
        yield _error(
            mechanism.where, f"{finding.through} must be absent or present, given diagnosis", "state it so"
        )
    if mechanism.leak is None and (isinstance(finding, Mechanism) or finding.leak is None):
        yield _error(finding.where, f"{name}: no leak", f"give {finding.through} or {name} a 'leak'")


def _requires(network: Network, name: str, finding: Finding) -> Iterator[Issue]:
    gate = network.findings.get(finding.requires or "")
    if gate is None:
        fix = did_you_mean(finding.requires or "", network.findings)
        yield _error(finding.where, f"{name}: requires unknown finding {finding.requires!r}", fix)
    elif gate.states != BINARY or gate.also or gate.given is None or gate.given.parents != (DIAGNOSIS,):
        message = f"{name}: {finding.requires} must be absent or present, given diagnosis, without 'also'"
        yield _error(gate.where, message, "require another finding")
    elif gate.through and gate.through == finding.through:
        message = f"{name} and {finding.requires} both go through {gate.through}"
        yield _error(finding.where, message, "drop 'through' here: 'requires' already links them")


def _settings(network: Network) -> Iterator[Issue]:
    for name, setting in network.settings.items():
        if setting.given is not None:
            yield from _rows(network, name, setting.given, len(network.diagnoses), setting.where)
            continue
        prior: Mapping[str, Estimate] = setting.prior or {}
        for diagnosis in prior:
            if diagnosis not in (*network.diagnoses, DEFAULT):
                fix = did_you_mean(diagnosis, network.diagnoses)
                yield _error(prior[diagnosis].where, f"{name}: unknown diagnosis {diagnosis!r}", fix)
        missing = [d for d in network.diagnoses if d not in prior and DEFAULT not in prior]
        if missing:
            yield _error(
                setting.where, f"{name}: no prior for {', '.join(missing)}", "add it, or a 'default'"
            )
            continue
        total = sum(
            prior.get(d, prior.get(DEFAULT, prior[next(iter(prior))])).mean[-1] for d in network.diagnoses
        )
        if abs(total - 1) > SUM_TOLERANCE:
            yield _error(setting.where, f"{name}: the priors sum to {total:.4g}", "make them sum to 1")


def _sources(network: Network) -> Iterator[Issue]:
    for place, estimate in network.estimates():
        for key in estimate.sources:
            if key != ESTIMATE_KEY and key not in network.references:
                fix = (
                    did_you_mean(key, network.references)
                    if network.references
                    else "state 'references: FILE.csv'"
                )
                yield _error(estimate.where, f"{place}: unknown reference @{key}", fix)


def _cycles(network: Network) -> Iterator[Issue]:
    names = (DIAGNOSIS, *network.nodes)
    graph = {name: [parent for parent in parents(network, name) if parent in names] for name in names}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as problem:
        cycle = list(reversed(problem.args[1]))
        where = network.nodes[next(name for name in cycle if name != DIAGNOSIS)].where
        yield _error(where, f"a cycle: {' -> '.join(cycle)}", "remove one of these arrows")
