"""XDSL, XMLBIF and NET: what is valid is read, and nothing is dropped without a word."""

import re
from itertools import product

import numpy as np
import pyagrum
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dxnet.errors import ParseError
from dxnet.formats.networks.net import read_net
from dxnet.formats.networks.noisy_max import noisy_max
from dxnet.formats.networks.xdsl import read_xdsl
from dxnet.formats.networks.xmlbif import read_xmlbif

XDSL = """<?xml version="1.0" encoding="UTF-8"?>
<smile version="1.0" id="N" numsamples="10000" discsamples="10000">
<nodes>
<cpt id="a" target="true"><state id="no"/><state id="yes"/><probabilities>0.7 0.3</probabilities></cpt>
<cpt id="b"><state id="no"/><state id="yes"/><parents>a</parents>
<probabilities>0.9 0.1 0.4 0.6</probabilities></cpt>
</nodes>
</smile>"""
XMLBIF = """<?xml version="1.0"?>
<BIF VERSION="0.3">
<NETWORK><NAME>n</NAME>
<VARIABLE TYPE="nature"><NAME>a</NAME><OUTCOME>no</OUTCOME><OUTCOME>yes</OUTCOME></VARIABLE>
<VARIABLE TYPE="nature"><NAME>b</NAME><OUTCOME>no</OUTCOME><OUTCOME>yes</OUTCOME></VARIABLE>
<DEFINITION><FOR>a</FOR><TABLE>0.7 0.3</TABLE></DEFINITION>
<DEFINITION><FOR>b</FOR><GIVEN>a</GIVEN><TABLE>0.9 0.1 0.4 0.6</TABLE></DEFINITION>
</NETWORK></BIF>"""
NET = """net { node_size = (80 40); }
node a { label = "A"; states = ("no" "yes"); }
node b { label = "B"; states = ("no" "yes"); }
potential (a) { data = (0.7 0.3); }
potential (b | a) { data = ((0.9 0.1) % no
 (0.4 0.6)); }
"""
READERS = {"xdsl": read_xdsl, "xml": read_xmlbif, "net": read_net}
PLAIN = {"xdsl": XDSL, "xml": XMLBIF, "net": NET}
ROWS = {"a": [[0.7, 0.3]], "b": [[0.9, 0.1], [0.4, 0.6]]}


def network_in(kind, text):
    return READERS[kind](text.encode() if isinstance(text, str) else text, f"x.{kind}")


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


NOISY = """<smile version="1.0" id="N"><nodes>
<cpt id="flu"><state id="severe"/><state id="mild"/><state id="none"/>
<probabilities>0.1 0.2 0.7</probabilities></cpt>
<cpt id="smoke"><state id="no"/><state id="yes"/><probabilities>0.6 0.4</probabilities></cpt>
<noisymax id="cough"><state id="bad"/><state id="some"/><state id="no"/><parents>flu smoke</parents>
<strengths>0 1 2 1 0</strengths>
<parameters>0.6 0.3 0.1 0.2 0.4 0.4 0 0 1 0.1 0.5 0.4 0 0 1 0.01 0.04 0.95</parameters></noisymax>
</nodes></smile>"""  # fmt: skip
BRINGS = {
    "flu": {"severe": [0.6, 0.3, 0.1], "mild": [0.2, 0.4, 0.4], "none": [0, 0, 1]},
    "smoke": {"no": [0, 0, 1], "yes": [0.1, 0.5, 0.4]},
}
LEAK = [0.01, 0.04, 0.95]


def strongest(*brought):
    """P(the strongest of independent effects), by counting every combination; the first is the strongest."""
    found = np.zeros(len(brought[0]))
    for effects in product(range(len(found)), repeat=len(brought)):
        found[min(effects)] += np.prod([p[effect] for p, effect in zip(brought, effects, strict=True)])
    return found


