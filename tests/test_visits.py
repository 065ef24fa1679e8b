"""Two cases side by side: what moved a diagnosis."""

import numpy as np
import pytest
from conftest import engine
from hypothesis import given
from hypothesis import strategies as st

from dxnet import Case, Engine, explain, load_network, read_cases
from dxnet.errors import NetworkError
from dxnet.knowledge.load import RESOURCES
from dxnet.reasoning.what_moved import what_moved

ALS = engine("als_mimics")
PUBLISHED = read_cases(RESOURCES / "data" / "cases" / "published.jsonl")


def log_odds(case, diagnosis):
    p = ALS.diagnose(case).probability(diagnosis)
    return np.log(p) - np.log1p(-p)


@given(st.sampled_from(PUBLISHED), st.sampled_from(PUBLISHED))
def test_the_steps_sum_to_the_change(before, after):
    found = what_moved(ALS, before, after)
    assert found.diagnosis == ALS.diagnose(after).ranking[0]
    change = log_odds(after, found.diagnosis) - log_odds(before, found.diagnosis)
    assert found.after - found.before == pytest.approx(change, abs=1e-6)
    assert sum(step.weight for step in found.steps) == pytest.approx(found.after - found.before, abs=1e-9)
    differ = {
        f for f in {**before.findings, **after.findings} if before.findings.get(f) != after.findings.get(f)
    }
    assert {step.finding for step in found.steps} == differ


@given(st.sampled_from(PUBLISHED))
def test_there_and_back_is_the_opposite(case):
    other = Case({**case.findings, "babinski": "present", "sensory_loss": "absent", "csf_ocb": "present"})
    there = {step.finding: step.weight for step in what_moved(ALS, case, other, "ms").steps}
    back = {step.finding: step.weight for step in what_moved(ALS, other, case, "ms").steps}
    assert there.keys() == back.keys()
    assert all(there[name] == pytest.approx(-back[name], abs=1e-9) for name in there)


def test_from_nothing_it_is_the_explanation():
    case = Case(dict(list(PUBLISHED[0].findings.items())[:8]))
    weights = {c.finding: c.weight for c in explain(ALS, case, "als").contributions}
    found = {step.finding: step.weight for step in what_moved(ALS, Case({}), case, "als").steps}
    assert found == pytest.approx(weights, abs=1e-9)


def test_likelihoods_on_either_side():
    before = Case({"babinski": "possible", "mri_cord_compression": "probable compression"})
    after = Case({"babinski": {"present": 0.9, "absent": 0.2}, "mri_cord_compression": "absent"})
    found = what_moved(ALS, before, after, "dcm")
    assert found.before == pytest.approx(log_odds(before, "dcm"), abs=1e-9)
    assert found.after == pytest.approx(log_odds(after, "dcm"), abs=1e-9)
    states = {step.finding: (step.before, step.after) for step in found.steps}
    assert states["babinski"] == ("possible", "uncertain (present 0.9, absent 0.2)")


def test_the_same_case_has_not_moved():
    found = what_moved(ALS, PUBLISHED[0], PUBLISHED[0])
    assert found.steps == () and found.before == found.after


def test_what_is_no_diagnosis_is_refused():
    with pytest.raises(NetworkError, match="no diagnosis 'asl'"):
        what_moved(Engine(load_network("als_mimics"), backend="numpy"), Case({}), Case({}), "asl")
