"""Files that save work at the next start, in the user's cache directory: made anew whenever they do not fit.

Each is named by all that it depends on, so that it never goes stale, and holds its own checksum, so that a
damaged one counts as absent. It is written beside and renamed, so that other processes see the whole or none.
The variable DXNET_CACHE names another directory; left empty, nothing is kept.
"""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path

from dxnet.whole_files import BEING_WRITTEN, write_whole

CACHE_VARIABLE = "DXNET_CACHE"
NEWEST = 12
"""Files of a kind that are left in place when one more is written: those that were used last."""
ABANDONED = 3600.0
"""Seconds after which a file that is still being written belongs to a process that was killed meanwhile."""
_CHECKSUM = sha256().digest_size


def kept_file(
    kind: str, key: str, make: Callable[[], bytes], is_current: Callable[[bytes], bool] = bool
) -> bytes:
    """The content of a file of the cache directory; made and written where it is absent or damaged.

    Args:
        kind: what it holds, in one word.
        key: names what the content depends on.
        make: makes the content, which is not empty.
        is_current: whether the content still holds, where not all that it depends on was known for the key.

    >>> kept_file("example", content_key(b"1 + 1"), lambda: b"2")
    b'2'
    """
    directory = cache_directory()
    if directory is None:
        return make()
    path = directory / f"{kind}-{key}"
    try:
        checksum, content = (raw := path.read_bytes())[:_CHECKSUM], raw[_CHECKSUM:]
    except OSError:
        checksum = content = b""
    with suppress(OSError):  # absent, or it can only be read
        os.utime(path)
    if checksum != sha256(content).digest() or not is_current(content):
        content = make()
        with suppress(OSError):  # no room, or not allowed
            write_whole(path, sha256(content).digest() + content)
            _drop_old(path)
    return content


def content_key(*parts: bytes) -> str:
    """A name for some content: equal only where all parts are.

    >>> content_key(b"ab", b"c") == content_key(b"a", b"bc")
    False
    """
    lengths = b",".join(b"%d" % len(part) for part in parts)
    return sha256(b"\0".join((lengths, *parts))).hexdigest()[:40]


@cache
def program() -> bytes:
    """Names the program as it is: the places, sizes and times of all modules of dxnet, and of Python."""
    folder = Path(__file__).parent
    found = sorted(folder.rglob("*.py"))
    seen = [
        (str(path.relative_to(folder)), (it := path.stat()).st_size, it.st_mtime_ns)
        for path in found
        if path.is_file()  # an editor's lock is a link to nowhere
    ]
    return sha256(repr((sys.version, seen)).encode()).digest()


@cache
def program_name() -> str:
    """Names the program by the text of all modules of dxnet: the same wherever the same program is."""
    folder = Path(__file__).parent
    texts = [(path.relative_to(folder).as_posix(), path) for path in folder.rglob("*.py") if path.is_file()]
    parts = (part for name, path in sorted(texts) for part in (name.encode(), _plain_lines(path)))
    return content_key(*parts)[:12]


def _plain_lines(path: Path) -> bytes:
    """The content of a text file, whichever ends of lines the system gave it."""
    return path.read_bytes().replace(b"\r\n", b"\n")


def cache_directory() -> Path | None:
    """Where files are kept: a directory in which nobody but this user can write; None where there is none."""
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen == "":
        return None
    try:
        directory = Path(chosen) if chosen else _of_the_system() / "dxnet"
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = directory.stat()
    except (OSError, RuntimeError):  # RuntimeError: this user has no home
        return None
    if sys.platform != "win32" and (
        status.st_uid != os.geteuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    ):
        return None
    return directory


def can_keep() -> bool:
    """Whether files can be kept at all."""
    directory = cache_directory()
    return directory is not None and os.access(directory, os.W_OK)


def _of_the_system() -> Path:
    """The directory that the system has for such files."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def _drop_old(path: Path) -> None:
    """Of the kind of a new file those used longest ago, and what killed processes left half written."""
    alike = path.parent.glob(f"{path.name.partition('-')[0]}-*")
    dropped = sorted(alike, key=lambda it: it.stat().st_mtime)[:-NEWEST]
    parts, since = path.parent.glob(f"{BEING_WRITTEN}*"), time.time() - ABANDONED
    dropped += [part for part in parts if part.stat().st_mtime < since]
    for old in dropped:
        old.unlink(missing_ok=True)
