"""Small FHIR records of one patient, and how they are read."""

import json

from conftest import network

from dxnet import read_cases

ALS = network("als_mimics")
HPO, LOINC, SNOMED = "http://human-phenotype-ontology.org", "http://loinc.org", "http://snomed.info/sct"
INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
BABINSKI, DYSARTHRIA, WEAKNESS, HYPERREFLEXIA = "HP:0003487", "HP:0001260", "HP:0001324", "HP:0001347"
LEFT = {"coding": [{"system": SNOMED, "code": "7771000", "display": "Left"}]}
RIGHT = {"coding": [{"system": SNOMED, "code": "24028007", "display": "Right"}]}
RIGHT_ARM = {"coding": [{"system": SNOMED, "code": "368209003", "display": "Right arm"}]}
TONGUE = {"coding": [{"system": SNOMED, "code": "21974007", "display": "Tongue structure"}]}


def concept(code, system=HPO, display="", **more):
    return {"coding": [{"system": system, "code": code, "display": display}], **more}


def flag(code):
    return [concept(code, INTERPRETATION)]


def observed(code, system=HPO, **more):
    return {"resourceType": "Observation", "status": "final", "code": concept(code, system), **more}


def condition(code, system=HPO, verified="confirmed", **more):
    status = {"verificationStatus": {"coding": [{"code": verified}]}} if verified else {}
    return {"resourceType": "Condition", "code": concept(code, system), **status, **more}


def record(*resources, **more):
    entries = [{"resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries, **more}


def read_record(directory, document, *rows, suffix=".json"):
    """The case of a Bundle, by a table of local codes where rows are given."""
    path = directory / f"record{suffix}"
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    codes = None
    if rows:
        codes = directory / "codes.csv"
        codes.write_text("\n".join(["system,code,finding,state", *rows]))
    (case,) = read_cases(path, network=ALS, codes=codes)
    return case


def read_resources(directory, *resources, codes=()):
    return read_record(directory, record(*resources), *codes)


def warnings_of(case):
    return [issue.message for issue in case.issues if issue.level == "warning"]
