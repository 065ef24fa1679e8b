"""XDSL, XMLBIF and NET: what is valid is read, and nothing is dropped without a word."""

import re

import numpy as np
import pyagrum
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from network_texts import NET, XDSL, XMLBIF, network_in

from dxnet.errors import ParseError

PLAIN = {"xdsl": XDSL, "xml": XMLBIF, "net": NET}
ROWS = {"a": [[0.7, 0.3]], "b": [[0.9, 0.1], [0.4, 0.6]]}


def rows_of(model):
    return {v: table.values.reshape(len(table.values), -1).T.tolist() for v, table in model.tables.items()}


VALID = {
    "xdsl": {
        "plain": XDSL,
        "Windows": XDSL.replace("\n", "\r\n"),
        "comments": XDSL.replace("0.7 0.3", "0.7 <!-- no --> 0.3").replace("<nodes>", "<!-- x --><nodes>"),
        "Latin-1": XDSL.replace("UTF-8", "ISO-8859-1").replace("<n", "<!-- \xe9 --><n", 1).encode("latin-1"),
        "submodels": XDSL.replace(
            "</nodes>",
            '</nodes><extensions><genie version="1.0"><submodel id="s"><node id="b"><name>B</name></node>'
            "</submodel></genie></extensions>",
        ),
    },
    "xml": {
        "plain": XMLBIF,
        "no final newline": XMLBIF.strip(),
        "properties": XMLBIF.replace("<OUTCOME>no", "<PROPERTY>position = (1, 2)</PROPERTY><OUTCOME>no"),
        "lines": XMLBIF.replace("0.9 0.1 0.4 0.6", "\n0.9 0.1\n <!-- yes -->0.4 0.6\n"),
    },
    "net": {
        "plain": NET,
        "Windows": NET.replace("\n", "\r\n"),
        "no final newline": NET.rstrip(),
        "flat data": NET.replace("((0.9 0.1) % no\n (0.4 0.6))", "(0.9 0.1 0.4 0.6)"),
        "class": "class C { inputs = (); outputs = (a);\n" + NET[NET.index("node a") :] + "}",
        "discrete node": NET.replace("node a", "discrete node a"),
        "comments": NET.replace("net {", "% a net { (\nnet {").replace("(b | a) {", "(b | a) % {\n{"),
        "experience": NET.replace("(0.4 0.6));", "(0.4 0.6)); experience = (10 20);"),
    },
}  # fmt: skip
ALL_VALID = [(kind, name) for kind, texts in VALID.items() for name in texts]


@pytest.mark.parametrize(("kind", "name"), ALL_VALID)
def test_valid_files_are_read(kind, name):
    assert rows_of(network_in(kind, VALID[kind][name])) == ROWS


def test_what_of_a_file_says_more_than_tables():
    assert network_in("xdsl", XDSL).targets == ("a",)
    assert network_in("xdsl", VALID["xdsl"]["submodels"]).labels == {"b": "B"}
    assert network_in("net", NET).labels == {"a": "A", "b": "B"}
    (warning,) = network_in("net", VALID["net"]["experience"]).issues
    assert warning.level == "warning" and "b: experience of its potential are left out" in warning.message


def test_states_of_numeric_nodes_of_hugin_are_their_values():
    numbers = "subtype = number; state_values = (0 1.5);"
    read = network_in("net", NET.replace('label = "A"; states = ("no" "yes");', numbers))
    assert read.states["a"] == ("0", "1.5")
    intervals = 'subtype = interval; states = ("" ""); state_values = (-infinity 0 10);'
    read = network_in("net", NET.replace('label = "A"; states = ("no" "yes");', intervals))
    assert read.states["a"] == ("-infinity to 0", "0 to 10")
    read = network_in("net", NET.replace('label = "A"; states = ("no" "yes");', "subtype = boolean;"))
    assert read.states["a"] == ("false", "true")


@pytest.mark.parametrize("kind", PLAIN)
def test_what_single_precision_leaves_below_0_is_taken_as_0_and_said(kind):
    read = network_in(kind, PLAIN[kind].replace("0.4 0.6", "1.00000012 -1.19209e-07"))
    assert rows_of(read)["b"] == [[0.9, 0.1], [1.00000012, 0]]
    (warning,) = read.issues
    assert warning.message == "b: numbers below 0 by less than 1e-06 are taken as 0"


