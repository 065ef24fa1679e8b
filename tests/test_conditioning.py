"""Networks cut into parts: each table in one of them, and the answers of the interpreter."""

from itertools import chain

import numpy as np
import pytest
from conftest import engine
from hypothesis import given, settings
from hypothesis import strategies as st
from patterned_networks import patterned_networks

from dxnet import Engine
from dxnet.arrays import MISSING
from dxnet.inference.backends.compiled import conditioning
from dxnet.inference.backends.compiled.backend import CompiledBackend
from dxnet.inference.backends.compiled.conditioning import cut_network
from dxnet.inference.backends.compiled.cut_machine import CutMachine
from dxnet.inference.backends.numpy_backend import NumpyBackend
from dxnet.inference.backends.pgmpy_model import all_tables
from dxnet.knowledge.kinds.base import Cpt


@st.composite
def networks(draw):
    """Most signs need one of two, each of which may be a finding; rows of states of the findings."""
    least, sizes = (0.0, 1e-90, 1e-9, 0.01), (2, 3, 5, 8, 50)
    made, rng = draw(patterned_networks(fewest=3, gates=2, needing=0.8, least=least, sizes=sizes))
    signs = [name for name in made if name[0] == "s"]
    findings = [name for name in signs if name not in ("s0", "s1") or rng.random() < 0.5]
    return made, findings, rng.integers(MISSING, 2, (12, len(findings)))


@given(question=networks(), limit=st.sampled_from([3, 60, 400, 1 << 18]))
@settings(max_examples=60)
def test_answers_are_those_of_the_interpreter_however_it_is_cut(question, limit):
    made, findings, rows = question
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conditioning, "LARGEST_PART", limit * len(made["t"].values))
        patch.setattr(conditioning, "LEAST_TABLES", 2)
        cut = cut_network(made, "t", "p", findings)
    if cut is None:
        assert limit < 400
        return
    assert sorted(chain.from_iterable(part.tables for part in cut.parts)) == sorted(made)
    found, log_p = CutMachine(cut, made).ask_rows(findings, rows.astype(np.int16))
    expected, log_q = NumpyBackend(made, "t").ask_rows(findings, rows)
    is_settled = ~np.isnan(log_p)
    assert is_settled[log_q > -130].all() and not is_settled[log_q < -150].any()
    assert found[is_settled] == pytest.approx(expected[is_settled], abs=1e-12)
    assert log_p[is_settled] == pytest.approx(log_q[is_settled], abs=1e-10)


@given(question=networks())
@settings(max_examples=30)
def test_what_is_too_improbable_for_messages_is_still_answered(question):
    made, findings, rows = question
    found, log_p = CompiledBackend(made, "t", findings).ask_rows(findings, rows)
    expected, log_q = NumpyBackend(made, "t").ask_rows(findings, rows)
    assert found == pytest.approx(expected, abs=1e-12, nan_ok=True)
    assert log_p == pytest.approx(log_q, abs=1e-10)


def test_the_largest_network_falls_apart_without_few_variables(als):
    cut = cut_network(all_tables(als), "diagnosis", "pattern", als.findings)
    assert len(cut.cutset) <= 3
    assert sorted(chain.from_iterable(part.tables for part in cut.parts)) == sorted(all_tables(als))
    where = [name for part in cut.parts for name in part.findings]
    assert sorted([*where, *(name for name in cut.cutset if name in als.findings)]) == sorted(als.findings)


def test_rows_with_any_findings_are_answered_as_by_the_interpreter(als):
    rng = np.random.default_rng(0)
    findings, sizes = [*als.findings], [len(als.states(name)) for name in als.findings]
    share = rng.choice([0.05, 0.2, 0.9], (40, 1))
    rows = np.where(rng.random((40, len(sizes))) < share, rng.integers(0, sizes, (40, len(sizes))), MISSING)
    rows[::2, [findings.index("age"), findings.index("weakness")]] = MISSING
    found, log_p = Engine(als).ask_rows(findings, rows)
    expected, log_q = Engine(als, backend="numpy").ask_rows(findings, rows)
    assert found == pytest.approx(expected, abs=1e-12, nan_ok=True)
    assert log_p == pytest.approx(log_q, abs=1e-9)


def test_the_order_of_columns_changes_no_bit(als):
    rng = np.random.default_rng(0)
    findings, order = [*als.findings], rng.permutation(len(als.findings))
    rows = rng.integers(MISSING, 2, (20, len(findings)))
    first, _ = Engine(als).ask_rows(findings, rows)
    again, _ = Engine(als).ask_rows([findings[x] for x in order], rows[:, order])
    assert np.array_equal(first, again, equal_nan=True)


