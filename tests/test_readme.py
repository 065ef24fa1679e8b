"""The commands that README shows print what README says. (Its Python is a doctest.)"""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from dxnet.cli import main

ROOT = Path(__file__).parents[1]
SHOWN = re.findall(r"```console\n\$ dxnet (.*?)\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)


def test_readme_shows_commands():
    assert SHOWN


@pytest.mark.parametrize(("command", "output"), SHOWN)
def test_command_prints_what_readme_says(command, output, monkeypatch):
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(main, command.split())
    assert result.exit_code == 0
    assert [line.rstrip() for line in result.stdout.splitlines()] == output.splitlines()
