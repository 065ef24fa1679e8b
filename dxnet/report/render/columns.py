"""How wide the columns of a printed table are."""

from __future__ import annotations

from collections.abc import Sequence

from dxnet.report.parts import Table
from dxnet.report.render.paper import Paper

WRAPPED_FROM = 62.0
"""Millimetres from which the text of a column is wrapped."""
BESIDE_TEXT = 4.5
"""Millimetres beside a text in its cell."""
NEGLIGIBLE_MM = 1e-6
"""Millimetres that do not matter."""


def column_widths(paper: Paper, table: Table) -> tuple[float, ...]:
    """Numbers get the room that they need; texts share the rest by their lengths, no word or date broken.

    The letters of the paper are those of its headings.
    """
    columns = list(zip(*table.rows, strict=True))
    texts = [
        [paper.drawable(text) for text in (name.removeprefix(">"), *cells)]
        for name, cells in zip(table.columns, columns, strict=True)
    ]
    natural = [max(map(paper.get_string_width, of)) + BESIDE_TEXT for of in texts]
    longest = [
        max(paper.get_string_width(word) for text in of for word in (*text.split(), "")) for of in texts
    ]
    is_number = [name.startswith(">") for name in table.columns]
    rest = paper.epw - sum(width for width, number in zip(natural, is_number, strict=True) if number)
    wrapped = [k for k, number in enumerate(is_number) if not number]
    shared = shared_width(
        rest, [min(natural[k], WRAPPED_FROM) for k in wrapped], [longest[k] + BESIDE_TEXT for k in wrapped]
    )
    widths = dict(zip(wrapped, shared, strict=True))
    return tuple(widths.get(k, width) for k, width in enumerate(natural))


def shared_width(whole: float, wanted: Sequence[float], least: Sequence[float]) -> list[float]:
    """A width shared out by what is wanted; each gets its least, but no more of it than an equal share.

    >>> shared_width(100.0, [10.0, 90.0], [30.0, 20.0]), shared_width(100.0, [10.0, 40.0], [5.0, 5.0])
    ([30.0, 70.0], [20.0, 80.0])
    """
    needed = [min(width, whole / len(wanted)) for width in least]
    fixed: dict[int, float] = {}
    while True:
        open_ = [k for k in range(len(wanted)) if k not in fixed]
        left, others = whole - sum(fixed.values()), sum(wanted[k] for k in open_)
        given = {k: left * wanted[k] / others for k in open_}
        short = {k: needed[k] for k in open_ if given[k] < needed[k] - NEGLIGIBLE_MM}
        if not short:
            return [(fixed | given)[k] for k in range(len(wanted))]
        fixed |= short
