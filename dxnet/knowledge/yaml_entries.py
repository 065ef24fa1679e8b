"""Entries added to the text of a YAML file: a few lines, and not a byte beside them changes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from dxnet.errors import Issue, ParseError
from dxnet.knowledge.number_text import BOM, span_of, split_number
from dxnet.knowledge.strict_yaml import Map, Scalar, parse_yaml

Written = str | Sequence[str] | Mapping[str, Any]
"""A value as it is written: text of YAML with a comment behind it, a list, or a block of entries."""
Copies = Iterator[tuple[tuple[str, ...], str, str, Written]]
"""Keys of a block, an entry of it, the name of its copy, and what the copy holds."""
_PLAIN_TEXT = re.compile(r"[^\W\d_][\w ()/.\-'&+%]*", re.UNICODE)
_INDENT = 2
"""Spaces by which a block is indented where nothing shows another habit."""
_ON_LINES = "write its entries on lines of their own in the file first"


@lru_cache(maxsize=64)
def document_of(text: str, file: str) -> Map:
    """The document of a file, which may begin with a byte order mark. It must not be changed."""
    return parse_yaml(text.removeprefix(BOM), file)


def as_scalar(text: str) -> str:
    """Text as YAML has it, in quotes where it needs them.

    >>> as_scalar("Foot drop"), as_scalar("a: b # c")
    ('Foot drop', '"a: b # c"')
    """
    is_plain = _PLAIN_TEXT.fullmatch(text) and text == text.strip()
    return text if is_plain else json.dumps(text, ensure_ascii=False)


def with_entry(text: str, file: str, keys: Sequence[str], name: str, value: Written) -> str:
    """A file with one more entry, the last of the block at some keys; blocks that are missing are made.

    Args:
        text, file: the text of the file and its name.
        keys: of the block, from the top of the file; none: the top.
        name, value: of the entry.

    Raises:
        ParseError: there is such an entry, or the block is written in one line.

    >>> print(with_entry("a:\\n  b: 1  # one\\n\\nc: 2\\n", "f.yaml", ["a"], "d", "3  # three"), end="")
    a:
      b: 1  # one
      d: 3  # three
    <BLANKLINE>
    c: 2
    """
    document = document_of(text, file)
    block, key, missing = _deepest(document, keys)
    found = keys[: len(keys) - len(missing)]
    if not missing and name in block:
        fix = "choose another name, or edit it"
        raise ParseError([Issue("error", block.place(name), f"{name} is there already", fix)])
    for inner in reversed(missing):
        name, value = inner, {name: value}
    place, indent = _end_of_block(text, block, key)
    edited = _with_lines(text, {place: list(_entry_lines(name, value, indent))})
    wanted = _as_plain(document)
    _at(wanted, found)[name] = _read_back(value)
    return _proved(edited, file, wanted, key or file, name)


def with_copies(text: str, file: str, copies: Callable[[Map], Copies]) -> str:
    """A file with copies of some of its entries, each below its original.

    Args:
        text, file: the text of the file and its name.
        copies: which ones, from its document.

    Raises:
        ParseError: an original that shares its line with others.
    """
    document = document_of(text, file)
    wanted, added = _as_plain(document), dict[int, list[str]]()
    first: str | Scalar = file
    for keys, original, name, value in copies(document):
        block = _at(document, keys)
        key = _key_of(block, original)
        first = key if first == file else first
        at = span_of(text, key)[0]
        column = at - (text.rfind("\n", 0, at) + 1)
        added.setdefault(_end_of_entry(text, at, column), []).extend(_entry_lines(name, value, " " * column))
        _at(wanted, keys)[name] = _read_back(value)
    return _proved(_with_lines(text, added), file, wanted, first, "the copy") if added else text


def with_value(text: str, file: str, keys: Sequence[str], new: str) -> str:
    """A file with another text of a scalar, and another comment behind it if the new one has any.

    Raises:
        ParseError: it shares its line with others, and a comment is to stand behind it.
    """
    document = document_of(text, file)
    old = _at(document, keys)
    start, end = span_of(text, old)
    value, reason = split_number(new)
    if reason:
        line_end = text.find("\n", end) % (len(text) + 1)
        end = line_end - text[end:line_end].endswith("\r")
        value = f"{value}  # {reason}"
    wanted = _as_plain(document)
    _at(wanted, keys[:-1])[keys[-1]] = split_number(new)[0]
    return _proved(f"{text[:start]}{value}{text[end:]}", file, wanted, old, str(keys[-1]))


def _deepest(document: Map, keys: Sequence[str]) -> tuple[Map, Scalar | None, list[str]]:
    """The deepest block that is there, its key, and the keys of the blocks that are not."""
    block: Map = document
    key: Scalar | None = None
    for number, name in enumerate(keys):
        if not isinstance(block.get(name), Map):
            return block, key, list(keys[number:])
        key = _key_of(block, name)
        block = block[name]
    return block, key, []


def _key_of(block: Map, name: str) -> Scalar:
    """A key of a block, with its place."""
    return next(key for key in block if key == name and isinstance(key, Scalar))


def _end_of_block(text: str, block: Map, key: Scalar | None) -> tuple[int, str]:
    """Where the last entry of a block ends, and how its entries are indented."""
    if key is None:
        return len(text), ""
    at = span_of(text, key)[0]
    outer = at - (text.rfind("\n", 0, at) + 1)
    inner = outer + _INDENT
    if block:
        start = span_of(text, _key_of(block, next(iter(block))))[0]
        inner = start - (text.rfind("\n", 0, start) + 1)
    return _end_of_entry(text, at, outer), " " * inner


def _end_of_entry(text: str, at: int, column: int) -> int:
    """Behind the last line of an entry that begins at a column: the next begins there or further out."""
    place = end = text.find("\n", at) + 1 or len(text)
    for line in text[place:].splitlines(keepends=True):
        end += len(line)
        bare, own = line.strip(), len(line) - len(line.lstrip(" "))
        if bare and own <= column and not bare.startswith("#"):
            break
        if bare and own > column:
            place = end
    return place


def _with_lines(text: str, added: Mapping[int, Sequence[str]]) -> str:
    """Text with lines at some places, each the beginning of a line or the end of the text."""
    end = "\r\n" if "\r\n" in text else "\n"
    for place in sorted(added, reverse=True):
        before = text[:place]
        gap = end if before and not before.endswith("\n") else ""
        text = f"{before}{gap}{''.join(f'{line}{end}' for line in added[place])}{text[place:]}"
    return text


def _entry_lines(name: str, value: Written, indent: str) -> Iterator[str]:
    if isinstance(value, str):
        yield f"{indent}{name}: {value}"
    elif isinstance(value, Mapping):
        yield f"{indent}{name}:"
        for inner, it in value.items():
            yield from _entry_lines(inner, it, f"{indent}{' ' * _INDENT}")
    else:
        yield f"{indent}{name}: [{', '.join(map(as_scalar, value))}]"


def _read_back(value: Written) -> Any:
    """What is read from a value as it is written."""
    lines = "\n".join(_entry_lines("value", value, ""))
    return _as_plain(parse_yaml(lines, "value"))["value"]


def _as_plain(value: Any) -> Any:
    """A document in plain types, to be changed and compared."""
    if isinstance(value, Map):
        return {str(key): _as_plain(inner) for key, inner in value.items()}
    return [_as_plain(inner) for inner in value] if isinstance(value, list) else str(value)


def _at(document: Any, keys: Sequence[str]) -> Any:
    for key in keys:
        document = document[key]
    return document


def _proved(edited: str, file: str, wanted: Any, place: str | Scalar, name: str) -> str:
    """The edited text, if it reads as is wanted."""
    try:
        if _as_plain(document_of(edited, file)) == wanted:
            return edited
    except ParseError:
        pass
    raise ParseError([Issue("error", getattr(place, "where", file), f"{name} cannot stand there", _ON_LINES)])
