"""Numbers edited on the Network page: tried, told where they stand, undone, and of this session alone."""

import io
import shutil
from zipfile import ZipFile

import pytest
from conftest import TINY
from network_page import NETWORK_PAGE, attempt, button, editor, said, tried, write

from dxnet import load_network
from dxnet.formats.cases.read import reference_cases
from dxnet.knowledge.edit import NetworkFiles, number_as_written
from dxnet.knowledge.load import find_network
from dxnet.review.changes import changed_numbers
from dxnet.review.diff import compare_networks
from dxnet.words import nats

PAGE = NETWORK_PAGE
ALS = "0.35 ~ 40 @estimate  # a guess"


def test_a_number_that_cannot_be_read_is_told_where_it_stands(start, asia):
    page = editor(start, "asia", "bronchitis")
    write(page, "bronchitis.absent", "0.3")
    (error,) = page.error
    assert "asia/network.yaml:31" in error.value and "has no source" in error.value
    assert "write 34/40 @key" in error.value
    assert button(page, "Check and compare").disabled
    write(page, "bronchitis.absent", number_as_written(asia.mechanisms["bronchitis"].given.rows["absent"]))
    assert not page.error and not page.session_state.desk.edits


@pytest.fixture
def few_cases(monkeypatch):
    """Every eighth of the cases on which the page shows the effect of an edit."""
    chosen = reference_cases()[::8]
    monkeypatch.setattr("dxnet.formats.cases.read.reference_cases", lambda stage: chosen)
    return chosen


@pytest.mark.slow
def test_an_edit_is_tried_and_its_effect_is_that_of_the_library(start, als, few_cases):
    page = editor(start, "als_mimics", "suspected_mnd_referral")
    (als_row, *_) = [place for place, _ in als.estimates() if place == "settings.suspected_mnd_referral.als"]
    estimate = als.settings["suspected_mnd_referral"].prior["als"]
    write(page, als_row, ALS)
    trial = attempt(page)
    assert not trial.is_sound and "make them sum to 1" in page.error[0].value
    assert not page.get("download_button")
    other = als.settings["suspected_mnd_referral"].prior["other"].mean[1] + estimate.mean[1] - 0.35
    write(page, "settings.suspected_mnd_referral.other", f"{other:.5f} ~ 10 @estimate  # the rest")
    assert tried(page) is None
    trial = attempt(page)
    assert trial.is_sound and len(page.get("download_button")) == 1
    with trial.files.unpacked() as directory:
        edited = load_network(directory)
    assert {change.place for change in changed_numbers(als, edited)} == page.session_state.desk.edits.keys()
    expected = compare_networks(als, edited, few_cases, backend="numpy").effect
    scores = page.table[0].value.set_index("True diagnosis")
    assert list(scores.loc["Log loss (nats; less is better)"]) == [nats(loss) for loss in expected.log_loss]
    assert f"The first rank changed in {expected.first_changed}" in said(page)


def test_the_effect_is_shown_on_the_cases_beside_the_network(start, tmp_path):
    shutil.copytree(find_network("asia"), tmp_path / "asia")
    cases = tmp_path / "asia" / "cases.csv"
    cases.write_text("id,diagnosis,smoking\na,lung_cancer,present\nb,no_lung_cancer,absent\n")
    page = editor(start, tmp_path / "asia", "bronchitis")
    write(page, "bronchitis.absent", "0.2 ~ 9 @lauritzen1988")
    trial = attempt(page)
    assert trial.is_sound and trial.difference.effect.n == 2
    assert "asia/cases.csv" in ZipFile(io.BytesIO(trial.files.packed())).namelist()
    cases.write_bytes(b"id,smoking\na,\xff\n")
    page = editor(start, tmp_path / "asia", "bronchitis")
    page.session_state.desk.source = NetworkFiles.read(tmp_path / "asia")
    write(page, "bronchitis.absent", "0.2 ~ 9 @lauritzen1988")
    trial = attempt(page)
    assert trial.is_sound and not trial.difference.effect.n
    assert any("not UTF-8" in warning.value for warning in page.warning)


