"""Textbook presentations, one or two a diagnosis: each is first in the default setting.

They were written from general knowledge of the diseases, not from published cases.
"""

import pytest
from conftest import engine

from dxnet import Case
from dxnet.reasoning.localisation import localise
from dxnet.reasoning.next_tests import never_miss


def findings(text):
    """``age=60-69 weakness -sensory_loss``: a state, present, absent."""
    pairs = (
        word.split("=") if "=" in word else (word.lstrip("-"), "absent" if word[0] == "-" else "present")
        for word in text.split()
    )
    return dict(pairs)


CLASSICS = {
    "als": [
        "age=60-69 sex=male onset_region=upper_limb onset_asymmetry=asymmetric onset_tempo=progressive"
        " weakness"
        " arm_weakness arm_atrophy arm_fasciculation split_hand hyperreflexia_arms hyperreflexia_legs"
        " babinski"
        " tongue_fasciculation spread -sensory_loss",
        "age=60-69 onset_region=bulbar onset_tempo=progressive dysarthria dysphagia tongue_atrophy"
        " tongue_fasciculation jaw_jerk_brisk pseudobulbar_affect hyperreflexia_arms -ptosis_diplopia"
        " weight_loss",
    ],
    "pls": [
        "age=50-59 onset_region=lower_limb onset_tempo=slow spasticity_legs spasticity_arms"
        " hyperreflexia_arms"
        " hyperreflexia_legs babinski dysarthria jaw_jerk_brisk pseudobulbar_affect -arm_atrophy -leg_atrophy"
        " -family_history emg_denervation_cervical=absent emg_denervation_lumbosacral=absent"
        " mri_white_matter=none mri_cord_compression=absent",
    ],
    "pma": [
        "age=60-69 sex=male onset_region=upper_limb onset_asymmetry=asymmetric onset_tempo=slow weakness"
        " arm_weakness leg_weakness arm_atrophy leg_atrophy arm_fasciculation leg_fasciculation"
        " areflexia_arms"
        " -hyperreflexia_arms -hyperreflexia_legs -babinski -jaw_jerk_brisk -dysarthria spread -sensory_loss"
        " tms_umn_abnormal=absent emg_denervation_cervical emg_denervation_lumbosacral"
        " emg_denervation_thoracic"
        " ncs_conduction_block=absent -prior_polio",
    ],
    "sbma": [
        "age=40-49 sex=male onset_tempo=slow weakness proximal_pattern leg_weakness perioral_fasciculation"
        " tongue_atrophy dysarthria postural_tremor gynaecomastia areflexia_arms areflexia_legs cramps"
        " ck=mild ncs_sensory_abnormal -babinski",
    ],
    "sma_adult": [
        "age=18-39 onset_region=lower_limb onset_tempo=slow onset_asymmetry=symmetric weakness"
        " proximal_pattern"
        " leg_weakness areflexia_legs -sensory_loss -dysarthria -babinski smn1=deleted",
    ],
    "hsp": [
        "age=18-39 family_history onset_region=lower_limb onset_tempo=slow onset_asymmetry=symmetric"
        " spasticity_legs hyperreflexia_legs babinski gait_imbalance vibration_loss bladder_bowel -dysarthria"
        " mri_white_matter=none mri_cord_compression=absent hsp_gene=positive",
    ],
    "hirayama": [
        "age=18-39 sex=male onset_region=upper_limb onset_asymmetry=asymmetric onset_tempo=static weakness"
        " arm_weakness arm_atrophy -sensory_loss -hyperreflexia_legs mri_flexion_shift -leg_weakness",
    ],
    "post_polio": [
        "age=60-69 prior_polio onset_tempo=slow onset_region=lower_limb weakness leg_weakness leg_atrophy"
        " areflexia_legs -babinski -sensory_loss emg_reinnervation_lumbosacral",
    ],
    "dcm": [
        "age=60-69 onset_region=upper_limb onset_tempo=progressive weakness arm_weakness gait_imbalance"
        " neck_pain"
        " sensory_symptoms sensory_loss hyperreflexia_legs hoffmann babinski bladder_bowel"
        " mri_cord_compression=compression_with_signal -dysarthria",
    ],
    "syringomyelia": [
        "age=18-39 onset_region=upper_limb onset_tempo=slow arm_atrophy weakness arm_weakness"
        " dissociated_sensory_loss sensory_loss areflexia_arms hyperreflexia_legs mri_syrinx",
    ],
    "cord_tumour": [
        "age=50-59 onset_region=lower_limb onset_tempo=progressive weakness leg_weakness spasticity_legs"
        " hyperreflexia_legs babinski sensory_level sensory_loss bladder_bowel mri_spinal_mass",
        "age=60-69 onset_region=upper_limb weakness arm_weakness arm_atrophy hyperreflexia_legs neck_pain"
        " mri_spinal_mass",
    ],
    "radiculopathy": [
        "age=50-59 onset_region=upper_limb onset_asymmetry=asymmetric onset_tempo=subacute neck_pain"
        " radicular_pain sensory_symptoms sensory_loss weakness arm_weakness -hyperreflexia_legs"
        " mri_root_compression emg_denervation_cervical",
    ],
    "brain_tumour": [
        "age=60-69 onset_tempo=progressive weakness arm_weakness leg_weakness hemiparetic_pattern"
        " facial_weakness"
        " hyperreflexia_arms babinski mri_brain_mass cognitive_behavioural",
    ],
    "stroke": [
        "age=70-79 onset_tempo=sudden weakness arm_weakness leg_weakness facial_weakness hemiparetic_pattern"
        " dysarthria hyperreflexia_arms mri_infarct",
    ],
    "ms": [
        "age=18-39 sex=female onset_tempo=relapsing weakness leg_weakness sensory_symptoms sensory_loss"
        " hyperreflexia_legs babinski optic_or_cerebellar lhermitte bladder_bowel"
        " mri_white_matter=demyelinating"
        " csf_ocb mri_cord_lesion=short_segment",
    ],
    "scd": [
        "age=60-69 onset_tempo=subacute onset_region=lower_limb sensory_symptoms vibration_loss sensory_loss"
        " gait_imbalance babinski areflexia_legs b12_copper=low",
    ],
    "htlv1": [
        "age=40-49 sex=female onset_region=lower_limb onset_tempo=slow spasticity_legs hyperreflexia_legs"
        " babinski"
        " bladder_bowel low_back_pain gait_imbalance htlv_serology=positive",
    ],
    "mmn": [
        "age=40-49 sex=male onset_region=upper_limb onset_asymmetry=asymmetric onset_tempo=slow weakness"
        " arm_weakness single_nerve_pattern cramps arm_fasciculation -sensory_loss -hyperreflexia_arms"
        " ncs_conduction_block anti_gm1=positive",
    ],
    "cidp": [
        "age=60-69 onset_tempo=progressive onset_asymmetry=symmetric weakness proximal_pattern arm_weakness"
        " leg_weakness sensory_loss areflexia_arms areflexia_legs ncs_demyelinating csf_protein=elevated",
    ],
    "neuralgic_amyotrophy": [
        "age=18-39 sex=male onset_tempo=sudden onset_region=upper_limb onset_asymmetry=asymmetric"
        " acute_shoulder_pain weakness arm_weakness scapular_winging arm_atrophy -hyperreflexia_legs",
    ],
    "toxic_motor_neuropathy": [
        "age=40-49 onset_tempo=subacute onset_region=upper_limb weakness arm_weakness foot_drop -sensory_loss"
        " lead_level=elevated",
    ],
    "mg": [
        "age=60-69 onset_region=bulbar onset_tempo=relapsing dysarthria dysphagia fatigability"
        " ptosis_diplopia"
        " facial_weakness achr_musk=positive rns_decrement",
        "age=60-69 onset_region=bulbar onset_tempo=relapsing dysarthria dysphagia fatigability"
        " ptosis_diplopia"
        " -tongue_atrophy",
    ],
    "lems": [
        "age=60-69 onset_region=lower_limb onset_tempo=subacute weakness proximal_pattern leg_weakness"
        " areflexia_legs"
        " autonomic fatigability rns_increment vgcc=positive",
    ],
    "ibm": [
        "age=60-69 sex=male onset_tempo=slow weakness finger_flexor_quadriceps arm_weakness leg_weakness"
        " leg_atrophy"
        " dysphagia ck=mild emg_myopathic",
    ],
    "myositis": [
        "age=50-59 sex=female onset_tempo=subacute onset_asymmetry=symmetric weakness proximal_pattern"
        " arm_weakness"
        " leg_weakness ck=high emg_myopathic -sensory_loss -areflexia_legs",
    ],
    "thyrotoxicosis": [
        "age=18-39 onset_tempo=subacute weakness proximal_pattern weight_loss postural_tremor"
        " hyperreflexia_arms hyperreflexia_legs thyroid_calcium=abnormal",
    ],
    "bfs": [
        "age=18-39 leg_fasciculation cramps -weakness -leg_atrophy -arm_atrophy emg_fasciculation"
        " emg_denervation_cervical=absent emg_denervation_lumbosacral=absent",
    ],
}
CASES = [(diagnosis, text) for diagnosis, texts in CLASSICS.items() for text in texts]


