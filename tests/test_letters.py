"""Letters are read for what they state of the patient now, with the words, and for nothing else."""

import builtins
import io
import json
import os
import re
import subprocess
import sys
from dataclasses import FrozenInstanceError
from pathlib import Path

import docx
import pytest
import yaml
from click.testing import CliRunner
from fpdf import FPDF
from hypothesis import given
from hypothesis import strategies as st

from dxnet import CaseError, DxnetError, Engine, Proposal, letter_text, read_cases, read_text
from dxnet.cli import main
from dxnet.formats.text.files import text_of_letter
from dxnet.formats.text.phrases import norm, tokens_of, written_out
from dxnet.formats.text.rules import body_parts, rules_of, topics_of
from dxnet.knowledge.load import RESOURCES

SENTENCES = (Path(__file__).parent / "letter_sentences.txt").read_text(encoding="utf-8").splitlines()
STORY = {"age", "sex", "onset_region", "onset_asymmetry", "onset_tempo", "spread"}
LETTER = """\
Re: Mrs Agatha Pettigrew, NHS no 943 555 0182

This 64-year-old woman noticed 18 months ago that her right hand had become weak. Her brother has ALS.
She denies dysphagia.
On examination there was wasting of the right first dorsal interosseous. Reflexes were brisk throughout.
CK 850 U/L (<200).
Plan: MRI of the brain to exclude a mass.
"""


def states(letter):
    return {it.finding: it.entry for it in letter}


def test_sentences_state_what_they_are_coded_as(als):
    wrong = []
    for line in SENTENCES:
        sentence, _, coded = line.rpartition("|")
        wanted = {f: s.replace("~", " ") for f, _, s in (pair.partition("=") for pair in coded.split())}
        found = {
            it.finding: f"{it.certainty} {it.state}".strip()
            for it in read_text(sentence, als)
            if it.finding not in STORY
        }
        if found != wanted:
            wrong.append((sentence, wanted, found))
    assert not wrong
    assert len(SENTENCES) > 500


def test_a_letter_gives_proposals_with_their_words(als):
    letter = read_text(LETTER, als)
    found = states(letter)
    assert found["age"] == "63" and found["sex"] == "female" and found["family_history"] == "present"
    assert found["onset_region"] == "upper_limb" and found["onset_asymmetry"] == "asymmetric"
    assert found["dysphagia"] == "absent" and found["ck"] == "850 U/L (<200)"
    assert found["hyperreflexia_arms"] == found["hyperreflexia_legs"] == "present"
    assert not {"mri_brain_mass", "dysarthria"} & set(found)
    for it in letter:
        assert (it.words == LETTER[slice(*it.span)] and it.words in it.sentence) or "\n" in it.words
        assert it.state in als.findings[it.finding].states and it.label == als.findings[it.finding].label
    with pytest.raises(FrozenInstanceError):
        letter.proposals[0].state = "absent"


def test_what_is_not_mentioned_is_not_proposed(als):
    assert not read_text("Thank you for seeing this patient. We discussed the weather.", als).proposals
    assert "weakness" not in states(read_text("The cranial nerves were normal.", als))


@given(st.text(max_size=300))
def test_any_text_is_read(text):
    from conftest import network

    if text.strip():
        als = network("als_mimics")
        for it in read_text(text, als):
            assert it.finding in als.findings and 0 <= it.span[0] <= it.span[1] <= len(text)


@given(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4))
def test_every_proposal_can_be_entered(lines):
    from conftest import network

    als = network("als_mimics")
    text = "\n\n".join(line.rpartition("|")[0] for line in lines)
    read_text(text, als).to_case().likelihoods(als)


@pytest.mark.parametrize(
    "text",
    [
        "His brother has foot drop and dysarthria.",
        "If she develops dysphagia she should call.",
        "Please exclude cord compression.",
        "MRI of the cervical spine is awaited.",
        "Plan: look for conduction block and fasciculations in the arms.",
        "Her neighbour has limb weakness.",
        "Cramps in the past.",
    ],
)
def test_relatives_plans_and_the_past_are_left_out(als, text):
    assert not set(states(read_text(text, als))) - STORY - {"family_history"}


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
    ],
)
def test_what_is_stated_of_another_side_part_or_organ_contradicts_nothing(als, text):
    assert not read_text(text, als).contradictions


@pytest.mark.parametrize("place", ["proximally", "distally", "sitting", "on exertion"])
def test_what_is_stated_of_the_same_muscles_or_posture_is_a_contradiction(als, place):
    assert read_text(f"Power was normal {place}. Power was reduced {place}.", als).contradictions


