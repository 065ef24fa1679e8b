"""HL7 FHIR R4 as JSON: a Bundle of Observations of one patient is a case.

An Observation counts where its code is an HPO term or the network's own, and its value or interpretation says
present or absent, or which state. https://hl7.org/fhir/R4/
"""

from __future__ import annotations

from collections.abc import Iterator

from dxnet.errors import Issue
from dxnet.formats.cases.codes import (
    SYSTEMS,
    diagnoses_of,
    findings_of,
    from_own,
    from_term,
    own_state,
    own_system,
    subject_finding,
)
from dxnet.formats.cases.fields import Reading, begin
from dxnet.inference.case import Case, State
from dxnet.knowledge.network import Network
from dxnet.knowledge.strict_yaml import Map, Text

SNOMED, LOINC, TERMINOLOGY = (
    "http://snomed.info/sct",
    "http://loinc.org",
    "http://terminology.hl7.org/CodeSystem/",
)
INTERPRETATION = f"{TERMINOLOGY}v3-ObservationInterpretation"
_PRESENT = {
    **{(SNOMED, code): True for code in ("52101004", "10828004")},
    **{(SNOMED, code): False for code in ("2667000", "260385009")},
    **{(LOINC, code): True for code in ("LA9633-4", "LA33-6", "LA6576-8")},
    **{(LOINC, code): False for code in ("LA9634-2", "LA32-8", "LA6577-6")},
    (f"{TERMINOLOGY}v2-0136", "Y"): True,
    (f"{TERMINOLOGY}v2-0136", "N"): False,
    **{(INTERPRETATION, code): True for code in ("POS", "DET")},
    **{(INTERPRETATION, code): False for code in ("NEG", "ND")},
}
"""Codes that say present or absent: of SNOMED CT, LOINC answers and HL7."""
_WORDS = {"present": True, "positive": True, "yes": True, "absent": False, "negative": False, "no": False}
_VOID = ("registered", "entered-in-error", "cancelled")
_SILENT = ("RiskAssessment",)


def to_case(document: Map, network: Network, id: str) -> Case:
    """The case of a Bundle; what the network has no finding for is left out with a warning.

    Raises:
        CaseError: no Bundle of one patient, with every problem and its line.
    """
    reading = begin(document)
    kind = reading.text(document, "resourceType")
    if kind != "Bundle":
        fix = "put the patient's Observations into one Bundle"
        reading.faults.append(Issue("error", kind.where, f"is a FHIR {kind or 'resource'}, no Bundle", fix))
    subjects: set[str] = set()
    diagnoses: list[str] = []
    for entry in reading.maps(document, "entry"):
        resource = reading.map(entry, "resource")
        kind = reading.text(resource, "resourceType")
        if reading.text(reading.map(entry, "request"), "method") == "DELETE":
            reading.warn(entry.place("request"), f"the {kind or 'resource'} is to be deleted: left out")
        elif kind == "Observation":
            subjects.add(reading.text(reading.map(resource, "subject"), "reference"))
            reading.pairs += _observation(reading, network, resource)
        elif kind == "Patient":
            subjects.add(reading.text(entry, "fullUrl") or f"Patient/{reading.text(resource, 'id')}")
            reading.pairs += _sex(reading, network, resource)
        elif kind == "Condition":
            diagnoses += _condition(reading, network, resource)
        elif kind not in _SILENT:
            reading.warn(kind.where, f"a {kind or 'resource without type'} is not read: left out")
    if len(named := {_short(subject) for subject in subjects if subject}) > 1:
        message, fix = (
            f"is of {len(named)} patients: {', '.join(sorted(named))}",
            "write one Bundle a patient",
        )
        reading.faults.append(Issue("error", document.where, message, fix))
    if len(set(diagnoses)) == 1:
        reading.diagnosis = diagnoses[0]
    elif diagnoses:
        message = f"has several diagnoses: {', '.join(diagnoses)}; none is taken as the true one"
        reading.warn(document.where, message)
    return reading.case(reading.text(reading.map(document, "identifier"), "value") or id)


def _observation(reading: Reading, network: Network, resource: Map) -> Iterator[tuple[str, State]]:
    concept = reading.map(resource, "code")
    codes = list(_codings(reading, concept))
    label = reading.text(concept, "text") or next((label for _, _, label in codes if label), "")
    if void := _void(reading, resource, label):
        reading.warnings.append(void)
        return
    own, hpo = (
        [code for system, code, _ in codes if system == wanted]
        for wanted in (own_system(network), SYSTEMS["HP"].fhir)
    )
    known = [code for code in hpo if findings_of(network, code)]
    if clash := _clash(network, own, known):
        message = (
            f"the Observation {label} is coded as {' and as '.join(clash)}, different findings: left out"
        )
        reading.warn(resource.where, message, "write one Observation for each")
    elif own or hpo:
        yield from _coded(reading, network, resource, (own or known or hpo)[0], label, is_own=bool(own))
    else:
        said = label or ", ".join(code for _, code, _ in codes) or "without a code"
        fix = f"code it with an HPO term ({SYSTEMS['HP'].fhir})"
        reading.warn(
            resource.where, f"the Observation {said} has no code of HPO or {network.name}: left out", fix
        )


