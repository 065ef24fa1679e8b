"""Whole tests that a letter calls normal: told apart, offered to the reader, and never entered."""

import json

import pytest
from clinic_letter import states
from command_line import run
from conftest import network

from dxnet import read_text, rest_normal

pytest.importorskip("spacy")


def called(text, of="als_mimics"):
    return {it.procedure: it.words for it in read_text(text, network(of)).called_normal}


@pytest.mark.parametrize(
    ("text", "procedures"),
    [
        ("The remainder of the neurological examination was normal.", ["examination"]),
        ("Neurological examination was otherwise unremarkable.", ["examination"]),
        ("Otherwise the examination was within normal limits.", ["examination"]),
        ("Examination: otherwise normal.", ["examination"]),
        ("Neurological examination: otherwise normal. Gait normal.", ["examination"]),
        ("MRI of the cervical cord was otherwise normal.", ["mri_spine"]),
        ("MRI brain: NAD", ["mri_brain"]),
        ("Impression: normal MRI of the brain.", ["mri_brain"]),
        ("MRI brain and spine were normal.", ["mri_brain", "mri_spine"]),
        ("MRI brain normal, CK 300 U/L.", ["mri_brain"]),
        ("Nerve conduction studies were normal and the CSF was unremarkable.", ["ncs", "lumbar_puncture"]),
    ],
)
def test_a_whole_test_that_is_called_normal_is_told_apart(text, procedures):
    assert [*called(text)] == procedures
    assert all(words in text for words in called(text).values())


@pytest.mark.parametrize(
    "text",
    [
        "Examination was normal but reflexes were brisk.",
        "MRI brain normal apart from a small infarct.",
        "Her examination was not entirely normal.",
        "Is the MRI brain normal?",
        "Cardiovascular examination was normal.",
        "Cardiovascular system:\nExamination was normal.",
        "Examination: normal.",
        "On arrival, examination was normal.",
        "Sensory examination was normal.",
        "Examination of the cranial nerves was normal.",
        "On examination, power was normal.",
        "His mother's MRI brain was normal.",
        "Previous MRI brain was normal.",
        "MRI brain was normal in 2019.",
        "If the MRI brain is normal we will discharge her.",
        "The MRI brain is said to be normal.",
        "MRI brain not done. Examination abnormal.",
        "CT brain normal. MRI lumbar spine normal. EMG normal.",
        "Plan: MRI brain. Examination otherwise normal.",
    ],
)
def test_what_says_less_or_of_another_is_not(text):
    assert not called(text)


def test_it_proposes_and_enters_no_finding():
    als = network("als_mimics")
    letter = read_text("Plantars upgoing. Neurological examination otherwise normal.", als)
    assert states(letter) == {"babinski": "present"} and letter.to_case().findings == {"babinski": "present"}
    (whole,) = letter.called_normal
    rest = rest_normal(als, letter.to_case(), whole.procedure)
    assert rest.case.findings["babinski"] == "present" and rest.case.findings["hoffmann"] == "absent"


def test_a_network_without_the_procedure_has_nothing_called_normal():
    assert not called("Dyspnoea. Neurological examination otherwise normal.", of="asia")


def test_the_command_line_says_what_is_called_normal_and_how_to_enter_it(tmp_path):
    path, output = tmp_path / "letter.txt", tmp_path / "case.yaml"
    path.write_text("Plantars upgoing. Neurological examination otherwise normal.")
    shown = run("read", path, "-o", output).output
    assert "Called normal as a whole: examination" in shown and "--rest-normal examination" in shown
    assert "hoffmann" not in output.read_text()
    (whole,) = json.loads(run("read", path, "--json").output)["called_normal"]
    assert whole["procedure"] == "examination" and whole["words"].startswith("Neurological examination")
