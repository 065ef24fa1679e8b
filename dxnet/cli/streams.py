"""Standard output and error: documents leave as they are, and no letter becomes a question mark.

A terminal or pipe of Windows may know some 200 letters alone. What it cannot show is written by others that
mean the same, by the nearest ASCII letter, or by its number; ``?`` would say "not examined".
"""

from __future__ import annotations

import codecs
import io
import os
import sys
from typing import TextIO
from unicodedata import combining, normalize

import click

from dxnet.whole_files import as_document

_INSTEAD = {
    **dict.fromkeys("–—−─\u2010\u2011\u2012", "-"),
    **dict.fromkeys("\u2018\u2019\u201a\u2032", "'"),
    **dict.fromkeys("“”„″«»", '"'),
    **dict.fromkeys("•◦▪‣", "*"),
    **dict.fromkeys("█▉▊▋▌▍▎▏", "#"),
    **{"→": "->", "←": "<-", "±": "+/-", "│": "|", "·": ".", "\u2044": "/", "°": "deg", "∞": "infinity"},
    **{"≤": "<=", "≥": ">=", "≠": "!=", "≈": "~", "×": "x", "✓": "x", "✔": "x", "☑": "[x]", "☒": "[x]"},
    **{"☐": "[ ]", "μ": "u", "ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O"},
    **{"ł": "l", "Ł": "L", "đ": "d", "Đ": "D"},
}
"""What ASCII has for signs and letters that Unicode does not take apart."""
_ERRORS = "dxnet.nearest"
"""The name of ``_nearest`` among the handlers of errors."""


def _nearest(problem: UnicodeError) -> tuple[str, int]:
    """What is written for letters that an encoding does not have."""
    if not isinstance(problem, UnicodeEncodeError):
        raise problem
    return "".join(map(_in_ascii, problem.object[problem.start : problem.end])), problem.end


def _in_ascii(letter: str) -> str:
    """A letter as ASCII has it.

    >>> [_in_ascii(letter) for letter in "→…é½漢"]
    ['->', '...', 'e', '1/2', '\\\\u6f22']
    """
    parts = normalize("NFKD", _INSTEAD.get(letter, letter))
    plain = "".join(_INSTEAD.get(part, part) for part in parts if not combining(part))
    return plain if plain.isascii() else letter.encode("ascii", "backslashreplace").decode()


def show_every_letter() -> None:
    """Have standard output and error write something readable for what they cannot encode."""
    codecs.register_error(_ERRORS, _nearest)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_ERRORS)


def print_document(content: str | bytes) -> None:
    """What could be a file: in UTF-8 whatever the locale, unless somebody reads it on a terminal."""
    is_shown = isinstance(content, bytes) or sys.stdout.isatty()
    click.echo(content if is_shown else as_document(str(content)), nl=False)


def write_rest() -> None:
    """Write what standard output still holds back.

    Raises:
        OSError: it cannot be written.
    """
    if sys.stdout is not None:
        sys.stdout.flush()


def let_go(*streams: TextIO) -> None:
    """Drop what cannot be written, as nobody reads it or there is no room, so that the process can end."""
    for stream in streams:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
