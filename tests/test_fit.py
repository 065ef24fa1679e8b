"""Misfit is measured beside patients in whom the same diagnosis leads: rare is not odd."""

import numpy as np
import pytest
from conftest import engine

from dxnet import Case
from dxnet.inference.sample import PatientsOf
from dxnet.reasoning.conflict import Conflict, conflict
from dxnet.reasoning.fit import LEAST_FINDINGS, fit
from dxnet.reasoning.records import Chance, recorded_like
from dxnet.report.content.explanation import conflicting
from dxnet.report.content.localisation import places_and_match, places_in_words

ALS = engine("als_mimics")
CONTRADICTORY = Case(
    {
        "babinski": "present",
        "csf_ocb": "present",
        "rns_increment": "present",
        "ar_cag": "expanded",
        "anti_gm1": "positive",
        "smn1": "deleted",
    }
)
RARE = {
    "a mass": {"mri_spinal_mass": "present"},
    "a gene": {"als_gene": "positive"},
    "ptosis": {"ptosis_diplopia": "present", "age": "60-69"},
    "two signs": {"ck": "mild", "babinski": "present"},
    "shoulder": {
        "acute_shoulder_pain": "present",
        "scapular_winging": "present",
        "arm_weakness": "present",
        "arm_atrophy": "present",
    },
    "block": {
        "arm_weakness": "present",
        "arm_atrophy": "present",
        "single_nerve_pattern": "present",
        "ncs_conduction_block": "present",
        "hyperreflexia_legs": "absent",
        "sensory_loss": "absent",
    },
    "kennedy": {
        "sex": "male",
        "age": "50-59",
        "gynaecomastia": "present",
        "perioral_fasciculation": "present",
        "dysarthria": "present",
        "onset_tempo": "slow",
    },
}
"""Patients of listed diseases, in words of a referral."""


@pytest.mark.parametrize("findings", RARE.values(), ids=RARE)
def test_what_is_rare_is_no_misfit(findings):
    assert not fit(ALS, Case(findings)).is_surprising


TEXTBOOK = {
    "signs alone": {
        "age": "60-69",
        "arm_atrophy": "present",
        "babinski": "present",
        "dysphagia": "present",
        "jaw_jerk_brisk": "present",
        "weight_loss": "present",
    },
    "two regions": {
        "onset_region": "lower_limb",
        "onset_tempo": "progressive",
        "foot_drop": "present",
        "leg_atrophy": "present",
        "leg_fasciculation": "present",
        "hyperreflexia_legs": "present",
        "babinski": "present",
        "arm_fasciculation": "present",
        "tongue_fasciculation": "present",
    },
}
"""ALS as a referral tells it: what was found, and nothing that was not."""


@pytest.mark.parametrize("findings", TEXTBOOK.values(), ids=TEXTBOOK)
def test_a_list_of_signs_without_the_normal_ones_is_no_misfit(findings):
    found = fit(ALS, Case(findings))
    assert found.diagnosis == "als" and found.rarer < 0.5


def test_a_record_of_a_simulated_patient_holds_no_more_than_that_of_the_patient():
    category = np.array([-1, 0, 0, 0, 1, 1])
    record = np.array([3, 1, 0, 1, -1, 0])
    patients = np.random.default_rng(0).integers(0, 2, (200, 6))
    kept = recorded_like(record, patients, category)
    assert ((kept == patients) | (kept == -1)).all() and (kept[:, 0] == patients[:, 0]).all()
    assert ((kept[:, 1:4] > 0).sum(axis=1) == np.minimum((patients[:, 1:4] > 0).sum(axis=1), 2)).all()
    assert ((kept[:, 2] == 0) == (patients[:, 2] == 0)).all() and not (kept[:, [1, 3]] == 0).any()
    assert not (kept[:, 4] >= 0).any() and ((kept[:, 5] == 0) == (patients[:, 5] == 0)).all()


def test_chance_is_that_of_all_diagnoses_alike():
    backend = ALS.question({}).backend
    chance, names = Chance.of(ALS.network, backend), list(ALS.network.findings)
    each = backend.log_likelihoods(("babinski",), np.array([[1]]))[0]
    here = chance.log_shares[names.index("babinski"), 1]
    assert here == pytest.approx(np.log(np.exp(each).mean()))
    assert chance.category[names.index("age")] == -1 != chance.category[names.index("babinski")]


def test_findings_of_many_diseases_at_once_are_a_misfit():
    found = fit(ALS, CONTRADICTORY)
    assert found.is_surprising and found.findings == 6
    assert (
        ALS.diagnose(CONTRADICTORY).ranking[0]
        == found.diagnosis
        == next(iter(sorted(found.compared, key=lambda name: -found.compared[name])))
    )


