"""Arguments of the public functions: each count, share, word and list of a wrong type or range is refused."""

from math import inf, nan

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from conftest import network

import dxnet
from dxnet import Engine
from dxnet.cli import main
from dxnet.errors import CaseError, NetworkError
from dxnet.learning.simulate import MissingPattern

ASIA = Engine(network("asia"), backend="numpy")
CASE = {"xray_abnormal": "present"}
COHORT = pd.DataFrame(
    {"diagnosis": ["lung_cancer", "no_lung_cancer"] * 5, "smoking": [True] * 6 + [False] * 4}
)
NO_NUMBER = ["fever", None, True, [1]]
NO_WHOLE = [*NO_NUMBER, 1.5, nan, inf]
SEED = (NO_WHOLE, [-1])
CALLS = {
    "compare_orders(n)": (lambda v: dxnet.compare_orders(ASIA, v), NO_WHOLE, [0, -1]),
    "compare_orders(commitment)": (
        lambda v: dxnet.compare_orders(ASIA, 5, commitment=v),
        NO_NUMBER,
        [0, -1, 2, 1.01, nan, inf],
    ),
    "compare_orders(seed)": (lambda v: dxnet.compare_orders(ASIA, 5, seed=v), *SEED),
    "conflict(top)": (lambda v: dxnet.conflict(ASIA, CASE, v), NO_WHOLE, [-1]),
    "credible_intervals(level)": (
        lambda v: dxnet.credible_intervals(ASIA, CASE, v, 20),
        NO_NUMBER,
        [0, 1, -1, nan, inf],
    ),
    "credible_intervals(draws)": (
        lambda v: dxnet.credible_intervals(ASIA, CASE, draws=v),
        NO_WHOLE,
        [0, -1],
    ),
    "credible_intervals(seed)": (lambda v: dxnet.credible_intervals(ASIA, CASE, draws=20, seed=v), *SEED),
    "explain(seed)": (lambda v: dxnet.explain(ASIA, CASE, seed=v), *SEED),
    "explain(diagnosis)": (lambda v: dxnet.explain(ASIA, CASE, v), [[1]], ["fever", 3, 1.5]),
    "never_miss(threshold)": (lambda v: dxnet.never_miss(ASIA, CASE, v), NO_NUMBER, [-0.1, 2, nan]),
    "next_tests(cost)": (lambda v: dxnet.next_tests(ASIA, CASE, cost=v), NO_NUMBER, [-1, nan, inf]),
    "next_tests(seed)": (lambda v: dxnet.next_tests(ASIA, CASE, seed=v), *SEED),
    "sensitivity(top)": (lambda v: dxnet.sensitivity(ASIA, CASE, top=v), NO_WHOLE, [0, -1]),
    "simulate(n)": (lambda v: dxnet.simulate(ASIA, v), NO_WHOLE, [0, -1]),
    "simulate(missing)": (lambda v: dxnet.simulate(ASIA, 5, v), [0, 0.3, "fever", [1]], []),
    "simulate(seed)": (lambda v: dxnet.simulate(ASIA, 5, seed=v), *SEED),
    "MissingPattern(findings)": (
        lambda v: dxnet.simulate(ASIA, 5, MissingPattern(v)),
        NO_NUMBER,
        [-0.1, 1, nan],
    ),
    "MissingPattern(by)": (
        lambda v: dxnet.simulate(ASIA, 5, MissingPattern(0.5, v)),
        [],
        ["proc", None, 1, [1]],
    ),
    "MissingPattern(diagnosis)": (
        lambda v: dxnet.simulate(ASIA, 5, MissingPattern(diagnosis=v)),
        NO_NUMBER,
        [-0.1, 1, nan],
    ),
    "what_moved(seed)": (lambda v: dxnet.what_moved(ASIA, {}, CASE, seed=v), *SEED),
    "learn_conditionally(factor)": (
        lambda v: dxnet.learn_conditionally(ASIA, COHORT, v),
        ["fever", True, [1]],
        [0, 1, -1, nan, inf],
    ),
    "learn_conditionally(keep)": (
        lambda v: dxnet.learn_conditionally(ASIA, COHORT, 2, v),
        ["smoking", None, 1, [1]],
        [["fever"]],
    ),
    "score(precision)": (lambda v: dxnet.score(ASIA, COHORT, precision=v), [], ["float16", None, 8, [1]]),
    "diagnose(setting)": (lambda v: dxnet.diagnose(ASIA, CASE, v), [[1]], ["fever", 3]),
    "compare_networks(setting)": (
        lambda v: dxnet.compare_networks(ASIA, ASIA, [], v),
        [[1]],
        ["fever", 3],
    ),
    "compare_networks(cases)": (lambda v: dxnet.compare_networks(ASIA, ASIA, v), [1, "fever", CASE], []),
    "evaluate(cases)": (lambda v: dxnet.evaluate(ASIA, v), [1, "fever", CASE, [1]], []),
    "diagnose_all(cases)": (ASIA.diagnose_all, [1, "fever", CASE, [1]], []),
    "draws(n)": (lambda v: ASIA.draws(CASE, v), NO_WHOLE, [0, -1]),
    "learn(cohort)": (lambda v: dxnet.learn(ASIA, v), [1, "fever", [1]], []),
    "read_cases(stage)": (lambda v: dxnet.read_cases("case.yaml", v), [], ["fever", None, 1]),
    "read_cases(codes)": (
        lambda v: dxnet.read_cases("case.yaml", network=ASIA, codes=v),
        [1, [1]],
        ["none.csv"],
    ),
    "write_report(on)": (
        lambda v: dxnet.write_report(ASIA, CASE, "never_written.html", v),
        [1, [1]],
        ["soon"],
    ),
    "Case.of_visits(visits)": (lambda v: dxnet.Case.of_visits(v), [1, "fever", [1]], []),
    "read_text(text)": (lambda v: dxnet.read_text(v, ASIA), [1, None, [1]], []),
}


