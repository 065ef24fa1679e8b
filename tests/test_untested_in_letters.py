"""What a letter leaves untested is neither present nor absent, and a denial is quoted with its word."""

import pytest
from clinic_letter import states
from hypothesis import given
from hypothesis import strategies as st

from dxnet import read_text


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


def test_a_sign_that_was_not_examined_is_listed(als):
    for text in (
        "Babinski sign was not tested.",
        "Clonus could not be tested.",
        "Dysphagia, swallow not assessed.",
        "Reflexes not tested brisk in the legs.",
    ):
        letter = read_text(text, als)
        assert not letter.proposals and [it.sentence for it in letter.not_understood] == [text]


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
    ("text", "found"),
    [
        ("There was weakness in the arms and legs, sensation not tested.", {"arm_weakness", "leg_weakness"}),
        ("Reflexes were brisk in the arms and legs, plantars were not tested.", {"hyperreflexia_legs"}),
        ("Brisk reflexes in arms, legs, jaw jerk not tested.", {"hyperreflexia_arms", "hyperreflexia_legs"}),
        ("Wasting of the hands and forearms, gait not tested.", {"arm_atrophy"}),
        ("Wasting of the hands and of the calves, gait not tested.", {"arm_atrophy", "leg_atrophy"}),
    ],
)
def test_a_row_of_places_keeps_its_last_before_what_was_not_tested(als, text, found):
    letter = read_text(text, als)
    assert found <= states(letter).keys() and set(states(letter).values()) == {"present"}
    assert not letter.not_understood


def test_a_row_of_places_that_was_not_tested_gives_nothing(als):
    for text in (
        "Wasting of the hands and feet was not examined.",
        "Reflexes in arms, legs, plantars not tested.",
        "Reflexes in the arms and legs, and plantars not tested.",
    ):
        assert not read_text(text, als).proposals, text
    assert states(read_text("Brisk reflexes in the arms, legs not tested.", als)) == {
        "hyperreflexia_arms": "present"
    }


@pytest.mark.parametrize(("grade", "state"), [("2/5", "present"), ("4-/5", "present"), ("5/5", "absent")])
def test_a_grade_before_its_limb_is_stated_beside_what_was_not_tested(als, grade, state):
    letter = read_text(f"Power 5/5 in the arms, {grade} in the legs, neck flexion not tested.", als)
    assert (states(letter)["arm_weakness"], states(letter)["leg_weakness"]) == ("absent", state)
    assert not letter.not_understood


@pytest.mark.parametrize("blank", ["-?", "?-", "-_", "- ?", "--", "?", "____", "."])
def test_a_field_with_signs_that_are_no_answer_is_blank(als, blank):
    for label in ("Dysphagia", "Clonus", "Ptosis"):
        letter = read_text(f"{label}: {blank}", als)
        assert not letter.proposals and len(letter.not_understood) == 1, label
    assert set(states(read_text("Clonus: -.", als)).values()) == {"absent"}


@given(
    st.lists(st.sampled_from(("Clonus", "Babinski", "Hoffmann")), min_size=1, max_size=3, unique=True),
    st.lists(st.sampled_from(("-", "+", "0", "-/-", "+/+")), min_size=3, max_size=3),
    st.sampled_from((" ", ", ", "; ")),
)
def test_behind_a_colon_a_sign_is_the_answer_whatever_follows(labels, signs, joint):
    from conftest import network

    answers = dict(zip(labels, signs, strict=False))
    text = joint.join(f"{label}: {sign}" for label, sign in answers.items())
    expected = {label.lower(): "present" if "+" in sign else "absent" for label, sign in answers.items()}
    assert states(read_text(text, network("als_mimics"))) == expected, text
    assert states(read_text("Cramps: - at night, Clonus: + on the right", network("als_mimics"))) == {
        "cramps": "absent",
        "clonus": "present",
    }


@pytest.mark.parametrize(
    "text",
    [
        "Clonus - Babinski + Hoffmann -",
        "Babinski - Hoffmann + today.",
        "Clonus: - Babinski + Hoffmann -",
        "Dysphagia - dysarthria",
    ],
)
def test_a_sign_between_two_findings_without_a_colon_is_not_understood(als, text):
    letter = read_text(text, als)
    assert not letter.proposals and [it.sentence for it in letter.not_understood] == [text]


def test_dashes_of_a_list_and_a_plus_for_and_are_no_answers(als):
    assert states(read_text("Symptoms: - dysphagia - dysarthria", als)) == {
        "dysphagia": "present",
        "dysarthria": "present",
    }
    assert states(read_text("Dysphagia + dysarthria", als)) == {
        "dysphagia": "present",
        "dysarthria": "present",
    }
    assert set(states(read_text("Weakness: - arms - legs", als)).values()) == {"present"}


@pytest.mark.parametrize(
    "text",
    [
        "Weakness was not confirmed by examination.",
        "Ptosis was not provoked by sustained upgaze.",
        "Ptosis was not pursued with the ice test.",
        "Clonus was not pursued without the consultant.",
        "Cramps were not pursued after the first visit.",
        "Ptosis was not confirmed despite sustained upgaze.",
        "Clonus was not pursued until the next visit.",
    ],
)
def test_an_act_not_done_is_not_read_as_a_finding_whatever_it_was_to_be_done_by(als, text):
    letter = read_text(text, als)
    assert not letter.proposals and [it.sentence for it in letter.not_understood] == [text]


def test_what_was_not_caused_or_helped_by_something_is_there(als):
    for act in ("caused by reflux", "helped by therapy", "improved by surgery", "preceded by pain"):
        assert states(read_text(f"Dysphagia was not {act}.", als)) == {"dysphagia": "present"}, act
