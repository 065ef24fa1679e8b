"""A network as it was read from its files before, if neither they nor the program have changed since."""

from __future__ import annotations

import gc
import json
import pickle
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from pydantic import VERSION

from dxnet.kept_files import content_key, kept_file, program
from dxnet.knowledge.network import Network

Beside = Iterable[Path]
"""Files that a network names, which lie outside its directory."""
_CHANGED = "saved while it was read"


def kept_network(
    directory: Path, files: Iterable[tuple[Path, str]], read: Callable[[], tuple[Network, Beside]]
) -> Network:
    """The network of a directory.

    Args:
        directory: its path is in the network, too.
        files: of the network, with their names.
        read: reads them, and says which files beside them it read.

    Raises:
        ParseError, CheckError: those of ``read``; then nothing is kept.
    """
    files = list(files)
    try:
        stated = _stated(files)
    except OSError:
        return read()[0]  # which says what is wrong with the file
    found: list[Network] = []

    def make() -> bytes:
        network, beside = read()
        found.append(network)
        digests = {str(path): _digest(path) for path in beside}
        if _stated(files) != stated:  # it was saved meanwhile
            digests = {str(directory): _CHANGED}
        return json.dumps(digests).encode() + b"\n" + pickle.dumps(network)

    key = content_key(program(), VERSION.encode(), str(directory).encode(), *stated)
    content = kept_file("network", key, make, _is_current)
    network = found[0] if found else _unpickled(content)
    beside, _, _ = content.partition(b"\n")
    network.name_content(content_key(key.encode(), beside))
    return network


def _stated(files: Sequence[tuple[Path, str]]) -> list[bytes]:
    """The names of files and what they hold."""
    return [part for path, name in files for part in (name.encode(), path.read_bytes())]


def _is_current(content: bytes) -> bool:
    """Whether the files beside are still those that the network was read from."""
    beside: Mapping[str, str] = json.loads(content.partition(b"\n")[0])
    return all(_digest(Path(path)) == digest for path, digest in beside.items())


def _digest(path: Path) -> str:
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _unpickled(content: bytes) -> Network:
    """The network; nothing of it is garbage, which is not looked for meanwhile."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        network: Network = pickle.loads(content[content.index(b"\n") + 1 :])
    finally:
        if was_on:
            gc.enable()
    return network
