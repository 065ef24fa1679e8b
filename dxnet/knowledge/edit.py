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

from dxnet.errors import Issue, ParseError, did_you_mean
from dxnet.knowledge.buildable import unknown_sources, wrong_length
from dxnet.knowledge.estimate import Estimate
from dxnet.knowledge.load import find_network, yaml_files
from dxnet.knowledge.network import ATYPICAL, Network
from dxnet.knowledge.strict_yaml import Map, Text, parse_yaml
from dxnet.knowledge.table import DEFAULT, is_table

_REASON = re.compile(r"[ \t]+#+")
_COMMENT = re.compile(r"[ \t]+#[^\r\n]*")
_LINE_END = re.compile(r"[ \t]*(?:[ \t]#[^\r\n]*)?(?=[\r\n]|\Z)")
_BOM = "\ufeff"


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
    if place not in known:
        fix = did_you_mean(place, known)
        raise ParseError([Issue("error", network.name, f"no number {place!r}", fix)])
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

    def edit(self, numbers: Mapping[str, str]) -> Files:
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
                if (path := self._homes.get(place)) is None:
                    fix = did_you_mean(place, self._homes)
                    raise ParseError([Issue("error", self.directory, f"no number {place!r}", fix)])
                contents[path] = _replaced(_text(contents[path]), path, place, text).encode()
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
    def _homes(self) -> Mapping[str, str]:
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


def _numbers(text: str, path: str) -> dict[str, Text]:
    """Every number of a file by its place in the network."""

    def walk(value: Any, keys: tuple[str, ...]) -> Iterator[tuple[str, Text]]:
        if isinstance(value, Map):
            for key, child in value.items():
                yield from walk(child, (*keys, key))
        elif isinstance(value, Text) and (place := _place(keys)):
            yield place, value

    return dict(walk(parse_yaml(text.removeprefix(_BOM), path), ()))


def _place(keys: tuple[str, ...]) -> str | None:
    """The place, as ``Network.estimates`` has it, of what stands below some keys; None: no number."""
    match keys:
        case ("recording error",) | ("soft words", _):
            return ".".join(keys)
        case ("settings", name, "prior", row):
            return f"settings.{name}.{row}"
        case ("settings", name, *rest):
            return _row(f"settings.{name}", rest)
        case (section, *rest) if section == ATYPICAL:
            return _row(ATYPICAL, rest)
        case ("mechanisms" | "incidental" | "findings", name, *rest):
            return _row(name, rest)
    return None


def _row(name: str, keys: list[str]) -> str | None:
    match keys:
        case ["leak"] | ["also" | "noisy-or", _]:
            return ".".join([name, *keys])
        case ["probability"]:
            return f"{name}.{DEFAULT}"
        case [key, row] if is_table(key):
            return f"{name}.{row}"
    return None


def _replaced(text: str, path: str, place: str, number: str) -> str:
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
