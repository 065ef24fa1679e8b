"""Why a FHIR Observation or component says nothing of the patient that can be taken as it stands."""

from __future__ import annotations

from dxnet.errors import Issue
from dxnet.formats.cases.fhir_bundle import modifier_of
from dxnet.formats.cases.fhir_patient import is_about_patient
from dxnet.formats.cases.fields import Reading
from dxnet.knowledge.strict_yaml import Map

_STANDS = ("final", "amended", "corrected", "appended", "preliminary", "")


def void_observation(reading: Reading, resource: Map, label: str) -> Issue | None:
    """Why an Observation says nothing of the patient that can be taken as it stands."""
    observation, fix, where = f"the Observation {label}", "enter what it says as a finding", resource.where
    status = reading.text(resource, "status")
    if status not in _STANDS or resource.get("dataAbsentReason"):
        why = f" ({status})" if status not in _STANDS else ""
        void = f"{observation} has no result{why}: left out, as not examined"
        return Issue("warning", where, void)
    if element := modifier_of(reading, resource):
        void = f"{observation} has {_article(element)}, which may change its meaning: left out"
        return Issue("warning", where, void, fix)
    if reading.maps(resource, "focus"):
        void = f"{observation} has a focus, so it may be about somebody else: left out"
        return Issue("warning", resource.place("focus"), void, fix)
    if not is_about_patient(reading, resource):
        return Issue(
            "warning", resource.place("subject"), f"{observation} is not about a patient: left out", fix
        )
    return None


def void_part(part: Map, label: str) -> Issue | None:
    """The same of a component."""
    if part.get("dataAbsentReason"):
        return Issue("warning", part.where, f"the component {label} has no result: left out, as not examined")
    if part.get("modifierExtension"):
        void = f"the component {label} has a modifierExtension, which may change its meaning: left out"
        return Issue("warning", part.where, void, "enter what it says as a finding")
    return None


def _article(element: str) -> str:
    return element if element.endswith("s") else f"a {element}"
