"""P(finding | cause absent) and P(finding | cause present) with a given sum over the cause."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dxnet.arrays import Array
from dxnet.knowledge.estimate import Estimate
from dxnet.knowledge.kinds.base import Cpt, ValueOf
from dxnet.knowledge.place import Place

ROUND = 8
"""Power of the rounding: two equal numbers become 0.92 of what they are."""
CUT = 0.01
"""P(normal | cause present) where the numbers leave nothing for it."""


@dataclass(frozen=True)
class Smooth:
    """A value that makes tables which exist for all numbers and have a derivative everywhere.

    Where a leak is about as large as P(finding), the lesser of the two is rounded off; P(finding | diagnosis)
    stays as stated. Where a finding is about as common as its mechanism allows, or commoner, it is cut off
    gently.
    """

    value: ValueOf

    def __call__(self, place: Place, estimate: Estimate) -> Cpt:
        """What stands for the number at a place."""
        return self.value(place, estimate)


def split(values: Array, present: Array, leak: Array, value: ValueOf) -> tuple[Array, Array]:
    """P(f | cause absent), P(f | cause present), such that the sum over the cause is ``values``.

    The non-normal mass p becomes l = min(leak, p) and (p - (1 - q) l) / q, with q = P(cause present); several
    non-normal states keep their proportions.
    """
    mass, smooth = 1 - values[0], isinstance(value, Smooth)
    low = (leak**-ROUND + mass**-ROUND) ** (-1 / ROUND) if smooth else np.minimum(leak, mass)
    high = (mass - (1 - present) * low) / present
    if smooth:
        high = 1 - (1 - high + np.sqrt((1 - high) ** 2 + 4 * CUT**2 * high)) / 2
    shape = values[1:] / np.where(mass > 0, mass, 1)
    without, within = (np.concatenate([1 - m[None], shape * m]) for m in (low, high))
    return without, within
