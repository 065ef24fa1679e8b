"""Imports point one way: a room imports only the rooms listed for it, and inside a room there is no circle.

A name at the top of a module is that of no other module, and files and functions stay short.
"""

import ast
import re
from collections import defaultdict
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import dxnet

TESTS = Path(__file__).parent
PACKAGE = TESTS.with_name("dxnet")
BASE = {"errors", "words", "arrays", "lazy", "kept_files", "whole_files"}
CORE = {*BASE, "knowledge", "inference"}
ROOMS = {
    "errors": set(),
    "words": set(),
    "arrays": set(),
    "lazy": set(),
    "whole_files": {"errors"},
    "kept_files": {"whole_files"},
    "knowledge": BASE,
    "inference": {*BASE, "knowledge"},
    "reasoning": CORE,
    "formats": CORE,
    "evaluation": {*CORE, "reasoning", "formats"},
    "cohort": {*CORE, "formats", "evaluation"},
    "learning": {*CORE, "cohort"},
    "review": {*CORE, "formats", "evaluation"},
    "teaching": {*CORE, "reasoning", "formats", "evaluation"},
    "report": {*CORE, "reasoning", "formats", "evaluation", "learning", "review", "teaching"},
}
"""Which rooms a room may import. The face, ``cli`` and ``ui`` may import all of them, but not each other."""
ONLY_IN = {
    "pgmpy": {"inference/backends/pgmpy_model", "inference/backends/pgmpy_backend"},
    "numba": {"inference/backends/compiled/jit", "inference/backends/compiled/lanes"},
    "llvmlite": {f"inference/backends/compiled/{name}" for name in ("calls", "lanes", "object_code")},
    "yaml": {"knowledge/strict_yaml", "formats/cases/write"},
    "spacy": {"formats/text/lexicon"},
    "docx": {"formats/text/files"},
    "pypdf": {"formats/text/files"},
    "streamlit": {"ui"},
    "click": {"cli"},
}


KNOW_ALS = {"reasoning/als_criteria", "reasoning/als_rules", "reasoning/als_signs"}
"""The diagnostic criteria of ALS: the only modules that are about one disease."""
WORD = re.compile(r"[^\W_]+(?:_[^\W_]+)*")
"""A word in a text, without punctuation; ``als_mimics`` is one, the name of a network."""


def parsed(path):
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def modules():
    return [
        (path.relative_to(PACKAGE).with_suffix("").as_posix(), parsed(path))
        for path in sorted(PACKAGE.rglob("*.py"))
    ]


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            yield node.module
            if node.module in {"dxnet", "dxnet.ui"}:
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


def rooms_imported(tree):
    for target in imported(tree):
        parts = target.split(".")
        if parts[0] == "dxnet" and len(parts) > 1 and parts[1] in {*ROOMS, "cli", "ui"}:
            yield parts[1]


def test_a_room_imports_only_the_rooms_that_it_may():
    names = {name.split("/")[0] for name, _ in modules()}
    assert names == {*ROOMS, "cli", "ui", "__init__", "__main__"} & names
    for name, tree in modules():
        room = name.split("/")[0]
        may = ROOMS.get(room, set(ROOMS)) | {room}
        for target in rooms_imported(tree):
            assert target in may or name == "__main__", f"{name} imports the room {target}"


def test_a_page_of_the_app_imports_only_itself_and_what_pages_share():
    """A folder of ``ui`` is a page, or ``shared``; what is imported ``lazily`` counts, too."""
    for name, tree in modules():
        parts = name.split("/")
        if parts[0] != "ui" or len(parts) < 3:
            continue
        texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
        lazy = (text.partition(":")[0] for text in texts if isinstance(text, str) and ":" in text)
        for target in (*imported(tree), *lazy):
            if target.startswith("dxnet.ui."):
                assert target.split(".")[2] in {parts[1], "shared"}, f"{name} imports {target}"


def test_the_package_names_its_rooms():
    told = re.search(r"from the ground up: (.*?)\.", dxnet.__doc__, re.DOTALL)[1]
    assert re.split(r",\s+|\s+and\s+", told) == [room for room in ROOMS if room not in BASE] + ["cli", "ui"]


def test_no_circle_inside_a_room():
    trees = dict(modules())
    uses = {name: set() for name in trees}
    for name, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module.split(".")[0] == "dxnet":
                folder = "/".join(node.module.split(".")[1:])
                inside = {f"{folder}/{alias.name}" for alias in node.names} | {folder}
                uses[name] |= inside & set(trees) - {name}
    list(TopologicalSorter(uses).static_order())


def test_heavy_libraries_stay_in_their_rooms():
    for name, tree in modules():
        for target in imported(tree):
            library = target.split(".")[0]
            if library in ONLY_IN:
                assert name in ONLY_IN[library] or name.split("/")[0] in ONLY_IN[library], (
                    f"{name} imports {library}"
                )


def test_only_the_criteria_know_als():
    """Nothing else in the package names a diagnosis or a finding of a network."""
    words = {"als", "sclerosis", "babinski", "mri", "emg"}
    for name, tree in modules():
        if name in KNOW_ALS:
            continue
        docstrings = {
            id(n.body[0].value)
            for n in ast.walk(tree)
            if isinstance(n, ast.Module | ast.ClassDef | ast.FunctionDef)
            and n.body
            and isinstance(n.body[0], ast.Expr)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
                assert not set(WORD.findall(node.value.lower())) & words, f"{name}: {node.value!r}"


def named_at_the_top(tree):
    """Functions, classes and constants of a module."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = (part for target in targets for part in ast.walk(target))
            yield from (part.id for part in names if isinstance(part, ast.Name))


def test_a_name_stands_for_one_thing():
    modules_of = defaultdict(list)
    for name, tree in modules():
        for called in set(named_at_the_top(tree)):
            modules_of[called].append(name)
    shared = {
        called: where
        for called, where in modules_of.items()
        if len(where) > 1 and not called.startswith("__")
    }
    assert shared == {}, "two modules share a name"


def test_files_and_functions_stay_short():
    """No file of the package or of its tests over 320 lines, no function over 45 without its docstring."""
    trees = dict(modules()) | {
        f"tests/{path.relative_to(TESTS)}": parsed(path) for path in TESTS.rglob("*.py")
    }
    for name, tree in trees.items():
        assert max((node.end_lineno for node in tree.body), default=0) <= 320, name
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                story = ast.get_docstring(node, clean=False) or ""
                lines = node.end_lineno - node.lineno + 1 - (story.count("\n") + 1 if story else 0)
                assert lines <= 45, f"{name}: {node.name} has {lines} lines"
