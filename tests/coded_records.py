"""Phenopackets and FHIR Bundles for tests, and the official libraries that read and write them."""

import json

import pytest
from conftest import network
from fhir.resources.R4B.bundle import Bundle
from google.protobuf.json_format import MessageToJson, Parse
from phenopackets import Phenopacket

from dxnet import read_cases

ALS = network("als_mimics")
HPO = "http://human-phenotype-ontology.org"


def through_protobuf(text, snake=False):
    return MessageToJson(Parse(text, Phenopacket()), preserving_proto_field_name=snake)


def through_fhir(text):
    return Bundle.model_validate_json(text).model_dump_json()


OFFICIAL = {"phenopacket": through_protobuf, "fhir": through_fhir}
every_kind = pytest.mark.parametrize("kind", OFFICIAL)


def read(directory, content, net=ALS):
    path = directory / "case.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    (case,) = read_cases(path, network=net)
    return case


def packet(*features, **parts):
    return {
        "id": "p",
        "phenotypicFeatures": list(features),
        "metaData": {"created": "2024-01-01T00:00:00Z"},
        **parts,
    }


def feature(id, label="", **more):
    return {"type": {"id": id, "label": label}, **more}


def bundle(*resources):
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": r} for r in resources]}


def observation(code="HP:0001260", **more):
    coding = {"system": HPO, "code": code}
    return {"resourceType": "Observation", "status": "final", "code": {"coding": [coding]}, **more}


def concept(code, system="http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"):
    return {"coding": [{"system": system, "code": code}]}
