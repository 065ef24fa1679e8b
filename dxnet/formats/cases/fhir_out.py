"""A case, and the answer for it, as a FHIR R4 Bundle; ``fhir_in`` says how states are coded."""

from __future__ import annotations

import json
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from dxnet.formats.cases.code_systems import ICD10, ICD10CM, SYSTEMS
from dxnet.formats.cases.codes import (
    diagnosis_code,
    disease_codes,
    hpo_term,
    own_code,
    own_system,
    refuse_misfit,
    subject_finding,
)
from dxnet.formats.cases.fhir_values import INTERPRETATION, TERMINOLOGY
from dxnet.formats.cases.quantities import UCUM, as_written, quantity_of
from dxnet.inference.case import Case, State
from dxnet.inference.differential import INTENDED_USE, Differential
from dxnet.knowledge.network import DIAGNOSIS, Network
from dxnet.knowledge.ontology import phenotypes
from dxnet.knowledge.units import ucum

_ICD_SYSTEMS = {"icd10": ICD10, "icd10cm": ICD10CM}
_GENDERS = ("female", "male")


def dump_fhir(case: Case, network: Network, answer: Differential | None = None) -> str:
    """A Bundle of Observations, with the ranking as a RiskAssessment where there is an answer.

    The Patient in it has a gender at most: no identifiers.

    Raises:
        CaseError: the case does not fit the network.

    >>> from dxnet.knowledge.load import load_directory
    >>> bundle = json.loads(dump_fhir(Case({"dysarthria": "absent"}, id="a"), load_directory("als_mimics")))
    >>> [coding["code"] for coding in bundle["entry"][1]["resource"]["code"]["coding"]]
    ['HP:0001260', 'dysarthria']
    """
    refuse_misfit(network, case)
    sex = case.in_states(network).get(subject_finding(network, "sex"))
    patient = {"resourceType": "Patient"} | ({"gender": str(sex)} if sex in _GENDERS else {})
    entries = [_bundle_entry(case, network, "patient", patient)]
    subject = {"reference": entries[0]["fullUrl"]}
    for name, state in case.findings.items():
        if network.findings[name].subject != "sex" or as_written(network, name, state)[0] not in _GENDERS:
            entries.append(
                _bundle_entry(
                    case,
                    network,
                    f"observation of {name}",
                    _observation_resource(network, name, state, subject),
                )
            )
    observed = [{"reference": entry["fullUrl"]} for entry in entries[1:]]
    if case.diagnosis:
        entries.append(
            _bundle_entry(case, network, "condition", _condition_resource(network, case.diagnosis, subject))
        )
    if answer:
        entries.append(_bundle_entry(case, network, "risk", _assessment(answer, subject, observed)))
    bundle: dict[str, Any] = {"resourceType": "Bundle"}
    if case.id:
        bundle["identifier"] = {"system": own_system(network), "value": case.id}
    return json.dumps(bundle | {"type": "collection", "entry": entries}, indent=2, ensure_ascii=False) + "\n"


def _bundle_entry(case: Case, network: Network, part: str, resource: dict[str, Any]) -> dict[str, Any]:
    """An entry whose address follows from the case, so that the same case gives the same file."""
    seed = json.dumps([network.name, case.id, dict(case.findings)], default=dict)
    return {
        "fullUrl": f"urn:uuid:{uuid5(NAMESPACE_URL, f'{own_system(network)} {seed} {part}')}",
        "resource": resource,
    }


