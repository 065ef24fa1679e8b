"""Parts as text: nothing is shown by colour alone, and a pipe gets unbroken lines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from rich import box
from rich.console import Console
from rich.table import Table as Grid

from dxnet.report.parts import Bullets, Chart, Facts, Part, Plot, Section, Table, Text
from dxnet.words import bar

_UNBROKEN = 10_000
_BAR = 20


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to the command; rich would end with 1, which means something else here."""
        raise BrokenPipeError


class Page:
    """Where text goes: as wide as a terminal, or as wide as it needs to be in a pipe.

    >>> light = Table("Light", ("Colour", ">nm"), (("blue", "450"), ("red", "700")), more=3)
    >>> Page().show([Text("Colours"), light])
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
        self._last: type[Part | Section] | None = None

    @property
    def is_terminal(self) -> bool:
        """Whether somebody is watching."""
        return self._console.is_terminal

    def line(self, text: str = "") -> None:
        """A line of text."""
        self._console.print(text)
        self._last = Text

    def show(self, parts: Iterable[Part | Section]) -> None:
        """Parts and sections one below the other; plots are left to reports, as tables hold their numbers."""
        for part in parts:
            match part:
                case Section():
                    self._heading(part.heading)
                    self.show(part.parts)
                case Text():
                    self._begin(part, is_apart=part.strong)
                    self._console.print(part.text, style="bold" if part.strong else None)
                case Facts():
                    self._begin(part)
                    for name, text in part.rows:
                        self._console.print(f"{name}: {text}")
                case Bullets():
                    self._begin(part)
                    for number, item in enumerate(part.items):
                        self._console.print(f"  {part.marks[number] if part.marks else '-'} {item}")
                    self._more(part.more, "  ")
                case Table():
                    self._begin(part, is_apart=True)
                    self._table(part)
                case Chart():
                    self._begin(part, is_apart=True)
                    self._chart(part)
                case Plot():
                    pass

    def _heading(self, text: str) -> None:
        if self._last:
            self._console.print()
        self._console.print(text, style="bold")
        self._last = Section

    def _begin(self, part: Part, is_apart: bool = False) -> None:
        """A blank line before and behind tables and charts, and before what is set off."""
        if self._last in (Table, Chart) or (is_apart and self._last):
            self._console.print()
        self._last = type(part)

    def _table(self, part: Table) -> None:
        self._console.print(part.caption, style="bold")
        self._console.print()
        grid = Grid(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
        for column in part.columns:
            justify: Literal["right", "left"] = "right" if column.startswith(">") else "left"
            whole = column.startswith(">") or not column  # numbers and bars are never broken
            name = column.removeprefix(">")
            grid.add_column(name, justify=justify, overflow="fold", no_wrap=whole)
        for row in part.rows:
            grid.add_row(*row)
        self._console.print(grid)
        self._more(part.more)

    def _more(self, count: int, before: str = "") -> None:
        if count:
            self._console.print(f"{before}and {count} more (--top N)")

    def _chart(self, part: Chart) -> None:
        grid = Grid.grid(padding=(0, 1, 0, 0))
        for bar_ in part.bars:
            grid.add_row(bar_.label, bar(bar_.value, _BAR), bar_.number)
        self._console.print(grid)
        self._console.print(part.caption)
