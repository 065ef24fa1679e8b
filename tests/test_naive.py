"""Naive Bayes from the numbers of a network, against a calculation by hand."""

import numpy as np
import pytest
from conftest import NETWORKS, engine, two_diagnoses

from dxnet import Case, Engine, Estimate, load_network
from dxnet.errors import NetworkError
from dxnet.evaluation.naive_bayes import naive_bayes
from dxnet.knowledge.network import Finding, Mechanism
from dxnet.knowledge.table import ConditionalTable


def given(a, b):
    rows = {"a": Estimate.parse(f"{a} ~ 10 @estimate"), "b": Estimate.parse(f"{b} ~ 10 @estimate")}
    return ConditionalTable(parents=("diagnosis",), rows=rows)


@pytest.fixture(scope="module")
def joined():
    """Two findings of one mechanism, which depend on each other."""
    findings = {
        "x": Finding(label="X", given=given(0.6, 0.1), through="m"),
        "y": Finding(label="Y", given=given(0.5, 0.2), through="m"),
    }
    leak = Estimate.parse("0.02 ~ 10 @estimate")
    return two_diagnoses(findings, mechanisms={"m": Mechanism(label="M", given=given(0.8, 0.3), leak=leak)})


def test_a_diagnosis_that_never_occurs_is_told(tmp_path):
    path = tmp_path / "z.bif"
    path.write_text(
        "network z { }\nvariable d { type discrete [ 3 ] { a, b, c }; }\n"
        "variable f { type discrete [ 2 ] { absent, present }; }\n"
        "probability ( d ) { table 0.6, 0.4, 0.0; }\n"
        "probability ( f | d ) { (a) 0.9, 0.1; (b) 0.2, 0.8; (c) 0.5, 0.5; }\n"
    )
    with pytest.raises(NetworkError, match="never occurs: c; compare with another"):
        naive_bayes(Engine(load_network(f"{path}#d")))


def test_it_multiplies_the_stated_numbers(joined):
    case = Case({"x": "present", "y": "present"})
    p = 0.6 * 0.5 / (0.6 * 0.5 + 0.1 * 0.2)
    naive = Engine(naive_bayes(Engine(joined)), backend="numpy")
    assert naive.diagnose(case).probability("a") == pytest.approx(p, abs=1e-12)
    assert Engine(joined).diagnose(case).probability("a") < p - 0.02  # it counts what they share once


@pytest.mark.parametrize("name", NETWORKS)
def test_one_finding_alone_tells_the_same(name):
    """The marginals are those of the built network, of every finding, so only findings together differ."""
    whole = engine(name)
    naive = Engine(naive_bayes(whole))
    assert naive.pre_test == pytest.approx(whole.pre_test, abs=1e-12)
    before, after = whole.marginals({}), naive.marginals({})
    for finding in whole.network.findings:
        assert after[finding] == pytest.approx(before[finding], abs=1e-12), finding
    for finding, node in list(whole.network.findings.items())[::30]:
        case = Case({finding: node.states[-1]})
        assert naive.diagnose(case).post_test == pytest.approx(whole.diagnose(case).post_test, abs=1e-9)


def test_many_findings_are_the_product_of_the_implied_numbers(als):
    whole = Engine(als.model_copy(update={"unexplained": None, "unlisted": ""}), "flat")
    naive = Engine(naive_bayes(whole), backend="numpy")
    findings = {"age": "60-69", "dysarthria": "present", "tongue_atrophy": "present", "areflexia": "absent"}
    joint = whole.marginals(Case({}))
    p = whole.pre_test.copy()
    for name, state in findings.items():
        p *= joint[name][als.states(name).index(state)] / joint[name].sum(axis=0)
    assert naive.diagnose(Case(findings)).post_test == pytest.approx(p / p.sum(), abs=1e-12)
    assert naive.setting == "flat" and list(naive.network.settings) == ["flat"]
    assert not np.allclose(whole.diagnose(Case(findings)).post_test, p / p.sum(), atol=1e-3)
