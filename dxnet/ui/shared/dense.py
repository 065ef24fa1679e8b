"""Parts in little room: the first rows of a table and the first line of a text; the rest opens on a click.

It is one piece of HTML, as each widget costs the browser some milliseconds at every click. What is folded is
among it, so that a click opens it without asking the server.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from dxnet.report.parts import Block, Bullets, Facts, Paragraph, Section, Table
from dxnet.ui.shared.parts import unbroken

LETTERS_OF_LINE = 90
"""Letters that a line of half a desk's window holds; a longer text is cut there until it is opened."""


def dense_html(parts: Iterable[Block | Section], rows: Sequence[int]) -> str:
    """Parts one below the other, as HTML.

    Args:
        parts: paragraphs, lists and tables, also in sections.
        rows: how many rows of the first tables are seen at once; with 0, and of all further tables, the
            whole table opens on a click, with the note below it.

    >>> print(dense_html([Paragraph("CK <200", strong=True)], ()))
    <p><b>CK &lt;200</b></p>
    """
    return "".join(_html_of_parts(parts, iter(rows)))


def _html_of_parts(parts: Iterable[Block | Section], rows: Iterator[int]) -> Iterator[str]:
    """Each part as HTML; a text below a table is its note, and folded with it."""
    folded: list[str] = []
    last: Block | Section | None = None
    for part in parts:
        is_note = isinstance(last, Table) and isinstance(part, Paragraph) and not part.strong
        if folded and not is_note:
            yield "".join((*folded, "</details>"))
            folded = []
        match part:
            case Table() if part.rows:
                seen = next(rows, 0)
                if seen:
                    yield from _html_of_table(part, seen)
                else:
                    summary = f"<summary><b>{escape(part.caption)}</b> ({len(part.rows)})</summary>"
                    folded = [f'<details class="fold">{summary}', _rows_of(part, part.rows)]
            case Section():
                yield from _html_of_section(part, rows)
            case Paragraph() if folded:
                folded.append(f"<p>{_html(part.text)}</p>")
            case _:
                yield from _html_of_texts(part, is_note)
        last = part
    if folded:
        yield "".join((*folded, "</details>"))


def _html_of_section(section: Section, rows: Iterator[int]) -> Iterator[str]:
    """A section; its heading begins its first text."""
    first, *rest = section.parts
    heading = f"<b>{_html(section.heading)}</b>"
    if isinstance(first, Paragraph):
        yield _cut_text(f"{heading} {_html(first.text)}", len(section.heading) + len(first.text), lines=2)
    else:
        yield f"<p>{heading}</p>"
        rest = [first, *rest]
    yield from _html_of_parts(rest, rows)


def _html_of_texts(part: Block, is_note: bool) -> Iterator[str]:
    """Paragraphs, facts and lists; a note has one line, any other text two, an entry of a list all."""
    match part:
        case Paragraph():
            text = _html(part.text)
            shown = f"<b>{text}</b>" if part.strong else text
            yield _cut_text(shown, len(part.text), lines=1 if is_note else 2)
        case Facts():
            for name, text in part.rows:
                yield _cut_text(f"<b>{_html(name)}:</b> {_html(text)}", len(name) + len(text), lines=1)
        case Bullets():
            for item in part.items:
                yield f"<p>{_html(item)}</p>"
            if part.more:
                yield f"<p>and {part.more} more</p>"


def _cut_text(shown: str, letters: int, lines: int) -> str:
    """A text; a long one is cut after some lines, and a click shows it whole."""
    if letters <= LETTERS_OF_LINE * lines:
        return f"<p>{shown}</p>"
    return f'<details class="cut cut{lines}"><summary><span>{shown}</span></summary></details>'


def _html_of_table(table: Table, seen: int) -> Iterator[str]:
    """The first rows of a table, and the others folded below it."""
    yield f"<p><b>{_html(table.caption)}</b></p>" if table.caption else ""
    yield _rows_of(table, table.rows[:seen])
    if rest := table.rows[seen:]:
        yield f'<details class="fold"><summary>{len(rest)} more</summary>{_rows_of(table, rest)}</details>'
    if table.more:
        yield f"<p>and {table.more} more</p>"


def _rows_of(table: Table, rows: Iterable[Sequence[str]]) -> str:
    """Some rows below the heads of all columns that have a name; numbers stand on the right.

    The first column that holds no numbers names the row.
    """
    kinds = [' class="number"' if name.startswith(">") else "" for name in table.columns]
    shown = [k for k, name in enumerate(table.columns) if name]
    heads = "".join(
        f'<th scope="col"{kinds[k]}>{_html(table.columns[k].removeprefix(">"))}</th>' for k in shown
    )
    name = next((k for k in shown if not kinds[k]), shown[0])
    tags = ['th scope="row"' if k == name else "td" for k in range(len(kinds))]
    body = "".join(
        f"<tr>{''.join(f'<{tags[k]}{kinds[k]}>{_html(row[k])}</{tags[k][:2]}>' for k in shown)}</tr>"
        for row in rows
    )
    return (
        f'<table class="dense"><caption>{escape(table.caption)}</caption><thead><tr>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


def _html(text: str) -> str:
    return escape(unbroken(text))