def _observation_resource(
    network: Network, name: str, state: State, subject: dict[str, str]
) -> dict[str, Any]:
    finding = network.findings[name]
    state, entered = as_written(network, name, state)
    term = hpo_term(network, name, state)
    named = phenotypes().find(term[0]) if term else None
    codes = [_coding(term[0], named.name if named else finding.label)] if term else []
    codes.append(_own_coding(network, own_code(name), finding.label))
    observation: dict[str, Any] = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": codes, "text": finding.label},
        "subject": subject,
    }
    if entered:
        observation |= _entered_quantity(network, name, entered)
    elif isinstance(state, str):
        observation["valueCodeableConcept"] = {
            "coding": [_own_coding(network, own_code(name, state), state)],
            "text": state,
        }
    else:
        observation["component"] = [
            {
                "code": {
                    "coding": [_own_coding(network, own_code(name, s), s)],
                    "text": f"P(what was seen | {s})",
                },
                "valueQuantity": {"value": float(p), "system": UCUM, "code": "1"},
            }
            for s, p in state.items()
        ]
    if term:
        code, display = ("POS", "Positive") if term[1] else ("NEG", "Negative")
        coding = {"system": INTERPRETATION, "code": code, "display": display}
        observation["interpretation"] = [{"coding": [coding]}]
    if entered:
        words = {"text": f"{entered}: {state}"}
        observation["interpretation"] = [words | part for part in observation.get("interpretation", [{}])]
    return observation


def _entered_quantity(network: Network, name: str, text: str) -> dict[str, Any]:
    """A number that was entered: a quantity with its reference range where it is one, otherwise its text."""
    number = quantity_of(network, name, text)
    if number is None:
        return {"valueString": text}
    value = _quantity(number.value, number.unit)
    if number.comparator:
        value["comparator"] = number.comparator
    ends = {"low": number.low, "high": number.high}
    span = {key: _quantity(end, number.span_unit) for key, end in ends.items() if end is not None}
    return {"valueQuantity": value} | ({"referenceRange": [span]} if span else {})


def _quantity(value: float, unit: str) -> dict[str, Any]:
    coded = {"system": UCUM, "code": ucum(unit)} if ucum(unit) else {}
    return {"value": value, "unit": unit, **coded}


def _condition_resource(network: Network, name: str, subject: dict[str, str]) -> dict[str, Any]:
    code, label = diagnosis_code(network, name), network.diagnosis[name].label
    status = {"system": f"{TERMINOLOGY}condition-ver-status", "code": "confirmed"}
    coding = _coding(code, label) if ":" in code else _own_coding(network, code, label)
    return {
        "resourceType": "Condition",
        "verificationStatus": {"coding": [status]},
        "code": {"coding": [coding], "text": label},
        "subject": subject,
    }


def _assessment(answer: Differential, subject: dict[str, str], basis: list[dict[str, str]]) -> dict[str, Any]:
    from importlib.metadata import version

    network = answer.network
    method = (
        f"Bayesian network {network.name} {network.version}, fingerprint {network.fingerprint or 'none'}, "
        f"dxnet {version('dxnet')}; setting {answer.setting}: {network.settings[answer.setting].label}"
    )
    predictions = [
        {"outcome": _outcome_code(network, name), "probabilityDecimal": answer.probability(name)}
        for name in answer.ranking
    ]
    notes = [INTENDED_USE, "Probabilities lie between 0 and 1.", *network.limits, *map(str, answer.warnings)]
    return {
        "resourceType": "RiskAssessment",
        "status": "final",
        "method": {"text": method},
        "subject": subject,
        **({"basis": basis} if basis else {}),
        "prediction": predictions,
        "note": [{"text": note} for note in notes],
    }


def _outcome_code(network: Network, name: str) -> dict[str, Any]:
    diagnosis = network.diagnosis[name]
    codes = [_coding(code, diagnosis.label) for code in disease_codes(network, name)]
    codes += [
        {"system": system, "code": code, "display": diagnosis.label}
        for field, system in _ICD_SYSTEMS.items()
        if (code := getattr(diagnosis, field))
    ]
    codes.append(_own_coding(network, own_code(DIAGNOSIS, name), diagnosis.label))
    return {"coding": codes, "text": diagnosis.label}


def _coding(code: str, label: str) -> dict[str, str]:
    """A coding of HPO or MONDO (whose codes keep their prefix), or of Orphanet or OMIM (whose do not)."""
    prefix, _, number = code.partition(":")
    written = number if prefix in ("ORPHA", "OMIM") else code
    return {"system": SYSTEMS[prefix].fhir, "code": written, "display": label}


def _own_coding(network: Network, code: str, label: str) -> dict[str, str]:
    return {"system": own_system(network), "code": code, "display": label}
