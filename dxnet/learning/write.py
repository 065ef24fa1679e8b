"""A copy of a network's directory with learned numbers: only their lines change."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Iterable, Mapping
from itertools import count
from math import floor, log10
from pathlib import Path

from dxnet.errors import Issue, NetworkError
from dxnet.knowledge.estimate import WEIGHT_CAP
from dxnet.knowledge.load import find_network
from dxnet.knowledge.network import Network
from dxnet.learning.learn import Move
from dxnet.words import counted

TINY = 1e-5
"""Probabilities are written so far from 0 and 1."""
_KEY = "local"


def write_network(
    network: Network, source: str | Path, target: Path, moves: Iterable[Move], about: Mapping[str, str]
) -> str:
    """Copy a network to a directory that is not there yet, with learned numbers and their source.

    Args:
        network: as it was loaded from ``source``, a name or directory.
        target: the directory to make.
        moves: the learned numbers; weights are capped as those of the literature are.
        about: the reference of the cohort: fields of ``Reference`` other than its key.

    Returns the key of the cohort among the references.

    Raises:
        NetworkError: the directory is there, or a number cannot be replaced in its line.
    """
    directory = find_network(source)
    new_directory(target)
    key = next(k for n in count(1) if (k := f"{_KEY}_{n}" if n > 1 else _KEY) not in network.references)
    lines = {
        path.relative_to(directory).as_posix(): path.read_text(encoding="utf-8").splitlines()
        for path in sorted(directory.rglob("*"))
        if path.suffix.lower() in (".yaml", ".yml")
    }
    faults = [issue for move in moves if (issue := _replace(lines, move, key))]
    if faults:
        raise NetworkError(faults)
    shutil.copytree(directory, target, ignore=shutil.ignore_patterns(".*", "references.csv", "evidence.csv"))
    _write_references(network, directory, target, lines, {"key": key, **about})
    for name, text in lines.items():
        (target / name).write_text("\n".join(text) + "\n", encoding="utf-8")
    return key


def new_directory(path: Path) -> None:
    """See that a directory can be made.

    Raises:
        NetworkError: it is there, or there is nothing to make it in.
    """
    if path.exists() or not path.absolute().parent.is_dir():
        fix = "give a new directory, in one that is there"
        raise NetworkError([Issue("error", str(path), "cannot be made", fix)])


def _replace(lines: dict[str, list[str]], move: Move, key: str) -> Issue | None:
    """Put a number into its line; what keeps it from that."""
    file, _, number = move.old.where.partition("/")[2].rpartition(":")
    row = re.escape(_row(move.place))
    written = re.compile(
        rf"(^|[\s{{,'\"])({row}|probability)(['\"]?\s*:\s*)(['\"]?){re.escape(move.old.text)}\4"
    )
    line = lines[file][int(number) - 1] if file in lines else ""
    if not (found := written.search(line)):
        return Issue(
            "error", move.old.where, f"{move.place}: not found in one line", "write 'row: number' there"
        )
    head, tail = line[: found.start()] + "".join(found.groups()[:3]), line[found.end() :]
    if "," in _value(move, key) or tail.strip().startswith((",", "}")):
        lines[file][int(number) - 1] = f"{head}{_value(move, key)}{tail}"
    else:
        lines[file][int(number) - 1] = f"{head}{_value(move, key)}  # {_reason(move)}"
    return None


def _row(place: str) -> str:
    """The key of a number in its file, from the place it stands in."""
    _, dot, row = place.partition(".")
    if place.startswith("settings."):
        row = row.partition(".")[2]
    return re.sub(r"^(also|noisy-or)\.", "", row) if dot else place


def _value(move: Move, key: str) -> str:
    shown = move.mean[1:] if len(move.mean) == 2 else move.mean
    numbers = " ".join(map(_digits, shown))
    sources = " ".join(f"@{source}" for source in (*move.old.sources, key))
    return f"{numbers} ~ {min(move.weight, WEIGHT_CAP):.4g} {sources}"


def _digits(p: float) -> str:
    """Four digits that count, of what it is from 0 or 1, whichever is nearer."""
    kept = min(max(p, TINY), 1 - TINY)
    return f"{kept:.{3 - floor(log10(min(kept, 1 - kept)))}f}"


def _reason(move: Move) -> str:
    before = move.old.text.partition("@")[0].strip()
    worth = counted(round(move.rows), "complete row")
    told = f"informed by a local cohort as by {worth}; was {before}"
    return "; ".join(filter(None, (told, move.old.reason)))


def _write_references(
    network: Network, directory: Path, target: Path, lines: dict[str, list[str]], row: Mapping[str, str]
) -> None:
    """Copy the tables of references and evidence into the directory, the cohort among the references."""
    for name in ("references", "evidence"):
        file, _, number = network.at(name).partition("/")[2].rpartition(":")
        old = lines[file][int(number) - 1] if file in lines else ""
        path = directory / old.partition(":")[2].partition(" #")[0].strip().strip("'\"")
        if old:
            shutil.copyfile(path, target / f"{name}.csv")
            lines[file][int(number) - 1] = f"{name}: {name}.csv"
        elif name == "references":
            (target / f"{name}.csv").write_text("key,title\n", encoding="utf-8")
            lines["network.yaml"].append(f"{name}: {name}.csv")
    file_ = target / "references.csv"
    with file_.open(newline="", encoding="utf-8-sig") as text:
        table = list(csv.DictReader(text))
        header = list(table[0] if table else row)
    with file_.open("w", newline="", encoding="utf-8") as text:
        writer = csv.DictWriter(text, header, extrasaction="ignore", restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows([*table, row])
