"""Imports point one way: a module may import only modules that stand above it."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "dxnet"
ORDER = [
    "errors",
    "wording",
    "estimate",
    "table",
    "reference",
    "network",
    "bands",
    "schema",
    "strict",
    "wiring",
    "load",
    "edit",
    "graph",
    "revision",
    "changes",
    "cache",
    "cpt",
    "parameters",
    "sanity",
    "case",
    "model",
    "exchange",
    "backends",
    "implied",
    "provenance",
    "check",
    "differential",
    "engine",
    "signs",
    "criteria",
    "shapley",
    "explain",
    "visits",
    "uncertainty",
    "number",
    "sensitivity",
    "planning",
    "calibration",
    "recalibration",
    "evaluate",
    "compare",
    "naive",
    "discrimination",
    "performance",
    "diff",
    "cohort",
    "simulate",
    "posterior",
    "learn",
    "rewrite",
    "formats",
    "validation",
    "record",
    "console",
    "reasons",
    "show",
    "report",
    "cli",
    "ui",
]
ONLY_IN = {
    "pgmpy": {"model", "backends/reference"},
    "numba": {"backends/jit"},
    "ruamel": {"strict", "formats/write"},
    "streamlit": {"ui"},
    "click": {"cli"},
}


def modules():
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE).with_suffix("").as_posix(), ast.parse(path.read_text())


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names if node.module == "dxnet")


def test_imports_point_up():
    for name, tree in modules():
        room = name.split("/")[0]
        if name == "__init__":
            continue
        rank = ORDER.index(room)
        for target in imported(tree):
            parts = target.split(".")
            if parts[0] == "dxnet" and len(parts) > 1 and parts[1] in ORDER:
                assert ORDER.index(parts[1]) <= rank, f"{name} imports {target}, which stands below it"


def test_heavy_libraries_stay_in_their_rooms():
    for name, tree in modules():
        for target in imported(tree):
            library = target.split(".")[0]
            if library in ONLY_IN:
                assert name in ONLY_IN[library] or name.split("/")[0] in ONLY_IN[library], (
                    f"{name} imports {library}"
                )


def test_the_package_does_not_know_als():
    """Nothing in the engine names a diagnosis or a finding of a network."""
    words = ("als", "sclerosis", "babinski", "mri", "emg")
    for name, tree in modules():
        docstrings = {
            id(n.body[0].value)
            for n in ast.walk(tree)
            if isinstance(n, ast.Module | ast.ClassDef | ast.FunctionDef)
            and n.body
            and isinstance(n.body[0], ast.Expr)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
                if node.value.startswith(("als_mimics", "networks/als_mimics")) or "als_mimics" in node.value:
                    continue
                assert not set(node.value.lower().split()) & set(words), f"{name}: {node.value!r}"
