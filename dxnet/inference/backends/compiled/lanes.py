"""Sums of products over the core, in whole vectors of the processor.

numba leaves vectors to its compiler, which cannot know that no array lies in another. Here they are written
out: the cells of a product stay in registers until it is complete, and nothing is stored in between.
"""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from dxnet.inference.backends.compiled.messages import LANES, MOST_VECTORS

_INT = ir.IntType(64)
_VECTOR = ir.VectorType(ir.DoubleType(), LANES)
_BYTES = LANES * 8
_ZEROS, _ONES = (ir.Constant(_VECTOR, [value] * LANES) for value in (0.0, 1.0))


@intrinsic
def sum_over_core(
    context: Any,
    total: Any,
    bases: Any,
    cells: Any,
    places: Any,
    listed: Any,
    ends: Any,
    conditions: Any,
    groups: Any,
) -> Any:
    """total[x] = base_0[x] * sum over s of (product_0[s, x] * product over groups of (sum of the terms)).

    A term is the base of its messages times the product of their rows. The terms of a group follow those of
    the groups before it, and the first term of all belongs to none.

    Args:
        total: ``float64[width]``, to which the sums go.
        bases: ``float64[terms, width]``, room for the bases of the terms.
        cells, places: see ``Messages``.
        listed: ``int32[n, 2]``: where the bases of the messages of all terms lie in ``cells``, and, apart
            from them, where the places of their rows begin in ``places``.
        ends: ``int32[terms + 1, 2]``: where each term begins in either list, and where the last one ends.
        conditions: ``int32[groups]``, the terms of each group.
        groups: how many there are.
    """
    taken = total, bases, cells, places, listed, ends, conditions
    return types.void(*taken, types.int64), _emit_sum


def _emit_sum(context: Any, builder: Any, signature: Any, arguments: Sequence[Any]) -> Any:
    arrays = [
        context.make_array(kind)(context, builder, value)
        for kind, value in zip(signature.args[:-1], arguments[:-1], strict=True)
    ]
    (width,) = cgutils.unpack_tuple(builder, arrays[0].shape)
    _, states = cgutils.unpack_tuple(builder, arrays[3].shape)
    vectors = builder.udiv(width, _INT(LANES))
    tiles = builder.udiv(builder.add(vectors, _INT(MOST_VECTORS - 1)), _INT(MOST_VECTORS))
    end = builder.append_basic_block("tiles.end")
    chosen = builder.switch(builder.udiv(vectors, tiles), end)
    for size in range(1, MOST_VECTORS + 1):
        block = builder.append_basic_block(f"tiles.{size}")
        chosen.add_case(_INT(size), block)
        builder.position_at_end(block)
        with cgutils.for_range(builder, tiles) as tile:
            start = builder.mul(tile.index, _INT(size * LANES))
            _Tile(builder, size, start, width, [array.data for array in arrays]).sum(states, arguments[-1])
        builder.branch(end)
    builder.position_at_end(end)
    return context.get_dummy_value()


class _Tile:
    """Some vectors of the width: all of the sum for them.

    Args:
        builder: of the function.
        size: how many vectors.
        start: the cell where they begin.
        width: cells of a row.
        arrays: places of the arrays that ``sum_over_core`` is given.
    """

    def __init__(self, builder: Any, size: int, start: Any, width: Any, arrays: Sequence[Any]):
        self.builder, self.size, self.width = builder, size, width
        total, bases, cells, self.places, self.listed, self.ends, self.conditions = arrays
        self.total, self.bases, self.cells = (builder.gep(it, [start]) for it in (total, bases, cells))

    def sum(self, states: Any, groups: Any) -> None:
        builder, term = self.builder, cgutils.alloca_once_value(self.builder, _INT(1))
        with cgutils.for_range(builder, groups) as group:
            builder.store(builder.add(builder.load(term), self._integer(self.conditions, group.index)), term)
        with cgutils.for_range(builder, builder.load(term)) as each:
            base = self._product(each.index, 0, lambda place: place)
            self._put(self.bases, builder.mul(each.index, self.width), base)
        total = self._registers(_ZEROS)
        with cgutils.for_range(builder, states) as state:
            self._add(total, self._of_state(state.index, groups, term))
        self._put(self.total, _INT(0), self._times(total, self._row(self.bases, _INT(0))))

    def _of_state(self, state: Any, groups: Any, term: Any) -> Sequence[Any]:
        """The product of all terms and groups in a state."""
        builder = self.builder

        def row(first: Any) -> Any:
            return self._integer(self.places, builder.add(first, state))

        product, some = self._registers(_ONES), self._registers(_ZEROS)
        self._keep(product, self._product(_INT(0), 1, row))
        builder.store(_INT(1), term)
        with cgutils.for_range(builder, groups) as group:
            first = builder.load(term)
            builder.store(builder.add(first, self._integer(self.conditions, group.index)), term)
            self._keep(some, [_ZEROS] * self.size)
            with cgutils.for_range_slice(builder, first, builder.load(term), _INT(1), inc=True) as (each, _):
                base = self._row(self.bases, builder.mul(each, self.width))
                self._add(some, map(builder.fmul, self._product(each, 1, row), base))
            self._keep(product, self._times(product, map(builder.load, some)))
        return [builder.load(it) for it in product]

    def _product(self, term: Any, column: int, place_of: Callable[[Any], Any]) -> Sequence[Any]:
        """The product of the rows that a column of ``listed`` has for a term."""
        builder, product = self.builder, self._registers(_ONES)
        first, end = (
            self._integer(self.ends, self._pair(it, column)) for it in (term, _after(builder, term))
        )
        with cgutils.for_range_slice(builder, first, end, _INT(1), inc=True) as (each, _):
            row = self._row(self.cells, place_of(self._integer(self.listed, self._pair(each, column))))
            self._keep(product, self._times(product, row))
        return [builder.load(it) for it in product]

    def _pair(self, row: Any, column: int) -> Any:
        return self.builder.add(self.builder.mul(row, _INT(2)), _INT(column))

    def _integer(self, array: Any, index: Any) -> Any:
        return self.builder.sext(self.builder.load(self.builder.gep(array, [index])), _INT)

    def _registers(self, value: Any) -> Sequence[Any]:
        return [cgutils.alloca_once_value(self.builder, value) for _ in range(self.size)]

    def _keep(self, registers: Sequence[Any], vectors: Any) -> None:
        for register, vector in zip(registers, list(vectors), strict=True):
            self.builder.store(vector, register)

    def _times(self, registers: Sequence[Any], vectors: Any) -> Sequence[Any]:
        return [self.builder.fmul(self.builder.load(a), b) for a, b in zip(registers, vectors, strict=True)]

    def _add(self, registers: Sequence[Any], vectors: Any) -> None:
        sums = [self.builder.fadd(self.builder.load(a), b) for a, b in zip(registers, vectors, strict=True)]
        self._keep(registers, sums)

    def _vectors(self, array: Any, first: Any) -> Sequence[Any]:
        """The places of the vectors that begin at a cell."""
        cells = [self.builder.add(first, _INT(x * LANES)) for x in range(self.size)]
        return [self.builder.bitcast(self.builder.gep(array, [cell]), _VECTOR.as_pointer()) for cell in cells]

    def _row(self, array: Any, first: Any) -> Sequence[Any]:
        return [self.builder.load(place, align=_BYTES) for place in self._vectors(array, first)]

    def _put(self, array: Any, first: Any, vectors: Sequence[Any]) -> None:
        for place, vector in zip(self._vectors(array, first), vectors, strict=True):
            self.builder.store(vector, place, align=_BYTES)


def _after(builder: Any, index: Any) -> Any:
    return builder.add(index, _INT(1))
