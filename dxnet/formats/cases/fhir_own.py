"""What a FHIR Observation says under the network's own codes: a state, a number or likelihoods."""

from __future__ import annotations

from dxnet.errors import Issue
from dxnet.formats.cases.codes import from_own, own_system, split_own_code
from dxnet.formats.cases.fhir_values import codings, entered_value, is_present
from dxnet.formats.cases.fields import Reading
from dxnet.formats.cases.stated_likelihoods import StatedLikelihood, stated_likelihoods
from dxnet.inference.visit import State
from dxnet.knowledge.strict_yaml import Map, Scalar


def state_of_own_code(reading: Reading, part: Map, code: Scalar) -> State | None:
    """What an Observation under the network's own code of a finding says of it, if it does."""
    state = _coded_state(reading, part, code)
    if state is None and str(code) in reading.network.findings:
        state = entered_value(reading, part, code)
    if state is None and (present := is_present(reading, part)) is not None:
        state = from_own(reading.network, code, present)
    return state


def _coded_state(reading: Reading, part: Map, finding: str) -> State | None:
    """The state in the network's own codes, or the likelihood of each as components.

    Components that are called as dxnet calls them could once have a common factor.
    """
    stated = _own_states(reading, reading.map(part, "valueCodeableConcept"), finding)
    parts: dict[str, StatedLikelihood] = {}
    for component in reading.maps(part, "component"):
        for state in _own_states(reading, reading.map(component, "code"), finding):
            words = reading.text(reading.map(component, "code"), "text")
            quantity = reading.map(component, "valueQuantity")
            parts[state] = StatedLikelihood(state, quantity, words == f"P(what was seen | {state})")
    likelihoods = stated_likelihoods(reading, finding, parts.values())
    if len(stated) > 1 or (stated and likelihoods) or (likelihoods and not any(likelihoods.values())):
        message = f"{finding}: cannot tell its state from {', '.join([*stated, *likelihoods])}"
        fix = "write one state, or components with a likelihood above 0"
        reading.faults.append(Issue("error", part.where, message, fix))
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
