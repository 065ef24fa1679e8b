"""What is made stays as it was made: networks, engines, cases, and their answers; errors name another way."""

import copy
import pickle

import numpy as np
import pytest
from conftest import network

from dxnet import (
    Case,
    CaseError,
    Engine,
    Estimate,
    ImpossibleEvidence,
    NetworkError,
    Visit,
    change_numbers,
    compare_networks,
    conflict,
    load_network,
    what_moved,
)
from dxnet.errors import BackendError, Issue, UnknownFinding
from dxnet.knowledge.table import Frozen

CLASH = {"f1": "present", "f2": "present"}
EXCLUSIVE = """\
network n {}
variable diagnosis { type discrete [ 2 ] { a, b }; }
variable f1 { type discrete [ 2 ] { absent, present }; }
variable f2 { type discrete [ 2 ] { absent, present }; }
probability ( diagnosis ) { table 0.5, 0.5; }
probability ( f1 | diagnosis ) { (a) 1.0, 0.0; (b) 0.5, 0.5; }
probability ( f2 | diagnosis ) { (a) 0.5, 0.5; (b) 1.0, 0.0; }
"""


@pytest.fixture(scope="module", params=["numpy", "compiled"])
def exclusive(request, tmp_path_factory):
    """A network in which the findings of CLASH exclude each other."""
    path = tmp_path_factory.mktemp("nets") / "exclusive.bif"
    path.write_text(EXCLUSIVE, encoding="utf-8")
    return Engine(load_network(path), backend=request.param)


def mappings_in(part):
    """Every mapping that a part of a network holds, at any depth."""
    if isinstance(part, Frozen):
        yield from (it for name in type(part).model_fields for it in mappings_in(getattr(part, name)))
    elif isinstance(part, dict):
        yield part
        yield from (it for value in part.values() for it in mappings_in(value))


@pytest.mark.parametrize("made", [lambda net: net, copy.deepcopy, lambda net: net.model_copy(deep=True)])
@pytest.mark.parametrize("name", ["asia", "als_mimics"])
def test_no_mapping_of_a_network_can_be_changed(name, made):
    net = made(network(name))
    held = [*mappings_in(net), net.nodes, net.state_positions, *net.state_positions.values(), net.groups]
    assert len(held) > 20
    for mapping in held:
        key = next(iter(mapping), "x")
        for change, *entry in (
            (mapping.__setitem__, key, 0),
            (mapping.__delitem__, key),
            (mapping.pop, key),
            (mapping.update, {key: 0}),
            (mapping.clear,),
        ):
            with pytest.raises(TypeError, match=r"change_numbers\(network, .* model_copy\(update="):
                change(*entry)
    for change in (lambda: setattr(net, "version", "2"), lambda: delattr(net, "version")):
        with pytest.raises(TypeError, match=r"version of a Network cannot be changed; .*model_copy"):
            change()


@pytest.mark.parametrize(
    "made",
    [copy.copy, copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net)), lambda net: net.model_copy()],
)
def test_copies_are_the_network_itself(made):
    net = network("asia")
    assert made(net) == net and made(net).fingerprint == net.fingerprint
    assert made(net).findings is not net.findings or made(net).findings == net.findings
    assert {**net.findings} == net.findings and type({**net.findings}) is dict
    assert type(made(net).model_copy(update={"findings": dict(net.findings)}).findings) is type(net.findings)


def test_fields_of_a_copy_are_read_as_those_of_a_file():
    net = network("asia")
    assert net.model_copy(update={"unexplained": "0.3 ~ 10 @estimate"}).unexplained.mean == (0.7, 0.3)
    with pytest.raises(NetworkError) as problem:
        net.model_copy(update={"unexplaned": 1, "unexplained": 0.3, "limits": 3, "findings": {"a": 3}})
    unknown, number, limits, finding = problem.value.issues
    assert (unknown.message, unknown.fix) == ("no field 'unexplaned'", "did you mean unexplained?")
    assert number.message == "unexplained: is not one number with its source"
    assert (limits.message, limits.fix) == ("limits: 3 does not fit", "it should be a valid tuple")
    assert finding.message == "findings.a: 3 does not fit"


def test_a_number_is_changed_by_its_place():
    net, place = network("asia"), "xray_abnormal.no_lung_cancer, absent"
    edited = change_numbers(net, {place: Estimate.parse("0.5 ~ 10 @estimate", reason="a guess")})
    finding = net.findings["xray_abnormal"]
    rows = {**finding.given.rows, "no_lung_cancer, absent": "0.5 ~ 10 @estimate"}
    own = finding.model_copy(update={"given": finding.given.model_copy(update={"rows": rows})})
    by_hand = net.model_copy(update={"findings": {**net.findings, "xray_abnormal": own}})
    p, q, before = (
        Engine(it).diagnose({"xray_abnormal": "present"}).probability("lung_cancer")
        for it in (edited, by_hand, net)
    )
    assert p == q and p < 0.11 and before > 0.48
    assert not edited.fingerprint and not edited.content and net.fingerprint
    assert [it.place for it in compare_networks(net, edited).numbers] == [place]


