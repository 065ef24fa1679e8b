"""The codes of a FHIR Observation, by the systems that can be read."""

from __future__ import annotations

from typing import NamedTuple

from dxnet.formats.cases.code_systems import system_name, system_of
from dxnet.formats.cases.codes import own_system
from dxnet.formats.cases.fhir_values import codings
from dxnet.formats.cases.fields import Reading
from dxnet.formats.cases.laboratory import is_test_of
from dxnet.formats.cases.terms import hpo_id
from dxnet.knowledge.strict_yaml import Map, Scalar


class Codes(NamedTuple):
    """The codes of an Observation that can be read, what it is called, and system and code of all.

    ``displays`` are those of each code; ``label`` is the first name that there is.
    """

    own: list[Scalar]
    terms: list[Scalar]
    tests: list[Scalar]
    label: str
    text: str
    displays: dict[str, str]
    codings: list[tuple[str, str]]

    def name_of(self, term: Scalar) -> str:
        """What the record calls an HPO term: the name at its code, or that of the whole."""
        displayed = (name for code, name in self.displays.items() if name and code.endswith(term[-7:]))
        return next(displayed, self.text)


def codes_of(reading: Reading, concept: Map) -> Codes:
    """The codes of a concept."""
    own, terms, tests, given = list[Scalar](), list[Scalar](), list[Scalar](), list[tuple[str, str]]()
    displays: dict[str, str] = {}
    for system, code, display in codings(reading, concept):
        kind = system_of(system)
        term = hpo_id(code) if kind == "HP" or not system else ""
        if kind == "HP" and code.isdecimal():
            term = f"HP:{code}"
        if system == own_system(reading.network):
            own.append(code)
        elif term:
            terms.append(Scalar(term, code.where))
        elif kind == "LOINC" and is_test_of(reading.terms, code):
            tests.append(code)
        displays[str(code)] = str(display)
        given.append((system_name(system), term or str(code)))
    text = str(reading.text(concept, "text"))
    label = text or next(filter(None, displays.values()), "")
    return Codes(own, terms, tests, label or next(iter(displays), ""), text, displays, given)
