"""Is a network sound? The built model against what is stated, and both against the literature table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import combinations
from pathlib import Path

import numpy as np

from dxnet.cpt import Array, prior, stated
from dxnet.errors import CheckError, Issue, Level, ParseError, did_you_mean
from dxnet.estimate import ESTIMATE_CAP, ESTIMATE_KEY
from dxnet.model import build, implied
from dxnet.network import ATYPICAL, DIAGNOSIS, Finding, Network, cause_state
from dxnet.strict import Map, read_table
from dxnet.wiring import parents

EXACT = 1e-9
DRIFT = 0.05
PRIOR_DRIFT = 0.001
SEPARATION = 0.05


def check(network: Network) -> list[Issue]:
    """Every doubt about a network, all at once; errors first, then warnings, then facts worth knowing.

    Args:
        network: from ``load_network``, which has refused what cannot be built.

    >>> from dxnet import check, load_network
    >>> [issue.level for issue in check(load_network("asia"))]
    ['info']
    """
    issues = [*_numbers(network), *_hpo(network), *_unused(network)]
    try:
        ask = partial(implied, build(network))
        built = {name: ask(name) for name in network.findings}
        issues += _stated(network, ask)
        issues += _drift(network, built)
        issues += _separation(network, built)
        issues += _sourced(network, built)
    except (CheckError, ParseError) as problem:
        issues += problem.issues
    return sorted(issues, key=lambda issue: ("error", "warning", "info").index(issue.level))


def _numbers(network: Network) -> Iterator[Issue]:
    for place, estimate in network.estimates():
        if estimate.is_published:
            continue
        if estimate.weight > ESTIMATE_CAP and estimate.sources == (ESTIMATE_KEY,):
            message = f"{place}: an @estimate of weight {estimate.weight:g}"
            yield Issue("error", estimate.where, message, f"lower it to {ESTIMATE_CAP:g} or cite a source")
        if not estimate.reason:
            yield Issue(
                "warning", estimate.where, f"{place}: an @estimate without a reason", "add '# why' behind it"
            )


def _hpo(network: Network) -> Iterator[Issue]:
    seen: dict[str, str] = {}
    for name, finding in network.findings.items():
        if finding.hpo and not re.fullmatch(r"HP:\d{7}", finding.hpo):
            yield Issue(
                "error", finding.where, f"{name}: {finding.hpo!r} is no HPO id", "write HP: and 7 digits"
            )
        elif finding.hpo and finding.hpo in seen:
            message = f"{name}: {finding.hpo} stands at {seen[finding.hpo]} already"
            yield Issue("error", finding.where, message, "give it to the one that it fits best")
        seen.setdefault(finding.hpo, name)


def _unused(network: Network) -> Iterator[Issue]:
    used = {parent for name in (DIAGNOSIS, *network.nodes) for parent in parents(network, name)}
    for name in {**network.mechanisms, **network.incidental}:
        if name not in used:
            yield Issue(
                "warning", network.nodes[name].where, f"nothing depends on {name}", "use it or remove it"
            )


def _stated(network: Network, ask: Callable[..., Array]) -> Iterator[Issue]:
    """The stated P(finding | diagnosis) must come back for typical patients without incidental causes."""
    for name, finding in network.findings.items():
        if finding.given is None or finding.given.parents != (DIAGNOSIS,):
            continue
        error = np.abs(ask(name, typical(network, finding)) - typical_table(network, finding)).max()
        if not error <= EXACT:
            message = f"{name}: P(finding | diagnosis) of the built network is off by {error:.2g}"
            yield Issue("error", finding.where, message, "report this: the table was built wrongly")


def typical(network: Network, finding: Finding) -> dict[str, str]:
    """The condition under which a finding's stated numbers hold: a typical patient, no incidental cause."""
    condition = {ATYPICAL: network.states(ATYPICAL)[0]} if network.is_atypical(finding) else {}
    for name, state in map(cause_state, finding.also):
        quiet = [s for s in network.states(name) if (s != state if state else s == network.states(name)[0])]
        condition[name] = quiet[0]
    return condition


def typical_table(network: Network, finding: Finding) -> Array:
    """P(state | diagnosis) as stated in the file, ``ndarray[states, K]``."""
    table = stated(network, finding)
    return table.values[..., 0] if ATYPICAL in table.parents else table.values


