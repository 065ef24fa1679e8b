"""Files and directories that commands write: none takes the place of what the user has written."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

import click

from dxnet.cli.named_file import NamedFile
from dxnet.cli.shared import FILE_PATH, Command
from dxnet.errors import DxnetError, Issue, NetworkError, ParseError

_OUTPUT_PATH = NamedFile("file")
"""The type of the options that name a file to write; those to read are FILE_PATH."""
_NETWORKS = ("name", "patients_from", "others")
"""Parameters of commands that name a network."""
_MADE_OF = (".yaml", ".yml")
"""A network is made of all such files in its directory, and in those below it."""


def output_option(*names: str, beside: Sequence[str] = (), **settings: Any) -> Callable[[Command], Command]:
    """An option that names a file to write.

    Refused before the command begins are a file that it reads, one from which the network around it is read,
    and one that would become part of that network.

    Args:
        names: of the option and its parameter, as ``click.option`` takes them.
        beside: what is put behind the name of the file for further ones that the command writes.
        settings: of ``click.option``.
    """

    def with_option(command: Command) -> Command:
        @click.option(*names, type=_OUTPUT_PATH, **settings)
        @wraps(command)
        def careful(*values: Any, **options: Any) -> None:
            _refuse_harm(click.get_current_context(), beside)
            command(*values, **options)

        return careful

    return with_option


def refuse_directory(directory: Path) -> None:
    """Refuse a directory to make for a network that would change another, or go by the name of another.

    Raises:
        DxnetError: it lies in the directory of a network, or has the name of one that ships with dxnet.
    """
    from dxnet.knowledge.load import network_around, shipped_networks

    if around := network_around(directory):
        message = f"lies in the network {_shown(around)}, which would read its files as its own"
        raise DxnetError([Issue("error", str(directory), message, "choose a directory outside with -o")])
    if directory.absolute().parent == Path.cwd() and directory.name in shipped_networks():
        message = "is the name of a network that ships with dxnet, which would be used in its place"
        raise DxnetError([Issue("error", str(directory), message, "choose another with -o")])


def _refuse_harm(context: click.Context, beside: Sequence[str]) -> None:
    """Refuse the outputs of a command that would take the place of its inputs, or change a network."""
    given = [(it, _each(context.params.get(str(it.name)))) for it in context.command.params]
    written = [path for parameter, values in given if parameter.type is _OUTPUT_PATH for path in values]
    outputs = [path.with_name(path.name + end) for path in written if path.name for end in ("", *beside)]
    if not outputs:
        return
    read: list[Path] = []
    for parameter, values in given:
        if parameter.name in _NETWORKS:
            read += [path for name in values for path in _network_files(name)]
        elif parameter.type is FILE_PATH:
            read += values
    if faults := [fault for output in outputs for fault in _harm(output, read)]:
        raise DxnetError(faults)


def _each(value: Any) -> Sequence[Any]:
    return value if isinstance(value, tuple) else () if value is None else (value,)


def _network_files(name: str) -> Sequence[Path]:
    """The files that a network is read from; none where there is no such network."""
    from dxnet.formats.networks.load import is_foreign, split_target
    from dxnet.knowledge.edit import paths_of_network
    from dxnet.knowledge.load import find_network

    if is_foreign(name):
        return [Path(split_target(name)[0])]
    try:
        return paths_of_network(find_network(name))
    except NetworkError:  # the command itself will say what is wrong with it
        return []


def _harm(output: Path, read: Sequence[Path]) -> Iterator[Issue]:
    """What would be lost if a file was written."""
    from dxnet.knowledge.load import network_around

    if any(_is_same(output, path) for path in read):
        yield Issue("error", str(output), "cannot be written, as it is an input", "give another file")
    elif (around := network_around(output)) and (reason := _part_of_network(output, around)):
        message = f"cannot be written, as {reason}"
        yield Issue("error", str(output), message, "give a file outside of that network")


def _part_of_network(path: Path, directory: Path) -> str:
    """In what way a file is part of the network around it; empty where it is not."""
    from dxnet.knowledge.edit import paths_of_network

    if path.suffix.lower() in _MADE_OF:
        return f"every YAML file in {_shown(directory)} is part of that network"
    try:
        is_part = any(_is_same(path, part) for part in paths_of_network(directory))
    except ParseError:
        unread = f"it may be part of the network {_shown(directory)}, which cannot be read"
        return unread if path.is_file() else ""
    return f"the network {_shown(directory)} is read from it" if is_part else ""


def _is_same(a: Path, b: Path) -> bool:
    """Whether two paths are one file, also by links."""
    try:
        return os.path.samefile(a, b)
    except OSError:
        return a.resolve() == b.resolve()


def _shown(directory: Path) -> str:
    """A directory as seen from here, if it is below."""
    try:
        return str(directory.relative_to(Path.cwd()))
    except ValueError:
        return str(directory)
