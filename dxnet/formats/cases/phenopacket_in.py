"""GA4GH Phenopackets, version 2, as JSON or YAML: a phenopacket is a case.

A feature with an HPO term is that term, present or excluded. What no term says exactly (one of several
states, a soft word) is a feature under the network's own code with the state as a modifier; likelihoods are a
measurement under it. doi:10.1038/s41587-022-01357-4
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from dxnet.errors import CaseError, Issue
from dxnet.formats.cases.code_systems import coding_of_curie
from dxnet.formats.cases.codes import OWN, from_own, of_curie, own_system, split_own_code, subject_finding
from dxnet.formats.cases.document import source_line
from dxnet.formats.cases.fields import MAP_CODES, Reading, begin
from dxnet.formats.cases.json_keys import json_key, with_json_keys
from dxnet.formats.cases.local_codes import NO_LOCAL_CODES, LocalCodes
from dxnet.formats.cases.local_entries import StatedValue, local_findings
from dxnet.formats.cases.phenopacket_diseases import OF_VERSION_1, read_diseases
from dxnet.formats.cases.phenopacket_measurements import read_measurement
from dxnet.formats.cases.term_labels import Statement, denies
from dxnet.formats.cases.terms import hpo_id
from dxnet.inference.case import Case
from dxnet.inference.visit import State
from dxnet.knowledge.network import Network
from dxnet.knowledge.ontology import phenotypes
from dxnet.knowledge.strict_yaml import Map, Scalar

PHENOPACKET_ABOUT = ("title", "doi", "pmid", "url")
"""What a phenopacket says about where a case comes from."""
_READ_PARTS = (
    "id",
    "subject",
    "phenotypicFeatures",
    "measurements",
    "interpretations",
    "diseases",
    "metaData",
)
_UNREAD_PARTS = ("biosamples", "medicalActions", "files")
_FEATURE_KEYS = (
    "type",
    "excluded",
    "modifiers",
    "description",
    "onset",
    "evidence",
    "severity",
    "resolution",
)
_SUBJECT = (
    *("id", "alternateIds", "dateOfBirth", "timeAtLastEncounter", "vitalStatus"),
    *("sex", "karyotypicSex", "gender", "taxonomy"),
)
_OLD_SUBJECT = dict.fromkeys(
    ("ageAtCollection", "ageRangeAtCollection", "age", "ageRange"), f"{OF_VERSION_1} timeAtLastEncounter"
)
_OLD_FEATURE = {
    "negated": f"{OF_VERSION_1} excluded",
    **dict.fromkeys(("classOfOnset", "ageOfOnset"), f"{OF_VERSION_1} onset"),
}
_ENTER_AS_FINDINGS = "enter what they show as findings"
_OTHER_MESSAGES = ("proband", "members", "relatives", "pedigree")
_MODIFIER_ROOTS = {"HP:0012823", "HP:0040279"}
"""Clinical modifier and frequency: what these say leaves a feature present ..."""
_TAKES_BACK = {"HP:0040285", "HP:0034382"}
"""... but for Excluded and Disease remission."""
PHENOPACKET_SEXES = {"MALE": "male", "FEMALE": "female"}


def is_phenopacket(document: Map) -> bool:
    """Whether a JSON object looks like a phenopacket."""
    return any(json_key(key) in (*_READ_PARTS[1:], *_OTHER_MESSAGES) for key in document)


def case_of_phenopacket(document: Map, network: Network, id: str, codes: LocalCodes = NO_LOCAL_CODES) -> Case:
    """The case of a phenopacket; what neither the network nor local codes know is left out with a warning.

    Raises:
        CaseError: no phenopacket of version 2, with every problem and its line.
    """
    document = with_json_keys(document)
    reading = begin(document, network, codes)
    if any(key in document for key in _OTHER_MESSAGES):
        fix = "write its proband, which is a phenopacket, into a file of its own"
        message = "is a family or cohort, not one patient"
        raise CaseError([*reading.faults, Issue("error", document.where, message, fix)])
    reading.known(
        document,
        (*_READ_PARTS, *_UNREAD_PARTS),
        "phenopacket",
        {"genes": _ENTER_AS_FINDINGS, "variants": _ENTER_AS_FINDINGS},
    )
    meta = reading.map(document, "metaData")
    urls = {
        str(reading.text(it, "namespacePrefix")): str(reading.text(it, "url"))
        for it in reading.maps(meta, "resources")
    }
    reading.is_own = own_system(network) in urls.values()
    subject = reading.map(document, "subject")
    _subject(reading, network, subject)
    features = reading.maps(document, "phenotypicFeatures")
    for feature in features:
        _feature(reading, network, feature, urls)
    for measurement in reading.maps(document, "measurements"):
        read_measurement(reading, network, measurement, urls)
    read_diseases(reading, document, features, urls)
    reading.end_entries()
    _age_of_subject(reading, network, subject)
    for reference in reading.maps(meta, "externalReferences"):
        _external_reference(reading, reference)
    for key in document:
        if key in _UNREAD_PARTS and document[key]:
            reading.warn(source_line(key), f"{key} are not read: left out", _ENTER_AS_FINDINGS)
    return reading.case(reading.text(document, "id") or id, document.where)


def _feature(reading: Reading, network: Network, feature: Map, urls: Mapping[str, str]) -> None:
    reading.known(feature, _FEATURE_KEYS, "phenotypicFeatures", _OLD_FEATURE)
    kind = reading.map(feature, "type")
    reading.known(kind, ("id", "label"), "type")
    code, label = reading.text(kind, "id"), reading.text(kind, "label")
    present = not reading.flag(feature, "excluded")
    if not code:
        fix = 'write "type": {"id": "HP:...", "label": ...}'
        reading.faults.append(Issue("error", feature.where, "a feature has no type.id", fix))
        return
    name = label or code
    row = reading.begin_entry("feature", [coding_of_curie(code, urls)], label, code.where, present)
    states, understood = _states_of_modifiers(reading, network, feature, name, present)
    if feature.get("resolution"):
        message = f"{name}: has a resolution, so it is not there any more: left out"
        kind_ = "features have a resolution, so they are not there any more: left out"
        reading.warn(code.where, message, "enter the finding if it is there", kind_, str(name))
        understood = False
    own = of_curie(network, code)
    if not understood:
        reading.understood += 1
    elif row:
        for finding, state in local_findings(
            reading, row, present, _present_or_absent(network, present), code.where
        ):
            reading.observe(finding, state)
    elif own is not None:
        for finding, state in _own_pair(reading, network, Scalar(own, code.where), present, states):
            reading.observe(finding, state)
    elif code.startswith(f"{OWN}:"):
        fix = f"read it with the network that it was written with, not {network.name}"
        message = f"{code} ({label}) is of another network: left out"
        kind_ = "features are of another network: left out"
        reading.unknown(code.where, message, fix, kind_, str(code), "feature of another network")
    elif term := hpo_id(code):
        statement = Statement(Scalar(term, code.where), label, present, entry=reading.entry)
        reading.statements.append(statement)
    else:
        named = f"{code} ({label})" if label else str(code)
        message = f"{named} is no HPO term and no finding of {network.name}: left out"
        kind_ = f"features are no HPO terms and no findings of {network.name}: left out"
        fix = f"write the id as in HP:0001260, or {MAP_CODES}"
        reading.unknown(code.where, message, fix, kind_, named, "feature without an HPO term")


def _present_or_absent(network: Network, present: bool) -> Callable[[str], StatedValue]:
    """The state of a finding that has no other value than to be present or not."""
    return lambda finding: StatedValue(from_own(network, finding, present))


def _states_of_modifiers(
    reading: Reading, network: Network, feature: Map, name: str, present: bool
) -> tuple[list[str], bool]:
    """The states that modifiers name, and whether the feature still holds with all modifiers.

    One that is excluded with a modifier ("no severe weakness") may be there without it.
    """
    modifiers = reading.maps(feature, "modifiers")
    severity = reading.map(feature, "severity")
    states, unused, doubts = [], [], []
    for modifier in [*modifiers, *([severity] if severity else [])]:
        code, label = reading.text(modifier, "id"), reading.text(modifier, "label")
        if state := of_curie(network, code):
            states.append(state)
        elif _holds(code, label):
            unused.append(str(label or code))
        else:
            doubts.append(str(label or code))
    where = reading.text(reading.map(feature, "type"), "id").where
    if doubts:
        message = f"{name}: is modified by {', '.join(doubts)}, which may take it back: left out"
        fix = 'write "excluded": true if it was not found'
        reading.warn(where, message, fix)
    elif unused and not present:
        text = f"{name} with {', '.join(unused)}"
        message = f"{text} is excluded, which says nothing of it otherwise: left out, as not examined"
        kind = "features are excluded with a modifier, which says nothing of them otherwise: left out"
        reading.warn(where, message, "enter the finding if all of it is absent", kind, text)
    elif unused:
        message = f"{name}: {', '.join(unused)} is not read"
        kind = "modifiers of features, such as severity and side, are not read"
        reading.warn(where, message, "check the finding", kind, f"{', '.join(unused)} of {name}")
    return states, not doubts and (present or not unused)


def _holds(code: str, label: str) -> bool:
    """Whether a modifier leaves a feature present: a modifier of the HPO that does not take it back."""
    term = phenotypes().find(hpo_id(code)) or phenotypes().named(label)
    if term is None or denies(label):
        return False
    return not phenotypes().above(term.id) & _TAKES_BACK and bool(
        phenotypes().above(term.id) & _MODIFIER_ROOTS
    )


def _own_pair(
    reading: Reading, network: Network, name: Scalar, present: bool, codes: list[str]
) -> Iterator[tuple[Scalar, State]]:
    """The state of a feature under the network's own code: that of its modifier, or present or excluded."""
    stated = [split_own_code(code) for code in codes]
    if len(stated) > 1 or (stated and not present) or any(finding != name for finding, _ in stated):
        message = f"{name} has states that do not fit: {', '.join(codes)}{'' if present else ', excluded'}"
        reading.faults.append(Issue("error", name.where, message, "keep one modifier, of this finding"))
    elif stated:
        yield name, Scalar(stated[0][1], name.where)
    else:
        yield name, from_own(network, name, present)


