"""DiagnosticReports of a FHIR Bundle: the Observations within them, and the codes of what they conclude.

https://hl7.org/fhir/R4/diagnosticreport.html
"""

from __future__ import annotations

from collections.abc import Iterator

from dxnet.formats.cases.fhir_bundle import modifier_of
from dxnet.formats.cases.fhir_observations import read_conclusion, read_observation
from dxnet.formats.cases.fhir_observed import ObservedFinding
from dxnet.formats.cases.fields import Reading
from dxnet.knowledge.strict_yaml import Map

_VOID = ("registered", "partial", "cancelled", "entered-in-error", "unknown")
_CODED = ("conclusionCode", "codedDiagnosis")
"""What a report concludes in codes, today and formerly."""
_IN_WORDS = ("conclusion", "presentedForm")


def read_report(reading: Reading, report: Map) -> Iterator[ObservedFinding]:
    """What a DiagnosticReport itself holds; the Observations that it refers to stand for themselves."""
    inner = [it for it in reading.maps(report, "contained") if it.get("resourceType") == "Observation"]
    concluded = [concept for key in _CODED for concept in reading.maps(report, key)]
    in_words = [key for key in _IN_WORDS if report.get(key)]
    reading.end_entries()
    status, element = reading.text(report, "status"), modifier_of(reading, report)
    if (inner or concluded or in_words) and (status in _VOID or element):
        why = f"is {status}" if status in _VOID else f"has {element}"
        message = f"a DiagnosticReport {why}: what it says and its Observations are left out"
        reading.warn(report.where, message)
        return
    for key in in_words:
        message = f"{key} of a DiagnosticReport is not read: left out"
        kind = f"DiagnosticReports have {key}, which is not read: left out"
        reading.warn(report.place(key), message, "enter what it says as findings", kind)
    for observation in inner:
        yield from read_observation(reading, observation)
    for concept in concluded:
        yield from read_conclusion(reading, concept, report)
