"""A question to a network is traced to a tape of products, which the kernels then run.

A factor is a table of the network, a likelihood, or a product. It waits in the bucket of the first of its
variables, in elimination order, that was not observed. A bucket multiplies its factors, smallest first, and
sums its variable out with the last product. What nothing observed depends on never enters, and an observed
variable is an offset, not an axis: a tape shrinks with what is known.

The elimination tree falls into branches of a few tables, and a trunk. Few findings meet in a branch, so that
among the cases of a batch it recurs in the same state: what it leaves to the trunk is kept and found again.

Dechter R. Bucket elimination: a unifying framework for reasoning. Artif Intell 1999;113:41-85,
doi:10.1016/S0004-3702(99)00059-4.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc"

from __future__ import annotations

import numpy as np

from dxnet.arrays import MISSING, SOFT
from dxnet.inference.backends.compiled.jit import inline, kernel
from dxnet.inference.backends.compiled.layout import (
    ALIKE,
    AXIS,
    BRANCH,
    FACTOR,
    FILLED,
    LISTS,
    MEMO,
    OWNER,
    VARIABLE,
)
from dxnet.inference.backends.compiled.products import (
    add_axis,
    fuse,
    gather,
    is_of_rows,
    keep,
    multiply,
    new_factor,
    want_ratios,
)

FREE, MET = -1, -2
"""Instead of the leaves of a branch in the memo: a free slot, and a branch that was met once."""


@kernel
def trace(layout, work, state, everything):
    """Write the tape of a question.

    Args:
        state: ``int16[V]`` the state of each variable in elimination order, or MISSING, or SOFT.
        everything: whether to keep variables on which the answer does not depend.

    Returns:
        The factor that will hold P(target, findings) * 2**(LIFT * its lifts).
    """
    for what in range(4):
        work.filled[OWNER.own, what], work.filled[OWNER.tape, what] = work.filled[OWNER.start, what], 0
    for v in range(len(state)):
        work.lists[v, LISTS.head] = -1
    _mark_relevant(layout, work, state, everything)
    trunk = len(layout.branches) - 2
    for b in range(trunk):
        if work.lists[b, LISTS.active]:
            slot = _slot(layout, work, state, b)
            if slot < 0:
                _run_branch(layout, work, state, b, False)
            elif work.memo[slot, MEMO.leaves] == MET:
                first = work.filled[OWNER.kept, FILLED.results]
                _run_branch(layout, work, state, b, True)
                work.memo[slot, MEMO.leaves], work.memo[slot, MEMO.counted] = (
                    first,
                    work.filled[OWNER.kept, FILLED.results] - first,
                )
            else:
                first = work.memo[slot, MEMO.leaves]
                for x in range(first, first + work.memo[slot, MEMO.counted]):
                    _enter(layout, work, work.results[x], False)
    return _run_branch(layout, work, state, trunk, False)


@inline
def _slot(layout, work, state, b):
    """Where a branch in this state stands in the memo, or is to stand; -1 without a memo or room in it.

    One that is met for the first time is only noted: most of those never come again.
    """
    size = len(work.memo)
    if size == 0:
        return -1
    key = np.int64(0)
    for x in range(layout.branches[b, BRANCH.keys], layout.branches[b + 1, BRANCH.keys]):
        v = layout.keys[x, 0]
        key = key * layout.keys[x, 2] + (work.lists[v, LISTS.wanted] if layout.keys[x, 1] else state[v] + 1)
    mixed = key * 0x2545F4914F6CDD1D + b * 0x5851F42D4C957F2D
    slot = (mixed ^ (mixed >> 29)) & (size - 1)
    while work.memo[slot, MEMO.leaves] != FREE and (
        work.memo[slot, MEMO.branch] != b or work.memo[slot, MEMO.key] != key
    ):
        slot = (slot + 1) & (size - 1)
    if work.memo[slot, MEMO.leaves] == FREE:
        if work.filled[OWNER.kept, FILLED.met] < size // 4 * 3:
            work.filled[OWNER.kept, FILLED.met] += 1
            work.memo[slot, MEMO.branch], work.memo[slot, MEMO.key] = b, key
            work.memo[slot, MEMO.leaves] = MET
        return -1
    if work.memo[slot, MEMO.leaves] == MET and (
        work.filled[OWNER.kept, FILLED.cells] + layout.branches[b, BRANCH.need]
        > work.filled[OWNER.start, FILLED.cells]
        or work.filled[OWNER.kept, FILLED.factors] + work.filled[OWNER.more, FILLED.factors]
        > work.filled[OWNER.start, FILLED.factors]
    ):
        return -1
    return slot


@kernel
def _run_branch(layout, work, state, b, is_kept):
    """Eliminate the variables of a branch, of which what it leaves to the trunk may be kept.

    Returns its last product.
    """
    target, is_trunk = len(state) - 1, b == len(layout.branches) - 2
    for x in range(layout.branches[b, BRANCH.tables], layout.branches[b + 1, BRANCH.tables]):
        t = layout.tables[x]
        if work.lists[t, LISTS.wanted]:
            _add_table(layout, work, state, t, is_kept)
            if state[t] == SOFT:
                f = new_factor(work, OWNER.own, layout.variables[t, VARIABLE.likelihood])
                add_axis(work, OWNER.own, f, t, 1, -1, layout.variables[t, VARIABLE.card])
                _enter(layout, work, f, is_kept)
    product = -1
    for x in range(layout.branches[b, BRANCH.buckets], layout.branches[b + 1, BRANCH.buckets]):
        v = layout.buckets[x]
        found = k = _bucket_factors(work, v)
        if layout.shared >= 0 and is_of_rows(layout, work, k, v, target):
            product, k = gather(layout, work, v, k), 0
        for m in range(min(k, 1), k if k > 1 else 2 * k):
            right = work.lists[m, LISTS.members] if k > 1 else -1
            left = work.lists[0, LISTS.members] if m == 1 else product
            out = v if v < target and m >= k - 1 else -1
            if not (is_trunk and m > 1 and out < 0 and fuse(work, left, right)):
                product = multiply(layout, work, left, right, out)
        if found and v < target:
            _enter(layout, work, product, is_kept)
    return product


@inline
def _mark_relevant(layout, work, state, everything):
    variables, lists, target = layout.variables, work.lists, len(state) - 1
    for v in range(target + 1):
        lists[v, LISTS.wanted] = lists[v, LISTS.active] = everything
    for v in range(target + 1):
        if (state[v] != MISSING or v == target) and not everything:
            for i in range(variables[v, VARIABLE.above], variables[v + 1, VARIABLE.above]):
                u = layout.above[i]
                lists[u, LISTS.wanted] = lists[variables[u, VARIABLE.branch], LISTS.active] = 1


@inline
def _add_table(layout, work, state, t, is_kept):
    """A table as a factor over its variables that were not observed, at the states of the others."""
    axes, first, end = layout.axes, layout.variables[t, VARIABLE.axis], layout.variables[t + 1, VARIABLE.axis]
    place, shared = np.int64(layout.variables[t, VARIABLE.table]), -1
    f = new_factor(work, OWNER.own, place)
    for j in range(first, end):
        v, alike = axes[j, AXIS.variable], axes[j, AXIS.alike]
        s = state[v]
        if s >= 0:
            if alike >= 0:
                s = layout.rows[layout.alike[alike, ALIKE.states] + s, 1]
            place += s * axes[j, AXIS.stride]
        elif alike >= 0:
            shared = work.factor[f, FACTOR.axes]
            add_axis(work, OWNER.own, f, v, axes[j, AXIS.stride], alike, layout.alike[alike, ALIKE.rows])
        else:
            add_axis(work, OWNER.own, f, v, axes[j, AXIS.stride], -1, layout.variables[v, VARIABLE.card])
    work.factor[f, FACTOR.place] = place
    if shared == 0 and work.factor[f, FACTOR.axes] == 2 and layout.is_flat[place]:
        work.factor[f, FACTOR.entries] //= layout.alike[t, ALIKE.rows]
        work.factor[f, FACTOR.first] += 1
        work.factor[f, FACTOR.axes] = 1
    _enter(layout, work, f, is_kept)


@inline
def _enter(layout, work, f, is_kept):
    """Into the bucket of its first variable; a number without variables waits for the target."""
    factor, last = work.factor, len(layout.variables) - 2
    bucket = work.pool[factor[f, FACTOR.first], AXIS.variable] if factor[f, FACTOR.axes] else last
    if layout.variables[bucket, VARIABLE.in_trunk]:
        want_ratios(layout, work, f)
        if is_kept:
            f = keep(work, f)
            work.results[work.filled[OWNER.kept, FILLED.results]] = f
            work.filled[OWNER.kept, FILLED.results] += 1
    factor[f, FACTOR.next], work.lists[bucket, LISTS.head] = work.lists[bucket, LISTS.head], f


@inline
def _bucket_factors(work, v):
    """The factors of a bucket, smallest first."""
    k, f, lists, factor = 0, work.lists[v, LISTS.head], work.lists, work.factor
    while f >= 0:
        i = k
        while i > 0 and factor[lists[i - 1, LISTS.members], FACTOR.entries] > factor[f, FACTOR.entries]:
            lists[i, LISTS.members] = lists[i - 1, LISTS.members]
            i -= 1
        lists[i, LISTS.members] = f
        k += 1
        f = factor[f, FACTOR.next]
    return k