def test_fewer_findings_than_five_are_never_odd():
    few = Case(dict(list(CONTRADICTORY.findings.items())[: LEAST_FINDINGS - 1]))
    assert not fit(ALS, few).is_surprising


def test_a_case_without_findings_has_a_fit():
    found = fit(ALS, Case({}))
    assert (found.rarer, found.findings, found.lift) == (0.5, 0, pytest.approx(0))


def test_an_uncertain_finding_does_not_count():
    soft = Case({**CONTRADICTORY.findings, "dysarthria": {"present": 0.7, "absent": 0.3}})
    assert fit(ALS, soft).findings == 6


@pytest.mark.parametrize("diagnosis", ["als", "mmn", "sbma", "dcm", "mg", "ibm", "bfs", "hsp"])
def test_of_patients_of_the_network_few_are_surprising_whichever_diagnosis_leads(diagnosis):
    names = ("age", "sex", "onset_tempo", "arm_weakness", "arm_atrophy", "babinski", "hyperreflexia_legs")
    names += ("sensory_loss", "dysarthria", "arm_fasciculation", "ck", "ptosis_diplopia")
    network, n = ALS.network, 60
    drawn = PatientsOf(ALS.question({}).backend.tables, np.full(n, network.diagnoses.index(diagnosis)), 7)
    cases = [Case({name: network.states(name)[drawn.states(name)[i]] for name in names}) for i in range(n)]
    assert sum(fit(ALS, case).is_surprising for case in cases) <= 0.15 * n


def test_patients_of_a_diagnosis_are_drawn_from_its_tables():
    tables, k = ALS.question({}).backend.tables, ALS.network.diagnoses.index("mg")
    drawn = PatientsOf(tables, np.full(4000, k), 1)
    expected = ALS.question({}).backend.log_likelihoods(("ptosis_diplopia",), np.array([[1]]))[0, k]
    assert drawn.states("ptosis_diplopia").mean() == pytest.approx(np.exp(expected), abs=0.03)
    assert set(drawn.states("diagnosis").tolist()) == {k}


def test_log_likelihoods_are_of_patients_whose_findings_are_their_own():
    backend, rows = ALS.question({}).backend, np.array([[1, 1]], np.int16)
    found = backend.log_likelihoods(("ptosis_diplopia", "babinski"), rows)
    whole = np.log((np.exp(found) * backend.backend.ask({})[0]).sum())
    assert whole == pytest.approx(
        ALS.diagnose({"ptosis_diplopia": "present", "babinski": "present"}).log_p_findings
    )


def test_the_lines_of_misfit_and_conflict_do_not_contradict_each_other():
    (line,) = places_and_match(ALS.network, None, fit(ALS, CONTRADICTORY))
    assert line.strong and " leads, but explains this patient badly: " in line.text
    calm = conflict(ALS, Case({"babinski": "present", "arm_atrophy": "present"}))
    text = conflicting(ALS.network, calm).text
    assert "fit each other" not in text and "another question" in text if calm.value <= 0 else True


def test_a_conflict_of_next_to_nothing_is_not_told_as_a_large_one():
    small, large = Conflict(0.01, (), (), ()), Conflict(37.78, (), (), ())
    told, warned = conflicting(ALS.network, small), conflicting(ALS.network, large)
    assert warned.strong and "a conflict (Jensen's measure 37.78)" in warned.text
    assert not told.strong and told.text.startswith("A slight conflict (Jensen's measure 0.01): ")
    assert not small.is_notable and large.is_notable and not Conflict(1.0, (), (), ()).is_notable


def test_places_that_differ_after_the_comma_are_one():
    places = {
        "motor neurons, limbs": 0.406,
        "motor neurons, bulbar and limbs": 0.376,
        "motor neurons, bulbar": 0.139,
        "roots": 0.04,
    }
    assert places_in_words(places) == (
        "motor neurons 92.1 % (limbs 40.6 %, bulbar and limbs 37.6 %, bulbar 13.9 %)"
    )
    assert places_in_words({"roots": 0.5, "plexus": 0.5}) == "roots 50.0 %, plexus 50.0 %"


def test_the_leading_diagnosis_is_that_of_the_ranking():
    """Uncertain findings do not count for the fit, but decide who leads."""
    case = Case(
        {
            "babinski": "present",
            "leg_weakness": "present",
            "htlv_serology": {"positive": 1, "negative": 0.001},
        }
    )
    machine = engine("als_mimics", "flat")
    assert fit(machine, case).diagnosis == machine.diagnose(case).ranking[0] == "htlv1"