@pytest.fixture(scope="module")
def drawn(als):
    """80 cases of any findings, of few to nearly all; many lack those that others depend on."""
    rng = np.random.default_rng(5)
    findings, sizes = [*als.findings], [len(als.states(name)) for name in als.findings]
    share = rng.choice([0.02, 0.2, 0.6], (80, 1))
    return findings, np.where(
        rng.random((80, len(sizes))) < share, rng.integers(0, sizes, (80, len(sizes))), MISSING
    )


@given(rows=st.lists(st.integers(0, 79), min_size=1, max_size=200))
@settings(max_examples=30)
def test_a_row_has_the_same_bits_wherever_it_stands(als, drawn, rows):
    findings, states = drawn
    found, log_p = engine("als_mimics").ask_rows(findings, states)
    again, log_q = engine("als_mimics").ask_rows(findings, states[rows])
    assert np.array_equal(found[rows], again, equal_nan=True)
    assert np.array_equal(log_p[rows], log_q)


def test_a_row_is_the_case_that_is_asked_alone(als, drawn):
    findings, states = drawn
    found, log_p = engine("als_mimics").ask_rows(findings, states)
    for row in np.flatnonzero(log_p > -np.inf):
        seen = {
            name: als.states(name)[state]
            for name, state in zip(findings, states[row], strict=True)
            if state != MISSING
        }
        alone = engine("als_mimics").diagnose(seen)
        assert alone.post_test == pytest.approx(found[row], abs=1e-15)
        assert alone.log_p_findings == pytest.approx(log_p[row], abs=1e-12)


@pytest.mark.parametrize("hidden", [(), ("a",), ("a", "b")])
def test_each_number_of_messages_is_multiplied(hidden):
    """None to 20 signs at once, that need nothing, or one of two variables that are hidden or known."""
    rng = np.random.default_rng(7)
    made = {"t": Cpt(rng.dirichlet(np.ones(5))), "p": Cpt(rng.dirichlet(np.ones(9), 5).T, ("t",))}
    made |= {name: Cpt(rng.dirichlet(np.ones(3), 5).T, ("t",)) for name in "ab"}
    for name in ("", "a", "b"):
        for x in range(20):
            present = np.repeat(rng.random((3, 5, 1)), 9, axis=2)
            present[..., rng.permutation(9)[:4]] = rng.random((3, 5, 4))
            table = np.stack([1 - present, present])
            made[f"s{name}{x}"] = Cpt(table, (name, "t", "p")) if name else Cpt(table[:, 0], ("t", "p"))
    findings = [*made][2:]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conditioning, "LARGEST_PART", 2000)
        cut = cut_network(made, "t", "p", findings)
    assert cut is not None and sorted(cut.cutset) == ["a", "b"]
    rows = rng.integers(0, 2, (21, len(findings)))
    for column, name in enumerate(findings):
        rows[: int(name.strip("sab") or 0) + 1, column] = MISSING
        rows[:, column] = MISSING if name in hidden else rows[:, column]
    found, log_p = CutMachine(cut, made).ask_rows(findings, rows.astype(np.int16))
    expected, log_q = NumpyBackend(made, "t").ask_rows(findings, rows)
    assert found == pytest.approx(expected, abs=1e-13)
    assert log_p == pytest.approx(log_q, abs=1e-12)


def test_a_network_of_many_hidden_variables_is_left_whole():
    """A chain that nobody observes has more axes than an einsum can name."""
    rng = np.random.default_rng(3)
    made = {"t": Cpt(np.array([0.3, 0.7])), "p": Cpt(rng.dirichlet(np.ones(12), 2).T, ("t",))}
    before = "t"
    for v in range(60):
        made[f"h{v}"] = Cpt(rng.dirichlet(np.ones(2), 2).T, (before,))
        before = f"h{v}"
    for v in range(3):
        present = rng.random((2, 2, 12))
        made[f"s{v}"] = Cpt(np.stack([1 - present, present]), (f"h{20 * v + 19}", "t", "p"))
    findings = ["s0", "s1", "s2"]
    assert cut_network(made, "t", "p", findings) is None
    compiled, plain = CompiledBackend(made, "t", findings), NumpyBackend(made, "t", findings)
    for found in ({}, {"s0": 1}, {"s0": 0, "s1": 1, "s2": 1}):
        assert compiled.ask(found)[0] == pytest.approx(plain.ask(found)[0], abs=1e-12)


def test_all_messages_together_have_a_limit(monkeypatch):
    made = {"t": Cpt(np.full(2, 0.5)), "p": Cpt(np.full((9, 2), 1 / 9), ("t",))}
    made |= {name: Cpt(np.full((2, 2, 9), 0.5), ("t", "p")) for name in "abc"}
    assert cut_network(made, "t", "p", "abc")
    monkeypatch.setattr(conditioning, "LARGEST_NETWORK", 100)
    assert cut_network(made, "t", "p", "abc") is None
