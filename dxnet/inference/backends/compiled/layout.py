"""The arrays that the kernels read and work in, and the names of their columns.

The names are tuples of constants, which the compiler folds, so that they cost nothing where a kernel runs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class FactorColumns(NamedTuple):
    """A factor: where it lies, its first axis in the pool and how many it has, its size.

    Then the next one in its bucket, how often it was lifted, and where the ratios of its rows to its first
    row lie, or -1.
    """

    place: int
    first: int
    axes: int
    entries: int
    next: int
    lifts: int
    ratio: int


class AxisColumns(NamedTuple):
    """An axis of a table or a factor: its variable, its stride, and which states have one row, or -1."""

    variable: int
    stride: int
    alike: int


class AlikeColumns(NamedTuple):
    """Which states of a variable a table does not tell apart: how many rows it has for them.

    Then where the row of each state begins in ``rows``, where the runs of states beyond the first row do, and
    how many these are.
    """

    rows: int
    states: int
    others: int
    counted: int


class StepColumns(NamedTuple):
    """A step, c = sum over one variable of a * b.

    Factors and places of a, b and c; length and strides of the sum, and of the innermost loop; the other
    loops; further factors laid out as c, by which it is multiplied; where the rows of the states that are
    summed over are, or -1; whether any loop goes by such rows; and whether the ratios of the rows of c are
    wanted. A step whose ``left`` is -1 multiplies many factors row by row and sums the variable ``right`` out
    (see ``rows.py``): it has room for ``sum`` rows of ``run`` entries at a, and for one row at b; ``more``
    are all of its factors.
    """

    left: int
    right: int
    out: int
    a: int
    b: int
    c: int
    sum: int
    a_sum: int
    b_sum: int
    run: int
    a_run: int
    b_run: int
    loop: int
    loops: int
    more_first: int
    more_count: int
    a_rows: int
    b_rows: int
    by_rows: int
    ratios: int


class Loop(NamedTuple):
    """A loop of a step: its length, its strides in a, b and c, and how far it is.

    Then where the rows of its states in a and b are, or -1.
    """

    length: int
    a: int
    b: int
    c: int
    done: int
    a_rows: int
    b_rows: int


class VariableColumns(NamedTuple):
    """A variable: cells along its axis, where its table begins, its axes, its ancestors, its likelihood.

    Then whether its bucket belongs to the trunk, and the branch of its table.
    """

    card: int
    table: int
    axis: int
    above: int
    likelihood: int
    in_trunk: int
    branch: int


class BranchColumns(NamedTuple):
    """A branch of the elimination tree: its tables, its buckets, what they depend on, cells it may need."""

    tables: int
    buckets: int
    keys: int
    need: int


class Lists(NamedTuple):
    """Lists with an entry for each variable, branch or factor.

    The last three are for a step row by row: the state of each variable, how far from the place of each
    factor its rows at these states are, and of which kind they are.
    """

    head: int
    wanted: int
    active: int
    members: int
    extra: int
    state: int
    offset: int
    kind: int


class Memo(NamedTuple):
    """The memo: a branch and a state of what it depends on, and the factors that it leaves to the trunk."""

    branch: int
    key: int
    leaves: int
    counted: int


class Owner(NamedTuple):
    """Whose memory is filled: kept for later cases, of this case alone, where that begins, and the tape's.

    ``more`` holds how many factors a branch may need.
    """

    kept: int
    own: int
    start: int
    tape: int
    more: int


class Filled(NamedTuple):
    """What of an owner's memory is filled, and how many branches in a state were met."""

    factors: int
    axes: int
    cells: int
    results: int
    met: int


class FilledTape(NamedTuple):
    """What of the tape is filled."""

    steps: int
    loops: int
    extras: int


class RunColumns(NamedTuple):
    """Cells that follow each other in the memory, and so do their values in each draw (see ``DrawnCells``).

    The first cell, its value in the first draw, how many cells, and how far on the next draw is. Then how
    many states there are whose values leave 1 minus their sum for these cells, 0 where they have their own,
    and how far apart these states are.
    """

    cell: int
    value: int
    length: int
    draw: int
    others: int
    state: int


FACTOR = FactorColumns(*range(7))
AXIS = AxisColumns(*range(3))
ALIKE = AlikeColumns(*range(4))
STEP = StepColumns(*range(20))
LOOP = Loop(*range(7))
VARIABLE = VariableColumns(*range(7))
BRANCH = BranchColumns(*range(4))
LISTS = Lists(*range(8))
MEMO = Memo(*range(4))
OWNER = Owner(*range(5))
FILLED = Filled(*range(5))
FILLED_TAPE = FilledTape(*range(3))
RUN = RunColumns(*range(6))


class Layout(NamedTuple):
    """A plan as the kernels read it; few arrays, as each costs time to hand over.

    ``variables`` is ``int32[V + 1, 7]``; ``axes`` ``int32[n, 3]`` holds the axes of the tables in elimination
    order, ``above`` ``int32[m]`` the ancestors of the variables, themselves among them; ``branches``
    ``int32[B + 1, 4]`` the parts of the elimination tree, the trunk last, as they begin in ``tables``,
    ``buckets`` and ``keys`` ``int32[n, 3]``: a variable, whether its state counts (0) or whether its table is
    wanted (1), and in how many ways. ``alike`` is ``int32[V, 4]``, of each table, its lists in ``rows``
    ``int32[n, 3]``: a state, the row it has, and how many states and rows follow in a run. ``is_flat``
    ``bool[cells]`` is whether the rows that begin at a cell are all the same. ``one`` is a cell of the memory
    that holds 1, ``ratios`` how far behind a cell of a table its ratio to the first row lies, 0 where none
    are kept, and ``shared`` the variable whose alike states share rows, or -1.
    """

    variables: NDArray[np.int32]
    axes: NDArray[np.int32]
    above: NDArray[np.int32]
    branches: NDArray[np.int32]
    tables: NDArray[np.int32]
    buckets: NDArray[np.int32]
    keys: NDArray[np.int32]
    alike: NDArray[np.int32]
    rows: NDArray[np.int32]
    is_flat: NDArray[np.bool_]
    one: int
    ratios: int
    shared: int


class Work(NamedTuple):
    """Memory of one thread.

    ``memory`` holds the tables, their ratios, a 1, the likelihoods, and the products. ``memo`` is a hash
    table of branches, of length 0 where nothing is to be kept.
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
