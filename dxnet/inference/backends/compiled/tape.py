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
    BRANCH,
    FACTOR,
    FILLED,
    FILLED_TAPE,
    LISTS,
    LOOP,
    MEMO,
    OWNER,
    STEP,
    VARIABLE,
)


@kernel
def trace(layout, work, state, everything):
    """Write the tape of a question; returns the factor that will hold the answer."""
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
                _run_branch(layout, work, state, b, OWNER.own)
            elif work.memo[slot, MEMO.leaves] < 0:
                first = work.filled[OWNER.kept, FILLED.results]
                _run_branch(layout, work, state, b, OWNER.kept)
                work.memo[slot, MEMO.leaves], work.memo[slot, MEMO.counted] = (
                    first,
                    work.filled[OWNER.kept, FILLED.results] - first,
                )
            else:
                first = work.memo[slot, MEMO.leaves]
                for x in range(first, first + work.memo[slot, MEMO.counted]):
                    _enter(layout, work, work.results[x], OWNER.own)
    return _run_branch(layout, work, state, trunk, OWNER.own)


@inline
def _slot(layout, work, state, b):
    """Where a branch in this state stands in the memo, or is to stand; -1 without a memo or room in it."""
    size = len(work.memo)
    if size == 0:
        return -1
    key = np.int64(0)
    for x in range(layout.branches[b, BRANCH.keys], layout.branches[b + 1, BRANCH.keys]):
        v = layout.keys[x, 0]
        key = key * layout.keys[x, 2] + (work.lists[v, LISTS.wanted] if layout.keys[x, 1] else state[v] + 1)
    mixed = key * 0x2545F4914F6CDD1D + b * 0x5851F42D4C957F2D
    slot = (mixed ^ (mixed >> 29)) & (size - 1)
    while work.memo[slot, MEMO.leaves] >= 0 and (
        work.memo[slot, MEMO.branch] != b or work.memo[slot, MEMO.key] != key
    ):
        slot = (slot + 1) & (size - 1)
    if work.memo[slot, MEMO.leaves] < 0:
        need = layout.branches[b, BRANCH.need]
        if (
            work.filled[OWNER.kept, FILLED.cells] + need > work.filled[OWNER.start, FILLED.cells]
            or work.filled[OWNER.kept, FILLED.factors] + work.filled[OWNER.more, FILLED.factors]
            > work.filled[OWNER.start, FILLED.factors]
        ):
            return -1
        work.memo[slot, MEMO.branch], work.memo[slot, MEMO.key] = b, key
    return slot


@kernel
def _run_branch(layout, work, state, b, owner):
    """Eliminate the variables of a branch; returns its last product."""
    target, is_trunk = len(state) - 1, b == len(layout.branches) - 2
    for x in range(layout.branches[b, BRANCH.tables], layout.branches[b + 1, BRANCH.tables]):
        t = layout.tables[x]
        if work.lists[t, LISTS.wanted]:
            _add_table(layout, work, state, t, owner)
            if state[t] == SOFT:
                f = _new_factor(work, owner, layout.variables[t, VARIABLE.likelihood])
                _add_axis(work, owner, f, t, 1, layout.variables[t, VARIABLE.card])
                _enter(layout, work, f, owner)
    product = -1
    for x in range(layout.branches[b, BRANCH.buckets], layout.branches[b + 1, BRANCH.buckets]):
        v = layout.buckets[x]
        k = _bucket_factors(work, v)
        for m in range(min(k, 1), k if k > 1 else 2 * k):
            right = work.lists[m, LISTS.members] if k > 1 else -1
            left = work.lists[0, LISTS.members] if m == 1 else product
            out = v if v < target and m >= k - 1 else -1
            if not (is_trunk and m > 1 and out < 0 and _fuse(work, left, right)):
                product = _multiply(layout, work, owner, left, right, out)
        if k and v < target:
            _enter(layout, work, product, owner)
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
def _add_table(layout, work, state, t, owner):
    """A table as a factor over its variables that were not observed, at the states of the others."""
    axes, first, end = layout.axes, layout.variables[t, VARIABLE.axis], layout.variables[t + 1, VARIABLE.axis]
    place = np.int64(layout.variables[t, VARIABLE.table])
    f = _new_factor(work, owner, place)
    for j in range(first, end):
        s = state[axes[j, 0]]
        if s >= 0:
            place += s * axes[j, 1]
        else:
            _add_axis(work, owner, f, axes[j, 0], axes[j, 1], layout.variables[axes[j, 0], VARIABLE.card])
    work.factor[f, FACTOR.place] = place
    _enter(layout, work, f, owner)


@inline
def _new_factor(work, owner, place):
    f = work.filled[owner, FILLED.factors]
    work.filled[owner, FILLED.factors] += 1
    work.factor[f, FACTOR.place], work.factor[f, FACTOR.first] = place, work.filled[owner, FILLED.axes]
    work.factor[f, FACTOR.axes], work.factor[f, FACTOR.entries], work.factor[f, FACTOR.lifts] = 0, 1, 0
    return f


@inline
def _add_axis(work, owner, f, variable, stride, length):
    x = work.filled[owner, FILLED.axes]
    work.pool[x, 0], work.pool[x, 1] = variable, stride
    work.factor[f, FACTOR.axes] += 1
    work.factor[f, FACTOR.entries] *= length
    work.filled[owner, FILLED.axes] += 1


