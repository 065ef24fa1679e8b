"""A network is found by its name or path, and is the same however its files are written."""

from pathlib import Path

import pytest
from conftest import TINY, line_of

from dxnet import load_network
from dxnet.errors import ParseError
from dxnet.knowledge.load import RESOURCES


@pytest.mark.parametrize("wanted", ["nowhere/tiny", "a" * 5000, "nul\0", "", "asai", "network.yaml"])
def test_no_such_network(tiny, monkeypatch, wanted):
    monkeypatch.chdir(tiny.parent)
    (tiny.parent / "network.yaml").mkdir()  # a directory, not a file
    with pytest.raises(ParseError) as caught:
        load_network(wanted)
    (issue,) = caught.value.issues
    assert issue.where == (wanted or ".")
    assert "a file network.yaml" in issue.message
    assert ("did you mean asia?" if wanted == "asai" else "known are als_mimics, asia") in issue.fix


def test_a_file_for_a_directory(tiny):
    with pytest.raises(
        ParseError, match=r"network\.yaml: is a file of a network; give its directory, .*tiny$"
    ):
        load_network(tiny / "network.yaml")
    (tiny.parent / "case.yaml").write_text("findings: {}", encoding="utf-8")
    with pytest.raises(ParseError, match=r"case\.yaml: is a file; give the directory of a network$"):
        load_network(tiny.parent / "case.yaml")
    (tiny / "network.yaml").unlink()
    with pytest.raises(ParseError, match=r"tiny: is a directory without a file network\.yaml; give such"):
        load_network(str(tiny))


@pytest.mark.parametrize("change", ["\ufeff", "\r\n", "---\n", ""])
def test_harmless_differences(tiny, change):
    """A byte order mark, Windows lines, a first document mark; and hidden files are left alone."""
    text = (tiny / "network.yaml").read_text(encoding="utf-8")
    new = text.replace("\n", change) if change == "\r\n" else change + text
    (tiny / "network.yaml").write_bytes(new.encode())
    (tiny / "references.csv").write_bytes(b"\xef\xbb\xbf" + (tiny / "references.csv").read_bytes())
    (tiny / ".ipynb_checkpoints").mkdir()
    (tiny / ".ipynb_checkpoints" / "network-checkpoint.yaml").write_text(text)
    before, after = load_network(TINY), load_network(tiny)
    assert dict(before.estimates()) == dict(after.estimates())
    assert after.findings["sex"].at("lasting") == f"tiny/network.yaml:{line_of(new, 'lasting: yes')}"


def test_a_network_in_several_files_is_the_same(tiny):
    text = (tiny / "network.yaml").read_text(encoding="utf-8")
    head, findings = text.split("\nfindings:\n")
    first, second = findings.split("  clonus:\n")
    (tiny / "network.yaml").write_text(head)
    (tiny / "findings").mkdir()
    (tiny / "findings" / "a.yaml").write_text("findings:\n" + first)
    (tiny / "findings" / "b.YML").write_text("findings:\n  clonus:\n" + second)
    whole, parts = load_network(TINY), load_network(tiny)
    assert list(whole.findings) == list(parts.findings)
    assert dict(whole.estimates()) == dict(parts.estimates())
    assert parts.findings["clonus"].where == "tiny/findings/b.YML:2"
    assert whole.fingerprint != parts.fingerprint


def test_places_and_reasons_are_kept(tiny):
    text = (tiny / "network.yaml").read_text(encoding="utf-8")
    network = load_network(tiny)
    clonus = network.findings["clonus"]
    assert clonus.leak.reason == "stiff people"
    assert clonus.leak.where == clonus.at("leak") == f"tiny/network.yaml:{line_of(text, 'stiff people')}"
    assert clonus.where == clonus.at("no such key") == f"tiny/network.yaml:{line_of(text, '  clonus:')}"
    assert network.references["smith2020"].title == "Signs, and how often"
    assert network.references["jones2021"].where == "references.csv:3"


def test_names_of_shipped_networks_and_paths():
    path = RESOURCES / "networks" / "asia"
    fingerprints = {load_network(wanted).fingerprint for wanted in ("asia", path, str(path))}
    assert len(fingerprints) == 1


def test_a_folder_does_not_take_the_place_of_a_shipped_network(tiny, monkeypatch):
    monkeypatch.chdir(tiny.parent)
    shipped = load_network("asia").fingerprint
    tiny.rename("asia")
    assert load_network("asia").fingerprint == shipped
    for folder in ("./asia", Path("asia"), "asia/"):
        assert load_network(folder).name == "tiny"
