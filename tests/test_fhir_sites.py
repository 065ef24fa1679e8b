"""What is absent at one site of the body, or on one side, is not thereby absent everywhere."""

import json

import pytest
from fhir_records import (
    ALS,
    BABINSKI,
    DYSARTHRIA,
    HYPERREFLEXIA,
    LEFT,
    RIGHT,
    RIGHT_ARM,
    SNOMED,
    TONGUE,
    WEAKNESS,
    condition,
    observed,
    read_resources,
    record,
    warnings_of,
)

from dxnet import read_cases

ROW = "SNOMED CT,366575004,babinski,present"


@pytest.mark.parametrize(
    ("code", "site"),
    [(WEAKNESS, RIGHT_ARM), (HYPERREFLEXIA, RIGHT_ARM), (BABINSKI, LEFT), (WEAKNESS, TONGUE)],
)
def test_absent_at_one_site_says_nothing_of_others(tmp_path, code, site):
    case = read_resources(tmp_path, observed(code, valueBoolean=False, bodySite=site))
    assert not case.findings
    (message,) = warnings_of(case)
    assert code in message and "absent at one site" in message
    (entry,) = case.coded
    assert entry.why == message
    assert read_resources(tmp_path, observed(code, valueBoolean=False)).findings


def test_a_site_without_a_name_is_one_too(tmp_path):
    for more in ({"bodySite": {"extension": []}}, {"bodyStructure": {"reference": "BodyStructure/1"}}):
        assert not read_resources(tmp_path, observed(WEAKNESS, valueBoolean=False, **more)).findings


def test_a_refuted_condition_at_one_site(tmp_path):
    case = read_resources(tmp_path, condition(WEAKNESS, verified="refuted", bodySite=[RIGHT_ARM]))
    assert not case.findings and "absent at one site (right arm)" in warnings_of(case)[0]
    mapped = condition("366575004", SNOMED, verified="refuted", bodySite=[LEFT])
    assert not read_resources(tmp_path, mapped, codes=[ROW]).findings
    both = condition("366575004", SNOMED, verified="refuted", bodySite=[LEFT, RIGHT])
    assert read_resources(tmp_path, both, codes=[ROW]).findings == {"babinski": "absent"}


def test_present_at_one_site_is_present(tmp_path):
    assert read_resources(tmp_path, observed(WEAKNESS, valueBoolean=True, bodySite=RIGHT_ARM)).findings == {
        "weakness": "present"
    }


@pytest.mark.parametrize(
    "site",
    [
        {"text": "Bilateral"},
        {"coding": [{"system": SNOMED, "code": "51440002"}]},
        {"text": "left and right"},
        {"text": "Whole body"},
    ],
)
def test_both_sides_are_the_whole(tmp_path, site):
    case = read_resources(tmp_path, observed(BABINSKI, valueBoolean=False, bodySite=site))
    assert case.findings == {"babinski": "absent"}


def test_the_site_that_the_term_names_itself(tmp_path):
    case = read_resources(tmp_path, observed("HP:0001308", valueBoolean=False, bodySite=TONGUE))
    assert case.findings == {"tongue_fasciculation": "absent"}


@pytest.mark.parametrize("codes", [[], [ROW]])
@pytest.mark.parametrize("times", [("10:00", "10:01"), ("10:01", "10:00"), (None, None)])
@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [(True, False, "present"), (False, False, "absent"), (True, True, "present")],
)
def test_left_and_right_are_no_repeats(tmp_path, codes, times, left, right, expected):
    """Absent on both sides is absent; on one side it says nothing of the other."""
    code = {"code": "366575004", "system": SNOMED} if codes else {"code": BABINSKI}
    dated = [{"effectiveDateTime": f"2020-01-01T{time}:00Z"} if time else {} for time in times]
    case = read_resources(
        tmp_path,
        observed(**code, valueBoolean=left, bodySite=LEFT, **dated[0]),
        observed(**code, valueBoolean=right, bodySite=RIGHT, **dated[1]),
        codes=codes,
    )
    assert case.findings == {"babinski": expected}
    assert not any("the latest holds" in message for message in warnings_of(case))


def test_of_one_side_the_latest_holds(tmp_path):
    case = read_resources(
        tmp_path,
        observed(BABINSKI, valueBoolean=True, bodySite=LEFT, effectiveDateTime="2020-01-01"),
        observed(BABINSKI, valueBoolean=False, bodySite=LEFT, effectiveDateTime="2021-01-01"),
    )
    assert not case.findings and len(warnings_of(case)) == 2


def test_an_own_code_or_number_at_one_site(tmp_path):
    own = "urn:dxnet:als_mimics"
    case = read_resources(tmp_path, observed("weakness", own, valueBoolean=False, bodySite=RIGHT_ARM))
    assert not case.findings and warnings_of(case)


@pytest.mark.parametrize("label", ["Weakness of the tongue or neck", "Weakness other than of the tongue"])
def test_a_name_of_several_sites_is_not_that_of_each(tmp_path, label):
    weakness = ALS.findings["weakness"].model_copy(update={"label": label})
    network = ALS.model_copy(update={"findings": {**ALS.findings, "weakness": weakness}})
    at_tongue = observed("weakness", "urn:dxnet:als_mimics", valueBoolean=False, bodySite=TONGUE)
    path = tmp_path / "record.json"
    path.write_text(json.dumps(record(at_tongue)))
    (case,) = read_cases(path, network=network)
    assert not case.findings


def test_what_is_left_out_in_the_end_is_not_called_taken(tmp_path):

    denied = observed("366575004", SNOMED, valueBoolean=False, bodySite=LEFT)
    refuted = condition("366575004", SNOMED, verified="refuted", bodySite=[LEFT])
    for stated in (denied, refuted):
        case = read_resources(tmp_path, stated, observed(DYSARTHRIA, valueBoolean=True), codes=[ROW])
        assert case.findings == {"dysarthria": "present"}
        assert len(case.issues) == 1 and "absent at one site (left)" in case.issues[0].message
    earlier = observed("366575004", SNOMED, valueBoolean=False, effectiveDateTime="2020-01-01")
    later = observed("366575004", SNOMED, valueBoolean=True, effectiveDateTime="2021-01-01")
    case = read_resources(tmp_path, earlier, later, codes=[ROW])
    taken = [issue.message for issue in case.issues if "taken" in issue.message]
    assert len(taken) == 1 and taken[0].startswith(
        "1 finding is taken by a local code (babinski present from"
    )
