"""A question to a network is traced to a tape of products, which the kernels then run.

A factor is a table of the network, a likelihood, or a product. It waits in the bucket of the first of its
variables, in elimination order, that was not observed. A bucket multiplies its factors, smallest first, and
sums its variable out with the last product. What nothing observed depends on never enters, and an observed
variable is an offset, not an axis: a tape shrinks with what is known.

Among the cases of a batch many products recur, as few findings meet in one bucket. They are kept and found
again by their operands, so that a later case traces and runs only what is new about it.

Dechter R. Bucket elimination: a unifying framework for reasoning. Artif Intell 1999;113:41-85,
doi:10.1016/S0004-3702(99)00059-4.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc"

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dxnet.backends.jit import inline, kernel

MISSING, SOFT = -1, -2
"""States of a variable that was not observed, or observed with a likelihood for each state."""

# a factor: where it lies, its axes in the pool, its size, the next one in its bucket, how often it was lifted
PLACE, FIRST, COUNT, ENTRIES, NEXT, LIFTS = range(6)
# a step, c = sum over one variable of a * b: factors, places, the sum, the innermost loop, the others,
# and further factors laid out as c, by which it is multiplied
LEFT, RIGHT, OUT, A, B, C, SUM, A_SUM, B_SUM, RUN, A_RUN, B_RUN, LOOP, LOOPS, MORE_FIRST, MORE_COUNT = range(
    16
)
# a variable: cells along its axis, where its table begins, its axes, its ancestors, where its likelihood lies,
# and whether products of its bucket may recur in a batch
CARD, TABLE, AXIS, ABOVE, LIKELIHOOD, IS_SHARED = range(6)
# lists with an entry for each variable or factor
HEAD, WANTED, MEMBERS, EXTRA = range(4)
# what is filled, of what is kept for later cases and of this case alone
KEPT, OWN, START, TAPE, MORE = range(5)
FACTORS, AXES, CELLS = range(3)
STEPS = 0


class Layout(NamedTuple):
    """A plan as the kernels read it; few arrays, as each costs time to hand over.

    ``variables`` is ``int32[V + 1, 6]``; ``axes`` ``int32[n, 2]`` holds the axes of the tables in elimination
    order with their strides, ``above`` ``int32[m]`` the ancestors of the variables, themselves among them;
    ``one`` is a cell of the memory that holds 1.
    """

    variables: NDArray[np.int32]
    axes: NDArray[np.int32]
    above: NDArray[np.int32]
    one: int


class Work(NamedTuple):
    """Memory of one thread.

    ``memory`` holds the tables, a 1, the likelihoods, and the products. ``memo`` is a hash table of
    (left, right, variable summed out, product), of length 0 where nothing is to be kept.
    """

    memory: NDArray[np.float64]
    factor: NDArray[np.int32]
    pool: NDArray[np.int32]
    tape: NDArray[np.int32]
    loops: NDArray[np.int32]
    lists: NDArray[np.int32]
    filled: NDArray[np.int64]
    memo: NDArray[np.int32]


@kernel
def trace(layout, work, state, everything):
    """Write the tape of a question; returns the factor that will hold the answer."""
    filled, target = work.filled, len(state) - 1
    for what in range(3):
        filled[OWN, what], filled[TAPE, what] = filled[START, what], 0
    for v in range(target + 1):
        work.lists[v, HEAD] = -1
    _mark_relevant(layout, work, state, everything)
    for t in range(target + 1):
        if work.lists[t, WANTED]:
            _add_table(layout, work, state, t)
            if state[t] == SOFT:
                f = _new_factor(work, OWN, layout.variables[t, LIKELIHOOD])
                _add_axis(work, OWN, f, t, 1, layout.variables[t, CARD])
                _enter(work, f, target)
    answer = -1
    for v in range(target + 1):
        k = _members(work, v)
        for m in range(min(k, 1), k if k > 1 else 2 * k):
            right = work.lists[m, MEMBERS] if k > 1 else -1
            left = work.lists[0, MEMBERS] if m == 1 else answer
            out = v if v < target and m >= k - 1 else -1
            if m > 1 and out < 0 and not layout.variables[v, IS_SHARED] and _fuse(work, left, right):
                continue
            answer = _find_product(layout, work, left, right, out, layout.variables[v, IS_SHARED])
        if k and v < target:
            _enter(work, answer, target)
    return answer


@inline
def _mark_relevant(layout, work, state, everything):
    variables, lists, target = layout.variables, work.lists, len(state) - 1
    for v in range(target + 1):
        lists[v, WANTED] = everything
    for v in range(target + 1):
        if (state[v] != MISSING or v == target) and not everything:
            for i in range(variables[v, ABOVE], variables[v + 1, ABOVE]):
                lists[layout.above[i], WANTED] = 1


@inline
def _add_table(layout, work, state, t):
    """A table as a factor over its variables that were not observed, at the states of the others."""
    axes, first, end = layout.axes, layout.variables[t, AXIS], layout.variables[t + 1, AXIS]
    place, mask = np.int64(layout.variables[t, TABLE]), 0
    for j in range(first, end):
        s = state[axes[j, 0]]
        if s >= 0:
            place += s * axes[j, 1]
        else:
            mask += 1 << (j - first)
    slot = _slot(work, place, mask, -2)
    f = work.memo[slot, 3] if slot >= 0 else -1
    if f < 0:
        owner = _owner(work, slot >= 0)
        f = _new_factor(work, owner, place)
        for j in range(first, end):
            if state[axes[j, 0]] < 0:
                _add_axis(work, owner, f, axes[j, 0], axes[j, 1], layout.variables[axes[j, 0], CARD])
        if owner == KEPT:
            _keep(work, slot, place, mask, -2, f)
    _enter(work, f, len(state) - 1)


@inline
def _find_product(layout, work, left, right, out, is_shared):
    start = work.filled[START, FACTORS]
    slot = _slot(work, left, right, out) if is_shared and left < start and right < start else -1
    f = work.memo[slot, 3] if slot >= 0 else -1
    if f < 0:
        owner = _owner(work, slot >= 0)
        f = _multiply(layout, work, owner, left, right, out)
        if owner == KEPT:
            _keep(work, slot, left, right, out, f)
    return f


@inline
def _slot(work, left, right, out):
    """Where a product stands in the memo, or would stand; -1 without a memo."""
    size = len(work.memo)
    if size == 0:
        return -1
    mixed = left * 0x2545F4914F6CDD1D + right * 0x9E3779B97F4A7C1 + out * 0x5851F42D4C957F2D
    slot = (mixed ^ (mixed >> 29)) & (size - 1)
    while work.memo[slot, 3] >= 0 and (
        work.memo[slot, 0] != left or work.memo[slot, 1] != right or work.memo[slot, 2] != out
    ):
        slot = (slot + 1) & (size - 1)
    return slot


@inline
def _keep(work, slot, left, right, out, f):
    work.memo[slot, 0], work.memo[slot, 1], work.memo[slot, 2], work.memo[slot, 3] = left, right, out, f


@inline
def _owner(work, is_kept):
    """KEPT while there is room for one more."""
    if not is_kept:
        return OWN
    for what in range(3):
        if work.filled[KEPT, what] + work.filled[MORE, what] > work.filled[START, what]:
            return OWN
    return KEPT


@inline
def _new_factor(work, owner, place):
    f = work.filled[owner, FACTORS]
    work.filled[owner, FACTORS] += 1
    work.factor[f, PLACE], work.factor[f, FIRST] = place, work.filled[owner, AXES]
    work.factor[f, COUNT], work.factor[f, ENTRIES], work.factor[f, LIFTS] = 0, 1, 0
    return f


@inline
def _add_axis(work, owner, f, variable, stride, length):
    x = work.filled[owner, AXES]
    work.pool[x, 0], work.pool[x, 1] = variable, stride
    work.factor[f, COUNT] += 1
    work.factor[f, ENTRIES] *= length
    work.filled[owner, AXES] += 1


@inline
def _enter(work, f, target):
    """Into the bucket of its first variable; a number without variables waits for the target."""
    factor = work.factor
    bucket = work.pool[factor[f, FIRST], 0] if factor[f, COUNT] else target
    factor[f, NEXT], work.lists[bucket, HEAD] = work.lists[bucket, HEAD], f


@inline
def _members(work, v):
    """The factors of a bucket, smallest first."""
    k, f, lists, factor = 0, work.lists[v, HEAD], work.lists, work.factor
    while f >= 0:
        i = k
        while i > 0 and factor[lists[i - 1, MEMBERS], ENTRIES] > factor[f, ENTRIES]:
            lists[i, MEMBERS] = lists[i - 1, MEMBERS]
            i -= 1
        lists[i, MEMBERS] = f
        k += 1
        f = factor[f, NEXT]
    return k


@inline
def _multiply(layout, work, owner, left, right, out):
    """One step: the product of two factors (of one, when right is -1), the variable ``out`` summed out."""
    factor, pool, tape, i = work.factor, work.pool, work.tape, work.filled[TAPE, STEPS]
    c = _new_factor(work, owner, work.filled[owner, CELLS])
    tape[i, LEFT], tape[i, RIGHT], tape[i, OUT], tape[i, C] = left, right, c, work.filled[owner, CELLS]
    tape[i, A], tape[i, B] = factor[left, PLACE], factor[right, PLACE] if right >= 0 else layout.one
    tape[i, SUM], tape[i, A_SUM], tape[i, B_SUM] = 1, 0, 0
    tape[i, RUN], tape[i, A_RUN], tape[i, B_RUN] = 1, 0, 0
    tape[i, LOOP], tape[i, LOOPS] = work.filled[TAPE, AXES], 0
    tape[i, MORE_FIRST], tape[i, MORE_COUNT] = work.filled[TAPE, CELLS], 0
    a_end, x = factor[left, FIRST], factor[left, FIRST] + factor[left, COUNT] - 1
    b_end, y = 0, -1
    if right >= 0:
        b_end, y = factor[right, FIRST], factor[right, FIRST] + factor[right, COUNT] - 1
    while x >= a_end or y >= b_end:  # the axes of both, from the innermost
        v_a, v_b = pool[x, 0] if x >= a_end else -1, pool[y, 0] if y >= b_end else -1
        v = max(v_a, v_b)
        a, b = pool[x, 1] if v_a == v else 0, pool[y, 1] if v_b == v else 0
        x, y = x - (v_a == v), y - (v_b == v)
        if v == out:
            tape[i, SUM], tape[i, A_SUM], tape[i, B_SUM] = layout.variables[v, CARD], a, b
        else:
            _add_loop(work, i, layout.variables[v, CARD], a, b, factor[c, ENTRIES])
            _add_axis(work, owner, c, v, factor[c, ENTRIES], layout.variables[v, CARD])
    low, high = factor[c, FIRST], factor[c, FIRST] + factor[c, COUNT] - 1
    while low < high:
        for z in range(2):
            pool[low, z], pool[high, z] = pool[high, z], pool[low, z]
        low, high = low + 1, high - 1
    work.filled[owner, CELLS] += (factor[c, ENTRIES] + 7) // 8 * 8
    work.filled[TAPE, STEPS] += 1
    return c


@inline
def _fuse(work, product, f):
    """Let the last step multiply its product by one more factor of the same layout, for a batch."""
    tape, factor, pool, i = work.tape, work.factor, work.pool, work.filled[TAPE, STEPS] - 1
    if len(work.memo) == 0 or i < 0 or tape[i, OUT] != product or factor[f, COUNT] != factor[product, COUNT]:
        return False
    for x in range(factor[f, COUNT]):
        a, b = factor[f, FIRST] + x, factor[product, FIRST] + x
        if pool[a, 0] != pool[b, 0] or pool[a, 1] != pool[b, 1]:
            return False
    work.lists[work.filled[TAPE, CELLS], EXTRA] = f
    work.filled[TAPE, CELLS] += 1
    tape[i, MORE_COUNT] += 1
    return True


@inline
def _add_loop(work, i, length, a, b, c):
    """One more axis around the loops of a step, joined to the last one where the strides allow it."""
    tape, loops, x = work.tape, work.loops, work.filled[TAPE, AXES] - 1
    if length == 1:
        return
    if tape[i, RUN] == 1:
        tape[i, RUN], tape[i, A_RUN], tape[i, B_RUN] = length, a, b
    elif tape[i, LOOPS] == 0 and a == tape[i, A_RUN] * tape[i, RUN] and b == tape[i, B_RUN] * tape[i, RUN]:
        tape[i, RUN] *= length
    elif tape[i, LOOPS] > 0 and a == loops[x, 1] * loops[x, 0] and b == loops[x, 2] * loops[x, 0]:
        loops[x, 0] *= length
    else:
        loops[x + 1, 0], loops[x + 1, 1], loops[x + 1, 2], loops[x + 1, 3] = length, a, b, c
        tape[i, LOOPS] += 1
        work.filled[TAPE, AXES] += 1
