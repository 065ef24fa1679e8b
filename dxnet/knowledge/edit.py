"""Numbers of a network edited in its files: the text of a number and its reason, not a byte beside them."""

from __future__ import annotations

import csv
import io
import os
import posixpath
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from dxnet.errors import Issue, ParseError
from dxnet.knowledge.encodings import recoded
from dxnet.knowledge.estimate import Estimate
from dxnet.knowledge.load import find_network, yaml_files
from dxnet.knowledge.number_text import BOM, has_room, numbers_in, span_of, with_numbers
from dxnet.knowledge.place import Place
from dxnet.knowledge.strict_yaml import Scalar, parse_yaml, utf8_text

BESIDE = ("cases.csv", "README.md", "network.schema.json")
"""Files in the directory of a network that go with it; others there may be data of patients."""
LARGEST_BESIDE = 20_000_000
"""Bytes that each of these may have, to be taken along; a larger one is data."""


def number_as_written(estimate: Estimate) -> str:
    """A number as its file has it, with the reason behind it.

    >>> number_as_written(Estimate.parse("0.07 ~ 10 @estimate", reason="rare"))
    '0.07 ~ 10 @estimate  # rare'
    """
    return f"{estimate.text}  # {estimate.reason}" if estimate.reason else str(estimate.text)


