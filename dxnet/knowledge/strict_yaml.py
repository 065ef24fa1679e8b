"""Strict reading: text of limited size, and YAML whose every scalar is text that knows its place.

Nothing is guessed (``no`` is not False, ``55:40`` not a number); anchors, aliases, merges, tags, second
documents and deep nesting are refused.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import yaml
from yaml import MarkedYAMLError, YAMLError
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from dxnet.errors import Issue, ParseError, file_fault
from dxnet.knowledge.encodings import marked_encoding, unreadable_text
from dxnet.knowledge.no_text import no_text

MAX_TEXT_BYTES = 5_000_000
MAX_DEPTH = 12
MAX_KEY = 1000
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""That of libyaml where it is there: it is ten times as fast."""
MAX_YAML_ENTRIES = 20_000
"""Keys and values of a YAML file: some ten times those of a large one. A million takes a minute to read."""

_MEND_DEPTH = "check the brackets and the indentation"
_BINARY_CHARACTER = re.compile(r"[\x00-\x08\x0b-\x0c\x0e-\x1f]")
_NOT_YAML = re.compile(r"[\x7f-\x9f\u2028\u2029\ufffe\uffff]")
_ESCAPED_CHARACTER = re.compile(r"[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_COMMENT_TEXT = re.compile(r"[ \t]+#+(.*)")


class Scalar(str):
    """A scalar with its place, the comment behind it, and the characters of its file that it takes."""

    where: str
    comment: str
    span: tuple[int, int]

    def __new__(
        cls, value: str, where: str = "", comment: str = "", span: tuple[int, int] = (0, 0)
    ) -> Scalar:
        """Text that stands at ``where`` (``file:line``), quotes included in ``span``."""
        text = super().__new__(cls, value)
        text.where, text.comment, text.span = where, comment, span
        return text


class Map(dict[str, Any]):
    """A mapping with its place; ``repeated`` lists keys given more than once, with their later values."""

    def __init__(self, where: str, entries: Mapping[str, Any] | None = None):
        super().__init__(entries or {})
        self.where = where
        self.repeated: list[tuple[Scalar, Any]] = []
        self._places: dict[str, str] = {}

    def place(self, key: str) -> str:
        """Where a key stands."""
        if len(self._places) != len(self):
            self._places = {key: getattr(key, "where", "") for key in self}
        return self._places.get(key) or self.where


def utf8_text(path: Path, name: str = "") -> str:
    """The text of a file of limited size, in UTF-8 or as its mark says; ``name`` is what complaints call it.

    Raises:
        ParseError: missing, too large, in another encoding, or holding control characters.
    """
    name = name or path.name
    try:
        with open(path, "rb") as file:
            raw = file.read(MAX_TEXT_BYTES + 1)
        size = max(path.stat().st_size, len(raw))
    except OSError as problem:
        raise ParseError([file_fault(name if os.path.exists(path) else path, problem)]) from None
    if size > MAX_TEXT_BYTES:
        message = f"{size / 1e6:.0f} MB is more than the {MAX_TEXT_BYTES / 1e6:.0f} MB a text file may have"
        _refuse_text(name, message, "split it, or check that it is the right file")
    if known := no_text(raw):
        _refuse_text(f"{name}:1", *known)
    if unreadable := unreadable_text(raw):
        line, message, fix = unreadable
        _refuse_text(f"{name}:{line}", message, fix)
    text = raw.decode(marked_encoding(raw))
    if odd := _BINARY_CHARACTER.search(text):
        message = f"holds the control character {ord(odd[0]):#04x}, so it is not a text file"
        _refuse_text(f"{name}:{_line(text, odd)}", message, "check that it is the right file")
    return text


def read_csv_rows(path: Path, columns: Sequence[str], issues: list[Issue]) -> Iterator[Map]:
    """The rows of a CSV file as Map with their place; what is wrong with the file is added to ``issues``."""
    lines = None
    try:
        lines = csv.reader(io.StringIO(utf8_text(path), newline=""), strict=True)
        table = [(f"{path.name}:{lines.line_num}", cells) for cells in lines if cells]
    except ParseError as problem:
        issues += problem.issues
        return
    except csv.Error as problem:
        where = f"{path.name}:{lines.line_num if lines else 1}"
        issues.append(Issue("error", where, f"is not CSV: {problem}", "mend the quotes here or above"))
        return
    header = table[0][1] if table else []
    if missing := [name for name in columns if name not in header]:
        message = f"has no column {' and '.join(map(repr, missing))}"
        issues.append(Issue("error", f"{path.name}:1", message, "name it in the first line"))
        return
    for where, cells in table[1:]:
        if len(cells) == len(header):
            yield Map(where, dict(zip(header, cells, strict=True)))
        else:
            message = f"has {len(cells)} cells, but there are {len(header)} columns"
            issues.append(Issue("error", where, message, "quote the texts that hold a comma"))


def parse_yaml(text: str, name: str, max_depth: int = MAX_DEPTH) -> Map:
    """One YAML document as nested Map, list and Text, each with its place, at most ``max_depth`` deep.

    Raises:
        ParseError: not YAML, or YAML that this format refuses.
    """
    if odd := _NOT_YAML.search(text):
        _refuse_text(f"{name}:{_line(text, odd)}", f"holds the character U+{ord(odd[0]):04X}", "remove it")
    try:
        document = _fold_events(yaml.parse(text, Loader=LOADER), name, text.splitlines(), max_depth)
    except MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        where = f"{name}:{mark.line + 1}" if mark else name
        cause = " ".join(filter(None, (problem.context, problem.problem)))
        if "nesting depth" in cause:
            _refuse_text(where, f"is nested more than {max_depth} deep", _MEND_DEPTH)
        if tabbed := _tab_before(text, mark.line if mark else 0):
            _refuse_text(
                f"{name}:{tabbed}", "is not YAML: the line begins with a tab", "indent it with blanks"
            )
        _refuse_text(where, f"is not YAML: {cause}", "mend the line or the one above it")
    except ParseError:
        raise
    except (YAMLError, ValueError, OverflowError) as problem:
        _refuse_text(name, f"is not YAML: {str(problem).splitlines()[0]}", "check that it is the right file")
    if not isinstance(document, Map):
        _refuse_text(f"{name}:1", "is empty or not a mapping", "begin with 'key: value' lines")
    return document


def _tab_before(text: str, line: int) -> int:
    """The line, from 1, indented with a tab, at or just above a line counted from 0; 0 where none is."""
    lines = text.split("\n")
    near = (n for n in (line, line - 1) if 0 <= n < len(lines))
    return next((n + 1 for n in near if "\t" in lines[n][: len(lines[n]) - len(lines[n].lstrip())]), 0)


def _refuse_text(where: str, message: str, fix: str) -> NoReturn:
    raise ParseError([Issue("error", where, message, fix)]) from None


def _line(text: str, match: re.Match[str]) -> int:
    return text.count("\n", 0, match.start()) + 1


def _fold_events(events: Iterator[Event], name: str, lines: list[str], max_depth: int) -> Any:
    """Fold a stream of YAML events into nested Map, list and Text."""
    root: list[Any] = []
    stack: list[tuple[Any, Scalar | None]] = [(root, None)]
    documents = entries = 0
    for event in events:
        documents += isinstance(event, DocumentStartEvent)
        entries += isinstance(event, ScalarEvent)
        start, end = event.start_mark, event.end_mark
        assert start is not None and end is not None
        where = f"{name}:{start.line + 1}"
        if entries > MAX_YAML_ENTRIES:
            message = f"has more than {MAX_YAML_ENTRIES:,} keys and values up to here"
            _refuse_text(where, message, "split it, or check that it is the right file")
        if len(stack) > max_depth:
            _refuse_text(where, f"is nested more than {max_depth} deep", _MEND_DEPTH)
        _refuse_event(event, documents, where)
        container, key = stack[-1]
        if isinstance(event, ScalarEvent):
            span = (start.index, end.index)
            value: Any = Scalar(event.value, where, _comment(lines, end.line, end.column), span)
            if isinstance(container, Map) and key is None:
                if len(value) > MAX_KEY:
                    _refuse_text(where, f"a key of {len(value):,} characters is too long", "shorten it")
                stack[-1] = (container, value)
                continue
        elif isinstance(event, MappingStartEvent | SequenceStartEvent):
            if isinstance(container, Map) and key is None:
                _refuse_text(where, "a key must be plain text", "write 'key: value'")
            place = key.where if key is not None else where
            stack.append((Map(place) if isinstance(event, MappingStartEvent) else [], None))
            continue
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            value, _ = stack.pop()
            container, key = stack[-1]
        else:
            continue
        _put(container, key, value)
        stack[-1] = (container, None)
    return root[0] if root else None


def _put(container: Map | list[Any], key: Scalar | None, value: Any) -> None:
    """A value into its sequence, or under its key; the later ones of a repeated key are kept apart."""
    if not isinstance(container, Map):
        container.append(value)
        return
    assert key is not None
    if key in container:
        container.repeated.append((key, value))
    else:
        container[key] = value


def _refuse_event(event: Event, documents: int, where: str) -> None:
    """Anchors, tags, second documents, merges and control characters are refused."""
    if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
        _refuse_text(
            where, "anchors and aliases (& and *) are not allowed", "write the value out, or quote it"
        )
    if documents > 1:
        _refuse_text(where, "a second document begins here", "keep one document a file")
    if isinstance(event, ScalarEvent | MappingStartEvent | SequenceStartEvent) and event.tag:
        _refuse_text(where, f"the tag {event.tag} is not allowed", "write plain text")
    if isinstance(event, ScalarEvent):
        if event.value == "<<" and not event.style:
            _refuse_text(where, "merges (<<) are not allowed", "write the keys out")
        if odd := _ESCAPED_CHARACTER.search(event.value):
            _refuse_text(where, f"holds the character U+{ord(odd[0]):04X}", "remove it")


def _comment(lines: list[str], line: int, column: int) -> str:
    """The comment behind a place."""
    found = _COMMENT_TEXT.match(lines[line], column) if line < len(lines) else None
    return found[1].strip() if found else ""
