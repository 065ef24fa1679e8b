"""Phenopackets and FHIR files that were read wrong or refused: each has its right value."""

from pathlib import Path

import pytest
from patient_records import ALS, EITHER_CK, read, told

from dxnet.errors import CaseError

FILES = Path(__file__).parent / "failing_cases"
MOTOR = {"arm_weakness": "present", "tongue_fasciculation": "present", "hyperreflexia_arms": "present"}


READ = {
    "fhir_bulk.ndjson": ("", {"sex": "male", "dysarthria": "present"}, ""),
    "fhir_ck_hpo_high.json": ("", {"ck": EITHER_CK}, ""),
    "fhir_ck_loinc.json": ("", {"ck": "high"}, ""),
    "fhir_condition_icd10.json": ("post_polio", {"dysarthria": "present"}, ""),
    "fhir_condition_icd10cm.json": ("als", {"dysarthria": "present"}, ""),
    "fhir_condition_implicit_rules.json": ("", {"dysarthria": "present"}, "it has implicitRules"),
    "fhir_condition_modifier.json": ("", {"dysarthria": "present"}, "it has modifierExtension"),
    "fhir_condition_onset_age.json": ("als", {"age": "60-69"}, ""),
    "fhir_condition_two_status.json": (
        "",
        {"dysarthria": "present"},
        "verificationStatus is confirmed and refuted",
    ),
    "fhir_forty_claims.json": ("", {"dysarthria": "present"}, "40 Claim resources are not read"),
    "fhir_hpo_owl_system.json": ("", {"dysarthria": "present"}, ""),
    "fhir_implicit_rules.json": ("", {"dysarthria": None}, "has implicitRules"),
    "fhir_known_absent.json": ("", {"dysarthria": "absent"}, ""),
    "fhir_patient_conditional.json": ("", {"sex": "male", "dysarthria": "present"}, ""),
    "fhir_patient_uuid_and_relative.json": ("", {"sex": "male", "dysarthria": "present"}, ""),
    "fhir_two_visits.json": ("", {"dysarthria": "present"}, "was absent on 2020-01-01"),
    "pp_als_subtype.json": ("als", MOTOR, ""),
    "pp_alt_id_babinski.json": ("", {"babinski": "present"}, "HP:0001352, now HP:0003487"),
    "pp_ck_highly_elevated.json": ("", {"ck": "high"}, ""),
    "pp_copy_number.json": ("als", MOTOR, "genomicInterpretations of the diagnosis is not read"),
    "pp_distal_leg_weakness.json": ("", {"leg_weakness": "present", "weakness": "present"}, "implies"),
    "pp_hyperreflexia_excluded.json": (
        "",
        dict.fromkeys(("hyperreflexia_arms", "hyperreflexia_legs", "jaw_jerk_brisk", "clonus"), "absent"),
        "which is excluded",
    ),
    "pp_id_underscore.json": ("", {"dysarthria": "present"}, ""),
    "pp_label_of_another_term.json": (
        "",
        {"dysarthria": None},
        "is Dysarthria, but the file calls it Dysphagia",
    ),
    "pp_modifier_excluded.json": ("", {"dysarthria": None}, "is modified by Excluded"),
    "pp_onset_of_comorbidity.json": ("", {"age": None, **MOTOR}, "(asthma) is not that of the diagnosis"),
    "pp_phenopacket.yaml": ("", {"sex": "male", "dysarthria": "present", "babinski": "absent"}, ""),
}
"""File -> diagnosis, findings (None: not examined), and words of a warning."""
REFUSED = {
    "fhir_condition_of_other_patient.json": ["is of 2 patients: Patient/1, Patient/2"],
    "pp_disease_age_of_onset_v1.json": [
        "unknown key 'ageOfOnset'; is of version 1 of the schema; write onset"
    ],
    "pp_disease_exclude_misspelt.json": ["unknown key 'exclude'; did you mean excluded?"],
    "pp_subject_unknown_keys.json": [
        "unknown key 'Sex'; did you mean sex?",
        "gender is text; write sex: FEMALE",
    ],
}


def test_every_file_has_its_right_value():
    assert {path.name for path in FILES.iterdir()} == READ.keys() | REFUSED.keys()


@pytest.mark.parametrize("name", READ)
def test_a_file_is_read_by_its_meaning(name):
    diagnosis, findings, words = READ[name]
    case = read(FILES / name)
    assert case.diagnosis == diagnosis
    assert {finding: case.in_states(ALS).get(finding) for finding in findings} == findings
    assert words in told(case)
    assert bool(case.issues) == bool(words) or diagnosis == "als"


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_is_refused_with_its_cure(name):
    with pytest.raises(CaseError) as caught:
        read(FILES / name)
    for words in REFUSED[name]:
        assert any(
            words in f"{issue.message}; {issue.fix}" and name in issue.where for issue in caught.value.issues
        )
