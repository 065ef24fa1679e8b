"""The trusted engine: pgmpy's VariableElimination, a fresh object for each question."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from dxnet.arrays import Array
from dxnet.inference.backends.base import Backend, Likelihoods
from dxnet.inference.backends.pgmpy_model import model_of

if TYPE_CHECKING:
    from pgmpy.factors.discrete import DiscreteFactor
    from pgmpy.models import DiscreteBayesianNetwork


class PgmpyBackend(Backend):
    """P(target, findings) by pgmpy's variable elimination.

    The question is put to the Markov network of the findings' ancestors (what lies below unobserved findings
    sums to one), with each finding's likelihood as a factor of its own: hard, uncertain and missing findings
    are one code path, and the answer is not normalised, so that P(findings) is not lost. One object shared
    by threads gives wrong answers in pgmpy 1.1.2, hence a fresh one each time.
    """

    @cached_property
    def model(self) -> DiscreteBayesianNetwork:
        """The pgmpy model, built on first use; its states are numbers."""
        return model_of(self.tables, {name: [str(s) for s in range(n)] for name, n in self.card.items()})

    @cached_property
    def _factors(self) -> dict[str, DiscreteFactor]:
        return {cpd.variable: cpd.to_factor() for cpd in self.model.get_cpds()}

    def ask(self, likelihoods: Likelihoods) -> tuple[Array, float]:
        """See ``Backend.ask``."""
        joint = self._joint([self.target], likelihoods, self.relevant(likelihoods))
        total = joint.sum()
        if not total > 0:
            return np.full(joint.shape, np.nan), -np.inf
        return joint / total, float(np.log(total))

    def marginals(self, likelihoods: Likelihoods) -> dict[str, Array]:
        """See ``Backend.marginals``."""
        found = {}
        for name in self.tables:
            pair = [self.target] if name == self.target else [name, self.target]
            joint = self._joint(pair, likelihoods, self.relevant({**likelihoods, name: None}))
            with np.errstate(invalid="ignore"):
                found[name] = (joint if len(pair) > 1 else np.diag(joint)) / joint.sum()
        return found

    def _joint(self, wanted: list[str], likelihoods: Likelihoods, scope: list[str]) -> Array:
        """P(wanted, findings), one axis a variable."""
        from pgmpy.factors.discrete import DiscreteFactor
        from pgmpy.inference import VariableElimination
        from pgmpy.models import DiscreteMarkovNetwork

        factors = [self._factors[name] for name in scope]
        for name, seen in likelihoods.items():
            likelihood = np.eye(self.card[name])[seen] if isinstance(seen, int) else seen
            states = {name: self._factors[name].state_names[name]}
            factors.append(DiscreteFactor([name], [len(likelihood)], likelihood, state_names=states))
        markov = DiscreteMarkovNetwork()
        markov.add_nodes_from(scope)
        for factor in factors:
            markov.add_edges_from(
                (a, b) for i, a in enumerate(factor.variables) for b in factor.variables[:i]
            )
        markov.add_factors(*factors)
        answer = VariableElimination(markov).query(wanted, show_progress=False)
        axes = [answer.variables.index(name) for name in wanted]
        return np.asarray(answer.values, dtype=float).transpose(axes)
