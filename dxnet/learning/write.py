"""A copy of a network's directory with learned numbers: only their lines change."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from itertools import count
from math import floor, log10
from pathlib import Path

from dxnet.errors import Issue, NetworkError, file_fault
from dxnet.knowledge.edit import NetworkFiles
from dxnet.knowledge.estimate import WEIGHT_CAP
from dxnet.knowledge.load import find_network
from dxnet.knowledge.network import Network
from dxnet.learning.learn import Move
from dxnet.whole_files import whole_directory
from dxnet.words import counted

LEAST_WRITTEN = 1e-5
"""A written probability keeps at least this distance from 0 and 1."""
_LOCAL_KEY = "local"


def write_network(
    network: Network, source: str | Path, target: Path, moves: Sequence[Move], about: Mapping[str, str]
) -> str:
    """Copy a network to a new directory, with learned numbers and their source.

    Args:
        network: the network that was loaded from ``source``, a name or directory.
        target: the new directory.
        moves: the learned numbers; weights are capped as those of the literature are.
        about: the reference of the cohort: fields of ``Reference`` other than its key.

    Returns:
        The key of the cohort among the references.

    Raises:
        NetworkError: the directory exists or cannot be written, or a number spreads over several lines.
    """
    directory, files = find_network(source), NetworkFiles.read(source)
    new_directory(target)
    key = next(
        k for n in count(1) if (k := f"{_LOCAL_KEY}_{n}" if n > 1 else _LOCAL_KEY) not in network.references
    )
    files = files.edit(
        {move.place: _learned_text(move, key, move.place in files.with_room) for move in moves}
    )
    files = files.with_reference({"key": key, **about})
    try:
        with whole_directory(target):
            shutil.copytree(directory, target, ignore=shutil.ignore_patterns(".*"), dirs_exist_ok=True)
            files.written_to(target)
    except shutil.Error as problem:  # of single files, each with its reason
        reason = f"cannot be made: {problem.args[0][0][-1]}"
        raise NetworkError(
            [Issue("error", str(target), reason, "make room there, or name another")]
        ) from None
    except OSError as problem:
        raise NetworkError([file_fault(target, problem)]) from None
    return key


def new_directory(path: Path) -> None:
    """Refuse a directory that cannot be made.

    Raises:
        NetworkError: it exists, or the directory above it does not.
    """
    if os.path.lexists(path) or not os.path.isdir(path.absolute().parent):
        fix = "give a new directory, in one that is there"
        raise NetworkError([Issue("error", str(path), "cannot be made", fix)])


def _learned_text(move: Move, key: str, has_room: bool) -> str:
    """The number as text of its file, with its reason where there is room for one."""
    return f"{_learned_value(move, key)}  # {_reason(move)}" if has_room else _learned_value(move, key)


def _learned_value(move: Move, key: str) -> str:
    shown = move.mean[1:] if len(move.mean) == 2 else move.mean
    numbers = " ".join(map(_four_digits, shown))
    sources = " ".join(f"@{source}" for source in (*move.old.sources, key))
    return f"{numbers} ~ {min(move.weight, WEIGHT_CAP):.4g} {sources}"


def _four_digits(p: float) -> str:
    """The probability with four significant digits of its distance from 0 or 1, whichever is nearer."""
    kept = min(max(p, LEAST_WRITTEN), 1 - LEAST_WRITTEN)
    return f"{kept:.{3 - floor(log10(min(kept, 1 - kept)))}f}"


def _reason(move: Move) -> str:
    before = move.old.text.partition("@")[0].strip()
    worth = counted(round(move.rows), "complete row")
    change = f"informed by a local cohort{f' as by {worth}' if move.rows else ''}; was {before}"
    return "; ".join(filter(None, (change, move.old.reason)))
