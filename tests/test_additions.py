"""Parts added to the files of a network: only new lines, which load and mean what was asked for."""

import difflib

import pytest
from conftest import STARTER
from hypothesis import given
from hypothesis import strategies as st

from dxnet import Engine, check, load_network
from dxnet.errors import DxnetError, ParseError
from dxnet.knowledge.additions import NewDiagnosis, NewEdge, NewFinding, NewProcedure, with_addition
from dxnet.knowledge.edit import NetworkFiles
from dxnet.knowledge.strict_yaml import parse_yaml
from dxnet.knowledge.yaml_entries import as_scalar, with_copies, with_entry, with_value

FEVER = NewFinding("fever", "Fever", "symptoms", {"default": "0.2 ~ 10 @estimate  # made up"})


def changed(before, after):
    """Lines that went, and lines that came, in all files."""
    gone, come = [], []
    for path, content in after.contents.items():
        old = before.contents.get(path, b"").decode().splitlines()
        for line in difflib.ndiff(old, content.decode().splitlines()):
            {"- ": gone, "+ ": come}.get(line[:2], []).append(line[2:])
    return gone, come


def added(name, *parts):
    """The network with some parts, loaded from its new files; and the files before and after."""
    before = files = NetworkFiles.read(name)
    network = load_network(name)
    for part in parts:
        files = with_addition(network, files, part)
        with files.unpacked() as directory:
            network = load_network(directory)
    return network, before, files


def errors_of(files):
    with files.unpacked() as directory:
        return [issue for issue in check(load_network(directory)) if issue.level == "error"]


def test_a_finding_stands_beside_its_like():
    network, before, after = added("asia", FEVER)
    finding = network.findings["fever"]
    assert (finding.label, finding.category, finding.states) == ("Fever", "symptoms", ("absent", "present"))
    assert finding.given.rows["default"].mean[1] == 0.2 and finding.given.rows["default"].reason == "made up"
    gone, come = changed(before, after)
    assert not gone and len(come) == 5


def test_a_finding_with_states_rows_and_a_procedure(als):
    numbers = {
        "als": "0.5 0.3 0.2 ~ 10 @estimate  # often",
        "default": "0.9 0.06 0.04 ~ 10 @estimate  # rare",
    }
    new = NewFinding("x_sign", "X: sign", "LMN signs", numbers, "examination", ("absent", "left", "both"))
    network, before, after = added("als_mimics", new)
    assert network.findings["x_sign"].states == ("absent", "left", "both")
    assert network.findings["x_sign"].label == "X: sign"
    assert network.findings["x_sign"].given.rows["als"].mean[2] == pytest.approx(0.2)
    changes = [path for path in after.contents if after.contents[path] != before.contents[path]]
    assert changes == ["networks/als_mimics/findings/lmn_signs.yaml"] or changes[0].endswith("lmn_signs.yaml")
    assert len(changes) == 1 and not changed(before, after)[0]


@pytest.mark.slow
def test_a_diagnosis_begins_as_a_share_of_another(als):
    new = NewDiagnosis("fosmn", "Facial onset neuronopathy", "als", 0.1, "FOSMN", "motor neuron disease")
    network, before, after = added("als_mimics", new)
    assert network.diagnosis["fosmn"].name == "FOSMN"
    for name, setting in network.settings.items():
        old = als.settings[name].prior
        whole = old["als"] if "als" in old else old["default"]
        assert setting.prior["fosmn"].mean[1] == pytest.approx(0.1 * whole.mean[1], rel=1e-4)
        assert setting.prior["als"].mean[1] == pytest.approx(0.9 * whole.mean[1], rel=1e-4)
    gone, come = changed(before, after)
    assert len(gone) <= len(network.settings), "only the priors of the other change"
    copied = [line for line in come if "copied and not judged yet" in line]
    assert len(copied) > 100 and all("@estimate" in line and "~" in line for line in copied)
    assert not errors_of(after)
    case = {"babinski": "present", "tongue_atrophy": "present"}
    answer, was = Engine(network, backend="numpy").diagnose(case), Engine(als, backend="numpy").diagnose(case)
    total = answer.probability("als") + answer.probability("fosmn")
    assert total == pytest.approx(was.probability("als"), abs=0.02), "its rows are those of the other"


def test_no_source_is_cited_for_a_copied_number(als):
    _, before, after = added("als_mimics", NewDiagnosis("fosmn", "Facial onset neuronopathy", "mg", 0.5))
    for line in changed(before, after)[1]:
        if "fosmn" in line and "@" in line:
            assert line.count("@") == 1 and "@estimate" in line


@pytest.mark.parametrize(
    "edge, place",
    [
        (NewEdge("no_lung_cancer", "fever", "0.1 ~ 10 @estimate  # made up"), "fever.no_lung_cancer"),
        (NewEdge("bronchitis", "fever"), None),
    ],
)
def test_an_edge_from_a_diagnosis_is_a_row_and_one_from_a_mechanism_a_path(edge, place):
    files = NetworkFiles.read("asia")
    files = with_addition(load_network("asia"), files, FEVER)
    with files.unpacked() as directory:
        network = load_network(directory)
    after = with_addition(network, files, edge)
    text = after.contents["asia/network.yaml"].decode()
    assert ("through: bronchitis" in text) == (place is None)
    if place:
        with after.unpacked() as directory:
            assert place in dict(load_network(directory).estimates())