@pytest.mark.parametrize(
    "text",
    [
        "The weakness was not noticed until the following week.",
        "Weakness in the right hand was not noticed until the following week.",
        "The foot drop was not noticed at first.",
        "The foot drop was never noticed by the patient.",
        "The ptosis wasn't noticed before May.",
        "The patient reports that the ptosis was not noticed until May.",
        "The patient has not noticed the tongue fasciculations. They are obvious.",
    ],
)
def test_what_was_not_noticed_at_a_time_is_not_absent(als, text):
    letter = read_text(text, als)
    assert "absent" not in states(letter).values()
    assert "onset_region" not in states(letter)
    assert [it.sentence for it in letter.not_understood] == [text.split(". ")[0].rstrip(".") + "."]


def test_what_is_not_noticed_and_told_of_is_there(als):
    for text in (
        "The patient had not noticed the wasting of both hands, which is marked.",
        "Wasting of both hands has not been noticed, although it is obvious.",
        "On examination there was wasting of both hands that had not been noticed.",
    ):
        assert states(read_text(text, als)) == {"arm_atrophy": "present"}, text


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("The patient has not noticed any change in speech.", "dysarthria"),
        ("Nobody has noticed any change in speech.", "dysarthria"),
        ("The patient has not noticed any wasting of the first dorsal interosseous.", "arm_atrophy"),
        ("Wasting was not noticed in the legs.", "leg_atrophy"),
        ("Diplopia was not noticed.", "ptosis_diplopia"),
        ("Diplopia: not noticed.", "ptosis_diplopia"),
        ("Diplopia has never been noticed.", "ptosis_diplopia"),
        ("No fasciculations were noticed in the tongue.", "tongue_fasciculation"),
    ],
)
def test_a_flat_denial_of_noticing_is_absent_and_no_onset(als, text, finding):
    assert states(read_text(text, als)) == {finding: "absent"}


@pytest.mark.parametrize(
    ("text", "dropped", "found"),
    [
        ("Ptosis was not pursued, but dysphagia is present.", "Ptosis was not pursued", "dysphagia"),
        (
            "The jaw jerk was brisk and ptosis has not been pursued.",
            "ptosis has not been pursued",
            "jaw_jerk_brisk",
        ),
        ("I did not test for ptosis, but there is dysphagia.", "did not test for ptosis", "dysphagia"),
        (
            "There is dysphagia but the ptosis was not noticed by anyone.",
            "ptosis was not noticed",
            "dysphagia",
        ),
    ],
)
def test_what_a_sentence_leaves_open_is_listed_beside_its_findings(als, text, dropped, found):
    letter = read_text(text, als)
    assert states(letter) == {found: "present"}
    (listed,) = letter.not_understood
    assert listed.sentence == dropped == text[slice(*listed.span)]


SIGNS = ("Babinski sign", "clonus", "ptosis", "the jaw jerk", "head drop", "split hand sign", "Hoffmann")


@given(
    st.lists(st.sampled_from(SIGNS), min_size=1, max_size=4, unique=True),
    st.sampled_from(("{} not tested.", "{}: not assessed.", "I did not look for {}.", "Not examined: {}.")),
    st.sampled_from((" and ", ", ", " or ")),
)
def test_of_no_row_that_was_not_tested_anything_is_proposed(row, told, joint):
    from conftest import network

    text = told.format(joint.join([", ".join(row[:-1]), row[-1]]) if row[1:] else row[0])
    assert not read_text(text, network("als_mimics")).proposals
    stated = read_text(f"There was gynaecomastia; {text}", network("als_mimics"))
    assert states(stated) == {"gynaecomastia": "present"}


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("Extensor plantars and gait not tested.", "Extensor plantars and gait not tested."),
        ("There is ptosis and clonus was not tested.", "clonus was not tested"),
        ("Hoffmann positive, Babinski and clonus not tested.", "Babinski and clonus not tested"),
        ("Babinski ND", "Babinski ND"),
    ],
)
def test_what_was_not_tested_is_listed_as_one_span(als, text, listed):
    assert [it.sentence for it in read_text(text, als).not_understood] == [listed]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Denies dysphagia.", "Denies dysphagia"),
        ("She denies cramps, ptosis and dysphagia.", "denies cramps, ptosis and dysphagia"),
        ("Dysphagia was denied.", "Dysphagia was denied"),
        ("No cramps and no dysphagia.", "no dysphagia"),
        ("The dysphagia has resolved.", "dysphagia has resolved"),
    ],
)
def test_a_denial_is_quoted_with_its_word(als, text, words):
    (it,) = (it for it in read_text(text, als) if it.finding == "dysphagia")
    assert it.state == "absent" and it.words == words == text[slice(*it.span)]