@pytest.mark.parametrize(("diagnosis", "text"), CASES, ids=[f"{d}-{i}" for i, (d, _) in enumerate(CASES)])
def test_a_textbook_presentation_is_first(diagnosis, text):
    answer = engine("als_mimics").diagnose(Case(findings(text)))
    assert answer.ranking[0] == diagnosis, answer


PLACED = {
    "cervical cord": "weakness arm_weakness arm_atrophy hyperreflexia_legs hoffmann sensory_loss neck_pain",
    "thoracic cord": "leg_weakness spasticity_legs babinski sensory_level bladder_bowel",
    "conus and cauda equina": "leg_weakness areflexia_legs sensory_loss bladder_bowel low_back_pain"
    " radicular_pain",
    "muscle": "proximal_pattern emg_myopathic leg_weakness arm_weakness -sensory_loss",
    "peripheral nerves": "areflexia_arms areflexia_legs sensory_loss vibration_loss foot_drop"
    " ncs_sensory_abnormal",
    "one hemisphere": "hemiparetic_pattern facial_weakness arm_weakness hyperreflexia_arms",
    "plexus": "acute_shoulder_pain scapular_winging arm_weakness",
}


@pytest.mark.parametrize(("place", "text"), PLACED.items(), ids=PLACED)
def test_signs_point_to_their_place(place, text):
    found = localise(engine("als_mimics", "flat"), Case(findings(text)))
    assert next(iter(found.places)) == place, found.places


