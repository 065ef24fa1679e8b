"""The text of a delimited file in blocks of whole lines, and what is a blank."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO, NoReturn

import numpy as np
from numpy.typing import NDArray

from dxnet.errors import CaseError, Issue
from dxnet.knowledge.encodings import MARKED, claimed_in_words, odd_byte_in_words, unmarked_in_words
from dxnet.knowledge.no_text import no_text

BLOCK_BYTES = 1 << 22
"""Bytes that are read at once."""
LONGEST_LINE = 1 << 26
"""Bytes of a line above which a file is no table."""
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
"""Control characters, which can drive a terminal; tabs and line breaks are white space."""
_CONTROL_BYTES = bytes([*range(9), 11, 12, *range(14, 32), 127])
_CONTROL_PAIR = re.compile(rb"\xc2[\x80-\x9f]")
Lines = NDArray[np.int64]
"""Lines of a file, or positions in it."""
_SAVE = "save the table as 'CSV UTF-8', or as parquet"


def has_control(block: bytes) -> bool:
    """Whether UTF-8 text holds a control character other than tabs and line breaks."""
    if len(block.translate(None, _CONTROL_BYTES)) != len(block):
        return True
    return b"\xc2" in block and _CONTROL_PAIR.search(block) is not None


def text_blocks(file: BinaryIO, name: str) -> Iterator[tuple[int, bytes]]:
    """The blocks of a file with the line, from 1, in which each begins; every line ends with a line feed.

    The file is UTF-8, or UTF-16 or UTF-32 with a byte order mark; its lines end with CR LF, LF or CR.

    Raises:
        CaseError: not such text, with the line.
    """
    line, rest = 1, b""
    for chunk in _with_line_feeds(_as_utf8(file, name)):
        if line == 1 and not rest and (known := no_text(chunk)):
            _refuse(f"{name}:1", *known)
        chunk = rest + chunk
        end = chunk.rfind(b"\n") + 1
        block, rest = chunk[:end], chunk[end:]
        if block:
            yield line, _checked_block(block, name, line)
            line += block.count(b"\n")
        elif len(rest) > LONGEST_LINE:
            _refuse(f"{name}:{line}", "has a line of more than 64 MB", "check that it is the right file")
    if rest:
        yield line, _checked_block(rest + b"\n", name, line)


def row_breaks(text: bytes, separator: str) -> Lines | None:
    """Where line feeds end rows, as they are not in quotes; None where quotes do not enclose whole cells.

    >>> row_breaks(b'a,"b\\nc"\\nd,e\\n', ",").tolist(), row_breaks(b'5" disc\\n', ",")
    ([7, 11], None)
    """
    data = np.frombuffer(text, np.uint8)
    feeds: Lines = np.flatnonzero(data == ord("\n"))
    if b'"' not in text:
        return feeds
    quotes = np.flatnonzero(data == ord('"'))
    beside = np.zeros(256, bool)
    beside[[ord("\n"), ord('"'), ord(separator)]] = True
    opening, closing = quotes[::2], quotes[1::2]
    before, behind = data[np.maximum(opening - 1, 0)], data[np.minimum(closing + 1, len(data) - 1)]
    if not (beside[before].all() and beside[behind].all()):
        return None
    outside: NDArray[np.bool_] = np.searchsorted(quotes, feeds) % 2 == 0
    return feeds[outside]


def after_lines(block: bytes, count: int) -> int:
    """The position behind some lines."""
    position = 0
    for _ in range(count):
        position = block.index(b"\n", position) + 1
    return position


def _as_utf8(file: BinaryIO, name: str) -> Iterator[bytes]:
    head = file.read(BLOCK_BYTES)
    mark = next((mark for mark in MARKED if head.startswith(mark)), b"")
    if said := unmarked_in_words(head):
        _refuse(f"{name}:1", said, _SAVE)
    if not mark or mark == codecs.BOM_UTF8:
        head = head[len(mark) :]
        while head:
            yield head
            head = file.read(BLOCK_BYTES)
        return
    decoder, lines = codecs.getincrementaldecoder(MARKED[mark])(), 1
    try:
        while head:
            text = decoder.decode(head)
            lines += text.count("\n")
            yield text.encode()
            head = file.read(BLOCK_BYTES)
        decoder.decode(b"", final=True)
    except UnicodeError:
        where = f"{name}:{lines}"
        _refuse(where, claimed_in_words(MARKED[mark]), _SAVE)


def _with_line_feeds(chunks: Iterator[bytes]) -> Iterator[bytes]:
    held = b""
    for chunk in chunks:
        chunk = held + chunk
        held = b"\r" if chunk.endswith(b"\r") else b""
        if b"\r" in chunk:
            chunk = chunk[: len(chunk) - len(held)].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        yield chunk
    if held:
        yield b"\n"


def _checked_block(block: bytes, name: str, line: int) -> bytes:
    try:
        if not block.isascii():
            block.decode()
    except UnicodeDecodeError as problem:
        where = f"{name}:{_line_at(block, problem.start, line)}"
        _refuse(where, odd_byte_in_words(block[problem.start]), _SAVE)
    if (at := block.find(b"\0")) >= 0:
        where = f"{name}:{_line_at(block, at, line)}"
        _refuse(where, "holds the control character U+0000, so it is not a text file", _SAVE)
    return block


def _line_at(block: bytes, position: int, first: int) -> int:
    return first + block.count(b"\n", 0, position)


def _refuse(where: str, message: str, fix: str) -> NoReturn:
    raise CaseError([Issue("error", where, message, fix)]) from None