def test_an_ellipsis_is_quoted_with_its_words(als):
    (_, legs) = read_text("The hands are wasted, the legs are not.", als)
    assert (legs.finding, legs.state, legs.words) == ("leg_atrophy", "absent", "wasted, the legs are not")


@pytest.mark.parametrize("date", ["05.1962", "5/1962", "05-1962"])
@pytest.mark.parametrize("told", ["since age {}", "Onset in {}", "Symptoms began at {}", "Weak from age {}"])
def test_a_month_with_its_year_is_no_age(als, told, date):
    assert "age" not in states(read_text(f"{told.format(date)}.", als))
    assert states(read_text(f"{told.format('45')}.", als))["age"] == "45"


@pytest.mark.parametrize(
    "text",
    [
        "The plantar responses were not assessed on the left; on the right upgoing.",
        "The plantar response was flexor on the left; on the right upgoing.",
        "Left plantar flexor. Right extensor.",
    ],
)
def test_a_sign_goes_on_to_the_other_side(als, text):
    assert states(read_text(text, als)) == {"babinski": "present"}


def test_an_abnormal_part_outweighs_normal_ones(als):
    found = states(read_text("Deltoid 5/5, biceps 5/5, finger abduction 3/5.", als))
    assert found["arm_weakness"] == "present"
    assert states(read_text("Power of hip flexion 4/5, otherwise 5/5.", als))["leg_weakness"] == "present"


def test_what_was_copied_from_an_earlier_letter_yields_to_today(als):
    text = (
        "--- previous note ---\nTongue normal.\n--- end previous note ---\nEXAMINATION TODAY: Tongue wasted."
    )
    assert states(read_text(text, als))["tongue_atrophy"] == "present"


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


def test_a_line_of_an_earlier_year_yields_to_today(als):
    text = "2022: conduction block in R median forearm.\n3/5/2024: no conduction block."
    assert states(read_text(text, als))["ncs_conduction_block"] == "absent"


def test_a_relative_is_an_exception_from_no_family_history(als):
    text = "There is no family history apart from a maternal aunt with MND."
    assert states(read_text(text, als))["family_history"] == "present"


def test_a_letter_without_capitals_has_sentences_and_lines(als):
    text = "no dysphagia. speech slurred. no cramps\ntongue wasted, no fascics\n"
    text += "ul: power 4/5. no wasting. plantars up"
    found = states(read_text(text, als))
    assert found["dysphagia"] == found["cramps"] == found["tongue_fasciculation"] == "absent"
    assert found["dysarthria"] == found["tongue_atrophy"] == found["arm_weakness"] == "present"
    assert found["arm_atrophy"] == "absent" and found["babinski"] == "present"


def test_a_case_of_a_letter_holds_no_word_of_it(als):
    case = read_text(LETTER, als).to_case()
    assert "Pettigrew" not in repr(case) and "943" not in repr(case)
    assert not case.id and not case.about
    soft = read_text(LETTER, als).to_case(softly=True)
    assert soft.findings["dysphagia"] == "probable absent" and soft.findings["ck"] == "850 U/L (<200)"
    Engine(als, backend="numpy").diagnose(soft)


def test_words_of_doubt_become_soft_words(als):
    (it,) = read_text("On examination there was possible wasting of the thighs.", als)
    assert (it.state, it.entry, it.certainty) == ("present", "possible present", "possible")


def test_tables_of_needle_emg_are_read(als):
    table = (
        "Needle EMG\nMuscle        Fib  PSW  Fasc  MUP\n"
        "L FDI         2+   1+   0     large\nR tib. anterior   0  0  0  normal\n"
    )
    found = states(read_text(table, als))
    assert found["emg_denervation_cervical"] == found["emg_reinnervation_cervical"] == "present"
    assert found["emg_denervation_lumbosacral"] == found["emg_reinnervation_lumbosacral"] == "absent"
    assert found["emg_fasciculation"] == "absent"


def test_a_normal_test_of_two_needs_both(als):
    assert "b12_copper" not in states(read_text("B12 normal.", als))
    assert states(read_text("B12 and copper normal.", als))["b12_copper"] == "normal"


def test_another_network_is_read_by_its_own_names(asia):
    label = next(f.label for f in asia.findings.values() if f.states[0] == "absent" and len(f.states) == 2)
    (it,) = read_text(f"There was {label.lower()}.", asia)
    assert it.state == "present" and isinstance(it, Proposal)


