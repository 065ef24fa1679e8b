"""Files of other programs by their own rules: read whatever they may hold, or refused in words."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dxnet.errors import DxnetError, ParseError
from dxnet.formats.networks.registry import NETWORK_READERS, read_tables

# The dog problem of XMLBIF's own documentation, and the chest clinic in GeNIe's order of numbers
DOG = """<?xml version="1.0"?>
<!DOCTYPE BIF [ <!ELEMENT BIF ( NETWORK )*> ]>
<BIF VERSION="0.3"><NETWORK><NAME>Dog-Problem</NAME>
<VARIABLE TYPE="nature"><NAME>family-out</NAME><OUTCOME>true</OUTCOME><OUTCOME>false</OUTCOME></VARIABLE>
<VARIABLE TYPE="nature"><NAME>bowel-problem</NAME><OUTCOME>true</OUTCOME><OUTCOME>false</OUTCOME></VARIABLE>
<VARIABLE TYPE="nature"><NAME>dog-out</NAME><OUTCOME>true</OUTCOME><OUTCOME>false</OUTCOME></VARIABLE>
<DEFINITION><FOR>family-out</FOR><TABLE>0.15 0.85</TABLE></DEFINITION>
<DEFINITION><FOR>bowel-problem</FOR><TABLE>0.01 <!-- rare --> 0.99</TABLE></DEFINITION>
<DEFINITION><FOR>dog-out</FOR><GIVEN>bowel-problem</GIVEN><GIVEN>family-out</GIVEN>
<TABLE>0.99 0.01 0.97 0.03 0.9 0.1 0.3 0.7</TABLE></DEFINITION>
</NETWORK></BIF>"""
CLINIC = """<?xml version="1.0" encoding="ISO-8859-1"?>
<smile version="1.0" id="c"><nodes>
<cpt id="lung"><state id="no"/><state id="yes"/><probabilities>0.95 0.05</probabilities></cpt>
<cpt id="tub"><state id="no"/><state id="yes"/><probabilities>0.99 0.01</probabilities></cpt>
<deterministic id="either"><state id="no"/><state id="yes"/><parents>lung tub</parents>
<resultingstates>no yes yes yes</resultingstates></deterministic>
<cpt id="bronc"><state id="no"/><state id="yes"/><probabilities>0.7 0.3</probabilities></cpt>
<cpt id="dysp"><state id="no"/><state id="yes"/><parents>either bronc</parents>
<probabilities>0.9 0.1 0.2 0.8 0.3 0.7 0.1 0.9</probabilities></cpt></nodes>
<extensions><genie version="1.0"><submodel id="s"><node id="dysp"><name>Dyspn\xf6</name></node></submodel>
</genie></extensions></smile>"""
HUGIN = """% a comment { ( "
class_of_nothing = 3;
net { node_size = (80 40); }
discrete node a { label = "A; with } in it"; states = ("low" "high"); HR_Desc = ""; }
node b { states = ("x y" "z" "w"); }
potential (a) { data = ( 0.2 0.8 ); }
potential (b | a) { data = (( 0.1 0.2 0.7 ) % a = low
  ( 0.3 0.3 0.4 )); }
"""


def test_the_last_parent_is_the_fastest(tmp_path):
    (tmp_path / "dog.xml").write_text(DOG)
    dog = read_tables(tmp_path / "dog.xml").tables["dog-out"]
    assert dog.parents == ("bowel-problem", "family-out")
    assert dog.values[0].tolist() == [[0.99, 0.97], [0.9, 0.3]]
    (tmp_path / "clinic.xdsl").write_text(CLINIC, encoding="latin-1")
    clinic = read_tables(tmp_path / "clinic.xdsl")
    assert clinic.tables["dysp"].values[1].tolist() == [
        [0.1, 0.8],
        [0.7, 0.9],
    ]  # no cause, bronchitis; either, both
    assert clinic.tables["either"].values[1].tolist() == [[0, 1], [1, 1]]
    assert clinic.labels == {"dysp": "Dyspnö"}


def test_hugin_files_with_all_that_they_may_hold(tmp_path):
    (tmp_path / "a.net").write_text(HUGIN.replace("class_of_nothing = 3;\n", ""))
    read = read_tables(tmp_path / "a.net")
    assert read.states == {"a": ("low", "high"), "b": ("x y", "z", "w")}
    assert read.labels == {"a": "A; with } in it"}
    assert read.tables["b"].values[:, 1].tolist() == [0.3, 0.3, 0.4]


MALFORMED = {
    "x.xdsl": ("hello", "x.xdsl:1: is not XML"),
    "other.xdsl": ("<smile/>", "is no network in XDSL"),
    "empty.xdsl": ("<smile><nodes/></smile>", "has no variable"),
    "noisy.xdsl": ('<smile><nodes><noisyadder id="a"/></nodes></smile>', "a is a noisy adder, which is not"),
    "twice.xdsl": (CLINIC.replace('id="tub"', 'id="lung"'), "twice.xdsl:4: a second node has the id 'lung'"),
    "result.xdsl": (CLINIC.replace("no yes yes yes", "no yes yes maybe"), "either results in 'maybe'"),
    "short.xdsl": (
        CLINIC.replace("0.95 0.05", "0.95"),
        "has 1 numbers, but its states and parents ask for 2",
    ),
    "sum.xdsl": (CLINIC.replace("0.95 0.05", "0.95 0.15"), "lung: its table sums to 1.1, not 1"),
    "nan.xdsl": (CLINIC.replace("0.95 0.05", "nan 0.05"), "lung holds 'nan', which is no number"),
    "word.xdsl": (CLINIC.replace("0.95 0.05", "0.95 x"), "lung holds 'x', which is no number"),
    "parent.xdsl": (CLINIC.replace("lung tub", "lung tbu"), "unknown parent 'tbu'; did you mean tub?"),
    "cycle.xml": (
        DOG.replace(
            "<FOR>family-out</FOR><TABLE>0.15 0.85",
            "<FOR>family-out</FOR><GIVEN>dog-out</GIVEN><TABLE>1 0 0 1",
        ),
        "has a cycle",
    ),
    "x.xml": ("<a/>", "is no network in XMLBIF"),
    "decision.xml": (DOG.replace('"nature"', '"decision"', 1), "family-out is of the type 'decision'"),
    "without.xml": (re.sub("<DEFINITION><FOR>bowel.*", "", DOG), "bowel-problem has no definition"),
    "stray.xml": (
        DOG.replace("<FOR>family-out", "<FOR>cat-out"),
        "a definition is for 'cat-out', which is no variable",
    ),
    "quote.net": ('net {}\nnode a { label = "x; }', "quote.net:2: a quote is not closed"),
    "open.net": ("net {}\nnode a { states = (", "open.net:2: a line does not end in ;"),
    "end.net": ("node a { states = (a b) }", "end.net:1: a line does not end in ;"),
    "equal.net": ("node a { states (a b); }", "'states' is followed by no ="),
    "kind.net": (
        HUGIN.replace("class_of_nothing = 3;", "utility u { }"),
        "kind.net:2: u is a utility, which is not read",
    ),
    "continuous.net": ("continuous node a { }", "a is continuous, which is not read"),
    "model.net": (
        HUGIN.replace("class_of_nothing = 3;\n", "").replace("( 0.2 0.8 )", "normal ( 0 1 )"),
        "no number",
    ),
    "alone.net": ('node a { states = ("x" "y"); }', "a has no potential"),
    "potential.net": ("potential a { }", "cannot read potential a"),
    "x.bif": ("network x {", "x.bif:1: is no network in BIF"),
    "x.dne": ("", "cannot tell the kind of network from the suffix '.dne'; known are .bif, .xdsl"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_what_is_no_network_is_refused_in_words(tmp_path, name):
    text, expected = MALFORMED[name]
    (tmp_path / name).write_text(text, encoding="latin-1")
    with pytest.raises(ParseError) as caught:
        read_tables(tmp_path / name)
    assert expected in str(caught.value)
    assert all(issue.where for issue in caught.value.issues)


def test_files_that_cannot_be_opened(tmp_path):
    with pytest.raises(ParseError, match="no such file or directory"):
        read_tables(tmp_path / "a.net")
    (tmp_path / "a.net.gz").write_bytes(b"\x1f\x8b nothing")
    with pytest.raises(ParseError, match=r"a\.net\.gz"):
        read_tables(tmp_path / "a.net.gz")


@given(
    st.sampled_from(sorted(NETWORK_READERS)),
    st.binary(max_size=40)
    | st.sampled_from([DOG, CLINIC, HUGIN]).flatmap(
        lambda text: st.integers(0, len(text)).map(lambda cut: text[:cut].encode("latin-1"))
    ),
)
def test_any_bytes_are_read_or_refused(tmp_path_factory, suffix, content):
    path = tmp_path_factory.getbasetemp() / f"any{suffix}"
    path.write_bytes(content)
    try:
        read_tables(path)
    except DxnetError as problem:
        assert all(issue.where and issue.fix for issue in problem.issues)
