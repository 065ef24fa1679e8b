"""Conditions of a FHIR Bundle: the diagnosis that is confirmed and not over, and the age at its onset.

https://hl7.org/fhir/R4/condition.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import floor
from typing import NamedTuple

from dxnet.formats.cases.ages import age_between, onset_state, years_in
from dxnet.formats.cases.code_systems import system_name, system_of
from dxnet.formats.cases.codes import diagnoses_of, disease_code, disease_codes, own_system, subject_finding
from dxnet.formats.cases.document import number_from_zero
from dxnet.formats.cases.fhir_bundle import RESOURCE, know_keys, modifier_of
from dxnet.formats.cases.fhir_observed import Said, is_denied, site_of_said, warn_of_site
from dxnet.formats.cases.fhir_patient import is_about_patient
from dxnet.formats.cases.fhir_values import codings
from dxnet.formats.cases.fields import MAP_CODES, Reading
from dxnet.formats.cases.local_codes import LocalCode
from dxnet.formats.cases.local_entries import local_diagnoses, local_findings, no_value
from dxnet.formats.cases.term_labels import Statement, is_only_named, label_doubts
from dxnet.formats.cases.terms import hpo_id
from dxnet.knowledge.network import DIAGNOSIS
from dxnet.knowledge.ontology import mondo_diseases
from dxnet.knowledge.strict_yaml import Map, Scalar

_CONDITION = (
    *RESOURCE,
    *(
        "identifier",
        "clinicalStatus",
        "verificationStatus",
        "category",
        "severity",
        "code",
        "bodySite",
        "subject",
    ),
    *("encounter", "onsetDateTime", "onsetAge", "onsetPeriod", "onsetRange", "onsetString"),
    *("abatementDateTime", "abatementAge", "abatementPeriod", "abatementRange", "abatementString"),
    *("recordedDate", "recorder", "asserter", "stage", "evidence", "note"),
    *("assertedDate", "context", "participant", "abatementBoolean"),
)
"""Keys of R4; the last row is that of its neighbours."""
_VERIFIED = ("condition-ver-status", "condition-verification-status")
_CONFIRMED = {"confirmed", "410605003"}
_REFUTED = {"refuted", "410594000", "410516002"}
_REFUTED_STATUS = "its verificationStatus is refuted"
_STATUSES = {"confirmed", "unconfirmed", "provisional", "differential", "refuted", "entered-in-error"}
_GOES_ON = {"active", "recurrence", "relapse"}
_DISEASES = ("MONDO", "ORPHA", "OMIM", "ICD10", "ICD10CM")


class Diagnosed(NamedTuple):
    """A diagnosis and the Condition that names it."""

    name: str
    condition: Map


def read_condition(reading: Reading, resource: Map) -> Iterator[Diagnosed]:
    """The diagnosis that a Condition confirms; one that is an HPO term is a statement of that."""
    concept = reading.map(resource, "code")
    codes = list(codings(reading, concept))
    label = str(reading.text(concept, "text") or ", ".join(display or code for _, code, display in codes))
    given = [(system_name(system), hpo_id(code) or str(code)) for system, code, _ in codes]
    row = reading.begin_entry("Condition", given, label, resource.where)
    found = local_diagnoses(row) if row else _diagnoses(reading, codes)
    terms = [] if row or len(found) == 1 else _hpo_terms(codes)
    if not found and not terms and not row:
        message = f"the Condition {label} is no confirmed diagnosis of {reading.network.name}: left out"
        kind = f"Conditions are no diagnoses of {reading.network.name}: left out"
        reading.unknown(resource.where, message, MAP_CODES, kind, label, "Condition")
        return
    reading.understood += 1
    know_keys(reading, resource, _CONDITION, "Condition")
    status = _status(reading, resource)
    is_present = status != "refuted"
    names = [reading.text(concept, "text"), *(name for _, _, name in codes)]
    doubt = _doubt(reading, resource, status, names)
    fix = ""
    known = _known_names(reading, found[0], codes, row) if len(found) == 1 and not doubt else [names[0]]
    if not is_only_named(names[0], known):
        doubt = f"it is called {names[0]}, more than that"
        fix = "if that is all it says, map its code with this text as label (--codes)"
    if doubt and (found or doubt != _REFUTED_STATUS):
        message = (
            f"the Condition {label} is no confirmed diagnosis of {reading.network.name}: {doubt}, left out"
        )
        reading.warn(resource.where, message, fix)
        return
    for said in _said_of_condition(reading, resource, row, terms, is_present):
        if is_denied(reading.network, said) and (site := site_of_said(reading, resource, said)):
            warn_of_site(reading, resource.where, label, site)
        elif isinstance(said, Statement):
            reading.statements.append(said)
        else:
            reading.observe(*said)
    if len(found) == 1:
        reading.take(reading.entry, DIAGNOSIS, found[0])
        yield Diagnosed(found[0], resource)
    elif found and not terms:
        message = f"the Condition {label} is no single diagnosis but may be {' or '.join(found)}: left out"
        reading.warn(resource.where, message, "give a code that only one of them has")


def _said_of_condition(
    reading: Reading,
    resource: Map,
    row: LocalCode | None,
    terms: Sequence[tuple[Scalar, str]],
    is_present: bool,
) -> Iterator[Said]:
    """The findings of a local code, or the statement of a term."""
    if row:
        yield from local_findings(reading, row, is_present, no_value, resource.where)
    elif terms:
        term, display = terms[0]
        yield Statement(term, display, is_present, entry=reading.entry)


def _hpo_terms(codes: Sequence[tuple[Scalar, Scalar, Scalar]]) -> list[tuple[Scalar, str]]:
    """The HPO terms among codes, with their names."""
    return [
        (Scalar(hpo_id(code), code.where), str(display))
        for system, code, display in codes
        if system_of(system) == "HP" and hpo_id(code)
    ]


def _diagnoses(reading: Reading, codes: Sequence[tuple[Scalar, Scalar, Scalar]]) -> list[str]:
    """The diagnoses that all known codes of a Condition may mean."""
    network, meant = reading.network, list[list[str]]()
    for system, code, _ in codes:
        kind = system_of(system)
        if system == own_system(network):
            meant.append(diagnoses_of(network, code))
        elif kind in _DISEASES:
            meant.append(diagnoses_of(network, disease_code(code, kind)))
    known = [names for names in meant if names]
    common = [name for name in known[0] if all(name in names for names in known)] if known else []
    return common or [name for names in known for name in names]


def _status(reading: Reading, resource: Map) -> str:
    """The verification status: confirmed, refuted, '' where it has none, or what else it says."""
    if "verificationStatus" not in resource:
        return ""
    concept = reading.map(resource, "verificationStatus")
    texts = {str(code) for system, code, _ in codings(reading, concept) if _is_status_system(system)}
    odd = {
        f"{code} of {system}"
        for system, code, _ in codings(reading, concept)
        if not _is_status_system(system)
    }
    text = str(reading.text(concept, "text")).lower()
    if text in _STATUSES or not (texts or odd):
        texts.add(text or "nothing")
    if not odd and texts <= _CONFIRMED:
        return "confirmed"
    return "refuted" if not odd and texts <= _REFUTED else " and ".join(sorted(texts | odd))


def _is_status_system(system: str) -> bool:
    return not system or system.rstrip("/").endswith(_VERIFIED) or system_of(system) == "SNOMED"


def _doubt(reading: Reading, resource: Map, status: str, names: Sequence[str]) -> str:
    """Why a Condition is not one that the patient has, or ''."""
    if element := modifier_of(reading, resource):
        return f"it has {element}, which may change its meaning"
    if status not in ("", "confirmed", "refuted"):
        return f"its verificationStatus is {status}"
    if not is_about_patient(reading, resource):
        return "it is not about a patient"
    if name := next(filter(label_doubts, names), ""):
        return f"it is called {name}"
    if status == "refuted":
        return _REFUTED_STATUS
    concept = reading.map(resource, "clinicalStatus")
    clinical = {str(code) for _, code, _ in codings(reading, concept)} or {
        str(reading.text(concept, "text")).lower()
    }
    if clinical - {""} and not clinical <= _GOES_ON:
        return f"its clinicalStatus is {' and '.join(sorted(clinical))}"
    if any(key.startswith("abatement") and resource[key] not in (None, False) for key in resource):
        return "it has an abatement, so it is over"
    return ""


def _known_names(
    reading: Reading, name: str, codes: Sequence[tuple[Scalar, Scalar, Scalar]], row: LocalCode | None
) -> list[str]:
    """What a diagnosis is called here, in Mondo and at the codes of the Condition, and these codes."""
    diagnosis = reading.network.diagnosis[name]
    names = [diagnosis.label, diagnosis.short, name.replace("_", " "), *(display for _, _, display in codes)]
    given = [disease_code(code, system_of(system)) for system, code, _ in codes]
    for term in map(mondo_diseases().find, (*disease_codes(reading.network, name), *given)):
        names += [term.name, *term.synonyms] if term else []
    return [*names, *(code for _, code, _ in codes), *([row.label] if row else [])]


def read_onset(reading: Reading, conditions: Sequence[Map], birth: str) -> None:
    """The age at onset on which the Conditions of the diagnosis itself agree, or why it is not read."""
    name, spans = subject_finding(reading.network, "age at onset"), list[tuple[str, tuple[float, float]]]()
    for condition in conditions:
        key = next((key for key in condition if key.startswith("onset") and condition[key]), "")
        ages = _onset_ages(reading, condition, birth)
        if ages and onset_state(reading.network, ages) is not None:
            spans.append((condition.place(key), ages))
        elif key and name:
            is_date = key in ("onsetDateTime", "onsetPeriod")
            why = "; the Patient has no birthDate" if is_date and not birth else ""
            message = f"{key} of the diagnosis is no age of {reading.network.name}{why}: left out"
            reading.warn(condition.place(key), message, f"enter {name}")
    if not spans:
        return
    low, high = max(ages[0] for _, ages in spans), min(ages[1] for _, ages in spans)
    state = onset_state(reading.network, (min(low, high), max(low, high)))
    where = spans[0][0]
    if floor(low) <= floor(high) and state is not None:
        reading.pairs.append((Scalar(name, where), state))
        return
    said = " and ".join(f"{'-'.join(f'{age:g}' for age in dict.fromkeys(ages))} ({at})" for at, ages in spans)
    message = f"the diagnosis stands several times, with onset at {said} years of age: left out"
    reading.warn(where, message, f"enter {name}")


def _onset_ages(reading: Reading, condition: Map, birth: str) -> tuple[float, float] | None:
    """The lowest and the highest age in years at the onset."""
    date = reading.text(condition, "onsetDateTime") or reading.text(
        reading.map(condition, "onsetPeriod"), "start"
    )
    if date:
        return age_between(birth, date[:10])
    span = reading.map(condition, "onsetRange")
    ends = (
        [reading.map(span, "low"), reading.map(span, "high")]
        if span
        else [reading.map(condition, "onsetAge")] * 2
    )
    years = [age for end in ends if (age := _age_of_quantity(reading, end)) is not None]
    return (years[0], years[1]) if len(years) == 2 else None


def _age_of_quantity(reading: Reading, quantity: Map) -> float | None:
    """An age in years, from a quantity of time."""
    value = number_from_zero(quantity["value"]) if "value" in quantity else None
    unit = str(reading.text(quantity, "code") or reading.text(quantity, "unit"))
    return None if value is None or reading.text(quantity, "comparator") else years_in(value, unit)
