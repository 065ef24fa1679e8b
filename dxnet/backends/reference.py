"""The trusted engine: pgmpy's VariableElimination, a fresh object for each question."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from dxnet.cpt import Array
from dxnet.model import build
from dxnet.network import DIAGNOSIS, Network

if TYPE_CHECKING:
    from pgmpy.factors.discrete import DiscreteFactor
    from pgmpy.models import DiscreteBayesianNetwork


class Reference:
    """P(diagnosis, findings) by pgmpy's variable elimination.

    The question is put to the Markov network of the findings' ancestors (what lies below unobserved findings
    sums to one), with each finding's likelihood as a factor of its own: hard, uncertain and missing findings
    are one code path, and the answer is not normalised, so that P(findings) is not lost. One object shared
    by threads gives wrong answers in pgmpy 1.1.2, hence a fresh one each time.
    """

    def __init__(self, network: Network, setting: str):
        self._network, self._setting = network, setting

    @cached_property
    def model(self) -> DiscreteBayesianNetwork:
        """The pgmpy model, built on first use."""
        return build(self._network, self._setting)

    @cached_property
    def _ancestors(self) -> dict[str, frozenset[str]]:
        return {node: frozenset(self.model.get_ancestors([node])) for node in self.model.nodes}

    @cached_property
    def _factors(self) -> dict[str, DiscreteFactor]:
        return {cpd.variable: cpd.to_factor() for cpd in self.model.get_cpds()}

    def joint(self, likelihoods: Mapping[str, Array]) -> Array:
        """P(diagnosis, findings), ``ndarray[K]``."""
        from pgmpy.factors.discrete import DiscreteFactor
        from pgmpy.inference import VariableElimination
        from pgmpy.models import DiscreteMarkovNetwork

        scope = self._ancestors[DIAGNOSIS].union(*(self._ancestors[name] for name in likelihoods))
        factors = [self._factors[name] for name in self.model.nodes if name in scope]
        for name, likelihood in likelihoods.items():
            states = {name: list(self._network.states(name))}
            factors.append(DiscreteFactor([name], [len(likelihood)], likelihood, state_names=states))
        markov = DiscreteMarkovNetwork()
        markov.add_nodes_from(scope)
        for factor in factors:
            markov.add_edges_from(
                (a, b) for i, a in enumerate(factor.variables) for b in factor.variables[:i]
            )
        markov.add_factors(*factors)
        answer = VariableElimination(markov).query([DIAGNOSIS], show_progress=False)
        return np.asarray(answer.values, dtype=float)
