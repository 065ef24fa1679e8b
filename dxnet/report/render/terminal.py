"""Parts as text: nothing is shown by colour alone, and a pipe gets unbroken lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from textwrap import fill, wrap
from typing import Literal

from rich import box
from rich.console import Console
from rich.table import Table as Grid

from dxnet.report.parts import Block, Bullets, Chart, Facts, Multiples, Paragraph, Plot, Section, Table
from dxnet.words import text_bar

_UNBROKEN = 10_000
_BAR_LETTERS, _GAP, _WHOLE_WORD = 20, 2, 18
"""Letters of a bar, between columns, and of a word that is not broken if there is room."""
_LEAST_GAP = 1
"""Letters between columns where more would break words."""


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to the command; rich would end with 1, which means something else here."""
        raise BrokenPipeError


class Page:
    """The page that text is written to: as wide as a terminal, or as wide as it needs to be in a pipe.

    >>> light = Table("Light", ("Colour", ">nm"), (("blue", "450"), ("red", "700")), more=3)
    >>> Page().show([Paragraph("Colours"), light])
    Colours
    <BLANKLINE>
    Light
    <BLANKLINE>
    Colour   nm
    ───────────
    blue    450
    red     700
    and 3 more (--top N)
    """

    def __init__(self) -> None:
        self._console = _Console(markup=False, emoji=False, highlight=False)
        if not self._console.is_terminal:
            self._console.width = _UNBROKEN
        self._last: type[Block | Section] | None = None

    @property
    def is_terminal(self) -> bool:
        """Whether somebody is watching."""
        return self._console.is_terminal

    def line(self, text: str = "") -> None:
        """A line of text."""
        self._console.print(self._as_written(text))
        self._last = Paragraph

    def show(self, parts: Iterable[Block | Section]) -> None:
        """Parts and sections one below the other; plots are left to reports, as tables hold their numbers."""
        for part in parts:
            match part:
                case Section():
                    self._heading(part.heading)
                    self.show(part.parts)
                case Paragraph():
                    self._begin(part, is_apart=part.strong)
                    self._print(part.text, part.strong)
                case Facts():
                    self._begin(part)
                    for name, text in part.rows:
                        self._print(f"{name}: {text}", indent="  ")
                case Bullets():
                    self._begin(part)
                    for number, item in enumerate(part.items):
                        mark = part.marks[number] if part.marks else "-"
                        self._print(f"  {mark} {item}", indent="    ")
                    self._more(part.more, "  ")
                case Table():
                    self._begin(part, is_apart=True)
                    self._table(part)
                case Chart():
                    self._begin(part, is_apart=True)
                    self._chart(part)
                case Multiples():
                    self.show([part.as_table()])
                case Plot():
                    pass

    def _heading(self, text: str) -> None:
        if self._last:
            self._console.print()
        self._print(text, is_strong=True)
        self._last = Section

    def _print(self, text: str, is_strong: bool = False, indent: str = "") -> None:
        """A paragraph; in a terminal its later lines are indented, and no per cent sign begins one."""
        text = self._as_written(text)
        if self.is_terminal:
            text = fill(
                text.replace(" %", "\N{NO-BREAK SPACE}%"), self._console.width, subsequent_indent=indent
            )
        self._console.print(text, style="bold" if is_strong else None)

    def _begin(self, part: Block, is_apart: bool = False) -> None:
        """A blank line before and behind tables and charts, and before what is set off, but for headings."""
        if self._last in (Table, Chart) or (is_apart and self._last not in (None, Section)):
            self._console.print()
        self._last = type(part)

    def _as_written(self, text: str) -> str:
        """A text as it will stand there, so that lines fit and columns align whatever letters are lacking."""
        encoding, errors = self._console.encoding, getattr(self._console.file, "errors", None)
        return text.encode(encoding, errors or "backslashreplace").decode(encoding)

    def _table(self, part: Table) -> None:
        columns, *rows = (tuple(map(self._as_written, row)) for row in (part.columns, *part.rows))
        part = replace(part, columns=columns, rows=tuple(rows))
        self._print(part.caption, is_strong=True)
        self._console.print()
        width = self._console.width
        if _full_width(part) > width:
            part = _without_bars(part)
        if _full_width(part) <= width:
            self._console.print(_grid_of(part))
        elif gap := next((gap for gap in (_GAP, _LEAST_GAP) if _least_width(part, gap) <= width), None):
            self._console.print(_grid_of(part, _column_widths(part, width, gap), gap))
        else:
            self._records(part)
        self._more(part.more)

    def _records(self, part: Table) -> None:
        """A table that is too wide for the terminal: each row as a paragraph."""
        names = [name.removeprefix(">") for name in part.columns]
        for row in part.rows:
            first, *rest = [f"{name} {cell}" for name, cell in zip(names, row, strict=True) if cell]
            self._print(first)
            self._print(f"  {'; '.join(rest)}", indent="  ")

    def _more(self, count: int, before: str = "") -> None:
        if count:
            self._console.print(f"{before}and {count} more (--top N)")

    def _chart(self, part: Chart) -> None:
        grid = Grid.grid(padding=(0, 1, 0, 0))
        for bar_ in part.bars:
            cells = (bar_.label, text_bar(bar_.value, _BAR_LETTERS), bar_.number)
            grid.add_row(*map(self._as_written, cells))
        self._console.print(grid)
        self.line(part.caption)


