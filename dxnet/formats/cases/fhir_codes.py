"""The codes of a FHIR Observation, by the systems that can be read."""

from __future__ import annotations

from typing import NamedTuple

from dxnet.formats.cases.code_systems import system_name, system_of
from dxnet.formats.cases.codes import own_system
from dxnet.formats.cases.fhir_values import codings
from dxnet.formats.cases.fields import Reading
from dxnet.formats.cases.laboratory import is_test_of
from dxnet.formats.cases.term_labels import label_doubts
from dxnet.formats.cases.terms import hpo_id
from dxnet.knowledge.strict_yaml import Map, Scalar

_ASKS_FOR_FINDINGS = {
    *(("SNOMED CT", code) for code in ("404684003", "418799008")),
    *(("LOINC", code) for code in ("75325-1", "75326-9", "29545-1")),
}
"""Codes of SNOMED CT and LOINC for a finding, symptom, problem or physical finding as such."""


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
    asserted: bool = False
    """Whether they are those of a value that is said to have been found."""

    @property
    def doubt(self) -> str:
        """A name by which it was not surely found in the patient; '' without one."""
        return next(filter(label_doubts, (self.text, *self.displays.values())), "")

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


def asks_for_findings(codes: Codes) -> bool:
    """Whether a question is only what was found in the patient, so that the code of its value says it."""
    return any(code == "ASSERTION" or (system, code) in _ASKS_FOR_FINDINGS for system, code in codes.codings)


def asserted(reading: Reading, concept: Map) -> Codes:
    """The codes of something that is said to have been found."""
    return codes_of(reading, concept)._replace(own=[], tests=[], asserted=True)
