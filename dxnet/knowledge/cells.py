"""The text of a cell of a table: what is trimmed from it, and when two names are one."""

from __future__ import annotations

import re

_WHITESPACE = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
_INVISIBLE_SIGNS = "\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e" + "".join(
    map(chr, (*range(0x2060, 0x206A), 0xFEFF))
)
EDGE = _WHITESPACE + _INVISIBLE_SIGNS
"""Characters that are trimmed from both ends of a cell: white space, and what has no width."""
INVISIBLE = re.compile(f"[{_INVISIBLE_SIGNS}]")


def clean_cell(text: str) -> str:
    """A cell without white space and invisible characters at its ends; other white space is one blank.

    >>> clean_cell("  a\\n b\\u200b"), clean_cell(" \\ufeff\\u00a0 ")
    ('a b', '')
    """
    return " ".join(text.strip(EDGE).split())


def folded(name: str) -> str:
    """A name without case and invisible characters, with one kind of separator between its words.

    >>> folded(" Finger-Drop "), folded("finger_drop")
    ('finger_drop', 'finger_drop')
    """
    name = INVISIBLE.sub("", name).strip().casefold()
    return re.sub(r"[\s_\-]+", "_", name) if name != "-" else "-"
