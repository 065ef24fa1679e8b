"""Laws of reading: what is written reads back the same, and no edit of a file turns absent into present."""

import json
from copy import deepcopy

import pytest
from conftest import network
from hypothesis import given, settings
from hypothesis import strategies as st

from dxnet import Case, read_cases
from dxnet.errors import CaseError
from dxnet.formats.cases.read import dump_case

ALS = network("als_mimics")
KINDS = ["phenopacket", "fhir"]
TERMS = {name: finding.hpo for name, finding in ALS.findings.items() if finding.hpo}
HPO, SNOMED = "http://human-phenotype-ontology.org", "http://snomed.info/sct"
JUNK = st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.just([]) | st.just({})
every_kind = pytest.mark.parametrize("kind", KINDS)


def written(directory, content):
    path = directory / "case.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def excluded(kind, names):
    """A record in which every finding was looked for and not found."""
    if kind == "phenopacket":
        features = [{"type": {"id": TERMS[name], "label": ""}, "excluded": True} for name in names]
        return {"id": "x", "subject": {"id": "p", "sex": "MALE"}, "phenotypicFeatures": features}
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [
            {"resource": {"resourceType": "Patient", "id": "1", "gender": "male"}},
            *({"resource": absent(TERMS[name])} for name in names),
        ],
    }


def absent(term):
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": HPO, "code": term}]},
        "subject": {"reference": "Patient/1"},
        "valueCodeableConcept": {"coding": [{"system": SNOMED, "code": "410516002"}]},
    }


def places(value, path=()):
    """Every place of a document."""
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, child in children:
        yield (*path, key)
        yield from places(child, (*path, key))


@st.composite
def edits(draw, kind):
    """A valid record of absent findings, and one to three edits: parts removed, renamed or replaced."""
    document = excluded(
        kind, draw(st.lists(st.sampled_from(sorted(TERMS)), min_size=1, max_size=4, unique=True))
    )
    for _ in range(draw(st.integers(1, 3))):
        found = [place for place in places(document) if place != ("id",)]
        if not found:
            break
        *path, last = draw(st.sampled_from(found))
        parent = document
        for key in path:
            parent = parent[key]
        how = draw(st.sampled_from(["remove", "rename", "replace", "twice"]))
        if how == "remove" and isinstance(parent, dict) and last not in ("excluded", "valueCodeableConcept"):
            del parent[last]
        elif how == "rename" and isinstance(parent, dict):
            parent[draw(st.sampled_from([f"{last}s", last.upper(), last[:-1], "x"]))] = parent.pop(last)
        elif how == "twice" and isinstance(parent, list):
            parent.append(deepcopy(parent[last]))
        elif how == "replace" and last != "excluded":
            parent[last] = draw(JUNK)
    return document


@every_kind
@given(data=st.data())
@settings(max_examples=150)
def test_no_edit_turns_what_is_absent_into_present(tmp_path_factory, kind, data):
    """Unless it says so: without its word of exclusion a feature of a phenopacket is present."""
    path = written(tmp_path_factory.getbasetemp(), data.draw(edits(kind)))
    try:
        cases = read_cases(path, network=ALS)
    except CaseError as problem:
        assert all(issue.where.startswith("case.json") and issue.message for issue in problem.issues)
        cases = []
    for case in cases:
        for name, state in case.findings.items():
            assert (
                name in ("sex", "age") or state == ALS.findings[name].states[0] or not isinstance(state, str)
            )


@every_kind
@given(names=st.lists(st.sampled_from(sorted(TERMS)), min_size=1, unique=True), present=st.booleans())
@settings(max_examples=60)
def test_what_terms_imply_is_written_and_read_back_the_same(tmp_path_factory, kind, names, present):
    directory = tmp_path_factory.getbasetemp()
    record = excluded("phenopacket", names)
    for feature in record["phenotypicFeatures"] if present else ():
        del feature["excluded"]
    (case,) = read_cases(written(directory, record), network=ALS)
    assert {name for name in names if name in case.findings} == {*names}
    again = read_cases(written(directory, dump_case(case, kind, ALS)), network=ALS)[0]
    assert (again.findings, again.id) == (case.findings, case.id) and not again.issues


@every_kind
@given(names=st.lists(st.sampled_from(sorted(TERMS)), min_size=1, max_size=6, unique=True))
@settings(max_examples=40)
def test_the_order_of_a_record_does_not_matter(tmp_path_factory, kind, names):
    directory = tmp_path_factory.getbasetemp()
    one, other = (
        read_cases(written(directory, excluded(kind, order)), network=ALS)[0]
        for order in (names, names[::-1])
    )
    assert one.findings == other.findings


def test_a_case_without_findings_is_written_and_read_back(tmp_path):
    for kind in KINDS:
        case = Case({}, id="x")
        (again,) = read_cases(written(tmp_path, dump_case(case, kind, ALS)), network=ALS)
        assert again == case


@pytest.mark.slow
def test_a_large_record_is_read(tmp_path):
    for kind in KINDS:
        record = excluded(kind, sorted(TERMS))
        rows = record["phenotypicFeatures"] if kind == "phenopacket" else record["entry"]
        rows += [deepcopy(rows[1]) for _ in range(3000)]
        (case,) = read_cases(written(tmp_path, record), network=ALS)
        assert {*case.findings} >= {*TERMS}