def _without_bars(part: Table) -> Table:
    """A table without its bars of text, which only repeat a number."""
    kept = [k for k, name in enumerate(part.columns) if name]
    rows = tuple(tuple(row[k] for k in kept) for row in part.rows)
    return replace(part, columns=tuple(part.columns[k] for k in kept), rows=rows)


def _least_widths(part: Table) -> list[int]:
    """Of each column when its texts and headings are folded; words up to _WHOLE_WORD letters stay whole."""
    found = []
    for column, cells in _columns_of(part):
        heading = _longest(column.removeprefix(">"))
        if _is_whole(column):
            found.append(max(heading, *map(len, cells)))
        else:
            found.append(min(max(heading, *map(_longest, cells)), max(_WHOLE_WORD, heading)))
    return found


def _least_width(part: Table, gap: int) -> int:
    widths = _least_widths(part)
    return sum(widths) + gap * (len(widths) - 1)


def _column_widths(part: Table, width: int, gap: int) -> list[int]:
    """Widths of the columns of a folded table: what is left goes to the texts that need it most."""
    widths = _least_widths(part)
    texts = {
        k: max(map(len, cells)) for k, (name, cells) in enumerate(_columns_of(part)) if not _is_whole(name)
    }
    for _ in range(width - _least_width(part, gap)):
        if wanting := [k for k in texts if widths[k] < texts[k]]:
            widths[max(wanting, key=lambda k: texts[k] / widths[k])] += 1
    return widths


def _is_whole(column: str) -> bool:
    """Whether the cells of a column are never broken, as numbers and bars are."""
    return column.startswith(">") or not column


def _full_width(part: Table) -> int:
    widths = [max(map(len, (column.removeprefix(">"), *cells))) for column, cells in _columns_of(part)]
    return sum(widths) + _GAP * (len(widths) - 1)


def _columns_of(part: Table) -> Iterator[tuple[str, list[str]]]:
    """Each column with its cells."""
    for k, column in enumerate(part.columns):
        yield column, [row[k] for row in part.rows] or [""]


def _longest(text: str) -> int:
    return max(map(len, text.split()), default=0)


def _grid_of(part: Table, widths: Sequence[int] | None = None, gap: int = _GAP) -> Grid:
    """A table; with widths, headings of numbers take several lines, and texts are folded."""
    grid = Grid(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, gap - 1, 0, 0))
    for k, column in enumerate(part.columns):
        justify: Literal["right", "left"] = "right" if column.startswith(">") else "left"
        name, width = column.removeprefix(">"), widths[k] if widths else None
        if width and _is_whole(column):
            name = _narrowed(name, [row[k] for row in part.rows])
        grid.add_column(name, justify=justify, overflow="fold", no_wrap=_is_whole(column), width=width)
    for row in part.rows:
        grid.add_row(*row)
    return grid


def _narrowed(name: str, cells: Iterable[str]) -> str:
    """The heading of a column of numbers, on lines as long as its cells.

    >>> _narrowed("P(ranked first)", ["71.1 %"])
    'P(ranked\\nfirst)'
    """
    longest = max(map(len, (*cells, *name.split())), default=1)
    return "\n".join(wrap(name, longest, break_long_words=False, break_on_hyphens=False))
