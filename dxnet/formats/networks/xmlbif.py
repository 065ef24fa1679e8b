"""XMLBIF 0.3: XML, with the states of the variable itself varying fastest, then the last parent.

https://www.cs.cmu.edu/~fgcozman/Research/InterchangeFormat/
"""

from __future__ import annotations

from xml.etree import ElementTree

from dxnet.formats.networks.variables import Variable, made, numbers, parse_xml, refuse, rows
from dxnet.inference.cpt import Discrete


def read_xmlbif(raw: bytes, name: str) -> Discrete:
    """A network of chance variables in XMLBIF.

    Raises:
        ParseError: no XMLBIF, decisions or utilities, variables without a table.
    """
    root = parse_xml(raw, name)
    network = root.find("NETWORK")
    if root.tag != "BIF" or network is None:
        refuse(
            name, "is no network in XMLBIF: it has no <BIF> with <NETWORK>", "check that it is the right file"
        )
    states: dict[str, tuple[str, ...]] = {}
    for variable in network.findall("VARIABLE"):
        id = (variable.findtext("NAME") or "").strip()
        if not id or id in states or variable.get("TYPE", "nature") != "nature":
            message = "a variable is no chance variable, or has no name of its own"
            refuse(f"{name}: {id}", message, "keep chance variables only, each with its own name")
        states[id] = tuple((outcome.text or "").strip() for outcome in variable.findall("OUTCOME"))
    variables: dict[str, Variable] = {}
    for definition in network.findall("DEFINITION"):
        id = (definition.findtext("FOR") or "").strip()
        where = f"{name}: {id}"
        if id not in states or id in variables:
            refuse(where, "a definition is for no variable, or for one that has one", "keep one a variable")
        parents = tuple((given.text or "").strip() for given in definition.findall("GIVEN"))
        table = definition.find("TABLE")
        text = "" if table is None else "".join(table.itertext())  # comments may stand between the numbers
        variables[id] = Variable(states[id], parents, numbers(text, where), where)
    if without := [id for id in states if id not in variables]:
        refuse(f"{name}: {without[0]}", "has no definition", "give it a <DEFINITION> with a <TABLE>")
    return made(variables, name)


def write_xmlbif(model: Discrete) -> str:
    """A network in XMLBIF."""
    root = ElementTree.Element("BIF", VERSION="0.3")
    network = ElementTree.SubElement(root, "NETWORK")
    ElementTree.SubElement(network, "NAME").text = "Network"
    for name in model.tables:
        variable = ElementTree.SubElement(network, "VARIABLE", TYPE="nature")
        ElementTree.SubElement(variable, "NAME").text = name
        for state in model.states[name]:
            ElementTree.SubElement(variable, "OUTCOME").text = state
    for name, table in model.tables.items():
        definition = ElementTree.SubElement(network, "DEFINITION")
        ElementTree.SubElement(definition, "FOR").text = name
        for parent in table.parents:
            ElementTree.SubElement(definition, "GIVEN").text = parent
        ElementTree.SubElement(definition, "TABLE").text = " ".join(p for row in rows(table) for p in row)
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'
