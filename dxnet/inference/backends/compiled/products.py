"""The steps of a tape: products of factors, and how the loops of each run over their places."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc"

from __future__ import annotations

from dxnet.inference.backends.compiled.jit import inline
from dxnet.inference.backends.compiled.layout import (
    ALIKE,
    AXIS,
    FACTOR,
    FILLED,
    FILLED_TAPE,
    LISTS,
    LOOP,
    OWNER,
    STEP,
    VARIABLE,
)


@inline
def new_factor(work, owner, place):
    """A number at a place, in the memory of an owner; axes make it more."""
    f = work.filled[owner, FILLED.factors]
    work.filled[owner, FILLED.factors] += 1
    work.factor[f, FACTOR.place], work.factor[f, FACTOR.first] = place, work.filled[owner, FILLED.axes]
    work.factor[f, FACTOR.axes], work.factor[f, FACTOR.entries], work.factor[f, FACTOR.lifts] = 0, 1, 0
    work.factor[f, FACTOR.ratio] = -1
    return f


@inline
def add_axis(work, owner, f, variable, stride, alike, length):
    """One more axis of the factor that was made last."""
    x = work.filled[owner, FILLED.axes]
    work.pool[x, AXIS.variable], work.pool[x, AXIS.stride], work.pool[x, AXIS.alike] = variable, stride, alike
    work.factor[f, FACTOR.axes] += 1
    work.factor[f, FACTOR.entries] *= length
    work.filled[owner, FILLED.axes] += 1


@inline
def is_of_rows(layout, work, k, v, target):
    """Whether k factors of a bucket are better multiplied row by row.

    They are where two of them have different rows for the states of the shared variable, and each factor with
    rows has the target, too.
    """
    kind, kinds = -2, 0
    for m in range(k):
        f = work.lists[m, LISTS.members]
        last = work.factor[f, FACTOR.first] + work.factor[f, FACTOR.axes] - 1
        for x in range(work.factor[f, FACTOR.first], last + 1):
            if work.pool[x, AXIS.variable] == layout.shared:
                if work.pool[last, AXIS.variable] != target:
                    return False
                kinds += kinds == 0 or work.pool[x, AXIS.alike] != kind
                kind = work.pool[x, AXIS.alike]
    return kinds > 1 or (kinds == 1 and k > 1 and v == layout.shared)


@inline
def gather(layout, work, v, k):
    """One step: the product of the k factors of a bucket row by row, its variable summed out.

    Behind the result there is room for the rows of one product, and for one row.
    """
    tape, i, target = work.tape, work.filled[OWNER.tape, FILLED_TAPE.steps], len(layout.variables) - 2
    rows, run = layout.variables[layout.shared, VARIABLE.card], layout.variables[target, VARIABLE.card]
    place, first = work.filled[OWNER.own, FILLED.cells], work.filled[OWNER.tape, FILLED_TAPE.extras]
    c = new_factor(work, OWNER.own, place)
    for m in range(k):
        work.lists[first + m, LISTS.extra] = work.lists[m, LISTS.members]
    work.filled[OWNER.tape, FILLED_TAPE.extras] += k
    _add_outer_axes(layout, work, c, v, first, k)
    if v != layout.shared:
        add_axis(work, OWNER.own, c, layout.shared, run, -1, rows)
    add_axis(work, OWNER.own, c, target, 1, -1, run)
    size = (work.factor[c, FACTOR.entries] + 7) // 8 * 8
    tape[i, STEP.left], tape[i, STEP.right], tape[i, STEP.out], tape[i, STEP.c] = -1, v, c, place
    tape[i, STEP.a], tape[i, STEP.b] = place + size, place + size + rows * run
    tape[i, STEP.sum], tape[i, STEP.run] = rows, run
    tape[i, STEP.more_first], tape[i, STEP.more_count] = first, k
    work.filled[OWNER.own, FILLED.cells] += (size + (rows + 1) * run + 7) // 8 * 8
    work.filled[OWNER.tape, FILLED_TAPE.steps] += 1
    return c


@inline
def _add_outer_axes(layout, work, c, v, first, k):
    """The axes of a product of k factors but those of v, the shared variable and the target."""
    pool, factor, target = work.pool, work.factor, len(layout.variables) - 2
    begin, before = factor[c, FACTOR.first], -1
    while True:
        following = target
        for e in range(first, first + k):
            f = work.lists[e, LISTS.extra]
            for x in range(factor[f, FACTOR.first], factor[f, FACTOR.first] + factor[f, FACTOR.axes]):
                u = pool[x, AXIS.variable]
                if before < u < following and u != v and u != layout.shared:
                    following = u
        if following == target:
            break
        add_axis(work, OWNER.own, c, following, 1, -1, layout.variables[following, VARIABLE.card])
        before = following
    stride = layout.variables[target, VARIABLE.card]
    if v != layout.shared:
        stride *= layout.variables[layout.shared, VARIABLE.card]
    for x in range(begin + factor[c, FACTOR.axes] - 1, begin - 1, -1):
        pool[x, AXIS.stride] = stride
        stride *= layout.variables[pool[x, AXIS.variable], VARIABLE.card]


@inline
def multiply(layout, work, left, right, out):
    """One step: the product of two factors (of one, when right is -1), the variable ``out`` summed out."""
    factor, pool, tape, i = work.factor, work.pool, work.tape, work.filled[OWNER.tape, FILLED_TAPE.steps]
    c = new_factor(work, OWNER.own, work.filled[OWNER.own, FILLED.cells])
    _begin(layout, work, i, left, right, c)
    a_end, x = factor[left, FACTOR.first], factor[left, FACTOR.first] + factor[left, FACTOR.axes] - 1
    b_end, y = 0, -1
    if right >= 0:
        b_end, y = factor[right, FACTOR.first], factor[right, FACTOR.first] + factor[right, FACTOR.axes] - 1
    while x >= a_end or y >= b_end:  # the axes of both, from the innermost
        v_a = pool[x, AXIS.variable] if x >= a_end else -1
        v_b = pool[y, AXIS.variable] if y >= b_end else -1
        v = max(v_a, v_b)
        a, a_alike = (pool[x, AXIS.stride], pool[x, AXIS.alike]) if v_a == v else (0, -1)
        b, b_alike = (pool[y, AXIS.stride], pool[y, AXIS.alike]) if v_b == v else (0, -1)
        x, y = x - (v_a == v), y - (v_b == v)
        alike = max(a_alike, b_alike)
        if v == out or (v_a == v_b and a_alike != b_alike):
            alike = -1
        length = layout.alike[alike, ALIKE.rows] if alike >= 0 else layout.variables[v, VARIABLE.card]
        a_rows = layout.alike[a_alike, ALIKE.states] if a_alike > alike else -1
        b_rows = layout.alike[b_alike, ALIKE.states] if b_alike > alike else -1
        tape[i, STEP.by_rows] |= a_rows >= 0 or b_rows >= 0
        if v == out:
            tape[i, STEP.sum], tape[i, STEP.a_sum], tape[i, STEP.b_sum] = length, a, b
            tape[i, STEP.a_rows], tape[i, STEP.b_rows] = a_rows, b_rows
        else:
            _add_loop(work, i, length, a, b, factor[c, FACTOR.entries], a_rows, b_rows)
            add_axis(work, OWNER.own, c, v, factor[c, FACTOR.entries], alike, length)
    low, high = factor[c, FACTOR.first], factor[c, FACTOR.first] + factor[c, FACTOR.axes] - 1
    while low < high:
        for z in range(len(AXIS)):
            pool[low, z], pool[high, z] = pool[high, z], pool[low, z]
        low, high = low + 1, high - 1
    work.filled[OWNER.own, FILLED.cells] += (factor[c, FACTOR.entries] + 7) // 8 * 8
    work.filled[OWNER.tape, FILLED_TAPE.steps] += 1
    return c


@inline
def _begin(layout, work, i, left, right, c):
    """A step without loops yet."""
    tape, factor = work.tape, work.factor
    tape[i, STEP.left], tape[i, STEP.right], tape[i, STEP.out] = left, right, c
    tape[i, STEP.a], tape[i, STEP.c] = factor[left, FACTOR.place], factor[c, FACTOR.place]
    tape[i, STEP.b] = factor[right, FACTOR.place] if right >= 0 else layout.one
    tape[i, STEP.sum], tape[i, STEP.a_sum], tape[i, STEP.b_sum] = 1, 0, 0
    tape[i, STEP.run], tape[i, STEP.a_run], tape[i, STEP.b_run] = 1, 0, 0
    tape[i, STEP.loop], tape[i, STEP.loops] = work.filled[OWNER.tape, FILLED_TAPE.loops], 0
    tape[i, STEP.more_first], tape[i, STEP.more_count] = work.filled[OWNER.tape, FILLED_TAPE.extras], 0
    tape[i, STEP.a_rows], tape[i, STEP.b_rows], tape[i, STEP.by_rows], tape[i, STEP.ratios] = -1, -1, 0, 0


@inline
def want_ratios(layout, work, f):
    """Let the last step, if it makes a factor of alike rows, work out their ratios, which follow it."""
    i, first = work.filled[OWNER.tape, FILLED_TAPE.steps] - 1, work.factor[f, FACTOR.first]
    if (
        layout.ratios > 0
        and i >= 0
        and work.tape[i, STEP.out] == f
        and work.tape[i, STEP.left] >= 0
        and work.factor[f, FACTOR.axes] == 2
        and work.pool[first, AXIS.alike] >= 0
    ):
        work.tape[i, STEP.ratios] = 1
        work.filled[OWNER.own, FILLED.cells] += (work.factor[f, FACTOR.entries] + 7) // 8 * 8


@inline
def keep(work, f):
    """A factor among those that are kept; if it is the product of the last step, where that puts it."""
    tape, factor, pool = work.tape, work.factor, work.pool
    i, first = work.filled[OWNER.tape, FILLED_TAPE.steps] - 1, work.factor[f, FACTOR.first]
    c = new_factor(work, OWNER.kept, factor[f, FACTOR.place])
    for x in range(first, first + factor[f, FACTOR.axes]):
        add_axis(work, OWNER.kept, c, pool[x, AXIS.variable], pool[x, AXIS.stride], pool[x, AXIS.alike], 1)
    factor[c, FACTOR.entries] = factor[f, FACTOR.entries]
    if i >= 0 and tape[i, STEP.out] == f:
        place, size = work.filled[OWNER.kept, FILLED.cells], (factor[f, FACTOR.entries] + 7) // 8 * 8
        tape[i, STEP.out], tape[i, STEP.c], factor[c, FACTOR.place] = c, place, place
        has_ratios = tape[i, STEP.left] >= 0 and tape[i, STEP.ratios] > 0
        work.filled[OWNER.kept, FILLED.cells] += 2 * size if has_ratios else size
    return c


@inline
def fuse(work, product, f):
    """Let the last step multiply its product by one more factor of the same layout, for a batch."""
    tape, factor, pool, i = work.tape, work.factor, work.pool, work.filled[OWNER.tape, FILLED_TAPE.steps] - 1
    if (
        len(work.memo) == 0
        or i < 0
        or tape[i, STEP.out] != product
        or tape[i, STEP.left] < 0
        or factor[f, FACTOR.axes] != factor[product, FACTOR.axes]
    ):
        return False
    for x in range(factor[f, FACTOR.axes]):
        a, b = factor[f, FACTOR.first] + x, factor[product, FACTOR.first] + x
        for z in range(len(AXIS)):
            if pool[a, z] != pool[b, z]:
                return False
    work.lists[work.filled[OWNER.tape, FILLED_TAPE.extras], LISTS.extra] = f
    work.filled[OWNER.tape, FILLED_TAPE.extras] += 1
    tape[i, STEP.more_count] += 1
    return True


@inline
def _add_loop(work, i, length, a, b, c, a_rows, b_rows):
    """One more axis around the loops of a step, joined to the last one where the strides allow it."""
    tape, loops, x = work.tape, work.loops, work.filled[OWNER.tape, FILLED_TAPE.loops] - 1
    is_plain = a_rows < 0 and b_rows < 0
    if length == 1 and is_plain:
        return
    if tape[i, STEP.run] == 1 and is_plain:
        tape[i, STEP.run], tape[i, STEP.a_run], tape[i, STEP.b_run] = length, a, b
    elif (
        is_plain
        and tape[i, STEP.loops] == 0
        and a == tape[i, STEP.a_run] * tape[i, STEP.run]
        and b == tape[i, STEP.b_run] * tape[i, STEP.run]
    ):
        tape[i, STEP.run] *= length
    elif (
        is_plain
        and tape[i, STEP.loops]
        and loops[x, LOOP.a_rows] < 0
        and loops[x, LOOP.b_rows] < 0
        and a == loops[x, LOOP.a] * loops[x, LOOP.length]
        and b == loops[x, LOOP.b] * loops[x, LOOP.length]
    ):
        loops[x, LOOP.length] *= length
    else:
        x += 1
        loops[x, LOOP.length], loops[x, LOOP.a], loops[x, LOOP.b], loops[x, LOOP.c] = length, a, b, c
        loops[x, LOOP.a_rows], loops[x, LOOP.b_rows] = a_rows, b_rows
        tape[i, STEP.loops] += 1
        work.filled[OWNER.tape, FILLED_TAPE.loops] += 1
