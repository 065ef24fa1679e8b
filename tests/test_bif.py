"""BIF: what is valid is read, what is not is refused with its line, and nothing is lost without a word."""

import re

import numpy as np
import pyagrum
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dxnet.errors import ParseError
from dxnet.formats.networks.bif import read_bif

PLAIN = """network unknown {
}
variable a {
  type discrete [ 2 ] { no, yes };
}
variable b {
  type discrete [ 2 ] { no, yes };
}
variable c {
  type discrete [ 2 ] { no, yes };
}
probability ( a ) {
  table 0.7, 0.3;
}
probability ( b ) {
  table 0.6, 0.4;
}
probability ( c | a, b ) {
  (no, no) 0.9, 0.1;
  (yes, no) 0.5, 0.5;
  (no, yes) 0.4, 0.6;
  (yes, yes) 0.2, 0.8;
}
"""
A, B, C = [[0.7, 0.3]], [[0.6, 0.4]], [[0.9, 0.1], [0.4, 0.6], [0.5, 0.5], [0.2, 0.8]]
HEAD = PLAIN[: PLAIN.index("  (no, no)")]
ROWS = PLAIN[len(HEAD) :]


def rows_of(model):
    return {v: table.values.reshape(len(table.values), -1).T.tolist() for v, table in model.tables.items()}


def bif(text):
    return read_bif(text.encode() if isinstance(text, str) else text, "x.bif")


def complaints_about(text):
    with pytest.raises(ParseError) as caught:
        bif(text)
    assert all(issue.where.startswith("x.bif") and issue.fix for issue in caught.value.issues)
    return [f"{issue.where}: {issue.message}" for issue in caught.value.issues]


def but(old, new, count=-1):
    """The plain file with one thing changed."""
    return PLAIN.replace(old, new, count)


VALID = {
    "plain": PLAIN,
    "Windows line ends": but("\n", "\r\n"),
    "old Macintosh line ends": but("\n", "\r"),
    "byte order mark": "\ufeff" + PLAIN,
    "UTF-16": PLAIN.encode("utf-16"),
    "no final newline": PLAIN.rstrip("\n"),
    "no line ends": but("\n", " "),
    "comment behind a brace": but("} \n", "}").replace("0.4;\n}", "0.4;\n} // end of b"),
    "comment on several lines": but("network", "/* by hand\n probability ( a ) { */ network"),
    "comment in a row": but("0.9, 0.1", "0.9, /* table */\n // (no, yes)\n 0.1"),
    "blank behind a brace": but("}\n", "} \n").replace("{\n", "{ \t\n"),
    "head on several lines": but("( c | a, b )", "( c |\n    a,\n b\n )"),
    "no commas": re.sub(r",", " ", PLAIN),
    "no blanks": re.sub(r"(?<=[^\w]) +| +(?=[^\w])", "", PLAIN),
    "a network named like a variable": but("unknown", "variable_costs"),
    "a network named like a block": but("unknown", "probability"),
    "properties": but("network unknown {", 'network "my net" {\n property author "me; you } {";\n')
    .replace("  table 0.7", "  property position = (1, 2) ;\n  table 0.7")
    .replace(
        "  type discrete [ 2 ] { no, yes };\n}\nvariable b",
        "  type discrete [ 2 ] { no, yes };\n  property url = http://a.b/c ;\n}\nvariable b",
    ),
    "tables before variables": PLAIN[PLAIN.index("probability") :] + PLAIN[: PLAIN.index("probability")],
    "quoted names": re.sub(r"\b(a|b|c|no|yes)\b(?=[ ,;)])", r'"\1"', PLAIN),
    "no number of states": but("discrete [ 2 ]", "discrete"),
    "numbers with exponents": but("0.7, 0.3", "7e-1, .3"),
    "a table for all rows, its own state slowest": HEAD + "table 0.9 0.4 0.5 0.2 0.1 0.6 0.5 0.8; }",
    "a default and rows": HEAD
    + "default 0.4, 0.6; (no, no) 0.9, 0.1; (yes, no) 0.5 0.5; (yes, yes) .2 .8; }",
    "a default behind rows": HEAD
    + "(no, no) 0.9, 0.1; (yes, no) 0.5 0.5; (yes, yes) .2 .8; default 0.4 0.6; }",
}


@pytest.mark.parametrize("name", VALID)
def test_valid_files_are_read(name):
    assert rows_of(bif(VALID[name])) == {"a": A, "b": B, "c": C}


def test_names_and_states_are_kept_as_they_stand():
    states = bif(but("no", "no(0)").replace("yes", "yes(1)"))
    assert rows_of(states)["c"] == C and states.states["c"] == ("no(0)", "yes(1)")
    odd = bif(but("no,", "<5,").replace("no)", "<5)").replace("yes", "80+/x[1]"))
    assert rows_of(odd)["c"] == C and odd.states["a"] == ("<5", "80+/x[1]")
    spaced = bif(but("no,", "not seen,").replace("no)", "not seen)"))
    assert rows_of(spaced)["c"] == C and spaced.states["a"] == ("not seen", "yes")
    case = bif(re.sub(r"\bb\b", "A", PLAIN))
    assert rows_of(case) == {"a": A, "A": B, "c": C}
    brackets = bif(re.sub(r"\bb\b", "b(2)", PLAIN))
    assert rows_of(brackets) == {"a": A, "b(2)": B, "c": C}


