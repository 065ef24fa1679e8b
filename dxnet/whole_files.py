"""Files that are written whole or not at all: what was there stays until all of the new content is."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex

from dxnet.errors import CaseError, Issue

BEING_WRITTEN = ".part-"
"""Begins the name of a file that is still being written."""
_OPENED = ("/dev/std", "/dev/fd/", "/proc/")
"""Paths of what a process has opened, which nothing can take the place of."""


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A path beside that of a file, to be written to: it takes the file's place when the block has ended.

    If the block fails, nothing is left of it, and a file that was there is as before. A link stays one, and
    a file keeps its mode. What is no file, as a pipe or a device, is written to as it is.

    Raises:
        OSError: the file cannot be written.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as directory:
    ...     with whole_file(Path(directory, "a.txt")) as part:
    ...         _ = part.write_text("all of it")
    ...     [(path.name, path.read_text()) for path in Path(directory).iterdir()]
    [('a.txt', 'all of it')]
    """
    file = Path(os.path.realpath(path))
    is_there = os.path.exists(file)
    if str(path).startswith(_OPENED) or (is_there and not file.is_file()):
        yield path
        return
    if is_there and not os.access(file, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    part = file.with_name(f"{BEING_WRITTEN}{token_hex(8)}")
    try:
        yield part
        if is_there:
            shutil.copymode(file, part)
        os.replace(part, file)
    except BaseException:
        with suppress(OSError):
            os.unlink(part)
        raise


@contextmanager
def only_writer(path: Path) -> Iterator[None]:
    """While no other run writes a file; the lock of a process that was killed holds nobody up.

    Raises:
        CaseError: another run writes it.
        OSError: no lock can be made beside it.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as directory, only_writer(Path(directory, "a.parquet")):
    ...     with only_writer(Path(directory, "a.parquet")):
    ...         pass
    Traceback (most recent call last):
    dxnet.errors.CaseError: a.parquet: is being written by another run; wait until it is done, or stop it
    """
    from filelock import FileLock, Timeout

    file = path.with_name(f"{path.name}.lock")
    lock = FileLock(file, blocking=False)
    try:
        lock.acquire()
    except Timeout:
        fix = "wait until it is done, or stop it"
        raise CaseError([Issue("error", path.name, "is being written by another run", fix)]) from None
    try:
        yield
    finally:
        lock.release()
        file.unlink(missing_ok=True)


def as_document(text: str) -> bytes:
    """Text as the content of a file: UTF-8, a half of a surrogate pair as its number.

    >>> as_document("ä" + chr(0xDCFF)).decode()
    'ä\\\\udcff'
    """
    return text.encode("utf-8", "backslashreplace")


def write_whole(path: Path, content: bytes) -> None:
    """Write a file in one step.

    Raises:
        OSError: it cannot be written.
    """
    with whole_file(path) as part:
        part.write_bytes(content)


@contextmanager
def whole_directory(directory: Path) -> Iterator[None]:
    """A directory that is made, or is there and empty: if the block fails, it is again as it was.

    Raises:
        OSError: it cannot be made.
    """
    new = [path for path in (directory, *directory.parents) if not path.exists()]
    directory.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        for path in new[-1:] or directory.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise
