"""Findings that are written: what is clear is entered, and what is unclear is refused with what to write."""

import re
from collections import defaultdict

import pytest
from conftest import NETWORKS

from dxnet import Case, load_network
from dxnet.ui.case import search
from dxnet.ui.case.called import names_of, normed_words, way_to_write
from dxnet.ui.case.quick_entry import read_entries
from dxnet.ui.case.search import enter_written, entered_under_other_names, take_written
from dxnet.ui.shared.case_form import Form
from dxnet.ui.shared.kept_case import case_as_text, restore_form
from dxnet.ui.shared.safe_text import literal


def refusals(form):
    """Why what was written is not entered."""
    return [why for it in form.refused.values() for why in it.why]


@pytest.mark.parametrize(
    ("text", "findings"),
    [
        ("bab+", {"babinski": "present"}),
        ("extensor plantar -", {"babinski": "absent"}),
        ("hp:0003487 +; hoff-", {"babinski": "present", "hoffmann": "absent"}),
        ("age 60-69", {"age": "60-69"}),
        ("age 80+", {"age": "80+"}),
        ("ck high, sex m", {"ck": "high", "sex": "male"}),
        ("mri cord compression probable compression", {"mri_cord_compression": "probable compression"}),
        ("previous polio?", {}),
        ("age 6", {"age": "6"}),
        ("age 8, ck 12,5", {"age": "8", "ck": "12,5"}),
        ("ck > 1000", {"ck": "> 1000"}),
        ("CK ≥ 1500 U/L,bab+", {"ck": "≥ 1500 U/L", "babinski": "present"}),
        ("TSH 0.05 mU/L", {"thyroid_calcium": "TSH 0.05 mU/L"}),
        ("tsh 2 mU/L, calcium 2.3 mmol/L", {"thyroid_calcium": "tsh 2 mU/L, calcium 2.3 mmol/L"}),
        ("tongue fasciculations+, dyspnea+", {"tongue_fasciculation": "present", "dyspnoea": "present"}),
        ("arm wasting+", {"arm_atrophy": "present"}),
        ("cn1a+, protein elevated", {"anti_cn1a": "positive", "csf_protein": "elevated"}),
        ("cN1A antibody positive", {"anti_cn1a": "positive"}),
        ("thyroid abnormal", {"thyroid_calcium": "abnormal"}),
        (
            "muscle MRI normal, spirometry reduced",
            {"mri_muscle_ibm_pattern": "normal", "respiratory_fvc": "reduced"},
        ),
        ("tempo slow, onset bulbar", {"onset_tempo": "slow", "onset_region": "bulbar"}),
        ("cord compression with signal", {"mri_cord_compression": "compression_with_signal"}),
    ],
)
def test_what_is_written_is_entered(als, text, findings):
    form = Form.new(als)
    enter_written(als, form, text)
    assert not form.refused
    assert form.case.findings == findings


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fascic+", "“Tongue fasciculation”; write more of the name"),
        ("ck huge", "write one of: normal, mild, high"),
        ("ck+", "write one of: normal, mild, high"),
        ("sex+", "write one of: female, male"),
        ("xyz+", "names no finding"),
        ("fascic", "write more of the name"),
        ("fasciculations+", "“Fasciculation potentials (EMG)”, “Leg fasciculation”"),
        ("fasciculations present", "“Fasciculation potentials (EMG)”, “Leg fasciculation”"),
        ("MRI compression+", "may mean “Cord compression (MRI)”, “Nerve-root compression (MRI)”"),
        ("compression present", "may mean “Cord compression (MRI)”, “Nerve-root compression (MRI)”"),
        ("cord+", "“Cord compression (MRI)”, “Intrinsic cord lesion (MRI)”"),
        ("progression+", "may mean “Tempo of onset and course”, “Spread to another region”"),
        ("arm reflexes-", "“Reduced or absent arm reflexes”, “Brisk or preserved arm reflexes”"),
        ("muscle atrophy+", "may mean “Hand or arm wasting”; write hand or arm wasting+"),
        ("tendon reflexes-", "any limb)”; write reduced or absent reflexes (any limb)-"),
        ("sural response-", "may mean “Reduced sensory potentials (NCS)”; write reduced sensory potentials-"),
        ("f waves present", "may mean “Demyelinating slowing (NCS)”; write demyelinating slowing present"),
        ("tremor?", "may mean “Postural or action tremor”; write postural or action tremor?"),
        ("white cells elevated", "may mean “CSF white cells”; write csf white cells elevated"),
        ("mup+", "may mean “Anti-cN1A antibody”; write anti-cn1a antibody+"),
        ("MRC 4/5", "may mean “Hand or arm weakness”, “Leg weakness”"),
        ("age 1962", "1962 is a year, as of birth, and no age"),
        ("ck 1,200 U/L", "the comma may part decimals or thousands; write 1.2 U/L or 1200 U/L"),
        (
            "TSH 12 mU/L",
            "TSH is not low (a high one is no part of this finding), but nothing is said of calcium",
        ),
        ("TSH 2.9 mmol/L", "2.9 mmol/L has an unknown unit; write it in mU/L (TSH)"),
        ("bulbar onset, xyz-", "says nothing of “Region of onset”; add one of: bulbar"),
        ("hand wasting, xyz-", "'hand wasting' says nothing of “Hand or arm wasting”; add + or -"),
    ],
)
def test_what_is_written_unclearly_is_refused_and_enters_nothing(als, text, said):
    form = Form.new(als)
    enter_written(als, form, text)
    assert said in " ".join(refusals(form))
    assert form.entered_state == Form.new(als).entered_state