ARM = "age=60-69 weakness arm_weakness arm_atrophy hyperreflexia_legs neck_pain"
HALF = "age=40-49 weakness arm_weakness leg_weakness sensory_symptoms hyperreflexia_arms hyperreflexia_legs"
SHOWN = [
    ("cord_tumour", ARM, "mri_spinal_mass"),
    ("dcm", ARM, "mri_cord_compression=compression_with_signal"),
    ("ms", HALF, "mri_white_matter=demyelinating"),
    ("stroke", HALF, "mri_infarct"),
    ("brain_tumour", HALF, "mri_brain_mass"),
]


@pytest.mark.parametrize(("diagnosis", "signs", "finding"), SHOWN, ids=[d for d, *_ in SHOWN])
def test_what_mri_shows_at_the_place_of_the_signs_is_seen(diagnosis, signs, finding):
    """What fits the place of the signs leads or comes close, and is never to be missed."""
    machine = engine("als_mimics")
    case = Case(findings(f"{signs} {finding}"))
    answer = machine.diagnose(case)
    first = answer.probability(answer.ranking[0])
    assert answer.ranking.index(diagnosis) < 2 and answer.probability(diagnosis) > first / 2, answer
    assert diagnosis in [alert.diagnosis for alert in never_miss(machine, case)]