@pytest.mark.parametrize("order", ["strength", "state"])
def test_noisy_max_takes_the_strongest_effect(order):
    """Parameters stand by strength in GeNIe; those by state are told by where nothing is brought."""
    text = NOISY if order == "strength" else NOISY.replace("0.1 0.5 0.4 0 0 1", "0 0 1 0.1 0.5 0.4")
    cough = network_in("xdsl", text).tables["cough"]
    assert cough.parents == ("flu", "smoke")
    for (i, flu), (j, smoke) in product(enumerate(BRINGS["flu"]), enumerate(BRINGS["smoke"])):
        expected = strongest(BRINGS["flu"][flu], BRINGS["smoke"][smoke], LEAK)
        assert cough.values[:, i, j] == pytest.approx(expected, abs=1e-15)


@given(st.data())
def test_any_noisy_max_equals_the_count_of_its_effects(data):
    size, counts = data.draw(st.integers(2, 3)), data.draw(st.lists(st.integers(2, 3), max_size=3))
    share = st.lists(st.floats(0.01, 1), min_size=size, max_size=size).map(lambda p: np.array(p) / sum(p))
    brings = [[data.draw(share) for _ in range(count - 1)] + [np.eye(size)[-1]] for count in counts]
    orders = [data.draw(st.permutations(range(count))) for count in counts]
    leak = data.draw(share)
    numbers = np.concatenate([*(row for rows in brings for row in rows), leak])
    choices = [[f"s{i}" for i in range(count)] for count in counts]
    table = noisy_max(size, choices, [place for order in orders for place in order], numbers)
    for row, states in zip(table, product(*map(range, counts)), strict=True):
        own = [b[order.index(state)] for b, order, state in zip(brings, orders, states, strict=True)]
        assert row == pytest.approx(strongest(*own, leak), abs=1e-12)


def test_parameters_that_could_be_read_in_two_orders_are_read_by_strength_with_a_warning():
    assert not network_in("xdsl", NOISY).issues
    read = network_in("xdsl", NOISY.replace("<strengths>0 1 2 1 0<", "<strengths>1 0 2 0 1<"))
    (warning,) = read.issues
    assert warning.level == "warning" and "cough: its parameters are read by strength" in warning.message
    assert read.tables["cough"].values[0, 0, 0] == pytest.approx(1 - 0.8 * 0.9 * 0.99)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("0 1 2 1 0<", "0 1 2 1 1<", "has strengths that are no order of the states no, yes"),
        ("0 1 2 1 0<", "0 1 2 1 0 0<", "has more strengths than its parents have states"),
        ("0 1 2 1 0<", "0 1 2 1 x<", "cough has the strength 'x'"),
        ("0.01 0.04 0.95<", "0.01 0.04<", "has 17 parameters, but its parents ask for 18"),
        ("0.01 0.04 0.95<", "0.01 0.04 0.99<", "number 6, that sums to 1.04, not 1"),
        ("0 0 1 0.01", "0 0.5 0.5 0.01", "(none, no) do not leave it in its last state"),
        ("0.6 0.3 0.1", "nan 0.3 0.1", "cough holds 'nan', which is no number"),
    ],
)
def test_what_is_no_noisy_max_is_refused(old, new, expected):
    with pytest.raises(ParseError) as caught:
        network_in("xdsl", NOISY.replace(old, new))
    assert expected in str(caught.value) and len(caught.value.issues) == 1
    assert caught.value.issues[0].where == "x.xdsl:5"


def test_a_noisy_max_of_too_many_parents_is_refused():
    parents = "".join(
        f'<cpt id="p{i}"><state id="y"/><state id="n"/><probabilities>0.5 0.5</probabilities></cpt>'
        for i in range(40)
    )
    names = " ".join(f"p{i}" for i in range(40))
    node = f'<noisymax id="x"><state id="y"/><state id="n"/><parents>{names}</parents>'
    node += f"<parameters>{'0.5 0.5 0 1 ' * 40}0 1</parameters></noisymax>"
    text = f"<smile><nodes>{parents}{node}</nodes></smile>"
    with pytest.raises(ParseError, match="stands for a table of 1,099,511,627,776 rows"):
        network_in("xdsl", text)


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
