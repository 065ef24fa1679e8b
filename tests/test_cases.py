"""What a neurologist expects of the network: directions and orders, not digits."""

import json

import numpy as np
import pytest
from conftest import engine

from dxnet import Case, evaluate, read_cases
from dxnet.knowledge.load import RESOURCES

NORMAL_MRI = {
    "mri_cord_compression": "absent",
    "mri_cord_lesion": "absent",
    "mri_spinal_mass": "absent",
    "mri_syrinx": "absent",
    "mri_white_matter": "none",
    "mri_brain_mass": "absent",
    "mri_infarct": "absent",
}
RESEARCH = {
    "dti_cst_fa": "reduced",
    "mrs_naa": "reduced",
    "mrs_glutamate": "elevated",
    "fmri_motor": "altered",
    "pet_motor_hypometabolism": "present",
}
SPASTIC_WASTED = {"arm_weakness": "present", "arm_atrophy": "present", "hyperreflexia_legs": "present"}


def diagnose(findings, setting=None):
    return engine("als_mimics", setting).diagnose(Case(findings))


def ratio(findings, extra, diagnosis="als"):
    """Likelihood ratio of the extra findings for a diagnosis against all others."""
    before, after = (diagnose(f, "flat").probability(diagnosis) for f in (findings, {**findings, **extra}))
    return after / (1 - after) / (before / (1 - before))


def test_normal_mri_raises_als_by_lowering_the_mimics():
    before, after = diagnose(SPASTIC_WASTED), diagnose({**SPASTIC_WASTED, **NORMAL_MRI})
    assert after.probability("als") > before.probability("als")
    for mimic in ("dcm", "cord_tumour", "syringomyelia", "ms", "brain_tumour", "stroke"):
        assert after.probability(mimic) < before.probability(mimic), mimic
    others = ("als", "pma", "mmn", "ibm")
    shares = [[d.probability(o) / d.probability("als") for o in others] for d in (before, after)]
    assert np.allclose(shares[0], shares[1], rtol=0.6)  # hardly anything among those with a normal MRI


def test_advanced_imaging_is_a_weak_hint_even_together():
    singles = [ratio(SPASTIC_WASTED, {name: state}) for name, state in RESEARCH.items()]
    assert all(1 < single < 6 for single in singles)
    assert ratio(SPASTIC_WASTED, RESEARCH) < np.prod(singles) / 3


def test_cord_compression_of_age_does_not_hide_als():
    bulbar = {
        "age": "60-69",
        **SPASTIC_WASTED,
        "tongue_atrophy": "present",
        "tongue_fasciculation": "present",
        "emg_denervation_thoracic": "present",
        "weight_loss": "present",
        "mri_cord_compression": "compression",
    }
    assert diagnose(bulbar, "flat").ranking[0] == "als"


def test_cord_compression_counts_less_with_age():
    ratios = [
        ratio({"age": age}, {"mri_cord_compression": "compression"}, "dcm") for age in ("40-49", "70-79")
    ]
    assert ratios[0] > 1.5 * ratios[1] > 1.5


def test_sensory_loss_bladder_and_neck_pain_say_myelopathy():
    signs = {"hyperreflexia_legs": "present", "babinski": "present", "gait_imbalance": "present"}
    cord = {"sensory_loss": "present", "bladder_bowel": "present", "neck_pain": "present"}
    assert ratio(signs, cord, "dcm") > 2 and ratio(signs, cord, "als") < 0.2


def test_weakness_adds_nothing_beside_a_weak_limb():
    with_it, without = (
        diagnose({**extra, "foot_drop": "present", "leg_weakness": "present"})
        for extra in ({"weakness": "present"}, {})
    )
    assert with_it.post_test == pytest.approx(without.post_test, abs=0.005)


def test_asymmetry_says_nothing_in_bulbar_onset():
    bulbar = {"onset_region": "bulbar", "dysarthria": "present"}
    with_it = diagnose({**bulbar, "onset_asymmetry": "asymmetric"})
    assert with_it.post_test == pytest.approx(diagnose(bulbar).post_test, abs=1e-9)


def test_areflexia_is_the_union_of_its_halves():
    both = {"areflexia_arms": "absent", "areflexia_legs": "present"}
    stated = diagnose({**both, "areflexia": "present"})
    assert stated.post_test == pytest.approx(diagnose(both).post_test, abs=1e-9)


def test_a_contradiction_is_a_warning():
    differential = diagnose(
        {
            "clonus": "present",
            "hyperreflexia_legs": "absent",
            "areflexia": "absent",
            "areflexia_legs": "present",
        }
    )
    said = " ".join(map(str, differential.warnings))
    assert len(differential.warnings) == 2
    assert "clonus is present but hyperreflexia_legs is absent" in said


@pytest.mark.parametrize(
    ("finding", "state", "diagnosis"),
    [
        ("ar_cag", "expanded", "sbma"),
        ("smn1", "deleted", "sma_adult"),
        ("htlv_serology", "positive", "htlv1"),
        ("ncs_conduction_block", "present", "mmn"),
        ("vgcc", "positive", "lems"),
        ("mri_spinal_mass", "present", "cord_tumour"),
        ("mri_syrinx", "present", "syringomyelia"),
        ("mri_flexion_shift", "present", "hirayama"),
        ("lead_level", "elevated", "toxic_motor_neuropathy"),
        ("b12_copper", "low", "scd"),
        ("thyroid_calcium", "abnormal", "thyrotoxicosis"),
        ("muscle_biopsy", "rimmed_vacuoles", "ibm"),
    ],
)
def test_the_decisive_test_leads(finding, state, diagnosis):
    assert diagnose({finding: state}, "flat").ranking[0] == diagnosis


def test_example_cases_are_ranked_right():
    for path in sorted((RESOURCES / "data" / "cases").glob("*.yaml")):
        case = read_cases(path)[0]
        assert engine("als_mimics").diagnose(case).ranking[0] == case.diagnosis, path.name


@pytest.mark.parametrize(
    ("stage", "top1", "top3", "log_loss"), [("post", 0.84, 0.94, 0.58), ("pre", 0.63, 0.79, 1.30)]
)
def test_published_cases_are_ranked_as_well_as_before(stage, top1, top3, log_loss):
    card = evaluate(engine("als_mimics", "flat"), read_cases(RESOURCES / "data/cases/published.jsonl", stage))
    assert card.top1 >= top1 and card.top3 >= top3 and card.log_loss <= log_loss


def test_published_cases_use_known_words():
    """The shipped cases name only findings and states of the network."""
    net = engine("als_mimics").network
    for line in (RESOURCES / "data/cases/published.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        for finding, state in {**case["evidence_pre"], **case["evidence_post"]}.items():
            assert state in net.states(finding)


def test_signs_of_the_junction_add_up_to_myasthenia():
    """Fatigable weakness or a decrement in ALS has other causes than a disease of the junction."""
    findings = {"age": "60-69", "onset_region": "bulbar", "dysarthria": "present", "dysphagia": "present"}
    chances = [diagnose(findings).probability("mg")]
    for sign in ("fatigability", "rns_decrement", "ptosis_diplopia"):
        findings[sign] = "present"
        chances.append(diagnose(findings).probability("mg"))
    assert chances == sorted(chances) and chances[-1] > 0.85
    assert diagnose({**findings, "achr_musk": "negative"}).ranking[0] == "mg"
