"""Results as text: nothing is told by colour alone, and a pipe gets unbroken lines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from rich import box
from rich.console import Console
from rich.table import Table

from dxnet.differential import INTENDED_USE, Differential
from dxnet.errors import Issue
from dxnet.evaluate import Comparison, Scorecard
from dxnet.network import Network
from dxnet.wording import bar, counted, percent, share

_UNBROKEN = 10_000
_SHOWN = 0.001
_BAR = 12


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to the command; rich would end with 1, which means something else here."""
        raise BrokenPipeError


class Page:
    """Where text goes: lines and tables as wide as a terminal, or as wide as they need to be in a pipe."""

    def __init__(self) -> None:
        self._console = _Console(markup=False, emoji=False, highlight=False)
        if not self._console.is_terminal:
            self._console.width = _UNBROKEN

    @property
    def is_terminal(self) -> bool:
        """Whether somebody is watching."""
        return self._console.is_terminal

    def line(self, text: str = "") -> None:
        """A paragraph."""
        self._console.print(text)

    def facts(self, facts: Iterable[tuple[str, str]]) -> None:
        """``name: text`` lines; those without text are left out."""
        for name, text in facts:
            if text:
                self.line(f"{name}: {text}")

    def table(self, columns: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
        """A table below a blank line; a column whose name begins with ``>`` is aligned to the right."""
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
        for column in columns:
            justify: Literal["right", "left"] = "right" if column.startswith(">") else "left"
            table.add_column(column.removeprefix(">"), justify=justify, overflow="fold")
        for row in rows:
            table.add_row(*row)
        self.line()
        self._console.print(table)


def label(network: Network) -> str:
    """A network by name, version and fingerprint."""
    return f"{network.label} ({network.name} {network.version}, fingerprint {network.fingerprint})"


def show_differential(page: Page, answer: Differential, top: int) -> None:
    """One case: what was asked, what was entered, and the ranking."""
    network, case = answer.network, answer.case
    title = case.about.get("title", "")
    page.line(f"Case: {case.id or 'without id'}{f', {title}' if title else ''}")
    page.line(f"Network: {label(network)}")
    page.line(f"Setting: {network.settings[answer.setting].label} ({answer.setting})")
    page.line(INTENDED_USE)
    page.line(f"Findings: {len(case.findings)} entered, {len(answer.not_examined)} not examined")
    show_issues(page, answer.warnings)
    pre = dict(zip(network.diagnoses, map(float, answer.pre_test), strict=True))
    rows = [
        (
            str(rank),
            network.diagnosis[name].name,
            network.diagnosis[name].group,
            percent(pre[name]),
            percent(answer.probability(name)),
            bar(answer.probability(name), _BAR),
            "treatable" if network.diagnosis[name].treatable == "yes" else "",
        )
        for rank, name in enumerate(answer.ranking[:top], 1)
    ]
    page.table((">Rank", "Diagnosis", "Group", ">Pre-test", ">Post-test", "", ""), rows)
    page.line()
    if rest := answer.ranking[top:]:
        total = sum(answer.probability(name) for name in rest)
        page.line(f"Below these: {len(rest)} more, together {percent(total)}")
    totals = [f"{group} {percent(p)}" for group, (_, p) in answer.groups.items() if p >= _SHOWN]
    others = "" if len(totals) == len(answer.groups) else f"; each other {percent(0)}"
    page.line(f"Groups: {'; '.join(totals)}{others}")
    page.line(f"log P(findings): {answer.log_p_findings:.2f} (natural logarithm)")
    for limit in network.limits:
        page.line(f"Limit: {limit}")


def show_issues(page: Page, issues: Iterable[Issue]) -> None:
    """One line each."""
    for issue in issues:
        page.line(str(issue))


def show_scorecard(page: Page, card: Scorecard, network: Network) -> None:
    """The scores, each diagnosis, and the cases that were missed."""
    page.line(f"Network: {label(network)}")
    page.line(f"Setting: {network.settings[card.setting].label} ({card.setting})")
    rows = [
        ("Cases", str(card.n), ""),
        ("Top-1", share(card.top1), "true diagnosis ranked first"),
        ("Top-3", share(card.top3), "among the first three"),
        ("Top-5", share(card.top5), "among the first five"),
        ("Mean P(true)", percent(card.mean_probability), "post-test probability of the true diagnosis"),
        ("Log loss", f"{card.log_loss:.3f}", "mean of -ln P(true); less is better"),
        ("Brier", f"{card.brier:.3f}", "0 to 2; less is better"),
        ("ECE", f"{card.ece:.3f}", "distance of the first rank's probability from the share that is right"),
    ]
    page.table(("Score", ">Value", "Meaning"), rows)
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
    page.line()
    page.line(f"True diagnosis not ranked first: {len(card.misses)} of {counted(card.n, 'case')}")
    page.table(
        ("Case", "True diagnosis", ">Rank", ">P(true)", "Ranked first", ">P(first)"),
        [
            (s.id, s.diagnosis, str(s.rank), percent(s.probability), s.top, percent(s.top_probability))
            for s in card.misses
        ],
    )


def show_comparison(page: Page, comparison: Comparison, name: str) -> None:
    """Two scorecards: this one minus the earlier one."""
    page.line()
    page.line(f"Compared with {name} over {counted(comparison.n, 'case')}, this minus that [95 % interval]:")
    page.line(f"log loss {comparison.log_loss} (below 0 speaks for this one)")
    page.line(f"top-1 {comparison.top1} (above 0 speaks for this one)")
