"""Letters that are no plain prose: forms, tables, stays, and dictations without signs or capitals."""

import pytest
from clinic_letter import states
from hypothesis import given
from hypothesis import strategies as st

from dxnet import read_text
from dxnet.formats.text.phrases import norm, tokens_of, written_out

STAY = """\
DISCHARGE SUMMARY
Admitted 4 September, discharged 21 September

On admission
Bilateral ptosis. Neck flexion 3/5. Deltoids 4/5. Hip flexion 3/5. Left foot drop. FVC 1.1 L (44% predicted).

Progress
IVIg was given. Swallowing recovered over the second week, and the neck pain settled.

{end}
No ptosis. Neck 5/5. Deltoids 4+/5, biceps 5/5; legs 5/5. FVC 2.3 L (91% predicted).
"""


@pytest.mark.parametrize(
    "end", ["Condition at discharge", "Day 16, before discharge:", "EXAM ON DAY OF DISCHARGE:"]
)
def test_of_a_stay_the_state_at_its_end_holds(als, end):
    found = states(read_text(STAY.format(end=end), als))
    assert found["ptosis_diplopia"] == found["trunk_weakness"] == found["leg_weakness"] == "absent"
    assert found["dysphagia"] == found["neck_pain"] == "absent"
    assert found["arm_weakness"] == "present" and "foot_drop" not in found
    assert found["respiratory_fvc"].startswith("91 %")


def test_what_is_normal_of_one_part_later_says_nothing_of_another(als):
    text = STAY.format(end="On discharge").replace("Deltoids 4+/5, biceps", "Biceps")
    assert states(read_text(text, als))["arm_weakness"] == "present"


def test_a_clinic_letter_on_a_stay_is_no_summary_of_it(als):
    text = "She is weak since May.\n\nClinical course: legs strong in June.\n\nExamination: hip flexion 3/5."
    assert states(read_text(text, als))["leg_weakness"] == "present"


def test_ticked_answers_and_fields_of_a_form_are_read(als):
    form = (
        "Sex: M [ ] F [x]\nFAMILY HISTORY    | Nil neuromuscular\n\nSYSTEMS   | YES | NO  | COMMENT\n"
        "Dysphagia | x   |     | liquids\nPtosis    |     |  x  |\nCramps    |     |     | not asked\n"
        "\nNEUROLOGY      | RIGHT | LEFT\nFasciculation arm | no | no\nScapular winging  | YES | no\n"
    )
    found = states(read_text(form, als))
    assert found["sex"] == "female" and found["family_history"] == "absent"
    assert found["dysphagia"] == "present" and found["ptosis_diplopia"] == "absent" and "cramps" not in found
    assert found["arm_fasciculation"] == "absent" and found["scapular_winging"] == "present"


def test_tables_of_two_sides_are_read(als):
    table = (
        "Motor       R    L\nDeltoid     5    5\nFDI         3    4\nTA          5    5\n"
        "Reflexes    R    L\nKnee        3+   3+\nAnkle       0    0\n"
    )
    found = states(read_text(table, als))
    assert found["arm_weakness"] == found["hyperreflexia_legs"] == found["areflexia_legs"] == "present"
    assert found["leg_weakness"] == "absent"


def test_of_a_table_of_two_sides_in_words_the_abnormal_side_counts(als):
    table = (
        "                 R       L\nArm wasting      nil     nil\nLeg wasting      nil     calf\n"
        "Plantar          down    up\nClonus           -       -\n"
    )
    found = states(read_text(table, als))
    assert found["leg_atrophy"] == found["babinski"] == "present"
    assert found["arm_atrophy"] == found["clonus"] == "absent"


def test_boxes_in_round_brackets_are_ticked(als):
    form = "Ever had polio?   ( ) yes  (x) no\nDysphagia?   (x) yes  ( ) no\n"
    found = states(read_text(form, als))
    assert found["prior_polio"] == "absent" and found["dysphagia"] == "present"


@pytest.mark.parametrize("first, last", [("17 October", "19 October"), ("3/8", "9/8"), ("day 1", "day 8")])
def test_of_the_examinations_of_a_stay_the_last_holds(als, first, last):
    text = (
        "DISCHARGE SUMMARY\n\nA carpenter.\n\nSeen on the ward.\n\n"
        f"Examination {first}: Hip flexion 3/5. Right ankle clonus. Urgency.\n\nMRI: no compression.\n\n"
        f"Examination {last}: Hip flexion 5/5. No clonus. Urgency has resolved.\n"
    )
    found = states(read_text(text, als))
    assert found["leg_weakness"] == found["clonus"] == found["bladder_bowel"] == "absent"


def test_a_letter_without_capitals_has_sentences_and_lines(als):
    text = "no dysphagia. speech slurred. no cramps\ntongue wasted, no fascics\n"
    text += "ul: power 4/5. no wasting. plantars up"
    found = states(read_text(text, als))
    assert found["dysphagia"] == found["cramps"] == found["tongue_fasciculation"] == "absent"
    assert found["dysarthria"] == found["tongue_atrophy"] == found["arm_weakness"] == "present"
    assert found["arm_atrophy"] == "absent" and found["babinski"] == "present"


def test_tables_of_needle_emg_are_read(als):
    table = (
        "Needle EMG\nMuscle        Fib  PSW  Fasc  MUP\n"
        "L FDI         2+   1+   0     large\nR tib. anterior   0  0  0  normal\n"
    )
    found = states(read_text(table, als))
    assert found["emg_denervation_cervical"] == found["emg_reinnervation_cervical"] == "present"
    assert found["emg_denervation_lumbosacral"] == found["emg_reinnervation_lumbosacral"] == "absent"
    assert found["emg_fasciculation"] == "absent"


def test_an_empty_field_of_a_form_states_nothing(als):
    letter = read_text("Babinski: ____\nClonus:\nHoffmann: absent", als)
    assert states(letter) == {"hoffmann": "absent"}
    assert [it.sentence for it in letter.not_understood] == ["Babinski: ____", "Clonus:"]


@given(st.text(max_size=60))
def test_tokens_lie_where_they_say(text):
    for token in tokens_of(text):
        assert len(token.text) == token.end - token.start


def test_spelling_makes_no_difference():
    for one, other in (
        ("oedema", "edema"),
        ("tumours", "tumor"),
        ("generalised", "generalized"),
        ("Toes", "toe"),
    ):
        assert norm(one) == norm(other)
    assert norm("this") == "this" and norm("brisk") != norm("brisker")
    assert set(written_out("a (b|c (d|))")) == {"a b", "a c", "a c d"}


def test_a_dictation_without_signs_is_parted_by_its_words(als):
    letter = (
        "he has no pain no tingling no trouble with the bladder his voice is unchanged he swallows "
        "everything and he is not short of breath new paragraph examination the tongue looks full "
        "there are no fasciculations in it there is wasting of both hands tone is normal in the "
        "lower limbs there is wasting of the left tibialis anterior knee jerks and ankle jerks "
        "absent plantars flexor no clonus hoffmanns negative"
    )
    found = states(read_text(letter, als))
    for finding in (
        "sensory_symptoms",
        "bladder_bowel",
        "dysphagia",
        "dyspnoea",
        "babinski",
        "clonus",
        "hoffmann",
    ):
        assert found[finding] == "absent"
    assert found["arm_atrophy"] == found["leg_atrophy"] == found["areflexia_legs"] == "present"
