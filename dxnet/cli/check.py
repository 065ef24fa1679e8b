"""Check a network."""

from __future__ import annotations

from collections import Counter

import click

from dxnet.cli.shared import NETWORK, load


@click.command()
@click.argument("name", metavar="[NETWORK]", default=NETWORK)
def check(name: str) -> None:
    """Check the numbers, sources and structure of a network.

    The exit code is 1 if there are errors or warnings.
    """
    from dxnet.check import check as find
    from dxnet.console import Page, label, show_issues

    page, network = Page(), load(name)
    issues = find(network)
    counts = Counter(issue.level for issue in issues)
    page.line(label(network))
    page.line(f"errors: {counts['error']}, warnings: {counts['warning']}, notes: {counts['info']}")
    show_issues(page, issues)
    if counts["error"] or counts["warning"]:
        click.get_current_context().exit(1)
