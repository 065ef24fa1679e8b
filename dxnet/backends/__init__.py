"""Engines that compute P(diagnosis | findings); one entry each in BACKENDS."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from dxnet.backends.reference import Reference
from dxnet.cpt import Array
from dxnet.network import Network


class Backend(Protocol):
    """What an engine must answer; safe to share between threads."""

    def joint(self, likelihoods: Mapping[str, Array]) -> Array:
        """P(diagnosis, findings), ``ndarray[K]``, from ``finding -> ndarray[states]`` in [0, 1]."""


BACKENDS: Mapping[str, Callable[[Network, str], Backend]] = {"pgmpy": Reference}
