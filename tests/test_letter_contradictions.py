"""What a letter states twice: a contradiction is shown, and what is of another date, side or part is none."""

import pytest
from clinic_letter import states

from dxnet import read_text


def test_contradictions_are_shown_and_not_entered(als):
    letter = read_text("The plantars were flexor.\n\nLater that day the plantars were extensor.", als)
    assert {it.entry for it in letter} == {"absent", "present"}
    assert all(it.contradicted_by for it in letter) and set(letter.contradictions) == {"babinski"}
    assert letter.to_case().findings == {}


@pytest.mark.parametrize("break_", [" ", "\n", "\n\n"])
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The jaw jerk was brisk.", "The jaw jerk was normal."),
        ("Babinski sign positive.", "Babinski sign negative."),
        ("Plantars flexor.", "Babinski sign positive."),
        ("There was ptosis.", "No ptosis."),
        ("Swallowing is normal.", "There is dysphagia to liquids."),
        ("There is wasting of the hands.", "There is no wasting of the hands."),
        ("Tone was normal in the legs.", "Tone was increased in the legs."),
        ("CK normal.", "CK 1800."),
        ("Ankle clonus was absent.", "Clonus was present at the ankle."),
        ("Clonus was absent at the ankle.", "Ankle clonus was present."),
        ("There was tremor of the hands.", "No hand tremor."),
        ("Leg cramps are denied.", "Cramps in the legs."),
    ],
)
def test_what_two_sentences_state_of_the_same_is_a_contradiction(als, one, other, break_):
    letter = read_text(f"{one}{break_}{other}", als)
    (sides,) = letter.contradictions.values()
    assert {it.sentence for it in sides} == {one, other}
    assert not letter.to_case().findings


@pytest.mark.parametrize("text", ["CK 180 U/L. CK 1200 U/L.", "CK was 1200 U/L.\n\nCK was 180 U/L."])
def test_of_two_numbers_the_abnormal_one_is_kept_with_the_notice(als, text):
    letter = read_text(text, als)
    (sides,) = letter.contradictions.values()
    assert {(it.entry, it.holds) for it in sides} == {("1200 U/L", True), ("180 U/L", False)}
    assert letter.to_case().findings == {"ck": "1200 U/L"}


@pytest.mark.parametrize(
    "text",
    [
        "In 2019 there was no arm weakness. In 2021 there was arm weakness.",
        "On 3/2/2024 there was no ptosis. On 5/6/2024 there was ptosis.",
        "There was no ptosis in January. There was ptosis on 3 May.",
        "He did not report dysphagia until May. Dysphagia is present.",
    ],
)
def test_what_is_stated_of_other_dates_contradicts_nothing(als, text):
    letter = read_text(text, als)
    assert not letter.contradictions and "present" in letter.to_case().findings.values()
    same = read_text("In 2021 there was no arm weakness. In 2021 there was arm weakness.", als)
    assert set(same.contradictions) == {"arm_weakness"}


@pytest.mark.parametrize(
    "text",
    [
        "Right plantar extensor. Left plantar flexor.",
        "No diplopia. There was left ptosis.",
        "Power of hip flexion 4/5, otherwise 5/5. Power otherwise normal.",
        "Wasting of the right hand. No wasting of the left hand.",
        "Biceps jerks brisk. Reflexes otherwise normal in the arms.",
        "FVC 85%. FVC 62% lying flat.",
        "CK 1800. CK 1850.",
        "Power was normal proximally. Power was reduced distally.",
        "Wasting of the distal leg muscles. No wasting of the proximal leg muscles.",
        "No dyspnoea sitting. Dyspnoea lying flat.",
        "FVC normal sitting. FVC reduced lying.",
        "Median motor amplitudes low. Ulnar motor amplitudes normal.",
        "Bladder: urgency. Bowels fine.",
        "Ankle clonus was absent. Clonus was present at the knee.",
        "Right ankle clonus was absent. Clonus was present at the left ankle.",
        "No hand tremor. There was tremor of the legs.",
    ],
)
def test_what_is_stated_of_another_side_part_or_organ_contradicts_nothing(als, text):
    assert not read_text(text, als).contradictions


@pytest.mark.parametrize("place", ["proximally", "distally", "sitting", "on exertion"])
def test_what_is_stated_of_the_same_muscles_or_posture_is_a_contradiction(als, place):
    assert read_text(f"Power was normal {place}. Power was reduced {place}.", als).contradictions


def test_an_abnormal_part_outweighs_normal_ones(als):
    found = states(read_text("Deltoid 5/5, biceps 5/5, finger abduction 3/5.", als))
    assert found["arm_weakness"] == "present"
    assert states(read_text("Power of hip flexion 4/5, otherwise 5/5.", als))["leg_weakness"] == "present"


def test_what_was_copied_from_an_earlier_letter_yields_to_today(als):
    text = (
        "--- previous note ---\nTongue normal.\n--- end previous note ---\nEXAMINATION TODAY: Tongue wasted."
    )
    assert states(read_text(text, als))["tongue_atrophy"] == "present"


def test_a_line_of_an_earlier_year_yields_to_today(als):
    text = "2022: conduction block in R median forearm.\n3/5/2024: no conduction block."
    assert states(read_text(text, als))["ncs_conduction_block"] == "absent"
