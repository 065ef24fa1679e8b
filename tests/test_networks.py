"""Every network under networks/: sound, and the built model gives back what is stated."""

import csv
from pathlib import Path

import numpy as np
import pytest
from conftest import NETWORKS, network
from pgmpy.inference import VariableElimination

from dxnet.formats.networks.registry import dump, plain_identifiers
from dxnet.inference.backends.pgmpy_model import build_pgmpy_model, discrete
from dxnet.inference.case import Case
from dxnet.inference.cpt import cpt, prior, recorded_cpt
from dxnet.inference.engine import Engine
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
    """A network in which all is explained and nothing missed, and its model."""
    net = network(request.param).model_copy(update={"missed": {}, "unexplained": None, "unlisted": ""})
    return net, build_pgmpy_model(net)


@pytest.fixture(scope="module")
def elimination(built):
    """Variable elimination by pgmpy in the model, checked once."""
    return VariableElimination(built[1])


def by_pgmpy(elimination, name, given):
    """P(state | diagnosis, given) by variable elimination, ``ndarray[states, K]``."""
    joint = elimination.query([name, DIAGNOSIS], evidence=given, show_progress=False)
    values = joint.values if joint.variables[0] == name else joint.values.T
    return values / values.sum(axis=0)


def test_implied_figures_are_those_of_pgmpy(built, elimination):
    net, _ = built
    given = {name: typical(net, finding) for name, finding in net.findings.items()}
    free, bound = implied(net), implied(net, given)
    for name in net.findings:
        assert free[name] == pytest.approx(by_pgmpy(elimination, name, {}), abs=1e-12), name
        assert bound[name] == pytest.approx(by_pgmpy(elimination, name, given[name]), abs=1e-12), name


def test_every_stated_cell_comes_back(built, elimination):
    """P(finding | diagnosis) of typical patients without incidental causes equals the file, to 1e-9."""
    net, _ = built
    cells = 0
    for name, finding in net.findings.items():
        if finding.given is None or finding.given.parents != (DIAGNOSIS,):
            continue
        given = typical(net, finding)
        assert by_pgmpy(elimination, name, given) == pytest.approx(typical_table(net, name), abs=1e-9), name
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


def test_implied_figures_lie_near_the_adopted_or_are_explained(built, elimination):
    net, _ = built
    figures = adopted(net)
    for name, finding in net.findings.items():
        rows = figures.get(name, {})
        values = by_pgmpy(elimination, name, {})
        for diagnosis, states in rows.items():
            for state, figure in states.items():
                value = values[finding.states.index(state), net.diagnoses.index(diagnosis)]
                assert figure.low <= value <= figure.high or finding.explained, (name, diagnosis, state)


def test_unexplained_figures_are_the_adopted_ones(als):
    """Without an incidental cause the number stands as in evidence.csv, but for clipping and rounding."""
    figures = adopted(als)
    for name, finding in als.findings.items():
        rows = figures.get(name, {})
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
        rows = [row for row in csv.DictReader(file) if row["use"] == "adopted"]
    assert {row["finding"] for row in rows} <= set(als.findings)
    assert {row["diagnosis"] for row in rows} <= set(als.diagnoses)
    assert len(als.diagnoses) == 36 and len(als.findings) == 124


def test_estimates_stand_in_the_network_alone():
    """An adopted figure is published, or completes the states of one that is."""
    with open(RESOURCES / "data" / "evidence.csv", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["use"] == "adopted"]
    published = {(row["finding"], row["diagnosis"]) for row in rows if row["kind"] != "estimate"}
    assert len(published) > 200
    assert {(row["finding"], row["diagnosis"]) for row in rows} == published


@pytest.mark.parametrize("number", range(1, 6))
def test_a_blind_reading_knows_every_diagnosis_and_no_other_finding(als, number):
    path = RESOURCES / "data" / "readings" / f"reading_{number}.csv"
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    cells = {(row["finding"], row["state"]) for row in rows}
    assert len(cells) == len(rows) > 120
    assert all(state in als.states(finding)[1:] for finding, state in cells)
    assert all(set(row) == {"finding", "state", *als.diagnoses} for row in rows)
    assert all(0 < float(row[name]) < 100 for row in rows for name in als.diagnoses)


@pytest.mark.slow
def test_what_is_missed_is_recorded_as_normal(als):
    """Every abnormal state is rarer by the share that is missed, a finding's own before its category's, but
    for findings that others depend on."""
    whole = als.model_copy(update={"missed": {}})
    for name, finding in als.findings.items():
        table, recorded = cpt(whole, name).values, recorded_cpt(als, name).values
        row = name if name in als.missed else finding.category
        share = als.missed[row].mean[1] if row in als.missed else 0
        kept = 1 if name in als.causes else 1 - share
        assert recorded[1:] == pytest.approx(kept * table[1:]) and recorded.sum(axis=0) == pytest.approx(1)
    assert {"weakness", "hyperreflexia_legs", "sex"} <= als.causes and "babinski" not in als.causes
    assert als.missed["ar_cag"].mean[1] < als.missed[als.findings["ar_cag"].category].mean[1]


def test_absent_says_less_where_signs_are_missed(als):
    """P(diagnosis) of a disease that shows the sign falls less than it does where nothing is missed."""
    whole = Engine(als.model_copy(update={"missed": {}}), "flat")
    case, pls = Case({"spasticity_legs": "absent"}), als.diagnoses.index("pls")
    assert Engine(als, "flat").diagnose(case).post_test[pls] > 1.5 * whole.diagnose(case).post_test[pls]


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


@pytest.mark.parametrize(
    ("built", "format"),  # pgmpy reads a large BIF in 20 seconds; test_exchange.py reads ours of it back
    [("asia", "bif"), ("asia", "xdsl"), ("als_mimics", "xdsl")],
    indirect=["built"],
)
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
