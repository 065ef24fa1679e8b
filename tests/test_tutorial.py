"""The tutorial, networks/README.md, step by step: its edits are made and its commands print what it shows.

A block of YAML goes where the words before it say. A line ``...`` stands for any lines that a command prints.
"""

import re
import shutil
from pathlib import Path

from click.testing import CliRunner

from dxnet.cli import main
from dxnet.knowledge.load import RESOURCES

TEXT = (RESOURCES / "networks" / "README.md").read_text(encoding="utf-8")
PARTS = re.split(r"```(yaml|console)\n(.*?)```", TEXT, flags=re.DOTALL)
BLOCKS = [
    (words.strip().split("\n\n")[-1], *block) for words, *block in zip(*[iter(PARTS)] * 3, strict=False)
]
PLACES = {
    "write": r"Write\s+`([^`]+)`",
    "add": r"[Aa]dd\s+to\s+`([^`]+)`\s+below\s+`([^`]+)`",
    "replace": r"Replace\s+in\s+`([^`]+)`(?:\s+after\s+`([^`]+)`)?\s+the\s+line\s+`([^`]+)`",
}


def edit(words, block):
    """Do with a block of YAML what the words say."""
    found = [(m.start(), kind, m.groups()) for kind, p in PLACES.items() for m in re.finditer(p, words)]
    _, kind, (path, *where) = max(found)
    if kind == "write":
        Path(path).write_text(block, encoding="utf-8")
        return
    lines = Path(path).read_text(encoding="utf-8").splitlines(keepends=True)
    start = find(lines, where[0]) if where[0] else 0
    at = start if kind == "add" else find(lines, where[1], start)
    lines[at + (kind == "add") : at + 1] = block.splitlines(keepends=True)
    Path(path).write_text("".join(lines), encoding="utf-8")


def find(lines, text, start=0):
    """The line that begins so; before it can be mistaken, it must be the only one from the start on."""
    found = [i for i, line in enumerate(lines) if i >= start and line.strip().startswith(text)]
    assert len(found) == 1 or (start and found), f"{text!r} stands in {len(found)} lines"
    return found[0]


def run(command):
    """What a command prints, line by line."""
    if command.startswith("cp -r "):
        shutil.copytree(*command.split()[2:], dirs_exist_ok=True)
        return []
    assert command.startswith("dxnet ")
    result = CliRunner().invoke(main, command.split()[1:])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return [line.rstrip() for line in result.output.splitlines()]


def commands(block):
    """Each command of a console block with what it prints."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, *shown = part.splitlines()
        yield command, shown


def matches(shown, printed):
    pattern = "\n".join(r"[^\0]*" if line == "..." else re.escape(line) for line in [*shown, ""])
    return re.fullmatch(pattern, "\n".join([*printed, ""])) is not None


def test_every_step_does_what_the_tutorial_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ran = []
    for words, kind, block in BLOCKS:
        if kind == "yaml":
            edit(words, block)
            continue
        for command, shown in commands(block):
            printed = run(command)
            assert matches(shown, printed), "\n".join([f"$ {command}", *printed])
            ran.append(command.split()[1])
    assert len(BLOCKS) == TEXT.count("```") / 2
    assert {"new", "check", "show", "diagnose", "diff", "next"} <= {*ran}


def test_a_step_that_differs_is_noticed():
    assert matches(["a", "...", "d"], ["a", "b", "c", "d"])
    assert not matches(["a", "...", "d"], ["a", "b", "c"]) and not matches(["a"], ["a", "b"])
