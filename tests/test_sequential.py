"""Orders of tests on simulated patients: against a work-up by hand, and from the command line."""

import json

import numpy as np
import pytest
from click.testing import CliRunner
from conftest import engine, network

from dxnet import Case, CaseError, Engine, compare_orders, next_tests
from dxnet.cli import main
from dxnet.evaluation.order_comparison import OUTCOMES
from dxnet.evaluation.work_up import simulated_patients, work_ups_of
from dxnet.reasoning.next_tests import burden_of_test, findings_of_tests

N = 5


@pytest.fixture(scope="module")
def found(als):
    return compare_orders(engine("als_mimics"), N)


def by_hand(answers, patient, order, commitment=0.9):
    """Burden, tests and the last answer of one patient, one question at a time."""
    tests, known, burden, done = findings_of_tests(answers.network, Case({})), {}, 0.0, []
    while True:
        answer = answers.diagnose(known)
        if answer.post_test.max() >= commitment or len(done) == len(tests):
            return burden, len(done), answer
        test = next(it for it in order(known) if it not in done)
        done.append(test)
        burden += burden_of_test(answers.network, test)
        known |= {finding: patient.findings[finding] for finding in tests[test]}


@pytest.mark.parametrize("name", ["information", "guideline"])
def test_work_ups_are_those_by_hand(als, found, name):
    answers = engine("als_mimics")
    orders = {
        "information": lambda known: [test.procedure for test in next_tests(answers, known)],
        "guideline": lambda known: als.guideline_order,
    }
    done = found.work_ups[name]
    for i, patient in enumerate(simulated_patients(als, answers, 3)):
        burden, tests, answer = by_hand(answers, patient, orders[name])
        assert (done.burden[i], done.tests[i]) == (burden, tests)
        truth = sum(answer.probability(member) for member in als.members(patient.diagnosis))
        assert done.probability[i] == pytest.approx(truth)
        assert done.committed[i] == (answer.post_test.max() >= 0.9)


def test_measures_are_means_over_the_patients(found):
    frame = found.to_frame()
    for name, work_up in found.work_ups.items():
        row = frame.loc[name]
        assert row.burden == pytest.approx(work_up.burden.mean())
        assert row.right == pytest.approx(work_up.right.mean())
        assert row.wrong == pytest.approx((work_up.committed & ~work_up.right).mean())
        assert row.free == pytest.approx((work_up.burden == 0).mean())
    ours, guideline = frame.loc["information"], frame.loc["guideline"]
    if guideline.burden:
        assert guideline.burden_saved == pytest.approx(1 - ours.burden / guideline.burden)
    assert guideline.right_gained == pytest.approx(ours.right - guideline.right)
    assert (found.measures.low <= found.measures.value + 1e-9).all()
    assert (found.measures.value <= found.measures.high + 1e-9).all()


def test_all_tests_are_done_where_no_diagnosis_is_probable_enough(als):
    answers = engine("als_mimics")
    patients = simulated_patients(als, answers, 1)
    everything = answers.diagnose_all(patients)
    total = sum(burden_of_test(als, test) for test in als.procedures)
    for name, work_up in work_ups_of(answers, patients, commitment=1.1, seed=0).items():
        assert (work_up.tests == len(als.procedures)).all() and (work_up.burden == total).all(), name
        assert not work_up.committed.any()
        truth = [
            sum(answer.probability(member) for member in als.members(patient.diagnosis))
            for answer, patient in zip(everything, patients, strict=True)
        ]
        assert work_up.probability == pytest.approx(np.array(truth))


def test_the_same_seed_gives_the_same_patients():
    one, same, other = (compare_orders(engine("asia"), 20, seed=seed) for seed in (1, 1, 2))
    assert one.to_dict() == same.to_dict() and one.to_dict() != other.to_dict()


def test_patients_of_the_same_network_are_its_own():
    own, same = (compare_orders(engine("asia"), 20, of) for of in (None, network("asia")))
    assert own.to_dict() == same.to_dict()


def test_what_patients_do_not_have_stays_unknown(als):
    """Patients of a network without the MRI of the brain: after every test nothing is known of it."""
    gone = [name for name, finding in als.findings.items() if finding.procedure == "mri_brain_swi"]
    kept = {name: finding for name, finding in als.findings.items() if name not in gone}
    answers, source = engine("als_mimics"), Engine(als.model_copy(update={"findings": kept}))
    (patient,) = simulated_patients(als, source, 1)
    assert gone and not set(gone) & set(patient.findings)
    done = work_ups_of(answers, [patient], commitment=1.1, seed=0)["information"]
    assert done.tests.tolist() == [len(als.procedures)]
    truth = sum(answers.diagnose(patient).probability(member) for member in als.members(patient.diagnosis))
    assert done.probability.tolist() == [pytest.approx(truth)]


