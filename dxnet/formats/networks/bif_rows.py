"""The rows of one probability block of BIF, as they are stated, and what is wrong with them together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, product
from math import prod

from dxnet.errors import Issue, brief
from dxnet.formats.networks.variables import MAX_ROWS_REPORTED, NUMBER_WORD, row_fault, row_name
from dxnet.knowledge.table import MAX_COLUMNS

EVERY = "*"
"""In a row: all states of a parent."""


class StatedRows:
    """What a probability block states: rows, one table, one default.

    Args:
        id: of the variable.
        states: of the variable.
        choices: the states of each parent.
        where: the place of the block.
    """

    def __init__(self, id: str, states: Sequence[str], choices: Sequence[Sequence[str]], where: str):
        self.id, self.states, self.choices, self.where = id, states, choices, where
        self.count = prod(map(len, choices))
        self._rows: dict[int, tuple[list[float], str]] = {}
        self._whole: dict[str, tuple[list[float], str]] = {}
        self._is_faulty = False

    def add_row(self, named: Sequence[str], words: Sequence[str], where: str) -> Iterator[Issue]:
        """A row for some parent states."""
        shown = f"row ({', '.join(named)})"
        row, faults = self._read(words, shown, where)
        yield from faults
        for number in self._numbers_of(named):
            if number in self._rows:
                shown = f"row ({row_name(number, self.choices)})"
                message = f"{shown} is stated twice (first at {self._rows[number][1]})"
                yield self._fault(message, "keep one", where)
                return
            self._rows[number] = row, where

    def add_whole(self, key: str, words: Sequence[str], where: str) -> Iterator[Issue]:
        """The ``table`` or the ``default``."""
        if key in self._whole:
            message = f"{key!r} is stated twice (first at {self._whole[key][1]})"
            yield self._fault(message, "keep one", where)
            return
        size = len(self.states) * (self.count if key == "table" else 1)
        row, faults = self._read(words, f"its {key}", where, size)
        yield from faults
        if key == "default" and row and (fault := row_fault(row)):
            yield self._fault(f"its default {fault}", "make it probabilities that sum to 1", where)
        self._whole[key] = row, where

    def faults(self) -> Iterator[Issue]:
        """What is wrong with the block as a whole: rows that are missing, or stated in two ways."""
        if "table" in self._whole and (self._rows or "default" in self._whole):
            message = "has a table, and rows or a default besides"
            yield self._fault(message, "keep one of the two", self._whole["table"][1])
        elif "table" in self._whole or len(self._rows) == self.count:
            return
        elif "default" in self._whole:
            if self.count > MAX_COLUMNS:
                message = f"a default for {self.count:,} rows is too large a table"
                yield self._fault(message, f"take fewer parents, {MAX_COLUMNS:,} rows at most", self.where)
        elif not self.choices:
            yield self._fault("has no table", "write 'table' and a number for each state", self.where)
        else:
            free = (number for number in range(self.count) if number not in self._rows)
            named = [f"({row_name(number, self.choices)})" for number in islice(free, MAX_ROWS_REPORTED)]
            more = self.count - len(self._rows) - len(named)
            shown = ", ".join(named) + (f" and {more:,} more" if more else "")
            yield self._fault(f"has no row for {shown}", "add it, or a 'default'", self.where)

    def numbers(self) -> list[float] | None:
        """The numbers row by row, the last parent fastest; None where something is wrong with them."""
        if self._is_faulty:
            return None
        if "table" in self._whole:  # the state of the variable varies slowest there
            cells, _ = self._whole["table"]
            return [p for row in range(self.count) for p in cells[row :: self.count]]
        rest, _ = self._whole.get("default", ([], ""))
        return [p for row in range(self.count) for p in (self._rows[row][0] if row in self._rows else rest)]

    def lines(self) -> dict[int, str]:
        """The place of each row."""
        whole = self._whole.get("table") or self._whole.get("default")
        places = dict.fromkeys(range(self.count), whole[1]) if whole and not self._is_faulty else {}
        return places | {row: where for row, (_, where) in self._rows.items()}

    def _numbers_of(self, named: Sequence[str]) -> Iterator[int]:
        """The rows that parent states name."""
        spans = [
            range(len(choice)) if state == EVERY and EVERY not in choice else (choice.index(state),)
            for state, choice in zip(named, self.choices, strict=True)
        ]
        for places in product(*spans):
            number = 0
            for place, choice in zip(places, self.choices, strict=True):
                number = number * len(choice) + place
            yield number

    def _read(
        self, words: Sequence[str], shown: str, where: str, size: int = 0
    ) -> tuple[list[float], list[Issue]]:
        if odd := [word for word in words if not NUMBER_WORD.fullmatch(word)]:
            message, fix = f"{shown} holds {brief(odd[0])}, which is no number", "write numbers only"
        elif len(words) != (size or len(self.states)):
            message = f"{shown} has {len(words)} numbers, not {size or len(self.states)}"
            fix = f"give one for each state ({', '.join(self.states[:8])})"
            fix += " and row" if size > len(self.states) else ""
        else:
            return [float(word) for word in words], []
        return [], [self._fault(message, fix, where)]

    def _fault(self, message: str, fix: str, where: str) -> Issue:
        self._is_faulty = True
        return Issue("error", where, f"{self.id}: {message}", fix)
