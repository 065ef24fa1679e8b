"""Cases: likelihoods, what does not fit the network, and what is odd."""

from dataclasses import FrozenInstanceError
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dxnet import Case, Engine, load_network, read_cases
from dxnet.errors import CaseError, Issue, UnknownFinding, UnknownState
from dxnet.knowledge.strict_yaml import Scalar

TINY = load_network(Path(__file__).parent / "tiny")


def refusal(findings, kind=CaseError, id=""):
    with pytest.raises(CaseError) as caught:
        Case(findings, id=id).likelihoods(TINY)
    assert type(caught.value) is kind
    assert all(issue.level == "error" and issue.message and issue.fix for issue in caught.value.issues)
    return [str(issue).removeprefix("error: ") for issue in caught.value.issues]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("absent", 0),
        ("sustained", 2),
        ({"sustained": 0.8, "absent": 0.2, "unsustained": 0}, [0.25, 0, 1]),
        ({"sustained": 0.8, "absent": 0.2}, [0.25, 0, 1]),
        ({"sustained": 1, "absent": 0.7}, [0.7, 0, 1]),
        ({"unsustained": 1}, [0, 1, 0]),
        ({"unsustained": 0.001, "absent": 0, "sustained": 0.0}, [0, 1, 0]),
        ({"unsustained": 5e-324, "absent": 0, "sustained": 0}, [0, 1, 0]),
        ({"absent": np.float32(0.5), "sustained": np.int64(1), "unsustained": 0}, [0.5, 0, 1]),
        ({"absent": 1, "unsustained": 1, "sustained": 1}, [1, 1, 1]),
        (Scalar("absent", "case.yaml:3"), 0),
    ],
)
def test_likelihoods_are_scaled_to_a_maximum_of_one(state, expected):
    result = Case({"clonus": state}).likelihoods(TINY)
    assert list(result) == ["clonus"]
    assert result["clonus"] == pytest.approx(expected, abs=1e-12)


def test_only_what_is_listed_has_a_likelihood():
    assert Case({}).likelihoods(TINY) == {}
    result = Case({"sex": "male", "age": "60+"}).likelihoods(TINY)
    assert result == {"sex": 1, "age": 1}


@given(
    st.fixed_dictionaries(dict.fromkeys(TINY.states("clonus"), st.floats(1e-6, 1))),
    st.floats(1e-3, 1),
)
def test_a_common_factor_changes_nothing(likelihoods, factor):
    scaled = {state: value * factor for state, value in likelihoods.items()}
    one, other = (Case({"clonus": state}).likelihoods(TINY)["clonus"] for state in (likelihoods, scaled))
    assert one == pytest.approx(other, rel=1e-9)
    assert one.max() == 1 and (one >= 0).all()


def test_misspelt_findings_and_states():
    assert refusal({"clonsu": "absent"}, UnknownFinding) == ["unknown finding 'clonsu'; did you mean clonus?"]
    assert refusal({"clonus": "sustaned"}, UnknownState, id="p1") == [
        "p1: clonus: unknown state 'sustaned'; did you mean sustained or unsustained?"
    ]
    assert refusal({"clonus": {"absnt": 0.5}}, UnknownState) == [
        "clonus: unknown state 'absnt'; did you mean absent?"
    ]
    assert refusal({"age": "Present"}, UnknownState) == ["age: unknown state 'Present'; known are 18-59, 60+"]
    assert refusal({7: "absent"}, UnknownFinding)[0].startswith(
        "unknown finding 7; no finding is called alike"
    )


@pytest.mark.parametrize("latent", ["cord", "spondylosis", "atypical", "diagnosis"])
def test_what_cannot_be_observed_is_no_finding(latent):
    assert refusal({latent: "present"}, UnknownFinding)[0].startswith(f"unknown finding '{latent}'")


@pytest.mark.parametrize("state", [["absent"], ("absent",), {"absent"}, b"absent"])
def test_what_is_no_state(state):
    (message,) = refusal({"clonus": state})
    cure = "write a state (absent, unsustained, sustained) or a likelihood for each"
    assert message == f"clonus: cannot read {state!r}; {cure}"


@pytest.mark.parametrize(
    "value", [-0.1, 1.5, 50, float("nan"), float("inf"), 10**400, True, "0.5", None, [1], 1j]
)
def test_what_is_no_likelihood(value):
    (message,) = refusal({"clonus": {"absent": value, "unsustained": 0, "sustained": 0.5}})
    assert message.startswith("clonus.absent: ")
    assert message.endswith(
        "is no probability; write P(what was seen | this state), from 0 to 1, such as 0.8"
    )


