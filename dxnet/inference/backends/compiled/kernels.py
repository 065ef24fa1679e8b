"""The products of a tape as machine code, forwards for answers and backwards for their derivatives."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc"

from __future__ import annotations

import numpy as np

from dxnet.arrays import MISSING
from dxnet.inference.backends.compiled.jit import inline, kernel
from dxnet.inference.backends.compiled.layout import (
    FACTOR,
    FILLED,
    FILLED_TAPE,
    LISTS,
    LOOP,
    OWNER,
    RUN,
    STEP,
)
from dxnet.inference.backends.compiled.lifts import LIFT, lift
from dxnet.inference.backends.compiled.row_loops import run_by_rows
from dxnet.inference.backends.compiled.rows import note_ratios, run_gather
from dxnet.inference.backends.compiled.tape import trace


@kernel
def trace_and_run(layout, work, state, everything):
    """Trace a question and run it.

    Args:
        state, everything: as for ``trace``.

    Returns:
        The factor that holds P(target, findings) * 2**(LIFT * its lifts); -1 where the memory is too small.
    """
    answer = trace(layout, work, state, everything)
    if work.filled[OWNER.own, FILLED.cells] > len(work.memory):
        return -1
    forward(layout, work, work.filled[OWNER.tape, FILLED_TAPE.steps])
    return answer


@kernel
def ask_rows(layout, work, state, columns, states, post_test, log_p):
    """Ask a row at a time: P(target | findings) ``[B, K]`` and log P(findings) ``[B]``.

    ``states`` is ``int16[B, F]``, of the variables at the positions ``columns`` ``int32[F]``; ``state``
    ``int16[V]`` is room for one.
    NaN and -inf where the findings are impossible. Returns the number of rows that were answered, short of
    all where the memory is too small for the next.
    """
    for row in range(len(states)):
        for v in range(len(state)):
            state[v] = MISSING
        for x in range(len(columns)):
            state[columns[x]] = states[row, x]
        answer = trace_and_run(layout, work, state, False)
        if answer < 0:
            return row
        log_p[row] = _normalise(work, answer, post_test, row)
    return len(states)


@kernel
def ask_tables(layout, work, answer, runs, values, target_runs, target_values, post_test, log_p):
    """Run a traced tape with the tables of each draw; ``runs`` and ``values`` are those of DrawnCells.

    Those of the table of the target come by themselves.
    """
    for draw in range(len(log_p)):
        _put_draw(work.memory, runs, values, draw)
        _put_draw(work.memory, target_runs, target_values, draw)
        forward(layout, work, work.filled[OWNER.tape, FILLED_TAPE.steps])
        log_p[draw] = _normalise(work, answer, post_test, draw)


@inline
def _put_draw(memory, runs, values, draw):
    for r in range(len(runs)):
        c, n = np.uint64(runs[r, RUN.cell]), np.uint64(runs[r, RUN.length])
        value = np.uint64(runs[r, RUN.value] + draw * runs[r, RUN.draw])
        if runs[r, RUN.others] == 0:
            for x in range(n):
                memory[c + x] = values[value + x]
        else:
            for x in range(n):
                memory[c + x] = 1.0 - values[value + x]
            for _ in range(1, runs[r, RUN.others]):
                value += np.uint64(runs[r, RUN.state])
                for x in range(n):
                    memory[c + x] -= values[value + x]


@kernel
def ask_slopes(layout, work, state, columns, states, weight, one, slope, log_p, total):
    """Ask a row at a time, and add up the derivative of weight * log P(findings) for every cell.

    Args:
        state: ``int16[V]``, room for one row.
        columns, states: as for ``ask_rows``.
        weight: ``float64[B]``.
        one: ``float64[K]``, ones.
        slope: ``float64[len(memory)]``, zeros; zeros again when it returns.
        log_p, total: ``float64[B]`` and ``float64[cells]``, to which the answers go.

    Returns the number of rows that were answered, as ``ask_rows`` does; the impossible ones add nothing.
    """
    for row in range(len(states)):
        for v in range(len(state)):
            state[v] = MISSING
        for x in range(len(columns)):
            state[columns[x]] = states[row, x]
        answer = trace_and_run(layout, work, state, False)
        if answer < 0:
            return row
        place, joint = work.factor[answer, FACTOR.place], 0.0
        for x in range(len(one)):
            joint += work.memory[place + x]
        log_p[row] = -np.inf
        if joint > 0.0:
            log_p[row] = np.log(joint) - work.factor[answer, FACTOR.lifts] * (LIFT * np.log(2.0))
            backward(work, answer, one, slope)
            share = weight[row] / joint
            for x in range(len(total)):
                total[x] += share * slope[x]
            for x in range(work.filled[OWNER.own, FILLED.cells]):
                slope[x] = 0.0
    return len(states)


@inline
def _normalise(work, answer, post_test, row):
    place, total = work.factor[answer, FACTOR.place], 0.0
    for x in range(post_test.shape[1]):
        total += work.memory[place + x]
    for x in range(post_test.shape[1]):
        post_test[row, x] = work.memory[place + x] / total if total > 0.0 else np.nan
    return (
        np.log(total) - work.factor[answer, FACTOR.lifts] * (LIFT * np.log(2.0)) if total > 0.0 else -np.inf
    )


@kernel
def forward(layout, work, steps):
    """Run the first steps of the tape."""
    memory, tape, factor = work.memory, work.tape, work.factor
    for i in range(steps):
        if tape[i, STEP.left] < 0:
            run_gather(layout, work, i)
            continue
        if tape[i, STEP.by_rows]:
            run_by_rows(layout, work, i)
        else:
            _step(memory, tape, i, work.loops)
        left, right, out = tape[i, STEP.left], tape[i, STEP.right], tape[i, STEP.out]
        lifts = factor[left, FACTOR.lifts] + (factor[right, FACTOR.lifts] if right >= 0 else 0)
        start, n = np.uint64(tape[i, STEP.c]), np.uint64(factor[out, FACTOR.entries])
        lifts += lift(memory, start, n)
        for e in range(tape[i, STEP.more_first], tape[i, STEP.more_first] + tape[i, STEP.more_count]):
            f = work.lists[e, LISTS.extra]
            other = np.uint64(factor[f, FACTOR.place])
            for x in range(n):
                memory[start + x] *= memory[other + x]
            lifts += factor[f, FACTOR.lifts] + lift(memory, start, n)
        factor[out, FACTOR.lifts] = lifts
        if tape[i, STEP.ratios]:
            note_ratios(work, out)


@kernel
def _step(memory, tape, i, loops):
    a, b, c = tape[i, STEP.a], tape[i, STEP.b], tape[i, STEP.c]
    n, da, db = tape[i, STEP.run], tape[i, STEP.a_run], tape[i, STEP.b_run]
    length, a_sum, b_sum = tape[i, STEP.sum], tape[i, STEP.a_sum], tape[i, STEP.b_sum]
    inner, end = tape[i, STEP.loop], tape[i, STEP.loop] + tape[i, STEP.loops]
    if inner == end:
        _run_step(memory, n, da, db, length, a_sum, b_sum, a, b, c)
        return
    for d in range(inner, end):
        loops[d, LOOP.done] = 0
    d = inner
    while d < end:
        for _ in range(loops[inner, LOOP.length]):
            _run_step(memory, n, da, db, length, a_sum, b_sum, a, b, c)
            a, b, c = a + loops[inner, LOOP.a], b + loops[inner, LOOP.b], c + loops[inner, LOOP.c]
        loops[inner, LOOP.done] = loops[inner, LOOP.length] - 1
        a, b, c = a - loops[inner, LOOP.a], b - loops[inner, LOOP.b], c - loops[inner, LOOP.c]
        a, b, c, d = _next(loops, inner, end, a, b, c)


@inline
def _next(loops, inner, end, a, b, c):
    """One turn of the outer loops, as of an odometer; returns the places and the loop that turned."""
    d = inner
    while d < end:
        loops[d, LOOP.done] += 1
        a, b, c = a + loops[d, LOOP.a], b + loops[d, LOOP.b], c + loops[d, LOOP.c]
        n = loops[d, LOOP.length]
        if loops[d, LOOP.done] < n:
            break
        a, b, c = a - n * loops[d, LOOP.a], b - n * loops[d, LOOP.b], c - n * loops[d, LOOP.c]
        loops[d, LOOP.done] = 0
        d += 1
    return a, b, c, d


@inline
def _run_step(memory, n, da, db, length, a_sum, b_sum, a0, b0, c0):
    """The innermost loops; unsigned indices, or the compiler makes no vectors of them."""
    n, c0 = np.uint64(n), np.uint64(c0)
    for s in range(length):
        i, j = np.uint64(a0 + s * a_sum), np.uint64(b0 + s * b_sum)
        if da == 1 and db == 1:
            if s == 0:
                for x in range(n):
                    memory[c0 + x] = memory[i + x] * memory[j + x]
            else:
                for x in range(n):
                    memory[c0 + x] += memory[i + x] * memory[j + x]
        elif da == 0 and db == 1:
            factor = memory[i]
            if s == 0:
                for x in range(n):
                    memory[c0 + x] = factor * memory[j + x]
            else:
                for x in range(n):
                    memory[c0 + x] += factor * memory[j + x]
        else:
            da_, db_ = np.uint64(da), np.uint64(db)
            for x in range(n):
                product = memory[i + x * da_] * memory[j + x * db_]
                memory[c0 + x] = product if s == 0 else memory[c0 + x] + product


@kernel
def backward(work, answer, seed, slope):
    """Run the tape backwards: the derivative of sum(seed * answer) for every cell that it read.

    Darwiche A. A differential approach to inference in Bayesian networks. J ACM 2003;50:280-305,
    doi:10.1145/765568.765570.

    Args:
        seed: ``float64[K]``.
        slope: ``float64[len(memory)]``, zeros; the derivative for each cell of the memory when it returns.
    """
    tape, factor = work.tape, work.factor
    for x in range(len(seed)):
        slope[factor[answer, FACTOR.place] + x] = seed[x]
    for i in range(work.filled[OWNER.tape, FILLED_TAPE.steps] - 1, -1, -1):
        out = tape[i, STEP.out]
        inputs = factor[tape[i, STEP.left], FACTOR.lifts] + (
            factor[tape[i, STEP.right], FACTOR.lifts] if tape[i, STEP.right] >= 0 else 0
        )
        if factor[out, FACTOR.lifts] > inputs:
            for x in range(
                factor[out, FACTOR.place], factor[out, FACTOR.place] + factor[out, FACTOR.entries]
            ):
                slope[x] *= 2.0**LIFT
        _step_back(work.memory, slope, tape, i, work.loops)


@kernel
def _step_back(memory, slope, tape, i, loops):
    n, da, db = tape[i, STEP.run], tape[i, STEP.a_run], tape[i, STEP.b_run]
    inner, end = tape[i, STEP.loop], tape[i, STEP.loop] + tape[i, STEP.loops]
    a, b, c, d = tape[i, STEP.a], tape[i, STEP.b], tape[i, STEP.c], inner
    for d in range(inner, end):
        loops[d, LOOP.done] = 0
    while True:
        for s in range(tape[i, STEP.sum]):
            a1, b1 = a + s * tape[i, STEP.a_sum], b + s * tape[i, STEP.b_sum]
            for x in range(n):
                slope[a1 + x * da] += slope[c + x] * memory[b1 + x * db]
                slope[b1 + x * db] += slope[c + x] * memory[a1 + x * da]
        a, b, c, d = _next(loops, inner, end, a, b, c)
        if d == end:
            return
