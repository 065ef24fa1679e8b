"""Diseases of a phenopacket: the diagnosis, and the age at its onset or at that of the first motor sign."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from dxnet.errors import Issue
from dxnet.formats.cases.ages import age_between, onset_state, years_of
from dxnet.formats.cases.code_systems import coding_of_curie
from dxnet.formats.cases.codes import diagnoses_of, disease_code, of_curie, subject_finding
from dxnet.formats.cases.fields import MAP_CODES, Reading
from dxnet.formats.cases.local_entries import local_diagnoses, local_findings, no_value
from dxnet.formats.cases.term_labels import current_id, label_doubts
from dxnet.formats.cases.terms import hpo_id
from dxnet.knowledge.network import DIAGNOSIS
from dxnet.knowledge.ontology import onset_classes
from dxnet.knowledge.strict_yaml import Map, Scalar

_DISEASE = (
    *("term", "excluded", "onset", "resolution", "diseaseStage"),
    *("clinicalTnmFinding", "primarySite", "laterality"),
)
OF_VERSION_1 = "is of version 1 of the schema; write"
_OLD_DISEASE = {
    **dict.fromkeys(("ageOfOnset", "ageRangeOfOnset", "classOfOnset"), f"{OF_VERSION_1} onset"),
    **{"negated": f"{OF_VERSION_1} excluded", "tumorStage": f"{OF_VERSION_1} diseaseStage"},
}
_ONSET = ("gestationalAge", "age", "ageRange", "ontologyClass", "timestamp", "interval")
_INTERPRETATION_FIELDS = ("id", "progressStatus", "diagnosis", "summary")
_DIAGNOSIS_FIELDS = ("disease", "genomicInterpretations")
_DECIDED = ("SOLVED", "COMPLETED")
"""Progress of an interpretation whose diagnosis is taken as the true one."""
_ENTER = "enter what they show as findings"


class Disease(NamedTuple):
    """A disease of the patient as the record states it: code, label and onset (empty where not stated)."""

    code: Scalar
    label: str
    onset: Map


def read_diseases(reading: Reading, document: Map, features: Sequence[Map], urls: Mapping[str, str]) -> None:
    """The diagnosis, where exactly one is known, and the age at its onset; ``urls`` are those of prefixes."""
    stated = [*_current_diseases(reading, document), *_decided(reading, document)]
    known: dict[str, list[Disease]] = {}
    for disease in stated:
        codes = [coding_of_curie(disease.code, urls)]
        row = reading.begin_entry("disease", codes, disease.label, disease.code.where, present=True)
        found = local_diagnoses(row) if row else _diagnoses_of_term(reading, disease.code)
        for pair in local_findings(reading, row, True, no_value, disease.code.where) if row else ():
            reading.observe(*pair)
        if len(found) == 1:
            known.setdefault(found[0], []).append(disease)
            reading.take(reading.entry, DIAGNOSIS, found[0])
        elif not row:
            _report_unknown_disease(reading, disease, found)
    reading.end_entries()
    ruled_out = {
        name for code in _excluded_diseases(reading, document) for name in _diagnoses_of_term(reading, code)
    }
    if len(known) == 1 and not ruled_out & known.keys():
        reading.diagnosis = next(iter(known))
    elif known:
        both = ", ".join(sorted(ruled_out & known.keys()))
        again = f", of which {both} is excluded, too" if both else ""
        message = f"has several diagnoses: {', '.join(known)}{again}; none is taken as the true one"
        reading.warn(document.where, message)
    born = reading.text(reading.map(document, "subject"), "dateOfBirth")
    _age_at_onset(reading, known.get(reading.diagnosis, []), stated, features, born)


def _diagnoses_of_term(reading: Reading, code: Scalar) -> list[str]:
    return diagnoses_of(reading.network, of_curie(reading.network, code) or disease_code(code))


def _current_diseases(reading: Reading, document: Map) -> Iterator[Disease]:
    """The diseases that are neither excluded nor over."""
    for disease in reading.maps(document, "diseases"):
        reading.known(disease, _DISEASE, "diseases", _OLD_DISEASE)
        term, onset = reading.map(disease, "term"), reading.map(disease, "onset")
        reading.known(term, ("id", "label"), "term")
        reading.known(onset, _ONSET, "onset")
        code, label = reading.text(term, "id"), reading.text(term, "label")
        if not code:
            fix = 'write "term": {"id": "MONDO:...", "label": ...}'
            reading.faults.append(Issue("error", disease.where, "a disease has no term.id", fix))
        elif reading.flag(disease, "excluded"):
            continue
        elif label_doubts(label):
            message = f"{code} is called {label}, which leaves in doubt that the patient has it: left out"
            reading.warn(code.where, message, 'write "excluded": true, or its plain name')
        elif disease.get("resolution"):
            reading.warn(code.where, f"{code} ({label}) has a resolution, so it is over: left out")
        else:
            yield Disease(code, label, onset)


def _excluded_diseases(reading: Reading, document: Map) -> Iterator[Scalar]:
    for disease in reading.maps(document, "diseases"):
        if disease.get("excluded") is True:
            yield reading.text(reading.map(disease, "term"), "id")


def _report_unknown_disease(reading: Reading, disease: Disease, found: Sequence[str]) -> None:
    named = f"{disease.code} ({disease.label})" if disease.label else str(disease.code)
    name = reading.network.name
    if found:
        message = f"{named} is no single diagnosis of {name} but may be {' or '.join(found)}: left out"
        reading.warn(disease.code.where, message, "give a code that only one of them has")
        return
    message = f"{named} is no single diagnosis of {name}: left out"
    kind = f"diseases are no diagnoses of {name}: left out"
    reading.unknown(disease.code.where, message, MAP_CODES, kind, named, "disease")


def _decided(reading: Reading, document: Map) -> Iterator[Disease]:
    """The diagnoses of finished interpretations; anything else in an interpretation is reported."""
    for interpretation in reading.maps(document, "interpretations"):
        reading.known(interpretation, _INTERPRETATION_FIELDS, "interpretations")
        _report_unread_keys(reading, interpretation, ("id", "progressStatus", "diagnosis"), "interpretation")
        diagnosis = reading.map(interpretation, "diagnosis")
        reading.known(diagnosis, _DIAGNOSIS_FIELDS, "diagnosis")
        _report_unread_keys(reading, diagnosis, ("disease",), "diagnosis")
        status = reading.text(interpretation, "progressStatus")
        disease = reading.map(diagnosis, "disease")
        code, label = reading.text(disease, "id"), reading.text(disease, "label")
        if status in _DECIDED and code and not label_doubts(label):
            yield Disease(code, label, Map(diagnosis.where))
        elif diagnosis:
            progress = f"{status}, as a doubt" if status in _DECIDED else status or "without progressStatus"
            message = f"the diagnosis {label or code} is of an interpretation that is {progress}"
            fix = f"if it is the true one, write progressStatus {' or '.join(_DECIDED)}"
            reading.warn(interpretation.place("progressStatus"), f"{message}: left out", fix)


def _report_unread_keys(reading: Reading, part: Map, read: Sequence[str], what: str) -> None:
    for key in part:
        if key not in read and part[key]:
            message = f"{key} of the {what} is not read: left out"
            kind = f"parts {key} of an {what} are not read: left out"
            reading.warn(part.place(key), message, _ENTER, kind)


def _age_at_onset(
    reading: Reading,
    diagnosed: Sequence[Disease],
    stated: Sequence[Disease],
    features: Sequence[Map],
    born: str,
) -> None:
    """The onset of the diagnosis itself; without one, that of the first motor sign; never any other."""
    is_onset_known, used = False, Map("")
    for disease in diagnosed:
        if disease.onset:
            is_onset_known = _onset(reading, disease.onset, born) or is_onset_known
    if not is_onset_known and (first := _first_motor_onset(reading, features, born)):
        _, used, name = first
        if _onset(reading, used, born):
            reading.info(used.where, f"the age at onset is that of the first motor sign, {name}")
    for feature in features:
        if feature.get("onset") and feature["onset"] is not used:
            kind = reading.map(feature, "type")
            name = str(reading.text(kind, "label") or reading.text(kind, "id"))
            message = f"the onset of {name} is not read: only that of the disease is"
            reading.info(feature.place("onset"), message, "onsets of single features are not read", name)
    for disease in stated:
        if disease.onset and disease not in diagnosed:
            named = f"{disease.code} ({disease.label})" if disease.label else str(disease.code)
            message = f"the onset of {named} is not that of the diagnosis: left out of the age at onset"
            others = "onsets are not those of the diagnosis: left out of the age at onset"
            reading.warn(
                disease.onset.where, message, "enter the age at onset of the complaint", others, named
            )


def _first_motor_onset(reading: Reading, features: Sequence[Map], born: str) -> tuple[float, Map, str] | None:
    """The earliest onset of a present feature that is weakness or another sign of a motor neuron."""
    findings = reading.network.findings
    motor = {name for name, finding in findings.items() if finding.sign or finding.tract}
    found = []
    for feature in features:
        kind, onset = reading.map(feature, "type"), reading.map(feature, "onset")
        shown = reading.terms.shown_by(current_id(hpo_id(reading.text(kind, "id"))))
        if not onset or feature.get("excluded") or feature.get("resolution") or motor.isdisjoint(shown):
            continue
        if ages := _ages_of_onset(reading, onset, born):
            found.append((ages[0], onset, str(reading.text(kind, "label") or reading.text(kind, "id"))))
    return min(found, key=lambda one: one[0]) if found else None


def _ages_of_onset(reading: Reading, onset: Map, born: str) -> tuple[float, float] | None:
    """The lowest and the highest age in years that an onset may mean, by date, age or age group."""
    if "ontologyClass" in onset:
        return onset_classes().get(hpo_id(reading.text(reading.map(onset, "ontologyClass"), "id")))
    if "timestamp" in onset:
        return age_between(born[:10], reading.text(onset, "timestamp")[:10])
    span = reading.map(onset, "ageRange")
    ends = [reading.map(span, "start"), reading.map(span, "end")] if span else [reading.map(onset, "age")] * 2
    for end in ends:
        reading.known(end, ("iso8601duration",), "onset", {"age": f"{OF_VERSION_1} iso8601duration"})
    years = [y for end in ends if (y := years_of(reading.text(end, "iso8601duration"))) is not None]
    return (years[0], years[1]) if len(years) == 2 else None


def _onset(reading: Reading, onset: Map, born: str) -> bool:
    """Take an onset as the age at onset, or tell why it is none."""
    network, ages = reading.network, _ages_of_onset(reading, onset, born)
    name = subject_finding(network, "age at onset")
    state = onset_state(network, ages, is_class="ontologyClass" in onset) if ages else None
    if state is not None:
        reading.pairs.append((Scalar(name, onset.where), state))
        return True
    fix = f"enter {name}" if name else ""
    reading.warn(onset.where, f"the onset is no age that {network.name} has a state for: left out", fix)
    return False
