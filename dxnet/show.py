"""One variable or diagnosis of a network as text: its numbers, their weights, sources and reasons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from dxnet.console import Page, label
from dxnet.cpt import prior
from dxnet.errors import DxnetError, Issue, did_you_mean
from dxnet.estimate import ESTIMATE_KEY, Estimate
from dxnet.implied import implied
from dxnet.network import BINARY, DIAGNOSIS, Diagnosis, Finding, Mechanism, Network, Node
from dxnet.table import DEFAULT
from dxnet.wording import percent


def show(page: Page, network: Network, name: str, top: int) -> None:
    """A finding, mechanism, incidental cause or diagnosis by its id.

    Raises:
        DxnetError: the network has neither.
    """
    if name in network.diagnosis:
        _show_diagnosis(page, network, name, top)
    elif name in network.nodes:
        _show_node(page, network, name)
    else:
        fix = did_you_mean(name, [*network.diagnoses, *network.nodes])
        raise DxnetError([Issue("error", network.name, f"no finding or diagnosis {name!r}", fix)])


def _show_node(page: Page, network: Network, name: str) -> None:
    node = network.nodes[name]
    page.line(f"{node.label} ({name}), {_kind(network, name)} of {label(network)}")
    page.facts([("States", ", ".join(node.states)), ("Definition", node.definition)])
    if isinstance(node, Finding):
        page.facts(_finding_facts(network, node))
    if isinstance(node, Finding | Mechanism):
        page.facts([("Region", node.region), ("Tract", node.tract)])
    rows = list(_rows(network, node))
    states = node.states[1:] if node.states == BINARY else node.states
    given = f"Given {', '.join(node.given.parents)}" if node.given and node.given.parents else "Numbers"
    page.table(
        (given, *(f">{state}" for state in states), ">Weight", "Sources", "Reason", "File"),
        [(row, *_percents(e, len(states)), f"{e.weight:.0f}", *_origin(e)) for row, e in rows],
    )
    if node.given and node.given.parents == (DIAGNOSIS,):
        rest = [name for name in network.diagnoses if (name,) not in node.given.named]
        page.facts([(f"\n{DEFAULT} stands for", ", ".join(rest))])
    _references(page, network, (estimate for _, estimate in rows))


def _kind(network: Network, name: str) -> str:
    kinds = {
        "finding": network.findings,
        "mechanism": network.mechanisms,
        "incidental cause": network.incidental,
    }
    return next((kind for kind, members in kinds.items() if name in members), "variable")


def _finding_facts(network: Network, finding: Finding) -> Iterator[tuple[str, str]]:
    def named(names: Iterable[str]) -> str:
        return ", ".join(f"{network.nodes[n].label} ({n})" if n in network.nodes else n for n in names)

    yield "Category", finding.category
    if procedure := network.procedures.get(finding.procedure):
        tiers = f"cost {procedure.cost}, invasiveness {procedure.invasiveness}, {procedure.availability}"
        yield "Procedure", f"{procedure.label} ({finding.procedure}): {tiers}"
    yield "HPO", finding.hpo
    yield "Synonyms", ", ".join(finding.synonyms)
    yield "Through the mechanism", named([finding.through] if finding.through else [])
    yield "Requires", named([finding.requires] if finding.requires else [])
    yield "Any of", named(finding.any_of)
    yield "Also caused by", named(finding.also)
    yield "Caused by", named(finding.noisy_or)
    yield "Departs from the literature", finding.explained


def _rows(network: Network, node: Node) -> Iterator[tuple[str, Estimate]]:
    """The numbers of a variable: one row a diagnosis where that is its only parent, else as in the file."""
    if node.given and node.given.parents == (DIAGNOSIS,):
        named = node.given.named
        yield from ((name, named[(name,)]) for name in network.diagnoses if (name,) in named)
        if DEFAULT in node.given.rows:
            yield DEFAULT, node.given.rows[DEFAULT]
    elif node.given:
        yield from node.given.rows.items()
    if isinstance(node, Finding):
        yield from ((f"also {cause}", estimate) for cause, estimate in node.also.items())
        yield from ((f"with {cause}", estimate) for cause, estimate in node.noisy_or.items())
    if isinstance(node, Finding | Mechanism) and node.leak:
        yield "leak", node.leak


def _percents(estimate: Estimate, count: int) -> Iterator[str]:
    """The last ``count`` probabilities; blanks where an estimate (a leak) has fewer."""
    yield from ["" for _ in range(count - len(estimate.mean))]
    yield from (percent(p) for p in estimate.mean[-count:])


def _origin(estimate: Estimate) -> tuple[str, str, str]:
    return " ".join(f"@{key}" for key in estimate.sources), estimate.reason, estimate.where


def _references(page: Page, network: Network, estimates: Iterable[Estimate]) -> None:
    page.line()
    for key in dict.fromkeys(key for estimate in estimates for key in estimate.sources):
        if key == ESTIMATE_KEY:
            page.line("@estimate: no published figure; a reasoned estimate, with its reason")
        elif reference := network.references.get(key):
            page.line(f"@{key}: {reference}{f' (read: {reference.read})' if reference.read else ''}")


def _show_diagnosis(page: Page, network: Network, name: str, top: int) -> None:
    diagnosis = network.diagnosis[name]
    page.line(f"{diagnosis.label} ({name}), diagnosis of {label(network)}")
    page.facts(_diagnosis_facts(network, diagnosis))
    priors = list(_priors(network, name))
    page.table(
        ("Setting", ">Pre-test", ">Weight", "Sources", "Reason", "File"),
        [(setting, percent(p), f"{e.weight:.0f}", *_origin(e)) for setting, p, e in priors],
    )
    findings = list(_telling(network, name))[:top]
    page.line()
    page.line(
        "Findings that differ most from the mean over all diagnoses (weight and source: of the number here)"
    )
    page.table(
        ("Finding", "State", ">Here", ">Mean", ">Weight", "Sources", "Reason", "File"),
        [
            (finding, state, percent(here), percent(mean), *((f"{e.weight:.0f}", *_origin(e)) if e else ()))
            for finding, state, here, mean, e in findings
        ],
    )
    _references(page, network, [*(e for *_, e in priors), *(e for *_, e in findings if e)])


def _diagnosis_facts(network: Network, diagnosis: Diagnosis) -> Iterator[tuple[str, str]]:
    yield "Short name", diagnosis.short
    yield "Group", diagnosis.group
    yield "Treatable", diagnosis.treatable
    yield "Settled by", ", ".join(network.procedures[name].label for name in diagnosis.settled_by)
    codes = {
        "ORPHA": diagnosis.orpha,
        "MONDO": diagnosis.mondo,
        "OMIM": diagnosis.omim,
        "ICD-10": diagnosis.icd10,
        "ICD-10-CM": diagnosis.icd10cm,
    }
    yield "Codes", ", ".join(f"{system} {code}" for system, code in codes.items() if code)


def _priors(network: Network, name: str) -> Iterator[tuple[str, float, Estimate]]:
    k = network.diagnoses.index(name)
    for setting, stated in network.settings.items():
        if stated.prior is not None:
            p = float(prior(network, setting).values[k])
            yield setting, p, stated.prior.get(name) or stated.prior[DEFAULT]
        elif stated.given:
            for row, estimate in stated.given.rows.items():
                yield f"{setting}, {', '.join(stated.given.parents)} {row}", estimate.mean[k], estimate


def _telling(network: Network, name: str) -> list[tuple[str, str, float, float, Estimate | None]]:
    """Finding, the state that differs most, its probability here and on average, and the stated number."""
    built, k = implied(network), network.diagnoses.index(name)
    result = []
    for finding, node in network.findings.items():
        table = built[finding]
        here, mean = table[:, k], table.mean(axis=1)
        state = int(np.argmax(np.abs(here - mean)))
        estimate = node.given.lookup((name,)) if node.given and node.given.parents == (DIAGNOSIS,) else None
        distance = float(np.abs(here - mean).sum() / 2)
        row = (finding, node.states[state], float(here[state]), float(mean[state]), estimate)
        result.append((distance, row))
    return [row for _, row in sorted(result, key=lambda item: -item[0])]
