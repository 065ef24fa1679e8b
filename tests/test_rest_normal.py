"""The rest of a procedure is normal: what is entered, what stays open, and at which visit."""

from datetime import date

import pytest
from conftest import engine, network
from hypothesis import given
from hypothesis import strategies as st

from dxnet import Case, CaseError, NetworkError, Visit, rest_normal
from dxnet.knowledge.network import NORMAL

ALS = network("als_mimics")
CLUES = [name for name in ALS.findings if any(name in pair for pair in ALS.implications)]
CLUES += ["sex", "gynaecomastia", "areflexia", "babinski", "mri_cord_compression"]
FIRST, SECOND = date(2024, 1, 10), date(2024, 6, 2)


@st.composite
def findings(draw):
    """A few findings that imply or exclude others, certain or not."""
    states = {}
    for name in draw(st.lists(st.sampled_from(CLUES), unique=True, max_size=6)):
        known = ALS.findings[name].states
        unsure = st.just({known[0]: 0.3, known[1]: 0.7})
        states[name] = draw(st.sampled_from(known) | unsure)
    return states


@st.composite
def cases(draw):
    """A plain case with something paused, or one of two visits."""
    if draw(st.booleans()):
        first, second = draw(findings()), draw(findings())
        paused = draw(st.sets(st.sampled_from([*first, *second] or [""])))
        return Case.of_visits([Visit(FIRST, first), Visit(SECOND, second)], paused=paused & {*first, *second})
    known, paused = draw(findings()), draw(findings())
    return Case(known, paused={name: state for name, state in paused.items() if name not in known})


@given(cases(), st.sampled_from(["examination", "history", "mri_spine"]))
def test_only_what_is_open_becomes_normal_and_nothing_new_is_odd(case, procedure):
    rest = rest_normal(ALS, case, procedure)
    seen_today = {**case.paused, **(case.visits[-1].findings if case.visits else case.findings)}
    assert not {*rest.entered, *rest.left_open} & seen_today.keys()
    assert not rest.entered.keys() & rest.left_open.keys()
    for name, state in rest.entered.items():
        finding = ALS.findings[name]
        assert finding.procedure == procedure and state == finding.states[0] and state in NORMAL
        assert case.findings.get(name, state) == state, "what was abnormal before is no rest"
    assert rest.case.findings == {**case.findings, **rest.entered} and rest.case.paused == case.paused
    everything, before = (Case({**it.findings, **it.paused}) for it in (rest.case, case))
    assert {str(it) for it in everything.warnings(ALS)} <= {str(it) for it in before.warnings(ALS)}
    again = rest_normal(ALS, rest.case, procedure)
    assert not again.entered and again.case == rest.case and again.left_open == rest.left_open


def test_a_normal_rest_answers_as_the_findings_entered_one_by_one():
    found = {"mri_cord_compression": "compression", "arm_weakness": "present"}
    rest = rest_normal(engine("als_mimics"), found, "mri_spine")
    by_hand = {name: "absent" for name, it in ALS.findings.items() if it.procedure == "mri_spine"} | found
    assert rest.case.findings == by_hand
    alone = engine("als_mimics").diagnose(found)
    assert engine("als_mimics").diagnose(rest.case).probability("cord_tumour") < alone.probability(
        "cord_tumour"
    )


