"""Is a network sound? The built model against what is stated, and both against the literature table."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import combinations
from pathlib import Path

import numpy as np

from dxnet.cpt import Array, stated
from dxnet.errors import CheckError, Issue
from dxnet.estimate import ESTIMATE_CAP
from dxnet.model import build, implied
from dxnet.network import ATYPICAL, DIAGNOSIS, Finding, Mechanism, Network, cause_state

EXACT = 1e-9
DRIFT = 0.05
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
    except CheckError as problem:
        return [*problem.issues, *issues]
    built = {name: ask(name) for name in network.findings}
    issues += _stated(network, ask)
    issues += _drift(network, built)
    issues += _separation(network, built)
    issues += _sourced(network, built)
    return sorted(issues, key=lambda issue: ("error", "warning", "info").index(issue.level))


def _numbers(network: Network) -> Iterator[Issue]:
    for place, estimate in network.estimates():
        if estimate.is_published:
            continue
        if estimate.weight > ESTIMATE_CAP:
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
    nodes = network.nodes.values()
    used = {parent for node in nodes if node.given for parent in node.given.parents}
    for finding in network.findings.values():
        used |= {*finding.any_of}
        used |= {cause_state(cause)[0] for cause in (*finding.also, *finding.noisy_or)}
    used |= {node.through for node in nodes if isinstance(node, Finding | Mechanism) and node.through}
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
        if error > EXACT:
            message = f"{name}: P(finding | diagnosis) of the built network is off by {error:.2g}"
            yield Issue("error", finding.where, message, "report this: the table was built wrongly")


def typical(network: Network, finding: Finding) -> dict[str, str]:
    """The condition under which a finding's stated numbers hold: a typical patient, no incidental cause."""
    causes = {cause_state(cause)[0] for cause in finding.also}
    atypical = {ATYPICAL} if network.is_atypical(finding) else set()
    return {name: network.states(name)[0] for name in causes | atypical}


def typical_table(network: Network, finding: Finding) -> Array:
    """P(state | diagnosis) as stated in the file, ``ndarray[states, K]``."""
    table = stated(network, finding)
    return table.values[..., 0] if ATYPICAL in table.parents else table.values


def _drift(network: Network, built: Mapping[str, Array]) -> Iterator[Issue]:
    for name, rows in adopted(network).items():
        finding = network.findings[name]
        far = []
        for diagnosis, states in rows.items():
            k = network.diagnoses.index(diagnosis)
            for state, p in states.items():
                value = built[name][finding.states.index(state), k]
                if abs(value - p) > DRIFT:
                    far.append(f"{diagnosis} {state} {value:.3f} (adopted {p:g})")
        if far:
            message = f"{name}: the built network departs from evidence.csv: {'; '.join(far)}"
            fix = (
                finding.explained
                or "change the number, adopt another figure, or explain it with 'explained: ...'"
            )
            yield Issue("info" if finding.explained else "warning", finding.where, message, fix)


def adopted(network: Network) -> Mapping[str, Mapping[str, Mapping[str, float]]]:
    """finding -> diagnosis -> state -> p, from the adopted rows of the network's evidence table."""
    if not network.evidence or not Path(network.evidence).is_file():
        return {}
    found: dict[str, dict[str, dict[str, float]]] = {}
    with open(network.evidence, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name, diagnosis = row["finding"], row["diagnosis"]
            if row["use"] == "adopted" and name in network.findings and diagnosis in network.diagnosis:
                found.setdefault(name, {}).setdefault(diagnosis, {})[row["state"]] = float(row["p"])
    return found


def _separation(network: Network, built: Mapping[str, Array]) -> Iterator[Issue]:
    routine = [
        values
        for name, values in built.items()
        if (procedure := network.procedures.get(network.findings[name].procedure)) is None
        or procedure.availability == "routine"
    ]
    for (i, first), (j, second) in combinations(enumerate(network.diagnoses), 2):
        furthest = max((np.abs(values[:, i] - values[:, j]).sum() / 2 for values in routine), default=1.0)
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
            sources = [e for key, e in finding.given.named.items() if diagnosis in key]
            default = finding.given.rows.get("default")
            is_published = any(e.is_published for e in sources or ([default] if default else []))
            cells, information = cells + 1, information + weight
            published, known = published + is_published, known + weight * is_published
    if cells:
        share = f"{published} of {cells} P(finding | diagnosis) are as published ({published / cells:.0%})"
        message = f"{share}, {known / max(information, 1e-12):.0%} of the information; the rest are estimates"
        yield Issue("info", network.name, message)
