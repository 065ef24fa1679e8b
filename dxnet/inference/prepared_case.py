"""PreparedCase: the findings of one case, made ready to be asked in many variations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dxnet.arrays import MISSING, Array, Bools, Ints
from dxnet.inference.backends.base import Backend


@dataclass(frozen=True, eq=False)
class PreparedCase:
    """The findings of a case: ``states`` ``int16[F]`` of ``names``, SOFT where ``soft`` has a likelihood."""

    backend: Backend
    names: tuple[str, ...]
    states: Ints
    soft: Mapping[str, Array]

    @cached_property
    def log_p(self) -> float:
        """Natural logarithm of P(findings)."""
        return float(self.ask(self.states[None])[1][0])

    def ask(self, states: Ints) -> tuple[Array, Array]:
        """In other states, ``int[B, F]``: P(diagnosis | findings) ``[B, K]`` and log P(findings) ``[B]``."""
        return self.backend.ask_rows(self.names, states, self.soft)

    def of(self, included: Bools) -> tuple[Array, Array]:
        """Of some of the findings alone, ``bool[B, F]``."""
        return self.ask(np.where(included, self.states, MISSING))

    def further(self, findings: Sequence[str], states: Ints) -> tuple[Array, Array]:
        """With further findings, ``int[B, further]``."""
        rows = np.hstack([np.tile(self.states, (len(states), 1)), states])
        return self.backend.ask_rows([*self.names, *findings], rows, self.soft)