@inline
def _enter(layout, work, f, owner):
    """Into the bucket of its first variable; a number without variables waits for the target."""
    factor, last = work.factor, len(layout.variables) - 2
    bucket = work.pool[factor[f, FACTOR.first], 0] if factor[f, FACTOR.axes] else last
    factor[f, FACTOR.next], work.lists[bucket, LISTS.head] = work.lists[bucket, LISTS.head], f
    if owner == OWNER.kept and layout.variables[bucket, VARIABLE.in_trunk]:
        work.results[work.filled[OWNER.kept, FILLED.results]] = f
        work.filled[OWNER.kept, FILLED.results] += 1


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


@inline
def _multiply(layout, work, owner, left, right, out):
    """One step: the product of two factors (of one, when right is -1), the variable ``out`` summed out."""
    factor, pool, tape, i = work.factor, work.pool, work.tape, work.filled[OWNER.tape, FILLED_TAPE.steps]
    c = _new_factor(work, owner, work.filled[owner, FILLED.cells])
    tape[i, STEP.left], tape[i, STEP.right], tape[i, STEP.out], tape[i, STEP.c] = (
        left,
        right,
        c,
        work.filled[owner, FILLED.cells],
    )
    tape[i, STEP.a], tape[i, STEP.b] = (
        factor[left, FACTOR.place],
        factor[right, FACTOR.place] if right >= 0 else layout.one,
    )
    tape[i, STEP.sum], tape[i, STEP.a_sum], tape[i, STEP.b_sum] = 1, 0, 0
    tape[i, STEP.run], tape[i, STEP.a_run], tape[i, STEP.b_run] = 1, 0, 0
    tape[i, STEP.loop], tape[i, STEP.loops] = work.filled[OWNER.tape, FILLED_TAPE.loops], 0
    tape[i, STEP.more_first], tape[i, STEP.more_count] = work.filled[OWNER.tape, FILLED_TAPE.extras], 0
    a_end, x = factor[left, FACTOR.first], factor[left, FACTOR.first] + factor[left, FACTOR.axes] - 1
    b_end, y = 0, -1
    if right >= 0:
        b_end, y = factor[right, FACTOR.first], factor[right, FACTOR.first] + factor[right, FACTOR.axes] - 1
    while x >= a_end or y >= b_end:  # the axes of both, from the innermost
        v_a, v_b = pool[x, 0] if x >= a_end else -1, pool[y, 0] if y >= b_end else -1
        v = max(v_a, v_b)
        a, b = pool[x, 1] if v_a == v else 0, pool[y, 1] if v_b == v else 0
        x, y = x - (v_a == v), y - (v_b == v)
        if v == out:
            tape[i, STEP.sum], tape[i, STEP.a_sum], tape[i, STEP.b_sum] = (
                layout.variables[v, VARIABLE.card],
                a,
                b,
            )
        else:
            _add_loop(work, i, layout.variables[v, VARIABLE.card], a, b, factor[c, FACTOR.entries])
            _add_axis(work, owner, c, v, factor[c, FACTOR.entries], layout.variables[v, VARIABLE.card])
    low, high = factor[c, FACTOR.first], factor[c, FACTOR.first] + factor[c, FACTOR.axes] - 1
    while low < high:
        for z in range(2):
            pool[low, z], pool[high, z] = pool[high, z], pool[low, z]
        low, high = low + 1, high - 1
    work.filled[owner, FILLED.cells] += (factor[c, FACTOR.entries] + 7) // 8 * 8
    work.filled[OWNER.tape, FILLED_TAPE.steps] += 1
    return c


@inline
def _fuse(work, product, f):
    """Let the last step multiply its product by one more factor of the same layout, for a batch."""
    tape, factor, pool, i = work.tape, work.factor, work.pool, work.filled[OWNER.tape, FILLED_TAPE.steps] - 1
    if (
        len(work.memo) == 0
        or i < 0
        or tape[i, STEP.out] != product
        or factor[f, FACTOR.axes] != factor[product, FACTOR.axes]
    ):
        return False
    for x in range(factor[f, FACTOR.axes]):
        a, b = factor[f, FACTOR.first] + x, factor[product, FACTOR.first] + x
        if pool[a, 0] != pool[b, 0] or pool[a, 1] != pool[b, 1]:
            return False
    work.lists[work.filled[OWNER.tape, FILLED_TAPE.extras], LISTS.extra] = f
    work.filled[OWNER.tape, FILLED_TAPE.extras] += 1
    tape[i, STEP.more_count] += 1
    return True


@inline
def _add_loop(work, i, length, a, b, c):
    """One more axis around the loops of a step, joined to the last one where the strides allow it."""
    tape, loops, x = work.tape, work.loops, work.filled[OWNER.tape, FILLED_TAPE.loops] - 1
    if length == 1:
        return
    if tape[i, STEP.run] == 1:
        tape[i, STEP.run], tape[i, STEP.a_run], tape[i, STEP.b_run] = length, a, b
    elif (
        tape[i, STEP.loops] == 0
        and a == tape[i, STEP.a_run] * tape[i, STEP.run]
        and b == tape[i, STEP.b_run] * tape[i, STEP.run]
    ):
        tape[i, STEP.run] *= length
    elif (
        tape[i, STEP.loops]
        and a == loops[x, LOOP.a] * loops[x, LOOP.length]
        and b == loops[x, LOOP.b] * loops[x, LOOP.length]
    ):
        loops[x, LOOP.length] *= length
    else:
        loops[x + 1, LOOP.length], loops[x + 1, LOOP.a], loops[x + 1, LOOP.b], loops[x + 1, LOOP.c] = (
            length,
            a,
            b,
            c,
        )
        tape[i, STEP.loops] += 1
        work.filled[OWNER.tape, FILLED_TAPE.loops] += 1
