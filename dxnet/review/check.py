"""Is a network sound? The built model against what is stated, and both against the literature table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, permutations
from pathlib import Path

import numpy as np

from dxnet.arrays import Array
from dxnet.errors import CheckError, Issue, Level, ParseError, did_you_mean
from dxnet.inference.cpt import prior
from dxnet.inference.engine import EngineLike, network_of
from dxnet.inference.implied import implied
from dxnet.inference.results import Issues
from dxnet.knowledge.alike import did_you_mean_finding
from dxnet.knowledge.estimate import ESTIMATE_CAP, ESTIMATE_KEY, IMPORTED_KEY
from dxnet.knowledge.kinds.stated import stated_table
from dxnet.knowledge.network import ATYPICAL, DIAGNOSIS, Finding, Network, cause_state
from dxnet.knowledge.ontology import PHENOTYPES, phenotypes
from dxnet.knowledge.strict_yaml import Map, read_csv_rows
from dxnet.review import provenance
from dxnet.review.implausible import implausible

STATED_TOLERANCE = 1e-9
DRIFT = 0.05
"""How far the network may be from a figure that has no interval."""
PRIOR_DRIFT = 0.001
SEPARATION = 0.05


def check(network: EngineLike) -> Issues:
    """All issues of a network at once: errors first, then warnings, then facts worth knowing.

    Args:
        network: from ``load_network``, which has refused what cannot be built.

    >>> from dxnet import check, load_network
    >>> [issue.level for issue in check(load_network("asia"))]
    ['info']
    """
    network = network_of(network)
    issues = [*_check_numbers(network), *_hpo(network), *implausible(network)]
    try:
        issues += _ontology(network)
        built = implied(network)
        issues += _check_stated_rows(network)
        issues += _drift(network, built)
        issues += _implications(network, built)
        issues += _separation(network, built)
        issues += _sourced(network, built)
    except (CheckError, ParseError) as problem:
        issues += problem.issues
    return Issues(sorted(issues, key=lambda issue: ("error", "warning", "info").index(issue.level)))


def _check_numbers(network: Network) -> Iterator[Issue]:
    for place, estimate in network.estimates():
        if ESTIMATE_KEY not in estimate.sources:
            continue
        if estimate.weight > ESTIMATE_CAP and estimate.sources == (ESTIMATE_KEY,):
            message = f"{place}: an @estimate of weight {estimate.weight:g}"
            yield Issue("error", estimate.where, message, f"lower it to {ESTIMATE_CAP:g} or cite a source")
        if not estimate.reason:
            yield Issue(
                "warning", estimate.where, f"{place}: an @estimate without a reason", "add '# why' behind it"
            )


def _hpo(network: Network) -> Iterator[Issue]:
    owners: dict[str, str] = {}
    for name, finding in network.findings.items():
        for odd in (term for term in finding.hpo_terms if not re.fullmatch(r"HP:\d{7}", term)):
            yield Issue("error", finding.where, f"{name}: {odd!r} is no HPO id", "write HP: and 7 digits")
        for meaning in finding.number:
            if meaning.hpo and meaning.hpo not in finding.hpo_terms:
                message = f"{name}: the number of {meaning.of} has {meaning.hpo}, which shows no state of it"
                yield Issue("error", finding.where, message, "name it under 'hpo parts', too")
        if finding.hpo and finding.hpo in owners:
            message = f"{name}: {finding.hpo} is the term of {owners[finding.hpo]} already"
            yield Issue("error", finding.where, message, "give it to the one that it fits best")
        owners.setdefault(finding.hpo, name)


def _ontology(network: Network) -> Iterator[Issue]:
    """A finding whose HPO term lies below that of another is a kind of it, or stands apart for a reason.

    Raises:
        ParseError: the table of terms cannot be read.
    """
    coded = {name: finding.hpo for name, finding in network.findings.items() if finding.hpo}
    if not coded or not phenotypes().terms:
        return
    ontology = phenotypes()
    for name, other in permutations(coded, 2):
        finding, term = network.findings[name], coded[other]
        apart = other in finding.apart_from or other in _broader(network, name)
        if term in ontology.above(coded[name]) - {coded[name]} and not apart:
            message = f"{name}: {coded[name]} is a kind of {term}, which is {other}"
            fix = f"add 'kind of: [{other}]', or 'apart from: {{{other}: why}}'"
            yield Issue("warning", finding.where, message, fix)
    every = ((name, term) for name, finding in network.findings.items() for term in finding.hpo_terms)
    if unknown := [f"{name} ({term})" for name, term in every if term not in ontology.terms]:
        message = f"{', '.join(unknown)}: not in {PHENOTYPES}, so not compared with the ontology"
        yield Issue("info", network.name, message, "see that the ids are right")


def _broader(network: Network, name: str) -> set[str]:
    """The findings that one requires or is a kind of, and theirs in turn."""
    finding = network.findings[name]
    above = {other for other in (finding.requires, *finding.kind_of) if other}
    return above.union(*(_broader(network, other) for other in above))


def _check_stated_rows(network: Network) -> Iterator[Issue]:
    """The stated P(finding | diagnosis) must come back for typical patients without incidental causes."""
    given = {name: typical(network, finding) for name, finding in network.findings.items()}
    built = implied(network, given)
    for name, finding in network.findings.items():
        if finding.given is None or finding.given.parents != (DIAGNOSIS,):
            continue
        error = np.abs(built[name] - typical_table(network, name)).max()
        if not error <= STATED_TOLERANCE:
            message = f"{name}: P(finding | diagnosis) of the built network is off by {error:.2g}"
            yield Issue("error", finding.where, message, "report this: the table was built wrongly")


def typical(network: Network, finding: Finding) -> dict[str, str]:
    """The condition under which a finding's stated numbers hold: a typical patient, no incidental cause."""
    condition = {ATYPICAL: network.states(ATYPICAL)[0]} if network.is_atypical(finding) else {}
    for name, state in map(cause_state, finding.also):
        quiet = [s for s in network.states(name) if (s != state if state else s == network.states(name)[0])]
        condition[name] = quiet[0]
    return condition