@pytest.mark.parametrize(
    ("found", "procedure", "open_still"),
    [
        ({"split_hand": "present"}, "examination", {"arm_weakness", "weakness"}),
        ({"split_hand": {"present": 0.6, "absent": 0.4}}, "examination", {"arm_weakness", "weakness"}),
        ({"split_hand": "absent"}, "examination", set()),
        ({"vibration_loss": "present"}, "examination", {"sensory_loss"}),
        ({"areflexia": "present"}, "examination", {"areflexia_arms", "areflexia_legs"}),
        ({"areflexia": "present", "areflexia_arms": "absent"}, "examination", {"areflexia_legs"}),
        ({"areflexia": "present", "areflexia_arms": "present"}, "examination", set()),
        ({"areflexia_arms": "present"}, "examination", {"areflexia"}),
        ({"ck": "850 U/L"}, "serum_ck", set()),
        ({}, "lumbar_puncture", {"csf_ocb"}),
        ({}, "mri_brain", {"mri_cst_hyperintensity"}),
        ({}, "history", {"prior_polio", "spread"}),
    ],
)
def test_what_an_entry_implies_or_needs_a_test_of_its_own_stays_open(found, procedure, open_still):
    always = {"gynaecomastia", "abdominal_reflex_absent"} if procedure == "examination" else set()
    rest = rest_normal(ALS, found, procedure)
    assert rest.left_open.keys() == open_still | always
    assert all(rest.left_open.values())


def test_findings_without_a_normal_state_are_no_part_of_it():
    rest = rest_normal(ALS, {}, "history")
    assert not {"age", "sex", "onset_region", "onset_tempo", "onset_asymmetry"} & {
        *rest.entered,
        *rest.left_open,
    }
    assert rest.entered["family_history"] == "absent"


def test_only_the_groups_that_are_meant():
    rest = rest_normal(ALS, {"babinski": "present"}, "examination", categories=["UMN signs"])
    assert {ALS.findings[name].category for name in rest.entered} == {"UMN signs"}
    assert "hoffmann" in rest.entered and "babinski" not in rest.entered


def test_the_entries_belong_to_the_visit_and_leave_what_was_abnormal_before():
    case = Case.of_visits(
        [Visit(FIRST, {"babinski": "present", "hoffmann": "absent"}), Visit(SECOND, {"clonus": "absent"})],
        {"sex": "male"},
        id="a",
    )
    last = rest_normal(ALS, case, "examination", categories=["UMN signs"])
    assert last.case.visits[0] == case.visits[0] and last.case.id == "a"
    assert last.case.visits[1].findings == {"clonus": "absent", **last.entered}
    assert last.entered["hoffmann"] == "absent", "examined again, and found normal again"
    assert last.left_open["babinski"] == "present when it was seen last"
    first = rest_normal(ALS, case, "examination", categories=["UMN signs"], on="2024-01-10")
    assert first.case.visits[1] == case.visits[1] and "clonus" in first.entered
    assert first.case.visits[0].findings.keys() >= first.entered.keys()
    with pytest.raises(
        CaseError, match="a: has no visit on 2024-03-01; choose one of 2024-01-10, 2024-06-02"
    ):
        rest_normal(ALS, case, "examination", on="2024-03-01")
    with pytest.raises(CaseError, match="it has no visits; leave out the day"):
        rest_normal(ALS, {}, "examination", on=FIRST)


def test_lasting_findings_get_no_date():
    asked = ALS.findings["prior_polio"].model_copy(update={"on_its_own": "no"})
    als = ALS.model_copy(update={"findings": {**ALS.findings, "prior_polio": asked}})
    rest = rest_normal(als, Case.of_visits([Visit(FIRST, {"cramps": "present"})]), "history")
    assert rest.case.undated == {"prior_polio": "absent"}


def test_what_is_not_known_is_refused_all_at_once():
    with pytest.raises(NetworkError, match="'examinaton'; did you mean examination") as refused:
        rest_normal(ALS, {}, "examinaton", categories=["UMN", "MRI"])
    assert len(refused.value.issues) == 2 and "no category 'UMN'" in str(refused.value)
    with pytest.raises(NetworkError, match="no procedure 'mri_spine'; it has no procedures"):
        rest_normal(network("asia"), {}, "mri_spine")
    with pytest.raises(CaseError, match="unknown finding 'babinsky'"):
        rest_normal(ALS, {"babinsky": "present"}, "examination")


def test_a_network_without_procedures_has_its_groups():
    rest = rest_normal(network("asia"), {"dyspnoea": "present"}, "", categories=["symptoms", "history"])
    assert rest.entered == {"visit_to_asia": "absent", "smoking": "absent"}