@pytest.mark.parametrize(
    "text",
    [
        *("mri brain normal", "brain mri normal", "mri brain-", "mri brain?", "MRI brain", "mr brain normal"),
        *("mri head normal", "spine mri normal", "lumbar mri normal", "brain scan abnormal", "blood normal"),
        *("lumbar puncture normal", "emg normal", "NCS-", "mri brain spine normal", "brain mr-", "brain-"),
    ],
)
def test_a_whole_test_enters_nothing_and_its_findings_are_named(als, text):
    form = Form.new(als)
    enter_written(als, form, text)
    assert form.entered_state == Form.new(als).entered_state and not form.sought
    ((left, (said,)),) = form.refused.values()
    assert left == text
    assert "may mean “" in said and "”, “" in said
    assert "a whole test or place names no finding" in said
    if "mri brain" in text.lower() and "spine" not in text:
        for name in ("mri_brain_mass", "mri_infarct", "mri_white_matter", "mri_cst_hyperintensity"):
            assert literal(als.findings[name].label) in said


@pytest.mark.parametrize("text", ["lumbar-", "head+", "biopsy normal"])
def test_a_place_or_test_enters_no_finding_that_only_has_its_word(als, text):
    form = Form.new(als)
    enter_written(als, form, text)
    assert form.entered_state == Form.new(als).entered_state and "; write " in refusals(form)[0]


@pytest.mark.slow
def test_what_a_refusal_says_to_write_is_entered(als):
    for name, finding in als.findings.items():
        for said in ("?", *(f" {state}" for state in finding.states)):
            state = None if said == "?" else said.strip()
            assert read_entries(als, f"{way_to_write(als, name)}{said}")[0] == {name: state}
    words = {word for name, it in als.findings.items() for word in " ".join(names_of(it, name)).split()}
    told = 0
    for word in words:
        _, _, faults = read_entries(als, f"{word} ?")
        for cure in (it.fix for it in faults if it.fix.startswith("write ") and it.fix.endswith("?")):
            assert list(read_entries(als, cure.removeprefix("write "))[0].values()) == [None], cure
            told += 1
    assert told > 20


@pytest.mark.slow
def test_few_letters_enter_only_a_finding_whose_own_name_they_begin(als):
    words = re.findall(
        r"[^\W_]+", " ".join(text for name, it in als.findings.items() for text in names_of(it, name)).lower()
    )
    letters = {word[:3] for word in words}
    for begun in letters:
        for name in read_entries(als, f"{begun}?")[0]:
            it = als.findings[name]
            own = re.findall(r"[^\W_]+", f"{name.replace('_', ' ')} {it.label}".lower())
            whole = normed_words(" ".join(names_of(it, name)))
            assert normed_words(begun)[0] in whole or any(word.startswith(begun) for word in own), begun


def test_of_a_line_what_is_clear_is_entered_in_one_step_and_the_rest_is_left_to_be_corrected(als):
    form = Form.new(als)
    enter_written(als, form, "bab+, xyz-, age 64")
    assert form.case.findings == {"babinski": "present", "age": "64"}
    ((left, (said,)),) = form.refused.values()
    assert left == "xyz-" and "'xyz-'" in said
    assert form.recent[:2] == ("age", "babinski")
    form.undo()
    assert form.entered_state == Form.new(als).entered_state


def test_a_finding_that_is_only_named_is_opened(als):
    form = Form.new(als)
    enter_written(als, form, "extensor plantar")
    assert form.sought == "babinski" and not form.refused
    assert form.entered_state == Form.new(als).entered_state


def written(number, text, corrects=None, mark=""):
    """What the browser says of an entry."""
    return {"number": number, "text": text, "corrects": corrects, "mark": mark}


