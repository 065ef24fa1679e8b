"""Why is a diagnosis as probable as it is? The weight of evidence of each finding for or against it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dxnet.arrays import Array
from dxnet.errors import NetworkError
from dxnet.inference.case import Case, CaseLike
from dxnet.inference.engine import Engine, EngineLike
from dxnet.inference.results import table_text
from dxnet.knowledge.entered import entered_in_words
from dxnet.knowledge.estimate import Estimate
from dxnet.knowledge.network import DIAGNOSIS, PATTERN, Network
from dxnet.knowledge.patterns import NO_LESION
from dxnet.knowledge.place import Place
from dxnet.reasoning.shapley import shapley
from dxnet.reasoning.signs import mechanisms_with_signs

if TYPE_CHECKING:
    import pandas as pd

LEAST_EXPLAINED = 1e-300
"""Smaller probabilities count as this one, so that log-odds stay finite."""


@dataclass(frozen=True)
class Contribution:
    """The contribution of one finding to the odds of a diagnosis against another, or against all others.

    Args:
        finding, state: the finding and its state; if it is uncertain, its states with their likelihoods.
        weight: its share of the change in log-odds (natural logarithm), averaged over the orders in which the
            findings can be entered; above 0 it supports the diagnosis.
        error: standard error of ``weight``; 0 where all orders were counted.
        likelihood_ratio: of the finding alone: P(finding | diagnosis) divided by P(finding | the other
            diagnosis), or by P(finding | the other diagnoses, in the proportions of the setting), which is
            another in another setting.
        numbers: the numbers of the network behind it, with their places.
    """

    finding: str
    state: str
    weight: float
    error: float
    likelihood_ratio: float
    numbers: tuple[tuple[Place, Estimate], ...]

    @property
    def is_mixed(self) -> bool:
        """Whether the share and the likelihood ratio point in different directions, to two figures.

        It happens where a finding depends on others: by itself it speaks for a diagnosis, and beside them
        against it, or the reverse.
        """
        ratio = float(f"{self.likelihood_ratio:.2g}")
        return (self.weight > 0 > ratio - 1) or (self.weight < 0 < ratio - 1)


@dataclass(frozen=True, repr=False)
class Explanation:
    """See ``explain``.

    Args:
        diagnosis, versus: the diagnosis that is explained, and its alternative; "" stands for all others.
        prior_log_odds, log_odds: log-odds without and with the findings, natural logarithm; the difference is
            the sum of the weights.
        contributions: contributions of the findings, strongest first.
        mechanisms: P(present | findings) of each mechanism.
        with_signs: the mechanisms of which an abnormal finding was entered; see ``mechanisms_with_signs``.
        no_lesion: P(no lesion | findings), in a network with lesion patterns.
    """

    diagnosis: str
    versus: str
    prior_log_odds: float
    log_odds: float
    contributions: tuple[Contribution, ...]
    mechanisms: dict[str, float]
    with_signs: tuple[str, ...] = ()
    no_lesion: float = 0.0

    def involved(self, network: Network, least: float = 0.5) -> tuple[tuple[str, float], ...]:
        """Label and P(present | findings) of regional mechanisms that are likely, most probable first.

        Only those of which an abnormal finding was entered: the others would repeat what a disease is
        expected to do. None where no lesion is the likeliest: the signs then come without one.
        """
        regional = {
            network.mechanisms[m].label: p
            for m, p in self.mechanisms.items()
            if network.mechanisms[m].region and m in self.with_signs
        }
        is_lesion = self.no_lesion < least
        likely = [(label, p) for label, p in regional.items() if p >= least] if is_lesion else []
        return tuple(sorted(likely, key=lambda pair: -pair[1]))

    @cached_property
    def supporting(self) -> tuple[Contribution, ...]:
        """Contributions that support the diagnosis."""
        return tuple(c for c in self.contributions if c.weight > 0)

    @cached_property
    def opposing(self) -> tuple[Contribution, ...]:
        """Contributions that oppose the diagnosis."""
        return tuple(c for c in self.contributions if c.weight < 0)

    def to_frame(self) -> pd.DataFrame:
        """One row per finding, strongest first: state, weight, error, likelihood_ratio."""
        import pandas as pd

        return pd.DataFrame(self._rows(), columns=["finding", *_COLUMNS_OF_REASONS]).set_index("finding")

    def __repr__(self) -> str:
        against = self.versus or "all others"
        odds = f"log-odds {self.prior_log_odds:.2f} without the findings, {self.log_odds:.2f} with them"
        title = f"Explanation({self.diagnosis} against {against}: {odds})"
        return table_text(title, ["finding", *_COLUMNS_OF_REASONS], self._rows())

    def _rows(self) -> list[list[object]]:
        return [[c.finding, *(getattr(c, name) for name in _COLUMNS_OF_REASONS)] for c in self.contributions]


_COLUMNS_OF_REASONS = ("state", "weight", "error", "likelihood_ratio")
"""Columns of the table of an explanation, after the finding."""


def explain(
    engine: EngineLike, case: CaseLike, diagnosis: str = "", versus: str = "", seed: int = 0
) -> Explanation:
    """Weight of evidence of each finding for or against a diagnosis.

    The weights are Shapley values of the log-odds: the change that a finding makes, averaged over the orders
    in which the findings can be entered, so that dependent findings share their joint weight. They sum
    exactly to the change in log-odds. Beyond 10 findings the orders are sampled, and each weight has a
    standard error.

    Args:
        engine, case: the case to explain, and the engine that answers it.
        diagnosis: id of the diagnosis; by default the first of the ranking.
        versus: id of the alternative; by default all other diagnoses together.
        seed: seed of the sampled orders.

    Raises:
        CaseError, NetworkError: the case does not fit, or is impossible; no such diagnosis.

    Štrumbelj E, Kononenko I. Knowl Inf Syst 2014;41:647-665, doi:10.1007/s10115-013-0679-x.

    >>> from dxnet import Case, Engine, load_network
    >>> case = Case({"dyspnoea": "present", "smoking": "absent", "xray_abnormal": "present"})
    >>> why = explain(Engine(load_network("asia")), case, "lung_cancer")
    >>> [(c.finding, round(c.weight, 2)) for c in why.contributions]
    [('xray_abnormal', 2.71), ('smoking', -1.67), ('dyspnoea', 0.69)]
    """
    engine, case = Engine.of(engine), Case.of(case)
    network, differential = engine.network, engine.diagnose(case)
    in_order = {name: case.findings[name] for name in network.findings if name in case.findings}
    question = engine.question(in_order)  # so that the orders that a seed samples are those of equal cases
    diagnosis = diagnosis or differential.ranking[0]
    require_diagnoses(network, diagnosis, versus)

    def log_odds(included: NDArray[np.bool_]) -> Array:
        return odds(network, question.of(included)[0], diagnosis, versus)

    n = len(question.names)
    weights, errors = shapley(log_odds, n, seed)
    ends = log_odds(np.stack([np.zeros(n, bool), np.ones(n, bool)]))
    ratios = np.exp(log_odds(np.eye(n, dtype=bool)) - ends[0])
    weighed = zip(question.names, weights, errors, ratios, strict=True)
    contributions = _contributions(network, case, weighed, (diagnosis, versus))
    marginals = engine.marginals(case)
    mechanisms = {name: float(1 - marginals[name][0].sum()) for name in network.mechanisms}
    ordered = tuple(sorted(contributions, key=lambda c: -abs(c.weight)))
    return Explanation(
        diagnosis,
        versus,
        float(ends[0]),
        float(ends[1]),
        ordered,
        mechanisms,
        mechanisms_with_signs(network, case),
        _no_lesion(network, marginals),
    )


def _no_lesion(network: Network, marginals: Mapping[str, Array]) -> float:
    """P(no lesion | findings); 0 in a network without lesion patterns."""
    if network.patterns is None:
        return 0.0
    names, p = list(network.patterns.pictures), marginals[PATTERN].sum(axis=1)
    return float(sum(p[names.index(name)] for name in network.patterns.by_place.get(NO_LESION, ())))


def _contributions(
    network: Network, case: Case, weighed: Iterable[tuple[str, float, float, float]], sides: tuple[str, str]
) -> list[Contribution]:
    """The findings with their weights, standard errors and likelihood ratios, and the numbers behind them."""
    entered = _entered_states(network, case)
    return [
        Contribution(
            finding=name,
            state=entered[name],
            weight=float(weight),
            error=float(error),
            likelihood_ratio=float(ratio),
            numbers=tuple(_numbers_behind(network, name, sides)),
        )
        for name, weight, error, ratio in weighed
    ]


def _entered_states(network: Network, case: Case) -> dict[str, str]:
    """The state of each finding as it was entered; a number or word with the state that it was read as."""
    states = case.in_states(network)
    return {
        name: state
        if state == states[name] and isinstance(state, str)
        else entered_in_words(network, name, state)
        for name, state in case.findings.items()
    }


def require_diagnoses(network: Network, diagnosis: str, versus: str) -> None:
    """Refuse an id that is not a diagnosis of the network, and a diagnosis against itself.

    Raises:
        NetworkError: in either case.
    """
    for name in filter(None, (diagnosis, versus)):
        network.position_of(name)
    if diagnosis == versus:
        raise NetworkError(f"{diagnosis} cannot be explained against itself; give another, or none")


def odds(network: Network, post_test: Array, diagnosis: str, versus: str) -> Array:
    """Log-odds of a diagnosis against another, or against all others: ``ndarray[B]`` from ``[B, K]``."""
    chosen = [versus] if versus else [d for d in network.diagnoses if d != diagnosis]
    p = post_test[:, network.position_of(diagnosis)]
    rest = post_test[:, [*map(network.position_of, chosen)]].sum(axis=1)
    return np.asarray(np.log(np.maximum(p, LEAST_EXPLAINED)) - np.log(np.maximum(rest, LEAST_EXPLAINED)))


def _numbers_behind(
    network: Network, finding: str, diagnoses: tuple[str, ...]
) -> Iterator[tuple[Place, Estimate]]:
    """Numbers of a finding and of its mechanism for some diagnoses, with their places."""
    node = network.findings[finding]
    for name in (finding, *filter(None, (node.through, node.requires))):
        table = network.nodes[name].given
        if table is not None and DIAGNOSIS in table.parents:
            for diagnosis in filter(None, diagnoses):
                yield from (
                    (Place("variables", name, row=row), table.rows[row])
                    for row in table.rows_for(DIAGNOSIS, diagnosis)
                )
    yield from ((Place("variables", finding, "also", cause), it) for cause, it in node.also.items())
