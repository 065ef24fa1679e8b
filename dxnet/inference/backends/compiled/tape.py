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

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dxnet.arrays import MISSING, SOFT
from dxnet.inference.backends.compiled.jit import inline, kernel

# a factor: where it lies, its axes in the pool, its size, the next one in its bucket, how often it was lifted
PLACE, FIRST, COUNT, ENTRIES, NEXT, LIFTS = range(6)
# a step, c = sum over one variable of a * b: factors, places, the sum, the innermost loop, the other loops,
# and further factors laid out as c, by which it is multiplied
LEFT, RIGHT, OUT, A, B, C, SUM, A_SUM, B_SUM, RUN, A_RUN, B_RUN, LOOP, LOOPS = range(14)
MORE_FIRST, MORE_COUNT = 14, 15
# a loop of a step: its length, strides of a, b and c, and how far it is
LENGTH, A_LOOP, B_LOOP, C_LOOP, DONE = range(5)
# a variable: cells along its axis, where its table begins, its axes, its ancestors, its likelihood,
# whether its bucket belongs to the trunk, and the branch of its table
CARD, TABLE, AXIS, ABOVE, LIKELIHOOD, IN_TRUNK, BRANCH_OF = range(7)
# a branch of the elimination tree: its tables, its buckets, what they depend on, and cells that it may need
TABLES, BUCKETS, KEYS, NEED = range(4)
# lists with an entry for each variable, branch or factor
HEAD, WANTED, ACTIVE, MEMBERS, EXTRA = range(5)
# the memo: a branch and a state of what it depends on, and the factors that it leaves to the trunk
BRANCH, KEY, LEAVES, COUNTED = range(4)
# what is filled, of what is kept for later cases and of this case alone
KEPT, OWN, START, TAPE, MORE = range(5)
FACTORS, AXES, CELLS, RESULTS = range(4)
STEPS = 0


class Layout(NamedTuple):
    """A plan as the kernels read it; few arrays, as each costs time to hand over.

    ``variables`` is ``int32[V + 1, 7]``; ``axes`` ``int32[n, 2]`` holds the axes of the tables in elimination
    order with their strides, ``above`` ``int32[m]`` the ancestors of the variables, themselves among them;
    ``branches`` ``int32[B + 1, 4]`` the parts of the elimination tree, the trunk last, as they begin in
    ``tables``, ``buckets`` and ``keys`` ``int32[n, 3]``: a variable, whether its state counts (0) or whether
    its table is wanted (1), and in how many ways; ``one`` is a cell of the memory that holds 1.
    """

    variables: NDArray[np.int32]
    axes: NDArray[np.int32]
    above: NDArray[np.int32]
    branches: NDArray[np.int32]
    tables: NDArray[np.int32]
    buckets: NDArray[np.int32]
    keys: NDArray[np.int32]
    one: int


class Work(NamedTuple):
    """Memory of one thread.

    ``memory`` holds the tables, a 1, the likelihoods, and the products. ``memo`` is a hash table of branches,
    of length 0 where nothing is to be kept.
    """

    memory: NDArray[np.float64]
    factor: NDArray[np.int32]
    pool: NDArray[np.int32]
    tape: NDArray[np.int32]
    loops: NDArray[np.int32]
    lists: NDArray[np.int32]
    results: NDArray[np.int32]
    filled: NDArray[np.int64]
    memo: NDArray[np.int64]


@kernel
def trace(layout, work, state, everything):
    """Write the tape of a question; returns the factor that will hold the answer."""
    for what in range(4):
        work.filled[OWN, what], work.filled[TAPE, what] = work.filled[START, what], 0
    for v in range(len(state)):
        work.lists[v, HEAD] = -1
    _mark_relevant(layout, work, state, everything)
    trunk = len(layout.branches) - 2
    for b in range(trunk):
        if work.lists[b, ACTIVE]:
            slot = _slot(layout, work, state, b)
            if slot < 0:
                _run_branch(layout, work, state, b, OWN)
            elif work.memo[slot, LEAVES] < 0:
                first = work.filled[KEPT, RESULTS]
                _run_branch(layout, work, state, b, KEPT)
                work.memo[slot, LEAVES], work.memo[slot, COUNTED] = first, work.filled[KEPT, RESULTS] - first
            else:
                first = work.memo[slot, LEAVES]
                for x in range(first, first + work.memo[slot, COUNTED]):
                    _enter(layout, work, work.results[x], OWN)
    return _run_branch(layout, work, state, trunk, OWN)


