"""Networks of other people in the same engine, against pgmpy on the whole model and against pyAgrum."""

import gzip
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import numpy as np
import pgmpy
import pyagrum
import pytest

from dxnet import DxnetError
from dxnet.formats.networks.registry import read_tables
from dxnet.inference.backends.compiled.backend import CompiledBackend
from dxnet.inference.backends.numpy_backend import NumpyBackend

EXAMPLES = Path(pgmpy.__file__).parent / "utils" / "example_models"
TARGETS = {"asia": "lung", "alarm": "MINVOLSET", "hepar2": "gallstones", "pathfinder": "Fault"}
every = pytest.mark.parametrize("name", TARGETS)


@cache
def tables(name):
    return read_tables(EXAMPLES / f"{name}.bif.gz").tables


@cache
def agrum(name, directory):
    path = directory / f"{name}.bif"
    path.write_bytes(gzip.decompress((EXAMPLES / f"{name}.bif.gz").read_bytes()))
    return pyagrum.loadBN(str(path))


@pytest.fixture(scope="session")
def directory(tmp_path_factory):
    return tmp_path_factory.mktemp("bif")


def cases(name, number, seed=0):
    """Findings that occur: drawn from the network, a third of the variables but not the target."""
    made, rng = tables(name), np.random.default_rng(seed)
    order = TopologicalSorter({v: table.parents for v, table in made.items()}).static_order()
    order = list(order)
    for _ in range(number):
        state = {}
        for v in order:
            p = made[v].values[(slice(None), *(state[parent] for parent in made[v].parents))]
            state[v] = int(rng.choice(len(p), p=p / p.sum()))
        others = [v for v in order if v != TARGETS.get(name, "DIFFN_TYPE")]
        yield {v: state[v] for v in rng.choice(others, len(others) // 3, replace=False)}


def likelihoods(name, case):
    return {v: np.eye(len(tables(name)[v].values))[s] for v, s in case.items()}


LARGE = 20_000
"""Bytes of a packed file beyond which its test is slow."""
FILES = [
    pytest.param(path.name.removesuffix(".bif.gz"), marks=[pytest.mark.slow] * (path.stat().st_size > LARGE))
    for path in sorted(EXAMPLES.glob("*.bif.gz"))
]


@pytest.mark.parametrize("name", FILES)
def test_every_table_equals_that_of_pyagrum_or_pgmpy(name, directory):
    """pyAgrum reads in single precision, and not the states of child, such as <5, which pgmpy reads."""
    read = read_tables(EXAMPLES / f"{name}.bif.gz")
    if name == "child":
        from pgmpy.readwrite import BIFReader

        model = BIFReader(
            string=gzip.decompress((EXAMPLES / "child.bif.gz").read_bytes()).decode()
        ).get_model()
        for v, table in read.tables.items():
            cpd = model.get_cpds(v)
            assert tuple(cpd.variables[1:]) == table.parents and (cpd.values == table.values).all()
            assert tuple(cpd.state_names[v]) == read.states[v]
        return
    other = agrum(name, directory)
    assert set(other.names()) == set(read.tables)
    for v, table in read.tables.items():
        values = pyagrum.Tensor(other.cpt(v)).reorganize([v, *table.parents][::-1]).toarray()
        assert values == pytest.approx(table.values, abs=1e-6), v
        assert other.variable(v).labels() == read.states[v]


@pytest.mark.slow
@every
def test_equals_pgmpy(name):
    from pgmpy.inference import VariableElimination
    from pgmpy.readwrite import BIFReader

    text = gzip.decompress((EXAMPLES / f"{name}.bif.gz").read_bytes()).decode()
    model, target = BIFReader(string=text).get_model(), TARGETS[name]
    backend = CompiledBackend(tables(name), target)
    for case in cases(name, 5):
        states = {v: model.get_cpds(v).state_names[v][s] for v, s in case.items()}
        answer = VariableElimination(model).query([target], evidence=states, show_progress=False)
        assert backend.ask(likelihoods(name, case))[0] == pytest.approx(answer.values, abs=1e-9)


@pytest.mark.parametrize(
    "name", ["asia", "alarm", "hepar2", pytest.param("pathfinder", marks=pytest.mark.slow)]
)
def test_equals_pyagrum(name, directory):
    """To the single precision in which pyAgrum reads BIF."""
    other, target = agrum(name, directory), TARGETS[name]
    exact = pyagrum.LazyPropagation(other)
    backend = CompiledBackend(tables(name), target)
    for case in cases(name, 20, seed=1):
        exact.setEvidence(case)
        exact.makeInference()
        assert backend.ask(likelihoods(name, case))[0] == pytest.approx(
            exact.posterior(target).toarray(), abs=1e-6
        )
        marginals = backend.marginals(likelihoods(name, case))
        for v in tables(name):
            if v not in case:
                expected = exact.posterior(v).toarray()
                assert marginals[v].sum(axis=1) == pytest.approx(expected, abs=1e-6)


@every
def test_the_laws_hold(name):
    """Rows equal single questions, both engines agree, and findings obey the chain rule."""
    target = TARGETS[name]
    backend, plain = CompiledBackend(tables(name), target), NumpyBackend(tables(name), target)
    some = list(cases(name, 20, seed=2))
    names = sorted({v for case in some for v in case})
    rows = np.array([[case.get(v, -1) for v in names] for case in some])
    post_test, log_p = backend.ask_rows(names, rows)
    for case, answer, p in zip(some, post_test, log_p, strict=True):
        seen = likelihoods(name, case)
        single = backend.ask(seen)
        assert answer == pytest.approx(single[0], abs=1e-12) and p == pytest.approx(single[1], abs=1e-12)
        other = plain.ask(seen)
        assert answer == pytest.approx(other[0], abs=1e-12) and p == pytest.approx(other[1], abs=1e-9)
        free = next(v for v in tables(name) if v not in case and v != target)
        parts = [backend.ask({**seen, free: row})[1] for row in np.eye(len(tables(name)[free].values))]
        assert np.logaddexp.reduce(parts) == pytest.approx(p, abs=1e-6)  # as far as BIF's columns sum to 1
    post_test = backend.ask(seen)[0]
    slopes = [engine.slopes(seen, post_test == post_test.max()) for engine in (backend, plain)]
    for v in slopes[0]:
        assert slopes[0][v] == pytest.approx(slopes[1][v], rel=1e-8, abs=1e-9)


@pytest.mark.slow
def test_a_network_too_wide_for_one_plan(directory):
    """munin1: 186 variables, a product of 78 million entries when nothing is known."""
    backend = CompiledBackend(tables("munin1"), "DIFFN_TYPE")
    assert backend.is_wide
    other = pyagrum.LazyPropagation(agrum("munin1", directory))
    other.setTargets({"DIFFN_TYPE"})
    for case in cases("munin1", 3):
        other.setEvidence(case)
        other.makeInference()
        assert backend.ask(likelihoods("munin1", case))[0] == pytest.approx(
            other.posterior("DIFFN_TYPE").toarray(), abs=1e-6
        )


@pytest.mark.parametrize("content", [b"", b"hello", b"network x {", b"\xff\xfe"])
def test_what_is_no_bif_is_refused(tmp_path, content):
    path = tmp_path / "x.bif"
    path.write_bytes(content)
    with pytest.raises(DxnetError, match=r"x\.bif(:1)?: is no network in BIF"):
        read_tables(path)
