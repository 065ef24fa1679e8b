"""Engines that compute P(diagnosis | findings); one entry each in BACKENDS."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.util import find_spec

from dxnet.inference.backends.base import Backend
from dxnet.inference.backends.numpy_backend import Interpreter
from dxnet.inference.backends.pgmpy_backend import Reference
from dxnet.knowledge.kinds.base import Cpt


def _compiled(tables: Mapping[str, Cpt], target: str) -> Backend:
    from dxnet.inference.backends.compiled.backend import Compiled

    return Compiled(tables, target)


BACKENDS: Mapping[str, Callable[[Mapping[str, Cpt], str], Backend]] = {
    "compiled": _compiled,
    "numpy": Interpreter,
    "pgmpy": Reference,
}
DEFAULT_BACKEND = "compiled" if find_spec("numba") else "numpy"
