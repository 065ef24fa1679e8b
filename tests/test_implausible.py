"""What ``check`` says of parts that can be built but are hardly meant, with file and line."""

import re
import shutil

import pytest
from conftest import LESIONS, TINY
from test_load import edit, line_of, refusal

from dxnet import check, load_network
from dxnet.knowledge.buildable import CASE_COLUMNS
from dxnet.knowledge.columns import LABEL_COLUMNS
from dxnet.reasoning.als_rules import REGIONS


def with_number(unit):
    return f"    number: {{unit: {unit}, limits: [60], source: '@smith2020'}}\n{AGE}"


AGE = "    category: history\n    states: [18-59"
"""A part of tests/tiny/network.yaml, before which the meaning of a number is put."""
ODD = {
    "two findings of one label": (
        *("label: Slow walk", "label: clonus", "  slow_walk:"),
        ("error", "finding slow_walk has the label of finding clonus: 'clonus'"),
    ),
    "two diagnoses of one label": (
        *("label: DCM", "label: MMN", "label: MMN, group: spine"),
        ("error", "diagnosis dcm has the label of diagnosis mmn: 'MMN'"),
    ),
    "a synonym that is a label": (
        *("[ataxia, stiff legs]", "[ataxia, weakness]", "[ataxia, weakness]"),
        ("warning", "slow_walk: its synonym 'weakness' is the label of weakness; remove it"),
    ),
    "groups nearly alike": (
        *("group: neuropathy", "group: motor neurons", "  mmn: {"),
        ("warning", "the group 'motor neurons' is not the group 'motor neuron', though nearly"),
    ),
    "a code": (
        *("label: DCM", "mondo: 4976, label: DCM", "mondo"),
        ("error", "dcm: '4976' is no code of mondo; write MONDO: and 7 digits"),
    ),
    "a leak as common as the finding": (
        *("leak: 0.03 ~ 10", "leak: 0.04 ~ 10", "  clonus:"),
        ("warning", "clonus is no commoner than its leak of 0.04 given default; cord_neck tells nothing"),
    ),
    "most patients are an exception": (
        *("recording error: 0.002", "recording error: 0.9", "recording error"),
        ("warning", "recording error: 0.9 of the patients are an exception to the figures"),
    ),
    "a weight of nobody": (
        *("als: 0.3 ~ 100", "als: 0.3 ~ 1e-300", "1e-300"),
        ("warning", "brisk_jaw.als: a weight of 1e-300, less than that of one patient"),
    ),
    "an interval that no such number has": (
        *("als: 0.3 ~ 100", "als: 0.3 [0.29, 0.99]", "0.99"),
        ("warning", "brisk_jaw.als: [0.29, 0.99] about 0.3 is kept as ["),
    ),
    "a unit that is none": (
        *(AGE, with_number("celcius"), "unit: celcius"),
        ("warning", "age.number: no number is converted to the unit 'celcius'"),
    ),
    "a molar mass of what has none": (
        *(AGE, with_number("/min, molar mass: 40"), "molar mass"),
        ("warning", "age.number: /min is neither a mass nor an amount, so 'molar mass' has no use"),
    ),
}


@pytest.fixture
def copied(tmp_path):
    return lambda network: shutil.copytree(network, tmp_path / network.name)


@pytest.mark.parametrize("network", [TINY, LESIONS])
def test_nothing_is_said_of_sound_networks(network):
    assert {issue.level for issue in check(load_network(network))} == {"info"}


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_has_its_line_and_cure(copied, name):
    old, new, line, (level, words) = ODD[name]
    directory = copied(TINY)
    text = edit(directory, old, new)
    (found,) = [issue for issue in check(load_network(directory)) if issue.level != "info"]
    assert found.level == level and words in f"{found.message}; {found.fix}" and found.fix
    assert found.where == f"tiny/network.yaml:{line_of(text, line)}"


def test_patterns_without_patients_and_of_one_label(copied):
    directory = copied(LESIONS)
    edit(directory, "      cord: 0.03 ~ 10 @estimate  # read as such\n", "")
    edit(directory, "nerve: 0.97", "cord: 0.999")
    edit(directory, "label: Nerve\n", "label: Cord\n")
    found = [issue for issue in check(load_network(directory)) if issue.level == "warning"]
    assert [issue.message for issue in found] == [
        "pattern nerve has the label of pattern cord: 'Cord'",
        "no diagnosis has the pattern nerve but stray patients",
    ]
    assert all(re.fullmatch(r"lesions/network\.yaml:\d+", issue.where) for issue in found)


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("stroke:\n      brain: 0.9", "stroke:\n      brain: 0.8", "0.8 ~", "shares of stroke sum to 0.9"),
        ("    neuritis:\n", "    nueritis:\n", "0.97", "shares of unknown diagnosis 'nueritis'"),
        ("    hand_wasting: 0.01 ~ 10 @estimate  # rare\n", "", "background:", "has no background rate"),
    ],
)
def test_faults_of_patterns_have_their_lines(tmp_path, old, new, line, words):
    directory = shutil.copytree(LESIONS, tmp_path / "tiny")
    text = edit(directory, old, new)
    number = next(n for n, it in enumerate(text.split("\n"), 1) if line in it)
    assert f"tiny/network.yaml:{number}" in [
        it.where for it in refusal(directory).issues if words in it.message
    ]


def test_words_of_the_files_are_those_that_are_compared():
    from dxnet.knowledge.schema import network_schema

    assert network_schema()["$defs"]["Finding"]["properties"]["region"]["enum"] == list(REGIONS)
    assert CASE_COLUMNS == LABEL_COLUMNS
