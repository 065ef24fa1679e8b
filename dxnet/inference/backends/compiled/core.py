"""Cases as products of messages, which a kernel multiplies over the core of a network and sums."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc"

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dxnet.arrays import MISSING
from dxnet.inference.backends.compiled.jit import inline, kernel
from dxnet.inference.backends.compiled.messages import MESSAGE, PART, RATIO_RUN, Messages

LEAST_TOTAL = 2.0**-200
"""A case that is less probable is left to products that are scaled up before they vanish."""
OPEN = -2
"""Instead of the state of a variable of the cutset: it was not observed, and what was depends on it."""


class Listed(NamedTuple):
    """Columns of the lists that the kernel works in, an entry for each part or variable of the cutset.

    The message of each part, or -1; the parts that count; those among them that depend on an open variable;
    and the state of each variable of the cutset.
    """

    message: int
    counted: int
    open: int
    state: int


LISTED = Listed(*range(4))


@kernel
def ask_core(cells, message, runs, parts, cutset, lists, product, row, places, states, post_test, log_p):
    """Ask a row at a time: P(target | findings) ``[B, K]`` and log P(findings) ``[B]``.

    Args:
        cells, message, runs, parts, cutset: see ``Messages``; apart, as numba takes long to look at a tuple.
        lists: ``int32[n, 4]``, see LISTED; the messages are -1, and are so again when it returns.
        product: ``float64[2, S * width]``, room for products over the core.
        row: ``float64[3, width]``, room for rows.
        places: ``int32[F, 3]``, for each finding its column in ``states``, its part and how far apart the
            messages of its states are; -1 - h and 0 instead for variable h of the cutset. Ordered by part, so
            that an answer has the same bits whatever the order of the columns.
        states: ``int16[B, F]``.
        post_test, log_p: to which the answers go; NaN for log P of a row that is too improbable.
    """
    net = Messages(cells, message, runs, parts, cutset)
    for case in range(len(states)):
        n = _note_states(net, lists, places, states[case])
        n = _note_dependence(net, lists, n)
        opened = _multiply_settled(net, lists, product, row, n)
        if opened:
            _sum_over_open(net, lists, product, row, opened)
        else:
            _add_rows_of_product(product[0], row[0], row[2], False)
        for i in range(n):
            lists[lists[i, LISTED.counted], LISTED.message] = -1
        total = 0.0
        for x in range(post_test.shape[1]):
            total += row[2, x]
        log_p[case] = np.log(total) if total >= LEAST_TOTAL else np.nan
        share = 1.0 / total if total >= LEAST_TOTAL else np.nan
        for x in range(post_test.shape[1]):
            post_test[case, x] = row[2, x] * share


@inline
def _note_states(net, lists, places, states):
    """The message of each part with an observed finding, and the states of the cutset; returns how many."""
    n = 0
    for c in range(len(net.parts)):
        if net.parts[c, PART.is_always]:
            n = _count(net, lists, n, c)
    for h in range(len(net.cutset)):
        lists[h, LISTED.state] = MISSING
    for x in range(len(places)):
        s = states[places[x, 0]]
        if s >= 0:
            c = places[x, 1]
            if c >= 0:
                n = _count(net, lists, n, c)
                lists[c, LISTED.message] += (s + 1) * places[x, 2]
            else:
                lists[-1 - c, LISTED.state] = s
    return n


@inline
def _count(net, lists, n, c):
    """Let a part count, if it does not yet; returns how many do."""
    if lists[c, LISTED.message] < 0:
        lists[c, LISTED.message] = net.parts[c, PART.first]
        lists[n, LISTED.counted] = c
        n += 1
    return n


@inline
def _note_dependence(net, lists, n):
    """Which variables of the cutset are open, and the parts of their tables; returns how many parts count."""
    for h in range(len(net.cutset)):
        if lists[h, LISTED.state] >= 0:
            n = _count(net, lists, n, net.cutset[h, 1])
    i = 0
    while i < n:
        c = lists[i, LISTED.counted]
        for h in range(len(net.cutset)):
            if net.parts[c, PART.strides + h] and lists[h, LISTED.state] == MISSING:
                lists[h, LISTED.state] = OPEN
                n = _count(net, lists, n, net.cutset[h, 1])
        i += 1
    return n


@inline
def _multiply_settled(net, lists, product, row, n):
    """The product of the messages that depend on no open variable; returns how many others there are."""
    opened, begun = 0, -1
    whole, base = product[0], row[0]
    for i in range(n):
        c = lists[i, LISTED.counted]
        is_open = False
        for h in range(len(net.cutset)):
            stride, s = net.parts[c, PART.strides + h], lists[h, LISTED.state]
            is_open |= stride > 0 and s < 0
            lists[c, LISTED.message] += stride * max(s, 0)
        if is_open:
            lists[opened, LISTED.open] = c
            opened += 1
        elif net.parts[c, PART.begins]:
            begun = c
    for x in range(np.uint64(len(base))):
        base[x] = 1.0
    if begun >= 0:
        start = np.uint64(net.message[lists[begun, LISTED.message], MESSAGE.ratios])
        for x in range(np.uint64(len(whole))):
            whole[x] = net.cells[start + x]
    else:
        for x in range(np.uint64(len(whole))):
            whole[x] = 1.0
    o = 0
    for i in range(n):
        c = lists[i, LISTED.counted]
        if o < opened and lists[o, LISTED.open] == c:
            o += 1
        elif c != begun:
            _multiply(net, lists[c, LISTED.message], whole, base)
    return opened


@inline
def _multiply(net, m, whole, base):
    """Multiply a product over the core by message m: its base, and its ratios where they are not 1."""
    place, ratio = np.uint64(net.message[m, MESSAGE.base]), np.uint64(net.message[m, MESSAGE.ratios])
    for x in range(np.uint64(len(base))):
        base[x] *= net.cells[place + x]
    for r in range(net.message[m, MESSAGE.first], net.message[m, MESSAGE.end]):
        start, length = np.uint64(net.runs[r, RATIO_RUN.cell]), np.uint64(net.runs[r, RATIO_RUN.length])
        for x in range(length):
            whole[start + x] *= net.cells[ratio + x]
        ratio += length


@inline
def _sum_over_open(net, lists, product, row, opened):
    """The sum over the joint states of the open variables of all that depends on them."""
    whole, conditions = product[1], 1
    for h in range(len(net.cutset)):
        if lists[h, LISTED.state] == OPEN:
            conditions *= net.cutset[h, 0]
    for condition in range(conditions):
        for x in range(np.uint64(len(whole))):
            whole[x] = product[0, x]
        for x in range(np.uint64(row.shape[1])):
            row[1, x] = row[0, x]
        for i in range(opened):
            c = lists[i, LISTED.open]
            m, rest = lists[c, LISTED.message], condition
            for h in range(len(net.cutset)):
                if lists[h, LISTED.state] == OPEN:
                    m += net.parts[c, PART.strides + h] * (rest % net.cutset[h, 0])
                    rest //= net.cutset[h, 0]
            _multiply(net, m, whole, row[1])
        _add_rows_of_product(whole, row[1], row[2], condition > 0)


@inline
def _add_rows_of_product(whole, base, total, is_more):
    """The rows of a product over the core, added up and multiplied by its base; added to a total if that is more."""
    width = np.uint64(len(base))
    start = width
    while start < np.uint64(len(whole)):
        for x in range(width):
            whole[x] += whole[start + x]
        start += width
    for x in range(width):
        total[x] = whole[x] * base[x] + (total[x] if is_more else 0.0)