def test_a_state_without_a_number_is_excluded_only_where_the_others_leave_no_doubt():
    cure = "write P(what was seen | state) for each state, 0 where it cannot be"
    assert refusal({"weakness": {"present": 0.5}}) == [f"weakness: absent has no number; {cure}"]
    assert refusal({"clonus": {"absent": 0.5}}) == [f"clonus: unsustained, sustained have no number; {cure}"]
    assert refusal({"clonus": {}}) == [f"clonus: absent, unsustained, sustained have no number; {cure}"]


def test_all_likelihoods_zero():
    (message,) = refusal({"clonus": {"absent": 0.0, "unsustained": 0, "sustained": 0}})
    assert message == "clonus: no state has a probability above 0; write that of each state, or leave it out"


def test_all_problems_at_once_with_their_places():
    findings = {
        Scalar("clonsu", "c.yaml:2"): "absent",
        "sex": "male",
        Scalar("clonus", "c.yaml:4"): {Scalar("absnt", "c.yaml:5"): 0.5, "sustaned": -1},
        "age": Scalar("seventy", "c.yaml:7"),
        "weakness": ["present"],
    }
    assert [message.split("; ")[0] for message in refusal(findings, CaseError, id="p1")] == [
        "c.yaml:2: unknown finding 'clonsu'",
        "c.yaml:5: clonus: unknown state 'absnt'",
        "c.yaml:4: clonus: unknown state 'sustaned'",
        "c.yaml:4: clonus.sustaned: -1 is no probability",
        "c.yaml:7: age: unknown state 'seventy'",
        "p1: weakness: cannot read ['present']",
    ]
    assert len(refusal({"a": "x", "b": "y"}, UnknownFinding)) == 2


def test_long_texts_are_cut_in_complaints():
    assert len(refusal({"clonus": "x" * 10_000}, UnknownState)[0]) < 200
    assert len(refusal({"x" * 10_000: "absent"}, UnknownFinding)[0]) < 300


@pytest.mark.parametrize(
    ("first", "second"),
    [("wasting", "weakness"), ("weak_reflex_arm", "weak_reflexes")],
    ids=["requires", "any-of"],
)
def test_contradictions_are_warned_of(first, second):
    findings = {first: "present", second: "absent"}
    (issue,) = Case(findings, id="p1").warnings(TINY)
    assert issue == Issue(
        "warning",
        "p1",
        f"{first} is present but {second} is absent, which it implies",
        "correct one of them, or enter it as uncertain",
    )
    warned = Engine(TINY).diagnose(Case(findings, id="p1")).warnings
    assert warned == (issue,)


def test_a_whole_without_any_of_its_parts_is_warned_of():
    parts = {"weak_reflex_arm": "absent", "weak_reflex_leg": "absent"}
    (issue,) = Case({"weak_reflexes": "present", **parts}).warnings(TINY)
    assert issue.message == "weak_reflexes is present but none of weak_reflex_arm, weak_reflex_leg is"
    assert Case({"weak_reflexes": "absent", **parts}).warnings(TINY) == []


@pytest.mark.parametrize(
    "findings",
    [
        {},
        {"wasting": "present"},
        {"nothing": "present", "weakness": "absent"},
        {"weakness": "absent"},
        {"wasting": "absent", "weakness": "absent"},
        {"wasting": "present", "weakness": "present"},
        {"wasting": "present", "weakness": {"absent": 0.9, "present": 0.1}},
        {"wasting": {"present": 1.0}, "weakness": "absent"},
        {"weak_reflex_arm": "absent", "weak_reflexes": "present"},
    ],
)
def test_what_is_no_contradiction(findings):
    assert Case(findings).warnings(TINY) == []


def test_several_warnings_and_those_of_the_file():
    """Repeated findings are noticed where the file is read; the case carries them on."""
    repeated = Issue("warning", "c.yaml:9", "sex is given more than once, always as male", "keep one")
    findings = {"wasting": "present", "brisk_jaw": "present", "weakness": "absent"}
    warnings = Case(findings, issues=(repeated,)).warnings(TINY)
    assert warnings[0] == repeated
    assert [warning.message.split()[0] for warning in warnings[1:]] == ["wasting", "brisk_jaw"]


def test_cases_are_frozen():
    with pytest.raises(FrozenInstanceError):
        Case({}).findings = {"sex": "male"}
    assert Case({"sex": "male"}) == Case({"sex": "male"})
    assert Case({"sex": "male"}) != Case({"sex": "male"}, id="p1")


