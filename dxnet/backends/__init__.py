"""Engines that compute P(diagnosis | findings); one entry each in BACKENDS."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.util import find_spec

from dxnet.backends.base import Backend
from dxnet.backends.interpreter import Interpreter
from dxnet.backends.reference import Reference
from dxnet.cpt import Cpt


def _compiled(tables: Mapping[str, Cpt], target: str) -> Backend:
    from dxnet.backends.compiled import Compiled  # numba takes a fifth of a second to import

    return Compiled(tables, target)


BACKENDS: Mapping[str, Callable[[Mapping[str, Cpt], str], Backend]] = {
    "compiled": _compiled,
    "numpy": Interpreter,
    "pgmpy": Reference,
}
DEFAULT_BACKEND = "compiled" if find_spec("numba") else "numpy"