def test_a_default_alone_serves_every_row():
    assert rows_of(bif(HEAD + "default 0.9, 0.1; }"))["c"] == [[0.9, 0.1]] * 4


def test_a_star_serves_every_state():
    read = rows_of(bif(HEAD + "(no, *) 0.9 0.1; (yes, no) 0.5 0.5; (yes, yes) 0.2 0.8; }"))
    assert read["c"] == [C[0], C[0], C[2], C[3]]


FAULTY = {
    "sum": (but("0.9, 0.1", "0.9, 0.4"), "x.bif:19: c: row (no, no) sums to 1.3, not 1"),
    "sum of a root": (but("0.7, 0.3", "0.7, 0.1"), "x.bif:13: a: its table sums to 0.8, not 1"),
    "sum of a table": (
        HEAD + "table 0.9 0.4 0.5 0.2 0.1 0.6 0.5 0.9; }",
        "row (yes, yes) sums to 1.1, not 1",
    ),
    "sum of a default": (HEAD + "default 0.9 0.2; }", "x.bif:19: c: its default sums to 1.1, not 1"),
    "counts": (but("0.7, 0.3", "7, 3"), "x.bif:13: a: its table holds 7, which is no probability"),
    "negative": (but("0.9, 0.1", "1.1, -0.1"), "row (no, no) holds 1.1, which is no probability"),
    "nan": (but("0.9", "nan"), "x.bif:19: c: row (no, no) holds 'nan', which is no number"),
    "infinity": (but("0.9", "inf"), "row (no, no) holds 'inf', which is no number"),
    "overflow": (but("0.9", "1e999"), "row (no, no) holds inf, which is no probability"),
    "underscore": (but("0.9", "0_9"), "row (no, no) holds '0_9', which is no number"),
    "missing row": (but("  (no, yes) 0.4, 0.6;\n", ""), "x.bif:18: c: has no row for (no, yes)"),
    "doubled row": (but("(no, yes)", "(no, no)"), "row (no, no) is stated twice (first at x.bif:19)"),
    "long row": (but("0.9, 0.1", "0.9, 0.1, 0.3"), "x.bif:19: c: row (no, no) has 3 numbers, not 2"),
    "short row": (but("0.9, 0.1", "0.9"), "x.bif:19: c: row (no, no) has 1 numbers, not 2"),
    "empty row": (but(" 0.9, 0.1", ""), "x.bif:19: c: row (no, no) has 0 numbers, not 2"),
    "short table": (but("0.7, 0.3", "0.7"), "x.bif:13: a: its table has 1 numbers, not 2"),
    "two tables": (but("0.3;", "0.3; table 0.7, 0.3;"), "x.bif:13: a: 'table' is stated twice"),
    "table and rows": (but("  (no, no)", "table 1 1 1 1 0 0 0 0;(no, no)"), "has a table, and rows"),
    "no table": (but("  table 0.7, 0.3;\n", ""), "x.bif:12: a: has no table"),
    "two blocks": (PLAIN + "probability ( b ) { table 0.1 0.9; }", "x.bif:24: b has two probability blocks"),
    "no block": (but("probability ( b ) {\n  table 0.6, 0.4;\n}\n", ""), "x.bif:6: b has no probab"),
    "no block of a leaf": (PLAIN[: PLAIN.index("probability ( c")], "x.bif:9: c has no probability block"),
    "declared twice": (but("variable c", "variable b"), "b is declared twice (first at x.bif:6)"),
    "two networks": (PLAIN + "network two { }", "x.bif:24: a second network begins here"),
    "unknown parent": (but("c | a, b", "c | a, d"), "x.bif:18: c: unknown parent 'd'"),
    "unknown node": (but("( a )", "( d )"), "x.bif:12: a probability block is for 'd', which is no"),
    "unknown state": (but("(no, no)", "(no, ni)"), "x.bif:19: c: 'ni' is no state of that parent"),
    "parent twice": (but("c | a, b", "c | a, a"), "x.bif:18: c: has a parent twice"),
    "state twice": (but("no, yes }", "no, no }", 1), "a: has the state 'no' twice"),
    "one state": (but("[ 2 ] { no, yes }", "[ 1 ] { no }", 1), "a: has the one state 'no'"),
    "number of states": (but("[ 2 ]", "[ 3 ]", 1), "x.bif:4: a states that it has 3 states, but lists 2"),
    "continuous": (but("discrete [ 2 ] { no, yes }", "continuous", 1), "a is continuous"),
    "no type": (but("  type discrete [ 2 ] { no, yes };\n", "", 1), "x.bif:3: a has no type"),
    "few states in a row": (but("(no, no)", "(no)"), "x.bif:19: c: ')' is no state"),
    "many states in a row": (but("(no, no)", "(no, no, no)"), "(no, no is followed by 'no)', not by )"),
    "no bar": (but("c | a", "c a"), "is followed by 'a', not by )"),
    "cycle": (but("( a )", "( a | c )").replace("table 0.7, 0.3", "default 0.7 0.3"), "has a cycle"),
    "semicolon": (but("0.9, 0.1;", "0.9, 0.1"), "x.bif:20: c: a row of numbers is followed by '(yes"),
    "brace": (but("};\n}\nvariable b", "};\nvariable b"), "x.bif:3: is no network in BIF: a variable"),
    "comment": (PLAIN + "/* and", "x.bif:24: a comment /* is not closed"),
    "quote": (but("{ no", '{ "no', 1), "x.bif:3: is no network in BIF"),
    "block": (
        PLAIN + "utility u { }",
        "x.bif:24: is no network in BIF: 'utility' is none of network, variable",
    ),
    "entry": (but("table 0.7", "noisy 0.7"), "x.bif:13: a: 'noisy' is not read"),
    "huge": (
        "".join(
            f"variable v{i} {{ type discrete [ 2 ] {{ n, y }}; }}\nprobability ( v{i} ) {{ table 1 0; }}\n"
            for i in range(60)
        )
        + "variable w { type discrete [ 2 ] { n, y }; }\n"
        + f"probability ( w | {', '.join(f'v{i}' for i in range(60))} ) {{ default 0.5 0.5; }}",
        "is too large a table",
    ),
}


