"""How the letters of a text file are stored: UTF-8, or what the mark at its beginning says."""

from __future__ import annotations

import codecs

_UTF8 = "utf-8-sig"
"""UTF-8 with a mark or without."""
MARKED = {
    codecs.BOM_UTF8: _UTF8,
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""Encodings by their marks; that of UTF-32 begins with one of UTF-16, and comes first."""
SAVE_AS_UTF8 = "save it as UTF-8: in Notepad by 'Save as', in PowerShell by 'Out-File -Encoding utf8'"


def marked_encoding(raw: bytes) -> str:
    """The encoding that a file claims by its mark; that without a mark is UTF-8.

    >>> marked_encoding("id: a".encode("utf-16")), marked_encoding(b"id: a")
    ('utf-16', 'utf-8-sig')
    """
    return next((encoding for mark, encoding in MARKED.items() if raw.startswith(mark)), _UTF8)


def recoded(raw: bytes) -> bytes:
    """Text with a mark of UTF-16 or UTF-32 in UTF-8; any other content as it is.

    >>> recoded("id: a".encode("utf-16"))
    b'id: a'
    """
    encoding = marked_encoding(raw)
    return raw if encoding == _UTF8 else raw.decode(encoding).encode()


def unreadable_text(raw: bytes) -> tuple[int, str, str] | None:
    """The line of a file where it is no text in its encoding, what it looks like, and the cure.

    >>> unreadable_text("id: a\\nnote: Müller".encode("latin-1"))[:2]
    (2, "is not UTF-8 text: it holds the byte 0xFC, in Windows-1252 the letter 'ü'")
    >>> unreadable_text("id: a".encode("utf-16-le"))[:2]
    (1, 'looks like UTF-16 text without the mark at its beginning')
    >>> unreadable_text("Müller".encode())
    """
    encoding = marked_encoding(raw)
    if said := unmarked_in_words(raw):
        return 1, said, SAVE_AS_UTF8
    try:
        raw.decode(encoding)
    except UnicodeDecodeError as problem:
        line = raw.count(b"\n", 0, problem.start) + 1
        is_marked = encoding != _UTF8
        said = claimed_in_words(encoding) if is_marked else odd_byte_in_words(raw[problem.start])
        return line, said, SAVE_AS_UTF8
    return None


def odd_byte_in_words(odd: int) -> str:
    """What is wrong with a byte that is not UTF-8, and which letter it may have been.

    >>> odd_byte_in_words(0xE9)
    "is not UTF-8 text: it holds the byte 0xE9, in Windows-1252 the letter 'é'"
    """
    letter = bytes([odd]).decode("cp1252", "replace")
    looks = f", in Windows-1252 the letter {letter!r}" if letter.isalpha() else ""
    return f"is not UTF-8 text: it holds the byte 0x{odd:02X}{looks}"


def claimed_in_words(encoding: str) -> str:
    """What is wrong with a file that is not in the encoding of its mark."""
    return f"is not {encoding.upper()} text here or below, as its first bytes claim"


def unmarked_in_words(beginning: bytes) -> str:
    """What is wrong with a file that begins as UTF-16 without a mark; nothing of any other.

    There most of every second byte is zero and the others are text: western letters of two bytes.

    >>> unmarked_in_words("id: a".encode("utf-16")), unmarked_in_words(b"id: a")
    ('', '')
    """
    halves = beginning[:64:2], beginning[1:64:2]
    high, low = sorted(halves, key=lambda half: -half.count(0))
    is_wide = high.count(0) > len(high) / 2 and all(byte >= 32 or byte in b"\t\n\r" for byte in low)
    is_unmarked = is_wide and marked_encoding(beginning) == _UTF8
    return "looks like UTF-16 text without the mark at its beginning" if is_unmarked else ""
