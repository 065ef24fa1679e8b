"""XDSL, the format of GeNIe and SMILE: XML, with the last parent of a table varying fastest.

pyAgrum (3.3) takes the first parent as the fastest, so it reads tables of several parents wrongly.
https://support.bayesfusion.com/docs/
"""

from __future__ import annotations

from xml.etree import ElementTree

from dxnet.formats.networks.variables import Variable, made, numbers, ordered, parse_xml, refuse, rows
from dxnet.inference.cpt import Discrete


def read_xdsl(raw: bytes, name: str) -> Discrete:
    """A network of chance nodes in XDSL; deterministic nodes become tables of 0 and 1.

    Raises:
        ParseError: no XDSL, or nodes of other kinds (decisions, equations, noisy gates).
    """
    root = parse_xml(raw, name)
    nodes = root.find("nodes")
    if root.tag != "smile" or nodes is None:
        refuse(
            name, "is no network in XDSL: it has no <smile> with <nodes>", "check that it is the right file"
        )
    labels = {
        node.get("id", ""): node.findtext("name", "").strip()
        for node in root.findall("extensions/genie//node")
    }
    variables: dict[str, Variable] = {}
    for node in nodes:
        id = node.get("id", "")
        where = f"{name}: {id or 'a node without id'}"
        if node.tag not in ("cpt", "deterministic"):
            fix = "turn it into a general (CPT) node in GeNIe"
            refuse(where, f"is a node of the kind <{node.tag}>, which is not read", fix)
        if not id or id in variables:
            refuse(where, "has no id, or that of another node", "give each node its own")
        states = tuple(state.get("id", "") for state in node.findall("state"))
        parents = tuple((node.findtext("parents") or "").split())
        label = labels.get(id, "")
        variables[id] = Variable(
            states, parents, _numbers(node, states, where), where, label if label != id else ""
        )
    return made(variables, name)


def _numbers(node: ElementTree.Element, states: tuple[str, ...], where: str) -> list[float]:
    if node.tag == "cpt":
        return numbers(node.findtext("probabilities") or "", where)
    results = (node.findtext("resultingstates") or "").split()
    if odd := [result for result in results if result not in states]:
        refuse(where, f"results in {odd[0]!r}, which is no state of it", "correct <resultingstates>")
    return [float(state == result) for result in results for state in states]


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
        ElementTree.SubElement(node, "probabilities").text = " ".join(p for row in rows(table) for p in row)
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
