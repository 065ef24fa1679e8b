"""The card of a network."""

from __future__ import annotations

from pathlib import Path

import click

from dxnet.cli.outputs import output_option
from dxnet.cli.shared import DEFAULT_NETWORK, load, target_option, write_output
from dxnet.report.writers import FORMS, written_as


@click.command()
@target_option
@click.argument("name", metavar="NETWORK", default=DEFAULT_NETWORK)
@output_option("--output", "-o", metavar="FILE", help=f"File to write: {', '.join(FORMS)}.")
def card_command(name: str, output: Path | None) -> None:
    """Write the model card of a network.

    It states what the network is for, what its numbers rest on, how it does on the published cases, and where
    it ends. Without --output it is printed as Markdown.
    """
    from dxnet.report.content.card import network_card as make

    as_file = written_as(output or Path("card.md"))
    write_output(as_file(make(load(name))), output)
