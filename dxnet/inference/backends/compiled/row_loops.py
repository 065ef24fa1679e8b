"""A step of two factors, as it runs where a loop goes by the rows of alike states."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc"

from __future__ import annotations

import numpy as np

from dxnet.inference.backends.compiled.jit import inline, kernel
from dxnet.inference.backends.compiled.layout import LOOP, STEP


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
