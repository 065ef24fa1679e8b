"""One variable or diagnosis of a network as text: its numbers, their weights, sources and reasons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product

import numpy as np

from dxnet.arrays import Array
from dxnet.errors import DxnetError, Issue, did_you_mean
from dxnet.inference.cpt import prior
from dxnet.inference.implied import implied
from dxnet.knowledge.estimate import ESTIMATE_KEY, Estimate
from dxnet.knowledge.kinds.registry import CPT_KINDS, kinds_of
from dxnet.knowledge.network import BINARY, DIAGNOSIS, Diagnosis, Finding, Mechanism, Network, Node
from dxnet.knowledge.place import Place
from dxnet.knowledge.table import DEFAULT, Frozen, Table
from dxnet.report.render.terminal import Page, label
from dxnet.words import percent


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
    page.line(f"{node.label} ({name}), {kind(network, name)} of {label(network)}")
    page.facts(facts(network, name))
    stated = list(rows(network, name))
    states = node.states[1:] if node.states == BINARY else node.states
    given = f"Given {', '.join(node.given.parents)}" if node.given and node.given.parents else "Numbers"
    page.table(
        (given, *(f">{state}" for state in states), ">Weight", "Sources", "Reason", "File"),
        [(row, *_percents(e, len(states)), f"{e.weight:.0f}", *_origin(e)) for row, _, e in stated],
    )
    page.facts([(f"\n{DEFAULT} stands for", ", ".join(unnamed(network, name)))])
    _references(page, network, (estimate for *_, estimate in stated))


def kind(network: Network, name: str) -> str:
    """What a variable, diagnosis or setting is called.

    >>> from dxnet import load_network
    >>> kind(load_network("asia"), "bronchitis"), kind(load_network("asia"), "lung_cancer")
    ('mechanism', 'diagnosis')
    """
    kinds: Mapping[str, Mapping[str, Frozen]] = {
        "finding": network.findings,
        "mechanism": network.mechanisms,
        "incidental cause": network.incidental,
        "diagnosis": network.diagnosis,
        "setting": network.settings,
    }
    return next((kind for kind, members in kinds.items() if name in members), "variable")


def facts(network: Network, name: str) -> Iterator[tuple[str, str]]:
    """Name and text of each fact of a variable or diagnosis that is no number; the text may be empty."""
    if name in network.diagnosis:
        yield from _diagnosis_facts(network, network.diagnosis[name])
        return
    node = network.nodes[name]
    yield "States", ", ".join(node.states)
    yield "Definition", node.definition
    if isinstance(node, Finding):
        yield from _finding_facts(network, node)
    if isinstance(node, Finding | Mechanism):
        yield "Region", node.region
        yield "Tract", node.tract


def _finding_facts(network: Network, finding: Finding) -> Iterator[tuple[str, str]]:
    def named(names: Iterable[str]) -> str:
        return ", ".join(f"{network.nodes[n].label} ({n})" if n in network.nodes else n for n in names)

    yield "Category", finding.category
    if procedure := network.procedures.get(finding.procedure):
        tiers = f"cost {procedure.cost}, invasiveness {procedure.invasiveness}, {procedure.availability}"
        yield "Procedure", f"{procedure.label} ({finding.procedure}): {tiers}"
    yield "HPO", finding.hpo
    yield "Synonyms", ", ".join(finding.synonyms)
    for kind in kinds_of(finding):
        if kind.caption:
            yield kind.caption, named(kind.stated_parents(finding))
    yield "Departs from the literature", finding.explained


def rows(network: Network, name: str) -> Iterator[tuple[str, Place, Estimate]]:
    """The numbers of a variable or setting: what each is for, its place, and itself.

    One row a diagnosis where that is its only parent, else as in the file; places as in
    ``Network.estimates``.

    >>> from dxnet import load_network
    >>> [(row, place) for row, place, _ in rows(load_network("asia"), "bronchitis")]
    [('absent', 'bronchitis.absent'), ('present', 'bronchitis.present')]
    """
    if name in network.settings:
        stated = network.settings[name].rows.items()
        yield from ((row, Place("settings", name, row=row), estimate) for row, estimate in stated)
        return
    node = network.nodes[name]
    own = [(Place("variables", name, key, row), estimate) for key, row, estimate in node.numbers()]
    of_table = {place.row: (place, estimate) for place, estimate in own if not place.key}
    yield from ((what, *of_table[row]) for what, row in _named_rows(network, node, list(of_table)))
    prefixes = {kind.key: kind.row_prefix for kind in CPT_KINDS.values()}
    for place, estimate in sorted(own, key=lambda number: not number[0].row):
        if place.key:
            what = f"{prefixes.get(place.key) or place.key} {place.row}" if place.row else place.key
            yield what, place, estimate


def _named_rows(network: Network, node: Node, rows: list[str]) -> list[tuple[str, str]]:
    """What each row is for, and the row: one a diagnosis where that is the only parent."""
    if node.given is None or node.given.parents != (DIAGNOSIS,):
        return [(row, row) for row in rows]
    of = {states[0]: row for row in rows if row != DEFAULT for states in product(*Table.choices(row))}
    found = [(diagnosis, of[diagnosis]) for diagnosis in network.diagnoses if diagnosis in of]
    return [*found, (DEFAULT, DEFAULT)] if DEFAULT in rows else found


def unnamed(network: Network, name: str) -> list[str]:
    """The diagnoses that the default of a variable stands for."""
    given = network.nodes[name].given
    if given is None or given.parents != (DIAGNOSIS,):
        return []
    return [diagnosis for diagnosis in network.diagnoses if (diagnosis,) not in given.named]


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
    page.facts(facts(network, name))
    stated = list(priors(network, name))
    page.table(
        ("Setting", ">Pre-test", ">Weight", "Sources", "Reason", "File"),
        [(setting, percent(p), f"{e.weight:.0f}", *_origin(e)) for setting, _, p, e in stated],
    )
    findings = telling(network, name, implied(network))[:top]
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
    _references(page, network, [*(e for *_, e in stated), *(e for *_, e in findings if e)])


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


def priors(network: Network, name: str) -> Iterator[tuple[str, Place, float, Estimate]]:
    """The pre-test probabilities of a diagnosis: setting, place of the number, probability, the number."""
    k = network.diagnoses.index(name)
    for setting, stated in network.settings.items():
        if stated.prior is not None:
            p = float(prior(network, setting).values[k])
            row = name if name in stated.prior else DEFAULT
            yield setting, Place("settings", setting, row=row), p, stated.prior[row]
        elif stated.given:
            for row, estimate in stated.given.rows.items():
                what = f"{setting}, {', '.join(stated.given.parents)} {row}"
                yield what, Place("settings", setting, row=row), estimate.mean[k], estimate


def telling(
    network: Network, name: str, built: Mapping[str, Array]
) -> list[tuple[str, str, float, float, Estimate | None]]:
    """Findings that differ most between a diagnosis and the mean of all, those first.

    Finding, the state that differs most, its probability here and on average, and the stated number.

    Args:
        built: of every finding, as ``implied`` makes it.
    """
    k = network.diagnoses.index(name)
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
