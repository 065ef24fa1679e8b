"""CutMachine: a network in parts, and the memory of each thread that multiplies their messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import local

import numpy as np
from numpy.typing import NDArray

from dxnet.arrays import Array, Ints
from dxnet.inference.backends.compiled.conditioning import CutNetwork
from dxnet.inference.backends.compiled.core import LISTED, ask_core
from dxnet.inference.backends.compiled.messages import LANE, aligned, lay_messages, strides_of
from dxnet.knowledge.kinds.base import Cpt


class CutMachine:
    """The messages of all parts of a network, ready to be multiplied.

    Args:
        cut: the parts.
        tables: of every variable.
    """

    def __init__(self, cut: CutNetwork, tables: Mapping[str, Cpt]):
        self.messages = lay_messages(cut, tables)
        self.k, self.shared = (len(tables[name].values) for name in (cut.target, cut.shared))
        self.place: dict[str, tuple[int, int]] = {}
        for c, part in enumerate(cut.parts):
            strides = strides_of(part, tables)
            self.place |= {name: (c, strides[name]) for name in part.findings}
        self.place |= {name: (-1 - h, 0) for h, name in enumerate(cut.cutset)}
        self._threads = local()

    def ask_rows(self, names: Sequence[str], states: Ints) -> tuple[Array, Array]:
        """P(target | findings) ``[B, K]`` and log P(findings) ``[B]``, NaN where that is too improbable.

        Args:
            names: findings that have a place.
            states: ``int16[B, F]`` their states, -1 where one was not examined.
        """
        places = np.array([self.place[name] for name in names], np.int32).reshape(-1, 2)
        post_test, log_p = np.empty((len(states), self.k)), np.empty(len(states))
        ask_core(*self.messages, *self._room(), places, states, post_test, log_p)
        return post_test, log_p

    def _room(self) -> tuple[NDArray[np.int32], Array, Array]:
        """The calling thread's own."""
        try:
            room: tuple[NDArray[np.int32], Array, Array] = self._threads.room
        except AttributeError:
            width = -(-self.k // LANE) * LANE
            lists = np.full((len(self.messages.parts) + len(self.messages.cutset), len(LISTED)), -1, np.int32)
            room = self._threads.room = lists, aligned(np.empty((2, self.shared * width))), aligned(np.empty((3, width)))
        return room
