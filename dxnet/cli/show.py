"""Show a finding or diagnosis."""

from __future__ import annotations

import click

from dxnet.cli.shared import load, network_option, target_option


@click.command()
@click.argument("item", metavar="[NAME]", default="")
@target_option
@network_option
@click.option(
    "--top", metavar="N", default=15, show_default=True, type=click.IntRange(min=1), help="Findings to list."
)
def show_command(item: str, name: str, top: int) -> None:
    """Show a finding or diagnosis: numbers, sources and reasons.

    NAME is its id; mechanisms and incidental causes have one, too. Without it, all are listed.
    """
    from dxnet.report.content.all_parts import all_parts
    from dxnet.report.content.variable import variable_parts
    from dxnet.report.render.terminal import Page

    network = load(name)
    Page().show(variable_parts(network, item, top) if item else all_parts(network))
