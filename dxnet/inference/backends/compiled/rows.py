"""Steps over the rows of alike states, as they run.

Many factors over a variable v and the target are multiplied at once. Of each all but some rows are its first
row, so that the product of the first rows is multiplied by the ratios of the other rows to them. A product
all of which is tiny is worked out again from the rows themselves, and lifted.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc"

from __future__ import annotations

import numpy as np

from dxnet.inference.backends.compiled.alike import LARGEST_RATIO
from dxnet.inference.backends.compiled.jit import inline, kernel
from dxnet.inference.backends.compiled.layout import ALIKE, AXIS, FACTOR, LISTS, LOOP, STEP

LIFT = 256
RESCALE_BELOW = 2.0**-LIFT
"""A product whose largest entry is smaller is scaled up by 2**LIFT, which loses nothing."""
MOST_RATIOS = 16
"""Factors by whose ratios a product is multiplied at most: 2**320 at most in all, so that what has vanished
before would stay below 2**-700 at the end."""


@inline
def lift(memory, start, n):
    """Scale a product up where all of it is tiny; returns whether."""
    largest = 0.0
    for x in range(n):
        largest = max(largest, memory[start + x])
        if largest >= RESCALE_BELOW:
            return 0
    if largest == 0.0:
        return 0
    for x in range(n):
        memory[start + x] *= 2.0**LIFT
    return 1


@kernel
def run_gather(layout, work, i):
    """The product of many factors, step i of a tape (see ``products.gather``)."""
    memory, tape, factor = work.memory, work.tape, work.factor
    rows, n = tape[i, STEP.sum], np.uint64(tape[i, STEP.run])
    c, a = np.uint64(tape[i, STEP.c]), np.uint64(tape[i, STEP.a])
    lifts = 0
    for e in range(tape[i, STEP.more_first], tape[i, STEP.more_first] + tape[i, STEP.more_count]):
        lifts += factor[work.lists[e, LISTS.extra], FACTOR.lifts]
    _by_ratios(layout, work, i)
    if a != c:
        _sum_rows(memory, c, a, rows, n)
    entries = np.uint64(factor[tape[i, STEP.out], FACTOR.entries])
    if _is_tiny(memory, c, entries):
        lifts += _by_rows(layout, work, i)
        if a != c:
            _sum_rows(memory, c, a, rows, n)
            lifts += lift(memory, c, entries)
    factor[tape[i, STEP.out], FACTOR.lifts] = lifts


@inline
def _is_tiny(memory, c, n):
    for x in range(n):
        if memory[c + x] >= RESCALE_BELOW:
            return False
    return True


@inline
def _sum_rows(memory, c, a, rows, n):
    for x in range(n):
        memory[c + x] = memory[a + x]
    for r in range(1, rows):
        row = a + np.uint64(r) * n
        for x in range(n):
            memory[c + x] += memory[row + x]


@inline
def _by_ratios(layout, work, i):
    """Rows of products at a: of first rows by ratios where a factor has them, of the rows where not."""
    memory, tape, factor, pool = work.memory, work.tape, work.factor, work.pool
    rows, n = tape[i, STEP.sum], np.uint64(tape[i, STEP.run])
    a, base = np.uint64(tape[i, STEP.a]), np.uint64(tape[i, STEP.b])
    first, end = tape[i, STEP.more_first], tape[i, STEP.more_first] + tape[i, STEP.more_count]
    for x in range(n):
        memory[base + x] = 1.0
    used, last = 0, end
    for e in range(first, end):
        f = work.lists[e, LISTS.extra]
        if factor[f, FACTOR.ratio] >= 0 and used < MOST_RATIOS:
            used, last = used + 1, e + 1
            place = np.uint64(factor[f, FACTOR.place])
            for x in range(n):
                memory[base + x] *= memory[place + x]
    for r in range(rows):
        row = a + np.uint64(r) * n
        for x in range(n):
            memory[row + x] = memory[base + x]
    used = 0
    for e in range(first, end):
        f = work.lists[e, LISTS.extra]
        if factor[f, FACTOR.ratio] >= 0 and used < MOST_RATIOS:
            used += 1
        else:
            _multiply_rows(layout, work, f, a, rows, n)
    for e in range(first, last if used else first):
        f = work.lists[e, LISTS.extra]
        if factor[f, FACTOR.ratio] >= 0:
            alike = pool[factor[f, FACTOR.first], AXIS.alike]
            ratio, stride = factor[f, FACTOR.ratio], pool[factor[f, FACTOR.first], AXIS.stride]
            others = layout.alike[alike, ALIKE.others]
            for z in range(others, others + layout.alike[alike, ALIKE.counted]):
                row = a + np.uint64(layout.rows[z, 0]) * n
                other = np.uint64(ratio + layout.rows[z, 1] * stride)
                for x in range(n):
                    memory[row + x] *= memory[other + x]


@inline
def _multiply_rows(layout, work, f, a, rows, n):
    """Multiply the rows at a by the row of a factor that each state has."""
    memory, pool, first = work.memory, work.pool, work.factor[f, FACTOR.first]
    place, stride = work.factor[f, FACTOR.place], pool[first, AXIS.stride]
    alike = pool[first, AXIS.alike]
    if alike < 0 and stride == n:
        other = np.uint64(place)
        for x in range(np.uint64(rows) * n):
            memory[a + x] *= memory[other + x]
        return
    for r in range(rows):
        s = layout.rows[layout.alike[alike, ALIKE.states] + r, 1] if alike >= 0 else r
        row, other = a + np.uint64(r) * n, np.uint64(place + s * stride)
        for x in range(n):
            memory[row + x] *= memory[other + x]


@inline
def _by_rows(layout, work, i):
    """The same product factor by factor, lifted where it is tiny; returns how often it was."""
    memory, tape = work.memory, work.tape
    rows, n, a = tape[i, STEP.sum], np.uint64(tape[i, STEP.run]), np.uint64(tape[i, STEP.a])
    size, lifts = np.uint64(rows) * n, 0
    for x in range(size):
        memory[a + x] = 1.0
    for e in range(tape[i, STEP.more_first], tape[i, STEP.more_first] + tape[i, STEP.more_count]):
        _multiply_rows(layout, work, work.lists[e, LISTS.extra], a, rows, n)
        lifts += lift(memory, a, size)
    return lifts


@inline
def note_ratios(work, c):
    """Ratios of the rows of a product to its first row, behind it, if they are not far off."""
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


@kernel
def run_by_rows(layout, work, i):
    """A step of which some loop goes by the rows of alike states."""
    tape, loops = work.tape, work.loops
    inner, end = tape[i, STEP.loop], tape[i, STEP.loop] + tape[i, STEP.loops]
    for d in range(inner, end):
        loops[d, LOOP.done] = 0
    d = inner
    while True:
        a, b, c = tape[i, STEP.a], tape[i, STEP.b], tape[i, STEP.c]
        for d in range(inner, end):
            s = loops[d, LOOP.done]
            a += loops[d, LOOP.a] * _row(layout, loops[d, LOOP.a_rows], s)
            b += loops[d, LOOP.b] * _row(layout, loops[d, LOOP.b_rows], s)
            c += loops[d, LOOP.c] * s
        _run_sum(layout, work, i, a, b, c)
        d = inner
        while d < end:
            loops[d, LOOP.done] += 1
            if loops[d, LOOP.done] < loops[d, LOOP.length]:
                break
            loops[d, LOOP.done] = 0
            d += 1
        if d == end:
            return


@inline
def _row(layout, rows, s):
    """The row that a state has."""
    return layout.rows[rows + s, 1] if rows >= 0 else s


@inline
def _run_sum(layout, work, i, a, b, c):
    """The innermost loops of such a step."""
    memory, tape = work.memory, work.tape
    n, da, db = np.uint64(tape[i, STEP.run]), np.uint64(tape[i, STEP.a_run]), np.uint64(tape[i, STEP.b_run])
    start = np.uint64(c)
    for s in range(tape[i, STEP.sum]):
        x0 = np.uint64(a + tape[i, STEP.a_sum] * _row(layout, tape[i, STEP.a_rows], s))
        y0 = np.uint64(b + tape[i, STEP.b_sum] * _row(layout, tape[i, STEP.b_rows], s))
        if da == 1 and db == 1:
            for x in range(n):
                before = memory[start + x] if s else 0.0
                memory[start + x] = before + memory[x0 + x] * memory[y0 + x]
        else:
            for x in range(n):
                before = memory[start + x] if s else 0.0
                memory[start + x] = before + memory[x0 + x * da] * memory[y0 + x * db]