def _subject(reading: Reading, network: Network, subject: Map) -> None:
    reading.known(subject, _SUBJECT, "subject", _OLD_SUBJECT)
    if isinstance(subject.get("gender"), Scalar):
        fix = "write sex: FEMALE, MALE or OTHER_SEX; gender is an ontology class"
        reading.faults.append(Issue("error", subject.place("gender"), "subject: gender is text", fix))
    name, sex = subject_finding(network, "sex"), reading.text(subject, "sex")
    if sex in PHENOPACKET_SEXES and name and PHENOPACKET_SEXES[sex] in network.findings[name].states:
        reading.pairs.append((Scalar(name, sex.where), PHENOPACKET_SEXES[sex]))
    elif sex not in ("", "UNKNOWN_SEX"):
        fix = f"write {sex.upper()}" if sex.upper() in PHENOPACKET_SEXES else ""
        reading.warn(sex.where, f"sex {sex} is no finding of {network.name}: left out", fix)


def _age_of_subject(reading: Reading, network: Network, subject: Map) -> None:
    """The age at a visit is not that at onset: a notice says so where the latter is missing."""
    age = subject_finding(network, "age at onset")
    if age and subject.get("timeAtLastEncounter") and all(name != age for name, _ in reading.pairs):
        message = "timeAtLastEncounter is the age at a visit, not that at onset: left out"
        reading.warn(
            subject.place("timeAtLastEncounter"), message, f"enter {age}, or the onset of the disease"
        )


def _external_reference(reading: Reading, reference: Map) -> None:
    prefix, _, number = reading.text(reference, "id").partition(":")
    facts = {
        "title": reading.text(reference, "description"),
        "url": reading.text(reference, "reference"),
        prefix.lower(): number,
    }
    for key, text in facts.items():
        if key in PHENOPACKET_ABOUT and text:
            reading.about.setdefault(key, str(text))
