"""Numbers of a network edited in its files: the text of a number and its reason, not a byte beside them."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from dxnet.errors import Issue, ParseError
from dxnet.knowledge.estimate import Estimate
from dxnet.knowledge.faults import unknown_sources, wrong_length
from dxnet.knowledge.load import find_network, yaml_files
from dxnet.knowledge.network import ATYPICAL, Finding, Mechanism, Network
from dxnet.knowledge.place import Place
from dxnet.knowledge.strict_yaml import Map, Text, parse_yaml
from dxnet.knowledge.table import DEFAULT, is_table

_REASON = re.compile(r"[ \t]+#+")
_COMMENT = re.compile(r"[ \t]+#[^\r\n]*")
_LINE_END = re.compile(r"[ \t]*(?:[ \t]#[^\r\n]*)?(?=[\r\n]|\Z)")
_BOM = "\ufeff"
_KEYS = Finding.number_keys() | Mechanism.number_keys()
"""Keys of variables that hold numbers, beside that of the table."""


def written(estimate: Estimate) -> str:
    """A number as its file has it, with the reason behind it.

    >>> written(Estimate.parse("0.07 ~ 10 @estimate", reason="rare"))
    '0.07 ~ 10 @estimate  # rare'
    """
    return f"{estimate.text}  # {estimate.reason}" if estimate.reason else str(estimate.text)


def read_number(network: Network, place: str, text: str) -> Estimate:
    """The number that would stand at a place of a network: value grammar, then ``# reason`` if there is one.

    Raises:
        ParseError: no such place, not the grammar, another number of states, unknown references.

    >>> from dxnet import load_network
    >>> read_number(load_network("asia"), "smoking.default", "12/50 @lauritzen1988  # a small town").weight
    51.0
    """
    known = dict(network.estimates())
    place = Place.parse(place, known, network.name)
    where, (value, reason) = known[place].where, _split(text)
    try:
        if not text.isprintable():
            raise ValueError("holds a line break or another control character; write it on one line")
        estimate = Estimate.parse(value, reason=reason, where=where)
    except ValueError as problem:
        message, _, fix = str(problem).partition("; ")
        raise ParseError([Issue("error", where, f"{place}: {message}", fix)]) from None
    size = len(known[place].mean)
    if faults := [*wrong_length(estimate, size, place), *unknown_sources(network, estimate, place)]:
        raise ParseError(faults)
    return estimate


@dataclass(frozen=True)
class Files:
    """The files of a network, and the tables of references and evidence that they name.

    Args:
        directory: of the network among them, with ``/``.
        contents: by path, with ``/``.

    >>> files = Files.read("asia")
    >>> sorted(files.contents)
    ['asia/network.yaml', 'asia/references.csv']
    >>> edited = files.edit({"smoking.default": "12/50 @lauritzen1988"})
    >>> before, after = (f.contents["asia/network.yaml"].decode().splitlines() for f in (files, edited))
    >>> [line.strip() for old, line in zip(before, after) if old != line]
    ['probability: 12/50 @lauritzen1988']
    """

    directory: str
    contents: Mapping[str, bytes]

    @classmethod
    def read(cls, path_or_name: str | Path) -> Files:
        """The files as they stand.

        Raises:
            ParseError: no such network.
        """
        directory = find_network(path_or_name)
        paths = [path for path, _ in yaml_files(directory)]
        paths += sorted({Path(os.path.normpath(directory / name)) for name in _tables(paths)})
        root = Path(os.path.commonpath([directory.parent, *paths]))
        contents = {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}
        return cls(directory.relative_to(root).as_posix(), contents)

    def edit(self, numbers: Mapping[Place, str] | Mapping[str, str]) -> Files:
        """The files with other numbers; every other byte stays.

        Args:
            numbers: place of a number, as in ``Network.estimates`` -> its value and ``# reason``. A number
                whose reason is left out loses the one that it had.

        Raises:
            ParseError: places that the files do not have or where the text cannot stand; all at once.
        """
        contents = dict(self.contents)
        issues: list[Issue] = []
        for place, text in numbers.items():
            try:
                known = Place.parse(place, self._homes, self.directory)
                path = self._homes[known]
                contents[path] = _replaced(_text(contents[path]), path, known, text).encode()
            except ParseError as problem:
                issues += problem.issues
        if issues:
            raise ParseError(issues)
        return replace(self, contents=contents)

    @contextmanager
    def unpacked(self) -> Iterator[Path]:
        """The directory of the network in a temporary place, private to this user, until the block ends."""
        with TemporaryDirectory() as temporary:
            for name, content in self.contents.items():
                path = Path(temporary) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            yield Path(temporary) / self.directory

    def packed(self) -> bytes:
        """A zip of the files; the same files make the same bytes."""
        archive = io.BytesIO()
        with ZipFile(archive, "w") as opened:
            for name, content in self.contents.items():
                opened.writestr(ZipInfo(name), content, ZIP_DEFLATED)
        return archive.getvalue()

    @cached_property
    def _homes(self) -> Mapping[Place, str]:
        """The file of every number, by its place."""
        files = [path for path in self.contents if path.lower().endswith((".yaml", ".yml"))]
        return {place: path for path in files for place in _numbers(_text(self.contents[path]), path)}


def _tables(paths: Iterable[Path]) -> Iterator[str]:
    """The files that a network names beside its own; one at an absolute path stays where it is."""
    for path in paths:
        document = parse_yaml(_text(path.read_bytes()).removeprefix(_BOM), path.name)
        for name in (document.get(key) for key in ("references", "evidence")):
            if isinstance(name, Text) and not os.path.isabs(name):
                yield name


def _text(content: bytes) -> str:
    return content.decode()


def _split(text: str) -> tuple[str, str]:
    """The value and the reason behind it."""
    value, *reason = _REASON.split(text.strip(), maxsplit=1)
    return value, "".join(reason).strip()


def _numbers(text: str, path: str) -> dict[Place, Text]:
    """Every number of a file by its place in the network."""

    def walk(value: Any, keys: tuple[str, ...]) -> Iterator[tuple[Place, Text]]:
        if isinstance(value, Map):
            for key, child in value.items():
                yield from walk(child, (*keys, key))
        elif isinstance(value, Text) and (place := _place(keys)):
            yield place, value

    return dict(walk(parse_yaml(text.removeprefix(_BOM), path), ()))


def _place(keys: tuple[str, ...]) -> Place | None:
    """The place, as ``Network.estimates`` has it, of what stands below some keys; None: no number."""
    match keys:
        case ("recording error",):
            return Place("recording error")
        case ("soft words", word):
            return Place("soft words", row=word)
        case ("settings", name, "prior", row):
            return Place("settings", name, row=row)
        case ("settings", name, *rest) if (found := _number(rest)) and not found[0]:
            return Place("settings", name, *found)
        case (section, *rest) if section == ATYPICAL and (found := _number(rest)):
            return Place("variables", ATYPICAL, *found)
        case ("mechanisms" | "incidental" | "findings", name, *rest) if found := _number(rest):
            return Place("variables", name, *found)
    return None


def _number(keys: list[str]) -> tuple[str, str] | None:
    """Key and row of the number below some keys of a variable or setting; None: no number."""
    match keys:
        case ["probability"]:
            return "", DEFAULT
        case [key, row] if is_table(key):
            return "", row
        case [key, *row] if key in _KEYS and len(row) < 2:
            return key, "".join(row)
    return None


def _replaced(text: str, path: str, place: Place, number: str) -> str:
    """A file with one other number: plain, or in quotes where YAML would read it otherwise.

    Raises:
        ParseError: the number cannot stand there.
    """
    known = _numbers(text, path)
    old, (value, reason) = known[place], _split(number)
    bom = len(text) - len(text.removeprefix(_BOM))
    start, end = (position + bom for position in old.span)
    comment = _COMMENT.match(text, end)
    behind = comment.end() if comment else end
    if reason == old.comment:
        behind, note = end, ""
    else:
        note = f"  # {reason}" if reason else ""
    wanted = {name: (str(found), found.comment) for name, found in known.items()}
    wanted[place] = (value, reason)
    fits = "\n" not in text[start:end] and (not note or _LINE_END.match(text, end))
    for shown in (value, f"'{value}'") if fits else ():
        edited = f"{text[:start]}{shown}{note}{text[behind:]}"
        try:
            read = _numbers(edited, path)
        except ParseError:
            continue
        if {name: (str(found), found.comment) for name, found in read.items()} == wanted:
            return edited
    fix = "put the number on a line of its own in the file first, or leave the reason out"
    raise ParseError([Issue("error", old.where, f"{place}: {number!r} cannot stand there", fix)])
