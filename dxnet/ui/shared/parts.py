"""Parts on a page of the app. Pages draw charts and plots themselves, as these answer to clicks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote

import pandas as pd
import streamlit as st

from dxnet.knowledge.reference import Reference
from dxnet.report.parts import Block, Bullets, Facts, Paragraph, Section, Table
from dxnet.ui.shared.safe_text import literal
from dxnet.words import in_style

_LINK = re.compile(
    r"doi:(?P<doi>10\.\S*[^\s.,;)])|PMID (?P<pmid>\d+)|(?P<url>https?://\S*[^\s.,;)])|HP:\d{7}"
)
MOST_SIDE_BY_SIDE = 4
"""Columns that a phone shows side by side; ``frame.css`` knows it, too."""
_HPO = "https://hpo.jax.org/browse/term/"


def show_parts(parts: Iterable[Block | Section]) -> None:
    """Parts and sections one below the other; a text below a table is its note."""
    last: Block | Section | None = None
    for part in parts:
        match part:
            case Section():
                st.markdown(f"**{literal(part.heading)}**")
                show_parts(part.parts)
            case Paragraph():
                text = linked(part.text)
                if isinstance(last, Table) and not part.strong:
                    st.caption(text)
                else:
                    st.markdown(f"**{text}**" if part.strong else text)
            case Facts() if part.rows:
                mark = "- " if len(part.rows) > 1 else ""
                lines = (f"{mark}**{literal(name)}:** {linked(text)}" for name, text in part.rows)
                st.markdown("\n".join(lines))
            case Bullets() if part.items:
                more = [f"and {part.more} more"] if part.more else []
                st.markdown("\n".join(f"- {linked(item)}" for item in (*part.items, *more)))
            case Table():
                show_table(part)
        last = part


def show_table(table: Table) -> None:
    """A table below its caption, without bars of text; text of a file in it is shown as it stands."""
    kept = [(k, name) for k, name in enumerate(table.columns) if name]
    cells = {
        name.removeprefix(">"): [
            unbroken(number_cell(row[k]) if name.startswith(">") else literal(row[k])) for row in table.rows
        ]
        for k, name in kept
    }
    st.markdown(f"**{literal(table.caption)}**")
    if len(kept) > MOST_SIDE_BY_SIDE:
        rows = [[row[k] for k, _ in kept] for row in table.rows]
        st.html(labels_on_phone(table.caption, [name for _, name in kept], rows))
    st.table(pd.DataFrame(cells), hide_index=True, alt=table.caption)
    if table.more:
        st.caption(f"and {table.more} more")


def labels_on_phone(caption: str, columns: Sequence[str], rows: Sequence[Sequence[str]] = ()) -> str:
    """A style by which a row of a wide table stands in lines on a phone, with the heads of its columns in it.

    The first column needs no label, nor the second one behind a rank; both stand out. Empty cells of the
    ``rows`` are left out.

    >>> print(labels_on_phone("A", ["B", ">C"]).removeprefix("<style>@media (max-width: 640px) {"))
    table[aria-label="A"] td:nth-child(-n+1){font-weight:600}table[aria-label="A"] td:nth-child(2)::before{...
    """
    named = 2 if columns[0].startswith(">") else 1
    table = f'table[aria-label="{in_style(caption)}"]'
    rules = [f"{table} td:nth-child(-n+{named}){{font-weight:600}}"]
    if named > 1:
        rules.append(f"{table} td:nth-child({named}){{flex:1 0 80%}}")
    for k, name in enumerate(columns, 1):
        label = in_style(name.removeprefix(">"))
        rules += [f'{table} td:nth-child({k})::before{{content:"{label}: "}}'] if k > named else []
    empty = [
        f"{table} tr:nth-child({number}) td:nth-child({k})"
        for number, row in enumerate(rows, 1)
        for k, text in enumerate(row, 1)
        if not text
    ]
    rules += [f"{','.join(empty)}{{display:none!important}}"] if empty else []
    return f"<style>@media (max-width: 640px) {{{''.join(rules)}}}</style>"


def number_cell(text: str) -> str:
    """A number as a cell of a table: ``>99.9 %`` is no quotation of Markdown.

    >>> print(number_cell(">99.9 %"))
    \\>99.9 %
    """
    return text.replace(">", "\\>")


def unbroken(text: str) -> str:
    """Text whose numbers and per cent signs stay on one line."""
    return text.replace(" %", "\N{NO-BREAK SPACE}%")


def linked(text: str) -> str:
    """Text as it stands, but for DOIs, PMIDs, URLs and HPO terms, which become links.

    >>> print(linked("Miller. 2020. doi:10.1000/x(1)2 <b>"))
    Miller. 2020. [doi:10.1000/x(1)2](https://doi.org/10.1000/x%281%292) \\<b>
    """
    shown, end = "", 0
    for match in _LINK.finditer(text):
        known = match.groupdict(default="")
        reference = Reference(key=match[0], doi=known["doi"], pmid=known["pmid"], url=known["url"])
        address = quote(reference.link or f"{_HPO}{match[0]}", safe="/:;?=&%#")
        shown += f"{literal(text[end : match.start()])}[{literal(match[0])}]({address})"
        end = match.end()
    return shown + literal(text[end:])
