"""XMLBIF 0.3: XML, with the states of the variable itself varying fastest, then the last parent.

https://www.cs.cmu.edu/~fgcozman/Research/InterchangeFormat/
"""

from __future__ import annotations

from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from dxnet.errors import Issue, ParseError, did_you_mean
from dxnet.formats.networks.variables import (
    Variable,
    number_rows,
    read_numbers,
    refuse_network_file,
    to_discrete,
)
from dxnet.formats.networks.xml_file import XmlFile, words_of
from dxnet.inference.cpt import Discrete

_PARTS_OF_ELEMENT = {
    "BIF": ("NETWORK",),
    "NETWORK": ("NAME", "PROPERTY", "VARIABLE", "DEFINITION"),
    "VARIABLE": ("NAME", "PROPERTY", "OUTCOME"),
    "DEFINITION": ("FOR", "GIVEN", "TABLE", "PROPERTY"),
}
"""The parts that each part may have; those that may stand once are in _ONCE."""
_ONCE = ("NETWORK", "NAME", "FOR", "TABLE")


def read_xmlbif(raw: bytes, name: str) -> Discrete:
    """A network of chance variables in XMLBIF.

    Raises:
        ParseError: no XMLBIF, decisions or utilities, variables without a table or with two, a second
            network, numbers that make no table; all at once.
    """
    file = XmlFile(raw, name)
    network = file.root.find("NETWORK")
    if file.root.tag != "BIF" or network is None:
        message = "is no network in XMLBIF: it has no <BIF> with <NETWORK>"
        refuse_network_file(name, message, "check that it is the right file")
    issues = [*_unread_of_part(file, file.root, "the file"), *_unread_of_part(file, network, "the network")]
    declared: dict[str, Variable] = {}
    for part in network.findall("VARIABLE"):
        id = _text_of_tag(part, "NAME")
        issues += _unread_of_part(file, part, id or "a variable")
        if not id or id in declared:
            message = (
                f"{id} is declared twice (first at {declared[id].where})"
                if id
                else "a variable has no <NAME>"
            )
            issues.append(file.error(part, message, "give each variable its own name"))
            continue
        states = tuple((outcome.text or "").strip() for outcome in part.findall("OUTCOME"))
        if (kind := part.get("TYPE", "nature")) != "nature":
            issues.append(file.error(part, f"{id} is of the type {kind!r}, which is not read", "remove it"))
            states = ()
        elif not states:
            issues.append(file.error(part, f"{id} has no states", "give it an <OUTCOME> for each"))
        declared[id] = Variable(states, (), None, file.where(part))
    variables: dict[str, Variable] = {}
    for part in network.findall("DEFINITION"):
        issues += _definition(file, part, declared, variables)
    for id, variable in declared.items():
        if id not in variables and variable.states:
            fix = "give it a <DEFINITION> with a <TABLE>"
            issues.append(Issue("error", variable.where, f"{id} has no definition", fix))
    return to_discrete({id: variables.get(id, variable) for id, variable in declared.items()}, name, issues)


def _definition(
    file: XmlFile, part: Element, declared: dict[str, Variable], variables: dict[str, Variable]
) -> list[Issue]:
    """Add the variable that a definition is for, and say what is wrong with it."""
    id = _text_of_tag(part, "FOR")
    if id not in declared:
        fix = did_you_mean(id, declared)
        return [file.error(part, f"a definition is for {id!r}, which is no variable", fix)]
    if id in variables:
        message = f"{id} has two definitions (first at {variables[id].where})"
        return [file.error(part, message, "keep one")]
    issues = list(_unread_of_part(file, part, id))
    parents = tuple((given.text or "").strip() for given in part.findall("GIVEN"))
    stated: list[float] | None = None
    if part.find("TABLE") is None:
        issues.append(file.error(part, f"{id} has no <TABLE>", "give it its numbers"))
    else:
        try:
            stated = read_numbers(words_of(part, "TABLE"), file.where(part), id)
        except ParseError as problem:
            issues += problem.issues
    is_read = all(parent not in declared or declared[parent].states for parent in parents)
    variables[id] = Variable(declared[id].states, parents, stated if is_read else None, file.where(part))
    return issues


def _unread_of_part(file: XmlFile, part: Element, what: str) -> list[Issue]:
    """What stands in a part that is not read, or twice."""
    return [*file.unread(part, _PARTS_OF_ELEMENT[part.tag], what), *file.repeated(part, _ONCE, what)]


def _text_of_tag(part: Element, tag: str) -> str:
    return (part.findtext(tag) or "").strip()


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
        ElementTree.SubElement(definition, "TABLE").text = " ".join(
            p for row in number_rows(table) for p in row
        )
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'