def typical_table(network: Network, name: str) -> Array:
    """P(state | diagnosis) as stated in the file, ``ndarray[states, K]``."""
    table = stated_table(network, name)
    return table.values[..., 0] if ATYPICAL in table.parents else table.values


def _drift(network: Network, built: Mapping[str, Array]) -> Iterator[Issue]:
    figures = adopted(network)
    for name, finding in network.findings.items():
        drifted = (f for f in compare_figures(network, name, figures.get(name, {}), built[name]) if f.is_far)
        far = [f"{f.diagnosis} {f.state} {f.built:.3f} (adopted {f.adopted})" for f in drifted]
        if far:
            message = f"{name}: the built network departs from the evidence: {'; '.join(far)}"
            fix = "change the number, adopt another figure, or explain it with 'explained: ...'"
            level: Level = "info" if finding.explained else "warning"
            yield Issue(level, finding.where, message, finding.explained or fix)
    for setting, shares in figures.get("prior", {}).items():
        stated = prior(network, setting).values
        for diagnosis, share in shares.items():
            value = float(stated[network.diagnoses.index(diagnosis)])
            if abs(value - share.p) > PRIOR_DRIFT:
                message = f"{setting}: P({diagnosis}) is {value:.4f}, but {share.p:g} in the evidence"
                fix = "change one of the two"
                yield Issue("warning", network.settings[setting].where, message, fix)


@dataclass(frozen=True)
class Figure:
    """A probability of the evidence table, and its interval; without one, as near as ``DRIFT``."""

    p: float
    low: float
    high: float

    @classmethod
    def of(cls, row: Map) -> Figure:
        """A figure from ``p``, ``lo`` and ``hi``; ValueError if they do not fit each other."""
        p = float(row["p"])
        low, high = row.get("lo") or p - DRIFT, row.get("hi") or p + DRIFT
        figure = cls(p, float(low), float(high))
        if not (0 <= p <= 1 and figure.low <= p <= figure.high):
            raise ValueError
        return figure

    def __str__(self) -> str:
        has_interval = (self.low, self.high) != (self.p - DRIFT, self.p + DRIFT)
        return f"{self.p:g}, {self.low:g} to {self.high:g}" if has_interval else f"{self.p:g}"


@dataclass(frozen=True)
class Compared:
    """P(state | diagnosis) of a finding as adopted from the literature, and in the built network."""

    diagnosis: str
    state: str
    adopted: Figure
    built: float

    @property
    def is_far(self) -> bool:
        """Whether the built one lies outside the interval of the figure."""
        return not self.adopted.low - STATED_TOLERANCE <= self.built <= self.adopted.high + STATED_TOLERANCE


def compare_figures(
    network: Network, name: str, figures: Mapping[str, Mapping[str, Figure]], built: Array
) -> Iterator[Compared]:
    """Each adopted figure of a finding beside that of the built network.

    Args:
        figures: diagnosis -> state -> figure, as in ``adopted``.
        built: P(state | diagnosis), ``ndarray[states, K]``.
    """
    for diagnosis, states in figures.items():
        k = network.diagnoses.index(diagnosis)
        for state, figure in states.items():
            value = float(built[network.states(name).index(state), k])
            yield Compared(diagnosis, state, figure, value)