@inline
def _slot(layout, work, state, b):
    """Where a branch in this state stands in the memo, or is to stand; -1 without a memo or room in it."""
    size = len(work.memo)
    if size == 0:
        return -1
    key = np.int64(0)
    for x in range(layout.branches[b, KEYS], layout.branches[b + 1, KEYS]):
        v = layout.keys[x, 0]
        key = key * layout.keys[x, 2] + (work.lists[v, WANTED] if layout.keys[x, 1] else state[v] + 1)
    mixed = key * 0x2545F4914F6CDD1D + b * 0x5851F42D4C957F2D
    slot = (mixed ^ (mixed >> 29)) & (size - 1)
    while work.memo[slot, LEAVES] >= 0 and (work.memo[slot, BRANCH] != b or work.memo[slot, KEY] != key):
        slot = (slot + 1) & (size - 1)
    if work.memo[slot, LEAVES] < 0:
        need = layout.branches[b, NEED]
        if (
            work.filled[KEPT, CELLS] + need > work.filled[START, CELLS]
            or work.filled[KEPT, FACTORS] + work.filled[MORE, FACTORS] > work.filled[START, FACTORS]
        ):
            return -1
        work.memo[slot, BRANCH], work.memo[slot, KEY] = b, key
    return slot


@kernel
def _run_branch(layout, work, state, b, owner):
    """Eliminate the variables of a branch; returns its last product."""
    target, is_trunk = len(state) - 1, b == len(layout.branches) - 2
    for x in range(layout.branches[b, TABLES], layout.branches[b + 1, TABLES]):
        t = layout.tables[x]
        if work.lists[t, WANTED]:
            _add_table(layout, work, state, t, owner)
            if state[t] == SOFT:
                f = _new_factor(work, owner, layout.variables[t, LIKELIHOOD])
                _add_axis(work, owner, f, t, 1, layout.variables[t, CARD])
                _enter(layout, work, f, owner)
    product = -1
    for x in range(layout.branches[b, BUCKETS], layout.branches[b + 1, BUCKETS]):
        v = layout.buckets[x]
        k = _members(work, v)
        for m in range(min(k, 1), k if k > 1 else 2 * k):
            right = work.lists[m, MEMBERS] if k > 1 else -1
            left = work.lists[0, MEMBERS] if m == 1 else product
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
        lists[v, WANTED] = lists[v, ACTIVE] = everything
    for v in range(target + 1):
        if (state[v] != MISSING or v == target) and not everything:
            for i in range(variables[v, ABOVE], variables[v + 1, ABOVE]):
                u = layout.above[i]
                lists[u, WANTED] = lists[variables[u, BRANCH_OF], ACTIVE] = 1


@inline
def _add_table(layout, work, state, t, owner):
    """A table as a factor over its variables that were not observed, at the states of the others."""
    axes, first, end = layout.axes, layout.variables[t, AXIS], layout.variables[t + 1, AXIS]
    place = np.int64(layout.variables[t, TABLE])
    f = _new_factor(work, owner, place)
    for j in range(first, end):
        s = state[axes[j, 0]]
        if s >= 0:
            place += s * axes[j, 1]
        else:
            _add_axis(work, owner, f, axes[j, 0], axes[j, 1], layout.variables[axes[j, 0], CARD])
    work.factor[f, PLACE] = place
    _enter(layout, work, f, owner)


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
def _enter(layout, work, f, owner):
    """Into the bucket of its first variable; a number without variables waits for the target."""
    factor, last = work.factor, len(layout.variables) - 2
    bucket = work.pool[factor[f, FIRST], 0] if factor[f, COUNT] else last
    factor[f, NEXT], work.lists[bucket, HEAD] = work.lists[bucket, HEAD], f
    if owner == KEPT and layout.variables[bucket, IN_TRUNK]:
        work.results[work.filled[KEPT, RESULTS]] = f
        work.filled[KEPT, RESULTS] += 1


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
    elif (
        tape[i, LOOPS]
        and a == loops[x, A_LOOP] * loops[x, LENGTH]
        and b == loops[x, B_LOOP] * loops[x, LENGTH]
    ):
        loops[x, LENGTH] *= length
    else:
        loops[x + 1, LENGTH], loops[x + 1, A_LOOP], loops[x + 1, B_LOOP], loops[x + 1, C_LOOP] = (
            length,
            a,
            b,
            c,
        )
        tape[i, LOOPS] += 1
        work.filled[TAPE, AXES] += 1
