"""Results as text: nothing is told by colour alone, and a pipe gets unbroken lines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from rich import box
from rich.console import Console
from rich.table import Table

from dxnet.errors import Issue
from dxnet.inference.differential import INTENDED_USE, Differential
from dxnet.knowledge.network import Network
from dxnet.words import bar, percent

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
    if network.groups:
        page.line(f"Groups: {'; '.join(totals)}{others}")
    page.line(f"log P(findings): {answer.log_p_findings:.2f} (natural logarithm)")
    for limit in network.limits:
        page.line(f"Limit: {limit}")


def show_issues(page: Page, issues: Iterable[Issue]) -> None:
    """One line each."""
    for issue in issues:
        page.line(str(issue))
