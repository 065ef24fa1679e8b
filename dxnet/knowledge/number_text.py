"""The numbers in the text of one YAML file: where each stands, and the text with others in their place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from dxnet.errors import Issue, ParseError
from dxnet.knowledge.network import ATYPICAL, PATTERN, Finding, Mechanism
from dxnet.knowledge.place import Place
from dxnet.knowledge.strict_yaml import Map, Scalar, parse_yaml
from dxnet.knowledge.table import DEFAULT, is_table

_REASON = re.compile(r"[ \t]+#+")
_YAML_COMMENT = re.compile(r"[ \t]+#[^\r\n]*")
_LINE_END = re.compile(r"[ \t]*(?:[ \t]#[^\r\n]*)?(?=[\r\n]|\Z)")
BOM = "\ufeff"
_NUMBER_KEYS = Finding.number_keys() | Mechanism.number_keys()
"""Keys of variables that hold numbers, beside that of the table."""


def split_number(text: str) -> tuple[str, str]:
    """The value and the reason behind it."""
    value, *reason = _REASON.split(text.strip(), maxsplit=1)
    return value, "".join(reason).strip()


@lru_cache(maxsize=64)
def numbers_in(text: str, path: str) -> Mapping[Place, Scalar]:
    """Every number of a file by its place in the network."""

    def walk(value: Any, keys: tuple[str, ...]) -> Iterator[tuple[Place, Scalar]]:
        if isinstance(value, Map):
            for key, child in value.items():
                yield from walk(child, (*keys, key))
        elif isinstance(value, Scalar) and (place := _place_of_keys(keys)):
            yield place, value

    return MappingProxyType(dict(walk(parse_yaml(text.removeprefix(BOM), path), ())))


def _place_of_keys(keys: tuple[str, ...]) -> Place | None:
    """The place, as ``Network.estimates`` has it, of what stands below some keys; None: no number."""
    match keys:
        case ("recording error",):
            return Place("recording error")
        case ("missed", category):
            return Place("missed", row=category)
        case ("unexplained",):
            return Place("unexplained")
        case ("patterns", "stray"):
            return Place("variables", PATTERN, "stray")
        case ("patterns", "background", name):
            return Place("variables", PATTERN, "background", name)
        case ("patterns", "shares", diagnosis, pattern):
            return Place("variables", PATTERN, "shares", f"{diagnosis}.{pattern}")
        case ("patterns", "pictures", pattern, "shows", name):
            return Place("variables", PATTERN, "shows", f"{pattern}.{name}")
        case ("soft words", word):
            return Place("soft words", row=word)
        case ("settings", name, "prior", row):
            return Place("settings", name, row=row)
        case ("settings", name, *rest) if (found := _key_and_row(rest)) and not found[0]:
            return Place("settings", name, *found)
        case (section, *rest) if section == ATYPICAL and (found := _key_and_row(rest)):
            return Place("variables", ATYPICAL, *found)
        case ("mechanisms" | "incidental" | "findings", name, *rest) if found := _key_and_row(rest):
            return Place("variables", name, *found)
    return None


def _key_and_row(keys: list[str]) -> tuple[str, str] | None:
    """Key and row of the number below some keys of a variable or setting; None: no number."""
    match keys:
        case ["probability"]:
            return "", DEFAULT
        case [key, row] if is_table(key):
            return "", row
        case [key, *row] if key in _NUMBER_KEYS and len(row) < 2:
            return key, "".join(row)
    return None


def span_of(text: str, scalar: Scalar) -> tuple[int, int]:
    """Where a scalar begins and ends in its file, which may begin with a byte order mark."""
    bom = len(text) - len(text.removeprefix(BOM))
    return scalar.span[0] + bom, scalar.span[1] + bom


def has_room(text: str, scalar: Scalar) -> bool:
    """Whether a reason can stand behind a number: nothing else follows it on its line."""
    return bool(_LINE_END.match(text, span_of(text, scalar)[1]))


@dataclass(frozen=True)
class _Edit:
    """A number put into the text of a file: between which characters, and the reason behind it."""

    start: int
    end: int
    value: str
    note: str

    @classmethod
    def of(cls, text: str, old: Scalar, number: str) -> _Edit | None:
        """How to put a number in place of another; None where it or its reason has no room."""
        start, end = span_of(text, old)
        value, reason = split_number(number)
        if "\n" in text[start:end] or (reason and reason != old.comment and not has_room(text, old)):
            return None
        if reason == old.comment:
            return cls(start, end, value, "")
        comment = _YAML_COMMENT.match(text, end)
        return cls(start, comment.end() if comment else end, value, f"  # {reason}" if reason else "")

    def into(self, text: str, quote: str = "") -> str:
        """The edited text."""
        return f"{text[: self.start]}{quote}{self.value}{quote}{self.note}{text[self.end :]}"


def with_numbers(text: str, path: str, numbers: Mapping[Place, str]) -> str:
    """A file with other numbers: plain, or in quotes where YAML would read one otherwise.

    Raises:
        ParseError: numbers that cannot stand there.
    """
    known = numbers_in(text, path)
    edits = [_Edit.of(text, known[place], number) for place, number in numbers.items()]
    edited = text
    for edit in sorted(filter(None, edits), key=lambda edit: -edit.start):
        edited = edit.into(edited)
    if None not in edits and _reads(edited, path, known, numbers):
        return edited
    issues = []
    for place, number in numbers.items():
        one = numbers_in(text, path)
        last = _Edit.of(text, one[place], number)
        tries = [last.into(text), last.into(text, "'")] if last else []
        if good := next((it for it in tries if _reads(it, path, one, {place: number})), ""):
            text = good
        else:
            fix = "put the number on a line of its own in the file first, or leave the reason out"
            issues.append(Issue("error", known[place].where, f"{place}: {number!r} cannot stand there", fix))
    if issues:
        raise ParseError(issues)
    return text


def _reads(text: str, path: str, known: Mapping[Place, Scalar], numbers: Mapping[Place, str]) -> bool:
    """Whether a file has the known numbers but for some others."""
    wanted = {place: (str(found), found.comment) for place, found in known.items()}
    wanted |= {place: split_number(number) for place, number in numbers.items()}
    try:
        return {p: (str(found), found.comment) for p, found in numbers_in(text, path).items()} == wanted
    except ParseError:
        return False
