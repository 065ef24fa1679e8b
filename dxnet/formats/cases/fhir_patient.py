"""Whose resources a FHIR Bundle holds: every way to refer to the one patient, and nobody else.

https://hl7.org/fhir/R4/references.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dxnet.errors import Issue
from dxnet.formats.cases.fhir_bundle import Entry
from dxnet.formats.cases.fhir_values import codings
from dxnet.formats.cases.fields import Reading
from dxnet.knowledge.strict_yaml import Map, Scalar

_OTHERS = ("Group", "Device", "Location", "RelatedPerson", "Practitioner", "Medication", "Substance")
_CONDITIONAL = re.compile(r"Patient\?(?:.*&)?identifier=([^&]*)(?:&.*)?")


def the_patient(reading: Reading, bundle: Map, entries: Sequence[Entry]) -> Map:
    """The Patient of the Bundle (empty where it has none); a Bundle of several patients is refused."""
    patients = _distinct_patients(reading, [entry for entry in entries if entry.kind == "Patient"])
    names = [[*_names_of_patient(reading, patient)] for patient in patients]
    about = [
        entry.resource for entry in entries if entry.kind in ("Observation", "Condition", "DiagnosticReport")
    ]
    strangers: dict[str, None] = {}
    contained: dict[str, Map] = {}
    for resource in about:
        subject = reading.map(resource, "subject")
        reference = _plain(reading.text(subject, "reference"))
        if reference.startswith("#"):
            inner = _contained(reading, resource, reference[1:])
            name = _inner_name(reading, inner)
            if not any(name in each for each in names):
                contained[name] = inner
        elif not _is_person(reference) or any(_means(reading, subject, reference, each) for each in names):
            continue
        elif reference or subject.get("identifier"):
            strangers[
                _short(reference) or _patient_identifiers(reading, [reading.map(subject, "identifier")])[0]
            ] = None
    if not patients:
        strangers = dict.fromkeys(_merged(strangers))
    people = [*(each[0] for each in names), *contained, *strangers]
    if len(people) > 1:
        message = f"is of {len(people)} patients: {', '.join(sorted(people))}"
        fix = "write one Bundle a patient; several, one a line, go into a .jsonl file"
        reading.faults.append(Issue("error", bundle.where, message, fix))
    return patients[0].resource if patients else next(iter(contained.values()), Map(bundle.where))


def is_about_patient(reading: Reading, resource: Map) -> bool:
    """Whether the subject is a person at all, and not a group, a device or a place."""
    return _is_person(_plain(reading.text(reading.map(resource, "subject"), "reference")))


def id_of_patient(reading: Reading, patient: Map) -> str:
    """What a Patient is called where the record is from: by the number there, or the id of the resource."""
    given = [it for it in reading.maps(patient, "identifier") if reading.text(it, "value")]
    records = [
        it for it in given if any(code == "MR" for _, code, _ in codings(reading, reading.map(it, "type")))
    ]
    for identifier in records or (given if len(given) == 1 else []):
        return reading.text(identifier, "value")
    return reading.text(patient, "id")


def _distinct_patients(reading: Reading, patients: Sequence[Entry]) -> list[Entry]:
    """Patients, each only once; one that is given twice must say the same both times."""
    found: dict[str, Entry] = {}
    for patient in patients:
        first = found.setdefault(patient.name or patient.resource.where, patient)
        if any(first.resource.get(key) != patient.resource.get(key) for key in ("gender", "birthDate")):
            message = f"{patient.name} is given twice, with another gender or birthDate"
            reading.faults.append(Issue("error", patient.resource.where, message, "keep the right one"))
    return list(found.values())


def _names_of_patient(reading: Reading, patient: Entry) -> Iterator[str]:
    """Every name under which a Patient may be referred to, the shortest first."""
    id = reading.text(patient.resource, "id")
    url = _plain(patient.url)
    yield f"Patient/{id}" if id else _short(url) or "Patient"
    if id:
        yield f"urn:uuid:{id.lower()}"
        yield f"urn:oid:{id}"
    if url:
        yield url
        yield _short(url)
    yield from _patient_identifiers(reading, reading.maps(patient.resource, "identifier"))


def _patient_identifiers(reading: Reading, identifiers: Sequence[Map]) -> list[str]:
    return [f"{reading.text(it, 'system')}|{reading.text(it, 'value')}" for it in identifiers]


def _means(reading: Reading, subject: Map, reference: str, names: Sequence[str]) -> bool:
    """Whether a reference means the Patient with these names."""
    known = [name for name in names if "|" in name]
    if conditional := _CONDITIONAL.fullmatch(reference):
        asked = conditional[1].replace("%7C", "|").replace("%7c", "|")
        return (
            not known
            or asked in known
            or any(name.endswith(asked) for name in known if asked.startswith("|"))
        )
    if not reference:
        asked_ones = (
            _patient_identifiers(reading, [reading.map(subject, "identifier")])
            if subject.get("identifier")
            else []
        )
        return not known or not asked_ones or asked_ones[0] in known
    if reference in names:
        return True
    absolute = [name for name in names if name.startswith("http")]
    if reference.startswith("http"):
        return not absolute and _short(reference) in names
    return _short(reference) in names


def _plain(reference: Scalar | str) -> str:
    """A reference without version; the letters of a UUID in lower case."""
    plain = str(reference).strip().partition("/_history/")[0]
    return plain.lower() if plain.lower().startswith("urn:uuid:") else plain


def _short(reference: str) -> str:
    """A reference without its server."""
    return "/".join(reference.split("/")[-2:])


def _merged(references: dict[str, None]) -> Iterator[str]:
    """References of which those to one id, with or without type, are one."""
    seen: set[str] = set()
    for reference in references:
        id = re.split(r"[/:]", reference)[-1].lower()
        if id not in seen:
            seen.add(id)
            yield reference


def _is_person(reference: str) -> bool:
    return _short(reference).partition("/")[0] not in _OTHERS


def _contained(reading: Reading, resource: Map, id: str) -> Map:
    """A resource within another, by its id."""
    found = (it for it in reading.maps(resource, "contained") if reading.text(it, "id") == id)
    return next(found, Map(resource.where))


def _inner_name(reading: Reading, patient: Map) -> str:
    """What tells one contained Patient from another: its identifier, or all that it says."""
    for name in _patient_identifiers(reading, reading.maps(patient, "identifier")):
        return name
    facts = ", ".join(f"{key} {patient[key]}" for key in patient if key != "resourceType")
    return f"contained Patient ({facts})"