def test_an_edge_from_an_incidental_cause_is_a_number_under_also(als):
    cause = next(iter(als.incidental))
    child = next(
        n for n, f in als.findings.items() if f.given and not f.also and not f.through and not f.requires
    )
    edge = NewEdge(cause, child, "0.3 ~ 10 @estimate  # made up")
    try:
        network, before, after = added("als_mimics", edge)
    except DxnetError as problem:
        pytest.fail(str(problem))
    assert network.findings[child].also[cause].mean[1] == pytest.approx(0.3)
    assert not changed(before, after)[0]


def test_a_procedure_takes_its_findings_along():
    new = NewProcedure("thermometry", "Thermometer", 0, 1, "specialist", ("dyspnoea", "smoking"))
    network, before, after = added("asia", new)
    assert network.procedures["thermometry"].invasiveness == 1
    assert [n for n, f in network.findings.items() if f.procedure == "thermometry"] == ["smoking", "dyspnoea"]
    assert not changed(before, after)[0]
    moved, _, _ = added("asia", new, NewProcedure("other", "Other", findings=("smoking",)))
    assert moved.findings["smoking"].procedure == "other"


@pytest.mark.parametrize(
    "part, messages",
    [
        (
            NewFinding("", "", "none", {}),
            ["'' cannot be an id", "no label", "no category 'none'", "no number for"],
        ),
        (
            NewFinding("smoking", "S", "history", {"default": "0.2 ~ 10 @estimate"}),
            ["there already", "no reason"],
        ),
        (NewFinding("f", "F", "history", {"default": "0.2 ~ 10 @nobody"}), ["no reference 'nobody'"]),
        (NewFinding("f", "F", "history", {"default": "2"}), ["has no source"]),
        (
            NewFinding("f", "F", "history", {"default": "0.2 ~ 5 @estimate  # x"}, states=("a", "b", "c")),
            ["another number of probabilities"],
        ),
        (
            NewFinding(
                "f", "F", "history", {"default": "0.2 ~ 5 @estimate  # x"}, states=("absent; present",)
            ),
            ["states 'absent; present': are not two or more different states"],
        ),
        (NewEdge("bronchitis", "smoking", "0.2 ~ 5 @estimate  # x"), ["bronchitis has no number"]),
        (NewProcedure("p", "P"), ["yields no finding"]),
        (NewProcedure("p", "P", findings=("smokin",)), ["did you mean smoking?"]),
        (NewEdge("smoking", "smoking", "0.2 ~ 5 @estimate  # x"), ["cannot cause itself"]),
        (NewEdge("lung_cancer", "dyspnoea", "0.2 ~ 5 @estimate  # x"), ["not by diagnosis alone"]),
        (NewEdge("nothing", "nowhere"), ["no cause 'nothing'", "no finding 'nowhere'"]),
        (NewDiagnosis("d", "D", "lung_cancer", 1.0), ["1 is no share", "states all diagnoses in one row"]),
    ],
)
def test_what_cannot_be_added_says_why_all_at_once(part, messages):
    with pytest.raises(ParseError) as problem:
        with_addition(load_network("asia"), NetworkFiles.read("asia"), part)
    found = [str(issue) for issue in problem.value.issues]
    for message in messages:
        assert any(message in text for text in found), found
    assert all(issue.fix for issue in problem.value.issues)


def test_the_starter_takes_every_part():
    new = NewDiagnosis("pneumonia", "Pneumonia", "influenza", 0.2, treatable="yes")
    crackles = NewFinding("crackles", "Crackles", "symptoms", {"default": "0.1 ~ 10 @estimate  # seldom"})
    network, before, after = added(
        STARTER, new, crackles, NewEdge("pneumonia", "crackles", "0.7 ~ 10 @example")
    )
    assert network.findings["crackles"].given.rows["pneumonia"].sources == ("example",)
    assert not errors_of(after)
    for path, content in before.contents.items():
        kept = [line for line in content.decode().splitlines() if line.strip().startswith("#")]
        assert all(line in after.contents[path].decode() for line in kept), "comments stay"


def test_an_entry_is_written_as_the_block_around_it_is():
    text = "a:\r\n    b:\r\n        c: 1 # one\r\n\r\n    # of d\r\n    d: 2\r\n# end\r\n"
    assert with_entry(text, "f", ["a", "b"], "e", "3  # x") == text.replace(
        "# one\r\n", "# one\r\n        e: 3  # x\r\n"
    )
    assert with_entry("a: 1", "f", ["b"], "c", ["x", "y z"]) == "a: 1\nb:\n  c: [x, y z]\n"
    assert with_entry("\ufeffa:\n  b: |\n    # no comment\n    text\n", "f", ["a"], "c", "1").endswith(
        "    text\n  c: 1\n"
    )


def test_a_block_in_one_line_is_left_alone():
    for text in ("a: {b: 1}\nc: 2\n", "a: {b: 1,\n  d: 4}\n"):
        with pytest.raises(ParseError, match="on lines of their own"):
            with_entry(text, "f", ["a"], "e", "3")
    with pytest.raises(ParseError, match="is there already"):
        with_entry("a:\n  b: 1\n", "f", ["a"], "b", "3")
    with pytest.raises(ParseError, match="on lines of their own"):
        with_copies("a: {b: 1}\n", "f", lambda document: iter([(("a",), "b", "c", "1")]))
    with pytest.raises(ParseError, match="on lines of their own"):
        with_value("a: {b: 1, c: 2}\n", "f", ["a", "b"], "3  # why")


@given(st.text(st.characters(codec="utf-8", exclude_categories=("C",)), min_size=1, max_size=20))
def test_any_label_is_read_as_it_was_written(label):
    if set(label) & set("\u2028\u2029"):
        return
    assert parse_yaml(f"label: {as_scalar(label)}\n", "f")["label"] == label
