"""What READMEs show: commands print it, links and paths lead somewhere. (Their Python is a doctest.)"""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from test_layers import ROOMS
from test_tutorial import matches

from dxnet.cli import main

ROOT = Path(__file__).parents[1]
PLACES = ["", "dxnet", "dxnet/ui", "dxnet/cli", "networks/als_mimics"]
"""Directories of READMEs whose commands are run; networks/README.md is the tutorial (test_tutorial.py)."""
SHOWN = [
    (place, *shown)
    for place in PLACES
    for shown in re.findall(
        r"```console\n\$ dxnet (.*?)\n(.*?)```",
        (ROOT / place / "README.md").read_text(encoding="utf-8"),
        re.DOTALL,
    )
]
READMES = sorted(path for path in ROOT.rglob("README.md") if ".venv" not in path.parts)


def test_readmes_show_commands():
    assert {"", "dxnet/cli"} <= {place for place, _, _ in SHOWN}


@pytest.mark.parametrize(("place", "command", "output"), SHOWN)
def test_command_prints_what_the_readme_says(place, command, output, monkeypatch):
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(main, command.split())
    assert result.exit_code == 0
    printed = [line.rstrip() for line in result.stdout.splitlines()]
    assert matches(output.splitlines(), printed), "\n".join(printed)


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(readme):
    links = re.findall(r"\]\(([^)#:]+)\)", readme.read_text(encoding="utf-8"))
    assert not [link for link in links if not (readme.parent / link).exists()]


def test_the_map_names_only_what_is_there():
    """Every path in the map: from the package, or from the root of the repository."""
    text = (ROOT / "dxnet" / "README.md").read_text(encoding="utf-8")
    paths = {word for word in re.findall(r"`([\w./]+)`", text) if "/" in word}
    assert len(paths) > 30
    assert not [path for path in paths if not any((base / path).exists() for base in (ROOT / "dxnet", ROOT))]


def test_the_picture_of_the_rooms_has_every_arrow_going_down():
    text = (ROOT / "dxnet" / "README.md").read_text(encoding="utf-8")
    lines = re.search(r"```text\n(.*?)```", text, re.DOTALL)[1].splitlines()
    line = {room: i for i, text in enumerate(lines) for room in re.findall(r"([a-z]+)(?:/|\.py)", text)}
    rooms = {path.name for path in (ROOT / "dxnet").iterdir() if (path / "__init__.py").is_file()}
    assert rooms <= line.keys()
    for room, others in ROOMS.items():
        for other in others & rooms:
            assert line[room] < line[other], f"{room} imports {other}, which the picture has above it"


def test_the_front_page_is_short():
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 90
