"""Results as frozen parts: every word and number, before it is HTML, PDF, Markdown or text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from typing import Any, ClassVar

from dxnet.words import percent


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; a strong one is set off from the rest."""

    kind: ClassVar = "text"
    text: str
    strong: bool = False


@dataclass(frozen=True)
class Facts:
    """Names and what they stand for; those without text are left out."""

    kind: ClassVar = "facts"
    rows: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, rows: Iterable[tuple[str, str]]) -> Facts:
        """Facts, without those whose text is empty."""
        return cls(tuple((name, text) for name, text in rows if text))


@dataclass(frozen=True)
class Bullets:
    """A list; numbered where each entry has a mark of its own. ``more`` entries are not listed."""

    kind: ClassVar = "bullets"
    items: tuple[str, ...]
    marks: tuple[str, ...] = ()
    more: int = 0

    @classmethod
    def first(cls, items: Iterable[str], top: int | None) -> Bullets:
        """The first entries, all without ``top``; the others are counted.

        >>> Bullets.first(["a", "b", "c"], 1).more
        2
        """
        every = tuple(items)
        return cls(every[:top], more=len(every[top:]) if top else 0)


@dataclass(frozen=True)
class Table:
    """Rows below a caption; a column whose name begins with ``>`` is aligned to the right.

    ``more`` rows are not listed.
    """

    kind: ClassVar = "table"
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    more: int = 0

    @classmethod
    def first(
        cls, caption: str, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]], top: int | None
    ) -> Table:
        """A table of the first rows, of all without ``top``; the others are counted.

        >>> Table.first("Letters", ("Letter",), [("a",), ("b",)], 1).more
        1
        """
        every = tuple(rows)
        return cls(caption, columns, every[:top], len(every[top:]) if top else 0)


@dataclass(frozen=True)
class Bar:
    """A probability with its interval and the one before; ``number`` is it in words."""

    label: str
    value: float
    low: float
    high: float
    before: float
    number: str


@dataclass(frozen=True)
class Chart:
    """Bars from 0 to 1; all of its numbers stand in a table, too."""

    kind: ClassVar = "chart"
    caption: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Series:
    """Points of a plot, joined by a line; or each with the ends of its interval, and then not joined."""

    label: str
    points: tuple[tuple[float, float], ...]
    ends: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Plot:
    """Series over x from 0 to 1 and y from ``bottom`` to ``top``; a table has the same numbers, too."""

    kind: ClassVar = "plot"
    caption: str
    x: str
    y: str
    series: tuple[Series, ...]
    bottom: float = 0.0
    top: float = 1.0

    def at(self, y: float) -> float:
        """How far up a value stands, 0 to 1."""
        return min(max((y - self.bottom) / (self.top - self.bottom), 0.0), 1.0)

    @property
    def marks(self) -> tuple[float, ...]:
        """Values at which the y axis is labelled."""
        return tuple(self.bottom + (self.top - self.bottom) * k / 4 for k in range(5))


@dataclass(frozen=True)
class Multiples:
    """Small multiples: the same bars and words in a panel each for several moments, side by side.

    Args:
        caption: what they show.
        titles: of the panels.
        bars: a name with its probability in each panel.
        words: a name with what is said of it in each panel.
        across: panels are as wide as if there were so many, so that several figures have one scale.
    """

    kind: ClassVar = "multiples"
    caption: str
    titles: tuple[str, ...]
    bars: tuple[tuple[str, tuple[float, ...]], ...]
    words: tuple[tuple[str, tuple[str, ...]], ...]
    across: int = 0

    def as_table(self) -> Table:
        """The same in words and numbers.

        >>> Multiples("Course", ("day 1", "day 9"), (("ALS", (0.25, 0.5)),), ()).as_table().rows
        (('ALS', '25.0 %', '50.0 %'),)
        """
        bars = ((name, *map(percent, values)) for name, values in self.bars)
        return Table(
            self.caption, ("", *self.titles), (*bars, *((name, *texts) for name, texts in self.words))
        )


Block = Paragraph | Facts | Bullets | Table | Chart | Plot | Multiples


@dataclass(frozen=True)
class Section:
    """Parts below a heading."""

    heading: str
    parts: tuple[Block, ...]


@dataclass(frozen=True)
class Content:
    """All of a report.

    Args:
        title: what it is.
        foot: what every page must say.
        date: when it was made.
        sections: in the order of reading.
        most_pages: on paper the letters are made smaller, and then texts shorter, until it fits on so many
            pages; 0: on any number.
    """

    title: str
    foot: str
    date: date
    sections: tuple[Section, ...]
    most_pages: int = 0


def printable_line(text: str) -> str:
    """Text in one line; a character that cannot be seen is shown by its number, a per cent sign stays put.

    >>> print(printable_line("a\\tb \\u202e c"))
    a b <U+202E> c
    """
    visible = (c if c.isprintable() else f"<U+{ord(c):04X}>" for c in " ".join(text.split()))
    return "".join(visible).replace(" %", "\N{NO-BREAK SPACE}%")


def tidied(value: Any) -> Any:
    """The same parts with every text made plain."""
    if isinstance(value, str):
        return printable_line(value)
    if isinstance(value, tuple):
        return tuple(map(tidied, value))
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: tidied(getattr(value, field.name)) for field in fields(value)})
    return value
