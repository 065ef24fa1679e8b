"""A case as a GA4GH phenopacket; see ``dxnet.formats.cases.phenopacket_in`` for how states are coded."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from dxnet.formats.cases.code_systems import SYSTEMS
from dxnet.formats.cases.codes import (
    OWN,
    curie,
    diagnosis_code,
    hpo_term,
    own_code,
    own_system,
    refuse_misfit,
    subject_finding,
)
from dxnet.formats.cases.phenopacket_in import PHENOPACKET_ABOUT, PHENOPACKET_SEXES
from dxnet.formats.cases.quantities import as_written, quantity_of
from dxnet.inference.case import Case
from dxnet.knowledge.network import BINARY, Network
from dxnet.knowledge.ontology import phenotypes
from dxnet.knowledge.units import ucum

_UCUM_PREFIX = "UCUM"
_UCUM_RESOURCE = {
    "id": "ucum",
    "name": "Unified Code for Units of Measure",
    "url": "https://ucum.org",
    "version": "not stated",
    "namespacePrefix": _UCUM_PREFIX,
    "iriPrefix": "https://ucum.org/",
}


def dump_phenopacket(case: Case, network: Network) -> str:
    """A case as the text of a phenopacket.

    Raises:
        CaseError: the case does not fit the network.

    >>> from dxnet.knowledge.load import load_directory
    >>> case = Case({"dysarthria": "absent", "ck": "mild"}, id="a")
    >>> text = dump_phenopacket(case, load_directory("als_mimics"))
    >>> [feature["type"]["id"] for feature in json.loads(text)["phenotypicFeatures"]]
    ['HP:0001260', 'DXNET:als_mimics.ck']
    """
    refuse_misfit(network, case)
    sex = subject_finding(network, "sex")
    sexes = {state: name for name, state in PHENOPACKET_SEXES.items()}
    subject = {"id": "patient"}
    features: list[dict[str, Any]] = []
    measurements: list[dict[str, Any]] = []
    for name, given in case.findings.items():
        state, entered = as_written(network, name, given)
        if entered:
            measurements.append(_written_number(network, name, str(state), entered))
        elif name == sex and isinstance(state, str) and state in sexes:
            subject["sex"] = sexes[state]
        elif isinstance(state, str):
            features.append(_written_feature(network, name, state))
        else:
            measurements.append(_written_measurement(network, name, state))
    document: dict[str, Any] = {"id": case.id or "case", "subject": subject}
    document |= {"phenotypicFeatures": features, "measurements": measurements, "diseases": []}
    if case.diagnosis:
        code = diagnosis_code(network, case.diagnosis)
        code = code if ":" in code else curie(network, code)
        document["diseases"] = [{"term": _ontology_class(code, network.diagnosis[case.diagnosis].label)}]
    document["metaData"] = _meta_data(case, network, json.dumps(document))
    return (
        json.dumps({key: part for key, part in document.items() if part}, indent=2, ensure_ascii=False) + "\n"
    )


def _ontology_class(code: str, label: str) -> dict[str, str]:
    return {"id": code, "label": label}


def _written_feature(network: Network, name: str, state: str) -> dict[str, Any]:
    finding = network.findings[name]
    if term := hpo_term(network, name, state):
        hpo, present = term
        named = phenotypes().find(hpo)
        kind = _ontology_class(hpo, named.name if named else finding.label)
        return {"type": kind} | ({} if present else {"excluded": True})
    feature: dict[str, Any] = {"type": _ontology_class(curie(network, own_code(name)), finding.label)}
    if finding.states == BINARY and state in BINARY:
        return feature | ({"excluded": True} if state == BINARY[0] else {})
    return feature | {"modifiers": [_ontology_class(curie(network, own_code(name, state)), state)]}


def _written_measurement(network: Network, name: str, likelihoods: Mapping[str, float]) -> dict[str, Any]:
    """P(what was seen | state) for each state, which no feature can hold."""
    unit = _ontology_class(f"{OWN}:likelihood", "P(what was seen | state)")
    parts = [
        {
            "type": _ontology_class(curie(network, own_code(name, state)), state),
            "quantity": {"unit": unit, "value": float(value)},
        }
        for state, value in likelihoods.items()
    ]
    assay = _ontology_class(curie(network, own_code(name)), network.findings[name].label)
    return {"assay": assay, "complexValue": {"typedQuantities": parts}}


def _written_number(network: Network, name: str, state: str, text: str) -> dict[str, Any]:
    """A number that was entered: a quantity with its reference range where it is one, otherwise its text."""
    assay = _ontology_class(curie(network, own_code(name)), network.findings[name].label)
    number = quantity_of(network, name, text)
    if number is None or number.comparator:
        return {
            "assay": assay,
            "value": {"ontologyClass": _ontology_class(curie(network, own_code(name, state)), text)},
        }
    quantity: dict[str, Any] = {"unit": _unit_class(number.unit), "value": number.value}
    ends = {"low": number.low, "high": number.high}
    span = {key: end for key, end in ends.items() if end is not None}
    if span:
        quantity["referenceRange"] = {"unit": _unit_class(number.span_unit), **span}
    return {"assay": assay, "value": {"quantity": quantity}}


def _unit_class(unit: str) -> dict[str, str]:
    return _ontology_class(f"{_UCUM_PREFIX}:{ucum(unit) or '1'}", unit)


def _meta_data(case: Case, network: Network, text: str) -> dict[str, Any]:
    """Who wrote it and when, the systems of the codes in ``text``, and the published work."""
    from importlib.metadata import version

    resources = [
        {
            "id": prefix.lower(),
            "name": system.name,
            "url": system.url,
            "version": network.hpo_release if prefix == "HP" else "not stated",
            "namespacePrefix": prefix,
            "iriPrefix": system.iri,
        }
        for prefix, system in SYSTEMS.items()
        if f'"{prefix}:' in text
    ]
    resources.append(
        {
            "id": OWN.lower(),
            "name": f"{network.label}: findings and states of the network {network.name}",
            "url": own_system(network),
            "version": network.version,
            "namespacePrefix": OWN,
            "iriPrefix": "urn:dxnet:",
        }
    )
    resources += [_UCUM_RESOURCE] if f'"{_UCUM_PREFIX}:' in text else []
    about = {key: str(fact) for key in PHENOPACKET_ABOUT if (fact := case.about.get(key))}
    cited = [{"id": f"{key.upper()}:{about[key]}"} for key in ("doi", "pmid") if key in about]
    cited += [{"reference": about["url"]}] if "url" in about else []
    if "title" in about:
        cited = [{**entry, "description": about["title"]} for entry in cited or [{}]]
    return {
        "created": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "createdBy": f"dxnet {version('dxnet')}",
        "resources": resources,
        "phenopacketSchemaVersion": "2.0",
        **({"externalReferences": cited} if cited else {}),
    }
