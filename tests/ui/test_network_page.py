"""The Network page without a browser: what it shows of whatever is chosen, and what it offers."""

import pytest
from network_page import NETWORK_PAGE, choose, editor, opened, said

from dxnet.review.check import adopted

PAGE = NETWORK_PAGE


def tabs(page):
    return [tab.label for tab in page.tabs]


def test_first_the_network_is_told_in_numbers(start, als):
    page = start("als_mimics")
    for part in (
        f"{len(als.diagnosis)} diagnoses",
        f"{len(als.findings)} findings",
        f"{len(dict(als.estimates()))} numbers",
    ):
        assert part in said(page)
    assert page.selectbox(key="view").value == ""
    assert tabs(page) == ["Numbers", "Edit", "Add", "Check"]
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


def test_a_read_only_server_shows_all_and_offers_no_editing(start):
    page = choose(start("asia", DXNET_READ_ONLY="1"), "bronchitis")
    assert tabs(page) == ["Numbers", "Check"]
    assert not page.text_input and not page.get("file_uploader")
    assert len(page.table) == 1 and "read-only" in said(page)


def test_the_check_calls_parts_by_their_labels(start, als):
    page = opened(start("als_mimics"), "Check")
    texts = " ".join(it.value for it in [*page.error, *page.warning, *page.info])
    assert "emg_myopathic" not in texts and als.findings["emg_myopathic"].label in texts
