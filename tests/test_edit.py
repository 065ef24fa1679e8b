"""Numbers edited in the files of a network: what was edited and nothing else."""

import io
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dxnet import load_network
from dxnet.errors import ParseError
from dxnet.knowledge.changed_number import parse_number_at
from dxnet.knowledge.edit import NetworkFiles, number_as_written
from dxnet.knowledge.estimate import Estimate
from dxnet.review.changes import changed_numbers
from dxnet.review.diff import compare_networks

TEXT = """\
# A comment at the top
name: n
label: N   # and one here
version: "1"
diagnosis: {a: {label: A}, b: {label: B}}
settings:
  s: {label: S, prior: {a: 0.5 ~ 10 @estimate, b: 0.5 ~ 10 @estimate}}
soft words:
  probable: '0.8 ~ 10 @estimate'   # four to one
recording error: 0.002 ~ 10 @estimate
mechanisms:
  m: {label: M, leak: 0.1 ~ 10 @estimate, given diagnosis: {a: 0.8 ~ 10 @estimate, b: 0.5 ~ 10 @estimate}}
findings:
  cough:
    label: Cough
    given diagnosis:
      a: 0.3 ~ 10 @estimate  # twice the same text
      b: 0.3 ~ 10 @estimate  # twice the same text

  fever: {label: Fever, through: m, given diagnosis: {a: 0.3 ~ 10 @estimate, default: 0.3 ~ 10 @estimate}}
  rash:
    label: Rash
    noisy-or: {m: 0.3 ~ 10 @estimate}
    leak: 0.01 ~ 10 @estimate
    also:
      cough: >-
        0.2 ~ 10
        @estimate
"""


@pytest.fixture
def directory(tmp_path):
    place = tmp_path / "n"
    place.mkdir()
    (place / "network.yaml").write_bytes(TEXT.encode())
    return place


def changed(before, after):
    """Lines that differ, as (old, new)."""
    pairs = zip(before.split(b"\n"), after.split(b"\n"), strict=True)
    return [(old.decode(), new.decode()) for old, new in pairs if old != new]


def edited(directory, **numbers):
    return NetworkFiles.read(directory).edit(numbers).contents["n/network.yaml"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["als_mimics", "asia"])
def test_every_number_is_found_and_written_back_as_it_stands(name):
    files, network = NetworkFiles.read(name), load_network(name)
    assert files._homes.keys() == dict(network.estimates()).keys()
    places = list(network.estimates())[:: 200 if name == "als_mimics" else 1]
    assert files.edit({place: number_as_written(estimate) for place, estimate in places}) == files


@pytest.mark.parametrize(("name", "ends"), [("als_mimics", "\n"), ("asia", "\n"), ("asia", "\r\n")])
def test_the_edited_network_loads_and_differs_in_the_edited_number_only(name, ends):
    old = load_network(name)
    place, estimate = next((p, e) for p, e in old.estimates() if p not in ("recording error", "soft words"))
    files = NetworkFiles.read(name)
    contents = {path: b.replace(b"\n", ends.encode()) for path, b in files.contents.items()}
    text = "0.41 ~ 7 @estimate  # because"
    after = NetworkFiles(files.directory, contents).edit({place: text})
    with after.unpacked() as directory:
        new = load_network(directory)
    (change,) = changed_numbers(old, new)
    assert change.place == place and change.old == estimate
    assert change.new == Estimate.parse("0.41 ~ 7 @estimate", reason="because")
    (path,) = (path for path in contents if contents[path] != after.contents[path])
    assert len(changed(contents[path], after.contents[path])) == 1


def test_what_is_packed_is_what_loads(tmp_path):
    files = NetworkFiles.read("als_mimics").edit({"babinski.als": "12/50 @estimate  # a test"})
    with ZipFile(io.BytesIO(files.packed())) as archive:
        archive.extractall(tmp_path)
    network = load_network(tmp_path / "networks" / "als_mimics")
    assert network.findings["babinski"].given.rows["als"].mean[1] == pytest.approx(12.5 / 51)
    assert network.references and files.packed() == files.packed()
    found = compare_networks(load_network("als_mimics"), network, [])
    assert [number.place for number in found.numbers] == ["babinski.als"]
    assert not (found.parts or found.edges or found.texts)


BESIDE_NETWORK = {"cases.csv": b"id,cough\n", "README.md": b"# N\n", "network.schema.json": b"{}\n"}
PRIVATE = ("cohort.csv", "letters/a.txt", "letters/cases.csv", "visits.parquet", ".env", ".git/config")


def test_what_belongs_to_a_network_is_packed_with_it_and_no_data_of_patients(directory):
    for name, content in {**BESIDE_NETWORK, **dict.fromkeys(PRIVATE, b"secret")}.items():
        (directory / name).parent.mkdir(exist_ok=True)
        (directory / name).write_bytes(content)
    files = NetworkFiles.read(directory).edit({"cough.b": "0.4 ~ 10 @estimate  # another"})
    with ZipFile(io.BytesIO(files.packed())) as archive:
        packed = {name: archive.read(name) for name in archive.namelist()}
    assert packed.keys() == {"n/network.yaml", *(f"n/{name}" for name in BESIDE_NETWORK)}
    assert all(packed[f"n/{name}"] == content for name, content in BESIDE_NETWORK.items())
    with files.unpacked() as copy:
        assert {path.name for path in copy.rglob("*")} == {"network.yaml", *BESIDE_NETWORK}


