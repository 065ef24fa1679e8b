"""Phenopackets and FHIR that cannot be read: refused in words, with all their faults at once."""

import json

import pytest
from coded_records import ALS, bundle, every_kind, feature, observation, packet, read
from hypothesis import given
from hypothesis import strategies as st

from dxnet import Case, read_cases
from dxnet.errors import CaseError, UnknownFinding
from dxnet.formats.cases.read import dump_case, write_case

MALFORMED = {
    "negated": (packet(feature("HP:0001260", negated=True)), "unknown key 'negated'"),
    "misspelt": (packet(feature("HP:0001260", exluded=True)), "did you mean excluded?"),
    "untyped": (packet({"excluded": True}), "a feature has no type.id"),
    "flag": (packet(feature("HP:0001260", excluded="yes")), "excluded: 'yes' is not true or false"),
    "list": (packet() | {"phenotypicFeatures": {}}, "phenotypicFeatures: {} is not a list of objects"),
    "family": ({"id": "f", "proband": packet(), "metaData": {}}, "is a family or cohort, not one patient"),
    "states": (
        packet(feature("DXNET:als_mimics.ck", modifiers=[{"id": "DXNET:als_mimics.age.80+"}])),
        "ck has states that do not fit",
    ),
    "number": (
        packet(
            measurements=[
                {
                    "assay": {"id": "DXNET:als_mimics.ck"},
                    "complexValue": {
                        "typedQuantities": [
                            {"type": {"id": "DXNET:als_mimics.ck.high"}, "quantity": {"value": -1}}
                        ]
                    },
                }
            ]
        ),
        "value: -1 is not a likelihood (a number from 0 to 1)",
    ),
    "escape": (packet(feature("HP:0001260", "\x1b[2J")), "holds the character U+001B"),
    "single": (observation(), "is a FHIR Observation, no Bundle"),
    "patients": (
        bundle(
            observation(subject={"reference": "Patient/1"}), observation(subject={"reference": "Patient/2"})
        ),
        "is of 2 patients: Patient/1, Patient/2",
    ),
    "entry": ({"resourceType": "Bundle", "entry": [3]}, "entry: [3] is not a list of objects"),
    "other": ({"patient": 3}, "unknown key 'patient'"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_files_are_refused_in_words(tmp_path, name):
    content, expected = MALFORMED[name]
    with pytest.raises(CaseError) as caught:
        read(tmp_path, content)
    assert expected in str(caught.value)
    assert all(
        i.level == "error" and i.where.startswith("case.json:1") and i.fix for i in caught.value.issues
    )


def test_all_problems_at_once_with_their_lines(tmp_path):
    text = json.dumps(packet(feature("HP:0001260", excluded=3), {"type": {"id": 4}}), indent=0)
    with pytest.raises(CaseError) as caught:
        read(tmp_path, text)
    places = [int(issue.where.split(":")[1]) for issue in caught.value.issues]
    lines = text.splitlines()
    assert [lines[line - 1].split(":")[0].strip('"') for line in places] == ["excluded", "id", "type"]


def test_what_the_network_lacks_is_told_with_the_other_faults(tmp_path):
    with pytest.raises(CaseError) as caught:
        read(tmp_path, packet(feature("HP:0001260", excluded=3), feature("DXNET:als_mimics.dysartria")))
    first, second = map(str, caught.value.issues)
    assert "excluded: 3 is not true or false" in first and "unknown finding 'dysartria'" in second


def test_findings_of_a_newer_network_are_refused_with_their_line(tmp_path):
    case = read(tmp_path, packet(feature("DXNET:als_mimics.dysartria")))
    with pytest.raises(
        UnknownFinding, match=r"case\.json:1: unknown finding 'dysartria'; did you mean dysarthria"
    ):
        case.likelihoods(ALS)


@every_kind
def test_codes_need_a_network_that_fits(tmp_path, kind):
    case = Case({"dysarthria": "present"}, id="a")
    (tmp_path / "a.json").write_text(dump_case(case, kind, ALS))
    with pytest.raises(CaseError, match=r"only a network tells .*; read it with read_cases\(path, network="):
        read_cases(tmp_path / "a.json")
    with pytest.raises(CaseError, match="cannot be coded without its network"):
        write_case(case, tmp_path / "b.json", kind)
    with pytest.raises(UnknownFinding):
        dump_case(Case({"x": "present"}), kind, ALS)
    with pytest.raises(CaseError, match="unknown diagnosis 'alz'; did you mean als"):
        dump_case(Case({}, diagnosis="alz"), kind, ALS)


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False)
    | st.sampled_from(["", "HP:0001260", "DXNET:als_mimics.ck"]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["id", "type", "code"]), inner)
    ),
    max_leaves=4,
)
PLACES = {
    "phenopacket": (
        lambda: (
            packet(feature("DXNET:als_mimics.ck", modifiers=[{"id": "DXNET:als_mimics.ck.high"}]))
            | json.loads(
                dump_case(
                    Case({"sex": "male", "ck": {"normal": 0, "mild": 0, "high": 1}}, diagnosis="als"),
                    "phenopacket",
                    ALS,
                )
            )
        )
    ),
    "fhir": lambda: json.loads(
        dump_case(
            Case({"sex": "male", "ck": {"normal": 0, "mild": 0, "high": 1}}, diagnosis="als"), "fhir", ALS
        )
    ),
}


def parts(value):
    """Every container in a document with each of its keys."""
    for key in value if isinstance(value, dict) else range(len(value)):
        yield value, key
        if isinstance(value[key], dict | list):
            yield from parts(value[key])


@every_kind
@given(data=st.data(), wrong=ANYTHING)
def test_whatever_stands_in_a_field_is_read_or_refused(tmp_path_factory, kind, data, wrong):
    document = PLACES[kind]()
    parent, key = data.draw(st.sampled_from(list(parts(document))))
    parent[key] = wrong
    try:
        read(tmp_path_factory.getbasetemp(), document).warnings(ALS)
    except CaseError as problem:
        assert all(issue.message and issue.where for issue in problem.issues)