@pytest.mark.parametrize("name", ["asia", "als_mimics"])
def test_every_number_can_be_changed(name):
    net = network(name)
    known = dict(net.estimates())
    other = {place: Estimate(it.mean, it.weight / 2, it.sources, "half") for place, it in known.items()}
    assert dict(change_numbers(Engine(net, backend="numpy"), other).estimates()) == other
    assert dict(change_numbers(net, {str(place): it for place, it in other.items()}).estimates()) == other
    same = change_numbers(net, known)
    assert same.model_copy(update={"fingerprint": net.fingerprint}) == net


def test_changed_numbers_are_refused_all_at_once():
    net = network("asia")
    odd = {"smoking.defalt": "1", "smoking.default": 0.5, "dyspnoea.present, no_lung_cancer, absent": "1.7"}
    with pytest.raises(NetworkError) as problem:
        change_numbers(net, {**odd, "bronchitis.absent": Estimate((0.2, 0.3, 0.5), 3, ("zz",))})
    assert [issue.message.split(", and")[0] for issue in problem.value.issues] == [
        "no number 'smoking.defalt'",
        "smoking.default: 0.5 is not one number with its source",
        "dyspnoea.present, no_lung_cancer, absent: cannot read '1.7': a probability lies between 0 and 1",
        "bronchitis.absent: 3 probabilities",
        "bronchitis.absent: unknown reference @zz",
    ]
    with pytest.raises(TypeError, match="give a mapping of places to numbers"):
        change_numbers(net, [("smoking.default", "0.3 ~ 10 @estimate")])


def test_an_engine_stays_in_its_setting():
    engine = Engine(network("als_mimics"), "suspected_mnd_referral", "numpy")
    for name, value in {"setting": "flat", "network": network("asia"), "backend": "compiled"}.items():
        with pytest.raises(TypeError, match=rf"{name} of an Engine .* Engine\.of\(engine, 'flat'\)"):
            setattr(engine, name, value)
    assert Engine.of(engine, "flat").setting == "flat"


def test_what_an_engine_keeps_cannot_be_written():
    engine, case = Engine(network("asia")), {"xray_abnormal": "present", "smoking": "absent"}
    before = conflict(engine, case)
    for values in (engine.pre_test, *engine.pre_test_marginals.values()):
        with pytest.raises(ValueError, match="read-only"):
            values *= 2
    with pytest.raises(TypeError):
        engine.pre_test_marginals["smoking"] = engine.pre_test
    assert conflict(engine, case) == before


def test_a_case_and_a_visit_keep_copies():
    soft, about, examined = {"present": 0.8, "absent": 0.2}, {"title": "x"}, {"clonus": "absent"}
    case, visit = Case({"babinski": soft}, about=about, paused=examined), Visit("2024-03-09", examined)
    kept = repr(case), repr(visit)
    soft["present"], about["title"], examined["clonus"] = 0.1, "y", "present"
    assert (repr(case), repr(visit)) == kept
    for mapping in (case.findings, case.findings["babinski"], case.about, case.paused, visit.findings):
        with pytest.raises(TypeError, match=r"case\.with_findings"):
            mapping["clonus"] = "present"
    for other in (copy.deepcopy(case), pickle.loads(pickle.dumps(case))):
        assert other == case and type(other.findings) is type(case.findings)
    with pytest.raises(TypeError, match="cannot be changed"):
        Case({}).about["title"] = "x"


def test_impossible_findings_are_an_error_of_every_question(exclusive):
    for ask in (
        exclusive.diagnose,
        exclusive.marginals,
        exclusive.most_probable,
        lambda case: exclusive.gradient(case, "a"),
        lambda case: exclusive.draws(case, 5),
    ):
        with pytest.raises(ImpossibleEvidence) as problem:
            ask(CLASH)
        assert problem.value.clash == ("f1", "f2")


def test_two_cases_of_which_a_mixture_is_impossible_have_no_weights(exclusive):
    with pytest.raises(CaseError, match=r"f1, f2: .* cannot occur together; .* compare the two answers"):
        what_moved(exclusive, {"f1": "present"}, {"f2": "present"})


def test_unknown_names_are_told_in_every_question():
    engine = Engine(network("asia"), backend="numpy")
    for ask in (lambda: engine.gradient({}, "zz"), lambda: engine.diagnose({}).probability("zz")):
        with pytest.raises(NetworkError, match="no diagnosis 'zz'; known are no_lung_cancer, lung_cancer"):
            ask()
    with pytest.raises(UnknownFinding, match="unknown finding 'smokin'; did you mean smoking"):
        engine.ask_rows(["smokin", "zz"], np.array([[0, 0]]))


@pytest.mark.parametrize(
    "error",
    [
        ImpossibleEvidence(["f1", "f2"]),
        CaseError([Issue("error", "a", "b", "c"), Issue("error", "d", "e")]),
        NetworkError("one"),
        BackendError("two"),
    ],
)
def test_errors_go_to_other_processes(error):
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.issues) == (type(error), str(error), error.issues)
    assert again.__dict__ == error.__dict__
