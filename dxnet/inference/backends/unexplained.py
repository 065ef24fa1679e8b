"""Patients whose findings tell nothing of their disease: no chain of findings makes a diagnosis certain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np

from dxnet.arrays import Array, Ints
from dxnet.inference.backends.base import Backend, Draws, Likelihoods
from dxnet.inference.cpt import UNEXPLAINED, unexplained
from dxnet.knowledge.kinds.base import ValueOf, mean_of
from dxnet.knowledge.network import Network

OWN_PRE_TEST = 0.5
"""Share of the unexplained patients who have a listed disease, where one stands for what is not listed."""


class PartlyUnexplained(Backend):
    """The answers of a backend, where a share of the patients has the findings of some other patient.

    With share s, P(target | findings) becomes (1 - s) P(target | findings) + s u, where u is P(target), or
    half of it, and one half for the state that stands for what is not listed. P(findings) stays as it is.

    Args:
        backend: what answers where the findings are the patient's own.
        share: s, inside (0, 1).
        unlisted: position of the state that stands for what is not listed, if there is one.
    """

    def __init__(self, backend: Backend, share: float, unlisted: int | None = None):
        super().__init__(backend.tables, backend.target)
        self.backend, self.share, self.unlisted = backend, share, unlisted
        self._prior = 1.0 if unlisted is None else OWN_PRE_TEST
        self._drawn: WeakKeyDictionary[Draws, tuple[Array, Array]] = WeakKeyDictionary()

    @classmethod
    def of(cls, backend: Backend, network: Network, value: ValueOf = mean_of) -> Backend:
        """A backend for a network and its numbers: as it is, where all of its patients are explained."""
        if not network.unexplained:
            return backend
        unlisted = network.diagnoses.index(network.unlisted) if network.unlisted else None
        return cls(backend, float(unexplained(network, value).values[1]), unlisted)

    @property
    def is_wide(self) -> bool:
        """See ``Backend.is_wide``."""
        return self.backend.is_wide

    def describe(self) -> str:
        """See ``Backend.describe``."""
        return self.backend.describe()

    def ask(self, likelihoods: Likelihoods) -> tuple[Array, float]:
        """See ``Backend.ask``."""
        post_test, log_p = self.backend.ask(likelihoods)
        return self._with_unexplained(post_test), log_p

    def ask_rows(
        self, names: Sequence[str], states: Ints, soft: Mapping[str, Array] | None = None
    ) -> tuple[Array, Array]:
        """See ``Backend.ask_rows``."""
        post_test, log_p = self.backend.ask_rows(names, states, soft)
        post_test *= 1 - self.share
        post_test += self._part_of_unexplained
        return post_test, log_p

    def log_likelihoods(self, names: Sequence[str], states: Ints) -> Array:
        """See ``Backend.log_likelihoods``."""
        return self.backend.log_likelihoods(names, states)

    def ask_draws(self, likelihoods: Likelihoods, draws: Draws) -> tuple[Array, Array]:
        """See ``Backend.ask_draws``; of each draw the share of the unexplained, too."""
        post_test, log_p = self.backend.ask_draws(likelihoods, draws)
        if draws not in self._drawn:
            share = draws.table(UNEXPLAINED)[:, 1:]
            self._drawn[draws] = share, share * self._of_unexplained(self.backend.ask_draws({}, draws)[0])
        share, part = self._drawn[draws]
        return np.asarray((1 - share) * post_test + part), log_p

    def marginals(self, likelihoods: Likelihoods) -> dict[str, Array]:
        """See ``Backend.marginals``."""
        mixed = {
            name: (1 - self.share) * values + values.sum(axis=1, keepdims=True) * self._part_of_unexplained
            for name, values in self.backend.marginals(likelihoods).items()
        }
        own = self.backend.ask(likelihoods)[0]
        return {**mixed, self.target: np.diag(self._with_unexplained(own))}

    def slopes(self, likelihoods: Likelihoods, weights: Array) -> dict[str, Array]:
        """See ``Backend.slopes``."""
        post_test = self.backend.ask(likelihoods)[0]
        mixed = self._with_unexplained(post_test)
        own = weights * ((1 - self.share) * post_test / mixed)
        before = weights * (self.share * self._prior * self._pre_test / mixed)
        found = self.backend.slopes(likelihoods, own)
        for name, values in self.backend.slopes({}, before).items():
            found[name] = found[name] + values
        shares = np.stack([post_test, self.pre_test_of_unexplained])
        return {**found, UNEXPLAINED: shares @ (weights / mixed)}

    def most_probable(self, likelihoods: Likelihoods) -> tuple[dict[str, int], float]:
        """See ``Backend.most_probable``; of patients whose findings are their own."""
        return self.backend.most_probable(likelihoods)

    @cached_property
    def _pre_test(self) -> Array:
        return self.backend.ask({})[0]

    @cached_property
    def pre_test_of_unexplained(self) -> Array:
        """P(target) of the patients whose findings tell nothing of them, ``ndarray[K]``."""
        return self._of_unexplained(self._pre_test)

    @cached_property
    def _part_of_unexplained(self) -> Array:
        """What the patients whose findings tell nothing add to every answer, ``ndarray[K]``."""
        return np.asarray(self.share * self.pre_test_of_unexplained)

    def _with_unexplained(self, own: Array) -> Array:
        """P(target) of all patients, with the numbers as stated, in place of that of the others, ``own``."""
        return np.asarray((1 - self.share) * own + self._part_of_unexplained)

    def _of_unexplained(self, pre_test: Array) -> Array:
        """P(target) of patients whose findings tell nothing of them."""
        unlisted = np.zeros(pre_test.shape[-1])
        if self.unlisted is not None:
            unlisted[self.unlisted] = 1 - self._prior
        return np.asarray(self._prior * pre_test + unlisted)
