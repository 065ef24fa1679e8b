"""Observations of a FHIR Bundle: the findings that they are, by own codes, HPO terms or LOINC."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dxnet.errors import Issue
from dxnet.formats.cases.codes import SYSTEMS, from_own, own_system, split_own_code, system_of
from dxnet.formats.cases.fhir_bundle import RESOURCE, know_keys, modifier_of
from dxnet.formats.cases.fhir_patient import is_about_patient
from dxnet.formats.cases.fhir_values import (
    Time,
    codings,
    entered_value,
    found_at,
    is_present,
    result_of,
    units_of,
)
from dxnet.formats.cases.fields import Reading
from dxnet.formats.cases.laboratory import is_test_of, judged, measured_finding, statements_of
from dxnet.formats.cases.quantities import agreeing
from dxnet.formats.cases.term_labels import Statement, current_id
from dxnet.formats.cases.terms import hpo_id
from dxnet.inference.case import State
from dxnet.knowledge.ontology import phenotypes
from dxnet.knowledge.strict_yaml import Map, Scalar

_VALUES = (
    *("valueQuantity", "valueCodeableConcept", "valueString", "valueBoolean", "valueInteger", "valueRange"),
    *(
        "valueRatio",
        "valueSampledData",
        "valueTime",
        "valueDateTime",
        "valuePeriod",
        "valueAttachment",
        "valueReference",
    ),
)
_OBSERVATION = (
    *RESOURCE,
    *("identifier", "basedOn", "partOf", "status", "category", "code", "subject", "focus", "encounter"),
    *("effectiveDateTime", "effectivePeriod", "effectiveTiming", "effectiveInstant", "issued", "performer"),
    *_VALUES,
    *(
        "dataAbsentReason",
        "interpretation",
        "note",
        "bodySite",
        "method",
        "specimen",
        "device",
        "referenceRange",
    ),
    *("hasMember", "derivedFrom", "component"),
    *(
        "comment",
        "context",
        "related",
        "instantiatesCanonical",
        "instantiatesReference",
        "triggeredBy",
        "bodyStructure",
    ),
)
"""Keys of R4; the last row is that of its neighbours, which say nothing of the result."""
_STANDS = ("final", "amended", "corrected", "appended", "preliminary", "")
_NAMES = {"LOINC": "LOINC", "SNOMED": "SNOMED CT", "HP": "HPO"}


class ObservedFinding(NamedTuple):
    """A finding in so many words, or a statement of a term, and when it was found."""

    key: str
    statement: tuple[Scalar, State] | Statement
    when: Time | None
    where: str

    @property
    def value(self) -> object:
        """What two observations of the same thing may differ in."""
        return self.statement.present if isinstance(self.statement, Statement) else self.statement[1]


class Codes(NamedTuple):
    """The codes of an Observation that can be read, what it is called, and the systems of all codes.

    ``displays`` are those of each code; ``label`` is the first name that there is.
    """

    own: list[Scalar]
    terms: list[Scalar]
    tests: list[Scalar]
    label: str
    text: str
    displays: dict[str, str]
    systems: list[str]

    def name_of(self, term: Scalar) -> str:
        """What the record calls an HPO term: the name at its code, or that of the whole."""
        displayed = (name for code, name in self.displays.items() if name and code.endswith(term[-7:]))
        return next(displayed, self.text)


def read_observation(reading: Reading, resource: Map) -> Iterator[ObservedFinding]:
    """What an Observation says; with a code that is unknown, what its components say."""
    codes = _codes(reading, reading.map(resource, "code"))
    if not (codes.own or codes.terms or codes.tests):
        parts = [part for part in reading.maps(resource, "component") if _is_readable(reading, part)]
        if not parts:
            _report_unknown_codes(reading, resource, codes)
        elif void := _void(reading, resource, codes.label):
            reading.understood += 1
            reading.warn(void.where, void.message, void.fix)
        else:
            for part in parts:
                yield from _observed(reading, part, _codes(reading, reading.map(part, "code")), resource)
        return
    yield from _observed(reading, resource, codes, resource)


def _observed(reading: Reading, part: Map, codes: Codes, resource: Map) -> Iterator[ObservedFinding]:
    """What an Observation or a component of it says under its codes."""
    if part is resource:
        know_keys(reading, resource, _OBSERVATION, "Observation")
    if void := _void(reading, resource, codes.label) or (
        None if part is resource else _void_part(part, codes.label)
    ):
        reading.understood += 1
        reading.warn(void.where, void.message, void.fix, "", codes.label)
        return
    known = [code for code in codes.terms if reading.terms.reach(code)]
    if clash := _clash(reading, codes.own, known):
        coded = f"the Observation {codes.label} is coded as {' and as '.join(clash)}"
        message = f"{coded}, different findings: left out"
        reading.understood += 1
        reading.warn(part.where, message, "write one Observation for each")
        return
    when = found_at(reading, resource)
    if codes.own:
        yield from _own_code_statement(reading, part, codes.own[0], codes.label, when)
    elif codes.terms:
        term = (known or codes.terms)[0]
        yield from _term_statement(reading, part, term, codes.name_of(term), when)
    else:
        yield from _test_statement(reading, part, codes.tests[0], codes.label, when)


def _codes(reading: Reading, concept: Map) -> Codes:
    own, terms, tests, systems = list[Scalar](), list[Scalar](), list[Scalar](), list[str]()
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
        systems.append(_NAMES.get(kind, str(system)))
    text = str(reading.text(concept, "text"))
    label = text or next(filter(None, displays.values()), "")
    return Codes(own, terms, tests, label or next(iter(displays), ""), text, displays, systems)


def _is_readable(reading: Reading, part: Map) -> bool:
    codes = _codes(reading, reading.map(part, "code"))
    return bool(codes.own or codes.tests or any(reading.terms.reach(term) for term in codes.terms))


def _report_unknown_codes(reading: Reading, resource: Map, codes: Codes) -> None:
    network = reading.network
    in_ = f" in {codes.systems[0]}" if codes.systems and codes.systems[0] else " without a code"
    name = codes.label
    message = f"the Observation {name or 'without a code'} has no code of HPO or {network.name}: left out"
    fix = f"code it with an HPO term ({SYSTEMS['HP'].fhir})"
    kind = f"Observations{in_} have no code of HPO or {network.name}: left out"
    reading.unknown(resource.where, message, fix, kind, name, f"Observation{in_}")


def _void(reading: Reading, resource: Map, label: str) -> Issue | None:
    """Why an Observation says nothing of the patient that can be taken as it stands."""
    observation, fix, where = f"the Observation {label}", "enter what it says as a finding", resource.where
    status = reading.text(resource, "status")
    if status not in _STANDS or resource.get("dataAbsentReason"):
        why = f" ({status})" if status not in _STANDS else ""
        void = f"{observation} has no result{why}: left out, as not examined"
        return Issue("warning", where, void)
    if element := modifier_of(reading, resource):
        void = f"{observation} has {_article(element)}, which may change its meaning: left out"
        return Issue("warning", where, void, fix)
    if reading.maps(resource, "focus"):
        void = f"{observation} has a focus, so it may be about somebody else: left out"
        return Issue("warning", resource.place("focus"), void, fix)
    if not is_about_patient(reading, resource):
        return Issue(
            "warning", resource.place("subject"), f"{observation} is not about a patient: left out", fix
        )
    return None


def _void_part(part: Map, label: str) -> Issue | None:
    if part.get("dataAbsentReason"):
        return Issue("warning", part.where, f"the component {label} has no result: left out, as not examined")
    if part.get("modifierExtension"):
        void = f"the component {label} has a modifierExtension, which may change its meaning: left out"
        return Issue("warning", part.where, void, "enter what it says as a finding")
    return None


def _article(element: str) -> str:
    return element if element.endswith("s") else f"a {element}"


def _clash(reading: Reading, own: Sequence[Scalar], terms: Sequence[Scalar]) -> list[Scalar]:
    """Codes of different findings; of terms that tell of several, any common one will do."""
    meant = {
        **{code: {str(code)} for code in own if code in reading.network.findings},
        **{code: reading.terms.reach(code) for code in terms},
    }
    return [*meant] if meant and not set.intersection(*meant.values()) else []


def _own_code_statement(
    reading: Reading, part: Map, code: Scalar, label: str, when: Time | None
) -> Iterator[ObservedFinding]:
    state = _own_state(reading, part, code)
    if state is None and str(code) in reading.network.findings:
        state = entered_value(reading, part, code)
    if state is None:
        present = is_present(reading, part)
        if present is None:
            _tell_silent(reading, code, label)
            return
        state = from_own(reading.network, code, present)
    yield ObservedFinding(str(code), (code, state), when, code.where)


def _term_statement(
    reading: Reading, part: Map, code: Scalar, label: str, when: Time | None
) -> Iterator[ObservedFinding]:
    term = phenotypes().find(code)
    present = is_present(reading, part, term.name if term else "")
    if present is None:
        if reading.terms.reach(code):
            _tell_silent(reading, code, label)
        else:
            reading.statements.append(Statement(code, label, True))  # it is reported as no finding
        return
    yield ObservedFinding(current_id(code), Statement(code, label, present), when, code.where)


def _test_statement(
    reading: Reading, part: Map, code: Scalar, label: str, when: Time | None
) -> Iterator[ObservedFinding]:
    result = result_of(reading, part)
    name = measured_finding(reading.terms, code)
    if name and (text := agreeing(reading.network, name, result, units_of(reading, part))):
        reading.understood += 1
        yield ObservedFinding(name, (Scalar(name, code.where), Scalar(text, code.where)), when, code.where)
        return
    flag = judged(result)
    statements = statements_of(code, label or f"LOINC {code}", flag)
    if not statements:
        fix = "enter it as a finding, or give its interpretation (L, N or H)"
        why = flag if " " in flag else f"is {flag}, which does not say the state"
        message = f"the test {label or code} {why}: left out"
        reading.warn(
            part.where, message, fix, "tests have results that cannot be judged: left out", label or str(code)
        )
    for statement in statements:
        yield ObservedFinding(statement.code, statement, when, code.where)


def _tell_silent(reading: Reading, code: Scalar, label: str) -> None:
    reading.understood += 1
    message = f"the Observation {label or code} does not say present or absent: left out"
    kind = "Observations do not say present or absent: left out"
    fix = "write valueBoolean, or interpretation POS or NEG"
    reading.warn(code.where, message, fix, kind, label or str(code))


def _own_state(reading: Reading, part: Map, finding: str) -> State | None:
    """The state in the network's own codes, or the likelihood of each as components."""
    stated = _own_states(reading, reading.map(part, "valueCodeableConcept"), finding)
    likelihoods: dict[str, float] = {}
    for component in reading.maps(part, "component"):
        for state in _own_states(reading, reading.map(component, "code"), finding):
            likelihoods[state] = reading.likelihood(reading.map(component, "valueQuantity"), "value")
    if len(stated) > 1 or (stated and likelihoods) or (likelihoods and not any(likelihoods.values())):
        message = f"{finding}: cannot tell its state from {', '.join([*stated, *likelihoods])}"
        fix = "write one state, or components with a likelihood above 0"
        reading.faults.append(Issue("error", part.where, message, fix))
    return likelihoods or (stated[0] if stated else None)


def _own_states(reading: Reading, concept: Map, finding: str) -> list[Scalar]:
    result = []
    for system, code, _ in codings(reading, concept):
        if system == own_system(reading.network):
            of, state = split_own_code(code)
            if of != finding or not state:
                message = f"{finding}: {code} is no state of it"
                reading.faults.append(Issue("error", code.where, message, f"write {finding}.<state>"))
            result.append(Scalar(state, code.where))
    return result
