"""What answers have in common: they print as a table; several of one kind are a tuple with ``to_frame``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from numbers import Real
from operator import attrgetter
from typing import TYPE_CHECKING, ClassVar, Self, SupportsIndex, TypeVar, overload

from dxnet.errors import Issue
from dxnet.words import counted

if TYPE_CHECKING:
    import pandas as pd

T_co = TypeVar("T_co", covariant=True)
MAX_ROWS = 12
"""Rows of a table that a result prints; ``to_frame`` has all of them."""
MAX_CHARACTERS = 36
"""Of a cell that a result prints."""


class Results(tuple[T_co, ...]):
    """Several results of one kind, as a tuple; a slice of it is of the same type.

    A subclass names what one result is about (``thing``) and the columns of its table, each with the
    attribute that it shows (``number.place``).
    """

    thing: ClassVar[str] = "result"
    columns: ClassVar[Mapping[str, str]] = {}

    def to_frame(self) -> pd.DataFrame:
        """One row a result, in their order."""
        import pandas as pd

        return pd.DataFrame(self._rows(), columns=list(self.columns))

    @overload
    def __getitem__(self, key: SupportsIndex) -> T_co: ...
    @overload
    def __getitem__(self, key: slice) -> Self: ...
    def __getitem__(self, key: SupportsIndex | slice) -> T_co | Self:
        return type(self)(super().__getitem__(key)) if isinstance(key, slice) else super().__getitem__(key)

    def __repr__(self) -> str:
        title = f"{type(self).__name__}({counted(len(self), self.thing)})"
        return table_text(title, list(self.columns), self._rows())

    def _rows(self) -> list[list[object]]:
        shown = [attrgetter(attribute) for attribute in self.columns.values()]
        return [[show(result) for show in shown] for result in self]


class Issues(Results[Issue]):
    """What is wrong or worth knowing."""

    thing = "issue"
    columns: ClassVar = {name: name for name in ("level", "where", "message", "fix")}


def table_text(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows as lines below a title, numbers to three digits; at most MAX_ROWS, and how many more there are.

    >>> print(table_text("Scores", ["case", "p"], [["a", 0.123456], ["b", 1.0]]))
    Scores
      case      p
      a     0.123
      b         1
    """
    every = list(rows)
    if not every:
        return title
    kept = every[:MAX_ROWS]
    lines = [list(columns), *([_frame_cell(value) for value in row] for row in kept)]
    is_number = [all(isinstance(value, Real) for value in column) for column in zip(*kept, strict=True)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    text = [
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(line, widths, is_number, strict=True)
        ).rstrip()
        for line in lines
    ]
    more = [f"... and {len(every) - MAX_ROWS} more"] if len(every) > MAX_ROWS else []
    return "\n  ".join([title, *text, *more])


def _frame_cell(value: object) -> str:
    if isinstance(value, float):
        text = f"{value:.3g}"
    elif isinstance(value, tuple):
        text = ", ".join(map(str, value))
    else:
        text = "" if value is None else str(value)
    return text if len(text) <= MAX_CHARACTERS else f"{text[: MAX_CHARACTERS - 3]}..."
