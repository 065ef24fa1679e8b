"""What a network is for other programs: its answers are those of dxnet, with all that is not explained."""

import numpy as np
import pytest
from conftest import LESIONS, TINY, two_diagnoses
from hypothesis import given, settings
from hypothesis import strategies as st

from dxnet import Case, Engine, Estimate, load_network, to_pgmpy
from dxnet.errors import CaseError
from dxnet.formats.networks.registry import dump
from dxnet.inference.backends.numpy_backend import NumpyBackend
from dxnet.inference.backends.pgmpy_model import discrete
from dxnet.inference.cpt import Discrete
from dxnet.knowledge.diagnosis import Setting
from dxnet.knowledge.kinds.base import Cpt
from dxnet.knowledge.network import DIAGNOSIS, Finding
from dxnet.knowledge.table import ConditionalTable


def table(parents, **rows):
    rows = {row.replace("_", ", "): Estimate.parse(f"{text} ~ 10 @estimate") for row, text in rows.items()}
    return ConditionalTable(parents=parents, rows=rows)


def below_a_cause():
    """Unexplained patients, a diagnosis with a parent, and findings of the names that an export takes."""
    findings = {
        "cause": Finding(label="Cause", given=table((), default="0.3")),
        "unexplained": Finding(label="U", given=table((DIAGNOSIS,), a="0.2", b="0.9")),
        "disease_shown": Finding(
            label="D", given=table((DIAGNOSIS, "cause"), a="0.4", b_absent="0.1", b="0.7")
        ),
    }
    prior = Setting(label="S", given=table(("cause",), absent="0.9 0.1", present="0.4 0.6"))
    share = Estimate.parse("0.2 ~ 10 @estimate")
    return two_diagnoses(findings, settings={"s": prior}, unexplained=share, unlisted="b")


MADE = {"asia": "asia", "tiny": TINY, "lesions": LESIONS, "below a cause": below_a_cause()}
ANSWERED = {name: Engine(it if name == "below a cause" else load_network(it)) for name, it in MADE.items()}
EXPORTED = {
    name: NumpyBackend(discrete(engine.network).tables, DIAGNOSIS) for name, engine in ANSWERED.items()
}


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(ANSWERED)), st.data())
def test_an_export_has_the_probabilities_of_dxnet(name, data):
    engine = ANSWERED[name]
    findings = engine.network.findings
    chosen = data.draw(st.lists(st.sampled_from(sorted(findings)), max_size=5, unique=True))
    case = Case({finding: data.draw(st.sampled_from(findings[finding].states)) for finding in chosen})
    likelihoods = case.likelihoods(engine.network)
    own, log_p = EXPORTED[name].ask(likelihoods)
    if np.isfinite(log_p):
        assert own == pytest.approx(engine.diagnose(case).post_test, abs=1e-12)


def test_a_file_and_pgmpy_have_them_too(tmp_path):
    from pgmpy.inference import VariableElimination

    answers = ANSWERED["lesions"]
    path = tmp_path / "lesions.bif"
    path.write_text(dump(discrete(answers.network), "bif"))
    case = {"weakness": "present", "hand_wasting": "present"}
    ours = answers.diagnose(case).post_test
    again = Engine(load_network(path)).diagnose(case)
    assert again.post_test == pytest.approx(ours, abs=1e-12)
    theirs = VariableElimination(to_pgmpy(answers)).query([DIAGNOSIS], case, show_progress=False)
    assert theirs.values == pytest.approx(ours, abs=1e-12)


def test_names_that_are_taken_are_left_alone():
    assert discrete(MADE["below a cause"]).tables[DIAGNOSIS].parents == ("unexplained_2", "disease_shown_2")


def test_a_state_called_unknown_in_a_file_is_a_state_of_its_own(tmp_path):
    """Not *not examined*: its numbers count, under a name that no case takes for a missing value."""
    values = np.array([[0.2, 0.1], [0.5, 0.3], [0.3, 0.6]])
    tables = {"flu": Cpt(np.array([0.9, 0.1])), "test": Cpt(values, ("flu",))}
    states = {"flu": ("unknown", "yes"), "test": ("NA", "unknown", "NA_state")}
    path = tmp_path / "flu.xdsl"
    path.write_text(dump(Discrete(tables, states), "xdsl"))
    network = load_network(path, "flu")
    assert network.diagnoses == ("unknown_state", "yes")
    assert network.findings["test"].states == ("NA_state", "unknown_state", "NA_state_2")
    assert Engine(network).diagnose({"test": "unknown_state"}).probability("yes") == pytest.approx(0.0625)
    with pytest.raises(CaseError, match="not examined has none"):
        Engine(network).diagnose({"test": "unknown"})
    assert "NA (NA_state) of test" in " ".join(network.limits)
