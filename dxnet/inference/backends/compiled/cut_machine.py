"""CutMachine: a network in parts, and the memory of each thread that multiplies their messages."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from math import isnan
from operator import itemgetter
from threading import local
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dxnet.arrays import MISSING, Array, Ints
from dxnet.inference.backends.base import Likelihoods
from dxnet.inference.backends.compiled.calls import Call
from dxnet.inference.backends.compiled.conditioning import CutNetwork
from dxnet.inference.backends.compiled.messages import (
    CUTSET,
    Messages,
    aligned,
    lay_messages,
    row_width,
    same_and_other_parts,
    strides_of,
)
from dxnet.knowledge.kinds.base import Cpt

CASES_AT_ONCE = 32
"""Cases whose messages are noted at once."""


class Room(NamedTuple):
    """Memory of one thread for C parts, H variables of the cutset and n cases at once.

    Args:
        message: ``int32[C + H, n]``, the message of each part, -1 where it does not count; and the state of
            each variable of the cutset, from 1.
        wanted, unseen: ``int32[n]``, variables of the cutset that matter, and those of them that were not
            observed, as bits.
        counted: ``int32[C + 1]``, parts that count.
        chosen: ``int32[H + 1]``, in a term, the state of each variable of its group; 0 of the others.
        listed, ends, conditions: see ``sum_over_core``, as ``products`` and ``total``.
    """

    message: NDArray[np.int32]
    wanted: NDArray[np.int32]
    unseen: NDArray[np.int32]
    counted: NDArray[np.int32]
    chosen: NDArray[np.int32]
    listed: NDArray[np.int32]
    ends: NDArray[np.int32]
    conditions: NDArray[np.int32]
    products: Array
    total: Array

    @classmethod
    def of(cls, messages: Messages, cases: int, width: int) -> Room:
        """Room for so many cases at once."""
        parts, cutset = len(messages.parts), len(messages.cutset)
        terms = 1 + int(messages.cutset[:, CUTSET.states].prod()) * max(cutset, 1)
        message, counted = np.zeros((parts + cutset, cases), np.int32), np.zeros(parts + 1, np.int32)
        listed, ends = np.zeros((terms * parts + 1, 2), np.int32), np.zeros((terms + 1, 2), np.int32)
        wanted, unseen = (np.zeros(cases, np.int32) for _ in range(2))
        chosen, conditions = (np.zeros(cutset + 1, np.int32) for _ in range(2))
        products, total = aligned(np.empty((3 * len(messages.always), width))), aligned(np.empty(width))
        return cls(message, wanted, unseen, counted, chosen, listed, ends, conditions, products, total)


class CutMachine:
    """The messages of all parts of a network, ready to be multiplied.

    Args:
        cut: the parts.
        tables: of every variable.
    """

    def __init__(self, cut: CutNetwork, tables: Mapping[str, Cpt]):
        self.messages = lay_messages(cut, tables)
        self.k = len(tables[cut.target].values)
        self.place: dict[str, tuple[int, int]] = {}
        _, parts = same_and_other_parts(cut)
        for c, part in enumerate(parts):
            strides = strides_of(part, tables)
            self.place |= {name: (c, strides[name]) for name in part.findings}
        self.place |= {name: (len(parts) + h, 1) for h, name in enumerate(cut.cutset)}
        self._column = {name: x for x, name in enumerate(self.place)}
        self._places_of = lru_cache(maxsize=16)(self._ordered_places)
        self.places = self._places_of(tuple(self._column))
        self.blank = array("h", [MISSING]) * len(self.place)
        self._threads = local()

    def ask(self, likelihoods: Likelihoods) -> tuple[Array, float] | None:
        """P(target | findings), ``ndarray[K]``, and log P(findings).

        None where these are too improbable, where one has no place, or a likelihood.
        """
        calls, column = self._calls(), self._column
        if column:  # an empty array does not take its own length while its memory is shared
            calls.state[:] = self.blank
        for name, seen in likelihoods.items():
            if not isinstance(seen, int) or name not in column:
                return None
            calls.state[column[name]] = seen
        calls.ask_case()
        found: float = calls.log_p.item()
        return None if isnan(found) else (calls.post_test[0].copy(), found)

    def ask_rows(self, names: Sequence[str], states: Ints) -> tuple[Array, Array]:
        """P(target | findings) ``[B, K]`` and log P(findings) ``[B]``, NaN where that is too improbable.

        Args:
            names: findings that have a place.
            states: ``int16[B, F]`` their states, -1 where one was not examined.
        """
        post_test, log_p = np.empty((len(states), self.k)), np.empty(len(states))
        self._calls().ask_rows(
            self._places_of(tuple(names)), np.ascontiguousarray(states.T), post_test, log_p
        )
        return post_test, log_p

    def _ordered_places(self, names: Iterable[str]) -> NDArray[np.int32]:
        """Column, part and stride of each finding, ordered by part."""
        places = [(x, *self.place[name]) for x, name in enumerate(names)]
        return np.array(sorted(places, key=itemgetter(1, 2)), np.int32).reshape(-1, 3)

    def _calls(self) -> _Calls:
        """The calling thread's own."""
        try:
            calls: _Calls = self._threads.calls
        except AttributeError:
            calls = self._threads.calls = _Calls(self)
        return calls


class _Calls:
    """What one thread needs to ask: the states of one case, its answer, and the calls of ``ask_core``."""

    def __init__(self, machine: CutMachine):
        messages, width = machine.messages, row_width(machine.k)
        self.state, self.post_test, self.log_p = machine.blank[:], np.empty((1, machine.k)), np.empty(1)
        case = machine.places, np.frombuffer(self.state, np.int16)[:, None], self.post_test, self.log_p
        self.ask_rows = Call("ask_core", messages, Room.of(messages, CASES_AT_ONCE, width))
        self.ask_case = Call("ask_core", messages, Room.of(messages, 1, width), *case)