def test_what_cannot_be_read_beside_a_network_is_left_out(directory, tmp_path, monkeypatch):
    (tmp_path / "elsewhere.csv").write_bytes(b"secret")
    (directory / "cases.csv").symlink_to(tmp_path / "elsewhere.csv")
    (directory / "README.md").write_bytes(b"# N\n")
    read_bytes = Path.read_bytes

    def guarded(path):
        if path.name == "README.md":
            raise PermissionError(13, "Permission denied")
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", guarded)
    assert NetworkFiles.read(directory).contents.keys() == {"n/network.yaml"}


def test_one_of_two_equal_numbers_changes(directory):
    content = edited(directory, **{"cough.b": "0.4 ~ 10 @estimate  # twice the same text"})
    assert changed(TEXT.encode(), content) == [
        (
            "      b: 0.3 ~ 10 @estimate  # twice the same text",
            "      b: 0.4 ~ 10 @estimate  # twice the same text",
        )
    ]


def test_numbers_that_share_a_line_change_apart(directory):
    content = edited(directory, **{"settings.s.b": "0.4 ~ 9 @estimate", "settings.s.a": "0.6 ~ 9 @estimate"})
    ((_, line),) = changed(TEXT.encode(), content)
    assert line == "  s: {label: S, prior: {a: 0.6 ~ 9 @estimate, b: 0.4 ~ 9 @estimate}}"


def test_what_yaml_would_misread_is_quoted(directory):
    content = edited(
        directory, **{"m.a": "0.85 [0.74, 0.93] @estimate", "soft words.probable": "0.7 ~ 9 @estimate"}
    )
    lines = [new for _, new in changed(TEXT.encode(), content)]
    assert lines[0] == "  probable: 0.7 ~ 9 @estimate"
    assert "{a: '0.85 [0.74, 0.93] @estimate', b: 0.5 ~ 10 @estimate}" in lines[1]


def test_a_reason_comes_and_goes(directory):
    content = edited(
        directory, **{"cough.a": "0.3 ~ 10 @estimate", "recording error": "0.002 ~ 10 @estimate #why"}
    )
    assert [new for _, new in changed(TEXT.encode(), content)] == [
        "recording error: 0.002 ~ 10 @estimate  # why",
        "      a: 0.3 ~ 10 @estimate",
    ]


def test_a_byte_order_mark_stays(directory):
    (directory / "network.yaml").write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
    content = edited(directory, **{"cough.b": "0.4 ~ 10 @estimate"})
    assert content.startswith(b"\xef\xbb\xbf#")
    assert len(changed(b"\xef\xbb\xbf" + TEXT.encode(), content)) == 1


def test_what_cannot_stand_there_is_refused_all_at_once(directory):
    wrong = {
        "fever.a": "0.4 ~ 10 @estimate  # a reason on a shared line",
        "rash.also.cough": "0.4 ~ 10 @estimate",
        "cough.c": "0.4 ~ 10 @estimate",
    }
    with pytest.raises(ParseError) as problem:
        edited(directory, **wrong)
    third, first, second = map(str, problem.value.issues)
    assert "network.yaml:20" in first and "line of its own" in first and "leave the reason out" in first
    assert "rash.also.cough" in second and "line of its own" in second
    assert "did you mean" in third


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0.5", "has no source"),
        ("", "has no source"),
        ("1.5 ~ 10 @lauritzen1988", "must lie between 0 and 1"),
        ("0.2 0.3 0.5 ~ 10 @lauritzen1988", "3 probabilities; give one probability"),
        ("0.2 ~ 10 @lauritzen1989", "unknown reference @lauritzen1989; did you mean lauritzen1988?"),
        ("0.2 ~ 10 @lauritzen1988\n", "line break"),
        ("0.2 ~ 10 @lauritzen1988 # a\nb: c", "line break"),
    ],
)
def test_a_number_that_cannot_be_is_refused_with_its_cure(asia, text, said):
    with pytest.raises(ParseError) as problem:
        parse_number_at(asia, "bronchitis.absent", text)
    (issue,) = problem.value.issues
    assert said in str(issue) and issue.where == "asia/network.yaml:31" and issue.fix


def test_all_that_is_wrong_with_a_number_is_said_at_once(asia):
    with pytest.raises(ParseError) as problem:
        parse_number_at(asia, "bronchitis.absent", "1.7 ~ 10 @lauritzen1989 @estimate")
    number, source = map(str, problem.value.issues)
    assert "must lie between 0 and 1" in number and "unknown reference @lauritzen1989" in source


def test_a_place_that_is_not_there(asia):
    with pytest.raises(ParseError, match=r"did you mean bronchitis\.absent"):
        parse_number_at(asia, "bronchitis.absentt", "0.2 ~ 10 @estimate")


def test_the_private_copy_is_gone_afterwards(directory):
    with NetworkFiles.read(directory).unpacked() as copy:
        assert (copy / "network.yaml").read_bytes() == TEXT.encode()
    assert not copy.exists()


REASONS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.just(" "), max_size=20)


@given(st.floats(0.01, 0.99), st.integers(1, 200), REASONS.map(str.strip))
def test_what_is_written_is_what_is_read(p, weight, reason):
    files = NetworkFiles("n", {"n/network.yaml": TEXT.encode()})
    text = f"{p:.6f} ~ {weight} @estimate"
    reason = reason.lstrip("#").strip()
    after = files.edit({"cough.a": f"{text}  # {reason}" if reason else text})
    with after.unpacked() as directory:
        network = load_network(directory)
    assert network.findings["cough"].given.rows["a"] == Estimate.parse(text, reason=reason)
    assert len(changed(TEXT.encode(), after.contents["n/network.yaml"])) == 1
