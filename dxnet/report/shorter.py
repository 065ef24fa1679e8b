"""A report with shorter texts, for a page that cannot hold them all; it says what was shortened."""

from __future__ import annotations

import re
from dataclasses import replace

from dxnet.report.parts import Block, Bullets, Content, Facts, Paragraph, Section, Table
from dxnet.words import shortened

PARAGRAPH = 4
"""A paragraph may be so many times as long as another text: it says how to read the rest."""
_COUNTED = re.compile(r"and (\d+) more")
"""The end of a list that names its first entries alone."""
AS_TEXT = ("Case", "Title", "Note")
"""Facts that are text of the user, and no list."""
TEXT_GOES_ON = " (shortened: the full report has all of it)"
"""What follows a text that was cut."""
NAME = 40
"""Letters of the name of a text that was shortened."""


def shorter(content: Content, most: int) -> Content:
    """A report whose texts have so many letters at most, and a paragraph that names those that had more.

    A list ends after an entry; the names of facts and of the texts that are named are kept.

    >>> from datetime import date
    >>> facts = Facts((("Case", "a"), ("Found", "ataxia; weakness; wasting")))
    >>> content = Content("Summary", "", date(2026, 1, 31), (Section("Findings", (facts,)),))
    >>> for part in shorter(content, 18).sections[0].parts:
    ...     print(part)
    Facts(rows=(('Case', 'a'), ('Found', 'ataxia; weakness; … (1 more)')))
    Paragraph(text='Shortened to fit on the page: Found. The full report has it all.', strong=True)
    """
    names: dict[str, None] = {}
    sections = [
        Section(
            _cut(it.heading, most), tuple(_shorter_part(it.heading, part, most, names) for part in it.parts)
        )
        for it in content.sections
    ]
    if not names:
        return content
    first, *others = sections
    named = ", ".join(_cut(name, NAME) for name in names)
    notice = Paragraph(f"Shortened to fit on the page: {named}. The full report has it all.", strong=True)
    return replace(content, sections=(replace(first, parts=(*first.parts, notice)), *others))


def _shorter_part(heading: str, part: Block, most: int, names: dict[str, None]) -> Block:
    """A part with shorter texts; the names of those that were longer are added to ``names``."""

    def cut(text: str, letters: int = most, name: str = heading) -> str:
        if len(text) > letters:
            names[name] = None
        return cut_to(letters, text) if name in AS_TEXT else _cut(text, letters)

    if isinstance(part, Facts):
        return Facts(tuple((_cut(name, most), cut(text, name=name)) for name, text in part.rows))
    if isinstance(part, Paragraph):
        return replace(part, text=cut(part.text, PARAGRAPH * most))
    if isinstance(part, Bullets):
        return replace(part, items=tuple(map(cut, part.items)))
    if isinstance(part, Table):
        return replace(part, rows=tuple(tuple(map(cut, row)) for row in part.rows))
    return part


def cut_to(most: int, text: str) -> str:
    """Text of so many letters; one that has more says so.

    >>> cut_to(9, cut_to(13, "Weakness; since a fall; worse"))
    'Weakness… (shortened: the full report has all of it)'
    """
    whole = text.removesuffix(TEXT_GOES_ON)
    return text if len(whole) <= most else f"{shortened(whole, most)}{TEXT_GOES_ON}"


def _cut(text: str, most: int) -> str:
    """Text of so many letters and a mark that more follows; a list ends after an entry, the rest is counted.

    >>> _cut("ataxia; weakness; wasting; and 3 more", 20)
    'ataxia; weakness; … (4 more)'
    """
    if len(text) <= most:
        return text
    entries = text.split("; ")
    kept = text[: most + 1].count("; ")
    if not kept:
        return f"{text[:most]}…"
    counted = _COUNTED.fullmatch(entries[-1])
    left = len(entries) - kept + (int(counted[1]) - 1 if counted else 0)
    return f"{'; '.join(entries[:kept])}; … ({left} more)"
