"""Observations of a FHIR Bundle: the findings that they are, by own codes, HPO terms or LOINC."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dxnet.errors import Issue
from dxnet.formats.cases.code_systems import SYSTEMS
from dxnet.formats.cases.codes import from_own, own_system, split_own_code
from dxnet.formats.cases.fhir_bundle import RESOURCE, know_keys
from dxnet.formats.cases.fhir_codes import Codes, codes_of
from dxnet.formats.cases.fhir_values import (
    Time,
    codings,
    entered_value,
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
from dxnet.formats.cases.term_labels import Statement, current_id
from dxnet.inference.likelihood import without_common_factor
from dxnet.inference.visit import State
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


class ObservedFinding(NamedTuple):
    """A finding in so many words, or a statement of a term, with its time and its entry in the record."""

    key: str
    statement: tuple[Scalar, State] | Statement
    when: Time | None
    where: str
    entry: int

    @property
    def value(self) -> object:
        """What two observations of the same thing may differ in."""
        return self.statement.present if isinstance(self.statement, Statement) else self.statement[1]


def read_observation(reading: Reading, resource: Map) -> Iterator[ObservedFinding]:
    """What an Observation says; with a code that is unknown, what its components say."""
    codes = codes_of(reading, reading.map(resource, "code"))
    parts = [part for part in reading.maps(resource, "component") if _is_readable(reading, part)]
    says_nothing_itself = bool(parts) and not any(key in resource for key in _VALUES)
    is_local = _local(reading, resource, codes) and not says_nothing_itself
    if codes.own or codes.terms or codes.tests or is_local:
        yield from _observed(reading, resource, codes, resource)
        return
    if not parts:
        reading.begin_entry("Observation", codes.codings, codes.label, resource.where)
        _report_unknown_codes(reading, resource, codes)
    elif void := void_observation(reading, resource, codes.label):
        reading.begin_entry("Observation", codes.codings, codes.label, resource.where)
        reading.understood += 1
        reading.warn(void.where, void.message, void.fix)
    else:
        for part in parts:
            yield from _observed(reading, part, codes_of(reading, reading.map(part, "code")), resource)


def _local(reading: Reading, part: Map, codes: Codes) -> LocalCode | None:
    """The local code of an Observation or of its coded value."""
    value = codes_of(reading, reading.map(part, "valueCodeableConcept")).codings
    return reading.local_codes.find([*codes.codings, *value])


def _observed(reading: Reading, part: Map, codes: Codes, resource: Map) -> Iterator[ObservedFinding]:
    """What an Observation or a component of it says under its codes."""
    value = codes_of(reading, reading.map(part, "valueCodeableConcept")).codings
    present = is_present(reading, part)
    row = reading.begin_entry(
        "Observation", [*codes.codings, *value], codes.label, part.where or resource.where, present
    )
    if part is resource:
        know_keys(reading, resource, _OBSERVATION, "Observation")
    if void := void_observation(reading, resource, codes.label) or (
        None if part is resource else void_part(part, codes.label)
    ):
        reading.understood += 1
        reading.warn(void.where, void.message, void.fix, "", codes.label)
        return
    when = found_at(reading, resource)
    if row:
        yield from _local_statements(reading, part, row, codes, when)
        return
    known = [code for code in codes.terms if reading.terms.reach(code)]
    if clash := _clash(reading, codes.own, known):
        coded = f"the Observation {codes.label} is coded as {' and as '.join(clash)}"
        message = f"{coded}, different findings: left out"
        reading.understood += 1
        reading.warn(part.where, message, "write one Observation for each")
    elif codes.own:
        yield from _own_code_statement(reading, part, codes.own[0], codes.label, when)
    elif codes.terms:
        term = (known or codes.terms)[0]
        yield from _term_statement(reading, part, term, codes.name_of(term), when)
    else:
        yield from _test_statement(reading, part, codes.tests[0], codes.label, when)


def _local_statements(
    reading: Reading, part: Map, row: LocalCode, codes: Codes, when: Time | None
) -> Iterator[ObservedFinding]:
    """The findings of a local code, which may be that of the Observation or of its coded value."""
    result, units, words = result_of(reading, part), units_of(reading, part), value_words(reading, part)
    explicit = present = is_present(reading, part)
    is_of_value = reading.local_codes.find(codes.codings) is not row
    if is_of_value or not (result.flags or any(key in part for key in (*_VALUES, "component"))):
        present = explicit is not False  # the code alone says what was found

    def stated(finding: str) -> StatedValue:
        return stated_value(reading.network, finding, result, units, words, explicit)

    where = part.where
    for name, state in local_findings(reading, row, present, stated, where):
        yield ObservedFinding(str(name), (name, state), when, where, reading.entry)


def _is_readable(reading: Reading, part: Map) -> bool:
    codes = codes_of(reading, reading.map(part, "code"))
    known = any(reading.terms.reach(term) for term in codes.terms)
    return bool(codes.own or codes.tests or known or _local(reading, part, codes))


def _report_unknown_codes(reading: Reading, resource: Map, codes: Codes) -> None:
    network = reading.network
    system = codes.codings[0][0] if codes.codings else ""
    in_ = f" in {system}" if system else " without a code"
    name = codes.label
    message = f"the Observation {name or 'without a code'} has no code of HPO or {network.name}: left out"
    fix = f"{MAP_CODES}, or code it with an HPO term ({SYSTEMS['HP'].fhir})"
    kind = f"Observations{in_} have no code of HPO or {network.name}: left out"
    reading.unknown(resource.where, message, fix, kind, name, f"Observation{in_}")


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
    yield ObservedFinding(str(code), (code, state), when, code.where, reading.entry)


def _term_statement(
    reading: Reading, part: Map, code: Scalar, label: str, when: Time | None
) -> Iterator[ObservedFinding]:
    term = phenotypes().find(code)
    present = is_present(reading, part, term.name if term else "")
    if present is None:
        if reading.terms.reach(code):
            _tell_silent(reading, code, label)
        else:
            unknown = Statement(code, label, True, entry=reading.entry)
            reading.statements.append(unknown)  # it is reported as no finding
        return
    statement = Statement(code, label, present, entry=reading.entry)
    yield ObservedFinding(current_id(code), statement, when, code.where, reading.entry)


def _test_statement(
    reading: Reading, part: Map, code: Scalar, label: str, when: Time | None
) -> Iterator[ObservedFinding]:
    found = result_findings(
        reading, code, label or f"LOINC {code}", result_of(reading, part), units_of(reading, part)
    )
    for pair in found.pairs:
        yield ObservedFinding(str(pair[0]), pair, when, code.where, reading.entry)
    for statement in found.statements:
        yield ObservedFinding(statement.code, statement, when, code.where, reading.entry)
    if found.problem:
        fix = "enter it as a finding, or give its interpretation (L, N or H)"
        message = f"the test {label or code} {found.problem}: left out"
        reading.warn(
            part.where, message, fix, "tests have results that cannot be judged: left out", label or str(code)
        )


def _tell_silent(reading: Reading, code: Scalar, label: str) -> None:
    reading.understood += 1
    message = f"the Observation {label or code} does not say present or absent: left out"
    kind = "Observations do not say present or absent: left out"
    fix = "write valueBoolean, or interpretation POS or NEG"
    reading.warn(code.where, message, fix, kind, label or str(code))


def _own_state(reading: Reading, part: Map, finding: str) -> State | None:
    """The state in the network's own codes, or the likelihood of each as components.

    Components that are called as dxnet calls them could once have a common factor.
    """
    stated = _own_states(reading, reading.map(part, "valueCodeableConcept"), finding)
    likelihoods: dict[str, float] = {}
    written = set()
    for component in reading.maps(part, "component"):
        for state in _own_states(reading, reading.map(component, "code"), finding):
            words = reading.text(reading.map(component, "code"), "text")
            written.add(is_ours := words == f"P(what was seen | {state})")
            quantity = reading.map(component, "valueQuantity")
            likelihoods[state] = reading.likelihood(quantity, "value", has_factor=is_ours)
    if len(stated) > 1 or (stated and likelihoods) or (likelihoods and not any(likelihoods.values())):
        message = f"{finding}: cannot tell its state from {', '.join([*stated, *likelihoods])}"
        fix = "write one state, or components with a likelihood above 0"
        reading.faults.append(Issue("error", part.where, message, fix))
    if written == {True} and finding in reading.network.findings:
        likelihoods = without_common_factor(reading.network.findings[finding].states, likelihoods)
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
