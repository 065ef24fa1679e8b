"""Observations of a FHIR Bundle: the findings that they are, by own codes, HPO terms or LOINC."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dxnet.formats.cases.code_systems import SYSTEMS
from dxnet.formats.cases.fhir_bundle import RESOURCE, know_keys
from dxnet.formats.cases.fhir_codes import Codes, asks_for_findings, asserted, codes_of
from dxnet.formats.cases.fhir_observed import ObservedFinding, Said, site_of_said
from dxnet.formats.cases.fhir_own import value_of_own_code
from dxnet.formats.cases.fhir_sites import WHOLE
from dxnet.formats.cases.fhir_values import (
    VALUES,
    answers,
    found_at,
    is_present,
    result_of,
    units_of,
    value_words,
)
from dxnet.formats.cases.fhir_void import void_observation, void_part
from dxnet.formats.cases.fields import MAP_CODES, Reading
from dxnet.formats.cases.laboratory_findings import result_findings
from dxnet.formats.cases.local_codes import LocalCode
from dxnet.formats.cases.local_entries import StatedValue, local_findings, stated_value
from dxnet.formats.cases.term_labels import Statement
from dxnet.inference.visit import State
from dxnet.knowledge.ontology import phenotypes
from dxnet.knowledge.strict_yaml import Map, Scalar

_OBSERVATION = (
    *RESOURCE,
    *("identifier", "basedOn", "partOf", "status", "category", "code", "subject", "focus", "encounter"),
    *("effectiveDateTime", "effectivePeriod", "effectiveTiming", "effectiveInstant", "issued", "performer"),
    *VALUES,
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


_SAYS = (*VALUES, *(f"_{value}" for value in VALUES), "component", "interpretation", "hasMember")
_NO_VALUE = StatedValue(None)
_SAID_IN_WORDS = ("note", "comment")


def read_observation(reading: Reading, resource: Map) -> Iterator[ObservedFinding]:
    """What an Observation and its components say."""
    codes = _codes(reading, resource)
    components = reading.maps(resource, "component")
    parts = [(part, _codes(reading, part)) for part in components]
    parts = [(part, its) for part, its in parts if not (codes.own and its.own)]  # the others are its states
    readable = [part for part, its in parts if _is_readable(reading, part, its)]
    has_value = any(resource.get(key) for key in (*VALUES, "interpretation"))
    is_panel = bool(readable) and len(parts) == len(components) and not has_value
    is_known = bool(codes.terms) or _is_readable(reading, resource, codes)
    if is_known:
        know_keys(reading, resource, _OBSERVATION, "Observation")
    if (is_known or readable) and (void := void_observation(reading, resource, codes.label)):
        _begin_observation(reading, resource, codes)
        reading.understood += 1
        reading.warn(void.where, void.message, void.fix, "", codes.label)
        return
    if is_known and not is_panel:
        yield from read_part(reading, resource, codes, resource)
    elif not parts or has_value:
        _report_unknown_codes(reading, resource, codes)
    for part, its in parts:
        if part in readable:
            yield from read_part(reading, part, its, resource)
        else:
            _report_unknown_codes(reading, part, its)


def read_conclusion(reading: Reading, concept: Map, report: Map) -> Iterator[ObservedFinding]:
    """What a code says by which a report concludes that something was found."""
    codes = asserted(reading, concept)
    part = Map(concept.where, {Scalar("valueCodeableConcept", concept.where): concept})
    if not codes.terms and not _is_readable(reading, part, codes):
        _report_unknown_codes(reading, part, codes, "conclusion")
    elif void := void_observation(reading, report, codes.label):
        _begin_observation(reading, part, codes)
        reading.understood += 1
        reading.warn(void.where, void.message, void.fix, "", codes.label)
    else:
        yield from read_part(reading, part, codes, report)


def read_part(reading: Reading, part: Map, codes: Codes, resource: Map) -> Iterator[ObservedFinding]:
    """What an Observation or another part of a resource says under its codes."""
    row = _begin_observation(reading, part, codes)
    if part is not resource and (void := void_part(part, codes.label)):
        reading.understood += 1
        reading.warn(void.where, void.message, void.fix, "", codes.label)
        return
    if codes.asserted and codes.doubt:
        reading.understood += 1
        message = f"{codes.doubt} leaves in doubt that it was found in the patient: left out"
        reading.warn(part.where, message, "enter it as a finding if it was")
        return
    is_test = not row and bool(codes.tests) and not codes.own and not codes.terms
    is_preliminary = reading.text(resource, "status") == "preliminary"
    for said in _said_of_part(reading, part, codes, row, resource):
        site = WHOLE if is_test else site_of_said(reading, resource, said)
        yield ObservedFinding(said, found_at(reading, resource), reading.entry, site, is_preliminary)


def _said_of_part(
    reading: Reading, part: Map, codes: Codes, row: LocalCode | None, resource: Map
) -> Iterator[Said]:
    """The findings and statements of a part, by the first kind of code that it has."""
    known = [code for code in codes.terms if reading.terms.reach(code)]
    if row:
        yield from _local_statements(reading, part, row, codes, resource)
    elif clash := _clash(reading, codes.own, known):
        coded = f"the Observation {codes.label} is coded as {' and as '.join(clash)}"
        message = f"{coded}, different findings: left out"
        reading.understood += 1
        reading.warn(part.where, message, "write one Observation for each")
    elif codes.own:
        given = value_of_own_code(reading, part, codes.own[0])
        if given.state is None:
            _tell_silent(reading, part, codes.own[0], codes.label, given)
        else:
            yield codes.own[0], given.state
    elif codes.terms:
        yield from _term_statement(reading, part, (known or codes.terms)[0], codes, resource)
    else:
        yield from _test_statement(reading, part, codes.tests[0], codes.label)


def _codes(reading: Reading, part: Map) -> Codes:
    """The codes of an Observation or component; of one that only asserts its value, those of the value."""
    asked = codes_of(reading, reading.map(part, "code"))
    value = reading.map(part, "valueCodeableConcept")
    return asserted(reading, value) if value and asks_for_findings(asked) else asked


def _begin_observation(reading: Reading, part: Map, codes: Codes) -> LocalCode | None:
    """The next entry of the record, and the local code by which it is to be read."""
    given = _codings(reading, part, codes)
    return reading.begin_entry("Observation", given, codes.label, part.where, is_present(reading, part))


def _codings(reading: Reading, part: Map, codes: Codes) -> list[tuple[str, str]]:
    """System and code of all that may tell a finding: of the value only under a question that is known.

    A value under "history of family members" is not found in the patient.
    """
    value = codes_of(reading, reading.map(part, "valueCodeableConcept")).codings
    asked, told = (reading.local_codes.find(given) for given in (codes.codings, value))
    if asked and told and {it.finding for it in told.meanings} <= {it.finding for it in asked.meanings}:
        return [*value, *codes.codings]
    is_known = asked or codes.own or codes.tests or any(reading.terms.reach(term) for term in codes.terms)
    return [*codes.codings, *value] if is_known and not codes.asserted else codes.codings


def _is_readable(reading: Reading, part: Map, codes: Codes) -> bool:
    known = any(reading.terms.reach(term) for term in codes.terms)
    return bool(codes.own or codes.tests or known or reading.local_codes.find(_codings(reading, part, codes)))


def _local_statements(
    reading: Reading, part: Map, row: LocalCode, codes: Codes, resource: Map
) -> Iterator[tuple[Scalar, State]]:
    """The findings of a local code, which may be that of the Observation or of its coded value."""
    result, units, words = result_of(reading, part), units_of(reading, part), value_words(reading, part)
    is_of_value = codes.asserted or reading.local_codes.find(codes.codings) is not row
    present = _is_found(reading, part, resource, is_of_value)
    told = asserted(reading, reading.map(part, "valueCodeableConcept")) if is_of_value else codes
    if present and (doubt := told.doubt) not in ("", row.label) and is_present(reading, part) is None:
        reading.understood += 1
        message = f"{doubt} leaves in doubt that it was found in the patient: left out"
        reading.warn(
            part.where, message, "enter it as a finding if it was; or make it the label of its local code"
        )
        return
    explicit = is_present(reading, part)

    def stated(finding: str) -> StatedValue:
        return stated_value(reading.network, finding, result, units, words, explicit)

    yield from local_findings(reading, row, present, stated, part.where)


def _is_found(reading: Reading, part: Map, resource: Map, is_of_value: bool) -> bool | None:
    """What is said of a finding; where nothing but its code could say it, the code says that it was found."""
    present = is_present(reading, part)
    others = ("interpretation",) if is_of_value else (*_SAYS, *_SAID_IN_WORDS)
    in_words = () if is_of_value else _SAID_IN_WORDS
    if present is None and not any([*map(part.get, others), *map(resource.get, in_words)]):
        return True
    return present


def _term_statement(
    reading: Reading, part: Map, code: Scalar, codes: Codes, resource: Map
) -> Iterator[Statement]:
    term = phenotypes().find(code)
    if codes.asserted:
        present = _is_found(reading, part, resource, is_of_value=True)
    else:
        present = is_present(reading, part, term.name if term else "")
    label = codes.name_of(code)
    if present is not None:
        yield Statement(code, label, present, entry=reading.entry)
    elif reading.terms.reach(code):
        _tell_silent(reading, part, code, label)
    else:
        unknown = Statement(code, label, True, entry=reading.entry)
        reading.statements.append(unknown)  # it is reported as no finding


def _test_statement(reading: Reading, part: Map, code: Scalar, label: str) -> Iterator[Said]:
    result, units = result_of(reading, part), units_of(reading, part)
    found = result_findings(reading, code, label or f"LOINC {code}", result, units)
    yield from found.pairs
    yield from found.statements
    if found.problem:
        message = f"the test {label or code} {found.problem}: left out"
        fix = "enter it as a finding, or give its interpretation (L, N or H)"
        kind = "tests have results that cannot be judged: left out"
        reading.warn(part.where, message, fix, kind, label or str(code))


def _tell_silent(
    reading: Reading, part: Map, code: Scalar, label: str, given: StatedValue = _NO_VALUE
) -> None:
    reading.understood += 1
    if len(answers(reading, part)) > 1:
        message = f"the Observation {label or code} says both present and absent: left out"
        kind = "Observations say both present and absent: left out"
        reading.warn(code.where, message, "keep the right one", kind, label or str(code))
        return
    if given.problem:
        message = f"the Observation {label or code} {given.problem}: left out"
        reading.warn(code.where, message, given.fix)
        return
    message = f"the Observation {label or code} does not say present or absent: left out"
    kind = "Observations do not say present or absent: left out"
    fix = "write valueBoolean, or interpretation POS or NEG"
    reading.warn(code.where, message, fix, kind, label or str(code))


def _report_unknown_codes(reading: Reading, part: Map, codes: Codes, what: str = "Observation") -> None:
    network = reading.network
    reading.begin_entry("Observation", codes.codings, codes.label, part.where)
    system = codes.codings[0][0] if codes.codings else ""
    in_ = f" in {system}" if system else " without a code"
    name = codes.label
    message = f"the {what} {name or 'without a code'} has no code of HPO or {network.name}: left out"
    fix = f"{MAP_CODES}, or code it with an HPO term ({SYSTEMS['HP'].fhir})"
    kind = f"{what}s{in_} have no code of HPO or {network.name}: left out"
    told = asserted(reading, reading.map(part, "valueCodeableConcept"))
    if not codes.asserted and _is_readable(reading, part, told):
        message = f"the Observation {name} has a known code as its value, but an unknown question: left out"
        fix = "if it asks what was found in the patient, map its code to the same findings, too (--codes)"
        kind = "Observations have a known code as their value, but an unknown question: left out"
    reading.unknown(part.where, message, fix, kind, name, f"{what}{in_}")


def _clash(reading: Reading, own: Sequence[Scalar], terms: Sequence[Scalar]) -> list[Scalar]:
    """Codes of different findings; of terms that tell of several, any common one will do."""
    meant = {
        **{code: {str(code)} for code in own if code in reading.network.findings},
        **{code: reading.terms.reach(code) for code in terms},
    }
    return [*meant] if meant and not set.intersection(*meant.values()) else []
