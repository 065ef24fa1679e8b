"""Engines that compute P(diagnosis | findings); one entry each in BACKENDS. It loads none of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING

from dxnet.lazy import lazily

if TYPE_CHECKING:
    from dxnet.inference.backends.base import Backend
    from dxnet.knowledge.kinds.base import Cpt

BACKENDS: Mapping[str, Callable[[Mapping[str, Cpt], str, Collection[str]], Backend]] = {
    "compiled": lazily("dxnet.inference.backends.compiled.backend:CompiledBackend"),
    "numpy": lazily("dxnet.inference.backends.numpy_backend:NumpyBackend"),
    "pgmpy": lazily("dxnet.inference.backends.pgmpy_backend:PgmpyBackend"),
}
DEFAULT_BACKEND = "compiled" if find_spec("numba") else "numpy"