@dataclass(frozen=True)
class NetworkFiles:
    """The files of a network, its ``BESIDE``, and the tables of references and evidence that they name.

    Args:
        directory: of the network among them, with ``/``.
        contents: by path, with ``/``.

    >>> files = NetworkFiles.read("asia")
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
    def read(cls, path_or_name: str | Path) -> NetworkFiles:
        """The files as they stand, in UTF-8; of others in the directory, only ``BESIDE`` that can be read.

        Raises:
            ParseError: no such network.
        """
        directory = find_network(path_or_name)
        paths = paths_of_network(directory, absolute=False)
        root = Path(os.path.commonpath([directory.parent, *paths]))
        files = {path: recoded(path.read_bytes()) for path in paths} | dict(_files_beside(directory))
        contents = {path.relative_to(root).as_posix(): content for path, content in files.items()}
        return cls(directory.relative_to(root).as_posix(), contents)

    def edit(self, numbers: Mapping[Place, str] | Mapping[str, str]) -> NetworkFiles:
        """The files with other numbers; every other byte stays.

        Args:
            numbers: place of a number, as in ``Network.estimates`` -> its value and ``# reason``. A number
                whose reason is left out loses the one that it had.

        Raises:
            ParseError: places that the files do not have or where the text cannot stand; all at once.
        """
        by_file: dict[str, dict[Place, str]] = {}
        issues: list[Issue] = []
        for written_place, text in numbers.items():
            try:
                place = Place.parse(written_place, self._homes, self.directory)
                by_file.setdefault(self._homes[place], {})[place] = text
            except ParseError as problem:
                issues += problem.issues
        contents = dict(self.contents)
        for path, own in by_file.items():
            try:
                contents[path] = with_numbers(decoded(contents[path]), path, own).encode()
            except ParseError as problem:
                issues += problem.issues
        if issues:
            raise ParseError(issues)
        return replace(self, contents=contents)

    @cached_property
    def with_room(self) -> frozenset[Place]:
        """The numbers behind which a reason can stand: nothing else follows them on their line."""
        texts = {path: decoded(self.contents[path]) for path in self.yaml_paths}
        return frozenset(
            place
            for path, text in texts.items()
            for place, number in numbers_in(text, path).items()
            if has_room(text, number)
        )

    def with_reference(self, row: Mapping[str, str]) -> NetworkFiles:
        """The files with one more reference, the last of its table; a table is made where there is none.

        Args:
            row: column -> text; columns that the table does not have are left out.
        """
        files = self._with_table_inside("references")
        stated = files._stated("references")
        if stated is None:
            path, table = f"{self.directory}/network.yaml", files._free("references")
            text = decoded(files.contents[path])
            end = _line_end(text)
            edited = f"{text}{_gap(text)}references: {PurePosixPath(table).name}{end}"
            header = ",".join(row) + end
            contents = {**files.contents, path: edited.encode(), table: _with_row(header, row).encode()}
        else:
            table = posixpath.normpath(f"{self.directory}/{stated[1]}")
            contents = {**files.contents, table: _with_row(decoded(files.contents[table]), row).encode()}
        return replace(self, contents=contents)

    def written_to(self, directory: Path) -> None:
        """Write the files into one directory.

        Tables that stand outside that of the network come into it, and the lines that name them change.
        """
        files = self._with_table_inside("references")._with_table_inside("evidence")
        for name, content in files.contents.items():
            if PurePosixPath(name).is_relative_to(self.directory):
                path = directory / PurePosixPath(name).relative_to(self.directory)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)

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
        return {
            place: path
            for path in self.yaml_paths
            for place in numbers_in(decoded(self.contents[path]), path)
        }

    @property
    def yaml_paths(self) -> list[str]:
        """The YAML files among them."""
        return [path for path in self.contents if path.lower().endswith((".yaml", ".yml"))]

    def _stated(self, key: str) -> tuple[str, Scalar] | None:
        """The file that names a table, and the name as it stands there."""
        for path in (path for path in self.yaml_paths if key.encode() in self.contents[path]):
            name = parse_yaml(decoded(self.contents[path]).removeprefix(BOM), path).get(key)
            if isinstance(name, Scalar):
                return path, name
        return None

    def _free(self, key: str) -> str:
        """A path for a table in the directory of the network at which no file stands."""
        names = (f"{self.directory}/{key}{f'_{n}' if n > 1 else ''}.csv" for n in count(1))
        return next(name for name in names if name not in self.contents)

    def _with_table_inside(self, key: str) -> NetworkFiles:
        """The files with a table in the directory of the network."""
        if (stated := self._stated(key)) is None:
            return self
        path, name = stated
        outside = posixpath.normpath(f"{self.directory}/{name}")
        if not os.path.isabs(name) and outside.startswith(f"{self.directory}/"):
            return self
        content = Path(name).read_bytes() if os.path.isabs(name) else self.contents[outside]
        inside, text = self._free(key), decoded(self.contents[path])
        start, end = span_of(text, name)
        edited = f"{text[:start]}{PurePosixPath(inside).name}{text[end:]}"
        return replace(self, contents={**self.contents, path: edited.encode(), inside: content})


def _with_row(table: str, row: Mapping[str, str]) -> str:
    """A CSV table with one more row."""
    end, line = _line_end(table), io.StringIO()
    header = next(csv.reader(io.StringIO(table.removeprefix(BOM), newline="")))
    csv.DictWriter(line, header, restval="", extrasaction="ignore", lineterminator=end).writerow(row)
    return f"{table}{_gap(table)}{line.getvalue()}"


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _gap(text: str) -> str:
    """What ends the last line of a file, if nothing does yet."""
    return "" if text.endswith(("\n", "\r")) else _line_end(text)


def paths_of_network(directory: Path, *, absolute: bool = True) -> list[Path]:
    """The files of a network: its YAML files, and the tables that they name.

    Args:
        directory: of the network.
        absolute: list tables at absolute paths, too; those stay where they are when the network is written.

    Raises:
        ParseError: a file cannot be read.
    """
    paths = [path for path, _ in yaml_files(directory)]
    tables = [name for name in _named_tables(paths) if absolute or not os.path.isabs(name)]
    return [*paths, *sorted({Path(os.path.normpath(directory / name)) for name in tables})]


def _files_beside(directory: Path) -> Iterator[tuple[Path, bytes]]:
    """What goes with a network although no YAML file of it names it, and the bytes of each."""
    for path in (directory / name for name in BESIDE):
        with suppress(OSError):
            is_file = path.is_file() and not path.is_symlink()
            if is_file and path.stat().st_size <= LARGEST_BESIDE:
                yield path, path.read_bytes()


def _named_tables(paths: Iterable[Path]) -> Iterator[str]:
    """The files that a network names beside its own."""
    for path in paths:
        document = parse_yaml(utf8_text(path), path.name)
        for name in (document.get(key) for key in ("references", "evidence")):
            if isinstance(name, Scalar):
                yield name


def decoded(content: bytes) -> str:
    """The text of a file."""
    return content.decode()
