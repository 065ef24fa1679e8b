"""GA4GH Phenopackets, version 2, as JSON: a phenopacket is a case.

A feature with an HPO term is that term, present or excluded. What no term says exactly (one of several
states, a soft word) is a feature under the network's own code with the state as a modifier; likelihoods are a
measurement under it. doi:10.1038/s41587-022-01357-4
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from dxnet.errors import Issue
from dxnet.formats.cases.codes import (
    OWN,
    diagnoses_of,
    from_own,
    from_term,
    of_curie,
    own_state,
    subject_finding,
)
from dxnet.formats.cases.document import place
from dxnet.formats.cases.fields import Reading, begin
from dxnet.inference.case import Case, State
from dxnet.knowledge.bands import band_of
from dxnet.knowledge.network import Network
from dxnet.knowledge.strict_yaml import Map, Text

ABOUT = ("title", "doi", "pmid", "url")
"""What a phenopacket says about where a case comes from."""
_READ = ("id", "subject", "phenotypicFeatures", "measurements", "interpretations", "diseases", "metaData")
_UNREAD = ("biosamples", "medicalActions", "files")
_FEATURE = ("type", "excluded", "modifiers", "description", "onset", "evidence", "severity", "resolution")
_ENTER = "enter what they show as findings"
_DECIDED = ("SOLVED", "COMPLETED")
"""Progress of an interpretation whose diagnosis is taken as the true one."""
_OTHER_MESSAGES = ("proband", "members", "relatives", "pedigree")
_YEARS = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T.*)?")
SEXES = {"MALE": "male", "FEMALE": "female"}


def is_phenopacket(document: Map) -> bool:
    """Whether a JSON object looks like a phenopacket."""
    return any(_camel_key(key) in (*_READ[1:], *_OTHER_MESSAGES) for key in document)


def to_case(document: Map, network: Network, id: str) -> Case:
    """The case of a phenopacket; what the network has no finding for is left out with a warning.

    Raises:
        CaseError: no phenopacket of version 2, with every problem and its line.
    """
    document = _camel(document)
    reading = begin(document)
    reading.known(document, (*_READ, *_UNREAD), "phenopacket")
    if any(key in document for key in _OTHER_MESSAGES):
        fix = "write its proband, which is a phenopacket, into a file of its own"
        reading.faults.append(Issue("error", document.where, "is a family or cohort, not one patient", fix))
    _subject(reading, network, reading.map(document, "subject"))
    for feature in reading.maps(document, "phenotypicFeatures"):
        _feature(reading, network, feature)
    for measurement in reading.maps(document, "measurements"):
        _measurement(reading, network, measurement)
    _diseases(reading, network, document)
    _age(reading, network, reading.map(document, "subject"))
    for reference in reading.maps(reading.map(document, "metaData"), "externalReferences"):
        _reference(reading, reference)
    for key in document:
        if key in _UNREAD and document[key]:
            reading.warn(place(key), f"{key} are not read: left out", _ENTER)
    return reading.case(reading.text(document, "id") or id)


def _feature(reading: Reading, network: Network, feature: Map) -> None:
    reading.known(feature, _FEATURE, "phenotypicFeatures")
    kind = reading.map(feature, "type")
    code, label = reading.text(kind, "id"), reading.text(kind, "label")
    present = not reading.flag(feature, "excluded")
    if not code:
        fix = 'write "type": {"id": "HP:...", "label": ...}'
        reading.faults.append(Issue("error", feature.where, "a feature has no type.id", fix))
        return
    modifiers = [(modifier, reading.text(modifier, "id")) for modifier in reading.maps(feature, "modifiers")]
    states = [state for _, text in modifiers if (state := of_curie(network, text))]
    foreign = [
        str(reading.text(m, "label") or text) for m, text in modifiers if of_curie(network, text) is None
    ]
    foreign += [key for key in ("severity", "resolution") if feature.get(key)]
    if foreign:
        reading.warn(code.where, f"{label or code}: {', '.join(foreign)} is not read", "check the finding")
    own = of_curie(network, code)
    if own is not None:
        reading.pairs += _own_pair(reading, network, Text(own, code.where), present, states)
    elif code.startswith(f"{OWN}:"):
        fix = f"read it with the network that it was written with, not {network.name}"
        reading.warn(code.where, f"{code} ({label}) is of another network: left out", fix)
    elif isinstance(found := from_term(network, code, label, present, code.where), Issue):
        reading.warnings.append(found)
    else:
        reading.pairs.append((Text(found[0], code.where), found[1]))


def _own_pair(
    reading: Reading, network: Network, name: Text, present: bool, codes: list[str]
) -> Iterator[tuple[str, State]]:
    """The state of a feature under the network's own code: that of its modifier, or present or excluded."""
    stated = [own_state(code) for code in codes]
    if len(stated) > 1 or (stated and not present) or any(finding != name for finding, _ in stated):
        message = f"{name} has states that do not fit: {', '.join(codes)}{'' if present else ', excluded'}"
        reading.faults.append(Issue("error", name.where, message, "keep one modifier, of this finding"))
    elif stated:
        yield name, Text(stated[0][1], name.where)
    else:
        yield name, from_own(network, name, present)


