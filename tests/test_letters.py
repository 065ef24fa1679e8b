"""Letters are read for what they state of the patient now, with the words, and for nothing else."""

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from clinic_letter import LETTER, states
from hypothesis import given
from hypothesis import strategies as st

from dxnet import Engine, Proposal, read_text
from dxnet.formats.text.rules import body_parts, rules_of, topics_of

SENTENCES = (Path(__file__).parent / "letter_sentences.txt").read_text(encoding="utf-8").splitlines()
STORY = {"age", "sex", "onset_region", "onset_asymmetry", "onset_tempo", "spread"}


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


def test_a_relative_is_an_exception_from_no_family_history(als):
    text = "There is no family history apart from a maternal aunt with MND."
    assert states(read_text(text, als))["family_history"] == "present"


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
