"""Scanner: a text read from left to right that knows its lines."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Sequence
from functools import cached_property
from typing import NoReturn

from dxnet.errors import brief
from dxnet.formats.networks.variables import refuse_network_file

_SPACE = re.compile(r"[\s,]*")
_WORD = re.compile(r'[^\s,;{}()|"]+')
_NAME = re.compile(r'"([^"\n]*)"|([^\s,;{}|"]{1,1000})')


class Scanner:
    """A text and how far it is read; blanks and commas between words do not count.

    >>> text = Scanner("a.bif", "variable x(1) { }")
    >>> text.word(), text.known({"x(1)"}), text.mark("{"), text.ahead, text.where()
    ('variable', 'x(1)', True, '}', 'a.bif:1')
    """

    def __init__(self, name: str, text: str):
        self.name, self.text, self.at = name, text, 0

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(found.end() for found in re.finditer("\n", self.text))]

    def where(self, at: int | None = None) -> str:
        """``file:line`` of a position; without one, of what comes next."""
        self._skip()
        return f"{self.name}:{bisect_right(self._line_starts, self.at if at is None else at)}"

    @property
    def is_at_end(self) -> bool:
        """Whether nothing is left to read."""
        self._skip()
        return self.at >= len(self.text)

    @property
    def ahead(self) -> str:
        """The beginning of what comes next, for messages."""
        self._skip()
        found = _NAME.match(self.text, self.at)
        return (found[0] if found else self.text[self.at : self.at + 1]) or "the end of the file"

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """What comes next, read past it; None where it is something else."""
        self._skip()
        if found := pattern.match(self.text, self.at):
            self.at = found.end()
        return found

    def word(self) -> str:
        """The next word, read past it; '' where a mark or quote comes next."""
        found = self.take(_WORD)
        return found[0] if found else ""

    def mark(self, mark: str) -> bool:
        """Whether a mark comes next; read past it."""
        self._skip()
        comes = self.text.startswith(mark, self.at)
        self.at += len(mark) * comes
        return comes

    def need(self, mark: str, before: str, fix: str) -> None:
        """Read past a mark that must come next."""
        if not self.mark(mark):
            self.refuse(f"{before} is followed by {brief(self.ahead)}, not by {mark}", fix)

    def name_here(self) -> str:
        """The next name, in quotes or up to a bracket or blank; read past it."""
        self._skip()
        found = _NAME.match(self.text, self.at)
        if found and found[1] is not None:
            self.at = found.end()
            return found[1]
        return self.word()

    def known(self, names: Collection[str], spaced: Sequence[str] = ()) -> str | None:
        """One of some names, the longest that fits, as names may hold brackets; read past it.

        Those that hold blanks stand in ``spaced``, too. None where none comes next, and nothing is read.
        """
        self._skip()
        found = _NAME.match(self.text, self.at)
        if not found:
            return None
        if found[1] is not None:
            self.at = found.end() if found[1] in names else self.at
            return found[1] if found[1] in names else None
        wide = sorted((name for name in spaced if self.text.startswith(name, self.at)), key=len, reverse=True)
        brackets = [place for place, letter in enumerate(found[2]) if letter in "()"]
        for name in (*wide, found[2], *(found[2][:place] for place in reversed(brackets))):
            if name in names:
                self.at += len(name)
                return name
        return None

    def refuse(self, message: str, fix: str) -> NoReturn:
        """Say what is wrong with what comes next.

        Raises:
            ParseError: always.
        """
        refuse_network_file(self.where(), message, fix)

    def _skip(self) -> None:
        blank = _SPACE.match(self.text, self.at)
        self.at = blank.end() if blank else self.at
