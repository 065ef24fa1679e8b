"""``python -m dxnet.inference.backends`` makes the machine code of the compiled engine beforehand."""

import numpy as np

from dxnet.inference.backends.compiled.alike import LEAST_STATES
from dxnet.inference.backends.compiled.backend import CompiledBackend
from dxnet.knowledge.kinds.base import Cpt


class _OneDraw:
    n = 1

    def table(self, name: str) -> np.ndarray:
        return _TABLES[name].values[None]


_TABLES = {"ill": Cpt(np.array([0.75, 0.25])), "cough": Cpt(np.array([[0.9, 0.2], [0.1, 0.8]]), ("ill",))}
_ENGINE = CompiledBackend(_TABLES, "ill")
_ENGINE.ask({"cough": 1})
_ENGINE.ask_draws({"cough": 1}, _OneDraw())
_ENGINE.marginals({"cough": 1})

_PLACES = {
    "ill": _TABLES["ill"],
    "place": Cpt(np.full((LEAST_STATES, 2), 1 / LEAST_STATES), ("ill",)),
    "cough": Cpt(np.full((2, 2, LEAST_STATES), 0.5), ("ill", "place")),
}
CompiledBackend(_PLACES, "ill").ask({"cough": 1})
