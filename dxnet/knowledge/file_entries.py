"""Entries of the files of a network: each is written into the file in which its like stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from dxnet.knowledge.edit import NetworkFiles, decoded
from dxnet.knowledge.number_text import split_number
from dxnet.knowledge.strict_yaml import Map
from dxnet.knowledge.yaml_entries import Copies, Written, document_of, with_copies, with_entry, with_value


def spaced(text: str) -> str:
    """A number and its reason as files have them."""
    value, reason = split_number(text)
    return f"{value}  # {reason}" if reason else value


def inserted(
    files: NetworkFiles, keys: Sequence[str], name: str, value: Written, beside: Sequence[str] = ()
) -> NetworkFiles:
    """The files with one more entry, where the block at some keys and entries ``beside`` it stand."""
    path = _home(files, keys, beside)
    return _written(files, path, with_entry(decoded(files.contents[path]), path, keys, name, value))


def replaced(files: NetworkFiles, keys: Sequence[str], new: str) -> NetworkFiles:
    """The files with another text of a scalar, and of the comment behind it."""
    path = _home(files, keys[:-1], [keys[-1]])
    return _written(files, path, with_value(decoded(files.contents[path]), path, keys, new))


def copied_in(files: NetworkFiles, copies: Callable[[Map], Copies]) -> NetworkFiles:
    """The files with copies of some entries."""
    for path in files.yaml_paths:
        files = _written(files, path, with_copies(decoded(files.contents[path]), path, copies))
    return files


def _written(files: NetworkFiles, path: str, text: str) -> NetworkFiles:
    return replace(files, contents={**files.contents, path: text.encode()})


def _home(files: NetworkFiles, keys: Sequence[str], beside: Sequence[str]) -> str:
    """The file in which the block at some keys stands, with most of the entries ``beside``."""

    def fits(path: str) -> tuple[int, int, bool]:
        block, depth = document_of(decoded(files.contents[path]), path), 0
        for key in keys:
            if not isinstance(block.get(key), Map):
                break
            block, depth = block[key], depth + 1
        near = sum(name in block for name in beside) if depth == len(keys) else 0
        return depth, near, path == f"{files.directory}/network.yaml"

    return max(files.yaml_paths, key=fits)
