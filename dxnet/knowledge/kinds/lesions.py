"""What the lesion patterns say of a sign: shares and rates of the patterns, and the figures they imply.

Arrays have these axes here: S states, K diagnoses, P patterns and D draws (or one).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from dxnet.arrays import Array
from dxnet.knowledge.estimate import Estimate
from dxnet.knowledge.kinds.base import DRAW_AXIS, Cpt, Kept, ValueOf
from dxnet.knowledge.kinds.causes import recording_error
from dxnet.knowledge.kinds.split import Smooth, split
from dxnet.knowledge.kinds.tilt import tilted
from dxnet.knowledge.network import DIAGNOSIS, PATTERN, Finding, LesionPatterns, Network
from dxnet.knowledge.place import Place

MOST = 0.98
"""P(sign | pattern, required finding) where the rates of the pattern leave nothing for its absence."""


def shares(network: Network, value: ValueOf) -> Array:
    """P(pattern | diagnosis), ``ndarray[K, P, D]``."""
    return _made_once(value, "shares", lambda: _shares(network, value))


def rates(network: Network, name: str, value: ValueOf) -> Array:
    """P(state | pattern) of a finding or mechanism, ``ndarray[S, P, D]``."""
    patterns = _patterns(network)
    background = _draws(value, Place("variables", PATTERN, "background", name), patterns.background[name])
    columns = [
        _draws(value, Place("variables", PATTERN, "shows", f"{pattern}.{name}"), it.shows[name])
        if name in it.shows
        else background
        for pattern, it in patterns.pictures.items()
    ]
    return np.stack(_alike(columns), axis=1)


def figures(network: Network, name: str, value: ValueOf) -> Cpt:
    """P(state | diagnosis) of a sign: as stated, or where nothing is, as its lesion patterns imply."""
    node = network.nodes[name]
    assert node.given is not None
    table = node.given
    rows = [table.row_for((diagnosis,)) for diagnosis in network.diagnoses]
    implied = _implied(network, name, value) if None in rows else np.empty(0)
    columns = [
        implied[:, k] if row is None else _draws(value, Place("variables", name, row=row), table.rows[row])
        for k, row in enumerate(rows)
    ]
    return made_table(np.stack(_alike(columns), axis=1), (DIAGNOSIS,), network, value)


def shown(network: Network, name: str, own: Cpt, value: ValueOf) -> Cpt:
    """A sign's table over diagnosis, the finding that it requires, and pattern; the figures stay.

    Where the required finding is absent there is no dependence on the pattern.

    Args:
        own: P(state | diagnosis), or P(state | diagnosis, required finding).
    """
    weights, of_patterns, gate = _pattern_tables(network, name, value)
    if not gate:
        within = tilted(of_patterns, weights, own.over((DIAGNOSIS, DRAW_AXIS)))
        return made_table(within, (DIAGNOSIS, PATTERN), network, value)
    closed, target = np.moveaxis(own.over((DIAGNOSIS, gate, DRAW_AXIS)), 2, 0)
    within = tilted(of_patterns, weights / weights.sum(axis=1, keepdims=True), target)
    both = np.stack([np.broadcast_to(closed[:, :, None], within.shape), within], axis=2)
    return made_table(both, (DIAGNOSIS, gate, PATTERN), network, value)


def made_table(values: Array, parents: tuple[str, ...], network: Network, value: ValueOf) -> Cpt:
    """A table of values whose last axis is that of draws; it keeps it where numbers are drawn."""
    stray = value(Place("variables", PATTERN, "stray"), _patterns(network).stray)
    return Cpt(values, (*parents, DRAW_AXIS)) if DRAW_AXIS in stray.parents else Cpt(values[..., 0], parents)


def _shares(network: Network, value: ValueOf) -> Array:
    patterns = _patterns(network)
    names = {name: i for i, name in enumerate(patterns.pictures)}
    stray = _draws(value, Place("variables", PATTERN, "stray"), patterns.stray)[1]
    drawn = [
        (k, names[name], _draws(value, Place("variables", PATTERN, "shares", f"{d}.{name}"), share)[1])
        for k, d in enumerate(network.diagnoses)
        for name, share in patterns.shares[d].items()
    ]
    columns = _alike([stray, *(share for *_, share in drawn)])
    found = np.zeros((len(network.diagnoses), len(names), columns[0].size), np.result_type(*columns))
    for (k, i, _), column in zip(drawn, columns[1:], strict=True):
        found[k, i] = column
    return np.asarray(found / found.sum(axis=1, keepdims=True) * (1 - stray) + stray / len(names))


def _implied(network: Network, name: str, value: ValueOf) -> Array:
    """P(state | diagnosis) as the patterns imply it, ``ndarray[S, K, D]``."""
    weights, of_patterns, gate = _pattern_tables(network, name, value)
    implied = np.einsum("spd,kpd->skd", *_alike([of_patterns, weights]))
    if not gate:
        return np.asarray(implied)
    closed = 1 - weights.sum(axis=1)
    error = recording_error(network, value).over((DRAW_AXIS,))[1]
    return np.asarray(implied + np.stack([closed * (1 - error), closed * error]))


def _pattern_tables(network: Network, name: str, value: ValueOf) -> tuple[Array, Array, str | None]:
    """P(pattern | diagnosis) ``[K, P, D]``, P(state | pattern) ``[S, P, D]``, and the required finding.

    With a required finding both are those where it is present: P(pattern, present | diagnosis) and
    P(state | pattern, present).
    """
    node = network.nodes[name]
    weights, of_patterns = shares(network, value), rates(network, name, value)
    gate = node.requires if isinstance(node, Finding) else None
    if not gate:
        return weights, of_patterns, None
    share = (1 - of_patterns[0]) / rates(network, gate, value)[1]
    share = np.where(share.real > MOST, MOST, share)
    others = of_patterns[1:] / (1 - of_patterns[0]) * share
    present = _made_once(value, f"present {gate}", lambda: _present(network, gate, value))
    return weights * present, np.concatenate([1 - share[None], others]), gate


def _present(network: Network, gate: str, value: ValueOf) -> Array:
    """P(present | diagnosis, pattern) of a finding that others require, ``ndarray[K, P, D]``."""
    own, above = figures(network, gate, value), network.findings[gate].requires
    if above is None:
        return np.asarray(shown(network, gate, own, value).over((DIAGNOSIS, PATTERN, DRAW_AXIS))[1])
    own = below(network, own, figures(network, above, value), above, value)
    table = shown(network, gate, own, value).over((DIAGNOSIS, above, PATTERN, DRAW_AXIS))[1]
    share = _present(network, above, value)
    return np.asarray(table[:, 0] * (1 - share) + table[:, 1] * share)


def below(network: Network, own: Cpt, gate: Cpt, above: str, value: ValueOf) -> Cpt:
    """P(state | diagnosis, required finding) of a sign, cut off where the required one is too rare."""
    values, present = own.over((DIAGNOSIS, DRAW_AXIS)), gate.over((DIAGNOSIS, DRAW_AXIS))[1]
    low, high = split(values, present, recording_error(network, value).over((DIAGNOSIS, DRAW_AXIS))[1], value)
    if np.isrealobj(high):
        high = np.clip(high, 0, 1)
    return made_table(np.stack([low, high / high.sum(axis=0)], axis=2), (DIAGNOSIS, above), network, value)


def _made_once(value: ValueOf, what: str, make: Callable[[], Array]) -> Array:
    """What was made of the numbers before, if they are kept."""
    own = value.value if isinstance(value, Smooth) else value
    if not isinstance(own, Kept):
        return make()
    if what not in own.made:
        own.made[what] = make()
    return own.made[what]


def _patterns(network: Network) -> LesionPatterns:
    assert network.patterns is not None
    return network.patterns


def _draws(value: ValueOf, place: Place, estimate: Estimate) -> Array:
    """What stands for a number, ``ndarray[S, D]``."""
    return value(place, estimate).over((DRAW_AXIS,))


def _alike(columns: Iterable[Array]) -> list[Array]:
    """The columns with as many draws each."""
    columns = list(columns)
    n = max(column.shape[-1] for column in columns)
    return [np.broadcast_to(column, (*column.shape[:-1], n)) for column in columns]