DYNAMIC = '<dynamic numslices="5"><cpt id="b" order="1"><parents>b a</parents></cpt></dynamic>'
CLONE = 'node b { temporal_clone = a; label = "B"'
SECOND = "</NETWORK><NETWORK><NAME>m</NAME></NETWORK></BIF>"
SPACED = "((0.9 0.1) % no\n (0.4 0.6))"
AS_CLASS = VALID["net"]["class"]
FAULTY = {
    "xdsl": {
        "dynamic": ("</nodes>", f"</nodes>\n{DYNAMIC}", ":8: is a dynamic network"),
        "plate": ('id="b"', 'id="b" dynamic="plate"', ":5: is a dynamic network"),
        "second nodes": ("</nodes>", "</nodes><nodes/>", ":7: the file has a second <nodes>"),
        "second node": ('id="b"', 'id="a"', ":5: a second node has the id 'a'"),
        "no id": ('id="b"', "", ":5: a node has no id"),
        "second parents": ("</parents>", "</parents><parents/>", ":5: b has a second <parents>"),
        "second table": (
            "0.3</p",
            "0.3</probabilities><probabilities>1 0</p",
            ":4: a has a second <probabilities>",
        ),
        "no table": ("<probabilities>0.7 0.3</probabilities>", "", ":4: a has no <probabilities>"),
        "no states": ('<state id="no"/><state id="yes"/>', "", ":4: a has no state"),
        "unknown part": ("<parents>", "<gates/><parents>", ":5: b has <gates>, which is not read"),
        "decision": ("cpt", "decision", ":4: a is a decision, which is not read"),
        "utility": ("cpt", "utility", ":4: a is a utility, which is not read"),
        "equation": ("cpt", "equation", ":4: a is an equation, so continuous, which is not read"),
        "other kind": ("cpt", "hybrid", ":4: a is of the kind <hybrid>, which is not read"),
        "row": ("0.4 0.6", "0.4 0.7", ":5: b: row (yes) sums to 1.1, not 1"),
    },
    "xml": {
        "second table": ("0.3</T", "0.3</TABLE><TABLE>1 0</T", ":6: a has a second <TABLE>"),
        "second network": ("</NETWORK></BIF>", SECOND, ":8: the file has a second <NETWORK>"),
        "second variable": ("<NAME>b", "<NAME>a", ":5: a is declared twice (first at x.xml:4)"),
        "second definition": ("<FOR>b", "<FOR>a", ":7: a has two definitions (first at x.xml:6)"),
        "second for": ("<FOR>a", "<FOR>b</FOR><FOR>a", ":6: b has a second <FOR>"),
        "decision": ("nature", "decision", ":4: a is of the type 'decision', which is not read"),
        "utility": ("nature", "utility", ":4: a is of the type 'utility', which is not read"),
        "no states": ("<OUTCOME>no</OUTCOME><OUTCOME>yes</OUTCOME>", "", ":4: a has no state"),
        "entries": ("<TABLE>0.7 0.3</TABLE>", "<ENTRY/>", ":6: a has <ENTRY>, which is not read"),
        "row": ("0.4 0.6", "4 6", ":7: b: row (yes) holds 4, which is no probability"),
    },
    "net": {
        "second node": ("node b", "node a", ":3: a is declared twice (first at x.net:2)"),
        "temporal clone": ('node b { label = "B"', CLONE, ":3: b is a temporal clone"),
        "second data": ("0.3);", "0.3); data = (1 0);", ":4: data of a is stated twice"),
        "second states": ('label = "B"', 'states = ("x" "y")', ":3: states of b is stated twice"),
        "second potential": ("(b | a)", "(a)", ":5: a has two potentials (first at x.net:4)"),
        "no node": ('node b { label = "B"; states = ("no" "yes"); }', "", ":5: a potential is for 'b'"),
        "no states": ('states = ("no" "yes");', "", ":2: a has no state"),
        "no data": ("data = (0.7 0.3);", "model_data = (x);", ":4: a has no data"),
        "brackets": (SPACED, "((0.9) (0.1 0.4 0.6))", ":5: b: the brackets of its data do not fit 2 x 2"),
        "row": ("0.4 0.6", "0.4 0.7", ":6: b: row (yes) sums to 1.1, not 1"),
        "decision": ("node a", "decision a", ":2: a is a decision, which is not read"),
        "utility": ("node a", "utility a", ":2: a is a utility, which is not read"),
        "continuous": ("node a", "continuous node a", ":2: a is continuous, which is not read"),
        "function": ("node a", "function node a", ":2: a is a function node, which is not read"),
        "second class": (NET, AS_CLASS + "class D { }", "a second class begins here"),
        "instance": (NET, AS_CLASS[:-1] + "instance i : D (a) (b);}", "i is an instance of another network"),
    },
}


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, texts in FAULTY.items() for name in texts])
def test_what_cannot_be_read_is_refused_with_its_place(kind, name):
    old, new, expected = FAULTY[kind][name]
    assert old in PLAIN[kind]
    with pytest.raises(ParseError) as caught:
        network_in(kind, PLAIN[kind].replace(old, new))
    assert all(issue.where.startswith(f"x.{kind}") and issue.fix for issue in caught.value.issues)
    told = [f"{issue.where}: {issue.message}" for issue in caught.value.issues]
    assert any(expected in line for line in told), told
    assert len(told) <= 3, told