def test_where_no_case_fits_the_page_says_how_to_give_some(start):
    page = editor(start, "asia", "bronchitis")
    write(page, "bronchitis.absent", "0.2 ~ 9 @lauritzen1988")
    attempt(page)
    assert "No case shows the effect" in said(page) and "fit neither" not in said(page)


@pytest.mark.slow
def test_the_effect_is_that_in_the_chosen_setting(start, few_cases):
    page = editor(start, "als_mimics", "babinski")
    write(page, "babinski.als", "0.1 ~ 40 @estimate  # a trial")
    first = attempt(page)
    page.selectbox(key="setting").set_value("flat").run()
    assert tried(page) is None
    second = attempt(page)
    assert (first.difference.old.setting, second.difference.old.setting) == ("suspected_mnd_referral", "flat")
    assert first.difference.effect.log_loss != second.difference.effect.log_loss


def test_what_the_check_finds_new_comes_first(start, asia):
    page = editor(start, "asia", "bronchitis")
    write(page, "bronchitis.absent", "0.3 ~ 40 @estimate")
    trial = attempt(page)
    (warning,) = page.warning
    assert "an @estimate without a reason" in warning.value and trial.new >= 1
    assert trial.issues[0].message in warning.value


def test_an_error_of_the_built_network_is_told(start):
    page = editor(start, TINY, "cord_neck")
    write(page, "cord_neck.als", "0.01 ~ 10 @estimate  # far too rare")
    trial = attempt(page)
    assert not trial.is_sound
    assert any("is commoner than “Cord at the neck”" in e.value for e in page.error), [
        e.value for e in page.error
    ]
    assert not page.get("download_button")


def test_edits_are_undone_one_by_one_and_all_at_once(start):
    page = editor(start, "asia", "bronchitis")
    write(page, "bronchitis.absent", "0.2 ~ 9 @lauritzen1988")
    write(page, "bronchitis.present", "0.7 ~ 9 @lauritzen1988")
    page.button(key="undo:bronchitis.absent").click().run()
    assert page.text_input(key="number:bronchitis.absent").value == "0.3 ~ 100 @lauritzen1988"
    assert list(page.session_state.desk.edits) == ["bronchitis.present"]
    button(page, "Discard all").click().run()
    assert not page.session_state.desk.edits


def test_in_an_emptied_field_comes_back_what_stood_there(start):
    """The browser also reports a field as empty that nobody touched, before it is filled."""
    page = editor(start, "asia", "bronchitis")
    write(page, "bronchitis.absent", "0.2 ~ 9 @lauritzen1988")
    write(page, "bronchitis.present", " ")
    assert list(page.session_state.desk.edits) == ["bronchitis.absent"] and not page.error
    assert page.text_input(key="number:bronchitis.present").value.startswith("0.6 ~ ")
    write(page, "bronchitis.absent", "")
    assert page.session_state.desk.edits == {"bronchitis.absent": "0.2 ~ 9 @lauritzen1988"}
    assert page.text_input(key="number:bronchitis.absent").value == "0.2 ~ 9 @lauritzen1988"


def test_a_text_that_could_not_be_read_does_not_come_back(start):
    page = editor(start, "asia", "bronchitis")
    write(page, "bronchitis.absent", "1.7")
    (said,) = page.error
    assert "a probability lies between 0 and 1" in said.value and "has no source" in said.value
    write(page, "bronchitis.absent", "")
    assert not page.error and not page.session_state.desk.edits
    assert page.text_input(key="number:bronchitis.absent").value == "0.3 ~ 100 @lauritzen1988"


def test_edits_touch_neither_the_server_nor_another_session(start):
    before = (find_network("asia") / "network.yaml").read_bytes()
    page = editor(start, "asia", "bronchitis")
    write(page, "bronchitis.absent", "0.2 ~ 9 @lauritzen1988")
    trial = attempt(page)
    assert (find_network("asia") / "network.yaml").read_bytes() == before
    other = editor(start, "asia", "bronchitis")
    assert other.text_input(key="number:bronchitis.absent").value == "0.3 ~ 100 @lauritzen1988"
    with ZipFile(io.BytesIO(trial.files.packed())) as archive:
        changed = archive.read("asia/network.yaml")
    assert changed == before.replace(b"absent: 0.3 ~ 100 @", b"absent: 0.2 ~ 9 @")
