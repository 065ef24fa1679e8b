"""The Network page without a browser: what is shown, what is edited, and what comes of it."""

import io
from zipfile import ZipFile

import pytest
from streamlit.testing.v1 import AppTest

from dxnet import load_network
from dxnet.formats.cases.read import reference_cases
from dxnet.knowledge.edit import number_as_written
from dxnet.knowledge.load import find_network
from dxnet.review.changes import changed_numbers
from dxnet.review.check import adopted
from dxnet.review.diff import compare_networks
from dxnet.words import nats

ALS = "0.35 ~ 40 @estimate  # a guess"


def app():
    from dxnet.ui.network import page as network_page
    from dxnet.ui.shared.frame import page

    page(network_page.draw_network_page)()


@pytest.fixture
def start(monkeypatch):
    def run(network, **environment):
        monkeypatch.setenv("DXNET_NETWORK", str(network))
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        page = AppTest.from_function(app, default_timeout=120).run()
        assert not page.exception
        return page

    return run


def choose(page, name):
    page.selectbox(key="sought_node").set_value(name).run()
    assert not page.exception
    return page


def opened(page, tab):
    page.session_state["tables"] = tab
    page.run()
    assert not page.exception
    return page


def tabs(page):
    return [tab.label for tab in page.tabs]


def said(page):
    return "\n".join(text.value for text in [*page.markdown, *page.caption])


def write(page, place, text):
    page.text_input(key=f"number:{place}").set_value(text).run()
    assert not page.exception


def button(page, label):
    (found,) = [button for button in page.button if button.label == label]
    return found


def attempt(page):
    button(page, "Check and compare").click().run()
    assert not page.exception
    return tried(page)


def tried(page):
    return page.session_state.desk.trial(page.session_state.form.setting)


def editor(start, network, name):
    return opened(choose(start(network), name), "Edit")


def test_first_the_network_is_told_in_numbers(start, als):
    page = start("als_mimics")
    for part in ("36 diagnoses", f"{len(als.findings)} findings", f"{len(dict(als.estimates()))} numbers"):
        assert part in said(page)
    assert page.selectbox(key="view").value == ""
    assert tabs(page) == ["Numbers", "Edit", "Check"]
    assert als.fingerprint in said(page)


@pytest.mark.slow
@pytest.mark.parametrize("network", ["als_mimics", "asia"])
def test_whatever_is_chosen_can_be_drawn(start, request, network):
    known = request.getfixturevalue("als" if network == "als_mimics" else "asia")
    page = start(network)
    names = [*known.nodes, *known.diagnosis, *known.settings]
    for name in names[:: 12 if network == "als_mimics" else 1]:
        choose(page, name)
        assert f"`{name}`" in said(page)
    for view in known.categories:
        page.selectbox(key="view").set_value(view).run()
        assert not page.exception


def test_a_finding_has_its_numbers_reasons_places_and_links(start, als):
    page = choose(start("als_mimics"), "babinski")
    (table,) = page.table
    estimate = als.findings["babinski"].given.rows["als"]
    row = table.value[table.value["Given diagnosis"] == "ALS"].iloc[0]
    assert estimate.text.startswith(row["Written"].replace("\\", "")) and row["File"] == estimate.where
    assert row["Weight"] == f"{estimate.weight:.0f}"
    key = next(e.sources[0] for e in als.findings["babinski"].given.rows.values() if e.is_published)
    assert f"({als.references[key].link})" in said(page)
    assert "[HP:0003487](https://" in said(page)
    assert "default stands for" in said(page)


def test_what_is_open_stays_open_for_the_next_choice(start):
    page = editor(start, "asia", "bronchitis")
    choose(page, "xray_abnormal")
    assert page.session_state["tables"] == "Edit" and len(page.text_input) == 2
    choose(opened(choose(page, "lung_cancer"), "Telling findings"), "smoking")
    assert page.session_state["tables"] == "Numbers" and page.table


def test_parents_and_children_are_a_click_away(start):
    page = choose(start("asia"), "bronchitis")
    page.button(key="Depends on:smoking").click().run()
    assert page.selectbox(key="sought_node").value == "smoking"
    page.button(key="On it depend:bronchitis").click().run()
    assert page.session_state.desk.chosen == "bronchitis"


def test_a_diagnosis_with_parents_is_drawn_beside_them(start):
    page = choose(start("asia"), "smoking")
    (chart,) = page.get("vega_lite_chart") or page.get("arrow_vega_lite_chart")
    assert "Diagnosis" in str(chart.proto)


def test_figures_of_the_literature_stand_beside_those_of_the_network(start, als):
    page = opened(choose(start("als_mimics"), "emg_myopathic"), "Literature")
    table = page.table[-1].value
    assert len(table) == sum(map(len, adopted(als)["emg_myopathic"].values()))
    assert "departs" in set(table["Drift"]) and "" in set(table["Drift"])
    assert als.findings["emg_myopathic"].explained[:40] in said(page)


def test_what_tells_a_diagnosis_from_the_others(start):
    page = opened(choose(start("asia"), "lung_cancer"), "Telling findings")
    rows = page.table[-1].value.map(lambda text: text.replace("\N{NO-BREAK SPACE}", " "))
    assert list(rows["Here"])[1] == "90.9 %" and list(rows["Mean"])[1] == "69.3 %"


def test_a_number_that_cannot_be_read_is_told_where_it_stands(start, asia):
    page = editor(start, "asia", "bronchitis")
    write(page, "bronchitis.absent", "0.3")
    (error,) = page.error
    assert "asia/network.yaml:31" in error.value and "has no source" in error.value
    assert "write 34/40 @key" in error.value
    assert button(page, "Check and compare").disabled
    write(page, "bronchitis.absent", number_as_written(asia.mechanisms["bronchitis"].given.rows["absent"]))
    assert not page.error and not page.session_state.desk.edits


def test_an_edit_is_tried_and_its_effect_is_that_of_the_library(start, als):
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
    expected = compare_networks(als, edited, reference_cases(), backend="numpy").effect
    scores = page.table[0].value.set_index("True diagnosis")
    assert list(scores.loc["Log loss (nats; less is better)"]) == [nats(loss) for loss in expected.log_loss]
    assert f"The first rank changed in {expected.first_changed}" in said(page)


def test_the_effect_is_that_in_the_chosen_setting(start):
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
    page = editor(start, "als_mimics", "umn_lumbosacral")
    write(page, "umn_lumbosacral.als", "0.01 ~ 10 @estimate  # far too rare")
    trial = attempt(page)
    assert not trial.is_sound
    assert any("is commoner than umn_lumbosacral allows" in error.value for error in page.error)
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


def test_a_read_only_server_shows_all_and_offers_no_editing(start):
    page = choose(start("asia", DXNET_READ_ONLY="1"), "bronchitis")
    assert tabs(page) == ["Numbers", "Check"]
    assert not page.text_input and not page.get("file_uploader")
    assert len(page.table) == 1 and "read-only" in said(page)
