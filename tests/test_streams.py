"""What is printed where an encoding lacks letters: documents arrive whole, and nothing becomes ``?``."""

import codecs
import json

import pytest
from click.testing import CliRunner
from command_line import run
from conftest import TINY

from dxnet import load_network, read_cases
from dxnet.cli import main
from dxnet.cli.streams import _INSTEAD
from dxnet.knowledge.edit import NetworkFiles

CASE = 'id: Müller ß – Łódź 漢\ntitle: "Grüße → ≥ 3"\nfindings: {smoking: present}\n'


def printed(*words, charset="cp1252"):
    """What a command writes to a pipe, in bytes."""
    result = CliRunner(charset=charset).invoke(main, [str(word) for word in words])
    assert result.exit_code == 0, result.output
    return result.stdout_bytes


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "um läut.yaml"
    path.write_text(CASE, encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", ["yaml", "json", "phenopacket", "fhir"])
def test_a_case_comes_back_as_it_was(file, kind):
    again = file.with_name("again.json" if kind != "yaml" else "again.yaml")
    again.write_bytes(printed("convert", file, "--network", "asia", "--to", kind))
    (before,), (after,) = (read_cases(path, network=load_network("asia")) for path in (file, again))
    assert after.findings == before.findings
    assert kind == "fhir" or after.id == before.id == "Müller ß – Łódź 漢"


def test_json_is_utf8(file):
    found = json.loads(printed("diagnose", file, "--network", "asia", "--json").decode("utf-8"))
    assert "Müller ß – Łódź 漢" in json.dumps(found, ensure_ascii=False)


@pytest.mark.parametrize(
    ("charset", "shown"), [("cp1252", "Müller ß – Lódz \\u6f22"), ("ascii", "Muller ss - Lodz \\u6f22")]
)
def test_what_cannot_be_shown_is_written_by_what_is_nearest(file, charset, shown):
    text = printed("diagnose", file, "--network", "asia", charset=charset).decode(charset)
    assert f"Case: {shown}, " in text and "-> >= 3\n" in text and "?" not in text
    bars = [line for line in text.splitlines() if line.endswith("#")]
    assert len({line.index("#") for line in bars}) == 1


def test_signs_have_their_words_in_ascii():
    signs = "→–±…│≤≥½µ·\N{NO-BREAK SPACE}ﬁe\N{COMBINING ACUTE ACCENT}"
    main(["--help"], standalone_mode=False)
    assert signs.encode("ascii", "dxnet.nearest") == b"->-+/-...|<=>=1/2u. fie"
    assert all(text.isascii() and "?" not in text for text in _INSTEAD.values())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_text_is_read_as_its_mark_says(tmp_path, encoding):
    line = '{"id": "Müller", "findings": {"smoking": "present"}}'
    for name, text in {
        "c.yaml": "id: Müller\nfindings: {smoking: present}\n",
        "c.json": line,
        "c.jsonl": f"{line}\n",
        "c.csv": "id,smoking\nMüller,present\n",
    }.items():
        (tmp_path / name).write_bytes(text.encode(encoding))
        told = run("diagnose", tmp_path / name, "--network", "asia", "--json").stdout
        assert '"Müller"' in told and '"smoking"' in told, name
    (tmp_path / "l.txt").write_bytes("No Babinski – Müller.".encode(encoding))
    assert "babinski" in run("read", tmp_path / "l.txt", "--json").stdout


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE])
def test_a_network_in_utf16_is_read_and_edited(tiny, mark):
    path = tiny / "network.yaml"
    encoding = "utf-16-be" if mark == codecs.BOM_UTF16_BE else "utf-16-le"
    path.write_bytes(mark + path.read_text(encoding="utf-8").encode(encoding))
    assert load_network(tiny).fingerprint == load_network(TINY).fingerprint
    files, plain = NetworkFiles.read(tiny), NetworkFiles.read(TINY)
    assert dict(files.contents) == dict(plain.contents)
