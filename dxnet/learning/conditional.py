"""Numbers under which the findings of known patients tell their diagnoses best: conditional learning.

``learn`` asks how often findings occur in a cohort. Patients who were published, or written down, because
they are odd would mislead it. Here P(diagnosis | findings) alone counts, so that it does not matter how often
a finding is noted. The pre-test probabilities meanwhile lie half way, in odds, between those of the setting
and the cohort's own mix of diagnoses: under the setting's alone, a diagnosis would gain by being common among
the patients; under the mix alone, the setting would not count. Rows that somebody judged without knowing the
diagnosis are learned as they were judged, every diagnosis equally likely before the findings.

Zaidi NA et al. Efficient parameter learning of Bayesian network classifiers, doi:10.1007/s10994-016-5619-z.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from math import inf, log, sqrt
from typing import TYPE_CHECKING

import numpy as np

from dxnet.arrays import MISSING, Array
from dxnet.errors import Issue, NetworkError, did_you_mean, out_of_range, require_names
from dxnet.inference.backends.base import Likelihoods
from dxnet.inference.engine import Engine, EngineLike
from dxnet.inference.spread import log_variances
from dxnet.knowledge.estimate import Z
from dxnet.knowledge.network import DIAGNOSIS, Network
from dxnet.knowledge.place import Place
from dxnet.learning.labelled import Labelled, label_cohort
from dxnet.learning.learn import LEAST_MOVE, Learned, Move, with_whole_shares
from dxnet.learning.log_odds import LogOdds
from dxnet.learning.simulate import lowered_to_fit
from dxnet.learning.truth import UNKNOWN_DIAGNOSIS

if TYPE_CHECKING:
    import pandas as pd

MAX_STEPS = 80
"""Steps of the search."""
EVEN_STEPS = 60
"""Steps to equal pre-test probabilities; each leaves about half of what is missing."""
RELATIVE_TOLERANCE = 1e-4
"""The search ends when a step gains less than this share of the loss."""


@dataclass(frozen=True)
class _LabelledPatient:
    """Rows with the same findings, all judged or none, and how many have each diagnosis, ``ndarray[K]``."""

    findings: Likelihoods
    judged: bool
    weights: Array


def learn_conditionally(
    engine: EngineLike,
    cohort: Labelled | pd.DataFrame,
    factor: float | None = None,
    keep: Collection[str] = (),
    on_step: Callable[[float], None] | None = None,
) -> Learned:
    """Move the estimates of a network until P(true diagnosis | findings) of a cohort is highest.

    Each estimate of a variable is held by a normal distribution of its log-odds about what is stated.
    Published figures, weights, pre-test probabilities and the shares of what is missed, unexplained or
    recorded in error stay as they are: a chosen cohort says nothing of them.

    Args:
        engine: the network and its setting.
        cohort: a table of ``diagnosis`` and findings, or of ``label_cohort`` or ``read_labelled``
            of ``dxnet.learning.labelled``.
        factor: by which an estimate may be wrong in odds, in 95 of 100 cases; by default as the network says.
        keep: variables or places whose numbers stay, such as ``age`` where the cohort says nothing of it.
        on_step: called after each step with the rise of the logarithmic posterior so far.

    Raises:
        CaseError: rows of the cohort cannot be read.
        NetworkError: neither the network nor ``factor`` says how far estimates move; a factor that is 1 or
            less, or infinite; an unknown name to keep.
        TypeError: a factor that is no number, names that are no list of them.

    >>> import pandas as pd
    >>> from dxnet import load_network
    >>> table = pd.DataFrame({"diagnosis": ["lung_cancer"] * 30, "smoking": [False] * 30})
    >>> learned = learn_conditionally(load_network("asia"), table, factor=3)
    >>> learned.moves  # every number of this network is published
    ()
    """
    require_names("keep", keep)
    engine = Engine.of(engine)
    cohort = cohort if isinstance(cohort, Labelled) else label_cohort(cohort, engine.network)
    factor = engine.network.estimate_factor if factor is None else factor
    if faults := list(_misuse(engine, factor, keep)):
        raise NetworkError(faults)
    assert factor
    patients = tuple(_labelled_patients(cohort, len(engine.network.diagnoses)))
    fit = _ConditionalFit(engine, patients, factor, keep)
    end, gain = fit.maximised(on_step)
    means = fit.fitting_means(end)
    moves = [
        Move(place, estimate, tuple(means[place].tolist()), estimate.weight)
        for place, estimate in engine.parameters.estimates.items()
        if place in fit.numbers.blocks
    ]
    moved = with_whole_shares(moves, lambda move: move.size >= LEAST_MOVE)
    return Learned(
        network=engine.network.name,
        setting=engine.setting,
        rows=cohort.rows,
        unlabelled=cohort.unlabelled,
        diagnoses=cohort.diagnoses,
        gain=gain,
        moves=tuple(sorted(moved, key=lambda move: -move.size)),
        unmoved=len(moves) - len(moved),
        issues=cohort.issues,
    )


def _misuse(engine: Engine, factor: float | None, keep: Collection[str]) -> Iterator[Issue]:
    """What is wrong with the factor, and with the names to keep."""
    network = engine.network
    if factor is None:
        message = "does not say by which factor of odds its estimates may move"
        line = "'odds factor of estimates: 1.5'"
        fix = f"give factor (--factor), such as 1.5, or add the line {line} to network.yaml"
        yield Issue("error", network.name, message, fix)
    else:
        fix = "give a factor of odds above 1, such as 1.5"
        yield from out_of_range("factor", factor, lambda by: 1 < by < inf, fix)
    names = dict.fromkeys([*network.nodes, *engine.parameters.estimates])
    for name in keep:
        if name not in names:
            yield Issue("error", "keep", f"no variable or place {name!r}", did_you_mean(name, names))


def _labelled_patients(cohort: Labelled, n_diagnoses: int) -> Iterator[_LabelledPatient]:
    """The rows with a diagnosis; those with the same findings as one."""
    alike: dict[tuple[object, ...], _LabelledPatient] = {}
    for group in cohort.groups:
        if group.diagnosis != UNKNOWN_DIAGNOSIS:
            for states, weight in zip(group.states.tolist(), group.weight.tolist(), strict=True):
                hard = {n: s for n, s in zip(group.findings, states, strict=True) if s != MISSING}
                soft = {name: values for name, values in group.soft.items() if name not in hard}
                key = group.judged, *sorted(hard.items()), *sorted((n, *v.tolist()) for n, v in soft.items())
                new = _LabelledPatient({**hard, **soft}, group.judged, np.zeros(n_diagnoses))
                alike.setdefault(key, new).weights[group.diagnosis] += weight
    yield from alike.values()


class _ConditionalFit:
    """log P(diagnoses | findings, numbers) + log P(numbers), as a function of the log-odds of the numbers."""

    def __init__(
        self,
        engine: Engine,
        patients: tuple[_LabelledPatient, ...],
        factor: float,
        keep: Collection[str] = (),
    ):
        self.engine, self.patients = engine, patients
        known = [patient for patient in patients if not patient.judged]
        self.mix = {False: _towards_mix(known, engine.pre_test), True: _to_even(engine)}
        self.numbers = LogOdds(engine.parameters)
        self.start = self.numbers.stated
        estimates, index = engine.parameters.estimates, engine.parameters.index
        self.free = np.flatnonzero(
            [
                place.section == "variables"
                and not estimates[place].is_published
                and not {place, place.name}.intersection(keep)
                for place, _ in index
            ]
        )
        self.spread = (
            log(factor)
            / Z
            * np.array(
                [_width(estimates[place].mean, state) for place, state in (index[i] for i in self.free)]
            )
        )

    def at(self, log_odds: Array) -> tuple[float, Array]:
        """The value, and its derivative for the log-odds of each free number."""
        parameters = self.engine.parameters.at(dict(self.numbers.means(log_odds)), smooth=True)
        backend = self.engine.backend_of(parameters)
        total, slopes = 0.0, dict[str, Array]()
        for patient in self.patients:
            findings = {**patient.findings, DIAGNOSIS: self.mix[patient.judged]}
            post_test, _ = backend.ask(findings)
            given = patient.weights > 0
            total += float(patient.weights[given] @ np.log(post_test[given]))
            for name, slope in backend.slopes(findings, patient.weights).items():
                slopes[name] = slopes.get(name, 0.0) + slope
        p = self.numbers.p(log_odds)
        away = (log_odds - self.start)[self.free] / self.spread
        gradient = (parameters.gradient(slopes) * p * (1 - p))[self.free] - away / self.spread
        return total - float(away @ away) / 2, gradient

    def maximised(self, on_step: Callable[[float], None] | None = None) -> tuple[Array, float]:
        """The log-odds of the highest value, by L-BFGS, and how far it lies above that of the start."""
        from scipy.optimize import minimize

        first, _ = self.at(self.start)

        def loss(x: Array) -> tuple[float, Array]:
            value, gradient = self.at(self._moved(x))
            return -value, -self.spread * gradient

        def step(intermediate_result: object) -> None:
            if on_step:
                on_step(-float(intermediate_result.fun) - first)  # type: ignore[attr-defined]

        options = {"maxiter": MAX_STEPS, "ftol": RELATIVE_TOLERANCE}
        found = minimize(
            loss, np.zeros(len(self.free)), jac=True, method="L-BFGS-B", callback=step, options=options
        )
        return self._moved(found.x), -float(found.fun) - first

    def fitting_means(self, log_odds: Array) -> dict[Place, Array]:
        """Means that a network can have, ``ndarray[states]`` by place, while what may not move stays.

        A mechanism or gate that no longer allows what stays goes back, half of the way at a time; what is
        free is lowered until it is allowed.
        """
        parameters, log_odds = self.engine.parameters, log_odds.copy()
        free = {parameters.index[i][0] for i in self.free}
        while True:
            means = dict(self.numbers.means(log_odds))
            fitting = lowered_to_fit(parameters, means)
            held = [place for place in means if place not in free and fitting[place] is not means[place]]
            if not held:
                return fitting
            for place in _bounds_of(self.engine.network, self.numbers.blocks, held):
                block = self.numbers.blocks[place]
                log_odds[block] = (log_odds[block] + self.start[block]) / 2

    def _moved(self, x: Array) -> Array:
        log_odds = self.start.copy()
        log_odds[self.free] += self.spread * x
        return log_odds


def _towards_mix(patients: Iterable[_LabelledPatient], pre_test: Array) -> Array:
    """The likelihood of the diagnosis that moves the pre-test odds half way to those of the cohort."""
    counts = np.ones(len(pre_test))  # one more patient of each: no diagnosis is impossible
    for patient in patients:
        counts += patient.weights
    odds = np.sqrt(counts / pre_test)
    return np.asarray(odds / odds.max())


def _to_even(engine: Engine) -> Array:
    """The likelihood of the diagnosis with which every diagnosis is equally likely before the findings.

    Found step by step, as some of the patients have findings that tell nothing, whatever the likelihood.
    """
    backend = engine.backend_of(engine.parameters)
    odds = np.ones(len(engine.pre_test))
    for _ in range(EVEN_STEPS):
        odds /= backend.ask({DIAGNOSIS: odds / odds.max()})[0] * len(odds)
    return np.asarray(odds / odds.max())


def _width(mean: tuple[float, ...], state: int) -> float:
    """Standard deviation of the coordinate of a state, where that of its log-odds is 1: see ``LogOdds``."""
    return sqrt(log_variances(np.array(mean), np.ones(len(mean)))[state]) if len(mean) > 2 else 1.0


def _bounds_of(network: Network, places: Collection[Place], held: Iterable[Place]) -> Iterator[Place]:
    """The numbers that bound some others: the same row of their mechanism or gate, or all of its rows."""
    for place in held:
        node = network.nodes[place.name]
        for name in {getattr(node, "through", None), getattr(node, "requires", None)} & network.nodes.keys():
            rows = [other for other in places if other.name == name and not other.key]
            yield from [other for other in rows if other.row == place.row] or rows
