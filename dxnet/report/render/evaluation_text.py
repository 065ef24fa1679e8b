"""An evaluation as text: one screen or two."""

from __future__ import annotations

from collections.abc import Iterable

from dxnet.evaluation.performance import Performance
from dxnet.evaluation.scorecard import Scorecard
from dxnet.report.content import figures
from dxnet.report.content.evaluation import standing
from dxnet.report.parts import Plot, Table, Text
from dxnet.report.render.terminal import Page, label
from dxnet.words import counted, percent, share


def show_performance(page: Page, found: Performance) -> None:
    """What cases of known diagnosis tell of a network."""
    network, card = found.answers.network, found.card
    page.line(f"Network: {label(network)}")
    page.line(f"Setting: {network.settings[card.setting].label} ({card.setting})")
    page.line(standing(found))
    _parts(page, [figures.measures(found, f"Scores of {counted(card.n, 'case')}")])
    _parts(page, figures.discrimination(found))
    for it in found.decisions:
        page.line()
        page.line(figures.title(it, card.n))
        page.table(figures.BENEFITS, figures.thresholds(it.curve))
        page.line()
        page.line(figures.recalibrated(it))
    if found.comparisons:
        _parts(page, figures.compared(found.comparisons))
    page.line()
    page.line(f"True diagnosis not ranked first: {len(card.misses)} of {counted(card.n, 'case')}")


def show_details(page: Page, card: Scorecard) -> None:
    """Each diagnosis, and the cases that were missed."""
    frame = card.per_diagnosis()
    cells = frame.assign(
        n=frame["n"].map(str),
        log_loss=frame["log_loss"].map("{:.2f}".format),
        top1=frame["top1"].map(share),
        top3=frame["top3"].map(share),
        mean_probability=frame["mean_probability"].map(percent),
    )
    columns = ("Diagnosis", ">Cases", ">Top-1", ">Top-3", ">Mean P(true)", ">Log loss")
    page.table(columns, cells.itertuples(name=None))
    page.table(
        ("Missed case", "True diagnosis", ">Rank", ">P(true)", "Ranked first", ">P(first)"),
        [
            (s.id, s.diagnosis, str(s.rank), percent(s.probability), s.top, percent(s.top_probability))
            for s in card.misses
        ],
    )


def _parts(page: Page, parts: Iterable[Table | Plot | Text]) -> None:
    """Tables and texts; plots are left to reports."""
    for part in parts:
        if isinstance(part, Plot):
            continue
        page.line()
        page.line(part.caption if isinstance(part, Table) else part.text)
        if isinstance(part, Table):
            page.table(part.columns, part.rows)