def test_a_network_without_procedures_tests_single_findings():
    found = compare_orders(engine("asia"), 30, commitment=0.99)
    assert list(found.work_ups) == ["information", "cheapest", "random"]
    assert found.to_frame().burden.tolist() == [0, 0, 0] and (found.to_frame().tests > 0).all()
    assert np.isnan(found.against.value["cheapest", "burden_saved"])
    assert {row["value"] for row in found.to_dict()["against"] if row["measure"] == "burden_saved"} == {None}


def test_a_diagnosis_that_the_other_network_lacks_is_known_by_its_group(als):
    """Myopathy is one of the rest: a network without it judges such a patient by the whole rest."""
    fine = engine("als_mimics")
    gone = {name: it for name, it in als.diagnosis.items() if name != "other_myopathy"}
    coarse = als.model_copy(update={"diagnosis": gone})
    patients = simulated_patients(coarse, fine, 200, seed=3)
    truths = [fine.network.diagnoses[k] for k in _drawn(fine, 200, 3)]
    assert "other_myopathy" in truths
    for truth, patient in zip(truths, patients, strict=True):
        assert patient.diagnosis == ("other" if truth == "other_myopathy" else truth)


def test_a_commitment_to_a_diagnosis_outside_the_true_group_is_wrong():
    """Even where the sum of the group is higher than the probability of that diagnosis."""
    clinic = engine("als_mimics", "general_neurology_clinic")
    first, members = clinic.diagnose({}).ranking[0], clinic.network.groups["other"]
    assert first not in members
    (done, *_) = work_ups_of(clinic, [Case({}, "a", "other")], commitment=0.1, seed=0).values()
    assert done.by_outcome["wrong"].tolist() == [1] and done.tests.tolist() == [0]
    assert done.probability[0] == pytest.approx(sum(map(clinic.diagnose({}).probability, members)))


def _drawn(source, n, seed):
    from dxnet.inference.sample import sampled

    return sampled(source.parameters, n, seed)["diagnosis"].tolist()


def test_patients_whose_diagnoses_and_states_are_not_known_are_refused_all_at_once(als):
    clonus = als.findings["clonus"].model_copy(update={"states": ("absent", "brief", "sustained")})
    odd = als.model_copy(update={"findings": {**als.findings, "clonus": clonus}})
    with pytest.raises(CaseError) as caught:
        simulated_patients(network("asia"), engine("als_mimics"), 5)
    assert len(caught.value.issues) == len(als.diagnoses)
    assert "neither the diagnosis nor its group 'motor neuron disease' is known" in str(caught.value)
    with pytest.raises(CaseError, match="als_mimics: clonus: has unknown states: present"):
        simulated_patients(odd, engine("als_mimics"), 5)


def test_fewer_than_one_patient_is_refused():
    with pytest.raises(CaseError, match="patients: is 0; give 1 or more"):
        compare_orders(engine("asia"), 0)


def test_the_command_prints_tables_or_json():
    text = CliRunner().invoke(main, ["evaluate", "--sequential", "--network", "asia", "--patients", "20"])
    assert text.exit_code == 0, text.output
    again = ["evaluate", "--sequential", "--network", "asia", "--patients-from", "asia", "--patients", "20"]
    assert CliRunner().invoke(main, again).output == text.output
    for words in (
        "Least burden first",
        "Wrongly committed",
        "none stated in this network",
        "no burden",
        "no difference",
    ):
        assert words in text.output
    given = ["evaluate", "--sequential", "--network", "asia", "--patients", "20", "--seed", "4", "--json"]
    found = json.loads(CliRunner().invoke(main, given).output)
    assert found["patients"] == 20 and found["seed"] == 4
    assert {row["measure"] for row in found["measures"]} == set(OUTCOMES)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--sequential", "cases.jsonl"], "CASES: not with --sequential"),
        (["--sequential", "--details", "--stage", "pre"], "--stage, --details: not with --sequential"),
        ([], "Missing argument 'CASES'; or give --sequential"),
        (["cases.jsonl", "--patients", "3"], "--patients goes with --sequential alone"),
        (["--sequential", "--patients-from", "als_mimics", "--network", "asia"], "no setting"),
    ],
)
def test_what_does_not_go_together_is_refused(arguments, complaint):
    result = CliRunner().invoke(main, ["evaluate", *arguments])
    assert result.exit_code == 2 and complaint in result.output


def test_a_seed_below_0_is_refused():
    with pytest.raises(CaseError, match="seed: is -1; give a whole number from 0 on"):
        compare_orders(engine("asia"), 2, seed=-1)
    words = ["evaluate", "--sequential", "--network", "asia", "--patients", "2", "--seed", "-1"]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 2 and "-1 is not in the range x>=0" in result.stderr