def _measurement(reading: Reading, network: Network, measurement: Map) -> None:
    assay = reading.map(measurement, "assay")
    code = reading.text(assay, "id")
    own = of_curie(network, code)
    if own is None:
        said = reading.text(assay, "label") or code or "a measurement"
        reading.warn(
            measurement.where, f"the measurement {said} is not read: left out", "enter it as a finding"
        )
        return
    likelihoods: dict[str, float] = {}
    for part in reading.maps(reading.map(measurement, "complexValue"), "typedQuantities"):
        kind = reading.text(reading.map(part, "type"), "id")
        finding, state = own_state(of_curie(network, kind) or "")
        if finding != own or not state or state in likelihoods:
            message = f"{own}: {kind or 'nothing'} is not another state of it"
            reading.faults.append(Issue("error", kind.where, message, "write each state once"))
        likelihoods[Text(state, kind.where)] = reading.likelihood(reading.map(part, "quantity"), "value")
    if not any(likelihoods.values()):
        message, fix = f"{own}: no state has a likelihood above 0", "give one, or leave it out"
        reading.faults.append(Issue("error", code.where, message, fix))
    reading.pairs.append((Text(own, code.where), likelihoods))


def _subject(reading: Reading, network: Network, subject: Map) -> None:
    name, sex = subject_finding(network, "sex"), reading.text(subject, "sex")
    if sex in SEXES and name and SEXES[sex] in network.findings[name].states:
        reading.pairs.append((Text(name, sex.where), SEXES[sex]))
    elif sex not in ("", "UNKNOWN_SEX"):
        reading.warn(sex.where, f"sex {sex} is no finding of {network.name}: left out")


def _age(reading: Reading, network: Network, subject: Map) -> None:
    """The age at a visit is not that at onset: it is told where the latter is missing."""
    age = subject_finding(network, "age at onset")
    if age and subject.get("timeAtLastEncounter") and all(name != age for name, _ in reading.pairs):
        message = f"timeAtLastEncounter is not the age at onset: left out of {age}"
        reading.warn(
            subject.place("timeAtLastEncounter"), message, f"enter {age}, or the onset of the disease"
        )


