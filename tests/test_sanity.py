"""What is odd about a case, and whether the network's own codes agree with the ontology."""

from pathlib import Path

import pytest
from conftest import network

from dxnet import Case, load_network
from dxnet.errors import CheckError, Issue
from dxnet.inference.contradictions import oddities
from dxnet.knowledge.ontology import phenotypes


def test_a_sign_of_men_in_a_woman_is_warned_of():
    findings = {"gynaecomastia": "present", "sex": "female"}
    (issue,) = Case(findings, id="p1").warnings(network("als_mimics"))
    message = "gynaecomastia is present but sex is female, which exclude each other"
    assert issue == Issue("warning", "p1", message, "correct one of them, or enter it as uncertain")


@pytest.mark.parametrize(
    "findings",
    [
        {"gynaecomastia": "present", "sex": "male"},
        {"gynaecomastia": "absent", "sex": "female"},
        {"gynaecomastia": "probable", "sex": "female"},
        {"gynaecomastia": "present"},
        {"vibration_loss": "present"},
        {"vibration_loss": "absent", "sensory_loss": "present"},
    ],
)
def test_what_is_not_odd(findings):
    assert Case(findings).warnings(network("als_mimics")) == []


def test_a_finding_and_the_broader_one_may_be_one_observation():
    both = {"vibration_loss": "present", "sensory_loss": "present"}
    (issue,) = oddities(network("als_mimics"), both, "p1")
    assert (issue.level, issue.where) == ("info", "p1")
    assert issue.message == "vibration_loss is a kind of sensory_loss: the same observation may count twice"
    assert issue.fix == "leave out sensory_loss if nothing else shows it"


def test_a_finding_without_the_broader_one_contradicts_it():
    (issue,) = oddities(network("als_mimics"), {"vibration_loss": "present", "sensory_loss": "absent"}, "")
    assert issue.message == "vibration_loss is present but sensory_loss is absent, which it implies"


TINY = (Path(__file__).parent / "tiny" / "network.yaml").read_text()


def edited(tmp_path, line):
    """The tiny network with one more line in its finding `wasting`."""
    (tmp_path / "network.yaml").write_text(TINY.replace("  wasting:\n", f"  wasting:\n    {line}\n"))
    references = Path(__file__).parent / "tiny" / "references.csv"
    (tmp_path / "references.csv").write_text(references.read_text())
    return tmp_path


def test_any_age_can_be_named(tmp_path):
    young = load_network(edited(tmp_path, "never with: [age=60+]"))
    (issue,) = oddities(young, {"wasting": "present", "age": "60+"}, "")
    assert issue.message == "wasting is present but age is 60+, which exclude each other"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("never with: [sex=woman]", "wasting.never with: sex has no state 'woman'"),
        ("never with: [gender=female]", "wasting.never with: unknown variable 'gender'"),
        ("kind of: [weekness]", "wasting: kind of unknown finding 'weekness'"),
    ],
)
def test_names_that_are_wrong(tmp_path, line, message):
    with pytest.raises(CheckError) as caught:
        load_network(edited(tmp_path, line))
    (issue,) = caught.value.issues
    assert issue.message == message and "network.yaml:" in issue.where and issue.fix


def test_every_code_is_one_of_the_ontology():
    for name, finding in network("als_mimics").findings.items():
        for term in finding.hpo_terms:
            assert term in phenotypes().terms, f"{name}: {term}"


def test_kinds_are_those_of_the_ontology():
    """(That a term below another is a kind of it, or stands apart for a reason, is a rule of ``check``.)"""
    als = network("als_mimics")
    for name, finding in als.findings.items():
        broader = {als.findings[other].hpo for other in finding.kind_of} - {""}
        assert not finding.hpo or broader <= phenotypes().above(finding.hpo), name
