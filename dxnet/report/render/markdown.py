"""A report as Markdown: text, lists and tables, which hold the numbers of charts and plots, too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from dxnet.report.parts import Block, Bullets, Content, Facts, Multiples, Paragraph, Table


def to_markdown(content: Content) -> bytes:
    """A report as Markdown in UTF-8; what Markdown or HTML would read as a mark is escaped.

    >>> from datetime import date
    >>> from dxnet.report.parts import Section
    >>> section = Section("A", (Facts((("b", "*c*"),)),))
    >>> print(to_markdown(Content("T", "foot", date(2026, 1, 31), (section,))).decode())
    # T
    <BLANKLINE>
    ## A
    <BLANKLINE>
    - **b**: \\*c\\*
    <BLANKLINE>
    ---
    <BLANKLINE>
    foot
    <BLANKLINE>
    """
    blocks = [f"# {escaped(content.title)}"]
    for section in content.sections:
        blocks.append(f"## {escaped(section.heading)}")
        blocks += ["\n".join(_lines(part)) for part in section.parts]
    blocks += ["---", escaped(content.foot)]
    return ("\n\n".join(filter(None, blocks)) + "\n").encode("utf-8")


def escaped(text: str) -> str:
    """Text that stays as it is in Markdown.

    >>> print(escaped("a_b | <c>"))
    a\\_b \\| \\<c>
    """
    return re.sub(r"([\\`*_\[\]<|~&]|^[#>+-])", r"\\\1", text)


def _lines(part: Block) -> Iterator[str]:
    match part:
        case Paragraph():
            yield f"**{escaped(part.text)}**" if part.strong else escaped(part.text)
        case Facts():
            yield from (f"- **{escaped(name)}**: {escaped(text)}" for name, text in part.rows)
        case Bullets():
            yield from (f"- {escaped(item)}" for item in part.items)
            if part.more:
                yield f"- and {part.more} more"
        case Table():
            yield f"{escaped(part.caption)}\n"
            yield _markdown_row(escaped(column.removeprefix(">")) for column in part.columns)
            yield _markdown_row("---:" if column.startswith(">") else "---" for column in part.columns)
            yield from (_markdown_row(map(escaped, cells)) for cells in part.rows)
            if part.more:
                yield f"\nand {part.more} more"
        case Multiples():
            yield from _lines(part.as_table())
        case _:
            pass


def _markdown_row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