def adopted(network: Network) -> Mapping[str, Mapping[str, Mapping[str, Figure]]]:
    """finding -> diagnosis -> state -> the adopted figure; under ``prior``, setting -> diagnosis -> share.

    Raises:
        ParseError: rows of the evidence table that cannot be read, all at once.
    """
    if not network.evidence:
        return {}
    figures: dict[str, dict[str, dict[str, Figure]]] = {}
    issues: list[Issue] = []
    for row in read_csv_rows(Path(network.evidence), ("finding", "diagnosis", "state", "p", "use"), issues):
        name, diagnosis, state = row["finding"], row["diagnosis"], row["state"]
        if name == "prior" and state in network.settings and network.settings[state].prior:
            group, key = figures.setdefault("prior", {}).setdefault(state, {}), diagnosis
        elif row["use"] == "adopted":
            group, key = figures.setdefault(name, {}).setdefault(diagnosis, {}), state
        else:
            continue
        if fault := _evidence_fault(network, row, key in group):
            issues.append(Issue("error", row.where, *fault))
        else:
            group[key] = Figure.of(row)
    if issues:
        raise ParseError(issues)
    return figures


def _evidence_fault(network: Network, row: Map, is_repeated: bool) -> tuple[str, str] | None:
    """The problem of a row of the evidence table, and its cure."""
    name, diagnosis, state = row["finding"], row["diagnosis"], row["state"]
    if name != "prior" and name not in network.findings:
        return f"unknown finding {name!r}", did_you_mean_finding(network, name)
    if diagnosis not in network.diagnosis:
        return f"unknown diagnosis {diagnosis!r}", did_you_mean(diagnosis, network.diagnosis)
    if name != "prior" and state not in network.states(name):
        return f"{name} has no state {state!r}", did_you_mean(state, network.states(name))
    if is_repeated:
        return f"a second adopted figure for {name}, {diagnosis}, {state}", "keep one"
    try:
        Figure.of(row)
    except ValueError:
        interval = f", lo {row['lo']!r} and hi {row['hi']!r}" if row.get("lo") or row.get("hi") else ""
        return f"p is {row['p']!r}{interval}", "write a probability from 0 to 1, between lo and hi if stated"
    return None


def _implications(network: Network, built: Mapping[str, Array]) -> Iterator[Issue]:
    """A finding cannot be more common than one that it implies, recording errors aside."""
    slip = network.recording_error.mean[1] if network.recording_error else 0.0
    for name, other in network.implications:
        finding = network.findings.get(name)
        if finding is None or other not in network.findings:
            continue
        p, most = 1 - built[name][0], 1 - built[other][0]
        excess = [
            f"{diagnosis} {a:.3f} (at most {b:.3f})"
            for diagnosis, a, b in zip(network.diagnoses, p, most, strict=True)
            if a > b + slip + STATED_TOLERANCE
        ]
        if excess:
            reason = finding.apart_from.get(other, "")
            message = f"{name} is commoner than {other}, which it implies: {'; '.join(excess)}"
            fix = f"lower the one or raise the other, or explain it with 'apart from: {{{other}: why}}'"
            yield Issue("info" if reason else "warning", finding.where, message, reason or fix)


def _separation(network: Network, built: Mapping[str, Array]) -> Iterator[Issue]:
    routine = [
        values
        for name, values in built.items()
        if (procedure := network.procedures.get(network.findings[name].procedure)) is None
        or procedure.availability == "routine"
    ]
    size = len(network.diagnoses)
    distance = np.zeros((size, size))
    for values in routine:
        np.maximum(distance, np.abs(values[:, :, None] - values[:, None]).sum(axis=0) / 2, out=distance)
    for (i, first), (j, second) in combinations(enumerate(network.diagnoses), 2):
        furthest = distance[i, j]
        if furthest < SEPARATION:
            message = f"no routine finding separates {first} from {second} (total variation {furthest:.3f})"
            yield Issue("warning", network.diagnosis[second].where, message, "add a finding or join the two")


def _sourced(network: Network, built: Mapping[str, Array]) -> Iterator[Issue]:
    """Share of the P(finding | diagnosis) with a published source: plain, and weighted by information."""
    found = provenance.published_shares(provenance.stated_cells(network, built)).loc["all"]
    if found.n:
        published = f"{found.published:.0f} of {found.n:.0f} P(finding | diagnosis) are as published"
        message = f"{published} ({found.share:.0%}), {found.share_of_information:.0%} of the information"
        rest = "imported" if IMPORTED_KEY in network.references else "estimates"
        yield Issue("info", network.name, f"{message}; the rest are {rest}")