@pytest.mark.parametrize(
    "text",
    [
        "MRI brain was normal.",
        "MRI whole spine normal.",
        "MRI brain was abnormal.",
        "Nerve conduction studies were normal.",
        "EMG normal.",
        "TSH, B12 normal.",
        "TSH 3.0.",
        "CK was 1.250 U/l.",
        "Bloods normal.",
        "CSF normal.",
        "CT head normal.",
        "Genetic testing negative.",
    ],
)
def test_a_whole_test_that_is_normal_is_listed_and_never_lost(als, text):
    letter = read_text(text, als)
    assert not letter.proposals
    assert [it.sentence for it in letter.not_understood] == [text]


def test_a_whole_test_is_listed_beside_findings_of_its_sentence(als):
    letter = read_text("MRI brain was normal and CK 300. NCS: sural normal. CK 310 and TSH normal.", als)
    assert [it.sentence for it in letter.not_understood] == ["MRI brain was normal"]
    assert states(letter)["ck"] == "310" and not letter.contradictions


def test_a_test_that_is_planned_or_was_not_done_is_not_listed(als):
    text = "CK requested. MRI brain not done. MRI of the spine is to be arranged to exclude a high lesion."
    assert not read_text(text, als).not_understood


def test_a_sign_that_was_not_examined_is_listed(als):
    for text in (
        "Babinski sign was not tested.",
        "Clonus could not be tested.",
        "Dysphagia, swallow not assessed.",
        "Reflexes not tested brisk in the legs.",
    ):
        letter = read_text(text, als)
        assert not letter.proposals and [it.sentence for it in letter.not_understood] == [text]


def test_an_empty_field_of_a_form_states_nothing(als):
    letter = read_text("Babinski: ____\nClonus:\nHoffmann: absent", als)
    assert states(letter) == {"hoffmann": "absent"}
    assert [it.sentence for it in letter.not_understood] == ["Babinski: ____", "Clonus:"]


@pytest.mark.parametrize("act", ["tested", "examined", "assessed", "looked for", "performed", "commented on"])
def test_what_was_not_examined_is_neither_present_nor_absent(als, act):
    acts = (f"was not {act}", f"has not been {act}", f"could not be {act}", f": not {act}")
    for finding in ("Babinski sign", "Clonus", "Ptosis", "Head drop", "Split hand sign", "Jaw jerk"):
        for not_done in acts:
            told = f"Tone was normal in the legs, {finding} {not_done}."
            letter = read_text(f"{finding} {not_done}.", als)
            assert not letter.proposals, not_done
            assert states(read_text(told, als)) == {"spasticity_legs": "absent"}, told


@pytest.mark.parametrize(
    "text",
    [
        "58-year-old man developed a right foot drop.",
        "A 62-year-old woman whose left hand became weak.",
        "This 45 year old man, right leg began dragging.",
        "In the past year his left leg became weak.",
        "Last year his left foot began to drop.",
        "For eight months the right foot would no longer lift.",
        "He is 18 years of age and his left hand is weak.",
    ],
)
def test_an_age_or_a_duration_is_neither_spread_nor_tempo(als, text):
    assert not {"spread", "onset_tempo"} & states(read_text(text, als)).keys()


@pytest.mark.parametrize(
    "text",
    [
        "A year later the left hand became weak.",
        "Six months on, the left leg began to drag.",
        "Within a year the left hand was weak.",
        "In the past year the other leg became weak.",
    ],
)
def test_a_later_time_with_another_limb_is_spread(als, text):
    assert states(read_text(text, als))["spread"] == "present"


def test_sentences_without_a_finding_are_listed(als):
    letter = read_text("There were fasciculations. He likes tea.", als)
    assert [it.sentence for it in letter.not_understood] == ["There were fasciculations."]


@pytest.mark.parametrize(
    ("text", "error"), [("  \n", CaseError), ("x" * 200_001, CaseError), (b"x", TypeError)]
)
def test_what_is_no_letter_is_refused(als, text, error):
    with pytest.raises(error):
        read_text(text, als)


def test_missing_packages_are_named(als, monkeypatch):
    real = builtins.__import__

    def without(name, *rest):
        if name.split(".")[0] in ("spacy", "docx", "pypdf"):
            raise ImportError(name)
        return real(name, *rest)

    never_read_with = als.model_copy()
    monkeypatch.setattr(builtins, "__import__", without)
    for call in (
        lambda: read_text("No weakness.", never_read_with),
        lambda: text_of_letter("a.docx", b"x"),
        lambda: text_of_letter("a.pdf", b"x"),
    ):
        with pytest.raises(DxnetError, match=r"dxnet\[text\]"):
            call()