@pytest.mark.parametrize("called", CALLS)
def test_a_wrong_argument_is_refused(called):
    call, wrong_types, wrong_values = CALLS[called]
    for value in wrong_types:
        with pytest.raises(TypeError):
            call(value)
    for value in wrong_values:
        with pytest.raises(ValueError, match=r"; (give|did|known|check|write)"):
            call(value)


@pytest.mark.parametrize("whole", [np.int64(2), np.uint8(2)])
def test_numbers_of_numpy_are_numbers(whole):
    assert len(dxnet.simulate(ASIA, whole, MissingPattern(np.float32(0.5)), seed=whole)) == 2
    assert len(dxnet.sensitivity(ASIA, CASE, top=whole)) == 2
    assert dxnet.credible_intervals(ASIA, CASE, np.float64(0.5), whole).level == 0.5


def test_a_message_says_what_to_give():
    with pytest.raises(TypeError, match=r"keep is 'smoking'; give a list of names, such as \['age'\]"):
        dxnet.learn_conditionally(ASIA, COHORT, 2, "smoking")
    with pytest.raises(TypeError, match=r"missing is 0.3; give a MissingPattern of dxnet.learning.simulate"):
        dxnet.simulate(ASIA, 10, 0.3)
    with pytest.raises(CaseError, match="missing by: is 'proc'; give 'procedure' or 'finding'"):
        dxnet.simulate(ASIA, 10, MissingPattern(0.5, by="proc"))
    for columns in (["smoking"], ["id", "diag", "smoking"]):
        with pytest.raises(CaseError, match="name the column of the true diagnoses 'diagnosis'; ") as told:
            dxnet.learn(ASIA, pd.DataFrame([["present"] * len(columns)], columns=columns))
        assert "--truth" not in str(told.value)


def test_learned_numbers_of_another_program_s_file_are_refused_before_they_are_learned(tmp_path):
    cohort, out = tmp_path / "cohort.csv", tmp_path / "out"
    COHORT.to_csv(cohort, index=False)
    run = CliRunner().invoke(main, ["export", "asia", "--format", "bif", "-o", str(tmp_path / "chest.bif")])
    assert run.exit_code == 0, run.output
    name = f"{tmp_path / 'chest.bif'}#diagnosis"
    told = CliRunner().invoke(
        main, ["learn", str(cohort), "--truth", "diagnosis", "--network", name, "-o", str(out)]
    )
    assert told.exit_code == 2 and "Learning" not in told.output and not out.exists()
    assert f"'dxnet import {tmp_path / 'chest.bif'} --target diagnosis -o DIR', and learn with" in told.output


def test_no_network_has_a_setting_or_diagnosis_that_is_no_word():
    with pytest.raises(NetworkError, match="no setting 3"):
        Engine(network("asia"), 3)