def _drift(network: Network, built: Mapping[str, Array]) -> Iterator[Issue]:
    figures = adopted(network)
    for name, finding in network.findings.items():
        far = []
        for diagnosis, states in figures.get(name, {}).items():
            k = network.diagnoses.index(diagnosis)
            for state, p in states.items():
                value = built[name][finding.states.index(state), k]
                if abs(value - p) > DRIFT:
                    far.append(f"{diagnosis} {state} {value:.3f} (adopted {p:g})")
        if far:
            message = f"{name}: the built network departs from the evidence: {'; '.join(far)}"
            fix = "change the number, adopt another figure, or explain it with 'explained: ...'"
            level: Level = "info" if finding.explained else "warning"
            yield Issue(level, finding.where, message, finding.explained or fix)
    for setting, shares in figures.get("prior", {}).items():
        stated = prior(network, setting).values
        for diagnosis, p in shares.items():
            value = float(stated[network.diagnoses.index(diagnosis)])
            if abs(value - p) > PRIOR_DRIFT:
                message = f"{setting}: P({diagnosis}) is {value:.4f}, but {p:g} in the evidence"
                fix = "change one of the two"
                yield Issue("warning", network.settings[setting].where, message, fix)


def adopted(network: Network) -> Mapping[str, Mapping[str, Mapping[str, float]]]:
    """finding -> diagnosis -> state -> p of the adopted rows; under ``prior``, setting -> diagnosis -> p.

    Raises:
        ParseError: rows of the evidence table that cannot be read, all at once.
    """
    if not network.evidence:
        return {}
    found: dict[str, dict[str, dict[str, float]]] = {}
    issues: list[Issue] = []
    for row in read_table(Path(network.evidence), ("finding", "diagnosis", "state", "p", "use"), issues):
        name, diagnosis, state = row["finding"], row["diagnosis"], row["state"]
        if name == "prior" and state in network.settings and network.settings[state].prior:
            group, key = found.setdefault("prior", {}).setdefault(state, {}), diagnosis
        elif row["use"] == "adopted":
            group, key = found.setdefault(name, {}).setdefault(diagnosis, {}), state
        else:
            continue
        if fault := _fault(network, row, key in group):
            issues.append(Issue("error", row.where, *fault))
        else:
            group[key] = float(row["p"])
    if issues:
        raise ParseError(issues)
    return found


def _fault(network: Network, row: Map, is_repeated: bool) -> tuple[str, str] | None:
    """What is wrong with a row of the evidence table, and its cure."""
    name, diagnosis, state = row["finding"], row["diagnosis"], row["state"]
    if name != "prior" and name not in network.findings:
        return f"unknown finding {name!r}", did_you_mean(name, network.findings)
    if diagnosis not in network.diagnosis:
        return f"unknown diagnosis {diagnosis!r}", did_you_mean(diagnosis, network.diagnosis)
    if name != "prior" and state not in network.states(name):
        return f"{name} has no state {state!r}", did_you_mean(state, network.states(name))
    if is_repeated:
        return f"a second adopted figure for {name}, {diagnosis}, {state}", "keep one"
    try:
        if 0 <= float(row["p"]) <= 1:
            return None
    except ValueError:
        pass
    return f"p is {row['p']!r}", "write a probability from 0 to 1"


def _separation(network: Network, built: Mapping[str, Array]) -> Iterator[Issue]:
    routine = [
        values
        for name, values in built.items()
        if (procedure := network.procedures.get(network.findings[name].procedure)) is None
        or procedure.availability == "routine"
    ]
    for (i, first), (j, second) in combinations(enumerate(network.diagnoses), 2):
        furthest = max((np.abs(values[:, i] - values[:, j]).sum() / 2 for values in routine), default=0.0)
        if furthest < SEPARATION:
            message = f"no routine finding separates {first} from {second} (total variation {furthest:.3f})"
            yield Issue("warning", network.diagnosis[second].where, message, "add a finding or join the two")


def _sourced(network: Network, built: Mapping[str, Array]) -> Iterator[Issue]:
    """Share of the P(finding | diagnosis) with a published source: plain, and weighted by information.

    The information of a cell is the Kullback-Leibler divergence of its row from the mean row.
    """
    cells, published, information, known = 0, 0, 0.0, 0.0
    for name, finding in network.findings.items():
        if finding.given is None:
            continue
        mean = built[name].mean(axis=1)
        for k, diagnosis in enumerate(network.diagnoses):
            row = built[name][:, k]
            weight = float((row * np.log(np.maximum(row, 1e-12) / np.maximum(mean, 1e-12))).sum())
            rows = finding.given.rows_for(DIAGNOSIS, diagnosis)
            is_published = all(finding.given.rows[row].is_published for row in rows)
            cells, information = cells + 1, information + weight
            published, known = published + is_published, known + weight * is_published
    if cells:
        share = f"{published} of {cells} P(finding | diagnosis) are as published ({published / cells:.0%})"
        message = f"{share}, {known / max(information, 1e-12):.0%} of the information; the rest are estimates"
        yield Issue("info", network.name, message)
