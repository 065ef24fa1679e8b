"""Pseudo-random numbers that a seed determines."""

from __future__ import annotations

from zlib import crc32

import numpy as np

from dxnet.errors import odd_whole, require


def generator(seed: int, stream: str | None = None) -> np.random.Generator:
    """What draws the numbers of a seed.

    Args:
        seed: a whole number from 0 on.
        stream: what they are for; each has numbers of its own, whatever else is drawn of the same seed.

    Raises:
        CaseError: a seed below 0.
        TypeError: no whole number.

    >>> generator(1, "smoking").random() == generator(1, "smoking").random() != generator(1).random()
    True
    """
    require(odd_whole("seed", seed))
    return np.random.default_rng(seed if stream is None else [seed, crc32(stream.encode())])
