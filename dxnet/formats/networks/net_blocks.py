"""The blocks of a NET file, ``head { key = value; ... }``, each part with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple, NoReturn

from dxnet.errors import Issue, brief
from dxnet.formats.networks.variables import refuse_network_file

_NET_TOKEN = re.compile(
    r'(?P<skip>\s+|%[^\n]*)|(?P<text>"[^"]*")|(?P<mark>[(){}=;|])|(?P<word>[^\s(){}=;|"%]+)'
)


class NetBlock(NamedTuple):
    """A block: the words of its head, the words of each value, and the lines of both.

    ``again`` are the keys that are stated more than once, with the lines where they are.
    """

    name: str
    head: list[str]
    line: int
    body: dict[str, list[str]]
    lines: dict[str, list[int]]
    again: list[tuple[str, int]]

    @property
    def where(self) -> str:
        """``file:line`` of the block."""
        return f"{self.name}:{self.line}"

    def places(self, key: str) -> list[str]:
        """``file:line`` of each word of a value, brackets left out."""
        words = zip(self.body[key], self.lines[key], strict=True)
        return [f"{self.name}:{line}" for word, line in words if word not in ("(", ")")]

    def repeated(self) -> Iterator[Issue]:
        """Keys that are stated twice."""
        for key, line in self.again:
            message = f"{key} of {self.head[-1] if self.head else 'a block'} is stated twice"
            if self.head[:1] == ["potential"]:
                message = f"{key} of {' '.join(self.head[2:3])} is stated twice"
            yield Issue("error", f"{self.name}:{line}", message, "keep one")


def net_blocks(text: str, name: str) -> Iterator[NetBlock]:
    """The blocks of a file in their order, those inside of one class too.

    Raises:
        ParseError: a quote, bracket or line that is not closed; a second class.
    """
    yield from _Blocks(text, name).read()


class _Blocks:
    """The tokens of a file, and how far they are read."""

    def __init__(self, text: str, name: str):
        self.name, self.at = name, 0
        self.words: list[str] = []
        self.lines: list[int] = []
        position, line = 0, 1
        while position < len(text):
            found = _NET_TOKEN.match(text, position)
            if not found:
                refuse_network_file(f"{name}:{line}", "a quote is not closed", "close it")
            if found.lastgroup != "skip":
                self.words.append(found[0])
                self.lines.append(line)
            line += found[0].count("\n")
            position = found.end()

    def read(self) -> Iterator[NetBlock]:
        classes = 0
        while self.at < len(self.words):
            start, head = self.at, self.head()
            if head[:1] != ["class"]:
                yield self.block(start, head)
                continue
            classes += 1
            if classes > 1:
                self.refuse("a second class begins here", "keep one network a file", start)
            yield from self.inside()

    def head(self) -> list[str]:
        """The words up to a {, which is read too."""
        start = self.at
        while self.at < len(self.words) and self.words[self.at] not in "{};":
            self.at += 1
        if self.word != "{" or self.at == start:
            message = "is no network in NET: a block { ... } is missing or not closed"
            self.refuse(message, "write node NAME { ... } and potential (NAME | PARENTS) { ... }", start)
        self.at += 1
        return self.words[start : self.at - 1]

    def inside(self) -> Iterator[NetBlock]:
        """The blocks of a class; its own properties are of no account."""
        while self.word != "}":
            start = self.at
            if self.words[self.at + 1 : self.at + 2] == ["="]:
                self.value()
                continue
            if self.word == "instance":  # instance NAME : CLASS (inputs) (outputs);
                while self.word not in ("", ";", "{"):
                    self.at += 1
                if self.word == ";":
                    yield NetBlock(self.name, self.words[start : self.at], self.lines[start], {}, {}, [])
                    self.at += 1
                    continue
                self.at = start
            yield self.block(start, self.head())
        self.at += 1

    def block(self, start: int, head: list[str]) -> NetBlock:
        block = NetBlock(self.name, head, self.lines[start], {}, {}, [])
        while self.word != "}":
            key, place = self.word, self.at
            if self.words[self.at + 1 : self.at + 2] != ["="]:
                if not key:
                    message = "is no network in NET: a block { ... } is missing or not closed"
                    self.refuse(message, "close it with }", start)
                self.refuse(f"{brief(key)} is followed by no =", "write key = value;")
            first, last = self.value()
            if key in block.body:
                block.again.append((key, self.lines[place]))
            block.body[key], block.lines[key] = self.words[first:last], self.lines[first:last]
        self.at += 1
        return block

    def value(self) -> tuple[int, int]:
        """First and last place of the words behind ``key =``; the ; behind them is read too."""
        start = first = self.at
        first += 2
        self.at = first
        while self.word not in ("", ";", "}", "{"):
            self.at += 1
        if self.word != ";":
            self.refuse("a line does not end in ;", "end it", start)
        self.at += 1
        return first, self.at - 1

    @property
    def word(self) -> str:
        return self.words[self.at] if self.at < len(self.words) else ""

    def refuse(self, message: str, fix: str, at: int | None = None) -> NoReturn:
        place = min(self.at if at is None else at, len(self.lines) - 1)
        refuse_network_file(f"{self.name}:{self.lines[place]}", message, fix)