def _diseases(reading: Reading, network: Network, document: Map) -> None:
    """The diagnosis, where exactly one is known to the network, and the age at its onset."""
    known: list[str] = []
    entries = [(disease, "term") for disease in reading.maps(document, "diseases")]
    for disease, key in [*entries, *((diagnosis, "disease") for diagnosis in _decided(reading, document))]:
        term = reading.map(disease, key)
        code, label = reading.text(term, "id"), reading.text(term, "label")
        if not code or reading.flag(disease, "excluded"):
            continue
        found = diagnoses_of(network, of_curie(network, code) or code)
        known += found if len(found) == 1 else []
        if len(found) != 1:
            reading.warn(code.where, f"{code} ({label}) is no single diagnosis of {network.name}: left out")
        if onset := reading.map(disease, "onset"):
            _onset(reading, network, onset)
    if len(set(known)) == 1:
        reading.diagnosis = known[0]
    elif known:
        reading.warn(
            document.where, f"has several diagnoses: {', '.join(known)}; none is taken as the true one"
        )


def _decided(reading: Reading, document: Map) -> Iterator[Map]:
    """The diagnoses of finished interpretations; what else an interpretation says is told."""
    for interpretation in reading.maps(document, "interpretations"):
        _tell_unread(reading, interpretation, ("id", "progressStatus", "diagnosis"), "interpretation")
        diagnosis = reading.map(interpretation, "diagnosis")
        _tell_unread(reading, diagnosis, ("disease",), "diagnosis")
        status = reading.text(interpretation, "progressStatus")
        if status in _DECIDED:
            yield diagnosis
        elif diagnosis:
            disease = reading.map(diagnosis, "disease")
            said = reading.text(disease, "label") or reading.text(disease, "id")
            message = (
                f"the diagnosis {said} is of an interpretation that is {status or 'without progressStatus'}"
            )
            fix = f"if it is the true one, write progressStatus {' or '.join(_DECIDED)}"
            reading.warn(interpretation.place("progressStatus"), f"{message}: left out", fix)


def _tell_unread(reading: Reading, part: Map, read: Sequence[str], what: str) -> None:
    for key in part:
        if key not in read and part[key]:
            reading.warn(part.place(key), f"{key} of the {what} is not read: left out", _ENTER)


def _onset(reading: Reading, network: Network, onset: Map) -> None:
    name = subject_finding(network, "age at onset")
    span = reading.map(onset, "ageRange")
    ends = [reading.map(span, "start"), reading.map(span, "end")] if span else [reading.map(onset, "age")] * 2
    years = [y for end in ends if (y := _years(reading.text(end, "iso8601duration"))) is not None]
    if name and len(years) == 2 and (state := band_of(network.findings[name].states, *years)):
        reading.pairs.append((Text(name, onset.where), state))
    else:
        fix = f"enter {name}" if name else ""
        reading.warn(onset.where, f"the onset is no single age band of {network.name}: left out", fix)


def _years(duration: str) -> float | None:
    """An ISO 8601 duration in years.

    >>> _years("P62Y6M"), _years("P400D") > 1, _years("sixty")
    (62.5, True, None)
    """
    found = _YEARS.fullmatch(duration)
    if not found or not any(found.groups()):
        return None
    years, months, weeks, days = (int(part or 0) for part in found.groups())
    return years + months / 12 + weeks / 52.18 + days / 365.25


def _reference(reading: Reading, reference: Map) -> None:
    prefix, _, number = reading.text(reference, "id").partition(":")
    facts = {
        "title": reading.text(reference, "description"),
        "url": reading.text(reference, "reference"),
        prefix.lower(): number,
    }
    for key, text in facts.items():
        if key in ABOUT and text:
            reading.about.setdefault(key, str(text))


def _camel(value: Any) -> Any:
    """Keys as JSON has them: protobuf reads ``phenotypic_features`` too."""
    if isinstance(value, list):
        return [_camel(child) for child in value]
    if not isinstance(value, Map):
        return value
    result = Map(value.where)
    for key, child in [*value.items(), *value.repeated]:
        name = Text(_camel_key(key), place(key))
        if name in result:
            result.repeated.append((name, _camel(child)))
        else:
            result[name] = _camel(child)
    return result


def _camel_key(key: str) -> str:
    return re.sub(r"(?<=[a-z])_([a-z])", lambda match: match[1].upper(), key)
