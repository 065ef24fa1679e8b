"""HL7 FHIR R4 as JSON: a Bundle of one patient, or one resource a line, is a case.

An Observation counts where its code is an HPO term, a laboratory test in LOINC or the network's own, and its
value or interpretation says present or absent, low or high, or which state. https://hl7.org/fhir/R4/
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dxnet.errors import CaseError, Issue
from dxnet.formats.cases.codes import subject_finding
from dxnet.formats.cases.fhir_bundle import RESOURCE, Entry, entries_of, know_keys, modifier_of
from dxnet.formats.cases.fhir_conditions import Diagnosed, read_condition, read_onset
from dxnet.formats.cases.fhir_observations import read_observation
from dxnet.formats.cases.fhir_observed import ObservedFinding, lasting
from dxnet.formats.cases.fhir_patient import id_of_patient, the_patient
from dxnet.formats.cases.fhir_reports import read_report
from dxnet.formats.cases.fields import Reading, begin
from dxnet.formats.cases.local_codes import NO_LOCAL_CODES, LocalCodes
from dxnet.formats.cases.term_labels import Statement
from dxnet.inference.case import Case
from dxnet.inference.visit import State
from dxnet.knowledge.network import Network
from dxnet.knowledge.strict_yaml import Map, Scalar

_PATIENT = (
    *RESOURCE,
    *(
        "identifier",
        "active",
        "name",
        "telecom",
        "gender",
        "birthDate",
        "deceasedBoolean",
        "deceasedDateTime",
    ),
    *("address", "maritalStatus", "multipleBirthBoolean", "multipleBirthInteger", "photo", "contact"),
    *("communication", "generalPractitioner", "managingOrganization", "link", "animal"),
)
_READ = ("Patient", "Observation", "Condition", "DiagnosticReport")
_SILENT = ("RiskAssessment",)


def case_of_bundle(document: Map, network: Network, id: str, codes: LocalCodes = NO_LOCAL_CODES) -> Case:
    """The case of a Bundle; what neither the network nor local codes know is left out with a warning.

    Raises:
        CaseError: no Bundle of one patient, with every problem and its line.
    """
    reading = begin(document, network, codes)
    kind = reading.text(document, "resourceType")
    if kind != "Bundle":
        fix = "put the patient's resources into one Bundle, or write one a line into a file .ndjson"
        alone = Issue("error", kind.where, f"is a FHIR {kind or 'resource'}, no Bundle", fix)
        raise CaseError([*reading.faults, alone])
    entries = entries_of(reading, document)
    patient = the_patient(reading, document, entries)
    reading.gender = "" if modifier_of(reading, patient) else reading.text(patient, "gender")
    reading.pairs += _sex(reading, network, patient)
    unread = [entry for entry in entries if entry.kind not in (*_READ, *_SILENT)]
    observed: list[ObservedFinding] = []
    diagnosed: list[Diagnosed] = []
    for entry in entries:
        if entry.kind == "Observation":
            observed += read_observation(reading, entry.resource)
        elif entry.kind == "Condition":
            diagnosed += read_condition(reading, entry.resource)
        elif entry.kind == "DiagnosticReport":
            observed += read_report(reading, entry.resource)
    reading.end_entries()
    _report_unread_resources(reading, unread)
    for one in list(lasting(reading, observed)):
        reading.entry = one.entry
        if isinstance(one.statement, Statement):
            reading.statements.append(one.statement)
        else:
            reading.observe(*one.statement)
    reading.end_entries()
    _diagnosis(reading, document, diagnosed, reading.text(patient, "birthDate"))
    own_id = reading.text(reading.map(document, "identifier"), "value") or id_of_patient(reading, patient)
    return reading.case(own_id or id, document.where)


def bundled(resources: Sequence[Map], where: str) -> Map:
    """Resources that stand each for itself as one Bundle."""
    entries = [Map(resource.where, {Scalar("resource", resource.where): resource}) for resource in resources]
    kind = Scalar("resourceType", where)
    return Map(where, {kind: Scalar("Bundle", where), Scalar("entry", where): entries})


def _report_unread_resources(reading: Reading, entries: Sequence[Entry]) -> None:
    """Resources that hold no findings, all in one line."""
    several = len({entry.kind for entry in entries}) > 1
    for entry in entries:
        kind = (
            "resources are not read: left out"
            if several
            else f"{entry.kind} resources are not read: left out"
        )
        message = f"a {entry.kind} is not read: left out"
        fix = _how_to_enter(reading.network, entry.kind)
        reading.warn(entry.kind.where, message, fix, kind, str(entry.kind) if several else "")


def _how_to_enter(network: Network, kind: str) -> str:
    """How to enter what a resource says that is not read."""
    if kind != "FamilyMemberHistory":
        return ""
    findings = network.findings.items()
    names = [name for name, finding in findings if "family history" in finding.label.lower()]
    return f"enter {names[0]}" if names else "enter what it says as a finding"


def _sex(reading: Reading, network: Network, patient: Map) -> Iterator[tuple[Scalar, State]]:
    know_keys(reading, patient, _PATIENT, "Patient")
    name, gender = subject_finding(network, "sex"), reading.text(patient, "gender")
    if element := modifier_of(reading, patient):
        message = (
            f"the Patient has {element}, which may change the meaning: gender and birth date are left out"
        )
        reading.warn(patient.place(element), message, "enter sex and age at onset")
        patient.pop("birthDate", None)
    elif name and gender in network.findings[name].states:
        yield Scalar(name, gender.where), gender
    elif gender not in ("", "unknown"):
        reading.warn(gender.where, f"gender {gender} is no finding of {network.name}: left out")


def _diagnosis(reading: Reading, document: Map, diagnosed: Sequence[Diagnosed], birth: str) -> None:
    """The diagnosis that all Conditions agree on, and the age at its onset."""
    names = list(dict.fromkeys(one.name for one in diagnosed))
    if len(names) == 1:
        reading.diagnosis = names[0]
        read_onset(reading, [one.condition for one in diagnosed], birth)
    elif names:
        message = f"has several diagnoses: {', '.join(names)}; none is taken as the true one"
        reading.warn(document.where, message)
