"""Bars with their numbers beside them, as a table: screen readers read it, and it fits any width.

A table of HTML is drawn at once, where a chart of Vega takes the browser a fifth of a second.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from dxnet.words import WIDE, decibans, percent, share

TREATABLE_MARK = "treatable"


@dataclass(frozen=True)
class RankedBar:
    """A diagnosis: its probabilities without and with the findings, and its credible interval.

    Args:
        name, label, group: what it is called, in short and in full, and what it belongs to.
        treatable: whether it is marked as such.
        pre_test, post_test, low, high: from 0 to 1.
        between: the interval in words; a wide one is not drawn.
    """

    name: str
    label: str
    group: str
    treatable: bool
    pre_test: float
    post_test: float
    low: float
    high: float
    between: str


@dataclass(frozen=True)
class WeightBar:
    """A finding or another step with its weight and its standard error, natural logarithm.

    Args:
        key: what a click chooses.
        name: the step in words.
        weight, error: how far it moves the log-odds.
    """

    key: str
    name: str
    weight: float
    error: float


@dataclass(frozen=True)
class PairBar:
    """Two probabilities of one diagnosis, of two sides."""

    name: str
    a: float
    b: float

    @property
    def words(self) -> tuple[str, str, str]:
        """Both probabilities, and their difference in percentage points.

        >>> PairBar("ALS", 0.25, 0.5).words
        ('25.0 %', '50.0 %', '+25.0')
        """
        return percent(self.a), percent(self.b), f"{round(100 * (self.b - self.a), 1) + 0.0:+.1f}"


def ranking_bars(bars: Iterable[RankedBar], legend: str) -> str:
    """Probabilities with their intervals, and a tick at the pre-test one."""
    rows = []
    for bar in bars:
        before, after = percent(bar.pre_test), percent(bar.post_test)
        interval = "" if bar.between == WIDE else _mark("range", bar.low, bar.high)
        marks = f"{_mark('bar', 0, bar.post_test)}{interval}{_mark('tick', bar.pre_test, bar.pre_test)}"
        mark = f" <small>{TREATABLE_MARK}</small>" if bar.treatable else ""
        tip = f"{bar.label} · {bar.group} · pre-test {before} · post-test {after} · 90 %: {bar.between}"
        track = f'{marks}<span class="unseen">{before}</span>'
        cells = (track, after, bar.between)
        rows.append(_bar_row(f"{escape(bar.name)}{mark}", cells, "treatable" if bar.treatable else "", tip))
    columns = ("Diagnosis", "Pre-test", "Post-test", "90 % interval")
    return f'{_tabled("ranked", "Ranked differential", columns, rows)}<p class="legend">{escape(legend)}</p>'


def weight_bars(
    bars: Sequence[WeightBar], caption: str, rest: tuple[str, float] | None = None, picks: bool = False
) -> str:
    """Weights to the right and to the left of a line, each with two standard errors.

    Args:
        bars: a row each.
        caption: what they are, for screen readers.
        rest: what all others are called, and their weight.
        picks: whether a click chooses a bar.
    """
    ends = [0.0, *(bar.weight + side * bar.error for bar in bars for side in (-2, 2))]
    low, high = min(ends), max(max(ends), min(ends) + 1e-9)

    def at(weight: float) -> float:
        return (weight - low) / (high - low)

    rows = []
    for bar in bars:
        kind = "bar" if bar.weight > 0 else "bar against"
        drawn = _mark(kind, *sorted((at(0), at(bar.weight))))
        error = _mark("range", at(bar.weight - 2 * bar.error), at(bar.weight + 2 * bar.error))
        name, key = escape(bar.name), escape(bar.key)
        head = f'<button type="button" data-key="{key}">{name}</button>' if picks else name
        track = f"{drawn}{error if bar.error else ''}{_mark('zero', at(0), at(0))}"
        rows.append(_bar_row(head, (track, decibans(bar.weight)), "picks" if picks else ""))
    if rest:
        rows.append(_bar_row(escape(rest[0]), (_mark("zero", at(0), at(0)), decibans(rest[1])), "rest"))
    return _tabled("weights", caption, ("Finding", "", "Decibans"), rows)


def pair_bars(bars: Iterable[PairBar], caption: str, sides: tuple[str, str]) -> str:
    """Two probabilities a row: an open circle and a filled one, both numbers and their difference."""
    rows = []
    for bar in bars:
        line = _mark("line", *sorted((bar.a, bar.b)))
        marks = f"{line}{_mark('dot', bar.b, bar.b)}{_mark('circle', bar.a, bar.a)}"
        rows.append(_bar_row(escape(bar.name), (marks, *bar.words)))
    return _tabled("pairs", caption, ("Diagnosis", "", *sides, "Percentage points"), rows)


def count_bars(counts: Iterable[tuple[str, int, float]], caption: str) -> str:
    """Names with their counts and shares; the largest count takes the whole track."""
    counted = [*counts]
    most = max((number for _, number, _ in counted), default=1)
    rows = [
        _bar_row(escape(name), (_mark("bar", 0, number / most), f"{number:,}", share(part)))
        for name, number, part in counted
    ]
    return _tabled("counts", caption, ("Diagnosis", "", "Cases", "Share"), rows)


def _mark(kind: str, start: float, end: float) -> str:
    """A mark on a track that reaches from 0 to 1."""
    return f'<i class="{kind}" style="left:{100 * start:.2f}%;width:{100 * (end - start):.2f}%"></i>'


def _bar_row(head: str, cells: Iterable[str], kind: str = "", tip: str = "") -> str:
    """A row: its name, its track, and its numbers."""
    track, *numbers = cells
    title = f' title="{escape(tip)}"' if tip else ""
    texts = "".join(f"<td>{escape(number)}</td>" for number in numbers)
    return f'<tr class="{kind}"{title}><th scope="row">{head}</th><td class="track">{track}</td>{texts}</tr>'


def _tabled(kind: str, caption: str, columns: Iterable[str], rows: Iterable[str]) -> str:
    heads = "".join(f'<th scope="col">{name}</th>' if name else "<td></td>" for name in columns)
    return (
        f'<table class="bars {kind}"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )
