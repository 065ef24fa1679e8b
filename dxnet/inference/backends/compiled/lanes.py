"""Sums of products over the core, in whole vectors of the processor.

numba leaves vectors to its compiler, which cannot know that no array lies in another. Here they are written
out. As a processor guesses wrong where a short loop ends, there is code for each number of messages that are
multiplied at once, which goes over the states of the shared variable and has no loop within.
"""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from dxnet.inference.backends.compiled.messages import LANES, MOST_VECTORS

MOST_AT_ONCE = 6
"""Messages whose rows are multiplied at once, each of which needs a register."""
MOST_OF_SEVERAL = 2
"""The same in terms of a group that is not the last, which are rare."""
_INT = ir.IntType(64)
_CELL = ir.DoubleType()
_VECTOR = ir.VectorType(_CELL, LANES)
_BYTES = LANES * 8
_ZEROS, _ONES = (ir.Constant(_VECTOR, [value] * LANES) for value in (0.0, 1.0))


@intrinsic
def sum_over_core(
    context: Any,
    total: Any,
    always: Any,
    products: Any,
    cells: Any,
    places: Any,
    listed: Any,
    ends: Any,
    conditions: Any,
    groups: Any,
) -> Any:
    """total[x] = sum over s of (always[s, x] * term_0[s, x] * product over groups of (sum of their terms)).

    A term is the base of its messages times the product of their rows. The first belongs to no group; those
    of a group follow those of the groups before it.

    Args:
        total: ``float64[width]``, to which the sums go.
        always, cells, places: see ``Messages``.
        products: ``float64[3 * states, width]``, room for products.
        listed: ``int32[n, 2]``: where the bases of the messages of all terms lie in ``cells``, and, apart
            from them, where the places of their rows begin in ``places``.
        ends: ``int32[terms + 1, 2]``: where each term begins in either list, and where the last one ends.
        conditions: ``int32[groups]``, the terms of each group.
        groups: how many there are.
    """
    taken = total, always, products, cells, places, listed, ends, conditions
    return types.void(*taken, types.int64), _emit_sum


def _emit_sum(context: Any, builder: Any, signature: Any, arguments: Sequence[Any]) -> Any:
    arrays = [
        context.make_array(kind)(context, builder, value)
        for kind, value in zip(signature.args[:-1], arguments[:-1], strict=True)
    ]
    states, width = cgutils.unpack_tuple(builder, arrays[1].shape)
    vectors = builder.udiv(width, _INT(LANES))
    tiles = builder.udiv(builder.add(vectors, _INT(MOST_VECTORS - 1)), _INT(MOST_VECTORS))
    for size in _each_number(builder, builder.udiv(vectors, tiles), range(1, MOST_VECTORS + 1)):
        with cgutils.for_range(builder, tiles) as tile:
            start = builder.mul(tile.index, _INT(size * LANES))
            _Tile(builder, size, start, (states, width), [array.data for array in arrays]).sum(arguments[-1])
    return context.get_dummy_value()


def _each_number(builder: Any, number: Any, numbers: range) -> Iterator[int]:
    """Code for each value that a number may have; none for others."""
    end = builder.append_basic_block("numbers.end")
    chosen = builder.switch(number, end)
    for value in numbers:
        block = builder.append_basic_block(f"number.{value}")
        chosen.add_case(_INT(value), block)
        builder.position_at_end(block)
        yield value
        builder.branch(end)
    builder.position_at_end(end)


class _Tile:
    """Some vectors of the width: all of the sum for them.

    Args:
        builder: of the function.
        size: how many vectors.
        start: the cell where they begin.
        shape: number of states, and cells of a row.
        arrays: places of the arrays that ``sum_over_core`` is given.
    """

    def __init__(self, builder: Any, size: int, start: Any, shape: tuple[Any, Any], arrays: Sequence[Any]):
        self.builder, self.size, (self.states, self.width) = builder, size, shape
        total, always, products, cells, self.places, self.listed, self.ends, self.conditions = arrays
        self.total, always, products, self.cells = (
            builder.gep(array, [start]) for array in (total, always, products, cells)
        )
        self.rooms = [builder.gep(products, [builder.mul(_INT(x), builder.mul(*shape))]) for x in range(3)]
        self.source = cgutils.alloca_once_value(builder, always)

    def sum(self, groups: Any) -> None:
        """The sum over all states; ``source`` is where the products are that it goes on from."""
        builder = self.builder
        total, base = self._registers(_ZEROS), self._registers(_ONES)
        first, end = (cgutils.alloca_once_value(builder, _INT(term)) for term in (0, 1))
        with builder.if_then(builder.icmp_signed(">", groups, _INT(0))):
            self._keep(base, self._base(_INT(0)))
            self._multiply_into(self.rooms[0], *self._last_rows(_INT(0), self.rooms[0]))
            with cgutils.for_range(builder, builder.sub(groups, _INT(1))) as group:
                self._go_on(first, end, group.index)
                self._multiply_by_terms(builder.load(first), builder.load(end))
            self._go_on(first, end, builder.sub(groups, _INT(1)))
        with self._terms(builder.load(first), builder.load(end)) as term:
            found = self._sum_of_products(*self._last_rows(term, self.rooms[2]))
            self._keep(total, self._plus(total, self._base(term), found))
        self._put(self.total, self._times(map(builder.load, total), map(builder.load, base)))

    def _go_on(self, first: Any, end: Any, group: Any) -> None:
        """Go on to the terms of a group."""
        start = self.builder.load(end)
        self.builder.store(start, first)
        self.builder.store(self.builder.add(start, self._integer(self.conditions, group)), end)

    @contextmanager
    def _terms(self, first: Any, end: Any) -> Iterator[Any]:
        """For each term the same products to go on from."""
        source = self.builder.load(self.source)
        with cgutils.for_range_slice(self.builder, first, end, _INT(1), inc=True) as (term, _):
            self.builder.store(source, self.source)
            yield term

    def _multiply_by_terms(self, first: Any, end: Any) -> None:
        """Multiply the products by the sum of some terms."""
        builder, source = self.builder, self.builder.load(self.source)
        is_in_first = builder.icmp_unsigned("==", source, self.rooms[0])
        into = builder.select(is_in_first, self.rooms[1], self.rooms[0])
        with cgutils.for_range(builder, self.states) as state:
            self._put(self._at_state(into, state.index), [_ZEROS] * self.size)
        with self._terms(first, end) as term:
            self._add_products(into, self._base(term), *self._last_rows(term, self.rooms[2], MOST_OF_SEVERAL))
        builder.store(into, self.source)

    def _last_rows(self, term: Any, room: Any, at_once: int = MOST_AT_ONCE) -> tuple[Any, Any]:
        """Where the last rows of a term are listed, and how many; earlier ones are multiplied into a room."""
        builder, most = self.builder, _INT(at_once)
        first, end = (self._integer(self.ends, self._pair(it, 1)) for it in (term, _after(builder, term)))
        number = builder.sub(end, first)
        earlier = builder.mul(builder.sdiv(builder.sub(number, _INT(1)), most), most)
        with cgutils.for_range_slice(builder, _INT(0), earlier, most, inc=True) as (done, _):
            self._multiply_into(room, builder.add(first, done), most)
        return builder.add(first, earlier), builder.sub(number, earlier)

    def _multiply_into(self, room: Any, first: Any, number: Any) -> None:
        """Multiply the products by listed rows."""
        for state, products, row in self._products(first, number, range(1, MOST_AT_ONCE + 1)):
            self._put(self._at_state(room, state), self._times(products, row))
        builder, source = self.builder, self.builder.load(self.source)
        is_same = builder.icmp_unsigned("==", number, _INT(0))
        builder.store(builder.select(is_same, source, room), self.source)

    def _add_products(self, room: Any, base: Sequence[Any], first: Any, number: Any) -> None:
        """Add a base times the products and listed rows to what is in a room."""
        for state, products, row in self._products(first, number, range(MOST_OF_SEVERAL + 1)):
            place = self._at_state(room, state)
            self._put(place, self._fused(base, self._times(products, row), self._row(place)))

    def _sum_of_products(self, first: Any, number: Any) -> Sequence[Any]:
        """The sum of the products times listed rows."""
        total = self._registers(_ZEROS)
        for _, products, row in self._products(first, number, range(MOST_AT_ONCE + 1)):
            self._keep(total, self._plus(total, products, row))
        return [self.builder.load(it) for it in total]

    def _products(self, first: Any, number: Any, numbers: range) -> Iterator[tuple[Any, Sequence[Any], Any]]:
        """Code for each number of rows: a state, the products there times all rows but one, and this row."""
        builder, source = self.builder, self.builder.load(self.source)
        for rows in _each_number(builder, number, numbers):
            each = [
                self._integer(self.listed, self._pair(builder.add(first, _INT(x)), 1)) for x in range(rows)
            ]
            places = [builder.gep(self.places, [place]) for place in each]
            with cgutils.for_range(builder, self.states) as state:
                products = self._row(self._at_state(source, state.index))
                last: Sequence[Any] = [_ONES] * self.size
                for x, place in enumerate(places):
                    products = self._times(products, last) if x else products
                    last = self._row(self._cells_at(self._integer(place, state.index)))
                yield state.index, products, last

    def _base(self, term: Any) -> Sequence[Any]:
        """The base of a term."""
        builder, product = self.builder, self._registers(_ONES)
        first, end = (self._integer(self.ends, self._pair(it, 0)) for it in (term, _after(builder, term)))
        with cgutils.for_range_slice(builder, first, end, _INT(1), inc=True) as (each, _):
            row = self._row(self._cells_at(self._integer(self.listed, self._pair(each, 0))))
            self._keep(product, self._times(map(builder.load, product), row))
        return [builder.load(it) for it in product]

    def _at_state(self, room: Any, state: Any) -> Any:
        return self.builder.gep(room, [self.builder.mul(state, self.width)])

    def _cells_at(self, place: Any) -> Any:
        """A place in the cells, as one number: the vectors of a row are found faster by one than by two."""
        cell = self.builder.gep(self.cells, [place])
        return self.builder.asm(ir.FunctionType(cell.type, [cell.type]), "", "=r,0", [cell], False)

    def _pair(self, row: Any, column: int) -> Any:
        return self.builder.add(self.builder.mul(row, _INT(2)), _INT(column))

    def _integer(self, array: Any, index: Any) -> Any:
        return self.builder.sext(self.builder.load(self.builder.gep(array, [index])), _INT)

    def _registers(self, value: Any) -> Sequence[Any]:
        return [cgutils.alloca_once_value(self.builder, value) for _ in range(self.size)]

    def _keep(self, registers: Sequence[Any], vectors: Iterable[Any]) -> None:
        for register, vector in zip(registers, list(vectors), strict=True):
            self.builder.store(vector, register)

    def _times(self, left: Iterable[Any], right: Iterable[Any]) -> Sequence[Any]:
        return [self.builder.fmul(a, b) for a, b in zip(left, right, strict=True)]

    def _fused(self, left: Sequence[Any], right: Sequence[Any], more: Iterable[Any]) -> Sequence[Any]:
        """left * right + more, rounded once where the processor can."""
        kind = ir.FunctionType(_VECTOR, [_VECTOR] * 3)
        fused = self.builder.module.declare_intrinsic(f"llvm.fmuladd.v{LANES}f64", (), kind)
        return [self.builder.call(fused, three) for three in zip(left, right, more, strict=True)]

    def _plus(self, total: Sequence[Any], left: Sequence[Any], right: Sequence[Any]) -> Sequence[Any]:
        """What is in registers, plus a product."""
        return self._fused(left, right, map(self.builder.load, total))

    def _vectors(self, place: Any) -> Sequence[Any]:
        """The places of the vectors that begin at one."""
        cells = [self.builder.gep(place, [_INT(x * LANES)]) for x in range(self.size)]
        return [self.builder.bitcast(cell, _VECTOR.as_pointer()) for cell in cells]

    def _row(self, place: Any) -> Sequence[Any]:
        return [self.builder.load(it, align=_BYTES) for it in self._vectors(place)]

    def _put(self, place: Any, vectors: Iterable[Any]) -> None:
        for it, vector in zip(self._vectors(place), list(vectors), strict=True):
            self.builder.store(vector, it, align=_BYTES)


def _after(builder: Any, index: Any) -> Any:
    return builder.add(index, _INT(1))