def test_deterministic_nodes_are_tables_of_0_and_1():
    text = XDSL.replace('<cpt id="b">', '<deterministic id="b">').replace(
        "<probabilities>0.9 0.1 0.4 0.6</probabilities></cpt>",
        "<resultingstates>yes no</resultingstates></deterministic>",
    )
    assert rows_of(network_in("xdsl", text))["b"] == [[0, 1], [1, 0]]


def long_net(nodes):
    """A chain of nodes, as Hugin states it."""
    yield "net { }\n"
    yield from (f'node n{i} {{ label = "node {i}"; states = ("a" "b"); }}\n' for i in range(nodes))
    yield "potential (n0) { data = (0.5 0.5); }\n"
    yield from (f"potential (n{i} | n{i - 1}) {{ data = ((0.5 0.5)(0.5 0.5)); }}\n" for i in range(1, nodes))


def test_a_long_net_is_read_in_linear_time():
    """A reader that is quadratic in the nodes would take minutes here."""
    assert len(network_in("net", "".join(long_net(8_000))).tables) == 8_000


TOKENS = {
    "xml": re.findall(r"<[^>]*>|[^\s<]+|\s+", XMLBIF),
    "net": re.findall(r'"[^"]*"|[\w.]+|%[^\n]*\n|\S|\s+', NET),
}
AGRUM = {"xml": "bifxml", "net": "net"}


@pytest.mark.parametrize("kind", TOKENS)
@given(data=st.data())
@settings(max_examples=150)
def test_an_edited_file_is_read_as_pyagrum_reads_it_or_refused(tmp_path_factory, kind, data):
    """Delete, double or replace a token; where both read the file, they read the same."""
    tokens = list(TOKENS[kind])
    place = data.draw(st.integers(0, len(tokens) - 1))
    other = data.draw(st.sampled_from(sorted({*tokens, "0.8", "nan", "d"})))
    tokens[place : place + 1] = data.draw(st.sampled_from([[], [tokens[place]] * 2, [other]]))
    text = "".join(tokens)
    try:
        mine = network_in(kind, text)
    except ParseError as problem:
        assert all(issue.where.startswith("x.") and issue.fix for issue in problem.issues)
        return
    for table in mine.tables.values():
        assert np.abs(table.values.sum(axis=0) - 1).max() <= 2e-3 and table.values.min() >= 0
    path = tmp_path_factory.getbasetemp() / f"edited.{AGRUM[kind]}"
    path.write_text(text)
    try:
        theirs = pyagrum.loadBN(str(path))
    except (pyagrum.GumException, OSError, RuntimeError):
        return
    assume(set(theirs.names()) == set(mine.tables))  # pyAgrum drops what it does not know
    for v, table in mine.tables.items():
        assume(set(theirs.variable(v).labels()) == set(mine.states[v]))
        values = pyagrum.Tensor(theirs.cpt(v)).reorganize([v, *table.parents][::-1]).toarray()
        assert values == pytest.approx(table.values, abs=1e-6)
