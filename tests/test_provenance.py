"""What numbers rest on, counted by hand and against what `check` says."""

import pytest

from dxnet import Estimate, check
from dxnet.knowledge.load import load_directory
from dxnet.review.provenance import citations, kinds, published_shares, stated_cells


def test_shares_are_those_that_check_tells(als):
    whole = published_shares(stated_cells(als)).loc["all"]
    message = next(issue.message for issue in check(als) if "as published" in issue.message)
    assert f"{whole.published:.0f} of {whole.n:.0f}" in message
    assert f"{whole.share_of_information:.0%} of the information" in message


def test_categories_add_up_and_are_those_of_the_network(als):
    parts = published_shares(stated_cells(als))
    assert set(parts.index) == {*als.categories, "all"}
    split = parts.drop("all")
    assert split.n.sum() == parts.n["all"] and split.published.sum() == parts.published["all"]
    assert parts.share.between(0, 1).all() and parts.share_of_information.between(0, 1).all()


def test_an_estimate_in_place_of_a_figure_lowers_the_share(asia):
    finding = asia.findings["smoking"]
    rows = {row: Estimate.parse("0.5 ~ 10 @estimate") for row in finding.given.rows}
    given = finding.given.model_copy(update={"rows": rows})
    changed = asia.model_copy(
        update={"findings": {**asia.findings, "smoking": finding.model_copy(update={"given": given})}}
    )
    before, after = (published_shares(stated_cells(network)).loc["all"] for network in (asia, changed))
    assert before.share == 1 and after.share == pytest.approx(1 - 2 / before.n)


def test_citations_count_each_number_once(als):
    works = citations(als)
    assert len(works) == len(als.references)
    assert works.numbers.is_monotonic_decreasing
    by_hand = sum("silva2024umn" in estimate.sources for _, estimate in als.estimates())
    assert works.numbers["silva2024umn"] == by_hand > 0


def test_kinds_count_every_number(als):
    assert sum(kinds(als).values()) == sum(1 for _ in als.estimates())


def test_a_network_without_references(impossible):
    network = load_directory(impossible)
    assert citations(network).empty
    assert kinds(network)["published"] == 0
