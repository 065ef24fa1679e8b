"""Cases as products of messages, which a kernel multiplies over the core of a network and sums.

Nothing foretells which findings a case has, so that what depends on them is noted without branches, which a
processor would guess wrong.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc"

from __future__ import annotations

import numpy as np

from dxnet.inference.backends.compiled.jit import inline, kernel
from dxnet.inference.backends.compiled.messages import LIST, MESSAGE, PART, RATIO_RUN

LEAST_TOTAL = 2.0**-200
"""A case that is less probable is left to products that are scaled up before they vanish."""


@kernel
def ask_core(net, lists, product, row, places, states, post_test, log_p):
    """Ask a row at a time: P(target | findings) ``[B, K]`` and log P(findings) ``[B]``.

    Args:
        net: see ``Messages``.
        lists: ``int32[n, 4]``, see LIST, with room for as many as there are parts and variables of the
            cutset, and for the findings; zeros.
        product: ``float64[2, S * width]``, room for products over the core.
        row: ``float64[3, width]``, room for rows.
        places: ``int32[F, 3]``, for each finding its column in ``states``, its part and how far apart the
            messages of its states are; C + h and 1 instead for variable h of the cutset. Ordered by part, so
            that an answer has the same bits whatever the order of the columns.
        states: ``int16[B, F]``.
        post_test, log_p: to which the answers go; NaN for log P of a row that is too improbable.
    """
    for case in range(len(states)):
        n = _note_states(net, lists, places, states[case])
        n, unseen = _note_cutset(net, lists, n)
        opened = _multiply_settled(net, lists, product[0], row[0], n, unseen)
        if opened:
            _sum_over_open(net, lists, product, row, opened, unseen)
        else:
            _sum_of_rows(product[0], row[0], row[2], False)
        for i in range(n):
            lists[lists[i, LIST.counted], LIST.message] = 0
        for h in range(len(net.cutset)):
            lists[len(net.parts) + h, LIST.message] = 0
        total = 0.0
        for x in range(post_test.shape[1]):
            total += row[2, x]
        log_p[case] = np.log(total) if total >= LEAST_TOTAL else np.nan
        share = 1.0 / total if total >= LEAST_TOTAL else np.nan
        for x in range(post_test.shape[1]):
            post_test[case, x] = row[2, x] * share


@inline
def _note_states(net, lists, places, states):
    """The message of each part with a finding that was observed; returns how many parts count so far."""
    seen, n = 0, 0
    for c in range(len(net.parts)):
        lists[n, LIST.counted] = c
        n += net.parts[c, PART.is_always]
    for i in range(n):
        lists[lists[i, LIST.counted], LIST.message] = 1
    for x in range(len(places)):
        lists[seen, LIST.seen] = x
        seen += states[places[x, 0]] >= 0
    for i in range(seen):
        x = lists[i, LIST.seen]
        c = places[x, 1]
        is_new = lists[c, LIST.message] == 0
        lists[n, LIST.counted] = c
        n += is_new & (c < len(net.parts))
        lists[c, LIST.message] += is_new + (states[places[x, 0]] + 1) * places[x, 2]
    return n


@inline
def _note_cutset(net, lists, n):
    """Let the parts of the tables of the cutset count that matter, and find the messages of all that do.

    Returns how many parts count, and which variables of the cutset matter but were not observed, as bits.
    """
    known, wanted, i = 0, 0, 0
    for h in range(len(net.cutset)):
        known |= (lists[len(net.parts) + h, LIST.message] > 0) << h
    more = True
    while more:
        while i < n:
            wanted |= net.parts[lists[i, LIST.counted], PART.depends]
            i += 1
        for h in range(len(net.cutset)):
            c = net.cutset[h, 1]
            is_new = (lists[c, LIST.message] == 0) & ((((wanted | known) >> h) & 1) > 0)
            lists[n, LIST.counted] = c
            n += is_new
            lists[c, LIST.message] += is_new
        more = i < n
    for i in range(n):
        c = lists[i, LIST.counted]
        m = lists[c, LIST.message] + net.parts[c, PART.first] - 1
        for h in range(len(net.cutset)):
            m += net.parts[c, PART.strides + h] * max(lists[len(net.parts) + h, LIST.message] - 2, 0)
        lists[c, LIST.message] = m
    return n, wanted & ~known


@inline
def _multiply_settled(net, lists, whole, base, n, unseen):
    """The product of the messages that do not depend on what is unseen; returns how many others there are."""
    opened, begun = 0, -1
    for i in range(n):
        c = lists[i, LIST.counted]
        is_open = (net.parts[c, PART.depends] & unseen) != 0
        lists[opened, LIST.open] = c
        opened += is_open
        begun = c if net.parts[c, PART.begins] and not is_open else begun
    for x in range(np.uint64(len(base))):
        base[x] = 1.0
    if begun >= 0:
        start = np.uint64(net.message[lists[begun, LIST.message], MESSAGE.ratios])
        for x in range(np.uint64(len(whole))):
            whole[x] = net.cells[start + x]
    else:
        for x in range(np.uint64(len(whole))):
            whole[x] = 1.0
    for i in range(n):
        c = lists[i, LIST.counted]
        if (net.parts[c, PART.depends] & unseen) == 0 and c != begun:
            _multiply(net, lists[c, LIST.message], whole, base)
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
def _sum_over_open(net, lists, product, row, opened, unseen):
    """The sum over the joint states of what is unseen of all that depends on it."""
    conditions = 1
    for h in range(len(net.cutset)):
        conditions *= net.cutset[h, 0] if (unseen >> h) & 1 else 1
    for condition in range(conditions):
        for x in range(np.uint64(product.shape[1])):
            product[1, x] = product[0, x]
        for x in range(np.uint64(row.shape[1])):
            row[1, x] = row[0, x]
        for i in range(opened):
            c = lists[i, LIST.open]
            m, rest = lists[c, LIST.message], condition
            for h in range(len(net.cutset)):
                if (unseen >> h) & 1:
                    m += net.parts[c, PART.strides + h] * (rest % net.cutset[h, 0])
                    rest //= net.cutset[h, 0]
            _multiply(net, m, product[1], row[1])
        _sum_of_rows(product[1], row[1], row[2], condition > 0)


@inline
def _sum_of_rows(whole, base, total, is_more):
    """The sum of the rows of a product times its base; added to a total if that is more.

    The second half of the rows is added to the first, and again, which waits for no sum just made.
    """
    width = np.uint64(len(base))
    rows = np.uint64(len(whole)) // width
    while rows > 1:
        half = rows // np.uint64(2)
        rest = (rows - half) * width
        for x in range(half * width):
            whole[x] += whole[rest + x]
        rows -= half
    for x in range(width):
        total[x] = whole[x] * base[x] + (total[x] if is_more else 0.0)
