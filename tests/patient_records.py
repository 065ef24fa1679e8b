"""Records of one man as other programs write them: Phenopackets, and Bundles with their Patient."""

import json

from conftest import network

from dxnet import read_cases

ALS = network("als_mimics")
HPO = "http://human-phenotype-ontology.org"
EITHER_CK = {"mild": 1.0, "high": 1.0}


def read(path):
    (case,) = read_cases(path, network=ALS)
    return case


def written(directory, content, name="case.json"):
    path = directory / name
    path.write_text(content if isinstance(content, str) else json.dumps(content, indent=1), encoding="utf-8")
    return read(path)


def told(case):
    return " ".join(map(str, case.issues))


def packet(*features, **parts):
    subject = parts.pop("subject", {"id": "p", "sex": "MALE"})
    return {"id": "x", "subject": subject, "phenotypicFeatures": list(features), **parts}


def feature(id, label="", **more):
    return {"type": {"id": id, "label": label}, **more}


def age(duration):
    return {"age": {"iso8601duration": duration}}


def disease(id, **more):
    return {"term": {"id": id, "label": ""}, **more}


WEAK = feature("HP:0003484", "Upper limb muscle weakness")


def bundle(*resources, patient=None, **parts):
    entries = [{"resource": {"resourceType": "Patient", "id": "1", "gender": "male", **(patient or {})}}]
    entries += [
        resource if "resource" in resource or "request" in resource else {"resource": resource}
        for resource in resources
    ]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries, **parts}


def observation(code="HP:0001260", system=HPO, **more):
    coding = {"system": system, "code": code}
    said = {"subject": {"reference": "Patient/1"}, **more}
    return {"resourceType": "Observation", "status": "final", "code": {"coding": [coding]}, **said}


def concept(code, system="http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"):
    return {"coding": [{"system": system, "code": code}]}


def condition(code="803", system="http://www.orpha.net", status="confirmed", **more):
    verified = {} if status is None else {"verificationStatus": {"coding": [{"code": status}]}}
    concept = code if isinstance(code, dict) else {"coding": [{"system": system, "code": code}]}
    said = {"subject": {"reference": "Patient/1"}, **verified, **more}
    return {"resourceType": "Condition", "code": concept, **said}


PRESENT = observation(valueBoolean=True)
DYSARTHRIA = {"dysarthria": "present"}
