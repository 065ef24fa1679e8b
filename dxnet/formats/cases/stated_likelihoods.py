"""Likelihoods in a record of another standard, one number a state under the network's own codes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from dxnet.formats.cases.document import number_from_zero, probability_number
from dxnet.formats.cases.fields import Reading
from dxnet.inference.likelihood import without_common_factor
from dxnet.knowledge.strict_yaml import Map, Scalar


class StatedLikelihood(NamedTuple):
    """The quantity that is the likelihood of a state, and whether dxnet wrote it with a common factor."""

    state: Scalar
    quantity: Map
    has_factor: bool


def stated_likelihoods(
    reading: Reading, finding: str, stated: Iterable[StatedLikelihood]
) -> dict[str, float]:
    """P(what was seen | state) of each state; a common factor that dxnet once wrote is taken out."""
    stated = list(stated)
    likelihoods: dict[str, float] = {one.state: _likelihood(reading, one) for one in stated}
    if stated and all(one.has_factor for one in stated) and finding in reading.network.findings:
        return without_common_factor(reading.network.findings[finding].states, likelihoods)
    return likelihoods


def _likelihood(reading: Reading, one: StatedLikelihood) -> float:
    """A number of 0 to 1, or of 0 or more where it has a factor; 0 where protobuf leaves it out."""
    value = (number_from_zero if one.has_factor else probability_number)(one.quantity.get("value", 0))
    if value is None:
        wanted = "of 0 or more" if one.has_factor else "from 0 to 1"
        reading.fault(one.quantity, "value", f"a likelihood (a number {wanted})")
    return 1.0 if value is None else value
