"""The letters of data/letters: each has a code that fits the network, and a category of the README."""

import re
from collections import Counter

import pytest
from conftest import network

from dxnet import Case, read_cases
from dxnet.knowledge.load import RESOURCES

ALS = network("als_mimics")
LETTERS = RESOURCES / "data" / "letters"
HALVES = ("develop", "measure")
CATEGORIES = {"clinic", "emg", "mri", "discharge", "referral", "other"}
TEXTS = sorted(LETTERS.glob("*/*.txt"))
every_letter = pytest.mark.parametrize("letter", TEXTS, ids=lambda path: path.stem)


def code_of(letter):
    (case,) = read_cases(letter.with_suffix(".yaml"), network=ALS)
    return case


def test_there_are_letters_and_each_has_its_code():
    assert len(TEXTS) >= 60
    for half in HALVES:
        texts = {path.stem for path in (LETTERS / half).glob("*.txt")}
        assert texts == {path.stem for path in (LETTERS / half).glob("*.yaml")}


def test_no_name_is_in_both_halves():
    assert max(Counter(path.stem for path in TEXTS).values()) == 1


@pytest.mark.parametrize("half", HALVES)
def test_each_half_has_as_many_of_a_category_as_the_readme_counts(half):
    counts = Counter(path.stem.rpartition("_")[0] for path in TEXTS if path.parent.name == half)
    readme = (LETTERS / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \|.*\| (\d+) \| (\d+) \|$", readme, re.MULTILINE)
    assert {category for category, *_ in rows} == CATEGORIES
    assert counts == Counter({category: int(of_half[HALVES.index(half)]) for category, *of_half in rows})


@every_letter
def test_the_code_loads_and_fits_the_network(letter):
    case = code_of(letter)
    assert not case.issues
    assert case.findings
    case.require_fit(ALS)
    Case(case.paused).require_fit(ALS)


@every_letter
def test_no_certain_finding_contradicts_what_it_implies(letter):
    assert not [odd for odd in code_of(letter).warnings(ALS) if odd.level == "warning"]


@every_letter
def test_what_is_arguable_does_not_repeat_what_is_certain(letter):
    case = code_of(letter)
    assert not [name for name, state in case.paused.items() if case.findings.get(name) == state]


@every_letter
def test_the_text_is_a_letter_of_usual_length(letter):
    assert 50 <= len(letter.read_text(encoding="utf-8").split()) <= 800


@every_letter
def test_the_code_says_nothing_about_who_it_is(letter):
    """Findings alone: identifiers of a letter never reach a case file."""
    case = code_of(letter)
    assert case.id == letter.stem
    assert not case.diagnosis
    assert not case.about
