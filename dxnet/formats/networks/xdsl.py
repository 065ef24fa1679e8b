"""XDSL, the format of GeNIe and SMILE: XML, with the last parent of a table varying fastest.

pyAgrum (3.3) takes the first parent as the fastest, so it reads tables of several parents wrongly.
https://support.bayesfusion.com/docs/
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from dxnet.errors import Issue, ParseError, brief, did_you_mean
from dxnet.formats.networks.noisy_max import has_two_readings, noisy_max
from dxnet.formats.networks.variables import (
    Variable,
    number_rows,
    ordered,
    read_numbers,
    refuse_network_file,
    to_discrete,
)
from dxnet.formats.networks.xml_file import XmlFile, words_of
from dxnet.inference.cpt import Discrete

_NUMBERS_OF_NODE = {"cpt": "probabilities", "deterministic": "resultingstates", "noisymax": "parameters"}
"""The kinds of node that are read, and the part that holds their numbers."""
_UNREAD_NODES = {
    "decision": "a decision",
    "utility": "a utility",
    "mau": "a utility of several attributes",
    "equation": "an equation, so continuous",
    "noisyadder": "a noisy adder",
    "demorgan": "a DeMorgan gate",
}
_NODE_PARTS = ("state", "parents", "probabilities", "resultingstates", "strengths", "parameters", "property")
_ROOT_PARTS = ("nodes", "extensions", "properties", "property", "cases", "dynamic")


def read_xdsl(raw: bytes, name: str) -> Discrete:
    """A network of chance nodes in XDSL.

    Deterministic nodes become tables of 0 and 1, noisy-MAX nodes the tables that follow from them.

    Raises:
        ParseError: no XDSL, nodes of other kinds (decisions, utilities, equations, other canonical gates),
            dynamic networks, parts that are stated twice, numbers that make no table; all at once.
    """
    file = XmlFile(raw, name)
    nodes = file.root.find("nodes")
    if file.root.tag != "smile" or nodes is None:
        message = "is no network in XDSL: it has no <smile> with <nodes>"
        refuse_network_file(name, message, "check that it is the right file")
    issues = [
        *file.repeated(file.root, ["nodes"], "the file"),
        *file.unread(file.root, _ROOT_PARTS, "the file"),
    ]
    issues += _dynamic(file, nodes)
    variables: dict[str, Variable] = {}
    first: dict[str, Element] = {}
    for node in nodes:
        id = node.get("id", "")
        if not id or id in first:
            message = f"a second node has the id {id!r}" if id else "a node has no id"
            issues.append(file.error(node, message, "give each node its own"))
            continue
        first[id] = node
        issues += _unread_of_node(file, node, id)
    labels = _labels_of_nodes(file.root)
    states = {id: tuple(state.get("id", "") for state in node.findall("state")) for id, node in first.items()}
    for id, node in first.items():
        parents = tuple(words_of(node, "parents"))
        stated: list[float] | None = None
        if node.tag in _NUMBERS_OF_NODE and all(states.get(parent) for parent in parents):
            try:
                stated = _xdsl_rows(file.where(node), id, node, states, issues)
            except ParseError as problem:
                issues += problem.issues
        label = labels.get(id, "")
        own = states[id] if node.tag in _NUMBERS_OF_NODE else ()
        variables[id] = Variable(own, parents, stated, file.where(node), label if label != id else "")
    return to_discrete(variables, name, issues, _marked_targets(first))


def _marked_targets(nodes: Mapping[str, Element]) -> list[str]:
    """The nodes that GeNIe marks as targets, whether for inference or for diagnosis."""
    return [
        id for id, node in nodes.items() if node.get("target") == "true" or node.get("diagtype") == "target"
    ]


def _dynamic(file: XmlFile, nodes: Element) -> list[Issue]:
    """Steps in time, which a table for each node does not hold."""
    steps = file.root.find("dynamic")
    if steps is None:
        steps = next((node for node in nodes if node.get("dynamic")), None)
    if steps is None:
        return []
    fix = "unroll it in GeNIe (Network, Unroll) and save the result"
    return [file.error(steps, "is a dynamic network: only its first step in time could be read", fix)]


def _unread_of_node(file: XmlFile, node: Element, id: str) -> list[Issue]:
    """What of a node is of a kind that is not read, or stands twice."""
    if node.tag not in _NUMBERS_OF_NODE:
        kind = _UNREAD_NODES.get(node.tag, f"of the kind <{node.tag}>")
        fix = "turn it into a general (CPT) node in GeNIe, or remove it"
        return [file.error(node, f"{id} is {kind}, which is not read", fix)]
    once = [part for part in _NODE_PARTS if part not in ("state", "property")]
    none = (
        [] if node.find("state") is not None else [file.error(node, f"{id} has no states", "name its states")]
    )
    return [*none, *file.repeated(node, once, id), *file.unread(node, _NODE_PARTS, id)]


def _labels_of_nodes(root: Element) -> dict[str, str]:
    """What GeNIe calls the nodes, in submodels too."""
    return {
        node.get("id", ""): node.findtext("name", "").strip()
        for node in root.findall("extensions/genie//node")
    }


def _xdsl_rows(
    where: str, id: str, node: Element, states: Mapping[str, tuple[str, ...]], issues: list[Issue]
) -> list[float]:
    """The numbers of a node, row by row; what is doubtful about them is added to ``issues``."""
    words = words_of(node, _NUMBERS_OF_NODE[node.tag])
    if not words:
        refuse_network_file(where, f"{id} has no <{_NUMBERS_OF_NODE[node.tag]}>", "give it its numbers")
    if node.tag == "deterministic":
        if odd := [word for word in words if word not in states[id]]:
            refuse_network_file(
                where, f"{id} results in {brief(odd[0])}, no state of it", did_you_mean(odd[0], states[id])
            )
        return [float(state == word) for word in words for state in states[id]]
    stated = read_numbers(words, where, id)
    if node.tag == "cpt":
        return stated
    strengths = words_of(node, "strengths")
    if odd := [word for word in strengths if not word.isdecimal()]:
        refuse_network_file(where, f"{id} has the strength {brief(odd[0])}", "write the position of a state")
    choices = [states[parent] for parent in words_of(node, "parents")]
    gate = (len(states[id]), choices, [int(word) for word in strengths], stated)
    try:
        table = noisy_max(*gate)
    except ValueError as problem:
        refuse_network_file(where, f"{id} {problem}", "save it as a general (CPT) node in GeNIe")
    if has_two_readings(*gate):
        message = f"{id}: its parameters are read by strength, the strongest state of each parent first"
        issues.append(Issue("warning", where, message, "compare its table with that in GeNIe"))
    return [float(p) for p in table.ravel()]


def write_xdsl(model: Discrete) -> str:
    """A network in XDSL, parents before children."""
    root = ElementTree.Element("smile", version="1.0", id="Network", numsamples="10000", discsamples="10000")
    nodes = ElementTree.SubElement(root, "nodes")
    genie = ElementTree.SubElement(
        ElementTree.SubElement(root, "extensions"), "genie", version="1.0", app="dxnet", name="Network"
    )
    for place, name in enumerate(ordered(model)):
        table = model.tables[name]
        node = ElementTree.SubElement(nodes, "cpt", id=name)
        for state in model.states[name]:
            ElementTree.SubElement(node, "state", id=state)
        if table.parents:
            ElementTree.SubElement(node, "parents").text = " ".join(table.parents)
        ElementTree.SubElement(node, "probabilities").text = " ".join(
            p for row in number_rows(table) for p in row
        )
        _look(genie, name, model.labels.get(name, name), place)
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _look(genie: ElementTree.Element, name: str, label: str, place: int) -> None:
    """What GeNIe shows of a node, and where: ten in a row."""
    node = ElementTree.SubElement(genie, "node", id=name)
    ElementTree.SubElement(node, "name").text = label
    ElementTree.SubElement(node, "interior", color="e5f6f7")
    ElementTree.SubElement(node, "outline", color="000080")
    ElementTree.SubElement(node, "font", color="000000", name="Arial", size="8")
    left, top = 20 + 130 * (place % 10), 20 + 80 * (place // 10)
    ElementTree.SubElement(node, "position").text = f"{left} {top} {left + 110} {top + 50}"
