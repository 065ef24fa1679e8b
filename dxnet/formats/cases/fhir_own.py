"""What a FHIR Observation says under the network's own codes: a state, a number or likelihoods."""

from __future__ import annotations

from dxnet.errors import Issue
from dxnet.formats.cases.codes import from_own, own_system, split_own_code
from dxnet.formats.cases.fhir_observed import is_denied
from dxnet.formats.cases.fhir_values import VALUES, answers, codings, result_of, units_of, value_words
from dxnet.formats.cases.fields import Reading
from dxnet.formats.cases.local_entries import StatedValue
from dxnet.formats.cases.quantities import read_result
from dxnet.formats.cases.stated_likelihoods import StatedLikelihood, stated_likelihoods
from dxnet.inference.visit import State
from dxnet.knowledge.entered import read_entered
from dxnet.knowledge.network import Network
from dxnet.knowledge.strict_yaml import Map, Scalar


def value_of_own_code(reading: Reading, part: Map, code: Scalar) -> StatedValue:
    """What an Observation under the network's own code of a finding says of it, or why it says nothing."""
    network, is_known = reading.network, str(code) in reading.network.findings
    given = StatedValue(_coded_state(reading, part, code))
    if given.state is None and is_known:
        given = _entered_value(reading, part, code)
    said = answers(reading, part)
    if given.state is None:
        return StatedValue(from_own(network, code, said.pop())) if len(said) == 1 else given
    if is_known and _is_other(network, code, given.state, said):
        return StatedValue(None, "has a value and an interpretation that differ", "keep the right one")
    return given


def _entered_value(reading: Reading, part: Map, code: Scalar) -> StatedValue:
    """A number or a word, as it would be entered."""
    if word := reading.text(part, "valueString"):
        found = read_entered(reading.network, code, word)
        return StatedValue(word) if found.kind != "unread" else _unread(found.problem, found.fix)
    result = result_of(reading, part)
    if result.value is not None:
        text, found = read_result(reading.network, code, result, units_of(reading, part))
        is_read = found.kind != "unread"
        where = next((part.place(key) for key in VALUES if key in part), part.where)
        return StatedValue(Scalar(text, where)) if is_read else _unread(found.problem, found.fix)
    if words := value_words(reading, part):
        found = read_entered(reading.network, code, words[0])
        problem = found.problem or f"{words[0]} is no code of {reading.network.name}"
        return _unread(problem, found.fix or "write it as valueString")
    if result.unread:
        return _unread(f"{result.unread} is no single number from 0", f"enter {code}")
    return StatedValue(None)


def _unread(problem: str, fix: str) -> StatedValue:
    return StatedValue(None, f"has a value that cannot be read ({problem})", fix)


def _is_other(network: Network, finding: str, state: State, said: set[bool]) -> bool:
    """Whether the words for a state are contradicted; a laboratory may judge a number by its own limits."""
    if not isinstance(state, str) or read_entered(network, finding, state).kind not in ("state", "word"):
        return False
    return is_denied(network, (Scalar(finding), state)) in said


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
