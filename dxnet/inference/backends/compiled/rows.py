"""Products row by row, as they run, and the ratios that they need.

The factors of a bucket are multiplied at once, row by row. Most rows of a factor are its first row, so that
the product of the first rows is multiplied by the ratios of the other rows to them. A product all of which is
tiny is worked out again from the rows themselves, and lifted.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc"

from __future__ import annotations

import numpy as np

from dxnet.inference.backends.compiled.alike import LARGEST_RATIO
from dxnet.inference.backends.compiled.jit import inline, kernel
from dxnet.inference.backends.compiled.layout import ALIKE, AXIS, FACTOR, LISTS, STEP, VARIABLE
from dxnet.inference.backends.compiled.lifts import LIFT, is_tiny, lift

LIFTED = 1 << 20
"""More lifts than any product has."""
ROWS, ROW, NUMBER = -1, -2, -3
"""Kinds of factors in a product row by row."""
MOST_RATIOS = 16
"""Factors by whose ratios a product is multiplied at most: 2**320 at most in all, so that what has vanished
before would stay below 2**-700 at the end."""


@kernel
def run_gather(layout, work, i):
    """The product of many factors, step i of a tape (see ``products.gather``)."""
    memory, factor, out = work.memory, work.factor, work.tape[i, STEP.out]
    c, entries, lifts = np.uint64(factor[out, FACTOR.place]), np.uint64(factor[out, FACTOR.entries]), 0
    for e in range(
        work.tape[i, STEP.more_first], work.tape[i, STEP.more_first] + work.tape[i, STEP.more_count]
    ):
        lifts += factor[work.lists[e, LISTS.extra], FACTOR.lifts]
    _run_blocks(layout, work, i, -1)
    if is_tiny(memory, c, entries):
        more = _run_blocks(layout, work, i, LIFTED)
        _run_blocks(layout, work, i, more)
        lifts += more + lift(memory, c, entries)
    factor[out, FACTOR.lifts] = lifts


@inline
def _run_blocks(layout, work, i, lifts):
    """Each block of the result: a product for each state of the variable that is summed out.

    ``lifts`` is -1 for products that are not lifted, LIFTED to find out how often all of them are at least,
    or that number. Returns the least number of lifts.
    """
    memory, tape, v = work.memory, work.tape, work.tape[i, STEP.right]
    rows, n = tape[i, STEP.sum], np.uint64(tape[i, STEP.run])
    is_sum_of_rows, place = v == layout.shared, np.uint64(tape[i, STEP.c])
    states = 1 if is_sum_of_rows else layout.variables[v, VARIABLE.card]
    size = n if is_sum_of_rows else np.uint64(rows) * n
    a, base, least = np.uint64(tape[i, STEP.a]), np.uint64(tape[i, STEP.b]), LIFTED
    for block in range(work.factor[tape[i, STEP.out], FACTOR.entries] // size):
        _enter_block(layout, work, i, block)
        for s in range(states):
            work.lists[v, LISTS.state] = s
            _note_offsets(layout, work, i)
            has_rows = True
            if lifts == -1:
                has_rows = _by_ratios(layout, work, i)
            else:
                own = _by_rows(layout, work, i)
                least = min(least, own)
                for x in range(n):
                    memory[base + x] = 2.0 ** (LIFT * (lifts - own)) if lifts < LIFTED else 1.0
            if is_sum_of_rows:
                _sum_rows(memory, place, a, base, rows, n)
            else:
                _add_rows(memory, place, a, base, rows, n, s > 0, has_rows)
        place += size
    return least


@inline
def _sum_rows(memory, c, a, base, rows, n):
    """The sum of the rows at a, times the row at base."""
    for x in range(n):
        memory[c + x] = memory[a + x]
    for r in range(1, rows):
        row = a + np.uint64(r) * n
        for x in range(n):
            memory[c + x] += memory[row + x]
    for x in range(n):
        memory[c + x] *= memory[base + x]


@inline
def _add_rows(memory, c, a, base, rows, n, is_more, has_rows):
    """Each row at a times the row at base, or that one alone, added to the rows at c or put there."""
    for r in range(rows):
        row, product = c + np.uint64(r) * n, a + np.uint64(r) * n
        if has_rows and is_more:
            for x in range(n):
                memory[row + x] += memory[product + x] * memory[base + x]
        elif has_rows:
            for x in range(n):
                memory[row + x] = memory[product + x] * memory[base + x]
        elif is_more:
            for x in range(n):
                memory[row + x] += memory[base + x]
        else:
            for x in range(n):
                memory[row + x] = memory[base + x]


@inline
def _enter_block(layout, work, i, block):
    """The states of the outer variables at a block of the result."""
    out, pool = work.tape[i, STEP.out], work.pool
    first = work.factor[out, FACTOR.first]
    end = first + work.factor[out, FACTOR.axes] - (1 if work.tape[i, STEP.right] == layout.shared else 2)
    for x in range(end - 1, first - 1, -1):
        card = layout.variables[pool[x, AXIS.variable], VARIABLE.card]
        work.lists[pool[x, AXIS.variable], LISTS.state] = block % card
        block //= card


@inline
def _note_offsets(layout, work, i):
    """How far from its place the rows of each factor are, at the states of its outer variables."""
    factor, pool, lists, target = work.factor, work.pool, work.lists, len(layout.variables) - 2
    for e in range(
        work.tape[i, STEP.more_first], work.tape[i, STEP.more_first] + work.tape[i, STEP.more_count]
    ):
        f, offset = lists[e, LISTS.extra], 0
        for x in range(factor[f, FACTOR.first], factor[f, FACTOR.first] + factor[f, FACTOR.axes]):
            u = pool[x, AXIS.variable]
            if u != layout.shared and u != target:
                offset += lists[u, LISTS.state] * pool[x, AXIS.stride]
        lists[e, LISTS.offset] = offset


@inline
def _kind(layout, work, e):
    """What a factor is at its offset: a number, a row, a row that all states share, or rows.

    Rows that have ratios to the first row are of the kind that is their place.
    """
    factor, pool, target = work.factor, work.pool, len(layout.variables) - 2
    f = work.lists[e, LISTS.extra]
    last = factor[f, FACTOR.first] + factor[f, FACTOR.axes] - 1
    if pool[last, AXIS.variable] != target:
        return NUMBER
    if factor[f, FACTOR.axes] == 1 or pool[last - 1, AXIS.variable] != layout.shared:
        return ROW
    if factor[f, FACTOR.ratio] >= 0:
        return factor[f, FACTOR.ratio]
    place = factor[f, FACTOR.place] + work.lists[e, LISTS.offset]
    if pool[last - 1, AXIS.alike] >= 0 and place < len(layout.is_flat):
        if layout.is_flat[place]:
            return ROW
        if layout.ratios > 0 and work.memory[place + layout.ratios] > 0.0:
            return place + layout.ratios
    return ROWS


@inline
def _by_ratios(layout, work, i):
    """Products of first rows at base, and at a of the ratios of other rows to them, if there are any.

    A factor without ratios has its rows in the latter. Returns whether there are rows at a.
    """
    memory, lists = work.memory, work.lists
    n, base, a = (
        np.uint64(work.tape[i, STEP.run]),
        np.uint64(work.tape[i, STEP.b]),
        np.uint64(work.tape[i, STEP.a]),
    )
    first, end = work.tape[i, STEP.more_first], work.tape[i, STEP.more_first] + work.tape[i, STEP.more_count]
    for x in range(n):
        memory[base + x] = 1.0
    used, whole = 0, -1
    for e in range(first, end):
        kind = _kind(layout, work, e)
        used += kind >= 0
        kind = ROWS if used > MOST_RATIOS and kind >= 0 else kind
        lists[e, LISTS.kind] = kind
        place = np.uint64(work.factor[lists[e, LISTS.extra], FACTOR.place] + lists[e, LISTS.offset])
        if kind == NUMBER:
            for x in range(n):
                memory[base + x] *= memory[place]
        elif kind != ROWS:
            for x in range(n):
                memory[base + x] *= memory[place + x]
        elif whole < 0:
            whole = e
    if used == 0 and whole < 0:
        return False
    _begin_rows(layout, work, i, whole)
    for e in range(first, end):
        if lists[e, LISTS.kind] >= 0:
            _multiply_ratios(layout, work, e, a, n)
        elif lists[e, LISTS.kind] == ROWS and e != whole:
            _multiply_rows(layout, work, e, a, work.tape[i, STEP.sum], n)
    return True


@inline
def _begin_rows(layout, work, i, e):
    """The rows of a factor at a, or ones."""
    memory, a, n = work.memory, np.uint64(work.tape[i, STEP.a]), np.uint64(work.tape[i, STEP.run])
    size = np.uint64(work.tape[i, STEP.sum]) * n
    if e >= 0 and work.pool[_axis_of_rows(work, e), AXIS.alike] < 0:
        place = np.uint64(work.factor[work.lists[e, LISTS.extra], FACTOR.place] + work.lists[e, LISTS.offset])
        for x in range(size):
            memory[a + x] = memory[place + x]
    else:
        for x in range(size):
            memory[a + x] = 1.0
        if e >= 0:
            _multiply_rows(layout, work, e, a, work.tape[i, STEP.sum], n)


@inline
def _axis_of_rows(work, e):
    """The axis of a factor with rows that is the shared variable: the last but one."""
    f = work.lists[e, LISTS.extra]
    return work.factor[f, FACTOR.first] + work.factor[f, FACTOR.axes] - 2


@inline
def _multiply_ratios(layout, work, e, a, n):
    """Multiply the rows of the states beyond the first row by their ratios to it."""
    memory, rows, ratio = work.memory, layout.rows, work.lists[e, LISTS.kind]
    alike = work.pool[_axis_of_rows(work, e), AXIS.alike]
    others = layout.alike[alike, ALIKE.others]
    for z in range(others, others + layout.alike[alike, ALIKE.counted]):
        row, other = a + np.uint64(rows[z, 0]) * n, np.uint64(ratio) + np.uint64(rows[z, 1]) * n
        for x in range(np.uint64(rows[z, 2]) * n):
            memory[row + x] *= memory[other + x]


@inline
def _multiply_rows(layout, work, e, a, rows, n):
    """Multiply the rows at a by the row of a factor that each state has."""
    memory, alike = work.memory, work.pool[_axis_of_rows(work, e), AXIS.alike]
    place = np.uint64(work.factor[work.lists[e, LISTS.extra], FACTOR.place] + work.lists[e, LISTS.offset])
    if alike < 0:
        for x in range(np.uint64(rows) * n):
            memory[a + x] *= memory[place + x]
        return
    states = layout.alike[alike, ALIKE.states]
    for r in range(rows):
        row, other = a + np.uint64(r) * n, place + np.uint64(layout.rows[states + r, 1]) * n
        for x in range(n):
            memory[row + x] *= memory[other + x]


@inline
def _by_rows(layout, work, i):
    """The product at a factor by factor, lifted where it is tiny; returns how often it was."""
    memory, lists, a = work.memory, work.lists, np.uint64(work.tape[i, STEP.a])
    rows, n = work.tape[i, STEP.sum], np.uint64(work.tape[i, STEP.run])
    size, lifts = np.uint64(rows) * n, 0
    for x in range(size):
        memory[a + x] = 1.0
    for e in range(
        work.tape[i, STEP.more_first], work.tape[i, STEP.more_first] + work.tape[i, STEP.more_count]
    ):
        kind = _kind(layout, work, e)
        if kind == ROWS or kind >= 0:
            _multiply_rows(layout, work, e, a, rows, n)
        else:
            step = np.uint64(kind != NUMBER)
            place = np.uint64(work.factor[lists[e, LISTS.extra], FACTOR.place] + lists[e, LISTS.offset])
            for r in range(rows):
                row = a + np.uint64(r) * n
                for x in range(n):
                    memory[row + x] *= memory[place + x * step]
        while lift(memory, a, size):
            lifts += 1
    return lifts


@inline
def note_ratios(work, c):
    """Ratios of the rows of a product to its first row, behind it, if they are not far off.

    They are worked out whether the product is kept or not, so that an answer has the same bits either way.
    """
    memory, factor, first = work.memory, work.factor, work.factor[c, FACTOR.first]
    n, entries = np.uint64(work.pool[first, AXIS.stride]), np.uint64(factor[c, FACTOR.entries])
    place = np.uint64(factor[c, FACTOR.place])
    ratio = place + (entries + np.uint64(7)) // np.uint64(8) * np.uint64(8)
    for x in range(n):
        memory[ratio + x] = 1.0 / memory[place + x] if memory[place + x] > 1e-290 else 0.0
    least, most = 1.0, 1.0
    row = n
    while row < entries:
        for x in range(n):
            memory[ratio + row + x] = memory[place + row + x] * memory[ratio + x]
            if memory[place + row + x] > 0.0 or memory[place + x] > 0.0:
                least = min(least, memory[ratio + row + x])
            most = max(most, memory[ratio + row + x])
        row += n
    if least >= 1 / LARGEST_RATIO and most <= LARGEST_RATIO:
        factor[c, FACTOR.ratio] = ratio
