"""The learned network as files: what was learned changes, and nothing else."""

import json

import pytest
from command_line import run
from conftest import TINY

from dxnet import check, load_network
from dxnet.errors import NetworkError
from dxnet.learning.learn import Move
from dxnet.learning.write import write_network
from dxnet.review.changes import changed_numbers


@pytest.mark.slow
@pytest.mark.parametrize("source", ["asia", TINY])
def test_the_learned_network_is_written(tmp_path, source):
    """It loads, has no errors, and only the learned numbers differ."""
    cohort, out = tmp_path / "cohort.csv", tmp_path / "out"
    run("simulate", source, "-n", 150, "-o", cohort, "--draw-numbers", "--seed", 3)
    text = run("learn", cohort, "--truth", "diagnosis", "--network", source, "-o", out).stdout
    assert "150 rows" in text and "@local" in text
    old, new = load_network(source), load_network(out)
    assert not [issue for issue in check(new) if issue.level == "error"]
    again = run("learn", cohort, "--truth", "diagnosis", "--network", source, "--json").stdout
    moves = {move["place"]: move for move in json.loads(again)["moves"]}
    changed = {change.place: change for change in changed_numbers(old, new)}
    assert changed.keys() == moves.keys() and len(moves) > 5
    for place, change in changed.items():
        assert change.new.mean == pytest.approx(moves[place]["mean"], abs=2e-3)
        assert change.new.weight == pytest.approx(min(moves[place]["weight"], 200), rel=1e-3)
        assert change.new.sources == (*change.old.sources, "local")
    assert "cohort.csv" in new.references["local"].title and "150 rows" in new.references["local"].title
    assert "cannot be made" in run("learn", cohort, "--truth", "diagnosis", "-o", out, code=2).stderr
    second = tmp_path / "second"
    run("learn", cohort, "--truth", "diagnosis", "--network", out, "-o", second)
    assert {"local", "local_2"} <= load_network(second).references.keys()


TWO_FILES = {
    "network.yaml": """\
name: n  # a comment that stays
label: "N"
version: '1'
references: "tables/refs: mine.csv"   # a name with a colon
diagnosis: {a: {label: A}, b: {label: B}}
settings:
  s: {label: S, prior: {a: '0.5 ~ 10 @one', b: 0.5 ~ 10 @one}}  # shared line
""",
    "more/findings.yaml": """\
findings:

  cough:
    label:   Cough
    given diagnosis:
      a: "0.3 ~ 10 @one"   # in quotes, with a reason
      b: '30/100 @estimate @one'
  fever:   {label: Fever, given diagnosis: {a: 0.9 ~ 10 @one, default: 0.2 ~ 10 @one}}
""",
    "tables/refs: mine.csv": 'key,title,read\none,"First, of all",full',
    "notes.txt": "stay\n",
}
MOVES = {"settings.s.a": 0.6, "settings.s.b": 0.4, "cough.a": 0.41, "cough.b": 0.22, "fever.default": 0.11}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_only_learned_lines_change(tmp_path, end, bom):
    """Line ends, quotes, comments, byte order marks and the tables of a network in several files stay."""
    source, out = tmp_path / "source", tmp_path / "out"
    for name, text in TWO_FILES.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        mark = bom if name.endswith(".yaml") else ""
        (source / name).write_bytes((mark + text.replace("\n", end)).encode())
    old = load_network(source)
    stated = {place: (place, estimate) for place, estimate in old.estimates()}
    moves = [Move(*stated[place], (1 - p, p), 30.0) for place, p in MOVES.items()]
    assert write_network(old, source, out, moves, {"title": "Here, now", "authors_short": "us"}) == "local"

    def differing(name):
        before, after = ((folder / name).read_bytes().split(b"\n") for folder in (source, out))
        assert len(before) == len(after), name
        return [b.decode() for a, b in zip(before, after, strict=True) if a != b]

    cr = end.rstrip("\n")
    assert differing("network.yaml") == [
        "  s: {label: S, prior: {a: 0.6000 ~ 30 @one @local, b: 0.4000 ~ 30 @one @local}}  # shared line" + cr
    ]
    quoted, plain, shared = differing("more/findings.yaml")
    told = "informed by a local cohort as by 20 complete rows; was 0.3 ~ 10; in quotes, with a reason"
    assert quoted == f"      a: 0.4100 ~ 30 @one @local  # {told}{cr}"
    assert plain.startswith("      b: 0.2200 ~ 30 @estimate @one @local  # ") and plain.endswith(cr)
    assert shared.endswith(f"a: 0.9 ~ 10 @one, default: 0.1100 ~ 30 @one @local}}}}{cr}")
    table = (out / "tables" / "refs: mine.csv").read_bytes().decode()
    assert table == TWO_FILES["tables/refs: mine.csv"].replace("\n", end) + f'{end}local,"Here, now",{end}'
    assert (out / "notes.txt").read_bytes() == (source / "notes.txt").read_bytes()
    new = load_network(out)
    assert {change.place: change.new.mean[1] for change in changed_numbers(old, new)} == pytest.approx(MOVES)
    assert new.references["local"].title == "Here, now" and new.references["one"] == old.references["one"]