def test_what_is_written_for_another_case_is_refused_and_enters_nothing(als):
    form = Form.new(als)
    enter_written(als, form, "bab+")
    marks = [form.mark]
    for begin in (
        lambda: form.clear(als),
        lambda: form.load(Case({"clonus": "present"})),
        form.undo,
        form.redo,
    ):
        begin()
        marks.append(form.mark)
        findings = form.case.findings
        take_written(als, form, [written(1, "hoff+", mark=marks[-2])], 0)
        assert form.case.findings == findings and "'hoff+' was written before" in refusals(form)[0]
    assert len(set(marks)) == 3 and marks[3:] == marks[1:3]
    take_written(als, form, [written(2, "hoff+", mark=form.mark)], 1)
    again = Form.new(als)
    restore_form(als, again, case_as_text(als, form))
    assert form.case.findings.keys() == {"clonus", "hoffmann"} and again.mark == form.mark


@pytest.mark.parametrize(("button", "left"), [("undo", {"babinski"}), ("new_case", set())])
def test_a_button_obeys_after_what_was_written_before_it(start, monkeypatch, button, left):
    page = start()
    form = page.session_state.form
    enter_written(load_network("als_mimics"), form, "bab+")
    page.run()
    monkeypatch.setattr(search, "told", lambda *_: [written(1, "hoff+")])
    page.button(key=button).click().run()
    assert form.case.findings.keys() == left
    form.undo() if left == set() else form.redo()
    assert form.case.findings.keys() == {"babinski", "hoffmann"}


def test_each_entry_is_taken_once_however_often_the_browser_tells_it(als):
    form = Form.new(als)
    first, second, third = (written(it, text) for it, text in enumerate(("bab+", "age 64", "clonus-"), 7))
    taken = take_written(als, form, [first], 0)
    taken = take_written(als, form, [first, second, third], taken)
    assert taken == 9 and take_written(als, form, [second, third], taken) == 9
    assert take_written(als, form, None, taken) == 9
    assert form.case.findings == {"babinski": "present", "age": "64", "clonus": "absent"}
    for _ in range(3):
        form.undo()
    assert form.is_untouched and not form.can_undo


def test_what_is_refused_stays_until_it_is_corrected_or_another_case_begins(als):
    form = Form.new(als)
    message = [written(1, "xyz-"), written(2, "fascic+, ck huge"), written(3, "bab+"), written(4, "qqq+")]
    take_written(als, form, message, 0)
    assert [it.text for it in form.refused.values()] == ["xyz-", "fascic+, ck huge", "qqq+"]
    take_written(als, form, [written(5, "hoff-", corrects=1)], 4)
    assert [*form.refused] == [2, 4]
    take_written(als, form, [written(6, "yyy-", corrects=4)], 5)
    form.undo()
    assert [*form.refused] == [2, 6]
    form.resume(Case({"babinski": "present"}))
    assert [*form.refused] == [2, 6]
    form.clear(als)
    assert not form.refused


def test_what_is_entered_under_another_name_is_told(als):
    entries, _, _ = read_entries(als, "stroke+, bab+, ck 850 U/L, TSH+")
    assert entered_under_other_names(als, "stroke+, bab+, ck 850 U/L, TSH+", entries) == [
        "Entered: “Motor-tract infarct (MRI)”: present",
        "Entered: “Thyroid, calcium or PTH”: abnormal",
    ]


def test_a_word_of_several_findings_enters_none_of_them(als):
    """But for a word that is the whole id of one of them, such as weakness."""
    having = defaultdict(set)
    for name, finding in als.findings.items():
        for word in re.findall(r"[^\W_]+", " ".join(names_of(finding, name)).lower()):
            having[word].add(name)
    for word, names in having.items():
        if len(names) == 1:
            continue
        entered = set(read_entries(als, f"{word}+")[0])
        assert not entered or word in als.findings, word


@pytest.mark.parametrize("name", NETWORKS)
def test_every_finding_can_be_written_by_its_label_alone_and_among_others(name):
    network = load_network(name)
    labels = {it.label: finding for finding, it in network.findings.items()}
    for label, finding in labels.items():
        assert read_entries(network, f"{label}?") == ({finding: None}, "", [])
        assert read_entries(network, f" {label.lower().replace(', ', ',')} ?")[0] == {finding: None}
    in_turn = {finding: it.states[-1] for finding, it in network.findings.items()}
    listed = ", ".join(f"{label} {in_turn[finding]}" for label, finding in labels.items())
    assert read_entries(network, listed) == (in_turn, "", [])


def test_every_finding_can_be_written_by_its_name(als):
    for name, finding in als.findings.items():
        for state in finding.states:
            assert read_entries(als, f"{name} {state}")[0] == {name: state}