@pytest.mark.parametrize("name", FAULTY)
def test_faulty_files_are_refused_with_line_and_row(name):
    text, expected = FAULTY[name]
    told = complaints_about(text)
    assert any(expected in line for line in told), told
    assert len(told) <= 3, told


def test_all_faults_are_reported_at_once():
    text = but("0.7, 0.3", "7, 3").replace("0.9, 0.1", "nan, 0.1").replace("(yes, no)", "(yes, ni)")
    assert [line.split(": ")[0] for line in complaints_about(text)] == ["x.bif:19", "x.bif:20", "x.bif:13"]


def test_many_faulty_rows_of_a_table_are_counted():
    states = ", ".join(f"s{i}" for i in range(30))
    text = f"variable a {{ type discrete [ 30 ] {{ {states} }}; }}"
    text += "variable b { type discrete [ 2 ] { n, y }; }"
    text += f"probability ( a ) {{ table 1 {'0 ' * 29}; }} probability ( b | a ) {{ table {'1 ' * 60}; }}"
    told = complaints_about(text)
    assert len(told) == 6 and "b: 25 more rows are no probabilities" in told[-1]


TOKENS = re.findall(r"\w[\w.]*|\S", PLAIN)


@given(st.data())
@settings(max_examples=300)
def test_an_edited_file_is_read_as_pyagrum_reads_it_or_refused(tmp_path_factory, data):
    """Delete, double or replace a token; where both read the file, they read the same."""
    tokens, place = list(TOKENS), data.draw(st.integers(0, len(TOKENS) - 1))
    other = data.draw(st.sampled_from(sorted({*TOKENS, "nan", "1.0", "default", "d", "0.8"})))
    tokens[place : place + 1] = data.draw(st.sampled_from([[], [tokens[place]] * 2, [other]]))
    text = " ".join(tokens)
    try:
        mine = bif(text)
    except ParseError as problem:
        assert all(issue.where.startswith("x.bif") and issue.fix for issue in problem.issues)
        return
    for table in mine.tables.values():
        assert np.abs(table.values.sum(axis=0) - 1).max() <= 2e-3 and table.values.min() >= 0
    path = tmp_path_factory.getbasetemp() / "edited.bif"
    path.write_text(text)
    try:
        theirs = pyagrum.loadBN(str(path))
    except (pyagrum.GumException, OSError):
        return  # pyAgrum is stricter in some places, such as numbers without a leading digit
    assert set(theirs.names()) == set(mine.tables)
    for v, table in mine.tables.items():
        values = pyagrum.Tensor(theirs.cpt(v)).reorganize([v, *table.parents][::-1]).toarray()
        assert values == pytest.approx(table.values, abs=1e-6)


@given(st.integers(0, len(PLAIN)), st.text(max_size=5))
def test_any_text_is_read_or_refused(cut, junk):
    for text in (PLAIN[:cut], PLAIN[:cut] + junk, PLAIN[:cut] + junk + PLAIN[cut:]):
        try:
            bif(text.encode("utf-8", "surrogatepass"))
        except ParseError as problem:
            assert all(issue.where and issue.fix for issue in problem.issues)


@pytest.mark.parametrize("junk", ["(", "{", '"', "/ ", "/*", "a ", "|", ";", "variable ", "a(", "property "])
def test_a_long_file_of_one_mark_is_refused_soon(junk):
    """Time and memory stay in proportion to the file; a quadratic reader would take hours here."""
    for text in (junk * 300_000, PLAIN + junk * 300_000, HEAD + junk * 300_000):
        complaints_about(text + "x")
