"""Cohorts drawn from a network: cases whose diagnosis is known, with findings that were not examined."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from dxnet.arrays import Array
from dxnet.errors import brief, odd_whole, odd_word, out_of_range, require
from dxnet.inference.cpt import cpt
from dxnet.inference.engine import Engine, EngineLike
from dxnet.inference.parameters import NetworkNumbers
from dxnet.inference.sample import sampled, uniform
from dxnet.knowledge.estimate import SUM_TOLERANCE, Estimate
from dxnet.knowledge.kinds.base import DRAW_AXIS, Cpt
from dxnet.knowledge.kinds.registry import CPT_KINDS
from dxnet.knowledge.kinds.stated import place_of_row
from dxnet.knowledge.network import DIAGNOSIS, PATTERN, Network
from dxnet.knowledge.place import Place
from dxnet.knowledge.table import DEFAULT

if TYPE_CHECKING:
    import pandas as pd

MissingBy = Literal["procedure", "finding"]
LOWERING_FACTOR = 0.97
"""A drawn probability that its mechanism does not allow is multiplied by this until it is allowed."""


@dataclass(frozen=True)
class MissingPattern:
    """Which entries of a simulated cohort are missing.

    Args:
        findings: probability that a finding was not examined, inside [0, 1).
        by: whether the findings of a procedure are missing together, or each on its own.
        diagnosis: share of the rows whose diagnosis is not recorded.
    """

    findings: float = 0.0
    by: MissingBy = "procedure"
    diagnosis: float = 0.0


def simulate(
    source: EngineLike | NetworkNumbers, n: int, missing: MissingPattern | None = None, seed: int = 0
) -> pd.DataFrame:
    """Draw a cohort: every variable in turn, given its parents; mechanisms stay hidden.

    Findings are missing completely at random. Each variable has random numbers of its own, so that a change
    of one variable does not redraw the others.

    Args:
        source: an engine, a network, or the numbers of one in a setting, as of ``true_numbers`` beside it.
        n: number of rows.
        missing: a ``dxnet.learning.simulate.MissingPattern``: which entries are missing; by default none.
        seed: seed of the pseudo-random numbers.

    Returns:
        One row per case: ``id``, ``diagnosis``, and a column for each finding; None is not examined.

    Raises:
        CaseError: less than one row, a probability outside its range, an unknown ``by``, or a seed below 0.
        TypeError: a pattern that is none, or a number that is none.

    >>> from dxnet import Engine, load_network
    >>> from dxnet.learning.simulate import MissingPattern
    >>> cohort = simulate(Engine(load_network("asia")), 1000, MissingPattern(0.2))
    >>> cohort.columns.tolist()[:4], int(cohort["smoking"].isna().sum())
    (['id', 'diagnosis', 'visit_to_asia', 'smoking'], 212)
    """
    import pandas as pd

    parameters = source if isinstance(source, NetworkNumbers) else Engine.of(source).parameters
    missing = MissingPattern() if missing is None else missing
    _refuse_odd(n, missing)
    network = parameters.network
    drawn = sampled(parameters, n, seed)
    columns: dict[str, object] = {"id": [f"s{number:0{len(str(n))}}" for number in range(1, n + 1)]}
    hidden = {DIAGNOSIS: missing.diagnosis, **dict.fromkeys(network.findings, missing.findings)}
    for name, share in hidden.items():
        words = np.array(network.states(name), object)[drawn[name]]
        words[uniform(f"missing {_group(network, name, missing)}", n, seed) < share] = None
        columns[name] = words
    return pd.DataFrame(columns)


def true_numbers(parameters: NetworkNumbers, seed: int = 0) -> NetworkNumbers:
    """Numbers drawn from their Dirichlets, as the truth of a simulation.

    The pre-test probabilities, drawn each on its own, are scaled to a sum of 1. A probability that the drawn
    numbers of its mechanism or gate do not allow is lowered until they do.
    """
    drawn = {place: parameters.drawn(place, e, 1, seed)[:, 0] for place, e in parameters.estimates.items()}
    drawn |= _scaled_shares(_prior_places(parameters), drawn)
    return parameters.at(lowered_to_fit(parameters, drawn))


def _prior_places(parameters: NetworkNumbers) -> list[Place]:
    """Of the pre-test probability of each diagnosis, if it has no parents; a default row serves several."""
    network, at = parameters.network, place_of_row("settings", parameters.setting)
    prior = network.settings[parameters.setting].prior
    return [at(name if name in prior else DEFAULT) for name in network.diagnoses] if prior else []


def _scaled_shares(places: Sequence[Place], means: Mapping[Place, Array]) -> dict[Place, Array]:
    """Means of two states whose second ones sum to 1 over some places, each counted as often as it occurs."""
    total = sum(means[place][1] for place in places)
    return {place: np.array([1 - means[place][1] / total, means[place][1] / total]) for place in places}


def lowered_to_fit(parameters: NetworkNumbers, means: Mapping[Place, Array]) -> dict[Place, Array]:
    """Means that a network can have.

    The shares of patterns of each diagnosis sum to 1, and what a mechanism or gate does not allow is lowered
    until it fits.
    """
    return _lowered(parameters, {**means, **dict(_whole_shares(parameters.network, means))})


def _whole_shares(network: Network, means: Mapping[Place, Array]) -> Iterator[tuple[Place, Array]]:
    for diagnosis, of in network.patterns.shares.items() if network.patterns else ():
        places = [Place("variables", PATTERN, "shares", f"{diagnosis}.{name}") for name in of]
        if abs(sum(means[place][1] for place in places) - 1) > SUM_TOLERANCE:
            yield from _scaled_shares(places, means).items()


def _lowered(parameters: NetworkNumbers, means: Mapping[Place, Array]) -> dict[Place, Array]:
    kept = dict(means)
    for name in _gated(parameters.network):
        while rows := set(_too_common(parameters.at(kept), name)):
            for row in rows:
                rest = LOWERING_FACTOR * kept[row][1:]
                kept[row] = np.array([1 - rest.sum(), *rest])
    is_settled = all(kept[row] is means[row] for row in means)
    return kept if is_settled else _lowered(parameters, kept)


def _gated(network: Network) -> list[str]:
    """Variables that a mechanism or a gate bounds."""
    bounds = (CPT_KINDS["requires"], CPT_KINDS["through"])
    return [name for name, node in network.nodes.items() if any(kind.serves(node) for kind in bounds)]


def _too_common(parameters: NetworkNumbers, name: str) -> Iterator[Place]:
    """Rows whose finding is certain once its mechanism is present: their drawn numbers were cut off."""

    def one_draw(place: Place, estimate: Estimate) -> Cpt:
        return Cpt(parameters.mean(place, estimate).values[:, None], (DRAW_AXIS,))

    network = parameters.network
    table = cpt(network, name, one_draw, without="pattern")
    given, axis = network.nodes[name].given, table.parents.index(DIAGNOSIS)
    certain = (table.values[0] <= 0).any(axis=tuple(a for a in range(table.values.ndim - 1) if a != axis))
    for diagnosis in np.array(network.diagnoses)[certain]:
        if given and (row := given.row_for((str(diagnosis),))) is not None:
            yield Place("variables", name, row=row)


def _group(network: Network, name: str, missing: MissingPattern) -> str:
    """Name of the group that is missing together with a finding."""
    procedure = network.findings[name].procedure if name in network.findings else ""
    return procedure if missing.by == "procedure" and procedure else name


def _refuse_odd(n: int, missing: MissingPattern) -> None:
    if not isinstance(missing, MissingPattern):
        fix = "give a MissingPattern of dxnet.learning.simulate, such as MissingPattern(0.3)"
        raise TypeError(f"missing is {brief(missing)}; {fix}")
    fix = "give a probability from 0 to below 1"
    require(
        odd_whole("rows", n, least=1),
        odd_word("missing by", missing.by, get_args(MissingBy)),
        out_of_range("missing findings", missing.findings, lambda p: 0 <= p < 1, fix),
        out_of_range("missing diagnosis", missing.diagnosis, lambda p: 0 <= p < 1, fix),
    )
