"""How the Network page calls the parts of a network, and where they are found by name."""

from __future__ import annotations

from dxnet import Network
from dxnet.knowledge.additions import Addition, NewDiagnosis, NewEdge, NewFinding, NewProcedure
from dxnet.report.content.lesion_numbers import pictures
from dxnet.report.content.variable import kind


def variable_label(network: Network, name: str) -> str:
    """How a variable, diagnosis, lesion pattern or setting is called."""
    if name in pictures(network):
        return pictures(network)[name].label
    if name in network.diagnosis:
        return network.diagnosis[name].name
    if name in network.settings:
        return network.settings[name].label
    return network.nodes[name].label if name in network.nodes else name.capitalize()


def everything(network: Network) -> list[str]:
    """All parts that can be chosen: variables, diagnoses, lesion patterns, settings."""
    patterns = (name for name in pictures(network) if name not in {**network.nodes, **network.diagnosis})
    return [*network.nodes, *network.diagnosis, *patterns, *network.settings]


def search_texts(network: Network, name: str) -> str:
    """All words under which a part can be found."""
    finding = network.findings.get(name)
    more = (", ".join(finding.synonyms), finding.hpo) if finding else ()
    return " · ".join(filter(None, (variable_label(network, name), kind(network, name), name, *more)))


def addition_in_words(addition: Addition) -> str:
    """What was added, in a line."""
    match addition:
        case NewDiagnosis():
            return f"Diagnosis {addition.label}, {addition.share:.3g} of the patients of {addition.like}"
        case NewFinding():
            return f"Finding {addition.label}"
        case NewEdge():
            return (
                f"Edge {addition.parent} → {addition.child}{f': {addition.number}' * bool(addition.number)}"
            )
        case NewProcedure():
            return f"Procedure {addition.label}, which yields {', '.join(addition.findings)}"
