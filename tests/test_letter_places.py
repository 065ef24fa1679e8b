"""Of whom, of when and of which test a passage of a letter tells: its title, labels, sections and tables."""

import pytest
from clinic_letter import states

from dxnet import read_text


@pytest.mark.parametrize(
    "label",
    [
        'SINCE LAST VISIT (copied from letter of 11/2024, Dr Sills): "',
        "Copied from the last letter: ",
        "Carried forward from May: ",
    ],
)
def test_what_is_copied_is_of_an_earlier_time(als, label):
    today = "TODAY (05/2025)\nRight grip 4/5. Plantars: right up."
    found = states(read_text(f"{label}Limbs entirely strong. Plantars flexor.\n\n{today}", als))
    assert (found["weakness"], found["arm_weakness"], found["babinski"]) == ("present", "present", "present")


@pytest.mark.parametrize(
    ("title", "sex"),
    [
        ("MR c/th spine   Mrs J Oakeshott", "female"),
        ("MR Whole Spine\nMrs J Oakeshott", "female"),
        ("MR BRAIN - MRS J OAKESHOTT", "female"),
        ("MR JOHN OAKESHOTT", "male"),
        ("Mr J Oakeshott", "male"),
    ],
)
def test_magnetic_resonance_is_no_man(als, title, sex):
    assert states(read_text(f"{title}. Syrinx C4 to T3.", als))["sex"] == sex


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("1. Type 2 diabetes, 12 years\n\nI saw Mr Bernard Achterberg, 72, with his daughter.", "72"),
        ("Bartholomew Quist, 66 years, was brought in unable to lie down.", "66"),
    ],
)
def test_a_duration_is_no_age_where_an_age_is_told(als, text, age):
    assert states(read_text(text, als))["age"] == age


@pytest.mark.parametrize(
    ("text", "ck"),
    [
        ("CK 1,120 on admission (long lie), 180 on day 6.", "180"),
        ("CK 18,400 on admission, 420 at discharge.", "420"),
        ("CK 850 on admission, 3 days later he walked.", "850"),
        ("CK 850, 5 mg prednisolone was started.", "850"),
    ],
)
def test_the_last_amount_of_a_stay_counts_and_no_other_number(als, text, ck):
    assert states(read_text(text, als))["ck"] == ck


def test_of_a_row_without_a_cell_no_column_is_guessed(als):
    table = (
        "EMG\n"
        "Muscle          Fib/PSW   Fasc   MUP                             Recruitment\n"
        "R T9 paraspinal  +         0     not assessed (poor relaxation)\n"
        "R FDI           0               large                           reduced\n"
    )
    assert not {"emg_reinnervation_thoracic", "emg_fasciculation"} & states(read_text(table, als)).keys()