def test_soft_words_stand_for_likelihoods():
    net = load_network("als_mimics")
    case = Case(
        {"mri_cord_compression": "probable compression", "babinski": "possible", "clonus": "equivocal"}
    )
    seen = case.likelihoods(net)
    assert seen["mri_cord_compression"] == pytest.approx([0.25, 0.25, 1, 0.25])
    assert seen["babinski"] == pytest.approx([0.4 / 0.6, 1])
    assert seen["clonus"] == pytest.approx([1] * len(net.states("clonus")))
    assert case.warnings(net) == []


def test_a_soft_word_lies_between_absent_and_present(als):
    answers = Engine(als)
    p = [
        answers.diagnose(Case({"mri_cord_compression": state})).probability("dcm")
        for state in (
            "absent",
            "equivocal compression",
            "possible compression",
            "probable compression",
            "compression",
        )
    ]
    assert p == sorted(p) and p[1] == pytest.approx(answers.pre_test[als.diagnoses.index("dcm")], rel=1e-9)


def test_a_soft_word_needs_its_state():
    with pytest.raises(UnknownState, match="say of which state, such as 'probable compression_with_signal'"):
        Case({"mri_cord_compression": "probable"}).likelihoods(load_network("als_mimics"))
    with pytest.raises(UnknownState, match="unknown state 'probable squeeze'"):
        Case({"mri_cord_compression": "probable squeeze"}).likelihoods(load_network("als_mimics"))


@pytest.mark.parametrize("suffix", ["yaml", "json", "csv"])
def test_soft_words_work_in_every_format(tmp_path, suffix):
    path = tmp_path / f"case.{suffix}"
    text = {
        "yaml": "findings: {mri_cord_compression: probable compression}",
        "json": '{"findings": {"mri_cord_compression": "probable compression"}}',
        "csv": "mri_cord_compression\nprobable compression\n",
    }[suffix]
    path.write_text(text)
    (case,) = read_cases(path)
    assert case.likelihoods(load_network("als_mimics"))["mri_cord_compression"][2] == 1


def test_many_cases_at_once_are_answered_as_one_by_one():
    cases = [
        Case({"slow_walk": "present"}, id="a"),
        Case({"slow_walk": {"present": 0.7, "absent": 0.1}, "weak_reflexes": "absent"}, id="b"),
        Case({}, id="c"),
    ]
    answers = Engine(TINY).diagnose_all(cases)
    assert [answer.case for answer in answers] == cases
    for answer, case in zip(answers, cases, strict=True):
        alone = Engine(TINY).diagnose(case)
        assert answer.post_test == pytest.approx(alone.post_test, abs=1e-12)
        assert answer.log_p_findings == pytest.approx(alone.log_p_findings, abs=1e-9)
    assert Engine(TINY).diagnose_all([]) == []


def test_a_table_of_cases_is_read_by_its_columns():
    table = pd.DataFrame(
        {"id": ["a", "b"], "weak_reflexes": ["present", None], "slow_walk": [None, "absent"]}, index=[7, 7]
    )
    first, second = (answer.case for answer in Engine(TINY).diagnose_all(table))
    assert (first.id, first.findings) == ("a", {"weak_reflexes": "present"})
    assert (second.id, second.findings) == ("b", {"slow_walk": "absent"})
    assert list(read_cases(table, network=TINY)) == [first, second]
    with pytest.raises(CaseError, match="two columns are named id"):
        Engine(TINY).diagnose_all(pd.DataFrame([["a", "b"]], columns=["id", "id"]))


def test_what_is_wrong_with_several_cases_is_reported_at_once():
    cases = [Case({"cof": "present"}, id="a"), Case({"weak_reflexes": "weak"}, id="b"), Case({}, id="c")]
    with pytest.raises(CaseError) as caught:
        Engine(TINY).diagnose_all(cases)
    assert [issue.where for issue in caught.value.issues] == ["a", "b"]
    cases = [Case({}), Case({"weak_reflexes": "weak"}), Case({"weak_reflexes": "weak"})]
    with pytest.raises(CaseError) as caught:
        Engine(TINY).diagnose_all(cases)
    assert [issue.where for issue in caught.value.issues] == ["case 2", "case 3"]
    table = pd.DataFrame({"weak_reflexes": ["weak", "present", "weak"]}, index=["x", "y", 7])
    with pytest.raises(CaseError) as caught:
        Engine(TINY).diagnose_all(table)
    assert [issue.where for issue in caught.value.issues] == ["index 'x'", "index 7"]