def test_tables_from_elsewhere_come_along(tmp_path):
    """A network that shares its tables with others, or has none, is written into one directory."""
    source, out = tmp_path / "networks" / "n", tmp_path / "out"
    (source / "more").mkdir(parents=True)
    (tmp_path / "refs.csv").write_text(TWO_FILES["tables/refs: mine.csv"])
    text = TWO_FILES["network.yaml"].replace("tables/refs: mine.csv", "../../refs.csv")
    (source / "network.yaml").write_text(text + "evidence: ../../refs.csv\n")
    (source / "more" / "findings.yaml").write_text(TWO_FILES["more/findings.yaml"])
    write_network(load_network(source), source, out, [], {"title": "Here"})
    assert load_network(out).references.keys() == {"one", "local"}
    written = (out / "network.yaml").read_text()
    assert (
        "references: references.csv   # a name with a colon" in written
        and "evidence: evidence.csv" in written
    )
    assert (out / "evidence.csv").read_text() == TWO_FILES["tables/refs: mine.csv"]
    assert {path.name for path in tmp_path.iterdir()} == {"networks", "refs.csv", "out"}
    assert (tmp_path / "refs.csv").read_text() == TWO_FILES["tables/refs: mine.csv"]
    bare = tmp_path / "bare"
    bare.mkdir()
    (bare / "network.yaml").write_text(
        "name: n\nlabel: N\nversion: 1\ndiagnosis: {a: {label: A}, b: {label: B}}\n"
        "settings: {s: {label: S, prior: {default: 0.5 ~ 10 @estimate}}}\n"
        "findings: {f: {label: F, probability: 0.5 ~ 10 @estimate}}"
    )
    write_network(load_network(bare), bare, tmp_path / "bare_out", [], {"title": "Here"})
    assert load_network(tmp_path / "bare_out").references["local"].title == "Here"


def test_a_number_on_several_lines_is_refused_before_anything_is_written(tmp_path):
    source, out = tmp_path / "source", tmp_path / "out"
    source.mkdir()
    (source / "network.yaml").write_text(
        "name: n\nlabel: N\nversion: 1\ndiagnosis: {a: {label: A}, b: {label: B}}\n"
        "settings: {s: {label: S, prior: {default: 0.5 ~ 10 @estimate}}}\n"
        "findings:\n  f:\n    label: F\n    probability: >-\n      0.5 ~ 10\n      @estimate\n"
    )
    net = load_network(source)
    place, estimate = next((p, e) for p, e in net.estimates() if p == "f.default")
    with pytest.raises(NetworkError, match=r"f\.default.*line of its own"):
        write_network(net, source, out, [Move(place, estimate, (0.4, 0.6), 20.0)], {"title": "Here"})
    assert not out.exists()
