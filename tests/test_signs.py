"""Which signs count as entered, in the figure of the body and in the words alike."""

import pytest
from conftest import engine, network
from hypothesis import given
from hypothesis import strategies as st

from dxnet import Case, explain
from dxnet.report.content.explanation import regions
from dxnet.report.content.localisation import place_and_fit
from dxnet.ui.case.regions import region_matrix

ALS = network("als_mimics")
REGIONAL = [
    name
    for name, it in ALS.findings.items()
    if it.category in ("UMN signs", "LMN signs", "EMG")
    and (it.region, it.tract) in {(m.region, m.tract) for m in ALS.mechanisms.values() if m.region}
]
SEEN = {
    "present": True,
    "probable present": True,
    "absent": False,
    "probable absent": False,
}


def regions_told(case):
    """The regions and tracts that the words name, whatever their probability."""
    found = [ALS.mechanisms[name] for name in explain(engine("als_mimics"), case).with_signs]
    return {it.region for it in found if it.region}


@pytest.mark.parametrize(
    "sign",
    [
        {"clonus": "present"},
        {"babinski": "probable present"},
        {"babinski": {"present": 0.9, "absent": 0.1}},
        {"arm_weakness": "present"},
        {"leg_weakness": "present"},
        {"areflexia_legs": "present"},
    ],
)
def test_a_sign_that_was_entered_involves_its_region(sign):
    case = Case(sign)
    region = ALS.findings[next(iter(sign))].region
    is_sure = [*sign.values()] == ["present"]
    assert region_matrix(ALS, case).of_region(region) == ("involved" if is_sure else "uncertain")
    assert f", {region} region" in regions(ALS, explain(engine("als_mimics"), case)).rows[0][1]


@given(st.dictionaries(st.sampled_from(REGIONAL), st.sampled_from([*SEEN]), max_size=4))
def test_the_figure_and_the_words_have_the_same_regions(findings):
    case = Case(findings)
    matrix = region_matrix(ALS, case)
    drawn = {region for region in matrix.regions if matrix.of_region(region) in ("involved", "uncertain")}
    assert drawn == {ALS.findings[name].region for name, state in findings.items() if SEEN[state]}
    assert drawn <= regions_told(case), "clonus needs reflexes of the same region"


def test_what_speaks_for_neither_state_is_no_sign():
    case = Case({"babinski": {"present": 0.5, "absent": 0.5}})
    assert region_matrix(ALS, case).of_region("lumbosacral") == "not examined"
    assert not regions_told(case)


def test_a_sure_sign_outweighs_an_uncertain_one_and_that_a_normal_one():
    unsure = {"babinski": "probable present", "hyperreflexia_legs": "absent"}
    matrix = region_matrix(ALS, Case(unsure))
    assert matrix.of_region("lumbosacral") == "uncertain"
    assert "lumbosacral: UMN signs uncertain" in matrix.in_words
    assert region_matrix(ALS, Case({**unsure, "clonus": "present"})).of_region("lumbosacral") == "involved"


def test_a_sign_that_needs_another_points_to_a_place():
    (told, *_) = place_and_fit(engine("als_mimics"), Case({"clonus": "present"}))
    assert told.text.startswith("The signs point to: ")
