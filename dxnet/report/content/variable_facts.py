"""What a network states of a variable or diagnosis beside its numbers: definition, codes, region."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dxnet.knowledge.diagnosis import Diagnosis
from dxnet.knowledge.kinds.registry import kinds_of
from dxnet.knowledge.network import Finding, Mechanism, Network
from dxnet.knowledge.number_meaning import NumberMeaning
from dxnet.report.content.lesion_numbers import pictures
from dxnet.words import state_in_words


def variable_facts(network: Network, name: str) -> Iterator[tuple[str, str]]:
    """Name and text of each fact about a variable or diagnosis other than numbers; the text may be empty."""
    if name in network.diagnosis:
        yield from _diagnosis_facts(network, network.diagnosis[name])
        return
    if name in pictures(network):
        yield "Place", pictures(network)[name].place
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
    yield "Numbers", "; ".join(_number_words(finding, meaning) for meaning in finding.number)
    for kind in kinds_of(finding):
        if kind.caption:
            yield kind.caption, named(kind.stated_parents(finding))
    yield "Departs from the literature", finding.explained


def _number_words(finding: Finding, meaning: NumberMeaning) -> str:
    """Which state a number is: ``in U/L: normal, above 200 mild, above 1000 high``."""
    first, *others = map(state_in_words, meaning.states or finding.states)
    sign = "from" if meaning.at_limit == "upper" else "above"
    above = (f"{sign} {limit:g} {state}" for limit, state in zip(meaning.limits, others, strict=True))
    of = f"{meaning.of} in {meaning.unit}" if meaning.of else f"in {meaning.unit}"
    source = ", ".join(f"@{key}" for key in meaning.sources)
    why = f"{source}: {meaning.reason}" if meaning.reason else source
    return f"{of}: {', '.join((first, *above))} ({why})"


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
