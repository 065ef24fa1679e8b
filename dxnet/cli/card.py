"""The card of a network."""

from __future__ import annotations

from pathlib import Path

import click

from dxnet.cli.shared import FILE, NETWORK, load, target_option, write


@click.command()
@target_option
@click.argument("name", metavar="NETWORK", default=NETWORK)
@click.option("--output", "-o", metavar="FILE.(md|html|pdf)", type=FILE, help="File to write.")
def card(name: str, output: Path | None) -> None:
    """Write the model card of a network.

    It tells what the network is for, what its numbers rest on, how it does on the published cases, and where
    it ends. Without --output it is printed as Markdown.
    """
    from dxnet.report.content.card import card as make
    from dxnet.report.render.markdown import markdown
    from dxnet.report.writers import written_as

    as_file = written_as(output) if output else markdown
    write(as_file(make(load(name))), output)
