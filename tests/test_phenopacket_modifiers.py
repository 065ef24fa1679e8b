"""What is excluded with a modifier may be there without it."""

import json

import pytest
from conftest import network

from dxnet import read_cases

ALS = network("als_mimics")
RIGHT, LEFT = {"id": "HP:0012834", "label": "Right"}, {"id": "HP:0012835", "label": "Left"}
PROXIMAL, SEVERE = {"id": "HP:0012840", "label": "Proximal"}, {"id": "HP:0012828", "label": "Severe"}


def feature(id, label, **more):
    return {"type": {"id": id, "label": label}, **more}


def read_features(directory, *features):
    path = directory / "packet.json"
    path.write_text(json.dumps({"id": "p", "phenotypicFeatures": features, "metaData": {"createdBy": "x"}}))
    (case,) = read_cases(path, network=ALS)
    return case


@pytest.mark.parametrize(
    ("id", "label", "modified"),
    [
        ("HP:0003487", "Babinski sign", {"modifiers": [RIGHT]}),
        ("HP:0001324", "Muscle weakness", {"modifiers": [PROXIMAL]}),
        ("HP:0001324", "Muscle weakness", {"severity": SEVERE}),
    ],
)
def test_excluded_with_a_modifier_is_not_excluded_as_a_whole(tmp_path, id, label, modified):
    case = read_features(tmp_path, feature(id, label, excluded=True, **modified))
    assert not case.findings
    (issue,) = case.issues
    assert issue.level == "warning" and "says nothing of it otherwise" in issue.message
    assert case.coded[0].why == issue.message
    assert read_features(tmp_path, feature(id, label, excluded=True)).findings
    assert read_features(tmp_path, feature(id, label, **modified)).findings


def test_one_side_without_the_other(tmp_path):
    right = feature("HP:0003487", "Babinski sign", excluded=True, modifiers=[RIGHT])
    left = feature("HP:0003487", "Babinski sign", modifiers=[LEFT])
    assert read_features(tmp_path, right, left).findings == {"babinski": "present"}
