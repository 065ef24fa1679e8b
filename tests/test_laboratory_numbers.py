"""Laboratory tests of one finding that is of several: their numbers are kept, and settle it together."""

import pytest
from coded_records import OFFICIAL, bundle, packet, read
from conftest import network

from dxnet import Case
from dxnet.formats.cases.read import dump_case

ALS = network("als_mimics")
TSH, CALCIUM, B12, CK, PROTEIN = "3016-3", "17861-6", "2132-9", "2157-6", "2880-3"


def test_of(code, value, unit, low=None, high=None, **more):
    ends = {"low": low, "high": high}
    span = {key: {"value": end} for key, end in ends.items() if end is not None}
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
        "valueQuantity": {"value": value, "unit": unit},
        **({"referenceRange": [span]} if span else {}),
        **more,
    }


test_of.__test__ = False


def flag(code):
    return [{"coding": [{"code": code}]}]


def test_a_hospital_s_panel_keeps_all_its_numbers(tmp_path):
    record = bundle(
        test_of(TSH, 8.1, "mIU/L", 0.4, 4.0, interpretation=flag("H")),
        test_of(CALCIUM, 9.6, "mg/dL"),
        test_of(B12, 120, "pg/mL"),
        test_of(CK, 850, "U/L", high=200),
        test_of(PROTEIN, 62, "mg/dL"),
    )
    case = read(tmp_path, record)
    assert case.findings == {
        "thyroid_calcium": "TSH 8.1 mIU/L (0.4-4), calcium 9.6 mg/dL",
        "b12_copper": "B12 120 pg/mL",
        "ck": "850 U/L (<200)",
        "csf_protein": "62 mg/dL",
    }
    states = {"thyroid_calcium": "normal", "b12_copper": "low", "ck": "mild", "csf_protein": "elevated"}
    assert case.in_states(ALS) == states
    assert not [issue for issue in case.issues if issue.level == "warning"]
    for kind, official in OFFICIAL.items():
        assert read(tmp_path, official(dump_case(case, kind, ALS))).findings == case.findings


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        (test_of(TSH, 0.05, "mIU/L"), "TSH 0.05 mIU/L"),
        (test_of(TSH, 0.35, "mIU/L", 0.3, 4.0), None),
        (test_of(CALCIUM, 11.2, "mg/dL"), "calcium 11.2 mg/dL"),
        (test_of(CALCIUM, 2.4, "mmol/L"), None),
        (test_of(TSH, 8.1, "mIU/L", interpretation=flag("L")), "abnormal"),
        (test_of(TSH, 8.1, "xyz", 0.4, 4.0), None),
        (test_of(TSH, 8.1, "xyz"), None),
    ],
)
def test_one_alone_settles_only_what_is_abnormal(tmp_path, test, expected):
    """A report outweighs the limits of the network, and a lone normal result leaves the finding open."""
    case = read(tmp_path, bundle(test, test_of(CK, 100, "U/L")))
    assert case.findings.get("thyroid_calcium") == expected
    (entry, _) = case.coded
    assert entry.is_understood or "cannot be judged" in entry.why or "neither" in entry.why
    if expected is None:
        assert any(issue.level == "warning" for issue in case.issues)


def test_the_latest_of_repeated_results_counts(tmp_path):
    old = test_of(TSH, 0.01, "mIU/L", effectiveDateTime="2020-01-01")
    new = test_of(TSH, 2.0, "mIU/L", effectiveDateTime="2024-01-01")
    case = read(tmp_path, bundle(new, old, test_of(CALCIUM, 2.4, "mmol/L")))
    assert case.findings == {"thyroid_calcium": "TSH 2 mIU/L, calcium 2.4 mmol/L"}
    assert [entry.is_earlier for entry in case.coded] == [False, True, False]


def test_phenopackets_keep_them_too(tmp_path):
    def measured(code, value, unit):
        quantity = {"value": value, "unit": {"id": f"UCUM:{unit}", "label": unit}}
        return {"assay": {"id": f"LOINC:{code}"}, "value": {"quantity": quantity}}

    record = packet(measurements=[measured(TSH, 1.5, "mU/L"), measured(CALCIUM, 2.4, "mmol/L")])
    assert read(tmp_path, record).findings == {"thyroid_calcium": "TSH 1.5 mU/L, calcium 2.4 mmol/L"}


def test_another_unit_is_kept_and_read(tmp_path):
    case = read(tmp_path, bundle(test_of(CK, 14.2, "ukat/L")))
    assert (case.findings, case.in_states(ALS)) == ({"ck": "14.2 ukat/L"}, {"ck": "mild"})


@pytest.mark.parametrize(
    ("text", "state"),
    [("3 days", "sudden"), ("5 weeks", "subacute"), ("14 months", "progressive"), ("12 years", "slow")],
)
def test_months_since_onset_are_a_tempo(text, state):
    assert Case({"onset_tempo": text}).in_states(ALS) == {"onset_tempo": state}


def test_a_unit_that_begins_with_a_figure_leaves_the_number_as_it_is(tmp_path):
    cells = test_of("26465-5", 3, "1/uL", 0, 5)
    assert read(tmp_path, bundle(cells)).in_states(ALS) == {"csf_cells": "normal"}
    case = read(tmp_path, bundle(cells, test_of(CK, 85, "1")))
    assert (case.findings, [*case.in_states(ALS)]) == ({"csf_cells": "3 1/uL (0-5)"}, ["csf_cells"])
    assert "left out" in case.issues[-1].message
