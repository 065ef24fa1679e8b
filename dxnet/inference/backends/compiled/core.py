"""Cases as products of messages, which a kernel multiplies over the core of a network and sums.

Nothing foretells which findings a case has, so that what depends on them is noted without branches, which a
processor would guess wrong: finding by finding and part by part for a few cases at once.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, call-arg, assignment"

from __future__ import annotations

import numpy as np

from dxnet.inference.backends.compiled.jit import inline, kernel
from dxnet.inference.backends.compiled.lanes import sum_over_core
from dxnet.inference.backends.compiled.messages import CUTSET, MESSAGE, PART

LEAST_TOTAL = 2.0**-200
"""A case that is less probable is left to products that are scaled up before they vanish."""


@kernel
def ask_core(net, room, columns, states, post_test, log_p):
    """Ask many cases: P(target | findings) ``[B, K]`` and log P(findings) ``[B]``.

    Args:
        net: see ``Messages``.
        room: see ``Room``.
        columns: ``int32[F, 3]``, for each finding its row in ``states``, its part and how far apart the
            messages of its states are; C + h and 1 instead for variable h of the cutset.
        states: ``int16[F, B]``.
        post_test, log_p: to which the answers go; NaN for log P of a case that is too improbable.
    """
    most = room.message.shape[1]
    for start in range(0, len(log_p), most):
        cases = np.uint64(min(most, len(log_p) - start))
        _note_states(room, columns, states, start, cases)
        _note_wanted(net, room, cases)
        _note_messages(net, room, cases)
        for case in range(cases):
            groups = _list_terms(net, room, case)
            sum_over_core(
                room.total,
                net.always,
                room.products,
                net.cells,
                net.places,
                room.listed,
                room.ends,
                room.conditions,
                groups,
            )
            _write_answer(room.total, post_test, log_p, np.uint64(start) + case)


@inline
def _note_states(room, columns, states, start, cases):
    """The message of each part and the state of each variable of the cutset, from 1; 0 without a finding."""
    for c in range(np.uint64(len(room.message))):
        for i in range(cases):
            room.message[c, i] = 0
    first = np.uint64(start)
    for x in range(np.uint64(len(columns))):
        row, c, stride = np.uint64(columns[x, 0]), np.uint64(columns[x, 1]), columns[x, 2]
        if cases == 1:  # without what a loop over whole vectors has to see to first
            room.message[c, 0] += (states[row, first] + 1) * stride
        else:
            for i in range(cases):
                room.message[c, i] += (states[row, first + i] + 1) * stride


@inline
def _note_wanted(net, room, cases):
    """Which variables of the cutset matter, and which of these were not observed, as bits."""
    parts, known, wanted = np.uint64(len(net.parts)), room.unseen, room.wanted
    for i in range(cases):
        known[i] = 0
    for h in range(np.uint64(len(net.cutset))):
        for i in range(cases):
            known[i] |= (room.message[parts + h, i] > 0) << h
    for i in range(cases):
        wanted[i] = known[i]
    for c in range(parts):
        depends, is_always = net.parts[c, PART.depends], net.parts[c, PART.is_always]
        if depends:
            for i in range(cases):
                wanted[i] |= depends * ((room.message[c, i] > 0) | is_always)
    for _ in range(len(net.cutset)):
        for h in range(np.uint64(len(net.cutset))):
            depends = net.parts[net.cutset[h, CUTSET.part], PART.depends]
            for i in range(cases):
                wanted[i] |= depends * ((wanted[i] >> h) & 1)
    for i in range(cases):
        room.unseen[i] = wanted[i] & ~known[i]


@inline
def _note_messages(net, room, cases):
    """The message of each part, in the first state of what is unseen; -1 of a part that does not count."""
    parts = np.uint64(len(net.parts))
    for c in range(parts):
        first, holds = net.parts[c, PART.first], net.parts[c, PART.holds]
        is_always = net.parts[c, PART.is_always] > 0
        for i in range(cases):
            counts = (room.message[c, i] > 0) | ((room.wanted[i] & holds) != 0) | is_always
            room.message[c, i] = room.message[c, i] + first if counts else -1
        for h in range(np.uint64(len(net.cutset))):
            stride = net.parts[c, np.uint64(PART.strides) + h]
            if stride:
                for i in range(cases):
                    m = room.message[c, i] + stride * max(room.message[parts + h, i] - 1, 0)
                    room.message[c, i] = m if room.message[c, i] >= 0 else -1


@inline
def _list_terms(net, room, case):
    """List the messages of each term; returns how many groups of the cutset are open."""
    n, opened, unseen = 0, 0, room.unseen[case]
    for c in range(np.uint64(len(net.parts))):
        room.counted[n] = c
        n += room.message[c, case] >= 0
    bases, rows = 0, 0
    for x in range(n):
        c = room.counted[x]
        is_settled = (net.parts[c, PART.depends] & unseen) == 0
        bases, rows = _list_message(net, room, room.message[c, case], bases, rows, is_settled)
        room.counted[opened] = c
        opened += not is_settled
    room.ends[1, 0], room.ends[1, 1] = bases, rows
    groups, term = 0, 1
    for g in range(len(net.groups)):
        variables = net.groups[g] & unseen
        if variables:
            conditions = 1
            for h in range(len(net.cutset)):
                conditions *= net.cutset[h, CUTSET.states] if (variables >> h) & 1 else 1
            for condition in range(conditions):
                rest = condition
                for h in range(len(net.cutset)):
                    states = net.cutset[h, CUTSET.states] if (variables >> h) & 1 else 1
                    room.chosen[h], rest = rest % states, rest // states
                for x in range(opened):
                    c = room.counted[x]
                    m = room.message[c, case]
                    for h in range(len(net.cutset)):
                        m += net.parts[c, PART.strides + h] * room.chosen[h]
                    is_of_group = (net.parts[c, PART.depends] & variables) != 0
                    bases, rows = _list_message(net, room, m, bases, rows, is_of_group)
                term += 1
                room.ends[term, 0], room.ends[term, 1] = bases, rows
            room.conditions[groups] = conditions
            groups += 1
    return groups


@inline
def _list_message(net, room, m, bases, rows, is_wanted):
    """Add a message to a term if it is wanted: its base, and its rows if it has any; returns both ends."""
    places = net.message[m, MESSAGE.rows]
    room.listed[bases, 0], room.listed[rows, 1] = net.message[m, MESSAGE.base], places
    return bases + is_wanted, rows + (is_wanted & (places > 0))


@inline
def _write_answer(total, post_test, log_p, case):
    """The answer of a case: its sums, scaled to a sum of 1, and the logarithm of theirs."""
    p = 0.0
    for x in range(post_test.shape[1]):
        p += total[x]
    log_p[case] = np.log(p) if p >= LEAST_TOTAL else np.nan
    share = 1.0 / p if p >= LEAST_TOTAL else np.nan
    for x in range(post_test.shape[1]):
        post_test[case, x] = total[x] * share