def word_file(*lines):
    document, kept = docx.Document(), io.BytesIO()
    for line in lines:
        document.add_paragraph(line)
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "CK", "850 U/L"
    document.save(kept)
    return kept.getvalue()


def pdf_file(text):
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("helvetica")
    if text:
        pdf.cell(text=text)
    return bytes(pdf.output())


def test_files_give_their_text(tmp_path):
    files = {
        "a.txt": "Plantars up – right.".encode(),
        "b.txt": "caf\xe9".encode("cp1252"),
        "c.docx": word_file("Plantars up."),
        "d.pdf": pdf_file("Plantars up."),
    }
    texts = {}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        texts[name] = letter_text(tmp_path / name).strip()
    assert texts == {
        "a.txt": "Plantars up – right.",
        "b.txt": "café",
        "c.docx": "Plantars up.\nCK | 850 U/L",
        "d.pdf": "Plantars up.",
    }


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("scan.pdf", pdf_file(""), "scan"),
        ("old.doc", b"x", "save it as .docx"),
        ("picture.png", b"x", "known are"),
        ("broken.docx", b"x", "Word"),
        ("broken.pdf", b"x", "PDF"),
        ("binary.txt", b"\xff\x00\x01\x80", "not text"),
        ("empty.txt", b"  ", "empty"),
    ],
)
def test_files_that_are_no_letters_are_refused(name, content, message):
    with pytest.raises(CaseError, match=message):
        text_of_letter(name, content)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CaseError, match=r"gone\.txt"):
        letter_text(tmp_path / "gone.txt")


def test_the_command_prints_proposals_and_writes_a_case(tmp_path):
    path, output = tmp_path / "letter.txt", tmp_path / "case.yaml"
    path.write_text(LETTER, encoding="utf-8")
    result = CliRunner().invoke(main, ["read", str(path), "-o", str(output)])
    assert result.exit_code == 0, result.output
    assert "for you to confirm" in result.output and "Creatine kinase" in result.output
    assert "Pettigrew" not in output.read_text(encoding="utf-8")
    (case,) = read_cases(output)
    assert case.findings["ck"] == "850 U/L (<200)"
    output = tmp_path / "soft.yaml"
    CliRunner().invoke(main, ["read", str(path), "-o", str(output), "--probable", "--note"])
    kept = yaml.safe_load(output.read_text(encoding="utf-8"))
    assert kept["findings"]["dysphagia"] == "probable absent" and "dysphagia" in kept["note"]
    plain = json.loads(CliRunner().invoke(main, ["read", str(path), "--json"]).output)
    assert {it["finding"] for it in plain["proposals"]} >= {"ck", "dysphagia"}


@pytest.mark.parametrize("content", [b"Mrs Pettigrew has ALS", b"%PDF-1.4\nMrs Pettigrew has ALS\n%%EOF"])
def test_what_is_no_pdf_is_told_in_one_line_without_its_words(tmp_path, content):
    (tmp_path / "letter.pdf").write_bytes(content)
    words = [sys.executable, "-m", "dxnet", "read", "letter.pdf", "--network", "asia"]
    environment = {**os.environ, "PYTHONPATH": str(RESOURCES)}
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and done.stdout == ""
    assert re.fullmatch(r"error: letter\.pdf: cannot be read as a PDF \(\w+\); save it .*\n", done.stderr)


def test_the_command_shows_contradictions_and_errors(tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text("The plantars were flexor.\n\nThe plantars were extensor.\n\nThere was weakness.")
    output = CliRunner().invoke(main, ["read", str(path)]).output
    assert "it is left out" in output
    path.write_text("CK was 1200 U/L. CK was 180 U/L.")
    assert "1200 U/L is kept" in CliRunner().invoke(main, ["read", str(path)]).output
    result = CliRunner().invoke(main, ["read", str(tmp_path / "none.pdf")])
    assert result.exit_code == 2 and "none.pdf" in result.output


def test_the_rules_name_only_what_there_is(als):
    topics, parts = topics_of(als), body_parts()
    for name in ("topics.yaml", "tests.yaml"):
        for topic, rule in rules_of(name).items():
            for quality, of in rule["means"].items():
                for place, text in of.items():
                    known = {"any", *parts, *(r for part in parts.values() for r in part.regions)}
                    assert place in known, (topic, quality, place)
                    for pair in text.split(" and ") if text != "nothing" else ():
                        finding, state = pair.split()
                        assert state in als.findings[finding].states, (topic, pair)
            for other in (*rule.get("instead in", {}).values(), *filter(None, [rule.get("needs")])):
                assert other in topics, (topic, other)


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