def _void(reading: Reading, resource: Map, label: str) -> Issue | None:
    """Why an Observation says nothing of the patient that can be taken as it stands."""
    said, fix, where = f"the Observation {label}", "enter what it says as a finding", resource.where
    status = reading.text(resource, "status")
    if status in _VOID or reading.map(resource, "dataAbsentReason"):
        void = f"{said} has no result{f' ({status})' if status in _VOID else ''}: left out, as not examined"
        return Issue("warning", where, void)
    if reading.maps(resource, "modifierExtension"):
        void = f"{said} has a modifierExtension, which may change its meaning: left out"
        return Issue("warning", where, void, fix)
    if reading.maps(resource, "focus"):
        void = f"{said} has a focus, so it may be about somebody else: left out"
        return Issue("warning", resource.place("focus"), void, fix)
    return None


def _clash(network: Network, own: list[Text], hpo: list[Text]) -> list[Text]:
    """Codes of different findings; of an HPO term shared by several, any of them will do."""
    meant = {
        **{code: {str(code)} for code in own if code in network.findings},
        **{code: {*findings_of(network, code)} for code in hpo},
    }
    return [*meant] if meant and not set.intersection(*meant.values()) else []


def _coded(
    reading: Reading, network: Network, resource: Map, code: Text, label: str, *, is_own: bool
) -> Iterator[tuple[str, State]]:
    """The finding behind a code, and what the Observation says of it."""
    if is_own and (state := _own_state(reading, network, resource, code)):
        yield code, state
    elif (present := _is_present(reading, resource)) is None:
        fix = "write valueBoolean, or interpretation POS or NEG"
        message = f"the Observation {label or code} does not say present or absent: left out"
        reading.warn(code.where, message, fix)
    elif is_own:
        yield code, from_own(network, code, present)
    elif isinstance(found := from_term(network, code, label, present, code.where), Issue):
        reading.warnings.append(found)
    else:
        yield Text(found[0], code.where), found[1]


def _own_state(reading: Reading, network: Network, resource: Map, finding: str) -> State | None:
    """The state in the network's own codes, or the likelihood of each as components."""
    stated = _own_states(reading, network, reading.map(resource, "valueCodeableConcept"), finding)
    likelihoods: dict[str, float] = {}
    for component in reading.maps(resource, "component"):
        for state in _own_states(reading, network, reading.map(component, "code"), finding):
            likelihoods[state] = reading.likelihood(reading.map(component, "valueQuantity"), "value")
    if len(stated) > 1 or (stated and likelihoods) or (likelihoods and not any(likelihoods.values())):
        message = f"{finding}: cannot tell its state from {', '.join([*stated, *likelihoods])}"
        fix = "write one state, or components with a likelihood above 0"
        reading.faults.append(Issue("error", resource.where, message, fix))
    return likelihoods or (stated[0] if stated else None)


def _own_states(reading: Reading, network: Network, concept: Map, finding: str) -> list[Text]:
    result = []
    for system, code, _ in _codings(reading, concept):
        if system == own_system(network):
            of, state = own_state(code)
            if of != finding or not state:
                message = f"{finding}: {code} is no state of it"
                reading.faults.append(Issue("error", code.where, message, f"write {finding}.<state>"))
            result.append(Text(state, code.where))
    return result


def _is_present(reading: Reading, resource: Map) -> bool | None:
    """What the value and the interpretation say; None where they say nothing or contradict each other."""
    value = reading.map(resource, "valueCodeableConcept")
    said = {reading.flag(resource, "valueBoolean"), _WORDS.get(reading.text(resource, "valueString").lower())}
    for concept in (value, *reading.maps(resource, "interpretation")):
        said |= {_PRESENT.get((system, code)) for system, code, _ in _codings(reading, concept)}
        said.add(_WORDS.get(reading.text(concept, "text").lower()))
    known = said - {None}
    return known.pop() if len(known) == 1 else None


def _sex(reading: Reading, network: Network, patient: Map) -> Iterator[tuple[str, State]]:
    name, gender = subject_finding(network, "sex"), reading.text(patient, "gender")
    if name and gender in network.findings[name].states:
        yield Text(name, gender.where), gender
    elif gender not in ("", "unknown"):
        reading.warn(gender.where, f"gender {gender} is no finding of {network.name}: left out")


def _condition(reading: Reading, network: Network, resource: Map) -> list[str]:
    """The diagnosis that a confirmed Condition names."""
    status = [code for _, code, _ in _codings(reading, reading.map(resource, "verificationStatus"))]
    concept = reading.map(resource, "code")
    codes = list(_codings(reading, concept))
    prefixes = {system.fhir: prefix for prefix, system in SYSTEMS.items()}
    for system, code, _ in codes:
        known = system in prefixes and ":" not in code
        found = diagnoses_of(network, f"{prefixes[system]}:{code}" if known else code)
        if len(found) == 1 and (system in prefixes or system == own_system(network)):
            if not status or "confirmed" in status:
                return found
            break
    said = reading.text(concept, "text") or ", ".join(code for _, code, _ in codes)
    reading.warn(
        resource.where, f"the Condition {said} is no confirmed diagnosis of {network.name}: left out"
    )
    return []


def _codings(reading: Reading, concept: Map) -> Iterator[tuple[Text, Text, Text]]:
    """System, code and display of each coding."""
    for coding in reading.maps(concept, "coding"):
        yield reading.text(coding, "system"), reading.text(coding, "code"), reading.text(coding, "display")


def _short(reference: str) -> str:
    """A reference without its server, so that ``Patient/1`` and its full address are one."""
    return "/".join(reference.split("/")[-2:])
