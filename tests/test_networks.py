"""Every network under networks/: sound, and the built model gives back what is stated."""

import csv
from pathlib import Path

import numpy as np
import pytest
from conftest import NETWORKS, network
from pgmpy.inference import VariableElimination

from dxnet.formats.networks.registry import dump, plain_identifiers
from dxnet.inference.backends.pgmpy_model import build_pgmpy_model, discrete
from dxnet.inference.cpt import prior
from dxnet.inference.implied import implied
from dxnet.knowledge.kinds.stated import stated_table
from dxnet.knowledge.load import RESOURCES
from dxnet.knowledge.network import DIAGNOSIS
from dxnet.review.check import adopted, check, typical, typical_table

SHIPPED = sorted(path.parent.name for path in (RESOURCES / "networks").glob("*/network.yaml"))


def test_tests_know_every_network():
    assert sorted(NETWORKS) == SHIPPED


@pytest.mark.parametrize("name", NETWORKS)
def test_check_finds_no_error_or_warning(name):
    assert [str(issue) for issue in check(network(name)) if issue.level != "info"] == []


@pytest.fixture(scope="module", params=NETWORKS)
def built(request):
    return network(request.param), build_pgmpy_model(network(request.param))


def by_pgmpy(model, name, given):
    """P(state | diagnosis, given) by variable elimination, ``ndarray[states, K]``."""
    elimination = VariableElimination(model)
    joint = elimination.query([name, DIAGNOSIS], evidence=given, show_progress=False)
    values = joint.values if joint.variables[0] == name else joint.values.T
    return values / values.sum(axis=0)


def test_implied_figures_are_those_of_pgmpy(built):
    net, model = built
    given = {name: typical(net, finding) for name, finding in net.findings.items()}
    free, bound = implied(net), implied(net, given)
    for name in net.findings:
        assert free[name] == pytest.approx(by_pgmpy(model, name, {}), abs=1e-12), name
        assert bound[name] == pytest.approx(by_pgmpy(model, name, given[name]), abs=1e-12), name


def test_every_stated_cell_comes_back(built):
    """P(finding | diagnosis) of typical patients without incidental causes equals the file, to 1e-9."""
    net, model = built
    cells = 0
    for name, finding in net.findings.items():
        if finding.given is None or finding.given.parents != (DIAGNOSIS,):
            continue
        given = typical(net, finding)
        assert by_pgmpy(model, name, given) == pytest.approx(typical_table(net, name), abs=1e-9), name
        cells += len(net.diagnoses)
    if net.name == "als_mimics":
        assert cells == (124 - 5) * 36  # all but areflexia, two genes, gynaecomastia and asymmetry


def test_every_stated_row_of_other_parents_comes_back(built):
    net, model = built
    for name, finding in net.findings.items():
        if finding.given is None or finding.given.parents == (DIAGNOSIS,):
            continue
        table = stated_table(net, name)
        assert np.allclose(model.get_cpds(name).values, table.values, atol=1e-12), name


def test_implied_figures_lie_near_the_adopted_or_are_explained(built):
    net, model = built
    figures = adopted(net)
    for name, finding in net.findings.items():
        rows = figures.get(name, {})
        values = by_pgmpy(model, name, {})
        for diagnosis, states in rows.items():
            for state, figure in states.items():
                value = values[finding.states.index(state), net.diagnoses.index(diagnosis)]
                assert figure.low <= value <= figure.high or finding.explained, (name, diagnosis, state)


def test_unexplained_figures_are_the_adopted_ones(als):
    """Without an incidental cause the number stands as in evidence.csv, but for clipping and rounding."""
    figures = adopted(als)
    for name, finding in als.findings.items():
        rows = figures[name]
        if finding.also or finding.explained or not finding.given or finding.given.parents != (DIAGNOSIS,):
            continue
        table = typical_table(als, name)
        for diagnosis, states in rows.items():
            for state, figure in states.items():
                value = table[finding.states.index(state), als.diagnoses.index(diagnosis)]
                assert value == pytest.approx(np.clip(figure.p, 0.002, 0.998), abs=0.009), (
                    name,
                    diagnosis,
                    state,
                )


def test_priors_sum_to_one(built):
    net, _ = built
    for setting in net.settings:
        assert prior(net, setting).values.sum(axis=0) == pytest.approx(1, abs=1e-12)


def test_als_network_is_whole(als):
    with open(RESOURCES / "data" / "evidence.csv", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["use"] == "adopted" and row["finding"] != "prior"]
    assert {row["finding"] for row in rows} == set(als.findings)
    assert {row["diagnosis"] for row in rows} == set(als.diagnoses)
    assert len(als.diagnoses) == 36 and len(als.findings) == 124


def test_published_numbers_carry_the_adopted_source(als):
    with open(RESOURCES / "data" / "evidence.csv", encoding="utf-8", newline="") as file:
        source = {
            (row["finding"], row["diagnosis"]): row["source"]
            for row in csv.DictReader(file)
            if row["use"] == "adopted" and row["kind"] != "estimate"
        }
    for name, finding in als.findings.items():
        for diagnosis, estimate in (finding.given.rows if finding.given else {}).items():
            if estimate.is_published and diagnosis in als.diagnosis:
                assert estimate.sources == (source[name, diagnosis],), (name, diagnosis)


@pytest.mark.parametrize("format", ["bif", "xdsl"])
def test_export_reads_back(built, format, tmp_path):
    from pgmpy.readwrite import BIFReader, XDSLReader

    net, model = built
    path = Path(tmp_path / f"network.{format}")
    path.write_text(dump(discrete(net), format))
    again = BIFReader(str(path)).get_model() if format == "bif" else XDSLReader(str(path)).get_model()
    assert set(again.nodes) == set(model.nodes)
    assert set(again.edges) == set(model.edges)
    for name in ("diagnosis", *net.nodes):
        ours, theirs = model.get_cpds(name), again.get_cpds(name)
        order = [theirs.variables.index(variable) for variable in ours.variables]
        values = theirs.values.transpose(order)
        for axis, variable in enumerate(ours.variables):
            named = theirs.state_names[variable]
            places = [named.index(state) for state in plain_identifiers(net.states(variable))]
            values = values.take(places, axis=axis)
        assert values == pytest.approx(ours.values, abs=1e-6), name


def test_export_refuses_an_unknown_format(built):
    with pytest.raises(ValueError, match="known are bif"):
        dump(discrete(built[0]), "docx")
